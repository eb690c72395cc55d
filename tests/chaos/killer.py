# SPDX-License-Identifier: MIT
"""Kills servers and crowds with -9 in a seeded order and starts them again, some while others are still down."""
import asyncio
import random
import time
from collections import Counter

from judge import Kill

GAP_S = (2.0, 4.5)   # between two kills
DOWN_S = (0.1, 1.5)  # until the victim is started again
FREEZE_S = (0, 0.4)  # for which it stands still first, so that much is in flight
GASP_S = (0, 0.01)   # in which it works on that before it dies
WEIGHTS = {"mucsipd": 3, "prosody": 2, "kamailio": 2}  # everything else: 1


class Killer:
    """`victims` are servers by name, `users` the users of those that are crowds."""

    def __init__(self, victims, users, seed, tell, gap_s=GAP_S):
        self.victims, self.users, self.tell, self.gap_s = victims, users, tell, gap_s
        self.kills = []
        self._chance = random.Random(seed)
        self._bag = []
        self._returning = {}

    def _draw(self):
        """The next victim: from a bag that holds each as often as its weight, so that none is forgotten."""
        if not self._bag:
            self._bag = [name for name in self.victims for _ in range(WEIGHTS.get(name, 1))]
            self._chance.shuffle(self._bag)
        return self._bag.pop()

    async def work(self, is_enough):
        """Kills until is_enough(); returns when everybody is back."""
        while not is_enough():
            await asyncio.sleep(self._chance.uniform(*self.gap_s))
            name, down_s = self._draw(), self._chance.uniform(*DOWN_S)
            await self._back(name)
            await self._choke(self.victims[name].process)
            await self.kill(name, down_s)
        await self.all_back()

    async def _choke(self, process):
        process.freeze()
        await asyncio.sleep(self._chance.uniform(*FREEZE_S))
        process.thaw()
        await asyncio.sleep(self._chance.uniform(*GASP_S))

    async def kill(self, name, down_s):
        at = time.time()
        await self.victims[name].kill()
        kill = Kill(name, at, time.time(), float("inf"), tuple(self.users.get(name, ())))
        self.kills.append(kill)
        self.tell(f"kill {len(self.kills)}: {name}")
        self._returning[name] = asyncio.ensure_future(self._revive(name, kill, down_s))

    async def _revive(self, name, kill, down_s):
        await asyncio.sleep(down_s)
        await self.victims[name].start()
        kill.back = time.time()

    async def _back(self, name):
        if name in self._returning:
            await self._returning.pop(name)

    def least(self):
        """How often whoever was killed least was killed."""
        counts = Counter(kill.victim for kill in self.kills)
        return min(counts[name] for name in self.victims)

    async def all_back(self):
        for name in list(self._returning):
            await self._back(name)
