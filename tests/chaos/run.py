#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The chaos test: users write to each other through Prosody, Kamailio and the gateway while all of them are killed with -9.

    run.py [--seed N] [--minutes N] [--tcp] [--keep DIRECTORY]

Prints TAP, a line for each figure of judge.py, and what was excused as comments; docs/chaos.md explains them. --minutes asks for
more than the smallest run, --tcp lets gateway and proxy talk TCP, --keep leaves journals, logs and the ledger to be read.
"""
import argparse
import asyncio
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from dataclasses import asdict

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop"))

import ports  # noqa: E402
from journal import read_all  # noqa: E402
from judge import KILLS, KILLS_EACH, MESSAGES, Row, judge, points  # noqa: E402
from killer import Killer  # noqa: E402
from process import ProcessError  # noqa: E402
from servers import PASSWORD, Server  # noqa: E402
from world import KAMAILIO, MUCSIPD, PROSODY, World  # noqa: E402

PAIRS = 8            # of users, in each mode
CROWDS = 2           # processes per side
CHAOS_S, SLOW_S = 90, 125  # killing stops after the first if there was enough of all, after the second in any case
CALM_S = 40          # for everybody to get through, and for late outcomes
CLOCK_S = 0.002      # the ledger's times are cut to milliseconds
SEED = 3
EXTRA = """[timers]
T_proof = 5s
T_tx = 5s
[settings]
rate_session = 600
rate_msg = 100
"""


class Crowd(Server):
    """A process full of users, started and killed like a server."""
    program = "crowd.py"

    def __init__(self, directory, name, settings):
        self.name = name
        super().__init__(directory)
        self.settings = settings

    def configure(self):
        return [sys.executable, os.path.join(HERE, self.program), json.dumps(self.settings)]

    async def answers(self):
        await self.process.line_with("ready", 15)


class Chaos:
    """One run from the first start to the verdict."""

    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.journals = os.path.join(directory, "journals")
        os.makedirs(self.journals)
        self.world = World(directory, (PROSODY, KAMAILIO, MUCSIPD), "tcp" if options.tcp else "udp", EXTRA)
        self.began = time.monotonic()
        self.crowds = {}

    def tell(self, line):
        print(f"# {time.monotonic() - self.began:6.1f} {line}", flush=True)

    async def _crowd(self, side, number):
        users = [f"{side[0]}{mode}{n}" for mode in "pm" for n in range(1, PAIRS + 1) if n % CROWDS == number]
        settings = {"side": side, "users": users, "journals": self.journals}
        if side == "xmpp":
            for user in users:
                await self.world.xmpp_server.add_user(user)
            settings.update(port=self.world.xmpp_server.ports["c2s"], password=PASSWORD)
        else:
            settings.update(proxy=self.world.kamailio.remote, ports={user: ports.take() for user in users})
        return Crowd(self.directory, f"{side}-users-{number + 1}", settings)

    async def start(self):
        await self.world.start()
        for side in ("sip", "xmpp"):
            for number in range(CROWDS):
                crowd = await self._crowd(side, number)
                self.crowds[crowd.name] = crowd
                await crowd.start()
        servers = {server.name: server for server in self.world.servers()}
        users = {name: crowd.settings["users"] for name, crowd in self.crowds.items()}
        self.killer = Killer({**servers, **self.crowds}, users, self.options.seed, self.tell)

    def _sent(self):
        return sum(fact["what"] == "sent" for fact in read_all(self.journals))

    def _is_enough(self):
        went = time.monotonic() - self.began
        wanted = max(CHAOS_S, 60 * self.options.minutes)
        if went < wanted:
            return False
        return went > wanted + SLOW_S - CHAOS_S or (
            len(self.killer.kills) >= KILLS and self.killer.least() >= KILLS_EACH and self._sent() >= MESSAGES)

    async def run(self):
        await self.start()
        await self.killer.work(self._is_enough)
        self.tell(f"calm: {self._sent()} messages")
        await self._calm()
        for crowd in self.crowds.values():
            await crowd.kill()
        return await self.world.stop()

    async def _calm(self):
        """Nobody is killed any more: everybody gets through, then nobody writes, then no outcome is missing or can still come."""
        last = max(kill.back for kill in self.killer.kills)
        while time.time() < last + CALM_S:
            await asyncio.sleep(0.5)
            facts = read_all(self.journals)
            if not os.path.exists(os.path.join(self.journals, "stop")):
                if not judge(facts, self.killer.kills, {}).stuck:
                    open(os.path.join(self.journals, "stop"), "w", encoding="ascii").close()
            elif not self._is_open(facts):
                return

    @staticmethod
    def _is_open(facts):
        """Somebody still writes, or a message has no outcome yet."""
        settled = {fact["id"] for fact in facts if fact["what"] in ("told", "seen", "received")}
        done = {fact["who"] for fact in facts if fact["what"] == "done"}
        sent = [fact for fact in facts if fact["what"] == "sent"]
        return any(fact["who"] not in done for fact in sent) or any(fact["id"] not in settled for fact in sent)

    def rows(self, facts):
        """The ledger after the end, by the name of the message: the stanza's id or the Message-ID; a page was the author's latest."""
        path = os.path.join(self.world.mucsipd.directory, "state", "mucsip.db")
        with sqlite3.connect(path) as database:
            table = database.execute("SELECT id, sender, opened_ms, closed_ms, fate FROM ledger ORDER BY row").fetchall()
        sent = {}
        for fact in facts:
            if fact["what"] == "sent":
                sent.setdefault(fact["who"], []).append(fact)
        rows = {}
        for name, sender, opened, closed, fate in table:
            author = sender.partition("@")[0]
            if author.startswith("sp"):
                name = next((fact["id"] for fact in reversed(sent.get(author, ())) if fact["t"] <= opened / 1000 + CLOCK_S), name)
            rows[name] = Row(opened / 1000, None if closed is None else closed / 1000, fate)
        return rows


def report(chaos, disorder):
    """TAP; true when all is well."""
    with open(os.path.join(chaos.directory, "kills.json"), "w", encoding="utf-8") as kills:
        json.dump([asdict(kill) for kill in chaos.killer.kills], kills, indent=1)
    facts = read_all(chaos.journals)
    rows = chaos.rows(facts)
    verdict = judge(facts, chaos.killer.kills, rows)
    for group in sorted({excused[:3] for excused in verdict.excused}):
        names = [message.name for *its, message in verdict.excused if tuple(its) == group]
        print(f"# {group[0]}: {group[1]} excused by {group[2]}: {len(names)} {' '.join(names[:12])}")
    for kind, fate, message in verdict.wrong:
        print(f"# wrong: {kind}: {fate}: {message} {rows.get(message.name)}")
    unended = [name for name, row in rows.items() if row.closed is None]
    lines = [*points(verdict, victims=chaos.killer.victims), (not unended, f"rows left open: {len(unended)}"),
             (not disorder, "the gateway ends in order")]
    print(f"1..{len(lines)}")
    for number, (good, text) in enumerate(lines, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    for line in disorder:
        print("#   " + line)
    return all(good for good, _ in lines)


def directory_of(options, name="chaos"):
    """An empty directory for the run: the wanted one, one beside the logs of other tests, or a temporary one."""
    log = os.environ.get("MUCSIP_TEST_LOG")
    directory = options.keep or (os.path.join(log, name) if log else tempfile.mkdtemp(prefix="mucsip-chaos-"))
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    return directory


def run(options):
    directory = directory_of(options)
    print(f"# seed {options.seed}; journals, logs and ledger: {directory}", flush=True)
    chaos = Chaos(directory, options)
    try:
        disorder = asyncio.run(chaos.run())
    except ProcessError as error:
        print("\n# ".join(["Bail out! what was killed did not come back", *str(error).splitlines()]))
        return False
    return report(chaos, disorder)


def options_of(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--tcp", action="store_true")
    parser.add_argument("--keep")
    return parser.parse_args()


def missing_programs():
    """The exit status when something is not installed, and a word about it; else None."""
    missing = [program for program in World.programs((PROSODY, KAMAILIO, MUCSIPD)) if not shutil.which(program)]
    if not missing:
        return None
    in_ci = os.environ.get("CI") == "true"
    print(f"1..1\nnot ok 1 - needs {' '.join(missing)}" if in_ci else f"1..0 # SKIP not installed: {' '.join(missing)}")
    return 1 if in_ci else 0


def main(run_, description):
    """Runs it with the options of the command line; the exit status."""
    options, status = options_of(description), missing_programs()
    return status if status is not None else 0 if run_(options) else 1


if __name__ == "__main__":
    sys.exit(main(run, "Messages flow while everything is killed."))
