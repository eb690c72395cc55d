// SPDX-License-Identifier: MIT
// The ladder book: replayable text without bodies, bounded per conversation and over all.
#include "gateway/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/notation.h"
#include "tests/support/suite.h"

static void tell(Ladder *ladder, uint64_t session, int64_t at_ms, const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Event) event = notation_parse_event(line, &why);
    ck_assert_msg(event != NULL, "%s", why != NULL ? why : "");
    event->at_ms = at_ms;
    ladder_note_event(ladder, session, event);
}

static void order(Ladder *ladder, int64_t at_ms, const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s", why != NULL ? why : "");
    ladder_note_command(ladder, command, at_ms);
}

START_TEST(ladder_is_a_scenario_without_bodies_and_passwords)
{
    g_autoptr(Ladder) ladder = ladder_new(10);
    tell(ladder, 4, 1000, "xmpp message from=a@x.test to=b@s.test id=m1 body=secret bodies=secret "
         "url=https://files.test/secret file_name=secret");
    order(ladder, 1000, "sip message session=4 row=1 id=m1 body=secret");
    tell(ladder, 4, 1250, "xmpp room-invite from=a@x.test to=b@s.test password=hush");
    g_autofree char *text = ladder_text(ladder, 4);
    ck_assert_str_eq(text, "# session=4\n"
                           "> xmpp message from=a@x.test to=b@s.test id=m1\n"
                           "< sip message session=4 row=1 id=m1\n"
                           "advance 250\n"
                           "> xmpp room-invite from=a@x.test to=b@s.test\n");
}
END_TEST

START_TEST(ladder_keeps_the_last_lines_of_each_conversation)
{
    g_autoptr(Ladder) ladder = ladder_new(2);
    for (int i = 1; i <= 5; i++) {
        g_autofree char *line = g_strdup_printf("sip delivery row=%d", i);
        tell(ladder, 1, 1, line);
    }
    tell(ladder, 2, 1, "sip delivery row=9");
    g_autofree char *one = ladder_text(ladder, 1);
    ck_assert_str_eq(one, "# session=1\n> sip delivery row=4\n> sip delivery row=5\n");
    g_autofree char *all = ladder_text(ladder, 0);
    ck_assert_ptr_nonnull(strstr(all, "# session=2\n> sip delivery row=9\n"));
    g_autofree char *none = ladder_text(ladder, 3);
    ck_assert_str_eq(none, "");
}
END_TEST

START_TEST(ladder_forgets_the_conversation_silent_longest)
{
    g_autoptr(Ladder) ladder = ladder_new(1000);
    for (uint64_t session = 1; session <= 30; session++)
        for (int i = 0; i < 1000; i++)
            tell(ladder, session, 1, "sip delivery row=1");
    g_autofree char *first = ladder_text(ladder, 1);
    g_autofree char *last = ladder_text(ladder, 30);
    ck_assert_str_eq(first, "");
    ck_assert_uint_gt(strlen(last), 1000);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        ladder_is_a_scenario_without_bodies_and_passwords,
        ladder_keeps_the_last_lines_of_each_conversation,
        ladder_forgets_the_conversation_silent_longest,
        NULL,
    };
    return suite_run("ladder", TESTS);
}
