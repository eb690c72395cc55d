# SPDX-License-Identifier: MIT
"""A room with many participants across (`scripts/bench room`): what a copy of a line costs, what it costs to come in, and what a
participant takes of memory, each by the number of participants.

The participants (tests/bench/room_load) call the room of a real Prosody by SIP, each with an MSRP connection of its own; one of
them speaks. What the XMPP server does meanwhile is told apart: N occupants on one component cost it N presences for each that
comes, and N stanzas for each line. `watched`: every participant has a subscription to the roster as well.
"""
import asyncio
import contextlib
import hashlib
import json
import os

import ports
from bench import LOAD_MSRP, SIP, BenchMucsipd, cpu_us, rss_kib, say
from servers import SECRET

ROOMS = "rooms.xmpp.test"
COPIES = 20000
READY_S, RUN_S, SETTLE_S = 900, 900, 12  # SETTLE_S: T_rate twice, and a little


class RoomMucsipd(BenchMucsipd):
    """Many may come in within a minute."""

    @staticmethod
    def settings():
        return "[settings]\nrate_msg = 1000000\nrate_burst = 1000000\nrate_session = 1000000\nrate_join = 1000000\n"


class Keeper:
    """The owner of the room: a component user who makes it and stays."""

    def __init__(self, bench, name):
        self.port, self.room = bench.prosody.ports["component"], f"{name}@{ROOMS}"

    async def say(self, text, answered):
        self.writer.write(text.encode())
        seen = b""
        while answered not in seen:
            seen += await asyncio.wait_for(self.reader.read(65536), READY_S)
        return seen

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        header = await self.say("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' "
                                f"to='{LOAD_MSRP}'>", b" id=")
        stream = header.split(b" id=")[1][1:].split(header.split(b" id=")[1][:1])[0].decode()
        digest = hashlib.sha1((stream + SECRET).encode()).hexdigest()
        await self.say(f"<handshake>{digest}</handshake>", b"<handshake/>")
        me = f"keeper@{LOAD_MSRP}/load"
        await self.say(f"<presence from='{me}' to='{self.room}/keeper'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
                       b"110")
        await self.say(f"<iq type='set' id='own' from='{me}' to='{self.room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                       "<x xmlns='jabber:x:data' type='submit'/></query></iq>", b"own")
        self.drain = asyncio.ensure_future(self.read_on())
        return self

    async def read_on(self):
        while await self.reader.read(1 << 20):
            pass

    async def __aexit__(self, *unused):
        self.drain.cancel()
        self.writer.close()


class Participants:
    """Those who came in by SIP, held by a process of their own."""

    def __init__(self, bench, gateway, listen, room, number, lines, watch):
        words = {"room": room, "sessions": number, "count": lines, "sip-domain": SIP, "sip-port": gateway.ports["sip"],
                 "listen-port": listen}
        self.argv = [bench.tool("room_load"), *(word for name, value in words.items() for word in (f"--{name}", str(value))),
                     *(["--watch"] if watch else [])]

    async def line(self, word=None):
        if word:
            self.process.stdin.write(word)
        line = await asyncio.wait_for(self.process.stdout.readline(), RUN_S)
        if not line:
            raise SystemExit("room_load ended")
        return line.decode()

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(*self.argv, stdin=asyncio.subprocess.PIPE,
                                                            stdout=asyncio.subprocess.PIPE)
        await self.line()
        return self

    async def __aexit__(self, *unused):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Meter:
    """CPU of the gateway and of the XMPP server since it was read last."""

    def __init__(self, gateway, prosody):
        self.pids = [gateway.process.pid, prosody.process.pid]
        self.last = [cpu_us(pid) for pid in self.pids]

    def read(self):
        now = [cpu_us(pid) for pid in self.pids]
        spent = [b - a for a, b in zip(self.last, now)]
        self.last = now
        return spent


def say_both(name, spent, share):
    say(f"{name}", spent[0] / share, "us")
    say(f"{name}.of_the_xmpp_server", spent[1] / share, "us")


async def one(bench, directory, number, watch):
    """A room of that many."""
    name = f"room.{number}{'.watched' if watch else ''}"
    if not bench.wants(name):
        return
    lines = max(10, COPIES // number)
    listen = ports.take()
    gateway = RoomMucsipd(os.path.join(directory, name), bench.prosody.ports["component"], kamailio_port=listen,
                          sip_transport="tcp")
    await gateway.start()
    try:
        async with Keeper(bench, f"bench{number}{'w' if watch else ''}") as keeper:
            before = rss_kib(gateway.process.pid)
            meter = Meter(gateway, bench.prosody)
            async with Participants(bench, gateway, listen, keeper.room, number, lines, watch) as those:
                await asyncio.sleep(SETTLE_S)
                spent = meter.read()
                documents, octets = (await those.line(b"how many\n")).split()
                say_both(f"{name}.cpu_per_join", spent, number)
                say_both(f"{name}.cpu_per_presence", spent, number * number)
                say(f"{name}.memory_per_participant", (rss_kib(gateway.process.pid) - before) / number, "KiB")
                say(f"{name}.documents_per_participant", int(documents) / number, "")
                say(f"{name}.document_octets_per_participant", int(octets) / number / 1024, "KiB")
                raw_before, _ = await bench.yardstick()
                meter.read()
                result = json.loads(await those.line(b"go\n"))
                spent = meter.read()
                raw_after, _ = await bench.yardstick()
                copies = lines * (number - 1)
                say_both(f"{name}.cpu_per_copy", spent, copies)
                say(f"{name}.copy_ratio_to_raw_stanza", spent[0] / copies / ((raw_before + raw_after) / 2), "x")
                for key in ("lost", "twice", "rate"):
                    say(f"{name}.{key}", result[key], "1/s" if key == "rate" else "copies")
                bench.broken += [f"{name}: {result[key]} copies {key}" for key in ("lost", "twice") if result[key]]
    finally:
        await gateway.kill()
        ports.give_back(listen)


async def run(bench, directory, arguments):
    for number in (int(word) for word in arguments.participants.split(",")):
        for watch in (False, True):
            await one(bench, directory, number, watch)
