# SPDX-License-Identifier: MIT
"""Strict MSRP: one frame as octets against the grammar of RFC 4975 section 9 and the rules that a
frame alone can break (RFC 4975, 7701). Rules between frames: strict_talk.py."""

from __future__ import annotations

import re
from typing import Iterator

from .abnf import HOST, IPV4, IPV6
from .finding import Finding

Found = Iterator[tuple[str, str, str]]

IDENT = r'[A-Za-z0-9][A-Za-z0-9.\-+%=]{3,31}'
_TOKEN = r"[\x21\x23-\x27\x2a\x2b\x2d\x2e\x30-\x39\x41-\x5a\x5e-\x7e]+"
_QUOTED = r'"(?:[ \t\x21\x23-\x5b\x5d-\x7e\x80-\U0010ffff]|\\\\|\\")*"'
_TEXT = r'[\t\x20-\x7e\x80-\U0010ffff]*'
_USERINFO = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+"
_SESSION = r'[A-Za-z0-9\-._~+=/]+'
URI = (rf'(?i:msrps?)://(?:{_USERINFO}@)?{HOST}(?::\d+)?(?:/{_SESSION})?;(?:tcp|[A-Za-z0-9]+)'
       rf'(?:;{_TOKEN}(?:={_TOKEN})?)*')
MEDIA_TYPE = rf'{_TOKEN}/{_TOKEN}(?:;{_TOKEN}(?:=(?:{_TOKEN}|{_QUOTED}))?)*'
_NICK = r'"(?:(?:[ \t\x21\x23-\x5b\x5d-\x7e\x80-\U0010ffff]|\\\\|\\"){1,1023})?"'

# Known header fields with their values; RFC 4975, 4976, 7701.
GRAMMAR = {
    'To-Path': rf'{URI}(?: {URI})*', 'From-Path': rf'{URI}(?: {URI})*', 'Message-ID': IDENT,
    'Success-Report': r'(?i:yes|no)', 'Failure-Report': r'(?i:yes|no|partial)',
    'Byte-Range': r'\d+-(?:\d+|\*)/(?:\d+|\*)', 'Status': rf'\d{{3}} \d{{3}}(?: {_TEXT})?',
    'Use-Nickname': _NICK, 'Content-Type': MEDIA_TYPE, 'Content-ID': r'<[^<>\s]+>',
    'Content-Description': _TEXT, 'Content-Disposition': rf'{_TOKEN}(?: ?;.*)?',
    'Expires': r'\d+', 'Min-Expires': r'\d+', 'Max-Expires': r'\d+', 'Use-Path': _TEXT,
    'WWW-Authenticate': _TEXT, 'Authorization': _TEXT, 'Authentication-Info': _TEXT}
_COMPILED = {name.lower(): re.compile(value) for name, value in GRAMMAR.items()}
CODES = {200, 400, 401, 403, 404, 408, 413, 415, 423, 424, 425, 428, 481, 501, 506}
METHODS = {'SEND', 'REPORT', 'NICKNAME', 'AUTH'}
MAX_UNINTERRUPTIBLE = 2048
MAX_OTHER_BODY = 10240


def check_msrp(raw: bytes) -> list[Finding]:
    """Everything wrong with one frame; `raw` is exactly the frame."""
    return [Finding(*found) for found in _findings(raw)]


class _Frame:
    """A frame taken apart by the grammar alone."""

    def __init__(self, raw: bytes):
        self.tid = self.method = ''
        self.status = 0
        self.fields: list[tuple[str, str]] = []
        self.body: bytes | None = None
        self.flag = ''
        self.raw = raw

    def get(self, name: str) -> str | None:
        return next((v for n, v in self.fields if n.lower() == name.lower()), None)

    @property
    def names(self) -> list[str]:
        return [name.lower() for name, _ in self.fields]


def _findings(raw: bytes) -> Found:
    frame = _Frame(raw)
    start, newline, rest = raw.partition(b'\r\n')
    yield from _start(frame, start)
    if not frame.tid or not newline:
        return
    tail = re.search(rb'\r\n-------' + re.escape(frame.tid.encode()) + rb'([+$#])\r\n', raw)
    if not tail or tail.end() != len(raw):
        yield 'msrp.end-line', 'RFC 4975 7.1', repr(raw[-60:])
        return
    frame.flag = tail[1].decode()
    head = rest[:tail.start() - len(start)]  # up to and with the CRLF before the end-line
    if b'\r\n\r\n' in b'\r\n' + head:
        head, frame.body = _split_body(head)
        if frame.body is None:
            yield 'msrp.empty-line', 'RFC 4975 7.1', 'an empty line, but no body'
    yield from _lines(frame, head)
    yield from _order(frame)
    yield from _paths(frame)
    if frame.method:
        yield from _request(frame)
    else:
        yield from _response(frame)


def _split_body(head: bytes) -> tuple[bytes, bytes | None]:
    """`head` is header lines, an empty line, and the body with the CRLF that ends it."""
    lines, _, body = head.partition(b'\r\n\r\n')
    if not body.endswith(b'\r\n'):
        return lines + b'\r\n', None
    return lines + b'\r\n', body[:-2]


def _start(frame: _Frame, start: bytes) -> Found:
    try:
        text = start.decode()
    except UnicodeDecodeError:
        yield 'msrp.start-line', 'RFC 4975 9', repr(start)
        return
    match = re.fullmatch(rf'MSRP (\S+) ([A-Z]+)', text)
    response = re.fullmatch(rf'MSRP (\S+) (\d{{3}})(?: {_TEXT})?', text)
    if match:
        frame.tid, frame.method = match[1], match[2]
        if frame.method not in METHODS:
            yield 'msrp.method', 'RFC 4975 9, RFC 7701 7.1', frame.method
    elif response:
        frame.tid, frame.status = response[1], int(response[2])
        if frame.status not in CODES:
            yield 'msrp.status', 'RFC 4975 10', str(frame.status)
    else:
        yield 'msrp.start-line', 'RFC 4975 9', repr(start)
        return
    if not re.fullmatch(IDENT, frame.tid):
        yield 'msrp.tid', 'RFC 4975 9 ident', repr(frame.tid)
    elif frame.method and bits(frame.tid) < 64:
        yield 'msrp.tid-entropy', 'RFC 4975 7.1', f'{frame.tid!r} cannot hold 64 random bits'


def bits(identifier: str) -> float:
    """The most random bits an identifier of this alphabet and length can hold."""
    for alphabet, each in ((r'\d+', 3.32), (r'[0-9a-f]+|[0-9A-F]+', 4.0)):
        if re.fullmatch(alphabet, identifier):
            return len(identifier) * each
    return len(identifier) * 6.06


def _lines(frame: _Frame, head: bytes) -> Found:
    if re.search(rb'\r(?!\n)|(?<!\r)\n', head):
        yield 'msrp.crlf', 'RFC 4975 9', 'a header line does not end with CRLF'
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        yield 'msrp.utf8', 'RFC 4975 9', str(error)
        text = head.decode('utf-8', 'replace')
    for line in text.split('\r\n')[:-1]:
        if line[:1] in (' ', '\t'):
            yield 'msrp.folding', 'RFC 4975 9', repr(line)
            continue
        match = re.fullmatch(rf'([A-Za-z][!-9;-~]*):( ?)(.*)', line, re.S)
        if not match or match[2] != ' ':
            yield 'msrp.header-syntax', 'RFC 4975 9', repr(line)
            if not match:
                continue
        name, value = match[1], match[3]
        frame.fields.append((name, value))
        yield from _value(name, value, line)


def _value(name: str, value: str, line: str) -> Found:
    pattern = _COMPILED.get(name.lower())
    if pattern is None and not name.lower().startswith(('content-', 'mime-')):
        yield 'msrp.header-unknown', 'RFC 4975 9, 4976 3, 7701 7.1', repr(line)
    elif not (pattern or re.compile(_TEXT)).fullmatch(value) or value != value.strip(' \t'):
        yield 'msrp.header-value', f'RFC 4975 9 {name}', repr(line)


def _order(frame: _Frame) -> Found:
    names = frame.names
    if names[:2] != ['to-path', 'from-path']:
        yield 'msrp.header-order', 'RFC 4975 9', f'begins with {names[:2]}'
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield 'msrp.header-repeated', 'RFC 4975 9', name
    mime = [name.startswith(('content-', 'mime-')) for name in names]
    if 'content-type' in names and names[-1] != 'content-type':
        yield 'msrp.content-type-last', 'RFC 4975 7.1', f'ends with {names[-1]}'
    if mime != sorted(mime):
        yield 'msrp.mime-order', 'RFC 4975 9', 'a header field after a MIME header field'
    if frame.body is None and any(mime):
        yield 'msrp.mime-without-body', 'RFC 4975 7.1', 'MIME header fields, but no body'
    if frame.body is not None and 'content-type' not in names:
        yield 'msrp.content-type', 'RFC 4975 7.1', 'a body without Content-Type'
    if 'content-transfer-encoding' in names:
        yield 'msrp.transfer-encoding', 'RFC 4975 7.1.1', 'MSRP bodies are binary'


def _paths(frame: _Frame) -> Found:
    for name in ('To-Path', 'From-Path'):
        for uri in (frame.get(name) or '').split(' '):
            yield from check_uri(uri)


def check_uri(uri: str) -> Found:
    """What section 6 asks of a session URI beyond the grammar."""
    match = re.match(rf'(?i:msrps?)://(?:[^@/]*@)?({HOST})(:\d+)?(/[^;]*)?;([A-Za-z0-9]+)', uri)
    if not match:
        return  # the grammar said it
    if re.fullmatch(rf'{IPV4}|\[{IPV6}\]', match[1]) and not match[2]:
        yield 'msrp.uri-port', 'RFC 4975 6', uri
    if match[4].lower() != 'tcp':
        yield 'msrp.uri-transport', 'RFC 4975 6', uri
    if not match[3]:
        yield 'msrp.uri-session', 'RFC 4975 6', f'{uri} names no session'
    elif bits(match[3][1:]) < 80:
        yield 'msrp.uri-entropy', 'RFC 4975 14.1', f'{uri} cannot hold 80 random bits'


def _request(frame: _Frame) -> Found:
    if frame.method == 'SEND':
        yield from _send(frame)
        return
    if frame.flag != '$':
        yield 'msrp.interrupted', 'RFC 4975 7.1', f'{frame.method} ends with {frame.flag}'
    if len(frame.body or b'') > MAX_OTHER_BODY:
        yield 'msrp.body-size', 'RFC 4975 7.1', f'{len(frame.body)} octets in {frame.method}'
    for name in ('Success-Report', 'Failure-Report'):
        if frame.get(name) is not None:
            yield 'msrp.report-header', 'RFC 4975 7.1.2, RFC 7701 7.1', f'{name} in {frame.method}'
    wanted = {'REPORT': ('Message-ID', 'Status'), 'NICKNAME': ('Use-Nickname',)}
    for name in wanted.get(frame.method, ()):
        if frame.get(name) is None:
            yield 'msrp.header-missing', 'RFC 4975 7.1.2, RFC 7701 7.1', f'{name} in {frame.method}'
    if frame.method == 'NICKNAME' and frame.body is not None:
        yield 'msrp.nickname-body', 'RFC 7701 7.1', 'a body in NICKNAME'


def _send(frame: _Frame) -> Found:
    if frame.get('Message-ID') is None:
        yield 'msrp.header-missing', 'RFC 4975 7.1.1', 'Message-ID in SEND'
    for name in ('Status', 'Use-Nickname'):
        if frame.get(name) is not None:
            yield 'msrp.header-misplaced', 'RFC 4975 7.1.2, RFC 7701 7.1', f'{name} in SEND'
    body, value = frame.body or b'', frame.get('Byte-Range')
    match = re.fullmatch(r'(\d+)-(\d+|\*)/(\d+|\*)', value or '')
    if value is None and frame.flag == '+':
        yield 'msrp.range-missing', 'RFC 4975 7.1.1', 'a chunk to be continued has no Byte-Range'
    if len(body) > MAX_UNINTERRUPTIBLE and not (match and match[2] == '*'):
        yield 'msrp.chunk-size', 'RFC 4975 7.1.1', f'{len(body)} octets, range {value}'
    if match:
        yield from _range(int(match[1]), match[2], match[3], len(body), frame.flag)


def _range(start: int, end: str, total: str, size: int, flag: str) -> Found:
    said = f'{start}-{end}/{total} with {size} octets and {flag}'
    last = start + size - 1
    if start < 1 or (size == 0 and start != 1):
        yield 'msrp.range-start', 'RFC 4975 7.1.1', said
    if end != '*' and int(end) != last:
        yield 'msrp.range-end', 'RFC 4975 7.1.1', said
    if total == '*':
        return
    if last > int(total) or (end != '*' and int(end) > int(total)):
        yield 'msrp.range-total', 'RFC 4975 7.1.1', said
    if flag == '$' and last != int(total):
        yield 'msrp.range-flag', 'RFC 4975 7.1', f'{said}: $ must end the message'
    if flag == '+' and last == int(total):
        yield 'msrp.range-flag', 'RFC 4975 7.1', f'{said}: + after the last octet'


def _response(frame: _Frame) -> Found:
    if frame.flag != '$':
        yield 'msrp.response-flag', 'RFC 4975 7.2', f'ends with {frame.flag}'
    if frame.body is not None:
        yield 'msrp.response-body', 'RFC 4975 9', 'a response has no body'
    for name, _ in frame.fields:
        if name.lower() in ('success-report', 'failure-report', 'status', 'use-nickname'):
            yield 'msrp.header-misplaced', 'RFC 4975 7.2', f'{name} in a response'
