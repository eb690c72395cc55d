# SPDX-License-Identifier: MIT
"""Strict SDP: a description with one MSRP stream (RFC 4566, 3264, 4975 section 8, 6135, 7701)."""

from __future__ import annotations

import re
from typing import Iterator

from .abnf import HOST, IPV4, IPV6
from .finding import Finding
from .strict_msrp import URI, check_uri

Found = Iterator[tuple[str, str, str]]

# RFC 4566 section 9: the order of lines, and which may be repeated.
_SESSION, _MEDIA = 'vosiuepcbtrzka', 'micbka'
_MANY = 'epbtra'
_ENTRY = r'(?:\*|[^\s/;]+/[^\s/;]+(?:;[^\s;=]+=(?:"[^"]*"|[^\s;]+))*)'
_TOKEN = r'[A-Za-z0-9\-.!%*_+`\'~]+'
_ADDRESS = rf'IN (?:IP4 (?:{IPV4}|(?!\d+\.\d+\.\d+\.\d+$){HOST})|IP6 (?:{IPV6}|{HOST}))'
_VALUES = {
    'v': '0', 'o': rf'\S+ \d+ \d+ {_ADDRESS}', 's': r'.+', 'c': _ADDRESS + r'(?:/\d+)*',
    't': r'\d+ \d+', 'b': r'[^\s:]+:\d+', 'm': r'\S+ \d+(?:/\d+)? \S+(?: \S+)+',
    'a': r'[^\s:]+(?::.*)?'}
Section = list[tuple[str, str]]


def check_sdp(body: bytes, *, focus: bool = False, answer: bool = False) -> list[Finding]:
    """Everything wrong with a description. `focus`: its sender is a conference focus."""
    return [Finding(*found, octets=body) for found in _findings(body, focus, answer)]


def _findings(body: bytes, focus: bool, answer: bool) -> Found:
    if not body:
        yield 'sdp.missing', 'RFC 3264 5', 'no session description'
        return
    if not body.endswith(b'\r\n') or re.search(rb'\r(?!\n)|(?<!\r)\n', body):
        yield 'sdp.crlf', 'RFC 4566 9', 'a line does not end with CRLF'
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        yield 'sdp.utf8', 'RFC 4566 5', str(error)
        return
    sections: list[Section] = [[]]
    for line in text.replace('\r\n', '\n').rstrip('\n').split('\n'):
        match = re.fullmatch(r'([a-z])=(.*)', line)
        if not match:
            yield 'sdp.line', 'RFC 4566 5', repr(line)
            continue
        if match[1] == 'm':
            sections.append([])
        sections[-1].append((match[1], match[2]))
        yield from _value(match[1], match[2])
    yield from _order(sections)
    yield from _media(sections, focus, answer)


def _value(kind: str, value: str) -> Found:
    pattern = _VALUES.get(kind)
    if pattern and not re.fullmatch(pattern, value):
        yield 'sdp.value', f'RFC 4566 5, 9 {kind}=', repr(f'{kind}={value}')


def _order(sections: list[Section]) -> Found:
    for index, section in enumerate(sections):
        allowed = _MEDIA if index else _SESSION
        kinds = ''.join(kind for kind, _ in section)
        places = [allowed.find('t' if kind == 'r' else kind) for kind in kinds]  # t, r alternate
        if -1 in places or places != sorted(places):
            yield 'sdp.order', 'RFC 4566 5', f'{kinds} is not in the order {allowed}'
        for kind in sorted(set(kinds)):
            if kinds.count(kind) > 1 and kind not in _MANY:
                yield 'sdp.repeated', 'RFC 4566 5', kind
    kinds = [kind for kind, _ in sections[0]]
    for kind in 'vost':
        if kind not in kinds:
            yield 'sdp.mandatory', 'RFC 4566 5', f'no {kind}='
    if 'c' not in kinds and not all('c' in [k for k, _ in s] for s in sections[1:]):
        yield 'sdp.mandatory', 'RFC 4566 5.7', 'no c='


def _media(sections: list[Section], focus: bool, answer: bool) -> Found:
    common = sections[0]
    streams = [s for s in sections[1:] if re.match(r'message \S+ \S*MSRP \S', s[0][1])]
    if not streams:
        yield 'sdp.msrp', 'RFC 4975 8.1', 'no MSRP media line'
    if answer and len(sections) != 2:
        yield 'sdp.media-lines', 'RFC 3264 6', f'{len(sections) - 1} media lines for one offered'
    for stream in streams:
        port, protocol, formats = stream[0][1].split(' ', 3)[1:]
        if protocol not in ('TCP/MSRP', 'TCP/TLS/MSRP'):
            yield 'sdp.protocol', 'RFC 4975 8.1', protocol
        if formats != '*':
            yield 'sdp.format', 'RFC 4975 8.1', formats
        if port != '0':
            host = next((v.rpartition(' ')[2] for k, v in stream + common if k == 'c'), '')
            yield from _attributes(stream, port, host, focus, answer)


def _attributes(stream: Section, port: str, host: str, focus: bool, answer: bool) -> Found:
    attributes = [tuple(v.partition(':')[::2]) for k, v in stream if k == 'a']
    values = {name: [v for n, v in attributes if n == name] for name, _ in attributes}
    for name in ('path', 'accept-types'):
        if len(values.get(name, [])) != 1:
            yield 'sdp.attribute', 'RFC 4975 8', f'{len(values.get(name, []))} times a={name}'
    for name in ('accept-types', 'accept-wrapped-types'):
        for value in values.get(name, []):
            if not re.fullmatch(rf'{_ENTRY}(?: {_ENTRY})*', value):
                yield 'sdp.types', 'RFC 4975 8.6', f'a={name}:{value}'
    for value in values.get('path', [])[:1]:
        yield from _path(value, port, host)
    yield from _tls(stream, values)
    yield from _setup(values, answer)
    yield from _room(values, focus)
    for value in values.get('max-size', []):
        if not value.isdigit():
            yield 'sdp.max-size', 'RFC 4975 8.6', repr(value)


def _path(value: str, port: str, host: str) -> Found:
    if not re.fullmatch(rf'{URI}(?: {URI})*', value):
        yield 'sdp.path', 'RFC 4975 8.2, 9', repr(value)
        return
    uris = value.split(' ')
    if len(uris) != 1:
        yield 'sdp.path', 'RFC 4975 8.3', f'{len(uris)} URIs without a relay'
    for uri in uris:
        for rule, clause, detail in check_uri(uri):
            yield rule, clause, detail
    match = re.match(rf'(?i:msrps?)://(?:[^@/]*@)?({HOST})(?::(\d+))?', uris[-1])
    if match[2] is None:
        yield 'sdp.path-port', 'RFC 4975 8.2', f'no explicit port in {uris[-1]}'
    elif match[2] != port:
        yield 'sdp.path-port', 'RFC 4975 8.1', f'm= says {port}, path {match[2]}'
    if match[1].strip('[]').lower() != host.lower():
        yield 'sdp.path-host', 'RFC 4975 8.1', f'c= says {host}, path {match[1]}'


def _tls(stream: Section, values: dict[str, list[str]]) -> Found:
    secure = stream[0][1].split(' ')[2] == 'TCP/TLS/MSRP'
    for value in values.get('path', [])[:1]:
        if value.lower().startswith('msrps:') != secure:
            yield 'sdp.scheme', 'RFC 4975 8.1, 8.2', f'{stream[0][1]} with {value}'
    for value in values.get('fingerprint', []):
        if not re.fullmatch(r'[a-zA-Z0-9-]+ [0-9A-F]{2}(?::[0-9A-F]{2})+', value):
            yield 'sdp.fingerprint', 'RFC 8122 5', repr(value)
    names = [value.partition(' ')[0].lower() for value in values.get('fingerprint', [])]
    if secure and 'sha-256' not in names:
        yield 'sdp.fingerprint', 'RFC 8122 5.1', f'no sha-256 among {names}'
    if {'md5', 'md2'} & set(names):
        yield 'sdp.fingerprint-hash', 'RFC 8122 5', repr(names)


def _setup(values: dict[str, list[str]], answer: bool) -> Found:
    setup = values.get('setup', [])
    if len(setup) > 1 or any(v not in ('active', 'passive', 'actpass') for v in setup):
        yield 'sdp.setup', 'RFC 6135 4.2.1', repr(setup)
    elif setup and setup[0] == ('actpass' if answer else 'passive'):
        yield 'sdp.setup', 'RFC 6135 4.2.2, RFC 4145 4.1', (
            f'{setup[0]} in an {"answer" if answer else "offer"}')
    if 'connection' in values:
        yield 'sdp.connection', 'RFC 6135 4.4', 'a=connection must not be used'


def _room(values: dict[str, list[str]], focus: bool) -> Found:
    tokens = ' '.join(values.get('chatroom', [])).split()
    if len(values.get('chatroom', [])) > 1 or len(set(tokens)) != len(tokens):
        yield 'sdp.chatroom', 'RFC 7701 8', repr(values['chatroom'])
    for value in values.get('chatroom', []):
        if value and not re.fullmatch(rf'{_TOKEN}(?: {_TOKEN})*', value):
            yield 'sdp.chatroom', 'RFC 7701 8', repr(value)
    types = [v.lower() for v in values.get('accept-types', [])]
    if focus and types != ['message/cpim']:
        yield 'sdp.focus-types', 'RFC 7701 5.2', f'accept-types of a focus is {types}'
