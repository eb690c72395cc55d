# SPDX-License-Identifier: MIT
"""One participant's dialog with the focus and its MSRP session: dialled in (RFC 4579 5.1), dialled out (5.5), refreshed
(RFC 4028), ended."""
import asyncio
import contextlib

from . import sdp
from .agent import LIFE, T1, T2
from .behaviour import NEVER
from .dialog import Dialog, first_request
from .sip import SipError, Uri, token

ALLOW = "INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, UPDATE"
BIND_S = 30


def opposite(setup, ours):
    """Our role in an answer (RFC 4145 4.1, RFC 6135 4.2): passive towards who connects; no setup means the offerer does."""
    return ours if ours != "auto" else {"passive": "active"}.get(setup, "passive")


class Leg:
    """A dialog, a session and the member they belong to."""
    count = 0

    def __init__(self, conference, member=None):
        Leg.count += 1
        self.number = Leg.count
        self.conference, self.member = conference, member
        self.focus, self.agent = conference.focus, conference.focus.agent
        self.behaviour = conference.behaviour
        self.dialog = self.session = self.place = self.offer = self.origin = None
        self.acked = asyncio.Event()
        self.ended = None
        self.watchers, self.refers = [], 0
        self.our_sdp, self.sdp_version = None, 0
        self.refreshed = asyncio.Event()

    @property
    def private(self):
        """Whether it takes private messages (RFC 7701 8)."""
        return "private-messages" in ((self.offer.message_line().chat_tokens if self.offer else None) or [])

    @property
    def findings(self):
        return self.focus.findings

    def note(self, kind, **fields):
        return self.conference.note(kind, leg=self.number, who=self.member and self.member.uri, **fields)

    def headers(self):
        """What a focus says of itself (RFC 4579 4.2, RFC 3840)."""
        return [("Contact", self.conference.contact()), ("Allow", ALLOW), ("Allow-Events", "conference, refer"),
                ("Supported", "timer, replaces, tdialog, norefersub")]

    # Dialled in

    async def answer(self, incoming):
        """The first INVITE of a participant, after all refusals."""
        body = self._answer_to(incoming)
        if body is None:
            incoming.respond(488)
            return
        if self.behaviour.ring_s:
            incoming.respond(180, headers=self.headers())
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(incoming.cancelled.wait(), self.behaviour.ring_s)
                self.note("cancelled")
                return
        if self.behaviour.answer == NEVER:
            await incoming.cancelled.wait()
            self.note("cancelled")
            return
        self.dialog = Dialog.of_incoming(incoming, self.conference.contact())
        self.focus.dialogs[self.dialog.call_id, self.dialog.local_tag] = self
        self.conference.legs.append(self)
        await self._accept(incoming, body)
        if self.acked.is_set():
            self.conference.arrived(self)
            await self._bind()

    async def _accept(self, incoming, body):
        headers = self.headers() + self._timer_headers(incoming.request)
        headers += [("Content-Type", "application/sdp")] if body else []
        self.acked.clear()
        incoming.respond(200, headers=headers, body=body)
        waited, pause = 0.0, T1
        while not self.acked.is_set() and waited < LIFE:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.acked.wait(), pause)
                return
            waited, pause = waited + pause, min(2 * pause, T2)
            incoming.repeat()
        if not self.acked.is_set():
            self.findings.add("no ACK for 200", "RFC 3261 13.3.1.4", incoming.data)
            await self.bye("SIP;cause=408;text=\"no ACK\"")

    def _answer_to(self, incoming):
        """Our description for the one in an INVITE; None when it is unusable."""
        request = incoming.request
        if not request.body:
            return self._describe(setup="actpass")
        self.findings.check(request.get("Content-Type") == "application/sdp", "SDP has the type application/sdp",
                            "RFC 3261 20.15", incoming.data)
        offer = sdp.check_offer(request.body, self.findings)
        media = offer and offer.message_line()
        types = (media.get("accept-types") or "").split() if media else []
        if not media or not {"message/cpim", "*"} & set(types):
            return None
        if self.origin and offer.origin.split()[2] == self.origin.split()[2]:
            self.findings.check(request.body == self.offer_body, "SDP changed, but not the version of its o=",
                                "RFC 3264 8", request.body)
        moved = self.offer is None or media.path != self.offer.message_line().path
        self.offer, self.origin, self.offer_body = offer, offer.origin, request.body
        return self._describe(opposite(media.get("setup"), self.behaviour.setup), moved)

    def _describe(self, setup, moved=True):
        if not moved and self.our_sdp:
            return self.our_sdp
        if self.session:
            self.session.close()
        self.session = self.focus.switch.session(self)
        if self.offer:
            self.session.peer_path = self.offer.message_line().path
        self.setup = setup
        self.sdp_version += 1
        port = 0 if self.behaviour.media_refused else self.focus.switch.port
        self.our_sdp = sdp.build(self.number, self.sdp_version, port, self.session.path, self.behaviour.accept_types,
                                 self.behaviour.wrapped_types, setup, self.behaviour.chatroom, self.behaviour.max_size)
        return self.our_sdp

    async def _bind(self):
        session = self.session
        if self.behaviour.media_refused or self.ended:
            return
        if self.setup == "active":
            await session.connect()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(session.bound.wait(), BIND_S)
        if not session.bound.is_set() and not session.closed and not self.ended:
            self.findings.add("the MSRP session was never bound", "RFC 4975 5.4")

    def msrp_bound(self):
        self.note("msrp_bound")

    def msrp_lost(self):
        self.note("msrp_lost")

    # Dialled out

    async def dial(self, target, more=(), started=None):
        """INVITE from the focus (RFC 4579 5.5); returns the final response, None when there was none."""
        body = self._describe("actpass")
        contact = self.conference.contact()
        request = first_request("INVITE", target, f"<{self.conference.uri}>", f"<{target}>", contact)
        for name, value in [*self.headers()[1:], *more, ("Content-Type", "application/sdp")]:
            request.add(name, value)
        request.body = body
        response = await self.agent.ask(request, 3600, started)
        if response is None or response.status >= 300:
            self.session.close()
            return response
        self.dialog = Dialog.of_outgoing(request, response, contact)
        self.focus.dialogs[self.dialog.call_id, self.dialog.local_tag] = self
        await self.agent.acknowledge(self._ack(request.cseq[0]))
        self.acked.set()
        self.conference.legs.append(self)
        self.offer = sdp.check_offer(response.body, self.findings)
        if not self.offer:
            self.findings.add("a 200 to an INVITE of the focus without MSRP in its answer", "RFC 3264 6", response.body)
            await self.bye()
            return response
        media = self.offer.message_line()
        self.origin, self.offer_body = self.offer.origin, response.body
        self.session.peer_path = media.path
        self.findings.check(media.get("setup") in ("active", "passive"), "the answer to actpass is active or passive",
                            "RFC 4145 4.1", response.body)
        self.setup = "active" if media.get("setup") == "passive" else "passive"
        self.conference.arrived(self)
        await self._bind()
        return response

    def _ack(self, number):
        return self.dialog.request("ACK", number, contact=False)

    # Inside the dialog

    def take(self, incoming):
        request = incoming.request
        if not self.dialog.check(request, self.findings):
            incoming.respond(500)
            return
        takers = {"ACK": self._take_ack, "BYE": self._take_bye, "INVITE": self._take_offer, "UPDATE": self._take_offer,
                  "SUBSCRIBE": self.conference.take_subscribe, "REFER": self.conference.take_refer,
                  "OPTIONS": self.focus.take_options}
        taker = takers.get(request.method)
        if taker is None:
            incoming.respond(405)
        elif request.method in ("SUBSCRIBE", "REFER"):
            taker(incoming, self)
        else:
            taker(incoming)

    def _take_ack(self, incoming):
        request = incoming.request
        if not self.acked.is_set() and request.body:  # the answer to an offer of ours
            self.offer = sdp.check_offer(request.body, self.findings)
            if self.offer:
                self.session.peer_path = self.offer.message_line().path
                self.setup = opposite(self.offer.message_line().get("setup"), "auto")
        self.findings.check(request.cseq[0] == self.dialog.remote_cseq, "ACK has not the CSeq of its INVITE",
                            "RFC 3261 13.2.2.4", incoming.data)
        self.acked.set()

    def _take_bye(self, incoming):
        incoming.respond(200)
        self.note("bye", reason=incoming.request.get("Reason"))
        self.end("departed")

    def _take_offer(self, incoming):
        """re-INVITE and UPDATE: a refresh, or the session elsewhere."""
        request = incoming.request
        self.refreshed.set()
        self.refreshed.clear()
        old = self.session
        body = self._answer_to(incoming) if request.body or request.method == "INVITE" else b""
        self.note("refresh", method=request.method, moved=self.session is not old, contact=request.get("Contact"))
        self.dialog.target = str(request.address("Contact").uri)
        if body is None:
            incoming.respond(488)
        elif request.method == "INVITE":
            self.agent.spawn(self._answer_again(incoming, body, self.session is not old))
        else:
            headers = self.headers() + self._timer_headers(request) + ([("Content-Type", "application/sdp")] if body else [])
            incoming.respond(200, headers=headers, body=body)

    async def _answer_again(self, incoming, body, moved):
        await self._accept(incoming, body)
        if moved:
            await self._bind()

    # Session timers

    def _timer_headers(self, request):
        mode, supported = self.behaviour.timer, "timer" in request.all("Supported")
        if mode not in ("uac", "uas") or not supported and mode == "uac":
            return []
        self.agent.spawn(self._guard_timer() if mode == "uac" else self._refresh())
        value = f"{self.behaviour.timer_s};refresher={mode}"
        return [("Session-Expires", value)] + ([("Require", "timer")] if supported else [])

    async def _guard_timer(self):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.refreshed.wait(), self.behaviour.timer_s)
            return
        if not self.ended:
            self.findings.add("the session was not refreshed", "RFC 4028 10")
            await self.bye('SIP;cause=408;text="not refreshed"')

    async def _refresh(self):
        await asyncio.sleep(self.behaviour.timer_s / 2)
        if not self.ended:
            request = self.dialog.request("UPDATE")
            request.add("Session-Expires", f"{self.behaviour.timer_s};refresher=uac").add("Supported", "timer")
            response = await self.agent.ask(request)
            self.findings.check(response and response.status == 200, "a refresh by UPDATE was not answered 200", "RFC 4028 7.4")
            self.note("refreshed", status=response and response.status)

    # The end

    async def bye(self, reason=None):
        """The focus ends the leg."""
        if self.ended:
            return
        self.end("disconnected")
        request = self.dialog.request("BYE", contact=False)
        if reason:
            request.add("Reason", reason)
        response = await self.agent.ask(request)
        self.note("bye_answered", status=response and response.status)
        self.findings.check(response and response.status in (200, 481), "BYE was not answered", "RFC 3261 15.1.2")

    async def reinvite(self):
        """An INVITE of the focus inside the dialog with its unchanged description."""
        request = self.dialog.request("INVITE")
        for name, value in [*self.headers()[1:], ("Content-Type", "application/sdp")]:
            request.add(name, value)
        request.body = self.our_sdp
        response = await self.agent.ask(request)
        if response and response.status < 300:
            await self.agent.acknowledge(self._ack(request.cseq[0]))
            self.offer = sdp.check_offer(response.body, self.findings) or self.offer
        return response

    def end(self, how):
        self.ended = how
        if self.session:
            self.session.close()
        if self in self.conference.legs:
            self.conference.legs.remove(self)
        if how == "departed" and all(watcher.ended for watcher in self.watchers):
            self.focus.dialogs.pop((self.dialog.call_id, self.dialog.local_tag), None)
        self.conference.left(self, how)


def known_as(request):
    """URIs by which a switch knows the sender of an INVITE."""
    found = [request.address("From").uri.aor()]
    with contextlib.suppress(SipError, AttributeError):
        found.append(str(request.address("Contact").uri))
        found.append(Uri(found[-1]).aor())
    return found


def new_place(uri):
    """An endpoint entity that nobody else has."""
    return uri if "gr=" in uri else f"{uri};ep={token(3)}"
