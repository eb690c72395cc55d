# SPDX-License-Identifier: MIT
"""A SIP user of the chaos test, on the user agent of tests/interop/participant: pages, or one MSRP session after the other.

In session mode a message whose SEND was not answered goes out again in a new session with the same Message-ID, and one that comes
so is not shown again (RFC 4975 5.4); in page mode a request that was shown once is never shown again (RFC 3261 8.2.2.2).
"""
import asyncio
import time

from participant.msrp_session import MsrpEndpoint, MsrpSession
from participant.participant import Behaviour, Participant
from participant.session import Refused
from participant.strict import Watch

from user import User, marked

DOMAIN, XMPP_DOMAIN = "sip.test", "xmpp.test"
REFRESH_S, REGISTER_S = 2, 1.5
RING_S, INVITE_S, OPEN_S = 6, 20, 5
SEND_S, SESSION_S = 8, 30
REPORT_S = 0.5  # a report on its own connection may be overtaken by the BYE
LOOK_S = 0.1
TORN = {"sip.end-of-headers", "sip.content-length"}  # the stream of somebody who was killed ends inside a message


class _Session(MsrpSession):
    """Writes down what arrives before the answer goes out."""

    def _receive_send(self, frame):
        if frame.body and frame.flag == "$":
            self.endpoint.on_content(self, frame)
        super()._receive_send(frame)


class _Endpoint(MsrpEndpoint):
    def __init__(self, watch, counters, on_content):
        super().__init__(watch, counters)
        self.on_content = on_content

    def session(self, receiver):
        plain = super().session(receiver)
        session = _Session(self, plain.uri, receiver)
        self.sessions[session.uri] = session
        return session


class _Agent(Participant):
    """A participant who writes into a journal, and whose requests fail at once when their connection does."""

    def __init__(self, user, wires, **options):
        super().__init__(user.who, DOMAIN, watch=Watch(between=False), **options)
        self._owner = user
        self._shown = set(wires)  # requests in page mode: From tag, Call-ID, CSeq
        self._first_in = dict.fromkeys(wires)  # Message-ID: the session it first came in, None: in an earlier life
        self.msrp = _Endpoint(self.watch, self.counters, self._on_content)
        self.transcript.listeners.append(self._on_entry)
        self.watch.waived |= TORN

    def _heard(self, body):
        """The message in a body; a notice about one of the user's own is bad news, not a message."""
        text = body.decode("utf-8", "replace")
        message = marked(text)
        if message and message.startswith(self.user + "."):
            self._owner.told(message, False, "notice: " + text)
            return None
        return message

    def _on_content(self, session, frame):
        message, wire = self._heard(frame.body), frame.get("Message-ID")
        if message and self._first_in.setdefault(wire, session.uri) == session.uri:
            self._owner.received(message, wire, via="msrp")
        elif message:
            self._owner.journal.note("suppressed", id=message, wire=wire)

    def _on_message(self, transaction):
        request = transaction.request
        wire = f"{request.from_.tag} {request.call_id} {request.cseq[0]}"
        if wire in self._shown:
            transaction.reply(482)
            return
        self._shown.add(wire)
        message = self._heard(request.body)
        if message:
            self._owner.received(message, wire, via="page")
        super()._on_message(transaction)

    def _on_bye(self, transaction):
        session = self._session_of(transaction.request)
        if session:
            session.farewell = transaction.request.get("Reason")
        super()._on_bye(transaction)

    def _on_entry(self, entry):
        if entry["event"] == "report-received" and entry.get("message_id", "").startswith(self.user + "."):
            status = entry.get("status", "")
            self._owner.told(entry["message_id"], " 200" in status, "REPORT " + status)
        if entry["event"] == "violation":
            self._owner.journal.note("violation", rule=entry["rule"], text=entry["text"])
        del self.transcript.entries[:]

    async def watch_connections(self):
        """A transaction whose connection is gone hears no answer (RFC 3261 18.4: the transport reports it)."""
        while True:
            for transaction in list(self.stack._clients.values()):
                if transaction.flow.closed:
                    transaction.fail_transport()
            await asyncio.sleep(LOOK_S)

    async def refresh(self):
        """Registers again and again: a registrar that lost its memory is told soon."""
        while True:
            self._register_seq += 1
            request = self.request("REGISTER", f"sip:{self.domain}", to=self.uri)
            request.set("Call-ID", self._register_call)
            request.set("CSeq", f"{self._register_seq} REGISTER")
            request.add("Expires", 3600)
            transaction = await self.stack.send(request)
            try:
                await asyncio.wait_for(transaction.final(), REGISTER_S)
            except asyncio.TimeoutError:
                transaction.end()
            await asyncio.sleep(REFRESH_S)


class SipUser(User):
    """Those with even numbers talk TCP to the proxy."""

    def __init__(self, who, directory, proxy, port):
        super().__init__(who, directory)
        kind = "tcp" if int(who[2:]) % 2 == 0 else "udp"
        self.agent = _Agent(self, self.wires, proxy=f"{kind}:{proxy}", sip_port=port,
                            behaviour=Behaviour(on_invite="accept" if self.mode == "msrp" else 488))
        self._peer = f"sip:{self.partner}@{XMPP_DOMAIN}"
        self._calling = None

    async def live(self):
        await self.agent.start()
        await asyncio.gather(self.agent.watch_connections(), self.agent.refresh(), self.write())

    async def send(self, message, text):
        if self.mode == "page":
            await self._page(message, text)
        elif session := await self._say(message, text):
            await self._outcome_in(message, session)

    # Page mode.

    async def _page(self, message, text):
        request = self.agent.request("MESSAGE", self._peer)
        request.set("Call-ID", message + "@chaos")
        request.add("Content-Type", "text/plain")
        request.body = text.encode()
        final = await (await self.agent.stack.send(request)).final()
        self.told(message, final.status < 300, f"{final.status} {final.reason}{' (local)' if final.local else ''}")

    # Session mode.

    async def _say(self, message, text):
        """The session in which the gateway took the message over (200); None when the author knows that it did not."""
        deadline = time.monotonic() + SESSION_S
        while session := await self._session(deadline):
            status = await session.msrp.send("text/plain", text.encode(), message_id=message, success_report=True,
                                             timeout=SEND_S)
            self.journal.note("answered", id=message, status=status)
            if status == 200:
                return session
            if status not in (0, 408, 481, 506):
                self.told(message, False, f"MSRP {status}")
                return None
            self._drop(session)
        self.told(message, False, "no session")
        return None

    async def _outcome_in(self, message, session):
        """A session that the gateway ends for a reason, with no success report for the message, tells of its failure (CHAT-25)."""
        over = asyncio.ensure_future(session.over.wait())
        within = asyncio.ensure_future(self.outcome(message))
        await asyncio.wait({over, within}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        farewell = getattr(session, "farewell", None)
        if farewell and not await self.outcome(message, REPORT_S):
            self.told(message, False, "BYE " + farewell)
        await within

    def _drop(self, session):
        """A session that failed is over (RFC 4975 5.4)."""
        if not session.ended:
            session.spawn(session.bye())

    def _open_session(self):
        usable = [session for session in self.agent.sessions
                  if session.open.is_set() and not session.ended and session.msrp.connection]
        self.agent.sessions = [session for session in self.agent.sessions if not session.ended]
        return usable[-1] if usable else None

    async def _session(self, deadline):
        """The open session, or the next one that somebody opens; None when there is none in time."""
        while not (session := self._open_session()):
            if time.monotonic() > deadline:
                return None
            if self._calling is None or self._calling.done():
                self._calling = asyncio.ensure_future(self._call())
            await asyncio.sleep(LOOK_S)
        return session

    async def _call(self):
        await asyncio.sleep(self._chance.uniform(0, 0.5))  # both sides call after a loss
        if self._open_session():
            return
        try:
            session = await asyncio.wait_for(self.agent.invite(self._peer, RING_S), INVITE_S)
        except (Refused, asyncio.TimeoutError) as error:
            self.journal.note("no-session", why=str(error) or "silence")
            return
        try:
            await session.opened(OPEN_S)
        except asyncio.TimeoutError:
            self.journal.note("no-session", why="no MSRP")
            self._drop(session)
