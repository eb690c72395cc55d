# SPDX-License-Identifier: MIT
"""Strict bodies: message/cpim (RFC 3862, RFC 7701 section 6) and conference-info documents
(RFC 4575 sections 4, 5 and the schema of section 6)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Iterator

from .abnf import ANY_URI, DATE_TIME, MEDIA_TYPE
from .finding import Finding

Found = Iterator[tuple[str, str, str]]

# RFC 3862 section 3.6.
_NAME = r'[!#-\'*+\-0-9A-Za-z^-`|~]+'
_TOKEN = r'[!#-\'*+\-.0-9A-Za-z^-`|~\x80-\U0010ffff]+'
_ESCAPE = r'\\(?:u[0-9A-Fa-f]{4}|[btnr"\'\\])'
_STRING = rf'"(?:[ !#-\[\]-~\x80-\U0010ffff]|{_ESCAPE})*"'
# A space after a quoted name is not in the grammar but in common use; both are taken.
_FORMAL = rf'(?:(?:{_TOKEN} )+|{_STRING} ?)?'
_HEADER = rf'((?:{_NAME}\.)?{_NAME})((?:;{_NAME}=(?:{_TOKEN}|{_STRING}))*): (.*)'
_KNOWN = ('From', 'To', 'cc', 'DateTime', 'Subject', 'NS', 'Require')
_CPIM_VALUES = {'From': rf'{_FORMAL}<{ANY_URI}>', 'To': rf'{_FORMAL}<{ANY_URI}>',
                'cc': rf'{_FORMAL}<{ANY_URI}>', 'DateTime': DATE_TIME}


def check_cpim(octets: bytes, *, room: bool = False) -> list[Finding]:
    """Everything wrong with a message/cpim body. `room`: sent in a conference (RFC 7701)."""
    return [Finding(*found, octets=octets) for found in _cpim(octets, room)]


def _cpim(octets: bytes, room: bool) -> Found:
    head, blank, content = octets.partition(b'\r\n\r\n')
    if not blank:
        yield 'cpim.parts', 'RFC 3862 2', 'no empty line after the message headers'
        return
    mime, mime_blank, _ = content.partition(b'\r\n\r\n')
    if not mime_blank:
        yield 'cpim.parts', 'RFC 3862 2.4', 'no empty line after the content headers'
    if re.search(rb'\r(?!\n)|(?<!\r)\n', head + b'\r\n' + mime):
        yield 'cpim.crlf', 'RFC 3862 2.2', 'a header line does not end with CRLF'
    try:
        lines, fields = head.decode().split('\r\n'), mime.decode().split('\r\n')
    except UnicodeDecodeError as error:
        yield 'cpim.utf8', 'RFC 3862 2.2', str(error)
        return
    names = []
    for line in lines:
        yield from _cpim_line(line, names)
    yield from _cpim_names(names, room)
    yield from _mime(fields)


def _cpim_line(line: str, names: list[str]) -> Found:
    match = re.fullmatch(_HEADER, line, re.S)
    if not match or line != line.strip() or re.search(r'[\x00-\x1f\x7f]', line):
        yield 'cpim.header-syntax', 'RFC 3862 2.2, 3.6', repr(line)
        return
    name, value = match[1], match[3]
    names.append(name)
    if name not in _KNOWN and name.lower() in [known.lower() for known in _KNOWN]:
        yield 'cpim.header-case', 'RFC 3862 2.2', repr(line)
    if value != value.strip() or not re.fullmatch(rf'(?:[^\\]|{_ESCAPE})*', value):
        yield 'cpim.header-value', 'RFC 3862 2.2, 2.3', repr(line)
    pattern = _CPIM_VALUES.get(name)
    if pattern and not re.fullmatch(pattern, value):
        rule = 'cpim.date-time' if name == 'DateTime' else 'cpim.header-value'
        yield rule, f'RFC 3862 4 {name}', repr(line)


def _cpim_names(names: list[str], room: bool) -> Found:
    for name in ('From', 'DateTime'):
        if names.count(name) > 1:
            yield 'cpim.header-repeated', 'RFC 3862 4', name
    if not room:
        return
    if names.count('From') != 1:
        yield 'cpim.from', 'RFC 7701 6.1', f'{names.count("From")} From headers'
    if names.count('To') != 1:
        yield 'cpim.to', 'RFC 7701 6.1, 6.2', f'{names.count("To")} To headers'


def _mime(fields: list[str]) -> Found:
    types = []
    for line in fields:
        match = re.fullmatch(r'([!-9;-~]+): ?(.*)', line)
        if not match and not re.match(r'[ \t]', line):
            yield 'cpim.content-header', 'RFC 3862 2.4', repr(line)
        elif match and match[1].lower() == 'content-type':
            types.append(match[2])
    if len(types) != 1:
        yield 'cpim.content-type', 'RFC 3862 2.4', f'{len(types)} Content-Type headers'
    for value in types:
        if not re.fullmatch(MEDIA_TYPE, value):
            yield 'cpim.content-type', 'RFC 3862 2.4', repr(value)


NS = '{urn:ietf:params:xml:ns:conference-info}'
STATES = ('full', 'partial', 'deleted')
# The schema's sequences, as far as a focus of chats uses them: element -> children in order.
_CHILDREN = {
    'conference-info': ('conference-description', 'host-info', 'conference-state', 'users',
                        'sidebars-by-ref', 'sidebars-by-val'),
    'conference-description': ('display-text', 'subject', 'free-text', 'keywords', 'conf-uris',
                               'service-uris', 'maximum-user-count', 'available-media'),
    'host-info': ('display-text', 'web-page', 'uris'),
    'conference-state': ('user-count', 'active', 'locked'),
    'users': ('user',),
    'user': ('display-text', 'associated-aors', 'roles', 'languages', 'cascaded-focus',
             'endpoint'),
    'endpoint': ('display-text', 'referred', 'status', 'joining-method', 'joining-info',
                 'disconnection-method', 'disconnection-info', 'media', 'call-info'),
    'media': ('display-text', 'type', 'label', 'src-id', 'status'),
    'conf-uris': ('entry',), 'service-uris': ('entry',), 'uris': ('entry',),
    'associated-aors': ('entry',), 'roles': ('entry',), 'available-media': ('entry',),
    'joining-info': ('when', 'reason', 'by'), 'referred': ('when', 'reason', 'by'),
    'disconnection-info': ('when', 'reason', 'by')}
_MANY = ('user', 'endpoint', 'media', 'entry')
_STATEFUL = ('conference-info', 'users', 'user', 'endpoint')
_KEYS = {'user': 'entity', 'endpoint': 'entity', 'media': 'id'}
_TEXTS = {
    ('endpoint', 'status'): 'pending|dialing-out|dialing-in|alerting|on-hold|connected|'
                            'muted-via-focus|disconnecting|disconnected',
    ('endpoint', 'joining-method'): 'dialed-in|dialed-out|focus-owner',
    ('endpoint', 'disconnection-method'): 'departed|booted|failed|busy',
    ('media', 'status'): 'recvonly|sendonly|sendrecv|inactive',
    ('conference-state', 'user-count'): r'\d+', ('conference-state', 'active'): 'true|false|1|0',
    ('conference-state', 'locked'): 'true|false|1|0',
    ('conference-description', 'maximum-user-count'): r'\d+',
    ('joining-info', 'when'): DATE_TIME, ('disconnection-info', 'when'): DATE_TIME}


def check_conference(octets: bytes) -> list[Finding]:
    """Everything wrong with one conference-info document by itself."""
    return [Finding(*found, octets=octets) for found in _conference(octets)]


def _conference(octets: bytes) -> Found:
    try:
        root = ElementTree.fromstring(octets)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        yield 'conf.xml', 'RFC 4575 4.1', str(error)
        return
    if root.tag != NS + 'conference-info':
        yield 'conf.root', 'RFC 4575 4.2, 5.2', root.tag
        return
    if not root.get('entity'):
        yield 'conf.entity', 'RFC 4575 5.2', 'no entity'
    version = root.get('version', '')
    if not version.isdigit() or int(version) >= 2 ** 32:
        yield 'conf.version', 'RFC 4575 4.3', repr(version)
    if root.get('state', 'full') == 'full':
        for name in ('conference-description', 'users'):
            if root.find(NS + name) is None:
                yield 'conf.full', 'RFC 4575 5.2', f'a full document without {name}'
    yield from _element(root, 'full' if root.get('state', 'full') == 'full' else 'partial')


def _element(node: ElementTree.Element, parent: str) -> Found:
    name = node.tag.removeprefix(NS)
    state = node.get('state', 'full')
    if state not in STATES or (name not in _STATEFUL and 'state' in node.attrib
                               and not name.startswith('sidebars')):
        yield 'conf.state', 'RFC 4575 4.4', f'state {state!r} at {name}'
    elif name in _STATEFUL and parent == 'full' and state != 'full':
        yield 'conf.state', 'RFC 4575 4.4', f'{state} {name} in a full parent'
    if state == 'deleted' and len(node):
        yield 'conf.deleted', 'RFC 4575 4.4', f'a deleted {name} has children'
    key = _KEYS.get(name)
    if key and not node.get(key):
        yield 'conf.key', 'RFC 4575 4.5', f'{name} without {key}'
    yield from _children(node, name)
    below = state if name in _STATEFUL else parent
    for child in node:
        if child.tag.removeprefix(NS) in _CHILDREN:
            yield from _element(child, below)


def _children(node: ElementTree.Element, name: str) -> Found:
    order = _CHILDREN[name]
    tags = [child.tag.removeprefix(NS) for child in node if child.tag.startswith(NS)]
    foreign = [i for i, child in enumerate(node) if not child.tag.startswith(NS)]
    places = [order.index(tag) if tag in order else -1 for tag in tags]
    if -1 in places or places != sorted(places) or (foreign and foreign[0] < len(tags)):
        yield 'conf.schema', 'RFC 4575 6', f'{name} holds {[c.tag for c in node]}'
    for tag in sorted(set(tags)):
        if tags.count(tag) > 1 and tag not in _MANY:
            yield 'conf.schema', 'RFC 4575 6', f'{tags.count(tag)} times {tag} in {name}'
        key = _KEYS.get(tag)
        keys = [child.get(key) for child in node if key and child.tag == NS + tag]
        if len(set(keys)) != len(keys):
            yield 'conf.key', 'RFC 4575 4.5', f'{tag} keys are not unique: {keys}'
    for child in node:
        pattern = _TEXTS.get((name, child.tag.removeprefix(NS)))
        if pattern and not re.fullmatch(pattern, (child.text or '').strip()):
            yield 'conf.value', 'RFC 4575 6', f'{child.tag.removeprefix(NS)}: {child.text!r}'
