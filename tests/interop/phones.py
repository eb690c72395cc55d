# SPDX-License-Identifier: MIT
"""Phones that people use, driven through their command lines: baresip and Linphone, both in page mode.

What a phone shows on its screen is its transcript; heard() waits for a line of it.
"""
import os
import uuid

import ports
from process import Process, ProcessError
from servers import fill_in
from transcript import PATIENCE_S

START_S = 30


class Phone:
    """A phone registered at the proxy; it hears texts and says them."""
    program = None

    def __init__(self, world, user):
        self.user = user
        self.port = ports.take()
        self.directory = world.path(f"{self.program}-{user}")
        os.makedirs(self.directory)
        self.values = {"user": user, "phone": self.port, "proxy": world.kamailio.remote, "transport": "udp",
                       "uuid": uuid.uuid4()}
        self.process = None
        world.keep(self)

    def file(self, template, name):
        return fill_in(template, os.path.join(self.directory, name), **self.values)

    async def start(self, argv):
        env = {"HOME": self.directory, "XDG_RUNTIME_DIR": self.directory}
        self.process = Process(self.program, argv, self.directory, env=env, needs_input=True)
        await self.process.start()

    async def sign_out(self):
        if self.process:
            await self.process.kill()


class Baresip(Phone):
    """baresip 1.0.0: prints `sip:juliet@xmpp.test: "text"` for what it hears."""
    program = "baresip"

    async def sign_in(self, contact):
        """Starts the phone; `contact` is whom it will write to."""
        self.file("baresip.config", "config")
        self.file("baresip.accounts", "accounts")
        with open(os.path.join(self.directory, "contacts"), "w", encoding="utf-8") as contacts:
            contacts.write(f'"them" <{contact}>\n')
        await self.start(["baresip", "-f", self.directory])
        await self.process.line_with("registered successfully", START_S)
        self.process.say("/contact_next")
        return self

    def say(self, text):
        self.process.say(f"/message {text}")

    async def heard(self, sender, text, within=PATIENCE_S):
        return await self.process.line_with(f'{sender}: "{text}"', within)


class Linphone(Phone):
    """linphonec 5.1: prints `Message received from SENDER: text`, the sender in angle brackets if it has parameters."""
    program = "linphonec"

    async def sign_in(self, contact):
        self.contact = contact
        os.makedirs(os.path.join(self.directory, ".local", "share", "linphone"))
        rc = self.file("linphone.rc", "rc")
        await self.start(["linphonec", "-c", rc])
        for _ in range(START_S * 2):
            self.process.say("status register")
            try:
                await self.process.line_with("registered, identity=", 0.5)
                return self
            except ProcessError:
                if not self.process.is_running():
                    raise
        raise ProcessError(f"linphonec does not register:\n{self.process.tail()}")

    def say(self, text):
        self.process.say(f"chat {self.contact} {text}")

    async def heard(self, sender, text, within=PATIENCE_S):
        line = await self.process.line_with(f": {text}", within)
        assert "Message received from" in line and sender in line, line
        return line
