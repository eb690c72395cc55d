# SPDX-License-Identifier: MIT
"""message/cpim (RFC 3862) as chat rooms use it (RFC 7701 section 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone


TOKEN = r"[!#-'*+\-.0-9A-Za-z^-`|~\u0080-\U0010ffff]+"  # section 3.6, TOKENCHAR


def escape(text: str) -> str:
    """RFC 3862 section 2.3.1 for text outside quotes."""
    named = {'\\': '\\\\', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\r': '\\r'}
    return re.sub(r'[\x00-\x1f\x7f\\]',
                  lambda m: named.get(m[0], f'\\u{ord(m[0]):04x}'), text)


def unescape(text: str) -> str:
    named = {'b': '\b', 't': '\t', 'n': '\n', 'r': '\r'}

    def one(match: re.Match) -> str:
        body = match[1]
        return chr(int(body[1:], 16)) if len(body) == 5 else named.get(body, body)
    return re.sub(r'\\(u[0-9A-Fa-f]{4}|.)', one, text)


def now() -> str:
    """The time as RFC 3339 wants it."""
    return datetime.now(timezone.utc).isoformat(timespec='seconds').replace('+00:00', 'Z')


def split_address(value: str) -> tuple[str, str]:
    """(formal name, URI) of a From, To or cc value."""
    match = re.match(r'(.*?)<([^>]*)>\s*\Z', value, re.S)
    if not match:
        return '', value.strip()
    name = match[1].strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    return unescape(name), match[2]


@dataclass
class Cpim:
    """One wrapped message. `sender` and `recipient` are (formal name, URI)."""
    sender: tuple[str, str] = ('', '')
    recipient: tuple[str, str] = ('', '')
    date_time: str = ''
    content_type: str = 'text/plain'
    body: bytes = b''
    headers: list[tuple[str, str]] | None = None

    @classmethod
    def parse(cls, octets: bytes) -> Cpim:
        """Reads what can be read; raises ValueError when the parts are not separated."""
        parts = re.split(rb'\r?\n\r?\n', octets, maxsplit=2)
        if len(parts) < 2:
            raise ValueError('message/cpim without separated parts')
        message = cls(headers=_fields(parts[0]))
        content = _fields(parts[1])
        message.body = parts[2] if len(parts) > 2 else b''
        for name, value in message.headers:
            if name == 'From':
                message.sender = split_address(value)
            elif name == 'To' and message.recipient == ('', ''):
                message.recipient = split_address(value)
            elif name == 'DateTime':
                message.date_time = value
        message.content_type = next((v for n, v in content if n.lower() == 'content-type'),
                                    'text/plain')
        return message

    def encode(self) -> bytes:
        lines = [f'From: {_address(self.sender)}', f'To: {_address(self.recipient)}',
                 f'DateTime: {self.date_time or now()}']
        lines += [f'{name}: {value}' for name, value in self.headers or []]
        lines += ['', f'Content-Type: {self.content_type}', '', '']
        return '\r\n'.join(lines).encode() + self.body


def _fields(block: bytes) -> list[tuple[str, str]]:
    fields = []
    for line in block.decode('utf-8', 'replace').splitlines():
        name, colon, value = line.partition(':')
        if colon:
            fields.append((name, value.strip()))
    return fields


def _address(pair: tuple[str, str]) -> str:
    name, uri = pair
    if not name:
        return f'<{uri}>'
    if re.fullmatch(f'{TOKEN}( {TOKEN})*', name):
        return f'{name} <{uri}>'
    quoted = escape(name).replace('"', '\\"')
    return f'"{quoted}"<{uri}>'
