# SPDX-License-Identifier: MIT
"""A conference: who is in it, what is said in it, who is told of it (RFC 4575, RFC 4579, RFC 7701)."""
import asyncio
import datetime
import unicodedata

from . import cpim, document
from .behaviour import NEVER, Behaviour
from .dialog import Dialog
from .leg import Leg, known_as, new_place
from .notifier import Progress, Watcher
from .sip import PHRASES, SipError, Uri


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Place:
    """An endpoint of a member."""

    def __init__(self, uri, joined="dialed-in", status="connected"):
        self.uri, self.joined, self.status = uri, joined, status
        self.left = None  # (how, reason, by)


class Member:
    """A participant as the others see him."""

    def __init__(self, uri, name="", roles=("participant",)):
        self.uri, self.name, self.nick, self.roles = uri, name, None, list(roles)
        self.aors, self.places, self.known = [uri], [], {uri}

    @property
    def shown(self):
        return self.nick or self.name


class Native(Member):
    """A SIP user inside the conference who does what the story says; what he hears stands in `heard`."""

    def __init__(self, conference, uri, name, roles, private):
        super().__init__(uri, name, roles)
        self.conference, self.private, self.heard = conference, private, []
        self.nick = name

    async def say(self, text, to=None, **more):
        """A line to all, or to one URI; returns the worst status of its copies."""
        return await self.conference.say_as(self.uri, self.shown, text, to, **more)

    def rename(self, nick):
        self.nick = nick
        self.conference.changed([self])

    def become(self, status=None, roles=None):
        """Another state of his endpoint, or other roles."""
        self.places[0].status = status or self.places[0].status
        self.roles = list(roles) if roles is not None else self.roles
        self.conference.changed([self])

    def leave(self, how="departed", reason=None, by=None):
        self.conference.remove(self, how, reason, by)


def prepared(nick):
    """Nicks are compared without case and width (RFC 7700 2.3)."""
    return " ".join(unicodedata.normalize("NFKC", nick).lower().split())


class Conference:
    """One room of a focus."""

    def __init__(self, focus, name, behaviour=None, subject=None, domain=None):
        self.focus, self.name, self.domain = focus, name, domain or focus.domain
        self.uri = f"sip:{name}@{self.domain}"
        self.behaviour = behaviour or Behaviour()
        self.subject, self.display_text, self.locked = subject, name, False
        self.members, self.legs, self.watchers, self.lines = {}, [], [], []
        self.nonces, self.seen_ids, self.deleted = set(), set(), False

    def contact(self):
        host = self.domain if self.behaviour.contact == "domain" else f"127.0.0.1:{self.focus.port}"
        way = ";transport=tcp" if self.focus.agent.transport == "tcp" and self.behaviour.contact != "domain" else ""
        return f"<sip:{self.name}@{host}{way}>" + (";isfocus" if self.behaviour.isfocus else "")

    def is_room(self, uri):
        """Both the URI that was dialled and that of the Contact are its names."""
        return uri.user == self.name and (uri.host == self.domain or uri.port == self.focus.port)

    def note(self, kind, **fields):
        return self.focus.transcript.add("in", kind, room=self.name, **fields)

    # Members

    def native(self, name, nick=None, roles=("participant",), private=None, status="connected", host="sip.test"):
        """A scripted user joins."""
        private = self.behaviour.private if private is None else private
        member = Native(self, f"sip:{name}@{host}", nick if nick is not None else name.capitalize(), roles, private)
        member.places.append(Place(new_place(member.uri), status=status))
        self.members[member.uri] = member
        self.changed([member])
        return member

    def crowd(self, count):
        """Many natives at once, told in one document."""
        for number in range(count):
            member = Native(self, f"sip:guest{number}@sip.test", f"Guest {number}", ["participant"], True)
            member.places.append(Place(new_place(member.uri)))
            self.members[member.uri] = member
        self.changed(list(self.members.values())[-count:])

    def arrived(self, leg):
        """A leg is confirmed: its user is in, or has one more device."""
        member = leg.member = self.members.setdefault(leg.member.uri, leg.member)  # another device may have been faster
        leg.place = Place(new_place(leg.dialog.target), "dialed-out" if leg.dialog.remote_cseq is None else "dialed-in")
        member.places.append(leg.place)
        self.note("arrived", leg=leg.number, who=member.uri)
        self.changed([member])

    def left(self, leg, how):
        member = leg.member
        if not member or leg.place not in member.places:
            return
        if len(member.places) > 1:
            member.places.remove(leg.place)
            self.changed([member])
        else:
            self._gone(member, how, None, None)

    def remove(self, member, how="departed", reason=None, by=None):
        """A member goes or is made to go; his legs are ended."""
        self._gone(member, how, reason, by)
        for leg in [leg for leg in self.legs if leg.member is member]:
            leg.place = None
            watchers = [watcher for watcher in self.watchers if watcher.leg is leg]
            for watcher in watchers:
                watcher.drop()
                watcher.notify(last="rejected" if how == "booted" else "noresource")
            self.focus.agent.spawn(self._send_away(leg, watchers, f'SIP;cause=480;text="{reason or how}"'))

    @staticmethod
    async def _send_away(leg, watchers, reason):
        """The last NOTIFY comes before the BYE, so that the cause is seen."""
        for watcher in watchers:
            await watcher.all_told()
        await leg.bye(reason)

    def _gone(self, member, how, reason, by):
        for place in member.places:
            place.status, place.left = "disconnected", (how, reason, by)
        if self.behaviour.leave_detail:
            self.changed([member])
        self.members.pop(member.uri, None)
        self.changed(deleted=[member.uri])

    def changed(self, members=(), deleted=(), described=False):
        for watcher in list(self.watchers):
            watcher.tell(members, deleted, described)

    def set_subject(self, subject):
        self.subject = subject
        self.changed(described=True)

    def lock(self, locked=True):
        """Nobody else may come in (RFC 4575 5.5.3)."""
        self.locked = locked
        self.changed(described=True)

    def destroy(self, terminate=True):
        """The conference is over (RFC 4579 5.12)."""
        self.deleted = True
        watchers = list(self.watchers)
        for watcher in watchers:
            watcher.drop() if terminate else None
            watcher.notify(watcher.document("deleted"), document.TYPE, "noresource" if terminate else None)
        for leg in list(self.legs):
            leg.place = None
            self.focus.agent.spawn(self._send_away(leg, [watcher for watcher in watchers if terminate],
                                                   'SIP;cause=410;text="conference over"'))

    def lie(self, body, type=document.TYPE):
        """Every watcher is notified with this; a callable makes it from the watcher."""
        for watcher in self.watchers:
            watcher.notify(body(watcher) if callable(body) else body, type)

    # What is said

    async def say_as(self, sender, name, text, to=None, more=(), type="text/plain;charset=utf-8", when="now", raw=None,
                     only=None):
        """A line from `sender` to every leg but his own, or to the legs of `to`."""
        target = to or self.uri
        line = raw or cpim.build(sender, target, text, name, now() if when == "now" else when, type, more,
                                 "\n" if self.behaviour.bare_lf else "\r\n")
        legs = [leg for leg in self.legs if leg.session.bound.is_set() and (only is None or leg is only)
                and (leg.member.uri == to if to else leg.member.uri != sender)]
        return await self._copy(line, legs)

    async def _copy(self, line, legs, type="message/cpim"):
        done = await asyncio.gather(*(leg.session.send(line, type, self.behaviour.chunk, success=self.behaviour.ask_success)
                                      for leg in legs))
        return max((status or 999 for status in done), default=None)

    def said(self, leg, ident, type, whole, octets):
        """A whole message came from a leg: (status of the SEND, code of a failure REPORT or None)."""
        if ident in self.seen_ids:
            self.note("again", leg=leg.number, id=ident)
            return 200, None
        self.seen_ids.add(ident)
        status, found = self._judge(leg, type, whole, octets)
        lie = self.behaviour.send
        self.note("said", leg=leg.number, who=leg.member.uri, id=ident, status=status if lie is None else lie,
                  size=len(whole), **found)
        if lie == "report":
            return 200, self.behaviour.report_code
        if lie is not None:
            return lie, None
        if status == 200:
            self._pass_on(leg, found, whole)
        return status, None

    def _judge(self, leg, type, whole, octets):
        """RFC 7701 6.1 to 6.3: what a SEND gets, and what it says."""
        findings, tokens = self.focus.findings, (self.behaviour.chatroom or "").split()
        if not findings.check((type or "").partition(";")[0] == "message/cpim", "SEND of a type that was not offered",
                              "RFC 4975 8.6; RFC 7701 6.3", octets):
            return 415, {"text": whole.decode("utf-8", "replace"), "to": None}
        try:
            line = cpim.Cpim(whole)
        except (cpim.CpimError, UnicodeDecodeError) as error:
            findings.add(f"not CPIM: {error}", "RFC 3862 2", whole)
            return 400, {"text": "", "to": None}
        line.check(findings)
        found = {"text": line.text(), "to": line.uri("To"), "sender": line.uri("From"), "name": line.name(),
                 "type": line.type, "when": (line.all("DateTime") or [None])[0], "private": False}
        wrapped = self.behaviour.wrapped_types.split()
        if not findings.check("*" in wrapped or line.type in wrapped, f"{line.type} was not among the wrapped types",
                              "RFC 4975 8.6", whole):
            return 415, found
        if not findings.check(len(line.all("To")) == 1, "several To", "RFC 7701 6.2", whole):
            return 403, found
        if not findings.check(found["sender"] in leg.member.known, "From is not a URI of the sender", "RFC 7701 6.1", whole):
            return 403, found
        try:
            if self.is_room(Uri(found["to"])):
                return 200, found
        except (SipError, TypeError):
            pass
        found["private"] = True
        findings.check("private-messages" in tokens, "a private message where there are none", "RFC 7701 8", whole)
        target = self._member(found["to"])
        if target is None:
            return 404, found
        takes = target.private if isinstance(target, Native) else any(other.private for other in self.legs
                                                                      if other.member is target)
        return 200 if takes else 428, found

    def _member(self, uri):
        for member in self.members.values():
            if uri in member.known or uri in (place.uri for place in member.places):
                return member
        return None

    def _pass_on(self, leg, found, whole):
        """Copies go out; natives hear it."""
        target = self._member(found["to"]) if found["private"] else None
        self.lines.append((leg.member.uri, found["text"]))
        for member in [target] if target else self.members.values():
            if isinstance(member, Native):
                member.heard.append((leg.member.uri, found["text"], bool(target)))
        legs = [other for other in self.legs if other is not leg and other.session.bound.is_set()
                and (target is None or other.member is target)]
        if legs:
            self.focus.agent.spawn(self._copy(whole, legs))

    def nick_wanted(self, leg, nick):
        """The answer to a NICKNAME (RFC 7701 7.1)."""
        findings = self.focus.findings
        findings.check("nickname" in (self.behaviour.chatroom or "").split(), "NICKNAME where there are none", "RFC 7701 8")
        others = {prepared(member.shown) for member in self.members.values() if member.uri != leg.member.uri and member.shown}
        status = self.behaviour.nickname
        if status is None:
            status = 424 if nick is None else 425 if prepared(nick) in others | set(map(prepared, self.behaviour.taken)) else 200
        self.note("nickname", leg=leg.number, who=leg.member.uri, nick=nick, status=status)
        if status == 200:
            leg.member.nick = nick
            if leg.member.uri in self.members:
                self.changed([leg.member])
        return status

    # Subscriptions

    def take_subscribe(self, incoming, leg=None):
        """SUBSCRIBE, inside a leg's dialog or outside of any."""
        request, ways = incoming.request, self.behaviour
        known = next((watcher for watcher in leg.watchers if not watcher.ended), None) if leg else None
        if known:
            known.refresh(incoming)
            return
        sender = request.address("From").uri.aor()
        owner = leg or next((leg for leg in self.legs if leg.member.uri == sender), None)
        self.note("subscribe", refresh=False, who=sender, inside=leg is not None, expires=int(request.get("Expires") or 3600),
                  uri=request.uri, target_dialog=request.get("Target-Dialog"))
        accept = request.all("Accept")
        self.focus.findings.check(not accept or document.TYPE in accept, "Accept without the type of the package",
                                  "RFC 4575 3.5", incoming.data)
        status = ways.subscribe
        if status is None:
            refused = ways.subscribe_where == ("inside" if not leg else "outside")
            status = 489 if request.get("Event").partition(";")[0] != "conference" else 500 if refused and leg \
                else 480 if refused else 403 if owner is None else 200
        if status == NEVER:
            return
        if status >= 300:
            incoming.respond(status, headers=[("Allow-Events", "conference, refer")] if status == 489 else
                             [("Min-Expires", "1800")] if status == 423 else [])
            return
        self._watch(incoming, leg, owner)

    def _watch(self, incoming, leg, owner):
        expires = min(int(incoming.request.get("Expires") or 3600), 3600)
        dialog = leg.dialog if leg else Dialog.of_incoming(incoming, self.contact())
        watcher = Watcher(self, dialog, owner, incoming.request.get("Event"))
        watcher.expires = expires
        if leg:
            leg.watchers.append(watcher)
        else:
            self.focus.dialogs[dialog.call_id, dialog.local_tag] = watcher
        incoming.respond(200, headers=[("Expires", expires), ("Contact", self.contact())])
        if expires == 0:
            watcher.notify(watcher.document(), document.TYPE, "timeout")
            return
        self.watchers.append(watcher)
        watcher.begin()

    # REFER

    def take_refer(self, incoming, leg=None):
        """Somebody wants somebody else in (RFC 4579 5.5) or out (5.11)."""
        request = incoming.request
        try:
            target = request.address("Refer-To").uri
        except (SipError, AttributeError):
            incoming.respond(400)
            return
        sender = request.address("From").uri.aor()
        by = request.address("Referred-By")
        self.note("refer", who=sender, target=str(target), method=target.params.get("method", "INVITE"),
                  referred_by=by and str(by.uri), inside=leg is not None, target_dialog=request.get("Target-Dialog"))
        self._check_refer(request, leg, incoming.data)
        if self.behaviour.refer == NEVER:
            return
        status = self.behaviour.refer or (403 if sender not in self.members else self.behaviour.refer_accepted)
        incoming.respond(status, headers=[("Contact", self.contact())] if status < 300 else [])
        if status < 300:
            self.focus.agent.spawn(self._carry_out(self._progress(incoming, leg), target, sender))

    def _check_refer(self, request, leg, data):
        check = self.focus.findings.check
        by = request.address("Referred-By")
        check(by is None or by.uri.aor() == request.address("From").uri.aor(), "Referred-By is somebody else",
              "RFC 3892 2.1", data)
        named = request.get("Target-Dialog")
        if named and not leg:
            call_id = named.partition(";")[0].strip()
            check(any(other.dialog.call_id == call_id for other in self.legs), "Target-Dialog names no dialog of ours",
                  "RFC 4538 7", data)

    def _progress(self, incoming, leg):
        number = incoming.request.cseq[0]
        if leg:
            leg.refers += 1
            return Progress(self.focus, leg.dialog, "refer" if leg.refers == 1 else f"refer;id={number}")
        dialog = Dialog.of_incoming(incoming, self.contact())
        progress = Progress(self.focus, dialog, "refer")
        self.focus.dialogs[dialog.call_id, dialog.local_tag] = progress
        return progress

    async def _carry_out(self, progress, target, sender):
        tell = progress.tell if self.behaviour.progress else lambda *_: None
        tell(100, PHRASES[100])
        if target.params.get("method", "INVITE").upper() == "BYE":
            status = self._expel(target, sender)
        else:
            status = await self._invite(target, sender)
        if status != NEVER:
            tell(status, PHRASES.get(status, "Something"), True)

    def _expel(self, target, sender):
        bare = f"sip:{target.user}@{target.host}"
        kept = "".join(f";{name}={value}" if value else f";{name}" for name, value in target.params.items() if name != "method")
        member = self._member(bare + kept) or self._member(bare)
        if self.behaviour.kick != 200 or member is None:
            return self.behaviour.kick if self.behaviour.kick != 200 else 404
        self.remove(member, "booted", None, sender)
        return 200

    async def _invite(self, target, sender):
        if target.user in self.behaviour.outcomes:
            status = self.behaviour.outcomes[target.user]
            if status == 200:
                self.native(target.user, host=target.host)
            return status
        response = await self.dial(str(target), sender)
        return response.status if response else 408

    async def dial(self, target, sender=None, started=None):
        """The focus calls somebody in; returns the final response."""
        uri = Uri(target)
        member = self.members.get(uri.aor()) or Member(uri.aor())
        leg = Leg(self, member)
        more = [("Referred-By", f"<{sender}>")] if sender else []
        response = await leg.dial(target, more, started)
        self.note("dialled", target=target, status=response and response.status)
        return response

    # INVITE

    def member_of(self, incoming):
        """Who calls: the member of that address, or a new one, with all URIs he may write from."""
        caller = incoming.request.address("From")
        member = self.members.get(caller.uri.aor()) or Member(caller.uri.aor(), caller.name)
        member.known.update(known_as(incoming.request))
        return member
