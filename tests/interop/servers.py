# SPDX-License-Identifier: MIT
"""The servers of every story, each private to its run: Prosody or ejabberd, Kamailio, and the gateway itself.

A server is ready when it answers a request, not when it has started; every wait has a deadline. Each lives in its own
directory under the run's temporary one, where its filled-in configuration, its data and its log stay to be read.
"""
import asyncio
import glob
import os
import socket
import time

import ports
from process import Process, ProcessError

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
START_S = 60
PASSWORD = "secret"
SECRET = "s3cret"
USERS = ("juliet", "nurse", "tybalt")
KAMAILIO_MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules"


def fill_in(template, target, folder="conf", amend=None, **values):
    """Writes FOLDER/TEMPLATE.in to `target` with each @NAME@ replaced; `amend` has the last word on the text."""
    with open(os.path.join(HERE, folder, template + ".in"), encoding="utf-8") as source:
        text = source.read()
    for name, value in values.items():
        text = text.replace("@" + name.upper() + "@", str(value))
    if amend:
        text = amend(text, os.path.dirname(target))
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    return target


async def answer_to(request, port, within, udp=False):
    """The first bytes a server answers to `request` on `port`; tried again until the deadline."""
    deadline = time.monotonic() + within
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ProcessError(f"nothing answers on port {port} within {within} s")
        try:
            return await asyncio.wait_for(_ask(request, port, udp), min(left, 0.5 if udp else left))
        except (OSError, asyncio.TimeoutError):
            await asyncio.sleep(0.03)


async def _ask(request, port, udp):
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", port))
        await loop.sock_sendall(sock, request.encode())
        answer = await loop.sock_recv(sock, 4096)
        if not answer:
            raise ConnectionResetError
        return answer


def options_request(port, transport="UDP"):
    """An OPTIONS request for the server itself."""
    branch = os.urandom(8).hex()
    return (f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:9;rport;branch=z9hG4bK{branch}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag={branch}\r\nTo: <sip:127.0.0.1:{port}>\r\n"
            f"Call-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")


STREAM = "<stream:stream xmlns='{}' xmlns:stream='http://etherx.jabber.org/streams' to='{}' version='1.0'>"


async def streams_answer(server):
    """Returns once an XMPP server answers on both its ports."""
    for name, namespace, domain in (("c2s", "jabber:client", "xmpp.test"),
                                    ("component", "jabber:component:accept", "sip.test")):
        answer = await answer_to(STREAM.format(namespace, domain), server.ports[name], START_S)
        if b"<stream:stream" not in answer and b"<?xml" not in answer:
            raise ProcessError(f"{server.name} answered {answer!r}")


class Server:
    """What all have in common: a directory, ports, start, stop, restart and kill."""
    name = None
    port_names = ()
    env = None

    def __init__(self, directory):
        self.directory = os.path.join(directory, self.name)
        os.makedirs(self.directory, exist_ok=True)
        self.ports = {name: ports.take() for name in self.port_names}
        self.process = None

    def configure(self):
        """Writes the configuration and returns the command line."""
        raise NotImplementedError

    async def answers(self):
        """Returns once the server answers."""
        raise NotImplementedError

    async def start(self):
        self.process = Process(self.name, self.configure(), self.directory, self.env)
        await self.process.start()
        answers = asyncio.ensure_future(self.answers())
        died = asyncio.ensure_future(self.process.ended(START_S + 5))
        await asyncio.wait({answers, died}, return_when=asyncio.FIRST_COMPLETED)
        if not answers.done():
            answers.cancel()
            raise ProcessError(f"{self.name} ended with {died.result()} while starting:\n{self.process.tail()}")
        died.cancel()
        answers.result()
        return self

    async def stop(self, within=20):
        return await self.process.stop(within) if self.process else None

    async def kill(self):
        if self.process:
            await self.process.kill()

    async def restart(self):
        """Ended in order and started again with the same ports and data."""
        await self.stop()
        return await self.start()


class Prosody(Server):
    """XMPP server of xmpp.test with the rooms of rooms.xmpp.test; sip.test is the gateway's."""
    name = "prosody"
    port_names = ("c2s", "component")

    def configure(self):
        for user in USERS:
            self._write_account(user)
        target = os.path.join(self.directory, "prosody.cfg.lua")
        fill_in("prosody.cfg.lua", target, dir=self.directory, secret=SECRET, **self.ports)
        return ["prosody", "--config", target, "-F"]

    async def add_user(self, user):
        """An account for the duration of the run."""
        self._write_account(user)

    def _write_account(self, user):
        """An account, written where Prosody looks for it when the user signs in."""
        accounts = os.path.join(self.directory, "data", "xmpp%2etest", "accounts")
        os.makedirs(accounts, exist_ok=True)
        with open(os.path.join(accounts, user + ".dat"), "w", encoding="utf-8") as account:
            account.write('return { ["password"] = "%s"; };\n' % PASSWORD)

    async def answers(self):
        await streams_answer(self)


class Ejabberd(Server):
    """The same domains as Prosody's, served by ejabberd."""
    name = "ejabberd"
    port_names = ("c2s", "component")

    def __init__(self, directory):
        super().__init__(directory)
        self.accounts = set()

    @staticmethod
    def libraries():
        """The folder in which the Debian package keeps its Erlang applications; None when it is not installed."""
        found = glob.glob("/usr/lib/*/ejabberd-*/ebin/ejabberd.app")
        return os.path.dirname(os.path.dirname(os.path.dirname(found[0]))) if found else None

    def configure(self):
        target = fill_in("ejabberd.yml", os.path.join(self.directory, "ejabberd.yml"), dir=self.directory, secret=SECRET,
                         **self.ports)
        self.env = {"ERL_LIBS": self.libraries(), "EJABBERD_CONFIG_PATH": target, "HOME": self.directory,
                    "EJABBERD_LOG_PATH": os.path.join(self.directory, "ejabberd-own.log")}
        # neither a node name nor epmd: the node talks to nobody
        return ["erl", "-noinput", "+sbwt", "none", "-mnesia", "dir", f'"{self.directory}/data"', "-s", "ejabberd"]

    async def add_user(self, user):
        """An account by in-band registration (XEP-0077)."""
        form = (f"<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>{user}</username>"
                f"<password>{PASSWORD}</password></query></iq>")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports["c2s"])
        try:
            for request, answered in ((STREAM.format("jabber:client", "xmpp.test"), b"</stream:features>"), (form, b"id='r'")):
                writer.write(request.encode())
                answer = await asyncio.wait_for(reader.readuntil(answered), START_S)
        finally:
            writer.close()
        if b"type='result'" not in answer and user not in self.accounts:
            raise ProcessError(f"ejabberd does not register {user}: {answer!r}")
        self.accounts.add(user)

    async def answers(self):
        """Ready with all its accounts: one that was made just before it was killed may be gone, others are there still."""
        await streams_answer(self)
        for user in self.accounts | set(USERS):
            await self.add_user(user)


class Kamailio(Server):
    """Proxy and registrar of sip.test; xmpp.test and rooms.xmpp.test go to the gateway's port, far.test to a focus."""
    name = "kamailio"
    port_names = ("port",)

    def __init__(self, directory, gateway_port, gateway_transport="udp", focus_port=9):
        super().__init__(directory)
        self.focus_port = focus_port
        self.gateway_port = gateway_port
        self.gateway_transport = gateway_transport
        self.remote = f"127.0.0.1:{self.ports['port']}"

    def configure(self):
        target = os.path.join(self.directory, "kamailio.cfg")
        run = os.path.join(self.directory, "run")
        os.makedirs(run, exist_ok=True)
        fill_in("kamailio.cfg", target, port=self.ports["port"], gateway=self.gateway_port,
                gateway_transport=self.gateway_transport, focus=self.focus_port, modules=KAMAILIO_MODULES)
        return ["kamailio", "-f", target, "-DD", "-E", "-m", "64", "-M", "8", "-Y", run, "-w", self.directory]

    async def answers(self):
        await answer_to(options_request(self.ports["port"]), self.ports["port"], START_S, udp=True)
        await answer_to(options_request(self.ports["port"], "TCP"), self.ports["port"], START_S)


class MsrpRelay(Server):
    """A second Kamailio: an MSRP relay that a SIP user may stand behind."""
    name = "msrp_relay"
    port_names = ("port",)

    def configure(self):
        target = os.path.join(self.directory, "msrp_relay.cfg")
        run = os.path.join(self.directory, "run")
        os.makedirs(run, exist_ok=True)
        fill_in("msrp_relay.cfg", target, port=self.ports["port"], modules=KAMAILIO_MODULES)
        return ["kamailio", "-f", target, "-DD", "-E", "-m", "64", "-M", "8", "-Y", run, "-w", self.directory]

    async def answers(self):
        await answer_to(options_request(self.ports["port"], "TCP"), self.ports["port"], START_S)

    async def sign_out(self):
        await self.stop()


class Mucsipd(Server):
    """The gateway under test; its own word `mucsipd ready` says that all links and listeners stand."""
    name = "mucsipd"
    port_names = ("sip", "msrp")

    def __init__(self, directory, component_port, kamailio_port=None, sip_transport="udp", extra="", amend=None):
        super().__init__(directory)
        self.amend = amend
        self.component_port = component_port
        self.kamailio_port = kamailio_port
        self.sip_transport = sip_transport
        # A story counts what its phones receive: they are asked by OPTIONS only where it says so.
        self.extra = extra if "[peer " in extra else "[peer *]\noptions = never\n" + extra

    @staticmethod
    def binary():
        return os.environ.get("MUCSIPD", os.path.join(ROOT, "build", "gateway", "mucsipd"))

    def configure(self):
        target = os.path.join(self.directory, "mucsipd.conf")
        os.makedirs(os.path.join(self.directory, "state"), exist_ok=True)
        fill_in("mucsipd.conf", target, dir=self.directory, secret=SECRET, component=self.component_port,
                kamailio=self.kamailio_port, sip_transport=self.sip_transport, gateway=self.ports["sip"],
                msrp=self.ports["msrp"], extra=self.extra, amend=self.amend)
        return [self.binary(), "--config", target]

    async def answers(self):
        await self.process.line_with("mucsipd ready", START_S)
