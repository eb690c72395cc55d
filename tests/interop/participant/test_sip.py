# SPDX-License-Identifier: MIT
"""The SIP stack by itself: messages, streams, routes, and the timers of transactions."""

from __future__ import annotations

import time
import unittest

from .dialog import Dialog
from .message import NameAddr, ParseError, SipMessage, SipUri, split_commas
from .participant import Participant
from .session import Refused
from .sip import SipStack, Target
from .test_strict_sip import INVITE, MESSAGE, OK
from .transaction import Timers
from .transport import Framer


class Messages(unittest.TestCase):
    def test_a_printed_message_reads_as_itself(self):
        message = SipMessage.parse(INVITE)
        again = SipMessage.parse(message.encode())
        self.assertEqual((again.headers, again.body, again.method, again.uri),
                         (message.headers, message.body, 'INVITE', message.uri))

    def test_compact_names_and_folded_lines_are_read(self):
        message = SipMessage.parse(b'MESSAGE sip:a@b SIP/2.0\r\nf: <sip:a@b>;tag=1\r\ni: x\r\n'
                                   b'Subject: one\r\n two\r\nl: 3\r\n\r\nabcdef')
        self.assertEqual((message.call_id, message.from_.tag, message.get('Subject'),
                          message.body), ('x', '1', 'one two', b'abc'))

    def test_commas_in_quotes_and_brackets_do_not_separate(self):
        self.assertEqual(split_commas('"a, b" <sip:c,d@e>;x="y,z", <sip:f@g>'),
                         ['"a, b" <sip:c,d@e>;x="y,z"', '<sip:f@g>'])

    def test_addresses_are_read_in_both_forms(self):
        address = NameAddr.parse('"The \\"B\\"" <sip:b@c;p=1>;tag=2;x')
        self.assertEqual((address.display, address.uri, address.params),
                         ('The "B"', 'sip:b@c;p=1', {'tag': '2', 'x': None}))
        self.assertEqual(str(address), '"The \\"B\\"" <sip:b@c;p=1>;tag=2;x')
        bare = NameAddr.parse('sip:b@c;tag=2')
        self.assertEqual((bare.uri, bare.tag, bare.bracketed), ('sip:b@c', '2', False))

    def test_uris_are_taken_apart(self):
        uri = SipUri.parse('sip:a;b?c@[::1]:5070;transport=TCP;lr?h=v')
        self.assertEqual((uri.user, uri.host, uri.port, uri.params),
                         ('a;b?c', '::1', 5070, {'transport': 'TCP', 'lr': None}))

    def test_what_is_no_message_is_refused(self):
        for octets in (b'', b'hello\r\n\r\n', b'MESSAGE sip:a@b SIP/2.0\r\n',
                       b'MESSAGE sip:a@b SIP/2.0\r\nnothing\r\n\r\n'):
            with self.assertRaises(ParseError):
                SipMessage.parse(octets)

    def test_a_stream_is_cut_wherever_it_breaks(self):
        framer, found = Framer(), []
        for octet in b'\r\n\r\n' + MESSAGE + b'\r\n' + INVITE:
            found += framer.feed(bytes([octet]))
        self.assertEqual(found, [MESSAGE, INVITE])


class Routes(unittest.TestCase):
    def test_the_caller_turns_the_recorded_route_round(self):
        dialog = Dialog.from_uac(SipMessage.parse(INVITE), SipMessage.parse(OK))
        self.assertEqual(dialog.route_set, ['<sip:[::1]:5060;lr>', '<sip:127.0.0.1;lr>'])
        bye = dialog.request('BYE')
        self.assertEqual((bye.uri, bye.all('Route')), ('sip:balcony@rooms.test',
                                                       dialog.route_set))
        self.assertEqual(bye.cseq, (314160, 'BYE'))

    def test_the_called_keeps_the_recorded_order(self):
        request = SipMessage.parse(INVITE.replace(
            b'Max-F', b'Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>, <sip:p3;lr>\r\n'
            b'Max-F'))
        dialog = Dialog.from_uas(request, 'x', '<sip:romeo@127.0.0.1>')
        self.assertEqual(dialog.route_set, ['<sip:p1;lr>', '<sip:p2;lr>', '<sip:p3;lr>'])
        self.assertEqual(request.response(200, to_tag='x').all('Record-Route'), dialog.route_set)

    def target(self, request: SipMessage, outbound: str | None = None, **hosts) -> str:
        stack = SipStack()
        stack.outbound = Target.parse(outbound) if outbound else None
        stack.hosts = {host.replace('_', '.'): where for host, where in hosts.items()}
        return str(stack.target_of(request))

    def test_requests_go_where_the_route_says(self):
        request = SipMessage('BYE', 'sip:a@127.0.0.9:5090;transport=tcp',
                             headers=[('To', '<sip:a@b.test>;tag=1')])
        self.assertEqual(self.target(request, 'udp:127.0.0.1:5070'), 'tcp:127.0.0.9:5090')
        request.add('Route', '<sip:127.0.0.2:5062;lr>, <sip:127.0.0.3;lr>')
        self.assertEqual(self.target(request, 'udp:127.0.0.1:5070'), 'udp:127.0.0.2:5062')

    def test_requests_go_to_the_proxy_when_nothing_else_is_known(self):
        request = SipMessage('MESSAGE', 'sip:a@b.test', headers=[('To', '<sip:a@b.test>')])
        self.assertEqual(self.target(request, 'tcp:127.0.0.1:5070'), 'tcp:127.0.0.1:5070')
        self.assertEqual(self.target(request, b_test=('127.0.0.5', 5065)), 'udp:127.0.0.5:5065')


class Timing(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.times: list[float] = []
        self.user = Participant('romeo', 'sip.test', timers=Timers(t1=0.02, t2=0.08, t4=0.05))
        await self.user.start()
        self.addAsyncCleanup(self.user.stop)
        self.peer = SipStack()
        self.peer.transports.deliver = lambda raw, flow: self.times.append(time.monotonic())
        await self.peer.open('127.0.0.1')
        self.addAsyncCleanup(self.peer.close)
        self.user.stack.hosts['sip.test'] = self.peer.local

    def gaps(self) -> list[float]:
        return [later - sooner for sooner, later in zip(self.times, self.times[1:])]

    async def test_a_message_is_sent_again_at_t1_doubling_up_to_t2_until_64_t1(self):
        begun = time.monotonic()
        self.assertEqual(await self.user.page('sip:a@sip.test', 'x'), 408)
        self.assertGreaterEqual(time.monotonic() - begun, 64 * 0.02)
        for gap, least in zip(self.gaps(), (0.02, 0.04, 0.08, 0.08, 0.08)):
            self.assertGreaterEqual(gap, least * 0.95)

    async def test_an_invite_is_sent_again_with_doubling_gaps(self):
        with self.assertRaises(Refused):
            await self.user.invite('sip:a@sip.test')
        for gap, least in zip(self.gaps(), (0.02, 0.04, 0.08, 0.16, 0.32)):
            self.assertGreaterEqual(gap, least * 0.95)

    async def test_an_unreachable_stream_fails_at_once(self):
        host, port = self.peer.local
        await self.peer.close()
        self.assertEqual(await self.user.page(f'sip:a@{host}:{port};transport=tcp', 'x'), 503)


if __name__ == '__main__':
    unittest.main()
