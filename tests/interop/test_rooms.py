#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A SIP user comes into a real room by himself, and steers it: docs/conformance/groupchat-and-escalation.md 1 and 3."""
from participant.session import Refused
from runner import main, test
from steps import joined, room_with_nurse
from world import KAMAILIO, MUCSIPD, PROSODY

FACTORY = "sip:conference@rooms.xmpp.test"


async def come_in(user, room):
    """Dials the room; the session, bound and joined."""
    session = await user.invite("sip:" + room)
    await session.opened()
    return session


async def refusal(user, room):
    """The status with which a room refuses a SIP user."""
    try:
        await user.invite("sip:" + room)
    except Refused as refused:
        return refused.status
    raise AssertionError(f"{room} let him in")


@test
async def he_dials_a_room_and_talks_in_it(world):
    # rows: CONF-002 MUC-B03 MUC-B04 MUC-B06 MUC-B17
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    session = await come_in(romeo, room)
    await nurse.seen("occupant", room=room, nick=romeo.user)
    assert await session.say("But soft!") == 200
    await nurse.seen("groupchat", body="But soft!", nick=romeo.user)
    nurse.say(room, "Who calls?")
    await romeo.transcript.expect("message-received", via="conference", text="Who calls?")
    assert await session.bye() == 200
    await nurse.seen("occupant", room=room, nick=romeo.user, here=False)


@test
async def private_lines_go_both_ways(world):
    # rows: MUC-B08 MUC-B09
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    session = await come_in(romeo, room)
    assert await session.say_privately(f"sip:{room};gr=nurse", "a word") == 200
    await nurse.seen("message", body="a word", private=True)
    nurse.chat(f"{room}/{romeo.user}", "two words")
    await romeo.transcript.expect("message-received", text="two words")
    assert juliet.transcript.all("message") == []


@test
async def he_takes_another_nick_unless_somebody_has_it(world):
    # rows: MUC-B11
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    session = await come_in(romeo, room)
    assert await session.nickname("nurse") == 425
    assert await session.nickname("Montague") == 200
    await nurse.seen("occupant", room=room, nick="Montague")
    assert await session.say("new name") == 200
    await nurse.seen("groupchat", body="new name", nick="Montague")


@test
async def rooms_that_do_not_let_him_in_say_why(world):
    # rows: MUC-B02 CONF-002
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    assert await refusal(romeo, world.room("nowhere")) == 404
    members, secret = world.room("members"), world.room("secret")
    await juliet.open_room(members, membersonly="1")
    await juliet.open_room(secret, passwordprotectedroom="1", roomsecret="mellon")
    assert await refusal(romeo, members) == 403
    assert await refusal(romeo, secret) == 403
    banned, _ = await room_with_nurse(world, juliet)
    await juliet.ask(banned, "<query xmlns='http://jabber.org/protocol/muc#admin'>"
                     f"<item jid='{romeo.jid}' affiliation='outcast'/></query>")
    assert await refusal(romeo, banned) == 403


@test
async def two_devices_of_his_are_both_inside(world):
    # rows: MUC-B01
    juliet, desk, pocket = await world.xmpp("juliet"), await world.sip(), await world.sip(registered=False)
    room, nurse = await room_with_nurse(world, juliet)
    first = await come_in(desk, room)
    second = await come_in(pocket, room)
    for device in (desk, pocket):
        await device.transcript.expect("roster")  # the room has let it in
    nurse.say(room, "both of you")
    for device in (desk, pocket):
        await device.transcript.expect("message-received", text="both of you")
    assert await first.bye() == 200
    assert await second.say("still here") == 200
    await nurse.seen("groupchat", body="still here")


@test
async def he_is_removed_by_xmpp(world):
    # rows: MUC-B15
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    await come_in(romeo, room)
    await nurse.seen("occupant", room=room, nick=romeo.user)
    await juliet.kick(room, romeo.user, "enough")
    ended = await romeo.transcript.expect("conference-ended", reason="peer-bye")
    assert 'cause=480;text="enough"' in ended["text"], ended


@test
async def he_invites_and_may_not_remove(world):
    # rows: CONF-014 CONF-020 ROSTER-020 MUC-B12
    juliet, romeo, tybalt = await world.xmpp("juliet"), await world.sip(), await world.xmpp("tybalt")
    room, nurse = await room_with_nurse(world, juliet, allowinvites="1")
    await come_in(romeo, room)
    assert await romeo.refer("sip:" + room, tybalt.uri) == 200
    await tybalt.seen("invitation", room=room)
    await tybalt.enter(room)
    await romeo.transcript.expect("refer-progress", status=200)
    assert await romeo.refer("sip:" + room, f"sip:{room};gr=nurse;method=BYE") == 200
    await romeo.transcript.expect("refer-progress", status=403)


@test
async def a_moderator_removes_whom_he_names(world):
    # rows: CONF-015 ROSTER-020
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    await juliet.ask(room, "<query xmlns='http://jabber.org/protocol/muc#admin'>"
                     f"<item jid='{romeo.jid}' affiliation='admin'/></query>")
    await come_in(romeo, room)
    assert await romeo.refer("sip:" + room, f"sip:{room};gr=nurse;method=BYE") == 200
    await romeo.transcript.expect("refer-progress", status=200)
    await nurse.seen("occupant", room=room, nick="nurse", here=False, codes=lambda codes: "307" in codes)


@test
async def he_makes_a_room_by_calling_the_factory(world):
    # rows: CONF-008 MUC-B10
    romeo, juliet = await world.sip(), await world.xmpp("juliet")
    session = await romeo.invite(FACTORY)
    await session.opened()
    room = session.conference.removeprefix("sip:")
    assert room.startswith("conv-"), room
    await juliet.enter(room)
    juliet.say(room, "a nice room")
    await romeo.transcript.expect("message-received", text="a nice room")


@test
async def people_on_his_list_are_called_into_the_room_he_makes(world):
    # rows: CONF-009 CONF-011
    romeo, paris, tybalt = await world.sip(), await world.sip("paris"), await world.sip("tybalt")
    juliet = await world.xmpp("juliet")
    session = await romeo.invite(FACTORY, guests={paris.uri: "to", juliet.uri: "bcc", tybalt.uri: "cc anonymous"})
    await session.opened()
    room = session.conference.removeprefix("sip:")
    for guest in (paris, tybalt):
        called = await guest.transcript.expect("conference-invited", peer=f"sip:{room}")
        assert called["others"] == [f"{paris.uri} to", "sip:anonymous@anonymous.invalid cc count=1"], called
        await joined(guest)
    await juliet.seen("invitation", room=room)
    assert await session.say("welcome all") == 200
    for guest in (paris, tybalt):
        await guest.transcript.expect("message-received", via="conference", text="welcome all")


@test
async def what_a_room_can_do_is_told_when_it_exists(world):
    # rows: CONF-007
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet, publicroom="1")
    answer = await romeo.options("sip:" + room)
    assert (answer.status, answer.is_focus) == (200, True), answer.status
    assert (await romeo.options("sip:" + world.room("nowhere"))).status == 404
    made = await romeo.options(FACTORY)
    assert (made.status, made.is_focus) == (200, False), made
    assert "recipient-list-invite" in made.get("Supported"), made


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra="[settings]\nfactory = conference\n")
