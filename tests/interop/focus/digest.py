# SPDX-License-Identifier: MIT
"""Digest authentication as a server (RFC 3261 22, RFC 2617): one nonce for each challenge, MD5 with qop=auth."""
import hashlib
import re

from .sip import token

HEADERS = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}


def _md5(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def challenge(status, realm, nonces):
    """The header of a challenge; its nonce is remembered."""
    nonces.add(nonce := token())
    return HEADERS[status][0], f'Digest realm="{realm}", nonce="{nonce}", algorithm=MD5, qop="auth"'


def user_of(request, status, realm, password, nonces, findings):
    """The user name of correct credentials; None without them or when they are wrong."""
    value = request.get(HEADERS[status][1])
    if not value:
        return None
    said = dict((name.lower(), text.strip('"')) for name, text in re.findall(r'(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|[^,\s]+)', value))
    findings.check(said.get("uri") == request.uri, "the uri of the credentials is not the Request-URI", "RFC 3261 22.4", value)
    findings.check(said.get("qop") == "auth" and said.get("nc") == "00000001" and said.get("cnonce"),
                   "qop, nc and cnonce go together", "RFC 2617 3.2.2", value)
    if said.get("realm") != realm or said.get("nonce") not in nonces:
        return None
    right = _md5(_md5(said.get("username", ""), realm, password), said["nonce"], said.get("nc", ""), said.get("cnonce", ""),
                 said.get("qop", ""), _md5(request.method, said.get("uri", "")))
    return said.get("username") if said.get("response") == right else None
