# SPDX-License-Identifier: MIT
"""The SIP stack of a participant: transports below, transactions inside, one handler above.

It sends requests where RFC 3261 section 8.1.2 and 12.2.1.1 say (route set, outbound proxy,
remote target), matches responses and requests to transactions (section 17.1.3, 17.2.3), and
shows every octet received to the watch."""

from __future__ import annotations

import ipaddress
from typing import Callable

from .message import NameAddr, ParseError, SipMessage, SipUri, token
from .transaction import ClientTransaction, ServerTransaction, Timers
from .transport import Flow, Transports

MAX_UDP_REQUEST = 1300  # RFC 3261 section 18.1.1


class Target:
    """Where to send: 'udp:127.0.0.1:5070'."""

    def __init__(self, kind: str, host: str, port: int):
        self.kind, self.host, self.port = kind, host, port

    @classmethod
    def parse(cls, text: str) -> Target:
        kind, _, rest = text.partition(':')
        host, _, port = rest.rpartition(':')
        if kind not in ('udp', 'tcp') or not host or not port.isdigit():
            raise ValueError(f'not a target like udp:127.0.0.1:5060: {text!r}')
        return cls(kind, host, int(port))

    def __str__(self) -> str:
        return f'{self.kind}:{self.host}:{self.port}'


class SipStack:
    """Transactions over transports. The owner sets `on_request` and `on_ack`."""

    def __init__(self, watch=None, counters=None, timers: Timers | None = None):
        self.timers = timers or Timers()
        self.watch, self.counters = watch, counters
        self.on_request: Callable[[ServerTransaction], None] = lambda tx: tx.reply(501)
        self.on_ack: Callable[[SipMessage], None] = lambda ack: None
        self.outbound: Target | None = None
        self.hosts: dict[str, tuple[str, int]] = {}
        self.transports = Transports(self._deliver)
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[tuple[str, str, str], ServerTransaction] = {}
        self._acks: dict[tuple[str, int, str], tuple[bytes, Flow]] = {}

    @property
    def local(self) -> tuple[str, int]:
        return self.transports.local

    async def open(self, host: str, port: int = 0) -> None:
        await self.transports.open(host, port)

    async def close(self) -> None:
        for transaction in [*self._clients.values(), *self._servers.values()]:
            transaction.end()
        await self.transports.close()

    @staticmethod
    def new_tag() -> str:
        return token(64)

    # Sending.

    def target_of(self, request: SipMessage) -> Target:
        """The next hop: first Route, then a reachable Request-URI inside a dialog, then the
        outbound proxy, then the Request-URI."""
        routes = request.all('Route')
        if routes:
            return self._uri_target(NameAddr.parse(routes[0]).uri)
        inside = request.to.tag is not None
        if self.outbound and not (inside and self._reachable(request.uri)):
            return self.outbound
        return self._uri_target(request.uri)

    def _reachable(self, uri: str) -> bool:
        host = SipUri.parse(uri).host
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host in self.hosts or host == 'localhost'
        return True

    def _uri_target(self, uri: str) -> Target:
        parsed = SipUri.parse(uri)
        kind = (parsed.params.get('transport') or 'udp').lower()
        host, port = self.hosts.get(parsed.host, (parsed.host, parsed.port or 5060))
        return Target(kind if kind in ('udp', 'tcp') else 'udp', host, parsed.port or port)

    async def _flow_for(self, request: SipMessage) -> Flow:
        target = self.target_of(request)
        # The Via still to come is about 100 octets.
        if target.kind == 'udp' and len(request.encode()) + 100 > MAX_UDP_REQUEST:
            try:
                return await self.transports.flow_to('tcp', target.host, target.port)
            except OSError:
                pass  # section 18.1.1: fall back to UDP when TCP is refused
        return await self.transports.flow_to(target.kind, target.host, target.port)

    def _add_via(self, request: SipMessage, flow: Flow) -> None:
        host, port = self.local
        request.insert_via(f'SIP/2.0/{flow.kind.upper()} {host}:{port}'
                           f';branch=z9hG4bK{token()};rport')

    async def send(self, request: SipMessage) -> ClientTransaction:
        """Sends a request in a new client transaction."""
        try:
            flow = await self._flow_for(request)
        except (OSError, ParseError):
            flow = None
        if flow is None:
            flow = await self.transports.flow_to('udp', *self.local)
            self._add_via(request, flow)
            transaction = ClientTransaction(self, request, flow)
            transaction.fail_transport()
            return transaction
        self._add_via(request, flow)
        return self._start(request, flow)

    def _start(self, request: SipMessage, flow: Flow) -> ClientTransaction:
        transaction = ClientTransaction(self, request, flow)
        self._clients[transaction.branch, request.method] = transaction
        if self.watch:
            self.watch.sip_sent(request)
        transaction.start()
        return transaction

    async def send_ack(self, ack: SipMessage) -> None:
        """The ACK of a 2xx: no transaction, kept to answer repeated 2xx (section 13.2.2.4)."""
        flow = await self._flow_for(ack)
        self._add_via(ack, flow)
        octets = ack.encode()
        self._acks[ack.call_id, ack.cseq[0], ack.to.tag or ''] = octets, flow
        self.transmit(octets, flow, 'ACK')

    def repeat_ack(self, response: SipMessage) -> None:
        """A 2xx came again: its ACK goes out again."""
        kept = self._acks.get((response.call_id, response.cseq[0], response.to.tag or ''))
        if kept:
            self.transmit(*kept, 'ACK')

    def cancel(self, invite: ClientTransaction) -> ClientTransaction:
        """CANCEL on the way of the INVITE (section 9.1)."""
        request = SipMessage('CANCEL', invite.request.uri)
        for name, value in invite.request.headers:
            if name in ('Via', 'From', 'To', 'Call-ID', 'Route', 'Max-Forwards'):
                request.add(name, value)
        request.add('CSeq', f'{invite.request.cseq[0]} CANCEL')
        invite.was_cancelled()
        return self._start(request, invite.flow)

    def transmit(self, octets: bytes, flow: Flow, kind: str) -> None:
        if self.counters is not None:
            self.counters.add('sip', 'out', kind)
        flow.send(octets)

    # Receiving.

    def _deliver(self, raw: bytes, flow: Flow) -> None:
        if not raw.strip(b'\r\n\0'):
            return  # keep-alive
        if self.watch:
            self.watch.sip_octets(raw, flow.kind)
        try:
            message = SipMessage.parse(raw)
            message.cseq, message.via  # both must be readable to go on
        except ParseError:
            if self.counters is not None:
                self.counters.add('sip', 'in', 'malformed')
            return
        if self.counters is not None:
            self.counters.add('sip', 'in', message.kind)
        if message.is_request:
            self._receive_request(message, flow)
        else:
            self._receive_response(message)

    def _receive_response(self, response: SipMessage) -> None:
        transaction = self._clients.get((response.via.branch, response.cseq[1]))
        if self.watch:
            self.watch.sip_response(response)
        if transaction:
            transaction.receive(response)
        elif response.cseq[1] == 'INVITE' and 200 <= response.status < 300:
            self.repeat_ack(response)

    def _receive_request(self, request: SipMessage, flow: Flow) -> None:
        via = request.via
        self._note_source(request, flow)
        method = 'INVITE' if request.method == 'ACK' else request.method
        key = (via.branch, f'{via.host}:{via.port}', method)
        transaction = self._servers.get(key)
        if self.watch:
            self.watch.sip_request(request, flow.kind)
        if request.method == 'ACK':
            self._receive_ack(request, transaction)
        elif transaction:
            transaction.receive_again()
        else:
            transaction = ServerTransaction(self, request, flow)
            self._servers[key] = transaction
            if request.method == 'CANCEL':
                self._receive_cancel(transaction, key)
            else:
                self.on_request(transaction)

    def _note_source(self, request: SipMessage, flow: Flow) -> None:
        """Section 18.2.1 and RFC 3581 section 4: received and rport in the top Via."""
        index = next(i for i, (name, value) in enumerate(request.headers)
                     if name == 'Via' and value.strip(' \t,'))
        first, comma, rest = request.headers[index][1].partition(',')
        via = request.via
        host, port = flow.remote
        if 'rport' in via.params and via.params['rport'] is None:
            first = first.replace(';rport', f';rport={port};received={host}', 1)
        elif via.host != host:
            first += f';received={host}'
        request.headers[index] = ('Via', first + comma + rest)

    def _receive_ack(self, ack: SipMessage, transaction: ServerTransaction | None) -> None:
        if transaction is None:
            transaction = next((t for t in self._servers.values() if t.invite and
                                t.request.call_id == ack.call_id and
                                t.request.cseq[0] == ack.cseq[0] and
                                t.to_tag == ack.to.tag), None)
        if self.watch:
            self.watch.sip_ack(ack, transaction)
        if transaction:
            transaction.ack()
        self.on_ack(ack)

    def _receive_cancel(self, cancel: ServerTransaction, key: tuple[str, str, str]) -> None:
        """Section 9.2: 200 to the CANCEL, and 487 to the INVITE if it still waits."""
        invite = self._servers.get((key[0], key[1], 'INVITE'))
        if self.watch:
            self.watch.sip_cancel(cancel.request, invite)
        if invite is None:
            cancel.reply(481)
            return
        cancel.to_tag = invite.to_tag
        cancel.reply(200)
        if not invite.answered:
            invite.cancelled.set()
            invite.reply(487)

    def forget_client(self, transaction: ClientTransaction) -> None:
        self._clients.pop((transaction.branch, transaction.request.method), None)

    def forget_server(self, transaction: ServerTransaction) -> None:
        for key, value in list(self._servers.items()):
            if value is transaction:
                del self._servers[key]
