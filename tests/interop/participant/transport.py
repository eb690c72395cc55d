# SPDX-License-Identifier: MIT
"""SIP over UDP and TCP on one port (RFC 3261 section 18). Hands whole messages up, as octets."""

from __future__ import annotations

import asyncio
import re
from typing import Callable

MAX_MESSAGE = 1 << 20  # LIMIT: octets of one message on a stream


class Flow:
    """The way back to one peer: a UDP address or a TCP connection."""

    def __init__(self, kind: str, local: tuple[str, int], remote: tuple[str, int]):
        self.kind, self.local, self.remote = kind, local, remote

    @property
    def reliable(self) -> bool:
        return self.kind == 'tcp'

    @property
    def closed(self) -> bool:
        return False

    def send(self, data: bytes) -> None:
        raise NotImplementedError


class UdpFlow(Flow):
    def __init__(self, transport: asyncio.DatagramTransport, local, remote):
        super().__init__('udp', local, remote)
        self._transport = transport

    def send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(data, self.remote)


class TcpFlow(Flow):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        super().__init__('tcp', writer.get_extra_info('sockname')[:2],
                         writer.get_extra_info('peername')[:2])
        self.reader, self.writer = reader, writer

    @property
    def closed(self) -> bool:
        return self.writer.is_closing() or self.reader.at_eof()

    def send(self, data: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(data)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, owner: Transports):
        self._owner = owner

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        flow = UdpFlow(self._transport, self._owner.local, addr[:2])
        self._owner.deliver(data, flow)


class Framer:
    """Cuts a stream into SIP messages by Content-Length (section 18.3). The octets of each
    message are kept exactly; line ends between messages are keep-alives (section 7.5)."""

    def __init__(self) -> None:
        self.buffer = b''

    def feed(self, data: bytes) -> list[bytes]:
        self.buffer += data
        messages = []
        while True:
            self.buffer = self.buffer.lstrip(b'\r\n')
            end = re.search(rb'\r?\n\r?\n', self.buffer)
            if not end:
                break
            head = self.buffer[:end.start()]
            length = re.search(rb'(?im)^(?:content-length|l)[ \t]*:[ \t]*(\d+)[ \t]*\r?$', head)
            size = end.end() + (int(length[1]) if length else 0)
            if len(self.buffer) < size:
                break
            messages.append(self.buffer[:size])
            self.buffer = self.buffer[size:]
        if len(self.buffer) > MAX_MESSAGE:
            raise ValueError('SIP message on the stream exceeds the limit')
        return messages


class Transports:
    """Both transports of one user agent, bound to the same port where that is free."""

    def __init__(self, deliver: Callable[[bytes, Flow], None]):
        self.deliver = deliver
        self.local: tuple[str, int] = ('', 0)
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._flows: dict[tuple[str, int], TcpFlow] = {}
        self._tasks: set[asyncio.Task] = set()

    async def open(self, host: str, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        for attempt in range(20):
            self._udp, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), local_addr=(host, port))
            self.local = self._udp.get_extra_info('sockname')[:2]
            try:
                self._tcp = await asyncio.start_server(self._accepted, *self.local)
                return
            except OSError:
                self._udp.close()
                if port or attempt == 19:
                    raise

    async def flow_to(self, kind: str, host: str, port: int) -> Flow:
        """The flow to a peer; a TCP connection is opened, or an open one is used again."""
        if kind == 'udp':
            return UdpFlow(self._udp, self.local, (host, port))
        flow = self._flows.get((host, port))
        if flow and not flow.closed:
            return flow
        reader, writer = await asyncio.open_connection(host, port)
        flow = TcpFlow(reader, writer)
        self._flows[host, port] = flow
        self._spawn(self._read(flow))
        return flow

    async def _accepted(self, reader, writer) -> None:
        flow = TcpFlow(reader, writer)
        self._flows[flow.remote] = flow
        self._spawn(self._read(flow))

    def _spawn(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, flow: TcpFlow) -> None:
        framer = Framer()
        try:
            while data := await flow.reader.read(65536):
                for raw in framer.feed(data):
                    self.deliver(raw, flow)
        except (ConnectionError, ValueError):
            pass
        finally:
            if framer.buffer:  # torn, or no message at all: whoever watches shall see it
                self.deliver(framer.buffer, flow)
            flow.writer.close()
            if self._flows.get(flow.remote) is flow:
                del self._flows[flow.remote]

    async def close(self) -> None:
        if self._udp:
            self._udp.close()
        if self._tcp:
            self._tcp.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for flow in list(self._flows.values()):
            flow.writer.close()
        self._flows.clear()
