# SPDX-License-Identifier: MIT
"""Two participants talk to each other over loopback: pages, MSRP chats, and their ends."""

from __future__ import annotations

import asyncio
import unittest

from .participant import Behaviour, Participant
from .session import Refused
from .transaction import Timers

ROMEO, JULIET = 'sip:romeo@sip.test', 'sip:juliet@sip.test'


class ChatCase(unittest.IsolatedAsyncioTestCase):
    """Romeo and Juliet, each the other's next hop; nobody may break a rule."""

    timers = Timers(t1=0.05, t2=0.4, t4=0.5)

    async def asyncSetUp(self) -> None:
        self.romeo = Participant('romeo', 'sip.test', timers=self.timers)
        self.juliet = Participant('juliet', 'sip.test', timers=self.timers)
        for user in (self.romeo, self.juliet):
            await user.start()
            self.addAsyncCleanup(user.stop)
        self.romeo.stack.hosts['sip.test'] = self.juliet.stack.local
        self.juliet.stack.hosts['sip.test'] = self.romeo.stack.local

    async def asyncTearDown(self) -> None:
        for user in (self.romeo, self.juliet):
            self.assertEqual(user.violations, [])

    async def chat(self):
        """An open session; returns both sides."""
        mine = await self.romeo.invite(JULIET)
        await mine.opened()
        await self.juliet.transcript.expect('session-opened', peer=ROMEO)
        return mine, self.juliet.session_with(ROMEO)


class Pages(ChatCase):
    async def test_a_page_is_heard_with_its_sender(self):
        self.assertEqual(await self.romeo.page(JULIET, 'Art thou not Romeo?'), 200)
        heard = await self.juliet.transcript.expect('message-received', via='page')
        self.assertEqual((heard['from'], heard['text']), (ROMEO, 'Art thou not Romeo?'))

    async def test_a_page_is_answered_as_told(self):
        self.juliet.behaviour.page = 480
        self.assertEqual(await self.romeo.page(JULIET, 'Juliet?'), 480)
        self.assertEqual(self.juliet.transcript.select('message-received'), [])

    async def test_a_page_left_alone_is_sent_again_until_it_times_out(self):
        self.juliet.behaviour.page = 'silent'
        self.romeo.stack.timers = Timers(t1=0.01, t2=0.08, t4=0.1)
        self.assertEqual(await self.romeo.page(JULIET, 'Juliet?'), 408)
        self.assertGreater(self.juliet.counters.get('sip', 'in', 'MESSAGE'), 3)

    async def test_a_held_page_is_answered_when_released(self):
        self.juliet.behaviour.page = 'hold'
        sending = asyncio.create_task(self.romeo.page(JULIET, 'Wait'))
        await self.juliet.transcript.expect('message-received', text='Wait')
        self.assertFalse(sending.done())
        self.assertEqual(self.juliet.release_pages(200), 1)
        self.assertEqual(await sending, 200)


class Chats(ChatCase):
    async def test_lines_go_both_ways_in_an_msrp_chat(self):
        mine, hers = await self.chat()
        self.assertEqual(await mine.say('Neither, fair saint'), 200)
        self.assertEqual(await hers.say('How camest thou hither'), 200)
        await self.juliet.transcript.expect('message-received', text='Neither, fair saint',
                                            via='msrp')
        await self.romeo.transcript.expect('message-received', text='How camest thou hither',
                                           via='msrp')

    async def test_a_long_line_travels_in_chunks_and_is_joined(self):
        mine, _ = await self.chat()
        long_line = 'moon ' * 2000
        self.assertEqual(await mine.say(long_line), 200)
        await self.juliet.transcript.expect('message-received', text=long_line)
        self.assertEqual(self.juliet.counters.get('msrp', 'in', 'SEND'), 1 + 5)

    async def test_a_success_report_comes_when_asked_for(self):
        mine, _ = await self.chat()
        await mine.say('Report!', success_report=True)
        await self.romeo.transcript.expect('report-received', status='000 200 OK')

    async def test_a_bye_ends_the_session_on_both_sides(self):
        mine, _ = await self.chat()
        self.assertEqual(await mine.bye(), 200)
        await self.romeo.transcript.expect('session-ended', reason='bye')
        await self.juliet.transcript.expect('session-ended', reason='peer-bye')

    async def test_the_answerer_may_be_the_active_side(self):
        self.juliet.behaviour.setup_answer = 'active'
        mine, hers = await self.chat()
        self.assertEqual(await mine.say('You called me'), 200)
        self.assertEqual(hers.local_sdp.setup, 'active')

    async def test_a_refused_invitation_tells_its_status(self):
        for status in (488, 486, 603):
            self.juliet.behaviour.on_invite = status
            with self.assertRaises(Refused) as refused:
                await self.romeo.invite(JULIET)
            self.assertEqual(refused.exception.status, status)

    async def test_ringing_goes_on_until_it_is_answered(self):
        self.juliet.behaviour = Behaviour(on_invite='ring-accept', ring_seconds=0.05)
        await self.chat()
        await self.romeo.transcript.expect('progress', status=180)

    async def test_an_invitation_that_rings_too_long_is_cancelled(self):
        self.juliet.behaviour.on_invite = 'ring'
        with self.assertRaises(Refused) as refused:
            await self.romeo.invite(JULIET, timeout=0.2)
        self.assertEqual(refused.exception.status, 487)
        await self.juliet.transcript.expect('invitation-cancelled', peer=ROMEO)

    async def test_a_cancelled_invitation_without_any_answer_is_given_up(self):
        self.juliet.behaviour.on_invite = 'ring'
        self.romeo.stack.timers = Timers(t1=0.01, t2=0.08, t4=0.1)
        inviting = asyncio.ensure_future(self.romeo.invite(JULIET, timeout=0.2))
        await self.romeo.transcript.expect('progress', status=180)
        await self.juliet.stop()
        with self.assertRaises(Refused) as refused:
            await inviting
        self.assertEqual(refused.exception.status, 408)

    async def test_an_invitation_without_any_answer_times_out(self):
        self.juliet.behaviour.on_invite = 'silent'
        self.romeo.stack.timers = Timers(t1=0.01, t2=0.08, t4=0.1)
        with self.assertRaises(Refused) as refused:
            await self.romeo.invite(JULIET)
        self.assertEqual(refused.exception.status, 408)

    async def test_msrp_failures_are_returned_to_the_sender(self):
        mine, hers = await self.chat()
        for status in (413, 403):
            hers.msrp.answer = status
            self.assertEqual(await mine.say('No?'), status)
        hers.msrp.answer = 'silent'
        self.assertEqual(await mine.say('Anybody?', timeout=0.1), 408)

    async def test_a_cut_connection_is_seen_and_ends_the_session(self):
        mine, hers = await self.chat()
        hers.msrp.answer = 'drop'
        self.romeo.behaviour.link_grace = 0.05
        self.assertEqual(await mine.say('Hello?'), 0)
        await self.romeo.transcript.expect('link-lost')
        await self.romeo.transcript.expect('session-ended')
        await self.juliet.transcript.expect('session-ended')

    async def test_a_reinvite_changes_nothing(self):
        mine, hers = await self.chat()
        self.assertEqual(await mine.reinvite(), 200)
        self.assertEqual(await hers.reinvite(), 200)
        self.assertEqual(await mine.say('Still here'), 200)

    async def test_tcp_carries_sip_as_well(self):
        host, port = self.juliet.stack.local
        self.assertEqual(await self.romeo.page(f'sip:juliet@{host}:{port};transport=tcp',
                                               'by stream'), 200)
        await self.juliet.transcript.expect('message-received', text='by stream')

    async def test_options_tell_what_is_understood(self):
        answer = await self.romeo.options(JULIET)
        self.assertEqual(answer.status, 200)
        self.assertIn('MESSAGE', answer.all('Allow'))


if __name__ == '__main__':
    unittest.main()
