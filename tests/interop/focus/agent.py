# SPDX-License-Identifier: MIT
"""SIP over UDP and TCP on one port with the transaction layer that a focus needs (RFC 3261 17 and 18).

A request that comes again gets the answer of its first coming; our own requests are repeated over UDP until they are answered.
"""
import asyncio
import contextlib
import re

from .sip import NameAddr, SipError, SipMessage, Uri, branch, token
from .sip_rules import check_message

T1, T2, LIFE = 0.5, 4.0, 32.0
HOST = "127.0.0.1"


class Incoming:
    """A request and what was answered to it (server transaction)."""

    def __init__(self, agent, request, data, reply_to):
        self.agent, self.request, self.data, self.reply_to = agent, request, data, reply_to
        self.local_tag = token()
        self.answered = None  # the last response
        self.acked = asyncio.Event()
        self.cancelled = asyncio.Event()

    @property
    def is_final(self):
        return self.answered is not None and self.answered.status >= 200

    def respond(self, status, phrase=None, headers=(), body=b""):
        """Sends a response unless a final one was sent; returns it."""
        if self.is_final:
            return self.answered
        tag = None if status == 100 else self.local_tag
        answer = self.request.response(status, phrase, tag)
        for name, value in headers:
            answer.add(name, value)
        answer.body = body
        self.answered = answer
        self.repeat()
        if self.request.method == "INVITE" and status >= 300:
            self.agent.spawn(self._until_acked())
        return answer

    def repeat(self):
        if self.answered:
            self.reply_to(self.answered.build())

    async def _until_acked(self):
        """17.2.1: a refusal is repeated until its ACK is there."""
        waited, pause = 0.0, T1
        while waited < LIFE:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.acked.wait(), pause)
                return
            waited, pause = waited + pause, min(2 * pause, T2)
            self.repeat()
        self.agent.findings.add(f"no ACK for {self.answered.status}", "RFC 3261 17.1.1.3", self.data)


class Outgoing:
    """A request of ours and its responses (client transaction)."""

    def __init__(self, request):
        self.request = request
        self.final = asyncio.get_running_loop().create_future()
        self.provisional = []
        self.heard = asyncio.Event()
        self.accepted_again = None  # called for every further 2xx to an INVITE


class Agent:
    """Both transports at one port; `take(incoming)` of the owner gets each new request once."""

    def __init__(self, take, findings, outbound=None):
        self.take, self.findings, self.outbound = take, findings, outbound
        self.port = 0
        self.transport = "udp"
        self.counted = {}
        self._udp = self._tcp = None
        self._writers = {}  # (host, port) -> TCP connection
        self._incoming, self._outgoing, self._tasks, self._calls = {}, {}, set(), set()
        self.deaf = False

    async def start(self, port=0):
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._serve, HOST, port)
        self.port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(HOST, self.port))

    async def stop(self):
        for task in list(self._tasks):
            task.cancel()
        for writer in self._writers.values():
            writer.close()
        if self._tcp:
            self._tcp.close()
            self._udp.close()
        await asyncio.sleep(0)

    def spawn(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.findings.add(f"the focus itself failed: {task.exception()!r}", "tests/interop/focus")

    # What comes in

    def came(self, data, transport, reply_to, source=None):
        if self.deaf or not data.strip(b"\r\n\0"):
            return
        try:
            message = SipMessage.parse(data)
            check_message(message, data, transport, self.findings)
        except (SipError, UnicodeError) as error:
            self.findings.add(f"not SIP: {error}", "RFC 3261 25", data)
            return
        if message.status:
            self._came_response(message)
        else:
            _note_source(message, source)
            self._came_request(message, data, reply_to)

    def _came_request(self, request, data, reply_to):
        _, sent_by, params = request.via()
        method = "INVITE" if request.method in ("ACK", "CANCEL") else request.method
        key = (params.get("branch"), sent_by, method)
        known = self._incoming.get(key)
        if request.method == "ACK" and known and known.is_final and known.answered.status >= 300:
            known.acked.set()
        elif request.method == "CANCEL":
            self._cancel(request, known, data, reply_to)
        elif known and request.method != "ACK":
            self.findings.check(known.data == data, "a repetition is not octet by octet the same", "RFC 3261 17.1", data)
            known.repeat()
        else:
            self.counted[request.method] = self.counted.get(request.method, 0) + 1
            incoming = Incoming(self, request, data, reply_to)
            if request.method != "ACK":
                self._incoming[key] = incoming
            self.take(incoming)

    def _cancel(self, request, known, data, reply_to):
        incoming = Incoming(self, request, data, reply_to)
        if not known:
            incoming.respond(481)
            return
        self.findings.check(request.cseq[0] == known.request.cseq[0], "CANCEL with another CSeq", "RFC 3261 9.1", data)
        self.findings.check(request.uri == known.request.uri, "CANCEL with another Request-URI", "RFC 3261 9.1", data)
        self.findings.check(known.answered is not None, "CANCEL before any response", "RFC 3261 9.1", data)
        incoming.respond(200)
        known.cancelled.set()
        known.respond(487)

    def _came_response(self, response):
        _, _, params = response.via()
        outgoing = self._outgoing.get((params.get("branch"), response.cseq[1]))
        if not outgoing and response.get("Call-ID") not in self._calls:
            return  # to somebody who had this port before us
        if not outgoing:
            self.findings.add("a response to nothing we asked", "RFC 3261 17.1.3", response.build())
        elif response.status < 200:
            outgoing.provisional.append(response)
            outgoing.heard.set()
        elif not outgoing.final.done():
            outgoing.final.set_result(response)
            outgoing.heard.set()
        elif outgoing.accepted_again:
            outgoing.accepted_again()

    # What goes out

    def via(self, transport):
        return f"SIP/2.0/{transport.upper()} {HOST}:{self.port};rport;branch={branch()}"

    def next_hop(self, request):
        """(host, port, transport) by Route, else Request-URI, else our proxy."""
        route = request.get("Route")
        uri = NameAddr(route).uri if route else Uri(request.uri)
        if uri.host.replace(".", "").isdigit():
            return uri.host, uri.port or 5060, uri.params.get("transport") or "udp"
        return (*self.outbound, self.transport)

    async def acknowledge(self, ack):
        """ACK of a 2xx: a transaction of its own, never answered (RFC 3261 13.2.2.4)."""
        hop = self.next_hop(ack)
        ack.headers.insert(0, ("Via", self.via(hop[2])))
        await self.send(ack, hop)

    async def send(self, request, hop=None):
        host, port, transport = hop or self.next_hop(request)
        if self._udp.is_closing():  # it vanished: what is still under way is not said
            return
        if transport == "udp":
            self._udp.sendto(request.build(), (host, port))
            return
        writer = self._writers.get((host, port))
        if writer is None or writer.is_closing():
            reader, writer = await asyncio.open_connection(host, port)
            self._writers[host, port] = writer
            self.spawn(self._read(reader, writer))
        writer.write(request.build())

    async def ask(self, request, within=LIFE, started=None, hop=None):
        """Sends a request and returns its final response; None when none came. `started(outgoing)` sees it before."""
        hop = hop or self.next_hop(request)
        request.headers.insert(0, ("Via", self.via(hop[2])))
        outgoing = Outgoing(request)
        _, _, params = request.via()
        self._outgoing[params["branch"], request.method] = outgoing
        self._calls.add(request.get("Call-ID"))
        if started:
            started(outgoing)
        repeating = self.spawn(self._repeat(outgoing, hop))
        try:
            response = await asyncio.wait_for(asyncio.shield(outgoing.final), within)
        except asyncio.TimeoutError:
            return None
        finally:
            repeating.cancel()
        if request.method == "INVITE" and response.status >= 300:
            await self.send(self._ack_of_refusal(request, response), hop)
        return response

    async def _repeat(self, outgoing, hop):
        pause = T1
        try:
            await self.send(outgoing.request, hop)
        except OSError:
            if not outgoing.final.done():
                outgoing.final.set_result(outgoing.request.response(503, "Transport Error"))
            return
        while hop[2] == "udp" and not outgoing.final.done():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(outgoing.heard.wait(), pause)
                if outgoing.request.method == "INVITE":
                    return
            await asyncio.sleep(pause if outgoing.heard.is_set() else 0)
            if not outgoing.final.done():
                await self.send(outgoing.request, hop)
            pause = min(2 * pause, T2)

    @staticmethod
    def _ack_of_refusal(request, response):
        ack = SipMessage("ACK", request.uri)
        ack.add("Via", request.get("Via")).add("Max-Forwards", 70).add("From", request.get("From"))
        ack.add("To", response.get("To")).add("Call-ID", request.get("Call-ID")).add("CSeq", f"{request.cseq[0]} ACK")
        for route in request.all("Route"):
            ack.add("Route", route)
        return ack

    def cancel(self, outgoing):
        """CANCEL for an INVITE of ours (9.1)."""
        cancel = self._ack_of_refusal(outgoing.request, outgoing.request)
        cancel.method = "CANCEL"
        cancel.headers = [(name, value.replace("ACK", "CANCEL") if name == "CSeq" else value)
                          for name, value in cancel.headers]
        _, _, params = cancel.via()
        self._outgoing[params["branch"], "CANCEL"] = Outgoing(cancel)
        self.spawn(self.send(cancel, self.next_hop(outgoing.request)))

    # Streams

    async def _serve(self, reader, writer):
        peer = writer.get_extra_info("peername")
        self._writers[peer] = writer
        await self._read(reader, writer)

    async def _read(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head))
                self.came(head.lstrip(b"\r\n") + body, "tcp", writer.write)
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, agent):
        self.agent = agent
        self.socket = None

    def connection_made(self, transport):
        self.socket = transport

    def datagram_received(self, data, addr):
        self.agent.came(data, "udp", lambda answer: self.socket.sendto(answer, _back_to(answer, addr)), addr)


def _note_source(request, source):
    """RFC 3581 4: the top Via tells where the request came from."""
    for n, (name, value) in enumerate(request.headers):
        if name == "Via":
            first, comma, rest = value.partition(",")
            if source and "rport" in request.via()[2]:
                first = re.sub(r";rport(?=;|$)", f";rport={source[1]};received={source[0]}", first.strip())
            request.headers[n] = (name, first + comma + rest)
            return


def _back_to(answer, addr):
    """18.2.2 and RFC 3581: to where it came from, at the port of its Via unless rport is there."""
    _, sent_by, params = SipMessage.parse(answer).via()
    port = sent_by.rpartition(":")[2]
    return (addr[0], addr[1] if "rport" in params or not port.isdigit() else int(port))


def _length(head):
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() in (b"content-length", b"l") and value.strip().isdigit():
            return int(value)
    return 0
