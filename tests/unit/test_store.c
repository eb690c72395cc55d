// SPDX-License-Identifier: MIT
// The store: what a turn commits is there after a restart, what fails is not, and old rows go.
#include "gateway/store.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/store_restore.h"
#include "gateway/store_rows.h"
#include "mapping/notation.h"
#include "tests/support/ledger_view.h"
#include "tests/support/loop.h"
#include "tests/support/suite.h"

static char *directory;
static GPtrArray *restored; // owned char *

static void note(void *self, Event *owned)
{
    g_ptr_array_add(restored, notation_event_text(owned));
    event_free(owned);
}

static bool execute(Store *store, const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s", why != NULL ? why : "");
    return store_execute(store, command, 5000, NULL);
}

// Opens the store as a new run does and returns what it tells, one line per event.
static char *restart(Store **store)
{
    g_autoptr(GError) error = NULL;
    *store = store_open(directory, false, &error);
    ck_assert_msg(*store != NULL, "%s", error != NULL ? error->message : "");
    restored = g_ptr_array_new_with_free_func(g_free);
    ck_assert(store_restore(*store, (EventSink){NULL, note}, 6000, NULL));
    g_ptr_array_add(restored, NULL);
    char *text = g_strjoinv("\n", (char **)restored->pdata);
    g_ptr_array_unref(restored);
    return text;
}

// The first run of all: there is nothing to tell but the first number.
static Store *start(void)
{
    Store *store = NULL;
    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told, "xmpp restored how=counter number=1");
    return store;
}

static bool prune(Store *store, int64_t now_ms, int64_t keep_ms, int64_t rows_max)
{
    bool more;
    StoreLimits limits = {keep_ms, rows_max};
    return store_prune(store, &limits, now_ms, &more, NULL) && !more;
}

static void setup(void)
{
    ledger_view_begin();
    directory = g_dir_make_tmp("mucsip-store-XXXXXX", NULL);
}

static void teardown(void)
{
    static const char *const FILES[] = {"mucsip.db", "mucsip.db-wal"};
    for (size_t i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *path = g_build_filename(directory, FILES[i], NULL);
        g_unlink(path);
    }
    g_rmdir(directory);
    g_free(directory);
}

START_TEST(store_rows_numbers_peers_and_rooms_survive_a_restart)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=7 from=a@x.test to=b@s.test body=Hi"));
    ck_assert(execute(store, "xmpp store how=row-open row=8 from=b@s.test to=a@x.test body=Ho"));
    ck_assert(execute(store, "sip store how=row-close row=7"));
    ck_assert(execute(store, "sip store how=peer to=b@s.test lacks=msrp ms=4000"));
    ck_assert(execute(store, "sip store how=room-bind leg=3 room=r@muc.test from=b@s.test nick=B"));
    ck_assert(execute(store, "sip store how=room-bind leg=4 room=r@muc.test from=c@s.test/page nick=C "
                             "carrier=page"));
    ck_assert(store_commit(store, NULL));
    store_close(store);

    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told, "xmpp restored how=counter number=9\n"
                           "xmpp restored how=peer ms=3000 to=b@s.test lacks=msrp\n"
                           "xmpp restored how=room-bind leg=3 from=b@s.test room=r@muc.test nick=B\n"
                           "xmpp restored how=room-bind leg=4 from=c@s.test/page room=r@muc.test nick=C "
                           "carrier=page\n"
                           "xmpp restored how=row-open row=8 ms=1000 from=b@s.test to=a@x.test body=Ho "
                           "stamp=1970-01-01T00:00:05Z");
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'"), 1);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_keeps_the_last_word_of_each_fact_about_a_peer)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=peer to=b@s.test/desk takes=cpim,imdn lacks=html "
                             "number=4096 ms=4000"));
    ck_assert(execute(store, "sip store how=peer to=b@s.test lacks=cpim ms=5000"));
    ck_assert(execute(store, "sip store how=peer to=c@s.test takes=cpim ms=6000"));
    ck_assert(execute(store, "sip store how=peer to=gone@s.test takes=cpim ms=500"));
    ck_assert(execute(store, "sip store how=forget to=c@s.test"));
    ck_assert(store_commit(store, NULL));
    store_close(store);

    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told, "xmpp restored how=counter number=1\n"
                           "xmpp restored how=peer ms=3000 to=b@s.test lacks=html\n"
                           "xmpp restored how=peer ms=3000 to=b@s.test takes=imdn\n"
                           "xmpp restored how=peer number=4096 ms=3000 to=b@s.test\n"
                           "xmpp restored how=peer ms=4000 to=b@s.test lacks=cpim");
    ck_assert(prune(store, 6000, 100, 10));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM peer"), 4);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_of_the_first_version_keeps_who_has_no_msrp)
{
    setup();
    Store *store = start();
    ledger_view_execute("DROP TABLE peer; CREATE TABLE peer (address TEXT NOT NULL,"
                        " fact TEXT NOT NULL, until_ms INTEGER NOT NULL,"
                        " PRIMARY KEY (address, fact)) WITHOUT ROWID;"
                        "INSERT INTO peer VALUES ('b@s.test','no-msrp',9000);"
                        "DROP TABLE ledger; CREATE TABLE ledger (row INTEGER PRIMARY KEY, side TEXT NOT NULL,"
                        " session INTEGER, leg INTEGER, sender TEXT, recipient TEXT, id TEXT, thread TEXT,"
                        " body TEXT, opened_ms INTEGER NOT NULL, closed_ms INTEGER, fate TEXT, failure TEXT);"
                        "INSERT INTO ledger (row, side, body, opened_ms) VALUES (1, 'sip', 'Hi', 5000);"
                        "ALTER TABLE room DROP COLUMN carrier;"
                        "PRAGMA user_version=1");
    store_close(store);
    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told, "xmpp restored how=counter number=2\n"
                           "xmpp restored how=peer ms=3000 to=b@s.test lacks=msrp");
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='lost'"), 1);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_turn_that_fails_leaves_nothing_behind)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(!execute(store, "sip store how=row-open row=1 body=again"));
    ck_assert(store_commit(store, NULL));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger"), 0);
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(store_commit(store, NULL));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger"), 1);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_row_without_an_end_comes_back_as_it_was_and_as_far_as_it_got)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "xmpp store how=row-open row=1 session=4 ref=9 leg=2 from=b@s.test/d to=a@x.test/r "
                             "id=q thread=T subject=\"So what\" lang=en body=\"1\\n\\\"2\\\"\" html=<b>1</b> "
                             "stamp=2026-01-01T00:00:00Z receipt=yes"));
    ck_assert(execute(store, "xmpp store how=row-hand row=1 carrier=chat"));
    ck_assert(execute(store, "sip store how=row-open row=2 to=b@s.test body=x carrier=page"));
    ck_assert(execute(store, "sip store how=row-hand row=2"));
    ck_assert(store_commit(store, NULL));
    store_close(store);
    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told,
                     "xmpp restored how=counter number=3\n"
                     "xmpp restored how=row-open leg=2 ref=9 row=1 ms=1000 from=b@s.test/d to=a@x.test/r "
                     "id=q thread=T subject=\"So what\" lang=en body=\"1\\n\\\"2\\\"\" html=<b>1</b> "
                     "stamp=2026-01-01T00:00:00Z carrier=chat receipt=yes\n"
                     "sip restored how=row-open row=2 ms=1000 to=b@s.test body=x "
                     "stamp=1970-01-01T00:00:05Z");
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_tells_what_was_done_lately_for_xmpp)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "xmpp store how=row-open row=1 from=b@s.test to=a@x.test id=p1 request=K1 body=x"));
    ck_assert(execute(store, "xmpp store how=row-open row=2 from=b@s.test to=a@x.test id=p2 request=K2 body=x"));
    ck_assert(execute(store, "xmpp store how=row-open row=3 from=b@s.test to=a@x.test id=s1 leg=5 body=x"));
    ck_assert(execute(store, "sip store how=row-open row=4 from=a@x.test to=b@s.test id=m1 body=x"));
    ck_assert(execute(store, "xmpp store how=row-close row=1"));
    ck_assert(execute(store, "xmpp store how=row-close row=2 failure=item-not-found status=404"));
    ck_assert(execute(store, "xmpp store how=row-close row=3"));
    ck_assert(execute(store, "sip store how=row-close row=4"));
    ck_assert(store_commit(store, NULL));
    store_close(store);
    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told,
                     "xmpp restored how=counter number=5\n"
                     "xmpp restored how=row-close row=1 ms=1000 from=b@s.test to=a@x.test request=K1 id=p1\n"
                     "xmpp restored how=row-close failure=item-not-found row=2 status=404 ms=1000 "
                     "from=b@s.test to=a@x.test request=K2 id=p2\n"
                     "xmpp restored how=row-close leg=5 row=3 ms=1000 from=b@s.test to=a@x.test id=s1");
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_row_that_cannot_be_read_is_closed_as_lost)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=1 to=b@s.test body=x"));
    ck_assert(store_commit(store, NULL));
    ledger_view_execute("UPDATE ledger SET line='body=\"'");
    store_close(store);
    g_autofree char *told = restart(&store);
    ck_assert_str_eq(told, "xmpp restored how=counter number=2");
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='lost'"), 1);
    store_close(store);
    teardown();
}
END_TEST

// The end of a row is known though the transaction in which it stood came to nothing.
START_TEST(store_closes_again_what_was_closed_in_a_turn_that_failed)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(store_commit(store, NULL));
    ck_assert(execute(store, "sip store how=row-close row=1"));
    ck_assert(!execute(store, "sip store how=row-open row=1 body=again"));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'"), 0);
    ck_assert(execute(store, "sip store how=row-open row=2 body=Ho"));
    ck_assert(store_commit(store, NULL));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'"), 1);
    store_close(store);
    teardown();
}
END_TEST

static void row_note(const StoreRow *row, void *data)
{
    g_string_append_printf(data, "%d %s %s %s %s;", (int)row->row, row->side, row->id,
                           row->carrier != NULL ? row->carrier : "-",
                           row->fate != NULL ? row->fate : "open");
}

static bool is_committed(void *self)
{
    return ledger_view_is_committed();
}

static int complaints, reliefs;

static void count(const char *domain, GLogLevelFlags level, const char *text, gpointer unused)
{
    complaints += (level & G_LOG_LEVEL_CRITICAL) != 0;
    reliefs += strstr(text, "written again") != NULL;
}

static bool is_delivered(void *self)
{
    return ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'") == 1;
}

// The database may not grow, as on a full disk: rows are refused, and ends are kept until there is room.
START_TEST(store_that_is_full_complains_once_and_goes_on_when_there_is_room)
{
    setup();
    Store *store = start();
    g_autofree char *text = g_strnfill(60000, 'x');
    guint handler = g_log_set_handler("mucsip", G_LOG_LEVEL_MASK, count, NULL);
    complaints = reliefs = 0;
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(store_commit(store, NULL));
    ledger_view_execute("PRAGMA max_page_count=1"); // as many as there are
    for (int row = 2; row < 5; row++) {
        g_autofree char *open = g_strdup_printf("sip store how=row-open row=%d body=%s", row, text);
        ck_assert(!execute(store, open));
        ck_assert(execute(store, "sip store how=row-close row=1"));
    }
    ck_assert(!ledger_view_is_committed());
    store_commit_soon(store);
    ck_assert_int_eq(complaints, 1);
    ledger_view_execute("PRAGMA max_page_count=100000");
    loop_until(is_delivered, NULL, "the end of the row");
    loop_until(is_committed, NULL, "the commit");
    ck_assert_int_eq(reliefs, 1);
    ck_assert(execute(store, "sip store how=row-open row=9 body=Ho"));
    ck_assert(store_commit(store, NULL));
    g_log_remove_handler("mucsip", handler);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_rows_are_shown_youngest_first_and_by_what_is_asked)
{
    setup();
    Store *store = start();
    g_autoptr(GString) shown = g_string_new(NULL);
    ck_assert(execute(store, "sip store how=row-open row=1 from=a@x.test/r to=b@s.test id=m1 body=x carrier=page"));
    ck_assert(execute(store, "xmpp store how=row-open row=2 from=c@s.test to=a@x.test id=m2 body=x"));
    ck_assert(execute(store, "sip store how=row-open row=3 from=aa@x.test to=c@s.test id=m3 body=x"));
    ck_assert(execute(store, "sip store how=row-close row=1"));
    ck_assert(store_rows_each(store, NULL, row_note, shown, NULL));
    ck_assert_str_eq(shown->str, "3 sip m3 - open;2 xmpp m2 - open;1 sip m1 page delivered;");
    g_string_truncate(shown, 0);
    ck_assert(store_rows_each(store, &(StoreRowsFilter){.address = "a@x.test"}, row_note, shown, NULL));
    ck_assert_str_eq(shown->str, "2 xmpp m2 - open;1 sip m1 page delivered;");
    g_string_truncate(shown, 0);
    ck_assert(store_rows_each(store, &(StoreRowsFilter){.is_open = true, .limit = 1}, row_note, shown, NULL));
    ck_assert(store_rows_each(store, &(StoreRowsFilter){.id = "m1"}, row_note, shown, NULL));
    ck_assert_str_eq(shown->str, "3 sip m3 - open;1 sip m1 page delivered;");
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_closed_rows_lose_their_text_and_go_when_old)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(execute(store, "sip store how=row-open row=2 body=Ho"));
    ck_assert(execute(store, "sip store how=row-close row=1 failure=item-not-found"));
    ck_assert(store_commit(store, NULL));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE line IS NULL AND fate='failed'"), 1);
    ck_assert(prune(store, 5000 + 101, 100, 10));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger"), 1);
    ck_assert_int_eq(ledger_view_number("SELECT row FROM ledger"), 2);
    store_close(store);
    teardown();
}
END_TEST

// A row without an end stays, however old; of the others only as many numbers as there may be rows.
START_TEST(store_is_bounded_whatever_comes_in)
{
    setup();
    Store *store = start();
    for (int row = 1; row <= 10; row++) {
        g_autofree char *open = g_strdup_printf("sip store how=row-open row=%d body=Hi", row);
        g_autofree char *close = g_strdup_printf("sip store how=row-close row=%d", row);
        ck_assert(execute(store, open));
        ck_assert(row == 2 || execute(store, close));
    }
    ck_assert(store_commit(store, NULL));
    ck_assert(prune(store, 5000, 100, 3));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger"), 4);
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE row=2 OR row>7"), 4);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_tells_that_there_is_more_to_forget)
{
    setup();
    Store *store = start();
    bool more = false;
    ledger_view_execute("INSERT INTO ledger (side, opened_ms, closed_ms) WITH RECURSIVE n(i) AS (SELECT 1"
                        " UNION ALL SELECT i+1 FROM n WHERE i<2500) SELECT 'sip', 1, 1 FROM n");
    StoreLimits limits = {100, 10000};
    ck_assert(store_prune(store, &limits, 5000, &more, NULL));
    ck_assert(more);
    ck_assert(store_prune(store, &limits, 5000, &more, NULL));
    ck_assert(!more);
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger"), 0);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_commits_soon_what_may_wait)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(store_commit(store, NULL));
    ck_assert(execute(store, "sip store how=row-close row=1"));
    store_commit_soon(store);
    ck_assert(!ledger_view_is_committed());
    loop_until(is_committed, NULL, "the commit");
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'"), 1);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_that_is_closed_commits_what_waited)
{
    setup();
    Store *store = start();
    ck_assert(execute(store, "sip store how=row-open row=1 body=Hi"));
    ck_assert(store_commit(store, NULL));
    ck_assert(execute(store, "sip store how=row-close row=1"));
    store_commit_soon(store);
    store_close(store);
    g_free(restart(&store));
    ck_assert_int_eq(ledger_view_number("SELECT count(*) FROM ledger WHERE fate='delivered'"), 1);
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_is_for_one_process_alone)
{
    setup();
    Store *store = start();
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_open(directory, false, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "locked"));
    store_close(store);
    teardown();
}
END_TEST

START_TEST(store_refuses_a_database_of_a_newer_version)
{
    setup();
    Store *store = start();
    ledger_view_execute("PRAGMA user_version=99");
    store_close(store);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_open(directory, false, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "newer version"));
    teardown();
}
END_TEST

int main(void)
{
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR); // a store that fails is a critical line, and expected here
    const TTest *const TESTS[] = {
        store_rows_numbers_peers_and_rooms_survive_a_restart,
        store_keeps_the_last_word_of_each_fact_about_a_peer,
        store_of_the_first_version_keeps_who_has_no_msrp,
        store_turn_that_fails_leaves_nothing_behind,
        store_row_without_an_end_comes_back_as_it_was_and_as_far_as_it_got,
        store_tells_what_was_done_lately_for_xmpp,
        store_row_that_cannot_be_read_is_closed_as_lost,
        store_closes_again_what_was_closed_in_a_turn_that_failed,
        store_that_is_full_complains_once_and_goes_on_when_there_is_room,
        store_rows_are_shown_youngest_first_and_by_what_is_asked,
        store_closed_rows_lose_their_text_and_go_when_old,
        store_is_bounded_whatever_comes_in,
        store_tells_that_there_is_more_to_forget,
        store_commits_soon_what_may_wait,
        store_that_is_closed_commits_what_waited,
        store_is_for_one_process_alone,
        store_refuses_a_database_of_a_newer_version,
        NULL,
    };
    return suite_run("store", TESTS);
}
