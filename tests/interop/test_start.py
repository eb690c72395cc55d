#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How the daemon comes up: when it is ready, what it waits for, what it refuses, and that it keeps its secrets."""
import asyncio
import os
import re
import socket

from process import Process
from runner import main, test
from servers import SECRET, Mucsipd
from world import KAMAILIO, MUCSIPD, PROSODY

START_S = 30


async def run(world, *arguments, within=START_S):
    """Runs the daemon to its end; returns (exit status, everything it said)."""
    process = Process("run", [Mucsipd.binary(), *arguments], world.directory)
    await process.start()
    try:
        return await process.ended(within), "\n".join(process.lines)
    finally:
        await process.kill()


def with_line(world, wanted, instead):
    """A copy of the running gateway's configuration with one line replaced; returns (path, number of that line)."""
    path = world.path("changed.conf")
    with open(os.path.join(world.mucsipd.directory, "mucsipd.conf"), encoding="utf-8") as source:
        lines = source.read().splitlines()
    number = next(number for number, line in enumerate(lines) if re.match(wanted, line))
    lines[number] = instead
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return path, number + 1


@test
async def it_waits_for_an_absent_xmpp_server_and_is_ready_when_that_comes(world):
    romeo = await world.sip()
    await world.mucsipd.stop()
    await world.xmpp_server.stop()
    starting = asyncio.ensure_future(world.mucsipd.start())
    done, _ = await asyncio.wait({starting}, timeout=1)
    assert not done, "ready without its link"
    await world.xmpp_server.start()
    await starting
    juliet = await world.xmpp("juliet")
    assert await romeo.page(juliet.uri, "at last") == 200
    await juliet.seen("message", body="at last")


@test
async def a_taken_port_is_named(world):
    await world.mucsipd.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        for line, port in ((r"listen = udp", udp.getsockname()[1]), (r"listen = 127", tcp.getsockname()[1])):
            new = f"listen = udp:127.0.0.1:{port}" if "udp" in line else f"listen = 127.0.0.1:{port}"
            path, _ = with_line(world, line, new)
            status, said = await run(world, "--config", path)
            assert status == 1 and str(port) in said, said
    await world.mucsipd.start()


@test
async def a_mistake_in_the_configuration_is_named_by_file_line_and_key(world):
    for wanted, instead, key in ((r"log_level", "log_level = loud", "log_level"), (r"log_level", "log_levle = info", "log_levle"),
                                 (r"kind = users", "kind = people", "kind"), (r"server = ", "server = somewhere", "server")):
        path, number = with_line(world, wanted, instead)
        for arguments in (("--config", path, "--check-config"), ("--config", path)):
            status, said = await run(world, *arguments)
            assert status == 2 and path in said and str(number) in said and key in said, said


@test
async def a_good_configuration_passes_the_check_and_is_shown_without_its_secrets(world):
    path = os.path.join(world.mucsipd.directory, "mucsipd.conf")
    status, said = await run(world, "--config", path, "--check-config")
    assert status == 0, said
    status, said = await run(world, "--config", path, "--dump-config")
    assert status == 0 and "sip.test" in said and SECRET not in said, said
    log = "\n".join(world.mucsipd.process.lines)
    assert SECRET not in log


@test
async def a_wrong_secret_is_said_and_never_ready(world):
    await world.mucsipd.stop()
    path, _ = with_line(world, r"secret = ", "secret = wrong")
    process = Process("wrong", [Mucsipd.binary(), "--config", path], world.directory)
    await process.start()
    try:
        await refused(process)
        assert not [line for line in process.lines if "mucsipd ready" in line]
    finally:
        await process.stop()
    await world.mucsipd.start()


async def refused(process):
    """Some line that says the server did not accept the component."""
    for _ in range(START_S * 10):
        if re.search(r"sip\.test.*(token|secret|authori|refus|handshake)", "\n".join(process.lines), re.IGNORECASE):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"nothing was said of the refused link:\n{process.tail()}")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
