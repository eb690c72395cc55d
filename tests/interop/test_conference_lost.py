#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hosting A: a conference dies while XMPP users are inside, and they stay (focus_hold); its focus comes back, or does not.

docs/stay.md, "A conference that is lost"; docs/conformance/groupchat-and-escalation.md MUC-A30.
"""
import asyncio
import glob

from conference_steps import COMPONENTS, CONF, FOCUS_PORT, entered, focus_up, hall, occupants, routes, said, watched
from focus.behaviour import Behaviour
from runner import main, test
from world import KAMAILIO, MUCSIPD, PROSODY

TIMERS = "\n[timers]\nfocus_hold = 40s\n"


def times_away(world):
    """How often the gateway has noticed that a conference is lost to somebody."""
    return sum(open(path, errors="replace").read().count("stay INSIDE -> AWAY on HOME_LOST")
               for path in glob.glob(f"{world.mucsipd.directory}/*.log"))


async def dies(world, room, guests):
    """Focus and switch are gone without a word; returns when the gateway knows it of every guest."""
    before = times_away(world)
    await room.focus.vanish()
    for _ in range(900):
        if times_away(world) >= before + guests:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the gateway has not noticed")


async def comes_back(world, room):
    """The same focus once more, with the same conference; nobody is in it."""
    focus = await focus_up(world)
    again = focus.conference(room.name, Behaviour(), "Plan B", CONF)
    again.jid = room.jid
    return again


@test(within=200)
async def a_conference_that_dies_and_comes_back_is_one_and_the_same(world):
    # rows: MUC-A30 ROSTER-011
    room = await hall(world)
    room.native("omar")
    room.native("ugo")
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await watched(room, 2)
    await nurse.seen("occupant", nick="juliet", here=True)
    await juliet.seen("occupant", nick="nurse", here=True, jid=lambda jid: jid.endswith("/balcony1"))  # her last news
    marks = [client.transcript.mark() for client in (juliet, nurse)]
    await dies(world, room, 2)
    juliet.say(room.jid, "first")
    juliet.say(room.jid, "second")
    again = await comes_back(world, room)
    ugo = again.native("ugo")
    again.native("nina")
    for body in ("first", "second"):
        await juliet.seen("groupchat", 60, body=body, nick="juliet")
    await watched(again, 2)
    assert await ugo.say("there you are") == 200
    for client, mark in zip((juliet, nurse), marks):
        await client.seen("groupchat", 60, body="there you are", nick="Ugo")
        told = sorted((nick, here) for nick, here, _ in occupants(client, room, mark))
        assert told == [("Nina", True), ("Omar", False)], told
    assert said(again) == ["first", "second"], said(again)
    assert sorted(uri for uri in again.members if "xmpp.test" in uri) == sorted([juliet.uri, nurse.uri]), again.members


@test(within=200)
async def a_conference_that_stays_away_is_left(world):
    # rows: MUC-A30
    room = await hall(world)
    juliet = await entered(world, room)
    await dies(world, room, 1)
    ident = juliet.say(room.jid, "anybody?")
    out = await juliet.seen("occupant", 90, here=False)
    assert {"110", "333"} <= set(out["codes"]) and "307" not in out["codes"], out
    await juliet.seen("error", id=ident)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=COMPONENTS + TIMERS, amend=routes, focus=FOCUS_PORT)
