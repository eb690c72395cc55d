# SPDX-License-Identifier: MIT
"""Every broken rule is a finding, and what keeps the rules is none."""
import unittest

from . import cpim, msrp, sdp
from .finding import Findings
from .sip import NameAddr, SipError, SipMessage, Uri, split_list
from .sip_rules import check_message

INVITE = ("INVITE sip:hall@conf.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKa1\r\nMax-Forwards: 70\r\n"
          "From: \"Juliet\" <sip:juliet@xmpp.test>;tag=1\r\nTo: <sip:hall@conf.test>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n"
          "Contact: <sip:juliet@127.0.0.1:5060;gr=balcony>\r\nContent-Length: 0\r\n\r\n")
SDP = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 7000 TCP/MSRP *\r\n"
       "a=accept-types:message/cpim\r\na=accept-wrapped-types:text/plain\r\na=path:msrp://127.0.0.1:7000/s1;tcp\r\n"
       "a=setup:actpass\r\na=chatroom:nickname private-messages\r\n")
SEND = ("MSRP t001 SEND\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\nMessage-ID: m1\r\nByte-Range: 1-3/3\r\n"
        "Content-Type: text/plain\r\n\r\nabc\r\n-------t001$\r\n")
LINE = ("From: \"Juliet\" <sip:juliet@xmpp.test>\r\nTo: <sip:hall@conf.test>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\r\n"
        "Content-Type: text/plain;charset=utf-8\r\n\r\nhallo")


def changed(text, *pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


class Rules(unittest.TestCase):
    def found(self, text, transport="udp"):
        findings = Findings()
        check_message(SipMessage.parse(text.encode()), text.encode(), transport, findings)
        return findings.all

    def noticed(self, words, *pairs, transport="udp"):
        found = self.found(changed(INVITE, *pairs), transport)
        self.assertTrue(any(words in finding for finding in found), found)

    def test_a_good_request_is_good(self):
        self.assertEqual(self.found(INVITE), [])

    def test_what_is_wrong_with_a_request_is_noticed(self):
        for words, *pair in [
                ("Call-ID is missing", "Call-ID: c1\r\n", ""), ("Max-Forwards", "Max-Forwards: 70\r\n", ""),
                ("another method", "1 INVITE", "1 BYE"), ("no number", "CSeq: 1", "CSeq: 4294967296"),
                ("magic cookie", "z9hG4bKa1", "a1"), ("From has no tag", ";tag=1", ""), ("Via says TCP", "2.0/UDP", "2.0/TCP"),
                ("exactly one Contact", "Contact: <sip:juliet@127.0.0.1:5060;gr=balcony>\r\n", ""),
                ("Content-Length is wrong", "Content-Length: 0", "Content-Length: 5"),
                ("stands there twice", "Call-ID: c1\r\n", "Call-ID: c1\r\ni: c2\r\n"),
                ("a body and Content-Type", "Content-Length: 0\r\n\r\n", "Content-Length: 3\r\n\r\nabc"),
                ("gr stands outside", ";gr=balcony>", ">;gr=balcony"),
                ("not a SIP URI", "<sip:juliet@xmpp.test>", "<xmpp:juliet@xmpp.test>"),
                ("Request-URI", "INVITE sip:hall@conf.test SIP", "INVITE sip:hall@conf.test;method=BYE SIP")]:
            with self.subTest(words):
                self.noticed(words, pair)

    def test_a_stream_needs_a_length(self):
        self.noticed("missing on a stream", ("Content-Length: 0\r\n", ""), ("2.0/UDP", "2.0/TCP"), transport="tcp")

    def test_refer_subscribe_and_notify_need_their_headers(self):
        for method, words in [("REFER", "Refer-To"), ("SUBSCRIBE", "no Event"), ("NOTIFY", "no Subscription-State")]:
            self.noticed(words, ("INVITE", method))

    def test_uris_compare_as_they_should(self):
        self.assertEqual(Uri("sip:a%62@Conf.Test"), Uri("sip:ab@conf.test"))
        self.assertNotEqual(Uri("sip:a@conf.test"), Uri("sip:A@conf.test"))
        self.assertNotEqual(Uri("sip:a@conf.test;gr=x"), Uri("sip:a@conf.test;gr=y"))
        self.assertNotEqual(Uri("sip:a@conf.test"), Uri("sip:a@conf.test:5060"))

    def test_addresses_are_read(self):
        address = NameAddr('"A \\"B\\", C" <sip:a@b;gr=x>;tag=7;q="1,2"')
        self.assertEqual((address.name, address.uri.params["gr"], address.params["tag"]), ('A "B", C', "x", "7"))
        self.assertEqual(split_list('"a,b" <sip:a@b,c>;x=1, <sip:c@d>'), ['"a,b" <sip:a@b,c>;x=1', "<sip:c@d>"])
        with self.assertRaises(SipError):
            NameAddr("<sip:a@b")

    def sdp_found(self, *pairs):
        findings = Findings()
        sdp.check_offer(changed(SDP, *pairs).encode(), findings)
        return findings.all

    def test_a_good_offer_is_good(self):
        self.assertEqual(self.sdp_found(), [])

    def test_what_is_wrong_with_an_offer_is_noticed(self):
        for words, *pair in [
                ("accept-types is missing", "a=accept-types:message/cpim\r\n", ""), ("exactly one path", "a=path", "a=xpath"),
                ("not that of the path", "message 7000", "message 7001"), ("the format", "TCP/MSRP *", "TCP/MSRP 0"),
                ("not an MSRP URI", ";tcp", ""), ("message/cpim", "types:message/cpim", "types:text/plain"),
                ("no wrapped types", "a=accept-wrapped-types:text/plain\r\n", ""), ("unknown setup", "actpass", "both"),
                ("twice", "nickname private", "nickname nickname private"), ("order", "s=-\r\nc=IN IP4 127.0.0.1\r\n",
                                                                            "c=IN IP4 127.0.0.1\r\ns=-\r\n"),
                ("host of the path", "c=IN IP4 127.0.0.1", "c=IN IP4 127.0.0.2"), ("no place", "a=setup", "a=connection:new\r\na=setup")]:
            with self.subTest(words):
                self.assertTrue(any(words in finding for finding in self.sdp_found(pair)), self.sdp_found(pair))

    def frame_found(self, *pairs):
        findings = Findings()
        (frame, octets), = msrp.Reader().feed(changed(SEND, *pairs).encode())
        msrp.check_frame(frame, octets, findings)
        return findings.all

    def test_a_good_frame_is_good(self):
        self.assertEqual(self.frame_found(), [])

    def test_what_is_wrong_with_a_frame_is_noticed(self):
        long = "x" * 2049
        for words, *pairs in [
                ("come first", ("To-Path", "X-Path")), ("another length", ("1-3/3", "1-4/4")), ("below 1", ("1-3", "0-2")),
                ("malformed", ("1-3/3", "1-3")), ("before the total", ("1-3/3", "1-3/9")), ("more octets", ("1-3/3", "1-3/2")),
                ("without Message-ID", ("Message-ID: m1\r\n", "")), ("last header", ("Message-ID: m1\r\n", ""),
                                                                    ("text/plain", "text/plain\r\nMessage-ID: m1")),
                ("interruptible", ("abc", long), ("1-3/3", f"1-{len(long)}/{len(long)}")),
                ("no Byte-Range", ("abc", long), ("Byte-Range: 1-3/3\r\n", "")), ("several", ("Byte-Range: 1-3/3\r\n", ""), ("001$", "001+")),
                ("Content-Type without a body", ("\r\n\r\nabc", "")), ("unknown method", ("SEND", "HAND")),
                ("twice", ("Message-ID: m1\r\n", "Message-ID: m1\r\nMessage-ID: m2\r\n"))]:
            with self.subTest(words):
                self.assertTrue(any(words in finding for finding in self.frame_found(*pairs)), self.frame_found(*pairs))

    def test_reports_and_nicknames_have_their_rules(self):
        for words, method, headers, body in [
                ("Status is", "REPORT", "Message-ID: m\r\nByte-Range: 1-1/1\r\nStatus: 200 OK\r\n", ""),
                ("has Message-ID", "REPORT", "Status: 000 200\r\n", ""),
                ("about a report", "REPORT", "Message-ID: m\r\nByte-Range: 1-1/1\r\nStatus: 000 200\r\nFailure-Report: no\r\n", ""),
                ("without Use-Nickname", "NICKNAME", "", ""), ("no body", "NICKNAME", "Content-Type: text/plain\r\n", "\r\nx\r\n"),
                ("with a report header", "NICKNAME", "Use-Nickname: \"a\"\r\nSuccess-Report: no\r\n", "")]:
            text = f"MSRP t001 {method}\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\n{headers}{body}-------t001$\r\n"
            findings = Findings()
            (frame, octets), = msrp.Reader().feed(text.encode())
            msrp.check_frame(frame, octets, findings)
            self.assertTrue(any(words in finding for finding in findings.all), (words, findings.all))

    def test_frames_are_found_however_the_stream_is_cut(self):
        whole = (SEND + changed(SEND, ("abc", "x\r\n-------t002$\r\ny"), ("1-3/3", "1-17/17"))).encode()
        for cut in range(1, 40):
            reader = msrp.Reader()
            frames = [frame for n in range(0, len(whole), cut) for frame, _ in reader.feed(whole[n:n + cut])]
            self.assertEqual([frame.body for frame in frames], [b"abc", b"x\r\n-------t002$\r\ny"])

    def test_what_is_no_msrp_ends_the_reading(self):
        for text in ("GET / HTTP/1.1\r\n", "MSRP t SEND\r\n", changed(SEND, ("Message-ID: m1", "Message-ID m1"))):
            with self.assertRaises(msrp.MsrpError):
                msrp.Reader().feed(text.encode())

    def test_chunks_are_put_together_in_any_order(self):
        parts = list(msrp.chunks(b"abcdefg", 3))
        self.assertEqual([part[:2] for part in parts], [("1-3/7", "+"), ("4-6/7", "+"), ("7-7/7", "$")])
        assembly, done = msrp.Assembly(), []
        for shown, flag, body in (parts[2], parts[0], parts[1]):
            done.append(assembly.add(msrp.Frame(method="SEND", headers=[("Byte-Range", shown)], body=body, flag=flag)))
        self.assertEqual(done, [None, None, b"abcdefg"])

    def test_nicks_are_quoted_strings(self):
        self.assertEqual(msrp.read_nick('"a \\"b\\" \\\\"'), 'a "b" \\')
        for wrong in (None, "", "Juliet", '""', '"a"b"', '"' + "x" * 1024 + '"', '"a\tb"', '"\\a"'):
            self.assertIsNone(msrp.read_nick(wrong), wrong)
        self.assertEqual(msrp.read_nick('"' + "x" * 1023 + '"'), "x" * 1023)

    def cpim_found(self, *pairs):
        findings = Findings()
        cpim.Cpim(changed(LINE, *pairs).encode()).check(findings)
        return findings.all

    def test_a_good_line_is_good(self):
        self.assertEqual(self.cpim_found(), [])
        self.assertEqual(cpim.Cpim(LINE.encode()).name(), "Juliet")

    def test_what_is_wrong_with_a_line_is_noticed(self):
        for words, *pair in [("exactly one From", "From", "Fram"), ("without To", "To:", "Ta:"), ("not an address", "<sip:hall@conf.test>", "sip:hall@conf.test"),
                             ("RFC 3339", "2026-01-01T00:00:00Z", "2026-01-01"), ("no Content-Type", "Content-Type", "Content-Tope"),
                             ("without charset", "hallo", "hällo"), ("not an address", "<sip:hall@conf.test>", "<sip:hall@conf.test>;gr=x")]:
            pairs = [pair] + ([[";charset=utf-8", ""]] if words == "without charset" else [])
            with self.subTest(words):
                self.assertTrue(any(words in finding for finding in self.cpim_found(*pairs)), self.cpim_found(*pairs))
        for pair in [("\r\n\r\nContent", "\r\nContent"), ("From: ", "From:"), ("\r\nTo", "\nTo")]:
            with self.assertRaises(cpim.CpimError):
                cpim.Cpim(changed(LINE, pair).encode())

    def test_an_excused_finding_is_not_left(self):
        findings = Findings()
        findings.check(False, "one thing", "here")
        findings.check(False, "another thing", "there")
        findings.excuse("one")
        self.assertEqual(findings.left(), ["another thing [there]"])
