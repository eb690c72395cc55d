#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What an operator sees of a running gateway through mucsipctl, as text and as JSON."""
import asyncio
import json
import os
import stat

from runner import main, test
from servers import Mucsipd
from world import KAMAILIO, MUCSIPD, PROSODY

MUCSIPCTL = os.path.join(os.path.dirname(Mucsipd.binary()), "mucsipctl")


def socket_of(world):
    return os.path.join(world.mucsipd.directory, "state", "control.sock")


async def ctl(world, *words):
    """(exit status, stdout, stderr) of mucsipctl."""
    process = await asyncio.create_subprocess_exec(
        MUCSIPCTL, "--socket", socket_of(world), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def answer(world, *words):
    status, out, err = await ctl(world, "--json", *words)
    assert status == 0, err
    return json.loads(out)


@test
async def a_conversation_is_listed_and_its_ladder_told_without_its_texts(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    juliet.chat(romeo.jid, "wherefore art thou")
    await romeo.transcript.expect("message-received", via="msrp", text="wherefore art thou")
    listed = (await answer(world, "sessions", "--address", romeo.jid))["sessions"]
    assert [(one["xmpp"], one["sip"], one["leg"]) for one in listed] == [(juliet.bare, romeo.jid, "UP")], listed
    number = str(listed[0]["session"])
    status, text, _ = await ctl(world, "ladder", number)
    assert status == 0 and text.startswith(f"# session={number}\n> xmpp message "), text
    assert "open-leg" in text and "wherefore" not in text, text
    status, text, _ = await ctl(world, "sessions", "--address", romeo.jid)
    assert status == 0 and romeo.jid in text and "1 of 1 sessions" in text, text


@test
async def a_message_is_found_in_the_ledger_with_its_end(world):
    juliet, romeo = await world.xmpp("juliet"), await world.sip(page=404)
    sent = juliet.chat(romeo.jid, "in vain", type="normal")
    await juliet.seen("error", id=sent)
    row = (await answer(world, "ledger", "--id", sent))["ledger"][0]
    assert (row["from"], row["to"], row["end"], row["failure"]) == (juliet.full, romeo.jid, "failed", "item-not-found"), row
    assert row["id"] not in [one.get("id") for one in (await answer(world, "ledger", "--open"))["ledger"]]
    status, text, _ = await ctl(world, "ledger", "--address", romeo.jid)
    assert status == 0 and "item-not-found" in text and "in vain" not in text, text


@test
async def a_peer_that_has_no_sessions_is_known_until_it_is_forgotten(world):
    # rows: CHAT-01 EXT-13
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.chat(romeo.jid, "any sessions?")
    await romeo.transcript.expect("message-received", via="page", text="any sessions?")
    facts = (await answer(world, "peers", "--address", romeo.jid))["peers"]
    assert ("msrp", "no") in [(fact["what"], fact["value"]) for fact in facts], facts
    assert (await answer(world, "peers", "forget", romeo.jid))["forgotten"] == romeo.jid
    assert (await answer(world, "peers", "--address", romeo.jid))["total"] == 0
    juliet.chat(romeo.jid, "and now?")
    await romeo.transcript.expect("message-received", via="page", text="and now?")
    assert romeo.counters.get("sip", "in", "INVITE") == 2, "asked again"


@test
async def what_is_not_there_or_asked_wrongly_ends_with_another_status(world):
    assert (await ctl(world, "ladder", "999999"))[0] == 1
    assert (await ctl(world, "ladder", "x"))[0] == 1
    assert (await ctl(world, "nonsense"))[0] == 2
    assert (await ctl(world, "--socket", "/nowhere/at/all", "sessions"))[0] == 1


@test
async def the_socket_is_the_owners_and_comes_back_after_a_crash(world):
    assert stat.S_IMODE(os.stat(socket_of(world)).st_mode) == 0o600
    await world.mucsipd.kill()
    assert (await ctl(world, "sessions"))[0] == 1
    await world.mucsipd.start()
    assert (await answer(world, "sessions"))["total"] == 0
    await world.mucsipd.stop()
    assert not os.path.exists(socket_of(world))
    await world.mucsipd.start()


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, programs=[MUCSIPCTL])
