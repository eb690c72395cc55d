# SPDX-License-Identifier: MIT
"""Performs the steps of one flow vector of tests/vectors/vectors-groupchat.json against the gateway, and judges them by the
vector's own words ("format" and "match" at the top of that file).

How a vector is read where its world and ours differ in names only:
- its hosts are loopback ports here; a path keeps its session, a Contact its user;
- the resource of our occupant is a token per dialog and his nick the user part, because the phone shows no display name
  (MUC-B01): `/dev7` and `Omar` of stanzas to and from the room stand for these;
- its room shows real addresses (`whois=anyone`, MUC-B10);
- `out` may be preceded by what no step speaks of, and each MSRP session counts as an interface; a type is compared without its parameters; in XML, elements that are not
  named are free like attributes;
- COMMIT is read in the log, which is the only place where it can be seen; everything else is seen on the wire.
"""
import asyncio
import contextlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
from xml.etree import ElementTree

import runner
from bare_world import PING, SDP, BareGateway, Call, inner_text, split_name, xml_text
from participant.cpim import Cpim
from servers import ROOT

FILE = os.path.join(ROOT, "tests", "vectors", "vectors-groupchat.json")
X, S_DEVICE, ROOM, THREAD = "nina@verona.example/pad", "omar@mantua.example/dev7", "talk@rooms.verona.example", "th-71c0"
PATH = re.compile(r"a=path:(\S+)")
OCCUPANT = re.compile(re.escape(S_DEVICE))
ROOM_INFO = ("<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/>"
             "<feature var='http://jabber.org/protocol/muc'/><feature var='{}'/></query>")


def load():
    """Every flow vector by its id."""
    with open(FILE, encoding="utf-8") as file:
        return {vector["id"]: vector for vector in json.load(file)["vectors"] if vector["kind"] == "flow"}


def marker(play_of, performed):
    """A decorator that marks a function as that of a vector; the timers are its settings. `play_of` makes the Play of one."""
    def vector(ident, **timers):
        def marked(function):
            async def run(world):
                play = world.keep(play_of(world.directory, ident, {"timers": timers}))
                await play.start()
                await function(play)
                performed.add(ident)
            run.__name__ = function.__name__
            return runner.test(run)
        return marked
    return vector


def like(pattern, value, names):
    """A text against a pattern of the vectors: `!word` not in it, `$name` bound, `~word` in it, else equal."""
    if pattern is None or value is None:
        return pattern is value
    if pattern.startswith("!"):
        return pattern[1:] not in value
    if pattern.startswith("$"):
        return names.setdefault(pattern, value) == value
    first, *others = pattern.split("~")
    if not others:
        return value == pattern
    at = len(first)
    if not value.startswith(first):
        return False
    for word in others:
        at = value.find(word, at)
        if at < 0:
            return False
    return True


def like_xml(pattern, actual, names):
    """An element against one of a vector; both as ElementTree elements."""
    wanted, got = split_name(pattern.tag), split_name(actual.tag)
    if wanted[1] != got[1] or (wanted[0] and wanted[0] != got[0]):
        return False
    if not all(like(value, actual.get(key), names) for key, value in pattern.items()):
        return False
    if (pattern.text or "").startswith("~"):
        return inner_text(pattern, wanted[0])[1:] in xml_text(actual)
    if (pattern.text or "") and pattern.text != actual.text:
        return False
    rest = iter(actual)
    return all(any(like_xml(child, one, names) for one in rest) for child in pattern)


class Play:
    """One vector on its own gateway."""

    def __init__(self, directory, vector, settings):
        self.vector, self.names, self.told = vector, {}, {}
        self.gateway = BareGateway(directory, "mantua.example", "mantua.example",
                                   {"verona.example": "users", "rooms.verona.example": "rooms"}, settings)
        self.ends = {"sip": self.gateway.sip, "xmpp": self.gateway.xmpp, "msrp": self.gateway.msrp}
        self.calls, self.invites = {}, {}  # by D0, N1
        self.last_request = self.last_tid = self.last_session = self.offered = None
        self.sessions = {"M0": "aa01", "K1": "bb02"}  # the path of each
        self.occupant, self.closed = None, set()

    async def start(self):
        await self.gateway.start()
        return self

    async def sign_out(self):
        await self.gateway.sign_out()

    # What is told.

    def _sip_in(self, m):
        if m["start"].isdigit():
            self._answer(int(m["start"]), m)
        else:
            self.gateway.sip.request(m["start"], self.calls[m["dialog"]], self._offer(m) if "sdp" in m else "")
            self.last_request = m["start"]
            if m["start"] == "BYE":
                self.closed.add(m["dialog"])

    def _answer(self, status, m):
        """Answers the youngest request that has no final answer; an INVITE with a description when that is a yes."""
        waiting = [message for message in self.gateway.sip.heard
                   if message.is_request and message.method not in ("ACK", "CANCEL")
                   and self.gateway.sip.answers[message.raw] is None and m.get("cseq", message.method) == message.method]
        request = waiting[-1]
        if request.method != "INVITE" or status != 200:
            self.gateway.sip.answer(request, status)
            return
        name = next(name for name, invite in self.invites.items() if invite is request)
        session = self.sessions["M0" if name == "D0" else "K1"]
        lines = m.get("sdp") or ["a=accept-types:message/cpim", "a=chatroom:private-messages"]
        kept = "".join(line + "\r\n" for line in lines if not line.startswith(("a=path:", "a=setup:")))
        body = (SDP.format(self.gateway.msrp.port) + kept +
                f"a=setup:passive\r\na=path:{self.gateway.msrp.path(session)}\r\n")
        answer = self.gateway.sip.answer(request, 200, [
            ("Contact", f"<sip:omar@127.0.0.1:{self.gateway.sip.port};gr=dev7>"), ("Content-Type", "application/sdp")], body)
        self.gateway.msrp.peers[session] = PATH.search(request.body.decode())[1]
        self.calls[name] = Call(request, answer)

    def _offer(self, m):
        """A new description of the peer's, with the session of its path; this end is the one that is connected to."""
        self.offered = re.search(r"/(\w+);tcp", " ".join(m["sdp"]))[1]
        return (SDP.format(self.gateway.msrp.port) + "a=accept-types:message/cpim text/plain\r\na=chatroom:private-messages\r\n"
                f"a=setup:passive\r\na=path:{self.gateway.msrp.path(self.offered)}\r\n")

    def _msrp_in(self, m):
        if m == "TCP reset":
            self.gateway.msrp.writers[self.sessions["K1"]].transport.abort()
            return
        if "status" in m:
            self.gateway.msrp.answer(self._unanswered_send(), m["status"])
            return
        self.last_session = self.sessions[m["session"]]
        self.last_tid = self.gateway.msrp.send(self.last_session, m["Message-ID"], *self._content(m))

    @staticmethod
    def _content(m):
        """(octets, media type) of a SEND."""
        if "content" not in m:
            return m.get("text", "").encode(), "text/plain"
        cpim, text = m["content"]["cpim"], m["content"]["text"]
        text = f"From: {cpim['From']}\r\nTo: {cpim['To']}\r\n\r\nContent-Type: {cpim['Content-Type']}\r\n\r\n{text}"
        return text.encode(), "message/cpim"

    def _unanswered_send(self):
        frame = [frame for frame in self.gateway.msrp.heard if frame.method == "SEND" and not hasattr(frame, "answered")][-1]
        frame.answered = True
        return frame

    def _xmpp_in(self, m):
        if "muc_open" in m:
            self._answer_disco(ROOM_INFO.format("muc_open"))
        else:
            self.gateway.xmpp.say(self._addressed(m))

    def _answer_disco(self, content):
        query = [stanza for stanza in self.gateway.xmpp.heard if split_name(stanza.tag)[1] == "iq" and stanza.get("type") == "get"
                 and stanza.find(PING) is None][-1]
        self.gateway.xmpp.say(f"<iq type='result' id='{query.get('id')}' from='{query.get('to')}' to='{query.get('from')}'>"
                              f"{content}</iq>")

    def _addressed(self, text):
        """A stanza of the room with our occupant's real name and, in an error, the id of what it answers."""
        if not text.startswith("<presence"):
            return text
        text = OCCUPANT.sub(self.occupant.get("from"), text).replace("/Omar", "/omar")
        text = text.replace("affiliation='owner'", f"affiliation='owner' jid='{X}'")
        return text.replace("<presence", f"<presence id='{self.occupant.get('id')}'", 1) if "type='error'" in text else text

    # What is heard.

    def _heard_sip(self, message, m):
        if m["start"].isdigit():
            fits = message.status == int(m["start"]) and message.cseq[1] == self.last_request
        else:
            fits = message.is_request and m["start"] in (message.method, f"{message.method} {message.uri}")
        if not fits or ("dialog" in m and message.call_id != self.calls[m["dialog"]].answer.call_id):
            return False
        headers = {name: value for name, value in m.items() if name not in ("start", "dialog", "sdp", "!", "cseq")}
        lines = message.body.decode().split("\r\n")
        return (all(like(value, message.get(name), self.names) for name, value in headers.items()) and
                all(message.get(name) is None for name in m.get("!", [])) and
                all(line in lines for line in m.get("sdp", [])))

    def _heard_xmpp(self, stanza, m):
        pattern = m.replace("'" + S_DEVICE + "'", "'omar@mantua.example/~'") if ROOM in m else m
        return self._as_it_stands(stanza, pattern.replace("/Omar", "/omar"))

    def _as_it_stands(self, stanza, pattern):
        return like_xml(ElementTree.fromstring(pattern), stanza, self.names)

    def _session(self, m):
        """The session a step of MSRP speaks of; an answer comes by that of the last request."""
        return self.last_session if "status" in m else self.sessions[m.get("session", "K1")]

    def _heard_msrp(self, frame, m):
        if "status" in m:
            return frame.status == m["status"] and frame.tid == self.last_tid
        if frame.method != m["method"] or self.gateway.msrp.session_of(frame) != self._session(m):
            return False
        if "Message-ID" in m and not like(m["Message-ID"], frame.get("Message-ID"), self.names):
            return False
        if "body" in m:
            return frame.body is None and m["body"] is None
        if "text" not in m and "content" not in m:
            return True
        if frame.body is None:
            return False
        cpim = Cpim.parse(frame.body) if frame.content_type == "message/cpim" else None
        if "text" in m:
            return (cpim.body if cpim else frame.body).decode() == m["text"]
        return cpim is not None and self._like_cpim(m["content"], cpim)

    def _like_cpim(self, wanted, cpim):
        headers = {"To": f"<{cpim.recipient[1]}>", "From": f"<{cpim.sender[1]}>",
                   "Content-Type": cpim.content_type.partition(";")[0].strip()}
        return like(wanted["text"], cpim.body.decode(), self.names) and all(
            like(value, headers[name], self.names) for name, value in wanted["cpim"].items())

    async def _out(self, step):
        name, m, heard = step["ifc"], step["m"], {"sip": self._heard_sip, "xmpp": self._heard_xmpp, "msrp": self._heard_msrp}
        end, stream = self.ends[name], (name, self._session(m) if name == "msrp" else "")
        after = self.told.get(stream, 0)
        try:
            number, thing = await end.first(lambda thing: heard[name](thing, m), m, after)
        except AssertionError as error:
            said = [self._show(thing) for thing in end.heard[after:]]
            raise AssertionError(f"{error}; instead: {said}") from None
        self.told[stream] = number + 1
        self._note(thing, name)

    @staticmethod
    def _show(thing):
        return xml_text(thing) if hasattr(thing, "tag") else thing.raw.decode("utf-8", "replace")

    def _note(self, thing, name):
        """What later steps refer to."""
        if name == "sip" and thing.method == "INVITE":
            self.invites["N1" if "D0" in self.invites else "D0"] = thing
        elif name == "sip" and thing.status == 200 and thing.cseq[1] == "INVITE":
            self.gateway.msrp.peers[self.offered] = PATH.search(thing.body.decode())[1]
            self.gateway.sip.request("ACK", self.calls["N1"])
        elif name == "sip" and thing.method == "BYE":
            self.closed |= {name for name, call in self.calls.items() if call.answer.call_id == thing.call_id}
        elif name == "xmpp" and split_name(thing.tag)[1] == "presence":
            self.occupant = thing

    async def _internal(self, what):
        if what == "COMMIT":
            await self.gateway.process.line_with("ENTERING -> MOVING", 10)
        else:
            assert what == "D0 closed" and "D0" in self.closed, what

    async def _not(self, step):
        await self.gateway.settle()
        assert not [thing for thing in self.ends[step["ifc"]].heard if self._breaks(thing, step)], step

    def _breaks(self, thing, step):
        m = step["m"]
        if step["ifc"] == "sip":
            return self._heard_sip(thing, m)
        whom = X.partition("/")[0] if step["peer"] == "X" else ROOM
        if not (thing.get("to") or "").startswith(whom):
            return False
        return f"<{m[1:-2]} " in xml_text(thing) if m.endswith("/>") else m in xml_text(thing)

    # The play.

    async def step(self, step):
        if step["io"] == "out" and step["ifc"] == "internal":
            await self._internal(step["m"])
        elif step["io"] == "out":
            await self._out(step)
        elif step["io"] == "not":
            await self._not(step)
        elif step["m"] == "bound":
            self.sessions["K1"] = self.offered
            await self.out("msrp", {"method": "SEND", "session": "K1", "body": None})
            self.into("msrp", {"status": 200})
        elif step["ifc"] != "timer":  # a timer runs out by itself: what it sets off is waited for
            {"sip": self._sip_in, "xmpp": self._xmpp_in, "msrp": self._msrp_in}[step["ifc"]](step["m"])

    async def steps(self, steps):
        for step in steps:
            await self.step(step)

    async def out(self, name, m):
        await self.step({"io": "out", "ifc": name, "m": m})

    def into(self, name, m):
        {"sip": self._sip_in, "xmpp": self._xmpp_in, "msrp": self._msrp_in}[name](m)

    def writes(self, ident, text):
        self.into("xmpp", f"<message from='{X}' to='{S_DEVICE}' type='chat' id='{ident}'><thread>{THREAD}</thread>"
                          f"<body>{text}</body></message>")

    async def opens_d0(self):
        """`pre` of every vector: D0 up, M0 bound, thread T."""
        self.writes("c0", "art thou there")
        await self.out("sip", {"start": "INVITE sip:omar@mantua.example;gr=dev7"})
        self.into("sip", {"start": "200", "sdp": ["a=accept-types:message/cpim text/plain"]})
        await self.out("sip", {"start": "ACK"})
        await self.out("msrp", {"method": "SEND", "session": "M0", "body": None})
        self.into("msrp", {"status": 200})
        await self.out("msrp", {"method": "SEND", "session": "M0", "text": "art thou there"})
        self.into("msrp", {"status": 200})

    async def perform(self):
        await self.steps(self.vector["steps"])

    # How a vector ends.

    def _fates(self):
        """(id, fate) of every line in the ledger; the files are copied, since the gateway holds them."""
        with tempfile.TemporaryDirectory(dir=self.gateway.directory) as copy:
            for name in ("mucsip.db", "mucsip.db-wal"):
                shutil.copy(os.path.join(self.gateway.directory, "state", name), copy)
            with contextlib.closing(sqlite3.connect(os.path.join(copy, "mucsip.db"))) as ledger:
                return ledger.execute("SELECT id, fate FROM ledger ORDER BY row").fetchall()

    async def journal_is(self, fates):
        """The end of a line is written down a moment after it."""
        for _ in range(600):
            if self._fates() == fates:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"journal: {self._fates()}")

    async def echoes(self):
        """The room gives the youngest line of our occupant back, which is its proof."""
        line = [stanza for stanza in self.gateway.xmpp.heard if stanza.get("type") == "groupchat"][-1]
        self.gateway.xmpp.say(f"<message from='{ROOM}/omar' to='{line.get('from')}' type='groupchat' id='{line.get('id')}'>"
                              f"{inner_text(line)}</message>")
        await self.gateway.settle()

    async def d0_is_up(self):
        self.writes("c99", "still the two of us")
        await self.out("msrp", {"method": "SEND", "session": "M0", "text": "still the two of us"})

    def says(self, ident, text):
        """A line of Nina's to the room."""
        self.gateway.xmpp.say(f"<message from='{ROOM}/Nina' to='{self.occupant.get('from')}' type='groupchat' id='{ident}'>"
                              f"<body>{text}</body></message>")

    async def is_active(self):
        self.says("g99", "all of us")
        await self.out("msrp", {"method": "SEND", "session": "K1", "content": {
            "cpim": {"To": f"<sip:{ROOM}>", "From": "~gr=Nina"}, "text": "all of us"}})
