# SPDX-License-Identifier: MIT
"""The judge of the chaos test: journals and kills in, figures and verdict out. Pure: no file, no clock, no process.

docs/chaos.md says what each figure means and what is excused, and why. In short: a message is `neither` when its author was not
told that it failed and nobody received it; `both` when both happened; `twice` when it was shown under two names, `again` when under
the same name. None may be, except where a kill fell into its flight in a way that no protocol here could have mended; and one
sender can lose at most one message to one kill.
"""
from collections import Counter
from dataclasses import dataclass, field

WAYS = {"x": "xmpp to sip", "s": "sip to xmpp"}
MODES = {"p": "page", "m": "msrp"}
CLASSES = [f"{way}, {mode}" for way in WAYS.values() for mode in MODES.values()]
FATES = ("delivered", "failed", "neither", "both", "twice", "again")
SERVERS = ("prosody", "kamailio", "mucsipd")
MESSAGES, KILLS, KILLS_EACH = 2000, 20, 2
SHARE = 0.5     # of each class must arrive: a gateway that refuses everything loses nothing
FLIGHT_S = 2.0  # from a client's socket through its server into the gateway's ledger, on a slow machine
NOTICED_S = 0.3  # until its neighbours know that a process is dead
AFTER_S = 0.5   # what was acknowledged, or refused, may lie in a server's memory that long


@dataclass
class Kill:
    """A kill -9 of prosody, kamailio, mucsipd or a crowd of users: decided at `at`, `dead` for certain, `back` in service."""
    victim: str
    at: float
    dead: float
    back: float
    users: tuple = ()

    def falls_into(self, start, end):
        return self.at <= end and self.dead + NOTICED_S >= start


@dataclass
class Row:
    """What the ledger holds about a message: it explains, it never acquits by itself."""
    opened: float
    closed: float | None
    fate: str | None


@dataclass
class Message:
    """One message as the journals of its author and of its partner tell it."""
    name: str
    sent: float
    ended: float = float("inf")  # when its author knew, or no longer waited
    told: list = field(default_factory=list)      # (time, is it good)
    received: list = field(default_factory=list)  # (time, wire)

    @property
    def author(self):
        return self.name.partition(".")[0]

    @property
    def reader(self):
        return ("s" if self.name[0] == "x" else "x") + self.author[1:]

    @property
    def kind(self):
        return f"{WAYS[self.name[0]]}, {MODES[self.name[1]]}"

    @property
    def is_page(self):
        return self.name[1] == "p"

    def end(self, at):
        self.ended = min(self.ended, at)

    def fates(self):
        """`delivered`, `failed`, `neither` or `both`; and `twice` or `again` beside it."""
        is_told_bad = not all(good for _, good in self.told)
        found = {(True, True): "both", (True, False): "failed", (False, True): "delivered",
                 (False, False): "neither"}[is_told_bad, bool(self.received)]
        yield found
        wires = [wire for _, wire in self.received]
        if len(set(wires)) > 1:
            yield "twice"
        elif len(wires) > 1:
            yield "again"


@dataclass
class Verdict:
    """Figures by class, what was excused and by which rule, and every message that was not."""
    figures: dict
    excused: list  # (class, fate, excuse, message)
    wrong: list    # (class, fate, message)
    killed: Counter
    sent: int
    stuck: list    # authors for whom nothing arrived after the last kill
    broken: Counter  # rules of SIP, SDP and MSRP that were broken towards the SIP users


def messages_of(facts):
    """Every message that was sent, by name."""
    found, latest = {}, {}
    for fact in facts:
        if fact["what"] == "sent":
            latest[fact["who"]] = found[fact["id"]] = Message(fact["id"], fact["t"])
        elif fact["what"] == "began" and fact["who"] in latest:  # its author was killed and waits no longer
            latest[fact["who"]].end(fact["t"])
        elif fact.get("id") in found:
            _take(found[fact["id"]], fact)
    return found


def _take(message, fact):
    if fact["what"] == "received":
        message.received.append((fact["t"], fact["wire"]))
    elif fact["what"] == "told":
        message.told.append((fact["t"], fact["good"]))
    if fact["what"] in ("told", "seen", "gave-up"):
        message.end(fact["t"])


class Absences:
    """When each user was without a stream, from the facts `up` and `down` of the journals."""

    def __init__(self, facts):
        self._changes = {}
        for fact in facts:
            if fact["what"] in ("up", "down", "began"):
                self._changes.setdefault(fact["who"], []).append((fact["t"], fact["what"] == "up"))

    def is_away(self, who, at):
        before = [is_up for when, is_up in self._changes.get(who, ()) if when <= at]
        return not (before and before[-1])


# The excuses: each finds a kill that explains the fate of a message, or None. There are no others.

def _kill_of(kills, victims, start, end, user=None):
    return next((kill for kill in kills if (kill.victim in victims or user in kill.users) and kill.falls_into(start, end)), None)


def never_read(message, kills, row, absences):
    """XEP-0114: the server had written the stanza, or still had it, and the process that died had not made a row of it."""
    if message.name[0] == "x" and row is None:
        return _kill_of(kills, ("prosody", "mucsipd"), message.sent, message.sent + FLIGHT_S)
    return None


def author_killed(message, kills, row, absences):
    """Nobody was there any more to be told."""
    return _kill_of(kills, (), message.sent, message.ended, message.author)


def error_lost(message, kills, row, absences):
    """The error was written, and died in the killed server's memory, or found its author's stream not yet renewed."""
    if message.name[0] != "x" or row is None or row.fate != "failed" or row.closed is None:
        return None
    if absences.is_away(message.author, row.closed):
        return _kill_of(kills, ("prosody",), message.sent, row.closed)
    return _kill_of(kills, ("prosody",), row.closed - AFTER_S, row.closed + AFTER_S)


def taken_and_lost(message, kills, row, absences):
    """The XMPP server had proved that it took the stanza, and died with it; or its user died with it unread."""
    if message.name[0] != "s" or row is None or row.fate != "delivered":
        return None
    return _kill_of(kills, ("prosody",), row.opened, (row.closed or message.ended) + AFTER_S, message.reader)


def _cut(message, kills, end):
    return _kill_of(kills, SERVERS, message.sent, end, message.reader) or \
        _kill_of(kills, (), message.sent, end, message.author)


def cut_in_flight(message, kills, row, absences):
    """Somebody on the way died between the message and the bad news: whether it had arrived, neither side can know."""
    return _cut(message, kills, next(at for at, good in message.told if not good))


def repeated_by_name(message, kills, row, absences):
    """Sessions repeat what was not answered under the same name, and the reader knows it by that."""
    return None if message.is_page else _cut(message, kills, message.received[-1][0])


EXCUSES = {"neither": (never_read, author_killed, error_lost, taken_and_lost), "both": (cut_in_flight,),
           "again": (repeated_by_name,), "twice": ()}


def judge(facts, kills, rows):
    """`facts` of all journals in order of time; `kills`; `rows` of the ledger by name of message."""
    messages = messages_of(facts)
    verdict = Verdict({kind: Counter() for kind in CLASSES}, [], [], Counter(kill.victim for kill in kills), len(messages),
                      _stuck(messages, kills), Counter(fact["rule"] for fact in facts if fact["what"] == "violation"))
    absences, spent = Absences(facts), set()
    for message in messages.values():
        for fate in message.fates():
            verdict.figures[message.kind][fate] += 1
            if fate in EXCUSES:
                _judge_one(verdict, message, fate, kills, rows.get(message.name), absences, spent)
    return verdict


def _judge_one(verdict, message, fate, kills, row, absences, spent):
    for excuse in EXCUSES[fate]:
        kill = excuse(message, kills, row, absences)
        if kill and (message.author, fate, id(kill)) not in spent:
            spent.add((message.author, fate, id(kill)))
            verdict.excused.append((message.kind, fate, excuse.__name__, message))
            return
    verdict.wrong.append((message.kind, fate, message))


def _stuck(messages, kills):
    """After the last kill all works again: each author gets a message through."""
    last = max((kill.back for kill in kills), default=0)
    authors = {message.author for message in messages.values()}
    through = {message.author for message in messages.values() if message.received and message.sent > last}
    return sorted(authors - through)


def points(verdict, messages=MESSAGES, kills=KILLS, victims=()):
    """(is it good, what it says) for every judged figure."""
    yield verdict.sent >= messages, f"{verdict.sent} messages sent, at least {messages}"
    count = sum(verdict.killed.values())
    told = ", ".join(f"{name} {number}" for name, number in sorted(verdict.killed.items()))
    yield count >= kills, f"{count} kills, at least {kills} ({told})"
    for victim in victims:
        yield verdict.killed[victim] >= KILLS_EACH, f"{victim} was killed {verdict.killed[victim]} times"
    for kind, figures in verdict.figures.items():
        total = sum(figures[fate] for fate in ("delivered", "failed", "neither", "both"))
        share = figures["delivered"] / total if total else 0
        yield share >= SHARE, f"{kind}: {figures['delivered']} of {total} delivered"
        for fate in EXCUSES:
            wrong = [message.name for its, what, message in verdict.wrong if (its, what) == (kind, fate)]
            yield not wrong, f"{kind}: {fate} {figures[fate]}, of these without excuse {len(wrong)} {' '.join(wrong[:8])}".rstrip()
    broken = ", ".join(f"{rule} {number}" for rule, number in sorted(verdict.broken.items()))
    yield not verdict.broken, f"no rule is broken towards the SIP users {broken}".rstrip()
    yield not verdict.stuck, f"everybody gets through after the last kill {' '.join(verdict.stuck)}".rstrip()
