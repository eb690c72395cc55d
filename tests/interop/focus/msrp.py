# SPDX-License-Identifier: MIT
"""MSRP frames: strict reading from a stream, writing, cutting into chunks and putting together again (RFC 4975)."""
import re

from .sip import token

START = re.compile(rb"^MSRP ([A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}) (?:([A-Z]+)|(\d{3})(?: ([^\r\n]*))?)$")
RANGE = re.compile(r"^(\d+)-(\d+|\*)/(\d+|\*)$")
HEADER = re.compile(r"^([A-Za-z][A-Za-z0-9!#$&.+%=^_`{|}~-]*): (.*)$")
INTERRUPTIBLE = 2048
KNOWN = ("SEND", "REPORT", "NICKNAME", "AUTH")


class MsrpError(ValueError):
    """The stream is not MSRP any more."""


class Frame:
    """One request (method) or response (status)."""

    def __init__(self, tid=None, method=None, status=None, comment=None, headers=(), body=None, flag="$"):
        self.tid, self.method, self.status, self.comment = tid or token(), method, status, comment
        self.headers, self.body, self.flag = list(headers), body, flag

    def get(self, name, otherwise=None):
        return next((value for known, value in self.headers if known.lower() == name.lower()), otherwise)

    def has(self, name):
        return self.get(name) is not None

    def build(self):
        first = f"MSRP {self.tid} {self.method}" if self.method else f"MSRP {self.tid} {self.status} {self.comment or 'OK'}"
        head = "\r\n".join([first, *(f"{name}: {value}" for name, value in self.headers), ""]).encode()
        body = b"" if self.body is None else b"\r\n" + self.body + b"\r\n"
        return head + body + f"-------{self.tid}{self.flag}\r\n".encode()

    @property
    def range(self):
        """(start, end, total) of Byte-Range, None for *; None when it is absent or malformed."""
        found = RANGE.match(self.get("Byte-Range") or "")
        return found and tuple(None if part == "*" else int(part) for part in found.groups())


class Reader:
    """Cuts a stream into frames; `feed` returns those that are complete, with their octets."""

    def __init__(self):
        self.buffer = b""

    def feed(self, data):
        self.buffer += data
        frames = []
        while found := self._next():
            frames.append(found)
        return frames

    def _next(self):
        line, end, _ = self.buffer.partition(b"\r\n")
        if not end:
            if len(self.buffer) > 200:
                raise MsrpError("a start line without end")
            return None
        start = START.match(line)
        if not start:
            raise MsrpError(f"not a start line: {line[:80]!r}")
        closing = re.compile(rb"\r\n-------" + re.escape(start[1]) + rb"([$+#])\r\n")
        found = closing.search(self.buffer, len(line))
        if not found:
            return None
        octets, inner = self.buffer[:found.end()], self.buffer[len(line) + 2:found.start() + 2]
        self.buffer = self.buffer[found.end():]
        head, blank, body = (b"\r\n" + inner).partition(b"\r\n\r\n")
        frame = Frame(start[1].decode(), (start[2] or b"").decode() or None, int(start[3]) if start[3] else None,
                      (start[4] or b"").decode("utf-8", "replace"), flag=found[1].decode())
        for text in filter(None, head.decode("utf-8", "surrogateescape").split("\r\n")):
            header = HEADER.match(text)
            if not header:
                raise MsrpError(f"not a header: {text!r}")
            frame.headers.append(header.groups())
        if blank:
            frame.body = body[:-2]
        return frame, octets


def check_frame(frame, octets, findings):
    """What must hold of any frame (RFC 4975 7.1, 7.3 and 9)."""
    names = [name for name, _ in frame.headers]
    check = findings.check
    check(names[:2] == ["To-Path", "From-Path"], "To-Path and From-Path come first", "RFC 4975 7.1", octets)
    check(len(set(names)) == len(names), "a header stands there twice", "RFC 4975 9", octets)
    if frame.body is not None:
        check(names[-1] == "Content-Type", "Content-Type is the last header of a request with a body", "RFC 4975 7.1", octets)
    else:
        check(not frame.has("Content-Type"), "Content-Type without a body", "RFC 4975 7.1", octets)
    if frame.status:
        check(frame.flag == "$" and frame.body is None, "a response has no body and the flag $", "RFC 4975 7.2", octets)
        return
    check(frame.method in KNOWN, f"unknown method {frame.method}", "RFC 4975 7.1", octets)
    {"SEND": _check_send, "REPORT": _check_report, "NICKNAME": _check_nickname}.get(frame.method, lambda *_: None)(
        frame, octets, check)


def _check_send(frame, octets, check):
    check(frame.has("Message-ID"), "SEND without Message-ID", "RFC 4975 7.1.1", octets)
    check(frame.get("Success-Report", "no") in ("yes", "no"), "Success-Report is yes or no", "RFC 4975 9", octets)
    check(frame.get("Failure-Report", "yes") in ("yes", "no", "partial"), "Failure-Report is yes, no or partial",
          "RFC 4975 9", octets)
    size = len(frame.body or b"")
    if frame.has("Byte-Range"):
        found = frame.range
        if not check(found, "Byte-Range is malformed", "RFC 4975 9", octets):
            return
        start, end, total = found
        check(start and start >= 1, "Byte-Range begins below 1", "RFC 4975 7.1.1", octets)
        check(end is None or frame.flag == "#" or end - start + 1 == size, "Byte-Range has another length than the body",
              "RFC 4975 7.1.1", octets)
        check(end is None or size <= INTERRUPTIBLE, "a chunk over 2048 octets is interruptible: its range ends in *",
              "RFC 4975 7.1.1", octets)
        check(total is None or start + size - 1 <= total, "more octets than the total", "RFC 4975 7.1.1", octets)
        check(frame.flag != "$" or total is None or start + size - 1 == total, "$ before the total is reached",
              "RFC 4975 7.1", octets)
    else:
        check(frame.flag == "$", "a chunk of several has a Byte-Range", "RFC 4975 7.1.1", octets)
        check(size <= INTERRUPTIBLE, "over 2048 octets and no Byte-Range", "RFC 4975 7.1.1", octets)


def _check_report(frame, octets, check):
    check(frame.has("Message-ID") and frame.has("Byte-Range") and frame.has("Status"),
          "REPORT has Message-ID, Byte-Range and Status", "RFC 4975 7.1.2", octets)
    check(re.match(r"^000 \d{3}( .*)?$", frame.get("Status", "")), "Status is 000 and a code", "RFC 4975 9", octets)
    check(not frame.has("Success-Report") and not frame.has("Failure-Report"), "no report about a report",
          "RFC 4975 7.1.2", octets)


def _check_nickname(frame, octets, check):
    check(frame.body is None and frame.flag == "$", "NICKNAME has no body", "RFC 7701 7.1", octets)
    check(not frame.has("Success-Report") and not frame.has("Failure-Report"), "NICKNAME with a report header",
          "RFC 7701 7.1", octets)
    check(frame.has("Use-Nickname"), "NICKNAME without Use-Nickname", "RFC 7701 7.1", octets)


NICK = re.compile(r'^"((?:[^"\\\x00-\x1f\x7f]|\\["\\])*)"$')


def read_nick(value):
    """What Use-Nickname says; None when it is not a quoted string of 1 to 1023 octets."""
    found = NICK.match(value or "")
    if not found or not 1 <= len(found[1].encode()) <= 1023:
        return None
    return re.sub(r"\\(.)", r"\1", found[1])


def chunks(body, size, total_known=True):
    """(range, flag, part) for each chunk of `size` octets."""
    total = str(len(body)) if total_known else "*"
    cuts = [body[n:n + size] for n in range(0, len(body), size)] or [b""]
    begin = 1
    for n, part in enumerate(cuts):
        end = begin + len(part) - 1
        shown = "*" if len(part) > INTERRUPTIBLE else end
        yield f"{begin}-{shown}/{total}", "$" if n == len(cuts) - 1 else "+", part
        begin = end + 1


class Assembly:
    """A message that comes in chunks: octets by place, complete when the last is there and no hole is left (7.3.1)."""

    def __init__(self):
        self.parts, self.total, self.type = {}, None, None

    def add(self, frame):
        """Takes a chunk; returns the whole message once it is complete."""
        start = frame.range[0] if frame.range else 1
        self.parts[start] = frame.body or b""
        self.type = self.type or frame.get("Content-Type")
        if frame.flag == "$":
            self.total = start + len(frame.body or b"") - 1
        whole, place = b"", 1
        while place in self.parts and self.parts[place]:
            whole += self.parts[place]
            place += len(self.parts[place])
        return whole if self.total is not None and len(whole) == self.total else None
