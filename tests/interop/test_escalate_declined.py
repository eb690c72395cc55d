#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A two-party chat that was to become a conference and does not: whatever goes wrong, the chat goes on.

The failing rows of docs/conformance/groupchat-and-escalation.md 7.4. Each story ends with the same proof: the first
session still carries lines both ways in its thread, and the inviter was told once. Timers are short here (see main()).
"""
from runner import main, test
from steps import chat, joined, reply, room_with_nurse, still_chatting, texts
from world import KAMAILIO, MUCSIPD, PROSODY

TIMERS = """[timers]
T_invite = 6s
T_msrp = 5s
T_join = 5s
T_early = 1s
"""


async def asked(world, room_options=(), password=None, **behaviour):
    """The story up to the invitation: (juliet, romeo, nurse, room, session)."""
    juliet, romeo = await world.xmpp("juliet"), await world.sip(**behaviour)
    session = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet, **dict(room_options))
    juliet.invite(romeo.jid, room, thread="t-chat", password=password)
    return juliet, romeo, nurse, room, session


async def nothing_happened(juliet, romeo, nurse, room, session, declines=1):
    """The chat goes on, the inviter was told once, the SIP user is not in the room."""
    await still_chatting(juliet, romeo, session)
    assert len(juliet.transcript.all("decline", room=room)) == declines
    nurse.say(room, "is he come")
    await nurse.seen("groupchat", body="is he come")
    assert not [entry for entry in nurse.transcript.all("occupant", nick=romeo.user, here=True)]
    assert not [text for text in texts(romeo) if text == "is he come"]


@test
async def a_refusal_is_a_decline_and_the_chat_goes_on(world):
    # rows: ESC-005 ESC-007 ESC-008
    for status in (603, 488, 486, 480, 404, 500):
        juliet, romeo, nurse, room, session = await asked(world, on_conference=status)
        decline = await juliet.seen("decline", room=room)
        assert decline["invitee"].partition("/")[0] == romeo.jid and decline["reason"], decline
        await nothing_happened(juliet, romeo, nurse, room, session)
        await world.end()
        await world.begin(f"refusal_{status}")


@test
async def an_invitation_that_rings_too_long_is_cancelled_and_declined(world):
    # rows: ESC-005 ESC-008
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("invitation-cancelled")
    await juliet.seen("decline", room=room)
    await nothing_happened(juliet, romeo, nurse, room, session)


@test
async def silence_is_cancelled_and_declined(world):
    # rows: ESC-005 ESC-008
    juliet, romeo, nurse, room, session = await asked(world, on_conference="silent")
    await juliet.seen("decline", room=room)
    await nothing_happened(juliet, romeo, nurse, room, session)


@test
async def a_yes_without_a_message_session_is_no_yes(world):
    # rows: ESC-001 ESC-005
    juliet, romeo, nurse, room, session = await asked(world, on_conference="no-bind")
    await romeo.transcript.expect("conference-ended", reason="peer-bye")
    await juliet.seen("decline", room=room)
    await nothing_happened(juliet, romeo, nurse, room, session)


@test
async def a_yes_that_refuses_the_message_line_is_no_yes(world):
    # rows: ESC-003 ESC-005
    juliet, romeo, nurse, room, session = await asked(world, on_conference="port-zero")
    await romeo.transcript.expect("conference-ended", reason="peer-bye")
    await juliet.seen("decline", room=room)
    await nothing_happened(juliet, romeo, nurse, room, session)


@test
async def a_room_that_lets_members_only_in_refuses_and_the_chat_goes_on(world):
    # rows: ESC-005 ESC-007
    juliet, romeo, nurse, room, session = await asked(world, room_options={"membersonly": "1"})
    ended = await romeo.transcript.expect("conference-ended", reason="peer-bye")
    assert "403" in ended["text"], ended
    await juliet.seen("decline", room=room)
    await still_chatting(juliet, romeo, session)


@test
async def a_password_room_without_the_password_is_declined_unasked(world):
    # rows: ESC-008
    options = {"passwordprotectedroom": "1", "roomsecret": "sesame"}
    juliet, romeo, nurse, room, session = await asked(world, room_options=options)
    await juliet.seen("decline", room=room)
    await still_chatting(juliet, romeo, session)
    assert romeo.transcript.select("conference-invited") == []


@test
async def a_wrong_password_ends_the_attempt_at_the_door(world):
    # rows: ESC-005 ESC-007
    options = {"passwordprotectedroom": "1", "roomsecret": "sesame"}
    juliet, romeo, nurse, room, session = await asked(world, room_options=options, password="simsim")
    await romeo.transcript.expect("conference-ended", reason="peer-bye")
    decline = await juliet.seen("decline", room=room)
    assert "password" in decline["reason"].lower(), decline
    await still_chatting(juliet, romeo, session)


@test
async def an_invitation_to_a_room_that_is_not_there_is_an_error(world):
    # rows: ESC-008
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    sent = juliet.invite(romeo.jid, world.room("nowhere"), thread="t-chat")
    error = await juliet.seen("error", id=sent)
    assert error["condition"] == "item-not-found", error
    await still_chatting(juliet, romeo, session)
    assert romeo.transcript.select("conference-invited") == []


@test
async def a_room_destroyed_while_it_rings_is_found_at_the_door_and_not_made_anew(world):
    # rows: ESC-005 MUC-B03
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("conference-invited")
    await juliet.destroy(room)
    await juliet.seen("occupant", room=room, nick="juliet", here=False)
    romeo.incoming[0].accept()
    await romeo.transcript.expect("conference-ended", reason="peer-bye")
    await still_chatting(juliet, romeo, session)
    fresh = await nurse.enter(room, "nurse")
    assert "201" in fresh["codes"], "the gateway left a room behind"


@test
async def leaving_while_the_room_is_being_entered_reverts(world):
    # rows: ESC-005 ESC-007
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("conference-invited")
    world.xmpp_server.process.freeze()
    try:
        conference = romeo.incoming[0].accept()
        await romeo.transcript.expect("conference-joined")
        assert await conference.bye() == 200
    finally:
        world.xmpp_server.process.thaw()
    await juliet.seen("decline", room=room)
    await still_chatting(juliet, romeo, session)
    for entry in nurse.transcript.all("occupant", nick=romeo.user, here=True):
        await nurse.seen("occupant", after=entry["n"], nick=romeo.user, here=False)


@test
async def a_room_that_does_not_answer_in_time_reverts(world):
    # rows: ESC-005 ESC-007
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("conference-invited")
    world.xmpp_server.process.freeze()
    try:
        romeo.incoming[0].accept()
        await romeo.transcript.expect("conference-ended", reason="peer-bye")
    finally:
        world.xmpp_server.process.thaw()
    await juliet.seen("decline", room=room)
    await still_chatting(juliet, romeo, session)
    for entry in nurse.transcript.all("occupant", nick=romeo.user, here=True):
        await nurse.seen("occupant", after=entry["n"], nick=romeo.user, here=False)


@test
async def what_he_says_to_a_room_that_never_lets_him_in_is_told_to_have_failed(world):
    # rows: MUC-B06 ESC-004
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("conference-invited")
    world.xmpp_server.process.freeze()
    try:
        romeo.incoming[0].accept()
        conference = await joined(romeo)
        assert await conference.say("is anybody in there") == 200
        await romeo.transcript.expect("conference-ended", reason="peer-bye")
        notice = await romeo.transcript.expect("message-received", via="page")
        assert "is anybody in there" in notice["text"] and "was not delivered" in notice["text"], notice
    finally:
        world.xmpp_server.process.thaw()
    await juliet.seen("decline", room=room)
    await still_chatting(juliet, romeo, session)
    nurse.transcript.never("groupchat", body="is anybody in there")


@test
async def gone_and_bye_wait_for_the_outcome(world):
    # rows: ESC-024
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("conference-invited")
    juliet.chat(romeo.jid, None, thread="t-chat", state="gone")
    await reply(juliet, romeo, session, "still here", "t-chat")
    romeo.incoming[0].decline(603)
    await juliet.seen("decline", room=room)
    await romeo.transcript.expect("session-ended", reason="peer-bye")


@test
async def a_second_room_while_the_first_rings_is_refused(world):
    # rows: ESC-002
    juliet, romeo, nurse, room, session = await asked(world, on_conference="ring")
    await romeo.transcript.expect("conference-invited")
    other = world.room("mantua")
    await juliet.open_room(other)
    juliet.invite(romeo.jid, other, thread="t-chat")
    await juliet.seen("decline", room=other)
    romeo.incoming[0].decline(603)
    await juliet.seen("decline", room=room)
    await nothing_happened(juliet, romeo, nurse, room, session)


@test
async def after_a_decline_it_can_be_tried_again(world):
    # rows: ESC-005
    juliet, romeo, nurse, room, session = await asked(world, on_conference=603)
    await juliet.seen("decline", room=room)
    romeo.behaviour.on_conference = "accept"
    juliet.invite(romeo.jid, room, thread="t-chat")
    await romeo.transcript.expect("conference-joined")
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=TIMERS)
