# SPDX-License-Identifier: MIT
"""A participant for the focus's own tests: keeps every rule unless a test makes it break one."""
import asyncio
from types import SimpleNamespace

from . import cpim, document, sdp
from .agent import Agent
from .conference import now
from .dialog import Dialog, first_request
from .finding import Findings
from .msrp import Frame
from .sip import NameAddr
from .switch import Switch


class Guest:
    """One user at one device; `documents`, `fragments`, `texts` are what came."""
    number = 0

    def __init__(self, focus, room, user="juliet", device="balcony"):
        self.focus, self.room = focus, f"sip:{room}@{focus.domain}"
        self.aor = f"sip:{user}@xmpp.test"
        self.findings = Findings()
        self.agent = Agent(self.take, self.findings, outbound=("127.0.0.1", focus.port))
        self.switch = Switch(self.findings, self.agent.spawn)
        self.device = device
        self.behaviour = SimpleNamespace(bind=200)
        self.conference = self  # the switch asks its owner's conference
        self.dialog = self.session = self.answer = self.watch = None
        self.documents, self.fragments, self.texts, self.byes, self.invites = [], [], [], [], []
        self.news = asyncio.Event()
        self.lost = False
        self.setup, self.types, self.say_status = "actpass", "message/cpim", 200
        self.sdp_more = ()

    async def __aenter__(self):
        await self.agent.start()
        await self.switch.start()
        self.contact = f"<{self.aor.replace('xmpp.test', f'127.0.0.1:{self.agent.port}')};gr={self.device}>"
        self.session = self.switch.session(self)
        return self

    async def __aexit__(self, *_):
        await self.switch.stop()
        await self.agent.stop()

    # What the switch asks of its owner

    def note(self, kind, **fields):
        pass

    def msrp_bound(self):
        pass

    def msrp_lost(self):
        self.lost = True
        self.happened()

    def nick_wanted(self, leg, nick):
        return 501

    def said(self, leg, ident, type, whole, octets):
        line = cpim.Cpim(whole)
        self.texts.append((line.uri("From"), line.text(), line.uri("To")))
        self.happened()
        return self.say_status, None

    def happened(self):
        self.news.set()

    async def until(self, holds, within=30):
        async def watch():
            while not holds():
                self.news.clear()
                await self.news.wait()
        await asyncio.wait_for(watch(), within)

    # SIP

    def take(self, incoming):
        request = incoming.request
        if request.method == "NOTIFY":
            incoming.respond(200)
            store = self.fragments if "refer" in request.get("Event") else self.documents
            store.append((request.get("Subscription-State"), request.body.decode()))
        elif request.method == "BYE":
            incoming.respond(200)
            self.byes.append(request.get("Reason"))
        elif request.method == "INVITE" and "tag" not in request.address("To").params:
            self.invites.append(incoming)
        elif request.method == "UPDATE":
            incoming.respond(200, headers=[("Contact", self.contact)])
        self.happened()

    def offer(self, version=1):
        return sdp.build(7, version, self.switch.port, self.session.path, self.types, "text/plain", self.setup,
                         "nickname private-messages", more=self.sdp_more)

    def first(self, method, uri=None):
        return first_request(method, uri or self.room, f'"Juliet" <{self.aor}>', f"<{self.room}>", self.contact)

    async def invite(self, **more):
        """INVITE and ACK; returns the response."""
        request = self.first("INVITE")
        for name, value in more.items():
            request.add(name.replace("_", "-"), value)
        request.add("Supported", "timer").add("Content-Type", "application/sdp")
        request.body = self.offer()
        response = await self.agent.ask(request)
        if response and response.status == 200:
            self.dialog = Dialog.of_outgoing(request, response, self.contact)
            await self.ack()
            self.answer = sdp.check_offer(response.body, self.findings)
        return response

    async def ack(self):
        await self.agent.acknowledge(self.dialog.request("ACK", self.dialog.local_cseq, contact=False))

    async def join(self, nick=None):
        """Dialog, session and nick."""
        response = await self.invite()
        assert response.status == 200, response.status
        await self.bind()
        if nick:
            assert await self.nickname(nick) == 200
        return self

    async def bind(self):
        media = self.answer.message_line()
        self.session.peer_path = media.path
        if media.get("setup") == "passive":
            await self.session.connect()
        else:
            await asyncio.wait_for(self.session.bound.wait(), 3)

    async def nickname(self, nick, value=None):
        return await self.session.ask(Frame(method="NICKNAME", headers=[("Use-Nickname", value or f'"{nick}"')]))

    async def say(self, text, to=None, sender=None, size=0, id=None, **more):
        line = cpim.build(sender or self.aor, to or self.room, text, "Juliet", now(), **more)
        return await self.session.send(line, size=size, message_id=id)

    async def subscribe(self, inside=False, expires=600, event="conference"):
        """SUBSCRIBE, or a refresh where there is a subscription; returns the status."""
        known = self.watch if not inside else self.dialog
        request = known.request("SUBSCRIBE") if known else self.first("SUBSCRIBE")
        request.add("Event", event).add("Expires", expires).add("Accept", document.TYPE)
        response = await self.agent.ask(request)
        if not known and response.status == 200:
            self.watch = Dialog.of_outgoing(request, response, self.contact)
        return response.status

    async def refer(self, target, inside=False):
        request = self.dialog.request("REFER") if inside else self.first("REFER")
        request.add("Refer-To", f"<{target}>").add("Referred-By", f"<{self.aor}>")
        return (await self.agent.ask(request)).status

    async def bye(self):
        return (await self.agent.ask(self.dialog.request("BYE", contact=False))).status

    async def move(self):
        """The same leg with another MSRP session."""
        self.session.close()
        self.session = self.switch.session(self)
        request = self.dialog.request("INVITE").add("Content-Type", "application/sdp")
        request.body = self.offer(version=2)
        response = await self.agent.ask(request)
        await self.ack()
        self.answer = sdp.check_offer(response.body, self.findings)
        await self.bind()
        return response.status

    async def accept(self, incoming):
        """A call of the focus is taken; returns once MSRP stands."""
        self.dialog = Dialog.of_incoming(incoming, self.contact)
        offered = sdp.check_offer(incoming.request.body, self.findings)
        self.session.peer_path, self.setup = offered.message_line().path, "active"
        incoming.respond(200, headers=[("Contact", self.contact), ("Content-Type", "application/sdp")], body=self.offer())
        await self.session.connect()
        return NameAddr(incoming.request.get("Contact"))
