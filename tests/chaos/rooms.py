#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The chaos test in rooms: people talk in a room on XMPP and in a conference on SIP while all servers are killed with -9.

    rooms.py [--seed N] [--minutes N] [--tcp] [--keep DIRECTORY]

In the room: an XMPP user, a SIP user with a session and a phone in page mode; in the conference, whose focus is killed too: an XMPP
user and Paul, who lives in the focus. Prints TAP; the judge is that of tests/interop/test_room_talk.py. docs/chaos.md explains it.
"""
import asyncio
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop"))

from conference_steps import COMPONENTS, CONF, FOCUS_PORT, routes  # noqa: E402
from journal import Tail, follow  # noqa: E402
from killer import Killer  # noqa: E402
from process import ProcessError  # noqa: E402
from room_judge import judged, kills_of  # noqa: E402
from room_people import NATIVE, PAUSES, Juliet, Nurse, Paul, Phone, Romeo  # noqa: E402
from run import Crowd, directory_of, main  # noqa: E402
from talkers import Book  # noqa: E402
from world import KAMAILIO, MUCSIPD, PROSODY, World  # noqa: E402

FOCUS = "focus"
GAP_S = (2.5, 4.5)  # between two kills
KILLS = 8           # every server at least once: one bag of the killer
LEAST = 20          # lines said in each room
REGISTER_S = 1      # the proxy forgets registrations when it dies
MINUTE_S = 60       # in which everybody is back, and no ghost is left
CALM_S = 180        # for all that; what is not there by then is soon told not to be
SOON_S = 5
SETTINGS = """
[timers]
T_proof = 5s
T_tx = 5s
[settings]
page_rooms_rate = 600
rate_join = 600
rate_session = 600
rate_msg = 100
"""
# Who cannot know, after a kill, whether he is still inside, and looks.
TOUCHED = {MUCSIPD: ("romeo", "paris", "nurse"), KAMAILIO: ("paris",), PROSODY: ("juliet", "nurse"), FOCUS: ("nurse",)}


class Focus(Crowd):
    """The process of hall.py."""
    program = "hall.py"


class Executioner(Killer):
    """Tells those concerned that they may be out."""

    def __init__(self, victims, people, seed, tell):
        super().__init__(victims, {}, seed, tell, GAP_S)
        self.people = people

    async def kill(self, name, down_s):
        at = time.monotonic()
        await super().kill(name, down_s)
        for who in TOUCHED[name]:
            self.people[who].is_out(f"{name} killed", at)


class Rooms:
    """One run from the first start to the verdict."""

    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.journals = os.path.join(directory, "journals")
        os.makedirs(self.journals)
        self.world = World(directory, (PROSODY, KAMAILIO, MUCSIPD), "tcp" if options.tcp else "udp", COMPONENTS + SETTINGS,
                           amend=routes, focus=FOCUS_PORT)
        self.began, self.clock = time.monotonic(), time.time() - time.monotonic()
        self.is_over = False
        self.calm = None  # since when
        self.tasks = []
        self.clean = []  # (is it good, what it says) of what is seen at the end

    def tell(self, line):
        print(f"# {time.monotonic() - self.began:6.1f} {line}", flush=True)

    # The beginning.

    async def start(self):
        await self.world.start()
        await self.world.begin("people")
        focus = Focus(self.directory, FOCUS, {
            "journals": self.journals, "domain": CONF, "port": FOCUS_PORT, "room": "hall", "transport": self.world.transport,
            "outbound": ["127.0.0.1", self.world.kamailio.ports["port"]]})
        self.room, self.hall = Book(self.world.room()), Book(f"hall@{CONF}")
        await self._gather()
        await focus.start()
        await self._seat()
        servers = {server.name: server for server in self.world.servers()}
        self.killer = Executioner({**servers, FOCUS: focus}, self.people, self.options.seed, self.tell)

    async def _gather(self):
        """Everybody signs in; Paul's journal is followed from now on."""
        kinds = (("juliet", Juliet, self.room), ("romeo", Romeo, self.room), ("paris", Phone, self.room), ("nurse", Nurse, self.hall))
        self.people = {who: kind(book, self.world, who, random.Random(f"{self.options.seed} {who}")) for who, kind, book in kinds}
        for person in self.people.values():
            await person.arrive()
        self.paul = self.people["nurse"].paul = Paul(self.hall, self.clock)
        self._spawn(follow([Tail(self.journals, NATIVE)], self.paul.hear))

    async def _seat(self):
        await self.people["juliet"].client.open_room(self.room.room, persistentroom="1", whois="anyone")
        for person in self.people.values():
            await person.come_in()
            self._spawn(person.talk(lambda: self.is_over, PAUSES))
        for who in ("romeo", "paris"):
            self._spawn(self._stay_registered(self.people[who].user))

    async def _stay_registered(self, user):
        while True:
            await asyncio.sleep(REGISTER_S)
            try:
                await asyncio.wait_for(user.register(), REGISTER_S)
            except (OSError, asyncio.TimeoutError):
                pass  # the proxy is down: again in a moment

    def _spawn(self, coroutine):
        self.tasks.append(asyncio.ensure_future(coroutine))

    # The talk and its end.

    def _is_enough(self):
        return len(self.killer.kills) >= KILLS and time.monotonic() - self.began >= 60 * self.options.minutes

    async def run(self):
        await self.start()
        await self.killer.work(self._is_enough)
        self.tell(f"calm: {len(self.room.lines)} and {len(self.hall.lines)} lines")
        await self._calm()
        for task in self.tasks:
            task.cancel()
        await self.world.end()
        await self.killer.victims[FOCUS].kill()
        return await self.world.stop()

    async def _seen(self, what, holds, book):
        """A point of the verdict: within a minute this is so."""
        within = max(SOON_S, min(MINUTE_S, self.calm + CALM_S - time.monotonic()))
        try:
            await book.until(holds, within, what)
            self.clean.append((True, what))
        except TimeoutError:
            people = [*self.people.values(), self.paul]
            seen = "; ".join(person.situation() for person in people if person.book is book)
            self.clean.append((False, f"{what}: not within {within:.0f} s; {seen}"))
            self.tell(self.clean[-1][1])

    async def _calm(self):
        """Nobody is killed any more: everybody is inside, each sees who is there and nobody else; then they leave."""
        self.calm = time.monotonic()
        juliet, romeo, paris, nurse = (self.people[who] for who in ("juliet", "romeo", "paris", "nurse"))
        await self._seen("everybody is inside the room again", lambda: juliet.is_in and romeo.is_in and paris.is_in, self.room)
        await self._seen("she is inside the conference again", lambda: nurse.is_in, self.hall)
        self.is_over = True
        open(os.path.join(self.journals, "stop"), "w", encoding="ascii").close()
        await self._last_words()
        nicks = [person.nick for person in (juliet, romeo, paris)]
        await self._seen("the room knows these three and no ghost", lambda: juliet.knows(nicks) and romeo.knows(nicks), self.room)
        await self._seen("the conference knows these two and no ghost",
                         lambda: nurse.knows([nurse.nick, NATIVE.capitalize()]) and len(self.paul.guests) == 1, self.hall)
        self.verdict = list(self._judged())
        await romeo.session.bye()
        await paris.page("/leave")
        nurse.client.leave(self.hall.room, nurse.nick)
        await self._seen("the room is left without a ghost", lambda: juliet.knows([juliet.nick]), self.room)
        await self._seen("the conference is left without a ghost", lambda: not self.paul.guests, self.hall)

    async def _last_words(self):
        """Whoever was talking ends; then each says a line more, which all others hear."""
        for person in self.people.values():
            async with person._busy:
                await person.come_in()
        lines = [(book, await person.say_one()) for person in self.people.values() for book in (person.book,)]
        heard = {id(self.room): {"juliet", "romeo", "paris"}, id(self.hall): {"nurse", NATIVE}}
        for book, line in lines:
            await self._seen(f"the last line of {line.author} reaches everybody",
                             lambda: heard[id(book)] - {line.author} <= book.known.get(line.number, set()), book)
        await self._seen("the last line of Paul reaches everybody",
                         lambda: self.paul.is_done and "nurse" in self.hall.known.get(self.paul.last, ()), self.hall)

    def _judged(self):
        """(is it good, what it says) for what was said."""
        kills = kills_of(self.killer.kills, self.clock)
        people = [*self.people.values(), self.paul]
        guests = [self.people[who].account for who in ("romeo", "paris")]
        for name, book in (("room", self.room), ("conference", self.hall)):
            accounts = [person.account for person in people if person.book is book]
            told = judged(book.lines, accounts, [guest for guest in guests if guest in accounts], kills, LEAST, TOUCHED)
            yield from ((good, f"{name}: {text}") for good, text in told)


def report(points_, disorder):
    """TAP; true when all is well."""
    lines = [*points_, (not disorder, "the gateway ends in order")]
    print(f"1..{len(lines)}")
    for number, (good, text) in enumerate(lines, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    for line in disorder:
        print("#   " + line)
    return all(good for good, _ in lines)


def run(options):
    directory = directory_of(options, "chaos_rooms")
    print(f"# seed {options.seed}; journals, transcripts and logs: {directory}", flush=True)
    rooms = Rooms(directory, options)
    try:
        disorder = asyncio.run(rooms.run())
    except ProcessError as error:
        print("\n# ".join(["Bail out! what was killed did not come back", *str(error).splitlines()]))
        return False
    return report(rooms.verdict + rooms.clean, disorder)


if __name__ == "__main__":
    sys.exit(main(run, "People talk in rooms while everything is killed."))
