# SPDX-License-Identifier: MIT
"""What all users of the chaos test share: a journal, a partner, and one message after the other.

A user is called by side, mode and number (`xp3`: XMPP, page mode, the third), its partner on the other side likewise (`sp3`); the
n-th message of xp3 is `xp3.n` and carries that in brackets. The next message waits for the outcome of the one before: its author
was told, or the partner's journal shows it; after a deadline the author goes on, and what comes later is still written down.
"""
import asyncio
import os
import random
import re

from journal import Journal, read

SIDES = {"x": "s", "s": "x"}
MODES = {"p": "page", "m": "msrp"}
MARK = re.compile(r"\[([xs][pm]\d+\.\d+)\]")
OUTCOME_S = 15
PAUSE_S = (0.25, 0.75)
WORDS = "But, soft! what light through yonder window breaks?"


def partner_of(who):
    return SIDES[who[0]] + who[1:]


def marked(text):
    """The message that a text carries, or None."""
    match = MARK.search(text or "")
    return match[1] if match else None


class User:
    """One user; subclasses know how to sign in, how to send one message and what they receive."""

    def __init__(self, who, directory):
        self.who, self.partner = who, partner_of(who)
        self.mode = MODES[who[1]]
        self.journal = Journal(directory, who)
        earlier = read(self.journal.path)
        self.wires = {fact["wire"] for fact in earlier if fact["what"] == "received"}
        self._count = sum(fact["what"] == "sent" for fact in earlier)
        self._stop = os.path.join(directory, "stop")
        self._waiting = {}  # message: the future that its outcome settles
        self._chance = random.Random(f"{who}.{self._count}")
        self.journal.note("began")

    # Outcomes.

    def told(self, message, good, why):
        """The author hears from the network what became of a message; any number of times."""
        self.journal.note("told", id=message, good=good, why=str(why))
        self._settle(message)

    def hear(self, fact):
        """News from the partner's journal."""
        if fact["what"] == "received" and fact["id"] in self._waiting:
            self.journal.note("seen", id=fact["id"])
            self._settle(fact["id"])

    def received(self, message, wire, **fields):
        """To be called before the network hears that it arrived; `wire` is the name it had there."""
        self.journal.note("received", id=message, wire=wire, **fields)

    def _settle(self, message):
        future = self._waiting.get(message)
        if future and not future.done():
            future.set_result(None)

    def is_settled(self, message):
        return self._waiting[message].done()

    async def outcome(self, message, within=OUTCOME_S):
        """Waits until the outcome is known; False when it is not in time."""
        done, _ = await asyncio.wait([self._waiting[message]], timeout=within)
        return bool(done)

    # Life.

    @property
    def is_over(self):
        return os.path.exists(self._stop)

    async def write(self):
        """Writes message after message until the test is over."""
        await asyncio.sleep(self._chance.uniform(0, 1))
        while not self.is_over:
            self._count += 1
            message = f"{self.who}.{self._count}"
            self._waiting = {message: asyncio.get_running_loop().create_future()}
            self.journal.note("sent", id=message)
            await self.send(message, f"[{message}] {WORDS}")
            if not self.is_settled(message):
                self.journal.note("gave-up", id=message)
            await asyncio.sleep(self._chance.uniform(*PAUSE_S))
        self.journal.note("done")

    async def send(self, message, text):
        """Sends one message and returns when its outcome is known or no longer waited for."""
        raise NotImplementedError

    async def live(self):
        """Signs in, stays signed in, and writes."""
        raise NotImplementedError
