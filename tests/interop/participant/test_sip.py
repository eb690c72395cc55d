# SPDX-License-Identifier: MIT
"""The SIP stack by itself: messages, streams, routes, and the timers of transactions."""

from __future__ import annotations

import unittest
from unittest import mock

from .dialog import Dialog
from .message import NameAddr, ParseError, SipMessage, SipUri, same_uri, split_commas
from .participant import Participant
from .sip import SipStack, Target
from .test_strict_sip import INVITE, MESSAGE, OK
from .transaction import ClientTransaction, ServerTransaction
from .transport import Framer, UdpFlow


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

    def test_uris_are_compared_as_section_19_1_4_says(self):
        for one, other in (('sip:%61lice@atlanta.com;transport=TCP',
                            'sip:alice@AtLanTa.CoM;Transport=tcp'),
                           ('sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5')):
            self.assertTrue(same_uri(one, other), (one, other))
        for one, other in (('sip:ALICE@atlanta.com', 'sip:alice@atlanta.com'),
                           ('sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'),
                           ('sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'),
                           ('sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=x'),
                           ('sip:room@rooms.test', 'sip:room@rooms.test;gr=juliet'),
                           ('sip:carol@chicago.com', 'sips:carol@chicago.com')):
            self.assertFalse(same_uri(one, other), (one, other))

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


class Alarms:
    """Stands for the clock: keeps what was set, and fires by hand."""

    def __init__(self):
        self.waiting: dict[str, tuple] = {}

    def set(self, name: str, delay: float, action, *args) -> None:
        self.waiting[name] = delay, action, args

    def stop(self, *names: str) -> None:
        for name in names or list(self.waiting):
            self.waiting.pop(name, None)

    def delay(self, name: str) -> float:
        return self.waiting[name][0]

    def fire(self, name: str) -> float:
        """Lets a timer run out; returns how long it was set."""
        delay, action, args = self.waiting.pop(name)
        action(*args)
        return delay


@mock.patch('participant.transaction._Alarms', Alarms)
class Timing(unittest.IsolatedAsyncioTestCase):
    """Section 17 with the default T1 = 0.5 s, T2 = 4 s, T4 = 5 s, and no waiting."""

    async def asyncSetUp(self) -> None:
        self.stack = SipStack()
        self.sent: list[str] = []
        self.stack.transmit = lambda octets, flow, kind: self.sent.append(kind)
        self.flow = UdpFlow(None, ('127.0.0.1', 5060), ('127.0.0.1', 5070))

    def client(self, raw: bytes) -> ClientTransaction:
        transaction = ClientTransaction(self.stack, SipMessage.parse(raw), self.flow)
        transaction.start()
        return transaction

    async def server(self, raw: bytes) -> ServerTransaction:
        return ServerTransaction(self.stack, SipMessage.parse(raw), self.flow)

    @staticmethod
    def fires(transaction, times: int) -> list[float]:
        return [transaction._alarms.fire('resend') for _ in range(times)]

    async def test_a_message_is_sent_again_at_t1_doubling_up_to_t2(self):
        client = self.client(MESSAGE)
        self.assertEqual(self.fires(client, 6), [0.5, 1, 2, 4, 4, 4])
        self.assertEqual(self.sent, ['MESSAGE'] * 7)

    async def test_a_message_without_answer_fails_after_64_t1(self):
        client = self.client(MESSAGE)
        self.assertEqual(client._alarms.fire('timeout'), 32)
        final = await client.final()
        self.assertEqual((final.status, final.local, client._alarms.waiting), (408, True, {}))

    async def test_after_a_provisional_response_it_is_sent_again_every_t2(self):
        client = self.client(MESSAGE)
        client.receive(client.request.response(100))
        self.assertEqual(self.fires(client, 3), [0.5, 4, 4])

    async def test_an_invite_is_sent_again_doubling_without_bound(self):
        client = self.client(INVITE)
        self.assertEqual(self.fires(client, 6), [0.5, 1, 2, 4, 8, 16])

    async def test_an_invite_waits_without_end_after_a_provisional_response(self):
        client = self.client(INVITE)
        client.receive(client.request.response(180, to_tag='x'))
        self.assertEqual(client._alarms.waiting, {})
        self.assertTrue(client.proceeding.is_set())

    async def test_a_failure_is_acknowledged_each_time_it_comes(self):
        client = self.client(INVITE)
        for _ in range(2):
            client.receive(client.request.response(486, to_tag='x'))
        self.assertEqual(self.sent, ['INVITE', 'ACK', 'ACK'])
        self.assertEqual(client._alarms.delay('end'), 32)

    async def test_nothing_is_sent_again_on_a_stream(self):
        self.flow.kind = 'tcp'
        self.assertNotIn('resend', self.client(MESSAGE)._alarms.waiting)

    async def test_a_2xx_to_an_invite_is_sent_until_its_ack(self):
        server = await self.server(INVITE)
        server.reply(200)
        self.assertEqual(self.fires(server, 5), [0.5, 1, 2, 4, 4])
        server.ack()
        self.assertNotIn('resend', server._alarms.waiting)
        self.assertTrue(await server.acked)

    async def test_a_2xx_without_ack_is_given_up_after_64_t1(self):
        server = await self.server(INVITE)
        server.reply(200)
        self.assertEqual(server._alarms.fire('timeout'), 32)
        self.assertFalse(await server.acked)

    async def test_a_repeated_request_gets_the_same_answer(self):
        server = await self.server(MESSAGE)
        server.receive_again()
        server.reply(200)
        server.receive_again()
        server.reply(486)
        self.assertEqual(self.sent, ['200 MESSAGE', '200 MESSAGE'])


class Streams(unittest.IsolatedAsyncioTestCase):
    async def test_an_unreachable_stream_fails_at_once(self):
        async with Participant('romeo', 'sip.test') as romeo:
            peer = SipStack()
            await peer.open('127.0.0.1')
            host, port = peer.local
            await peer.close()
            self.assertEqual(await romeo.page(f'sip:a@{host}:{port};transport=tcp', 'x'), 503)


if __name__ == '__main__':
    unittest.main()
