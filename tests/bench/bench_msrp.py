# SPDX-License-Identifier: MIT
"""Load over sessions (`scripts/bench msrp`): what a line costs in an MSRP session each way, with and without the ledger, what an open
session takes of memory, and whether the component link still finds a low descriptor when thousands of others are taken.

The load opens all sessions first (tests/bench/msrp_load), each over a connection of its own, then sends by window. Figures are
printed as those of page mode are.
"""
import asyncio
import contextlib
import json
import os

import descriptors
from bench import LOAD_MSRP, SIP, BenchMucsipd, Costed, judge, rss_kib, say
from servers import SECRET

SESSIONS = 1000
READY_S, RUN_S = 300, 300


class MsrpMucsipd(BenchMucsipd):
    """With sessions, and a SIP side that nobody is called on."""
    program = None

    @staticmethod
    def settings():
        return "[settings]\nchat_mode = auto\nrate_msg = 1000000\nrate_burst = 1000000\n"

    def configure(self):
        argv = super().configure()
        return [self.program or argv[0], *argv[1:]]


class Load:
    """Sessions held open by a process of their own."""

    def __init__(self, bench, gateway, way, sessions, count):
        words = {"way": way, "sessions": sessions, "count": count, "component": LOAD_MSRP, "secret": SECRET, "sip-domain": SIP,
                 "xmpp-port": bench.prosody.ports["component"], "sip-port": gateway.ports["sip"]}
        self.argv = [bench.tool("msrp_load"), *(word for name, value in words.items() for word in (f"--{name}", str(value)))]

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(*self.argv, stdin=asyncio.subprocess.PIPE,
                                                            stdout=asyncio.subprocess.PIPE)
        if await asyncio.wait_for(self.process.stdout.readline(), READY_S) != b"ready\n":
            raise SystemExit("msrp_load did not get its sessions")
        return self

    async def run(self):
        """Sends the messages; what became of them."""
        self.process.stdin.write(b"go\n")
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), RUN_S))

    async def __aexit__(self, *unused):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@contextlib.asynccontextmanager
async def gateway_of(bench, directory, name, program=None):
    gateway = MsrpMucsipd(os.path.join(directory, name), bench.prosody.ports["component"], kamailio_port=9, sip_transport="tcp")
    gateway.program = program
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.kill()


async def series(bench, directory, count):
    """Each way over a thousand sessions, with the ledger and without."""
    for ledger, program in (("with_ledger", None), ("without_ledger", bench.tool("mucsipd_without_ledger"))):
        for way in ("s2x", "x2s"):
            name = f"msrp.{way}.{ledger}"
            if not bench.wants(name):
                continue
            async with gateway_of(bench, directory, f"{way}-{ledger}", program) as gateway, \
                    Load(bench, gateway, way, SESSIONS, count) as load:
                cost = Costed(bench, gateway.process.pid)
                await cost.begin()
                result = await load.run()
                await cost.end(name, count, "tcp")
            for key in ("lost", "twice", "refused", "arrival_p50_ms", "arrival_p99_ms", "answer_p50_ms", "answer_p99_ms", "rate"):
                say(f"{name}.{key}", result[key], {"rate": "1/s"}.get(key, "ms" if key.endswith("_ms") else "messages"))
            judge(bench, name, result)


async def idle(bench, directory, sessions):
    """Memory of sessions that say nothing; then the XMPP server restarts while all their descriptors are taken."""
    name = f"idle.{sessions}"
    if not bench.wants(name):
        return
    async with gateway_of(bench, directory, f"idle-{sessions}") as gateway:
        pid = gateway.process.pid
        before = rss_kib(pid)
        async with Load(bench, gateway, "hold", sessions, 1):
            await asyncio.sleep(1)
            say(f"{name}.memory_per_session", (rss_kib(pid) - before) / sessions, "KiB")
            say(f"{name}.descriptors", len(descriptors.of_process(pid)), "")
            say(f"{name}.highest_descriptor", max(descriptors.of_process(pid).values()), "")
            await bench.prosody.restart()
            port = bench.prosody.ports["component"]
            for _ in range(300):
                links = descriptors.to_port(pid, port)
                if links:
                    break
                await asyncio.sleep(0.1)
            say(f"{name}.component_link_descriptor", max(links, default=-1), "")
            if not links or max(links) >= 1024:
                bench.broken.append(f"{name}: no low descriptor for the component link")


async def run(bench, directory, arguments):
    await series(bench, directory, arguments.count)
    for sessions in (1000, arguments.sessions):
        await idle(bench, directory, sessions)
