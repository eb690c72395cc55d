// SPDX-License-Identifier: MIT
// The control socket: who can open it, what it says of places, methods and arguments, and what it shows.
#include "gateway/control.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "gateway/control_path.h"
#include "mapping/notation.h"
#include "mapping/route.h"
#include "tests/support/loop.h"
#include "tests/support/suite.h"

static char *directory, *path;
static Route *route;
static Settings settings;
static Router *router;
static Ladder *ladder;
static Store *store;
static Control *control; // of the test; ends with it

static int64_t now_ms(void)
{
    return 61000;
}

static void setup(void)
{
    directory = g_dir_make_tmp("mucsip-control-XXXXXX", NULL);
    store = store_open(directory, false, NULL);
    path = g_build_filename(directory, "control.sock", NULL);
    route = route_new();
    ck_assert(route_add_component(route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(route_add_xmpp_domain(route, "muc.xmpp.test", ROUTE_ROOMS, "muc.xmpp.test"));
    settings = settings_defaults();
    router = router_new(route, &settings);
    ladder = ladder_new(20);
}

static void teardown(void)
{
    g_clear_pointer(&control, control_free);
    ladder_free(ladder);
    router_free(router);
    route_free(route);
    store_close(store);
    static const char *const FILES[] = {"mucsip.db", "mucsip.db-wal", "control.sock"};
    for (size_t i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *file = g_build_filename(directory, FILES[i], NULL);
        g_unlink(file);
    }
    g_rmdir(directory);
    g_free(directory);
    g_free(path);
}

// What the socket raises is dispatched at once.
static void on_event(void *self, Event *owned)
{
    g_autoptr(Outbox) outbox = outbox_new();
    router_dispatch(router, owned, outbox);
    event_free(owned);
}

static void tell(const char *text)
{
    g_autofree char *why = NULL;
    Event *event = notation_parse_event(text, &why);
    ck_assert_msg(event != NULL, "%s", why != NULL ? why : "");
    event->at_ms = 1000;
    on_event(NULL, event);
}

static void learn(const char *peer, const char *more)
{
    g_autofree char *text = g_strdup_printf("sip peer from=%s %s", peer, more);
    tell(text);
}

static Control *start(GError **error)
{
    ControlView view = {router, store, ladder, {NULL, on_event}, now_ms};
    return control_new(path, &view, error);
}

// A line of XMPP user `user` to romeo, at a time in seconds.
static void line_from(const char *user, int64_t at_s)
{
    g_autofree char *why = NULL;
    g_autofree char *text = g_strdup_printf(
        "xmpp message from=%s@xmpp.test/balcony to=romeo@sip.test id=m1 type=chat thread=t1 body=secret", user);
    g_autoptr(Event) event = notation_parse_event(text, &why);
    ck_assert_msg(event != NULL, "%s", why != NULL ? why : "");
    event->at_ms = at_s * 1000;
    g_autoptr(Outbox) outbox = outbox_new();
    uint64_t session = router_dispatch(router, event, outbox);
    ladder_note_event(ladder, session, event);
}

// ---- a client -----------------------------------------------------------------------------------

typedef struct {
    GBytes *body; // owned
    GError *error; // owned
    bool done;
} Reply;

static void on_reply(GObject *source, GAsyncResult *result, gpointer data)
{
    Reply *reply = data;
    reply->body = soup_session_send_and_read_finish(SOUP_SESSION(source), result, &reply->error);
    reply->done = true;
}

static bool is_done(void *self)
{
    return ((Reply *)self)->done;
}

// The body that METHOD /place gets, behind its status: "200 {...}".
static char *ask(const char *method, const char *place)
{
    int opened;
    Reply reply = {0};
    g_autofree char *uri = g_strdup_printf("http://mucsipd%s", place);
    g_autoptr(GSocketAddress) address = control_path_address(path, &opened);
    g_autoptr(SoupSession) session = soup_session_new_with_options("remote-connectable", address, NULL);
    g_autoptr(SoupMessage) message = soup_message_new(method, uri);
    soup_session_send_and_read_async(session, message, 0, NULL, on_reply, &reply);
    loop_until(is_done, &reply, "an answer of the control socket");
    ck_assert_msg(reply.body != NULL, "%s", reply.error != NULL ? reply.error->message : "");
    char *text = g_strdup_printf("%u %.*s", soup_message_get_status(message),
                                 (int)g_bytes_get_size(reply.body),
                                 (const char *)g_bytes_get_data(reply.body, NULL));
    g_bytes_unref(reply.body);
    if (opened >= 0)
        close(opened);
    return text;
}

static void expect(const char *method, const char *place, const char *wanted)
{
    g_autofree char *got = ask(method, place);
    ck_assert_str_eq(got, wanted);
}

static void expect_part(const char *place, const char *wanted)
{
    g_autofree char *got = ask("GET", place);
    ck_assert_msg(strstr(got, wanted) != NULL, "%s\nhas no %s", got, wanted);
}

// ---- tests --------------------------------------------------------------------------------------

START_TEST(only_its_owner_can_open_it)
{
    control = start(NULL);
    struct stat found;
    ck_assert(control != NULL);
    ck_assert_int_eq(g_lstat(path, &found), 0);
    ck_assert(S_ISSOCK(found.st_mode));
    ck_assert_int_eq(found.st_mode & 0777, 0600);
}
END_TEST

START_TEST(it_goes_with_its_owner)
{
    control_free(start(NULL));
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST(what_a_dead_run_left_is_replaced)
{
    pid_t child = fork();
    if (child == 0) {
        start(NULL);
        _exit(0); // without removing the socket
    }
    waitpid(child, NULL, 0);
    ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
    control = start(NULL);
    ck_assert(control != NULL);
    expect("GET", "/sessions", "200 {\"sessions\":[],\"total\":0}");
}
END_TEST

START_TEST(a_socket_in_use_and_a_file_are_left_alone)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Control) first = start(NULL);
    ck_assert(start(&error) == NULL);
    ck_assert(strstr(error->message, path) != NULL && strstr(error->message, "is in use") != NULL);
    g_clear_error(&error);
    g_clear_pointer(&first, control_free);
    ck_assert(g_file_set_contents(path, "precious", -1, NULL));
    ck_assert(start(&error) == NULL);
    ck_assert(g_file_test(path, G_FILE_TEST_IS_REGULAR));
}
END_TEST

START_TEST(a_path_longer_than_an_address_is_reached)
{
    g_autofree char *name = g_strnfill(120, 'd');
    g_autofree char *deep = g_build_filename(directory, name, NULL);
    g_autofree char *before = path;
    ck_assert_int_eq(g_mkdir(deep, 0700), 0);
    path = g_build_filename(deep, "control.sock", NULL);
    control = start(NULL);
    ck_assert(control != NULL);
    ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
    expect("GET", "/sessions", "200 {\"sessions\":[],\"total\":0}");
    g_clear_pointer(&control, control_free);
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    g_rmdir(deep);
    g_free(path);
    path = g_steal_pointer(&before);
}
END_TEST

START_TEST(places_and_methods_that_are_not_there_are_refused_in_words)
{
    control = start(NULL);
    expect("GET", "/", "404 {\"error\":\"there is no such place\"}");
    expect("GET", "/ladders", "404 {\"error\":\"there is no such place\"}");
    expect("GET", "/sessions/1", "404 {\"error\":\"there is no such place\"}");
    expect("POST", "/sessions", "405 {\"error\":\"this cannot be done with it\"}");
    expect("GET", "/ladders/9", "404 {\"error\":\"there is no such thing\"}");
    expect("GET", "/ladders/nine", "400 {\"error\":\"a session is a number\"}");
    expect("GET", "/sessions?limit=0", "400 {\"error\":\"limit is a number from 1 to 1000\"}");
    expect("GET", "/sessions?address=a%40%40b", "400 {\"error\":\"address is no JID\"}");
}
END_TEST

START_TEST(rooms_say_who_is_across_with_which_legs_and_what_became_of_his_lines)
{
    control = start(NULL);
    expect("GET", "/rooms", "200 {\"rooms\":[],\"total\":0}");
    tell("sip room-offered ref=3 from=romeo@sip.test/desk room=verona@muc.xmpp.test");
    tell("xmpp room-entry leg=1 nick=Romeo");
    tell("sip room-answer leg=2 how=yes");
    tell("sip room-message ref=4 leg=2 id=k1 body=Hello");
    tell("xmpp delivery row=1 failure=forbidden");
    expect("GET", "/rooms?address=verona@muc.xmpp.test",
           "200 {\"rooms\":[{\"room\":\"verona@muc.xmpp.test\",\"home\":\"xmpp\","
           "\"party\":\"romeo@sip.test/desk\",\"nick\":\"Romeo\",\"state\":\"INSIDE\",\"session\":1,"
           "\"party_leg\":2,\"home_leg\":1,\"occupants\":0,\"since_s\":60,\"held\":0,\"dropped\":1,"
           "\"error\":\"forbidden\"}],\"total\":1}");
    expect("GET", "/rooms?address=nurse@sip.test", "200 {\"rooms\":[],\"total\":0}");
}
END_TEST

START_TEST(sessions_say_who_talks_with_whom_and_how)
{
    control = start(NULL);
    line_from("juliet", 1);
    line_from("nurse", 2);
    expect("GET", "/sessions?address=juliet@xmpp.test/kitchen",
           "200 {\"sessions\":[{\"session\":1,\"xmpp\":\"juliet@xmpp.test\",\"sip\":\"romeo@sip.test\","
           "\"resource\":\"balcony\",\"thread\":\"t1\",\"leg\":\"OPENING\",\"escalation\":\"CHAT\","
           "\"waiting\":1,\"in_flight\":0,\"silent_s\":60}],\"total\":1}");
    expect_part("/sessions?address=romeo@sip.test", "\"total\":2}");
    expect_part("/sessions?limit=1", "\"silent_s\":60}],\"total\":2}");
}
END_TEST

START_TEST(a_ladder_is_shown_without_what_was_said)
{
    control = start(NULL);
    line_from("juliet", 1);
    g_autofree char *got = ask("GET", "/ladders/1");
    ck_assert_msg(g_str_has_prefix(got, "200 {\"session\":1,\"ladder\":\"# session=1\\n> xmpp message "), "%s", got);
    ck_assert(strstr(got, "secret") == NULL);
}
END_TEST

START_TEST(facts_about_a_peer_are_shown_and_forgotten)
{
    control = start(NULL);
    learn("romeo@sip.test", "takes=cpim lacks=msrp number=9000");
    learn("paris@sip.test", "takes=imdn");
    expect_part("/peers?address=romeo@sip.test",
                "{\"peer\":\"romeo@sip.test\",\"what\":\"cpim\",\"value\":\"yes\",\"holds_s\":86340}");
    expect_part("/peers?address=romeo@sip.test", "\"what\":\"msrp\",\"value\":\"no\"");
    expect_part("/peers?address=romeo@sip.test", "\"what\":\"max-size\",\"value\":9000");
    expect_part("/peers", "\"total\":4}");
    expect("DELETE", "/peers/romeo@sip.test", "200 {\"forgotten\":\"romeo@sip.test\"}");
    expect("DELETE", "/peers/@", "400 {\"error\":\"a peer is a JID\"}");
    expect_part("/peers", "\"total\":1}");
}
END_TEST

static void row(const char *line, int64_t at_ms)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s", why != NULL ? why : "");
    ck_assert(store_execute(store, command, at_ms, NULL));
    ck_assert(store_commit(store, NULL));
}

START_TEST(rows_of_the_ledger_tell_who_when_and_the_end)
{
    control = start(NULL);
    row("sip store how=row-open row=1 from=juliet@xmpp.test/balcony to=romeo@sip.test id=m1 body=secret",
        1700000000123);
    row("sip store how=row-close row=1 failure=item-not-found status=404", 1700000001000);
    row("xmpp store how=row-open row=2 from=romeo@sip.test to=juliet@xmpp.test id=m2 body=secret",
        1700000002000);
    expect("GET", "/ledger?id=m1",
           "200 {\"ledger\":[{\"row\":1,\"from\":\"juliet@xmpp.test/balcony\",\"to\":\"romeo@sip.test\","
           "\"side\":\"sip\",\"id\":\"m1\",\"opened\":\"2023-11-14T22:13:20.123Z\","
           "\"closed\":\"2023-11-14T22:13:21.000Z\",\"end\":\"failed\",\"failure\":\"item-not-found\","
           "\"status\":404}],\"more\":false}");
    expect_part("/ledger?open=yes", "{\"ledger\":[{\"row\":2,");
    expect_part("/ledger?open=yes", "\"end\":\"open\"}],\"more\":false}");
    expect_part("/ledger?limit=1", "\"more\":true}");
    expect("GET", "/ledger?address=nurse@xmpp.test", "200 {\"ledger\":[],\"more\":false}");
    g_autofree char *all = ask("GET", "/ledger?address=juliet@xmpp.test");
    ck_assert(strstr(all, "\"row\":1") != NULL && strstr(all, "\"row\":2") != NULL);
    ck_assert(strstr(all, "secret") == NULL);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        only_its_owner_can_open_it,
        it_goes_with_its_owner,
        what_a_dead_run_left_is_replaced,
        a_socket_in_use_and_a_file_are_left_alone,
        a_path_longer_than_an_address_is_reached,
        places_and_methods_that_are_not_there_are_refused_in_words,
        rooms_say_who_is_across_with_which_legs_and_what_became_of_his_lines,
        sessions_say_who_talks_with_whom_and_how,
        a_ladder_is_shown_without_what_was_said,
        facts_about_a_peer_are_shown_and_forgotten,
        rows_of_the_ledger_tell_who_when_and_the_end,
        NULL,
    };
    return suite_run_fixture("control", TESTS, setup, teardown);
}
