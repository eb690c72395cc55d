# SPDX-License-Identifier: MIT
"""TLS for MSRP: one's own certificate, the fingerprints of others (RFC 4975 section 14.4, RFC 8122)."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass


def fingerprint(der: bytes, name: str = 'sha-256') -> str:
    """The value of a=fingerprint (RFC 8122 section 5)."""
    digest = hashlib.new(name.replace('-', ''), der).hexdigest().upper()
    return name + ' ' + ':'.join(digest[i:i + 2] for i in range(0, len(digest), 2))


def fits(der: bytes | None, announced: list[str]) -> bool:
    """Section 5.1, for the one hash this participant computes."""
    wanted = [value for value in announced if value.lower().startswith('sha-256 ')]
    return der is not None and fingerprint(der).lower() in [value.lower() for value in wanted]


@dataclass
class TlsIdentity:
    """A certificate with its key, and what is said of it."""
    cert: str
    key: str
    # PEM of what is believed of those who connect to us: their certificate or its authority.
    trusts: str | None = None
    # Another fingerprint than that of the certificate; '' announces none.
    announces: str | None = None
    # Another certificate and key to show than those announced.
    shows: tuple[str, str] | None = None
    # As a client: whether a certificate is shown at all.
    shows_any: bool = True

    def announced(self) -> list[str]:
        if self.announces is not None:
            return [self.announces] if self.announces else []
        with open(self.cert, encoding='ascii') as file:
            return [fingerprint(ssl.PEM_cert_to_DER_cert(file.read()))]

    def context(self, server: bool) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # fingerprints decide, afterwards
        if server and self.trusts:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.trusts)
        if server or self.shows_any:
            context.load_cert_chain(*(self.shows or (self.cert, self.key)))
        return context
