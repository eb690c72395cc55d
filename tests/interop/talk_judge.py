# SPDX-License-Identifier: MIT
"""The judge of the talk in one room: what was said, what each heard, who was away and what was killed in; verdict out. Pure.

All who are in a room hear the same lines in the same order. What somebody misses all the same has one of these names, and a bound:

  absent       he was not inside between the line and its fate; each absence has a cause and ends within ABSENCE_S
  cut          somebody on the way was killed while the line was in flight: one line of each author for each kill
  left out     more lines than a phone in page mode is sent; no more than it was told, within the minute before it was told
  never told   the same, but its stay ended before that minute did

A line whose author was told that it failed, or never learned its fate, needs his absence or a kill, and is no line of the talk.
"""
from collections import Counter
from dataclasses import dataclass, field

SAID, FAILED, UNKNOWN = "said", "failed", "unknown"
ABSENCE_S = 60    # on a machine where a server needs half a minute to start
FLIGHT_S = 1.0    # what was acknowledged may lie in a server's memory that long
MINUTE_S = 60 + 15  # of the limit in page mode, and the way of its notice
OVERTAKE_S = 0.1    # so little before a line a success report may come that was told after it: MSRP keeps no order between them
FOREVER = float("inf")


@dataclass
class Line:
    """One line as its author knows it; `told` is when he knew its fate."""
    number: int
    author: str
    nick: str
    sent: float
    told: float = FOREVER
    fate: str = UNKNOWN


@dataclass
class Kill:
    """A kill -9 of a server, decided at `at`; `back` in service."""
    server: str
    at: float
    back: float

    def falls_into(self, start, end):
        return self.at <= end and self.back >= start


@dataclass
class Absence:
    """`who` may have been out of the room in this time, and why."""
    why: str
    since: float
    until: float = FOREVER

    def falls_into(self, start, end):
        return self.since <= end and self.until >= start


@dataclass
class Account:
    """What one participant has to tell: (number, nick, time) of every line in the order of his transcript."""
    who: str
    heard: list = field(default_factory=list)
    absences: list = field(default_factory=list)
    notices: list = field(default_factory=list)  # (time, lines left out)
    nicks: set = field(default_factory=set)
    names: dict = field(default_factory=dict)    # number: the ids under which it was heard, where there are such
    hears_himself: bool = True                   # in page mode nothing tells where in the order one's own line is
    by_report: bool = False                      # one's own line stands where its success report came

    def numbers(self):
        return [number for number, _, _ in self.heard]


@dataclass
class Verdict:
    missed: Counter = field(default_factory=Counter)  # (who, kind) of misses that have an explanation
    fates: Counter = field(default_factory=Counter)
    heard: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)


def judge(lines, accounts, kills):
    """`lines` by number, `accounts` of all participants, `kills` in the order of time."""
    verdict = Verdict(fates=Counter(line.fate for line in lines.values()),
                      heard=Counter({account.who: len(account.heard) for account in accounts}))
    for line in lines.values():
        _judge_fate(verdict, line, accounts, kills)
    for account in accounts:
        _judge_heard(verdict, account, lines, {other.who: other for other in accounts})
        _judge_missed(verdict, account, lines, kills)
        _judge_absences(verdict, account)
    _judge_order(verdict, lines, accounts)
    return verdict


def _flight(line):
    """What can have cut a line; one whose fate is unknown was given up by its author for a reason that came before."""
    return line.sent, line.told + FLIGHT_S


def _judge_fate(verdict, line, accounts, kills):
    if line.fate == SAID:
        return
    author = next(account for account in accounts if account.who == line.author)
    start, end = _flight(line)
    is_cut = any(kill.falls_into(start, end) for kill in kills)
    if not is_cut and not any(absence.falls_into(start, end) for absence in author.absences):
        verdict.wrong.append(f"line {line.number} of {line.author} {line.fate} without a cause")
    if line.fate == FAILED and not is_cut and any(line.number in account.numbers() for account in accounts):
        verdict.wrong.append(f"line {line.number} of {line.author} failed and was heard")


def _judge_heard(verdict, account, lines, accounts):
    """Nothing twice, nothing that nobody said, nothing in another's name."""
    for number, count in Counter(account.numbers()).items():
        if count > 1:
            verdict.wrong.append(f"{account.who} heard line {number} {count} times")
    for number, nick, _ in account.heard:
        if number not in lines:
            verdict.wrong.append(f"{account.who} heard line {number}, which nobody said")
        elif nick not in accounts[lines[number].author].nicks:
            verdict.wrong.append(f"{account.who} heard line {number} of {lines[number].author} from {nick}")


def _judge_missed(verdict, account, lines, kills):
    known, spent = set(account.numbers()), set()
    budgets = [[at, count] for at, count in account.notices]
    for line in sorted(lines.values(), key=lambda line: line.sent):
        is_own = line.author == account.who
        if line.fate != SAID or line.number in known or is_own and not account.hears_himself:
            continue
        kind = _explain(account, line, kills, spent, budgets)
        if kind:
            verdict.missed[account.who, kind] += 1
        else:
            verdict.wrong.append(f"{account.who} missed line {line.number} of {line.author}")


def _explain(account, line, kills, spent, budgets):
    """The name of a miss, or None."""
    start, end = _flight(line)
    if any(absence.falls_into(start, end) for absence in account.absences):
        return "absent"
    for index, kill in enumerate(kills):
        if kill.falls_into(start, end) and (line.author, index) not in spent:
            spent.add((line.author, index))
            return "cut"
    for budget in budgets:
        if budget[1] > 0 and budget[0] - MINUTE_S <= line.told <= budget[0]:
            budget[1] -= 1
            return "left out"
    if account.notices and any(line.told <= absence.since <= line.told + MINUTE_S for absence in account.absences):
        return "never told"
    return None


def _judge_absences(verdict, account):
    for absence in account.absences:
        if absence.until - absence.since > ABSENCE_S:
            verdict.wrong.append(f"{account.who} was away for longer than {ABSENCE_S} s: {absence.why}")


def _places(account):
    places = {}
    for place, number in enumerate(account.numbers()):
        places.setdefault(number, place)
    return places


def _judge_order(verdict, lines, accounts):
    for index, one in enumerate(accounts):
        for other in accounts[index + 1:]:
            _judge_pair(verdict, one, other, lines)
        if not one.hears_himself:
            for other in accounts:
                _judge_own(verdict, one, other, lines)


def _may_be_swapped(account, lines, before, after):
    """Whether one of two lines is his own, and the other came when its report did."""
    if not account.by_report or account.who not in (lines[before].author, lines[after].author):
        return False
    times = {number: at for number, _, at in account.heard}
    return abs(times[after] - times[before]) < OVERTAKE_S


def _judge_pair(verdict, one, other, lines):
    mine, theirs = _places(one), _places(other)
    common = sorted(mine.keys() & theirs.keys() & lines.keys(), key=mine.get)
    for before, after in zip(common, common[1:]):
        if theirs[before] > theirs[after] and not any(_may_be_swapped(who, lines, before, after) for who in (one, other)):
            verdict.wrong.append(f"{one.who} heard {before} before {after}, {other.who} the other way round")


def _judge_own(verdict, author, other, lines):
    """Whoever heard something before he spoke is heard after it."""
    places = _places(other)
    for line in lines.values():
        if line.author != author.who or line.number not in places:
            continue
        late = [number for number, _, at in author.heard if at < line.sent and places.get(number, -1) > places[line.number]]
        verdict.wrong.extend(f"{other.who} heard {line.number} of {author.who} before {number}, which he had heard" for number in late)


def points(verdict, least, servers, kills, share=1 / 3):
    """(is it good, what it says) for every judged figure; `share` of what was said is heard by everybody."""
    said = verdict.fates[SAID]
    yield said >= least, f"{said} lines said, at least {least} (failed {verdict.fates[FAILED]}, unknown {verdict.fates[UNKNOWN]})"
    killed = [kill.server for kill in kills]
    yield set(killed) == set(servers), f"killed and started again: {', '.join(killed)}"
    for who, heard in sorted(verdict.heard.items()):
        missed = {kind: count for (its, kind), count in sorted(verdict.missed.items()) if its == who}
        told = ", ".join(f"{kind} {count}" for kind, count in missed.items()) or "nothing"
        yield heard >= said * share, f"{who} heard {heard} of them; missed and explained: {told}"
    yield not verdict.wrong, "; ".join(["no line is lost, doubled, out of order or in a wrong name", *verdict.wrong[:12]])
