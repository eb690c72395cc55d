# SPDX-License-Identifier: MIT
"""What one user saw and did, as JSON lines with monotonic time, and counters of the wire."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from typing import Callable


PATIENCE_S = 30.0  # only a wait that fails takes so long: machines may be slow


class Expired(AssertionError):
    """An awaited entry did not come before the deadline."""


class Counters:
    """Messages by protocol ('sip', 'msrp'), way ('in', 'out') and kind ('INVITE', '200 BYE')."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counter] = {}

    def add(self, protocol: str, way: str, kind: str) -> None:
        self._counts.setdefault((protocol, way), Counter())[kind] += 1

    def get(self, protocol: str, way: str, kind: str | None = None) -> int:
        counts = self._counts.get((protocol, way), Counter())
        return counts.total() if kind is None else counts[kind]

    def table(self) -> dict[str, dict[str, dict[str, int]]]:
        """{'sip': {'in': {'INVITE': 1}}} for printing and comparing."""
        table: dict = {}
        for (protocol, way), counts in sorted(self._counts.items()):
            table.setdefault(protocol, {})[way] = dict(sorted(counts.items()))
        return table


class Transcript:
    """Ordered entries {'t', 'user', 'event', ...}. `expect` takes each entry at most once."""

    def __init__(self, user: str, path: str | None = None):
        self.user = user
        self.entries: list[dict] = []
        self.listeners: list[Callable[[dict], None]] = []
        self._taken: set[int] = set()
        self._waiters: list[asyncio.Future] = []
        self._file = open(path, 'a', encoding='utf-8') if path else None

    def record(self, event: str, **fields) -> dict:
        entry = {'t': round(time.monotonic(), 6), 'user': self.user, 'event': event}
        entry |= {name: value for name, value in fields.items() if value not in (None, '')}
        self.entries.append(entry)
        if self._file:
            self._file.write(json.dumps(entry, ensure_ascii=False) + '\n')
            self._file.flush()
        for listener in self.listeners:
            listener(entry)
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
        return entry

    @staticmethod
    def _matches(entry: dict, event: str, fields: dict) -> bool:
        if entry['event'] != event:
            return False
        return all(value(entry.get(name)) if callable(value) else entry.get(name) == value
                   for name, value in fields.items())

    def select(self, event: str, **fields) -> list[dict]:
        """All entries that match; a field may be a value or a predicate. Takes nothing."""
        return [e for e in self.entries if self._matches(e, event, fields)]

    async def expect(self, event: str, timeout: float = PATIENCE_S, **fields) -> dict:
        """The first entry not yet taken that matches, waiting for it if need be."""
        deadline = time.monotonic() + timeout
        while True:
            for index, entry in enumerate(self.entries):
                if index not in self._taken and self._matches(entry, event, fields):
                    self._taken.add(index)
                    return entry
            left = deadline - time.monotonic()
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            if left <= 0 or not (await asyncio.wait([waiter], timeout=left))[0]:
                raise Expired(f'{self.user} waited {timeout} s for {event} {fields}; saw\n'
                              + '\n'.join(f'  {e}' for e in self.entries))

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
