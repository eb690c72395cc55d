# SPDX-License-Identifier: MIT
"""Page-mode load over real servers: what a message costs the gateway, in CPU microseconds, and what gets lost.

CPU is what the scheduler counted in nanoseconds for every thread of the process (/proc/PID/task/*/schedstat; the
user/system split is tick-based and worthless), read again after the SIP transactions have been torn down, since that
costs too. Wall time is only printed, never judged: the machine is shared. One line per figure: `NAME: VALUE UNIT`.
"""
import argparse
import asyncio
import glob
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "interop"))

import ports  # noqa: E402
from servers import SECRET, Mucsipd, Prosody  # noqa: E402

LOAD, LOAD_PEER = "load.test", "load2.test"
TEARDOWN_S = 35  # T1 times 64, and a little


class BenchProsody(Prosody):
    """With the two domains of the loader as components."""

    def configure(self):
        argv = super().configure()
        with open(os.path.join(self.directory, "prosody.cfg.lua"), "a", encoding="utf-8") as config:
            for name in (LOAD, LOAD_PEER):
                config.write(f'\nComponent "{name}"\n  component_secret = "{SECRET}"\n')
        return argv


class BenchMucsipd(Mucsipd):
    """Quiet, with the loader's users on the XMPP side and no limit per sender."""

    def settings(self):
        return "[settings]\nchat_mode = page\nrate_msg = 1000000\nrate_burst = 1000000\n"

    def configure(self):
        argv = super().configure()
        target = os.path.join(self.directory, "mucsipd.conf")
        with open(target, encoding="utf-8") as config:
            text = config.read().replace("log_level = debug", "log_level = warning")
        with open(target, "w", encoding="utf-8") as config:
            config.write(text + f"\n[xmpp-domain {LOAD}]\nkind = users\nsip_domain = {LOAD}\n")
        return argv


def cpu_us(pid):
    """CPU microseconds of a process and its children so far."""
    total = 0
    for status in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(status, encoding="ascii") as numbers:
            total += int(numbers.read().split()[0])
    return total / 1000


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def load(build, *arguments):
    """Runs the loader and returns what it reports."""
    loader = await asyncio.create_subprocess_exec(
        os.path.join(build, "tests", "bench", "loader"), *[str(word) for word in arguments],
        stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(loader.communicate(), 300)
    if loader.returncode != 0:
        raise SystemExit(f"loader {arguments} ended with {loader.returncode}")
    return json.loads(out)


def say(name, value, unit):
    print(f"{name}: {value:.2f} {unit}" if isinstance(value, float) else f"{name}: {value} {unit}", flush=True)


async def raw(build, prosody, count):
    """What one stanza costs the XMPP server alone: the yardstick of this machine in this minute."""
    before = cpu_us(prosody.process.pid)
    result = await load(build, "raw", "tcp", prosody.ports["component"], 0, 0, LOAD, LOAD_PEER, SECRET, "-",
                        count, 0, 100)
    cost = (cpu_us(prosody.process.pid) - before) / count
    say("prosody.raw.cpu_per_stanza", cost, "us")
    say("prosody.raw.rate", result["arrived"] / max(result["seconds"], 0.001), "1/s")
    return cost


class Series:
    """One way, transport and pace against a gateway of its own."""

    def __init__(self, build, directory, way, transport, rate, count):
        self.build, self.directory = build, directory
        self.way, self.transport, self.rate, self.count = way, transport, rate, count
        self.name = f"page.{way}.{transport}.{rate or 'saturated'}"

    async def run(self, prosody, raw_us):
        listen = ports.take()
        gateway = BenchMucsipd(os.path.join(self.directory, self.name), prosody.ports["component"],
                               kamailio_port=listen, sip_transport=self.transport)
        await gateway.start()
        try:
            await self.measure(prosody, gateway, listen, raw_us)
        finally:
            await gateway.stop()
            ports.give_back(listen)

    async def measure(self, prosody, gateway, listen, raw_us):
        pid = gateway.process.pid
        cpu, memory = cpu_us(pid), rss_kib(pid)
        result = await load(self.build, self.way, self.transport, prosody.ports["component"], gateway.ports["sip"],
                            listen, LOAD, "-", SECRET, "sip.test", self.count, self.rate, 200)
        say(f"{self.name}.memory_growth", rss_kib(pid) - memory, "KiB")
        await asyncio.sleep(TEARDOWN_S if self.transport == "udp" else 1)
        cost = (cpu_us(pid) - cpu) / self.count
        say(f"{self.name}.cpu_per_message", cost, "us")
        say(f"{self.name}.ratio_to_raw_stanza", cost / raw_us, "x")
        for key, unit in (("lost", "messages"), ("twice", "messages"), ("non_200", "messages"),
                          ("repeated", "requests"), ("p50_ms", "ms"), ("p99_ms", "ms")):
            say(f"{self.name}.{key}", result[key], unit)
        say(f"{self.name}.rate", result["arrived"] / max(result["seconds"], 0.001), "1/s")


async def page(build, rates, count):
    with tempfile.TemporaryDirectory(prefix="mucsip-bench-") as directory:
        prosody = await BenchProsody(directory).start()
        try:
            raw_us = await raw(build, prosody, count)
            for transport in ("udp", "tcp"):
                for way in ("s2x", "x2s"):
                    for rate in rates:
                        await Series(build, directory, way, transport, rate, count).run(prosody, raw_us)
        finally:
            await prosody.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["page"])
    parser.add_argument("--build", default=os.path.join(ROOT, "build-bench"))
    parser.add_argument("--rates", default="1000,4000,0", help="messages per second, 0 = as fast as it goes")
    parser.add_argument("--count", type=int, default=20000, help="messages of one series")
    arguments = parser.parse_args()
    os.environ["MUCSIPD"] = os.path.join(arguments.build, "gateway", "mucsipd")
    asyncio.run(page(arguments.build, [int(rate) for rate in arguments.rates.split(",")], arguments.count))


if __name__ == "__main__":
    main()
