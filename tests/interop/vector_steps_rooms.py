# SPDX-License-Identifier: MIT
"""Performs the flow vectors of hosting B that begin on SIP: the gateway between a phone that enters a room and the room's server.

A vector's names are used as they stand: the room knows our occupant by the `gr` of the phone's Contact and by the name in its
From. Ours are only the addresses of transports and, since a description is an excerpt, what else it needs: the m= line, and what
`pre` says of the phone.
"""
from bare_world import SDP, Call
from participant.conference import NS, Document
from vector_steps import PATH, Play, like

OMAR = '"Omar" <sip:omar@mantua.example>'
SESSION = "aa71"  # the path of the phone in GV-038
JUDGED = ("start", "sdp", "info", "note")  # members that are no header
TAKEN = ("From", "Contact", "dialog", *JUDGED)  # those of a request that are not to be copied as they are


class RoomPlay(Play):
    """One vector of a SIP user in a room on XMPP on its own gateway."""

    def __init__(self, directory, vector, settings):
        super().__init__(directory, vector, settings)
        self.gateway.become(others={"conf.mantua.example": "rooms"})
        self.sessions = {"K1": SESSION}
        self.asked = None  # the phone's last request
        self.described = ""  # further lines of the phone's description, of which `pre` speaks
        self.accepted = None  # the gateway's 200 to an INVITE, until it is confirmed

    # What is told

    def _sip_in(self, m):
        self.last_request, _, uri = m["start"].partition(" ")
        headers = [(name, one) for name, value in m.items() if name not in TAKEN
                   for one in (value if isinstance(value, list) else [value])]
        body = self._offer_of(m) if self.last_request == "INVITE" else ""
        if uri:
            self.asked = self._ask(m, uri, headers, body)
        else:
            self.asked = self.gateway.sip.request(m["start"], self.calls[m["dialog"]], body, headers)

    def _ask(self, m, uri, headers, body):
        contact = f"<sip:omar@127.0.0.1:{self.gateway.sip.port};gr=dev7>"
        headers += [("From", m.get("From", f"{OMAR};tag=o1")), ("Contact", contact)]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return self.gateway.sip.ask(self.last_request, uri, headers, body)

    def _offer_of(self, m):
        """The phone's description: the lines of the step with our address, or those of GV-038 where it has none."""
        lines = m.get("sdp", ["a=accept-types:message/cpim", "a=chatroom:nickname private-messages"])
        whole = SDP.format(self.gateway.msrp.port)
        if lines[0].startswith("m="):
            return whole[:whole.index("m=")] + "".join(line + "\r\n" for line in lines)
        kept = "".join(line + "\r\n" for line in lines if not line.startswith("a=path:"))
        return f"{whole}{kept}{self.described}a=path:{self.gateway.msrp.path(SESSION)}\r\n"

    def _msrp_in(self, m):
        self.last_session = SESSION
        headers = [(name, value) for name, value in m.items() if name not in ("method", "content", "text", "Content-Type")]
        if m["method"] == "SEND" and "Message-ID" not in m:
            headers.append(("Message-ID", f"m{len(self.gateway.msrp.heard)}"))
        body = self._content(m) if m["method"] == "SEND" else (None, None)
        self.last_tid = self.gateway.msrp.request(SESSION, m["method"], headers, *body)

    @staticmethod
    def _content(m):
        raw = m.get("content", {}).get("cpim_raw")
        if raw:
            return "\r\n".join([*raw, "", "Content-Type: text/plain", "", "x"]).encode(), "message/cpim"
        return Play._content(m)

    def _addressed(self, text):
        """A stanza of the room with the names bound so far and, in an error, the id of what it answers."""
        for name, value in self.names.items():
            text = text.replace(name, value)
        if text.startswith("<presence") and "type='error'" in text:
            return text.replace("<presence", f"<presence id='{self.occupant.get('id')}'", 1)
        return text

    # What is heard

    def _heard_sip(self, message, m):
        if m["start"].isdigit():
            fits = (message.status, message.call_id, message.cseq) == (int(m["start"]), self.asked.call_id, self.asked.cseq)
        else:
            fits = message.method == m["start"]
        lines = message.body.decode().split("\r\n")
        return (fits and all(like(value, message.get(name), self.names) for name, value in m.items() if name not in JUDGED) and
                all(line in lines for line in m.get("sdp", [])) and
                ("info" not in m or self._like_info(m["info"], Document(message.body))))

    @staticmethod
    def _like_info(wanted, document):
        """A document about a conference: `users` are all of them with their roles, `added` and `deleted` what it says of some."""
        users = document.root.find(NS + "users")
        told = {} if users is None else {user.get("entity"): user for user in users.findall(NS + "user")}
        roles = {entity: [entry.text for entry in user.findall(f"{NS}roles/{NS}entry")] for entity, user in told.items()}
        gone = [entity for entity, user in told.items() if user.get("state") == "deleted"]
        facts = {"version": document.version, "state": document.state, "users": roles, "deleted": gone,
                 "users_state": users.get("state", "full") if users is not None else None,
                 "added": [entity for entity, user in told.items() if user.get("state", "full") == "full"]}
        return all(facts[name] == value for name, value in wanted.items())

    def _heard_xmpp(self, stanza, m):
        return self._as_it_stands(stanza, m)

    def _heard_msrp(self, frame, m):
        if not all(like(m[name], frame.get(name), self.names) for name in ("Status", "Byte-Range") if name in m):
            return False
        return super()._heard_msrp(frame, m)

    async def _out(self, step):
        await super()._out(step)
        if self.accepted is not None:
            answer, self.accepted = self.accepted, None
            self.calls["N1"] = Call.begun(self.asked, answer)
            self.gateway.sip.request("ACK", self.calls["N1"])
            await self.gateway.msrp.connect(SESSION, PATH.search(answer.body.decode())[1])

    def _note(self, thing, name):
        """What later steps refer to, and what the transport wants."""
        if name == "sip" and thing.method == "NOTIFY":
            self.gateway.sip.answer(thing, 200)
        elif name == "sip" and thing.cseq[1] == "INVITE" and thing.status == 200:
            self.accepted = thing
        elif name == "sip" and thing.cseq[1] == "INVITE" and thing.status >= 300:
            self.gateway.sip.give_up(self.asked, thing)
        elif name == "xmpp" and thing.tag.endswith("}presence"):
            self.occupant = thing

    async def _not(self, step):
        """Nothing of the kind but what a step asked for."""
        await self.gateway.settle()
        name = step["ifc"]
        heard = {"sip": self._heard_sip, "msrp": self._heard_msrp}[name]
        after = self.told.get((name, SESSION if name == "msrp" else ""), 0)
        assert not [thing for thing in self.ends[name].heard[after:] if heard(thing, step["m"])], step
