# SPDX-License-Identifier: MIT
"""MSRP under TLS between two participants, and what they notice when it is none or a stranger's."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import unittest

from .participant import Participant
from .session import Refused
from .test_chat import JULIET, ROMEO
from .tls import TlsIdentity, fingerprint, fits
from .transaction import Timers

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import certificates  # noqa: E402 pylint: disable=wrong-import-position

# From the vectors of the specification.
DER = b'not a real certificate'
SHA256 = ('sha-256 89:EE:E6:B6:C7:54:15:08:D7:53:A4:3E:2A:AF:92:67:E8:1F:1C:8E:43:02:14:67:69:74:2C:93:'
          'D2:93:07:7C')


class Fingerprints(unittest.TestCase):
    def test_of_the_vector(self):
        self.assertEqual(fingerprint(DER), SHA256)
        self.assertTrue(fits(DER, ['md5 00', SHA256.lower()]))
        self.assertFalse(fits(DER + b'x', [SHA256]))
        self.assertFalse(fits(None, [SHA256]))


@unittest.skipUnless(shutil.which('openssl'), 'needs the openssl program')
class Tls(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.his = certificates.make(self.folder, 'romeo')
        self.hers = certificates.make(self.folder, 'juliet')

    async def meet(self, **hers):
        timers = Timers(t1=0.03, t2=0.1, t4=0.1)
        self.romeo = Participant('romeo', 'sip.test', timers=timers,
                                 tls=TlsIdentity(*self.his, trusts=self.hers[0]))
        wanted = hers.pop('tls', True)
        identity = TlsIdentity(*self.hers, trusts=self.his[0], **hers) if wanted else None
        self.juliet = Participant('juliet', 'sip.test', timers=timers, tls=identity)
        for user in (self.romeo, self.juliet):
            await user.start()
            self.addAsyncCleanup(user.stop)
        self.romeo.stack.hosts = {'sip.test': self.juliet.stack.local}
        self.juliet.stack.hosts = {'sip.test': self.romeo.stack.local}

    async def test_a_chat_under_tls_breaks_no_rule(self):
        await self.meet()
        mine = await (await self.romeo.invite(JULIET)).opened()
        self.assertTrue(mine.local_sdp.path.startswith('msrps:'))
        self.assertTrue(mine.msrp.connection.secure)
        await self.juliet.transcript.expect('session-opened')
        self.assertEqual(await self.juliet.session_with(ROMEO).say('hither'), 200)
        self.assertEqual(self.romeo.violations + self.juliet.violations, [])

    async def test_another_certificate_than_announced_is_noticed(self):
        await self.meet(announces=SHA256)
        await (await self.romeo.invite(JULIET)).opened()
        self.assertIn('msrp.certificate', {finding.rule for finding in self.romeo.violations})

    async def test_a_connection_without_tls_is_noticed(self):
        await self.meet()
        mine = await (await self.romeo.invite(JULIET)).opened()
        mine.msrp.connection.writer = (await asyncio.open_connection(*self.romeo.stack.local))[1]
        mine.msrp._attach(mine.msrp.connection)
        self.assertIn('msrp.not-tls', {finding.rule for finding in self.romeo.violations})

    async def test_who_has_none_refuses_an_offer_of_it(self):
        await self.meet(tls=False)
        with self.assertRaises(Refused) as caught:
            await self.romeo.invite(JULIET)
        self.assertEqual(caught.exception.status, 488)


if __name__ == '__main__':
    unittest.main()
