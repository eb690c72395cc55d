# SPDX-License-Identifier: MIT
"""SIP messages and URIs: reading, writing and comparing them (RFC 3261 sections 7, 19, 20 and 25)."""
import os
import re

COMPACT = {"v": "Via", "f": "From", "t": "To", "i": "Call-ID", "m": "Contact", "l": "Content-Length", "c": "Content-Type",
           "k": "Supported", "s": "Subject", "o": "Event", "u": "Allow-Events", "r": "Refer-To", "b": "Referred-By",
           "x": "Session-Expires", "e": "Content-Encoding"}
SPELLED = {name.lower(): name for name in (
    "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length", "Content-Type", "Max-Forwards", "Route",
    "Record-Route", "Supported", "Require", "Event", "Expires", "Subscription-State", "Refer-To", "Referred-By", "Reason",
    "Session-Expires", "Min-SE", "Allow", "Allow-Events", "Accept", "Authorization", "Proxy-Authorization",
    "WWW-Authenticate", "Proxy-Authenticate", "Target-Dialog", "Subject", "Retry-After", "Warning", "Unsupported",
    "User-Agent", "Server", "Min-Expires", "Replaces", "Refer-Sub", "RSeq", "RAck", "Priority", "Privacy")}
PHRASES = {100: "Trying", 180: "Ringing", 200: "OK", 202: "Accepted", 301: "Moved Permanently", 302: "Moved Temporarily",
           400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 415: "Unsupported Media Type",
           420: "Bad Extension", 422: "Session Interval Too Small", 423: "Interval Too Brief",
           480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 486: "Busy Here",
           487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 500: "Server Internal Error",
           501: "Not Implemented", 503: "Service Unavailable", 600: "Busy Everywhere", 603: "Decline", 604: "Nowhere"}
LISTS = ("Via", "Route", "Record-Route", "Contact", "Supported", "Require", "Allow", "Allow-Events", "Accept")


class SipError(ValueError):
    """What came is not SIP."""


def token(octets=8):
    return os.urandom(octets).hex()


def branch():
    return "z9hG4bK" + token()


def canonical(name):
    return COMPACT.get(name.lower()) or SPELLED.get(name.lower(), name)


def split_list(value):
    """The elements of a comma-separated header value; commas in quotes and in <> do not separate."""
    parts, depth, quoted, begin, n = [], 0, False, 0, 0
    while n < len(value):
        char = value[n]
        if quoted:
            n += char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in "<>":
            depth += 1 if char == "<" else -1
        elif char == "," and depth == 0:
            parts.append(value[begin:n].strip())
            begin = n + 1
        n += 1
    return [part for part in parts + [value[begin:].strip()] if part]


def read_params(text):
    """;a=b;c as a dict; names in lower case, a parameter without value is None."""
    found = {}
    for part in filter(None, (word.strip() for word in re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', text))):
        name, equals, value = part.partition("=")
        found[name.strip().lower()] = value.strip().strip('"') if equals else None
    return found


def _unescape(text):
    return re.sub("%([0-9A-Fa-f]{2})", lambda hit: chr(int(hit[1], 16)), text)


class Uri:
    """A SIP URI in its parts; equal as in RFC 3261 19.1.4, as far as users and conferences need."""
    PATTERN = re.compile(r"^(sips?):(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d+))?(;[^?]*)?(?:\?(.*))?$")

    def __init__(self, text):
        found = self.PATTERN.match(text)
        if not found:
            raise SipError(f"not a SIP URI: {text!r}")
        self.text = text
        self.scheme, self.user, self.host, port, params, headers = found.groups()
        self.port = int(port) if port else None
        self.params = read_params(params or "")
        self.headers = dict(pair.partition("=")[::2] for pair in (headers or "").split("&") if pair)

    def aor(self):
        """The address of record: no port, no parameters, no headers."""
        return f"{self.scheme}:{self.user}@{self.host.lower()}" if self.user else f"{self.scheme}:{self.host.lower()}"

    def _key(self):
        decisive = {name: (value or "").lower() for name, value in self.params.items()
                    if name in ("user", "ttl", "method", "maddr", "transport")}
        return (self.scheme.lower(), _unescape(self.user or ""), self.host.lower(), self.port, decisive,
                _unescape(self.params.get("gr") or ""))

    def __eq__(self, other):
        return isinstance(other, Uri) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key()[:4])

    def __str__(self):
        return self.text


class NameAddr:
    """`"name" <uri>;params`: the value of From, To, Contact, Refer-To and others."""
    PATTERN = re.compile(r'^\s*(?:("(?:[^"\\]|\\.)*"|[^<"]*?)\s*<([^>]*)>|([^;\s]+))\s*((?:;.*)?)$', re.S)

    def __init__(self, text):
        found = self.PATTERN.match(text)
        if not found:
            raise SipError(f"not an address: {text!r}")
        name = (found[1] or "").strip()
        self.name = re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name
        self.in_brackets = found[2] is not None
        self.uri = Uri(found[2] if self.in_brackets else found[3])
        self.params = read_params(found[4])


class SipMessage:
    """A request (method, uri) or a response (status, phrase) with its headers in order."""

    def __init__(self, method=None, uri=None, status=None, phrase=None, headers=(), body=b""):
        self.method, self.uri, self.status = method, uri, status
        self.phrase = phrase if phrase is not None else PHRASES.get(status, "Something")
        self.headers = list(headers)
        self.body = body

    @classmethod
    def parse(cls, data):
        head, blank, body = data.partition(b"\r\n\r\n")
        if not blank:
            raise SipError("no empty line behind the headers")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "surrogateescape")).split("\r\n")
        message = cls(body=body)
        answer = re.match(r"^SIP/2\.0 (\d{3}) (.*)$", lines[0])
        request = re.match(r"^([A-Za-z0-9.!%*_+`'~-]+) (\S+) SIP/2\.0$", lines[0])
        if answer:
            message.status, message.phrase = int(answer[1]), answer[2]
        elif request:
            message.method, message.uri = request.groups()
        else:
            raise SipError(f"neither request nor response: {lines[0]!r}")
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                raise SipError(f"not a header: {line!r}")
            message.headers.append((canonical(name.strip()), value.strip()))
        return message

    def build(self):
        first = f"{self.method} {self.uri} SIP/2.0" if self.method else f"SIP/2.0 {self.status} {self.phrase}"
        lines = [first, *(f"{name}: {value}" for name, value in self.headers if name != "Content-Length"),
                 f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + self.body

    def all(self, name):
        """Every value of a header; a list that was written with commas is taken apart."""
        values = [value for known, value in self.headers if known == name]
        return [part for value in values for part in split_list(value)] if name in LISTS else values

    def get(self, name, otherwise=None):
        values = self.all(name)
        return values[0] if values else otherwise

    def add(self, name, value):
        self.headers.append((name, str(value)))
        return self

    def address(self, name):
        """A header as NameAddr; None without it."""
        value = self.get(name)
        return None if value is None else NameAddr(value)

    @property
    def cseq(self):
        number, _, method = self.get("CSeq", "0 NONE").partition(" ")
        return (int(number) if number.isdigit() else -1), method.strip()

    def via(self):
        """The top Via as (transport, sent-by, parameters)."""
        protocol, _, rest = (self.get("Via") or "").partition(" ")
        sent_by, _, params = rest.strip().partition(";")
        return protocol.rpartition("/")[2].upper(), sent_by.strip(), read_params(params)

    def response(self, status, phrase=None, tag=None):
        """A response to this request, with what 8.2.6.2 has copied."""
        answer = SipMessage(status=status, phrase=phrase)
        for name, value in self.headers:
            if name == "To" and tag and "tag" not in NameAddr(value).params:
                value += f";tag={tag}"
            if name in ("Via", "From", "To", "Call-ID", "CSeq") or name == "Record-Route" and 100 < status < 300:
                answer.add(name, value)
        return answer
