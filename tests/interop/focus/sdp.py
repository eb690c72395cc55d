# SPDX-License-Identifier: MIT
"""Session descriptions with one MSRP line: reading, judging and writing (RFC 4566, RFC 4975 8, RFC 7701 8, RFC 6135)."""
import re

HOST = "127.0.0.1"
PATH = re.compile(r"^msrps?://(?:[^@/\s]+@)?([^:/\s]+)(?::(\d+))?/([A-Za-z0-9.~+=_-]+(?:/[A-Za-z0-9.~+=_-]+)*);tcp(?:;\S+)?$")


class SdpError(ValueError):
    """The description cannot be used."""


class Media:
    """One m= line with its attributes."""

    def __init__(self, line, connection):
        words = line.split()
        self.kind, self.port, self.protocol = words[0], int(words[1].split("/")[0]), words[2]
        self.formats, self.connection, self.attributes = words[3:], connection, []

    def all(self, name):
        return [value for known, value in self.attributes if known == name]

    def get(self, name, otherwise=None):
        values = self.all(name)
        return values[0] if values else otherwise

    def has(self, name):
        return any(known == name for known, _ in self.attributes)

    @property
    def chat_tokens(self):
        """What the chatroom attribute lists; None without one."""
        return (self.get("chatroom") or "").split() if self.has("chatroom") else None

    @property
    def path(self):
        return (self.get("path") or "").split()


class Sdp:
    """A description: its o= line and its media."""

    def __init__(self, body):
        self.origin, self.media, connection = None, [], None
        try:
            for line in filter(None, body.decode().split("\r\n")):
                kind, value = line[0], line[2:]
                if line[1:2] != "=":
                    raise SdpError(f"not a line of SDP: {line!r}")
                if kind == "o":
                    self.origin = value
                elif kind == "c" and self.media:
                    self.media[-1].connection = value
                elif kind == "c":
                    connection = value
                elif kind == "m":
                    self.media.append(Media(value, connection))
                elif kind == "a" and self.media:
                    name, colon, rest = value.partition(":")
                    self.media[-1].attributes.append((name, rest if colon else None))
        except (UnicodeDecodeError, ValueError, IndexError) as error:
            raise SdpError(str(error)) from None
        for media in self.media:
            media.connection = media.connection or connection

    def message_line(self):
        """The line of MSRP; None without one that is in use."""
        return next((media for media in self.media if media.kind == "message" and media.port), None)


def check_offer(body, findings):
    """Judges a description of the peer; returns it, or None when there is no MSRP in it."""
    try:
        sdp = Sdp(body)
    except SdpError as error:
        findings.add(f"SDP: {error}", "RFC 4566 5", body)
        return None
    text = body.decode()
    order = "".join(line[0] for line in text.split("\r\n") if line)
    findings.check(re.match(r"^vosi?u?e*p*c?b*(t r*)*", order.replace("t", "t ")) and text.startswith("v=0\r\no="),
                   "SDP lines are out of order", "RFC 4566 5", body)
    findings.check(text.endswith("\r\n"), "the last line of the SDP has no end", "RFC 4566 5", body)
    media = sdp.message_line()
    if media:
        _check_message_line(media, body, findings)
    return sdp if media else None


def _check_message_line(media, body, findings):
    check = findings.check
    check(media.protocol in ("TCP/MSRP", "TCP/TLS/MSRP"), "not an MSRP transport", "RFC 4975 8.1", body)
    check(media.formats == ["*"], "the format of m=message is *", "RFC 4975 8.1", body)
    check(media.has("accept-types"), "accept-types is missing", "RFC 4975 8.6", body)
    check(len(media.all("path")) == 1 and media.path, "exactly one path is needed", "RFC 4975 8.2", body)
    for uri in media.path:
        check(PATH.match(uri), f"not an MSRP URI: {uri}", "RFC 4975 6", body)
    if media.path and PATH.match(media.path[0]):
        host, port, _ = PATH.match(media.path[0]).groups()
        check(port == str(media.port), "the port of m= is not that of the path", "RFC 4975 8.1", body)
        check(media.connection == f"IN IP4 {host}", "c= is not the host of the path", "RFC 4975 8.1", body)
    check(media.get("setup") in (None, "active", "passive", "actpass"), "an unknown setup", "RFC 4145 4", body)
    check(not media.has("connection"), "a=connection has no place with MSRP", "RFC 6135 4.1", body)
    tokens = media.chat_tokens
    check(tokens is None or len(set(tokens)) == len(tokens), "a chat token stands there twice", "RFC 7701 8", body)
    types = (media.get("accept-types") or "").split()
    check("message/cpim" in types or "*" in types, "a room needs message/cpim", "RFC 7701 5.2", body)
    wrapped = (media.get("accept-wrapped-types") or "").split()
    check(not set(types) <= {"message/cpim"} or wrapped, "only wrapped messages, but no wrapped types", "RFC 4975 8.6", body)


def build(number, version, port, path, types, wrapped, setup=None, chatroom=None, max_size=None, more=()):
    """A description of ours with one line; port 0 refuses it."""
    lines = ["v=0", f"o=focus {number} {version} IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0",
             f"m=message {port} TCP/MSRP *"]
    if port:
        lines += [f"a=accept-types:{types}"] + ([f"a=accept-wrapped-types:{wrapped}"] if wrapped else [])
        lines += [f"a=path:{path}"] + ([f"a=setup:{setup}"] if setup else [])
        lines += [f"a=max-size:{max_size}"] if max_size else []
        lines += [f"a=chatroom:{chatroom}" if chatroom else "a=chatroom"] if chatroom is not None else []
    return "\r\n".join([*lines, *more, ""]).encode()
