# SPDX-License-Identifier: MIT
"""Each strict SIP rule bites: good messages pass, and one change makes exactly that rule speak."""

from __future__ import annotations

import unittest

from .message import SipMessage
from .strict_dialog import Dialogs
from .strict_sip import check_sip


def octets(text: str) -> bytes:
    """A message written with bare line ends and its true Content-Length."""
    head, _, body = text.partition('\n\n')
    raw = body.replace('\n', '\r\n').encode()
    return f'{head}\nContent-Length: {len(raw)}\n\n'.replace('\n', '\r\n').encode() + raw


INVITE = octets('''INVITE sip:romeo@127.0.0.1:5060;transport=udp SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKnashds8;rport
Via: SIP/2.0/TCP proxy.xmpp.test;branch=z9hG4bKnashds9;received=::1
Max-Forwards: 70
From: "The \\"Balcony\\"" <sip:balcony@rooms.test;gr=x%20y>;tag=1928301774
To: Romeo Montague <sip:romeo@sip.test>
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 314159 INVITE
Contact: <sip:balcony@rooms.test>;isfocus
Allow: INVITE, ACK, CANCEL, BYE
Allow-Events: conference
Supported:
User-Agent: mucsip/0.1 (test)
Date: Sat, 13 Nov 2010 23:29:00 GMT
Content-Type: application/sdp

v=0
o=- 1 1 IN IP4 127.0.0.1
''')
OK = octets('''SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKnashds8;rport=5070;received=127.0.0.1
From: <sip:romeo@sip.test>;tag=1928301774
To: sip:bal%20cony@rooms.test;tag=a6c85cf
Call-ID: a84b4c76e66710
CSeq: 314159 INVITE
Contact: <sip:balcony@rooms.test>;isfocus;methods="INVITE,BYE"
Record-Route: <sip:127.0.0.1;lr>, <sip:[::1]:5060;lr>

''')
MESSAGE = octets('''MESSAGE sip:romeo@sip.test SIP/2.0
Via: SIP/2.0/TCP xmpp.test;branch=z9hG4bK776sgdkse
Max-Forwards: 70
From: <sip:juliet@xmpp.test>;tag=49583
To: <sip:romeo@sip.test>
Call-ID: asd88asd77a@1.2.3.4
CSeq: 1 MESSAGE
Content-Type: text/plain; charset=UTF-8

Wherefore?''')
NOTIFY = octets('''NOTIFY sip:romeo@127.0.0.1:5060 SIP/2.0
Via: SIP/2.0/UDP rooms.test;branch=z9hG4bK3343d1
Max-Forwards: 70
From: <sip:balcony@rooms.test>;tag=a3343df32
To: <sip:romeo@sip.test>;tag=43524545
Call-ID: k3l43id034ksereree
CSeq: 34321 NOTIFY
Contact: <sip:balcony@rooms.test>;isfocus
Event: conference
Subscription-State: active;expires=3600
''' + '\n')
SUBSCRIBED = octets('''SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKsub1
From: <sip:romeo@sip.test>;tag=43524545
To: <sip:balcony@rooms.test>;tag=a3343df32
Call-ID: k3l43id034ksereree
CSeq: 1 SUBSCRIBE
Contact: <sip:balcony@rooms.test>;isfocus
Expires: 3600
''' + '\n')

# rule, message, what is there, what is put there instead
BROKEN = [
    ('sip.end-of-headers', INVITE, b'\r\n\r\n', b'\r\n'),
    ('sip.crlf', INVITE, b'SIP/2.0\r\nVia', b'SIP/2.0\nVia'),
    ('sip.control', INVITE, b'mucsip/0.1', b'muc\x01sip'),
    ('sip.utf8', INVITE, b'Balcony', b'Balc\xf6ny'),
    ('sip.start-line', INVITE, b' SIP/2.0\r\nVia', b' SIP/2.1\r\nVia'),
    ('sip.start-line', INVITE, b'INVITE sip:romeo', b'INVITE  sip:romeo'),
    ('sip.start-line', OK, b'200 OK', b'700 OK'),
    ('sip.header-syntax', INVITE, b'Max-Forwards:', b'Max-Forwards'),
    ('sip.header-value', INVITE, b'Romeo Montague <', b'Romeo Montague<'),
    ('sip.header-value', INVITE, b'romeo@sip.test>', b'romeo@sip_.test>'),
    ('sip.header-value', INVITE, b'\\"Balcony\\"', b'"Balcony"'),
    ('sip.header-value', INVITE, b'13 Nov', b'13 nov'),
    ('sip.header-value', OK, b'Record-Route: <sip:127.0.0.1;lr>', b'Record-Route: sip:127.0.0.1'),
    ('sip.header-value', MESSAGE, b'charset=UTF-8', b'charset'),
    ('sip.header-repeated', INVITE, b'Max-Forwards: 70', b'Max-Forwards: 70\r\nMax-Forwards: 7'),
    ('sip.header-missing', INVITE, b'Max-Forwards: 70\r\n', b''),
    ('sip.cseq-method', INVITE, b'314159 INVITE', b'314159 BYE'),
    ('sip.cseq-number', INVITE, b'314159 INVITE', b'2147483648 INVITE'),
    ('sip.from-tag', INVITE, b';tag=1928301774', b''),
    ('sip.to-tag', OK, b';tag=a6c85cf', b''),
    ('sip.branch', INVITE, b'branch=z9hG4bKnashds8', b'branch=nashds8'),
    ('sip.max-forwards', INVITE, b'Forwards: 70', b'Forwards: 256'),
    ('sip.isfocus-in-uri', INVITE, b'rooms.test>;isfocus', b'rooms.test;isfocus>'),
    ('sip.isfocus-value', INVITE, b';isfocus', b';isfocus=1'),
    ('sip.isfocus-brackets', INVITE, b'<sip:balcony@rooms.test>;isfocus',
     b'sip:balcony@rooms.test;isfocus'),
    ('sip.isfocus-elsewhere', INVITE, b'tag=1928301774', b'tag=1928301774;isfocus'),
    ('sip.content-length', INVITE, b'Length: 3', b'Length: 4'),
    ('sip.content-type', INVITE, b'Content-Type: application/sdp\r\n', b''),
    ('sip.contact', INVITE, b'Contact: <sip:balcony@rooms.test>;isfocus\r\n', b''),
    ('sip.contact', NOTIFY, b'>;isfocus', b'>, <sip:other@rooms.test>'),
    ('sip.message-contact', MESSAGE, b'CSeq', b'Contact: <sip:a@b.test>\r\nCSeq'),
    ('sip.202', SUBSCRIBED, b'200 OK', b'202 Accepted'),
    ('sip.subscribe-expires', SUBSCRIBED, b'Expires: 3600\r\n', b''),
    ('sip.405-allow', OK, b'200 OK', b'405 Method Not Allowed'),
    ('sip.420-unsupported', OK, b'200 OK', b'420 Bad Extension'),
    ('sip.event', NOTIFY, b'Event: conference\r\n', b''),
    ('sip.subscription-state', NOTIFY, b'Subscription-State: active;expires=3600\r\n', b''),
    ('sip.subscription-expires', NOTIFY, b'active;expires=3600', b'active'),
    ('sip.method-case', MESSAGE.replace(b'1 MESSAGE', b'1 Message'), b'MESSAGE s', b'Message s'),
    ('sip.udp-size', INVITE, b'v=0', b'v=' + b'0' * 1300),
]


class OneMessage(unittest.TestCase):
    def test_good_messages_pass(self):
        for message in (INVITE, OK, MESSAGE, NOTIFY, SUBSCRIBED):
            self.assertEqual(check_sip(message), [])

    def test_compact_and_folded_header_fields_pass(self):
        compact = INVITE.replace(b'Via:', b'v :').replace(b'To: ', b't:\r\n ')
        self.assertEqual(check_sip(compact), [])

    def test_each_rule_bites(self):
        for rule, message, old, new in BROKEN:
            with self.subTest(rule=rule, new=new):
                self.assertEqual(message.count(old) > 0, True, 'the change must change something')
                found = [f.rule for f in check_sip(message.replace(old, new, 1))]
                self.assertIn(rule, found)

    def test_a_body_in_the_2xx_to_a_message_is_noticed(self):
        reply = MESSAGE.replace(b'MESSAGE sip:romeo@sip.test SIP/2.0', b'SIP/2.0 200 OK')
        reply = reply.replace(b'romeo@sip.test>', b'romeo@sip.test>;tag=1')
        self.assertEqual([f.rule for f in check_sip(reply)], ['sip.message-body'])

    def test_a_stream_needs_content_length(self):
        bare = MESSAGE.replace(b'Content-Length: 10\r\n', b'')
        self.assertEqual([f.rule for f in check_sip(bare, 'tcp')], ['sip.content-length'])


def parsed(raw: bytes) -> SipMessage:
    return SipMessage.parse(raw)


class Conversation(unittest.TestCase):
    """Rules between messages. `self.dialogs` is Romeo's memory."""

    def setUp(self):
        self.dialogs = Dialogs()
        self.dialogs.contact = 'sip:romeo@127.0.0.1:5060'
        self.number = 0

    def receive(self, raw: bytes, transport: str = 'udp') -> list[str]:
        return [rule for rule, _, _ in self.dialogs.request(parsed(raw), transport)]

    def invited(self) -> SipMessage:
        """Romeo got INVITE and answers 200 with the tag a6c85cf."""
        request = parsed(INVITE)
        self.assertEqual(self.receive(INVITE), [])
        self.dialogs.answered(request.response(200, to_tag='a6c85cf'))
        return request

    def bye(self, seq: int = 314160, change: tuple[bytes, bytes] = (b'', b'')) -> bytes:
        self.number += 1
        return octets(f'''BYE sip:romeo@127.0.0.1:5060 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKbye{self.number}
Max-Forwards: 70
From: <sip:balcony@rooms.test>;tag=1928301774
To: <sip:romeo@sip.test>;tag=a6c85cf
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: {seq} BYE

''').replace(*change)

    def test_a_dialog_in_order_is_fine(self):
        self.invited()
        self.assertEqual(self.receive(self.bye()), [])

    def test_numbers_grow_by_one(self):
        self.invited()
        self.assertEqual(self.receive(self.bye(314162)), ['sip.cseq-order'])

    def test_an_unknown_dialog_is_noticed(self):
        self.invited()
        self.assertEqual(self.receive(self.bye(change=(b'a6c85cf', b'zzz'))), ['sip.no-dialog'])
        self.assertEqual(self.receive(self.bye(314161, (b'1928301774', b'zzz'))),
                         ['sip.dialog-tag'])

    def test_requests_go_to_the_contact(self):
        self.invited()
        self.assertEqual(self.receive(self.bye(change=(b'BYE sip:romeo@127.0.0.1:5060',
                                                       b'BYE sip:romeo@sip.test'))),
                         ['sip.remote-target'])

    def test_retransmissions_are_the_same_octets_and_only_on_udp(self):
        self.invited()
        self.assertEqual(self.receive(INVITE), [])
        self.assertEqual(self.receive(INVITE, 'tcp'), ['sip.retransmission'])
        self.assertEqual(self.receive(INVITE.replace(b'70', b'69')), ['sip.retransmission'])

    def test_a_call_id_names_one_call(self):
        self.invited()
        again = INVITE.replace(b'nashds8', b'nashds10')
        self.assertIn('sip.call-id-reuse', self.receive(again))

    def test_one_invite_at_a_time(self):
        self.invited()
        again = INVITE.replace(b'nashds8', b'n10').replace(b'314159', b'314160').replace(
            b'romeo@sip.test>', b'romeo@sip.test>;tag=a6c85cf').replace(
            b'5060;transport=udp', b'5060')
        self.assertEqual(self.receive(again), ['sip.invite-pending'])

    def reinvite(self, *changes: tuple[bytes, bytes]) -> list[str]:
        """A second INVITE in the dialog of an acknowledged first one."""
        request = self.invited()
        self.dialogs.call(request.call_id).inviting = ''
        again = INVITE.replace(b'nashds8', b'n10').replace(b'314159', b'314160').replace(
            b'romeo@sip.test>', b'romeo@sip.test>;tag=a6c85cf').replace(
            b'5060;transport=udp', b'5060')
        for old, new in changes:
            again = again.replace(old, new)
        return self.receive(again)

    def test_a_focus_stays_a_focus(self):
        self.assertEqual(self.reinvite((b';isfocus', b'')), ['sip.isfocus-lost'])

    def test_a_focus_keeps_its_uri(self):
        self.assertEqual(self.reinvite((b'Contact: <sip:balcony', b'Contact: <sip:tomb')),
                         ['sip.focus-uri'])

    def test_an_unchanged_offer_has_an_unchanged_version(self):
        self.assertEqual(self.reinvite(), [])
        self.setUp()
        self.assertEqual(self.reinvite((b'v=0', b'v=1')), ['sdp.version'])

    def test_a_changed_offer_counts_one_up(self):
        self.assertEqual(self.reinvite((b'o=- 1 1', b'o=- 1 2')), [])
        self.setUp()
        self.assertEqual(self.reinvite((b'o=- 1 1', b'o=- 1 3')), ['sdp.version'])

    def test_the_origin_stays(self):
        self.assertEqual(self.reinvite((b'o=- 1 1', b'o=- 2 2')), ['sdp.origin'])

    def ack(self, status: int, branch: str, *changes: tuple[bytes, bytes]) -> list[str]:
        request = self.invited()
        raw = octets(f'''ACK sip:romeo@127.0.0.1:5060 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch={branch}
Max-Forwards: 70
From: <sip:balcony@rooms.test>;tag=1928301774
To: <sip:romeo@sip.test>;tag=a6c85cf
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 314159 ACK

''')
        for old, new in changes:
            raw = raw.replace(old, new)
        return [rule for rule, _, _ in self.dialogs.ack(parsed(raw), request, status)]

    def test_a_good_ack_passes(self):
        self.assertEqual(self.ack(200, 'z9hG4bKother'), [])
        self.setUp()
        self.assertEqual(self.ack(486, 'z9hG4bKnashds8',
                                  (b'127.0.0.1:5060 ', b'127.0.0.1:5060;transport=udp ')), [])

    def test_a_broken_ack_is_noticed(self):
        for rule, status, branch, old, new in (
                ('sip.ack-cseq', 200, 'z9hG4bKo', b'314159 ACK', b'314160 ACK'),
                ('sip.ack-from', 200, 'z9hG4bKo', b'1928301774', b'1'),
                ('sip.ack-to', 200, 'z9hG4bKo', b'a6c85cf', b'1'),
                ('sip.ack-branch', 200, 'z9hG4bKnashds8', b'', b''),
                ('sip.ack-branch', 486, 'z9hG4bKo', b'', b''),
                ('sip.remote-target', 200, 'z9hG4bKo', b'romeo@127.0.0.1', b'romeo@127.0.0.2'),
                ('sip.ack-uri', 486, 'z9hG4bKnashds8', b'romeo@127.0.0.1', b'romeo@127.0.0.2')):
            with self.subTest(rule=rule, status=status):
                self.setUp()
                self.assertIn(rule, self.ack(status, branch, (old, new) if old else (b'\0', b'')))

    def test_an_ack_without_invite_is_noticed(self):
        self.assertEqual([r for r, _, _ in self.dialogs.ack(parsed(INVITE), None, 0)],
                         ['sip.ack-unmatched'])

    def cancel(self, *changes: tuple[bytes, bytes], answered: bool = True) -> list[str]:
        raw = INVITE.replace(b'INVITE sip', b'CANCEL sip').replace(b'159 INVITE', b'159 CANCEL')
        for old, new in changes:
            raw = raw.replace(old, new)
        return [r for r, _, _ in self.dialogs.cancel(parsed(raw), parsed(INVITE), answered)]

    def test_a_good_cancel_passes(self):
        self.assertEqual(self.cancel(), [])

    def test_a_broken_cancel_is_noticed(self):
        self.assertEqual(self.cancel(answered=False), ['sip.cancel-early'])
        self.assertEqual(self.cancel((b'tag=1928301774', b'tag=2')), ['sip.cancel-fields'])
        self.assertEqual(self.cancel((b'Supported:', b'Require: x')), ['sip.cancel-require'])
        self.assertEqual([r for r, _, _ in self.dialogs.cancel(parsed(INVITE), None, True)],
                         ['sip.cancel-unmatched'])


class Answers(unittest.TestCase):
    """Rules between a request of Romeo's and what comes back."""

    SENT = INVITE.replace(
        b'Via: SIP/2.0/TCP proxy.xmpp.test;branch=z9hG4bKnashds9;received=::1\r\n', b'')

    def setUp(self):
        self.dialogs = Dialogs()
        self.sent = parsed(self.SENT)
        self.dialogs.sent(self.sent)

    def answer(self, status: int, *changes: tuple[bytes, bytes]) -> list[str]:
        raw = self.sent.response(status, to_tag='x').encode()
        for old, new in changes:
            self.assertIn(old, raw)
            raw = raw.replace(old, new)
        return [rule for rule, _, _ in self.dialogs.response(parsed(raw))]

    def test_a_good_answer_passes(self):
        self.assertEqual(self.answer(180), [])
        self.assertEqual(self.answer(200), [])
        self.assertEqual(self.answer(200), [])

    def test_each_rule_bites(self):
        for rule, old, new in (
                ('sip.response-unmatched', b'z9hG4bKnashds8', b'z9hG4bKother'),
                ('sip.response-from', b'tag=1928301774', b'tag=2'),
                ('sip.response-to', b'romeo@sip.test', b'romeo@other.test'),
                ('sip.response-echo', b'314159 INVITE', b'314160 INVITE'),
                ('sip.response-via', b'127.0.0.1:5070', b'127.0.0.1:5071'),
                ('sip.response-via', b'From:',
                 b'Via: SIP/2.0/UDP a.test;branch=z9hG4bKx\r\nFrom:')):
            with self.subTest(rule=rule):
                self.assertIn(rule, self.answer(486, (old, new)))

    def test_there_is_one_final_response_and_nothing_after_it(self):
        self.answer(486)
        self.assertEqual(self.answer(603), ['sip.second-final'])
        self.assertEqual(self.answer(180), ['sip.provisional-late'])

    def test_a_subscription_is_never_lengthened(self):
        subscribe = parsed(NOTIFY.replace(b'NOTIFY', b'SUBSCRIBE').replace(
            b'Subscription-State: active;expires=3600', b'Expires: 600'))
        self.dialogs.sent(subscribe)
        reply = subscribe.response(200)
        reply.add('Expires', 601)
        self.assertEqual([r for r, _, _ in self.dialogs.response(parsed(reply.encode()))],
                         ['sip.expires-longer'])


if __name__ == '__main__':
    unittest.main()
