# SPDX-License-Identifier: MIT
"""Conference information documents: read, and join into one coherent roster (RFC 4575 section 4.6;
the nickname attribute of RFC 6501)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from .message import same_uri

NS = '{urn:ietf:params:xml:ns:conference-info}'
XCON = '{urn:ietf:params:xml:ns:xcon-conference-info}'
MEDIA_TYPE = 'application/conference-info+xml'
AWAY = ('disconnected', 'disconnecting', 'pending', 'dialing-out', 'dialing-in', 'alerting')


@dataclass
class User:
    """One <user> and its endpoints' status by endpoint entity."""
    entity: str
    display: str = ''
    nick: str = ''
    endpoints: dict[str, str] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    aors: list[str] = field(default_factory=list)  # his real addresses, where they are shown
    left: tuple[str, str] = ('', '')               # how, and why (section 5.7.6)

    @property
    def present(self) -> bool:
        """In the conference: without endpoints, or with one that is connected in some way."""
        return not self.endpoints or any(s not in AWAY for s in self.endpoints.values())

    @property
    def name(self) -> str:
        return self.nick or self.display


class Document:
    """One received document. Raises ValueError when it is no conference-info."""

    def __init__(self, octets: bytes):
        try:
            self.root = ElementTree.fromstring(octets)
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise ValueError(f'conference-info: {error}') from error
        if self.root.tag != NS + 'conference-info':
            raise ValueError(f'not a conference-info document: {self.root.tag}')
        self.entity = self.root.get('entity', '')
        self.state = self.root.get('state', 'full')
        self.version = int(self.root.get('version', '0'))

    def text(self, path: str) -> str:
        node = self.root.find('/'.join(NS + step for step in path.split('/')))
        return (node.text or '').strip() if node is not None else ''


def _texts(node: ElementTree.Element, path: str) -> list[str]:
    return [(found.text or '').strip() for found in node.findall(path)]


class ConferenceState:
    """The subscriber's view: roster, subject, version."""

    def __init__(self) -> None:
        self.version: int | None = None
        self.ended = False
        self.subject = ''
        self.name = ''
        self.users: dict[str, User] = {}

    def nick(self, uri: str) -> str:
        """The name the roster gives to a URI."""
        return next((user.name for entity, user in self.users.items() if same_uri(entity, uri)),
                    '')

    @property
    def present(self) -> list[str]:
        return sorted(entity for entity, user in self.users.items() if user.present)

    def apply(self, document: Document) -> str:
        """Takes a document in: 'applied', 'stale' (discarded), 'gap' (a refresh is due),
        'no-full' (partial before any full), or 'ended'."""
        if self.version is None and document.state == 'partial':
            return 'no-full'
        if self.version is not None and document.version <= self.version:
            return 'stale'
        if document.state == 'partial' and document.version > self.version + 1:
            return 'gap'
        self.version = document.version
        if document.state == 'deleted':
            self.ended, self.users = True, {}
            return 'ended'
        if document.state == 'full':
            self.users, self.subject, self.name = {}, '', ''
        self._take(document)
        return 'applied'

    def _take(self, document: Document) -> None:
        subject = document.text('conference-description/subject')
        if document.root.find(NS + 'conference-description') is not None:
            self.subject = subject
            self.name = document.text('conference-description/display-text')
        users = document.root.find(NS + 'users')
        if users is None:
            return
        state = users.get('state', 'full')
        if state in ('full', 'deleted'):
            self.users = {}
        if state != 'deleted':
            for node in users.findall(NS + 'user'):
                self._take_user(node)

    def _take_user(self, node: ElementTree.Element) -> None:
        entity, state = node.get('entity', ''), node.get('state', 'full')
        if state == 'deleted':
            self.users.pop(entity, None)
            return
        if state == 'full' or entity not in self.users:
            self.users[entity] = User(entity)
        user = self.users[entity]
        user.nick = node.get(XCON + 'nickname', user.nick)
        display = node.find(NS + 'display-text')
        if display is not None:
            user.display = (display.text or '').strip()
        if node.find(NS + 'roles') is not None:
            user.roles = _texts(node, f'{NS}roles/{NS}entry')
        if node.find(NS + 'associated-aors') is not None:
            user.aors = _texts(node, f'{NS}associated-aors/{NS}entry/{NS}uri')
        for endpoint in node.findall(NS + 'endpoint'):
            self._take_endpoint(user, endpoint)

    @staticmethod
    def _take_endpoint(user: User, node: ElementTree.Element) -> None:
        entity, state = node.get('entity', ''), node.get('state', 'full')
        status = node.find(NS + 'status')
        user.left = (next(iter(_texts(node, NS + 'disconnection-method')), ''),
                     next(iter(_texts(node, f'{NS}disconnection-info/{NS}reason')), ''))
        if state == 'deleted':
            user.endpoints.pop(entity, None)
        elif status is not None:
            user.endpoints[entity] = (status.text or '').strip()
        elif state == 'full':
            user.endpoints[entity] = ''
