# SPDX-License-Identifier: MIT
"""What a peer did against the rules: a list of sentences, each with the clause that it breaks."""


class Findings:
    """The findings of one focus. `excuse` takes the beginnings of sentences that a story brings about on purpose."""

    def __init__(self):
        self.all = []
        self._excused = ()

    def add(self, what, clause, octets=""):
        shown = octets.decode("utf-8", "replace") if isinstance(octets, bytes) else str(octets)
        self.all.append(f"{what} [{clause}]" + (f": {shown[:400]!r}" if shown else ""))

    def check(self, holds, what, clause, octets=""):
        """Adds a finding unless `holds`; returns whether it does."""
        if not holds:
            self.add(what, clause, octets)
        return bool(holds)

    def excuse(self, *beginnings):
        self._excused += beginnings

    def left(self):
        """Those that nobody excused."""
        return [finding for finding in self.all if not finding.startswith(self._excused or ("\0",))]
