# SPDX-License-Identifier: MIT
"""One broken rule, as the strict checks report it."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 400  # octets of the offending message that a printed finding shows


@dataclass
class Finding:
    """The rule's name, its clause, what was seen, and the octets it was seen in."""
    rule: str
    clause: str
    detail: str
    octets: bytes = b''

    def __str__(self) -> str:
        shown = f' in {self.octets[:SHOWN]!r}' if self.octets else ''
        return f'{self.rule} ({self.clause}): {self.detail}{shown}'
