#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A SIP user behind an MSRP relay (RFC 4976): Kamailio's msrp module carries every frame both ways; and one behind a middlebox that
alters only the address of c- and m-line (RFC 6714).

The gateway knows the relay only as the first URI of the user's path: it is connected to by it, addresses the whole path, answers the
relay, and reports to the user behind it.
"""
from middlebox import Middlebox
from runner import main, test
from servers import MsrpRelay
from steps import chat, reply, texts
from world import KAMAILIO, MUCSIPD, PROSODY


async def behind_relay(world, **behaviour):
    """A SIP user whose relay opens every connection."""
    relay = world.keep(await MsrpRelay(world.directory).start())
    romeo = await world.sip(setup_answer="active", setup_offer="active", **behaviour)
    await romeo.msrp.join_relay("127.0.0.1", relay.ports["port"])
    return romeo


@test
async def a_chat_we_open_goes_through_the_relay_of_the_peer(world):
    # rows: MSRP-025 CHAT-05
    juliet, romeo = await world.xmpp("juliet"), await behind_relay(world)
    session = await chat(juliet, romeo)
    assert len(session.local_sdp.path.split()) == 2
    text = "".join(f"{number:04d} \u00e9 " for number in range(700))
    juliet.chat(romeo.jid, text, thread="t-chat")
    await romeo.transcript.expect("message-received", via="msrp", text=text)
    await reply(juliet, romeo, session, text, "t-chat")


@test
async def a_chat_the_peer_opens_goes_through_its_relay(world):
    # rows: MSRP-025 CHAT-07
    juliet, romeo = await world.xmpp("juliet"), await behind_relay(world)
    session = await (await romeo.invite(juliet.uri)).opened()
    assert await session.say("Lady, by yonder moon") == 200
    line = await juliet.seen("message", body="Lady, by yonder moon", type="chat")
    juliet.chat(line["from"], "O, swear not by the moon", thread=line["thread"])
    await romeo.transcript.expect("message-received", via="msrp", text="O, swear not by the moon")


@test
async def reports_go_all_the_way_and_back(world):
    # rows: MSRP-009 MSRP-025
    juliet, romeo = await world.xmpp("juliet"), await behind_relay(world)
    session = await chat(juliet, romeo)
    assert await session.say("Report!", success_report=True, message_id="report01") == 200
    line = await juliet.seen("message", body="Report!", wants_receipt=True)
    juliet.received(line["from"], line["id"])
    report = await romeo.transcript.expect("report-received")
    assert report["message_id"] == "report01" and report["status"].startswith("000 200"), report
    juliet.chat(romeo.jid, "Swear!", receipt=True)
    await romeo.transcript.expect("message-received", text="Swear!")
    assert texts(romeo)[-1] == "Swear!"


@test
async def a_middlebox_in_the_address_carries_the_session(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    middlebox = world.keep(await Middlebox().open(romeo.msrp.local))
    romeo.behaviour.middlebox = middlebox.port
    session = await chat(juliet, romeo)
    assert session.remote_sdp.cema, "the offer does not speak of middleboxes"
    assert middlebox.carried > 0, "the path was connected to"
    await reply(juliet, romeo, session, "through the box")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra="[settings]\nrate_burst = 1000\n")
