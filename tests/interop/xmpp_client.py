# SPDX-License-Identifier: MIT
"""An XMPP user on a real client library (slixmpp), with a transcript of what came over its stream.

What is sent is written out as XML here, so that a test says exactly what is on the wire; what is received is read by the
library and noted by read_message() and read_presence(), one entry per meaning. No call waits without a deadline.
"""
import asyncio
import logging
import uuid
from xml.sax.saxutils import escape, quoteattr

logging.getLogger("slixmpp").setLevel(logging.CRITICAL)  # before the import, which warns already

logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # its library leaves a task behind at every end

import slixmpp  # noqa: E402
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from transcript import PATIENCE_S, Transcript

SIGN_IN_S = 10  # a server may be dying: then it is tried again

CLIENT = "{jabber:client}"
COMPONENT = "{jabber:component:accept}"
DATA = "jabber:x:data"
MUC = "http://jabber.org/protocol/muc"
MUC_USER = "{http://jabber.org/protocol/muc#user}"
MUC_OWNER = "http://jabber.org/protocol/muc#owner"
MUC_ADMIN = "http://jabber.org/protocol/muc#admin"
CONFERENCE = "{jabber:x:conference}"
RECEIPTS = "{urn:xmpp:receipts}"
MARKERS = "{urn:xmpp:chat-markers:0}"
CHATSTATES = "{http://jabber.org/protocol/chatstates}"
STANZAS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _split(jid):
    bare, _, resource = jid.partition("/")
    return bare, resource


def _text(xml, tag):
    element = xml.find(tag)
    return None if element is None else element.text or ""


def read_error(xml, ns):
    """The fields of an <error/> child."""
    error = xml.find(ns + "error")
    conditions = [child.tag for child in error if child.tag.startswith(STANZAS) and child.tag != STANZAS + "text"]
    return {"condition": conditions[0][len(STANZAS):] if conditions else None, "type": error.get("type"),
            "text": _text(error, STANZAS + "text")}


def _read_invitation(xml, ns, invite):
    """A mediated invitation; `continue` and `thread` are what the sender meant, `body` and `extra` what a service added."""
    goes_on = invite.find(MUC_USER + "continue")
    child = xml.find(CONFERENCE + "x")
    return ("invitation", {"how": "mediated", "room": _split(xml.get("from"))[0], "inviter": invite.get("from"),
                           "continues": goes_on is not None, "thread": None if goes_on is None else goes_on.get("thread"),
                           "reason": _text(invite, MUC_USER + "reason"), "body": _text(xml, ns + "body"),
                           "conference_child": None if child is None else dict(child.attrib),
                           "password": _text(xml.find(MUC_USER + "x"), MUC_USER + "password")})


def read_message(xml, ns=CLIENT):
    """What a message stanza means: a list of (kind, fields)."""
    common = {"from": xml.get("from"), "id": xml.get("id")}
    if xml.get("type") == "error":
        return [("error", {**common, **read_error(xml, ns)})]
    muc = xml.find(MUC_USER + "x")
    if muc is not None and muc.find(MUC_USER + "invite") is not None:
        kind, fields = _read_invitation(xml, ns, muc.find(MUC_USER + "invite"))
        return [(kind, {**common, **fields})]
    if muc is not None and muc.find(MUC_USER + "decline") is not None:
        decline = muc.find(MUC_USER + "decline")
        return [("decline", {**common, "room": _split(xml.get("from"))[0], "invitee": decline.get("from"),
                             "reason": _text(decline, MUC_USER + "reason")})]
    direct = xml.find(CONFERENCE + "x")
    if direct is not None:
        return [("invitation", {**common, "how": "direct", "room": direct.get("jid"), "inviter": xml.get("from"),
                                "continues": direct.get("continue") in ("true", "1"), "thread": direct.get("thread"),
                                "reason": direct.get("reason"), "body": _text(xml, ns + "body")})]
    return _read_content(xml, ns, common)


def _read_content(xml, ns, common):
    found = []
    body, subject = xml.find(ns + "body"), _text(xml, ns + "subject")
    fields = {**common, "type": xml.get("type"), "thread": _text(xml, ns + "thread"), "subject": subject,
              "lang": xml.get(XML_LANG)}
    if xml.get("type") == "groupchat":
        room, nick = _split(xml.get("from"))
        stable = xml.find("{urn:xmpp:sid:0}stanza-id")
        fields.update(room=room, nick=nick, delayed=xml.find("{urn:xmpp:delay}delay") is not None,
                      stanza_id=None if stable is None else (stable.get("by"), stable.get("id")))
    if body is not None:
        kind = "groupchat" if xml.get("type") == "groupchat" else "message"
        states = [child.tag[len(CHATSTATES):] for child in xml if child.tag.startswith(CHATSTATES)]
        found.append((kind, {**fields, "body": body.text or "", "private": xml.find(MUC_USER + "x") is not None,
                             "state": states[0] if states else None,
                             "wants_receipt": xml.find(RECEIPTS + "request") is not None,
                             "markable": xml.find(MARKERS + "markable") is not None}))
    elif subject is not None:
        found.append(("subject", fields))
    muc = xml.find(MUC_USER + "x")
    if body is None and muc is not None and muc.find(MUC_USER + "status") is not None:
        found.append(("codes", {**fields, "codes": sorted(child.get("code") for child in muc.findall(MUC_USER + "status"))}))
    received = xml.find(RECEIPTS + "received")
    if received is not None:
        found.append(("receipt", {**fields, "of": received.get("id")}))
    displayed = xml.find(MARKERS + "displayed")
    if displayed is not None:
        found.append(("displayed", {**fields, "of": displayed.get("id")}))
    if body is None:
        found += [("state", {**fields, "state": child.tag[len(CHATSTATES):]}) for child in xml
                  if child.tag.startswith(CHATSTATES)]
    return found


def read_presence(xml, ns=CLIENT):
    """What a presence stanza means: an occupant came or went, an error, or plain presence."""
    common = {"from": xml.get("from")}
    if xml.get("type") == "error":
        return [("presence_error", {**common, "by": xml.find(ns + "error").get("by"), **read_error(xml, ns)})]
    muc = xml.find(MUC_USER + "x")
    if muc is None:
        return [("presence", {**common, "type": xml.get("type")})]
    room, nick = _split(xml.get("from"))
    items = muc.findall(MUC_USER + "item")
    item = items[0] if items else None
    status = xml.find(ns + "status")
    actor = None if item is None else item.find(MUC_USER + "actor")
    return [("occupant", {**common, "room": room, "nick": nick, "here": xml.get("type") is None,
                          "codes": sorted(child.get("code") for child in muc.findall(MUC_USER + "status")),
                          "jid": None if item is None else item.get("jid"),
                          "jids": sorted(filter(None, (one.get("jid") for one in items))),
                          "role": None if item is None else item.get("role"),
                          "affiliation": None if item is None else item.get("affiliation"),
                          "new_nick": None if item is None else item.get("nick"),
                          "reason": None if item is None else _text(item, MUC_USER + "reason"),
                          "actor": None if actor is None else actor.get("nick"),
                          "show": _text(xml, ns + "show"),
                          "status": None if status is None else status.text,
                          "destroyed": muc.find(MUC_USER + "destroy") is not None})]


class _Seeing:
    """What a client and a stand-in component share: their stream notes every stanza in the transcript."""

    def watch(self, transcript, ns):
        self.transcript = transcript
        self.ns = ns
        self.auto_authorize = None
        self.register_handler(Callback("seen message", MatchXPath(ns + "message"), self._on_message))
        self.register_handler(Callback("seen presence", MatchXPath(ns + "presence"), self._on_presence))

    def _on_message(self, stanza):
        for kind, fields in read_message(stanza.xml, self.ns):
            self.transcript.add("in", kind, **self._addressed(fields, stanza))

    def _on_presence(self, stanza):
        for kind, fields in read_presence(stanza.xml, self.ns):
            self.transcript.add("in", kind, **self._addressed(fields, stanza))

    def _addressed(self, fields, stanza):
        return fields if self.ns == CLIENT else {**fields, "to": stanza.xml.get("to")}

    def raw(self, xml):
        """Sends exactly this."""
        self.send_raw(xml)

    async def ask(self, to, payload, type="set", within=PATIENCE_S, sender=None):
        """An iq with its result; an error or silence is an exception."""
        iq = self.make_iq(ito=to, itype=type, ifrom=sender)
        iq.append(slixmpp.xmlstream.ET.fromstring(payload))
        return await iq.send(timeout=within)

    async def refusal_of(self, to, payload, type="get"):
        """The error of an iq as (condition, type); an answer is a failure."""
        try:
            answer = await self.ask(to, payload, type)
        except slixmpp.exceptions.IqError as error:
            return error.condition, error.etype
        raise AssertionError(f"{to} answered {answer}")

    async def online(self, host, port, within=SIGN_IN_S):
        """Signed in. A server that dies meanwhile is not tried again by the library: who wants that asks once more."""
        started = asyncio.get_running_loop().create_future()
        self.add_event_handler("session_start", lambda _: started.done() or started.set_result(None), disposable=True)
        self.connect(host, port) if self.ns == COMPONENT else self.connect((host, port), disable_starttls=True)
        try:
            await asyncio.wait_for(started, within)
        except asyncio.TimeoutError:  # the library would go on trying
            self.cancel_connection_attempt()
            self.abort()
            raise

    async def offline(self, within=3):
        if self.is_connected():
            try:
                await asyncio.wait_for(self.disconnect(wait=0.5), within)
            except asyncio.TimeoutError:
                self.abort()


class XmppClient(_Seeing, slixmpp.ClientXMPP):
    """One user at one device; `user` is what people call them, also in rooms, `account` the name at the server."""

    def __init__(self, user, account, resource, port, path=None, password="secret", domain="xmpp.test"):
        super().__init__(f"{account}@{domain}/{resource}", password)
        self.user, self.port = user, port
        self["feature_mechanisms"].unencrypted_plain = True
        self.watch(Transcript(user, path), CLIENT)
        self.full = f"{account}@{domain}/{resource}"
        self.bare = f"{account}@{domain}"
        self.uri = "sip:" + self.bare

    @property
    def seen(self):
        return self.transcript.seen

    async def sign_in(self):
        await self.online("127.0.0.1", self.port)
        self.raw("<presence/>")
        await self.seen("presence", SIGN_IN_S, **{"from": self.full})  # from now on messages to the bare address arrive
        return self

    def chat(self, to, body, type="chat", thread=None, id=None, lang=None, subject=None, receipt=False, state=None,
             markable=False):
        """Sends a message and returns its id."""
        id = id or uuid.uuid4().hex[:16]
        parts = [f"<message to={quoteattr(to)} id={quoteattr(id)}"]
        parts.append(f" type='{type}'" if type else "")
        parts.append(f" xml:lang={quoteattr(lang)}>" if lang else ">")
        parts.append(f"<subject>{escape(subject)}</subject>" if subject is not None else "")
        parts.append(f"<body>{escape(body)}</body>" if body is not None else "")
        parts.append(f"<thread>{escape(thread)}</thread>" if thread else "")
        parts.append("<request xmlns='urn:xmpp:receipts'/>" if receipt else "")
        parts.append("<markable xmlns='urn:xmpp:chat-markers:0'/>" if markable else "")
        parts.append(f"<{state} xmlns='http://jabber.org/protocol/chatstates'/>" if state else "")
        self.raw("".join(parts) + "</message>")
        self.transcript.add("out", "message" if type != "groupchat" else "groupchat", to=to, body=body, id=id, type=type)
        return id

    def state(self, to, state, thread=None, type="chat"):
        """XEP-0085: what the user is doing, and nothing else."""
        inner = f"<thread>{escape(thread)}</thread>" if thread else ""
        self.raw(f"<message to={quoteattr(to)} type='{type}'>{inner}"
                 f"<{state} xmlns='http://jabber.org/protocol/chatstates'/></message>")

    def received(self, to, of):
        """XEP-0184: message `of` of `to` has arrived."""
        self.raw(f"<message to={quoteattr(to)} type='chat'><received xmlns='urn:xmpp:receipts' id={quoteattr(of)}/></message>")

    def displayed(self, to, of):
        """XEP-0333: message `of` of `to`, and all before it, were read."""
        self.raw(f"<message to={quoteattr(to)} type='chat'>"
                 f"<displayed xmlns='urn:xmpp:chat-markers:0' id={quoteattr(of)}/></message>")

    def say(self, room, body, **more):
        """A line to everybody in the room."""
        return self.chat(room, body, type="groupchat", **more)

    async def enter(self, room, nick=None, password=None, within=PATIENCE_S):
        """Joins a room; returns the entry of the own presence (code 110). The end of a stay before it is none."""
        nick = nick or self.user
        after = self.transcript.mark()
        secret = f"<password>{escape(password)}</password>" if password else ""
        self.raw(f"<presence to={quoteattr(room + '/' + nick)}><x xmlns='{MUC}'>{secret}"
                 "<history maxstanzas='0'/></x></presence>")
        self.transcript.add("out", "enter", room=room, nick=nick)
        return await self.seen("occupant", within, after, room=room, here=True, codes=lambda codes: "110" in codes)

    def be(self, room, nick, inner=""):
        """Presence to an occupant address: another nick, or news of one's own."""
        self.raw(f"<presence to={quoteattr(room + '/' + nick)}>{inner}</presence>")
        self.transcript.add("out", "nick", room=room, nick=nick)

    async def open_room(self, room, nick=None, **fields):
        """Joins a room that does not exist yet and configures it; `fields` are muc#roomconfig_NAME=value."""
        own = await self.enter(room, nick)
        assert "201" in own["codes"], f"{room} existed already"
        form = "".join(f"<field var='muc#roomconfig_{name}'><value>{escape(value)}</value></field>"
                       for name, value in fields.items())
        await self.ask(room, f"<query xmlns='{MUC_OWNER}'><x xmlns='{DATA}' type='submit'><field var='FORM_TYPE'>"
                       f"<value>http://jabber.org/protocol/muc#roomconfig</value></field>{form}</x></query>")
        return own

    def invite(self, who, room, continues=True, thread=None, reason=None, password=None):
        """A direct invitation (XEP-0249); with `continues` it asks to carry an ongoing chat into the room."""
        attributes = {"jid": room, "thread": thread, "reason": reason, "password": password,
                      "continue": "true" if continues else None}
        text = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value)
        id = uuid.uuid4().hex[:16]
        self.raw(f"<message to={quoteattr(who)} id='{id}'><x xmlns='jabber:x:conference'{text}/></message>")
        self.transcript.add("out", "invitation", how="direct", to=who, room=room, continues=continues, id=id)
        return id

    def invite_through(self, room, who, continues=True, thread=None, reason=None):
        """A mediated invitation (XEP-0045 7.8.2): the room passes it on."""
        goes_on = "<continue{}/>".format(f" thread={quoteattr(thread)}" if thread else "") if continues else ""
        why = f"<reason>{escape(reason)}</reason>" if reason else ""
        self.raw(f"<message to={quoteattr(room)}><x xmlns='{MUC_USER[1:-1]}'><invite to={quoteattr(who)}>{why}{goes_on}"
                 "</invite></x></message>")
        self.transcript.add("out", "invitation", how="mediated", to=who, room=room, continues=continues)

    async def kick(self, room, nick, reason=""):
        await self.ask(room, f"<query xmlns='{MUC_ADMIN}'><item nick={quoteattr(nick)} role='none'>"
                       f"<reason>{escape(reason)}</reason></item></query>")

    async def destroy(self, room, reason="", elsewhere=None):
        """Ends a room (XEP-0045 10.9); `elsewhere` is the room in its place."""
        venue = f" jid={quoteattr(elsewhere)}" if elsewhere else ""
        await self.ask(room, f"<query xmlns='{MUC_OWNER}'><destroy{venue}><reason>{escape(reason)}</reason></destroy></query>")

    def leave(self, room, nick=None):
        self.raw(f"<presence type='unavailable' to={quoteattr(room + '/' + (nick or self.user))}/>")
        self.transcript.add("out", "leave", room=room)

    async def sign_out(self):
        await self.offline()
        self.transcript.close()


class StandIn(_Seeing, slixmpp.ComponentXMPP):
    """A component in the gateway's place, to see what a server really sends to it."""

    def __init__(self, domain, secret, port, path=None):
        super().__init__(domain, secret, "127.0.0.1", port)
        self.port = port
        self.watch(Transcript(domain, path), COMPONENT)

    @property
    def seen(self):
        return self.transcript.seen

    async def sign_in(self):
        await self.online("127.0.0.1", self.port)
        return self

    async def sign_out(self):
        await self.offline()
        self.transcript.close()
