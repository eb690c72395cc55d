#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The gateway is killed (-9) at a chosen point and started again: each message ends once, as docs/delivery.md says.

What the clients saw is what counts. The last stories take the gateway the room for its ledger.
"""
import asyncio
import os
import subprocess

import raw_sip
from runner import Skip, main, test
from steps import chat, joined, room_with_nurse
from world import KAMAILIO, MUCSIPD, PROSODY

UNKNOWN = "outcome unknown, may have arrived"
SETTLE_S = 0.5  # for what must not come to have had its chance; nothing waits for it to come


async def killed(world):
    await world.mucsipd.kill()


async def risen(world):
    await world.mucsipd.start()


async def settled(client, romeo):
    """Something new has crossed both ways after the restart, so what was left is behind it."""
    client.chat(romeo.jid, "after the fall", type="normal")
    await romeo.transcript.expect("message-received", text="after the fall")
    assert await romeo.page(client.uri, "after the rise") == 200
    await client.seen("message", body="after the rise")
    await asyncio.sleep(SETTLE_S)


async def taken(client):
    """The gateway has read what this client wrote before: the same stream carries both; and it is written down."""
    await client.ask("sip.test", "<ping xmlns='urn:xmpp:ping'/>", type="get")
    await asyncio.sleep(SETTLE_S)


async def until(holds, what):
    """Returns once this is so."""
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never: {what}")


def heard(romeo, text):
    return len(romeo.transcript.select("message-received", text=text))


async def unanswered_page(romeo):
    """He has got one, and keeps silent."""
    await romeo.transcript.expect("page-refused", answer="silent")


def told(client, sent):
    return client.transcript.all("error", id=sent)


@test
async def a_page_on_the_wire_is_unknown_and_those_behind_it_are_sent(world):
    # rows: ESC-004 ESC-606 ERR-05 IM-15
    juliet, romeo = await world.xmpp("juliet"), await world.sip(page="silent")
    first = juliet.chat(romeo.jid, "on the wire", type="normal")
    await unanswered_page(romeo)
    second = juliet.chat(romeo.jid, "behind it", type="normal")
    third = juliet.chat(romeo.jid, "last of all", type="normal")
    await taken(juliet)
    await killed(world)
    romeo.behaviour.page = 200
    await risen(world)
    error = await juliet.seen("error", id=first)
    assert error["condition"] == "remote-server-timeout" and error["text"] == UNKNOWN, error
    await romeo.transcript.expect("message-received", text="behind it")
    await romeo.transcript.expect("message-received", text="last of all")
    await settled(juliet, romeo)
    assert [heard(romeo, text) for text in ("on the wire", "behind it", "last of all")] == [0, 1, 1]
    assert [len(told(juliet, sent)) for sent in (first, second, third)] == [1, 0, 0]


@test
async def a_send_without_its_answer_is_unknown_and_not_sent_again(world):
    # rows: ESC-004 ERR-05
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    session.msrp.answer = "silent"
    before = romeo.counters.get("msrp", "in", "SEND")
    sent = juliet.chat(romeo.jid, "into the session", thread="t-chat")
    await until(lambda: romeo.counters.get("msrp", "in", "SEND") > before, "the line is on the wire")
    await killed(world)
    await risen(world)
    error = await juliet.seen("error", id=sent)
    assert error["text"] == UNKNOWN, error
    await settled(juliet, romeo)
    assert heard(romeo, "into the session") == 0 and len(told(juliet, sent)) == 1


@test
async def a_line_that_waits_for_its_session_is_sent_after_the_restart(world):
    # rows: ESC-606
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite="ring")
    sent = juliet.chat(romeo.jid, "let me in", thread="t-wait")
    await taken(juliet)
    await killed(world)
    romeo.behaviour.on_invite = "accept"
    await risen(world)
    await romeo.transcript.expect("message-received", text="let me in")
    await settled(juliet, romeo)
    assert heard(romeo, "let me in") == 1 and not told(juliet, sent)


@test
async def a_request_that_was_answered_gets_its_old_answer(world):
    # rows: IM-24
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    page = raw_sip.request("MESSAGE", juliet.uri, "answered", "Content-Type: text/plain\r\n")
    wrong = raw_sip.request("MESSAGE", "sip:nobody%2Bhere@xmpp.test", "x", "Content-Type: text/plain\r\n")
    port = world.mucsipd.ports["sip"]
    assert (await raw_sip.ask(port, page))[0] == 200
    refused, _ = await raw_sip.ask(port, wrong)
    assert refused >= 400, refused
    await asyncio.sleep(SETTLE_S)  # the end of a row is committed within 50 ms
    await killed(world)
    await risen(world)
    assert (await raw_sip.ask(port, page))[0] == 200
    assert (await raw_sip.ask(port, wrong))[0] == refused
    await settled(juliet, romeo)
    assert len(juliet.transcript.all("message", body="answered")) == 1


@test
async def a_request_without_answer_gets_a_failure_and_no_second_delivery(world):
    # rows: IM-24 IM-28
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    page = raw_sip.request("MESSAGE", juliet.uri, "unanswered", "Content-Type: text/plain\r\n")
    port = world.mucsipd.ports["sip"]
    world.xmpp_server.process.freeze()
    try:
        await raw_sip.throw(port, page)
        await raw_sip.ask(port, raw_sip.request("OPTIONS", juliet.uri, "", ""))  # what was thrown before it has been read
        await asyncio.sleep(SETTLE_S)
        await killed(world)
    finally:
        world.xmpp_server.process.thaw()
    await risen(world)
    status, text = await raw_sip.ask(port, page)
    assert status == 504 and UNKNOWN in text, text
    await settled(juliet, romeo)
    assert len(juliet.transcript.all("message", body="unanswered")) <= 1


@test
async def what_was_accepted_in_a_session_reaches_xmpp_under_one_id(world):
    # rows: ESC-004 EXT-07 MSRP-024
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    world.xmpp_server.process.freeze()
    try:
        assert await session.say("accepted", message_id="acc0001") == 200
        await killed(world)
    finally:
        world.xmpp_server.process.thaw()
    await risen(world)
    await juliet.seen("message", body="accepted")
    await settled(juliet, romeo)
    found = juliet.transcript.all("message", body="accepted")
    assert {entry["id"] for entry in found} == {"acc0001"} and len(found) <= 2, found


@test
async def a_line_into_a_room_is_told_to_its_author(world):
    # rows: ESC-004
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, continues=False)
    conference = await joined(romeo)
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)
    await romeo.transcript.expect("roster")  # he is let in: what he says is accepted at once
    world.xmpp_server.process.freeze()
    try:
        assert await conference.say("to all of you") == 200
        await killed(world)
    finally:
        world.xmpp_server.process.thaw()
    await risen(world)
    notice = await romeo.transcript.expect("message-received", via="page",
                                           text=lambda text: "to all of you" in text)
    assert "not known" in notice["text"], notice


@test
async def killed_again_while_it_recovers_each_line_still_ends_once(world):
    # rows: ESC-004
    juliet, romeo = await world.xmpp("juliet"), await world.sip(page="silent")
    first = juliet.chat(romeo.jid, "once", type="normal")
    await unanswered_page(romeo)
    second = juliet.chat(romeo.jid, "more", type="normal")
    await taken(juliet)
    await killed(world)
    await risen(world)
    await unanswered_page(romeo)
    await juliet.seen("error", id=first)
    await asyncio.sleep(SETTLE_S)
    await killed(world)
    romeo.behaviour.page = 200
    await risen(world)
    await juliet.seen("error", id=second)
    await settled(juliet, romeo)
    assert [heard(romeo, text) for text in ("once", "more")] == [0, 0]
    assert [len(told(juliet, sent)) for sent in (first, second)] == [1, 1]


# ---- no room for the ledger ----------------------------------------------------------------------

async def refused_then_taken_again(world, take_room, give_room):
    """Nothing is accepted while nothing can be written, everybody is told, and it passes."""
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    page = raw_sip.request("MESSAGE", juliet.uri, "no room", "Content-Type: text/plain\r\n")
    take_room()
    try:
        for _ in range(3):
            sent = juliet.chat(romeo.jid, "no room", type="normal")
            await juliet.seen("error", id=sent)
        status, text = await raw_sip.ask(world.mucsipd.ports["sip"], page)
        assert status == 503 and "\r\nRetry-After:" in text, text
    finally:
        give_room()
    await settled(juliet, romeo)
    assert heard(romeo, "no room") == 0
    juliet.transcript.never("message", body="no room")
    await world.mucsipd.process.line_with("ledger can be written again", 30)
    complaints = [line for line in world.mucsipd.process.lines if "ledger cannot be written" in line]
    assert len(complaints) == 1, complaints


@test
async def files_that_may_not_grow_are_refusals_and_not_silence(world):
    # rows: GEN-06
    def limit(octets):
        subprocess.run(["prlimit", "--pid", str(world.mucsipd.process.pid), f"--fsize={octets}"], check=True)
    await world.mucsipd.restart()
    await refused_then_taken_again(world, lambda: limit("0:unlimited"), lambda: limit("unlimited"))


@test
async def a_full_disk_is_refusals_and_not_silence(world):
    # rows: GEN-06
    state = os.path.join(world.mucsipd.directory, "state")
    filler = os.path.join(state, "filler")
    await world.mucsipd.stop()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", state], check=False).returncode == 0
    if not mounted:
        await world.mucsipd.start()
        raise Skip("no right to mount a small disk")
    try:
        await world.mucsipd.start()
        await refused_then_taken_again(world, lambda: fill(filler), lambda: os.unlink(filler))
    finally:
        await world.mucsipd.stop()
        subprocess.run(["umount", state], check=True)
        await world.mucsipd.start()


def fill(path):
    """Takes every octet there is."""
    with open(path, "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
