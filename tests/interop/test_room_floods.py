#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Too much in a real room: of one who writes too fast, and for one who reads nothing. The others must not feel either."""
import asyncio
import json
import os

from runner import main, test
from servers import Mucsipd
from steps import inside, joined, uri_of
from world import KAMAILIO, MUCSIPD, PROSODY

MUCSIPCTL = os.path.join(os.path.dirname(Mucsipd.binary()), "mucsipctl")
FLOOD = 400  # more than a slow machine needs 35 s for: 50 at once, and then 10 a second
LARGE = 9000
LINES = 1500  # with LARGE more than the kernel and the gateway keep for one connection


async def seat(world, who):
    """What the gateway tells of the place of a SIP user in a room."""
    socket = os.path.join(world.mucsipd.directory, "state", "control.sock")
    process = await asyncio.create_subprocess_exec(MUCSIPCTL, "--socket", socket, "--json", "rooms", "--address", who.jid,
                                                   stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return json.loads(out)["rooms"][0]


@test
async def who_floods_a_room_is_slowed_down_and_knows_what_was_said(world):
    # rows: SEC-10
    juliet, romeo, room, session = await inside(world)
    answers = await asyncio.gather(*(session.say(f"flood {number}") for number in range(FLOOD)))
    said = [f"flood {number}" for number, answer in enumerate(answers) if answer == 200]
    assert 50 <= len(said) < FLOOD and set(answers) == {200, 408}, answers
    await juliet.seen("groupchat", room=room, nick=romeo.user, body=said[-1])
    heard = [line["body"] for line in juliet.transcript.all("groupchat") if line["nick"] == romeo.user]
    assert heard == said, (heard, said)


@test(within=300)
async def who_reads_nothing_is_not_felt_by_the_others(world):
    # rows: MSRP-031
    juliet, romeo, room, session = await inside(world)
    tybalt = await world.sip("tybalt")
    await tybalt.invite(uri_of(room))
    deaf = await joined(tybalt)
    await juliet.seen("occupant", room=room, nick=tybalt.user, here=True)
    deaf.msrp.connection.writer.transport.pause_reading()
    for number in range(LINES):
        juliet.say(room, f"{number} " + "x" * LARGE)
        if number % 50 == 49:  # as fast as the others read
            await romeo.transcript.expect("message-received", text=f"{number} " + "x" * LARGE, timeout=90)
    assert (await seat(world, romeo))["dropped"] == 0
    lost = await seat(world, tybalt)
    assert lost["dropped"] > 0 and lost["error"] == "resource-constraint", lost
    assert await session.say("I heard it all") == 200
    await juliet.seen("groupchat", room=room, body="I heard it all", nick=romeo.user)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
