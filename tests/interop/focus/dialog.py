# SPDX-License-Identifier: MIT
"""A dialog from our side, and whether the peer keeps to it (RFC 3261 12)."""
from .sip import NameAddr, SipMessage, token


class Dialog:
    """Call-ID, tags, sequence numbers, route set and remote target of one dialog."""

    def __init__(self, call_id, local, remote, local_tag, remote_tag, target, routes, contact):
        self.call_id, self.local, self.remote = call_id, local, remote  # local and remote are name-addr without tag
        self.local_tag, self.remote_tag = local_tag, remote_tag
        self.target, self.routes, self.contact = target, routes, contact
        self.local_cseq = 0
        self.remote_cseq = None
        self.ended = False

    @classmethod
    def of_incoming(cls, incoming, contact):
        """The dialog that our response to a request makes."""
        request = incoming.request
        made = cls(request.get("Call-ID"), _without_tag(request.get("To")), _without_tag(request.get("From")),
                   incoming.local_tag, request.address("From").params.get("tag"),
                   str(request.address("Contact").uri), request.all("Record-Route"), contact)
        made.remote_cseq = request.cseq[0]
        return made

    @classmethod
    def of_outgoing(cls, request, response, contact):
        """The dialog that a response to our request makes."""
        to = response.address("To")
        made = cls(request.get("Call-ID"), _without_tag(request.get("From")), _without_tag(request.get("To")),
                   request.address("From").params["tag"], to.params.get("tag"), str(response.address("Contact").uri),
                   list(reversed(response.all("Record-Route"))), contact)
        made.local_cseq = request.cseq[0]
        return made

    def key(self):
        return self.call_id, self.local_tag, self.remote_tag

    def request(self, method, cseq=None, contact=True):
        """A request of ours inside the dialog, without Via."""
        if cseq is None:
            self.local_cseq += 1
        request = SipMessage(method, self.target)
        for route in self.routes:
            request.add("Route", route)
        request.add("Max-Forwards", 70)
        request.add("From", f"{self.local};tag={self.local_tag}").add("To", f"{self.remote};tag={self.remote_tag}")
        request.add("Call-ID", self.call_id).add("CSeq", f"{cseq or self.local_cseq} {method}")
        if contact:
            request.add("Contact", self.contact)
        return request

    def check(self, request, findings):
        """12.2.2: sequence numbers only rise. Returns False for a request that is out of order."""
        number, method = request.cseq
        if method == "ACK":
            return True
        rising = self.remote_cseq is None or number > self.remote_cseq
        findings.check(rising, f"CSeq {number} of {method} is not above {self.remote_cseq}", "RFC 3261 12.2.1.1")
        self.remote_cseq = max(number, self.remote_cseq or 0)
        return rising


def _without_tag(value):
    address = NameAddr(value)
    quoted = address.name.replace("\\", r"\\").replace('"', r'\"')
    return f'"{quoted}" <{address.uri}>' if address.name else f"<{address.uri}>"


def first_request(method, uri, local, remote, contact):
    """A request outside of any dialog, without Via."""
    request = SipMessage(method, uri)
    request.add("Max-Forwards", 70).add("From", f"{local};tag={token()}").add("To", remote)
    request.add("Call-ID", token(12)).add("CSeq", f"1 {method}").add("Contact", contact)
    return request
