# SPDX-License-Identifier: MIT
"""What one client saw and did, in order: the only witness these tests believe.

Each entry is a dict with `n` (its number), `at` (milliseconds since the transcript began), `way` ("in" or "out"), `kind` and
the fields of that kind. Entries are also written as JSON lines while the run goes on, so that a failed run can be read.
"""
import asyncio
import json
import time

LINE = 300
PATIENCE_S = 30  # only a wait that fails takes so long: machines may be slow


class NotSeen(AssertionError):
    """Something expected did not come before its deadline."""


class Transcript:
    """The entries of one client, and waiting for one to come."""

    def __init__(self, owner, path=None):
        self.owner = owner
        self.entries = []
        self.began = time.monotonic()
        self._file = open(path, "a", encoding="utf-8") if path else None
        self._waiting = []
        self.listeners = []  # each is called with every entry

    def add(self, way, kind, **fields):
        entry = {"n": len(self.entries), "at": round((time.monotonic() - self.began) * 1000), "way": way, "kind": kind,
                 **fields}
        self.entries.append(entry)
        if self._file:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
        for listener in self.listeners:
            listener(entry)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()
        return entry

    def mark(self):
        """The number of the next entry: pass it as `after` to look only at what comes from now on."""
        return len(self.entries)

    def all(self, kind, after=0, **fields):
        """Every incoming entry of this kind whose fields are as given; a callable field is a test of the value."""
        return [entry for entry in self.entries[after:] if entry["way"] == "in" and entry["kind"] == kind
                and all(_fits(entry.get(name), wanted) for name, wanted in fields.items())]

    async def seen(self, kind, within=PATIENCE_S, after=0, **fields):
        """The first such entry, waited for at most `within` seconds."""
        deadline = time.monotonic() + within
        while True:
            found = self.all(kind, after, **fields)
            if found:
                return found[0]
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                await asyncio.wait_for(future, deadline - time.monotonic())
            except asyncio.TimeoutError:
                raise NotSeen(f"{self.owner} did not see {kind} {fields} in {within} s; saw\n{self.text(after)}") from None

    def never(self, kind, after=0, **fields):
        """Fails if such an entry is there. Means something only behind an entry that must come later."""
        found = self.all(kind, after, **fields)
        if found:
            raise AssertionError(f"{self.owner} saw what it must not see: {found[0]}")

    def text(self, after=0, count=20):
        lines = [json.dumps(entry, ensure_ascii=False) for entry in self.entries[after:][-count:]]
        return "\n".join("    " + (line if len(line) < LINE else line[:LINE] + "...") for line in lines)

    def close(self):
        if self._file:
            self._file.close()
            self._file = None


def _fits(value, wanted):
    return wanted(value) if callable(wanted) else value == wanted
