#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A SIP user in a room, seen by an XMPP client of another make (nbxmpp, of Gajim), whose own code for rooms must be content."""
from runner import Skip, main, test
from second_client import SecondClient
from steps import joined
from world import KAMAILIO, MUCSIPD, PROSODY


@test
async def a_sip_user_is_an_occupant_like_any_other(world):
    # rows: MUC-B01 MUC-B04 MUC-B06 MUC-B11 MUC-B17
    if not SecondClient.is_installed():
        raise Skip("python3-nbxmpp is not installed")
    juliet, romeo, room = await world.xmpp("juliet"), await world.sip(), world.room()
    await juliet.open_room(room, whois="anyone")
    nurse = await world.second("nurse")
    await nurse.enter(room)
    await romeo.invite("sip:" + room)
    session = await joined(romeo)
    there = await nurse.seen("occupant", room=room, nick=romeo.user, here=True)
    assert there["role"] == "participant" and there["jid"].startswith(romeo.jid), there
    assert await session.say("good even") == 200
    await nurse.seen("groupchat", room=room, nick=romeo.user, body="good even")
    nurse.say(room, "god ye good even")
    await romeo.transcript.expect("message-received", text="god ye good even")
    assert await session.nickname("Montague") == 200
    changed = await nurse.seen("occupant", room=room, nick=romeo.user, renamed=True)
    assert changed["new_nick"] == "Montague", changed
    nurse.whisper(room, "Montague", "a word with you")
    await romeo.transcript.expect("message-received", text="a word with you")
    assert await session.bye() == 200
    await nurse.seen("occupant", room=room, nick="Montague", here=False)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
