# SPDX-License-Identifier: MIT
"""Strict MSRP between frames: what both sides say on one connection (RFC 4975 section 7).

`see(way, raw)` is fed with the frames of both ways in the order they were seen; findings are about
the way they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

from .finding import Finding
from .msrp import Frame

Found = Iterator[tuple[str, str, str]]
_FIXED = ('Success-Report', 'Failure-Report')


@dataclass
class _Message:
    """A message on its way in chunks."""
    first: Frame
    next: int
    total: int | None
    done: bool = False


class _Way:
    """What one side has said."""

    def __init__(self) -> None:
        self.tids: dict[str, Frame] = {}        # every request
        self.waiting: dict[str, Frame] = {}     # requests without a response yet
        self.messages: dict[str, _Message] = {}
        self.paths: dict[str, str] = {}         # own URI by the URI it talks to


class Talk:
    """The two ways of one connection."""

    def __init__(self, report: Callable[[str, Finding], None], opener: str | None = None):
        self._report, self._opener = report, opener
        self._ways: dict[str, _Way] = {}
        self._first = True

    def way(self, name: str) -> _Way:
        return self._ways.setdefault(name, _Way())

    def see(self, name: str, other: str, raw: bytes) -> None:
        """A frame went the way `name`; `other` is the way back."""
        frame = Frame.parse(raw)
        own, back = self.way(name), self.way(other)
        found = list(self._opening(name, frame))
        if frame.status:
            found += self._response(frame, back)
        else:
            found += self._request(frame, own, back)
        for rule, clause, detail in found:
            self._report(name, Finding(rule, clause, detail, raw))

    def _opening(self, name: str, frame: Frame) -> Found:
        first, self._first = self._first, False
        if first and self._opener is not None and (name != self._opener
                                                   or frame.method != 'SEND'):
            yield 'msrp.first-frame', 'RFC 4975 5.4', f'{frame.kind}, not a SEND by the active side'

    def _response(self, frame: Frame, back: _Way) -> Found:
        request = back.waiting.pop(frame.tid, None)
        if request is None:
            detail = 'answered twice' if frame.tid in back.tids else 'no such request'
            yield 'msrp.response-tid', 'RFC 4975 7.2', f'{frame.tid}: {detail}'
            return
        hops = request.from_path[:1] if request.method == 'SEND' else request.from_path
        if frame.to_path != hops:
            yield 'msrp.response-to-path', 'RFC 4975 7.2', f'{frame.to_path} is not {hops}'
        if frame.from_path != request.to_path[:1]:
            yield 'msrp.response-from-path', 'RFC 4975 7.2', f'{frame.from_path}'
        wish = (request.get('Failure-Report') or 'yes').lower()
        if request.method == 'REPORT':
            yield 'msrp.response-to-report', 'RFC 4975 7.1.2', frame.kind
        elif wish == 'no' or (wish == 'partial' and frame.status == 200):
            yield 'msrp.response-unwanted', 'RFC 4975 7.1.4', f'{frame.kind}, Failure-Report {wish}'

    def _request(self, frame: Frame, own: _Way, back: _Way) -> Found:
        if frame.tid in own.tids:
            yield 'msrp.tid-reuse', 'RFC 4975 7.1', frame.tid
        own.tids[frame.tid] = own.waiting[frame.tid] = frame
        peer, self_uri = ' '.join(frame.to_path), ' '.join(frame.from_path)
        if own.paths.setdefault(peer, self_uri) != self_uri:
            yield 'msrp.from-path', 'RFC 4975 7.1', f'{self_uri} was {own.paths[peer]}'
        if frame.method == 'SEND':
            yield from self._chunk(frame, own)
        elif frame.method == 'REPORT':
            yield from self._success_report(frame, back)

    def _chunk(self, frame: Frame, own: _Way) -> Found:
        ident = frame.get('Message-ID') or ''
        start, _, total = frame.byte_range
        end = start + len(frame.body or b'')
        message = own.messages.get(ident)
        if message is None:
            if start != 1:
                yield 'msrp.chunk-first', 'RFC 4975 7.1.1', f'{ident} begins at {start}'
            message = own.messages[ident] = _Message(frame, end, total)
        elif message.done:
            yield 'msrp.message-id-reuse', 'RFC 4975 7.1.1', ident
        else:
            yield from self._continued(frame, message, start, total)
            message.next = end
        message.done = message.done or frame.flag in '$#'

    @staticmethod
    def _continued(frame: Frame, message: _Message, start: int, total: int | None) -> Found:
        if start != message.next:
            yield 'msrp.chunk-order', 'RFC 4975 7.1.1', f'at {start}, expected {message.next}'
        if None not in (total, message.total) and total != message.total:
            yield 'msrp.chunk-total', 'RFC 4975 7.1.1', f'{total}, was {message.total}'
        for name in _FIXED:
            if frame.get(name) != message.first.get(name):
                yield 'msrp.chunk-reports', 'RFC 4975 7.1.1', name
        if frame.get('Content-Type') != message.first.get('Content-Type'):
            yield 'msrp.chunk-type', 'RFC 4975 11.4', f'{frame.get("Content-Type")}'

    @staticmethod
    def _success_report(frame: Frame, back: _Way) -> Found:
        message = back.messages.get(frame.get('Message-ID') or '')
        if message is None:
            yield 'msrp.report-unknown', 'RFC 4975 7.1.2', f'{frame.get("Message-ID")}'
            return
        success = (frame.get('Status') or '').startswith('000 200')
        if success and (message.first.get('Success-Report') or 'no').lower() != 'yes':
            yield 'msrp.report-unwanted', 'RFC 4975 7.1.3', 'no Success-Report was asked for'
        if not success and (message.first.get('Failure-Report') or 'yes').lower() == 'no':
            yield 'msrp.report-unwanted', 'RFC 4975 7.1.4', 'Failure-Report was no'
        if frame.to_path != message.first.from_path:
            yield 'msrp.report-path', 'RFC 4975 7.1.3', f'{frame.to_path}'
        start, end, total = frame.byte_range
        if frame.get('Byte-Range') and end is not None and (
                end < start - 1 or (total is not None and end > total)):
            yield 'msrp.report-range', 'RFC 4975 7.1.3', frame.get('Byte-Range')

    def unanswered(self, name: str) -> list[Frame]:
        """Requests of one way that must be answered and were not (section 7.2)."""
        return [f for f in self.way(name).waiting.values() if f.method != 'REPORT'
                and (f.get('Failure-Report') or 'yes').lower() == 'yes']
