# SPDX-License-Identifier: MIT
"""What the stories of hosting A share: a focus on SIP (focus/), its conference as a room, and the ways into it."""
import re

import ports
from focus.behaviour import Behaviour
from focus.focus import Focus
from transcript import PATIENCE_S

FOCUS_PORT = ports.take()
CONF, FAR = "conf.test", "far.test"
COMPONENTS = f"""
[component {CONF}]
kind = rooms
secret = s3cret
sip_domain = {CONF}
sip_route = @TRANSPORT@:127.0.0.1:{FOCUS_PORT}

[component {FAR}]
kind = rooms
secret = s3cret
sip_domain = {FAR}
sip_route = @ROUTE@
"""


def routes(text, _directory):
    """conf.test is reached as SIP goes in this run, far.test through the same proxy as sip.test."""
    route = re.search(r"sip_route = ((\w+):\S+)", text)
    return text.replace("@TRANSPORT@", route[2]).replace("@ROUTE@", route[1])


class StoryFocus(Focus):
    """A focus that goes home with the others and tells what was broken towards it."""
    user = "focus"

    async def sign_out(self):
        await self.stop()

    def broken_rules(self):
        return self.findings.left()


async def focus_up(world, transport=None):
    """A focus where mucsipd and Kamailio look for it; it calls out through Kamailio."""
    focus = StoryFocus(CONF, FOCUS_PORT, ("127.0.0.1", world.kamailio.ports["port"]), world.path("focus.jsonl"),
                       transport or world.transport)
    world.keep(focus)
    return await focus.start()


async def hall(world, name="hall", subject="Plan B", domain=CONF, behaviour=None, **ways):
    """A focus with one conference nobody used before; its room is `hall.jid`."""
    focus = await focus_up(world)
    room = focus.conference(world.unique(name), (behaviour or Behaviour()).with_(**ways), subject, domain)
    room.jid = f"{room.name}@{domain}"
    return room


async def entered(world, room, user="juliet", nick=None, resource=None):
    """An XMPP user inside; its first stanzas stand in the transcript before the returned entry."""
    client = await world.xmpp(user, resource)
    client.own = await client.enter(room.jid, nick)
    await client.seen("subject", room=room.jid)
    return client


async def watched(room, count=1):
    """The gateway has subscribed, for so many."""
    await came(room, "subscribe", count, refresh=False)


async def came(room, kind, count, **fields):
    """So many entries of this kind stand in the transcript of the focus."""
    after = 0
    for _ in range(count):
        after = (await room.focus.seen(kind, after=after, room=room.name, **fields))["n"] + 1


def occupants(client, room, after=0):
    """(nick, here, codes) of every presence of the room, in order."""
    return [(entry["nick"], entry["here"], entry["codes"]) for entry in client.transcript.all("occupant", after, room=room.jid)]


def nicks(client, room, after=0):
    return [entry["nick"] for entry in client.transcript.all("occupant", after, room=room.jid, here=True)]


def said(room):
    """Every line the focus took, in order."""
    return [entry["text"] for entry in room.focus.transcript.all("said", room=room.name)]


async def refused(client, room, nick=None, password=None, within=PATIENCE_S):
    """An entry that ends with an error; returns it."""
    after = client.transcript.mark()
    inner = f"<password>{password}</password>" if password else ""
    client.be(room, nick or client.user, f"<x xmlns='http://jabber.org/protocol/muc'>{inner}</x>")
    return await client.seen("presence_error", within, after, **{"from": lambda jid: jid.partition("/")[0] == room})
