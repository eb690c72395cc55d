# SPDX-License-Identifier: MIT
"""An XMPP user of the chaos test: chats with a SIP user, answers receipts, asks for them now and then."""
import asyncio
from xml.sax.saxutils import escape, quoteattr

from user import User, marked
from xmpp_stream import CLIENT, XmppStream

DOMAIN, SIP_DOMAIN, RESOURCE = "xmpp.test", "sip.test", "phone"
RECEIPTS = "{urn:xmpp:receipts}"
STANZAS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"


class XmppUser(User):
    """In page mode every other message is `normal`, which always goes as a page; the rest is `chat`."""

    def __init__(self, who, directory, port, password):
        super().__init__(who, directory)
        self.stream = XmppStream(who, DOMAIN, RESOURCE, port, password)

    async def live(self):
        keeping = asyncio.ensure_future(self.stream.keep(
            self._on_stanza, lambda: self.journal.note("up"), lambda: self.journal.note("down")))
        await asyncio.gather(keeping, self.write())

    async def send(self, message, text):
        number = int(message.partition(".")[2])
        kind = "normal" if self.mode == "page" and number % 2 else "chat"
        request = f"<request xmlns='{RECEIPTS[1:-1]}'/>" if number % 4 == 0 else ""
        await self.stream.up.wait()
        self.stream.send(f"<message to='{self.partner}@{SIP_DOMAIN}' id='{message}' type='{kind}'>"
                         f"<body>{escape(text)}</body>{request}</message>")
        await self.outcome(message)

    def _on_stanza(self, stanza):
        if stanza.tag == CLIENT + "message":
            self._on_message(stanza)
        elif stanza.tag == CLIENT + "iq" and stanza.get("type") in ("get", "set"):
            self.stream.send(f"<iq type='error' to={quoteattr(stanza.get('from') or DOMAIN)} id={quoteattr(stanza.get('id'))}>"
                             f"<error type='cancel'><service-unavailable xmlns='{STANZAS[1:-1]}'/></error></iq>")

    def _on_message(self, stanza):
        receipt = stanza.find(RECEIPTS + "received")
        message = marked(stanza.findtext(CLIENT + "body"))
        if stanza.get("type") == "error":
            self._on_error(stanza)
        elif receipt is not None:
            self.told(receipt.get("id"), True, "receipt")
        elif message:
            self.received(message, stanza.get("id"))
            self._receipt(stanza)

    def _on_error(self, stanza):
        if (stanza.get("id") or "").startswith(self.who + "."):
            error = stanza.find(CLIENT + "error")
            why = [child.tag.partition("}")[2] if child.tag != STANZAS + "text" else child.text for child in error]
            self.told(stanza.get("id"), False, " ".join(filter(None, why)))

    def _receipt(self, stanza):
        if stanza.find(RECEIPTS + "request") is not None and stanza.get("id"):
            self.stream.send(f"<message to={quoteattr(stanza.get('from'))} type='chat'>"
                             f"<received xmlns='{RECEIPTS[1:-1]}' id={quoteattr(stanza.get('id'))}/></message>")
