# SPDX-License-Identifier: MIT
"""The command line: two participants as processes, driven over their standard input."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import unittest

from .console import Misuse, read, setting

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Reading(unittest.TestCase):
    def test_words_and_json_mean_the_same(self):
        words = read('page sip:juliet@sip.test It is the east')
        self.assertEqual(words, ('page', {'uri': 'sip:juliet@sip.test',
                                          'text': 'It is the east'}))
        self.assertEqual(words, read(json.dumps({'do': 'page', 'uri': 'sip:juliet@sip.test',
                                                 'text': 'It is the east'})))

    def test_an_unknown_command_is_refused(self):
        with self.assertRaises(Misuse):
            read('dance')

    def test_settings_are_read_as_typed(self):
        self.assertEqual([setting(t) for t in ('486', '0.5', 'ring', 'none', 'a,b')],
                         [486, 0.5, 'ring', None, ('a', 'b')])


class Process:
    """One `python3 -m participant` and the lines it prints."""

    @classmethod
    async def start(cls, user: str, *options: str) -> Process:
        self = cls()
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, '-m', 'participant', '--user', user, '--domain', 'sip.test', *options,
            cwd=TOP, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        self.started = await self.expect('started')
        return self

    def tell(self, line: str) -> None:
        self.child.stdin.write(line.encode() + b'\n')

    async def expect(self, event: str) -> dict:
        while True:
            line = await asyncio.wait_for(self.child.stdout.readline(), 60)
            entry = json.loads(line)
            if entry['event'] == event:
                return entry

    async def finish(self) -> int:
        self.tell('quit')
        return await asyncio.wait_for(self.child.wait(), 60)


class Talking(unittest.IsolatedAsyncioTestCase):
    async def test_a_person_can_hold_a_conversation(self):
        juliet = await Process.start('juliet')
        romeo = await Process.start('romeo', '--proxy', 'udp:' + juliet.started['sip'])
        romeo.tell('page sip:juliet@sip.test Hist!')
        self.assertEqual((await juliet.expect('message-received'))['text'], 'Hist!')
        romeo.tell('invite sip:juliet@sip.test')
        await romeo.expect('session-opened')
        romeo.tell('{"do": "say", "text": "I would I were thy bird"}')
        self.assertEqual((await juliet.expect('message-received'))['via'], 'msrp')
        juliet.tell('say Sweet, so would I')
        self.assertEqual((await romeo.expect('message-received'))['text'], 'Sweet, so would I')
        juliet.tell('bye')
        await romeo.expect('session-ended')
        self.assertEqual([await romeo.finish(), await juliet.finish()], [0, 0])


if __name__ == '__main__':
    unittest.main()
