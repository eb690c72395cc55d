// SPDX-License-Identifier: MIT
// A turn: what is stored stands before anything is acknowledged or handed over, and when nothing can be
// stored nothing is. Both gates are Ports that write down what they are told.
#include "gateway/turns.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/notation.h"
#include "mapping/route.h"
#include "tests/support/ledger_view.h"
#include "tests/support/suite.h"

typedef struct {
    char *directory;
    Settings settings;
    Route *route;
    Router *router;
    Store *store;
    Timers *timers;
    Ladder *ladder;
    TurnQueue *queue;
    Turns turns;
    GString *said; // by both gates: one line per command, and the rows the ledger held at that moment
} House;

static void note(void *self, const Command *command)
{
    House *house = self;
    g_string_append_printf(house->said, "rows=%d%s ",
                           ledger_view_number("SELECT count(*) FROM ledger"),
                           ledger_view_is_committed() ? "" : " uncommitted");
    notation_print_command(command, false, house->said);
    g_string_append_c(house->said, '\n');
}

static void never_run(void *self)
{
    (void)self; // the tests run turns by hand
}

static void house_open(House *house)
{
    ledger_view_begin();
    *house = (House){.settings = settings_defaults(), .said = g_string_new(NULL)};
    house->settings.chat_mode = CHAT_MODE_PAGE;
    house->directory = g_dir_make_tmp("mucsip-turns-XXXXXX", NULL);
    house->route = route_new();
    route_add_component(house->route, "sip.test", ROUTE_USERS, "sip.test");
    route_add_xmpp_domain(house->route, "xmpp.test", ROUTE_USERS, "xmpp.test");
    house->router = router_new(house->route, &house->settings);
    peer_memory_set_rules(
        router_peers(house->router), "*",
        &(PeerMemoryRules){.traits = {[PEER_MEMORY_OPTIONS] = PEER_MEMORY_NEVER}});
    house->store = store_open(house->directory, false, NULL);
    house->queue = turn_queue_new(never_run, NULL);
    house->timers = timers_new(turn_queue_sink(house->queue));
    house->ladder = ladder_new(100);
    Port xmpp = {SIDE_XMPP, house, note}, sip = {SIDE_SIP, house, note};
    house->turns = (Turns){house->queue,  house->router, house->store,
                           house->timers, house->ladder, {xmpp, sip}};
}

static void house_close(House *house)
{
    static const char *const FILES[] = {"mucsip.db", "mucsip.db-wal"};
    ladder_free(house->ladder);
    timers_free(house->timers);
    turn_queue_free(house->queue);
    store_close(house->store);
    router_free(house->router);
    route_free(house->route);
    for (size_t i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *path = g_build_filename(house->directory, FILES[i], NULL);
        g_unlink(path);
    }
    g_rmdir(house->directory);
    g_free(house->directory);
    g_string_free(house->said, TRUE);
}

static void tell(House *house, const char *line)
{
    g_autofree char *why = NULL;
    Event *event = notation_parse_event(line, &why);
    ck_assert_msg(event != NULL, "%s", why != NULL ? why : "");
    EventSink sink = turn_queue_sink(house->queue);
    sink.take(sink.self, event);
}

// Makes every later write fail, as a full disk does.
static void ledger_break(void)
{
    ledger_view_execute("DROP TABLE ledger");
}

START_TEST(turns_row_is_committed_before_the_line_is_handed_over)
{
    House house;
    house_open(&house);
    tell(&house, "xmpp message from=a@xmpp.test/r to=b@sip.test id=m1 type=normal body=Hi");
    turns_run(&house.turns);
    ck_assert_str_eq(house.said->str, "rows=1 sip message session=1 row=1 from=a@xmpp.test/r "
                                      "to=b@sip.test id=m1\n");
    g_string_truncate(house.said, 0);
    tell(&house, "sip message ref=9 leg=0 from=b@sip.test to=a@xmpp.test id=q1 body=Ho");
    turns_run(&house.turns);
    ck_assert(g_str_has_prefix(house.said->str, "rows=2 xmpp message "));
    ck_assert_ptr_null(strstr(house.said->str, "accept"));
    house_close(&house);
}
END_TEST

START_TEST(turns_that_cannot_be_stored_hand_over_nothing_and_tell_the_sender)
{
    House house;
    house_open(&house);
    ledger_break();
    tell(&house, "xmpp message from=a@xmpp.test/r to=b@sip.test id=m1 type=normal body=Hi");
    turns_run(&house.turns);
    ck_assert_str_eq(house.said->str, "");
    turns_run(&house.turns);
    ck_assert_ptr_nonnull(strstr(house.said->str, "xmpp refuse "));
    ck_assert_ptr_nonnull(strstr(house.said->str, "id=m1"));
    g_string_truncate(house.said, 0);
    tell(&house, "sip message ref=9 from=b@sip.test to=a@xmpp.test id=q1 body=Ho");
    turns_run(&house.turns);
    turns_run(&house.turns);
    ck_assert_ptr_null(strstr(house.said->str, "xmpp message"));
    ck_assert_ptr_nonnull(strstr(house.said->str, "sip refuse "));
    ck_assert_ptr_nonnull(strstr(house.said->str, "status=503"));
    ck_assert_ptr_null(strstr(house.said->str, "sip accept"));
    house_close(&house);
}
END_TEST

// A SEND is accepted in the turn that opens its row, so that yes must turn into a no.
START_TEST(turns_that_cannot_be_stored_refuse_what_they_would_have_accepted)
{
    House house;
    house_open(&house);
    tell(&house, "sip leg-offered ref=5 from=b@sip.test to=a@xmpp.test thread=T1");
    turns_run(&house.turns);
    ck_assert_ptr_nonnull(strstr(house.said->str, "sip answer-leg session=1 leg=1 ref=5"));
    tell(&house, "sip leg-up leg=1");
    turns_run(&house.turns);
    ledger_break();
    g_string_truncate(house.said, 0);
    tell(&house, "sip message ref=9 leg=1 from=b@sip.test to=a@xmpp.test id=q1 type=chat body=Ho");
    turns_run(&house.turns);
    ck_assert_str_eq(house.said->str, "rows=-1 sip refuse failure=internal-server-error ref=9 "
                                      "status=503 retry_s=30\n");
    house_close(&house);
}
END_TEST

// Whoever sent it is not kept waiting for the end of our own book-keeping.
START_TEST(turns_rows_that_are_closed_wait_for_the_next_commit)
{
    House house;
    house_open(&house);
    tell(&house, "sip message ref=9 from=b@sip.test to=a@xmpp.test id=q1 body=Ho");
    turns_run(&house.turns);
    g_string_truncate(house.said, 0);
    tell(&house, "xmpp delivery row=1");
    turns_run(&house.turns);
    ck_assert_str_eq(house.said->str, "rows=1 uncommitted sip accept session=1 ref=9\n");
    g_string_truncate(house.said, 0);
    tell(&house, "xmpp message from=a@xmpp.test/r to=b@sip.test id=m1 type=normal body=Hi");
    turns_run(&house.turns);
    ck_assert(g_str_has_prefix(house.said->str, "rows=2 sip message "));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'"), 1);
    house_close(&house);
}
END_TEST

START_TEST(turns_line_that_arrived_is_accepted_though_its_row_cannot_be_closed)
{
    House house;
    house_open(&house);
    tell(&house, "sip message ref=9 from=b@sip.test to=a@xmpp.test id=q1 body=Ho");
    turns_run(&house.turns);
    ledger_break();
    g_string_truncate(house.said, 0);
    tell(&house, "xmpp delivery row=1");
    turns_run(&house.turns);
    ck_assert_ptr_nonnull(strstr(house.said->str, "sip accept "));
    ck_assert_ptr_null(strstr(house.said->str, "refuse"));
    house_close(&house);
}
END_TEST

START_TEST(turns_one_commit_serves_many_events)
{
    House house;
    house_open(&house);
    for (int i = 0; i < 300; i++) {
        g_autofree char *line = g_strdup_printf(
            "xmpp message from=a%d@xmpp.test/r to=b%d@sip.test id=m type=normal body=Hi", i, i);
        tell(&house, line);
    }
    turns_run(&house.turns);
    ck_assert_ptr_nonnull(strstr(house.said->str, "rows=256 sip message"));
    ck_assert_ptr_null(strstr(house.said->str, "rows=1 sip message"));
    ck_assert_uint_eq(turn_queue_length(house.queue), 300 - 256);
    house_close(&house);
}
END_TEST

START_TEST(turns_acknowledge_what_came_in_before_they_close_its_leg)
{
    House house;
    house_open(&house);
    house.settings.chat_mode = CHAT_MODE_AUTO;
    tell(&house, "xmpp message from=a@xmpp.test/r to=b@sip.test id=m1 type=chat body=Hi");
    tell(&house, "sip leg-up leg=1");
    tell(&house, "sip delivery row=1");
    turns_run(&house.turns);
    g_string_truncate(house.said, 0);
    tell(&house, "xmpp gone from=a@xmpp.test/r to=b@sip.test");
    tell(&house, "sip message ref=9 leg=1 from=b@sip.test to=a@xmpp.test id=q1 type=chat body=Ho");
    turns_run(&house.turns);
    const char *accept = strstr(house.said->str, "sip accept");
    const char *close = strstr(house.said->str, "sip close-leg");
    ck_assert_ptr_nonnull(accept);
    ck_assert_ptr_nonnull(close);
    ck_assert(accept < close);
    house_close(&house);
}
END_TEST

// Gone is said first, and hundreds of lines behind it comes one of the peer's: more than a turn takes. Its sender
// must have the 200 all the same, before the session it came by is ended.
START_TEST(turns_acknowledge_what_waits_beyond_their_bound_before_they_close_its_leg)
{
    House house;
    house_open(&house);
    house.settings.chat_mode = CHAT_MODE_AUTO;
    tell(&house, "xmpp message from=a@xmpp.test/r to=b@sip.test id=m1 type=chat body=Hi");
    tell(&house, "sip leg-up leg=1");
    tell(&house, "sip delivery row=1");
    turns_run(&house.turns);
    g_string_truncate(house.said, 0);
    tell(&house, "xmpp gone from=a@xmpp.test/r to=b@sip.test");
    for (int i = 0; i < 300; i++) {
        g_autofree char *line = g_strdup_printf(
            "xmpp message from=a%d@xmpp.test/r to=b%d@sip.test id=m type=normal body=Hi", i, i);
        tell(&house, line);
    }
    tell(&house, "sip message ref=9 leg=1 from=b@sip.test to=a@xmpp.test id=q1 type=chat body=Ho");
    turns_run(&house.turns);
    const char *accept = strstr(house.said->str, "sip accept");
    const char *close = strstr(house.said->str, "sip close-leg");
    ck_assert_ptr_nonnull(close);
    ck_assert_msg(accept != NULL && accept < close, "the line is not acknowledged");
    ck_assert_uint_eq(turn_queue_length(house.queue), 0);
    house_close(&house);
}
END_TEST

START_TEST(turns_are_told_in_the_ladder_without_their_texts)
{
    House house;
    house_open(&house);
    tell(&house, "xmpp message from=a@xmpp.test/r to=b@sip.test id=m1 type=normal body=Secret");
    turns_run(&house.turns);
    g_autofree char *text = ladder_text(house.ladder, 1);
    ck_assert_ptr_nonnull(strstr(text, "> xmpp message from=a@xmpp.test/r"));
    ck_assert_ptr_nonnull(strstr(text, "< sip message"));
    ck_assert_ptr_null(strstr(text, "Secret"));
    house_close(&house);
}
END_TEST

int main(void)
{
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR); // a store that fails is an error line, and expected here
    const TTest *const TESTS[] = {
        turns_row_is_committed_before_the_line_is_handed_over,
        turns_that_cannot_be_stored_hand_over_nothing_and_tell_the_sender,
        turns_that_cannot_be_stored_refuse_what_they_would_have_accepted,
        turns_rows_that_are_closed_wait_for_the_next_commit,
        turns_line_that_arrived_is_accepted_though_its_row_cannot_be_closed,
        turns_one_commit_serves_many_events,
        turns_acknowledge_what_came_in_before_they_close_its_leg,
        turns_acknowledge_what_waits_beyond_their_bound_before_they_close_its_leg,
        turns_are_told_in_the_ladder_without_their_texts,
        NULL,
    };
    return suite_run("turns", TESTS);
}
