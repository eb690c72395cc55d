# SPDX-License-Identifier: MIT
"""Participants in a conference of the tiny focus: invited, admitted, heard, expelled."""

from __future__ import annotations

import unittest

from .participant import Participant
from .tiny_focus import TinyFocus
from .transaction import Timers

ROOM = 'sip:balcony@rooms.test'
ROMEO, JULIET, NURSE = ('sip:romeo@sip.test', 'sip:juliet@sip.test', 'sip:nurse@sip.test')


class Conference(unittest.IsolatedAsyncioTestCase):
    """One room, three users; nobody may break a rule."""

    async def asyncSetUp(self) -> None:
        timers = Timers(t1=0.05, t2=0.4, t4=0.5)
        self.focus = await TinyFocus('balcony', 'rooms.test', timers).__aenter__()
        self.addAsyncCleanup(self.focus.__aexit__)
        self.users = [Participant(name, 'sip.test', timers=timers)
                      for name in ('romeo', 'juliet', 'nurse')]
        self.romeo, self.juliet, self.nurse = self.users
        for user in self.users:
            await user.start()
            self.addAsyncCleanup(user.stop)
            user.stack.hosts['rooms.test'] = self.focus.stack.local

    async def asyncTearDown(self) -> None:
        for party in [*self.users, self.focus]:
            self.assertEqual(party.watch.violations, [])

    async def dial_out(self, *users: Participant) -> None:
        for user in users:
            self.assertEqual(await self.focus.invite(self.here(user)), 200)
            await user.transcript.expect('conference-joined', conference=ROOM)

    @staticmethod
    def here(user: Participant) -> str:
        return f'sip:{user.user}@127.0.0.1:{user.stack.local[1]}'

    async def test_an_invitation_by_a_focus_is_seen_as_one(self):
        await self.dial_out(self.romeo)
        seen = await self.romeo.transcript.expect('conference-invited')
        self.assertEqual((seen['conference'], seen['display']), (ROOM, 'The Balcony'))

    async def test_a_line_reaches_everybody_else(self):
        await self.dial_out(*self.users)
        self.assertEqual(await self.romeo.session_with(ROOM).say('Good morrow'), 200)
        for user in (self.juliet, self.nurse):
            heard = await user.transcript.expect('message-received', via='conference')
            self.assertEqual((heard['from'], heard['text']), (ROMEO, 'Good morrow'))
            self.assertNotIn('private', heard)

    async def test_a_private_line_reaches_one(self):
        await self.dial_out(*self.users)
        await self.romeo.session_with(ROOM).say_privately(self.here(self.juliet), 'At what hour')
        await self.romeo.session_with(ROOM).say('Good night')
        heard = await self.juliet.transcript.expect('message-received')
        self.assertEqual((heard['text'], heard['private']), ('At what hour', True))
        await self.nurse.transcript.expect('message-received', text='Good night')
        self.assertEqual(len(self.nurse.transcript.select('message-received')), 1)

    async def test_the_roster_follows_who_comes_and_goes(self):
        await self.dial_out(self.romeo)
        await self.romeo.transcript.expect('roster', document='full',
                                           users={self.here(self.romeo): self.here(self.romeo)})
        await self.dial_out(self.juliet)
        await self.romeo.transcript.expect('roster', document='partial',
                                           joined=[self.here(self.juliet)])
        await self.juliet.session_with(ROOM).bye()
        await self.romeo.transcript.expect('roster', left=[self.here(self.juliet)])

    async def test_the_roster_may_come_inside_the_dialog(self):
        self.romeo.behaviour.subscribe = 'inside'
        await self.dial_out(self.romeo)
        await self.romeo.transcript.expect('roster', document='full')
        self.assertEqual(self.romeo.subscriptions[0].call_id,
                         self.romeo.sessions[0].dialog.call_id)

    async def test_a_nickname_shows_in_the_roster(self):
        await self.dial_out(self.romeo, self.juliet)
        self.assertEqual(await self.juliet.session_with(ROOM).nickname('Jule'), 200)
        await self.romeo.transcript.expect(
            'roster', users=lambda users: 'Jule' in users.values())
        self.assertEqual(await self.romeo.session_with(ROOM).nickname('Jule'), 425)

    async def test_a_user_may_dial_in(self):
        session = await (await self.romeo.invite(ROOM)).opened()
        self.assertEqual(session.conference, ROOM)
        await self.romeo.transcript.expect('roster', document='full', subject='A balcony')

    async def test_an_expelled_user_sees_why(self):
        await self.dial_out(self.romeo)
        await self.focus.expel(self.here(self.romeo))
        ended = await self.romeo.transcript.expect('conference-ended', reason='peer-bye')
        self.assertIn('expelled', ended['text'])

    async def test_refusals_reach_the_focus(self):
        for status in (603, 488, 480):
            self.romeo.behaviour.on_conference = status
            self.assertEqual(await self.focus.invite(self.here(self.romeo)), status)

    async def test_media_may_be_left_out_of_the_answer(self):
        self.romeo.behaviour.on_conference = 'port-zero'
        self.assertEqual(await self.focus.invite(self.here(self.romeo)), 200)
        await self.romeo.transcript.expect('accepted')
        self.assertFalse(self.romeo.sessions[0].open.is_set())

    async def test_a_user_may_accept_and_never_bind(self):
        self.romeo.behaviour.on_conference = 'no-bind'
        self.assertEqual(await self.focus.invite(self.here(self.romeo)), 200)
        await self.romeo.transcript.expect('accepted')
        self.assertEqual(self.romeo.sessions[0].local_sdp.setup, 'active')
        self.assertEqual(self.focus.members[0].msrp.connection, None)

    async def test_unsubscribing_ends_the_subscription(self):
        await self.dial_out(self.romeo)
        await self.romeo.transcript.expect('roster')
        self.assertEqual(await self.romeo.subscriptions[0].stop(), 200)
        await self.romeo.transcript.expect('subscription-ended', reason='timeout')


if __name__ == '__main__':
    unittest.main()
