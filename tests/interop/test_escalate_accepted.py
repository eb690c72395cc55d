#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A two-party chat becomes a conference (E1 of docs/conformance/groupchat-and-escalation.md 7.4), and the SIP user comes along.

Juliet (XMPP) and Romeo (SIP, MSRP) chat; she opens a room on Prosody, invites him with continue; he enters as participant
of a SIP conference; the nurse talks there. `rows:` names the rows a test proves.
"""
import asyncio

from runner import main, test
from steps import bodies, chat, joined, reply, room_with_nurse, texts
from world import KAMAILIO, MUCSIPD, PROSODY


async def escalated(world, **behaviour):
    """The story up to Romeo sitting in the room: (juliet, romeo, nurse, room, chat session, conference session)."""
    juliet, romeo = await world.xmpp("juliet"), await world.sip(**behaviour)
    two_party = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat", reason="join us")
    conference = await joined(romeo)
    await juliet.seen("occupant", room=room, nick=romeo.user, here=True)
    return juliet, romeo, nurse, room, two_party, conference


@test
async def the_sip_user_enters_the_room_and_a_third_person_talks_in_it(world):
    # rows: ESC-101 CONF-001 MUC-B01 MUC-B03 MUC-B04 MUC-B06 MSRP-016
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    assert conference.conference.split(";")[0] == f"sip:{room}", conference.conference
    nurse.say(room, "Madam! \u4f60\u597d")
    heard = await romeo.transcript.expect("message-received", via="conference", text="Madam! \u4f60\u597d")
    assert heard["nick"] == "nurse" and "private" not in heard, heard
    assert await conference.say("I am here too \u00e9") == 200
    for person in (juliet, nurse):
        line = await person.seen("groupchat", room=room, body="I am here too \u00e9")
        assert line["nick"] == romeo.user, line
    assert texts(romeo, via="conference") == ["Madam! \u4f60\u597d"], "an echo of his own line, or something from before"


@test
async def the_two_party_session_ends_last_and_by_us_and_says_why(world):
    # rows: ESC-016
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    ended = await romeo.transcript.expect("session-ended", peer=juliet.uri)
    assert ended["reason"] == "peer-bye" and "moved to conference" in ended["text"], ended
    nurse.say(room, "Anon")
    await juliet.seen("groupchat", body="Anon")
    juliet.transcript.never("state", state="gone")
    juliet.transcript.never("decline")
    juliet.transcript.never("error")


@test
async def until_the_room_lets_him_in_the_two_party_session_is_the_only_one(world):
    """The room is held up after Romeo's yes: he is in the conference, and the chat must not have ended yet."""
    # rows: ESC-001 ESC-011
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    two_party = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    await romeo.transcript.expect("conference-invited")
    world.xmpp_server.process.freeze()
    try:
        romeo.incoming[0].accept()
        await joined(romeo)
        assert await two_party.say("shall I hear more") == 200
        assert not two_party.ended, two_party.ended
    finally:
        world.xmpp_server.process.thaw()
    await juliet.seen("message", body="shall I hear more", type="chat")
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)
    await romeo.transcript.expect("session-ended", peer=juliet.uri)


@test
async def what_he_says_before_the_room_lets_him_in_is_accepted_and_said_once_it_does(world):
    # rows: MUC-B06 ESC-011
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    await romeo.transcript.expect("conference-invited")
    world.xmpp_server.process.freeze()
    try:
        romeo.incoming[0].accept()
        conference = await joined(romeo)
        first = asyncio.create_task(conference.say("who is there"))
        await asyncio.sleep(1)
        assert not first.done(), "nobody has let him in, and his line is accepted at once"
        assert await first == 200  # T_early
        second = asyncio.create_task(conference.say("it is I"))  # accepted when he is inside
    finally:
        world.xmpp_server.process.thaw()
    assert await second == 200
    await nurse.seen("groupchat", body="it is I")
    assert bodies(nurse, "groupchat", room=room) == ["who is there", "it is I"]


@test
async def the_invitation_is_one_from_a_focus_and_names_who_asked(world):
    # rows: CONF-001 ESC-101 MSRP-016 MSRP-023
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    two_party = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat", reason="join us")
    await romeo.transcript.expect("conference-invited", conference=lambda uri: uri.split(";")[0] == f"sip:{room}")
    incoming = romeo.incoming[0]
    request = incoming.transaction.request
    assert request.from_.uri.split(";")[0] == f"sip:{room}" and juliet.uri in request.get("Referred-By"), request.encode()
    assert request.get("Subject") == "join us" and request.get("Replaces") is None
    assert incoming.offer.accept_types == ["message/cpim"] and "text/plain" in incoming.offer.accept_wrapped_types
    assert incoming.offer.chatroom is not None
    await reply(juliet, romeo, two_party, "while it rings", "t-chat")
    nurse.transcript.never("occupant", nick=romeo.user)
    incoming.accept()
    await joined(romeo)
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)


@test
async def everybody_is_on_the_roster_of_the_sip_user(world):
    # rows: CONF-012 MUC-B14 ROSTER-011 ROSTER-012 ROSTER-013
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    await romeo.transcript.expect("roster", document="full",
                                  users=lambda users: sorted(users.values()) == sorted(["juliet", "nurse", romeo.user]))
    tybalt = await world.xmpp("tybalt")
    await tybalt.enter(room)
    await romeo.transcript.expect("roster", document="partial",
                                  users=lambda users: "tybalt" in users.values())
    tybalt.leave(room)
    await romeo.transcript.expect("roster", users=lambda users: "tybalt" not in users.values(),
                                  left=lambda left: left and len(left) == 1)


@test
async def lines_to_the_person_typed_during_the_move_reach_him_once_in_order_and_nobody_else(world):
    # rows: ESC-004 ESC-009 ESC-010 ESC-012 ESC-013 ESC-014 ESC-022 ESC-023
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring-accept", ring_seconds=0.3)
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    lines = [f"for thee {number}" for number in range(30)]
    for line in lines:
        juliet.chat(romeo.jid, line, thread="t-chat")
        await asyncio.sleep(0.02)
    await joined(romeo)
    await romeo.transcript.expect("message-received", text=lines[-1])
    assert [text for text in texts(romeo) if text.startswith("for thee")] == lines
    nurse.say(room, "what says he")
    await nurse.seen("groupchat", body="what says he")
    assert not [body for body in bodies(nurse, "groupchat") if body.startswith("for thee")]
    juliet.transcript.never("error")


@test
async def a_message_he_is_in_the_middle_of_is_heard_out_before_the_two_party_session_ends(world):
    # rows: ESC-013
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    two_party = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    await romeo.transcript.expect("conference-invited")
    tale = b"a tale that is long in the telling"
    assert (await two_party.msrp.send_part("tale1", "text/plain", tale, 0, 20)).status == 200
    romeo.incoming[0].accept()
    conference = await joined(romeo)
    await juliet.seen("occupant", room=room, nick=romeo.user, here=True)
    assert await conference.say("I am inside") == 200
    await nurse.seen("groupchat", body="I am inside")
    assert not two_party.ended, two_party.ended
    assert (await two_party.msrp.send_part("tale1", "text/plain", tale, 20, 20)).status == 200
    await juliet.seen("message", body=tale.decode(), type="chat")
    await romeo.transcript.expect("session-ended", peer=juliet.uri)
    nurse.transcript.never("groupchat", body=tale.decode())


@test
async def lines_of_the_sip_user_on_the_old_leg_reach_the_person_only(world):
    # rows: ESC-004 ESC-009 ESC-011 ESC-023
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring-accept", ring_seconds=0.3)
    two_party = await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    said = []
    while not two_party.ended and len(said) < 100:
        if await two_party.say(f"for her {len(said)}", timeout=5) == 200:
            said.append(f"for her {len(said)}")
        await asyncio.sleep(0.02)
    await juliet.seen("message", body=said[-1])
    assert [body for body in bodies(juliet, "message") if body.startswith("for her")] == said
    conference = await joined(romeo)
    assert await conference.say("for all") == 200
    await nurse.seen("groupchat", body="for all")
    assert bodies(nurse, "groupchat", room=room) == ["for all"]


@test
async def a_line_to_the_person_after_the_move_is_private_in_the_conference(world):
    # rows: ESC-009 ESC-014
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    await romeo.transcript.expect("session-ended", peer=juliet.uri)
    juliet.chat(romeo.jid, "between us", thread="t-chat")
    heard = await romeo.transcript.expect("message-received", text="between us")
    assert heard["via"] == "conference" and heard["private"], heard
    nurse.say(room, "after it")
    await nurse.seen("groupchat", body="after it")
    nurse.transcript.never("groupchat", body="between us")


@test
async def private_lines_go_both_ways_between_occupants(world):
    # rows: MUC-B08 MUC-B09
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    nurse.chat(f"{room}/{romeo.user}", "a word apart")
    heard = await romeo.transcript.expect("message-received", text="a word apart")
    assert heard["private"] and heard["nick"] == "nurse", heard
    assert await conference.say_privately(heard["from"], "good nurse") == 200
    line = await nurse.seen("message", body="good nurse", type="chat")
    assert line["from"] == f"{room}/{romeo.user}" and line["private"], line
    await romeo.transcript.expect("roster", document="full")
    juliet.say(room, "what whisper you")
    await juliet.seen("groupchat", body="what whisper you")
    juliet.transcript.never("message", body="good nurse")


@test
async def what_was_said_in_the_room_before_the_invitation_stays_there(world):
    # rows: ESC-018 MUC-B19
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring")
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    for line in ("an old tale", "older still"):
        nurse.say(room, line)
    await juliet.seen("groupchat", body="older still")
    await asyncio.sleep(1.1)  # stamps of room history are whole seconds: the trigger must lie in a later one
    juliet.invite(romeo.jid, room, thread="t-chat")
    await romeo.transcript.expect("conference-invited")
    nurse.say(room, "said while it rang")
    await juliet.seen("groupchat", body="said while it rang")
    romeo.incoming[0].accept()
    await joined(romeo)
    nurse.say(room, "said afterwards")
    await romeo.transcript.expect("message-received", text="said afterwards")
    assert texts(romeo, via="conference") == ["said while it rang", "said afterwards"]


@test
async def a_taken_nickname_is_varied_and_shown_to_everybody(world):
    # rows: MUC-B02
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    tybalt = await world.xmpp("tybalt")
    await tybalt.enter(room, romeo.user)
    juliet.invite(romeo.jid, room, thread="t-chat")
    conference = await joined(romeo)
    there = await nurse.seen("occupant", room=room, here=True, nick=lambda nick: nick not in ("juliet", "nurse", romeo.user))
    assert await conference.say("which of us") == 200
    await nurse.seen("groupchat", body="which of us", nick=there["nick"])


@test
async def the_password_of_the_invitation_opens_the_room(world):
    # rows: MUC-B01
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet, passwordprotectedroom="1", roomsecret="sesame")
    await nurse.enter(room, password="sesame")
    juliet.invite(romeo.jid, room, thread="t-chat", password="sesame")
    await joined(romeo)
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)


@test
async def a_pair_in_page_mode_escalates_too(world):
    # rows: ESC-106
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.chat(romeo.jid, "by page", thread="t-chat")
    await romeo.transcript.expect("message-received", via="page", text="by page")
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    await joined(romeo)
    nurse.say(room, "Anon")
    await romeo.transcript.expect("message-received", via="conference", text="Anon")


@test
async def leaving_the_conference_is_leaving_the_room_and_the_pair_can_talk_again(world):
    # rows: MUC-B17 ESC-500
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    await romeo.transcript.expect("session-ended", peer=juliet.uri)
    assert await conference.bye("SIP;cause=200;text=\"farewell\"") == 200
    await nurse.seen("occupant", room=room, nick=romeo.user, here=False)
    juliet.chat(romeo.jid, "so soon", thread="t-chat")
    await romeo.transcript.expect("message-received", via="msrp", text="so soon")
    assert romeo.session_with(juliet.uri).dialog.call_id


@test
async def a_kick_ends_the_conference_for_the_sip_user_with_its_reason(world):
    # rows: MUC-B15 ESC-505
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    await juliet.kick(room, romeo.user, "too loud")
    ended = await romeo.transcript.expect("conference-ended")
    assert ended["reason"] == "peer-bye" and "480" in ended["text"] and "too loud" in ended["text"], ended
    await nurse.seen("occupant", room=room, nick=romeo.user, here=False)


@test
async def a_destroyed_room_ends_the_conference_for_the_sip_user(world):
    # rows: MUC-B16 ESC-503
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    await juliet.destroy(room, "the play is over")
    ended = await romeo.transcript.expect("conference-ended")
    assert ended["reason"] == "peer-bye" and "410" in ended["text"], ended
    juliet.chat(romeo.jid, "outside then", thread="t-chat")
    await romeo.transcript.expect("message-received", via="msrp", text="outside then")


@test
async def two_sip_users_and_two_xmpp_users_share_one_room(world):
    # rows: ESC-305 ESC-307 MSRP-030
    juliet, romeo, nurse, room, two_party, conference = await escalated(world)
    benvolio = await world.sip("benvolio")
    await chat(juliet, benvolio, thread="t-other")
    juliet.invite(benvolio.jid, room, thread="t-other")
    second = await joined(benvolio)
    assert await second.say("part, fools") == 200
    await romeo.transcript.expect("message-received", via="conference", text="part, fools", nick=benvolio.user)
    assert await conference.say("well met") == 200
    await benvolio.transcript.expect("message-received", via="conference", text="well met", nick=romeo.user)
    for person in (juliet, nurse):
        await person.seen("groupchat", body="well met", nick=romeo.user)
        await person.seen("groupchat", body="part, fools", nick=benvolio.user)
        assert bodies(person, "groupchat") == ["part, fools", "well met"]


@test
async def the_same_invitation_twice_is_one(world):
    # rows: ESC-104
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_conference="ring-accept", ring_seconds=0.3)
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    juliet.invite_through(room, romeo.jid, thread="t-chat")
    await joined(romeo)
    nurse.say(room, "one of him")
    await romeo.transcript.expect("message-received", text="one of him")
    assert len(romeo.transcript.select("conference-invited")) == 1
    assert not [text for text in texts(romeo) if "invited you" in text]


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
