#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A phone that knows nothing but MESSAGE in a room of a real server: in by /join, out by /leave, and what lies between.

No row covers it: RFC 7701 and RFC 7702 know sessions only. What is to be said is in docs/operations.md.
"""
from phones import Linphone
from runner import main, test
from transcript import PATIENCE_S
from world import KAMAILIO, MUCSIPD, PROSODY

LIMIT = "[settings]\npage_rooms_rate = 6\n"


async def opened(world, **configuration):
    """Juliet in a room of her own, and a phone outside."""
    juliet, room = await world.xmpp("juliet"), world.room()
    await juliet.open_room(room, **configuration)
    return juliet, room, await phone(world)


async def phone(world, name="paris"):
    return await world.sip(name, on_invite=488, page_refuses=("message/cpim",))


async def told(paris, start, timeout=PATIENCE_S):
    """What the room, or an occupant, says to the phone."""
    return await paris.transcript.expect("message-received", via="page", timeout=timeout, text=lambda text: text.startswith(start))


async def comes_in(paris, room, nick="paris"):
    assert await paris.page("sip:" + room, f"/join {nick}") == 200
    return await told(paris, f"You are in {room} as {nick}.")


@test
async def lines_go_both_ways_and_leave_ends_it(world):
    juliet, room, paris = await opened(world)
    await comes_in(paris, room)
    await juliet.seen("occupant", room=room, nick="paris", here=True)
    assert await paris.page("sip:" + room, "Good morrow, <all> & \u2603") == 200
    line = await juliet.seen("groupchat", body="Good morrow, <all> & \u2603")
    assert (line["nick"], line["room"]) == ("paris", room), line
    juliet.say(room, "Happily met \u00f6")
    heard = await told(paris, "juliet: ")
    assert heard["text"] == "juliet: Happily met \u00f6" and heard["from"] == "sip:" + room, heard
    assert await paris.page("sip:" + room, "/me bows") == 200
    await juliet.seen("groupchat", body="/me bows", nick="paris")
    assert await paris.page("sip:" + room, "/leave") == 200
    await told(paris, "You have left ")
    await juliet.seen("occupant", room=room, nick="paris", here=False)
    assert not paris.transcript.select("message-received", text=lambda text: text.startswith("paris: "))


@test
async def from_outside_nothing_is_said_and_the_way_in_is_told(world):
    juliet, room, paris = await opened(world)
    assert await paris.page("sip:" + room, "Anybody?") == 200
    hint = await told(paris, "Nothing was said in ")
    assert "/join" in hint["text"] and hint["from"] == "sip:" + room, hint
    await comes_in(paris, room)
    assert await paris.page("sip:" + room, "now") == 200
    await juliet.seen("groupchat", body="now")
    juliet.transcript.never("groupchat", body="Anybody?")


@test
async def it_is_told_who_is_there(world):
    juliet, room, paris = await opened(world)
    nurse = await world.xmpp("nurse")
    await nurse.enter(room)
    await comes_in(paris, room)
    assert await paris.page("sip:" + room, "/who") == 200
    who = await told(paris, f"In {room}: ")
    assert set(who["text"].partition(": ")[2].split(", ")) == {"juliet", "nurse", "paris"}, who
    juliet.transcript.never("groupchat", body="/who")


@test
async def names_that_are_taken_are_not_given(world):
    juliet, room, paris = await opened(world)
    await comes_in(paris, room)
    assert await paris.page("sip:" + room, "/join juliet") == 200
    await told(paris, "The room does not let you have that name")
    assert await paris.page("sip:" + room, "/join Paris M") == 200
    await told(paris, "You are Paris M now.")
    await juliet.seen("occupant", room=room, nick="Paris M", here=True)
    other = await phone(world, "county")
    assert await other.page("sip:" + room, "/join juliet") == 200
    entered = await told(other, f"You are in {room} as ")
    assert not entered["text"].startswith(f"You are in {room} as juliet."), entered


@test
async def private_lines_have_the_address_of_the_occupant(world):
    juliet, room, paris = await opened(world)
    nurse = await world.xmpp("nurse")
    await nurse.enter(room)
    await comes_in(paris, room)
    juliet.chat(f"{room}/paris", "psst")
    heard = await told(paris, "psst")
    assert heard["from"] == f"sip:{room};gr=juliet", heard
    assert await paris.page(heard["from"], "what?") == 200
    line = await juliet.seen("message", body="what?")
    assert (line["from"], line["type"]) == (f"{room}/paris", "chat"), line
    nurse.say(room, "aloud")
    await told(paris, "nurse: aloud")
    nurse.transcript.never("message")


@test
async def a_kick_is_told_in_words(world):
    juliet, room, paris = await opened(world)
    await comes_in(paris, room)
    await juliet.kick(room, "paris", "be quiet")
    end = await told(paris, "You are no longer in ")
    assert "be quiet" in end["text"], end
    assert await paris.page("sip:" + room, "still here?") == 200
    await told(paris, "Nothing was said in ")
    juliet.transcript.never("groupchat", body="still here?")


@test
async def a_room_that_lets_nobody_in_says_so(world):
    _, room, paris = await opened(world, membersonly="1")
    assert await paris.page("sip:" + room, "/join") == 200
    await told(paris, "You could not enter ")


@test(within=240)
async def no_more_lines_in_a_minute_than_the_limit_and_the_rest_are_counted(world):
    juliet, room, paris = await opened(world)
    await comes_in(paris, room)
    for number in range(10):
        juliet.say(room, f"line {number}")
        await juliet.seen("groupchat", body=f"line {number}")
    await told(paris, "4 lines left out", 120)
    heard = [entry["text"] for entry in paris.transcript.select("message-received", text=lambda text: text.startswith("juliet: "))]
    assert heard == [f"juliet: line {number}" for number in range(6)], heard
    juliet.say(room, "a new minute")
    await told(paris, "juliet: a new minute")


@test
async def linphone_is_in_a_room(world):
    juliet, room = await world.xmpp("juliet"), world.room()
    await juliet.open_room(room)
    real = await Linphone(world, world.unique("paris")).sign_in("sip:" + room)
    real.say("/join paris")
    await juliet.seen("occupant", room=room, nick="paris", here=True)
    real.say("I am a real phone \u00e9")
    await juliet.seen("groupchat", body="I am a real phone \u00e9", nick="paris")
    juliet.say(room, "So am not I \u00f6")
    await real.process.line_with("So am not I \u00f6", 15)


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, programs=("linphonec",), extra=LIMIT)
