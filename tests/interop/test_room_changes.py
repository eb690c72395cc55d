#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What becomes of a room while a SIP user is in it: its settings, his voice, his nick, his devices. Run it with --ejabberd,
too: servers differ in what they say and in whom they put out."""
import asyncio
import glob
import os
import time

from participant.session import Refused
from runner import main, test
from steps import configure, inside, joined, set_affiliation, set_role, uri_of
from transcript import PATIENCE_S
from world import EJABBERD, KAMAILIO, MUCSIPD, PROSODY


async def roster_where(romeo, is_so):
    """Waits until Romeo's roster is as wanted; his state of the conference. Bursts come together (T_rate)."""
    while not romeo.subscriptions:
        await romeo.transcript.expect("subscribed")
    state = romeo.subscriptions[-1].state
    while not is_so(state):
        await romeo.transcript.expect("roster")
    return state


def user_of(state, nick):
    return next((user for user in state.users.values() if user.name == nick), None)


def roles_of(state, nick):
    user = user_of(state, nick)
    return user.roles if user else []


def devices_of(state, nick):
    user = user_of(state, nick)
    return len(user.endpoints) if user else 0


def shown(state, person):
    """The real addresses that the roster has of an XMPP user."""
    user = user_of(state, person.user)
    return user.aors if user else []


@test
async def real_addresses_go_and_come_with_the_room(world):
    # rows: MUC-B14 ROSTER-011
    juliet, romeo, room, session = await inside(world)
    state = await roster_where(romeo, lambda state: shown(state, juliet))
    assert any(uri.startswith("xmpp:" + juliet.bare) for uri in shown(state, juliet)), shown(state, juliet)
    await configure(juliet, room, whois="moderators")
    await roster_where(romeo, lambda state: not shown(state, juliet))
    nurse = await world.xmpp("nurse")
    await nurse.enter(room)
    assert not shown(await roster_where(romeo, lambda state: user_of(state, "nurse")), nurse)
    await configure(juliet, room, whois="anyone")
    await roster_where(romeo, lambda state: shown(state, juliet))
    assert await session.say("what light") == 200
    await juliet.seen("groupchat", room=room, body="what light")


@test
async def a_password_set_later_concerns_who_comes_later(world):
    # rows: MUC-B02
    juliet, romeo, room, session = await inside(world)
    paris = await world.sip("paris")
    await configure(juliet, room, passwordprotectedroom="1", roomsecret="open sesame")
    try:
        await paris.invite(uri_of(room))
        raise AssertionError("let in without the password")
    except Refused as refused:
        assert refused.status == 403, refused
    assert await session.say("still here") == 200
    await juliet.seen("groupchat", room=room, body="still here")


@test
async def a_voice_is_taken_and_given_back(world):
    # rows: MUC-B07 MUC-B25 ROSTER-016
    juliet, romeo, room, session = await inside(world, moderatedroom="1", membersonly="0")
    await set_role(juliet, room, romeo.user, "visitor")
    await roster_where(romeo, lambda state: roles_of(state, romeo.user) == ["observer"])
    assert await session.say("nobody hears me", success_report=True, message_id="unheard1") == 200
    report = await romeo.transcript.expect("report-received", message_id="unheard1")
    assert "403" in report["status"], report
    await set_role(juliet, room, romeo.user, "participant")
    await roster_where(romeo, lambda state: roles_of(state, romeo.user) == ["participant"])
    assert await session.say("everybody hears me", success_report=True, message_id="heard1") == 200
    await juliet.seen("groupchat", room=room, body="everybody hears me")
    report = await romeo.transcript.expect("report-received", message_id="heard1")
    assert "200" in report["status"], report
    juliet.transcript.never("groupchat", body="nobody hears me")


@test(only=PROSODY)
async def the_nick_is_the_one_that_the_room_keeps_for_him(world):
    # rows: MUC-B02 MUC-B03
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room)
    await juliet.ask(room, "<query xmlns='http://jabber.org/protocol/muc#admin'>"
                     f"<item jid='{romeo.jid}' nick='Montague' affiliation='member'/></query>")
    await romeo.invite(uri_of(room))
    session = await joined(romeo)
    await juliet.seen("occupant", room=room, nick="Montague", here=True)
    await roster_where(romeo, lambda state: user_of(state, "Montague"))
    assert await session.nickname("Mercutio") == 425
    assert await session.say("by any other name") == 200
    await juliet.seen("groupchat", room=room, nick="Montague", body="by any other name")


@test
async def devices_of_one_user_are_one_occupant(world):
    # rows: MUC-B01 MUC-B17
    juliet, desk, room, first = await inside(world)
    pocket = await world.sip(registered=False)  # the same person
    pocket.user, pocket.uri = desk.user, desk.uri
    second = await pocket.invite(uri_of(room))
    await second.opened()
    await roster_where(desk, lambda state: devices_of(state, desk.user) == 2)
    assert await first.bye() == 200
    await roster_where(pocket, lambda state: devices_of(state, desk.user) == 1 and len(state.present) == 2)
    assert await second.say("one of me is here") == 200
    await juliet.seen("groupchat", room=room, nick=desk.user, body="one of me is here")
    juliet.transcript.never("occupant", room=room, nick=desk.user, here=False)
    juliet.say(room, "are you?")
    await pocket.transcript.expect("message-received", text="are you?")
    assert await second.bye() == 200
    await juliet.seen("occupant", room=room, nick=desk.user, here=False)


@test(within=120)
async def one_device_of_several_takes_a_nick_of_its_own(world):
    # rows: MUC-B01 MUC-B11 ROSTER-014
    juliet, desk, room, first = await inside(world)
    watcher, pocket = await world.sip("watcher"), await world.sip(registered=False)
    await watcher.invite(uri_of(room))
    await joined(watcher)
    await watcher.transcript.expect("roster", document="full")
    pocket.user, pocket.uri = desk.user, desk.uri
    second = await (await pocket.invite(uri_of(room))).opened()
    assert await second.nickname("Pocke\u0301t") == 200  # the room composes it
    await juliet.seen("occupant", room=room, nick="Pock\u00e9t", here=True)
    await roster_where(watcher, lambda state: all(
        user_of(state, nick) and len(user_of(state, nick).endpoints) == 1 for nick in (desk.user, "Pock\u00e9t")))
    assert await first.nickname("Pock\u00e9t") == 200
    await roster_where(watcher, lambda state: user_of(state, desk.user) is None
                       and len(user_of(state, "Pock\u00e9t").endpoints) == 2)
    assert await second.bye() == 200
    await roster_where(watcher, lambda state: len(user_of(state, "Pock\u00e9t").endpoints) == 1)
    assert await first.say("the last of two") == 200
    await juliet.seen("groupchat", room=room, nick="Pock\u00e9t", body="the last of two")


@test(within=240)
async def a_roster_of_many_reaches_every_watcher(world):
    # rows: ROSTER-012 ROSTER-017
    juliet, room = await world.xmpp("juliet"), world.room()
    await juliet.open_room(room)
    crowd = [await world.sip(f"guest{number}x", registered=False) for number in range(40)]
    await asyncio.gather(*(guest.invite(uri_of(room)) for guest in crowd))
    for guest in crowd:
        await roster_where(guest, lambda state: len(state.present) == len(crowd) + 1)
    juliet.say(room, "good night")
    for guest in crowd:
        await guest.transcript.expect("message-received", text="good night")


async def has_logged(world, room, words):
    """ejabberd's log asks a room who is inside, and a room asks the log whether it may be changed: never both at once."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        for path in glob.glob(os.path.join(world.xmpp_server.directory, "rooms", room, "**", "*.html"), recursive=True):
            with open(path, encoding="utf-8") as log:
                if words in log.read():
                    return
        assert time.monotonic() < deadline, f"not in the log of {room}: {words}"
        await asyncio.sleep(0.05)


@test(only=EJABBERD)
async def that_a_room_is_logged_is_told(world):
    # Table 6.1, codes 170 and 171.
    juliet, romeo, room, _ = await inside(world)
    paris = await world.sip("paris")
    await configure(juliet, room, enablelogging="1")
    await romeo.transcript.expect("message-received", text="This room is logged.")
    await paris.invite(uri_of(room))
    await paris.transcript.expect("message-received", text="This room is logged.")
    await has_logged(world, room, f"{paris.user} joins the room")
    await configure(juliet, room, enablelogging="0")
    for who in (romeo, paris):
        await who.transcript.expect("message-received", text="This room is logged no longer.")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
