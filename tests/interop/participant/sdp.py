# SPDX-License-Identifier: MIT
"""Session descriptions for one MSRP stream (RFC 4566, 3264, 4975 section 8, 6135, 7701)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass
class Sdp:
    """What a participant says or reads about its one MSRP media line."""
    path: str = ''
    host: str = '127.0.0.1'
    port: int = 0
    accept_types: list[str] = field(default_factory=lambda: ['text/plain', 'message/cpim'])
    accept_wrapped_types: list[str] = field(default_factory=list)
    setup: str | None = None
    chatroom: list[str] | None = None
    max_size: int | None = None
    direction: str = ''   # sendonly, recvonly or inactive; sendrecv is not said
    cema: bool = False    # RFC 6714
    session_id: int = field(default_factory=lambda: secrets.randbelow(1 << 40) + 1)
    version: int = 1
    user: str = '-'
    secure: bool = False
    fingerprints: list[str] = field(default_factory=list)

    def encode(self) -> bytes:
        lines = ['v=0', f'o={self.user} {self.session_id} {self.version} IN IP4 {self.host}',
                 's=-', f'c=IN IP4 {self.host}', 't=0 0',
                 f'm=message {self.port} {"TCP/TLS/MSRP" if self.secure else "TCP/MSRP"} *',
                 f'a=accept-types:{" ".join(self.accept_types)}']
        if self.accept_wrapped_types:
            lines.append(f'a=accept-wrapped-types:{" ".join(self.accept_wrapped_types)}')
        if self.path:
            lines.append(f'a=path:{self.path}')
        lines += [f'a=fingerprint:{value}' for value in self.fingerprints]
        if self.setup:
            lines.append(f'a=setup:{self.setup}')
        if self.max_size:
            lines.append(f'a=max-size:{self.max_size}')
        if self.direction:
            lines.append(f'a={self.direction}')
        if self.cema:
            lines.append('a=msrp-cema')
        if self.chatroom is not None:
            lines.append('a=chatroom' + (':' + ' '.join(self.chatroom) if self.chatroom else ''))
        return '\r\n'.join(lines).encode() + b'\r\n'

    @classmethod
    def parse(cls, body: bytes) -> Sdp:
        """Reads the first MSRP media line; raises ValueError when there is none."""
        sdp, media = cls(accept_types=[]), ''
        for line in body.decode('utf-8', 'replace').splitlines():
            kind, _, value = line.partition('=')
            if kind == 'm':
                if media:
                    break
                if value.split()[:1] == ['message'] and 'MSRP' in value:
                    media = value
                    sdp.port = int(value.split()[1])
                    sdp.secure = 'TLS' in value
            elif kind == 'o':
                fields = value.split()
                sdp.user, sdp.session_id, sdp.version = fields[0], int(fields[1]), int(fields[2])
            elif kind == 'c':
                sdp.host = value.split()[-1]
            elif kind == 'a' and media:
                sdp._attribute(value)
        if not media:
            raise ValueError('no MSRP media line')
        return sdp

    def _attribute(self, text: str) -> None:
        name, _, value = text.partition(':')
        if name == 'path':
            self.path = value.strip()
        elif name == 'fingerprint':
            self.fingerprints.append(value.strip())
        elif name == 'accept-types':
            self.accept_types = value.lower().split()
        elif name == 'accept-wrapped-types':
            self.accept_wrapped_types = value.lower().split()
        elif name == 'setup':
            self.setup = value.strip()
        elif name == 'chatroom':
            self.chatroom = value.split()
        elif name == 'max-size':
            self.max_size = int(value)
        elif name in ('sendonly', 'recvonly', 'inactive'):
            self.direction = name
        elif name == 'msrp-cema':
            self.cema = True

    def accepts(self, media_type: str) -> bool:
        """A top level body of this type is allowed (RFC 4975 section 8.6)."""
        kind = media_type.partition(';')[0].strip().lower()
        return any(entry.partition(';')[0] in ('*', kind, kind.partition('/')[0] + '/*')
                   for entry in self.accept_types)
