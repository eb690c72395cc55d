#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Servers that stop, stand still or come back, and peers that fall silent in the middle of a chat.

Whatever happens, each line ends delivered or with an error to its author, and the gateway works again when the others do.
Timers are short here (see main()). Restarting takes its time, so these stories have longer deadlines.
"""
import asyncio

import raw_sip
from runner import main, test
from steps import chat, joined, room_with_nurse, still_chatting, texts
from world import KAMAILIO, MUCSIPD, PROSODY

TIMERS = """[timers]
T_proof = 5s
T_tx = 5s
"""
BACK_S = 60


UNAVAILABLE = (500, 503)  # a proxy turns the gateway's 503 into 500 for those behind it (RFC 3261 16.7)


async def reachable_again(romeo, juliet, line="anybody"):
    """Texts from SIP are taken again; until then they must be refused as unavailable."""
    deadline = asyncio.get_running_loop().time() + BACK_S
    while asyncio.get_running_loop().time() < deadline:
        status = await romeo.page(juliet.uri, line)
        if status == 200:
            return
        assert status in UNAVAILABLE, status
        await asyncio.sleep(0.2)
    raise AssertionError(f"not reachable again within {BACK_S} s")


@test
async def no_text_is_acknowledged_before_the_xmpp_server_has_taken_it(world):
    # rows: IM-28
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    world.xmpp_server.process.freeze()
    try:
        asking = asyncio.ensure_future(romeo.page(juliet.uri, "took it?"))
        done, _ = await asyncio.wait({asking}, timeout=1)
        assert not done, f"{asking.result()} though nobody can have read it"
    finally:
        world.xmpp_server.process.thaw()
    assert await asking == 200
    await juliet.seen("message", body="took it?")


@test
async def a_server_that_stands_still_too_long_is_a_503(world):
    # rows: GEN-06
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    world.xmpp_server.process.freeze()
    try:
        page = raw_sip.request("MESSAGE", juliet.uri, "hello?", "Content-Type: text/plain\r\n")
        status, text = await raw_sip.ask(world.mucsipd.ports["sip"], page, within=30)
        assert status == 503 and "\r\nRetry-After:" in text, text
    finally:
        world.xmpp_server.process.thaw()
    await reachable_again(romeo, juliet, "there again")
    await juliet.seen("message", body="there again")


@test(within=70)
async def the_xmpp_server_restarts_in_mid_chat_and_the_chat_goes_on(world):
    # rows: GEN-06 ESC-608
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    await juliet.sign_out()
    await world.xmpp_server.stop()
    await asyncio.sleep(0.3)
    assert await romeo.page(juliet.uri, "while it is down") in UNAVAILABLE
    await world.xmpp_server.start()
    juliet = await world.xmpp("juliet")
    await reachable_again(romeo, juliet)
    await juliet.seen("message", body="anybody")
    await still_chatting(juliet, romeo, session)
    juliet.transcript.never("message", body="while it is down")


@test(within=70)
async def the_xmpp_server_dies_in_mid_chat_and_no_line_is_lost_unseen(world):
    # rows: ESC-608
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    await juliet.sign_out()
    await world.xmpp_server.kill()
    status = await session.say("into the dark", success_report=True, message_id="dark0001")
    await world.xmpp_server.start()
    juliet = await world.xmpp("juliet")
    await reachable_again(romeo, juliet)
    if status == 200 and not juliet.transcript.all("message", body="into the dark"):
        reports = [entry for entry in romeo.transcript.select("report-received", message_id="dark0001")]
        assert reports or session.ended, "acknowledged, and neither delivered nor reported nor ended"
    juliet.chat(romeo.jid, "let there be light", thread="t-chat")
    await romeo.transcript.expect("message-received", via="msrp", text="let there be light")


@test(within=70)
async def a_conference_outlives_a_restart_of_the_xmpp_server_or_ends_on_both_sides(world):
    # rows: ESC-608
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    conference = await joined(romeo)
    await world.xmpp_server.restart()
    juliet = await world.xmpp("juliet")
    await reachable_again(romeo, juliet)
    if not conference.ended:
        try:
            await romeo.transcript.expect("conference-ended", timeout=15)
        except AssertionError:
            await juliet.enter(room)
            await juliet.seen("occupant", room=room, nick=romeo.user, here=True)
            assert await conference.say("still in") == 200
            await juliet.seen("groupchat", body="still in")


@test(within=70)
async def the_sip_proxy_is_stopped_and_the_client_is_told(world):
    # rows: ERR-05
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await world.kamailio.stop()
    for kind in ("normal", "chat"):
        sent = juliet.chat(romeo.jid, "is anybody there", type=kind)
        error = await juliet.seen("error", id=sent, within=60)
        assert error["condition"] in ("internal-server-error", "remote-server-timeout"), error
    await world.kamailio.start()
    assert await romeo.register() == 200
    juliet.chat(romeo.jid, "and now", type="normal")
    await romeo.transcript.expect("message-received", text="and now")


@test
async def an_open_chat_does_not_need_the_proxy(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    await world.kamailio.stop()
    await still_chatting(juliet, romeo, session)
    await world.kamailio.start()


@test
async def a_peer_that_no_longer_answers_is_an_error_for_the_line(world):
    # rows: ERR-07
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    session.msrp.answer = "silent"
    sent = juliet.chat(romeo.jid, "dost thou hear")
    error = await juliet.seen("error", id=sent)
    assert (error["condition"], error["type"]) == ("remote-server-timeout", "wait"), error


@test
async def a_broken_connection_is_renewed_and_no_line_is_lost_or_doubled(world):
    # rows: CHAT-52
    juliet, romeo = await world.xmpp("juliet"), await world.sip(link_grace=20.0)
    session = await chat(juliet, romeo)
    session.msrp.drop()
    juliet.chat(romeo.jid, "art thou gone so", thread="t-chat")
    await romeo.transcript.expect("message-received", text="art thou gone so")
    juliet.chat(romeo.jid, "love, lord", thread="t-chat")
    await romeo.transcript.expect("message-received", text="love, lord")
    assert texts(romeo)[1:] == ["art thou gone so", "love, lord"]
    await romeo.transcript.expect("reinvited")
    assert romeo.counters.get("sip", "in", "INVITE") == 2 and not session.ended
    juliet.transcript.never("error")


@test(within=60)
async def a_peer_that_vanished_is_an_error_for_the_next_line(world):
    # rows: ESC-004
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    await romeo.stop()
    sent = juliet.chat(romeo.jid, "where art thou")
    error = await juliet.seen("error", id=sent, within=60)
    assert error["type"] in ("wait", "cancel"), error


@test
async def a_client_that_went_away_is_told_to_the_sip_user(world):
    # rows: CHAT-25
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    await juliet.sign_out()
    assert await session.say("good night, good night") == 200
    ended = await romeo.transcript.expect("session-ended", reason="peer-bye")
    assert "SIP" in ended["text"] and "cause=" in ended["text"], ended


@test
async def a_conference_member_who_vanished_leaves_the_room(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, continues=False)
    conference = await joined(romeo)
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)
    conference.msrp.drop()
    await nurse.seen("occupant", room=room, nick=romeo.user, here=False, within=60)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=TIMERS)
