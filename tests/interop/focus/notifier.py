# SPDX-License-Identifier: MIT
"""Subscriptions that the focus serves: the conference event package (RFC 4575) and the progress of a REFER (RFC 3515)."""
import asyncio

from . import document
from .behaviour import NEVER


class Subscription:
    """A dialog and its NOTIFYs, one after the other."""

    def __init__(self, focus, dialog, event):
        self.focus, self.dialog, self.event = focus, dialog, event
        self.state = "active"
        self.expires = 3600
        self.ended = False
        self.answers = []  # status of each NOTIFY
        self._queue = asyncio.Queue()
        self._worker = focus.agent.spawn(self._work())

    def notify(self, body=b"", type=None, last=None):
        """Queues a NOTIFY; `last` is the reason with which it is the final one."""
        shown = f"terminated;reason={last}" if last else f"{self.state};expires={self.expires}"
        self._queue.put_nowait((shown, body, type))
        self.ended = self.ended or bool(last)

    async def all_told(self, within=10):
        """Returns once the final NOTIFY was answered."""
        await asyncio.wait({self._worker}, timeout=within)

    async def _work(self):
        while True:
            shown, body, type = await self._queue.get()
            request = self.dialog.request("NOTIFY")
            request.add("Event", self.event).add("Subscription-State", shown)
            if body:
                request.add("Content-Type", type)
            request.body = body
            response = await self.focus.agent.ask(request, hop=self.hop_for(request))
            self.answers.append(response and response.status)
            self.focus.findings.check(response and response.status == 200, f"NOTIFY {self.event} was answered "
                                      f"{response and response.status}", "RFC 6665 4.1.3", request.build())
            if shown.startswith("terminated") or response and response.status == 481:
                self.ended = True
                return

    def hop_for(self, request):
        """What is over 1300 octets goes over TCP where the peer is an address (RFC 3261 18.1.1)."""
        host, port, transport = self.focus.agent.next_hop(request)
        return host, port, "tcp" if len(request.build()) > 1200 else transport


class Watcher(Subscription):
    """A subscriber to the conference."""

    def __init__(self, conference, dialog, leg, event):
        super().__init__(conference.focus, dialog, event)
        self.conference, self.leg = conference, leg
        self.version = conference.behaviour.first_version - 1
        self.refreshes = 0

    def document(self, kind="full", **more):
        """The next document; each has the next number (5.2)."""
        self.version += 1
        return document.document(self.conference, self.version, kind, **more)

    def begin(self):
        first = self.conference.behaviour.first
        if first == "pending":
            self.state = "pending"
            self.notify()
        elif first == "partial":
            self.tell(list(self.conference.members.values()))
        elif first == "malformed":
            self.notify(self.document()[:-9], document.TYPE)
        elif first == "full":
            self.full()

    def full(self):
        self.state = "active"
        self.notify(self.document(), document.TYPE)

    def tell(self, members=(), deleted=(), described=False):
        """A change; in full where the conference does not know partial documents."""
        if self.ended or self.state == "pending" or self.conference.behaviour.first == "none":
            return
        if self.conference.behaviour.always_full:
            self.full()
            return
        users = [document.user(self.conference, member) for member in members]
        users += [document.deleted_user(uri) for uri in deleted]
        self.notify(self.document("partial", users=users, described=described), document.TYPE)

    def take(self, incoming):
        """A refresh or the end of it."""
        if not self.dialog.check(incoming.request, self.focus.findings):
            incoming.respond(500)
        elif incoming.request.method != "SUBSCRIBE":
            incoming.respond(481 if incoming.request.method != "ACK" else 200)
        else:
            self.refresh(incoming)

    def refresh(self, incoming):
        expires = int(incoming.request.get("Expires") or 3600)
        self.expires = min(expires, 3600)
        self.conference.note("subscribe", refresh=True, expires=expires, version=self.version)
        if self.conference.behaviour.subscribe == NEVER:
            return
        incoming.respond(200, headers=[("Expires", self.expires), ("Contact", self.dialog.contact)])
        if self.ended:
            return
        if expires == 0:
            self.drop()
            self.notify(last="timeout")
        else:
            self.refreshes += 1
            self.full()

    def drop(self):
        """Nothing is told any more."""
        if self in self.conference.watchers:
            self.conference.watchers.remove(self)


class Progress(Subscription):
    """What becomes of a REFER, as message/sipfrag."""

    def tell(self, status, phrase, last=False):
        self.notify(f"SIP/2.0 {status} {phrase}\r\n".encode(), "message/sipfrag;version=2.0", "noresource" if last else None)

    def take(self, incoming):
        """6665 4.1.2.3: who asked may end it."""
        if self.dialog.check(incoming.request, self.focus.findings) and incoming.request.method == "SUBSCRIBE":
            incoming.respond(200, headers=[("Expires", 0), ("Contact", self.dialog.contact)])
            if not self.ended:
                self.notify(last="timeout")
        elif incoming.request.method != "ACK":
            incoming.respond(481)
