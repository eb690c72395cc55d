#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What went over the wire in one whole story: as many frames as the SIP user counted, none malformed.

tshark counts SIP and MSRP packets and names malformed ones; as it takes some broken MSRP for good, the reassembled streams
are also cut and checked by participant/stream_check.py. That nothing at all was captured is a failure.
"""
from collections import Counter

from capture import Capture
from runner import main, test
from steps import JULIET, chat, joined, reply, room_with_nurse
from world import KAMAILIO, MUCSIPD, PROSODY


async def whole_story(world):
    """Pages, a chat, its escalation and the end, all recorded; returns (capture, romeo)."""
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    sip_port, msrp_port = romeo.stack.local[1], romeo.msrp.local[1]
    capture = await Capture(world.directory, {world.kamailio.ports["port"]: "sip", world.mucsipd.ports["sip"]: "sip",
                                              sip_port: "sip", world.mucsipd.ports["msrp"]: "msrp",
                                              msrp_port: "msrp"}).start()
    assert await romeo.page(JULIET, "by page") == 200
    juliet.chat(romeo.jid, "by letter", type="normal")
    await romeo.transcript.expect("message-received", text="by letter")
    session = await chat(juliet, romeo)
    await reply(juliet, romeo, session, "x" * 5000)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    conference = await joined(romeo)
    await romeo.transcript.expect("session-ended", peer=JULIET)
    nurse.say(room, "y" * 5000)
    await romeo.transcript.expect("message-received", text="y" * 5000)
    assert await conference.say("farewell") == 200
    await nurse.seen("groupchat", body="farewell")
    await conference.bye()
    await nurse.seen("occupant", nick=romeo.user, here=False)
    await capture.stop()
    return capture, romeo


@test(within=90)
async def frames_counted_by_tshark_are_those_the_sip_user_counted_and_none_is_malformed(world):
    capture, romeo = await whole_story(world)
    assert capture.malformed() == []
    port = romeo.stack.local[1]
    for way, wanted in (("in", lambda source, to: to == port), ("out", lambda source, to: source == port)):
        seen = Counter(word for source, to, word, _ in capture.sip_messages() if wanted(source, to))
        counted = Counter()
        for kind, number in romeo.counters.table()["sip"][way].items():
            counted[kind.split()[0]] += number
        before = Counter({"REGISTER": 1} if way == "out" else {"200": 1})
        assert seen, f"nothing captured {way}"
        assert seen == counted - before, (way, seen, counted)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, programs=("dumpcap", "tshark"))
