#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Invitations that come through the room, as the servers really pass them on: Prosody without continue and from the
occupant, ejabberd as they were made; both with a body.

docs/conformance/groupchat-and-escalation.md 7.3 and docs/library-facts.md H.
"""
from runner import main, test
from steps import chat, joined, room_with_nurse, still_chatting, texts
from world import EJABBERD, KAMAILIO, MUCSIPD, PROSODY


@test(only=PROSODY)
async def a_stripped_invitation_from_an_unknown_occupant_leaves_the_chat_alone(world):
    # rows: ESC-102
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet, whois="moderators")
    juliet.invite_through(room, romeo.jid, thread="t-chat", reason="join us")
    conference = await joined(romeo)
    nurse.say(room, "Anon")
    await romeo.transcript.expect("message-received", via="conference", text="Anon")
    assert await conference.say("coming") == 200
    await nurse.seen("groupchat", body="coming", nick=romeo.user)
    await still_chatting(juliet, romeo, session)
    assert romeo.transcript.select("session-ended", peer=juliet.uri) == []


@test(only=EJABBERD)
async def one_that_kept_its_continue_moves_the_chat(world):
    # rows: ESC-100
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet, whois="moderators")
    juliet.invite_through(room, romeo.jid, thread="t-chat", reason="join us")
    conference = await joined(romeo)
    await romeo.transcript.expect("session-ended", peer=juliet.uri)
    assert await conference.say("coming") == 200
    await nurse.seen("groupchat", body="coming", nick=romeo.user)


@test
async def the_body_that_the_room_adds_is_no_line_and_its_child_no_second_invitation(world):
    # rows: ESC-104
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite_through(room, romeo.jid, reason="join us")
    await joined(romeo)
    nurse.say(room, "only this")
    await romeo.transcript.expect("message-received", text="only this")
    assert texts(romeo) == ["only this"]
    assert len(romeo.transcript.select("conference-invited")) == 1
    assert romeo.counters.get("sip", "in", "INVITE") == 1 and romeo.counters.get("sip", "in", "MESSAGE") == 0


@test
async def a_direct_one_behind_a_stripped_one_makes_it_a_move_of_the_chat(world):
    # rows: ESC-104
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite_through(room, romeo.jid, thread="t-chat")
    await romeo.transcript.expect("conference-invited")
    juliet.invite(romeo.jid, room, thread="t-chat")
    await juliet.ask("sip.test", "<ping xmlns='urn:xmpp:ping'/>", type="get")
    romeo.incoming[0].accept()
    await joined(romeo)
    await romeo.transcript.expect("session-ended", peer=juliet.uri)
    assert len(romeo.transcript.select("conference-invited")) == 1


@test
async def a_refusal_goes_back_to_the_inviter_through_the_room(world):
    # rows: ESC-102 ESC-300
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference=603)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite_through(room, romeo.jid)
    decline = await juliet.seen("decline", room=room)
    assert decline["invitee"].partition("/")[0] == romeo.jid, decline


@test
async def somebody_without_a_chat_is_invited_directly_and_enters(world):
    # rows: ESC-102 ESC-300
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, continues=False)
    await joined(romeo)
    nurse.say(room, "welcome")
    await romeo.transcript.expect("message-received", via="conference", text="welcome")


@test
async def a_direct_invitation_without_continue_leaves_the_chat_alone(world):
    # rows: ESC-102
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, continues=False)
    await joined(romeo)
    await still_chatting(juliet, romeo, session)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
