# SPDX-License-Identifier: MIT
"""Lists of recipients beside a session description: what an INVITE to a factory asks for (RFC 5366 4), and what those who
are invited learn of each other (RFC 5366 5, RFC 5364 7)."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from .message import SipMessage

LISTS = 'urn:ietf:params:xml:ns:resource-lists'
COPY = 'urn:ietf:params:xml:ns:copycontrol'
TYPE = 'application/resource-lists+xml'
BOUNDARY = 'guests-of-ours'


def add_list(message: SipMessage, description: bytes, guests: dict[str, str]) -> None:
    """Gives the request both parts. A guest is 'to', 'cc' or 'bcc', and may be followed by ' anonymous'."""
    entries = ''
    for uri, wish in guests.items():
        copy, _, hidden = wish.partition(' ')
        anonymize = ' c:anonymize="true"' if hidden else ''
        entries += f'<entry uri={quoteattr(uri)} c:copyControl="{copy}"{anonymize}/>'
    document = f'<resource-lists xmlns="{LISTS}" xmlns:c="{COPY}"><list>{entries}</list></resource-lists>'
    message.add('Require', 'recipient-list-invite')
    message.add('Content-Type', f'multipart/mixed;boundary={BOUNDARY}')
    message.body = b'\r\n'.join([
        f'--{BOUNDARY}\r\nContent-Type: application/sdp\r\n'.encode(), description,
        f'--{BOUNDARY}\r\nContent-Type: {TYPE}\r\nContent-Disposition: recipient-list\r\n'.encode(),
        document.encode(), f'--{BOUNDARY}--\r\n'.encode()])


def _parts(message: SipMessage) -> list[Message]:
    entity = message_from_bytes(f'Content-Type: {message.get("Content-Type")}\r\n\r\n'.encode() + message.body)
    return entity.get_payload() if entity.is_multipart() else []


def description(message: SipMessage) -> bytes:
    """The session description: the body, or the part that is one."""
    for part in _parts(message):
        if part.get_content_type() == 'application/sdp':
            return part.get_payload(decode=True)
    return message.body


def history(message: SipMessage) -> list[str]:
    """Who else is invited, each as 'URI to' or 'URI cc count=N'."""
    for part in _parts(message):
        if part.get('Content-Disposition') == 'recipient-list-history; handling=optional':
            root = ElementTree.fromstring(part.get_payload(decode=True))
            return [_told(entry) for entry in root.iter(f'{{{LISTS}}}entry')]
    return []


def _told(entry: ElementTree.Element) -> str:
    count = entry.get(f'{{{COPY}}}count')
    return f'{entry.get("uri")} {entry.get(f"{{{COPY}}}copyControl")}' + (f' count={count}' if count else '')
