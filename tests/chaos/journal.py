# SPDX-License-Identifier: MIT
"""The journals of the chaos test: what each user did and saw, one line per fact, on disk before it has any consequence.

A line is one write() to a file opened for appending, so it outlives a kill -9 of its writer at once. Each fact has `t` (seconds
of the wall clock, which the ledger uses too), `who` and `what`; the kinds of facts are listed in docs/chaos.md.
"""
import asyncio
import json
import os
import time

LOOK_S = 0.03


class Journal:
    """The journal of one user; `who` is the user's name and that of the file."""

    def __init__(self, directory, who):
        self.who = who
        self.path = os.path.join(directory, who + ".jsonl")
        self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def note(self, what, **fields):
        fact = {"t": round(time.time(), 4), "who": self.who, "what": what, **fields}
        os.write(self._handle, (json.dumps(fact) + "\n").encode())


def _facts(lines):
    return [json.loads(line) for line in lines if line.strip()]


def read(path):
    """Every fact of one journal; none when it does not exist yet."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        return _facts(lines)


def read_all(directory):
    """Every fact of every journal, in the order of time."""
    names = sorted(name for name in os.listdir(directory) if name.endswith(".jsonl"))
    return sorted((fact for name in names for fact in read(os.path.join(directory, name))), key=lambda fact: fact["t"])


class Tail:
    """The facts that somebody else's journal gains, as they come."""

    def __init__(self, directory, who):
        self._path = os.path.join(directory, who + ".jsonl")
        self._offset = 0
        self._rest = b""

    def news(self):
        if not os.path.exists(self._path) or os.path.getsize(self._path) == self._offset:
            return []
        with open(self._path, "rb") as journal:
            journal.seek(self._offset)
            added = journal.read()
        self._offset += len(added)
        *lines, self._rest = (self._rest + added).split(b"\n")
        return _facts(line.decode() for line in lines)


async def follow(tails, hear):
    """Calls hear(fact) for all news of all tails, for ever."""
    while True:
        for tail in tails:
            for fact in tail.news():
                hear(fact)
        await asyncio.sleep(LOOK_S)
