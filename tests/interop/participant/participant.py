# SPDX-License-Identifier: MIT
"""A SIP/MSRP user: registers, pages, chats, joins conferences, and writes down what it saw."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from .dialog import Dialog
from .message import NameAddr, SipMessage, same_uri, token
from .msrp_session import MsrpEndpoint
from .recipients import add_list, description, history
from .sdp import Sdp
from .session import Incoming, Refused, Session
from .sip import SipStack, Target
from .strict import Watch
from .subscription import Subscription
from .tls import TlsIdentity
from .transaction import ClientTransaction, ServerTransaction, Timers
from .transcript import Counters, Transcript

METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, SUBSCRIBE, NOTIFY'


@dataclass
class Behaviour:
    """How the user reacts; every field may be changed at any time."""
    # 'accept', 'ring' (forever, or until answered by hand), 'ring-accept' (after ring_seconds),
    # 'silent', or a status to refuse with.
    on_invite: int | str = 'accept'
    # The same for an INVITE from a focus, and 'no-bind' (accept, MSRP never comes up) and
    # 'port-zero' (accept without the media line).
    on_conference: int | str = 'accept'
    ring_seconds: float = 1.0
    # A status, 'silent', or 'hold' (answered later by release_pages).
    page: int | str = 200
    # Media types of a MESSAGE that are answered with 415.
    page_refuses: tuple[str, ...] = ()
    # A status, 'silent', or 'drop' (cuts the TCP connection): for SENDs with a body.
    msrp: int | str = 200
    # Tokens of a=chatroom, or None for an endpoint that knows no chat rooms.
    chatroom: tuple[str, ...] | None = ('nickname', 'private-messages')
    # RFC 6135: a=setup in offers, and the wish when an offer leaves the choice. None: no COMEDIA.
    setup_offer: str | None = 'actpass'
    setup_answer: str | None = 'passive'
    # Subscribe to the conference package after joining: 'outside', 'inside' the dialog, or None.
    subscribe: str | None = 'outside'
    link_grace: float = 5.0
    # RFC 6714: the port that a middlebox has put into c- and m-line; the path stays our own.
    middlebox: int = 0


class Participant:
    """One user agent. Use it as `async with Participant('romeo', 'sip.test') as romeo:`."""

    def __init__(self, user: str, domain: str, *, proxy: str | None = None,
                 host: str = '127.0.0.1', sip_port: int = 0, msrp_port: int = 0,
                 behaviour: Behaviour | None = None, transcript: str | None = None,
                 timers: Timers | None = None, display: str = '',
                 supported: tuple[str, ...] = (), watch: Watch | None = None, tls: TlsIdentity | None = None):
        self.user, self.domain, self.display, self.nick = user, domain, display, ''
        self.uri = f'sip:{user}@{domain}'
        self.aliases: list[str] = []  # other URIs by which a room may call this user
        self.behaviour = behaviour or Behaviour()
        self.transcript = Transcript(user, transcript)
        self.counters = Counters()
        self.watch = watch or Watch()
        self.watch.listeners.append(self._tell_violation)
        self.stack = SipStack(self.watch, self.counters, timers)
        self.stack.on_request = self._on_request
        self.stack.outbound = Target.parse(proxy) if proxy else None
        self.msrp = MsrpEndpoint(self.watch, self.counters, tls)
        self.sessions: list[Session] = []
        self.incoming: list[Incoming] = []
        self.subscriptions: list[Subscription] = []
        self.supported = supported
        self._referrals: set[str] = set()  # Call-IDs
        self._listen = host, sip_port, msrp_port
        self._held_pages: list[ServerTransaction] = []
        self._tasks: set[asyncio.Task] = set()
        self._register_seq = 0
        self._register_call = token() + '@' + host

    @property
    def violations(self) -> list:
        """Everything received that breaks a rule; a test asserts that it is empty."""
        return self.watch.violations

    def _tell_violation(self, finding) -> None:
        self.transcript.record('violation', rule=finding.rule, text=str(finding))

    async def start(self) -> Participant:
        host, sip_port, msrp_port = self._listen
        await self.stack.open(host, sip_port)
        await self.msrp.open(host, msrp_port)
        self.watch.dialogs.contact = NameAddr.parse(self.contact).uri
        self.transcript.record('started', sip='%s:%d' % self.stack.local,
                               msrp='%s:%d' % self.msrp.local)
        return self

    async def stop(self) -> None:
        """Closes sockets without saying goodbye; end sessions first where that matters."""
        for session in self.sessions:
            session.msrp.closing = True
            session.cancel_tasks()
        for task in list(self._tasks):
            task.cancel()
        await self.msrp.close()
        await self.stack.close()
        self.transcript.close()

    async def __aenter__(self) -> Participant:
        return await self.start()

    async def __aexit__(self, *_) -> None:
        await self.stop()

    def spawn(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Building.

    @property
    def contact(self) -> str:
        host, port = self.stack.local
        tcp = self.stack.outbound is not None and self.stack.outbound.kind == 'tcp'
        return f'<sip:{self.user}@{host}:{port}{";transport=tcp" if tcp else ""}>'

    def capabilities(self) -> list[tuple[str, str]]:
        headers = [('Allow', METHODS), ('Allow-Events', 'conference')]
        if self.supported:
            headers.append(('Supported', ', '.join(self.supported)))
        return headers

    def add_capabilities(self, message: SipMessage) -> None:
        for name, value in self.capabilities():
            message.add(name, value)

    def request(self, method: str, uri: str, *, to: str = '') -> SipMessage:
        """A request outside any dialog (RFC 3261 section 8.1.1)."""
        message = SipMessage(method, uri)
        message.add('Max-Forwards', 70)
        message.add('From', NameAddr(self.uri, self.display, {'tag': token(64)}))
        message.add('To', NameAddr(to or uri))
        message.add('Call-ID', f'{token()}@{self.stack.local[0]}')
        message.add('CSeq', f'1 {method}')
        if method in ('INVITE', 'SUBSCRIBE', 'REGISTER', 'OPTIONS'):
            message.add('Contact', self.contact)
        return message

    def new_sdp(self, path: str) -> Sdp:
        chatroom, path = self.behaviour.chatroom, ' '.join([*self.msrp.relay_path, path])
        host, port = self.msrp.address()
        middlebox = self.behaviour.middlebox
        return Sdp(path, host, middlebox or port, user=self.user, cema=bool(middlebox),
                   accept_wrapped_types=['*'], secure=self.msrp.tls is not None,
                   fingerprints=self.msrp.tls.announced() if self.msrp.tls else [],
                   chatroom=None if chatroom is None else list(chatroom))

    # Acting.

    async def register(self, expires: int = 3600) -> int:
        """REGISTER at the domain (section 10.2); returns the status."""
        request = self.request('REGISTER', f'sip:{self.domain}', to=self.uri)
        self._register_seq += 1
        request.set('Call-ID', self._register_call)
        request.set('CSeq', f'{self._register_seq} REGISTER')
        request.add('Expires', expires)
        final = await (await self.stack.send(request)).final()
        self.transcript.record('registered', status=final.status, expires=expires)
        return final.status

    async def page(self, uri: str, text: str | bytes, content_type: str = 'text/plain') -> int:
        """One MESSAGE (RFC 3428); returns the status."""
        request = self.request('MESSAGE', uri)
        request.add('Content-Type', content_type)
        request.body = text.encode() if isinstance(text, str) else text
        final = await (await self.stack.send(request)).final()
        shown = text if isinstance(text, str) else text.decode('utf-8', 'replace')
        self.transcript.record('message-sent', via='page', to=uri, text=shown,
                               status=final.status)
        return final.status

    async def options(self, uri: str) -> SipMessage:
        return await (await self.stack.send(self.request('OPTIONS', uri))).final()

    def _judge_roles(self, offered: str | None, answered: str | None, final: SipMessage) -> None:
        """RFC 4145 section 4.1: the answer must take the other part."""
        if offered in ('active', 'passive') and answered not in (
                None, 'passive' if offered == 'active' else 'active'):
            self.watch.note('sdp.setup-answer', 'RFC 4145 4.1, RFC 6135 4.2.2',
                            f'{answered} to an offered {offered}', final.raw)

    async def subscribe(self, conference: str) -> Subscription:
        """Subscribes to the roster of a conference outside any dialog."""
        subscription = Subscription(self, conference)
        self.subscriptions.append(subscription)
        await subscription.start()
        return subscription

    async def refer(self, conference: str, refer_to: str) -> int:
        """Asks a focus outside any dialog to call somebody, or to drop him (RFC 4579 5.5, 5.11); returns the status. What
        comes of it is told as refer-progress."""
        request = self.request('REFER', conference)
        request.add('Contact', self.contact)
        request.add('Refer-To', f'<{refer_to}>')
        self._referrals.add(request.call_id)
        final = await (await self.stack.send(request)).final()
        self.transcript.record('referred', peer=conference, to=refer_to, status=final.status)
        return final.status

    async def invite(self, uri: str, timeout: float | None = None,
                     guests: dict[str, str] | None = None) -> Session:
        """Invites to a session, or joins a conference. Raises Refused; after `timeout` seconds
        without a final response the INVITE is cancelled (status 487, or 408 in silence).
        `guests` go with it to a factory, as recipients.add_list() takes them."""
        session = Session(self, uri)
        session.local_sdp.setup = self.behaviour.setup_offer
        request = self.request('INVITE', uri)
        self.add_capabilities(request)
        if guests:
            add_list(request, session.local_sdp.encode(), guests)
        else:
            request.add('Content-Type', 'application/sdp')
            request.body = session.local_sdp.encode()
        self.transcript.record('inviting', peer=uri)
        transaction = await self.stack.send(request)
        self.spawn(self._tell_progress(transaction, uri))
        try:
            final = await asyncio.wait_for(transaction.final(), timeout)
        except asyncio.TimeoutError:
            final = await self._give_up(transaction)
        if not 200 <= final.status < 300:
            session.msrp.close()
            self.transcript.record('refused', peer=uri, status=final.status, text=final.reason,
                                   why=final.get('Reason'), warning=final.get('Warning'),
                                   contact=final.get('Contact'))
            raise Refused(final.status, final.reason)
        return await self._answered(session, request, final)

    async def _give_up(self, transaction: ClientTransaction) -> SipMessage:
        """Cancels as soon as that is allowed: after a provisional response (section 9.1)."""
        proceeding = asyncio.ensure_future(transaction.proceeding.wait())
        final = asyncio.ensure_future(transaction.final())
        await asyncio.wait([proceeding, final], return_when=asyncio.FIRST_COMPLETED)
        proceeding.cancel()
        if not final.done():
            self.stack.cancel(transaction)
        return await final

    async def _tell_progress(self, transaction: ClientTransaction, uri: str) -> None:
        while (response := await transaction.next()).status < 200:
            self.transcript.record('progress', peer=uri, status=response.status)

    async def _answered(self, session: Session, request: SipMessage, final: SipMessage):
        dialog = Dialog.from_uac(request, final)
        await self.stack.send_ack(dialog.request('ACK', request.cseq[0]))
        self.sessions.append(session)
        self.watch.sdp(final.body, focus=final.is_focus, answer=True)
        try:
            answer = Sdp.parse(final.body)
        except (ValueError, IndexError) as error:
            session.dialog = dialog
            self.transcript.record('error', peer=session.peer, text=f'answer: {error}')
            await session.bye()
            raise Refused(0, str(error)) from error
        self._judge_roles(session.local_sdp.setup, answer.setup, final)
        session.establish(dialog, answer, final)
        session.confirm(active=answer.setup != 'active')
        return session

    def session_with(self, uri: str) -> Session | None:
        """The open session with a peer or conference."""
        return next((s for s in self.sessions if not s.ended
                     and (same_uri(uri, s.peer) or same_uri(uri, s.conference))), None)

    def is_called(self, uri: str) -> bool:
        """The URI is one of this user's."""
        return any(same_uri(uri, own) for own in (self.uri, *self.aliases))

    async def leave_all(self) -> None:
        """Ends every open session with a BYE."""
        await asyncio.gather(*(session.bye() for session in self.sessions if not session.ended))

    def release_pages(self, status: int = 200) -> int:
        """Answers the MESSAGEs kept back by behaviour.page == 'hold'."""
        held, self._held_pages = self._held_pages, []
        for transaction in held:
            transaction.reply(status)
        return len(held)

    # Reacting.

    def _on_request(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        unknown = [tag for tag in request.all('Require') if tag not in self.supported]
        if unknown and request.method != 'CANCEL':
            transaction.reply(420, headers=[('Unsupported', ', '.join(unknown))])
            return
        handler = {'MESSAGE': self._on_message, 'INVITE': self._on_invite, 'BYE': self._on_bye,
                   'OPTIONS': self._on_options, 'NOTIFY': self._on_notify}.get(request.method)
        if handler:
            handler(transaction)
        else:
            transaction.reply(405, headers=[('Allow', METHODS)])

    def _on_message(self, transaction: ServerTransaction) -> None:
        request, policy = transaction.request, self.behaviour.page
        if request.content_type in self.behaviour.page_refuses:
            transaction.reply(415, headers=[('Accept', 'text/plain')])
            self.transcript.record('page-refused', peer=request.from_.uri, answer='415',
                                   content_type=request.content_type)
            return
        if policy == 'hold':
            self._held_pages.append(transaction)
        elif policy != 'silent':
            transaction.reply(int(policy))
        if policy in (200, 'hold'):
            self.heard(request.from_.uri, request.content_type, request.body, via='page')
        else:
            self.transcript.record('page-refused', peer=request.from_.uri, answer=str(policy))

    def _on_options(self, transaction: ServerTransaction) -> None:
        transaction.reply(200, headers=[('Contact', self.contact), *self.capabilities(),
                                        ('Accept', 'application/sdp, text/plain')])

    def _session_of(self, request: SipMessage) -> Session | None:
        key = request.call_id, request.to.tag or '', request.from_.tag or ''
        return next((s for s in self.sessions if s.dialog and s.dialog.key == key), None)

    def _on_bye(self, transaction: ServerTransaction) -> None:
        session = self._session_of(transaction.request)
        if session is None:
            transaction.reply(481)
            return
        transaction.reply(200)
        session.end('peer-bye', text=transaction.request.get('Reason'))

    def _on_notify(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        if request.call_id in self._referrals and request.get('Event', '').startswith('refer'):
            transaction.reply(200)
            self.transcript.record('refer-progress', status=int(request.body.split()[1]),
                                   state=request.get('Subscription-State'))
            return
        for subscription in self.subscriptions:
            if subscription.matches(transaction.request):
                subscription.notified(transaction)
                return
        transaction.reply(481)

    def _on_invite(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        if request.to.tag:
            session = self._session_of(request)
            if session is None or session.ended:
                transaction.reply(481)
            else:
                session.receive_reinvite(transaction)
            return
        offer = description(request)
        self.watch.sdp(offer, focus=request.is_focus, answer=False)
        try:
            incoming = Incoming(self, transaction, Sdp.parse(offer))
        except (ValueError, IndexError):
            transaction.reply(488)
            return
        if incoming.offer.secure != (self.msrp.tls is not None):
            transaction.reply(488)
            self.transcript.record('offer-refused', peer=incoming.peer,
                                   secure=incoming.offer.secure)
            return
        event = 'conference-invited' if incoming.conference else 'invited'
        self.transcript.record(event, peer=incoming.peer, display=request.from_.display,
                               conference=request.contact.uri if incoming.conference else None,
                               subject=request.get('Subject'), others=history(request) or None)
        self._decide(incoming)

    def _decide(self, incoming: Incoming) -> None:
        behaviour = self.behaviour
        policy = behaviour.on_conference if incoming.conference else behaviour.on_invite
        self.incoming.append(incoming)
        self.spawn(self._watch_cancel(incoming))
        if isinstance(policy, int):
            incoming.decline(policy)
        elif policy in ('ring', 'ring-accept'):
            incoming.ring()
            if policy == 'ring-accept':
                self.spawn(self._accept_later(incoming))
        elif policy != 'silent':
            incoming.accept(bind=policy != 'no-bind', media=policy != 'port-zero')

    async def _accept_later(self, incoming: Incoming) -> None:
        try:
            await asyncio.wait_for(incoming.transaction.cancelled.wait(),
                                   self.behaviour.ring_seconds)
        except asyncio.TimeoutError:
            incoming.accept()

    async def _watch_cancel(self, incoming: Incoming) -> None:
        await incoming.transaction.cancelled.wait()
        self.settled(incoming)
        self.transcript.record('invitation-cancelled', peer=incoming.peer)

    def accept(self, incoming: Incoming, bind: bool, media: bool) -> Session:
        """Answers an INVITE with 200 and waits for the ACK in the background."""
        transaction, offer = incoming.transaction, incoming.offer
        request = transaction.request
        session = Session(self, incoming.peer)
        self.settled(incoming)
        self.aliases += [request.uri, request.to.uri]
        dialog = Dialog.from_uas(request, transaction.to_tag, self.contact)
        session.establish(dialog, offer, request)
        active = self._choose_role(session.local_sdp, offer, bind)
        if not media:
            session.local_sdp.port = 0
        if not bind:
            session.msrp.ignore_binding, session.msrp.answer = True, 'silent'
        self.sessions.append(session)
        transaction.reply(200, headers=[('Contact', self.contact), *self.capabilities(),
                                        ('Content-Type', 'application/sdp')],
                          body=session.local_sdp.encode())
        self.transcript.record('accepted', peer=incoming.peer, conference=session.conference)
        session.spawn(self._await_ack(session, transaction, active, bind and media))
        return session

    def _choose_role(self, answer: Sdp, offer: Sdp, bind: bool) -> bool:
        """RFC 6135 section 4.2.2; without a=setup the offerer is active. True: we connect."""
        wish = self.behaviour.setup_answer
        if offer.setup not in ('active', 'passive', 'actpass') or wish is None:
            return False
        if offer.setup == 'actpass':
            answer.setup = wish if bind else 'active'
        else:
            answer.setup = 'passive' if offer.setup == 'active' else 'active'
        return answer.setup == 'active'

    async def _await_ack(self, session: Session, transaction: ServerTransaction, active: bool,
                         bind: bool) -> None:
        if await transaction.acked:
            if not session.ended:
                session.confirm(active, bind)
        else:
            self.watch.note('sip.no-ack', 'RFC 3261 13.2.2.4', 'a 2xx was never ACKed',
                            transaction.request.raw)
            self.transcript.record('error', peer=session.peer, text='no ACK')
            await session.bye()

    # Called by sessions.

    def settled(self, incoming: Incoming) -> None:
        """An invitation is no longer open."""
        if incoming in self.incoming:
            self.incoming.remove(incoming)

    def heard(self, sender: str, content_type: str, body: bytes, *, via: str, **fields) -> None:
        """Something for the user to read, however it came."""
        text = body.decode('utf-8', 'replace')
        if content_type == 'text/plain':
            self.transcript.record('message-received', **{'from': sender}, text=text, via=via,
                                   **fields)
        elif body:
            self.transcript.record('content-received', **{'from': sender}, text=text, via=via,
                                   content_type=content_type, **fields)

    def joined(self, session: Session) -> None:
        """A conference was joined: a conference-aware user agent subscribes (RFC 4579
        section 3.4, preferably outside the INVITE dialog)."""
        if self.behaviour.subscribe:
            self.spawn(session.subscribe(self.behaviour.subscribe == 'inside'))
