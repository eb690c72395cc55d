// SPDX-License-Identifier: MIT
// Timers: each fires once with its name and generation, in order of deadline; stopped ones never do.
#include "gateway/timers.h"

#include <stdlib.h>

#include "mapping/notation.h"
#include "tests/support/suite.h"

static GString *told;

static void note(void *self, Event *owned)
{
    g_autofree char *text = notation_event_text(owned);
    g_string_append_printf(told, "%s\n", text);
    event_free(owned);
}

static void order(Timers *timers, const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s", why != NULL ? why : "");
    timers_execute(timers, command);
}

static void run_until_empty(Timers *timers)
{
    while (timers_count(timers) > 0)
        g_main_context_iteration(NULL, TRUE);
}

START_TEST(timers_fire_in_order_of_deadline)
{
    g_autoptr(Timers) timers = timers_new((EventSink){NULL, note});
    told = g_string_new(NULL);
    order(timers, "sip timer session=1 how=patience ms=20 number=1");
    order(timers, "xmpp timer session=2 how=patience ms=5 number=2");
    order(timers, "sip timer session=1 how=idle ms=10 number=3");
    run_until_empty(timers);
    ck_assert_str_eq(told->str, "xmpp timer how=patience session=2 number=2\n"
                                "sip timer how=idle session=1 number=3\n"
                                "sip timer how=patience session=1 number=1\n");
    g_string_free(told, TRUE);
}
END_TEST

START_TEST(timers_restart_replaces_and_zero_stops)
{
    g_autoptr(Timers) timers = timers_new((EventSink){NULL, note});
    told = g_string_new(NULL);
    order(timers, "sip timer session=1 how=patience ms=1 number=1");
    order(timers, "sip timer session=1 how=patience ms=3 number=2");
    order(timers, "sip timer session=1 how=idle ms=1 number=3");
    order(timers, "sip timer session=1 how=idle");
    ck_assert_uint_eq(timers_count(timers), 1);
    run_until_empty(timers);
    ck_assert_str_eq(told->str, "sip timer how=patience session=1 number=2\n");
    g_string_free(told, TRUE);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        timers_fire_in_order_of_deadline,
        timers_restart_replaces_and_zero_stops,
        NULL,
    };
    return suite_run("timers", TESTS);
}
