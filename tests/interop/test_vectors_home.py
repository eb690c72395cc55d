#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The step vectors of hosting A (GV-031 to GV-037: an XMPP user in a conference on SIP), run from
tests/vectors/vectors-groupchat.json like those of test_vectors.py.

What a vector's world and ours do not share: its switch is a loopback port; a JID of mantua.example needs no component of its
own here (an alias says which URI it is); `pre` is reached by the steps of GV-031.
"""
import runner
from servers import Mucsipd
from vector_steps import load, marker
from vector_steps_home import HomePlay

VECTORS = load()
HOME = [f"GV-{number:03}" for number in range(31, 38)]
performed = set()
vector = marker(lambda directory, ident, settings: HomePlay(directory, VECTORS[ident], settings), performed)


async def enters(play, chatroom="nickname private-messages", absent=None):
    """`pre`: leg CONNECTED, nick Nina, Omar and Ugo there but for who is absent."""
    await play.steps(play.without(absent, play.with_chatroom(VECTORS["GV-031"]["steps"], chatroom)))


@vector("GV-031")
async def gv_031_xmpp_user_enters_a_sip_conference(play):
    # rows: MUC-A01 CONF-022 CONF-025 MUC-A04
    await play.perform()


@vector("GV-032")
async def gv_032_a_line_is_reflected_only_after_the_200(play):
    # rows: MUC-A07 MUC-A08
    await enters(play)
    await play.perform()


@vector("GV-033", T_tx="3s")
async def gv_033_no_200_within_t_tx(play):
    # rows: MUC-A08
    await enters(play)
    await play.perform()


@vector("GV-034")
async def gv_034_no_private_lines_where_the_switch_has_none(play):
    # rows: MUC-A11
    await enters(play, "nickname")
    await play.perform()


@vector("GV-035")
async def gv_035_a_nick_that_is_taken(play):
    # rows: MUC-A14 MUC-A05
    steps = VECTORS["GV-031"]["steps"]
    nickname = next(n for n, step in enumerate(steps) if isinstance(step["m"], dict) and step["m"].get("method") == "NICKNAME")
    await play.steps(steps[:nickname])
    await play.steps(play.vector["steps"][:-1])
    await play.roster_with("Nina_2")
    await play.steps(play.vector["steps"][-1:])


@vector("GV-036")
async def gv_036_a_mediated_invitation_becomes_refer(play):
    # rows: MUC-A16 CONF-021
    await enters(play, absent="ugo")  # who is in the room already is not asked in
    await play.perform()


@vector("GV-037")
async def gv_037_a_kick_over_the_gateway(play):
    # rows: MUC-A19
    await enters(play)
    await play.perform()


@runner.test
async def every_step_vector_of_hosting_a_was_performed(world):
    assert all(ident in VECTORS for ident in HOME) and performed == set(HOME), sorted(performed)


if __name__ == "__main__":
    runner.main(programs=[Mucsipd.binary()])
