#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The step vectors of hosting B that begin on SIP (GV-038 to GV-046: a SIP user in a room on XMPP; GV-080: what is refused
outright), run from tests/vectors/vectors-groupchat.json like those of test_vectors.py, where GV-079 is.

Each function is one vector: beside it stand the settings it assumes, inside it how its `pre` is reached and its `end` seen.
"""
import runner
from servers import Mucsipd
from vector_steps import load, marker
from vector_steps_rooms import RoomPlay

VECTORS = load()
ROOMS = [f"GV-{number:03}" for number in range(38, 47)] + ["GV-080"]
ENTRY = VECTORS["GV-038"]["steps"]
performed = set()
vector = marker(lambda directory, ident, settings: RoomPlay(directory, VECTORS[ident], settings), performed)


@vector("GV-038")
async def gv_038_a_sip_user_enters_a_room(play):
    # rows: CONF-002 MUC-B01 MUC-B03
    await play.perform()
    await play.is_active()


@vector("GV-039")
async def gv_039_a_nick_that_is_taken_then_no_password(play):
    # rows: MUC-B02
    await play.steps(ENTRY[:3])
    await play.perform()


@vector("GV-040")
async def gv_040_the_echo_is_the_proof_of_a_line(play):
    # rows: MUC-B06 MUC-B05 MSRP-009
    await play.steps(ENTRY)
    await play.perform()
    await play.is_active()


@vector("GV-041")
async def gv_041_a_visitor_without_voice(play):
    # rows: MUC-B07
    await play.steps(ENTRY)
    await play.perform()
    await play.is_active()


@vector("GV-042")
async def gv_042_what_the_switch_refuses(play):
    # rows: MSRP-030 MUC-B08
    await play.steps(ENTRY)
    await play.perform()
    await play.is_active()


@vector("GV-043")
async def gv_043_a_nick_that_the_room_refuses(play):
    """He is Omar still: to become that is granted without a word to the room."""
    # rows: MUC-B11
    await play.steps(ENTRY)
    await play.perform()
    play.into("msrp", {"method": "NICKNAME", "Use-Nickname": '"Omar"'})
    await play.out("msrp", {"status": 200})


@vector("GV-044", T_rate="4s")
async def gv_044_the_roster_of_a_room(play):
    # rows: CONF-012 ROSTER-011 ROSTER-012 ROSTER-014
    await play.steps(ENTRY)
    await play.perform()
    await play.is_active()


@vector("GV-045")
async def gv_045_outsiders_get_nothing(play):
    # rows: CONF-012 CONF-014
    await play.perform()


@vector("GV-046")
async def gv_046_typing_in_a_room(play):
    # rows: MUC-B23
    play.described = "a=accept-wrapped-types:text/plain application/im-iscomposing+xml\r\n"
    await play.steps(ENTRY)
    await play.perform()
    await play.is_active()


@vector("GV-080")
async def gv_080_refused_outright(play):
    # rows: CONF-005 CONF-006 CONF-010 CONF-019 CONF-034
    await play.steps(ENTRY)
    await play.perform()
    await play.is_active()


@runner.test
async def every_step_vector_of_a_sip_user_in_a_room_was_performed(world):
    assert len(ROOMS) == 10 and all(ident in VECTORS for ident in ROOMS)
    assert performed == set(ROOMS), sorted(performed)


if __name__ == "__main__":
    runner.main(programs=[Mucsipd.binary()])
