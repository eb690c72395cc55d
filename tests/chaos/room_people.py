# SPDX-License-Identifier: MIT
"""Those who talk in the two rooms of the chaos test: the talkers of tests/interop in a hurry, and what Paul's journal tells of him."""
import asyncio

from talk_judge import SAID, Account, Line
from talkers import PageTalker, SipTalker, XmppTalker

NATIVE = "paul"
PAUSES = (0.5, 1.5)
FIRST_OF_PAUL = 5000  # the numbers of his lines
HURRY_S, FATE_S = 3, 6


class Hasty:
    """Does not wait long: somebody is killed every few seconds."""
    fate_s, answer_s = FATE_S, HURRY_S


class Juliet(Hasty, XmppTalker):
    """An XMPP user in a room of her server."""


class Romeo(Hasty, SipTalker):
    """A SIP user with a session in it. Reports overtake lines: where in the order his own line is he cannot know."""
    hears_himself = False


class Phone(Hasty, PageTalker):
    """One that knows nothing but MESSAGE. What the room answers is lost while the proxy does not know it: it asks again soon."""
    answer_s = 1


class Nurse(Hasty, XmppTalker):
    """An XMPP user in a conference on SIP. She is inside when the focus says so too: `paul` knows.

    Her own line stands where the focus's answer came, which overtakes a copy that the focus is about to write.
    """
    by_report = True
    paul = None

    async def enter(self):
        await super().enter()
        await self.book.until(lambda: self.paul.guests, self.answer_s, "the focus knows her")
        super().came_back()

    def came_back(self, since=None):
        """What her own presence says is only half of it."""


class Paul:
    """The one in the focus, told by his journal. Times of journals are of the wall clock: `clock` is what to take from them."""
    who = NATIVE

    def __init__(self, book, clock):
        self.book, self.clock = book, clock
        self.account = Account(NATIVE, nicks={NATIVE.capitalize()})
        self.guests = set()  # legs that are up
        self.last, self.is_done = None, False  # the number of his last line

    def situation(self):
        return f"the focus has {len(self.guests)} legs"

    def hear(self, fact):
        """A fact of the journal, in its order."""
        getattr(self, "_on_" + fact["what"])(fact, fact["t"] - self.clock)
        self.book.ring()

    def _on_began(self, fact, at):
        self.guests = set()

    def _on_sent(self, fact, at):
        """The focus has it, and with it everybody who is inside."""
        line = Line(fact["number"], NATIVE, NATIVE.capitalize(), at, at, SAID)
        self.book.lines[line.number], self.last = line, line.number
        self.account.heard.append((line.number, line.nick, at))

    def _on_heard(self, fact, at):
        self.account.heard.append((fact["number"], fact["nick"], at))
        self.book.known.setdefault(fact["number"], set()).add(NATIVE)

    def _on_arrived(self, fact, at):
        self.guests.add(fact["leg"])

    def _on_msrp_lost(self, fact, at):
        self.guests.discard(fact["leg"])

    _on_bye = _on_bye_answered = _on_msrp_lost

    def _on_done(self, fact, at):
        self.is_done = True
