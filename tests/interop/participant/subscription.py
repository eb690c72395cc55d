# SPDX-License-Identifier: MIT
"""A subscription to the conference package (RFC 6665, RFC 4575), in or out of a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conference import MEDIA_TYPE, ConferenceState, Document
from .dialog import Dialog
from .message import NameAddr, same_uri, split_params

if TYPE_CHECKING:
    from .participant import Participant
    from .message import SipMessage
    from .transaction import ServerTransaction

EXPIRES = 3600


class Subscription:
    """The roster of one conference as its focus tells it."""

    def __init__(self, owner: Participant, conference: str, dialog: Dialog | None = None):
        self.owner, self.conference = owner, conference
        self.inside = dialog is not None
        self.dialog = dialog
        self.call_id = dialog.call_id if dialog else ''
        self.tag = dialog.local.tag if dialog else ''
        self.state = ConferenceState()
        self.active = False
        self.terminated = ''
        self.asked = 0

    async def start(self, expires: int = EXPIRES) -> int:
        """The first SUBSCRIBE; returns its status."""
        if self.dialog is None:
            request = self.owner.request('SUBSCRIBE', self.conference)
            self.call_id, self.tag = request.call_id, request.from_.tag
        else:
            request = self.dialog.request('SUBSCRIBE')
        final = await self._send(request, expires)
        if 200 <= final.status < 300:
            self.active = True
            if self.dialog is None:
                self.dialog = Dialog.from_uac(request, final)
        self.owner.transcript.record('subscribed', conference=self.conference,
                                     status=final.status)
        return final.status

    async def refresh(self, expires: int = EXPIRES) -> int:
        """Asks again, which brings a full document; with 0 it unsubscribes."""
        return (await self._send(self.dialog.request('SUBSCRIBE'), expires)).status

    async def stop(self) -> int:
        return await self.refresh(0)

    async def _send(self, request: SipMessage, expires: int) -> SipMessage:
        self.asked = expires or self.asked
        request.add('Event', 'conference')
        request.add('Accept', MEDIA_TYPE)
        request.add('Expires', expires)
        self.owner.add_capabilities(request)
        return await (await self.owner.stack.send(request)).final()

    def matches(self, request: SipMessage) -> bool:
        """A NOTIFY of this subscription; it may come before the 2xx (section 4.4.1)."""
        package = (request.get('Event') or '').partition(';')[0].strip()
        if (request.call_id, request.to.tag, package) != (self.call_id, self.tag, 'conference'):
            return False
        return self.dialog is None or self.dialog.remote.tag == request.from_.tag

    def notified(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        self._judge(request)
        if self.dialog is None:
            self.dialog = self._dialog_of(request)
        self.dialog.retarget(request)
        transaction.reply(200)
        value, semicolon, rest = (request.get('Subscription-State') or '').partition(';')
        if request.body:
            self._document(request)
        if value.strip().lower() == 'terminated':
            self.active = False
            self.terminated = split_params(semicolon + rest).get('reason') or 'terminated'
            self.owner.transcript.record('subscription-ended', conference=self.conference,
                                         reason=self.terminated)

    def _judge(self, notify: SipMessage) -> None:
        """What only the subscriber knows (RFC 6665 section 4.2.2)."""
        note = self.owner.watch.note
        if self.terminated:
            note('sip.notify-after-end', 'RFC 6665 4.2.2', self.terminated, notify.raw)
        if notify.body and notify.content_type != MEDIA_TYPE:
            note('sip.notify-type', 'RFC 4575 3.4', notify.content_type, notify.raw)
        if 'id' in split_params(';' + (notify.get('Event') or '').partition(';')[2]):
            note('sip.notify-event', 'RFC 6665 4.1.3', notify.get('Event'), notify.raw)
        left = split_params(';' + (notify.get('Subscription-State') or '').partition(';')[2])
        if (left.get('expires') or '0').isdigit() and int(left.get('expires') or 0) > self.asked:
            note('sip.notify-expires', 'RFC 6665 4.2.2', f'{left["expires"]} of {self.asked}',
                 notify.raw)

    def _judge_document(self, document: Document, outcome: str, notify: SipMessage) -> None:
        """RFC 4575 sections 4.6 and 5.2: versions and states follow each other."""
        note = self.owner.watch.note
        said = f'{document.state} {document.version} at {self.state.version}'
        if not same_uri(document.entity, self.conference):
            note('conf.entity-other', 'RFC 4575 5.2', document.entity, notify.raw)
        if outcome == 'no-full':
            note('conf.no-full', 'RFC 4575 4.6', 'partial before any full', notify.raw)
        if outcome == 'gap':
            note('conf.version-gap', 'RFC 4575 5.2', said, notify.raw)
        if outcome == 'stale' and not (document.state == 'full'
                                       and document.version == self.state.version):
            note('conf.version-stale', 'RFC 4575 5.2', said, notify.raw)

    def _dialog_of(self, notify: SipMessage) -> Dialog:
        dialog = Dialog.from_uas(notify, self.tag, self.owner.contact)
        dialog.local = NameAddr(notify.to.uri, notify.to.display, {'tag': self.tag})
        dialog.local_seq = 1
        return dialog

    def _document(self, request: SipMessage) -> None:
        before = set(self.state.present)
        self.owner.watch.conference(request.body)
        try:
            document = Document(request.body)
        except ValueError as error:
            self.owner.transcript.record('error', conference=self.conference, text=str(error))
            return
        outcome = self.state.apply(document)
        self._judge_document(document, outcome, request)
        if outcome in ('gap', 'no-full'):
            self.owner.spawn(self.refresh())
        after = set(self.state.present)
        names = {uri: user.name for uri, user in self.state.users.items() if user.present}
        self.owner.transcript.record(
            'roster', conference=self.conference, document=document.state,
            version=document.version, outcome=None if outcome == 'applied' else outcome,
            joined=sorted(after - before) or None, left=sorted(before - after) or None,
            users=names, subject=self.state.subject, name=self.state.name)
