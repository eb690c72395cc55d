# SPDX-License-Identifier: MIT
"""The checker of captures: against files made here octet by octet, and against a real capture."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import signal
import struct
import tempfile
import unittest

from .participant import Participant
from .pcap import CaptureError, packets
from .stream_check import check_capture, main
from .test_chat import JULIET, ROMEO
from .test_strict_msrp import BIND, OK, SEND, TID
from .test_strict_sip import MESSAGE

SIP, MSRP = 5060, 2855
SYN, ACK, FIN, RST = 2, 16, 1, 4


class Recording:
    """Writes a capture file; `client` is the port of who connects."""

    def __init__(self, path: str, pcapng: bool = False):
        self.path, self.pcapng = path, pcapng
        self.frames: list[bytes] = []
        self.seq: dict[tuple[int, int], int] = {}

    def udp(self, source: int, target: int, payload: bytes) -> None:
        self._ip(17, struct.pack('>4H', source, target, 8 + len(payload), 0) + payload)

    def tcp(self, source: int, target: int, payload: bytes, flags: int = ACK,
            seq: int | None = None) -> None:
        way = source, target
        at = self.seq.setdefault(way, 2 ** 32 - 20) if seq is None else seq
        head = struct.pack('>2H2I4H', source, target, at, 0, 5 << 12 | flags, 0, 0, 0)
        self._ip(6, head + payload)
        if seq is None:
            self.seq[way] = (at + len(payload) + bool(flags & SYN)) % 2 ** 32

    def connect(self, client: int, server: int) -> None:
        self.tcp(client, server, b'', SYN)
        self.tcp(server, client, b'', SYN | ACK)

    def _ip(self, protocol: int, data: bytes) -> None:
        head = struct.pack('>2B3H2BH', 0x45, 0, 20 + len(data), 0, 0x4000, 64, protocol, 0)
        self.frames.append(b'\0' * 12 + b'\x08\0' + head + b'\x7f\0\0\1' * 2 + data)

    def save(self) -> str:
        with open(self.path, 'wb') as file:
            file.write(self._pcapng() if self.pcapng else self._pcap())
        return self.path

    def _pcap(self) -> bytes:
        head = struct.pack('<I2HiI2I', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
        return head + b''.join(struct.pack('<4I', 0, 0, len(f), len(f)) + f for f in self.frames)

    def _pcapng(self) -> bytes:
        def block(kind: int, body: bytes) -> bytes:
            body += b'\0' * (-len(body) % 4)
            size = struct.pack('<I', len(body) + 12)
            return struct.pack('<I', kind) + size + body + size
        blocks = [block(0x0a0d0d0a, struct.pack('<I2Hq', 0x1a2b3c4d, 1, 0, -1)),
                  block(1, struct.pack('<2HI', 1, 0, 65535))]
        blocks += [block(6, struct.pack('<5I', 0, 0, 0, len(f), len(f)) + f) for f in self.frames]
        return b''.join(blocks)


class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        self.path = os.path.join(directory, 'capture')
        self.recording = Recording(self.path)

    def check(self, **context):
        return check_capture(self.recording.save(), **({'sip_ports': [SIP], 'msrp_ports': [MSRP]}
                                                       | context))

    def chat(self, *frames: tuple[str, bytes]) -> None:
        self.recording.connect(40000, MSRP)
        for way, octets in frames:
            ports = (40000, MSRP) if way == 'a' else (MSRP, 40000)
            self.recording.tcp(*ports, octets)

    def test_frames_are_counted_by_kind_and_way(self):
        self.chat(('a', SEND), ('b', OK))
        self.recording.udp(SIP, 5070, MESSAGE)
        result = self.check()
        self.assertEqual(str(result), 'sip 1 msrp 2 malformed 0')
        self.assertEqual((result.sip, result.msrp), ({'MESSAGE': 1}, {'SEND': 1, '200': 1}))
        self.assertEqual(result.of_port('msrp', MSRP, 'in'), {'SEND': 1})

    def test_pcapng_is_read_as_well(self):
        self.recording.pcapng = True
        self.test_frames_are_counted_by_kind_and_way()

    def test_two_frames_in_one_segment_are_two(self):
        again = SEND.replace(TID.encode(), b'z' * 16).replace(b'12339', b'2')
        self.chat(('a', SEND + again))
        self.assertEqual(str(self.check()), 'sip 0 msrp 2 malformed 0')

    def test_one_frame_in_many_segments_is_one(self):
        self.chat(*(('a', SEND[i:i + 3]) for i in range(0, len(SEND), 3)))
        self.assertEqual(str(self.check()), 'sip 0 msrp 1 malformed 0')

    def test_segments_in_disorder_and_twice_are_put_in_order(self):
        self.recording.connect(40000, MSRP)
        start = self.recording.seq[40000, MSRP]
        for begin, end in ((20, 60), (20, 60), (0, 30), (60, len(SEND))):
            self.recording.tcp(40000, MSRP, SEND[begin:end], seq=(start + begin) % 2 ** 32)
        self.assertEqual(str(self.check()), 'sip 0 msrp 1 malformed 0')

    def test_a_broken_header_name_is_malformed(self):
        self.chat(('a', SEND.replace(b'Byte-Range', b'Byte_Range')))
        result = self.check()
        self.assertEqual(str(result), 'sip 0 msrp 1 malformed 1')
        self.assertEqual([f.rule for f in result.findings], ['msrp.header-unknown'])

    def test_rules_between_frames_count(self):
        self.chat(('a', BIND), ('b', OK), ('b', OK))
        result = self.check()
        self.assertEqual([f.rule for f in result.findings], ['msrp.response-tid'])

    def test_a_stream_that_ends_inside_a_frame_is_malformed(self):
        self.chat(('a', SEND[:-1]))
        result = self.check()
        self.assertEqual([f.rule for f in result.findings], ['stream.end'])
        self.assertEqual(str(result), 'sip 0 msrp 0 malformed 1')

    def test_a_reset_may_tear_a_frame(self):
        self.chat(('a', SEND), ('a', SEND[:-1]))
        self.recording.tcp(40000, MSRP, b'', RST)
        self.assertEqual(self.check().malformed, 0)

    def test_missing_octets_are_malformed(self):
        self.recording.connect(40000, MSRP)
        self.recording.tcp(40000, MSRP, SEND, seq=self.recording.seq[40000, MSRP] + 1)
        self.assertEqual([f.rule for f in self.check().findings], ['stream.end'])

    def test_what_is_no_frame_at_all_is_malformed(self):
        self.chat(('a', b'HELLO\r\n\r\n'))
        self.assertEqual([f.rule for f in self.check().findings], ['msrp.frame'])

    def test_sip_over_tcp_is_cut_by_its_length(self):
        self.recording.connect(40000, SIP)
        self.recording.tcp(40000, SIP, MESSAGE + MESSAGE[:100])
        self.recording.tcp(40000, SIP, MESSAGE[100:])
        self.assertEqual(str(self.check()), 'sip 2 msrp 0 malformed 0')

    def test_a_broken_sip_message_is_malformed(self):
        self.recording.udp(5070, SIP, MESSAGE.replace(b';tag=49583', b''))
        result = self.check()
        self.assertEqual([f.rule for f in result.findings], ['sip.from-tag'])
        self.assertEqual(self.check(waived=['sip.from-tag']).malformed, 0)

    def test_msrp_is_found_without_ports(self):
        self.chat(('a', SEND), ('b', OK))
        self.assertEqual(str(self.check(msrp_ports=[])), 'sip 0 msrp 2 malformed 0')

    def run_main(self, *options: str) -> tuple[int, str]:
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(io.StringIO()):
            status = main([self.recording.save(), *options])
        return status, out.getvalue()

    def test_the_exit_status_tells_good_from_broken_and_empty(self):
        self.assertEqual(self.run_main(), (1, 'sip 0 msrp 0 malformed 0\n'))
        self.chat(('a', SEND), ('b', OK))
        self.assertEqual(self.run_main('--msrp-port', '2855'), (0, 'sip 0 msrp 2 malformed 0\n'))
        self.assertEqual(self.run_main('--sip-port', '5060,5070')[0], 1)
        self.chat(('a', SEND))
        self.assertEqual(self.run_main('--msrp-port', '2855'), (1, 'sip 0 msrp 3 malformed 1\n'))

    def test_no_capture_is_no_capture(self):
        with open(self.path, 'wb') as file:
            file.write(b'something else')
        with self.assertRaises(CaptureError):
            list(packets(self.path))


@unittest.skipUnless(shutil.which('dumpcap') and os.geteuid() == 0, 'may not capture here')
class RealCapture(unittest.IsolatedAsyncioTestCase):
    async def test_the_capture_and_the_peers_count_the_same(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, 'lo.pcapng')
            async with Participant('romeo', 'sip.test') as romeo, \
                    Participant('juliet', 'sip.test') as juliet:
                ports = [*(u.stack.local[1] for u in (romeo, juliet)),
                         *(u.msrp.local[1] for u in (romeo, juliet))]
                dumpcap = await self.record(path, ports)
                await self.talk(romeo, juliet)
                await self.caught(path, ports[0], romeo)
                dumpcap.send_signal(signal.SIGINT)
                await dumpcap.wait()
                result = check_capture(path, ports[:2], ports[2:])
                sent = {protocol: sum(user.counters.get(protocol, 'out')
                                      for user in (romeo, juliet))
                        for protocol in ('sip', 'msrp')}
        self.assertEqual(result.findings, [])
        self.assertEqual({'sip': result.sip.total() - 1, 'msrp': result.msrp.total()}, sent)
        self.assertEqual(result.msrp['SEND'], romeo.counters.get('msrp', 'out', 'SEND')
                         + juliet.counters.get('msrp', 'out', 'SEND'))

    async def record(self, path: str, ports: list[int]) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            'dumpcap', '-q', '-i', 'lo', '-f', ' or '.join(f'port {p}' for p in ports),
            '-w', path, stderr=asyncio.subprocess.PIPE)
        while b'File:' not in await asyncio.wait_for(process.stderr.readline(), 60):
            pass
        return process

    async def talk(self, romeo: Participant, juliet: Participant) -> None:
        romeo.stack.hosts['sip.test'] = juliet.stack.local
        juliet.stack.hosts['sip.test'] = romeo.stack.local
        self.assertEqual(await romeo.page(JULIET, 'O'), 200)
        session = await (await romeo.invite(JULIET)).opened()
        await session.say('x' * 5000, success_report=True)
        await juliet.transcript.expect('session-opened')
        await juliet.session_with(ROMEO).say('back')
        await session.bye()
        await juliet.transcript.expect('session-ended')

    async def caught(self, path: str, port: int, romeo: Participant) -> None:
        """The kernel hands packets over in blocks: our last one must have reached the file."""
        mark = MESSAGE.replace(b'asd88asd77a', os.urandom(8).hex().encode())
        flow = await romeo.stack.transports.flow_to('udp', *romeo.stack.local)
        flow.send(mark)
        for _ in range(500):
            with open(path, 'rb') as file:
                if mark in file.read():
                    return
            await asyncio.sleep(0.02)
        self.fail('the capture does not catch up')


if __name__ == '__main__':
    unittest.main()
