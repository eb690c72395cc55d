# SPDX-License-Identifier: MIT
"""Those who talk in one room: a SIP user with sessions, a phone in page mode, an XMPP user. Each keeps his own account.

A talker says one line at a time and waits for its fate before he thinks of the next. He notices himself that he is out of the
room, comes back, and writes down since when. Nothing here judges: that is talk_judge.py.
"""
import asyncio
import re
import time

from participant.session import Refused
from talk_judge import FAILED, FOREVER, SAID, UNKNOWN, Absence, Account, Line

SPOKEN = re.compile(r"#(\d{4}) ")
PAGED = re.compile(r"([^:\"]+): #(\d{4}) ")
FATE_S = 50     # a held line waits for its link
BACK_S = 55
ANSWER_S = 10
AGAIN_S = 0.5   # between two tries to come in


class Book:
    """What all talkers share: the numbers of lines, who heard what, and bells that ring at every entry."""

    def __init__(self, room):
        self.room = room
        self.lines = {}
        self.known = {}  # number: those who heard it
        self._bells = set()  # of those who wait

    def line(self, author, nick):
        line = Line(len(self.lines) + 1, author, nick, time.monotonic())
        self.lines[line.number] = line
        return line

    def ring(self):
        for bell in self._bells:
            bell.set()

    async def until(self, holds, within, what):
        """Returns once holds() is true, looked at again after everything that anybody saw."""
        deadline, bell = time.monotonic() + within, asyncio.Event()
        self._bells.add(bell)
        try:
            while not holds():
                bell.clear()
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"not within {within} s: {what}")
                await asyncio.wait([asyncio.ensure_future(bell.wait())], timeout=left)
        finally:
            self._bells.discard(bell)
            bell.set()  # nobody is left waiting


class Talker:
    """One who talks; `play` is his seeded random."""
    hears_himself, by_report = True, False
    fate_s, answer_s = FATE_S, ANSWER_S

    def __init__(self, book, world, who, play):
        self.book, self.world, self.who, self.play = book, world, who, play
        self.account = Account(who, hears_himself=self.hears_himself, by_report=self.by_report)
        self.nick = None
        self.is_in = False
        self._busy = asyncio.Lock()

    # What he sees.

    def hears(self, number, nick):
        self.account.heard.append((number, nick, time.monotonic()))
        self.book.known.setdefault(number, set()).add(self.who)

    def is_called(self, nick):
        self.nick = nick
        self.account.nicks.add(nick)

    def is_out(self, why, since=None):
        """He is, or may be, no longer inside."""
        if self.is_in:
            self.is_in = False
            self.account.absences.append(Absence(why, since or time.monotonic()))

    def roster(self):
        """The nicks of those who are there, as he knows them; None where nobody tells him."""
        return None

    def knows(self, nicks):
        """His roster names exactly these."""
        return self.roster() == sorted(nicks)

    def situation(self):
        """For whoever reads of a failure."""
        roster = self.roster()
        sees = "" if roster is None else f" and sees {', '.join(roster) or 'nobody'}"
        return f"{self.who} is {'inside' if self.is_in else 'outside'}{sees}"

    def came_back(self, since=None):
        self.is_in = True
        if self.account.absences and self.account.absences[-1].until == FOREVER:
            self.account.absences[-1].until = time.monotonic()

    # What he does.

    async def come_in(self):
        """Enters, or finds that he is inside; tries again until it works."""
        deadline = time.monotonic() + BACK_S
        while not self.is_in:
            try:
                await self.enter()
            except (Refused, OSError, AssertionError, asyncio.TimeoutError) as error:
                if time.monotonic() > deadline:
                    raise AssertionError(f"{self.who} does not come in: {error}") from error
                await asyncio.sleep(AGAIN_S)

    async def talk(self, is_over, pauses):
        """Lines with pauses between them until the story is over."""
        while not is_over():
            await asyncio.sleep(self.play.uniform(*pauses))
            async with self._busy:
                if is_over():  # since the pause began: who has left must not come in again
                    return
                await self.come_in()
                await self.say_one()

    async def say_one(self):
        line = self.book.line(self.who, self.nick)
        try:
            line.fate = await asyncio.wait_for(self.say(line, f"#{line.number:04d} {self.play.choice(WORDS)}"), self.fate_s)
        except (asyncio.TimeoutError, OSError):
            line.fate = UNKNOWN
        line.told = time.monotonic()
        self.book.ring()
        return line

    async def rename(self, nick):
        """Another nick, asked for until it is his."""
        async with self._busy:
            await self.come_in()
            self.account.nicks.add(nick)  # others may know it before he does
            await self.ask_for(nick)
            self.is_called(nick)


WORDS = ("But soft, what light through yonder window breaks?", "It is the east.", "Ay me!", "She speaks.", "Sì, è vero: così.",
         "What's in a name?", "I take thee at thy word.", "By whose direction found'st thou out this place?", "Anon, good nurse!",
         "Parting is such sweet sorrow, that I shall say good night till it be morrow; and yet, and yet: good night.")


class SipTalker(Talker):
    """A SIP user in the conference of the room. His own line stands where its success report came."""
    by_report = True

    async def arrive(self, **behaviour):
        self.user = await self.world.sip(self.who, **behaviour)
        self.user.transcript.listeners.append(self._on_entry)
        self.session = None
        self._reports = {}

    async def enter(self):
        self.session = await self.user.invite("sip:" + self.book.room, timeout=self.answer_s * 2)
        try:
            await self.session.opened(self.answer_s)
        except asyncio.TimeoutError:
            await self.session.bye()
            raise
        wanted = self.nick or self.who
        self.account.nicks |= {wanted, self.user.user}
        status = await self.session.nickname(wanted)
        assert status == 200, f"nickname {wanted}: {status}"
        self.is_called(wanted)
        self.came_back()

    async def say(self, line, text):
        reported = self._reports[f"line{line.number:04d}"] = asyncio.get_running_loop().create_future()
        session = self.session
        status = await session.say(text, message_id=f"line{line.number:04d}", success_report=True)
        if status not in (0, 200, 408):
            return FAILED
        over = asyncio.ensure_future(session.over.wait())
        await asyncio.wait([reported, over], return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        return reported.result() if reported.done() else UNKNOWN

    async def ask_for(self, nick):
        status = await self.session.nickname(nick)
        assert status == 200, f"nickname {nick}: {status}"

    def roster(self):
        rosters = self.user.transcript.select("roster")
        return sorted(rosters[-1]["users"].values()) if rosters else None

    def _on_entry(self, entry):
        event = entry["event"]
        if event == "message-received" and entry["via"] == "conference":
            spoken = SPOKEN.match(entry["text"])
            if spoken:
                self.hears(int(spoken[1]), entry.get("nick"))
        elif event == "report-received":
            self._on_report(entry)
        elif event in ("link-lost", "conference-ended") and self._is_over():  # not that of a session before
            self.is_out(entry.get("text") or event)
        self.book.ring()

    def _is_over(self):
        return self.session is not None and (self.session.over.is_set() or self.session.msrp.lost.is_set())

    def _on_report(self, entry):
        reported = self._reports.pop(entry.get("message_id"), None)
        if reported is None or reported.done():
            return
        is_good = entry["status"].split()[1] == "200"
        if is_good and self.hears_himself:
            self.hears(int(entry["message_id"][4:]), self.nick)
        reported.set_result(SAID if is_good else FAILED)


class PageTalker(Talker):
    """A phone that knows nothing but MESSAGE. Where in the order his own line is he cannot know."""
    hears_himself = False

    async def arrive(self):
        self.user = await self.world.sip(self.who, on_invite=488, page_refuses=("message/cpim",))
        self.user.transcript.listeners.append(self._on_entry)
        self.uri = "sip:" + self.book.room
        self._words = []  # what the room itself says to him

    async def page(self, text):
        try:
            return await asyncio.wait_for(self.user.page(self.uri, text), self.fate_s)
        except asyncio.TimeoutError:
            return 408

    async def answer(self, text, *beginnings):
        """Asks the room and returns which of `beginnings` its answer has."""
        after = len(self._words)
        assert await self.page(text) == 200, f"{text} is not taken"

        def found():
            return [start for words in self._words[after:] for start in beginnings if words.startswith(start)]
        await self.book.until(found, self.answer_s * 3, f"the answer to {text}")
        return found()[0]

    async def enter(self):
        wanted = self.nick or self.who
        if await self.answer("/who", "In ", "Nothing was said") != "In ":
            answer = await self.answer(f"/join {wanted}", "You are in", "You could not")
            assert answer == "You are in", self._words[-1]
        self.is_called(wanted)
        self.came_back()

    async def say(self, line, text):
        """It is said when somebody has heard it: the 200 means only that the gateway has it."""
        after = len(self._words)
        status = await self.page(text)
        if status != 200:
            return UNKNOWN if status == 408 else FAILED

        def refused():
            return any(words.startswith("Nothing was said") or f"#{line.number:04d} " in words for words in self._words[after:])
        await self.book.until(lambda: refused() or self.book.known.get(line.number), self.fate_s, text)
        if not refused():
            return SAID
        self.is_out("the stay had ended", line.sent)
        return FAILED

    async def ask_for(self, nick):
        answer = await self.answer(f"/join {nick}", "You are ", "The room does not")
        assert answer == "You are ", self._words[-1]

    def _on_entry(self, entry):
        if entry["event"] == "message-received" and entry["via"] == "page":
            spoken = PAGED.match(entry["text"])
            if spoken:
                self.hears(int(spoken[2]), spoken[1])
            else:
                self._on_words(entry["text"])
        self.book.ring()

    def _on_words(self, text):
        self._words.append(text)
        left_out = re.match(r"(\d+) lines? left out", text)
        if left_out:
            self.account.notices.append((time.monotonic(), int(left_out[1])))
        elif text.startswith("You are no longer in"):
            self.is_out(text)


class XmppTalker(Talker):
    """An XMPP user; after his server was killed he signs in anew. His own line stands where its echo came."""

    async def arrive(self):
        self.client = await self.world.xmpp(self.who)
        self._watch()

    def _watch(self):
        self.client.transcript.listeners.append(self._on_entry)
        self.client.add_event_handler("disconnected", lambda _: self.is_out("stream lost"))

    async def enter(self):
        if not self.client.is_connected():
            self.client.abort()
            self.client = await self.world.xmpp(self.who)
            self._watch()
        wanted = self.nick or self.who
        await self.client.enter(self.book.room, wanted, within=self.answer_s)
        self.is_called(wanted)
        self.came_back()

    async def say(self, line, text):
        client, after = self.client, self.client.transcript.mark()
        ident = client.say(self.book.room, text)

        def ended():
            echo = client.transcript.all("groupchat", after, id=ident)
            return SAID if echo else FAILED if client.transcript.all("error", after, id=ident) else not self.is_in and UNKNOWN
        await self.book.until(ended, self.fate_s, text)
        return ended()

    async def ask_for(self, nick):
        after = self.client.transcript.mark()
        self.client.be(self.book.room, nick)
        await self.client.seen("occupant", self.answer_s * 3, after, room=self.book.room, nick=nick, here=True)

    def roster(self):
        """The occupants of the room, by their presence."""
        here = {}
        for entry in self.client.transcript.all("occupant", room=self.book.room):
            here[entry["nick"]] = entry["here"]
        return sorted(nick for nick, is_here in here.items() if is_here)

    def _on_entry(self, entry):
        if entry["way"] == "in" and entry["kind"] == "groupchat" and entry["room"] == self.book.room:
            spoken = SPOKEN.match(entry["body"])
            if spoken and not entry["delayed"]:
                self.account.names.setdefault(int(spoken[1]), set()).add(entry["id"])
                self.hears(int(spoken[1]), entry["nick"])
        elif entry["kind"] == "occupant" and not entry["here"] and "110" in entry["codes"] and "303" not in entry["codes"]:
            self.is_out("put out of the room")
        self.book.ring()
