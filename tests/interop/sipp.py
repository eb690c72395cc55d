# SPDX-License-Identifier: MIT
"""SIPp as a plain SIP phone: it registers, sends a MESSAGE and checks the final status, or takes one and answers as told.

The scenarios are templates in sipp/; SIPp's own trace of messages is what a test reads.
"""
import asyncio
import os
import re

import ports
from process import Process, ProcessError
from servers import fill_in

RUN_S = 60


class Sipp:
    """One run of SIPp with one scenario, against `remote` (host:port)."""

    def __init__(self, directory, scenario, remote=None, transport="udp", count=1, call_id=None, **values):
        self.name = f"{scenario}-{os.urandom(3).hex()}"
        self.port = ports.take()
        self.trace = os.path.join(directory, self.name + ".trace")
        target = fill_in(f"{scenario}.xml", os.path.join(directory, self.name + ".xml"), folder="sipp",
                         transport=transport, **values)
        argv = ["sipp", "-sf", target, "-i", "127.0.0.1", "-p", self.port, "-m", count, "-nostdin", "-t",
                "u1" if transport == "udp" else "t1", "-timeout", RUN_S, "-timeout_error", "-trace_msg", "-message_file",
                self.trace, "-trace_err", "-error_file", self.trace + ".errors"]
        argv += ["-cid_str", call_id] if call_id else []
        self.process = Process(self.name, argv + ([remote] if remote else []), directory)

    async def start(self):
        await self.process.start()
        return self

    async def listening(self):
        """Returns once the phone has its port."""
        await self.start()
        for _ in range(1500):
            if not ports.is_free(self.port):
                return self
            if not self.process.is_running():
                break
            await asyncio.sleep(0.02)
        raise ProcessError(f"{self.name} does not listen:\n{self.process.tail()}")

    async def finished(self):
        """Waits for the end; anything but full success is an error that says what came instead."""
        status = await self.process.ended(RUN_S + 5)
        ports.give_back(self.port)
        if status != 0:
            raise AssertionError(f"{self.name} ended with {status}; trace:\n{self.text()[-3000:]}")
        return self.received()

    async def sign_out(self):
        await self.process.kill()

    def text(self):
        try:
            with open(self.trace, encoding="utf-8", errors="replace", newline="") as trace:
                return trace.read()
        except FileNotFoundError:
            return ""

    def received(self):
        """The messages that came in, each as (start line, {header: value}, body)."""
        blocks = re.split(r"-{10,} \d{4}-\d\d-\d\d.*\r?\n", self.text())
        return [parse(block.split("\n\n", 1)[1]) for block in blocks if " message received " in block.split("\n", 1)[0]]


def parse(text):
    """A SIP message as (start line, {lower-case header: first value}, body)."""
    head, _, body = text.strip("\n").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return start, headers, body


async def register(world, user, phone_port, transport="udp"):
    """Binds sip:USER@sip.test to a phone's port at the registrar."""
    run = await Sipp(world.directory, "register", world.kamailio.remote, user=user, phone=phone_port,
                     transport=transport).start()
    await run.finished()


async def phone(world, user, status=200, count=1, headers="Supported: none", transport="udp"):
    """A registered phone that answers `count` messages with `status`."""
    there = Sipp(world.directory, "message_in", None, transport=transport, count=count, status=status, headers=headers)
    await world.keep(there).listening()
    await register(world, user, there.port, transport)
    return there


async def send(world, user, to, text, status=200, call_id=None, headers="Content-Type: text/plain;charset=UTF-8",
               transport="udp"):
    """Sends one MESSAGE through the proxy and checks its final status; returns the answers."""
    run = Sipp(world.directory, "message_out", world.kamailio.remote, transport=transport, user=user, to=to, text=text,
               status=status, headers=headers, call_id=call_id)
    return await (await run.start()).finished()
