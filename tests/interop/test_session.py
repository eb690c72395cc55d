#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Session mode: MSRP chats of an XMPP user and a SIP user, opened from either side, and the way back to page mode.

What was said is read from both users' own transcripts; the SIP user also checks every octet against the RFCs (strict mode),
and any rule broken fails the test. `rows:` names rows of docs/conformance/.
"""
import asyncio

from runner import main, test
from steps import chat, reply, texts
from world import KAMAILIO, MUCSIPD, PROSODY


@test
async def a_chat_line_opens_a_session_and_the_answer_comes_back_in_its_thread(world):
    # rows: CHAT-01 CHAT-02 CHAT-05 CHAT-06 CHAT-11 CHAT-20 MSRP-001 MSRP-002 MSRP-003 MSRP-010 MSRP-011
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo, thread="t-1")
    assert session.dialog.call_id == "t-1" and session.peer == juliet.uri
    juliet.chat(romeo.jid, "\u4f60\u597d <&>\nsecond line", thread="t-1")
    await romeo.transcript.expect("message-received", via="msrp", text="\u4f60\u597d <&>\nsecond line")
    await reply(juliet, romeo, session, "\u20ac and back", "t-1")
    juliet.transcript.never("error")
    assert romeo.counters.get("sip", "in", "INVITE") == 1


@test
async def a_sip_user_opens_a_session_and_the_call_id_is_the_thread(world):
    # rows: CHAT-07 CHAT-08 CHAT-20 MSRP-010 MSRP-011
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await (await romeo.invite(juliet.uri)).opened()
    assert await session.say("Lady, by yonder moon") == 200
    line = await juliet.seen("message", body="Lady, by yonder moon", type="chat")
    assert line["thread"] == session.dialog.call_id
    assert len(juliet.transcript.all("message")) == 1, "the INVITE itself, or the binding SEND, became a line"
    juliet.chat(line["from"], "O, swear not by the moon", thread=line["thread"])
    await romeo.transcript.expect("message-received", via="msrp", text="O, swear not by the moon")
    assert romeo.counters.get("sip", "in", "INVITE") == 0


@test
async def another_thread_of_the_same_two_uses_the_same_session(world):
    # rows: CHAT-09
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo, thread="t-first")
    juliet.chat(romeo.jid, "by the way", thread="t-second")
    await romeo.transcript.expect("message-received", via="msrp", text="by the way")
    assert romeo.counters.get("sip", "in", "INVITE") == 1


@test
async def a_peer_that_refuses_sessions_gets_pages_and_is_not_asked_again(world):
    # rows: CHAT-01 CHAT-03
    juliet = await world.xmpp("juliet")
    for status in (488, 415, 405, 501, 606):
        romeo = await world.sip(f"romeo-{status}-", on_invite=status)
        for line in ("one", "two", "three"):
            juliet.chat(romeo.jid, line)
        for line in ("one", "two", "three"):
            await romeo.transcript.expect("message-received", via="page", text=line)
        juliet.chat(romeo.jid, "four")
        await romeo.transcript.expect("message-received", via="page", text="four")
        assert romeo.counters.get("sip", "in", "INVITE") == 1, status
    juliet.transcript.never("error")


@test
async def any_other_refusal_is_an_error_for_every_waiting_line(world):
    # rows: CHAT-01 ERR-03
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=486)
    sent = [juliet.chat(romeo.jid, line) for line in ("one", "two")]
    for id in sent:
        error = await juliet.seen("error", id=id)
        assert (error["condition"], error["type"]) == ("recipient-unavailable", "wait"), error
    assert texts(romeo) == []


@test
async def a_peer_that_says_nothing_at_all_gets_a_page_after_a_while(world):
    # rows: CHAT-01
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite="silent")
    juliet.chat(romeo.jid, "Hist!")
    await romeo.transcript.expect("message-received", via="page", text="Hist!")
    romeo.behaviour.on_invite = "accept"
    for attempt in range(20):  # while the page is under way the next line follows it the same way
        juliet.chat(romeo.jid, f"Romeo, hist! {attempt}")
        if (await romeo.transcript.expect("message-received", text=f"Romeo, hist! {attempt}"))["via"] == "msrp":
            break
    await romeo.transcript.expect("session-opened")  # silence was not taken for a refusal of sessions
    juliet.transcript.never("error")


@test
async def lines_written_while_it_rings_arrive_in_order(world):
    # rows: CHAT-03
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite="ring-accept", ring_seconds=0.5)
    lines = [f"line {number}" for number in range(10)]
    for line in lines:
        juliet.chat(romeo.jid, line)
    await romeo.transcript.expect("message-received", via="msrp", text=lines[-1])
    assert texts(romeo) == lines


@test
async def long_texts_travel_whole_both_ways(world):
    # rows: CHAT-11 CHAT-21 MSRP-005 MSRP-006 MSRP-007
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    text = "".join(f"{number:04d} \u00e9\u4f60 " for number in range(600))
    juliet.chat(romeo.jid, text)
    await romeo.transcript.expect("message-received", via="msrp", text=text)
    await reply(juliet, romeo, session, text)


@test
async def a_text_over_the_announced_size_is_refused(world):
    # rows: CHAT-22 MSRP-019
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    size = session.remote_sdp.max_size
    assert size and size >= 10000, size
    assert await session.say("x" * (size + 1), chunk=size + 1) == 413
    await reply(juliet, romeo, session, "shorter")
    assert all("xxx" not in entry["body"] for entry in juliet.transcript.all("message"))


@test
async def a_success_report_is_asked_for_when_the_client_asks_for_a_receipt(world):
    # rows: CHAT-30 CHAT-31
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    for receipt, reports in ((False, 0), (True, 1), (False, 1)):
        sent = juliet.chat(romeo.jid, f"Swear! {receipt} {reports}", receipt=receipt)
        await romeo.transcript.expect("message-received", text=f"Swear! {receipt} {reports}")
        if receipt:
            await juliet.seen("receipt", of=sent, type="chat")
        assert romeo.counters.get("msrp", "out", "REPORT") == reports
    assert len(juliet.transcript.all("receipt")) == 1


@test
async def a_success_report_is_given_when_the_client_says_it_has_the_message(world):
    # rows: MSRP-009 CHAT-32
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    assert await session.say("no report") == 200
    assert await session.say("Report!", success_report=True, message_id="report01") == 200
    message = await juliet.seen("message", body="Report!", wants_receipt=True)
    assert not romeo.transcript.select("report-received")
    juliet.received(romeo.jid, message["id"])
    report = await romeo.transcript.expect("report-received")
    assert report["status"].startswith("000 200") and report["message_id"] == "report01", report


@test
async def an_msrp_refusal_is_an_error_for_that_line_only(world):
    # rows: ERR-07
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    for status, condition in ((403, "forbidden"), (400, "bad-request")):
        session.msrp.answer = status
        sent = juliet.chat(romeo.jid, f"refused {status}")
        assert (await juliet.seen("error", id=sent))["condition"] == condition
    session.msrp.answer = 200
    juliet.chat(romeo.jid, "and on")
    await romeo.transcript.expect("message-received", via="msrp", text="and on")


@test
async def after_the_peer_has_ended_the_session_the_next_line_opens_another(world):
    # rows: CHAT-50 CHAT-51
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    first = await chat(juliet, romeo, thread="t-again")
    assert await first.bye() == 200
    juliet.chat(romeo.jid, "Come back", thread="t-again")
    await romeo.transcript.expect("message-received", via="msrp", text="Come back")
    assert romeo.counters.get("sip", "in", "INVITE") == 2
    juliet.transcript.never("error")


@test
async def gone_from_the_client_ends_the_session(world):
    # rows: CHAT-51
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo, thread="t-gone")
    juliet.chat(romeo.jid, None, thread="t-gone", state="gone")
    await romeo.transcript.expect("session-ended", reason="peer-bye")
    juliet.chat(romeo.jid, "I forgot", thread="t-gone")
    await romeo.transcript.expect("message-received", via="msrp", text="I forgot")
    calls = {session.dialog.call_id for session in romeo.sessions}
    assert len(calls) == 2, calls


@test
async def the_dialog_refreshes_without_a_change(world):
    # rows: CHAT-10 MSRP-015
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    before = session.remote_sdp
    assert await session.reinvite() == 200
    assert session.remote_sdp.path == before.path
    await reply(juliet, romeo, session, "and so on")


@test
async def lines_wait_while_the_peer_holds(world):
    # rows: CHAT-10 MSRP-029
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    assert await session.reinvite("inactive") == 200 and session.remote_sdp.direction == "inactive"
    lines = ["wilt thou", "leave me so", "unsatisfied?"]
    for line in lines:
        juliet.chat(romeo.jid, line)
    other = await world.sip("mercutio")
    await chat(juliet, other, thread="t-other")  # a conversation later nothing of them has come
    heard = texts(romeo)
    assert await session.reinvite() == 200 and session.remote_sdp.direction == ""
    await romeo.transcript.expect("message-received", via="msrp", text=lines[-1])
    assert not set(lines) & set(heard) and texts(romeo)[-3:] == lines
    juliet.transcript.never("error")


@test
async def two_users_talk_to_the_same_peer_each_in_their_own_session(world):
    # rows: CHAT-09
    juliet, nurse, romeo = await world.xmpp("juliet"), await world.xmpp("nurse"), await world.sip()
    juliet.chat(romeo.jid, "from juliet")
    nurse.chat(romeo.jid, "from nurse")
    for name in ("juliet", "nurse"):
        heard = await romeo.transcript.expect("message-received", via="msrp", text=f"from {name}")
        assert heard["from"] == f"sip:{world.unique(name)}@xmpp.test"
        assert await romeo.session_with(f"sip:{world.unique(name)}@xmpp.test").say(f"to {name}") == 200
    await juliet.seen("message", body="to juliet")
    await nurse.seen("message", body="to nurse")
    juliet.transcript.never("message", body="to nurse")


@test
async def a_hundred_lines_each_way_at_once_arrive_once_and_in_order(world):
    # rows: CHAT-12 CHAT-24
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    there = [f"there {number}" for number in range(40)]
    back = [f"back {number}" for number in range(100)]
    for line in there:
        juliet.chat(romeo.jid, line)
    assert set(await asyncio.gather(*(session.say(line) for line in back))) == {200}
    await romeo.transcript.expect("message-received", text=there[-1])
    await juliet.seen("message", body=back[-1])
    assert texts(romeo)[1:] == there
    assert [entry["body"] for entry in juliet.transcript.all("message")][1:] == back


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra="[settings]\nrate_burst = 1000\n")
