# SPDX-License-Identifier: MIT
"""A small XMPP client stream (RFC 6120): plain login, one resource, stanzas as trees. Signs in again whenever it was cut off.

Written for users who see their server die twenty times: no library stands between the loss of a stream and its renewal.
"""
import asyncio
import base64
import contextlib
from xml.etree.ElementTree import XMLPullParser

CLIENT = "{jabber:client}"
SASL = "{urn:ietf:params:xml:ns:xmpp-sasl}"
AGAIN_S = 0.1
SIGN_IN_S = 10


class StreamLost(Exception):
    """The stream ended, or what came over it was no sign-in."""


class _Reading:
    """Octets of one stream to its top-level elements."""

    def __init__(self, reader):
        self._reader = reader
        self._parser = XMLPullParser(events=("start", "end"))
        self._depth = 0
        self._root = None

    async def element(self):
        while True:
            for event, element in self._parser.read_events():
                whole = self._step(event, element)
                if whole is not None:
                    return whole
            octets = await self._reader.read(65536)
            if not octets:
                raise StreamLost
            self._parser.feed(octets)

    def _step(self, event, element):
        self._depth += 1 if event == "start" else -1
        if event == "start" and self._depth == 1:
            self._root = element
        if event == "end" and self._depth == 1:
            self._root.clear()
            return element
        return None


class XmppStream:
    """One user's stream. The owner gives on_stanza(element), on_up() and on_down(), and runs keep() as a task."""

    def __init__(self, account, domain, resource, port, password):
        self.account, self.domain, self.resource = account, domain, resource
        self.port, self.password = port, password
        self.up = asyncio.Event()
        self._writer = None

    def send(self, xml):
        """Hands the text to the kernel or to asyncio's buffer; no error if the stream is gone meanwhile."""
        if self._writer and not self._writer.is_closing():
            self._writer.write(xml.encode())

    async def keep(self, on_stanza, on_up, on_down):
        """Signed in for ever: again after each loss."""
        while True:
            with contextlib.suppress(OSError, StreamLost, asyncio.TimeoutError, SyntaxError):
                reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
                reading = await asyncio.wait_for(self._sign_in(reader), SIGN_IN_S)
                self.up.set()
                on_up()
                while True:
                    on_stanza(await reading.element())
            if self._writer:
                self._writer.close()
            if self.up.is_set():
                self.up.clear()
                on_down()
            await asyncio.sleep(AGAIN_S)

    async def _open(self, reader):
        self.send(f"<?xml version='1.0'?><stream:stream to='{self.domain}' version='1.0' xmlns='jabber:client'"
                  " xmlns:stream='http://etherx.jabber.org/streams'>")
        reading = _Reading(reader)
        await reading.element()  # the features
        return reading

    async def _sign_in(self, reader):
        reading = await self._open(reader)
        secret = base64.b64encode(f"\0{self.account}\0{self.password}".encode()).decode()
        self.send(f"<auth xmlns='{SASL[1:-1]}' mechanism='PLAIN'>{secret}</auth>")
        if (await reading.element()).tag != SASL + "success":
            raise StreamLost
        reading = await self._open(reader)
        self.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                  f"<resource>{self.resource}</resource></bind></iq><presence/>")
        while True:
            stanza = await reading.element()
            if stanza.tag == CLIENT + "iq" and stanza.get("id") == "bind":
                if stanza.get("type") != "result":
                    raise StreamLost
                return reading
