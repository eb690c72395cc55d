# SPDX-License-Identifier: MIT
"""SIP dialogs (RFC 3261 section 12): identifiers, sequence numbers, route set, remote target."""

from __future__ import annotations

import secrets

from .message import NameAddr, SipMessage


class Dialog:
    """One side of a dialog. `local` and `remote` are the From/To values without a tag."""

    def __init__(self, call_id: str, local: NameAddr, remote: NameAddr, contact: str):
        self.call_id, self.contact = call_id, contact
        self.local, self.remote = local, remote
        self.local_seq = secrets.randbelow(10000) + 1
        self.remote_seq: int | None = None
        self.remote_target = remote.uri
        self.route_set: list[str] = []
        self.confirmed = False

    @property
    def key(self) -> tuple[str, str, str]:
        return self.call_id, self.local.tag or '', self.remote.tag or ''

    @classmethod
    def from_uac(cls, request: SipMessage, response: SipMessage) -> Dialog:
        """Section 12.1.2: the dialog a response makes at the side that sent the request."""
        dialog = cls(request.call_id, request.from_, response.to, request.get('Contact', ''))
        dialog.local_seq = request.cseq[0]
        dialog.route_set = list(reversed(response.all('Record-Route')))
        dialog.retarget(response)
        dialog.confirmed = 200 <= response.status < 300
        return dialog

    @classmethod
    def from_uas(cls, request: SipMessage, to_tag: str, contact: str) -> Dialog:
        """Section 12.1.1: the dialog at the side that answers the request."""
        local = request.to
        local.params['tag'] = to_tag
        dialog = cls(request.call_id, local, request.from_, contact)
        dialog.remote_seq = request.cseq[0]
        dialog.route_set = request.all('Record-Route')
        dialog.retarget(request)
        return dialog

    def retarget(self, message: SipMessage) -> None:
        """Target refresh (section 12.2): the Contact of INVITE, SUBSCRIBE, NOTIFY and their 2xx."""
        if message.contact:
            self.remote_target = message.contact.uri

    def request(self, method: str, cseq: int | None = None) -> SipMessage:
        """A request inside the dialog (section 12.2.1.1). ACK and CANCEL pass their number."""
        if cseq is None:
            self.local_seq += 1
            cseq = self.local_seq
        message = SipMessage(method, self.remote_target)
        for route in self.route_set:
            message.add('Route', route)
        message.add('Max-Forwards', 70)
        message.add('From', self.local)
        message.add('To', self.remote)
        message.add('Call-ID', self.call_id)
        message.add('CSeq', f'{cseq} {method}')
        if method in ('INVITE', 'SUBSCRIBE', 'NOTIFY'):
            message.add('Contact', self.contact)
        return message
