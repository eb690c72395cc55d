# SPDX-License-Identifier: MIT
"""Page-mode load over real servers: what a message costs the gateway, in CPU microseconds, and what gets lost.

CPU is what the scheduler counted in nanoseconds for every thread of the process (/proc/PID/task/*/schedstat; the
user/system split is tick-based and worthless), read again after the SIP transactions have been torn down, since that
costs too. The yardstick is what the XMPP server itself spends on a raw stanza between two components, measured right
before and right after each series: ratios to it can be compared between machines. One line per figure,
`NAME: VALUE UNIT`; a message lost or doubled, or refused while there was room, is a line `broken:` and exit status 1.
"""
import argparse
import asyncio
import contextlib
import fnmatch
import glob
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "interop"))

import ports  # noqa: E402
from bench_peer import KamailioXmpp  # noqa: E402
from servers import SECRET, Mucsipd, Prosody  # noqa: E402

LOAD, LOAD_PEER, LOAD_MSRP, SIP = "load.test", "load2.test", "load3.test", "sip.test"
TEARDOWN_S = 35  # T1 times 64, and a little
SETTLE_S = 1
YARDSTICK_COUNT = 10000


class BenchProsody(Prosody):
    """With the domains of the loaders as components; the yardstick's are not in use while sessions are held."""

    def configure(self):
        argv = super().configure()
        with open(os.path.join(self.directory, "prosody.cfg.lua"), "a", encoding="utf-8") as config:
            for name in (LOAD, LOAD_PEER, LOAD_MSRP):
                config.write(f'\nComponent "{name}"\n  component_secret = "{SECRET}"\n')
        return argv


class BenchMucsipd(Mucsipd):
    """Quiet, with the loader's users on the XMPP side and no limit per sender."""

    @staticmethod
    def settings():
        return "[settings]\nchat_mode = page\nrate_msg = 1000000\nrate_burst = 1000000\n"

    def configure(self):
        argv = super().configure()
        target = os.path.join(self.directory, "mucsipd.conf")
        with open(target, encoding="utf-8") as config:
            text = config.read().replace("log_level = debug", "log_level = warning")
        with open(target, "w", encoding="utf-8") as config:
            text += f"\n{self.settings()}"
            for name in (LOAD, LOAD_MSRP):
                text += f"\n[xmpp-domain {name}]\nkind = users\nsip_domain = {name}\n"
            config.write(text)
        return argv


def group_of(pid):
    """The processes of a process group: those which a server has forked belong to it."""
    members = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError), open(path, encoding="ascii", errors="replace") as stat:
            if int(stat.read().rpartition(")")[2].split()[2]) == pid:
                members.append(int(path.split("/")[2]))
    return members


def cpu_us(leader):
    """CPU microseconds of all threads of all processes of a group so far."""
    total = 0
    for pid in group_of(leader):
        for status in glob.glob(f"/proc/{pid}/task/*/schedstat"):
            with open(status, encoding="ascii") as numbers:
                total += int(numbers.read().split()[0])
    return total / 1000


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def say(name, value, unit):
    print(f"{name}: {value:.2f} {unit}" if isinstance(value, float) else f"{name}: {value} {unit}", flush=True)


class Bench:
    """The loader, the XMPP server and the figures of one run."""

    def __init__(self, build, only, with_peer):
        self.build, self.only, self.with_peer = build, only, with_peer
        self.prosody = None
        self.broken = []  # promises, one sentence each

    def wants(self, name):
        return fnmatch.fnmatch(name, self.only)

    def tool(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    async def load(self, way, count, **options):
        """Runs the loader and returns what it reports."""
        words = {"way": way, "count": count, "component": LOAD, "peer": LOAD_PEER, "secret": SECRET, "sip-domain": SIP,
                 "xmpp-port": self.prosody.ports["component"]}
        words.update({name.replace("_", "-"): value for name, value in options.items()})
        argv = [word for name, value in words.items() for word in (f"--{name}", str(value))]
        loader = await asyncio.create_subprocess_exec(self.tool("page_load"), *argv, stdout=asyncio.subprocess.PIPE)
        try:
            out, _ = await asyncio.wait_for(loader.communicate(), 600)
        except asyncio.CancelledError:
            loader.kill()
            raise
        if loader.returncode != 0:
            raise SystemExit(f"loader {' '.join(argv)} ended with {loader.returncode}")
        return json.loads(out)

    async def yardstick(self):
        """CPU of the XMPP server for one raw stanza: the speed of this machine in this minute."""
        pid = self.prosody.process.pid
        before = cpu_us(pid)
        result = await self.load("raw", YARDSTICK_COUNT, transport="tcp", window=100)
        return (cpu_us(pid) - before) / YARDSTICK_COUNT, result["rate"]

    @contextlib.asynccontextmanager
    async def gateway(self, directory, transport):
        """A gateway of its own for a series; gives it and the port our SIP end has to listen on."""
        listen = ports.take()
        gateway = BenchMucsipd(os.path.join(directory, f"gateway-{listen}"), self.prosody.ports["component"],
                               kamailio_port=listen, sip_transport=transport)
        await gateway.start()
        try:
            yield gateway, {"transport": transport, "sip_port": gateway.ports["sip"], "listen_port": listen}
        finally:
            await gateway.stop()
            ports.give_back(listen)


    @contextlib.asynccontextmanager
    async def peer(self, directory, transport):
        """Kamailio in the gateway's place, given as gateway() gives ours."""
        listen = ports.take()
        peer = KamailioXmpp(os.path.join(directory, f"peer-{listen}"), self.prosody.ports["component"], listen, transport, SIP,
                            self.tool("expat_shim.so"))
        await peer.start()
        try:
            yield peer, {"transport": transport, "sip_port": peer.ports["sip"], "listen_port": listen}
        finally:
            await peer.kill()
            ports.give_back(listen)


class Costed:
    """CPU of a process from here on, against the yardstick before and after."""

    def __init__(self, bench, pid):
        self.bench, self.pid = bench, pid

    async def begin(self):
        self.raw_before, _ = await self.bench.yardstick()
        self.started = cpu_us(self.pid)

    async def end(self, name, count, transport):
        run = (cpu_us(self.pid) - self.started) / count
        await asyncio.sleep(TEARDOWN_S if transport == "udp" else SETTLE_S)
        whole = (cpu_us(self.pid) - self.started) / count
        raw_after, _ = await self.bench.yardstick()
        self.whole = whole
        say(f"{name}.cpu_per_message", whole, "us")
        say(f"{name}.of_it_teardown", whole - run, "us")
        say(f"{name}.ratio_to_raw_stanza", whole / ((self.raw_before + raw_after) / 2), "x")


def judge(bench, name, result, may_refuse=False):
    """No loss and no double at any rate; a refusal only under overload, and then it says when to come again."""
    wrong = ["lost", "twice", "unanswered", "refused_yet_arrived"] + ([] if may_refuse else ["refused"])
    bench.broken += [f"{name}: {result[key]} {key}" for key in wrong if result[key]]
    if result["refused"] != result["busy"]:
        bench.broken.append(f"{name}: {result['refused'] - result['busy']} refused without a time to come again")


def say_fates(name, result):
    for key, unit in (("lost", "messages"), ("twice", "messages"), ("refused", "messages"), ("unanswered", "messages"),
                      ("refused_yet_arrived", "messages"), ("sent_again", "requests"), ("repeated", "requests"),
                      ("arrival_p50_ms", "ms"), ("arrival_p99_ms", "ms"), ("answer_p50_ms", "ms"),
                      ("answer_p99_ms", "ms"), ("rate", "1/s"), ("loader_us", "us")):
        say(f"{name}.{key}", result[key], unit)


async def measure(bench, name, way, rate, count, started):
    """One series against a gateway that runs; (CPU per message, what the loader reports)."""
    async with started as (gateway, where):
        cost = Costed(bench, gateway.process.pid)
        await cost.begin()
        result = await bench.load(way, count, rate=rate, **where)
        await cost.end(name, count, where["transport"])
    say_fates(name, result)
    return cost.whole, result


async def series(bench, directory, rates, count):
    """Each way, transport and pace against a gateway of its own; the peer right behind ours, for the ratio."""
    for transport in ("udp", "tcp"):
        for way in ("s2x", "x2s"):
            for rate in rates:
                name = f"page.{way}.{transport}.{rate or 'saturated'}"
                if not bench.wants(name):
                    continue
                ours, result = await measure(bench, name, way, rate, count, bench.gateway(directory, transport))
                judge(bench, name, result)
                if bench.with_peer:  # what becomes of its messages is told, not judged
                    theirs, _ = await measure(bench, name + ".peer", way, rate, count, bench.peer(directory, transport))
                    say(f"{name}.ratio_to_peer", ours / theirs, "x")


async def overload(bench, directory, count):
    """More at once than is let in; and a SIP peer that takes messages and never answers, beside one that talks."""
    for transport in ("udp", "tcp"):
        name = f"overload.s2x.{transport}"
        if bench.wants(name):
            async with bench.gateway(directory, transport) as (_, where):
                result = await bench.load("s2x", count, window=5000, **where)
            say_fates(name, result)
            judge(bench, name, result, may_refuse=True)
    name = "overload.s2x_beside_a_silent_peer"
    if bench.wants(name):
        async with bench.gateway(directory, "tcp") as (_, where):
            silent = asyncio.ensure_future(bench.load("x2s", 900, window=900, answer=0, component=LOAD_PEER, **where))
            where["listen_port"] = ports.take()
            result = await bench.load("s2x", 5000, rate=500, **where)
            silent.cancel()
        say_fates(name, result)
        judge(bench, name, result)


async def memory(bench, directory, count):
    """Over TCP three times as many messages take no more memory; over UDP each waits in it for its transaction's end."""
    for transport in ("tcp", "udp"):
        for way in ("s2x", "x2s"):
            name = f"memory.{way}.{transport}"
            if not bench.wants(name):
                continue
            async with bench.gateway(directory, transport) as (gateway, where):
                pid = gateway.process.pid
                say(f"{name}.idle", rss_kib(pid), "KiB")
                await bench.load(way, count, **where)
                if transport == "udp":
                    await asyncio.sleep(TEARDOWN_S)
                first = rss_kib(pid)
                say(f"{name}.after_{count}", first, "KiB")
                more = 2 * count if transport == "tcp" else count // 4
                result = await bench.load(way, more, **where)
                if transport == "tcp":
                    say(f"{name}.after_{3 * count}", rss_kib(pid), "KiB")
                else:
                    say_transaction_memory(name, rss_kib(pid) - first, more, result)


def say_transaction_memory(name, grown, count, result):
    say(f"{name}.growth_per_open_transaction", grown / count, "KiB")
    say(f"{name}.rate_meanwhile", result["rate"], "1/s")


async def alone(bench, directory, rates, count):
    """One side of the gateway by itself: its library and its folder, nothing behind it."""
    cases = [("sip", "udp"), ("sip", "tcp"), ("echo", "tcp")]
    for way, transport in cases:
        for rate in rates:
            name = f"alone.{'xmpp' if way == 'echo' else 'sip.' + transport}.{rate or 'saturated'}"
            if not bench.wants(name):
                continue
            sip, listen = ports.take(), ports.take()
            argv = ["sip", str(sip)] if way == "sip" else ["xmpp", str(bench.prosody.ports["component"]), SECRET]
            gate = await asyncio.create_subprocess_exec(bench.tool("gate_alone"), *argv, stdout=asyncio.subprocess.PIPE)
            await asyncio.wait_for(gate.stdout.readline(), 15)
            cost = Costed(bench, gate.pid)
            await cost.begin()
            await bench.load(way, count, rate=rate, transport=transport, sip_port=sip, listen_port=listen)
            await cost.end(name, count, transport)
            gate.terminate()
            await gate.wait()


async def parts(bench, directory, count):
    """What stands between the two sides, without sockets."""
    if bench.wants("parts"):
        program = await asyncio.create_subprocess_exec(bench.tool("parts"), str(count), directory)
        if await program.wait() != 0:
            raise SystemExit("parts failed")


async def page(bench, directory, arguments):
    rates = [int(rate) for rate in arguments.rates.split(",")]
    await parts(bench, directory, arguments.count)
    await alone(bench, directory, rates, arguments.count)
    await series(bench, directory, rates, arguments.count)
    await overload(bench, directory, arguments.count)
    await memory(bench, directory, arguments.count)


async def msrp(bench, directory, arguments):
    import bench_msrp  # pylint: disable=import-outside-toplevel  # it is made of what is above
    await parts(bench, directory, arguments.count)
    await bench_msrp.run(bench, directory, arguments)


async def room(bench, directory, arguments):
    import bench_room  # pylint: disable=import-outside-toplevel  # likewise
    await bench_room.run(bench, directory, arguments)


async def measure_all(arguments):
    bench = Bench(arguments.build, arguments.only, arguments.peer)
    with tempfile.TemporaryDirectory(prefix="mucsip-bench-") as directory:
        bench.prosody = await BenchProsody(directory).start()
        try:
            raw_us, raw_rate = await bench.yardstick()
            say("prosody.raw.cpu_per_stanza", raw_us, "us")
            say("prosody.raw.rate", raw_rate, "1/s")
            await {"page": page, "msrp": msrp, "room": room}[arguments.what](bench, directory, arguments)
        finally:
            await bench.prosody.stop()
    for sentence in bench.broken:
        print(f"broken: {sentence}", flush=True)
    return 1 if bench.broken else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["page", "msrp", "room"])
    parser.add_argument("--build", default=os.path.join(ROOT, "build-bench"))
    parser.add_argument("--rates", default="1000,4000,0", help="messages per second, 0 = as fast as it goes")
    parser.add_argument("--count", type=int, default=20000, help="messages of one series")
    parser.add_argument("--sessions", type=int, default=10000, help="open at once (msrp)")
    parser.add_argument("--participants", default="10,100,1000", help="of a room")
    parser.add_argument("--only", default="*", help="figures to measure, e.g. 'page.s2x.tcp.*' or 'parts'")
    parser.add_argument("--peer", action="store_true", help="each series with Kamailio's xmpp module as well")
    arguments = parser.parse_args()
    os.environ["MUCSIPD"] = os.path.join(arguments.build, "gateway", "mucsipd")
    sys.exit(asyncio.run(measure_all(arguments)))


if __name__ == "__main__":
    main()
