# SPDX-License-Identifier: MIT
"""Strict SIP between messages: transactions, dialogs, offers and answers of one participant
(RFC 3261 sections 8, 9, 12 to 17; RFC 3264 section 8; RFC 4579)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator

from .message import NameAddr, ParseError, SipMessage

Found = Iterator[tuple[str, str, str]]


@dataclass
class Call:
    """What is known about one Call-ID."""
    local_tags: set[str] = field(default_factory=set)
    remote_tags: set[str] = field(default_factory=set)
    last_seq: dict[str, int] = field(default_factory=dict)   # by the peer's tag
    inviting: str = ''                                       # branch of the peer's open INVITE
    refused: int = 0                                         # CSeq of the peer's INVITE refused last
    focus: str = ''                                          # the conference URI of the peer
    sdp: tuple[list[str], bytes] | None = None               # the peer's o= fields, and all


class Dialogs:
    """The conversation as far as the rules need to remember it."""

    def __init__(self) -> None:
        self.contact = ''                       # the own Contact URI
        self.calls: dict[str, Call] = {}
        self._sent: dict[tuple[str, str], SipMessage] = {}
        self._finals: dict[tuple[str, str], int] = {}
        self._received: dict[tuple[str, str], bytes] = {}

    def call(self, call_id: str) -> Call:
        return self.calls.setdefault(call_id, Call())

    # What this side says, to remember.

    def sent(self, request: SipMessage) -> None:
        self.call(request.call_id).local_tags.add(request.from_.tag or '')
        self._sent[request.via.branch, request.method] = request

    def answered(self, response: SipMessage) -> None:
        call = self.call(response.call_id)
        call.local_tags.add(response.to.tag or '')
        call.remote_tags.add(response.from_.tag or '')
        if response.cseq[1] == 'INVITE' and response.status >= 300:
            call.refused = response.cseq[0]

    # What the other side says, to judge.

    def response(self, response: SipMessage) -> Found:
        key = response.via.branch, response.cseq[1]
        request = self._sent.get(key)
        if request is None:
            yield 'sip.response-unmatched', 'RFC 3261 17.1.3', f'branch {key[0]}'
            return
        yield from _echo(request, response)
        known = self._finals.get(key)
        if response.status >= 200:
            if known and known != response.status:
                yield 'sip.second-final', 'RFC 3261 17.2', f'{response.status} after {known}'
            self._finals[key] = response.status
        elif known:
            yield 'sip.provisional-late', 'RFC 3261 17.2', f'{response.status} after {known}'
        call = self.call(response.call_id)
        if response.to.tag:
            call.remote_tags.add(response.to.tag)
        if response.cseq[1] == 'INVITE' and 200 <= response.status < 300 and not known:
            yield from self._focus(call, response)
            yield from self._sdp(call, response)
        yield from _granted(request, response)

    def request(self, request: SipMessage, transport: str) -> Found:
        key = request.via.branch, request.method
        known = self._received.get(key)
        if known is not None:
            if known != request.raw:
                yield 'sip.retransmission', 'RFC 3261 17.1', 'a retransmission differs'
            elif transport == 'tcp':
                yield 'sip.retransmission', 'RFC 3261 17.1.1.2', 'retransmitted on TCP'
            return
        self._received[key] = request.raw
        if request.method in ('ACK', 'CANCEL'):
            return
        call = self.calls.get(request.call_id)
        inside = request.to.tag is not None
        if inside:
            yield from self._inside(request, call)
        elif (call and request.method == 'INVITE' and call.last_seq
              and not _repeats(request, call)):
            yield 'sip.call-id-reuse', 'RFC 3261 8.1.1.4', request.call_id
        call = self.call(request.call_id)
        yield from _sequence(request, call, inside)
        call.remote_tags.add(request.from_.tag or '')
        if request.method == 'INVITE':
            if call.inviting:
                yield 'sip.invite-pending', 'RFC 3261 14.1', 'an INVITE while another is open'
            call.inviting = request.via.branch
            yield from self._focus(call, request)
            yield from self._sdp(call, request)

    def _inside(self, request: SipMessage, call: Call | None) -> Found:
        if call is None or request.to.tag not in call.local_tags:
            yield 'sip.no-dialog', 'RFC 3261 12.2', f'{request.method} for an unknown dialog'
            return
        if request.from_.tag not in call.remote_tags and request.method != 'NOTIFY':
            yield 'sip.dialog-tag', 'RFC 3261 12.2.1.1', f'From tag {request.from_.tag}'
        if self.contact and request.uri != self.contact:
            yield 'sip.remote-target', 'RFC 3261 12.2.1.1', f'{request.uri} is not {self.contact}'

    @staticmethod
    def _focus(call: Call, message: SipMessage) -> Found:
        """Once a focus, always a focus, and with the same conference URI (RFC 4579 4.2)."""
        if message.is_focus:
            if call.focus and call.focus != message.contact.uri:
                yield 'sip.focus-uri', 'RFC 4579 4.2', f'{message.contact.uri}, was {call.focus}'
            call.focus = message.contact.uri
        elif call.focus:
            yield 'sip.isfocus-lost', 'RFC 4579 4.2', 'Contact of a focus without isfocus'

    @staticmethod
    def _sdp(call: Call, message: SipMessage) -> Found:
        """RFC 3264 section 8: the o= line; RFC 4975 section 8.4: unchanged when all is."""
        if message.content_type != 'application/sdp' or not message.body:
            return
        origin = next((line[2:].split() for line in message.body.decode('utf-8', 'replace')
                       .splitlines() if line.startswith('o=')), [])
        before, call.sdp = call.sdp, (origin, message.body)
        if before is None or len(origin) != 6 or len(before[0]) != 6:
            return
        if origin[:2] + origin[3:] != before[0][:2] + before[0][3:]:
            yield 'sdp.origin', 'RFC 3264 8', f'{origin} was {before[0]}'
            return
        step = int(origin[2]) - int(before[0][2])
        if step != (message.body != before[1]):
            changed = 'changed' if message.body != before[1] else 'unchanged'
            yield 'sdp.version', 'RFC 3264 8, RFC 4975 8.4', f'version +{step}, text {changed}'

    def ack(self, ack: SipMessage, invite: SipMessage | None, status: int) -> Found:
        """`invite` and `status` are of the transaction that the ACK belongs to."""
        if invite is None:
            yield 'sip.ack-unmatched', 'RFC 3261 17.2.3', f'Call-ID {ack.call_id}'
            return
        call = self.call(ack.call_id)
        if call.inviting == invite.via.branch:
            call.inviting = ''
        if ack.cseq[0] != invite.cseq[0]:
            yield 'sip.ack-cseq', 'RFC 3261 13.2.2.4, 17.1.1.3', f'{ack.cseq[0]}'
        if ack.from_.tag != invite.from_.tag:
            yield 'sip.ack-from', 'RFC 3261 13.2.2.4, 17.1.1.3', f'{ack.get("From")}'
        if ack.to.tag not in call.local_tags:
            yield 'sip.ack-to', 'RFC 3261 13.2.2.4, 17.1.1.3', f'{ack.get("To")}'
        same_branch = ack.via.branch == invite.via.branch
        if status < 300 and same_branch:
            yield 'sip.ack-branch', 'RFC 3261 17.1.1.3', 'the ACK of a 2xx is its own transaction'
        if status < 300 and self.contact and ack.uri != self.contact:
            yield 'sip.remote-target', 'RFC 3261 12.2.1.1', f'{ack.uri} is not {self.contact}'
        if status >= 300 and not same_branch:
            yield 'sip.ack-branch', 'RFC 3261 17.1.1.3', f'{ack.via.branch}'
        if status >= 300 and ack.uri != invite.uri:
            yield 'sip.ack-uri', 'RFC 3261 17.1.1.3', ack.uri

    def cancel(self, cancel: SipMessage, invite: SipMessage | None, answered: bool) -> Found:
        """`answered`: some response, provisional at least, had been sent."""
        if invite is None:
            yield 'sip.cancel-unmatched', 'RFC 3261 9.1', f'branch {cancel.via.branch}'
            return
        if not answered:
            yield 'sip.cancel-early', 'RFC 3261 9.1', 'CANCEL before any provisional response'
        same = ('uri', 'call_id')
        if any(getattr(cancel, n) != getattr(invite, n) for n in same) or any(
                cancel.get(n) != invite.get(n) for n in ('From', 'To')) or (
                cancel.cseq[0] != invite.cseq[0]):
            yield 'sip.cancel-fields', 'RFC 3261 9.1', 'differs from its INVITE'
        if cancel.all('Require') or cancel.all('Proxy-Require'):
            yield 'sip.cancel-require', 'RFC 3261 9.1', 'Require in CANCEL'


def _address(text: str) -> tuple[str, str, str | None]:
    address = NameAddr.parse(text)
    return address.display, address.uri, address.tag


def _repeats(request: SipMessage, call: Call) -> bool:
    """RFC 3261 section 8.1.3.5: after a refusal, the same Call-ID and From, the next CSeq."""
    return (request.from_.tag in call.remote_tags and call.refused > 0
            and request.cseq[0] == call.refused + 1)


def _echo(request: SipMessage, response: SipMessage) -> Found:
    """Section 8.2.6.2: what a response copies."""
    if _address(response.get('From', '')) != _address(request.get('From', '')):
        yield 'sip.response-from', 'RFC 3261 8.2.6.2', response.get('From', '')
    to, wanted = _address(response.get('To', '')), _address(request.get('To', ''))
    if to[:2] != wanted[:2] or (wanted[2] and to[2] != wanted[2]):
        yield 'sip.response-to', 'RFC 3261 8.2.6.2', response.get('To', '')
    for name in ('Call-ID', 'CSeq'):
        if response.get(name) != request.get(name):
            yield 'sip.response-echo', 'RFC 3261 8.2.6.2', f'{name}: {response.get(name)}'
    if len(response.all('Via')) != 1:
        yield 'sip.response-via', 'RFC 3261 8.1.3.3', f'{len(response.all("Via"))} Via values'
        return
    try:
        via, own = response.via, request.via
    except ParseError as error:
        yield 'sip.response-via', 'RFC 3261 8.2.6.2', str(error)
        return
    if (via.host, via.port, via.transport) != (own.host, own.port, own.transport):
        yield 'sip.response-via', 'RFC 3261 8.2.6.2', response.get('Via', '')


def _granted(request: SipMessage, response: SipMessage) -> Found:
    """A subscription may be shortened, never lengthened (RFC 6665 section 4.2.1.1)."""
    if request.method == 'SUBSCRIBE' and 200 <= response.status < 300:
        wish, granted = request.get('Expires', '3600'), response.get('Expires', '0')
        if granted.isdigit() and int(granted) > int(wish):
            yield 'sip.expires-longer', 'RFC 6665 4.2.1.1', f'{granted} for {wish}'


def _sequence(request: SipMessage, call: Call, inside: bool) -> Found:
    """Section 12.2.1.1: the peer's numbers in a dialog grow by exactly one."""
    tag, number = request.from_.tag or '', request.cseq[0]
    last = call.last_seq.get(tag)
    if inside and last is not None and number != last + 1:
        yield 'sip.cseq-order', 'RFC 3261 12.2.1.1', f'{number} after {last}'
    call.last_seq[tag] = max(number, last or 0)
