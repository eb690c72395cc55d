# SPDX-License-Identifier: MIT
"""SIP transactions with the timers of RFC 3261 section 17, and the Accepted states of RFC 6026."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .message import SipMessage

if TYPE_CHECKING:
    from .sip import SipStack
    from .transport import Flow


@dataclass
class Timers:
    """T1, T2, T4 of section 17.1.1.1 in seconds; tests shrink T1."""
    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def timeout(self) -> float:
        return 64 * self.t1


class _Alarms:
    """The running timers of one transaction."""

    def __init__(self) -> None:
        self._handles: dict[str, asyncio.TimerHandle] = {}

    def set(self, name: str, delay: float, action, *args) -> None:
        self.stop(name)
        loop = asyncio.get_running_loop()
        self._handles[name] = loop.call_later(delay, action, *args)

    def stop(self, *names: str) -> None:
        for name in names or list(self._handles):
            handle = self._handles.pop(name, None)
            if handle:
                handle.cancel()


class ClientTransaction:
    """One request and its responses. `next()` yields each response the transaction user sees."""

    def __init__(self, stack: SipStack, request: SipMessage, flow: Flow):
        self.stack, self.request, self.flow = stack, request, flow
        self.octets = request.encode()
        self.branch = request.via.branch
        self.invite = request.method == 'INVITE'
        self.responses: asyncio.Queue[SipMessage] = asyncio.Queue()
        self.proceeding = asyncio.Event()
        self.state = 'calling' if self.invite else 'trying'
        self._alarms = _Alarms()
        self._final = asyncio.get_running_loop().create_future()
        self._ack: SipMessage | None = None

    def start(self) -> None:
        timers = self.stack.timers
        self._send()
        if not self.flow.reliable:
            self._alarms.set('resend', timers.t1, self._resend, timers.t1)
        self._alarms.set('timeout', timers.timeout, self._fail, 408, 'Request Timeout')

    def _send(self) -> None:
        self.stack.transmit(self.octets, self.flow, self.request.kind)

    def _resend(self, interval: float) -> None:
        if self.state not in ('calling', 'trying', 'proceeding'):
            return
        self._send()
        timers = self.stack.timers
        interval *= 2
        if not self.invite:
            interval = timers.t2 if self.state == 'proceeding' else min(interval, timers.t2)
        self._alarms.set('resend', interval, self._resend, interval)

    def _fail(self, status: int, reason: str) -> None:
        if self._final.done():
            return
        reply = self.request.response(status, reason)
        reply.local = True
        self._finish(reply)
        self.end()

    def fail_transport(self) -> None:
        self._fail(503, 'Transport Error')

    def was_cancelled(self) -> None:
        """What answers neither INVITE nor CANCEL, as a proxy that was killed, is not waited for (section 9.1)."""
        self._alarms.set('given-up', self.stack.timers.timeout, self._fail, 408, 'Request Timeout')

    def _finish(self, response: SipMessage) -> None:
        self.responses.put_nowait(response)
        if not self._final.done():
            self._final.set_result(response)

    def receive(self, response: SipMessage) -> None:
        if response.status < 200:
            if self.state in ('calling', 'trying', 'proceeding'):
                self.proceeding.set()
                self.state = 'proceeding'
                if self.invite:
                    self._alarms.stop('resend', 'timeout')
                self.responses.put_nowait(response)
        elif self.invite:
            self._receive_invite_final(response)
        elif self.state in ('trying', 'proceeding'):
            self.state = 'completed'
            self._alarms.stop()
            self._linger(self.stack.timers.t4)
            self._finish(response)

    def _receive_invite_final(self, response: SipMessage) -> None:
        timers = self.stack.timers
        if response.status < 300:
            if self.state in ('calling', 'proceeding'):
                self.state = 'accepted'
                self._alarms.stop()
                self._alarms.set('end', timers.timeout, self.end)
                self._finish(response)
            elif self.state == 'accepted':
                self.stack.repeat_ack(response)
            return
        if self.state in ('calling', 'proceeding'):
            self.state = 'completed'
            self._alarms.stop()
            self._send_ack(response)
            self._linger(timers.timeout)
            self._finish(response)
        elif self.state == 'completed':
            self._send_ack(response)

    def _send_ack(self, response: SipMessage) -> None:
        """The ACK of the transaction for a non-2xx response (section 17.1.1.3)."""
        ack = SipMessage('ACK', self.request.uri)
        for name, value in self.request.headers:
            if name in ('Via', 'From', 'Call-ID', 'Route', 'Max-Forwards'):
                ack.add(name, value)
        ack.add('To', response.get('To', ''))
        ack.add('CSeq', f'{self.request.cseq[0]} ACK')
        self.stack.transmit(ack.encode(), self.flow, 'ACK')

    def _linger(self, delay: float) -> None:
        if self.flow.reliable:
            self.end()
        else:
            self._alarms.set('end', delay, self.end)

    def end(self) -> None:
        self._alarms.stop()
        self.state = 'terminated'
        self.stack.forget_client(self)

    async def next(self) -> SipMessage:
        return await self.responses.get()

    async def final(self) -> SipMessage:
        """The final response; 408 or 503 with `local` set when there was none."""
        return await asyncio.shield(self._final)


class ServerTransaction:
    """One received request and what is answered."""

    def __init__(self, stack: SipStack, request: SipMessage, flow: Flow):
        self.stack, self.request, self.flow = stack, request, flow
        self.invite = request.method == 'INVITE'
        self.last: SipMessage | None = None
        self.octets = b''
        self.to_tag = request.to.tag or stack.new_tag()
        self.acked = asyncio.get_running_loop().create_future()  # True, or False on timeout
        self.cancelled = asyncio.Event()
        self.state = 'trying'
        self._alarms = _Alarms()

    @property
    def answered(self) -> bool:
        return self.state not in ('trying', 'proceeding')

    def reply(self, status: int, reason: str | None = None, headers=(), body: bytes = b'') -> None:
        """Builds and sends a response; a tag is added except to 100 (section 8.2.6.2)."""
        response = self.request.response(status, reason, None if status == 100 else self.to_tag)
        for name, value in headers:
            response.add(name, value)
        response.body = body
        self.respond(response)

    def respond(self, response: SipMessage) -> None:
        if self.answered:
            return
        self.last, self.octets = response, response.encode()
        if self.stack.watch:
            self.stack.watch.sip_answered(response)
        self._send()
        if response.status < 200:
            self.state = 'proceeding'
        elif not self.invite:
            self.state = 'completed'
            self._end_after(0 if self.flow.reliable else self.stack.timers.timeout)
        else:
            self._await_ack(response.status < 300)

    def _await_ack(self, success: bool) -> None:
        timers = self.stack.timers
        self.state = 'accepted' if success else 'completed'
        if success or not self.flow.reliable:
            self._alarms.set('resend', timers.t1, self._resend, timers.t1)
        self._alarms.set('timeout', timers.timeout, self._no_ack)

    def _send(self) -> None:
        self.stack.transmit(self.octets, self.flow, self.last.kind)

    def _resend(self, interval: float) -> None:
        self._send()
        interval = min(interval * 2, self.stack.timers.t2)
        self._alarms.set('resend', interval, self._resend, interval)

    def _no_ack(self) -> None:
        if not self.acked.done():
            self.acked.set_result(False)
        self.end()

    def receive_again(self) -> None:
        """The same request once more: the last response answers it (section 17.2)."""
        if self.last and self.state != 'accepted':
            self._send()

    def ack(self) -> None:
        if not self.acked.done():
            self.acked.set_result(True)
        self._alarms.stop()
        if self.state == 'completed':
            self.state = 'confirmed'
            self._end_after(0 if self.flow.reliable else self.stack.timers.t4)
        else:
            self._end_after(self.stack.timers.timeout)

    def _end_after(self, delay: float) -> None:
        self._alarms.set('end', delay, self.end)

    def end(self) -> None:
        self._alarms.stop()
        self.state = 'terminated'
        self.stack.forget_server(self)
