# SPDX-License-Identifier: MIT
"""MSRP frames: build, cut from a stream, read, and join chunks again (RFC 4975).

The cutter keeps the octets of every frame exactly; strict_msrp.py judges them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

MAX_FRAME = 8 << 20    # LIMIT: octets of one frame, or of waiting octets without a frame
MAX_START = 1024       # LIMIT: octets before the start line must have ended
CHUNK = 2048           # RFC 4975 section 7.1.1: no larger chunk unless it may be interrupted

COMMENTS = {200: 'OK', 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found',
            408: 'Timeout', 413: 'Message Too Large', 415: 'Unsupported Media Type',
            423: 'Parameter Out Of Bounds', 424: 'Malformed Nickname',
            425: 'Nickname Reserved Or In Use', 428: 'Private Messages Not Supported',
            481: 'No Such Session', 501: 'Unknown Method', 506: 'Session Bound Elsewhere'}


class FrameError(ValueError):
    """Octets on an MSRP connection that are no frame; `octets` holds them."""

    def __init__(self, text: str, octets: bytes):
        super().__init__(text)
        self.octets = octets


def identifier() -> str:
    """A transaction or message identifier: 96 random bits (section 7.1 asks for 64)."""
    return secrets.token_hex(12)


@dataclass
class Frame:
    """A request (`method`) or response (`status`). `body` is None when there is none."""
    tid: str
    method: str = ''
    status: int = 0
    comment: str = ''
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    flag: str = '$'
    raw: bytes = b''

    def get(self, name: str, default: str | None = None) -> str | None:
        wanted = name.lower()
        return next((v for n, v in self.headers if n.lower() == wanted), default)

    @property
    def to_path(self) -> list[str]:
        return (self.get('To-Path') or '').split()

    @property
    def from_path(self) -> list[str]:
        return (self.get('From-Path') or '').split()

    @property
    def kind(self) -> str:
        """How counters call this frame: 'SEND', 'REPORT', '200'."""
        return self.method or str(self.status)

    @property
    def byte_range(self) -> tuple[int, int | None, int | None]:
        """(start, end, total); None stands for '*'. Without the header: one whole message."""
        match = re.match(r'(\d+)-(\d+|\*)/(\d+|\*)\Z', self.get('Byte-Range') or '')
        if not match:
            return 1, None, None
        end, total = (None if part == '*' else int(part) for part in match.groups()[1:])
        return int(match[1]), end, total

    @property
    def content_type(self) -> str:
        return (self.get('Content-Type') or '').partition(';')[0].strip().lower()

    def encode(self) -> bytes:
        if self.method:
            start = f'MSRP {self.tid} {self.method}'
        else:
            start = f'MSRP {self.tid} {self.status:03d}' + (f' {self.comment}'
                                                            if self.comment else '')
        lines = [start] + [f'{name}: {value}' for name, value in self.headers]
        octets = '\r\n'.join(lines).encode() + b'\r\n'
        if self.body is not None:
            octets += b'\r\n' + self.body + b'\r\n'
        return octets + f'-------{self.tid}{self.flag}\r\n'.encode()

    @classmethod
    def parse(cls, raw: bytes) -> Frame:
        """Reads one cut frame; forgiving where strict_msrp.py is not."""
        start, _, rest = raw.partition(b'\r\n')
        words = start.decode('utf-8', 'replace').split(' ', 3)
        frame = cls(words[1], raw=raw)
        if words[2].isdigit():
            frame.status, frame.comment = int(words[2]), ' '.join(words[3:])
        else:
            frame.method = words[2]
        tail = re.search(rb'(?:\A|\r\n)-------' + re.escape(words[1].encode()) +
                         rb'([+$#])\r\n\Z', rest)
        frame.flag = tail[1].decode()
        head, blank, body = rest[:tail.start()].partition(b'\r\n\r\n')
        if blank:
            frame.body = body
        elif rest[:tail.start()].endswith(b'\r\n'):
            head, frame.body = rest[:tail.start() - 2], b''
        for line in head.decode('utf-8', 'replace').split('\r\n'):
            name, colon, value = line.partition(':')
            if colon:
                frame.headers.append((name, value.strip()))
        return frame

    def response(self, status: int, comment: str | None = None) -> Frame:
        """Section 7.2: same transaction, To-Path is the previous hop, From-Path is oneself."""
        back = self.from_path if self.method != 'SEND' else self.from_path[:1]
        return Frame(self.tid, status=status,
                     comment=COMMENTS.get(status, '') if comment is None else comment,
                     headers=[('To-Path', ' '.join(back)),
                              ('From-Path', self.to_path[0] if self.to_path else '')])


class Cutter:
    """Cuts a stream into frames, octet for octet. Raises FrameError when no frame begins."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self._end: re.Pattern | None = None
        self._searched = 0

    def feed(self, data: bytes) -> list[bytes]:
        self.buffer += data
        frames = []
        while frame := self._next():
            frames.append(frame)
        if len(self.buffer) > MAX_FRAME:
            raise FrameError('frame exceeds the limit', bytes(self.buffer[:200]))
        return frames

    def _next(self) -> bytes | None:
        if self._end is None and not self._begin():
            return None
        match = self._end.search(self.buffer, self._searched)
        if not match:
            self._searched = max(self._searched, len(self.buffer) - 64)
            return None
        frame = bytes(self.buffer[:match.end()])
        del self.buffer[:match.end()]
        self._end = None
        return frame

    def _begin(self) -> bool:
        end = self.buffer.find(b'\r\n', 0, MAX_START)
        line = bytes(self.buffer[:end if end >= 0 else MAX_START])
        prefix = b'MSRP '
        if line[:5] != prefix[:len(line)] or b'\n' in line or (end < 0 and
                                                              len(line) >= MAX_START):
            raise FrameError('no MSRP start line', line[:200])
        if end < 0:
            return False
        words = line.split(b' ', 3)
        if len(words) < 3 or not words[1]:
            raise FrameError('no MSRP start line', line)
        self._end = re.compile(rb'\r\n-------' + re.escape(words[1]) + rb'[+$#]\r\n')
        self._searched = end
        return True


class Joiner:
    """Puts the chunks of messages together (section 7.3.1)."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, bytes]] = {}
        self._ends: dict[str, int] = {}

    def add(self, frame: Frame) -> bytes | None:
        """The whole message when this chunk completes it."""
        start, _, total = frame.byte_range
        ident, body = frame.get('Message-ID') or '', frame.body or b''
        if start == 1 and frame.flag == '$' and ident not in self._parts:
            return body
        if frame.flag == '#':
            self._parts.pop(ident, None)
            self._ends.pop(ident, None)
            return None
        self._parts.setdefault(ident, {})[start] = body
        if frame.flag == '$':
            self._ends[ident] = start + len(body) - 1
        elif total is not None:
            self._ends.setdefault(ident, total)
        return self._whole(ident)

    def _whole(self, ident: str) -> bytes | None:
        if ident not in self._ends:
            return None
        whole = b''
        for start, body in sorted(self._parts[ident].items()):
            if start > len(whole) + 1:
                return None
            whole = whole[:start - 1] + body + whole[start - 1 + len(body):]
        if len(whole) < self._ends[ident]:
            return None
        del self._parts[ident], self._ends[ident]
        return whole
