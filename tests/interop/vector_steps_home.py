# SPDX-License-Identifier: MIT
"""Performs the flow vectors of hosting A: the gateway between an XMPP server, a focus and its switch that do as each step says.

A vector's names are used as they stand; only the address of its switch is ours.
"""
import re
from xml.etree import ElementTree

from bare_world import SDP, Call, xml_text
from participant.message import SipMessage, token
from vector_steps import Play, like, like_xml

ROOM, AOR = "hall@conf.mantua.example", "sip:nina@verona.example"
SESSION = "z9z9"  # the path of the switch in GV-031
MUC_PROBLEM = "reflection"


class HomePlay(Play):
    """One vector of hosting A on its own gateway."""

    def __init__(self, directory, vector, settings):
        super().__init__(directory, vector, settings)
        aliases = {f"{user}@mantua.example": f"sip:{user}@mantua.example" for user in ("ugo", "omar")}
        self.gateway.become(domain="conf.mantua.example", kind="rooms", sip_domain="conf.mantua.example",
                            xmpp_domains={"verona.example": "users"}, alias=aliases)
        self.sessions = {"K1": SESSION}
        self.watch = None  # the SUBSCRIBE or REFER whose dialog NOTIFYs go in
        self.version = None

    @staticmethod
    def with_chatroom(steps, tokens):
        """The steps with another chatroom attribute in the answer of the focus."""
        changed = []
        for step in steps:
            m = step["m"]
            if isinstance(m, dict) and m.get("start") == "200" and "sdp" in m:
                lines = [f"a=chatroom:{tokens}" if line.startswith("a=chatroom") else line for line in m["sdp"]]
                step = dict(step, m=dict(m, sdp=lines))
            changed.append(step)
        return changed

    @staticmethod
    def without(user, steps):
        """The steps with a roster in which this user is not."""
        if user is None:
            return steps
        kept = [step for step in steps if f"/{user.capitalize()}'" not in step["m"]]
        return [dict(step, m=dict(step["m"], body=re.sub(f'<user entity="sip:{user}@.*?</user>', "", step["m"]["body"])))
                if isinstance(step["m"], dict) and step["m"].get("start") == "NOTIFY" else step for step in kept]

    # What is told

    def _xmpp_in(self, m):
        self.gateway.xmpp.say(m)

    def _sip_in(self, m):
        if m["start"] == "NOTIFY":
            self._notify(m)
        else:
            self._answer(int(m["start"]), m)

    def _answer(self, status, m):
        request = [message for message in self.gateway.sip.heard if message.is_request and message.method != "ACK"
                   and self.gateway.sip.answers[message.raw] is None][-1]
        headers = [("Contact", m.get("Contact", f"<sip:{ROOM}>;isfocus").replace("conf.mantua.example",
                                                                               f"127.0.0.1:{self.gateway.sip.port}"))]
        body = ""
        if request.method == "INVITE":
            kept = [line for line in m["sdp"] if line.startswith("a=") and not line.startswith("a=path:")]
            body = SDP.format(self.gateway.msrp.port) + "".join(line + "\r\n" for line in kept)
            body += f"a=path:{self.gateway.msrp.path(SESSION)}\r\n"
            headers += [("Content-Type", "application/sdp"), ("Allow-Events", "conference, refer")]
            self.gateway.msrp.peers[SESSION] = re.search(r"a=path:(\S+)", request.body.decode())[1]
        elif request.method == "SUBSCRIBE":
            headers += [("Expires", request.get("Expires") or "3600")]
        answer = self.gateway.sip.answer(request, status, headers, body)
        if request.method in ("SUBSCRIBE", "REFER"):
            self.watch = Call(request, answer)

    def _notify(self, m):
        """A NOTIFY in the dialog of the last SUBSCRIBE or REFER."""
        call, sip = self.watch, self.gateway.sip
        sip.sequence += 1
        fragment = m.get("sipfrag")
        state = m.get("Subscription-State") or ("terminated;reason=noresource" if fragment and " 1" not in fragment[:9]
                                                and "100" not in fragment else "active;expires=600")
        headers = [("From", call.answer.get("To")), ("To", call.answer.get("From")), ("Call-ID", call.answer.call_id),
                   ("CSeq", f"{sip.sequence} NOTIFY"), ("Contact", f"<sip:hall@127.0.0.1:{sip.port}>;isfocus"),
                   ("Event", "refer" if fragment else "conference"), ("Subscription-State", state),
                   ("Content-Type", "message/sipfrag;version=2.0" if fragment else "application/conference-info+xml")]
        body = fragment + "\r\n" if fragment else m["body"]
        request = SipMessage("NOTIFY", call.target, headers=headers, body=body.encode())
        request.insert_via(f"SIP/2.0/UDP 127.0.0.1:{sip.port};branch=z9hG4bK{token()}")
        request.add("Max-Forwards", 70)
        sip.transport.sendto(request.encode(), sip.gateway)
        self.last_request = "NOTIFY"

    async def roster_with(self, nick):
        """The rest of an entry: the focus tells who is there."""
        await self.out("sip", {"start": "SUBSCRIBE"})
        self.into("sip", {"start": "200"})
        self.into("sip", {"start": "NOTIFY", "body": (
            "<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' entity='sip:hall@conf.mantua.example' "
            f"state='full' version='0'><users><user entity='{AOR}' state='full'><display-text>{nick}</display-text>"
            f"<endpoint entity='{AOR};ep=1'><status>connected</status></endpoint></user></users></conference-info>")})

    # What is heard

    def _heard_sip(self, message, m):
        if not m["start"].isdigit() and not message.is_request:
            return False
        if m["start"].isdigit():
            return message.status == int(m["start"]) and message.cseq[1] == self.last_request
        if m["start"] not in (message.method, f"{message.method} {message.uri}"):
            return False
        headers = {name: value for name, value in m.items() if name not in ("start", "sdp", "!")}
        lines = message.body.decode().split("\r\n")
        return (all(like(value, message.get(name), self.names) for name, value in headers.items()) and
                all(any(like(wanted, line, self.names) for line in lines) for wanted in m.get("sdp", [])))

    def _heard_msrp(self, frame, m):
        if "Use-Nickname" in m and frame.get("Use-Nickname") != m["Use-Nickname"]:
            return False
        if any(frame.get(name) is not None for name in m.get("!", [])):
            return False
        return super()._heard_msrp(frame, m)

    def _heard_xmpp(self, stanza, m):
        """`~word` anywhere in the pattern: the word stands somewhere in the stanza."""
        pattern, words = ElementTree.fromstring(m), []
        for element in pattern.iter():
            for place in ("text", "tail"):
                text = getattr(element, place) or ""
                if text.startswith("~"):
                    words += [word.strip() for word in text.split("~") if word.strip()]
                    setattr(element, place, None)
        return like_xml(pattern, stanza, self.names) and all(word in xml_text(stanza) for word in words)

    def _unanswered_send(self):
        frame = [frame for frame in self.gateway.msrp.heard if frame.method in ("SEND", "NICKNAME")
                 and not hasattr(frame, "answered")][-1]
        frame.answered = True
        return frame

    def _note(self, thing, name):
        pass

    def _breaks(self, thing, step):
        m = step["m"]
        if step["ifc"] == "msrp":
            return self._heard_msrp(thing, m) and thing.body is not None
        if step["ifc"] == "xmpp" and m == MUC_PROBLEM:
            return thing.get("type") == "groupchat" and thing.find("{jabber:component:accept}body") is not None
        return thing.tag.endswith("presence") and m == "<presence/>"
