#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An XMPP user on a client library of another make than slixmpp: nbxmpp, the one of Gajim. Its own code for rooms reads what
comes; what that code is not content with is an entry of kind "complaint", and fails the test.

nbxmpp lives in a GLib loop, so it runs as a program of its own (this file, with arguments), told what to send as XML by lines
of its standard input, and telling what it understood by lines of JSON.
"""
import importlib.util
import json
import os
import re
import sys

COMPLAINT = "complaint of "  # before what its loggers say from warnings on


class SecondClient:
    """The user as a test sees him: with a transcript like that of xmpp_client.XmppClient."""

    def __init__(self, user, account, resource, port, path, domain="xmpp.test"):
        from transcript import Transcript
        self.user = user
        self.bare, self.full = f"{account}@{domain}", f"{account}@{domain}/{resource}"
        self.uri = "sip:" + self.bare
        self.transcript = Transcript(user, path)
        self._arguments = [self.full, f"127.0.0.1:{port}"]
        self._directory = os.path.dirname(path)
        self._process = self._listening = None

    @staticmethod
    def is_installed():
        return importlib.util.find_spec("nbxmpp") is not None

    @property
    def seen(self):
        return self.transcript.seen

    async def sign_in(self):
        import asyncio
        from process import Process
        self._process = Process(f"second-{self.user}", ["/usr/bin/python3", os.path.abspath(__file__), *self._arguments],
                                self._directory, needs_input=True)
        await self._process.start()
        self._listening = asyncio.ensure_future(self._listen())
        await self.seen("online")
        self.raw("<presence/>")
        return self

    async def _listen(self):
        import asyncio
        read = 0
        while True:
            for line in self._process.lines[read:]:
                read += 1
                if line.startswith("{"):
                    fields = json.loads(line)
                    self.transcript.add("in", fields.pop("kind"), **fields)
                elif line.startswith((COMPLAINT, "Traceback")):
                    self.transcript.add("in", "complaint", text=line)
            if not self._process.is_running():
                return
            await asyncio.sleep(0.02)

    def raw(self, xml):
        """Sends exactly this."""
        self._process.say(re.sub(r"^<(\w+)", r"<\1 xmlns='jabber:client'", xml))

    async def enter(self, room, nick=None, within=30):
        """Joins a room; returns the entry of the own presence."""
        nick = nick or self.user
        after = self.transcript.mark()
        self.raw(f"<presence to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>")
        return await self.seen("occupant", within, after, room=room, own=True, here=True)

    def say(self, room, body):
        """A line to everybody in the room."""
        self.raw(f"<message to='{room}' type='groupchat' id='s{self.transcript.mark()}'><body>{body}</body></message>")

    def whisper(self, room, nick, body):
        """A line to one occupant."""
        self.raw(f"<message to='{room}/{nick}' type='chat' id='s{self.transcript.mark()}'><body>{body}</body>"
                 "<x xmlns='http://jabber.org/protocol/muc#user'/></message>")

    def be(self, room, nick):
        """Another nick."""
        self.raw(f"<presence to='{room}/{nick}'/>")

    def leave(self, room, nick=None):
        self.raw(f"<presence type='unavailable' to='{room}/{nick or self.user}'/>")

    def broken_rules(self):
        """What its own code was not content with."""
        return [entry["text"] for entry in self.transcript.all("complaint")]

    async def sign_out(self):
        await self._process.stop()
        self._listening.cancel()
        self.transcript.close()


# ---- the program --------------------------------------------------------------------------------

def _tell(kind, **fields):
    print(json.dumps({"kind": kind, **fields}), flush=True)


def _on_presence(_client, _stanza, properties):
    """What the library understood of a presence, in its own words."""
    if properties.type.is_error:
        _tell("presence_error", **{"from": str(properties.jid), "condition": properties.error.condition})
    elif properties.from_muc:
        item = properties.muc_user
        _tell("occupant", room=str(properties.muc_jid), nick=properties.muc_nickname, here=properties.type.is_available,
              own=bool(properties.is_muc_self_presence), new_nick=item.nick if item else None,
              jid=str(item.jid) if item and item.jid else None,
              role=item.role.value if item and item.role else None,
              affiliation=item.affiliation.value if item and item.affiliation else None,
              reason=item.reason if item else None, kicked=properties.is_kicked,
              renamed=properties.is_nickname_changed, destroyed=properties.muc_destroyed is not None,
              codes=sorted(code.value for code in properties.muc_status_codes or ()))


def _on_message(_client, _stanza, properties):
    """The same of a message."""
    if properties.type.is_error:
        _tell("error", **{"from": str(properties.jid), "id": properties.id, "condition": properties.error.condition})
    elif properties.muc_subject is not None:
        _tell("subject", room=str(properties.muc_jid), nick=properties.muc_nickname, subject=properties.muc_subject.text)
    elif properties.is_muc_invite_or_decline:
        invite = properties.muc_invite
        _tell("invitation" if invite else "decline", room=str((invite or properties.muc_decline).muc))
    elif properties.type.is_groupchat and properties.body:
        _tell("groupchat", room=str(properties.muc_jid), nick=properties.muc_nickname, body=properties.body, id=properties.id,
              delayed=properties.mam is not None or properties.user_timestamp is not None)
    elif properties.body:
        _tell("message", **{"from": str(properties.jid), "body": properties.body, "private": bool(properties.is_muc_pm)})


def _program(full, address):
    import gi
    gi.require_version("Soup", "3.0")
    import logging
    from gi.repository import GLib
    from nbxmpp.client import Client
    from nbxmpp.const import ConnectionProtocol, ConnectionType
    from nbxmpp.protocol import JID, Iq, Message, Presence
    from nbxmpp.simplexml import NodeBuilder
    from nbxmpp.structs import StanzaHandler

    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format=f"{COMPLAINT}%(name)s: %(message)s")
    jid = JID.from_string(full)
    client = Client(log_context="second")
    client.set_domain(jid.domain)
    client.set_username(jid.localpart)
    client.set_resource(jid.resource)
    client.set_password("secret")
    client.set_mechs({"PLAIN"})
    client.set_sm_disabled(True)
    client.set_custom_host(address, ConnectionProtocol.TCP, ConnectionType.PLAIN)
    client.subscribe("connected", lambda *unused: _tell("online"))
    client.subscribe("disconnected", lambda *unused: loop.quit())
    client.register_handler(StanzaHandler(name="presence", callback=_on_presence, priority=60))
    client.register_handler(StanzaHandler(name="message", callback=_on_message, priority=60))
    loop = GLib.MainLoop()

    kinds = {"presence": Presence, "message": Message, "iq": Iq}
    heard = bytearray()

    def on_input(source, _condition):
        octets = os.read(source, 65536)
        heard.extend(octets)
        while b"\n" in heard:
            line, _, rest = bytes(heard).partition(b"\n")
            heard[:] = rest
            node = NodeBuilder(line.decode()).getDom()
            client.send_stanza(kinds[node.getName()](node=node))
        return bool(octets)

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, on_input)
    client.connect()
    loop.run()


if __name__ == "__main__":
    _program(*sys.argv[1:])
