# SPDX-License-Identifier: MIT
"""SIP messages: parse, build, print (RFC 3261 sections 7, 8 and 20).

Parsing is forgiving on purpose: what is wrong with the octets is said by strict_sip.py, which
reads the raw message, while the conversation goes on as far as it can."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import unquote

CRLF = b'\r\n'

# RFC 3261 section 7.3.3 and 20; RFC 6665 section 8.2; RFC 3515, 3892, 4028.
COMPACT = {'i': 'Call-ID', 'm': 'Contact', 'l': 'Content-Length', 'c': 'Content-Type',
           'f': 'From', 't': 'To', 'v': 'Via', 'k': 'Supported', 's': 'Subject',
           'e': 'Content-Encoding', 'o': 'Event', 'u': 'Allow-Events', 'r': 'Refer-To',
           'b': 'Referred-By', 'x': 'Session-Expires'}

NAMES = ('Accept Accept-Encoding Accept-Language Alert-Info Allow Allow-Events '
         'Authentication-Info Authorization Call-ID Call-Info Contact Content-Disposition '
         'Content-Encoding Content-Language Content-Length Content-Type CSeq Date Error-Info '
         'Event Expires From In-Reply-To Max-Forwards MIME-Version Min-Expires Organization '
         'Priority Proxy-Authenticate Proxy-Authorization Proxy-Require RAck Reason '
         'Record-Route Refer-Sub Refer-To Referred-By Replaces Reply-To Require Retry-After '
         'Route RSeq Server Session-Expires Subject Subscription-State Supported Timestamp To '
         'Unsupported User-Agent Via Warning WWW-Authenticate').split()
CANONICAL = {name.lower(): name for name in NAMES} | COMPACT

REASONS = {100: 'Trying', 180: 'Ringing', 200: 'OK', 202: 'Accepted', 302: 'Moved Temporarily',
           400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed',
           408: 'Request Timeout', 415: 'Unsupported Media Type', 420: 'Bad Extension',
           480: 'Temporarily Unavailable', 481: 'Call/Transaction Does Not Exist',
           486: 'Busy Here', 487: 'Request Terminated', 488: 'Not Acceptable Here',
           489: 'Bad Event', 491: 'Request Pending', 500: 'Server Internal Error',
           501: 'Not Implemented', 503: 'Service Unavailable', 600: 'Busy Everywhere',
           603: 'Decline', 604: 'Does Not Exist Anywhere'}


class ParseError(ValueError):
    """Octets that cannot even be read as a SIP message."""


def canonical(name: str) -> str:
    """The long, usual spelling of a header field name."""
    return CANONICAL.get(name.lower(), name)


def split_commas(value: str) -> list[str]:
    """The elements of a comma separated header value; quotes and angle brackets protect."""
    parts, start, quoted, angled, i = [], 0, False, False, 0
    while i < len(value):
        c = value[i]
        if quoted:
            if c == '\\':
                i += 1
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c == '<':
            angled = True
        elif c == '>':
            angled = False
        elif c == ',' and not angled:
            parts.append(value[start:i].strip())
            start = i + 1
        i += 1
    parts.append(value[start:].strip())
    return [p for p in parts if p]


def split_params(text: str) -> dict[str, str | None]:
    """';a=b;c' as a mapping with lower case names; quotes protect semicolons."""
    params: dict[str, str | None] = {}
    for part in re.findall(r';\s*((?:"(?:\\.|[^"\\])*"|[^;"])*)', text):
        name, equals, value = part.strip().partition('=')
        params[name.strip().lower()] = value.strip() if equals else None
    return params


@dataclass
class NameAddr:
    """From, To, Contact, Route...: ["Display"] <uri>;params or uri;params."""
    uri: str
    display: str = ''
    params: dict[str, str | None] = field(default_factory=dict)
    bracketed: bool = True

    @classmethod
    def parse(cls, text: str) -> NameAddr:
        match = re.match(r'\s*("(?:\\.|[^"\\])*"|[^<"]*?)\s*<([^>]*)>(.*)\Z', text, re.S)
        if match:
            display = match[1].strip()
            if display.startswith('"'):
                display = re.sub(r'\\(.)', r'\1', display[1:-1])
            return cls(match[2].strip(), display, split_params(match[3]))
        uri, semicolon, rest = text.strip().partition(';')
        return cls(uri.strip(), '', split_params(semicolon + rest), False)

    @property
    def tag(self) -> str | None:
        return self.params.get('tag')

    def __str__(self) -> str:
        display = ''
        if self.display:
            escaped = self.display.replace('\\', '\\\\').replace('"', '\\"')
            display = f'"{escaped}" '
        params = ''.join(f';{k}' if v is None else f';{k}={v}' for k, v in self.params.items())
        return f'{display}<{self.uri}>{params}'


@dataclass
class SipUri:
    """sip:user@host:port;params?headers, only as far as routing needs it."""
    scheme: str
    user: str | None
    host: str
    port: int | None
    params: dict[str, str | None]

    @classmethod
    def parse(cls, text: str) -> SipUri:
        match = re.match(r'(sips?):(?:([^@]*)@)?(\[[^\]]*\]|[^:;?\s]+)(?::(\d+))?([^?]*)', text,
                         re.I)
        if not match:
            raise ParseError(f'not a SIP URI: {text!r}')
        return cls(match[1].lower(), match[2], match[3].strip('[]').lower(),
                   int(match[4]) if match[4] else None, split_params(match[5]))


# In one URI only, these make a difference (RFC 3261 section 19.1.4; gr: RFC 5627 section 3.1).
_DECISIVE = ('user', 'ttl', 'method', 'maddr', 'transport', 'gr')


def same_uri(one: str, other: str) -> bool:
    """Both SIP URIs are equivalent by RFC 3261 section 19.1.4; others must be the same text."""
    if one == other:
        return True
    try:
        left, right = SipUri.parse(one), SipUri.parse(other)
    except ParseError:
        return False
    for name in {*left.params, *right.params}:
        in_both = name in left.params and name in right.params
        values = [(uri.params.get(name) or '').lower() for uri in (left, right)]
        if (in_both and values[0] != values[1]) or (not in_both and name in _DECISIVE):
            return False
    users = [None if uri.user is None else unquote(uri.user) for uri in (left, right)]
    return (left.scheme, users[0], left.host, left.port, one.partition('?')[2]) == (
        right.scheme, users[1], right.host, right.port, other.partition('?')[2])


@dataclass
class Via:
    """The topmost (or any) Via value."""
    transport: str
    host: str
    port: int | None
    params: dict[str, str | None]

    @classmethod
    def parse(cls, text: str) -> Via:
        match = re.match(r'\s*SIP\s*/\s*2\.0\s*/\s*(\S+)\s+(\[[^\]]*\]|[^:;\s]+)'
                         r'\s*(?::\s*(\d+))?\s*(;.*)?\Z', text, re.I | re.S)
        if not match:
            raise ParseError(f'not a Via: {text!r}')
        return cls(match[1].lower(), match[2].lower(), int(match[3]) if match[3] else None,
                   split_params(match[4] or ''))

    @property
    def branch(self) -> str:
        return self.params.get('branch') or ''


class SipMessage:
    """A request or a response. Header fields keep their order; names are canonical."""

    def __init__(self, method: str = '', uri: str = '', status: int = 0, reason: str = '',
                 headers: list[tuple[str, str]] | None = None, body: bytes = b''):
        self.method, self.uri, self.status, self.reason = method, uri, status, reason
        self.headers = list(headers or [])
        self.body = body
        self.raw = b''
        self.local = False  # made up here (timeout, no route), never on the wire

    @classmethod
    def parse(cls, raw: bytes) -> SipMessage:
        match = re.search(rb'\r?\n\r?\n', raw)
        if not match:
            raise ParseError('no empty line after the header fields')
        head, body = raw[:match.start()], raw[match.end():]
        text = re.sub(r'\r?\n[ \t]+', ' ', head.decode('utf-8', 'replace'))
        start, *lines = re.split(r'\r?\n', text)
        message = cls()
        message._read_start(start)
        for line in lines:
            name, colon, value = line.partition(':')
            if not colon:
                raise ParseError(f'not a header field: {line!r}')
            message.headers.append((canonical(name.strip()), value.strip()))
        length = message.get('Content-Length')
        if length is not None and length.isdigit():
            body = body[:int(length)]
        message.body, message.raw = body, raw
        return message

    def _read_start(self, start: str) -> None:
        parts = start.split(' ', 2)
        if len(parts) < 3 and not start.startswith('SIP/'):
            raise ParseError(f'not a start line: {start!r}')
        if parts[0].upper().startswith('SIP/'):
            if len(parts) < 2 or not parts[1].isdigit():
                raise ParseError(f'not a status line: {start!r}')
            self.status, self.reason = int(parts[1]), parts[2] if len(parts) > 2 else ''
        else:
            self.method, self.uri = parts[0], parts[1]

    @property
    def is_request(self) -> bool:
        return not self.status

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header field, uncut."""
        return next((v for n, v in self.headers if n == name), default)

    def all(self, name: str) -> list[str]:
        """All elements of a list header field, in order."""
        return [part for n, v in self.headers if n == name for part in split_commas(v)]

    def add(self, name: str, value: object) -> None:
        self.headers.append((name, str(value)))

    def set(self, name: str, value: object) -> None:
        self.headers = [(n, v) for n, v in self.headers if n != name]
        self.add(name, value)

    def insert_via(self, value: str) -> None:
        self.headers.insert(0, ('Via', value))

    @property
    def via(self) -> Via:
        values = self.all('Via')
        if not values:
            raise ParseError('no Via')
        return Via.parse(values[0])

    @property
    def from_(self) -> NameAddr:
        return NameAddr.parse(self.get('From', ''))

    @property
    def to(self) -> NameAddr:
        return NameAddr.parse(self.get('To', ''))

    @property
    def contact(self) -> NameAddr | None:
        values = self.all('Contact')
        return NameAddr.parse(values[0]) if values else None

    @property
    def is_focus(self) -> bool:
        """The peer is a conference focus (RFC 4579 section 4.2)."""
        return self.contact is not None and 'isfocus' in self.contact.params

    @property
    def call_id(self) -> str:
        return self.get('Call-ID', '')

    @property
    def cseq(self) -> tuple[int, str]:
        match = re.match(r'(\d+)\s+(\S+)\Z', self.get('CSeq', ''))
        if not match:
            raise ParseError('no readable CSeq')
        return int(match[1]), match[2]

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters."""
        return (self.get('Content-Type') or '').partition(';')[0].strip().lower()

    @property
    def kind(self) -> str:
        """How counters call this message: 'INVITE' or '200 INVITE'."""
        if self.is_request:
            return self.method
        match = re.search(r'\S+\Z', self.get('CSeq', '?'))
        return f'{self.status} {match[0] if match else "?"}'

    def encode(self) -> bytes:
        if self.is_request:
            start = f'{self.method} {self.uri} SIP/2.0'
        else:
            start = f'SIP/2.0 {self.status} {self.reason}'
        lines = [start] + [f'{n}: {v}' for n, v in self.headers if n != 'Content-Length']
        lines.append(f'Content-Length: {len(self.body)}')
        return '\r\n'.join(lines).encode() + b'\r\n\r\n' + self.body

    def response(self, status: int, reason: str | None = None,
                 to_tag: str | None = None) -> SipMessage:
        """A response to this request with what section 8.2.6 copies."""
        reply = SipMessage(status=status, reason=REASONS.get(status, 'Unspecified')
                           if reason is None else reason)
        for name, value in self.headers:
            if name in ('Via', 'From', 'Call-ID', 'CSeq'):
                reply.add(name, value)
            elif name == 'To':
                known = NameAddr.parse(value).tag
                reply.add(name, value if known or not to_tag else f'{value};tag={to_tag}')
            elif name == 'Record-Route' and status < 300 and status != 100:
                reply.add(name, value)
        return reply


def token(bits: int = 96) -> str:
    """A fresh random token for tags, branches and identifiers."""
    return secrets.token_hex(bits // 8)
