# SPDX-License-Identifier: MIT
"""Strict mode: everything received is checked, and what is wrong is collected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Violation:
    """One broken rule: its name, the clause, what was seen, and the octets."""
    rule: str
    clause: str
    detail: str
    octets: bytes = b''


class Watch:
    """Collects violations of one participant."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []

    def add(self, rule: str, clause: str, detail: str, octets: bytes = b'') -> None:
        self.violations.append(Violation(rule, clause, detail, octets))

    def sip_octets(self, raw, kind):
        pass
    def sip_sent(self, request):
        pass
    def sip_response(self, response, request):
        pass
    def sip_request(self, request, transaction):
        pass
    def sip_ack(self, ack, transaction):
        pass
    def sip_cancel(self, cancel, invite):
        pass
    def body(self, content_type, body, **context):
        pass
    def msrp_connection(self):
        return None
