#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two SIP users, an XMPP user and a phone in page mode talk in one room for five minutes (--short: one).

Meanwhile names change, one is kicked and comes back, and each server is killed (-9) and started again in turn. At the end all
transcripts have the same lines in the same order, but for those that the protocol let somebody miss: talk_judge.py names them.
"""
import asyncio
import random
import sys
import time

from runner import main, test
from talk_judge import Kill, judge, points
from talkers import Book, PageTalker, SipTalker, XmppTalker
from world import KAMAILIO, MUCSIPD, PROSODY

SEED = 20161
TALK_S = 60 if "--short" in sys.argv else 300
MARGIN_S = 270  # for servers that start slowly, and the last minute of the phone's limit
PAUSES = (2.0, 6.0)  # of each of the four: a line every second
LEAST = TALK_S / 2
PHONE_LINES = 30  # a minute: fewer than are said
LIMIT = f"[settings]\npage_rooms_rate = {PHONE_LINES}\nrate_join = 60\n"
ALL_IN_S = 60
MINUTE_S = 90


class Story:
    """The four, what was killed, and the time of the talk."""

    def __init__(self, world, people):
        self.world, self.people, self.kills = world, people, []
        self.book = people[0].book
        self.began = time.monotonic()
        self.is_over = False

    async def at(self, share):
        """The point of the script at this share of the talk; when what was before took longer, now."""
        await asyncio.sleep(max(0, self.began + share * TALK_S - time.monotonic()))

    async def all_in(self, what):
        await self.book.until(lambda: all(person.is_in for person in self.people), ALL_IN_S, f"all are inside after {what}")

    def verdict(self):
        return judge(self.book.lines, [person.account for person in self.people], self.kills)

    async def kill(self, server, touched):
        """kill -9 and start; `touched` cannot know whether they are still inside, and look."""
        at = time.monotonic()
        await server.kill()
        await server.start()
        self.kills.append(Kill(server.name, at, time.monotonic()))
        for person in touched:
            person.is_out(f"{server.name} killed", at)


async def script(story, juliet, romeo, benvolio, phone):
    """What happens while they talk, at shares of its time."""
    world = story.world
    await story.at(0.05)
    await romeo.rename("Montague")
    await juliet.rename("Capulet")
    await story.at(0.12)
    await phone.rename("Paris")
    await story.at(0.18)
    await juliet.client.kick(story.book.room, romeo.nick, "be quiet")
    await story.book.until(lambda: not romeo.is_in, ALL_IN_S, "he is out")
    await story.all_in("the kick")
    await story.at(0.30)
    await story.kill(world.mucsipd, [romeo, benvolio, phone])
    await story.all_in("mucsipd was killed")
    await story.at(0.50)
    await story.kill(world.kamailio, [phone])
    await asyncio.gather(*(person.user.register() for person in (romeo, benvolio, phone)))
    await story.all_in("kamailio was killed")
    await story.at(0.70)
    await story.kill(world.xmpp_server, [juliet])
    await story.all_in("prosody was killed")
    await story.at(0.90)
    await benvolio.rename("Mercutio")
    await story.at(1)


async def last_words(story):
    """All is drained when each has heard the last line of each other, or was told that lines were left out."""
    last = [await person.say_one() for person in story.people]
    phone = story.people[-1]
    for line in last:
        others = {person.who for person in story.people if person is not phone and person.who != line.author}
        await story.book.until(lambda: others <= story.book.known.get(line.number, set()), ALL_IN_S, f"all heard line {line.number}")

    def is_drained():
        return not any(text.startswith(f"{phone.who} missed") for text in story.verdict().wrong)
    await story.book.until(is_drained, MINUTE_S, "the phone has heard all, or of it")


async def roster_is_one(story, juliet, romeo, benvolio):
    """However the room came to be what it is, it is the same for all."""
    nicks = [person.nick for person in story.people]
    await story.book.until(lambda: all(person.knows(nicks) for person in (juliet, romeo, benvolio)), ALL_IN_S, f"all know {nicks}")


async def gathered(world):
    """The four, inside, in a room that outlives its server."""
    book = Book(world.room())
    kinds = (("juliet", XmppTalker), ("romeo", SipTalker), ("benvolio", SipTalker), ("paris", PageTalker))
    people = [kind(book, world, who, random.Random(f"{SEED} {who}")) for who, kind in kinds]
    for person in people:
        await person.arrive()
    await people[0].client.open_room(book.room, persistentroom="1", whois="anyone")
    for person in people:
        await person.come_in()
    return people


@test(within=TALK_S + MARGIN_S)
async def five_minutes_of_talk_are_the_same_for_all_who_talk(world):
    # rows: ESC-004 MUC-B04 MUC-B05
    people = await gathered(world)
    juliet, romeo, benvolio, phone = people
    story = Story(world, people)
    talks = [asyncio.ensure_future(person.talk(lambda: story.is_over, PAUSES)) for person in people]
    telling = asyncio.ensure_future(script(story, *people))
    try:
        await asyncio.wait([telling, *talks], return_when=asyncio.FIRST_COMPLETED)
        story.is_over = True
        await asyncio.gather(telling, *talks)
    finally:
        for task in (telling, *talks):
            task.cancel()
    await story.all_in("all")
    await last_words(story)
    await roster_is_one(story, juliet, romeo, benvolio)
    told = list(points(story.verdict(), LEAST, (PROSODY, KAMAILIO, MUCSIPD), story.kills))
    for _, text in told:
        print("#   " + text, flush=True)
    assert all(good for good, _ in told), [text for good, text in told if not good]


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, extra=LIMIT, suite_s=TALK_S + MARGIN_S + 60)
