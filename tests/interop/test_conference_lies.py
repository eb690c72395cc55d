#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hosting A with a focus that lies, refuses or keeps silent: what an XMPP user sees of it, and that the room lives on.

docs/conformance/groupchat-and-escalation.md sections 2, 4 and 5; RFC 4575 4.6, RFC 7701 6, docs/library-facts.md for SylkServer.
"""
from conference_steps import COMPONENTS, FOCUS_PORT, entered, hall, nicks, occupants, refused, routes, said, watched
from focus import cpim, document
from focus.behaviour import NEVER, like_sylk
from runner import main, test
from world import KAMAILIO, MUCSIPD, PROSODY

TIMERS = """
[timers]
T_tx = 5s
T_msrp = 5s
T_invite = 35s
T_refer = 5s
T_prog = 5s
"""


async def both_ways(room, client, word="alive"):
    """The room works: a line each way."""
    client.say(room.jid, f"{word} {client.user}")
    await client.seen("groupchat", body=f"{word} {client.user}", nick=client.own["nick"])
    await room.say_as("sip:prover@sip.test", "Prover", f"{word} still")
    await client.seen("groupchat", body=f"{word} still")


# Documents

@test
async def a_gap_in_the_versions_is_healed_by_a_refresh(world):
    # rows: ROSTER-005
    room = await hall(world)
    juliet = await entered(world, room)
    await watched(room)
    room.watchers[0].version += 3
    ugo = room.native("ugo")
    await room.focus.seen("subscribe", refresh=True, expires=lambda expires: expires > 0)
    await juliet.seen("occupant", nick="Ugo", here=True)
    ugo.rename("Hugo")
    await juliet.seen("occupant", nick="Hugo", here=True)
    assert room.watchers[0].refreshes == 1


@test
async def a_first_document_that_is_partial_is_not_believed(world):
    # rows: ROSTER-001
    room = await hall(world, first="partial", first_version=7)
    room.native("ugo")
    juliet = await entered(world, room)
    await room.focus.seen("subscribe", refresh=True)
    assert nicks(juliet, room)[-2:] == ["Ugo", "juliet"] or set(nicks(juliet, room)) == {"Ugo", "juliet"}, nicks(juliet, room)


@test
async def a_stale_document_changes_nothing(world):
    # rows: ROSTER-002
    room = await hall(world)
    room.native("ugo")
    juliet = await entered(world, room)
    await watched(room)
    after = juliet.transcript.mark()
    ghosts = b'<users state="full"><user entity="sip:ghost@x.test" state="full"><display-text>Ghost</display-text>' \
             b'<endpoint entity="sip:ghost@x.test"><status>connected</status></endpoint></user></users>'
    empty = document.document(room, 0, users=[]).replace(b"</conference-state>", b"</conference-state>" + ghosts)
    room.lie(empty.replace(b'state="partial"', b'state="full"'))
    room.native("omar")
    await juliet.seen("occupant", nick="Omar", after=after)
    assert occupants(juliet, room, after) == [("Omar", True, [])], occupants(juliet, room, after)


@test
async def malformed_documents_change_nothing(world):
    # rows: ROSTER-010
    room = await hall(world)
    room.focus.findings.excuse("NOTIFY conference was answered 400", "NOTIFY conference was answered 415")
    room.native("ugo")
    juliet = await entered(world, room)
    await watched(room)
    after = juliet.transcript.mark()
    room.lie(b"<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' version='9'")
    room.lie(b"<roster/>")
    room.lie(b"hello", "text/plain")
    room.lie(b"")
    room.native("omar")
    await juliet.seen("occupant", nick="Omar", after=after)
    assert occupants(juliet, room, after) == [("Omar", True, [])], occupants(juliet, room, after)
    assert room.watchers[0].answers[1:5] == [400, 400, 415, 200], room.watchers[0].answers
    await both_ways(room, juliet)


@test
async def a_document_without_namespace_is_read(world):
    # rows: ROSTER-010
    room = await hall(world, namespace=False)
    room.native("ugo")
    juliet = await entered(world, room)
    assert nicks(juliet, room) == ["Ugo", "juliet"]


@test
async def two_users_with_one_nick_are_told_apart(world):
    # rows: ROSTER-008
    room = await hall(world)
    one, two = room.native("ugo", nick="Same"), room.native("omar", nick="Same")
    juliet = await entered(world, room)
    shown = nicks(juliet, room)
    assert len(set(shown)) == 3 and "Same" in shown and "Same (2)" in shown, shown
    assert await one.say("I am one") == 200 and await two.say("I am two") == 200
    first = await juliet.seen("groupchat", body="I am one")
    second = await juliet.seen("groupchat", body="I am two")
    assert first["nick"] != second["nick"] and {first["nick"], second["nick"]} == {"Same", "Same (2)"}
    thief = room.native("thief", nick="juliet")
    await juliet.seen("occupant", nick="juliet (2)")
    assert await thief.say("I am Juliet") == 200
    assert (await juliet.seen("groupchat", body="I am Juliet"))["nick"] == "juliet (2)"


@test(within=60)
async def a_document_of_a_megabyte(world):
    # rows: ROSTER-010
    room = await hall(world)
    room.focus.findings.excuse("NOTIFY conference was answered")
    juliet = await entered(world, room)
    await watched(room)
    room.subject = "x" * 2 ** 20
    room.changed(described=True)
    room.subject = "short again"
    room.watchers[0].full()
    await juliet.seen("subject", subject="short again")
    await both_ways(room, juliet)


@test(within=90)
async def a_thousand_users(world):
    # rows: ROSTER-001
    room = await hall(world)
    room.crowd(1000)
    juliet = await world.xmpp("juliet")
    juliet.own = await juliet.enter(room.jid, within=90)
    assert len(nicks(juliet, room)) == 1001 and nicks(juliet, room)[-1] == "juliet"
    room.native("omar")
    await juliet.seen("occupant", nick="Omar")
    await both_ways(room, juliet)


@test
async def unknown_people_are_no_occupants(world):
    # rows: MUC-A09
    room = await hall(world)
    juliet = await entered(world, room)
    await room.say_as("sip:ghost@nowhere.test", "", "boo")
    assert (await juliet.seen("groupchat", body="boo"))["nick"] == "ghost"
    await room.say_as("sip:anonymous@anonymous.invalid", "A Friend", "guess")
    assert (await juliet.seen("groupchat", body="guess"))["nick"] == "A Friend"
    juliet.transcript.never("occupant", nick=lambda nick: nick in ("ghost", "A Friend"))


# Subscriptions

@test(within=60)
async def a_focus_without_events(world):
    # rows: ROSTER-003
    for number, status in enumerate((405, 489, 403)):
        room = await hall(world, name=f"mute{number}", subscribe=status)
        juliet = await entered(world, room, resource=f"b{number}")
        assert nicks(juliet, room) == ["juliet"], nicks(juliet, room)
        await room.say_as("sip:ugo@sip.test", "Ugo", "surprise")
        assert (await juliet.seen("groupchat", body="surprise"))["nick"] == "Ugo"
        came = juliet.transcript.all("occupant", nick="Ugo", here=True)
        assert came and came[0]["n"] < juliet.transcript.all("groupchat")[0]["n"], juliet.transcript.text()
        await both_ways(room, juliet)
        await juliet.sign_out()
        await room.focus.stop()


@test(within=60)
async def a_focus_that_never_notifies(world):
    # rows: ROSTER-003
    room = await hall(world, first="none")
    juliet = await world.xmpp("juliet")
    juliet.own = await juliet.enter(room.jid, within=90)
    await juliet.seen("subject")
    await both_ways(room, juliet)


@test
async def a_pending_subscription_that_becomes_active(world):
    # rows: ROSTER-003 MUC-A04
    room = await hall(world, first="pending")
    room.native("ugo")
    juliet = await world.xmpp("juliet")
    juliet.be(room.jid, "juliet", "<x xmlns='http://jabber.org/protocol/muc'/>")
    await watched(room)
    room.watchers[0].full()
    await juliet.seen("subject")
    assert nicks(juliet, room) == ["Ugo", "juliet"]


# What is said

@test
async def a_line_that_is_not_answered_fails(world):
    # rows: MUC-A08
    room = await hall(world)
    juliet = await entered(world, room)
    room.behaviour.send = NEVER
    ident = juliet.say(room.jid, "lost?")
    await room.focus.seen("said", text="lost?")
    error = await juliet.seen("error", id=ident)
    assert (error["condition"], error["type"]) == ("remote-server-timeout", "wait"), error
    juliet.transcript.never("groupchat", body="lost?")


@test
async def a_line_that_is_refused_fails(world):
    # rows: MUC-A08
    room = await hall(world)
    juliet = await entered(world, room)
    for status, condition in [(403, "forbidden"), (400, "bad-request"), (413, "policy-violation"), (404, "item-not-found"),
                              (428, "feature-not-implemented"), (None, None), (415, "not-acceptable")]:
        room.behaviour.send = status
        if status is None:
            await both_ways(room, juliet)
            continue
        ident = juliet.say(room.jid, f"refused {status}")
        error = await juliet.seen("error", id=ident)
        assert error["condition"] == condition, (status, error)
        juliet.transcript.never("groupchat", body=f"refused {status}")


@test
async def a_line_that_fails_after_all_is_told_to_its_author(world):
    # rows: MUC-A08
    room = await hall(world)
    juliet = await entered(world, room)
    room.behaviour.send = "report"
    ident = juliet.say(room.jid, "taken, and then not")
    error = await juliet.seen("error", id=ident)
    assert error["condition"] == "forbidden", error


@test
async def nicknames_that_are_refused(world):
    # rows: MUC-A13
    room = await hall(world)
    juliet = await entered(world, room)
    for status, condition in [(425, "conflict"), (424, "not-acceptable"), (403, "not-acceptable"), (NEVER, "remote-server-timeout")]:
        room.behaviour.nickname = status
        after = juliet.transcript.mark()
        juliet.be(room.jid, f"other{status}")
        error = await juliet.seen("presence_error", after=after)
        assert error["condition"] == condition, (status, error)
    juliet.transcript.never("occupant", here=False)
    await both_ways(room, juliet)


@test
async def a_switch_that_knows_no_chat_rooms(world):
    # rows: CONF-025 MUC-A11 MSRP-023
    room = await hall(world, chatroom=None)
    room.native("ugo")
    juliet = await entered(world, room)
    ident = juliet.chat(f"{room.jid}/Ugo", "psst")
    assert (await juliet.seen("error", id=ident))["condition"] == "feature-not-implemented"
    assert room.focus.transcript.all("nickname") == [] and said(room) == []
    await both_ways(room, juliet)


@test
async def private_lines_where_there_are_none(world):
    # rows: MUC-A11
    room = await hall(world, chatroom="nickname")
    room.native("ugo")
    juliet = await entered(world, room)
    ident = juliet.chat(f"{room.jid}/Ugo", "psst")
    assert (await juliet.seen("error", id=ident))["condition"] == "feature-not-implemented"
    await both_ways(room, juliet)
    assert "psst" not in said(room)


@test
async def every_line_in_chunks(world):
    # rows: MSRP-006
    room = await hall(world, chunk=50)
    ugo = room.native("ugo")
    juliet = await entered(world, room)
    for number in range(5):
        assert await ugo.say(f"{number} " + "z" * 500) == 200
        await juliet.seen("groupchat", body=f"{number} " + "z" * 500, nick="Ugo")


@test
async def lines_with_a_strange_wrapping(world):
    # rows: MUC-A09 MUC-A12
    room = await hall(world)
    room.native("ugo")
    juliet = await entered(world, room)
    for raw in (b"no cpim at all", b"From: <sip:a@b>\r\n\r\n", b"From: x\r\nTo: y\r\n\r\nContent-Type: text/plain\r\n\r\nz",
                cpim.build("sip:ugo@sip.test", room.uri, b"\xff\xfe\x00", "Ugo")):
        await room.say_as("sip:ugo@sip.test", "Ugo", "", raw=raw)
    await room.say_as("sip:ugo@sip.test", "Ugo", "", raw=cpim.build("sip:ugo@sip.test", "sip:nobody@far.away", "astray", "Ugo"))
    assert (await juliet.seen("message", body="astray"))["from"] == f"{room.jid}/Ugo"
    await room.say_as("sip:ugo@sip.test", "Ugo", "<b>bold</b> move", type="text/html")
    await juliet.seen("groupchat", body=lambda body: "bold move" in body)
    await both_ways(room, juliet)


@test
async def the_message_session_is_never_bound(world):
    # rows: MSRP-011
    room = await hall(world, bind=481)
    room.focus.findings.excuse("the MSRP session", "a SEND", "a connection", "NICKNAME")
    juliet = await world.xmpp("juliet")
    assert await refused(juliet, room.jid)
    await room.focus.seen("bye")


# Requests

@test(within=60)
async def a_focus_that_never_answers(world):
    # rows: MUC-A04
    room = await hall(world, answer=NEVER)
    juliet = await world.xmpp("juliet")
    error = await refused(juliet, room.jid, within=90)
    assert (error["condition"], error["type"]) == ("remote-server-timeout", "wait"), error
    await room.focus.seen("cancelled")


@test
async def who_leaves_before_he_is_in_is_not_in(world):
    # rows: CONF-029
    room = await hall(world, ring_s=5)
    juliet = await world.xmpp("juliet")
    juliet.be(room.jid, "juliet", "<x xmlns='http://jabber.org/protocol/muc'/>")
    await room.focus.seen("invite")
    juliet.leave(room.jid)
    await room.focus.seen("cancelled")
    assert not room.members


@test
async def refers_that_come_to_nothing(world):
    # rows: MUC-A16 MUC-A19
    room = await hall(world, refer=NEVER)
    room.native("ugo")
    juliet = await entered(world, room)
    query = "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='Ugo' role='none'/></query>"
    assert (await juliet.refusal_of(room.jid, query, "set"))[0] == "remote-server-timeout"
    room.behaviour.refer, room.behaviour.progress = None, False
    room.behaviour.outcomes = {"omar": 603}
    assert (await juliet.refusal_of(room.jid, query, "set"))[0] == "remote-server-timeout"
    room.behaviour.refer = 405
    juliet.invite_through(room.jid, "omar@sip.test", continues=False)
    await juliet.seen("decline")
    await both_ways(room, juliet)


# As SylkServer does it

@test
async def a_conference_like_that_of_sylkserver(world):
    # rows: CONF-025 MUC-A09 MUC-A23
    room = await hall(world, subject=None, behaviour=like_sylk())
    ugo = room.native("ugo")
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    for number, (client, other) in enumerate([(juliet, nurse), (nurse, juliet)]):
        client.say(room.jid, f"line {number}")
        await other.seen("groupchat", body=f"line {number}", nick=client.user)
    status = await ugo.say("häh?")
    assert status == 200, status
    await juliet.seen("groupchat", body="häh?", nick="Ugo")
    first = await room.focus.seen("report", status=lambda status: status.startswith("000 200"))
    await room.focus.seen("report", status=first["status"], of=lambda of: of != first["of"])
    await room.say_as(room.uri, "", "Ugo has joined the room", more=["NS: a <urn:ag-projects:xml:ns:cpim>", "a.Message-Type: status"])
    await room.say_as(ugo.uri, "Ugo", "?OTRv3?\nI would like to start an off-the-record chat")
    ugo.leave()
    await juliet.seen("occupant", nick="Ugo", here=False)
    await ugo_is_silent(juliet, room)


async def ugo_is_silent(client, room):
    await both_ways(room, client)
    client.transcript.never("groupchat", body=lambda body: "OTR" in body)
    client.transcript.never("groupchat", nick=lambda nick: nick not in (None, ""), body=lambda body: "joined" in body)


@test
async def who_cuts_nothing_is_sent_nothing_cut(world):
    # rows: MSRP-007
    room = await hall(world, behaviour=like_sylk())
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    long = "0123456789" * 500
    juliet.say(room.jid, long)
    await nurse.seen("groupchat", body=long)
    frames = len(room.legs[0].session.seen_tids)
    assert frames <= 3, "one SEND for binding, one NICKNAME, one line"


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=COMPONENTS + TIMERS, amend=routes, focus=FOCUS_PORT)
