#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the gateway learns of a SIP user by asking him: once a day, when a chat begins, and it is remembered over a restart."""
import asyncio
import json
import os

from runner import main, test
from servers import Mucsipd
from world import KAMAILIO, MUCSIPD, PROSODY

MUCSIPCTL = os.path.join(os.path.dirname(Mucsipd.binary()), "mucsipctl")
WITHIN_S = 30


async def known(world, jid, wanted):
    """The facts about a peer as {what: value}, once `wanted` is among them."""
    socket = os.path.join(world.mucsipd.directory, "state", "control.sock")
    for _ in range(WITHIN_S * 10):
        process = await asyncio.create_subprocess_exec(MUCSIPCTL, "--socket", socket, "--json", "peers", "--address", jid,
                                                       stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        facts = {fact["what"]: fact["value"] for fact in json.loads(out)["peers"]}
        if wanted in facts:
            return facts
        await asyncio.sleep(0.1)
    raise AssertionError(f"{wanted} of {jid} is not known: {facts}")


@test
async def a_peer_is_asked_once_and_its_answer_outlives_the_gateway(world):
    # rows: EXT-13 GEN-03
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.chat(romeo.jid, "one", type="normal")
    await romeo.transcript.expect("message-received", via="page", text="one")
    facts = await known(world, romeo.jid, "cpim")
    assert (facts["options"], facts["cpim"], facts["html"], facts["composing"]) == ("yes", "no", "no", "no"), facts
    await world.mucsipd.restart()
    assert (await known(world, romeo.jid, "cpim"))["cpim"] == "no"
    juliet.chat(romeo.jid, "two", type="normal")
    await romeo.transcript.expect("message-received", via="page", text="two")
    assert romeo.counters.get("sip", "in", "OPTIONS") == 1, "asked once"


@test
async def who_sends_an_envelope_is_known_to_take_one(world):
    # rows: EXT-01 EXT-13
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    wrapped = f"From: <{romeo.uri}>\r\nTo: <{juliet.uri}>\r\n\r\nContent-Type: text/plain\r\n\r\nwrapped"
    assert await romeo.page(juliet.uri, wrapped, "message/cpim") == 200
    await juliet.seen("message", body="wrapped")
    assert (await known(world, romeo.jid, "cpim"))["cpim"] == "yes"
    assert romeo.counters.get("sip", "in", "OPTIONS") in (0, None), "not asked: the chat is his"


if __name__ == "__main__":
    # A section of its own, so that the stories' rule not to ask anybody does not hold here.
    main(PROSODY, KAMAILIO, MUCSIPD, programs=[MUCSIPCTL], extra="[peer nobody@sip.test]\noptions = never\n")
