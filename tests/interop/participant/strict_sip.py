# SPDX-License-Identifier: MIT
"""Strict SIP: one message as octets against the grammar of RFC 3261 section 25 and the rules that
a message alone can break (RFC 3261, 3428, 4579, 6665). Rules between messages: strict_dialog.py."""

from __future__ import annotations

import re
from typing import Iterator

from .abnf import (ABSOLUTE_URI, ADDRESS, ANY_URI, HOST, LWS, MEDIA_TYPE, NAME_ADDR,
                   PARAMS, QUOTED, SWS, TEXT, TOKEN, WORD, elements)
from .finding import Finding
from .message import canonical, split_commas, NameAddr

_DIGITS = r'\d+'
_VIA = rf'SIP{SWS}/{SWS}2\.0{SWS}/{SWS}{TOKEN}{LWS}{HOST}(?:{SWS}:{SWS}\d+)?{PARAMS}'
_PRODUCT = rf'(?:{TOKEN}(?:{SWS}/{SWS}{TOKEN})?|\([^()\r\n]*\))'
_DATE = (r'(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|'
         r'Dec) \d{4} \d\d:\d\d:\d\d GMT')
_RANGE = rf'(?:\*/\*|{TOKEN}{SWS}/{SWS}\*|{TOKEN}{SWS}/{SWS}{TOKEN}){PARAMS}'
_ROUTE = elements(NAME_ADDR + PARAMS)
_ERROR_URI = elements(rf'<{ABSOLUTE_URI}>{PARAMS}')

# Header fields with a checked value; others need only be a token and text.
GRAMMAR = {
    'Accept': elements(_RANGE, 0),
    'Alert-Info': _ERROR_URI,
    'Allow': elements(TOKEN, 0),
    'Allow-Events': elements(TOKEN),
    'Call-ID': rf'{WORD}(?:@{WORD})?',
    'Call-Info': _ERROR_URI,
    'Contact': rf'(?:\*|{elements(ADDRESS)})',
    'Content-Disposition': TOKEN + PARAMS,
    'Content-Length': _DIGITS,
    'Content-Type': MEDIA_TYPE,
    'CSeq': rf'\d+{LWS}{TOKEN}',
    'Date': _DATE,
    'Error-Info': _ERROR_URI,
    'Event': TOKEN + PARAMS,
    'Expires': _DIGITS,
    'From': ADDRESS,
    'In-Reply-To': elements(rf'{WORD}(?:@{WORD})?'),
    'Max-Forwards': r'\d{1,3}',
    'MIME-Version': r'\d+\.\d+',
    'Min-Expires': _DIGITS,
    'Organization': TEXT,
    'Proxy-Require': elements(TOKEN),
    'RAck': rf'\d+{LWS}\d+{LWS}{TOKEN}',
    'Reason': elements(TOKEN + PARAMS),
    'Record-Route': _ROUTE,
    'Refer-To': ADDRESS,
    'Referred-By': ADDRESS,
    'Replaces': elements(rf'{WORD}(?:@{WORD})?{PARAMS}'),
    'Reply-To': ADDRESS,
    'Require': elements(TOKEN),
    'Retry-After': rf'\d+(?:{SWS}\([^()]*\))?{PARAMS}',
    'Route': _ROUTE,
    'RSeq': _DIGITS,
    'Server': rf'{_PRODUCT}(?:{LWS}{_PRODUCT})*',
    'Session-Expires': _DIGITS + PARAMS,
    'Subject': TEXT,
    'Subscription-State': TOKEN + PARAMS,
    'Supported': elements(TOKEN, 0),
    'Timestamp': rf'\d+(?:\.\d*)?(?:{LWS}\d*(?:\.\d*)?)?',
    'To': ADDRESS,
    'Unsupported': elements(TOKEN),
    'User-Agent': rf'{_PRODUCT}(?:{LWS}{_PRODUCT})*',
    'Via': elements(_VIA),
    'Warning': elements(rf'\d{{3}} (?:{HOST}(?::\d+)?|{TOKEN}) {QUOTED}'),
}
_COMPILED = {name: re.compile(pattern) for name, pattern in GRAMMAR.items()}

SINGLE = ('From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length', 'Content-Type',
          'Content-Disposition', 'Event', 'Expires', 'Subscription-State', 'Min-Expires', 'Date',
          'Subject', 'User-Agent', 'Server', 'Timestamp', 'Refer-To', 'Referred-By', 'Replaces',
          'Session-Expires', 'Retry-After', 'MIME-Version')
_METHODS = ('INVITE', 'ACK', 'OPTIONS', 'BYE', 'CANCEL', 'REGISTER', 'MESSAGE', 'SUBSCRIBE',
            'NOTIFY', 'REFER', 'UPDATE', 'PRACK', 'INFO', 'PUBLISH')
MAX_UDP = 1300
Fields = list[tuple[str, str]]


def check_sip(raw: bytes, transport: str = 'udp') -> list[Finding]:
    """Everything wrong with one received SIP message."""
    return [Finding(*found) for found in _findings(raw, transport)]


def _findings(raw: bytes, transport: str) -> Iterator[tuple[str, str, str]]:
    end = re.search(rb'\r?\n\r?\n', raw)
    if not end:
        yield 'sip.end-of-headers', 'RFC 3261 7', 'no empty line after the header fields'
        return
    head, body = raw[:end.start()], raw[end.end():]
    yield from _lines(head + b'\r\n', end[0])
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        yield 'sip.utf8', 'RFC 3261 7', str(error)
        text = head.decode('utf-8', 'replace')
    start, *lines = re.split(r'\r?\n', re.sub(r'\r?\n[ \t]+', ' ', text))
    method, status = _start_line(start)
    if not method and not status:
        yield 'sip.start-line', 'RFC 3261 7.1, 7.2', repr(start)
        return
    fields: Fields = []
    for line in lines:
        yield from _field(line, fields)
    yield from _counts(fields, method)
    yield from _values(fields, method, status)
    yield from _body(fields, body, transport)
    yield from _by_method(fields, method, status, body)
    if method and transport == 'udp' and len(raw) > MAX_UDP:
        yield 'sip.udp-size', 'RFC 3261 18.1.1, RFC 3428 8', f'{len(raw)} octets over UDP'


def _lines(head: bytes, separator: bytes) -> Iterator[tuple[str, str, str]]:
    if separator != b'\r\n\r\n' or re.search(rb'\r(?!\n)|(?<!\r)\n', head):
        yield 'sip.crlf', 'RFC 3261 7', 'a line does not end with CRLF'
    if re.search(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', head):
        yield 'sip.control', 'RFC 3261 25.1', 'a control character in the header section'


def _start_line(start: str) -> tuple[str, int]:
    """(method, 0), ('', status), or ('', 0) for neither."""
    match = re.fullmatch(rf'({TOKEN}) {ANY_URI} SIP/2\.0', start)
    if match:
        return match[1], 0
    match = re.fullmatch(rf'SIP/2\.0 ([1-6]\d\d) {TEXT}', start)
    return ('', int(match[1])) if match else ('', 0)


def _field(line: str, fields: Fields) -> Iterator[tuple[str, str, str]]:
    match = re.fullmatch(rf'({TOKEN}){SWS}:{SWS}(.*)', line, re.S)
    if not match:
        yield 'sip.header-syntax', 'RFC 3261 7.3.1', repr(line)
        return
    name, value = canonical(match[1]), match[2].rstrip(' \t')
    fields.append((name, value))
    pattern = _COMPILED.get(name)
    if pattern and not pattern.fullmatch(value):
        yield 'sip.header-value', f'RFC 3261 25.1 {name}', repr(line)
    elif not pattern and not re.fullmatch(TEXT, value):
        yield 'sip.header-value', f'RFC 3261 25.1 {name}', repr(line)


def _counts(fields: Fields, method: str) -> Iterator[tuple[str, str, str]]:
    names = [name for name, _ in fields]
    for name in SINGLE:
        if names.count(name) > 1:
            yield 'sip.header-repeated', 'RFC 3261 7.3.1', name
    wanted = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] + (['Max-Forwards'] if method else [])
    for name in wanted:
        if name not in names:
            yield 'sip.header-missing', 'RFC 3261 8.1.1, 8.2.6', name


def _get(fields: Fields, name: str) -> str | None:
    return next((value for n, value in fields if n == name), None)


def _all(fields: Fields, name: str) -> list[str]:
    return [part for n, value in fields if n == name for part in split_commas(value)]


def _values(fields: Fields, method: str, status: int) -> Iterator[tuple[str, str, str]]:
    number, _, named = (_get(fields, 'CSeq') or '').partition(' ')
    if method and named.strip() != method:
        yield 'sip.cseq-method', 'RFC 3261 8.1.1.5', f'{named.strip()!r} in a {method}'
    if number.isdigit() and int(number) >= 2 ** 31:
        yield 'sip.cseq-number', 'RFC 3261 8.1.1.5', number
    if not NameAddr.parse(_get(fields, 'From') or '').tag:
        yield 'sip.from-tag', 'RFC 3261 8.1.1.3', 'From without a tag'
    if status > 100 and not NameAddr.parse(_get(fields, 'To') or '').tag:
        yield 'sip.to-tag', 'RFC 3261 8.2.6.2', f'a {status} without a tag in To'
    for via in _all(fields, 'Via')[:1]:
        if not re.search(rf';{SWS}branch{SWS}={SWS}z9hG4bK{TOKEN}', via):
            yield 'sip.branch', 'RFC 3261 8.1.1.7', repr(via)
    hops = _get(fields, 'Max-Forwards') or ''
    if hops.isdigit() and int(hops) > 255:
        yield 'sip.max-forwards', 'RFC 3261 20.22', hops
    yield from _focus(fields)


def _focus(fields: Fields) -> Iterator[tuple[str, str, str]]:
    """isfocus is a parameter of Contact, outside the brackets (RFC 3840 section 9, RFC 4579)."""
    for value in _all(fields, 'Contact'):
        contact = NameAddr.parse(value)
        if re.search(r';\s*isfocus\b', contact.uri, re.I):
            yield 'sip.isfocus-in-uri', 'RFC 4579 4.2, RFC 3840 9', repr(value)
        if 'isfocus' in contact.params:
            if contact.params['isfocus'] is not None:
                yield 'sip.isfocus-value', 'RFC 3840 9', repr(value)
            if not contact.bracketed:
                yield 'sip.isfocus-brackets', 'RFC 4579 5.1', repr(value)
    for name, value in fields:
        if name != 'Contact' and re.search(r'[;<]\s*isfocus\b', value, re.I):
            yield 'sip.isfocus-elsewhere', 'RFC 4579 4.2', f'{name}: {value}'


def _body(fields: Fields, body: bytes, transport: str) -> Iterator[tuple[str, str, str]]:
    length = _get(fields, 'Content-Length')
    if length is None:
        if transport == 'tcp':
            yield 'sip.content-length', 'RFC 3261 20.14', 'none on a stream'
    elif length.isdigit() and int(length) != len(body):
        yield 'sip.content-length', 'RFC 3261 18.3', f'{length} said, {len(body)} there'
    if body and _get(fields, 'Content-Type') is None:
        yield 'sip.content-type', 'RFC 3261 20.15', 'a body without Content-Type'


def _by_method(fields: Fields, method: str, status: int, body: bytes
               ) -> Iterator[tuple[str, str, str]]:
    named = (_get(fields, 'CSeq') or '').split(' ')[-1]
    contacts = len(_all(fields, 'Contact'))
    success = 200 <= status < 300
    target = named in ('INVITE', 'SUBSCRIBE') or (method and named == 'NOTIFY')
    if target and (method or success) and contacts != 1:
        yield 'sip.contact', 'RFC 3261 8.1.1.8, 12.1.1', f'{contacts} in {method or status}'
    if named == 'MESSAGE' and (method or success) and contacts:
        yield 'sip.message-contact', 'RFC 3428 4, 7', 'Contact in MESSAGE or its 2xx'
    if named == 'MESSAGE' and success and body:
        yield 'sip.message-body', 'RFC 3428 7', 'a body in the 2xx to a MESSAGE'
    if named in ('SUBSCRIBE', 'REFER') and status == 202:
        yield 'sip.202', 'RFC 6665 8.3.1, RFC 7647', f'202 to {named}'
    if named == 'SUBSCRIBE' and success and _get(fields, 'Expires') is None:
        yield 'sip.subscribe-expires', 'RFC 6665 4.2.1.1', '2xx to SUBSCRIBE without Expires'
    if status == 405 and _get(fields, 'Allow') is None:
        yield 'sip.405-allow', 'RFC 3261 8.2.1', '405 without Allow'
    if status == 420 and _get(fields, 'Unsupported') is None:
        yield 'sip.420-unsupported', 'RFC 3261 8.2.2.3', '420 without Unsupported'
    if method in ('SUBSCRIBE', 'NOTIFY') and _get(fields, 'Event') is None:
        yield 'sip.event', 'RFC 6665 8.2.1', f'{method} without Event'
    if method == 'NOTIFY':
        yield from _notify(fields)
    if method and method.upper() in _METHODS and method not in _METHODS:
        yield 'sip.method-case', 'RFC 3261 7.1', method


def _notify(fields: Fields) -> Iterator[tuple[str, str, str]]:
    value = _get(fields, 'Subscription-State')
    state = (value or '').partition(';')[0].strip().lower()
    if state not in ('active', 'pending', 'terminated'):
        yield 'sip.subscription-state', 'RFC 6665 4.2.2', repr(value)
    elif state != 'terminated' and not re.search(r';\s*expires\s*=\s*\d+', value):
        yield 'sip.subscription-expires', 'RFC 6665 4.2.2', repr(value)
