# SPDX-License-Identifier: MIT
"""The judge of the talk bites: dropped, doubled, swapped, forged; and each explanation needs its cause and keeps its bound."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from talk_judge import FAILED, SAID, UNKNOWN, Absence, Account, Kill, Line, judge, points  # noqa: E402


def talk(count=6):
    """Juliet, Romeo and a phone: line n is said at n, by each in turn."""
    people = ("juliet", "romeo", "phone")
    return {n: Line(n, people[n % 3], people[n % 3], float(n), n + 0.1, SAID) for n in range(count)}


def account(who, lines, *numbers, **more):
    """Heard all, or just these in this order."""
    order = numbers or [n for n in lines if who != "phone" or lines[n].author != who]
    heard = [(n, lines[n].nick if n in lines else who, float(n) + 0.05) for n in order]
    return Account(who, heard, nicks={who}, hears_himself=who != "phone", **more)


def wrong(lines, *accounts, kills=()):
    there = {one.who for one in accounts}
    rest = [account(who, lines) for who in ("juliet", "romeo", "phone") if who not in there]
    return judge(lines, [*accounts, *rest], list(kills)).wrong


class Judge(unittest.TestCase):
    def test_a_talk_that_all_heard_is_fine(self):
        self.assertEqual(wrong(talk()), [])

    def test_a_dropped_line_is_wrong(self):
        lines = talk()
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 1, 3, 4, 5)), ["romeo missed line 2 of phone"])

    def test_a_doubled_line_is_wrong(self):
        lines = talk()
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 1, 2, 2, 3, 4, 5)), ["romeo heard line 2 2 times"])

    def test_swapped_lines_are_wrong_against_each_who_heard_them(self):
        lines = talk()
        found = wrong(lines, account("romeo", lines, 0, 1, 3, 2, 4, 5))
        self.assertEqual(found, ["romeo heard 3 before 2, juliet the other way round"])

    def test_lines_swapped_at_a_distance_are_wrong(self):
        lines = talk()
        found = wrong(lines, account("juliet", lines, 5, 0, 1, 2, 3, 4))
        self.assertIn("juliet heard 5 before 0, romeo the other way round", found)

    def test_an_own_line_stands_in_the_order_too(self):
        lines = talk()
        self.assertIn("juliet missed line 3 of juliet", wrong(lines, account("juliet", lines, 0, 1, 2, 4, 5)))

    def test_a_report_may_overtake_the_line_before_it_and_no_more(self):
        lines = talk()
        romeo = account("romeo", lines, 0, 1, 2, 4, 3, 5, by_report=True)  # 4 is his own
        romeo.heard[4] = (3, "juliet", 4.1)
        self.assertEqual(wrong(lines, romeo), [])
        romeo.heard[4] = (3, "juliet", 4.2)
        self.assertIn("romeo heard 4 before 3, juliet the other way round", wrong(lines, romeo))
        strange = account("romeo", lines, 0, 1, 3, 2, 4, 5, by_report=True)
        strange.heard[3] = (2, "phone", 3.06)
        self.assertEqual(wrong(lines, strange), ["romeo heard 3 before 2, juliet the other way round"])

    def test_a_phone_is_heard_after_what_it_had_heard(self):
        lines = talk()
        found = wrong(lines, account("juliet", lines, 0, 2, 1, 3, 4, 5), account("romeo", lines, 0, 2, 1, 3, 4, 5))
        self.assertEqual(found, [f"{who} heard 2 of phone before 1, which he had heard" for who in ("juliet", "romeo")])

    def test_a_line_nobody_said_and_one_in_a_wrong_name_are_wrong(self):
        lines = talk()
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 1, 2, 3, 4, 5, 77)), ["romeo heard line 77, which nobody said"])
        forged = account("romeo", lines)
        forged.heard[0] = (0, "phone", 0.05)
        self.assertEqual(wrong(lines, forged), ["romeo heard line 0 of juliet from phone"])

    def test_who_is_absent_misses_what_is_said_meanwhile_and_nothing_else(self):
        lines = talk(9)
        gone = [Absence("kicked", 3.5, 5.5)]
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 1, 2, 3, 6, 7, 8, absences=gone)), [])
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 2, 3, 6, 7, 8, absences=gone)), ["romeo missed line 1 of romeo"])

    def test_nobody_is_absent_for_ever(self):
        lines = talk()
        found = wrong(lines, account("romeo", lines, 0, 1, 2, absences=[Absence("kicked", 2.5)]))
        self.assertEqual(found, ["romeo was away for longer than 60 s: kicked"])

    def test_a_kill_explains_what_was_in_flight(self):
        lines = talk(9)
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 1, 2, 4, 5, 6, 7, 8), kills=[Kill("prosody", 3.05, 3.5)]), [])
        self.assertTrue(wrong(lines, account("romeo", lines, 0, 1, 2, 4, 5, 6, 7, 8), kills=[Kill("prosody", 7.0, 7.5)]))

    def test_a_kill_explains_one_line_of_each_author(self):
        lines = {n: Line(n, "juliet", "juliet", n / 10, n / 10 + 0.05, SAID) for n in range(4)}
        found = wrong(lines, account("romeo", lines, 0, 3), kills=[Kill("mucsipd", 0.0, 1.0)])
        self.assertEqual(found, ["romeo missed line 2 of juliet"])

    def test_a_limit_explains_as_many_as_it_says(self):
        lines = talk(9)
        self.assertEqual(wrong(lines, account("phone", lines, 0, 1, 6, 7, notices=[(20.0, 2)])), [])
        self.assertEqual(wrong(lines, account("phone", lines, 0, 1, 7, notices=[(20.0, 2)])), ["phone missed line 6 of juliet"])

    def test_a_limit_explains_the_minute_before_it_alone(self):
        lines = talk(9)
        for at in (2.0, 200.0):
            self.assertEqual(len(wrong(lines, account("phone", lines, 0, 1, 6, 7, notices=[(at, 2)]))), 2)

    def test_a_limit_that_could_not_be_told(self):
        lines = talk(9)
        gone = [Absence("mucsipd killed", 30.0, 31.0)]
        self.assertEqual(wrong(lines, account("phone", lines, 0, 1, 6, 7, notices=[(100.0, 1)], absences=gone)), [])
        self.assertTrue(wrong(lines, account("romeo", lines, 0, 1, 6, 7, absences=gone)))

    def test_a_failed_line_needs_a_cause_and_is_not_heard(self):
        lines = talk()
        lines[2].fate = FAILED
        found = wrong(lines)
        self.assertEqual(found, ["line 2 of phone failed without a cause", "line 2 of phone failed and was heard"])
        missed = [account(who, lines, 0, 1, 3, 4, 5) for who in ("juliet", "romeo")]
        phone = account("phone", lines, absences=[Absence("limit", 1.5, 2.5)])
        self.assertEqual(wrong(lines, phone, *missed), [])

    def test_an_unknown_fate_needs_a_cause_and_is_heard_or_not(self):
        lines = talk()
        lines[2].fate = UNKNOWN
        self.assertEqual(wrong(lines), ["line 2 of phone unknown without a cause"])
        kill = Kill("kamailio", 2.05, 2.5)
        self.assertEqual(wrong(lines, kills=[kill]), [])
        self.assertEqual(wrong(lines, account("romeo", lines, 0, 1, 3, 4, 5), kills=[kill]), [])

    def test_figures_are_judged_too(self):
        lines = talk()
        everybody = [account(who, lines) for who in ("juliet", "romeo", "phone")]
        verdict = judge(lines, everybody, [])
        self.assertTrue(all(good for good, _ in points(verdict, 6, (), [])))
        self.assertFalse(all(good for good, _ in points(verdict, 7, (), [])))
        self.assertFalse(all(good for good, _ in points(verdict, 6, ("prosody",), [])))
        deaf = judge(lines, [everybody[0], account("romeo", lines, 0), everybody[2]], [])
        self.assertFalse(all(good for good, _ in points(deaf, 6, (), [])))


if __name__ == "__main__":
    unittest.main()
