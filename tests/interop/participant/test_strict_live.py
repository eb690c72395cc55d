# SPDX-License-Identifier: MIT
"""Strict rules that only the holder of a session or subscription can judge, and those of the whole:
a peer that misbehaves over real sockets. And: no rule is without a test that makes it speak."""

from __future__ import annotations

import asyncio
import glob
import os
import re
import unittest

from .cpim import Cpim
from .msrp import Frame, identifier
from .participant import Participant
from .sip import SipStack
from .test_chat import JULIET, ROMEO
from .tiny_focus import TinyFocus
from .transaction import Timers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOM = 'sip:balcony@rooms.test'


class LiveCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        timers = Timers(t1=0.03, t2=0.1, t4=0.1)
        self.romeo = Participant('romeo', 'sip.test', timers=timers)
        self.juliet = Participant('juliet', 'sip.test', timers=timers)
        self.focus = TinyFocus('balcony', 'rooms.test', timers)
        for user in (self.romeo, self.juliet):
            await user.start()
            self.addAsyncCleanup(user.stop)
            user.behaviour.link_grace = 0.05
        await self.focus.__aenter__()
        self.addAsyncCleanup(self.focus.__aexit__)
        self.romeo.stack.hosts = {'sip.test': self.juliet.stack.local,
                                  'rooms.test': self.focus.stack.local}
        self.juliet.stack.hosts = {'sip.test': self.romeo.stack.local}

    def rules(self) -> set[str]:
        """What Romeo noticed."""
        return {finding.rule for finding in self.romeo.violations}

    async def noticed(self, rule: str) -> None:
        """Waits until Romeo noticed a rule."""
        await self.romeo.transcript.expect('violation', rule=rule)

    async def chat(self):
        mine = await self.romeo.invite(JULIET)
        await mine.opened()
        await self.juliet.transcript.expect('session-opened')
        return mine, self.juliet.session_with(ROMEO)

    async def conference(self):
        session = await (await self.romeo.invite(ROOM)).opened()
        await self.romeo.transcript.expect('roster', document='full')
        return session, self.focus.members[0], self.focus.subscribers[0]


class Chat(LiveCase):
    async def test_a_type_that_was_not_signalled_is_noticed(self):
        _, hers = await self.chat()
        await hers.msrp.send('image/png', b'x')
        await self.noticed('msrp.type-refused')

    async def test_an_unknown_session_is_noticed(self):
        _, hers = await self.chat()
        hers.msrp.remote_path = [hers.msrp.remote_path[0].replace(';tcp', 'x;tcp')]
        self.assertEqual(await hers.msrp.send('text/plain', b'x'), 481)
        self.assertIn('msrp.no-session', self.rules())

    async def test_a_second_connection_is_noticed_and_refused(self):
        _, hers = await self.chat()
        second = await self.juliet.msrp.connect(hers.msrp.remote_path[0])
        frame = Frame(identifier(), 'SEND', headers=[
            ('To-Path', hers.msrp.remote_path[0]), ('From-Path', hers.msrp.uri),
            ('Message-ID', identifier())])
        self.assertEqual((await second.request(frame)).status, 506)
        self.assertIn('msrp.second-connection', self.rules())

    async def test_another_from_path_than_in_sdp_is_noticed(self):
        _, hers = await self.chat()
        hers.msrp.uri = hers.msrp.uri.replace(';tcp', 'x;tcp')
        await hers.msrp.send('text/plain', b'x')
        self.assertIn('msrp.from-path-sdp', self.rules())

    async def test_garbage_and_torn_frames_are_noticed(self):
        _, hers = await self.chat()
        hers.msrp.connection.writer.write(b'HELLO\r\n\r\n')
        await self.noticed('msrp.frame')

    async def test_a_frame_torn_by_the_end_of_the_stream_is_noticed(self):
        _, hers = await self.chat()
        hers.msrp.connection.writer.write(b'MSRP abcdabcdabcdabcd SEND\r\nTo-Path: ')
        hers.msrp.connection.writer.close()
        await self.noticed('msrp.frame')

    async def test_a_2xx_without_ack_is_noticed(self):
        self.juliet.stack.send_ack = lambda ack: asyncio.sleep(0)
        await self.juliet.invite(ROMEO)
        await self.noticed('sip.no-ack')

    async def test_an_answer_that_takes_the_same_part_is_noticed(self):
        self.romeo.behaviour.setup_offer = 'active'
        self.juliet._choose_role = lambda answer, offer, bind: setattr(answer, 'setup', 'active')
        await self.romeo.invite(JULIET)
        self.assertIn('sdp.setup-answer', self.rules())

    async def test_a_waived_rule_keeps_silent(self):
        _, hers = await self.chat()
        self.romeo.watch.waived.add('msrp.type-refused')
        await hers.msrp.send('image/png', b'x')
        self.assertEqual(self.rules(), set())


class Conference(LiveCase):
    async def test_an_unwrapped_line_from_a_focus_is_noticed(self):
        _, member, _ = await self.conference()
        await member.msrp.send('text/plain', b'bare')
        await self.noticed('msrp.type-conference')

    async def test_a_line_to_somebody_else_is_noticed(self):
        _, member, _ = await self.conference()
        await member.msrp.send('message/cpim', Cpim(
            ('', JULIET), ('', 'sip:nurse@sip.test'), body=b'psst').encode())
        await self.noticed('cpim.to-other')

    async def notify(self, subscriber, *, body: bytes = b'', state: str = 'active;expires=60',
                     event: str = 'conference',
                     kind: str = 'application/conference-info+xml') -> None:
        request = subscriber.dialog.request('NOTIFY')
        request.add('Event', event)
        request.add('Subscription-State', state)
        if body:
            request.add('Content-Type', kind)
        request.body = body
        await (await self.focus.stack.send(request)).final()

    async def test_each_rule_about_notify_bites(self):
        _, _, subscriber = await self.conference()
        for rule, what in (('sip.notify-expires', {'state': 'active;expires=3601'}),
                           ('sip.notify-event', {'event': 'conference;id=1'}),
                           ('sip.notify-type', {'body': b'<x/>', 'kind': 'text/xml'}),
                           ('conf.root', {'body': b'<x/>'})):
            await self.notify(subscriber, **what)
            self.assertIn(rule, self.rules())
        await self.notify(subscriber, state='terminated;reason=noresource')
        self.assertNotIn('sip.notify-after-end', self.rules())
        await self.notify(subscriber)
        self.assertIn('sip.notify-after-end', self.rules())

    def document(self, version: int, *, full: bool = False) -> bytes:
        return self.focus.document(version, {}, {}, full)

    async def test_versions_go_up_by_one(self):
        _, _, subscriber = await self.conference()
        await self.notify(subscriber, body=self.document(2))
        await self.notify(subscriber, body=self.document(2, full=True))
        self.assertEqual(self.rules(), set())
        await self.notify(subscriber, body=self.document(2))
        self.assertEqual(self.rules(), {'conf.version-stale'})
        await self.notify(subscriber, body=self.document(4))
        self.assertEqual(self.rules(), {'conf.version-stale', 'conf.version-gap'})
        await self.romeo.transcript.expect('roster', outcome='gap')

    async def test_a_document_is_about_the_conference(self):
        _, _, subscriber = await self.conference()
        await self.notify(subscriber, body=self.document(2).replace(b'sip:balcony', b'sip:tomb'))
        self.assertEqual(self.rules(), {'conf.entity-other'})

    async def test_a_partial_document_needs_a_full_one_before_it(self):
        notify = self.focus._notify
        self.focus._notify = lambda subscriber, full, ended=False: notify(
            subscriber, full=False, ended=ended)
        await (await self.romeo.invite(ROOM)).opened()
        await self.noticed('conf.no-full')


class Grammar(LiveCase):
    async def test_a_broken_message_is_noticed_with_its_octets(self):
        peer = SipStack(None, None)
        await peer.open('127.0.0.1')
        self.addAsyncCleanup(peer.close)
        flow = await peer.transports.flow_to('udp', *self.romeo.stack.local)
        flow.send(b'MESSAGE sip:romeo@sip.test SIP/2.0\nVia: x\r\n\r\n')
        await self.noticed('sip.crlf')
        self.assertIn(b'MESSAGE sip:romeo', self.romeo.violations[0].octets)
        self.assertIn('RFC 3261', str(self.romeo.violations[0]))


class Cover(unittest.TestCase):
    def test_every_rule_is_made_to_bite_somewhere(self):
        name = r"'((?:sip|msrp|sdp|cpim|conf|stream)\.[a-z0-9\-]+)'"
        rules, tested = set(), set()
        for path in glob.glob(os.path.join(HERE, '*.py')):
            with open(path, encoding='utf-8') as file:
                found = re.findall(name, file.read().replace("'a msrp.", "'msrp.")
                                   .replace("'b msrp.", "'msrp."))
            (tested if os.path.basename(path).startswith('test_') else rules).update(found)
        self.assertGreater(len(rules), 150)
        self.assertEqual(rules - tested, set())


if __name__ == '__main__':
    unittest.main()
