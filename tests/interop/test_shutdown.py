#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SIGTERM: sessions and rooms end on both sides within five seconds, and the daemon ends in order."""
import os
import signal
import time

from runner import main, test
from steps import chat, joined, room_with_nurse
from world import KAMAILIO, MUCSIPD, PROSODY

ENDS_S = 20      # the gateway itself waits for peers 4.5 s at most; a slow machine takes longer for the rest
AT_ONCE_S = 4.4  # less than that


async def terminated(world):
    """Sends SIGTERM; the exit status, which must come in time."""
    began = time.monotonic()
    world.mucsipd.process.signal(signal.SIGTERM)
    status = await world.mucsipd.process.ended(ENDS_S)
    assert status == 0, f"exit status {status}:\n{world.mucsipd.process.tail()}"
    return time.monotonic() - began


@test
async def an_idle_gateway_ends_at_once(world):
    assert await terminated(world) < AT_ONCE_S
    await world.mucsipd.start()


@test
async def chats_and_rooms_end_on_both_sides(world):
    # rows: CHAT-54
    juliet, romeo, benvolio = await world.xmpp("juliet"), await world.sip(), await world.sip("benvolio")
    await chat(juliet, benvolio)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, continues=False)
    await joined(romeo)
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)
    await terminated(world)
    await benvolio.transcript.expect("session-ended", peer=juliet.uri, reason="peer-bye")
    await romeo.transcript.expect("conference-ended", reason="peer-bye")
    await nurse.seen("occupant", room=room, nick=romeo.user, here=False)
    await world.mucsipd.start()


@test
async def an_escalation_half_done_is_undone(world):
    # rows: ESC-007
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    await romeo.transcript.expect("conference-invited")
    await terminated(world)
    await romeo.transcript.expect("invitation-cancelled")
    await romeo.transcript.expect("session-ended", peer=juliet.uri, reason="peer-bye")
    await world.mucsipd.start()


@test
async def peers_that_do_not_answer_do_not_hold_it_up(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    world.kamailio.process.freeze()
    world.xmpp_server.process.freeze()
    try:
        await terminated(world)
    finally:
        world.kamailio.process.thaw()
        world.xmpp_server.process.thaw()
    await world.mucsipd.start()


@test
async def it_starts_again_where_it_was_and_knows_its_ports(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await world.mucsipd.kill()
    await world.mucsipd.start()
    assert await romeo.page(juliet.uri, "risen") == 200
    await juliet.seen("message", body="risen")
    await chat(juliet, romeo)
    assert os.listdir(os.path.join(world.mucsipd.directory, "state")), "no store"


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
