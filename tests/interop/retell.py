# SPDX-License-Identifier: MIT
"""Tells a client's transcript to a reader: what was done on the left, what was seen on the right, with the time between."""
import textwrap

WIDTH = 54


def _who(address):
    """The part of an address people call each other by."""
    name = str(address or "?").removeprefix("sip:").removeprefix("xmpp:")
    bare, _, rest = name.partition("/")
    return rest if rest and bare.endswith("rooms.xmpp.test") else bare


def xmpp_line(entry):
    """(done, seen) of an entry of an XMPP client; ("", "") for what tells the reader nothing."""
    kind, way = entry["kind"], entry["way"]
    body = entry.get("body")
    if way == "out":
        done = {"message": lambda: f"to {_who(entry['to'])}: {body}", "groupchat": lambda: f"in the room: {body}",
                "enter": lambda: f"enters {entry['room']}", "leave": lambda: f"leaves {entry['room']}",
                "invitation": lambda: f"invites {_who(entry['to'])} to {entry['room']}"
                                      + (", continuing the chat" if entry["continues"] else "")}
        return done[kind](), ""
    seen = {"message": lambda: f"{_who(entry['from'])}: {body}",
            "groupchat": lambda: f"[room] {entry['nick']}: {body}",
            "occupant": lambda: f"[room] {entry['nick']} {'is here' if entry['here'] else 'has left'}",
            "decline": lambda: f"{_who(entry['invitee'])} declines: {entry['reason']}",
            "invitation": lambda: f"{_who(entry['inviter'])} invites to {entry['room']}",
            "error": lambda: f"error: {entry['condition']} ({entry['text']})"}
    return "", seen[kind]() if kind in seen else ""


def sip_line(entry):
    """(done, seen) of an entry of the SIP user."""
    event = entry["event"]
    said = {"message-sent": lambda: f"{'in the conference' if entry.get('via') == 'conference' else 'to ' + _who(entry['to'])}"
                                    f": {entry['text']} ({entry['status']})",
            "registered": lambda: f"registers at the proxy ({entry['status']})",
            "accepted": lambda: f"accepts {_who(entry['peer'])}",
            "declined": lambda: f"declines {_who(entry['peer'])} ({entry['status']})"}
    seen = {"message-received": lambda: f"{'[conference] ' if entry['via'] == 'conference' else ''}"
                                        f"{entry.get('nick') or _who(entry['from'])}: {entry['text']}",
            "invited": lambda: f"{_who(entry['peer'])} calls for a chat",
            "conference-invited": lambda: f"a conference calls: {_who(entry['conference'])}",
            "session-opened": lambda: f"message session with {_who(entry['peer'])} is open",
            "conference-joined": lambda: f"in the conference {_who(entry['conference'])}",
            "session-ended": lambda: f"session with {_who(entry['peer'])} ended ({entry.get('text') or entry['reason']})",
            "conference-ended": lambda: f"conference ended ({entry.get('text') or entry['reason']})",
            "roster": lambda: "roster: " + ", ".join(sorted(entry.get("users", {}).values())),
            "invitation-cancelled": lambda: "the call is cancelled"}
    return said[event]() if event in said else "", seen[event]() if event in seen else ""


def _rows(entries, read, moment):
    for entry in entries:
        done, seen = read(entry)
        if done or seen:
            left, right = textwrap.wrap(done, WIDTH) or [""], textwrap.wrap(seen, WIDTH) or [""]
            for number in range(max(len(left), len(right))):
                time = f"{moment(entry):7.2f}" if number == 0 else " " * 7
                yield (f"{time}  {(left[number:number + 1] or [''])[0]:<{WIDTH}} | "
                       f"{(right[number:number + 1] or [''])[0]}").rstrip()


def transcript(name, what, rows):
    head = f"{name} ({what})"
    return "\n".join([f"--- {head} " + "-" * max(0, 2 * WIDTH + 8 - len(head)), f"   time  {'does':<{WIDTH}} | sees", *rows, ""])


def xmpp_client(client, start):
    """The transcript of an XMPP client, times in seconds since `start`."""
    began = client.transcript.began - start
    return transcript(client.user, "XMPP, " + client.full,
                      _rows(client.transcript.entries, xmpp_line, lambda entry: began + entry["at"] / 1000))


def sip_user(user, start):
    """The transcript of a SIP user."""
    return transcript(user.user, "SIP and MSRP, " + user.uri,
                      _rows(user.transcript.entries, sip_line, lambda entry: entry["t"] - start))
