#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hosting A: an XMPP user enters a conference that lives on SIP, as if it were a room. The focus is the strict one of focus/.

docs/conformance/groupchat-and-escalation.md sections 1, 2 and 4; RFC 7702 5, RFC 7701, RFC 4579, RFC 4575, XEP-0045.
"""
from conference_steps import COMPONENTS, FAR, FOCUS_PORT, came, entered, focus_up, hall, nicks, occupants, refused, routes, said, watched
from focus import cpim
from focus.conference import now
from runner import Skip, main, test
from second_client import SecondClient
from steps import bodies
from world import KAMAILIO, MUCSIPD, PROSODY
from xmpp_client import XmppClient

JOIN = "<x xmlns='http://jabber.org/protocol/muc'/>"
PING = "<ping xmlns='urn:xmpp:ping'/>"
ADMIN = "http://jabber.org/protocol/muc#admin"
DISCO = "http://jabber.org/protocol/disco#info"
ITEMS = "http://jabber.org/protocol/disco#items"


# Coming in

@test
async def an_entry_is_told_in_the_order_of_xep_0045(world):
    # rows: MUC-A01 CONF-022 CONF-025 MUC-A04 ROSTER-001
    room = await hall(world)
    room.native("omar", roles=["moderator"])
    room.native("ugo", status="muted-via-focus")
    room.native("late", status="alerting")
    juliet = await entered(world, room)
    kinds = [(entry["kind"], entry.get("nick")) for entry in juliet.transcript.entries
             if entry["kind"] in ("occupant", "subject", "groupchat") and entry["way"] == "in"]
    assert kinds == [("occupant", "Omar"), ("occupant", "Ugo"), ("occupant", "juliet"), ("subject", kinds[-1][1])], kinds
    roles = {entry["nick"]: entry["role"] for entry in juliet.transcript.all("occupant")}
    assert roles == {"Omar": "moderator", "Ugo": "visitor", "juliet": "participant"}, roles
    assert juliet.transcript.all("subject")[0]["subject"] == "Plan B"
    assert "210" not in juliet.own["codes"] and "201" not in juliet.own["codes"], juliet.own
    steps = ("invite", "arrived", "msrp_bound", "nickname", "subscribe")
    seen = [entry["kind"] for entry in room.focus.transcript.entries if entry["kind"] in steps]
    assert seen == list(steps), seen
    invite = room.focus.transcript.all("invite")[0]
    assert invite["who"] == juliet.uri and f"gr={world.unique('balcony')}" in invite["contact"], invite
    assert {"a=chatroom:nickname private-messages", "a=setup:actpass"} <= set(invite["offer"]), invite
    assert any(line.startswith("a=accept-types:message/cpim") for line in invite["offer"]), invite
    assert room.focus.transcript.all("subscribe")[0]["inside"] is False


@test
async def a_conference_without_subject_says_so(world):
    # rows: MUC-A04 MUC-A23
    room = await hall(world, subject=None)
    juliet = await entered(world, room)
    assert juliet.transcript.all("subject")[0]["subject"] == ""
    room.set_subject("late")
    await juliet.seen("subject", subject="late", nick="")
    room.set_subject(None)
    await juliet.seen("subject", subject="", after=juliet.transcript.all("subject")[-1]["n"] + 1)


async def late_history(world, wish):
    """Who comes in while the switch tells what was said before: kinds and bodies, in the order of arrival."""
    room = await hall(world, first="pending")
    room.native("ugo")
    juliet = await world.xmpp("juliet")
    juliet.be(room.jid, "juliet", f"<x xmlns='http://jabber.org/protocol/muc'>{wish}</x>")
    await watched(room)
    lines = [("long ago", "2020-01-01T10:00:00Z"), ("less long ago", "2021-01-01T10:00:00Z"), ("now", now())]
    await room.legs[0].session.pour([cpim.build("sip:ugo@sip.test", room.uri, text, "Ugo", when) for text, when in lines])
    room.watchers[0].full()
    await juliet.seen("groupchat", body="now")
    assert not juliet.transcript.all("groupchat", body="now")[0]["delayed"]
    return [entry.get("body") or entry["nick"] or entry["subject"] for entry in juliet.transcript.entries
            if entry["kind"] in ("occupant", "subject", "groupchat") and entry["way"] == "in"]


@test
async def what_was_said_before_is_told_before_the_subject(world):
    # rows: MUC-A04 MUC-A09
    told = await late_history(world, "")
    assert told == ["Ugo", "juliet", "long ago", "less long ago", "Plan B", "now"], told


@test
async def who_wants_no_history_gets_none(world):
    # rows: MUC-A04
    told = await late_history(world, "<history maxstanzas='0'/>")
    assert told == ["Ugo", "juliet", "Plan B", "now"], told


@test
async def a_status_told_while_coming_in_is_no_reason_to_be_sent_away(world):
    # rows: MUC-A02 MUC-A15
    room = await hall(world, ring_s=1)
    juliet = await world.xmpp("juliet")
    juliet.be(room.jid, "juliet", JOIN)
    await room.focus.seen("invite")
    juliet.be(room.jid, "juliet", "<show>away</show>")
    await juliet.seen("subject")
    told = juliet.transcript.all("occupant")
    assert [(entry["here"], entry["show"]) for entry in told] == [(True, "away")], told


@test
async def through_a_proxy_it_is_the_same(world):
    # rows: CONF-022 CONF-029
    room = await hall(world, domain=FAR)
    ugo = room.native("ugo")
    juliet = await entered(world, room)
    juliet.say(room.jid, "by way of Kamailio")
    await juliet.seen("groupchat", body="by way of Kamailio", nick="juliet")
    assert await ugo.say("heard") == 200
    await juliet.seen("groupchat", body="heard", nick="Ugo")
    juliet.leave(room.jid)
    await juliet.seen("occupant", here=False, codes=lambda codes: "110" in codes)
    await room.focus.seen("bye")


@test
async def who_does_not_say_that_he_knows_rooms_is_not_let_in(world):
    # rows: MUC-A01 MUC-A02
    room = await hall(world)
    juliet = await world.xmpp("juliet")
    juliet.be(room.jid, "juliet")
    out = await juliet.seen("occupant", here=False)
    assert {"110", "307", "333"} <= set(out["codes"]), out
    juliet.raw(f"<presence to='{room.jid}'>{JOIN}</presence>")
    error = await juliet.seen("presence_error")
    assert (error["condition"], error["type"]) == ("jid-malformed", "modify"), error
    assert room.focus.agent.counted.get("INVITE", 0) == 0


@test
async def a_nick_that_is_taken_becomes_another(world):
    # rows: MUC-A14 MUC-A05
    room = await hall(world, taken=("juliet", "juliet_2"))
    juliet = await entered(world, room)
    assert juliet.own["nick"] == "juliet_3" and "210" in juliet.own["codes"], juliet.own
    wanted = [entry["nick"] for entry in room.focus.transcript.all("nickname")]
    assert wanted == ["juliet", "juliet_2", "juliet_3"], wanted


@test
async def nicks_of_every_kind_come_through(world):
    # rows: MUC-A13 MSRP-022
    room = await hall(world)
    juliet = await entered(world, room, nick='Julia "J" \\ <&> Ünï ☃')
    assert (await room.focus.seen("nickname"))["nick"] == 'Julia "J" \\ <&> Ünï ☃'
    room.native("x", nick="a/b @c ; 'd' \U0001D11E")
    await juliet.seen("occupant", nick="a/b @c ; 'd' \U0001D11E")
    room.native("y", nick="smile \U0001F600")
    await juliet.seen("occupant", nick="smile _")  # ejabberd drops stanzas with a character newer than its tables


@test(within=60)
async def conferences_of_every_hard_name_are_entered(world):
    # rows: MUC-A01 MUC-A07 MUC-A09
    focus, juliet = await focus_up(world), await world.xmpp("juliet")
    names = {"q\\26a": "q&a", "a\\2fb": "a/b", "it\\27s": "it's", "x+y=z": "x+y=z", "per%cent": "per%25cent", "d$o,l": "d$o,l",
             "two\\20words": "two%20words", "\u00fcn\u00ef": "%C3%BCn%C3%AF", "semi;colon": "semi;colon", "a\\40b": "a%40b",
             "a\\3ab": "a%3Ab", "q?m": "q?m", "(par)": "(par)", "b!~*": "b!~*"}
    for local, user in names.items():
        room, jid = focus.conference(user), f"{local}@{focus.domain}"
        await juliet.enter(jid)
        juliet.say(jid, f"to {local}")
        await juliet.seen("groupchat", body=f"to {local}", room=jid)
        focus.agent.spawn(room.say_as("sip:ugo@sip.test", "Ugo", f"from {local}"))
        await juliet.seen("groupchat", body=f"from {local}", room=jid)
        assert list(room.members) == [juliet.uri], room.members


@test
async def a_second_join_brings_everything_again_without_sip(world):
    # rows: MUC-A03
    room = await hall(world)
    room.native("ugo")
    juliet = await entered(world, room)
    after = juliet.transcript.mark()
    await juliet.enter(room.jid)
    await juliet.seen("subject", after=after)
    assert nicks(juliet, room, after) == ["Ugo", "juliet"]
    assert room.focus.agent.counted["INVITE"] == 1 and room.focus.agent.counted["SUBSCRIBE"] == 1


@test
async def a_password_is_a_digest(world):
    # rows: CONF-027
    room = await hall(world, password="verona")
    juliet = await world.xmpp("juliet")
    error = await refused(juliet, room.jid)
    assert (error["condition"], error["type"]) == ("not-authorized", "auth"), error
    error = await refused(juliet, room.jid, password="wrong")
    assert error["condition"] == "not-authorized", error
    await juliet.enter(room.jid, password="verona")
    assert room.focus.transcript.all("authenticated")[0]["user"] == juliet.bare.partition("@")[0]


@test
async def a_conference_that_moved_is_followed(world):
    # rows: CONF-026
    room = await hall(world)
    old = room.focus.conference(world.unique("old"))
    old.behaviour = old.behaviour.with_(answer=302, answer_headers=[("Contact", f"<{room.uri}>")])
    juliet = await world.xmpp("juliet")
    await juliet.enter(f"{old.name}@{room.domain}")
    await room.focus.seen("arrived", room=room.name)
    juliet.say(f"{old.name}@{room.domain}", "there already")
    await juliet.seen("groupchat", body="there already", room=f"{old.name}@{room.domain}")


@test(within=90)
async def refusals_are_those_of_the_table(world):
    # rows: MUC-A04 CONF-024
    room = await hall(world)
    juliet = await world.xmpp("juliet")
    for status, condition, kind in [(403, "forbidden", "auth"), (404, "item-not-found", "cancel"), (486, "service-unavailable", "wait"),
                                    (488, "not-acceptable", "modify"), (480, "recipient-unavailable", "wait"), (603, "forbidden", "auth"),
                                    (503, "internal-server-error", "wait"), (405, "feature-not-implemented", "cancel")]:
        room.behaviour.answer = status
        error = await refused(juliet, room.jid)
        assert (error["condition"], error["type"]) == (condition, kind), (status, error)
    room.behaviour.answer = 200
    await juliet.enter(room.jid)


@test
async def what_is_no_conference_is_not_entered(world):
    # rows: CONF-023 CONF-024
    room = await hall(world, isfocus=False)
    juliet = await world.xmpp("juliet")
    error = await refused(juliet, room.jid)
    assert (error["condition"], error["type"]) == ("item-not-found", "cancel"), error
    await room.focus.seen("bye")
    for ways in ({"isfocus": True, "accept_types": "text/plain"}, {"accept_types": "message/cpim", "media_refused": True}):
        room.behaviour = room.behaviour.with_(**ways)
        after = room.focus.transcript.mark()
        error = await refused(juliet, room.jid)
        assert (error["condition"], error["type"]) == ("not-acceptable", "modify"), (ways, error)
        await room.focus.seen("bye", after=after)


# What is said

@test
async def a_line_comes_back_to_its_author_and_goes_to_the_others(world):
    # rows: MUC-A07 MUC-A08 MUC-A09
    room = await hall(world)
    ugo = room.native("ugo")
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    ident = juliet.say(room.jid, "Good morrow, <all> & \u2603")
    back = await juliet.seen("groupchat", body="Good morrow, <all> & \u2603")
    assert (back["id"], back["nick"], back["type"]) == (ident, "juliet", "groupchat"), back
    assert back["stanza_id"] and back["stanza_id"][0] == room.jid, back
    heard = await nurse.seen("groupchat", body="Good morrow, <all> & \u2603")
    assert heard["nick"] == "juliet" and not heard["delayed"], heard
    assert ugo.heard == [(juliet.uri, "Good morrow, <all> & \u2603", False)]
    line = room.focus.transcript.all("said")[0]
    assert (line["to"], line["sender"], line["name"]) == (room.uri, juliet.uri, "juliet"), line
    assert await ugo.say("And you") == 200
    for client in (juliet, nurse):
        await client.seen("groupchat", body="And you", nick="Ugo")
        assert len(client.transcript.all("groupchat")) == 2, client.transcript.text()


@test
async def a_line_has_one_id_of_the_room_for_all_who_hear_it(world):
    # rows: MUC-A08 MUC-A09 MUC-A10
    room = await hall(world)
    ugo = room.native("ugo")
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    pad = await world_second(world, juliet, "pad")
    await pad.enter(room.jid, "juliet")
    juliet.say(room.jid, "yes")
    await juliet.seen("groupchat", body="yes")
    assert await ugo.say("no") == 200
    pad.say(room.jid, "yes")  # the same words of the same user, at another device
    pad.say(room.jid, "at last")
    told = []
    for client in (juliet, pad, nurse):
        await client.seen("groupchat", body="at last")
        await client.seen("groupchat", body="no")
        told.append(sorted((line["body"], *line["stanza_id"]) for line in client.transcript.all("groupchat")))
    assert told[0] == told[1] == told[2], told
    assert len({ident for _, _, ident in told[0]}) == 4 and {by for _, by, _ in told[0]} == {room.jid}, told


@test
async def order_is_kept_both_ways(world):
    # rows: MUC-A08
    room = await hall(world)
    ugo = room.native("ugo")
    juliet = await entered(world, room)
    for number in range(30):
        juliet.say(room.jid, f"j{number}")
    await juliet.seen("groupchat", body="j29")
    assert said(room) == [f"j{number}" for number in range(30)], said(room)
    for number in range(30):
        await ugo.say(f"u{number}")
    await juliet.seen("groupchat", body="u29")
    assert bodies(juliet, "groupchat") == [f"{who}{number}" for who in "ju" for number in range(30)]


@test
async def a_long_line_and_many_languages(world):
    # rows: MUC-A07 MSRP-007
    room = await hall(world)
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    long = "Straße \u0416 \U0001F600 " * 300
    juliet.say(room.jid, long)
    await nurse.seen("groupchat", body=long)
    await juliet.seen("groupchat", body=long)


@test
async def an_old_line_is_marked_as_old_and_the_rooms_words_are_nobodys(world):
    # rows: MUC-A09
    room = await hall(world)
    juliet = await entered(world, room)
    await room.say_as("sip:ugo@sip.test", "Ugo", "long ago", when="2020-01-01T10:00:00Z")
    assert (await juliet.seen("groupchat", body="long ago"))["delayed"]
    await room.say_as("sip:stranger@sip.test", "Stranger", "who am I")
    assert (await juliet.seen("groupchat", body="who am I"))["nick"] == "Stranger"
    juliet.transcript.never("occupant", nick="Stranger")


@test
async def private_lines_both_ways(world):
    # rows: MUC-A11 MUC-A12
    room = await hall(world)
    ugo, deaf = room.native("ugo"), room.native("deaf", private=False)
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    juliet.chat(f"{room.jid}/Ugo", "psst")
    await room.focus.seen("said", text="psst", private=True, status=200)
    assert ugo.heard == [(juliet.uri, "psst", True)]
    assert await ugo.say("what?", to=juliet.uri) == 200
    line = await juliet.seen("message", body="what?")
    assert (line["from"], line["type"], line["private"]) == (f"{room.jid}/Ugo", "chat", True), line
    juliet.chat(f"{room.jid}/nurse", "and you")
    assert (await nurse.seen("message", body="and you"))["from"] == f"{room.jid}/juliet"
    nurse.transcript.never("message", body="psst")
    ident = juliet.chat(f"{room.jid}/Deaf", "hear me")
    assert (await juliet.seen("error", id=ident))["condition"] == "feature-not-implemented"
    ident = juliet.chat(f"{room.jid}/Nobody", "hear me")
    assert (await juliet.seen("error", id=ident))["condition"] == "item-not-found"
    assert deaf.heard == [] and "hear me" in said(room) and len(said(room)) == 3


@test
async def a_subject_cannot_be_set(world):
    # rows: MUC-A22 MUC-A23
    room = await hall(world)
    juliet = await entered(world, room)
    ident = juliet.chat(room.jid, None, type="groupchat", subject="My plan")
    assert (await juliet.seen("error", id=ident))["condition"] == "forbidden"
    room.set_subject("Plan C")
    await juliet.seen("subject", subject="Plan C", room=room.jid)
    assert said(room) == []


# Who is there

@test
async def a_nick_is_changed(world):
    # rows: MUC-A13 ROSTER-008
    room = await hall(world)
    ugo = room.native("ugo")
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    juliet.be(room.jid, "Giulia")
    own = await juliet.seen("occupant", here=False, nick="juliet")
    assert {"110", "303"} <= set(own["codes"]) and own["new_nick"] == "Giulia", own
    await juliet.seen("occupant", here=True, nick="Giulia", codes=lambda codes: "110" in codes)
    other = await nurse.seen("occupant", here=False, nick="juliet")
    assert "303" in other["codes"] and "110" not in other["codes"] and other["new_nick"] == "Giulia", other
    await nurse.seen("occupant", here=True, nick="Giulia")
    juliet.be(room.jid, "Ugo")
    error = await juliet.seen("presence_error")
    assert error["condition"] == "conflict", error
    ugo.rename("Hugo")
    await juliet.seen("occupant", here=False, nick="Ugo", new_nick="Hugo", codes=lambda codes: "303" in codes)
    await juliet.seen("occupant", here=True, nick="Hugo")
    juliet.say(room.jid, "still I")
    await nurse.seen("groupchat", body="still I", nick="Giulia")


@test
async def coming_and_going_and_roles_are_told(world):
    # rows: ROSTER-001 ROSTER-004 ROSTER-007 ESC-304
    room = await hall(world)
    juliet = await entered(world, room)
    await watched(room)
    ugo = room.native("ugo")
    assert (await juliet.seen("occupant", nick="Ugo"))["role"] == "participant"
    for roles, role in [(["administrator"], "moderator"), (["observer"], "visitor"), (["Speaker of the house"], "participant")]:
        ugo.become(roles=roles)
        await juliet.seen("occupant", nick="Ugo", role=role, affiliation="none", after=juliet.transcript.mark() - 1)
    ugo.become(status="muted-via-focus")
    await juliet.seen("occupant", nick="Ugo", role="visitor", after=juliet.transcript.mark() - 1)
    ugo.become(status="on-hold")
    await juliet.seen("occupant", nick="Ugo", show="away", after=juliet.transcript.mark() - 1)
    ugo.leave()
    gone = await juliet.seen("occupant", nick="Ugo", here=False)
    assert gone["codes"] == [], gone
    room.native("behind")
    await juliet.seen("occupant", nick="Behind")
    assert len(juliet.transcript.all("occupant", nick="Ugo", here=False)) == 1


@test
async def addresses_are_told_where_the_focus_tells_them(world):
    # rows: MUC-A06
    room = await hall(world, show_aors=True)
    room.native("ugo")
    juliet = await entered(world, room)
    ugo = juliet.transcript.all("occupant", nick="Ugo")[0]
    assert ugo["jid"].partition("/")[0] == "ugo@sip.test" and "/" in ugo["jid"], ugo
    assert "100" in juliet.own["codes"], juliet.own


@test
async def two_clients_of_one_user_are_one_occupant(world):
    # rows: MUC-A29 MUC-A10
    room = await hall(world)
    nurse = await entered(world, room, "nurse")
    juliet = await entered(world, room)
    pad = await world_second(world, juliet, "pad")
    own = await pad.enter(room.jid, "juliet")
    assert "210" not in own["codes"], own
    assert room.focus.agent.counted["INVITE"] == 3 and len(room.members) == 2
    devices = sorted([juliet.boundjid.full, pad.boundjid.full])
    await nurse.seen("occupant", nick="juliet", jids=devices)
    pad.say(room.jid, "from the pad")
    for client in (juliet, pad, nurse):
        assert (await client.seen("groupchat", body="from the pad"))["nick"] == "juliet"
        assert len(client.transcript.all("groupchat", body="from the pad")) == 1
    pad.leave(room.jid, "juliet")
    await room.focus.seen("bye")
    await nurse.seen("occupant", nick="juliet", jids=[juliet.boundjid.full])
    nurse.say(room.jid, "one is left")
    await juliet.seen("groupchat", body="one is left")
    nurse.transcript.never("occupant", nick="juliet", here=False)


@test(within=60)
async def five_clients_of_one_user_come_at_once_and_go_in_another_order(world):
    # rows: MUC-A29 MUC-A10
    room = await hall(world)
    nurse, juliet = await entered(world, room, "nurse"), await world.xmpp("juliet")
    clients = [juliet] + [await world_second(world, juliet, f"device{number}") for number in range(4)]
    for client in clients:
        client.be(room.jid, "juliet", JOIN)
    for client in clients:
        await client.seen("subject")
    assert room.focus.agent.counted["INVITE"] == 6 and len(room.members) == 2
    for number, client in enumerate(clients):
        client.say(room.jid, f"from {number}")
    for client in [*clients, nurse]:
        for number in range(len(clients)):
            await client.seen("groupchat", body=f"from {number}", nick="juliet")
        assert sorted(bodies(client, "groupchat")) == [f"from {number}" for number in range(len(clients))]
    for gone, number in enumerate((2, 0, 4, 1, 3), 1):
        client = clients[number]
        nurse.transcript.never("occupant", nick="juliet", here=False)
        client.leave(room.jid, "juliet")
        await client.seen("occupant", here=False, codes=lambda codes: "110" in codes)
        await came(room, "bye", gone)
    await nurse.seen("occupant", nick="juliet", here=False)
    assert {entry["nick"] for entry in nurse.transcript.all("occupant")} == {"nurse", "juliet"} and list(room.members) == [nurse.uri]


async def world_second(world, client, resource):
    """The same user at a second device."""
    account = client.bare.partition("@")[0]
    second = XmppClient(client.user, account, resource, world.xmpp_server.ports["c2s"], world.path(resource + ".jsonl"))
    return await world.keep(second).sign_in()


# Asking things of the room

@test
async def a_kick_goes_over_as_refer(world):
    # rows: MUC-A19
    room = await hall(world)
    ugo = room.native("ugo")
    juliet = await entered(world, room)
    await juliet.kick(room.jid, "Ugo")
    assert (await room.focus.seen("refer"))["method"] == "BYE"
    assert ugo.uri not in room.members
    gone = await juliet.seen("occupant", nick="Ugo", here=False)
    assert "307" in gone["codes"], gone
    for status, condition in [(403, "not-allowed"), (404, "item-not-found")]:
        after = juliet.transcript.mark()
        room.native(f"omar{status}", nick="Omar")
        room.behaviour.kick = status
        await juliet.seen("occupant", nick="Omar", here=True, after=after)
        query = f"<query xmlns='{ADMIN}'><item nick='Omar' role='none'/></query>"
        assert (await juliet.refusal_of(room.jid, query, "set"))[0] == condition
        room.members[f"sip:omar{status}@sip.test"].leave()
        await juliet.seen("occupant", nick="Omar", here=False, after=after)
    query = f"<query xmlns='{ADMIN}'><item nick='Omar' role='none'/><item nick='juliet' role='none'/></query>"
    assert (await juliet.refusal_of(room.jid, query, "set"))[0] == "not-acceptable"
    query = f"<query xmlns='{ADMIN}'><item nick='Nobody' role='none'/></query>"
    assert (await juliet.refusal_of(room.jid, query, "set"))[0] == "item-not-found"


@test
async def a_kick_from_the_other_side(world):
    # rows: ROSTER-022
    room = await hall(world)
    ugo = room.native("ugo", roles=["moderator"])
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await watched(room, 2)
    room.remove(room.members[juliet.uri], "booted", "Out with you", ugo.uri)
    out = await juliet.seen("occupant", here=False, nick="juliet")
    assert {"110", "307"} <= set(out["codes"]) and out["role"] == "none", out
    other = await nurse.seen("occupant", here=False, nick="juliet")
    assert "307" in other["codes"] and (other["actor"], other["reason"]) == ("Ugo", "Out with you"), other
    nurse.say(room.jid, "peace")
    await nurse.seen("groupchat", body="peace")
    assert len(juliet.transcript.all("occupant", here=False)) == 1


@test
async def an_invitation_goes_over_as_refer_and_a_refusal_comes_back(world):
    # rows: MUC-A16 CONF-021
    room = await hall(world, outcomes={"ugo": 200, "omar": 603, "tybalt": 200}, refer_accepted=202)
    juliet = await entered(world, room)
    juliet.invite_through(room.jid, "ugo@sip.test", continues=False, reason="join us")
    await juliet.seen("occupant", nick="Ugo")
    refer = room.focus.transcript.all("refer")[0]
    assert (refer["target"], refer["referred_by"], refer["method"]) == ("sip:ugo@sip.test", juliet.uri, "INVITE"), refer
    juliet.transcript.never("decline")
    juliet.invite_through(room.jid, "omar@sip.test", continues=False)
    decline = await juliet.seen("decline")
    assert (decline["room"], decline["invitee"]) == (room.jid, "omar@sip.test") and "603" in decline["reason"], decline
    juliet.invite("tybalt@sip.test", room.jid, continues=False)  # directly, by XEP-0249: nobody waits for its outcome
    await room.focus.seen("refer", target="sip:tybalt@sip.test")
    room.behaviour.refer = 403
    juliet.invite_through(room.jid, "rosa@sip.test", continues=False)
    assert (await juliet.seen("decline", invitee="rosa@sip.test"))["reason"]


@test
async def an_invited_xmpp_user_comes_in_by_the_call_of_the_focus(world):
    # rows: MUC-A16 MUC-A17
    room = await hall(world)
    juliet, nurse = await entered(world, room), await world.xmpp("nurse")
    juliet.invite_through(room.jid, nurse.bare, continues=False)
    invitation = await nurse.seen("invitation")
    assert (invitation["how"], invitation["room"]) == ("mediated", room.jid), invitation
    assert invitation["inviter"].partition("/")[0] == juliet.bare and invitation["conference_child"]["jid"] == room.jid, invitation
    await nurse.enter(room.jid)
    assert (await room.focus.seen("dialled"))["status"] == 200
    await juliet.seen("occupant", nick="nurse")
    nurse.say(room.jid, "here I am")
    await juliet.seen("groupchat", body="here I am", nick="nurse")
    assert room.focus.agent.counted["INVITE"] == 1


@test
async def an_invited_xmpp_user_declines(world):
    # rows: MUC-A18
    room = await hall(world)
    juliet, nurse = await entered(world, room), await world.xmpp("nurse")
    juliet.invite_through(room.jid, nurse.bare, continues=False)
    await nurse.seen("invitation")
    nurse.raw(f"<message to='{room.jid}'><x xmlns='http://jabber.org/protocol/muc#user'><decline to='{juliet.bare}'>"
              "<reason>no</reason></decline></x></message>")
    assert (await room.focus.seen("dialled"))["status"] == 603
    await juliet.seen("decline")
    assert list(room.members) == [juliet.uri]


@test
async def what_sip_cannot_say_is_not_allowed(world):
    # rows: MUC-A20 MUC-A21 MUC-A24 MUC-A25
    room = await hall(world)
    room.native("ugo")
    juliet = await entered(world, room)
    for item in ("nick='Ugo' role='visitor'", "nick='Ugo' role='moderator'", "jid='ugo@sip.test' affiliation='owner'",
                 "jid='ugo@sip.test' affiliation='outcast'"):
        condition = (await juliet.refusal_of(room.jid, f"<query xmlns='{ADMIN}'><item {item}/></query>", "set"))[0]
        assert condition == "not-allowed", (item, condition)
    owner = "http://jabber.org/protocol/muc#owner"
    await juliet.refusal_of(room.jid, f"<query xmlns='{owner}'><destroy/></query>", "set")
    assert room.focus.agent.counted.get("REFER", 0) == 0 and juliet.uri in room.members


@test
async def questions_to_the_room_are_answered(world):
    # rows: MUC-A26 MUC-A27
    room = await hall(world)
    room.native("ugo")
    juliet, tybalt = await entered(world, room), await world.xmpp("tybalt")
    await juliet.ask(f"{room.jid}/juliet", PING, type="get")
    assert (await tybalt.refusal_of(f"{room.jid}/juliet", PING))[0] == "not-acceptable"
    assert (await juliet.refusal_of(f"{room.jid}/Ugo", "<query xmlns='jabber:iq:version'/>"))[0] == "service-unavailable"
    service = features(await juliet.ask("conf.test", f"<query xmlns='{DISCO}'/>", type="get"))
    assert "http://jabber.org/protocol/muc" in service, service
    for client in (juliet, tybalt):
        known = features(await client.ask(room.jid, f"<query xmlns='{DISCO}'/>", type="get"))
        assert "http://jabber.org/protocol/muc" in known and "jabber:x:conference" not in known, known
    await juliet.ask(room.jid, f"<query xmlns='{ITEMS}'/>", type="get")
    condition = (await tybalt.refusal_of(f"nowhere-{room.name}@conf.test", f"<query xmlns='{DISCO}'/>"))[0]
    assert condition == "item-not-found", condition
    await room.focus.seen("options")


@test
async def a_conference_that_locks_itself_says_so(world):
    # rows: MUC-A26 ROSTER-004
    room = await hall(world)
    juliet = await entered(world, room)
    await watched(room)
    for locked in (True, False):
        after = juliet.transcript.mark()
        room.lock(locked)
        await juliet.seen("codes", after=after, room=room.jid, codes=["104"])
        known = features(await juliet.ask(room.jid, f"<query xmlns='{DISCO}'/>", type="get"))
        assert ("muc_membersonly" in known, "muc_open" in known) == (locked, not locked), known


def features(answer):
    return {child.get("var") for child in answer.xml.iter(f"{{{DISCO}}}feature")}


# Going out

@test
async def leaving_ends_the_call_and_the_subscription(world):
    # rows: CONF-029
    room = await hall(world)
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await watched(room, 2)
    juliet.leave(room.jid)
    out = await juliet.seen("occupant", here=False)
    assert "110" in out["codes"] and not {"307", "333", "332"} & set(out["codes"]), out
    await room.focus.seen("bye")
    await room.focus.seen("subscribe", refresh=True, expires=0)
    other = await nurse.seen("occupant", here=False, nick="juliet")
    assert other["codes"] == [], other
    assert [watcher.leg.member.uri for watcher in room.watchers] == [nurse.uri]


@test
async def a_client_that_goes_offline_has_left(world):
    # rows: CONF-029
    room = await hall(world)
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await juliet.offline()
    await room.focus.seen("bye")
    await nurse.seen("occupant", here=False, nick="juliet")


@test
async def a_client_whose_lines_bounce_is_a_ghost_and_goes(world):
    # rows: CONF-029
    room = await hall(world)
    ugo = room.native("ugo")
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await ugo.say("anybody home?")
    line = await juliet.seen("groupchat", body="anybody home?")
    juliet.raw(f"<message type='error' to='{line['from']}' id='{line['id']}'><error type='cancel'>"
               "<recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
    await room.focus.seen("bye", who=juliet.uri)
    await nurse.seen("occupant", here=False, nick="juliet")


@test
async def the_focus_ends_a_leg(world):
    # rows: CONF-028
    room = await hall(world)
    juliet = await entered(world, room)
    await room.legs[0].bye('SIP;cause=503;text="going home"')
    out = await juliet.seen("occupant", here=False)
    assert {"110", "333"} <= set(out["codes"]) and "307" not in out["codes"], out
    ident = juliet.say(room.jid, "anybody?")
    assert (await juliet.seen("error", id=ident))["condition"] == "not-acceptable"


@test
async def the_conference_ends(world):
    # rows: ROSTER-006 ROSTER-021
    room = await hall(world)
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await watched(room, 2)
    room.destroy()
    for client in (juliet, nurse):
        out = await client.seen("occupant", here=False, destroyed=True)
        assert "110" in out["codes"] and out["role"] == "none" and out["affiliation"] == "none", out
        assert len(client.transcript.all("occupant", here=False, codes=lambda codes: "110" in codes)) == 1


@test
async def a_lost_message_session_is_made_again(world):
    # rows: MUC-A30
    room = await hall(world)
    ugo = room.native("ugo")
    juliet = await entered(world, room)
    after = juliet.transcript.mark()
    room.legs[0].session.connection.writer.close()
    assert (await room.focus.seen("refresh"))["moved"]
    juliet.say(room.jid, "as if nothing had been")
    await juliet.seen("groupchat", body="as if nothing had been")
    assert await ugo.say("what?") == 200
    await juliet.seen("groupchat", body="what?")
    assert occupants(juliet, room, after) == [] and said(room) == ["as if nothing had been"]


@test(within=90)
async def a_focus_that_dies_is_a_technical_removal(world):
    # rows: MUC-A30
    room = await hall(world)
    juliet = await entered(world, room)
    await room.focus.vanish()
    out = await juliet.seen("occupant", 110, here=False)
    assert {"110", "333"} <= set(out["codes"]) and "307" not in out["codes"], out


@test
async def the_focus_refreshes_its_call(world):
    # rows: CONF-030
    room = await hall(world)
    juliet = await entered(world, room)
    path = next(line for line in room.focus.transcript.all("invite")[0]["offer"] if line.startswith("a=path:"))
    response = await room.legs[0].reinvite()
    assert response.status == 200 and path in response.body.decode(), response.body
    juliet.say(room.jid, "no change")
    await juliet.seen("groupchat", body="no change")


@test
async def a_longer_session_interval_is_agreed_to(world):
    # rows: CONF-030
    room = await hall(world, timer="422", timer_s=3600)
    juliet = await entered(world, room)
    juliet.say(room.jid, "hello")
    await juliet.seen("groupchat", body="hello")


@test(within=60)
async def a_gateway_that_goes_down_says_so_and_leaves_no_ghost(world):
    # rows: MUC-A28
    room = await hall(world)
    juliet, nurse = await entered(world, room), await entered(world, room, "nurse")
    await world.mucsipd.stop()
    for client in (juliet, nurse):
        out = await client.seen("occupant", here=False, nick=client.user, codes=lambda codes: "110" in codes)
        assert "332" in out["codes"], out
    await came(room, "bye", 2)
    assert not room.members
    await world.mucsipd.start()
    await juliet.enter(room.jid)


@test
async def a_client_of_another_make_is_content_with_the_room(world):
    # rows: MUC-A04 MUC-A08 MUC-A13 CONF-029
    if not SecondClient.is_installed():
        raise Skip("python3-nbxmpp is not installed")
    room = await hall(world)
    ugo = room.native("ugo")
    nurse = await world.second("nurse")
    own = await nurse.enter(room.jid)
    assert own["role"] == "participant", own
    await nurse.seen("subject", room=room.jid, subject="Plan B")
    nurse.say(room.jid, "god ye good even")
    await nurse.seen("groupchat", room=room.jid, nick="nurse", body="god ye good even")
    assert await ugo.say("anon") == 200
    await nurse.seen("groupchat", room=room.jid, nick="Ugo", body="anon")
    ugo.rename("Hugo")
    changed = await nurse.seen("occupant", room=room.jid, nick="Ugo", renamed=True)
    assert changed["new_nick"] == "Hugo", changed
    nurse.be(room.jid, "Angelica")
    changed = await nurse.seen("occupant", room=room.jid, nick="nurse", renamed=True)
    assert changed["new_nick"] == "Angelica", changed
    nurse.leave(room.jid, "Angelica")
    await nurse.seen("occupant", room=room.jid, nick="Angelica", here=False, own=True)
    await room.focus.seen("bye")


@test(within=90)
async def a_gateway_that_was_killed_tells_its_users(world):
    # rows: MUC-A28
    room = await hall(world)
    room.focus.findings.excuse("NOTIFY conference was answered 481")  # what the new one knows nothing of
    juliet = await entered(world, room)
    await world.mucsipd.kill()
    await world.mucsipd.start()
    out = await juliet.seen("occupant", here=False, nick="juliet", codes=lambda codes: "110" in codes)
    assert "332" in out["codes"], out
    await juliet.enter(room.jid)
    juliet.say(room.jid, "back again")
    await juliet.seen("groupchat", body="back again")
    assert list(room.members) == [juliet.uri], room.members


@test(within=90)
async def an_xmpp_user_is_invited_by_the_room_itself_where_that_is_wished(world):
    # rows: MUC-A16 ESC-302
    usual = world.mucsipd.extra
    world.mucsipd.extra += "\n[settings]\nthird_party = direct\n"
    try:
        await world.mucsipd.restart()
        room = await hall(world, outcomes={"ugo": 603})
        juliet, nurse = await entered(world, room), await world.xmpp("nurse")
        juliet.invite_through(room.jid, nurse.bare, continues=False, reason="join us")
        invitation = await nurse.seen("invitation")
        assert (invitation["how"], invitation["room"], invitation["reason"]) == ("mediated", room.jid, "join us"), invitation
        assert invitation["inviter"].partition("/")[0] == juliet.bare, invitation
        nurse.raw(f"<message to='{room.jid}'><x xmlns='http://jabber.org/protocol/muc#user'><decline to='{juliet.bare}'>"
                  "<reason>no time</reason></decline></x></message>")
        decline = await juliet.seen("decline")
        assert (decline["room"], decline["invitee"], decline["reason"]) == (room.jid, nurse.bare, "no time"), decline
        after = nurse.transcript.mark()
        juliet.invite_through(room.jid, nurse.bare, continues=False)
        await nurse.seen("invitation", after=after)
        await nurse.enter(room.jid)
        await juliet.seen("occupant", nick="nurse")
        nurse.say(room.jid, "here I am")
        await juliet.seen("groupchat", body="here I am", nick="nurse")
        assert room.focus.agent.counted["INVITE"] == 2  # both have called the conference, which has called nobody
        room.focus.transcript.never("refer")
        juliet.invite_through(room.jid, "ugo@sip.test", continues=False)
        assert (await room.focus.seen("refer"))["target"] == "sip:ugo@sip.test"
        assert "603" in (await juliet.seen("decline", invitee="ugo@sip.test"))["reason"]
    finally:
        world.mucsipd.extra = usual
        await world.mucsipd.restart()


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=COMPONENTS, amend=routes, focus=FOCUS_PORT)
