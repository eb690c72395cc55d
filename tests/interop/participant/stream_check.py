# SPDX-License-Identifier: MIT
"""python3 -m participant.stream_check capture.pcapng --sip-port 5060 --msrp-port 2855

Counts and checks every SIP message and every MSRP frame of a capture, octet by octet, with the
strict rules. Prints `sip N msrp N malformed N`; what is wrong goes to standard error. Exits with 1
when something is malformed, or nothing was seen of a protocol whose ports were given. Without any
MSRP port, streams that begin with `MSRP ` are taken for MSRP."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field

from .finding import Finding
from .message import ParseError, SipMessage
from .msrp import Cutter, Frame, FrameError
from .pcap import SYN, TCP, UDP, CaptureError, Packet, Stream, packets
from .strict_msrp import check_msrp
from .strict_sip import check_sip
from .strict_talk import Talk
from .transport import Framer


@dataclass
class Result:
    """Counts by kind as a participant's counters name them, and what was wrong."""
    sip: Counter = field(default_factory=Counter)
    msrp: Counter = field(default_factory=Counter)
    # By (source port, target port): the counts of one way.
    ways: dict[tuple[str, int, int], Counter] = field(default_factory=dict)
    malformed: int = 0
    findings: list[Finding] = field(default_factory=list)
    unanswered: list[Frame] = field(default_factory=list)

    def count(self, protocol: str, kind: str, source: int, target: int) -> None:
        (self.sip if protocol == 'sip' else self.msrp)[kind] += 1
        self.ways.setdefault((protocol, source, target), Counter())[kind] += 1

    def of_port(self, protocol: str, port: int, way: str) -> Counter:
        """What a port sent ('out') or was sent ('in')."""
        place = 1 if way == 'out' else 2
        return sum((counts for key, counts in self.ways.items()
                    if key[0] == protocol and key[place] == port), Counter())

    def add(self, findings: list[Finding]) -> None:
        self.malformed += bool(findings)
        self.findings += findings

    def __str__(self) -> str:
        return f'sip {self.sip.total()} msrp {self.msrp.total()} malformed {self.malformed}'


class _MsrpTalk:
    """One MSRP connection: two streams of frames."""

    def __init__(self, checker: Checker, opener: tuple | None):
        self.checker = checker
        self.cutters: dict[tuple, Cutter] = {}
        self.broken: set[tuple] = set()
        self._between: list[Finding] = []
        self.talk = Talk(lambda way, finding: self._between.append(finding),
                         repr(opener) if opener else None)

    def feed(self, data: bytes, source: tuple, target: tuple) -> None:
        if source in self.broken:
            return
        cutter = self.cutters.setdefault(source, Cutter())
        try:
            for raw in cutter.feed(data):
                self._frame(raw, source, target)
        except FrameError as error:
            self.broken.add(source)
            self.checker.result.add([Finding('msrp.frame', 'RFC 4975 9', str(error),
                                             error.octets)])

    def _frame(self, raw: bytes, source: tuple, target: tuple) -> None:
        result = self.checker.result
        result.count('msrp', Frame.parse(raw).kind, source[1], target[1])
        self._between = []
        self.talk.see(repr(source), repr(target), raw)
        findings = check_msrp(raw)
        for finding in findings:
            finding.octets = raw
        result.add(self.checker.wanted(findings + self._between))

    def finish(self, source: tuple) -> bytes:
        """What is left of a way; its unanswered requests are noted."""
        self.checker.result.unanswered += self.talk.unanswered(repr(source))
        cutter = self.cutters.get(source)
        return bytes(cutter.buffer) if cutter and source not in self.broken else b''


class _SipStream:
    """One way of SIP over TCP."""

    def __init__(self, checker: Checker):
        self.checker, self.framer = checker, Framer()

    def feed(self, data: bytes, source: tuple, target: tuple) -> None:
        try:
            for raw in self.framer.feed(data):
                self.checker.sip(raw, 'tcp', source, target)
        except ValueError:  # no message, however long one waits: judged as it is
            self.checker.sip(self.framer.buffer, 'tcp', source, target)
            self.framer = Framer()


class Checker:
    """Takes packets in order, and gives the result at the end."""

    def __init__(self, sip_ports: set[int], msrp_ports: set[int], waived: set[str]):
        self.sip_ports, self.msrp_ports, self.waived = sip_ports, msrp_ports, waived
        self.result = Result()
        self._streams: dict[tuple, Stream] = {}
        self._talks: dict[frozenset, _MsrpTalk] = {}
        self._sip: dict[tuple, _SipStream] = {}
        self._openers: dict[frozenset, tuple] = {}

    def wanted(self, findings: list[Finding]) -> list[Finding]:
        return [finding for finding in findings if finding.rule not in self.waived]

    def packet(self, packet: Packet) -> None:
        ports = {packet.source[1], packet.target[1]}
        if packet.protocol == UDP:
            if ports & self.sip_ports and packet.payload.strip(b'\r\n\0'):
                self.sip(packet.payload, 'udp', packet.source, packet.target)
        elif packet.protocol == TCP:
            self._segment(packet, ports)

    def _segment(self, packet: Packet, ports: set[int]) -> None:
        way, both = (packet.source, packet.target), frozenset((packet.source, packet.target))
        if packet.flags & SYN and both not in self._openers:
            self._openers[both] = packet.source
        data = self._streams.setdefault(way, Stream()).add(packet)
        if ports & self.sip_ports:
            self._sip.setdefault(way, _SipStream(self)).feed(data, *way)
        elif ports & self.msrp_ports or both in self._talks or (
                not self.msrp_ports and data.startswith(b'MSRP ')):
            if both not in self._talks:
                self._talks[both] = _MsrpTalk(self, self._openers.get(both))
            self._talks[both].feed(data, *way)

    def sip(self, raw: bytes, transport: str, source: tuple, target: tuple) -> None:
        try:
            kind = SipMessage.parse(raw).kind
        except ParseError:
            kind = 'malformed'
        self.result.count('sip', kind, source[1], target[1])
        findings = self.wanted(check_sip(raw, transport))
        for finding in findings:
            finding.octets = raw
        self.result.add(findings)

    def finish(self) -> Result:
        """Streams must end between messages, unless they were reset."""
        for way, stream in self._streams.items():
            rest = b''
            talk = self._talks.get(frozenset(way))
            if talk:
                rest = talk.finish(way[0])
            elif way in self._sip:
                rest = self._sip[way].framer.buffer
            checked = talk is not None or way in self._sip
            if checked and (stream.gap or (rest and not stream.reset)):
                what = 'octets are missing' if stream.gap else 'the stream ends inside a message'
                self.result.add([Finding('stream.end', 'RFC 3261 18.3, RFC 4975 9', what, rest)])
        return self.result


def check_capture(path: str, sip_ports=(), msrp_ports=(), waived=()) -> Result:
    """Counts and findings of one capture file."""
    checker = Checker(set(sip_ports), set(msrp_ports), set(waived))
    for packet in packets(path):
        checker.packet(packet)
    return checker.finish()


def _ports(text: str) -> list[int]:
    return [int(port) for port in text.split(',')]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='stream_check', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('capture')
    parser.add_argument('--sip-port', type=_ports, default=[], action='extend')
    parser.add_argument('--msrp-port', type=_ports, default=[], action='extend')
    parser.add_argument('--waive', default=[], action='append', help='leave this rule out')
    parser.add_argument('--kinds', action='store_true', help='also print the counts by kind')
    options = parser.parse_args(argv)
    try:
        result = check_capture(options.capture, options.sip_port, options.msrp_port, options.waive)
    except (OSError, CaptureError) as error:
        print(f'{options.capture}: {error}', file=sys.stderr)
        return 2
    for finding in result.findings:
        print(finding, file=sys.stderr)
    print(result)
    if options.kinds:
        for name, counts in (('sip', result.sip), ('msrp', result.msrp)):
            print(name, ', '.join(f'{kind}: {n}' for kind, n in sorted(counts.items())))
    nothing = not (result.sip or result.msrp)
    unseen = (options.sip_port and not result.sip) or (options.msrp_port and not result.msrp)
    return 1 if result.malformed or nothing or unseen else 0


if __name__ == '__main__':
    sys.exit(main())
