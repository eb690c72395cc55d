#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Thousands of MSRP sessions that say nothing: the gateway goes on, and its component link, which needs a descriptor below 1024, comes
back although all of those are taken.
"""
import asyncio
import os

import descriptors
from runner import main, test
from servers import Mucsipd
from steps import chat, reply
from world import KAMAILIO, MUCSIPD, PROSODY

SESSIONS = 2500
FD_SETSIZE = 1024


async def hold(world, sessions):
    """A process that holds so many sessions open, each over a connection of its own."""
    tool = os.path.join(os.path.dirname(Mucsipd.binary()), "..", "tests", "bench", "msrp_load")
    words = {"way": "hold", "sessions": sessions, "component": "xmpp.test", "sip-domain": "sip.test",
             "sip-port": world.mucsipd.ports["sip"]}
    argv = [tool, *(word for name, value in words.items() for word in (f"--{name}", str(value)))]
    process = await asyncio.create_subprocess_exec(*argv, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    assert await process.stdout.readline() == b"ready\n"
    return process


async def link_to(pid, port):
    """The descriptors of the component link, once it stands."""
    for _ in range(900):
        if links := descriptors.to_port(pid, port):
            return links
        await asyncio.sleep(0.1)
    raise AssertionError("the component link did not come back")


@test(within=240)
async def the_component_link_finds_a_low_descriptor_beside_thousands_of_sessions(world):
    pid = world.mucsipd.process.pid
    load = await hold(world, SESSIONS)
    try:
        taken = descriptors.of_process(pid).values()
        assert len(taken) > SESSIONS and set(range(FD_SETSIZE)) <= {*taken, *range(16)}, len(taken)
        await world.xmpp_server.restart()
        links = await link_to(pid, world.xmpp_server.ports["component"])
        assert max(links) < FD_SETSIZE, links
        juliet, romeo = await world.xmpp("juliet"), await world.sip()
        await reply(juliet, romeo, await chat(juliet, romeo), "in the midst of them")
        assert len(descriptors.of_process(pid)) > SESSIONS
    finally:
        load.kill()
        await load.wait()


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra="[settings]\nrate_burst = 1000\n")
