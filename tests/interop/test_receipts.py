#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who knows that his message arrived and was read: receipts and markers of real XMPP clients against success REPORTs and
notifications (IMDN), in sessions and in page mode, with a strict participant and with the phones.

`rows:` names rows of docs/conformance/.
"""
import re
import xml.etree.ElementTree as ElementTree

from participant.cpim import Cpim
from phones import Baresip, Linphone
from runner import main, test
from steps import chat
from world import KAMAILIO, MUCSIPD, PROSODY

CPIM = "message/cpim"
IMDN = "message/imdn+xml"
NS = "{urn:ietf:params:xml:ns:imdn}"
NS_HEADER = ("NS", "imdn <urn:ietf:params:imdn>")
WHEN = "2026-01-02T03:04:05-05:00"


def asking(romeo, juliet, text, message_id, wishes, when=WHEN):
    """An envelope of Romeo's that wants to be answered by notifications."""
    return Cpim(("", romeo.uri), ("", juliet.uri), date_time=when, body=text.encode(),
                headers=[NS_HEADER, ("imdn.Message-ID", message_id), ("imdn.Disposition-Notification", wishes)]).encode()


def document(message_id, kind, status):
    return (f"<?xml version='1.0' encoding='UTF-8'?><imdn xmlns='{NS[1:-1]}'><message-id>{message_id}</message-id>"
            f"<datetime>{WHEN}</datetime><{kind}-notification><status><{status}/></status></{kind}-notification></imdn>")


def notice(romeo, juliet, message_id, kind, status):
    """An envelope with a notification of Romeo's."""
    envelope = Cpim(("", romeo.uri), ("", juliet.uri), content_type=IMDN, body=document(message_id, kind, status).encode(),
                    headers=[NS_HEADER, ("imdn.Message-ID", "n" + message_id)]).encode()
    return envelope.replace(f"Content-Type: {IMDN}\r\n".encode(),
                            f"Content-Type: {IMDN}\r\nContent-Disposition: notification\r\n".encode())


def judge(text, message_id, kind, status, when=WHEN):
    """A notification as RFC 5438 wants it: about this message, and saying this."""
    root = ElementTree.fromstring(text)
    assert root.tag == NS + "imdn" and root.findtext(NS + "message-id") == message_id, text
    assert root.findtext(NS + "datetime") == when, text
    assert root.find(f"{NS}{kind}-notification/{NS}status/{NS}{status}") is not None, text


async def paged_notice(romeo, juliet, message_id, kind, status):
    """Romeo's phone gets this notification by page mode; it asks for nothing itself."""
    entry = await romeo.transcript.expect("content-received", via="page", content_type=CPIM,
                                          text=lambda text: f">{message_id}<" in text and f"<{status}/>" in text)
    head, mime, body = entry["text"].split("\r\n\r\n", 2)
    assert f"To: <{romeo.uri}>" in head and f"From: <{juliet.uri}>" in head, head
    assert re.search(r"^imdn\.Message-ID: \S{16,}$", head, re.M) and "Disposition-Notification" not in head, head
    assert f"Content-Type: {IMDN}" in mime and "Content-Disposition: notification" in mime, mime
    judge(body, message_id, kind, status)


async def asked(romeo, wishes, via="msrp", **fields):
    """Juliet's line comes in an envelope that asks for this; returns the id it asks under."""
    entry = await romeo.transcript.expect("message-received" if via == "msrp" else "content-received", via=via, **fields)
    headers = entry["cpim"] if via == "msrp" else dict(re.findall(r"^([\w.-]+): (.*)\r$", entry["text"], re.M))
    assert headers["imdn.Disposition-Notification"] == wishes, headers
    assert headers["NS"] == "imdn <urn:ietf:params:imdn>" and headers["DateTime"], headers
    return headers["imdn.Message-ID"]


@test
async def in_a_session_both_learn_of_delivery_and_display(world):
    # rows: EXT-01 EXT-02 EXT-03 EXT-04 CHAT-30 CHAT-31 SEC-11
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    sent = juliet.chat(romeo.jid, "Canst thou read?", thread="t-chat", receipt=True, markable=True)
    wire_id = await asked(romeo, "positive-delivery, negative-delivery, display", text="Canst thou read?")
    assert wire_id != sent and len(wire_id) >= 22, wire_id
    await juliet.seen("receipt", of=sent, type="chat", thread="t-chat")  # by the REPORT
    assert await session.msrp.send(CPIM, notice(romeo, juliet, wire_id, "display", "displayed")) == 200
    await juliet.seen("displayed", of=sent, type="chat", thread="t-chat")
    assert await session.msrp.send(CPIM, notice(romeo, juliet, wire_id, "delivery", "delivered")) == 200
    assert await session.msrp.send(CPIM, asking(romeo, juliet, "Ay, mine own fortune", "m7",
                                                "positive-delivery, display")) == 200
    line = await juliet.seen("message", body="Ay, mine own fortune", wants_receipt=True, markable=True)
    juliet.received(line["from"], line["id"])
    delivered = await romeo.transcript.expect("content-received", via="msrp", content_type=IMDN)
    judge(delivered["text"], "m7", "delivery", "delivered")
    juliet.displayed(line["from"], line["id"])
    displayed = await romeo.transcript.expect("content-received", via="msrp", content_type=IMDN,
                                              text=lambda text: "displayed" in text)
    judge(displayed["text"], "m7", "display", "displayed")
    assert len(juliet.transcript.all("receipt")) == 1 and len(juliet.transcript.all("displayed")) == 1
    juliet.transcript.never("error")


@test
async def in_page_mode_a_phone_learns_what_it_asked_for_and_nothing_else(world):
    # rows: EXT-01 EXT-02 EXT-03 IM-24 SEC-12
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    for number, wishes in enumerate(("positive-delivery, display", "display", "positive-delivery"), 1):
        assert await romeo.page(juliet.uri, asking(romeo, juliet, f"line {number}", f"id-{number}", wishes), CPIM) == 200
        await juliet.seen("message", body=f"line {number}", id=f"id-{number}", wants_receipt="positive" in wishes,
                          markable="display" in wishes)
    assert await romeo.page(juliet.uri, "line 4") == 200
    plain = await juliet.seen("message", body="line 4", wants_receipt=False, markable=False)
    juliet.received(romeo.jid, "id-1")
    await paged_notice(romeo, juliet, "id-1", "delivery", "delivered")
    juliet.displayed(romeo.jid, "id-2")  # and so the first one as well
    await paged_notice(romeo, juliet, "id-1", "display", "displayed")
    await paged_notice(romeo, juliet, "id-2", "display", "displayed")
    juliet.displayed(romeo.jid, plain["id"])  # nobody asked
    juliet.received(romeo.jid, "id-1")  # of another device
    juliet.displayed(romeo.jid, "id-3")
    await paged_notice(romeo, juliet, "id-3", "delivery", "delivered")
    assert len(romeo.transcript.select("content-received", content_type=CPIM)) == 4
    juliet.transcript.never("error")


@test
async def in_page_mode_a_phone_that_takes_envelopes_is_asked_and_answers_in_bundles(world):
    # rows: EXT-01 EXT-02 EXT-03 EXT-04 EXT-21
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    assert await romeo.page(juliet.uri, asking(romeo, juliet, "I can", "id-1", "display"), CPIM) == 200
    await juliet.seen("message", body="I can")
    first = juliet.chat(romeo.jid, "one", receipt=True)
    one = await asked(romeo, "positive-delivery, negative-delivery", "page", text=lambda text: text.endswith("one"))
    second = juliet.chat(romeo.jid, "two", receipt=True, markable=True)
    two = await asked(romeo, "positive-delivery, negative-delivery, display", "page",
                      text=lambda text: text.endswith("two"))
    parts = "".join(f"--cut\r\nContent-Type: {IMDN}\r\n\r\n{document(*words)}\r\n"
                    for words in ((one, "delivery", "delivered"), ("nobody", "delivery", "delivered"),
                                  (two, "display", "displayed")))
    assert await romeo.page(juliet.uri, parts + "--cut--\r\n", "multipart/mixed;boundary=cut") == 200
    await juliet.seen("receipt", of=first)
    await juliet.seen("receipt", of=second)
    await juliet.seen("displayed", of=second)
    third = juliet.chat(romeo.jid, "three", receipt=True)
    three = await asked(romeo, "positive-delivery, negative-delivery", "page", text=lambda text: text.endswith("three"))
    assert await romeo.page(juliet.uri, notice(romeo, juliet, three, "delivery", "failed"), CPIM) == 200
    error = await juliet.seen("error", id=third)
    assert error["condition"] == "recipient-unavailable", error
    assert await romeo.page(juliet.uri, notice(romeo, juliet, three, "delivery", "delivered"), CPIM) == 200
    assert await romeo.page(juliet.uri, "done") == 200
    await juliet.seen("message", body="done")
    assert len(juliet.transcript.all("receipt")) == 2


@test
async def a_client_library_acknowledges_by_itself(world):
    # rows: EXT-01 EXT-02 CHAT-32
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.register_plugin("xep_0184")
    juliet.register_plugin("xep_0333")
    told = []
    juliet.add_event_handler("receipt_received", told.append)
    juliet.add_event_handler("marker_displayed", told.append)
    assert await romeo.page(juliet.uri, asking(romeo, juliet, "Swear", "id-1", "positive-delivery"), CPIM) == 200
    await paged_notice(romeo, juliet, "id-1", "delivery", "delivered")
    message = juliet.make_message(mto=romeo.jid, mbody="I swear", mtype="chat")
    message["id"], message["request_receipt"] = "plugin-1", True
    message.enable("markable")
    message.send()
    wire_id = await asked(romeo, "positive-delivery, negative-delivery, display", "page",
                          text=lambda text: text.endswith("I swear"))
    assert await romeo.page(juliet.uri, notice(romeo, juliet, wire_id, "display", "displayed"), CPIM) == 200
    await juliet.seen("displayed", of="plugin-1")
    assert [(stanza["receipt"] or stanza["displayed"]["id"]) for stanza in told] == ["plugin-1"] * 2, told


@test
async def linphone_tells_of_delivery(world):
    # rows: EXT-02
    juliet = await world.xmpp("juliet")
    phone = await Linphone(world, world.unique("paris")).sign_in(juliet.uri)
    phone.say("sweet flower")
    line = await juliet.seen("message", body="sweet flower")
    juliet.received(line["from"], line["id"])  # a phone that did not ask hears nothing of it
    for number in range(2):
        sent = juliet.chat(line["from"], f"happily met {number}", type="normal", receipt=True)
        await phone.heard(f"{juliet.uri};gr={juliet.resource}", f"happily met {number}")
        await juliet.seen("receipt", of=sent)
    juliet.transcript.never("error")


@test
async def linphone_answers_an_envelope_by_one(world):
    # rows: EXT-01 EXT-02
    juliet = await world.xmpp("juliet")
    other = await world.sip("paris", registered=False)  # another device of the same person, from which we know what he takes
    phone = await Linphone(world, world.unique("paris")).sign_in(juliet.uri)
    assert await other.page(juliet.uri, asking(other, juliet, "sweet flower", "id-1", "display"), CPIM) == 200
    line = await juliet.seen("message", body="sweet flower")
    sent = juliet.chat(line["from"], "happily met", type="normal", receipt=True)
    await phone.heard(juliet.uri, "happily met")
    await juliet.seen("receipt", of=sent)
    juliet.transcript.never("error")


@test
async def baresip_gets_what_it_can_read_and_tells_nothing(world):
    # rows: EXT-01 IM-13
    juliet = await world.xmpp("juliet")
    phone = await Baresip(world, world.unique("mercutio")).sign_in(juliet.uri)
    phone.say("a plague")
    line = await juliet.seen("message", body="a plague")
    for number in range(2):
        juliet.chat(line["from"], f"on both {number}", type="normal", receipt=True, markable=True)
        await phone.heard(f"{juliet.uri};gr={juliet.resource}", f"on both {number}")
    juliet.transcript.never("error")
    juliet.transcript.never("receipt")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
