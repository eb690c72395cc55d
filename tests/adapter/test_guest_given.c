// SPDX-License-Identifier: MIT
// What is known of lines that were given: each by itself, for as long as there is room.
#include "sip/guest_given.h"

#include "tests/support/suite.h"

static GuestGiven *given;

static void set_up(void)
{
    given = guest_given_new();
}

static void tear_down(void)
{
    guest_given_free(given);
}

static GuestLine line_of(const char *from, const char *text)
{
    return (GuestLine){.from = (char *)from, .text = (char *)text};
}

/* MSRP-024 */
START_TEST(a_line_is_known_by_its_id_its_author_and_its_words)
{
    GuestLine line = line_of("sip:romeo@sip.test", "hi");
    guest_given_note(given, "m1", &line);
    ck_assert(guest_given_has(given, "m1", &line, NULL));
    ck_assert(!guest_given_has(given, "m2", &line, NULL));
    GuestLine other = line_of("sip:nurse@sip.test", "hi"), room = line_of(NULL, "hi");
    ck_assert(!guest_given_has(given, "m1", &other, NULL));
    ck_assert(!guest_given_has(given, "m1", &room, NULL));
    GuestLine more = line_of("sip:romeo@sip.test", "hi there");
    ck_assert(!guest_given_has(given, "m1", &more, NULL)); // of a switch that counts anew in each session
}
END_TEST

/* MSRP-024 */
START_TEST(the_oldest_line_is_forgotten_when_there_are_too_many)
{
    GuestLine line = line_of("sip:romeo@sip.test", "hi");
    for (int i = 0; i <= 2000; i++) {
        g_autofree char *id = g_strdup_printf("m%d", i);
        guest_given_note(given, id, &line);
    }
    ck_assert(!guest_given_has(given, "m0", &line, NULL));
    ck_assert(guest_given_has(given, "m1", &line, NULL));
    ck_assert(guest_given_has(given, "m2000", &line, NULL));
}
END_TEST

/* MUC-A10 */
START_TEST(what_the_guest_said_is_known_when_it_comes_again_as_history)
{
    GuestLine line = line_of("sip:juliet@xmpp.test", "mine");
    line.is_own = true;
    guest_given_note_said(given, "mine", "n1");
    line.stamp = (char *)"2026-03-04T10:00:00Z";
    ck_assert(!guest_given_has(given, "m1", &line, NULL)); // it is another device of his
    guest_given_lose(given);
    ck_assert(guest_given_has(given, "m1", &line, NULL));
    ck_assert(guest_given_has(given, "m1", &line, "n1"));
    ck_assert(!guest_given_has(given, "m1", &line, "n2")); // the same words, said on another device
    line.stamp = NULL;
    ck_assert(!guest_given_has(given, "m1", &line, NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_line_is_known_by_its_id_its_author_and_its_words,
                                  the_oldest_line_is_forgotten_when_there_are_too_many,
                                  what_the_guest_said_is_known_when_it_comes_again_as_history, NULL};
    return suite_run_fixture("guest_given", tests, set_up, tear_down);
}
