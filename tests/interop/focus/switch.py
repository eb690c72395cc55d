# SPDX-License-Identifier: MIT
"""The MSRP side of a focus: connections, sessions, transactions and reports (RFC 4975 5 to 7). What is said in a room and to
whom it goes is decided in conference.py."""
import asyncio
import contextlib

from .behaviour import NEVER
from .msrp import Assembly, Frame, MsrpError, Reader, check_frame, chunks, read_nick
from .sip import token

HOST = "127.0.0.1"
FIRST_SEND_S = 5
ANSWER_S = 30


class Session:
    """One MSRP session of one leg."""

    def __init__(self, switch, owner):
        self.switch, self.owner = switch, owner  # owner: the leg
        self.id = token(12)
        self.path = f"msrp://{HOST}:{switch.port}/{self.id};tcp"
        self.peer_path = []
        self.connection = None
        self.bound = asyncio.Event()
        self.assemblies, self.waiting, self.seen_tids = {}, {}, set()
        self.unanswered, self.reports = [], []
        self.closed = False
        self.sending = asyncio.Lock()

    @property
    def findings(self):
        return self.switch.findings

    def to_peer(self, frame):
        """Sends a request of ours down the whole path of the peer."""
        frame.headers[:0] = [("To-Path", " ".join(self.peer_path)), ("From-Path", self.path)]
        self.connection.write(frame)

    async def ask(self, frame):
        """Sends a request and returns the status it is answered with; None when it is not."""
        answered = asyncio.get_running_loop().create_future()
        self.waiting[frame.tid] = answered
        if self.connection is None or self.closed:
            return None
        self.to_peer(frame)
        try:
            return await asyncio.wait_for(answered, ANSWER_S)
        except asyncio.TimeoutError:
            return None

    async def send(self, body, type="message/cpim", size=0, message_id=None, success=False):
        """Sends a message, cut into chunks when `size` is given; returns the worst status."""
        message_id, worst = message_id or token(), 200
        async with self.sending:
            for shown, flag, part in chunks(body, size or max(len(body), 1)):
                headers = [("Message-ID", message_id), ("Byte-Range", shown)]
                headers += [("Success-Report", "yes")] if success else []
                frame = Frame(method="SEND", headers=[*headers, ("Content-Type", type)], body=part, flag=flag)
                status = await self.ask(frame)
                if status != 200:
                    worst = status
                    break
        if worst is None and not self.closed:
            self.unanswered.append(message_id)
            self.findings.add("a SEND of ours was never answered", "RFC 4975 7.2", body)
        return worst

    async def pour(self, bodies, type="message/cpim"):
        """Sends whole messages without waiting for their answers; returns when an empty one behind them is answered."""
        for body in bodies:
            headers = [("Message-ID", token()), ("Byte-Range", f"1-{len(body)}/{len(body)}"), ("Content-Type", type)]
            self.switch.spawn(self.ask(Frame(method="SEND", headers=headers, body=body)))
        return await self.switch.spawn(self.ask(Frame(method="SEND", headers=[("Message-ID", token()), ("Byte-Range", "1-0/0")])))

    async def connect(self):
        """We are the active side: connect and say so with a SEND (5.4)."""
        host, port = self.peer_path[0].split("//")[1].split("/")[0].rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host.rpartition("@")[2], int(port))
        self.connection = Connection(self.switch, reader, writer, self)
        self.switch.spawn(self.connection.read())
        await self.ask(Frame(method="SEND", headers=[("Message-ID", token()), ("Byte-Range", "1-0/0")]))
        self.mark_bound()

    def mark_bound(self):
        if not self.bound.is_set():
            self.bound.set()
            self.owner.msrp_bound()

    def close(self):
        self.closed = True
        self.switch.sessions.pop(self.id, None)
        for waiting in self.waiting.values():
            if not waiting.done():
                waiting.set_result(None)
        self.switch.ended.add(self.id)
        if self.connection:
            self.connection.release(self)

    # What the peer says

    def take(self, frame, octets):
        check = self.findings.check
        check(frame.get("To-Path") == self.path, "To-Path is not our path", "RFC 4975 7.1", octets)
        check((frame.get("From-Path") or "").split() == self.peer_path, "From-Path is not the path of the description",
              "RFC 4975 7.1", octets)
        if frame.status:
            self._take_response(frame, octets)
            return
        check(frame.tid not in self.seen_tids, "a transaction id is used twice", "RFC 4975 7.1", octets)
        self.seen_tids.add(frame.tid)
        {"SEND": self._take_send, "REPORT": self._take_report, "NICKNAME": self._take_nickname}.get(
            frame.method, lambda frame, octets: self.answer(frame, 501))(frame, octets)

    def answer(self, frame, status, comment=None):
        """A response, as Failure-Report allows (7.2)."""
        wish = frame.get("Failure-Report", "yes")
        if status == NEVER or frame.method == "SEND" and (wish == "no" or wish == "partial" and status == 200):
            return
        back = (frame.get("From-Path") or "").split()[:1] or self.peer_path
        self.connection.write(Frame(frame.tid, status=status, comment=comment,
                                    headers=[("To-Path", back[0]), ("From-Path", self.path)]))

    def _take_response(self, frame, octets):
        waiting = self.waiting.pop(frame.tid, None)
        if self.findings.check(waiting, "a response to no request of ours", "RFC 4975 7.2", octets) and not waiting.done():
            waiting.set_result(frame.status)

    def _take_send(self, frame, octets):
        if not self.bound.is_set():
            self.mark_bound()
        if frame.body is None:
            self.owner.conference.note("msrp_empty", leg=self.owner.number)
            self.answer(frame, self.owner.behaviour.bind)
            return
        ident = frame.get("Message-ID")
        assembly = self.assemblies.setdefault(ident, Assembly())
        whole = assembly.add(frame)
        if frame.flag == "#":
            del self.assemblies[ident]
        if whole is None:
            self.answer(frame, 200)
            return
        del self.assemblies[ident]
        status, told = self.owner.conference.said(self.owner, ident, assembly.type, whole, octets)
        self.answer(frame, status)
        if told or status == 200 and frame.get("Success-Report") == "yes":
            self.report(ident, len(whole), told or 200)

    def report(self, ident, size, code):
        self.to_peer(Frame(method="REPORT", headers=[("Message-ID", ident), ("Byte-Range", f"1-{size}/{size}"),
                                                     ("Status", f"000 {code}")]))

    def _take_report(self, frame, octets):
        self.reports.append((frame.get("Message-ID"), frame.get("Status")))
        self.owner.conference.note("report", leg=self.owner.number, of=frame.get("Message-ID"), status=frame.get("Status"))

    def _take_nickname(self, frame, octets):
        nick = read_nick(frame.get("Use-Nickname"))
        self.findings.check(nick is not None, "Use-Nickname is no quoted string of 1 to 1023 octets", "RFC 7701 7.1", octets)
        status = self.owner.conference.nick_wanted(self.owner, nick)
        self.answer(frame, status)


class Connection:
    """One TCP connection; a session belongs to it that its first SEND names, and several may share it (5.4)."""

    def __init__(self, switch, reader, writer, session=None):
        self.switch, self.reader, self.writer = switch, reader, writer
        self.sessions = {session.id: session} if session else {}

    def write(self, frame):
        if not self.writer.is_closing():
            self.writer.write(frame.build())

    async def read(self):
        cutter = Reader()
        if not self.sessions:
            self.switch.spawn(self._first_send())
        try:
            while data := await self.reader.read(65536):
                for frame, octets in cutter.feed(data):
                    check_frame(frame, octets, self.switch.findings)
                    self._take(frame, octets)
        except MsrpError as error:
            self.switch.findings.add(f"not MSRP: {error}", "RFC 4975 9", cutter.buffer[:200])
        except OSError:
            pass
        self.writer.close()
        for session in list(self.sessions.values()):
            if not session.closed:
                session.owner.msrp_lost()

    async def _first_send(self):
        """5.4: who connects says at once for which session."""
        await asyncio.sleep(FIRST_SEND_S)
        if not self.sessions and not self.writer.is_closing():
            self.switch.findings.add("a connection without a SEND", "RFC 4975 5.4")

    def _take(self, frame, octets):
        ident = (frame.get("To-Path") or "").split(" ")[0].rpartition("/")[2].partition(";")[0]
        session = self.sessions.get(ident) or self._bind(ident, frame, octets)
        if session:
            session.take(frame, octets)

    def _bind(self, ident, frame, octets):
        """The session that a frame names for the first time here; None when there is none to be had."""
        session = self.switch.sessions.get(ident)
        if frame.status and not session:
            return None  # an answer that crossed the end of its session
        self.switch.findings.check(frame.method == "SEND", "the first request of a session is SEND", "RFC 4975 5.4", octets)
        if not session or session.connection:
            status = 506 if session else 481
            if ident not in self.switch.ended:
                self.switch.findings.add(f"a request for a session that gets {status}", "RFC 4975 5.4", octets)
            self.write(Frame(frame.tid, status=status, headers=[("To-Path", frame.get("From-Path")),
                                                                ("From-Path", frame.get("To-Path"))]))
            return None
        self.sessions[ident], session.connection = session, self
        return session

    def release(self, session):
        """A session has ended; the connection goes with the last."""
        self.sessions.pop(session.id, None)
        if not self.sessions:
            self.writer.close()


class Switch:
    """The listener and the sessions of a focus."""

    def __init__(self, findings, spawn):
        self.findings, self.spawn = findings, spawn
        self.sessions, self.ended, self.port, self._server, self._connections = {}, set(), 0, None, set()

    async def start(self):
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        connection = Connection(self, reader, writer)
        self._connections.add(connection)
        with contextlib.suppress(asyncio.CancelledError):
            await connection.read()
        self._connections.discard(connection)

    def session(self, owner):
        made = Session(self, owner)
        self.sessions[made.id] = made
        return made

    async def stop(self):
        for session in list(self.sessions.values()):
            session.close()
        for connection in self._connections:
            connection.writer.close()
        if self._server:
            self._server.close()


