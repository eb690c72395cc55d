#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The step vectors of E1 (GV-047 to GV-060: an XMPP user escalates, hosting B) and of the lost connection (GV-079), run from
tests/vectors/vectors-groupchat.json.

Each function is one vector: beside it stand the settings it assumes, inside it how its `pre` is reached and its `end` seen. Its
steps are the file's. How they are read is told in vector_steps.py. Replaces is off by ruling R-14, whatever section 0 of the
matrix says: where a vector expects an INVITE with Replaces it is judged by the INVITE that GV-054 expects without.
"""
import runner
from servers import Mucsipd
from vector_steps import Play, load, marker

VECTORS = load()
E1 = [f"GV-{number:03}" for number in range(47, 61)]
WITHOUT_REPLACES = next(step["m"] for step in VECTORS["GV-054"]["steps"] if step["ifc"] == "sip")
# Those of them that cannot be performed, and why.
NOT_BUILT = {
    "GV-051": "its point is the second try after a 481 to Replaces, and Replaces is never sent (R-14)",
    "GV-053": "a conference leg is not turned back into a two-party one yet: ESC-006 waits (docs/conformance.md)",
}
performed = set()


def ours(vector):
    """The vector with its INVITE as R-14 wants it."""
    steps = [dict(step, m=WITHOUT_REPLACES) if "Replaces" in step["m"] else step for step in vector["steps"]]
    return dict(vector, steps=steps)


class Chatting(Play):
    """Begins inside the two-party session D0."""

    async def start(self):
        await super().start()
        await self.opens_d0()


vector = marker(lambda directory, ident, settings: Chatting(directory, ours(VECTORS[ident]), settings), performed)


async def enters(play, until=None):
    """A `pre` further on: the steps of GV-055 (a room with a password, which all goes well) up to one of them."""
    await play.steps(ours(VECTORS["GV-055"])["steps"][:until])


@vector("GV-047")
async def gv_047_all_good(play):
    # rows: ESC-100 ESC-012 ESC-016
    await play.perform()
    await play.is_active()


@vector("GV-048")
async def gv_048_the_peer_declines(play):
    # rows: ESC-005 ESC-008
    await play.perform()
    play.into("msrp", {"status": 200})
    await play.d0_is_up()


@vector("GV-049")
async def gv_049_the_peer_cannot_do_group_chat(play):
    # rows: ESC-005 CONF-004
    await play.perform()
    await play.d0_is_up()


@vector("GV-050", T_invite="3s")
async def gv_050_the_peer_never_answers(play):
    # rows: ESC-005
    await play.perform()
    await play.d0_is_up()


@vector("GV-052")
async def gv_052_nick_conflict_while_moving(play):
    # rows: MUC-B02
    await play.perform()


@vector("GV-054")
async def gv_054_a_room_that_forbids(play):
    # rows: ESC-005 ESC-007
    await play.perform()
    await play.d0_is_up()


@vector("GV-055")
async def gv_055_the_password_of_the_invitation(play):
    # rows: MUC-B01 ESC-100
    await play.perform()


@vector("GV-056", T_join="8s")
async def gv_056_the_room_is_gone_before_he_enters(play):
    # rows: MUC-B16 ESC-005
    await play.perform()
    await play.d0_is_up()


@vector("GV-057")
async def gv_057_messages_in_both_directions_during_the_move(play):
    # rows: ESC-010 ESC-011 ESC-013 ESC-017 ESC-022
    await play.perform()
    play.into("msrp", {"status": 200})
    await play.echoes()
    await play.journal_is([(ident, "delivered") for ident in ("c0", "c1", "om-21", "om-22")])
    await play.is_active()


@vector("GV-058")
async def gv_058_a_late_line_to_the_person(play):
    """20 s after the move is as good as at once: both are within T_late."""
    # rows: ESC-014
    await enters(play)
    await play.out("sip", {"start": "BYE", "dialog": "D0"})
    play.into("sip", {"start": "200"})
    await play.perform()
    await play.is_active()


@vector("GV-059")
async def gv_059_the_peer_leaves_while_d0_drains(play):
    # rows: ESC-409
    play.writes("c1", "one")  # never answered: D0 drains
    await play.out("msrp", {"method": "SEND", "session": "M0", "text": "one"})
    await enters(play)
    await play.perform()
    await play.d0_is_up()


@vector("GV-060", xmpp_hold="200ms")
async def gv_060_the_room_is_gone_while_it_rings(play):
    """With prejoin=probe (R-15) nobody of ours is in the room to see it end: gone it is when its server is."""
    # rows: ESC-406
    await enters(play, 4)
    play.into("sip", {"start": "180"})
    await play.gateway.settle()
    play.gateway.xmpp.hang_up()
    await play.steps(play.vector["steps"][1:])


@vector("GV-079")
async def gv_079_connection_lost_and_created_again(play):
    # rows: MUC-B18 MSRP-024
    await enters(play)
    await play.out("sip", {"start": "BYE", "dialog": "D0"})
    play.into("sip", {"start": "200"})
    play.says("g-77", "hark")
    await play.out("msrp", {"method": "SEND", "session": "K1", "Message-ID": "g-77"})
    await play.perform()
    play.into("msrp", {"status": 200})
    await play.is_active()


@runner.test
async def every_step_vector_of_e1_was_performed_or_is_named_with_its_reason(world):
    assert len(E1) == 14 and all(ident in VECTORS for ident in E1)
    assert performed | set(NOT_BUILT) == {*E1, "GV-079"} and not performed & set(NOT_BUILT), sorted(performed)
    assert len(performed) == 13


if __name__ == "__main__":
    runner.main(programs=[Mucsipd.binary()])
