# SPDX-License-Identifier: MIT
"""Messages in CPIM wrapping (RFC 3862): strict reading of what a peer writes, and writing."""
import re

HEADER = re.compile(r"^([A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*)?)((?:;[^:]*)?): (.*)$")
ADDRESS = re.compile(r'^(?:("(?:[^"\\]|\\.)*"|[^<"]*) ?)?<([^<>\s]+)>$')
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$")
NS = "<urn:ietf:params:imdn>"


class CpimError(ValueError):
    """What came is not message/cpim."""


class Cpim:
    """The headers, the MIME headers and the text of a wrapped message."""

    def __init__(self, data):
        self.data = data
        head, blank, rest = data.partition(b"\r\n\r\n")
        mime, second, content = rest.partition(b"\r\n\r\n")
        if not blank or not second:
            raise CpimError("not headers, MIME headers and content with empty lines between them (RFC 3862 2)")
        self.headers = [self._header(line) for line in head.decode().split("\r\n")]
        self.mime = {line.partition(":")[0].strip().lower(): line.partition(":")[2].strip()
                     for line in mime.decode().split("\r\n")}
        self.content = content

    @staticmethod
    def _header(line):
        found = HEADER.match(line)
        if not found:
            raise CpimError(f"not a header of CPIM: {line!r} (RFC 3862 2.1)")
        return found[1], found[3]

    def all(self, name):
        return [value for known, value in self.headers if known == name]

    def uri(self, name):
        """The URI of From or To; None when it is missing or malformed."""
        values = self.all(name)
        found = ADDRESS.match(values[0]) if values else None
        return found[2] if found else None

    def name(self):
        """The display name of From."""
        found = ADDRESS.match((self.all("From") or [""])[0])
        name = (found[1] or "").strip() if found else ""
        return unescape(name[1:-1]) if name.startswith('"') else name

    @property
    def type(self):
        return self.mime.get("content-type", "").partition(";")[0].strip().lower()

    def text(self):
        return self.content.decode("utf-8", "replace")

    def check(self, findings):
        """What a participant must and should write (RFC 3862 2 to 4, RFC 7701 6.1)."""
        check = findings.check
        check(len(self.all("From")) == 1, "CPIM needs exactly one From", "RFC 3862 4.1", self.data)
        check(self.all("To"), "CPIM without To", "RFC 7701 6.1", self.data)
        for name in ("From", "To", "cc"):
            for value in self.all(name):
                check(ADDRESS.match(value), f"{name} is not an address in <>", "RFC 3862 4.1", self.data)
        check(len(self.all("DateTime")) <= 1, "two DateTime", "RFC 3862 4.4", self.data)
        for value in self.all("DateTime"):
            check(DATE.match(value), "DateTime is not that of RFC 3339", "RFC 3862 4.4", self.data)
        check(self.type, "the content has no Content-Type", "RFC 3862 2.1", self.data)
        if self.type.startswith("text/"):
            try:
                self.content.decode()
            except UnicodeDecodeError:
                check(False, "the text is not UTF-8", "RFC 3862 3.1", self.data)
            check(self.content.isascii() or "utf-8" in self.mime["content-type"].lower(),
                  "text beyond ASCII without charset=utf-8", "RFC 2046 4.1.2", self.data)


def escape(name):
    return name.replace("\\", "\\\\").replace('"', '\\"')


def unescape(name):
    """RFC 3862 2.2: \\uXXXX and the short ones."""
    name = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda hit: chr(int(hit[1], 16)), name)
    return re.sub(r"\\(.)", r"\1", name)


def build(sender, to, text, name="", when=None, type="text/plain;charset=utf-8", more=(), newline="\r\n"):
    """A wrapped message; `newline` is that of the MIME part, where a Sylk writes LF alone."""
    content = text if isinstance(text, bytes) else text.encode()
    quoted = f'"{escape(name)}" ' if name else ""
    head = [f"From: {quoted}<{sender}>", f"To: <{to}>", *([f"DateTime: {when}"] if when else []), *more, "", ""]
    return "\r\n".join(head).encode() + f"Content-Type: {type}{newline}{newline}".encode() + content
