# SPDX-License-Identifier: MIT
"""What the judge of the chaos test in rooms adds bites: an occupant's absence needs two kills, the second before all is healed."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop")]

from judge import Kill as Killed  # noqa: E402
from room_judge import LINKS_S, again, judged, kills_of, unhealed  # noqa: E402
from room_people import Paul  # noqa: E402
from talk_judge import SAID, Account, Line  # noqa: E402
from talkers import Book  # noqa: E402

SERVERS = ("prosody", "mucsipd")


def kills(*at, clock=0):
    return kills_of([Killed(victim, when, when, when + 1) for victim, when in at], clock)


def spans(*at):
    return [(absence.since, absence.until) for absence in unhealed(kills(*at))]


class Unhealed(unittest.TestCase):
    def test_the_history_heals_one_kill(self):
        self.assertEqual(spans(("prosody", 10)), [])
        self.assertEqual(spans(("mucsipd", 10)), [])
        self.assertEqual(spans(("prosody", 10), ("mucsipd", 10 + 1 + LINKS_S + 0.1)), [])

    def test_two_before_it_is_healed_are_an_absence(self):
        end = 12 + 1 + LINKS_S
        self.assertEqual(spans(("prosody", 10), ("mucsipd", 12)), [(10, end)])
        self.assertEqual(spans(("prosody", 10), ("prosody", 12)), [(10, end)])

    def test_other_orders_and_servers_are_none(self):
        self.assertEqual(spans(("mucsipd", 10), ("prosody", 12)), [])
        self.assertEqual(spans(("prosody", 10), ("kamailio", 12), ("focus", 12)), [])

    def test_times_are_those_of_the_talk(self):
        found = kills(("prosody", 1010), clock=1000)[0]
        self.assertEqual((found.server, found.at, found.back), ("prosody", 10, 11 + LINKS_S))


class Judged(unittest.TestCase):
    def wrong(self, guests, *at):
        """The last point, of two people where romeo misses line 2 at 12.5, and another at 12.7: one cut would not do."""
        lines = {n: Line(n, "juliet", "juliet", when, when, SAID) for n, when in ((1, 5.0), (2, 12.5), (3, 12.7), (4, 30.0))}
        juliet = Account("juliet", [(n, "juliet", line.sent) for n, line in lines.items()], nicks={"juliet"})
        romeo = Account("romeo", [(1, "juliet", 5.1), (4, "juliet", 30.1)], nicks={"romeo"})
        people = {"juliet": juliet, "romeo": romeo}
        return list(judged(lines, [juliet, romeo], [people[who] for who in guests], kills(*at), 4, SERVERS))[-1]

    def test_it_excuses_guests_and_nobody_else(self):
        both = (("prosody", 10), ("mucsipd", 12))
        self.assertTrue(self.wrong(["romeo"], *both)[0])
        good, text = self.wrong(["juliet"], ("prosody", 10), ("mucsipd", 30))
        self.assertFalse(good)
        self.assertIn("romeo missed line 3 of juliet", text)

    def test_one_kill_excuses_one_line(self):
        good, text = self.wrong(["romeo"], ("prosody", 10), ("mucsipd", 40))
        self.assertFalse(good, text)


class Again(unittest.TestCase):
    LINES = {n: Line(n, "romeo", "romeo", float(n), float(n), SAID) for n in (1, 9)}

    def heard(self, names, *at, when=((9, 9.5), (1, 9.6), (9, 14.0))):
        account = Account("juliet", [(n, "romeo", time) for n, time in when], names={9: names})
        return [(number, time) for number, _, time in again(account, self.LINES, kills(*at))]

    def test_the_last_time_counts_when_the_server_died_between(self):
        self.assertEqual(self.heard({"a"}, ("prosody", 10)), [(1, 9.6), (9, 14.0)])

    def test_not_under_two_names_nor_without_such_a_kill(self):
        all_three = [(9, 9.5), (1, 9.6), (9, 14.0)]
        self.assertEqual(self.heard({"a", "b"}, ("prosody", 10)), all_three)
        self.assertEqual(self.heard({"a"}, ("mucsipd", 10)), all_three)
        self.assertEqual(self.heard({"a"}, ("prosody", 14.1)), all_three)

    def test_one_kill_is_for_one_repetition(self):
        when = ((9, 9.5), (9, 14.0), (9, 14.2))
        self.assertEqual(len(self.heard({"a"}, ("prosody", 10), when=when)), 2)


class TestPaul(unittest.TestCase):
    def test_his_journal_becomes_lines_and_an_account(self):
        book = Book("hall@conf.test")
        paul = Paul(book, 100)
        for what, fields in (("began", {}), ("arrived", {"leg": 1}), ("sent", {"number": 5000}),
                             ("heard", {"number": 1, "nick": "nurse"}), ("msrp_lost", {"leg": 1}), ("arrived", {"leg": 2})):
            paul.hear({"t": 101.0, "who": "paul", "what": what, **fields})
        self.assertEqual((book.lines[5000].fate, book.lines[5000].sent), (SAID, 1.0))
        self.assertEqual(paul.account.numbers(), [5000, 1])
        self.assertEqual(paul.guests, {2})
        paul.hear({"t": 102.0, "who": "paul", "what": "began"})
        self.assertEqual(paul.guests, set())


if __name__ == "__main__":
    unittest.main()
