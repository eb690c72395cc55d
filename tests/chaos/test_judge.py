# SPDX-License-Identifier: MIT
"""The judge of the chaos test bites: each wrong fate is found, each excuse needs its kill, and each kill excuses once."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from judge import Kill, Row, judge, points  # noqa: E402

PROSODY = Kill("prosody", 10.0, 10.01, 12.0)
MUCSIPD = Kill("mucsipd", 10.0, 10.01, 10.5)
READER = Kill("sip-users-1", 10.0, 10.01, 11.0, ("sp1", "sm1"))
AUTHOR = Kill("xmpp-users-1", 10.0, 10.01, 11.0, ("xp1", "xm1"))


def sent(name, at):
    return {"what": "sent", "who": name.partition(".")[0], "id": name, "t": at}


def received(name, at, wire="w1"):
    return {"what": "received", "who": "?", "id": name, "t": at, "wire": wire}


def told(name, at, good=False):
    return {"what": "told", "who": name.partition(".")[0], "id": name, "t": at, "good": good}


def gave_up(name, at):
    return {"what": "gave-up", "who": name.partition(".")[0], "id": name, "t": at}


def stream(who, at, up):
    return {"what": "up" if up else "down", "who": who, "t": at}


def verdict(facts, kills=(), rows=None):
    return judge(sorted(facts, key=lambda fact: fact["t"]), list(kills), rows or {})


class Judge(unittest.TestCase):
    def fine(self, facts, kills=(), rows=None):
        """Nothing is wrong; the excuses that were needed."""
        found = verdict(facts, kills, rows)
        self.assertEqual(found.wrong, [])
        return [excuse for _, _, excuse, _ in found.excused]

    def wrong(self, facts, kills=(), rows=None):
        return [(fate, message.name) for _, fate, message in verdict(facts, kills, rows).wrong]

    # Fates.

    def test_delivered_and_failed_need_no_excuse(self):
        facts = [sent("xp1.1", 1), received("xp1.1", 2), sent("sm1.1", 1), told("sm1.1", 2)]
        self.assertEqual(self.fine(facts), [])
        figures = verdict(facts).figures
        self.assertEqual(figures["xmpp to sip, page"]["delivered"], 1)
        self.assertEqual(figures["sip to xmpp, msrp"]["failed"], 1)

    def test_a_lost_message_is_wrong(self):
        for name in ("xp1.1", "xm1.1", "sp1.1", "sm1.1"):
            self.assertEqual(self.wrong([sent(name, 1), gave_up(name, 16)]), [("neither", name)])

    def test_a_good_word_for_a_lost_message_is_no_delivery(self):
        self.assertEqual(self.wrong([sent("sp1.1", 1), told("sp1.1", 2, good=True)]), [("neither", "sp1.1")])

    def test_bad_news_of_what_arrived_is_wrong_without_a_kill(self):
        facts = [sent("xp1.1", 1), received("xp1.1", 2), told("xp1.1", 3)]
        self.assertEqual(self.wrong(facts), [("both", "xp1.1")])

    def test_two_of_one_are_wrong_under_any_name(self):
        facts = [sent("sp1.1", 1), received("sp1.1", 2, "w1"), received("sp1.1", 3, "w2")]
        self.assertEqual(self.wrong(facts), [("twice", "sp1.1")])
        facts = [sent("sm1.1", 1), received("sm1.1", 2), received("sm1.1", 3)]
        self.assertEqual(self.wrong(facts), [("again", "sm1.1")])

    def test_late_news_counts_though_nobody_waited_for_it(self):
        self.assertEqual(self.fine([sent("xp1.1", 1), gave_up("xp1.1", 16), told("xp1.1", 30)]), [])

    # Excuses.

    def test_a_stanza_without_a_row_is_excused_by_the_death_of_server_or_gateway_soon_after(self):
        lost = [sent("xp1.1", 9), gave_up("xp1.1", 24)]
        self.assertEqual(self.fine(lost, [PROSODY]), ["never_read"])
        self.assertEqual(self.fine(lost, [MUCSIPD]), ["never_read"])
        self.assertTrue(self.wrong(lost, [READER]))

    def test_a_stanza_with_a_row_is_never_excused_as_unread(self):
        for fate in ("lost", "failed", None):
            rows = {"xp1.1": Row(9.1, 9.2, fate)}
            self.assertTrue(self.wrong([sent("xp1.1", 9), gave_up("xp1.1", 24)], [MUCSIPD], rows))

    def test_a_stanza_without_a_row_is_not_excused_by_a_later_or_an_earlier_death(self):
        for at in (5, 11):
            self.assertTrue(self.wrong([sent("xp1.1", at), gave_up("xp1.1", at + 15)], [MUCSIPD]))

    def test_what_sip_sent_is_never_excused_as_unread(self):
        self.assertTrue(self.wrong([sent("sp1.1", 9), gave_up("sp1.1", 24)], [MUCSIPD]))

    def test_one_kill_excuses_one_message_of_a_sender(self):
        facts = [sent("xp1.1", 9.0), gave_up("xp1.1", 9.1), sent("xp1.2", 9.2), gave_up("xp1.2", 24),
                 sent("xp2.1", 9.2), gave_up("xp2.1", 24)]
        self.assertEqual(self.wrong(facts, [MUCSIPD]), [("neither", "xp1.2")])

    def test_a_dead_author_cannot_be_told(self):
        self.assertEqual(self.fine([sent("xp1.1", 9)], [AUTHOR], {"xp1.1": Row(9.1, 9.2, "failed")}), ["author_killed"])
        self.assertTrue(self.wrong([sent("xp2.1", 9)], [AUTHOR], {"xp2.1": Row(9.1, 9.2, "failed")}))

    def test_an_error_is_lost_with_the_server_or_while_its_author_is_away(self):
        lost = [stream("xp1", 1, True), sent("xp1.1", 9), stream("xp1", 10.01, False), stream("xp1", 13, True),
                gave_up("xp1.1", 24)]
        self.assertEqual(self.fine(lost, [PROSODY], {"xp1.1": Row(9.1, 9.8, "failed")}), ["error_lost"])
        self.assertEqual(self.fine(lost, [PROSODY], {"xp1.1": Row(9.1, 12.0, "failed")}), ["error_lost"])
        self.assertTrue(self.wrong(lost, [PROSODY], {"xp1.1": Row(9.1, 14.0, "failed")}))
        self.assertTrue(self.wrong(lost, [MUCSIPD], {"xp1.1": Row(9.1, 9.8, "failed")}))

    def test_what_the_server_had_taken_dies_with_it_or_with_its_reader(self):
        lost = [sent("sp1.1", 9.5), told("sp1.1", 9.9, good=True)]
        reader = Kill("xmpp-users-1", 10.0, 10.01, 11.0, ("xp1",))
        self.assertEqual(self.fine(lost, [PROSODY], {"sp1.1": Row(9.6, 9.8, "delivered")}), ["taken_and_lost"])
        self.assertEqual(self.fine(lost, [reader], {"sp1.1": Row(9.6, 9.8, "delivered")}), ["taken_and_lost"])
        self.assertTrue(self.wrong(lost, [MUCSIPD], {"sp1.1": Row(9.6, 9.8, "delivered")}))
        self.assertTrue(self.wrong(lost, [PROSODY], {"sp1.1": Row(9.6, 9.8, "failed")}))
        self.assertTrue(self.wrong(lost, [PROSODY]))

    def test_bad_news_is_excused_by_a_death_before_it_on_its_way(self):
        facts = [sent("xp1.1", 9.5), received("xp1.1", 9.9), told("xp1.1", 10.6)]
        for kill in (MUCSIPD, PROSODY, READER):
            self.assertEqual(self.fine(facts, [kill]), ["cut_in_flight"])
        other = Kill("sip-users-2", 10.0, 10.01, 11.0, ("sp2",))
        self.assertTrue(self.wrong(facts, [other]))
        before = [sent("xp1.1", 9.5), received("xp1.1", 10.9), told("xp1.1", 9.9)]
        self.assertTrue(self.wrong(before, [MUCSIPD]))

    def test_a_repetition_is_excused_in_a_session_only_and_by_a_death_only(self):
        kill = Kill("mucsipd", 10.0, 10.01, 10.5)
        session = [sent("sm1.1", 9.5), received("sm1.1", 9.9), received("sm1.1", 10.6)]
        self.assertEqual(self.fine(session, [kill]), ["repeated_by_name"])
        page = [sent("sp1.1", 9.5), received("sp1.1", 9.9), received("sp1.1", 10.6)]
        self.assertEqual(self.wrong(page, [kill]), [("again", "sp1.1")])

    def test_two_names_are_never_excused(self):
        facts = [sent("sm1.1", 9.5), received("sm1.1", 9.9, "w1"), received("sm1.1", 10.6, "w2")]
        self.assertEqual(self.wrong(facts, [MUCSIPD, PROSODY, AUTHOR]), [("twice", "sm1.1")])

    # The run as a whole.

    def test_whoever_gets_nothing_through_after_the_last_kill_is_named(self):
        facts = [sent("xp1.1", 9), received("xp1.1", 9.5), sent("xp1.2", 13), told("xp1.2", 14),
                 sent("sp1.1", 13), received("sp1.1", 14)]
        self.assertEqual(verdict(facts, [PROSODY]).stuck, ["xp1"])

    def bad_points(self, facts, kills, *limits):
        return [text for good, text in points(verdict(facts, kills), *limits) if not good]

    def test_too_few_messages_or_kills_or_arrivals_fail(self):
        facts = [fact for who in ("xp1", "xm1", "sp1", "sm1") for fact in (sent(who + ".1", 20), received(who + ".1", 21))]
        enough = 4, 2, ["mucsipd"]
        self.assertEqual(self.bad_points(facts, [MUCSIPD, MUCSIPD], *enough), [])
        self.assertEqual(len(self.bad_points(facts[:-2], [MUCSIPD, MUCSIPD], *enough)), 2)  # too few, and no class of its own
        self.assertEqual(len(self.bad_points(facts, [MUCSIPD, PROSODY], *enough)), 1)  # mucsipd only once
        self.assertEqual(len(self.bad_points(facts, [MUCSIPD], *enough)), 2)
        refused = [*facts, sent("xp1.2", 22), told("xp1.2", 23), sent("xp1.3", 24), told("xp1.3", 25)]
        self.assertEqual(len(self.bad_points(refused, [MUCSIPD, MUCSIPD], *enough)), 1)

    def test_a_broken_rule_fails(self):
        facts = [{"what": "violation", "who": "sp1", "rule": "sip.utf8", "text": "?", "t": 1}]
        self.assertTrue(any("sip.utf8 1" in text for text in self.bad_points(facts, [])))

    def test_the_limits_are_those_of_the_promise(self):
        self.assertTrue(any("at least 2000" in text for text in self.bad_points([], [])))
        self.assertTrue(any("at least 20 (" in text for text in self.bad_points([], [])))

    def test_a_wrong_fate_is_a_bad_point_with_the_name_of_its_message(self):
        facts = [sent("xp1.7", 1), gave_up("xp1.7", 16)]
        self.assertTrue(any("neither 1" in text and "xp1.7" in text for text in self.bad_points(facts, [])))


if __name__ == "__main__":
    unittest.main()
