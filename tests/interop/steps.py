# SPDX-License-Identifier: MIT
"""Steps that several stories share: a two-party chat, a room, an invitation, and proof that a chat still works."""

JULIET = "sip:juliet@xmpp.test"


async def chat(juliet, romeo, thread="t-chat", line="Art thou there?"):
    """Juliet writes, the gateway invites Romeo, the line arrives over MSRP; returns Romeo's session."""
    juliet.chat(romeo.jid, line, thread=thread)
    await romeo.transcript.expect("message-received", via="msrp", text=line)
    session = next(session for session in romeo.sessions if not session.ended and not session.conference)
    await reply(juliet, romeo, session, "I am here.", thread)
    return session


async def reply(juliet, romeo, session, line, thread=None):
    """Romeo answers in his session; Juliet sees it as chat in the thread."""
    after = juliet.transcript.mark()
    assert await session.say(line) == 200
    seen = await juliet.seen("message", after=after, body=line, type="chat")
    assert seen["from"].partition("/")[0] == romeo.jid, seen
    assert thread is None or seen["thread"] == thread, seen


async def still_chatting(juliet, romeo, session, thread="t-chat"):
    """The two-party chat lives, on the same leg, both ways and in the same thread."""
    assert not session.ended, session.ended
    juliet.chat(romeo.jid, "Wilt thou leave me so?", thread=thread)
    heard = await romeo.transcript.expect("message-received", text="Wilt thou leave me so?")
    assert heard["via"] == "msrp", heard
    await reply(juliet, romeo, session, "What satisfaction canst thou have?", thread)
    juliet.transcript.never("state", state="gone")


async def room_with_nurse(world, juliet, **configuration):
    """Juliet opens a room and the nurse enters it; returns (room, nurse)."""
    room = world.room()
    nurse = await world.xmpp("nurse")
    await juliet.open_room(room, **{"whois": "anyone", **configuration})
    if "membersonly" not in configuration and "roomsecret" not in configuration:
        await nurse.enter(room)
    return room, nurse


async def joined(romeo):
    """Romeo is in a conference: the dialog stands and MSRP is bound; returns that session."""
    await romeo.transcript.expect("conference-joined")
    return next(session for session in romeo.sessions if session.conference and not session.ended)


def texts(romeo, **fields):
    """Every text a SIP user read, in order."""
    return [entry["text"] for entry in romeo.transcript.select("message-received", **fields)]


def bodies(client, kind, **fields):
    """Every text an XMPP user read, in order."""
    return [entry["body"] for entry in client.transcript.all(kind, **fields)]


def uri_of(room):
    return "sip:" + room


async def inside(world, **configuration):
    """Juliet has opened a room and Romeo has come in by its address; returns (juliet, romeo, room, session)."""
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, **{"whois": "anyone", **configuration})
    await romeo.invite(uri_of(room))
    session = await joined(romeo)
    await juliet.seen("occupant", room=room, nick=romeo.user, here=True)
    await romeo.transcript.expect("roster", document="full")
    return juliet, romeo, room, session


async def set_affiliation(juliet, room, jid, affiliation, reason=""):
    await juliet.ask(room, f"<query xmlns='http://jabber.org/protocol/muc#admin'><item jid='{jid}' "
                     f"affiliation='{affiliation}'><reason>{reason}</reason></item></query>")


async def configure(juliet, room, **fields):
    form = "".join(f"<field var='muc#roomconfig_{name}'><value>{value}</value></field>" for name, value in fields.items())
    await juliet.ask(room, "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
                     "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
                     f"{form}</x></query>")


async def set_role(juliet, room, nick, role):
    await juliet.ask(room, "<query xmlns='http://jabber.org/protocol/muc#admin'>"
                     f"<item nick='{nick}' role='{role}'/></query>")
