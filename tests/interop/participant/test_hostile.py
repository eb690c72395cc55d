# SPDX-License-Identifier: MIT
"""Whatever octets come, parsers and checks end with a result or a clear refusal. Fixed seed, fixed
count: a failure repeats."""

from __future__ import annotations

import asyncio
import random
import unittest

from .conference import ConferenceState, Document
from .cpim import Cpim
from .msrp import Cutter, Frame, FrameError
from .participant import Participant
from .sdp import Sdp
from .strict_body import check_conference, check_cpim
from .strict_msrp import check_msrp
from .strict_sdp import check_sdp
from .strict_sip import check_sip
from .test_strict_body import CPIM, DOCUMENT, SDP
from .test_strict_msrp import BIND, NICKNAME, OK, REPORT, SEND
from .test_strict_sip import INVITE, MESSAGE, NOTIFY, SUBSCRIBED
from .test_strict_sip import OK as ANSWER
from .transport import UdpFlow

ROUNDS = 150
PIECES = [b'\r\n', b';', b'<', b'>', b'"', b':', b' ', b'\0', b'\xff', b'-', b'$', b',', b'=']


def spoil(octets: bytes, chance: random.Random) -> bytes:
    """The octets with one to four small damages."""
    spoilt = bytearray(octets)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(spoilt) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            spoilt[place:place + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del spoilt[place:place + chance.randint(1, 20)]
        elif kind == 2:
            spoilt[place:place] = chance.choice(PIECES)
        else:
            start = chance.randrange(len(spoilt) + 1)
            spoilt[place:place] = spoilt[start:start + 30]
    return bytes(spoilt)


class Silent(UdpFlow):
    """A flow that sends nothing."""

    def __init__(self):
        super().__init__(None, ('127.0.0.1', 5060), ('127.0.0.1', 5070))

    def send(self, data: bytes) -> None:
        pass


class Hostile(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.chance = random.Random(7701)

    def spoilt(self, *samples: bytes):
        for _ in range(ROUNDS):
            for sample in samples:
                yield spoil(sample, self.chance)

    async def test_any_sip_message_is_survived(self):
        async with Participant('romeo', 'sip.test') as romeo:
            for raw in self.spoilt(INVITE, ANSWER, MESSAGE, NOTIFY, SUBSCRIBED):
                check_sip(raw, 'tcp')
                romeo.stack.transports.deliver(raw, Silent())
                await asyncio.sleep(0)
            self.assertGreater(len(romeo.violations), ROUNDS)

    def test_any_msrp_stream_is_survived(self):
        refused = 0
        for raw in self.spoilt(SEND, BIND, OK, REPORT, NICKNAME):
            check_msrp(raw)
            try:
                for octets in Cutter().feed(raw):
                    self.assertGreaterEqual(Frame.parse(octets).byte_range[0], 0)
            except FrameError:
                refused += 1
        self.assertGreater(refused, 0)

    def test_any_body_is_survived(self):
        for body in self.spoilt(SDP):
            check_sdp(body, answer=True)
            self.parse(Sdp.parse, body)
        for body in self.spoilt(CPIM):
            check_cpim(body, room=True)
            self.parse(Cpim.parse, body)
        for body in self.spoilt(DOCUMENT):
            check_conference(body)
            self.parse(lambda octets: ConferenceState().apply(Document(octets)), body)

    @staticmethod
    def parse(parser, body: bytes) -> None:
        try:
            parser(body)
        except (ValueError, IndexError):
            pass  # the refusals that callers handle


if __name__ == '__main__':
    unittest.main()
