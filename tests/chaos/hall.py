#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The conference of the chaos test in rooms: a focus with Paul in it, who talks: hall.py '{...}', written by rooms.py.

It can be killed at any time; started again, it knows nobody but Paul, as a focus does that keeps nothing. What it sees and what he
says stands in his journal.
"""
import asyncio
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop"))

from focus.focus import Focus  # noqa: E402
from journal import Journal, read  # noqa: E402
from room_people import FIRST_OF_PAUL, NATIVE, PAUSES  # noqa: E402
from talkers import SPOKEN, WORDS  # noqa: E402

FACTS = ("arrived", "msrp_lost", "bye", "bye_answered")


class Hall:
    """One life of the focus."""

    def __init__(self, settings):
        self.stop = os.path.join(settings["journals"], "stop")
        self.journal = Journal(settings["journals"], NATIVE)
        self.count = sum(fact["what"] == "sent" for fact in read(self.journal.path))
        self.focus = Focus(settings["domain"], settings["port"], tuple(settings["outbound"]), transport=settings["transport"])
        self.focus.transcript.listeners.append(self._on_entry)
        self.room = self.focus.conference(settings["room"], subject="Plan B")
        self.paul = self.room.native(NATIVE)
        self.chance = random.Random(f"{NATIVE}.{self.count}")

    def _on_entry(self, entry):
        if entry["kind"] in FACTS:
            self.journal.note(entry["kind"], leg=entry["leg"])
        elif entry["kind"] == "said" and entry["status"] == 200:
            spoken = SPOKEN.match(entry["text"])
            self.journal.note("heard", number=int(spoken[1]), nick=entry["name"])

    def say_one(self):
        number = FIRST_OF_PAUL + self.count
        self.count += 1
        self.journal.note("sent", number=number)
        line = self.paul.say(f"#{number:04d} {self.chance.choice(WORDS)}")
        self.focus.agent.spawn(line)  # not waited for: a copy to a leg that died gets no answer for long

    async def live(self):
        await self.focus.start()
        self.journal.note("began")
        print("ready", flush=True)
        while not os.path.exists(self.stop):
            await asyncio.sleep(self.chance.uniform(*PAUSES))
            self.say_one()
        self.journal.note("done")
        await asyncio.Event().wait()  # until it is killed: whoever is inside has still to leave


if __name__ == "__main__":
    asyncio.run(Hall(json.loads(sys.argv[1])).live())
