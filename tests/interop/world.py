# SPDX-License-Identifier: MIT
"""The servers of one run and the people of one test.

World starts the servers once; begin() and end() frame each test, which gets users, rooms and SIP names nobody used before,
so that nothing one test leaves in the gateway can be seen by the next.
"""
import asyncio
import os
import shutil

from participant.participant import Behaviour, Participant
from process import ProcessError
from second_client import SecondClient
from servers import SECRET, Ejabberd, Kamailio, Mucsipd, Prosody
from xmpp_client import StandIn, XmppClient

PROSODY, EJABBERD, KAMAILIO, MUCSIPD = "prosody", "ejabberd", "kamailio", "mucsipd"
XMPP_SERVERS = {PROSODY: Prosody, EJABBERD: Ejabberd}
START_TRIES = 3
GOODBYE_S = 2
COMPLAINT_LINES = 40


class SipUser(Participant):
    """A participant who ends what is open before going home."""
    may_break_rules = False
    is_registered = False

    async def sign_out(self):
        """Says goodbye to every peer and to the registrar, each only for a moment."""
        goodbyes = [session.bye() for session in self.sessions if session.dialog and not session.ended]
        if self.is_registered:
            goodbyes.append(self.register(0))
        if goodbyes:
            await asyncio.wait([asyncio.ensure_future(one) for one in goodbyes], timeout=GOODBYE_S)
        await self.stop()

    async def sign_in(self):
        self.is_registered = await self.register() == 200
        assert self.is_registered

    def broken_rules(self):
        """What the gateway broke towards this user; nothing where the story wants it."""
        return [] if self.may_break_rules else self.violations


class World:
    """Servers by name (None when not part of the run) and factories for the people of a test."""

    def __init__(self, directory, parts, transport="udp", extra="", amend=None, focus=9):
        self.root = self.directory = directory
        self.parts = parts
        self.transport = transport
        self.extra = extra
        self.amend = amend
        self.focus_port = focus  # where a conference focus of the story listens
        self.xmpp_server = self.kamailio = self.mucsipd = None
        self._people = []
        self._number = 0

    @staticmethod
    def programs(parts):
        real = {MUCSIPD: Mucsipd.binary(), EJABBERD: Ejabberd.libraries() or EJABBERD}
        return [real.get(part, part) for part in parts]

    def _build(self):
        """The servers, knowing each other's ports."""
        wanted = [XMPP_SERVERS[part] for part in self.parts if part in XMPP_SERVERS]
        self.xmpp_server = wanted[0](self.root) if wanted else None
        component = self.xmpp_server.ports["component"] if self.xmpp_server else None
        self.mucsipd = Mucsipd(self.root, component, sip_transport=self.transport, extra=self.extra,
                               amend=self.amend) \
            if MUCSIPD in self.parts else None
        gateway = self.mucsipd.ports["sip"] if self.mucsipd else 9
        self.kamailio = Kamailio(self.root, gateway, self.transport, self.focus_port) \
            if KAMAILIO in self.parts else None
        if self.mucsipd and self.kamailio:
            self.mucsipd.kamailio_port = self.kamailio.ports["port"]

    def servers(self):
        return [server for server in (self.xmpp_server, self.kamailio, self.mucsipd) if server]

    async def start(self):
        """Starts what is wanted; once more with other ports when somebody took one of ours meanwhile."""
        for left in reversed(range(START_TRIES)):
            self._build()
            try:
                for server in self.servers():
                    await server.start()
                return self
            except ProcessError as error:
                await self.stop()
                if left == 0 or "in use" not in str(error):
                    raise

    async def stop(self):
        """Stops all; what the gateway had to complain of at its end (exit status, sanitizers) as lines."""
        disorder = []
        for server in reversed(self.servers()):
            status = await server.stop()
            if server is self.mucsipd and status:
                disorder = [f"mucsipd ended with {status}", *server.process.lines[-COMPLAINT_LINES:]]
        return disorder

    def check(self):
        """A server that died in a test fails it, and so does whatever broke a rule towards a SIP user."""
        for server in self.servers():
            if not server.process.is_running():
                raise ProcessError(f"{server.name} died:\n{server.process.tail()}")
        for person in self._people:
            if hasattr(person, "broken_rules") and person.broken_rules():
                raise AssertionError(f"rules broken towards {person.user}: {person.broken_rules()}")

    async def begin(self, name):
        """A new test: its own folder for transcripts, and every server up, however the test before left them."""
        self._number += 1
        self.directory = os.path.join(self.root, name)
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        for server in self.servers():
            server.process.thaw()
        missing = [server for server in self.servers() if not server.process.is_running()]
        for server in missing:
            await server.start()
        if missing and self.mucsipd and self.mucsipd not in missing:
            await self.mucsipd.restart()  # ready again means that its links stand again

    async def end(self):
        """Everybody goes home."""
        people, self._people = self._people, []
        for person in reversed(people):
            await person.sign_out()

    def people(self):
        return list(self._people)

    def keep(self, person):
        """Whoever has a sign_out() is sent home at the end of the test."""
        self._people.append(person)
        return person

    def path(self, name):
        return os.path.join(self.directory, name)

    def unique(self, name):
        """A name nobody had in this run: romeo becomes romeo3 in the third test."""
        return f"{name}{self._number}"

    def room(self, name="verona"):
        return f"{self.unique(name)}@rooms.xmpp.test"

    async def xmpp(self, user, resource=None):
        """An XMPP user, signed in; the same one for the same name within a test, another in the next."""
        account = self.unique(user)
        await self.xmpp_server.add_user(account)
        client = XmppClient(user, account, resource or self.unique("balcony"), self.xmpp_server.ports["c2s"],
                            self.path(user + ".jsonl"))
        return await self.keep(client).sign_in()

    async def second(self, user, resource="pad"):
        """An XMPP user on a client of another make, signed in."""
        account = self.unique(user)
        await self.xmpp_server.add_user(account)
        client = SecondClient(user, account, resource, self.xmpp_server.ports["c2s"], self.path(user + ".jsonl"))
        return await self.keep(client).sign_in()

    async def sip(self, user="romeo", transport=None, registered=True, tls=None, **behaviour):
        """A SIP user nobody knew before, registered at the proxy; `behaviour` as in participant.Behaviour."""
        name = self.unique(user)
        person = SipUser(name, "sip.test", proxy=f"{transport or self.transport}:{self.kamailio.remote}",
                         behaviour=Behaviour(**behaviour), transcript=self.path(name + ".jsonl"), tls=tls)
        await self.keep(person).start()
        if registered:
            await person.sign_in()
        person.jid = f"{name}@sip.test"
        return person

    async def stand_in(self, domain="sip.test"):
        """A component in the gateway's place."""
        component = StandIn(domain, SECRET, self.xmpp_server.ports["component"], self.path(domain + ".jsonl"))
        return await self.keep(component).sign_in()
