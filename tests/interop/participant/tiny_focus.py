# SPDX-License-Identifier: MIT
"""A tiny conference focus and MSRP switch for the self tests (RFC 4579, 4575, 7701): enough to
invite, admit, tell the roster, relay lines to all or to one, and expel. No production use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from .conference import MEDIA_TYPE
from .cpim import Cpim
from .dialog import Dialog
from .message import NameAddr, SipMessage, token
from .msrp import Frame
from .msrp_session import MsrpEndpoint, MsrpSession
from .sdp import Sdp
from .sip import SipStack
from .strict import Watch
from .transaction import ServerTransaction, Timers


@dataclass
class Member:
    uri: str
    dialog: Dialog
    msrp: MsrpSession
    sdp: Sdp
    nick: str = ''
    private: bool = False


@dataclass
class Subscriber:
    dialog: Dialog
    version: int = 0
    known: dict[str, str] = field(default_factory=dict)


class TinyFocus:
    """The focus of one conference."""

    def __init__(self, name: str, domain: str, timers: Timers | None = None):
        self.uri = f'sip:{name}@{domain}'
        self.watch = Watch()
        self.stack = SipStack(self.watch, None, timers)
        self.stack.on_request = self._on_request
        self.msrp = MsrpEndpoint(self.watch)
        self.members: list[Member] = []
        self.subscribers: list[Subscriber] = []
        self._tasks: set[asyncio.Task] = set()

    async def __aenter__(self) -> TinyFocus:
        await self.stack.open('127.0.0.1')
        await self.msrp.open('127.0.0.1')
        return self

    async def __aexit__(self, *_) -> None:
        for task in self._tasks:
            task.cancel()
        for member in self.members:
            member.msrp.closing = True
        await self.msrp.close()
        await self.stack.close()

    @property
    def contact(self) -> str:
        return f'<{self.uri}>;isfocus'

    def _spawn(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _member(self, dialog: Dialog | None, uri: str) -> Member:
        msrp = self.msrp.session(lambda frame, whole: self._relay(member, whole))
        sdp = Sdp(msrp.uri, *self.msrp.local, accept_types=['message/cpim'],
                  accept_wrapped_types=['text/plain'],
                  chatroom=['nickname', 'private-messages'])
        member = Member(uri, dialog, msrp, sdp)
        msrp.on_request = lambda frame: self._nickname(member, frame)
        msrp.on_bound = lambda: self._spawn(self._changed())
        return member

    # Dialling out.

    async def invite(self, uri: str) -> int:
        """Dials out; returns the final status."""
        member = self._member(None, uri)
        member.sdp.setup = 'actpass'
        request = SipMessage('INVITE', uri, body=member.sdp.encode())
        for name, value in (('Max-Forwards', 70),
                            ('From', NameAddr(self.uri, 'The Balcony', {'tag': token(64)})),
                            ('To', NameAddr(uri)), ('Call-ID', token()), ('CSeq', '1 INVITE'),
                            ('Contact', self.contact), ('Allow-Events', 'conference'),
                            ('Content-Type', 'application/sdp')):
            request.add(name, value)
        final = await (await self.stack.send(request)).final()
        if final.status != 200:
            return final.status
        member.dialog = Dialog.from_uac(request, final)
        await self.stack.send_ack(member.dialog.request('ACK', 1))
        answer = Sdp.parse(final.body)
        member.msrp.remote_path = answer.path.split()
        member.private = 'private-messages' in (answer.chatroom or [])
        self.members.append(member)
        if answer.setup != 'active' and answer.port:
            self._spawn(self._connect(member))
        return 200

    @staticmethod
    async def _connect(member: Member) -> None:
        try:
            await member.msrp.connect()
        except OSError:
            pass  # this member never hears anything, which is what its test is about

    # Being dialled.

    def _on_request(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        if request.method == 'INVITE' and not request.to.tag:
            self._admit(transaction)
        elif request.method == 'SUBSCRIBE':
            self._subscribe(transaction)
        elif request.method == 'BYE':
            transaction.reply(200)
            self._remove(lambda m: m.dialog.call_id == request.call_id)
        elif request.method == 'OPTIONS':
            transaction.reply(200, headers=[('Contact', self.contact)])
        else:
            transaction.reply(501)

    def _admit(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        member = self._member(None, request.from_.uri)
        member.dialog = Dialog.from_uas(request, transaction.to_tag, self.contact)
        offer = Sdp.parse(request.body)
        member.msrp.remote_path = offer.path.split()
        member.private = 'private-messages' in (offer.chatroom or [])
        member.sdp.setup = 'passive' if offer.setup else None
        self.members.append(member)
        transaction.reply(200, headers=[('Contact', self.contact),
                                        ('Content-Type', 'application/sdp')],
                          body=member.sdp.encode())

    def _remove(self, which) -> None:
        for member in [m for m in self.members if which(m)]:
            self.members.remove(member)
            member.msrp.close()
        self._spawn(self._changed())

    async def expel(self, uri: str) -> None:
        member = next(m for m in self.members if m.uri == uri)
        request = member.dialog.request('BYE')
        request.add('Reason', 'SIP;cause=200;text="expelled"')
        await (await self.stack.send(request)).final()
        self._remove(lambda m: m is member)

    # The roster.

    def _subscribe(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        wish = int(request.get('Expires', '3600'))
        key = request.call_id
        subscriber = next((s for s in self.subscribers if s.dialog.call_id == key), None)
        if subscriber is None:
            inside = next((m.dialog for m in self.members if m.dialog.call_id == key), None)
            subscriber = Subscriber(inside or Dialog.from_uas(request, transaction.to_tag,
                                                              self.contact))
            self.subscribers.append(subscriber)
        transaction.reply(200, headers=[('Contact', self.contact), ('Expires', str(wish))])
        self._spawn(self._notify(subscriber, full=True, ended=wish == 0))

    def _roster(self) -> dict[str, str]:
        return {m.uri: m.nick for m in self.members if m.msrp.connection}

    async def _changed(self) -> None:
        await asyncio.gather(*(self._notify(s, full=False) for s in self.subscribers))

    async def _notify(self, subscriber: Subscriber, *, full: bool, ended: bool = False) -> None:
        roster = self._roster()
        if not full and roster == subscriber.known:
            return
        request = subscriber.dialog.request('NOTIFY')
        request.add('Event', 'conference')
        state = 'terminated;reason=timeout' if ended else 'active;expires=3600'
        request.add('Subscription-State', state)
        request.add('Content-Type', MEDIA_TYPE)
        subscriber.version += 1
        request.body = self.document(subscriber.version, subscriber.known, roster, full)
        subscriber.known = roster
        if ended:
            self.subscribers.remove(subscriber)
        await (await self.stack.send(request)).final()

    def document(self, version: int, before: dict[str, str], after: dict[str, str],
                 full: bool) -> bytes:
        state = 'full' if full else 'partial'
        users = [self._user(uri, nick) for uri, nick in after.items()
                 if full or before.get(uri) != nick]
        if not full:
            users += [f'<user entity={quoteattr(uri)} state="deleted"/>'
                      for uri in before if uri not in after]
        about = ('<conference-description><subject>A balcony</subject></conference-description>'
                 if full else '')
        return ('<?xml version="1.0" encoding="UTF-8"?>\r\n'
                '<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" '
                f'entity={quoteattr(self.uri)} state="{state}" version="{version}">{about}'
                f'<users state="{state}">{"".join(users)}</users></conference-info>').encode()

    @staticmethod
    def _user(uri: str, nick: str) -> str:
        return (f'<user entity={quoteattr(uri)} state="full"><display-text>{nick or uri}'
                f'</display-text><endpoint entity={quoteattr(uri)} state="full">'
                '<status>connected</status></endpoint></user>')

    # The switch.

    def _nickname(self, member: Member, frame: Frame) -> int:
        if frame.method != 'NICKNAME':
            return 501
        nick = (frame.get('Use-Nickname') or '').strip('"')
        if any(m.nick == nick and m is not member for m in self.members):
            return 425
        member.nick = nick
        self._spawn(self._changed())
        return 200

    def _relay(self, sender: Member, whole: bytes) -> None:
        cpim = Cpim.parse(whole)
        if cpim.recipient[1] == self.uri:
            to = [m for m in self.members if m is not sender]
        else:
            to = [m for m in self.members if m.uri == cpim.recipient[1] and m.private]
        for member in to:
            self._spawn(member.msrp.send('message/cpim', whole))
