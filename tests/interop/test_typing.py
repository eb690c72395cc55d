#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who is writing: chat states of a real XMPP client against composing documents in sessions and in page mode.

`rows:` names rows of docs/conformance/.
"""
import xml.etree.ElementTree as ElementTree

from runner import main, test
from steps import chat, joined, room_with_nurse
from world import KAMAILIO, MUCSIPD, PROSODY

COMPOSING = "application/im-iscomposing+xml"
NS = "{urn:ietf:params:xml:ns:im-iscomposing}"


def document(state, refresh=None):
    more = f"<refresh>{refresh}</refresh>" if refresh else ""
    return (f"<?xml version='1.0' encoding='UTF-8'?><isComposing xmlns='{NS[1:-1]}'><state>{state}</state>"
            f"<contenttype>text/plain</contenttype>{more}</isComposing>").encode()


async def heard(romeo, state, via):
    """Romeo's device hears that Juliet is writing, or no longer; returns the document."""
    entry = await romeo.transcript.expect("content-received", via=via, content_type=COMPOSING,
                                          text=lambda text: f"<state>{state}</state>" in text)
    root = ElementTree.fromstring(entry["text"])
    assert root.tag == NS + "isComposing" and root.findtext(NS + "contenttype") == "text/plain", entry
    return root


async def states_of(juliet, romeo):
    """Juliet's client speaks of chat states in a line of hers."""
    juliet.chat(romeo.jid, "Art thou there?", thread="t-chat", state="active")
    return await romeo.transcript.expect("message-received", text="Art thou there?")


@test
async def both_see_each_other_write_in_a_session(world):
    # rows: CHAT-40 CHAT-41 CHAT-42 CHAT-44
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    assert await session.send(COMPOSING, document("active")) == 200
    assert await session.say("to one who never spoke of states") == 200
    plain = await juliet.seen("message", body="to one who never spoke of states")
    assert plain["state"] is None, plain
    await states_of(juliet, romeo)
    assert await session.send(COMPOSING, document("active", 60)) == 200
    told = await juliet.seen("state", state="composing")
    assert (told["type"], told["thread"]) == ("chat", "t-chat") and told["from"].startswith(romeo.jid), told
    juliet.state(told["from"], "composing", thread="t-chat")
    assert (await heard(romeo, "active", "msrp")).findtext(NS + "refresh") == "90"
    juliet.state(told["from"], "paused", thread="t-chat")
    assert (await heard(romeo, "idle", "msrp")).findtext(NS + "refresh") is None
    assert await session.send(COMPOSING, document("active", 60)) == 200
    assert await session.send(COMPOSING, document("idle")) == 200
    await juliet.seen("state", state="active")
    assert await session.say("Speak") == 200
    line = await juliet.seen("message", body="Speak")
    assert line["state"] == "active", line
    assert len(juliet.transcript.all("state", state="composing")) == 1
    juliet.transcript.never("error")


@test
async def both_see_each_other_write_in_page_mode(world):
    # rows: CHAT-41 CHAT-43 CHAT-44
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.state(romeo.jid, "composing")
    juliet.chat(romeo.jid, "Hist!", state="active")
    juliet.state(romeo.jid, "composing")
    juliet.chat(romeo.jid, "Romeo!")
    await romeo.transcript.expect("message-received", via="page", text="Romeo!")
    assert not romeo.transcript.select("content-received"), "a state to a phone that never sent one"
    assert await romeo.page(juliet.uri, document("active", 60), COMPOSING) == 200
    await juliet.seen("state", state="composing", type="chat")
    juliet.state(romeo.jid, "composing")
    await heard(romeo, "active", "page")
    assert await romeo.page(juliet.uri, "Madam?") == 200
    line = await juliet.seen("message", body="Madam?")
    assert line["state"] == "active" and line["type"] == "chat", line
    juliet.state(romeo.jid, "paused")
    await heard(romeo, "idle", "page")


@test
async def a_phone_that_refuses_states_gets_no_more_of_them(world):
    # rows: CHAT-43
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488, page_refuses=(COMPOSING,))
    juliet.chat(romeo.jid, "Hist!", state="active")
    await romeo.transcript.expect("message-received", via="page", text="Hist!")
    assert await romeo.page(juliet.uri, document("active", 60), COMPOSING) == 200
    await juliet.seen("state", state="composing")
    juliet.state(romeo.jid, "composing")
    await romeo.transcript.expect("page-refused", content_type=COMPOSING)
    for number in range(3):
        juliet.state(romeo.jid, "paused")
        juliet.state(romeo.jid, "composing")
        juliet.chat(romeo.jid, f"again {number}")
        await romeo.transcript.expect("message-received", via="page", text=f"again {number}")
    assert len(romeo.transcript.select("page-refused")) == 1
    juliet.transcript.never("error")


@test
async def a_state_alone_opens_nothing_and_troubles_nobody(world):
    # rows: CHAT-40 SEC-12
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    for state in ("active", "composing", "paused", "inactive", "gone"):
        juliet.state(romeo.jid, state)
    juliet.state("nobody@sip.test", "composing")
    assert await romeo.page(juliet.uri, document("active"), COMPOSING) == 200
    assert await romeo.page(juliet.uri, b"<isComposing/>", COMPOSING) == 400
    juliet.chat(romeo.jid, "now")
    await romeo.transcript.expect("message-received", via="msrp", text="now")
    assert romeo.counters.get("sip", "in", "INVITE") == 1 and romeo.counters.get("sip", "in", "MESSAGE") == 0
    juliet.transcript.never("error")
    juliet.transcript.never("state")


@test
async def nobody_is_left_writing_when_the_chat_becomes_a_conference(world):
    # rows: ESC-020
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    await states_of(juliet, romeo)
    assert await session.send(COMPOSING, document("active", 600)) == 200
    told = await juliet.seen("state", state="composing")
    juliet.state(told["from"], "composing", thread="t-chat")
    await heard(romeo, "active", "msrp")
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    await joined(romeo)
    await heard(romeo, "idle", "msrp")
    await juliet.seen("state", state="active")
    await romeo.transcript.expect("session-ended", peer=juliet.uri)


@test
async def writing_is_seen_in_a_room_both_ways(world):
    # rows: MUC-B23
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat")
    conference = await joined(romeo)
    await nurse.seen("occupant", room=room, nick=romeo.user, here=True)
    nurse.state(room, "composing", type="groupchat")
    told = await romeo.transcript.expect("content-received", via="conference", content_type=COMPOSING,
                                         text=lambda text: "<state>active</state>" in text)
    assert told["nick"] == "nurse" and "<refresh>60</refresh>" in told["text"], told
    nurse.say(room, "Madam!")
    await romeo.transcript.expect("message-received", via="conference", text="Madam!")
    assert await conference.send(COMPOSING, document("active", 60)) == 200
    for person in (juliet, nurse):
        await person.seen("state", room=room, nick=romeo.user, state="composing", type="groupchat")
    assert await conference.say("Anon!") == 200
    await nurse.seen("groupchat", body="Anon!")
    assert await conference.send(COMPOSING, document("idle")) == 200
    assert await conference.say("Here!") == 200
    await nurse.seen("groupchat", body="Here!")
    assert [entry["state"] for entry in nurse.transcript.all("state", nick=romeo.user)] == ["composing"]
    assert len(romeo.transcript.select("content-received", via="conference", content_type=COMPOSING)) == 1
    juliet.transcript.never("error")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
