#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The demonstration shows what it says, and cannot be passed without the SIP user's own witness."""
import asyncio
import os
import sys

from runner import main, test
from servers import HERE, Mucsipd

DEMO_S = 250


async def demo(*options):
    """Plays it; returns (exit status, everything it said)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, os.path.join(HERE, "demo.py"), *options, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), DEMO_S)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, said.decode()


@test(within=270)
async def it_passes_and_prints_the_transcripts_and_the_ladder(world):
    status, said = await demo()
    assert status == 0, said[-4000:]
    for text in ("juliet (XMPP", "nurse (XMPP", "romeo (SIP", "[conference] nurse: Madam", "declines", "ladder of story 2", "phone has entered by /join", "ladder of story 5"):
        assert text in said, f"{text!r} is missing in\n{said}"


@test(within=270)
async def it_fails_without_the_participant(world):
    status, said = await demo("--without-participant")
    assert status == 1 and "FAILED" in said, said[-4000:]


if __name__ == "__main__":
    main(programs=("prosody", "kamailio", Mucsipd.binary()))
