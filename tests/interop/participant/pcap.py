# SPDX-License-Identifier: MIT
"""Captures: pcap and pcapng files as dumpcap writes them, and TCP streams put together again."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Iterator

ETHERNET, LOOPBACK, RAW, COOKED, COOKED2 = 1, 0, 101, 113, 276
UDP, TCP = 17, 6
FIN, SYN, RST = 1, 2, 4
LINK_HEADERS = {ETHERNET: 14, LOOPBACK: 4, RAW: 0, COOKED: 16, COOKED2: 20}


class CaptureError(ValueError):
    """The file is no capture, or one that cannot be read."""


@dataclass
class Packet:
    """One UDP datagram or TCP segment; source and target are (address, port)."""
    protocol: int
    source: tuple[bytes, int]
    target: tuple[bytes, int]
    payload: bytes
    seq: int = 0
    flags: int = 0


def packets(path: str) -> Iterator[Packet]:
    """All UDP and TCP packets of a file, in order."""
    with open(path, 'rb') as file:
        octets = file.read()
    read = _pcapng if octets[:4] == b'\n\r\r\n' else _pcap
    for link, frame in read(octets):
        packet = _network(link, frame)
        if packet:
            yield packet


def _pcap(octets: bytes) -> Iterator[tuple[int, bytes]]:
    order = {b'\xd4\xc3\xb2\xa1': '<', b'\xa1\xb2\xc3\xd4': '>', b'\x4d\x3c\xb2\xa1': '<',
             b'\xa1\xb2\x3c\x4d': '>'}.get(octets[:4])
    if order is None or len(octets) < 24:
        raise CaptureError('neither pcap nor pcapng')
    link = struct.unpack(order + 'I', octets[20:24])[0] & 0xffff
    place = 24
    while place + 16 <= len(octets):
        kept = struct.unpack(order + '4I', octets[place:place + 16])[2]
        yield link, octets[place + 16:place + 16 + kept]
        place += 16 + kept


def _pcapng(octets: bytes) -> Iterator[tuple[int, bytes]]:
    place, order, links = 0, '<', []
    while place + 12 <= len(octets):
        if octets[place:place + 4] == b'\n\r\r\n':  # a section begins: its byte order
            order = '<' if octets[place + 8:place + 12] == b'\x4d\x3c\x2b\x1a' else '>'
            links = []
        kind, size = struct.unpack(order + '2I', octets[place:place + 8])
        if size < 12:
            raise CaptureError(f'block of {size} octets at {place}')
        body = octets[place + 8:place + size - 4]
        if kind == 1:
            links.append(struct.unpack(order + 'H', body[:2])[0])
        elif kind == 6:
            interface, _, _, kept = struct.unpack(order + '4I', body[:16])
            yield links[interface], body[20:20 + kept]
        elif kind == 3:
            yield links[0], body[4:]
        place += size


def _network(link: int, frame: bytes) -> Packet | None:
    if link not in LINK_HEADERS:
        raise CaptureError(f'link type {link} is not known')
    packet = frame[LINK_HEADERS[link]:]
    version = packet[0] >> 4 if packet else 0
    if version == 4:
        size, total = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], 'big')
        fragment = int.from_bytes(packet[6:8], 'big')
        if fragment & 0x3fff:
            raise CaptureError('an IP fragment: capture on loopback, where there are none')
        end = total or len(packet)  # 0: segmentation left to the device
        return _transport(packet[9], packet[12:16], packet[16:20], packet[size:end])
    if version == 6:
        end = 40 + int.from_bytes(packet[4:6], 'big')
        return _transport(packet[6], packet[8:24], packet[24:40],
                          packet[40:end if end > 40 else len(packet)])
    return None


def _transport(protocol: int, source: bytes, target: bytes, data: bytes) -> Packet | None:
    if protocol == UDP and len(data) >= 8:
        ports = struct.unpack('>2H', data[:4])
        size = int.from_bytes(data[4:6], 'big') or len(data)
        return Packet(UDP, (source, ports[0]), (target, ports[1]), data[8:size])
    if protocol == TCP and len(data) >= 20:
        ports = struct.unpack('>2H', data[:4])
        start = (data[12] >> 4) * 4
        return Packet(TCP, (source, ports[0]), (target, ports[1]), data[start:],
                      int.from_bytes(data[4:8], 'big'), data[13])
    return None


class Stream:
    """One way of a TCP connection: segments in, octets in order out."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._early: dict[int, bytes] = {}
        self.reset = False

    @property
    def gap(self) -> bool:
        """Octets came after some that never did."""
        return bool(self._early)

    def add(self, packet: Packet) -> bytes:
        """The octets that this segment makes available."""
        self.reset = self.reset or bool(packet.flags & RST)
        if packet.flags & SYN:
            self._next, self._early = (packet.seq + 1) % 2 ** 32, {}
            return b''
        if not packet.payload:
            return b''
        if self._next is None:
            self._next = packet.seq
        self._early[packet.seq] = max(packet.payload, self._early.get(packet.seq, b''), key=len)
        ready = b''
        while piece := self._take():
            ready += piece
        return ready

    def _take(self) -> bytes:
        for seq, payload in list(self._early.items()):
            behind = (self._next - seq) % 2 ** 32
            if behind < 2 ** 31:  # begins at or before what is due
                del self._early[seq]
                if fresh := payload[behind:]:
                    self._next = (self._next + len(fresh)) % 2 ** 32
                    return fresh
        return b''
