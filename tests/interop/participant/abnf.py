# SPDX-License-Identifier: MIT
"""Regular expressions for the grammar that the strict checks share (RFC 3261 section 25,
RFC 3986). Each is a fragment without groups; match with re.fullmatch."""

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]+"
QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\U0010ffff]|\\[\x00-\x09\x0b\x0c\x0e-\x7f])*"'
WORD = r"[A-Za-z0-9\-.!%*_+`'~()<>:\\\"/\[\]?{}]+"
TEXT = r'[\t\x20-\x7e\x80-\U0010ffff]*'
LWS, SWS = r'[ \t]+', r'[ \t]*'

_UNRESERVED = r"A-Za-z0-9\-_.!~*'()"
_ESCAPED = r'%[0-9A-Fa-f]{2}'
_USER = rf'(?:[{_UNRESERVED}&=+$,;?/]|{_ESCAPED})+'
_PASSWORD = rf'(?:[{_UNRESERVED}&=+$,]|{_ESCAPED})*'
IPV4 = r'\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}'
IPV6 = r'[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+'
_LABEL = r'[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?'
HOSTNAME = rf'(?:{_LABEL}\.)*[A-Za-z](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.?'
HOST = rf'(?:{HOSTNAME}|{IPV4}|\[{IPV6}\])'
_PARAM = rf'(?:[{_UNRESERVED}\[\]/:&+$]|{_ESCAPED})+'
_HEADER = rf'(?:[{_UNRESERVED}\[\]/?:+$]|{_ESCAPED})'

SIP_URI = (rf'(?i:sips?):(?:{_USER}(?::{_PASSWORD})?@)?{HOST}(?::\d+)?(?:;{_PARAM}(?:={_PARAM})?)*'
           rf'(?:\?{_HEADER}+={_HEADER}*(?:&{_HEADER}+={_HEADER}*)*)?')
ABSOLUTE_URI = rf'[A-Za-z][A-Za-z0-9+.\-]*:(?:[{_UNRESERVED};/?:@&=+$,]|{_ESCAPED})+'
ANY_URI = rf'(?:{SIP_URI}|(?!(?i:sips?):){ABSOLUTE_URI})'

# Parameters of header fields: SEMI generic-param.
GENERIC = rf'{TOKEN}(?:{SWS}={SWS}(?:{TOKEN}|{HOST}|{IPV6}|{QUOTED}))?'
PARAMS = rf'(?:{SWS};{SWS}{GENERIC})*'
NAME_ADDR = rf'(?:(?:{TOKEN}{LWS})*|{QUOTED}){SWS}<{ANY_URI}>'
# Without brackets, a comma, question mark or semicolon cannot be part of the URI (section 20).
BARE_ADDR = rf'(?i:sips?):(?:(?:[{_UNRESERVED}&=+$/:]|{_ESCAPED})+@)?{HOST}(?::\d+)?'
ADDRESS = rf'(?:{NAME_ADDR}|{BARE_ADDR}){PARAMS}'
MEDIA_TYPE = (rf'{TOKEN}{SWS}/{SWS}{TOKEN}'
              rf'(?:{SWS};{SWS}{TOKEN}{SWS}={SWS}(?:{TOKEN}|{QUOTED}))*')

# RFC 3339 section 5.6.
DATE_TIME = (r'\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt]'
             r'(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?'
             r'(?:[Zz]|[+\-](?:[01]\d|2[0-3]):[0-5]\d)')


def elements(pattern: str, least: int = 1) -> str:
    """A comma separated list of `pattern`; with least 0 it may be empty."""
    full = rf'{pattern}(?:{SWS},{SWS}{pattern})*'
    return full if least else rf'(?:{full})?'
