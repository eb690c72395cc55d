# SPDX-License-Identifier: MIT
"""Strict mode: every octet that a participant receives is judged, and what is wrong is kept.

The rules stand in strict_sip.py (one message), strict_dialog.py (between messages), strict_msrp.py
(one frame), strict_talk.py (between frames), strict_sdp.py and strict_body.py. `waived` holds names
of rules that a test does not want to hear about; nothing else is ever left out."""

from __future__ import annotations

from typing import Callable

from .finding import Finding
from .message import SipMessage
from .msrp import Frame
from .strict_body import check_conference, check_cpim
from .strict_dialog import Dialogs
from .strict_msrp import check_msrp
from .strict_sdp import check_sdp
from .strict_sip import check_sip
from .strict_talk import Talk
from .transaction import ServerTransaction


class Watch:
    """Judges what one participant receives. `violations` is empty as long as all is well.

    `between` False leaves out all rules between messages: for worlds in which peers die and forget."""

    def __init__(self, between: bool = True) -> None:
        self.between = between
        self.violations: list[Finding] = []
        self.waived: set[str] = set()
        self.listeners: list[Callable[[Finding], None]] = []
        self.dialogs = Dialogs()

    def add(self, finding: Finding) -> None:
        if finding.rule not in self.waived:
            self.violations.append(finding)
            for listener in self.listeners:
                listener(finding)

    def note(self, rule: str, clause: str, detail: str, octets: bytes = b'') -> None:
        """A rule that only the one who holds the session or subscription can judge."""
        if self.between:
            self.add(Finding(rule, clause, detail, octets))

    def _all(self, found, octets: bytes) -> None:
        for rule, clause, detail in found:
            self.note(rule, clause, detail, octets)

    # SIP, called by the stack.

    def sip_octets(self, raw: bytes, transport: str) -> None:
        for finding in check_sip(raw, transport):
            finding.octets = raw
            self.add(finding)

    def sip_sent(self, request: SipMessage) -> None:
        self.dialogs.sent(request)

    def sip_answered(self, response: SipMessage) -> None:
        self.dialogs.answered(response)

    def sip_response(self, response: SipMessage) -> None:
        self._all(self.dialogs.response(response), response.raw)

    def sip_request(self, request: SipMessage, transport: str) -> None:
        self._all(self.dialogs.request(request, transport), request.raw)

    def sip_ack(self, ack: SipMessage, transaction: ServerTransaction | None) -> None:
        invite = transaction.request if transaction else None
        status = transaction.last.status if transaction and transaction.last else 0
        self._all(self.dialogs.ack(ack, invite, status), ack.raw)

    def sip_cancel(self, cancel: SipMessage, transaction: ServerTransaction | None) -> None:
        invite = transaction.request if transaction else None
        answered = bool(transaction and transaction.last)
        self._all(self.dialogs.cancel(cancel, invite, answered), cancel.raw)

    # MSRP, called by connections.

    def msrp_connection(self, accepted: bool) -> MsrpWatch:
        return MsrpWatch(self, accepted)

    # Bodies, called by the participant.

    def sdp(self, body: bytes, *, focus: bool, answer: bool) -> None:
        for finding in check_sdp(body, focus=focus, answer=answer):
            self.add(finding)

    def cpim(self, octets: bytes, *, room: bool) -> None:
        for finding in check_cpim(octets, room=room):
            self.add(finding)

    def conference(self, octets: bytes) -> None:
        for finding in check_conference(octets):
            self.add(finding)


class MsrpWatch:
    """Judges one MSRP connection; the own frames are seen to judge the answers to them."""

    def __init__(self, watch: Watch, accepted: bool):
        self._watch = watch
        self._talk = Talk(self._found, opener='in' if accepted else 'out')

    def _found(self, way: str, finding: Finding) -> None:
        if way == 'in' and self._watch.between:
            self._watch.add(finding)

    def sent(self, frame: Frame) -> None:
        self._talk.see('out', 'in', frame.encode())

    def received(self, raw: bytes) -> None:
        for finding in check_msrp(raw):
            finding.octets = raw
            self._watch.add(finding)
        self._talk.see('in', 'out', raw)

    def garbage(self, text: str, octets: bytes) -> None:
        self._watch.note('msrp.frame', 'RFC 4975 9', text, octets)
