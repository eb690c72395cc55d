# SPDX-License-Identifier: MIT
"""Each strict MSRP rule bites: good frames pass, and one change makes exactly that rule speak."""

from __future__ import annotations

import unittest

from .strict_msrp import check_msrp
from .strict_talk import Talk

A = 'msrp://127.0.0.1:7394/2s93i9ek2a2s93i9ek2a;tcp'
B = 'msrp://verona.test:2855/9di4eae923wzd9di4eae;tcp'
TID = 'd93kswowd93kswow'


def frame(text: str) -> bytes:
    """A frame written with bare line ends; A, B and TID stand for themselves."""
    for name, value in (('{A}', A), ('{B}', B), ('{TID}', TID)):
        text = text.replace(name, value)
    return text.replace('\n', '\r\n').encode()


SEND = frame('''MSRP {TID} SEND
To-Path: {B}
From-Path: {A}
Message-ID: 12339sdqwer
Byte-Range: 1-16/16
Success-Report: yes
Content-Disposition: render
Content-Type: text/plain;charset=UTF-8

Hi, I'm Alice!

-------{TID}$
''')
BIND = frame('''MSRP {TID} SEND
To-Path: {B}
From-Path: {A}
Message-ID: 12339sdqwer
-------{TID}$
''')
OK = frame('''MSRP {TID} 200 OK
To-Path: {A}
From-Path: {B}
-------{TID}$
''')
REPORT = frame('''MSRP dkei38sddkei38sd REPORT
To-Path: {A}
From-Path: {B}
Message-ID: 12339sdqwer
Byte-Range: 1-16/16
Status: 000 200 OK
-------dkei38sddkei38sd$
''')
NICKNAME = frame('''MSRP {TID} NICKNAME
To-Path: {B}
From-Path: {A}
Use-Nickname: "Alice \\\\ \\"the\\" gr\u00e9at"
-------{TID}$
''')

# rule, frame, what is there, what is put there instead
BROKEN = [
    ('msrp.start-line', SEND, b'SEND\r\n', b'SEND \r\n'),
    ('msrp.start-line', SEND, b'MSRP d', b'msrp d'),
    ('msrp.start-line', OK, b' 200 OK', b' 2000'),
    ('msrp.tid', SEND, TID.encode(), b'a_b_c_d_e_f_g_h_i'),
    ('msrp.tid', SEND, TID.encode(), b'abc'),
    ('msrp.tid-entropy', SEND, TID.encode(), b'd93kswow'),
    ('msrp.tid-entropy', SEND, TID.encode(), b'0123456789abcde'),
    ('msrp.method', SEND, b'SEND\r\n', b'SENDS\r\n'),
    ('msrp.status', OK, b'200 OK', b'299 OK'),
    ('msrp.end-line', SEND, b'wow$\r\n', b'wow!\r\n'),
    ('msrp.end-line', SEND, b'\r\n-------', b'\r\n------'),
    ('msrp.empty-line', OK, b'\r\n-------', b'\r\n\r\n-------'),
    ('msrp.crlf', SEND, b'yes\r\n', b'yes\n'),
    ('msrp.utf8', NICKNAME, 'gr\u00e9at'.encode(), b'gr\xe9at'),
    ('msrp.folding', SEND, b'Content-D', b' Content-D'),
    ('msrp.header-syntax', SEND, b'Success-Report: yes', b'Success-Report:yes'),
    ('msrp.header-syntax', SEND, b'Success-Report: yes', b'Success-Report yes'),
    ('msrp.header-unknown', SEND, b'Byte-Range', b'Byte_Range'),
    ('msrp.header-unknown', SEND, b'Success-Report', b'Sucess-Report'),
    ('msrp.header-value', SEND, b'Report: yes', b'Report:  yes'),
    ('msrp.header-value', SEND, b'Report: yes', b'Report: Yes!'),
    ('msrp.header-value', SEND, b'-16/16', b'-16'),
    ('msrp.header-value', SEND, b'text/plain;', b'text;'),
    ('msrp.header-value', SEND, b'2a;tcp', b'2a'),
    ('msrp.header-value', NICKNAME, b'"Alice', b'Alice'),
    ('msrp.header-order', SEND, b'To-Path', b'Message-ID: 1234\r\nTo-Path'),
    ('msrp.header-order', SEND, f'To-Path: {B}\r\nFrom-Path: {A}'.encode(),
     f'From-Path: {A}\r\nTo-Path: {B}'.encode()),
    ('msrp.header-repeated', SEND, b'Success-Report: yes', b'Byte-Range: 1-16/16'),
    ('msrp.content-type-last', SEND, b'charset=UTF-8', b'charset=UTF-8\r\nContent-ID: <a@b>'),
    ('msrp.mime-order', SEND, b'Success-Report: yes\r\nContent-Disposition: render',
     b'Content-Disposition: render\r\nSuccess-Report: yes'),
    ('msrp.mime-without-body', BIND, b'sdqwer\r\n', b'sdqwer\r\nContent-Type: text/plain\r\n'),
    ('msrp.content-type', SEND, b'Content-Type: text/plain;charset=UTF-8\r\n', b''),
    ('msrp.transfer-encoding', SEND, b'Content-Disposition: render',
     b'Content-Transfer-Encoding: binary'),
    ('msrp.uri-port', SEND, b'127.0.0.1:7394', b'127.0.0.1'),
    ('msrp.uri-transport', SEND, b'2a;tcp', b'2a;ws'),
    ('msrp.uri-session', SEND, b'/2s93i9ek2a2s93i9ek2a', b''),
    ('msrp.uri-entropy', SEND, b'2s93i9ek2a2s93i9ek2a', b'2s93i9ek2a'),
    ('msrp.interrupted', REPORT, b'sd$', b'sd+'),
    ('msrp.report-header', REPORT, b'Status', b'Failure-Report: no\r\nStatus'),
    ('msrp.header-missing', REPORT, b'Status: 000 200 OK\r\n', b''),
    ('msrp.header-missing', SEND, b'Message-ID: 12339sdqwer\r\n', b''),
    ('msrp.header-missing', NICKNAME, b'Use-Nickname', b'Content-X'),
    ('msrp.header-misplaced', SEND, b'Success-Report: yes', b'Status: 000 200'),
    ('msrp.header-misplaced', OK, b'\r\n-------', b'\r\nFailure-Report: no\r\n-------'),
    ('msrp.nickname-body', NICKNAME, b'\r\n-------', b'\r\nContent-Type: a/b\r\n\r\nx\r\n-------'),
    ('msrp.body-size', REPORT, b'\r\n-------',
     b'\r\nContent-Type: a/b\r\n\r\n' + b'x' * 10241 + b'\r\n-------'),
    ('msrp.range-missing', SEND.replace(b'wow$', b'wow+').replace(b'1-16/16', b'1-16/17'),
     b'Byte-Range: 1-16/17\r\n', b''),
    ('msrp.range-start', SEND, b'1-16/16', b'0-15/15'),
    ('msrp.range-start', BIND, b'sdqwer\r\n', b'sdqwer\r\nByte-Range: 0-0/0\r\n'),
    ('msrp.range-end', SEND, b'1-16/16', b'1-15/16'),
    ('msrp.range-total', SEND, b'1-16/16', b'1-16/15'),
    ('msrp.range-flag', SEND, b'1-16/16', b'1-16/17'),
    ('msrp.range-flag', SEND, b'wow$', b'wow+'),
    ('msrp.chunk-size', SEND, b'Hi, I', b'Hi' * 1100),
    ('msrp.response-flag', OK, b'wow$', b'wow+'),
    ('msrp.response-body', OK, b'\r\n-------', b'\r\nContent-Type: a/b\r\n\r\nx\r\n-------'),
]


class OneFrame(unittest.TestCase):
    def test_good_frames_pass(self):
        for good in (SEND, BIND, OK, REPORT, NICKNAME, BIND.replace(b'r\r\n', b'r\r\nByte-Range: '
                                                                    b'1-0/0\r\n', 1)):
            self.assertEqual([str(f) for f in check_msrp(good)], [])

    def test_an_empty_body_is_not_no_body(self):
        empty = SEND.replace(b"Hi, I'm Alice!\r\n", b'').replace(b'1-16/16', b'1-0/0')
        self.assertEqual(check_msrp(empty), [])

    def test_a_large_chunk_may_be_sent_when_it_may_be_interrupted(self):
        large = SEND.replace(b"Hi, I'm Alice!\r\n", b'x' * 5000).replace(b'1-16/16', b'1-*/5000')
        self.assertEqual(check_msrp(large), [])

    def test_each_rule_bites(self):
        for rule, good, old, new in BROKEN:
            with self.subTest(rule=rule, new=new[:40]):
                self.assertIn(old, good)
                self.assertIn(rule, [f.rule for f in check_msrp(good.replace(old, new))])

    def test_two_frames_are_not_one(self):
        self.assertEqual([f.rule for f in check_msrp(SEND + SEND)], ['msrp.end-line'])


class Between(unittest.TestCase):
    """Rules between frames: A opened the connection and speaks first."""

    def setUp(self):
        self.found: list[str] = []
        self.talk = Talk(lambda way, finding: self.found.append(f'{way} {finding.rule}'), 'a')

    def a(self, raw: bytes, *changes: tuple[bytes, bytes]) -> list[str]:
        return self._say('a', 'b', raw, changes)

    def b(self, raw: bytes, *changes: tuple[bytes, bytes]) -> list[str]:
        return self._say('b', 'a', raw, changes)

    def _say(self, way: str, other: str, raw: bytes, changes) -> list[str]:
        for old, new in changes:
            self.assertIn(old, raw)
            raw = raw.replace(old, new)
        self.found.clear()
        self.talk.see(way, other, raw)
        return list(self.found)

    def test_a_good_talk_passes(self):
        self.assertEqual(self.a(SEND) + self.b(OK) + self.b(REPORT), [])
        self.assertEqual(self.talk.unanswered('a'), [])

    def test_the_active_side_begins_with_a_send(self):
        self.assertEqual(self.b(SEND), ['b msrp.first-frame'])

    def test_a_response_has_the_tid_of_a_request(self):
        self.a(SEND)
        self.assertEqual(self.b(OK, (TID.encode(), b'other0other0')), ['b msrp.response-tid'])
        self.assertEqual(self.b(OK), [])
        self.assertEqual(self.b(OK), ['b msrp.response-tid'])

    def test_a_response_turns_the_paths_round(self):
        self.a(SEND)
        self.assertEqual(self.b(OK, (b'/2s93', b'/3s93')), ['b msrp.response-to-path'])
        self.setUp()
        self.a(SEND)
        self.assertEqual(self.b(OK, (b'/9di4', b'/8di4')), ['b msrp.response-from-path'])

    def test_responses_come_only_when_wanted(self):
        self.a(SEND, (b'Success-Report: yes', b'Failure-Report: no'))
        self.assertEqual(self.b(OK), ['b msrp.response-unwanted'])
        self.setUp()
        self.a(SEND, (b'Success-Report: yes', b'Failure-Report: partial'))
        self.assertEqual(self.b(OK), ['b msrp.response-unwanted'])

    def test_a_report_is_never_answered(self):
        self.a(SEND)
        self.b(REPORT)
        self.assertEqual(self.a(OK, (TID.encode(), b'dkei38sddkei38sd'), (A.encode(), b'@'),
                                (B.encode(), A.encode()), (b'@', B.encode())),
                         ['a msrp.response-to-report'])

    def test_a_tid_is_used_once(self):
        self.a(SEND)
        self.b(OK)
        self.assertEqual(self.a(SEND, (b'12339', b'2')), ['a msrp.tid-reuse'])

    def test_a_session_keeps_its_uri(self):
        self.a(SEND)
        self.assertEqual(self.a(SEND, (TID.encode(), b'x' * 16), (b'12339', b'2'),
                                (b'/2s93', b'/3s93')), ['a msrp.from-path'])

    def test_a_message_id_is_used_once(self):
        self.a(SEND)
        self.assertEqual(self.a(SEND, (TID.encode(), b'x' * 16)), ['a msrp.message-id-reuse'])

    def chunk(self, number: int, value: bytes, flag: bytes, *changes) -> list[str]:
        return self.a(SEND, (TID.encode(), b'chunkchunkchunk%d' % number), (b'1-16/16', value),
                      (b'$', flag), *changes)

    def test_chunks_in_order_pass(self):
        self.assertEqual(self.chunk(1, b'1-16/48', b'+') + self.chunk(2, b'17-32/48', b'+')
                         + self.chunk(3, b'33-48/48', b'$'), [])

    def test_each_chunk_rule_bites(self):
        self.assertEqual(self.chunk(1, b'17-32/48', b'+'), ['a msrp.chunk-first'])
        for rule, value, changes in (
                ('msrp.chunk-order', b'33-48/48', ()),
                ('msrp.chunk-total', b'17-32/64', ()),
                ('msrp.chunk-reports', b'17-32/48', ((b'Success-Report: yes\r\n', b''),)),
                ('msrp.chunk-type', b'17-32/48', ((b'text/plain', b'text/html'),))):
            with self.subTest(rule=rule):
                self.setUp()
                self.chunk(1, b'1-16/48', b'+')
                self.assertEqual(self.chunk(2, value, b'+', *changes), ['a ' + rule])

    def test_each_report_rule_bites(self):
        for rule, sent, report in (
                ('msrp.report-unknown', (), ((b'12339', b'2'),)),
                ('msrp.report-unwanted', ((b'Success-Report: yes\r\n', b''),), ()),
                ('msrp.report-unwanted', ((b'Success-Report: yes', b'Failure-Report: no'),),
                 ((b'000 200 OK', b'000 413'),)),
                ('msrp.report-path', (), ((b'/2s93', b'/3s93'),)),
                ('msrp.report-range', (), ((b'1-16/16', b'1-17/16'),))):
            with self.subTest(rule=rule, report=report):
                self.setUp()
                self.a(SEND, *sent)
                self.assertEqual(self.b(REPORT, *report), ['b ' + rule])

    def test_what_was_not_answered_is_known(self):
        self.a(SEND)
        self.assertEqual([f.tid for f in self.talk.unanswered('a')], [TID])


if __name__ == '__main__':
    unittest.main()
