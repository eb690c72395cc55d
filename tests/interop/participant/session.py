# SPDX-License-Identifier: MIT
"""An INVITE session with MSRP: two parties, or one participant and a conference focus
(RFC 3261 sections 13 to 15, RFC 4975 section 8, RFC 7701 section 6)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .cpim import Cpim
from .message import SipMessage, same_uri
from .sdp import Sdp
from .subscription import Subscription
from .transcript import PATIENCE_S

if TYPE_CHECKING:
    from .dialog import Dialog
    from .participant import Participant
    from .msrp import Frame
    from .transaction import ServerTransaction


class Refused(Exception):
    """An INVITE was answered with a failure; `status` is 0 when this side gave up."""

    def __init__(self, status: int, reason: str):
        super().__init__(f'{status} {reason}')
        self.status, self.reason = status, reason


class Incoming:
    """A received INVITE that was not answered yet."""

    def __init__(self, owner: Participant, transaction: ServerTransaction, offer: Sdp):
        self.owner, self.transaction, self.offer = owner, transaction, offer
        self.peer = transaction.request.from_.uri
        self.conference = transaction.request.is_focus

    def ring(self) -> None:
        self.transaction.reply(180, headers=[('Contact', self.owner.contact)])

    def decline(self, status: int) -> None:
        self.transaction.reply(status)
        self.owner.settled(self)
        self.owner.transcript.record('declined', peer=self.peer, status=status)

    def accept(self, *, bind: bool = True, media: bool = True) -> Session:
        """Answers 200. `bind` False never lets MSRP come up; `media` False says port 0."""
        return self.owner.accept(self, bind, media)


class Session:
    """One session from the first INVITE to its end."""

    def __init__(self, owner: Participant, peer: str):
        self.owner, self.peer = owner, peer
        self.msrp = owner.msrp.session(self._message)
        self.local_sdp = owner.new_sdp(self.msrp.uri)
        self.remote_sdp: Sdp | None = None
        self.dialog: Dialog | None = None
        self.conference = ''          # the conference URI when the peer is a focus
        self.subscription: Subscription | None = None
        self.ended = ''               # why, once it has ended
        self.active = False           # this side opened the MSRP connection
        self.open = asyncio.Event()   # confirmed and bound
        self.over = asyncio.Event()
        self.msrp.policy = lambda: owner.behaviour.msrp
        self.msrp.on_lost = self._link_lost
        self.msrp.on_bound = self._check_open
        self.msrp.on_report = self._report
        self._tasks: set[asyncio.Task] = set()

    @property
    def via(self) -> str:
        return 'conference' if self.conference else 'msrp'

    # Coming up.

    def establish(self, dialog: Dialog, remote: Sdp, message: SipMessage) -> None:
        """The dialog exists; the peer's Contact tells whether it is a focus."""
        self.dialog, self.remote_sdp = dialog, remote
        self.msrp.remote_path = [*self.owner.msrp.relay_path, *remote.path.split()]
        self.msrp.announced(remote.fingerprints)
        if message.is_focus:
            self.conference = message.contact.uri

    def confirm(self, active: bool, bind: bool = True) -> None:
        """The offer/answer and the dialog are complete: MSRP may be connected."""
        self.dialog.confirmed, self.active = True, active
        if active and bind and self.remote_sdp.port:
            self.spawn(self._connect())
        self._check_open()

    async def _connect(self) -> None:
        try:
            await self.msrp.connect()
        except OSError as error:
            self.owner.transcript.record('error', peer=self.peer, text=f'msrp connect: {error}')

    def _check_open(self) -> None:
        if self.open.is_set() or not self.msrp.bound.is_set():
            return
        if self.dialog and self.dialog.confirmed:
            self.open.set()
            record = self.owner.transcript.record
            if self.conference:
                record('conference-joined', conference=self.conference)
                self.owner.joined(self)
            else:
                record('session-opened', peer=self.peer)

    async def opened(self, timeout: float = PATIENCE_S) -> Session:
        await asyncio.wait_for(self.open.wait(), timeout)
        return self

    def spawn(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Talking.

    async def say(self, text: str, **options) -> int:
        """A line to the peer, or to everybody in the conference."""
        status = await self.send('text/plain', text.encode(), **options)
        self.owner.transcript.record('message-sent', via=self.via, text=text, status=status,
                                     to=self.conference or self.peer)
        return status

    async def say_privately(self, occupant: str, text: str, **options) -> int:
        """A private line to one URI of the roster (RFC 7701 section 6.2)."""
        status = await self.send('text/plain', text.encode(), to=occupant, **options)
        self.owner.transcript.record('message-sent', via='conference', text=text, status=status,
                                     to=occupant, private=True)
        return status

    async def send(self, content_type: str, body: bytes, *, to: str = '', **options) -> int:
        """Any content; in a conference, or when the peer takes nothing else, in message/cpim."""
        accepts = self.remote_sdp.accepts
        if self.conference or (not accepts(content_type) and accepts('message/cpim')):
            recipient = to or self.conference or self.peer
            body = Cpim((self.owner.nick, self.owner.uri), ('', recipient),
                        content_type=content_type, body=body).encode()
            content_type = 'message/cpim'
        return await self.msrp.send(content_type, body, **options)

    async def subscribe(self, inside: bool = False) -> Subscription:
        """Subscribes to the roster of this conference."""
        self.subscription = Subscription(self.owner, self.conference,
                                         self.dialog if inside else None)
        self.owner.subscriptions.append(self.subscription)
        await self.subscription.start()
        return self.subscription

    async def nickname(self, nick: str) -> int:
        status = await self.msrp.nickname(nick)
        if status == 200:
            self.owner.nick = nick
        self.owner.transcript.record('nickname', nick=nick, status=status)
        return status

    # Hearing.

    def _message(self, frame: Frame, whole: bytes) -> None:
        self._judge_type(frame)
        if frame.content_type == 'message/cpim':
            self.owner.watch.cpim(whole, room=bool(self.conference))
            try:
                cpim = Cpim.parse(whole)
            except ValueError as error:
                self.owner.transcript.record('error', peer=self.peer, text=str(error))
                return
            self._wrapped(cpim)
        else:
            self.owner.heard(self.peer, frame.content_type, whole, via=self.via)

    def _judge_type(self, frame: Frame) -> None:
        """Only signalled types may come, and in a conference only message/cpim."""
        note = self.owner.watch.note
        if not self.local_sdp.accepts(frame.content_type):
            note('msrp.type-refused', 'RFC 4975 8.6', frame.content_type, frame.raw)
        if self.conference and frame.content_type != 'message/cpim':
            note('msrp.type-conference', 'RFC 7701 5.2, 6.1', frame.content_type, frame.raw)

    def _wrapped(self, cpim: Cpim) -> None:
        nick, sender = cpim.sender
        to_room = same_uri(cpim.recipient[1], self.conference)
        if self.conference and not to_room and not self.owner.is_called(cpim.recipient[1]):
            self.owner.watch.note('cpim.to-other', 'RFC 7701 6.1, 6.2',
                                  f'To {cpim.recipient[1]}, not {self.conference} or this user')
        private = bool(self.conference) and not to_room
        if self.conference and not nick and self.subscription:
            nick = self.subscription.state.nick(sender)
        self.owner.heard(sender, cpim.content_type.partition(';')[0].strip().lower(), cpim.body,
                         via=self.via, nick=nick, private=private or None,
                         conference=self.conference, cpim_to=cpim.recipient[1],
                         date_time=cpim.date_time, cpim=dict(cpim.headers or []))

    def _report(self, frame: Frame) -> None:
        self.owner.transcript.record('report-received', peer=self.peer, via=self.via,
                                     message_id=frame.get('Message-ID'),
                                     status=frame.get('Status'))

    # Going down.

    async def bye(self, reason: str = '') -> int:
        """Ends the session from here; returns the status of the BYE."""
        if self.ended:
            return 0
        self.ended, self.msrp.closing = 'bye', True
        request = self.dialog.request('BYE')
        if reason:
            request.add('Reason', reason)
        final = await (await self.owner.stack.send(request)).final()
        self._finish('bye')
        return final.status

    def end(self, why: str, **fields) -> None:
        """The session is over; said once."""
        if not self.ended:
            self.ended = why
            self._finish(why, **fields)

    def _finish(self, why: str, **fields) -> None:
        self.msrp.close()
        self.over.set()
        event = 'conference-ended' if self.conference else 'session-ended'
        self.owner.transcript.record(event, peer=self.peer, reason=why,
                                     conference=self.conference, **fields)

    def _link_lost(self) -> None:
        self.owner.transcript.record('link-lost', peer=self.peer, conference=self.conference)
        if not self.ended:
            self.spawn(self._bye_after_grace())

    async def _bye_after_grace(self) -> None:
        """The peer may be closing link and dialog in this order: give its BYE a moment."""
        try:
            await asyncio.wait_for(self.over.wait(), self.owner.behaviour.link_grace)
        except asyncio.TimeoutError:
            if self.msrp.connection is None:  # nobody has made the session anew (RFC 4975 section 5.4)
                await self.bye()

    # Offering again.

    def _restate(self, setup: str | None, direction: str = '') -> bytes:
        """The own description once more: the same o= line when all is the same (RFC 4975
        section 8.4), else one version up (RFC 3264 section 8)."""
        if (self.local_sdp.setup, self.local_sdp.direction) != (setup, direction):
            self.local_sdp.setup, self.local_sdp.direction = setup, direction
            self.local_sdp.version += 1
        return self.local_sdp.encode()

    async def reinvite(self, direction: str = '') -> int:
        """A re-INVITE for the session as it is, or on hold; an offer never says passive
        (RFC 6135 4.2.2)."""
        setup = self.local_sdp.setup
        request = self.dialog.request('INVITE')
        self.owner.add_capabilities(request)
        request.add('Content-Type', 'application/sdp')
        request.body = self._restate('actpass' if setup == 'passive' else setup, direction)
        transaction = await self.owner.stack.send(request)
        final = await transaction.final()
        if 200 <= final.status < 300:
            self.dialog.retarget(final)
            await self.owner.stack.send_ack(self.dialog.request('ACK', request.cseq[0]))
            self.owner.watch.sdp(final.body, focus=final.is_focus, answer=True)
            self.remote_sdp = Sdp.parse(final.body)
        return final.status

    def receive_reinvite(self, transaction: ServerTransaction) -> None:
        """Answers a re-INVITE with the session as it stands; one without a body gets an offer."""
        request = transaction.request
        try:
            offer = Sdp.parse(request.body) if request.body else self.remote_sdp
        except (ValueError, IndexError):
            transaction.reply(488)
            return
        if request.body:
            self.owner.watch.sdp(request.body, focus=request.is_focus, answer=False)
        self.remote_sdp = offer
        self.msrp.remote_path = [*self.owner.msrp.relay_path, *offer.path.split()]
        self.dialog.retarget(request)
        self.owner.transcript.record('reinvited', peer=self.peer, port=self.remote_sdp.port)
        headers = [('Contact', self.owner.contact), *self.owner.capabilities(),
                   ('Content-Type', 'application/sdp')]
        mine = 'active' if self.active else 'passive'
        setup = {'active': 'passive', 'passive': 'active', 'actpass': mine}.get(offer.setup or '')
        body = self._restate(setup if request.body else self.local_sdp.setup)
        transaction.reply(200, headers=headers, body=body)

    def cancel_tasks(self) -> None:
        for task in list(self._tasks):
            task.cancel()
