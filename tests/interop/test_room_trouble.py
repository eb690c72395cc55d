#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A SIP user in the rooms of a real server, where things go wrong: rooms that do not let him in, nicks that are taken, and
every way out. What servers do differently is what these stories are for: run them with --ejabberd, too."""
import asyncio

from participant.session import Refused
from runner import main, test
from steps import configure, inside, joined, set_affiliation, set_role, uri_of
from transcript import PATIENCE_S
from world import EJABBERD, KAMAILIO, MUCSIPD, PROSODY


TIMERS = "[timers]\nxmpp_hold = 40s\n"


async def refusal(romeo, room, within=None):
    """The status with which the room does not let Romeo in."""
    try:
        await romeo.invite(uri_of(room), timeout=within)
    except Refused as refused:
        return refused.status
    raise AssertionError(f"{room} let him in")


async def ended(romeo, cause, text="", over="rejected", within=PATIENCE_S):
    """The conference ended for Romeo, and he was told why, also by the end of his subscription: a proxy of several
    processes may hand him one before the other."""
    end = await romeo.transcript.expect("conference-ended", timeout=within)
    assert end["reason"] == "peer-bye" and f"cause={cause};" in end["text"] + ";" and text in end["text"], end
    await romeo.transcript.expect("subscription-ended", reason=over)
    return end


async def until_gone(juliet, room, tries=600):
    """Nobody is in the room any more; who was refused may be on his way out still."""
    for _ in range(tries):
        try:
            condition, _ = await juliet.refusal_of(room, "<query xmlns='http://jabber.org/protocol/disco#info'/>")
            assert condition == "item-not-found", condition
            return
        except AssertionError:  # it answered
            await asyncio.sleep(0.05)
    raise AssertionError(f"{room} is there")


def last_word(romeo):
    """How and why he left, as the last document of the roster tells it."""
    users = romeo.subscriptions[-1].state.users.values()
    return next(user.left for user in users if user.name == romeo.user)


async def comes_in(romeo, room, tries=300):
    """Dials until he is let in: a server that has just started may not know its rooms yet."""
    for _ in range(tries):
        try:
            return await romeo.invite(uri_of(room))
        except Refused:
            await asyncio.sleep(0.1)
    raise AssertionError(f"{room} does not let him in any more")


@test
async def a_room_that_is_not_there_is_not_found_and_not_made(world):
    # rows: MUC-B03
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    status = await refusal(romeo, room)
    assert status == 404, status
    await until_gone(juliet, room)


@test
async def a_members_only_room_lets_members_in(world):
    # rows: MUC-B02
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, membersonly="1")
    status = await refusal(romeo, room)
    assert status == 403, status
    answer = romeo.transcript.select("refused")[-1]
    assert answer["text"] == "Members only" and room in answer["warning"], answer
    await set_affiliation(juliet, room, romeo.jid, "member")
    await romeo.invite(uri_of(room))
    await joined(romeo)


@test
async def a_password_is_a_refusal(world):
    # rows: MUC-B02
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, passwordprotectedroom="1", roomsecret="open sesame")
    status = await refusal(romeo, room)
    assert status == 403, status
    assert romeo.transcript.select("refused")[-1]["text"] == "Password required"


@test
async def who_is_banned_is_put_out_and_not_let_in_again(world):
    # rows: MUC-B02 MUC-B15
    juliet, romeo, room, _ = await inside(world)
    await set_affiliation(juliet, room, romeo.jid, "outcast", "no more of this")
    await ended(romeo, 403, "no more of this")
    assert last_word(romeo) == ("booted", "no more of this")
    await juliet.seen("occupant", room=room, nick=romeo.user, here=False, codes=lambda codes: "301" in codes)
    status = await refusal(romeo, room)
    assert status == 403, status


@test(only=EJABBERD)
async def a_full_room_is_busy(world):
    # rows: MUC-B02
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, maxusers="5")
    for number in range(4):
        await (await world.xmpp(f"guest{number}x")).enter(room)
    status = await refusal(romeo, room)
    assert status == 486, status


@test
async def a_nick_in_use_is_varied(world):
    # rows: MUC-B02
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, nick=romeo.user)
    await romeo.invite(uri_of(room))
    await joined(romeo)
    await juliet.seen("occupant", room=room, nick=romeo.user + "_2", here=True)


@test
async def a_locked_room_is_waited_for(world):
    # rows: MUC-B02
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.enter(room)  # made, and not configured yet
    coming = asyncio.ensure_future(romeo.invite(uri_of(room)))
    await asyncio.wait([coming], timeout=1)
    await configure(juliet, room)
    await coming
    await joined(romeo)


async def turns_round(romeo, room, delay_ms):
    """Dials, and no longer wants to come in after a moment."""
    try:
        await (await romeo.invite(uri_of(room), timeout=delay_ms / 1000)).bye()
    except Refused as refused:
        assert refused.status == 487, refused


@test
async def who_turns_round_on_his_way_in_leaves_nobody_behind(world):
    # rows: CONF-002
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room)
    for delay_ms in range(20):  # before the room is asked, while it answers, and when it has answered
        await turns_round(romeo, room, delay_ms)
    for delay_ms in (50, 100, 200, 400, 800, 1600):  # where all that was too early
        if not juliet.transcript.all("occupant", room=room, nick=romeo.user):
            await turns_round(romeo, room, delay_ms)
    came = await juliet.seen("occupant", room=room, nick=romeo.user)
    while came["here"]:
        came = await juliet.seen("occupant", after=came["n"] + 1, room=room, nick=romeo.user)
    await romeo.invite(uri_of(room))
    await joined(romeo)


@test
async def a_new_nick_is_taken_when_the_room_gives_it(world):
    # rows: MUC-B11
    juliet, romeo, room, session = await inside(world)
    assert await session.nickname("Montague") == 200
    await juliet.seen("occupant", room=room, nick="Montague", here=True)
    assert await session.nickname("Montague") == 200
    assert await session.nickname("juliet") == 425
    assert await session.say("still here") == 200
    await juliet.seen("groupchat", room=room, nick="Montague", body="still here")


@test
async def who_is_kicked_is_told_why(world):
    # rows: MUC-B15
    juliet, romeo, room, _ = await inside(world)
    nurse = await world.xmpp("nurse")
    await nurse.enter(room)
    await juliet.kick(room, romeo.user, "too loud")
    await ended(romeo, 480, "too loud")
    assert last_word(romeo) == ("booted", "too loud")
    await nurse.seen("occupant", room=room, nick=romeo.user, here=False, reason="too loud",
                     codes=lambda codes: "307" in codes)
    await romeo.invite(uri_of(room))  # a kick is no ban
    await juliet.seen("occupant", room=room, nick=romeo.user, here=True)


@test
async def a_room_that_becomes_members_only_puts_him_out(world):
    # rows: MUC-B15
    juliet, romeo, room, _ = await inside(world)
    await configure(juliet, room, membersonly="1")
    await ended(romeo, 403)


@test
async def who_is_no_member_any_more_is_put_out(world):
    # rows: MUC-B15
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, membersonly="1")
    await set_affiliation(juliet, room, romeo.jid, "member")
    await romeo.invite(uri_of(room))
    await romeo.transcript.expect("roster", document="full")
    await set_affiliation(juliet, room, romeo.jid, "none")
    await ended(romeo, 403)
    assert last_word(romeo)[0] == "booted"


@test(within=200)
async def a_service_that_ends_and_comes_back_finds_him_inside(world):
    # rows: ESC-608
    juliet, romeo, room, session = await inside(world, persistentroom="1")
    await world.xmpp_server.restart()
    juliet = await world.xmpp("juliet")
    await juliet.enter(room)
    await juliet.seen("occupant", room=room, nick=romeo.user, here=True)
    assert await session.say("still in") == 200
    await juliet.seen("groupchat", room=room, nick=romeo.user, body="still in")
    juliet.say(room, "good")
    await romeo.transcript.expect("message-received", text="good")


@test(within=200)
async def a_service_that_stays_away_ends_it_for_now(world):
    # rows: ESC-608
    _, romeo, room, session = await inside(world, persistentroom="1")
    await world.xmpp_server.stop()
    notice = await romeo.transcript.expect("message-received", timeout=80)
    assert "cannot be reached" in notice["text"], notice
    await ended(romeo, 503, over="probation", within=80)
    assert last_word(romeo)[0] == "failed"
    await world.xmpp_server.start()
    juliet = await world.xmpp("juliet")
    await juliet.enter(room)
    await comes_in(romeo, room)
    await juliet.seen("occupant", room=room, nick=romeo.user, here=True)


@test
async def a_destroyed_room_is_gone(world):
    # rows: MUC-B16
    juliet, romeo, room, _ = await inside(world)
    await juliet.destroy(room, "the feud")
    await ended(romeo, 410, "the feud", over="noresource")
    assert await refusal(romeo, room) in (404, 410)  # a tombstone may stay


@test(only=PROSODY)
async def where_a_room_was_destroyed_it_is_gone_for_good(world):
    # rows: MUC-B02 MUC-B16
    juliet, romeo, room, _ = await inside(world, persistentroom="1")
    await juliet.destroy(room, "the feud")
    await ended(romeo, 410, "the feud", over="noresource")
    assert romeo.subscriptions[-1].state.ended, "no document said that the conference is deleted"
    assert await refusal(romeo, room) == 410  # Prosody keeps a tombstone of a room that was to stay
    assert await refusal(romeo, room) == 410, "asking made it anew"


@test(only=PROSODY)
async def who_dials_a_destroyed_room_is_shown_the_one_in_its_place(world):
    # rows: MUC-B02
    juliet, romeo, room, other = await world.xmpp("juliet"), await world.sip(), world.room(), world.room("mantua")
    await juliet.open_room(other)
    await juliet.open_room(room, persistentroom="1")
    await juliet.destroy(room, "the feud", elsewhere=other)
    assert await refusal(romeo, room) == 301
    answer = romeo.transcript.select("refused")[-1]
    assert f"sip:{other}" in answer["contact"], answer
    juliet.transcript.never("occupant", room=other, nick=romeo.user)


@test
async def a_room_in_its_place_is_named_and_not_entered(world):
    # rows: MUC-B16
    juliet, romeo, room, _ = await inside(world)
    other = world.room("mantua")
    await juliet.open_room(other)
    await juliet.destroy(room, "the feud", elsewhere=other)
    end = await ended(romeo, 410, "the feud", over="noresource")
    assert other in end["text"], end


@test
async def a_changed_room_is_the_same_conference(world):
    # rows: MUC-B14
    juliet, romeo, room, session = await inside(world)
    await configure(juliet, room, roomname="Verona at night", whois="moderators")
    await romeo.transcript.expect("roster", name="Verona at night")
    assert not session.ended, session.ended
    assert await session.say("what light") == 200
    await juliet.seen("groupchat", room=room, body="what light")


@test
async def without_a_voice_a_line_is_refused(world):
    # rows: MUC-B07 MUC-B25
    juliet, romeo, room, session = await inside(world, moderatedroom="1")
    await set_role(juliet, room, romeo.user, "visitor")
    await juliet.seen("occupant", room=room, nick=romeo.user, role="visitor")
    assert await session.say("nobody hears me", success_report=True) == 200
    report = await romeo.transcript.expect("report-received")
    assert "403" in report["status"], report


@test
async def whether_a_room_is_there_is_told_to_who_asks(world):
    # rows: CONF-007
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    assert (await romeo.options(uri_of(room))).status == 404
    await juliet.open_room(room, publicroom="1")
    answer = await romeo.options(uri_of(room))
    assert answer.status == 200, answer
    await configure(juliet, room, publicroom="0")
    assert (await romeo.options(uri_of(room))).status == 404


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=TIMERS)
