# SPDX-License-Identifier: MIT
"""Each strict rule about bodies bites: SDP, message/cpim, conference-info."""

from __future__ import annotations

import unittest

from .strict_body import check_conference, check_cpim
from .strict_sdp import check_sdp

SDP = '''v=0
o=- 2890844526 2890844527 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=message 2855 TCP/MSRP *
a=accept-types:message/cpim
a=accept-wrapped-types:text/plain text/html *
a=path:msrp://127.0.0.1:2855/kjhd37s2s20w2akjhd37;tcp
a=setup:actpass
a=max-size:65536
a=chatroom:nickname private-messages com.example.chat.foo
'''.replace('\n', '\r\n').encode()

# rule, what is there, what is put there instead, context
BROKEN_SDP = [
    ('sdp.missing', SDP, b'', {}),
    ('sdp.crlf', b's=-\r\n', b's=-\n', {}),
    ('sdp.utf8', b's=-', b's=\xff', {}),
    ('sdp.line', b's=-', b's:-', {}),
    ('sdp.value', b's=-', b's=', {}),
    ('sdp.value', b'IN IP4 127.0.0.1\r\ns', b'IN IP4\r\ns', {}),
    ('sdp.order', b's=-\r\nc=IN IP4 127.0.0.1', b'c=IN IP4 127.0.0.1\r\ns=-', {}),
    ('sdp.order', b't=0 0', b'a=x\r\nt=0 0', {}),
    ('sdp.repeated', b's=-', b's=-\r\ns=-', {}),
    ('sdp.mandatory', b's=-\r\n', b'', {}),
    ('sdp.mandatory', b'c=IN IP4 127.0.0.1\r\n', b'', {}),
    ('sdp.msrp', b'm=message', b'm=audio', {}),
    ('sdp.protocol', b'TCP/MSRP', b'TLS/MSRP', {}),
    ('sdp.format', b'MSRP *', b'MSRP 0', {}),
    ('sdp.attribute', b'a=path:', b'a=pat:', {}),
    ('sdp.attribute', b'a=accept-types:message/cpim\r\n', b'', {}),
    ('sdp.types', b'text/html', b'html', {}),
    ('sdp.path', b'37;tcp', b'37', {}),
    ('sdp.path', b'37;tcp', b'37;tcp msrp://127.0.0.1:2855/kjhd37s2s20w2akjhd38;tcp', {}),
    ('sdp.path-port', b'message 2855', b'message 2856', {}),
    ('sdp.path-port', b'//127.0.0.1:2855', b'//verona.test', {}),
    ('sdp.path-host', b'//127.0.0.1', b'//127.0.0.2', {}),
    ('msrp.uri-entropy', b'kjhd37s2s20w2akjhd37', b'kjhd37', {}),
    ('sdp.setup', b'actpass', b'holdconn', {}),
    ('sdp.setup', b'actpass', b'passive', {}),
    ('sdp.setup', b'actpass', b'actpass', {'answer': True}),
    ('sdp.connection', b'a=setup', b'a=connection:new\r\na=setup', {}),
    ('sdp.max-size', b'65536', b'64k', {}),
    ('sdp.scheme', b'msrp:', b'msrps:', {}),
    ('sdp.scheme', b'TCP/MSRP', b'TCP/TLS/MSRP', {}),
    ('sdp.fingerprint', b'TCP/MSRP', b'TCP/TLS/MSRP', {}),
    ('sdp.fingerprint', b'a=setup', b'a=fingerprint:sha-256 0a:1B\r\na=setup', {}),
    ('sdp.fingerprint-hash', b'a=setup', b'a=fingerprint:md5 0A:1B\r\na=setup', {}),
    ('sdp.chatroom', b'private-messages', b'nickname', {}),
    ('sdp.chatroom', b'private-messages', b'(private)', {}),
    ('sdp.focus-types', b':message/cpim', b':message/cpim text/plain', {'focus': True}),
    ('sdp.media-lines', b'm=message', b'm=audio 0 RTP/AVP 0\r\nm=message', {'answer': True}),
]


class Descriptions(unittest.TestCase):
    def test_good_descriptions_pass(self):
        self.assertEqual(check_sdp(SDP, focus=True), [])
        self.assertEqual(check_sdp(SDP.replace(b'actpass', b'passive'), answer=True), [])
        self.assertEqual(check_sdp(SDP.replace(b'127.0.0.1', b'verona.test')), [])

    def test_a_rejected_line_needs_no_attributes(self):
        rejected = SDP[:SDP.index(b'a=')].replace(b'message 2855', b'message 0')
        self.assertEqual(check_sdp(rejected, answer=True), [])

    def test_each_rule_bites(self):
        for rule, old, new, context in BROKEN_SDP:
            with self.subTest(rule=rule, new=new):
                self.assertIn(old, SDP)
                found = [f.rule for f in check_sdp(SDP.replace(old, new), **context)]
                self.assertIn(rule, found)


CPIM = '''From: Juliet Capulet <sip:juliet@xmpp.test>
To: <sip:balcony@rooms.test>
DateTime: 2009-03-02T15:02:31-03:00
NS: MyFeatures <mid:MessageFeatures@id.foo.com>
Subject;lang=fr: Objet de m\\u0009essage \u00e9

Content-Type: text/plain; charset=utf-8
Content-ID: <1234567890@foo.com>

Hello
'''.replace('\n', '\r\n').encode()

BROKEN_CPIM = [
    ('cpim.parts', b'\r\n\r\nContent', b'\r\nContent'),
    ('cpim.parts', b'com>\r\n\r\nHello\r\n', b'com>\r\n'),
    ('cpim.crlf', b'03:00\r\n', b'03:00\n'),
    ('cpim.utf8', b'\xc3\xa9', b'\xe9'),
    ('cpim.header-syntax', b'To: <', b'To:<'),
    ('cpim.header-syntax', b'To: <', b'To <'),
    ('cpim.header-syntax', b'\r\nTo', b'\r\n To'),
    ('cpim.header-syntax', b'xmpp.test>', b'xmpp.test> '),
    ('cpim.header-case', b'From: ', b'from: '),
    ('cpim.header-case', b'DateTime', b'Datetime'),
    ('cpim.header-value', b'To: <', b'To:  <'),
    ('cpim.header-value', b'<sip:balcony@rooms.test>', b'sip:balcony@rooms.test'),
    ('cpim.header-value', b'Juliet Capulet <', b'Juliet (Capulet) <'),
    ('cpim.header-value', b'\\u0009', b'\\x'),
    ('cpim.date-time', b'-03:00', b''),
    ('cpim.date-time', b'2009-03-02T', b'2009-03-02 '),
    ('cpim.date-time', b'2009-03', b'2009-13'),
    ('cpim.header-repeated', b'NS: My', b'From: <sip:a@b.test>\r\nNS: My'),
    ('cpim.from', b'From: ', b'cc: '),
    ('cpim.to', b'To: ', b'cc: '),
    ('cpim.to', b'NS: My', b'To: <sip:a@b.test>\r\nNS: My'),
    ('cpim.content-header', b'Content-ID: ', b'Content ID '),
    ('cpim.content-type', b'text/plain;', b'text;'),
    ('cpim.content-type', b'Content-Type', b'Content-Kind'),
]


class Wrapped(unittest.TestCase):
    def test_good_messages_pass(self):
        self.assertEqual(check_cpim(CPIM, room=True), [])
        for name in (b'"Juliet \\"J.\\" Capulet"', b'"Juliet" ', b'', b'\xc3\xa9 '):
            self.assertEqual(check_cpim(CPIM.replace(b'Juliet Capulet ', name), room=True), [])

    def test_each_rule_bites(self):
        for rule, old, new in BROKEN_CPIM:
            with self.subTest(rule=rule, new=new):
                self.assertIn(old, CPIM)
                found = [f.rule for f in check_cpim(CPIM.replace(old, new), room=True)]
                self.assertIn(rule, found)


DOCUMENT = b'''<?xml version="1.0" encoding="UTF-8"?>
<conference-info xmlns="urn:ietf:params:xml:ns:conference-info"
  xmlns:xcon="urn:ietf:params:xml:ns:xcon-conference-info"
  entity="sip:balcony@rooms.test" state="partial" version="5">
 <conference-description><subject>Agenda</subject>
  <conf-uris><entry><uri>xmpp:balcony@rooms.test</uri><purpose>participation</purpose></entry>
  </conf-uris></conference-description>
 <conference-state><user-count>2</user-count><active>true</active></conference-state>
 <users state="partial">
  <user entity="sip:juliet@xmpp.test" state="full" xcon:nickname="J">
   <display-text>Juliet</display-text><roles><entry>participant</entry></roles>
   <endpoint entity="sip:juliet@xmpp.test" state="full"><status>connected</status>
    <joining-method>dialed-in</joining-method>
    <joining-info><when>2005-03-04T20:00:00Z</when></joining-info>
    <media id="1"><type>message</type><status>sendrecv</status></media></endpoint></user>
  <user entity="sip:romeo@sip.test" state="deleted"/>
 </users>
</conference-info>'''

BROKEN_DOCUMENTS = [
    ('conf.xml', b'</users>', b''),
    ('conf.root', b'ns:conference-info"', b'ns:conference"'),
    ('conf.entity', b' entity="sip:balcony@rooms.test"', b''),
    ('conf.version', b' version="5"', b''),
    ('conf.version', b'version="5"', b'version="4294967296"'),
    ('conf.full', b'state="partial" version', b'state="full" version'),
    ('conf.state', b'<users state="partial"', b'<users state="new"'),
    ('conf.state', b'<users state="partial"', b'<users state="full"'),
    ('conf.state', b'<roles>', b'<roles state="full">'),
    ('conf.deleted', b'state="full" xcon', b'state="deleted" xcon'),
    ('conf.key', b'user entity="sip:juliet@xmpp.test"', b'user'),
    ('conf.key', b'entity="sip:romeo@sip.test"', b'entity="sip:juliet@xmpp.test"'),
    ('conf.schema', b'<display-text>Juliet</display-text>', b'<name>Juliet</name>'),
    ('conf.schema', b'<joining-method>dialed-in</joining-method>', b''),
    ('conf.schema', b'<subject>Agenda</subject>', b'<subject>A</subject><subject>B</subject>'),
    ('conf.value', b'connected', b'online'),
    ('conf.value', b'dialed-in', b'invited'),
    ('conf.value', b'>2<', b'>two<'),
    ('conf.value', b'20:00:00Z', b'20:00'),
]


class Documents(unittest.TestCase):
    def test_a_good_document_passes(self):
        self.assertEqual([str(f) for f in check_conference(DOCUMENT)], [])

    def test_each_rule_bites(self):
        for rule, old, new in BROKEN_DOCUMENTS:
            with self.subTest(rule=rule, new=new):
                self.assertIn(old, DOCUMENT)
                document = DOCUMENT.replace(old, new)
                if rule == 'conf.full':
                    document = document.replace(b'conference-description', b'host-info')
                elif new == b'':
                    document = document.replace(b'</joining-info>', b'</joining-info>'
                                                b'<joining-method>dialed-in</joining-method>')
                self.assertIn(rule, [f.rule for f in check_conference(document)])


if __name__ == '__main__':
    unittest.main()
