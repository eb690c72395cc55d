#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What went over the wire in one whole story: as many frames as the SIP user counted, none malformed.

tshark counts SIP and MSRP packets and names malformed ones; as it takes some broken MSRP for good, the reassembled streams
are also cut and checked by participant/stream_check.py. That nothing at all was captured is a failure.
"""
from collections import Counter

from capture import NEEDS, Capture
from participant.stream_check import check_capture
from runner import main, test
from steps import chat, joined, reply, room_with_nurse
from world import KAMAILIO, MUCSIPD, PROSODY


async def whole_story(world):
    """Pages, a chat, its escalation and the end, all recorded; returns (capture, romeo)."""
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    sip_port, msrp_port = romeo.stack.local[1], romeo.msrp.local[1]
    capture = await Capture(world.directory, {world.kamailio.ports["port"]: "sip", world.mucsipd.ports["sip"]: "sip",
                                              sip_port: "sip", world.mucsipd.ports["msrp"]: "msrp",
                                              msrp_port: "msrp"}).start()
    assert await romeo.page(juliet.uri, "by page") == 200
    juliet.chat(romeo.jid, "by letter", type="normal")
    await romeo.transcript.expect("message-received", text="by letter")
    session = await chat(juliet, romeo)
    await reply(juliet, romeo, session, "x" * 5000)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    conference = await joined(romeo)
    await romeo.transcript.expect("session-ended", peer=juliet.uri)
    nurse.say(room, "y" * 5000)
    await romeo.transcript.expect("message-received", text="y" * 5000)
    assert await conference.say("farewell") == 200
    await nurse.seen("groupchat", body="farewell")
    await conference.bye()
    await nurse.seen("occupant", nick=romeo.user, here=False)
    await romeo.transcript.expect("subscription-ended")  # the last that is said to him
    await capture.stop()
    return capture, romeo


@test(within=90)
async def every_frame_is_one_the_sip_user_counted_and_none_is_malformed(world):
    capture, romeo = await whole_story(world)
    taps = {protocol: [port for port, spoken in capture.ports.items() if spoken == protocol] for protocol in ("sip", "msrp")}
    result = check_capture(capture.path, taps["sip"], taps["msrp"])
    assert result.malformed == 0, result.findings
    assert capture.malformed() == []
    for protocol, port in (("sip", romeo.stack.local[1]), ("msrp", romeo.msrp.local[1])):
        for way in ("in", "out"):
            seen = result.of_port(protocol, port, way)
            counted = Counter(romeo.counters.table()[protocol][way]) - BEFORE.get((protocol, way), Counter())
            assert seen, f"no {protocol} {way} was captured"
            assert seen == counted, (protocol, way, seen - counted, counted - seen)
    for way, seen in (("in", result.of_port("sip", romeo.stack.local[1], "in")),
                      ("out", result.of_port("sip", romeo.stack.local[1], "out"))):
        told = [word for source, to, word, _ in capture.sip_messages() if (to if way == "in" else source) == romeo.stack.local[1]]
        assert len(told) == seen.total(), f"tshark counts {len(told)} SIP messages {way}, the streams hold {seen.total()}"
    assert capture.count("msrp") > 0, "tshark saw no MSRP"


@test
async def the_request_line_carries_the_address_and_the_instance_and_to_only_the_address(world):
    # rows: IM-02
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    capture = await Capture(world.directory, {world.mucsipd.ports["sip"]: "sip"}).start()
    juliet.chat(romeo.jid, "for him", type="normal")
    await romeo.transcript.expect("message-received", text="for him")
    juliet.chat(romeo.jid + "/phone", "for his phone", type="normal")
    await juliet.seen("error", condition="item-not-found")  # the registrar knows no such instance of him
    await capture.stop()
    sent = capture.fields('sip.Method == "MESSAGE"', "sip.r-uri", "sip.to.addr")
    assert sent == [(romeo.uri, romeo.uri), (romeo.uri + ";gr=phone", romeo.uri)], sent


# what the SIP user counted before the recording began: the registration
BEFORE = {("sip", "out"): Counter({"REGISTER": 1}), ("sip", "in"): Counter({"200 REGISTER": 1})}


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, programs=NEEDS)
