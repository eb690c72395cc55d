#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Input that is broken, unwelcome or impossible: the one who asked is told, nobody else notices, the gateway goes on.

Straight to the gateway's ports where a proxy would mend or refuse it. After each story a plain text still passes.
"""
import asyncio
import os

import ports
import raw_sip
from runner import main, test
from steps import JULIET, chat, joined, reply, room_with_nurse, still_chatting
from world import KAMAILIO, MUCSIPD, PROSODY


async def either(*awaitables):
    """The result of whichever comes first."""
    done, waiting = await asyncio.wait({asyncio.ensure_future(one) for one in awaitables},
                                       return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    return done.pop().result()


async def all_is_well(world, juliet=None):
    """A text passes each way."""
    juliet, romeo = juliet or await world.xmpp("juliet"), await world.sip("well")
    status = await romeo.page(juliet.uri, "all is well")
    assert status == 200, status
    await juliet.seen("message", body="all is well")
    juliet.chat(romeo.jid, "well it is", type="normal")
    await romeo.transcript.expect("message-received", text="well it is")


@test
async def octets_that_are_no_sip_are_survived(world):
    port = world.mucsipd.ports["sip"]
    good = raw_sip.request("MESSAGE", JULIET, "hi", "Content-Type: text/plain\r\n")
    for octets in (b"", b"\0" * 600, os.urandom(1400), b"\r\n\r\n", good[:80], good[:-30], b"INVITE\r\n\r\n",
                   good.replace(b"SIP/2.0\r\n", b"SIP/9.9\r\n", 1), good.replace(b"CSeq: 1 MESSAGE", b"CSeq: x"),
                   good.replace(b"Call-ID", b"Call-IX"), good.replace(b"Content-Length: 2", b"Content-Length: 99999999999"),
                   good.replace(b"<sip:rude@sip.test>", b"<" * 300)):
        await raw_sip.throw(port, octets)
        await raw_sip.stream(port, octets, within=0.3)
    await all_is_well(world)


@test
async def requests_nobody_serves_are_refused_by_name(world):
    # rows: GEN-05 ADDR-30 SEC-01
    port = world.mucsipd.ports["sip"]
    for method, uri, headers, status, word in (
            ("REGISTER", JULIET, "", 405, "Allow:"), ("PUBLISH", JULIET, "Event: presence\r\n", 405, "Allow:"),
            ("INFO", JULIET, "", 405, "Allow:"), ("DANCE", JULIET, "", 501, ""),
            ("INVITE", JULIET, "Require: levitation\r\n", 420, "Unsupported: levitation"),
            ("MESSAGE", "sips:juliet@xmpp.test", "Content-Type: text/plain\r\n", 480, "380"),
            ("MESSAGE", "http://xmpp.test", "Content-Type: text/plain\r\n", 416, ""),
            ("MESSAGE", "sip:juliet@elsewhere.test", "Content-Type: text/plain\r\n", 404, "")):
        got, text = await raw_sip.ask(port, raw_sip.request(method, uri, "?" if "plain" in headers else "", headers))
        assert got == status and word.lower() in text.lower(), (method, uri, text)


@test
async def an_offer_without_a_message_line_is_refused_with_the_reason(world):
    # rows: CHAT-07 ESC-003
    port = world.mucsipd.ports["sip"]
    for sdp in (raw_sip.SDP_AUDIO, "this is no sdp", "v=0\r\n"):
        status, text = await raw_sip.ask(port, raw_sip.request("INVITE", JULIET, sdp, "Content-Type: application/sdp\r\n"))
        assert status == 488 or (status == 400 and sdp != raw_sip.SDP_AUDIO), text
        assert status != 488 or "\r\nWarning: " in text, text
    await all_is_well(world)


@test
async def audio_beside_text_is_refused_and_the_text_taken(world):
    # rows: CHAT-07
    sdp = raw_sip.SDP_AUDIO + raw_sip.SDP_MESSAGE.partition("t=0 0\r\n")[2].format(types="text/plain", n=1)
    call = raw_sip.request("INVITE", JULIET, sdp, "Content-Type: application/sdp\r\n")
    status, text = await raw_sip.ask(world.mucsipd.ports["sip"], call)
    assert status == 200 and "m=audio 0 " in text and "m=video 0 " in text and "m=message 0 " not in text, text
    assert text.index("m=audio") < text.index("m=video") < text.index("m=message"), "the order of the lines changed"


@test
async def a_room_wants_its_lines_wrapped(world):
    # rows: MUC-B06
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, continues=False)
    conference = await joined(romeo)
    assert await conference.msrp.send("text/plain", b"bare") == 415
    assert await conference.say("wrapped") == 200
    await nurse.seen("groupchat", body="wrapped")
    nurse.transcript.never("groupchat", body="bare")


@test
async def who_takes_no_wrapped_text_does_not_enter_and_outsiders_are_told_nothing(world):
    # rows: CONF-004 CONF-012
    juliet = await world.xmpp("juliet")
    room, nurse = await room_with_nurse(world, juliet)
    port = world.mucsipd.ports["sip"]
    for types in ("text/plain", "text/*", "message/cpim\r\na=accept-wrapped-types:text/html"):
        offer = raw_sip.request("INVITE", f"sip:{room}", raw_sip.SDP_MESSAGE.format(types=types, n=2),
                                "Content-Type: application/sdp\r\n")
        status, text = await raw_sip.ask(port, offer)
        assert status == 488 and "\r\nWarning: " in text, text
    status, text = await raw_sip.ask(port, raw_sip.request("SUBSCRIBE", f"sip:{room}", "", "Event: conference\r\n"))
    assert status == 403, text
    nurse.say(room, "nobody came")
    await nurse.seen("groupchat", body="nobody came")
    nurse.transcript.never("occupant", nick="rude")


@test
async def a_phone_whose_port_is_closed_is_an_error_to_the_client(world):
    # rows: ERR-05
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await romeo.stop()
    for kind in ("normal", "chat"):
        sent = juliet.chat(romeo.jid, "is the line dead", type=kind)
        error = await juliet.seen("error", id=sent)
        assert error["condition"] in ("remote-server-timeout", "internal-server-error", "recipient-unavailable"), error


@test
async def an_msrp_port_that_is_closed_is_a_failed_session_and_the_line_is_not_lost(world):
    # rows: CHAT-52
    juliet, romeo = await world.xmpp("juliet"), await world.sip(setup_answer="passive")
    romeo.msrp.local = (romeo.msrp.local[0], ports.take())
    sent = juliet.chat(romeo.jid, "reach me")
    await romeo.transcript.expect("accepted")
    await either(juliet.seen("error", id=sent),
                 romeo.transcript.expect("message-received", text="reach me"))


@test
async def a_body_beyond_all_bounds_is_refused_and_the_rest_lives(world):
    # rows: CHAT-22
    port = world.mucsipd.ports["sip"]
    huge = raw_sip.request("MESSAGE", JULIET, b"x" * 3_000_000, "Content-Type: text/plain\r\n", transport="TCP")
    said = await raw_sip.stream(port, huge, until=b"\r\n\r\n")
    assert b" 200 " not in said.split(b"\r\n")[0], said[:100]
    large = raw_sip.request("MESSAGE", JULIET, b"x" * 40_000, "Content-Type: text/plain\r\n", transport="TCP")
    said = await raw_sip.stream(port, large, until=b"\r\n\r\n")
    juliet = await world.xmpp("juliet")
    await all_is_well(world, juliet)


@test
async def msrp_for_a_session_nobody_has_is_481_and_garbage_closes(world):
    # rows: CHAT-23 MSRP-002
    port = world.mucsipd.ports["msrp"]
    send = (b"MSRP abcd1234 SEND\r\nTo-Path: msrp://127.0.0.1:%d/nobody;tcp\r\nFrom-Path: msrp://127.0.0.1:9/me;tcp\r\n"
            b"Message-ID: m1234\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------abcd1234$\r\n" % port)
    said = await raw_sip.stream(port, send, until=b"-------abcd1234$\r\n")
    assert said.startswith(b"MSRP abcd1234 481"), said
    for octets in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000), b"MSRP " + b"a" * 100_000, send[:60] + b"\0" * 200_000):
        await raw_sip.stream(port, octets, within=0.5)
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    await reply(juliet, romeo, session, "unharmed")


@test
async def a_stranger_cannot_speak_in_somebody_elses_session(world):
    # rows: CHAT-23
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    path = session.remote_sdp.path.encode()
    forged = (b"MSRP forg1234 SEND\r\nTo-Path: " + path + b"\r\nFrom-Path: " + session.msrp.uri.encode() + b"\r\n"
              b"Message-ID: forged01\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------forg1234$\r\n")
    said = await raw_sip.stream(world.mucsipd.ports["msrp"], forged, until=b"-------forg1234$\r\n")
    assert said.startswith(b"MSRP forg1234 506"), said
    await reply(juliet, romeo, session, "not forged")
    juliet.transcript.never("message", body="hi")


@test
async def odd_stanzas_do_not_cost_the_component_link(world):
    # rows: SEC-06
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    for xml in (f"<message to='{romeo.jid}' type='chat' id='o1'/>", f"<message to='{romeo.jid}'><body/></message>",
                f"<message to='{romeo.jid}' type='weird' id='o2'><x xmlns='jabber:x:conference'/></message>",
                f"<message to='{romeo.jid}' id='o3'><x xmlns='http://jabber.org/protocol/muc#user'><invite/></x></message>",
                "<message to='sip.test' id='o4'><body>to nobody</body></message>",
                f"<iq to='{romeo.jid}' type='get' id='o5'><query xmlns='jabber:iq:roster'/></iq>",
                f"<presence to='{romeo.jid}/x' type='subscribe'/>",
                f"<message to='{romeo.jid}' type='normal' id='o6'><subject>a&#10;Evil: header</subject><body>inject"
                "</body></message>"):
        juliet.raw(xml)
    heard = await romeo.transcript.expect("message-received", text="inject")
    assert heard
    await all_is_well(world, juliet)


@test
async def a_chat_is_not_harmed_by_bad_frames_of_its_own_peer(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    assert await session.send("application/x-unheard-of", b"?") == 415
    assert await session.send("text/plain", b"\xff\xfe\xfd") in (400, 415)
    await still_chatting(juliet, romeo, session)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
