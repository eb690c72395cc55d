# SPDX-License-Identifier: MIT
"""The gateway alone between three ends that say exactly what they are told and keep what they hear: the XMPP server of a
component (XEP-0114), the SIP peer behind its route and that peer's MSRP listener. No other program takes part.

What an end heard stands in its list `heard`, in order. Only what belongs to the transport is answered by itself: the handshake,
pings (XEP-0199), CANCEL, and what was answered once before (a retransmission).
"""
import asyncio
import os
import re
from xml.etree import ElementTree

import ports
from participant.message import SipMessage, token
from participant.msrp import Cutter, Frame, identifier
from servers import SECRET, Mucsipd, Server

WITHIN = 30
STREAM = ("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
          "xmlns='jabber:component:accept' from='{}' id='bare'>")
PING = "{urn:xmpp:ping}ping"
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message {} TCP/MSRP *\r\n"


def split_name(tag):
    """(namespace, local name) of an ElementTree tag."""
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def xml_text(element, outer=""):
    """An element written without prefixes, its namespace where it changes."""
    namespace, name = split_name(element.tag)
    words = [name] + ([f"xmlns='{namespace}'"] if namespace and namespace != outer else [])
    words += [f"{split_name(key)[1]}='{value}'" for key, value in element.attrib.items()]
    return f"<{' '.join(words)}>{inner_text(element, namespace)}</{name}>"


def inner_text(element, outer=""):
    return (element.text or "") + "".join(xml_text(child, outer) for child in element)


class End:
    """What the three ends share."""

    def __init__(self):
        self.heard = []
        self.news = asyncio.Event()

    def hear(self, thing):
        self.heard.append(thing)
        self.news.set()

    async def until(self, holds, what, within=WITHIN):
        """Waits until `holds()` is true."""
        async def watch():
            while not holds():
                self.news.clear()
                await self.news.wait()
        try:
            await asyncio.wait_for(watch(), within)
        except asyncio.TimeoutError:
            raise AssertionError(f"not heard: {what}") from None

    async def first(self, matches, what, after=0, within=WITHIN):
        """(index, thing) of the first heard from number `after` on that matches."""
        found = []

        def look():
            found[:] = [(n, thing) for n, thing in enumerate(self.heard) if n >= after and matches(thing)][:1]
            return found
        await self.until(look, what, within)
        return found[0]


class XmppEnd(End):
    """The server of one component; others of the gateway may sign in, and what they say is heard too."""

    def __init__(self, domain):
        super().__init__()
        self.domain, self.port = domain, 0
        self.writer = self.server = None

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        parser, depth = ElementTree.XMLPullParser(("start", "end")), 0
        while data := await reader.read(65536):
            parser.feed(data)
            for event, element in parser.read_events():
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    self._welcome(element.get("to"), writer)
                elif event == "end" and depth == 1:
                    self._take(element, writer)
        writer.close()

    def _welcome(self, domain, writer):
        if domain == self.domain:
            self.writer = writer
        writer.write(STREAM.format(domain).encode())

    def _take(self, stanza, writer):
        if split_name(stanza.tag)[1] == "handshake":
            writer.write(b"<handshake/>")
        elif stanza.find(PING) is not None:
            self.say(f"<iq type='result' id='{stanza.get('id')}' from='{stanza.get('to')}' to='{stanza.get('from')}'/>")
        else:
            self.hear(stanza)

    def say(self, text):
        self.writer.write(text.encode())

    def hang_up(self):
        """The link is lost and does not come back."""
        self.server.close()
        self.writer.close()

    async def settle(self):
        """Everything said so far was read."""
        ident = token()
        self.say(f"<iq type='get' id='{ident}' from='barrier.example' to='{self.domain}'><ping xmlns='urn:xmpp:ping'/></iq>")
        number, _ = await self.first(lambda stanza: stanza.get("id") == ident, "an answer to a ping")
        del self.heard[number]

    def stop(self):
        self.server.close()


class SipEnd(End, asyncio.DatagramProtocol):
    """A SIP user agent over UDP that has to be told everything."""

    def __init__(self, gateway_port):
        super().__init__()
        self.gateway = ("127.0.0.1", gateway_port)
        self.answers = {}  # request octets -> our final answer
        self.port, self.transport, self.sequence = 0, None, 100

    async def start(self):
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self.transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr):
        if data in self.answers:
            if self.answers[data]:
                self.transport.sendto(self.answers[data], self.gateway)
            return
        message = SipMessage.parse(data)
        self.answers[data] = None
        if message.method == "CANCEL":
            self.answer(message, 200)
        self.hear(message)

    def answer(self, request, status, headers=(), body=""):
        """Answers a request as the dialog's other end; the tag is that of the Call-ID."""
        reply = request.response(status, to_tag="om" + str(abs(hash(request.call_id)) % 10000))
        for name, value in headers:
            reply.add(name, value)
        reply.body = body.encode()
        octets = reply.encode()
        if status >= 200:
            self.answers[request.raw] = octets
        self.transport.sendto(octets, self.gateway)
        return reply

    def request(self, method, call, body="", more=()):
        """A request in the dialog of `call`, which is returned; a body is a session description. ACK has the number of what it
        answers."""
        self.sequence += method != "ACK"
        headers = [("From", call.local), ("To", call.remote), ("Call-ID", call.answer.call_id),
                   ("CSeq", f"{self.sequence} {method}"), *more]
        if body:
            headers += [("Contact", f"<sip:omar@127.0.0.1:{self.port};gr=dev7>"), ("Content-Type", "application/sdp")]
        return self._send(SipMessage(method, call.target, headers=headers, body=body.encode()))

    def ask(self, method, uri, headers, body=""):
        """A request outside any dialog; `headers` has From. Returns it."""
        self.sequence += 1
        ident = token()
        headers = [("To", f"<{uri}>"), ("Call-ID", ident), ("CSeq", f"{self.sequence} {method}"), *headers]
        return self._send(SipMessage(method, uri, headers=headers, body=body.encode()))

    def give_up(self, request, answer):
        """The ACK of an INVITE that was refused: it belongs to the transaction (RFC 3261 17.1.1.3)."""
        self._send(SipMessage("ACK", request.uri, headers=[
            ("From", request.get("From")), ("To", answer.get("To")), ("Call-ID", request.call_id),
            ("CSeq", f"{request.cseq[0]} ACK")]), request.via.branch)

    def _send(self, message, branch=None):
        message.insert_via(f"SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch or 'z9hG4bK' + token()}")
        message.add("Max-Forwards", 70)
        self.transport.sendto(message.encode(), self.gateway)
        return message

    async def settle(self):
        ident = token()
        uri = "sip:127.0.0.1:%d" % self.gateway[1]
        self._send(SipMessage("OPTIONS", uri, headers=[
            ("From", f"<sip:barrier@127.0.0.1>;tag={ident}"), ("To", f"<{uri}>"), ("Call-ID", ident), ("CSeq", "1 OPTIONS")]))
        number, _ = await self.first(lambda message: message.call_id == ident, "an answer to OPTIONS")
        del self.heard[number]

    def stop(self):
        self.transport.close()


class Call:
    """A dialog that the gateway began and this end answered."""

    def __init__(self, invite, answer):
        self.invite, self.answer, self.target = invite, answer, invite.contact.uri
        self.local, self.remote = answer.get("To"), answer.get("From")

    @classmethod
    def begun(cls, invite, answer):
        """One that this end began and the gateway answered."""
        call = cls(answer, answer)
        call.local, call.remote = invite.get("From"), answer.get("To")
        return call


class MsrpEnd(End):
    """An MSRP listener; its sessions are told apart by the last part of their path."""

    def __init__(self):
        super().__init__()
        self.port, self.server = 0, None
        self.writers, self.peers = {}, {}  # session id -> connection; -> the gateway's path
        self.reading = []  # of connections that this end made

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def path(self, session):
        return f"msrp://127.0.0.1:{self.port}/{session};tcp"

    @staticmethod
    def session_of(frame):
        return frame.to_path[0].rpartition("/")[2].partition(";")[0] if frame.to_path else ""

    async def connect(self, session, path):
        """The connection to the gateway's path, where this end is the one that connects; it is bound by an empty SEND."""
        host, port = re.match(r"msrp://([^:/]+):(\d+)/", path).groups()
        reader, self.writers[session] = await asyncio.open_connection(host, int(port))
        self.peers[session] = path
        self.reading.append(asyncio.ensure_future(self._serve(reader, self.writers[session])))
        tid = self.send(session, identifier(), None, None)
        number, _ = await self.first(lambda frame: frame.tid == tid and frame.status == 200, "200 to the SEND that binds")
        del self.heard[number]

    async def _serve(self, reader, writer):
        cutter = Cutter()
        while data := await reader.read(65536):
            for raw in cutter.feed(data):
                frame = Frame.parse(raw)
                self.writers[self.session_of(frame)] = writer
                self.hear(frame)
        writer.close()

    def answer(self, frame, status):
        self.writers[self.session_of(frame)].write(frame.response(status).encode())

    def send(self, session, ident, body, content_type):
        """A SEND with a whole message, or without one; returns its transaction."""
        return self.request(session, "SEND", [("Message-ID", ident)], body, content_type)

    def request(self, session, method, headers, body=None, content_type=None):
        """Any request; returns its transaction."""
        frame = Frame(identifier(), method, headers=[("To-Path", self.peers[session]), ("From-Path", self.path(session)),
                                                     *headers])
        if body is not None:
            frame.headers += [("Byte-Range", f"1-{len(body)}/{len(body)}"), ("Content-Type", content_type)]
            frame.body = body
        self.writers[session].write(frame.encode())
        return frame.tid

    async def settle(self):
        for session in list(self.peers):
            if session in self.writers and not self.writers[session].is_closing():
                tid = self.send(session, identifier(), None, None)
                number, _ = await self.first(lambda frame: frame.tid == tid, "an answer to an empty SEND")
                del self.heard[number]

    def stop(self):
        self.server.close()
        for task in self.reading:
            task.cancel()


class BareGateway(Server):
    """mucsipd with the three ends; `settings` go into its configuration, timers by their names."""
    name = "mucsipd"
    port_names = ("sip", "msrp")

    def __init__(self, directory, domain, sip_domain, xmpp_domains, settings):
        super().__init__(directory)
        self.kind, self.alias = "users", {}
        self.others = {}  # more components: domain -> kind
        self.domain, self.sip_domain, self.xmpp_domains, self.settings = domain, sip_domain, xmpp_domains, settings
        self.xmpp, self.sip, self.msrp = XmppEnd(domain), SipEnd(self.ports["sip"]), MsrpEnd()
        self.ends = (self.xmpp, self.sip, self.msrp)

    def become(self, **changes):
        """Another component than one for the users of a domain."""
        self.__dict__.update(changes)
        self.xmpp.domain = self.domain

    def configure(self):
        os.makedirs(os.path.join(self.directory, "state"), exist_ok=True)
        target = os.path.join(self.directory, "mucsipd.conf")
        lines = ["[gateway]", f"state_dir={self.directory}/state", "[xmpp]", f"server=127.0.0.1:{self.xmpp.port}",
                 f"[component {self.domain}]", f"kind={self.kind}", f"secret={SECRET}", f"sip_domain={self.sip_domain}",
                 f"sip_route=udp:127.0.0.1:{self.sip.port}", "[sip]", f"listen=udp:127.0.0.1:{self.ports['sip']}",
                 "[msrp]", f"listen=127.0.0.1:{self.ports['msrp']}", "[peer *]", "options=never"]
        for domain, kind in self.others.items():
            lines += [f"[component {domain}]", f"kind={kind}", f"secret={SECRET}", f"sip_domain={domain}",
                      f"sip_route=udp:127.0.0.1:{self.sip.port}"]
        for domain, kind in self.xmpp_domains.items():
            lines += [f"[xmpp-domain {domain}]", f"kind={kind}", f"sip_domain={domain}"]
        lines += ["[alias]"] + [f"{jid}={uri}" for jid, uri in self.alias.items()]
        for section in ("timers", "settings"):
            lines += [f"[{section}]"] + [f"{name}={value}" for name, value in self.settings.get(section, {}).items()]
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        return [Mucsipd.binary(), "--config", target]

    async def start(self):
        for end in self.ends:
            await end.start()
        return await super().start()

    async def answers(self):
        await self.process.line_with("mucsipd ready", WITHIN)

    async def settle(self):
        """What was told so far has been heard, decided and carried out: three turns of the gateway's loop have passed."""
        for _ in range(3):
            for end in self.ends:
                if end is not self.xmpp or not self.xmpp.writer.is_closing():
                    await end.settle()

    async def sign_out(self):
        """The gateway ends before its ends do."""
        status = await self.stop()
        for end in self.ends:
            end.stop()
        for port in self.ports.values():
            ports.give_back(port)
        assert status == 0, f"mucsipd ended with {status}:\n{self.process.tail(40)}"
