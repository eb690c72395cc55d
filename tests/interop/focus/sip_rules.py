# SPDX-License-Identifier: MIT
"""What must hold of any single SIP message that a peer sends us, whatever it is about (RFC 3261 8.1.1, 20; RFC 6665; 3515)."""
import re

from .sip import NameAddr, SipError, Uri

ALWAYS = ("Via", "From", "To", "Call-ID", "CSeq")
SINGLE = ("From", "To", "Call-ID", "CSeq", "Max-Forwards", "Event", "Expires", "Content-Type", "Subscription-State",
          "Refer-To", "Referred-By", "Session-Expires", "Min-SE", "Subject", "Content-Length")
NEED_CONTACT = ("INVITE", "SUBSCRIBE", "REFER", "UPDATE", "NOTIFY")
TOKEN = re.compile(r"^[A-Za-z0-9.!%*_+`'~-]+$")


def check_message(message, data, transport, findings):
    """Every rule that needs nothing but the message and how it came."""
    for name in ALWAYS:
        findings.check(message.get(name), f"{name} is missing", "RFC 3261 8.1.1", data)
    for name in SINGLE:
        findings.check(len(message.all(name)) <= 1, f"{name} stands there twice", "RFC 3261 7.3.1", data)
    if transport == "tcp":
        findings.check(message.get("Content-Length"), "Content-Length is missing on a stream", "RFC 3261 20.14", data)
    if message.get("Content-Length"):
        findings.check(message.get("Content-Length") == str(len(message.body)), "Content-Length is wrong",
                       "RFC 3261 20.14", data)
    findings.check(bool(message.body) == bool(message.get("Content-Type")), "a body and Content-Type go together",
                   "RFC 3261 20.15", data)
    for name in ("From", "To", "Contact", "Refer-To", "Referred-By"):
        _check_address(message, name, data, findings)
    if message.method:
        _check_request(message, data, transport, findings)


def _check_address(message, name, data, findings):
    for value in message.all(name):
        try:
            address = NameAddr(value)
        except SipError as error:
            findings.check(name == "Contact" and value == "*", str(error), "RFC 3261 20", data)
            continue
        bare = value.strip() if not address.in_brackets else ""
        findings.check(address.in_brackets or not re.search("[,?]", bare), f"{name} needs <> around its URI",
                       "RFC 3261 20.10", data)
        findings.check("gr" not in address.params, f"gr stands outside the URI of {name}", "RFC 5627 4.4", data)


def _check_request(request, data, transport, findings):
    findings.check((request.get("Max-Forwards") or "").isdigit(), "Max-Forwards is missing", "RFC 3261 8.1.1.6", data)
    number, method = request.cseq
    findings.check(0 <= number < 2 ** 31, "CSeq is no number below 2**31", "RFC 3261 8.1.1.5", data)
    findings.check(method == request.method, "CSeq names another method", "RFC 3261 8.1.1.5", data)
    said, _, params = request.via()
    findings.check(said == transport.upper(), f"Via says {said}, it came over {transport}", "RFC 3261 18.1.1", data)
    findings.check((params.get("branch") or "").startswith("z9hG4bK"), "no magic cookie in the branch",
                   "RFC 3261 8.1.1.7", data)
    try:
        findings.check("tag" in NameAddr(request.get("From")).params, "From has no tag", "RFC 3261 8.1.1.3", data)
        uri = Uri(request.uri)
        findings.check(not uri.headers and "method" not in uri.params, "headers or method in the Request-URI",
                       "RFC 3261 19.1.1", data)
    except (SipError, TypeError):
        findings.add("From or Request-URI is malformed", "RFC 3261 25", data)
    if request.method in NEED_CONTACT:
        findings.check(len(request.all("Contact")) == 1, f"{request.method} without exactly one Contact",
                       "RFC 3261 8.1.1.8; RFC 3515 2.2", data)
    if request.method in ("SUBSCRIBE", "NOTIFY"):
        findings.check(TOKEN.match((request.get("Event") or "").partition(";")[0].strip()), "no Event",
                       "RFC 6665 8.2.1", data)
    if request.method == "NOTIFY":
        findings.check(request.get("Subscription-State"), "no Subscription-State", "RFC 6665 4.1.3", data)
    if request.method == "REFER":
        findings.check(len(request.all("Refer-To")) == 1, "REFER without exactly one Refer-To", "RFC 3515 2.4.1", data)
    if transport == "udp":
        findings.check(len(data) <= 1300 or request.method not in ("MESSAGE",), "a MESSAGE over 1300 octets on UDP",
                       "RFC 3428 8", data)
