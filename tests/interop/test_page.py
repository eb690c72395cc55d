#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Page mode: single texts between XMPP clients and SIP phones, both ways, and what happens when they cannot arrive.

What was on the wire is read from SIPp's trace, what a person saw from baresip, Linphone and the participants.
`rows:` names the rows of docs/conformance/one-to-one.md that a test proves.
"""
import re

import sipp
from phones import Baresip, Linphone
from runner import main, test
from servers import answer_to
from world import KAMAILIO, MUCSIPD, PROSODY

ACCENTS = "Wherefore art thou \u20ac \u4f60\u597d <&> \"Romeo\"?"


@test
async def a_normal_message_arrives_with_its_subject_thread_and_language(world):
    # rows: GEN-01 IM-01 IM-03 IM-04 IM-05 IM-06 IM-09 IM-10 IM-12
    juliet = await world.xmpp("juliet")
    name = world.unique("romeo")
    phone = await sipp.phone(world, name)
    juliet.chat(f"{name}@sip.test", ACCENTS + "\nsecond line", type="normal", thread="t-100", lang="de", subject="Namen")
    (start, headers, body), = await phone.finished()
    assert start.startswith(f"MESSAGE sip:{name}@"), start
    assert body == ACCENTS + "\r\nsecond line", body
    assert re.match(rf"<{juliet.uri};gr={juliet.resource}>;tag=\S+$", headers["from"]), headers["from"]
    assert headers["to"] == f"<sip:{name}@sip.test>", headers["to"]
    assert headers["call-id"] == "t-100" and headers["subject"] == "Namen" and headers["content-language"] == "de", headers
    assert headers["content-type"].replace(" ", "").lower() == "text/plain;charset=utf-8", headers["content-type"]
    assert headers["max-forwards"] == "69" and "contact" not in headers, headers
    juliet.transcript.never("error")


@test
async def a_sip_message_arrives_with_its_subject_thread_and_language(world):
    # rows: IM-21 IM-22 IM-23 IM-25 IM-28
    juliet = await world.xmpp("juliet")
    await sipp.send(world, world.unique("romeo"), juliet.uri, ACCENTS, call_id="c-7@sip.test",
                    headers="Subject: Namen\nContent-Language: de\nContent-Type: text/plain;charset=UTF-8")
    line = await juliet.seen("message", body=ACCENTS)
    assert (line["from"], line["thread"], line["subject"], line["lang"]) == \
        (f"{world.unique('romeo')}@sip.test", "c-7@sip.test", "Namen", "de"), line


@test
async def the_type_of_a_sip_message_follows_what_the_xmpp_user_wrote_last(world):
    # rows: IM-20
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    assert await romeo.page(juliet.uri, "first") == 200
    assert (await juliet.seen("message", body="first"))["type"] == "chat"
    juliet.chat(romeo.jid, "by letter", type="normal")
    await romeo.transcript.expect("message-received", via="page", text="by letter")
    assert await romeo.page(juliet.uri, "second") == 200
    assert (await juliet.seen("message", body="second"))["type"] in (None, "normal")


@test
async def baresip_and_an_xmpp_client_write_to_each_other(world):
    # rows: IM-01 IM-25 CHAT-01
    juliet = await world.xmpp("juliet")
    phone = await Baresip(world, world.unique("mercutio")).sign_in(juliet.uri)
    phone.say("a plague \u00e9")
    line = await juliet.seen("message", body="a plague \u00e9")
    assert line["from"] == f"{world.unique('mercutio')}@sip.test"
    juliet.chat(line["from"], "on both \u00f6", type="normal")
    await phone.heard(f"{juliet.uri};gr={juliet.resource}", "on both \u00f6")
    juliet.chat(line["from"], "your houses")  # a phone without message sessions: falls back to a page
    await phone.heard(f"{juliet.uri};gr={juliet.resource}", "your houses")


@test
async def linphone_and_an_xmpp_client_write_to_each_other(world):
    # rows: IM-01 IM-25 CHAT-01
    juliet = await world.xmpp("juliet")
    phone = await Linphone(world, world.unique("paris")).sign_in(juliet.uri)
    phone.say("sweet flower \u00e9")
    line = await juliet.seen("message", body="sweet flower \u00e9")
    juliet.chat(line["from"], "happily met \u00f6", type="normal")
    await phone.heard(f"{juliet.uri};gr={juliet.resource}", "happily met \u00f6")
    juliet.chat(line["from"], "my lady")  # this one refuses the session as well, in its own way
    await phone.heard(f"{juliet.uri};gr={juliet.resource}", "my lady")


@test
async def an_unknown_xmpp_user_is_an_error_to_the_phone(world):
    # rows: ERR-02 IM-28 IM-33
    await sipp.send(world, "romeo", "sip:nobody@xmpp.test", "?", status=403)
    await sipp.send(world, "romeo", "sip:nobody@xmpp.test;gr=nowhere", "?", status=405)


@test
async def an_unknown_sip_user_is_an_error_to_the_client(world):
    # rows: ERR-03 IM-13
    juliet = await world.xmpp("juliet")
    for kind in ("normal", "chat"):
        sent = juliet.chat("nobody@sip.test", "?", type=kind)
        error = await juliet.seen("error", id=sent)
        assert (error["condition"], error["type"], error["from"]) == ("item-not-found", "cancel", "nobody@sip.test"), error
        assert error["text"].startswith("404 "), error


@test
async def each_final_failure_becomes_the_error_of_the_table(world):
    # rows: ERR-03
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    for status, condition, kind in ((400, "bad-request", "modify"), (403, "forbidden", "auth"),
                                    (413, "policy-violation", "modify"), (415, "not-acceptable", "modify"),
                                    (480, "recipient-unavailable", "wait"), (486, "recipient-unavailable", "wait"),
                                    (500, "internal-server-error", "cancel"), (501, "feature-not-implemented", "cancel"),
                                    (603, "recipient-unavailable", "wait"), (606, "not-acceptable", "modify")):
        romeo.behaviour.page = status
        sent = juliet.chat(romeo.jid, f"try {status}", type="normal")
        error = await juliet.seen("error", id=sent)
        assert (error["condition"], error["type"]) == (condition, kind), (status, error)
        assert error["text"].startswith(f"{status} "), error


@test
async def an_error_is_never_answered_nor_carried_across(world):
    # rows: ERR-06
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    juliet.raw(f"<message to='{romeo.jid}' type='error' id='e1'><body>was it so</body><error type='cancel'>"
               "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
    juliet.chat(romeo.jid, "a word", type="normal")
    await romeo.transcript.expect("message-received", text="a word")
    assert len(romeo.transcript.select("message-received")) == 1
    juliet.transcript.never("error")


@test
async def a_line_of_a_groupchat_to_a_single_sip_user_is_refused(world):
    # rows: IM-16
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    sent = juliet.chat(romeo.jid, "all of you", type="groupchat")
    error = await juliet.seen("error", id=sent)
    assert (error["condition"], error["type"]) == ("service-unavailable", "cancel"), error


@test
async def a_message_without_anything_to_carry_is_dropped_without_a_word(world):
    # rows: IM-17
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    juliet.raw(f"<message to='{romeo.jid}' type='chat' id='q1'><no-store xmlns='urn:xmpp:hints'/></message>")
    juliet.chat(romeo.jid, "after it", type="normal")
    await romeo.transcript.expect("message-received", text="after it")
    assert romeo.counters.get("sip", "in", "MESSAGE") == 1 and romeo.counters.get("sip", "in", "INVITE") == 0
    juliet.transcript.never("error")


@test
async def one_message_at_a_time_is_under_way_to_a_phone_and_order_is_kept(world):
    # rows: IM-15
    juliet, nurse = await world.xmpp("juliet"), await world.xmpp("nurse")
    romeo = await world.sip(page="hold")
    lines = [f"line {number}" for number in range(6)]
    for number, line in enumerate(lines):
        (nurse if number == 3 else juliet).chat(romeo.jid, line, type="normal")
        if number == 2:  # the nurse's comes after these: the same stream carries both
            await juliet.ask("sip.test", "<ping xmlns='urn:xmpp:ping'/>", type="get")
        if number == 3:
            await nurse.ask("sip.test", "<ping xmlns='urn:xmpp:ping'/>", type="get")
    for line in lines:
        await romeo.transcript.expect("message-received", text=line)
        assert romeo.release_pages(200) == 1


@test
async def a_text_too_long_for_a_datagram_is_refused_to_a_phone_without_sessions(world):
    # rows: IM-14
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.chat(romeo.jid, "short")
    await romeo.transcript.expect("message-received", via="page", text="short")
    sent = juliet.chat(romeo.jid, "x" * 1301)
    error = await juliet.seen("error", id=sent)
    assert (error["condition"], error["type"]) == ("policy-violation", "modify"), error
    juliet.chat(romeo.jid, "short again")
    await romeo.transcript.expect("message-received", via="page", text="short again")


@test
async def other_charsets_are_read_and_unknown_ones_refused(world):
    # rows: IM-25
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    target = juliet.uri
    assert await romeo.page(target, "caf\u00e9".encode("latin-1"), "text/plain;charset=iso-8859-1") == 200
    await juliet.seen("message", body="caf\u00e9")
    assert await romeo.page(target, b"two\r\nlines\r\n", "text/plain;charset=utf-8") == 200
    await juliet.seen("message", body="two\nlines\n")
    assert await romeo.page(target, b"bell \x07 here", "text/plain") == 200
    await juliet.seen("message", body="bell \ufffd here")
    assert await romeo.page(target, b"?", "text/plain;charset=klingon") == 415
    assert await romeo.page(target, b"\xff\xfe", "text/plain;charset=utf-8") == 400
    assert await romeo.page(target, b"<x/>", "application/x-unheard-of") == 415


@test
async def a_wrapped_text_is_unwrapped(world):
    # rows: IM-30
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    wrapped = (f"From: <{romeo.uri}>\r\nTo: <{juliet.uri}>\r\nDateTime: 2026-01-02T03:04:05Z\r\n\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n\r\nin an envelope \u00e9")
    assert await romeo.page(juliet.uri, wrapped, "message/cpim") == 200
    await juliet.seen("message", body="in an envelope \u00e9")
    assert await romeo.page(juliet.uri, "no headers at all", "message/cpim") == 400


@test
async def a_message_for_a_dialog_nobody_has_is_481(world):
    # rows: IM-32
    port = world.mucsipd.ports["sip"]
    request = ("MESSAGE sip:juliet@xmpp.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKdlg1\r\n"
               "Max-Forwards: 70\r\nFrom: <sip:romeo@sip.test>;tag=a\r\nTo: <sip:juliet@xmpp.test>;tag=gone\r\n"
               "Call-ID: gone-1\r\nCSeq: 2 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi")
    assert (await answer_to(request, port, 5, udp=True)).startswith(b"SIP/2.0 481 ")


@test
async def many_texts_both_ways_at_once_arrive_once_each_and_in_order(world):
    # rows: IM-15 IM-24
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    there = [f"there {number}" for number in range(40)]
    back = [f"back {number}" for number in range(40)]
    for line in there:
        juliet.chat(romeo.jid, line, type="normal")
    statuses = [await romeo.page(juliet.uri, line) for line in back]
    assert set(statuses) == {200}
    await juliet.seen("message", body=back[-1])
    await romeo.transcript.expect("message-received", text=there[-1])
    assert [entry["text"] for entry in romeo.transcript.select("message-received")] == there
    assert [entry["body"] for entry in juliet.transcript.all("message")] == back
    ids = [entry["id"] for entry in juliet.transcript.all("message")]
    assert None not in ids and len(set(ids)) == len(ids)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, programs=("sipp", "baresip", "linphonec"))
