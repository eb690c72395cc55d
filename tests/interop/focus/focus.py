# SPDX-License-Identifier: MIT
"""The focus itself: one SIP agent, one MSRP switch, and the conferences of one domain."""
import asyncio

from transcript import Transcript

from .agent import Agent
from .behaviour import NEVER
from .conference import Conference
from .digest import challenge, user_of
from .finding import Findings
from .leg import ALLOW, Leg
from .sip import SipError, Uri
from .switch import Switch


class Focus:
    """`findings.left()` is what peers broke; `transcript` is what they did."""

    def __init__(self, domain="conf.test", port=0, outbound=None, path=None, transport="udp"):
        self.domain, self.wanted_port = domain, port
        self.findings = Findings()
        self.transcript = Transcript("focus", path)
        self.agent = Agent(self.take, self.findings, outbound)
        self.agent.transport = transport
        self.switch = Switch(self.findings, self.agent.spawn)
        self.conferences, self.dialogs = {}, {}

    @property
    def port(self):
        return self.agent.port

    @property
    def seen(self):
        return self.transcript.seen

    async def start(self):
        await self.agent.start(self.wanted_port)
        await self.switch.start()
        return self

    async def stop(self):
        """Ends every leg as a focus that goes down in order does."""
        byes = [asyncio.ensure_future(leg.bye()) for room in self.conferences.values() for leg in list(room.legs)]
        if byes and not self.agent.deaf:
            await asyncio.wait(byes, timeout=2)
        await self.vanish()

    async def vanish(self):
        """Without a word."""
        await self.switch.stop()
        await self.agent.stop()
        self.transcript.close()

    async def __aenter__(self):
        return await self.start()

    async def __aexit__(self, *_):
        await self.stop()

    def conference(self, name, behaviour=None, subject=None, domain=None):
        self.conferences[name] = Conference(self, name, behaviour, subject, domain)
        return self.conferences[name]

    # Requests

    def take(self, incoming):
        request = incoming.request
        try:
            tag = request.address("To").params.get("tag")
            room = self.conferences.get(Uri(request.uri).user)
        except (SipError, AttributeError):
            incoming.respond(400)
            return
        if tag:
            self._take_inside(incoming, self.dialogs.get((request.get("Call-ID"), tag)))
        elif request.method == "ACK":
            self.findings.add("ACK outside of any dialog", "RFC 3261 13.2.2.4", incoming.data)
        elif request.method == "OPTIONS":
            self.take_options(incoming)
        elif request.method not in ("INVITE", "SUBSCRIBE", "REFER"):
            incoming.respond(405, headers=[("Allow", ALLOW)])
        elif room is None or room.deleted:
            self.transcript.add("in", "unknown_room", method=request.method, uri=request.uri)
            incoming.respond(404)
        elif request.method == "INVITE":
            self._take_invite(incoming, room)
        else:
            {"SUBSCRIBE": room.take_subscribe, "REFER": room.take_refer}[request.method](incoming)

    def _take_inside(self, incoming, dialog):
        if dialog is not None:
            dialog.take(incoming)
        elif incoming.request.method != "ACK":
            incoming.respond(481)

    def take_options(self, incoming):
        room = self.conferences.get(Uri(incoming.request.uri).user)
        self.transcript.add("in", "options", uri=incoming.request.uri)
        status = 404 if room is None or room.deleted else room.behaviour.options
        if status == NEVER:
            return
        headers = [("Contact", room.contact()), ("Allow", ALLOW), ("Allow-Events", "conference, refer"),
                   ("Accept", "application/sdp, message/sipfrag, application/conference-info+xml")] if status == 200 else []
        incoming.respond(status, headers=headers)

    def _take_invite(self, incoming, room):
        request, ways = incoming.request, room.behaviour
        incoming.respond(100)
        caller, offer = request.address("From"), request.body.decode("utf-8", "replace")
        room.note("invite", who=caller.uri.aor(), name=caller.name, uri=request.uri, contact=request.get("Contact"),
                  offer=offer.split("\r\n"), call_id=request.get("Call-ID"), supported=request.all("Supported"))
        expires, least = int((request.get("Session-Expires") or "0").split(";")[0]), int(request.get("Min-SE") or 90)
        if ways.timer == "422" and max(expires, least) < ways.timer_s:
            incoming.respond(422, headers=[("Min-SE", ways.timer_s)])
            return
        if ways.password and not self._knows(incoming, room):
            return
        if ways.answer >= 300:
            incoming.respond(ways.answer, headers=ways.answer_headers)
            return
        leg = Leg(room, room.member_of(incoming))
        self.agent.spawn(leg.answer(incoming))

    def _knows(self, incoming, room):
        ways = room.behaviour
        name = user_of(incoming.request, ways.challenge, self.domain, ways.password, room.nonces, self.findings)
        if name is None:
            incoming.respond(ways.challenge, headers=[challenge(ways.challenge, self.domain, room.nonces)])
            return False
        room.note("authenticated", user=name)
        return True
