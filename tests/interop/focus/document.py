# SPDX-License-Identifier: MIT
"""Documents of the conference event package (RFC 4575 5, with the nickname of RFC 6501)."""
from xml.sax.saxutils import escape, quoteattr

NS = "urn:ietf:params:xml:ns:conference-info"
XCON = "urn:ietf:params:xml:ns:xcon-conference-info"
TYPE = "application/conference-info+xml"


def _element(name, text):
    return f"<{name}>{escape(text)}</{name}>" if text is not None else ""


def description(conference):
    inner = _element("display-text", conference.display_text) + _element("subject", conference.subject)
    return f"<conference-description>{inner}</conference-description>"


def state(conference):
    locked = _element("locked", "true") if conference.locked else ""
    return (f"<conference-state><user-count>{len(conference.members)}</user-count><active>true</active>{locked}"
            "</conference-state>")


def endpoint(place):
    gone = ""
    if place.left:
        how, reason, by = place.left
        by = _element("by", by)
        gone = _element("disconnection-method", how)
        gone += f"<disconnection-info>{_element('reason', reason)}{by}</disconnection-info>" if reason or by else ""
    medium = "" if place.left else ("<media id=\"1\"><type>message</type><status>"
                                    + ("recvonly" if place.status == "muted-via-focus" else "sendrecv") + "</status></media>")
    return (f"<endpoint entity={quoteattr(place.uri)} state=\"full\"><status>{place.status}</status>"
            f"{_element('joining-method', place.joined)}{gone}{medium}</endpoint>")


def user(conference, member):
    ways = conference.behaviour.nick_in
    nick = f" xcon:nickname={quoteattr(member.shown)}" if "nickname" in ways and member.shown else ""
    name = _element("display-text", member.shown) if "display-text" in ways else ""
    aors = "".join(f"<entry><uri>{escape(uri)}</uri></entry>" for uri in member.aors) if conference.behaviour.show_aors else ""
    roles = "".join(_element("entry", role) for role in member.roles)
    return (f"<user entity={quoteattr(member.uri)} state=\"full\"{nick}>{name}"
            + (f"<associated-aors>{aors}</associated-aors>" if aors else "")
            + (f"<roles>{roles}</roles>" if roles else "")
            + "".join(endpoint(place) for place in member.places) + "</user>")


def deleted_user(uri):
    return f"<user entity={quoteattr(uri)} state=\"deleted\"/>"


def document(conference, version, kind="full", users=None, described=False):
    """A whole document; `users` are written elements, all members when there are none."""
    xmlns = f' xmlns="{NS}" xmlns:xcon="{XCON}"' if conference.behaviour.namespace else f' xmlns:xcon="{XCON}"'
    inner = ""
    if kind != "deleted":
        inner = description(conference) if kind == "full" or described else ""
        inner += state(conference)
        shown = [user(conference, member) for member in conference.members.values()] if users is None else users
        inner += f"<users state=\"{'full' if users is None else 'partial'}\">" + "".join(shown) + "</users>" \
            if shown or users is None else ""
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
            f"<conference-info{xmlns} entity={quoteattr(conference.uri)} state=\"{kind}\" version=\"{version}\">"
            f"{inner}</conference-info>").encode()
