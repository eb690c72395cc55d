# SPDX-License-Identifier: MIT
"""MSRP sessions over TCP and TLS, active and passive (RFC 4975 sections 5.4, 7; RFC 6135).

One `MsrpEndpoint` listens for a participant; each `MsrpSession` has its own URI there. A session
is bound to a connection by the first request that names it."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Callable

from .msrp import CHUNK, Cutter, Frame, FrameError, Joiner, identifier
from .tls import TlsIdentity, fits


class MsrpConnection:
    """One TCP connection and the frames on it."""

    def __init__(self, endpoint: MsrpEndpoint, reader, writer, accepted: bool):
        self.endpoint, self.reader, self.writer = endpoint, reader, writer
        self.sessions: set[MsrpSession] = set()
        self.watch = endpoint.watch.msrp_connection(accepted) if endpoint.watch else None
        self.pending: dict[str, asyncio.Future] = {}

    @property
    def certificate(self) -> bytes | None:
        """What the other side showed; None without TLS, too."""
        tls = self.writer.get_extra_info('ssl_object')
        return tls.getpeercert(True) if tls else None

    @property
    def secure(self) -> bool:
        return self.writer.get_extra_info('ssl_object') is not None

    def send(self, frame: Frame) -> None:
        self.endpoint.count('out', frame.kind)
        if self.watch:
            self.watch.sent(frame)
        if not self.writer.is_closing():
            self.writer.write(frame.encode())

    def request(self, frame: Frame) -> asyncio.Future:
        """Sends a request; the future becomes its response, or None when the link fails."""
        future = asyncio.get_running_loop().create_future()
        self.pending[frame.tid] = future
        future.add_done_callback(lambda _: self.pending.pop(frame.tid, None))
        self.send(frame)
        return future

    async def run(self) -> None:
        cutter = Cutter()
        try:
            while data := await self.reader.read(65536):
                for raw in cutter.feed(data):
                    self._frame(raw)
                    await asyncio.sleep(0)
        except FrameError as error:
            self.endpoint.count('in', 'malformed')
            if self.watch:
                self.watch.garbage(str(error), error.octets)
        except ConnectionError:
            pass
        finally:
            if self.watch and cutter.buffer:
                self.watch.garbage('the stream ends inside a frame', bytes(cutter.buffer))
            self.close()

    def _frame(self, raw: bytes) -> None:
        frame = Frame.parse(raw)
        self.endpoint.count('in', frame.kind)
        if self.watch:
            self.watch.received(raw)
        if frame.status:
            future = self.pending.get(frame.tid)
            if future and not future.done():
                future.set_result(frame)
            return
        uri = frame.to_path[-1] if frame.to_path else ''
        session = self.endpoint.sessions.get(uri)
        refused = 481 if session is None else session.bind(self)
        self._judge(frame, uri, session, refused)
        if refused:
            self.refuse(frame, refused)
        else:
            session.receive(frame)

    def _judge(self, frame: Frame, uri: str, session: MsrpSession | None, refused: int) -> None:
        """What only the owner of the sessions knows."""
        if self.endpoint.watch is None:
            return
        note = self.endpoint.watch.note
        if session is None and uri not in self.endpoint.past:
            note('msrp.no-session', 'RFC 4975 7.3', f'To-Path {uri}', frame.raw)
        elif refused == 506:
            note('msrp.second-connection', 'RFC 4975 5.4', f'To-Path {uri}', frame.raw)
        elif session and frame.from_path != session.remote_path and session.remote_path:
            note('msrp.from-path-sdp', 'RFC 4975 7.1, 8.2',
                 f'{frame.from_path}, a=path was {session.remote_path}', frame.raw)

    def refuse(self, frame: Frame, status: int) -> None:
        if frame.method != 'REPORT' and (frame.get('Failure-Report') or '').lower() != 'no':
            self.send(frame.response(status))

    def close(self) -> None:
        self.writer.close()
        for future in list(self.pending.values()):
            if not future.done():
                future.set_result(None)
        for session in list(self.sessions):
            session.unbind()


class MsrpEndpoint:
    """The listening side of a participant and its open sessions by URI."""

    def __init__(self, watch=None, counters=None, tls: TlsIdentity | None = None):
        self.watch, self.counters, self.tls = watch, counters, tls
        self.local: tuple[str, int] = ('', 0)
        self.sessions: dict[str, MsrpSession] = {}
        self.past: set[str] = set()
        self.relay_path: list[str] = []  # RFC 4976: what stands in front of our own URI
        self._relay: MsrpConnection | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[MsrpConnection] = set()
        self._tasks: set[asyncio.Task] = set()

    async def open(self, host: str, port: int = 0) -> None:
        context = self.tls.context(server=True) if self.tls else None
        self._server = await asyncio.start_server(self._accepted, host, port, ssl=context)
        self.local = self._server.sockets[0].getsockname()[:2]

    def count(self, way: str, kind: str) -> None:
        if self.counters is not None:
            self.counters.add('msrp', way, kind)

    def session(self, receiver: Callable[[Frame, bytes], None]) -> MsrpSession:
        """A new session with its own unguessable URI (section 14.1: 80 random bits)."""
        host, port = self.local
        scheme = 'msrps' if self.tls else 'msrp'
        uri = f'{scheme}://{host}:{port}/{secrets.token_hex(12)};tcp'
        session = MsrpSession(self, uri, receiver)
        self.sessions[session.uri] = session
        return session

    async def _accepted(self, reader, writer) -> None:
        self._serve(reader, writer, True)

    def _serve(self, reader, writer, accepted: bool) -> MsrpConnection:
        connection = MsrpConnection(self, reader, writer, accepted)
        self._connections.add(connection)
        task = asyncio.create_task(connection.run())
        self._tasks.add(task)

        def done(finished: asyncio.Task) -> None:
            self._tasks.discard(finished)
            self._connections.discard(connection)
        task.add_done_callback(done)
        return connection

    async def join_relay(self, host: str, port: int) -> None:
        """Asks a relay for a path (RFC 4976 section 5.1); all connections go through it from now on."""
        relay = f'msrp://{host}:{port};tcp'
        connection = await self.connect(relay)
        own = f'msrp://{self.local[0]}:{self.local[1]}/{secrets.token_hex(12)};tcp'
        watch, connection.watch = connection.watch, None  # a relay's own URI has no session
        response = await connection.request(
            Frame(identifier(), 'AUTH', headers=[('To-Path', relay), ('From-Path', own)]))
        connection.watch = watch
        if response is None or response.status != 200:
            raise OSError(f'AUTH answered {response.status if response else "not at all"}')
        self.relay_path = list(reversed((response.get('Use-Path') or '').split()))
        self._relay = connection

    def address(self) -> tuple[str, int]:
        """What peers connect to: the first of the path."""
        match = re.match(r'msrps?://(\[[^\]]*\]|[^:/;]+):(\d+)', self.relay_path[0]) if self.relay_path else None
        return (match[1].strip('[]'), int(match[2])) if match else self.local

    def is_relay(self, connection: MsrpConnection) -> bool:
        return connection is self._relay

    async def connect(self, path: str) -> MsrpConnection:
        if self._relay:
            return self._relay
        match = re.match(r'msrps?://(?:[^@/]*@)?(\[[^\]]*\]|[^:/;]+):(\d+)', path)
        if not match:
            raise OSError(f'no address in path {path!r}')
        context = self.tls.context(server=False) if path.startswith('msrps:') else None
        reader, writer = await asyncio.open_connection(match[1].strip('[]'), int(match[2]),
                                                       ssl=context)
        return self._serve(reader, writer, False)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.writer.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class MsrpSession:
    """One MSRP session. `receiver(frame, message)` gets every completed message.

    `policy()` says what a SEND with a body is answered with: a status, 'silent' or 'drop';
    `answer` overrules it for this session."""

    def __init__(self, endpoint: MsrpEndpoint, uri: str, receiver):
        self.endpoint, self.uri, self.receiver = endpoint, uri, receiver
        self.remote_path: list[str] = []
        self.remote_fingerprints: list[str] | None = None  # until their description has come
        self.connection: MsrpConnection | None = None
        self.bound = asyncio.Event()
        self.lost = asyncio.Event()
        self.closing = False
        self.policy: Callable[[], int | str] = lambda: 200
        self.answer: int | str | None = None
        self.ignore_binding = False
        self.on_lost: Callable[[], None] = lambda: None
        self.on_bound: Callable[[], None] = lambda: None
        self.on_report: Callable[[Frame], None] = lambda frame: None
        self.on_request: Callable[[Frame], int] = lambda frame: 501
        self._joiner = Joiner()

    async def connect(self) -> None:
        """The active side: connect, and send at once (section 5.4), here without a body."""
        connection = await self.endpoint.connect(self.remote_path[0])
        self._attach(connection)
        frame = self._frame('SEND', [('Message-ID', identifier())])
        response = await connection.request(frame)
        if response is None or response.status != 200:
            raise OSError(f'binding answered {response.status if response else "not at all"}')
        self._say_bound()

    def bind(self, connection: MsrpConnection) -> int:
        """A request for this session came: 506 when it is not on its connection, else 0."""
        if self.connection is None:
            self._attach(connection)
        if self.connection is not connection:
            return 506
        if not self.ignore_binding:
            self._say_bound()
        return 0

    def _attach(self, connection: MsrpConnection) -> None:
        self.connection = connection
        self._judge_certificate(connection)
        connection.sessions.add(self)

    def announced(self, fingerprints: list[str]) -> None:
        """What their description says; one who connects may be quicker than the response that carries it."""
        self.remote_fingerprints = fingerprints
        if self.connection is not None:
            self._judge_certificate(self.connection)

    def _judge_certificate(self, connection: MsrpConnection) -> None:
        if self.endpoint.watch is None or not self.uri.startswith('msrps:') or self.remote_fingerprints is None:
            return
        if not connection.secure:
            self.endpoint.watch.note('msrp.not-tls', 'RFC 4975 5.4', self.uri)
        elif not fits(connection.certificate, self.remote_fingerprints):
            self.endpoint.watch.note('msrp.certificate', 'RFC 8122 6.2',
                                     f'none of {self.remote_fingerprints}')

    def _say_bound(self) -> None:
        if not self.bound.is_set():
            self.bound.set()
            self.on_bound()

    def unbind(self) -> None:
        """The connection failed: so has the session (section 5.4)."""
        if self.connection:
            self.connection.sessions.discard(self)
        self.connection = None
        self.lost.set()
        if not self.closing:
            self.on_lost()

    def close(self) -> None:
        """The SIP dialog is over: the URI dies, and the connection when nobody else uses it."""
        self.closing = True
        self.endpoint.sessions.pop(self.uri, None)
        self.endpoint.past.add(self.uri)
        if self.connection:
            self.connection.sessions.discard(self)
            if not self.connection.sessions and not self.endpoint.is_relay(self.connection):
                self.connection.writer.close()

    def drop(self) -> None:
        """Cuts the TCP connection in the middle of everything."""
        if self.connection:
            self.connection.writer.transport.abort()

    # Receiving.

    def receive(self, frame: Frame) -> None:
        if frame.method == 'REPORT':
            self.on_report(frame)
        elif frame.method == 'SEND':
            self._receive_send(frame)
        else:
            self._respond(frame, self.on_request(frame))

    def _receive_send(self, frame: Frame) -> None:
        binding = frame.body is None
        answer = self.policy() if self.answer is None else self.answer
        if binding and not self.ignore_binding:
            answer = 200
        if answer == 'drop':
            self.drop()
            return
        if answer == 'silent':
            return
        self._respond(frame, int(answer))
        if answer != 200 or binding:
            return
        whole = self._joiner.add(frame)
        if whole is not None:
            self._report(frame, whole)
            self.receiver(frame, whole)

    def _respond(self, frame: Frame, status: int) -> None:
        """Section 7.2: 'no' wants no response at all, 'partial' wants only failures."""
        wanted = (frame.get('Failure-Report') or 'yes').lower()
        if wanted == 'yes' or (wanted == 'partial' and status != 200):
            self.connection.send(frame.response(status))

    def _report(self, frame: Frame, whole: bytes) -> None:
        """Section 7.1.3: one success report for the complete message."""
        if (frame.get('Success-Report') or 'no').lower() == 'yes':
            self.connection.send(self._frame('REPORT', [
                ('Message-ID', frame.get('Message-ID') or ''),
                ('Byte-Range', f'1-{len(whole)}/{len(whole)}'), ('Status', '000 200 OK')]))

    # Sending.

    def _frame(self, method: str, headers: list[tuple[str, str]], body: bytes | None = None,
               flag: str = '$') -> Frame:
        tid = identifier()
        while body and tid.encode() in body:
            tid = identifier()
        return Frame(tid, method, headers=[('To-Path', ' '.join(self.remote_path)),
                                           ('From-Path', self.uri), *headers],
                     body=body, flag=flag)

    async def send(self, content_type: str, body: bytes, *, chunk: int = CHUNK,
                   success_report: bool = False, failure_report: str = 'yes',
                   message_id: str = '', timeout: float = 30) -> int:
        """Sends one message, in chunks if it is large. Returns the status of the whole: 200, the
        first failure, 408 without a response in time, or 0 when the connection is gone."""
        if self.connection is None:
            return 0
        ident, total = message_id or identifier(), len(body)
        futures = []
        for start in range(0, total or 1, chunk):
            headers = [('Success-Report', 'yes')] if success_report else []
            if failure_report != 'yes':
                headers.append(('Failure-Report', failure_report))
            futures.append(self.send_part(ident, content_type, body, start, chunk, headers))
        if failure_report != 'yes':
            return 200
        return await _worst(futures, timeout)

    def send_part(self, ident: str, content_type: str, body: bytes, start: int, chunk: int,
                  headers: list[tuple[str, str]] = []) -> asyncio.Future:
        """One chunk of a message: `chunk` octets of `body` from `start` (counted from 0) on."""
        part, total = body[start:start + chunk], len(body)
        end = start + len(part)
        headers = [('Message-ID', ident), ('Byte-Range', f'{start + 1}-{end}/{total}'), *headers,
                   ('Content-Type', content_type)]
        frame = self._frame('SEND', headers, part, '$' if end >= total else '+')
        return self.connection.request(frame)

    async def nickname(self, nick: str, timeout: float = 30) -> int:
        """NICKNAME (RFC 7701 section 7.1); returns the status."""
        if self.connection is None:
            return 0
        quoted = nick.replace('\\', '\\\\').replace('"', '\\"')
        frame = self._frame('NICKNAME', [('Use-Nickname', f'"{quoted}"')])
        return await _worst([self.connection.request(frame)], timeout)

    def send_frame(self, frame: Frame) -> asyncio.Future:
        """Sends a frame exactly as given, for tests of odd cases."""
        return self.connection.request(frame)


async def _worst(futures: list[asyncio.Future], timeout: float) -> int:
    done, waiting = await asyncio.wait(futures, timeout=timeout)
    for future in waiting:
        future.cancel()
    if waiting:
        return 408
    responses = [future.result() for future in futures]
    if any(response is None for response in responses):
        return 0
    return next((r.status for r in responses if r.status != 200), 200)
