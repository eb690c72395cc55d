# SPDX-License-Identifier: MIT
"""Commands for a participant, one per line: words, or a JSON object {"do": "say", "text": "..."}.
A person or a test drives a participant with them; see README.md for the list."""

from __future__ import annotations

import dataclasses
import json

from .participant import Behaviour, Participant
from .session import Refused, Session

# Command: the names of its arguments; the last one takes the rest of the line.
COMMANDS = {'register': (), 'unregister': (), 'page': ('uri', 'text'), 'invite': ('uri',),
            'say': ('text',), 'room-say': ('text',), 'private': ('uri', 'text'),
            'nick': ('nick',), 'subscribe': ('uri',), 'unsubscribe': (), 'options': ('uri',),
            'answer': ('status',), 'release': ('status',), 'set': ('name', 'value'),
            'reinvite': (), 'bye': (), 'leave': (), 'drop': (), 'counters': (),
            'violations': (), 'quit': ()}


class Misuse(ValueError):
    """A command that cannot be understood or makes no sense now."""


def read(line: str) -> tuple[str, dict[str, str]]:
    """The command and its arguments; missing ones are ''."""
    if line.lstrip().startswith('{'):
        arguments = {name: str(value) for name, value in json.loads(line).items()}
        command = arguments.pop('do', '')
    else:
        command, _, rest = line.strip().partition(' ')
        names = COMMANDS.get(command, ())
        arguments = dict(zip(names, rest.split(' ', max(len(names) - 1, 0))))
    if command not in COMMANDS:
        raise Misuse(f'unknown command {command!r}')
    return command, {name: arguments.get(name, '') for name in COMMANDS[command]}


class Console:
    """Carries commands out; results show in the transcript."""

    def __init__(self, user: Participant):
        self.user = user

    async def handle(self, line: str) -> bool:
        """Does one line; False after 'quit'."""
        try:
            command, arguments = read(line)
            if command == 'quit':
                return False
            method = getattr(self, '_' + command.replace('-', '_'))
            await method(**arguments)
        except (Misuse, ValueError, TypeError) as error:
            self.user.transcript.record('error', text=str(error), line=line.strip())
        return True

    def _open(self, conference: bool | None = None) -> Session:
        """The latest open session, of one kind if given."""
        for session in reversed(self.user.sessions):
            wanted = conference in (None, bool(session.conference))
            if wanted and session.dialog and not session.ended:
                return session
        raise Misuse('no open session')

    async def _register(self) -> None:
        await self.user.register()

    async def _unregister(self) -> None:
        await self.user.register(0)

    async def _page(self, uri: str, text: str) -> None:
        await self.user.page(uri, text)

    async def _invite(self, uri: str) -> None:
        """In the background: it may ring for long."""
        self.user.spawn(self._inviting(uri))

    async def _inviting(self, uri: str) -> None:
        try:
            await self.user.invite(uri)
        except Refused:
            pass  # the transcript has it

    async def _say(self, text: str) -> None:
        await self._open(False).say(text)

    async def _room_say(self, text: str) -> None:
        await self._open(True).say(text)

    async def _private(self, uri: str, text: str) -> None:
        await self._open(True).say_privately(uri, text)

    async def _nick(self, nick: str) -> None:
        await self._open(True).nickname(nick)

    async def _subscribe(self, uri: str) -> None:
        await self.user.subscribe(uri or self._open(True).conference)

    async def _unsubscribe(self) -> None:
        if not self.user.subscriptions:
            raise Misuse('no subscription')
        await self.user.subscriptions[-1].stop()

    async def _options(self, uri: str) -> None:
        answer = await self.user.options(uri)
        self.user.transcript.record('options', peer=uri, status=answer.status,
                                    allow=answer.all('Allow'), focus=answer.is_focus or None)

    async def _answer(self, status: str) -> None:
        if not self.user.incoming:
            raise Misuse('nobody is inviting now')
        incoming = self.user.incoming[-1]
        if status in ('', '200'):
            incoming.accept()
        else:
            incoming.decline(int(status))

    async def _release(self, status: str) -> None:
        self.user.release_pages(int(status or '200'))

    async def _set(self, name: str, value: str) -> None:
        """Changes a field of the behaviour: numbers are numbers, 'none' is None."""
        if name not in {field.name for field in dataclasses.fields(Behaviour)}:
            raise Misuse(f'no such setting {name!r}')
        self.user.behaviour = dataclasses.replace(self.user.behaviour, **{name: setting(value)})

    async def _reinvite(self) -> None:
        status = await self._open().reinvite()
        self.user.transcript.record('reinvite', status=status)

    async def _bye(self) -> None:
        await self._open(False).bye()

    async def _leave(self) -> None:
        await self._open(True).bye()

    async def _drop(self) -> None:
        self._open().msrp.drop()

    async def _counters(self) -> None:
        self.user.transcript.record('counters', **self.user.counters.table())

    async def _violations(self) -> None:
        self.user.transcript.record('violations', found=[str(v) for v in self.user.violations])


def setting(text: str) -> int | float | str | tuple[str, ...] | None:
    """A value of the behaviour as typed: 486, 1.5, ring, none, nickname,private-messages."""
    if text.lower() == 'none':
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return tuple(text.split(',')) if ',' in text else text
