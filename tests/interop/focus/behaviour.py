# SPDX-License-Identifier: MIT
"""What a conference does otherwise than well: one switch for each lie, each refusal, each silence."""
from dataclasses import dataclass, field, replace

ROOM_TYPES = "text/plain text/html application/im-iscomposing+xml"
NEVER = 0  # in place of a status: no answer at all


@dataclass
class Behaviour:
    # INVITE and OPTIONS
    answer: int = 200  # the final response to an INVITE; NEVER: 100 and nothing more
    answer_headers: list = field(default_factory=list)  # (name, value) added to a refusal
    ring_s: float = 0  # seconds of 180 before the answer
    password: str = ""  # asked for by Digest
    challenge: int = 407  # with which status
    isfocus: bool = True
    contact: str = "address"  # or "domain": the conference URI itself
    options: int = 200
    # the session description
    accept_types: str = "message/cpim"
    wrapped_types: str = ROOM_TYPES
    chatroom: str = "nickname private-messages"  # None: no such attribute
    setup: str = "auto"  # or what is to be answered whatever was offered
    media_refused: bool = False  # port 0
    max_size: int = 0
    # session timers (RFC 4028): none; uac, uas: who refreshes; Min-SE refused once with 422
    timer: str = "none"
    timer_s: int = 90
    # the MSRP switch
    send: object = None  # status of every SEND, or NEVER, or "report" for a failure REPORT behind the 200
    report_code: int = 403
    bind: int = 200  # status of the SEND without body
    nickname: object = None  # status of every NICKNAME, or NEVER
    taken: tuple = ()  # nicks that are reserved
    chunk: int = 0  # cuts what it sends
    ask_success: bool = False
    bare_lf: bool = False  # the MIME part inside CPIM
    private: bool = True  # native users take private messages
    # conference events
    subscribe: object = None  # status of every SUBSCRIBE, or NEVER
    subscribe_where: str = "any"  # "outside", "inside" of the INVITE dialog
    first: str = "full"  # "partial", "none", "pending", "malformed"
    always_full: bool = False
    first_version: int = 0
    nick_in: tuple = ("display-text", "nickname")
    show_aors: bool = False
    namespace: bool = True
    leave_detail: bool = True  # how somebody left is told before he is deleted
    # REFER
    refer: object = None  # status of every REFER, or NEVER
    refer_accepted: int = 200
    outcomes: dict = field(default_factory=dict)  # user part of an invited URI -> status, without dialling
    kick: int = 200  # sipfrag of a REFER with method=BYE
    progress: bool = True  # NOTIFYs of a REFER are sent

    def with_(self, **changes):
        return replace(self, **changes)


def like_sylk(**changes):
    """What SylkServer does (the AG Projects dialect)."""
    return Behaviour(accept_types="message/cpim", wrapped_types="*", setup="passive", ask_success=True, bare_lf=True,
                     subscribe_where="outside", always_full=True, first_version=1, nick_in=("display-text",),
                     leave_detail=False, chatroom="nickname private-messages com.ag-projects.screen-sharing",
                     ).with_(**changes)
