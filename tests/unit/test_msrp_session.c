// SPDX-License-Identifier: MIT
// Sessions between two stacks on the loopback, and towards a peer that answers as the test wants.
#include "sip/msrp/msrp_session.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/msrp_owner.h"
#include "tests/support/suite.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
    Msrp *one, *two;
    MsrpOwner *a, *b; // a is active
} Pair;

static Pair pair_new(void)
{
    Pair pair = {.one = msrp_owner_stack(NULL), .two = msrp_owner_stack(NULL)};
    pair.a = msrp_owner_new(pair.one);
    pair.b = msrp_owner_new(pair.two);
    msrp_owner_start(pair.b, msrp_session_uri(pair.a->session), false);
    msrp_owner_start(pair.a, msrp_session_uri(pair.b->session), true);
    return pair;
}

static void pair_free(Pair *pair)
{
    msrp_free(pair->one);
    msrp_free(pair->two);
    msrp_owner_free(pair->a);
    msrp_owner_free(pair->b);
}

/* MSRP-011 CHAT-06 */
START_TEST(session_is_bound_on_both_sides_by_a_first_send_without_body)
{
    Pair pair = pair_new();
    msrp_owner_told(pair.a, "bound\n");
    msrp_owner_told(pair.b, "bound\n");
    const MsrpCounts *counts = msrp_counts(pair.two);
    ck_assert_uint_eq(counts->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 1);
    ck_assert_uint_eq(counts->frames[MSRP_SENT][MSRP_KIND_RESPONSE], 1);
    ck_assert_uint_eq(counts->connections, 1);
    pair_free(&pair);
}
END_TEST

START_TEST(session_carries_messages_both_ways)
{
    Pair pair = pair_new();
    msrp_owner_say(pair.a, 1, "Art thou not Romeo?");
    msrp_owner_say(pair.b, 2, "too early"); // waits for the binding as well
    ck_assert_uint_eq(msrp_session_outstanding(pair.a->session), 1);
    ck_assert_uint_gt(msrp_session_queued_octets(pair.a->session), 0);
    msrp_owner_told_among(pair.a, "message id02 text/plain too early\n");
    msrp_owner_told_among(pair.a, "outcome 1 200\n");
    msrp_owner_told_among(pair.b, "message id01 text/plain Art thou not Romeo?\n");
    msrp_owner_told_among(pair.b, "outcome 2 200\n");
    ck_assert_uint_eq(msrp_session_outstanding(pair.a->session), 0);
    ck_assert_uint_eq(msrp_session_queued_octets(pair.a->session), 0);
    pair_free(&pair);
}
END_TEST

/* MSRP-014 CHAT-06 SEC-11 */
START_TEST(session_id_is_new_for_each_and_has_128_bits)
{
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *one = msrp_owner_new(msrp);
    MsrpOwner *two = msrp_owner_new(msrp);
    g_autofree char *prefix = g_strdup_printf("msrp://127.0.0.1:%u/", msrp_port(msrp));
    const char *uri = msrp_session_uri(one->session);
    ck_assert(g_str_has_prefix(uri, prefix) && g_str_has_suffix(uri, ";tcp"));
    ck_assert_uint_eq(strlen(uri), strlen(prefix) + 32 + 4);
    ck_assert_str_ne(uri, msrp_session_uri(two->session));
    msrp_free(msrp);
    msrp_owner_free(one);
    msrp_owner_free(two);
}
END_TEST

/* MSRP-009 CHAT-31 */
START_TEST(session_reports_go_back_to_the_sender)
{
    Pair pair = pair_new();
    g_autoptr(GBytes) body = g_bytes_new_static("hello", 5);
    MsrpSessionOutgoing content = {.message_id = "id01", .content_type = "text/plain",
                                   .body = body, .row = 1, .success_report = true};
    msrp_session_send(pair.a->session, &content, NULL);
    msrp_owner_told(pair.a, "bound\noutcome 1 200\n");
    msrp_owner_told(pair.b, "bound\nmessage id01 text/plain hello success\n");
    ck_assert(msrp_session_report(pair.b->session, pair.b->last_ref, 200));
    msrp_owner_told(pair.a, "report 1 200 whole\n");
    msrp_owner_say(pair.a, 2, "hello");
    msrp_owner_told(pair.a, "outcome 2 200\n");
    ck_assert(msrp_session_report(pair.b->session, pair.b->last_ref, 404));
    msrp_owner_told(pair.a, "report 2 404 whole\n");
    pair_free(&pair);
}
END_TEST

/* MSRP-008 */
START_TEST(session_refusal_is_the_outcome_and_the_session_goes_on)
{
    Pair pair = pair_new();
    pair.b->accepts = false;
    pair.b->refuses = 415;
    msrp_owner_say(pair.a, 1, "hello");
    msrp_owner_told(pair.a, "bound\noutcome 1 415\n");
    pair.b->refuses = 0;
    msrp_owner_say(pair.a, 2, "hello");
    msrp_owner_told(pair.a, "");
    ck_assert(msrp_session_accept(pair.b->session, pair.b->last_ref));
    msrp_owner_told(pair.a, "outcome 2 200\n");
    pair_free(&pair);
}
END_TEST

static void take_much(MsrpConfig *config)
{
    config->max_size = 1 << 20;
}

/* MSRP-007 CHAT-11 */
START_TEST(session_sends_a_long_message_in_one_piece)
{
    Pair pair = {.one = msrp_owner_stack(take_much), .two = msrp_owner_stack(take_much)};
    pair.a = msrp_owner_new(pair.one);
    pair.b = msrp_owner_new(pair.two);
    msrp_owner_start(pair.b, msrp_session_uri(pair.a->session), false);
    msrp_owner_start(pair.a, msrp_session_uri(pair.b->session), true);
    msrp_owner_say_much(pair.a, 1, 1 << 20);
    msrp_owner_told(pair.a, "bound\noutcome 1 200\n");
    ck_assert_uint_eq(msrp_counts(pair.two)->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 2);
    pair_free(&pair);
}
END_TEST

/* MSRP-006 MSRP-007 MSRP-019 CHAT-22 */
START_TEST(session_too_long_a_message_is_refused_while_it_is_written_and_given_up)
{
    Pair pair = pair_new();
    msrp_owner_say_much(pair.a, 1, 900000);
    msrp_owner_say(pair.a, 2, "next");
    msrp_owner_told(pair.a, "bound\noutcome 1 413\noutcome 2 200\n");
    msrp_owner_told(pair.b, "bound\nmessage id02 text/plain next\n");
    pair_free(&pair);
}
END_TEST

START_TEST(session_keeps_the_order_of_many_messages)
{
    Pair pair = pair_new();
    g_autoptr(GString) expected = g_string_new("bound\n");
    for (int i = 1; i <= 500; i++) {
        g_autofree char *text = g_strdup_printf("line %d", i);
        ck_assert_int_eq(msrp_owner_say(pair.a, (uint64_t)i, text), MSRP_SESSION_QUEUED);
        g_string_append_printf(expected, "message id%02d text/plain line %d\n", i, i);
    }
    msrp_owner_told(pair.b, expected->str);
    pair_free(&pair);
}
END_TEST

/* MSRP-012 CHAT-06 CHAT-55 */
START_TEST(session_shares_the_connection_with_others_to_the_same_host)
{
    Pair pair = pair_new();
    MsrpOwner *c = msrp_owner_new(pair.one);
    MsrpOwner *d = msrp_owner_new(pair.two);
    msrp_owner_start(d, msrp_session_uri(c->session), false);
    msrp_owner_start(c, msrp_session_uri(d->session), true);
    msrp_owner_told(d, "bound\n");
    ck_assert_uint_eq(msrp_counts(pair.one)->connections, 1);
    ck_assert_uint_eq(msrp_counts(pair.two)->connections, 1);
    msrp_session_close(pair.a->session);
    msrp_owner_told(pair.a, "bound\nend closed 0\n");
    msrp_owner_say(c, 1, "still here");
    msrp_owner_told(c, "bound\noutcome 1 200\n");
    msrp_session_close(c->session);
    msrp_owner_told(c, "end closed 0\n");
    msrp_owner_pass(29999);
    ck_assert_uint_eq(msrp_counts(pair.one)->connections, 1);
    msrp_owner_pass(1);
    ck_assert_uint_eq(msrp_counts(pair.one)->connections, 0);
    msrp_owner_told(pair.b, "bound\nend lost 0\n");
    msrp_owner_told(d, "message id01 text/plain still here\nend lost 0\n");
    pair_free(&pair);
    msrp_owner_free(c);
    msrp_owner_free(d);
}
END_TEST

/* MSRP-012 */
START_TEST(session_lost_connection_ends_all_its_sessions_with_outcomes_first)
{
    Pair pair = pair_new();
    MsrpOwner *c = msrp_owner_new(pair.one);
    MsrpOwner *d = msrp_owner_new(pair.two);
    msrp_owner_start(d, msrp_session_uri(c->session), false);
    msrp_owner_start(c, msrp_session_uri(d->session), true);
    pair.b->accepts = false;
    msrp_owner_say(pair.a, 1, "hello");
    msrp_owner_told(pair.a, "bound\n");
    msrp_free(pair.two);
    pair.two = NULL;
    msrp_owner_told(pair.a, "outcome 1 0\nend lost 0\n");
    msrp_owner_told(c, "bound\nend lost 0\n");
    pair_free(&pair);
    msrp_owner_free(c);
    msrp_owner_free(d);
}
END_TEST

START_TEST(session_to_nobody_is_lost)
{
    uint16_t port;
    crooked_stream_free(crooked_stream_listen(&port));
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *owner = msrp_owner_new(msrp);
    g_autofree char *path = g_strdup_printf("msrp://127.0.0.1:%u/nobody;tcp", port);
    msrp_owner_start(owner, path, true);
    msrp_owner_say(owner, 1, "hello");
    msrp_owner_told(owner, "outcome 1 0\nend lost 0\n");
    msrp_free(msrp);
    msrp_owner_free(owner);
}
END_TEST

// A stack with one active session towards a peer in the hands of the test.
typedef struct {
    Msrp *msrp;
    MsrpOwner *owner;
    CrookedStream *peer;
    char *path; // owned: the peer's
} Caller;

static Caller caller_new(void)
{
    uint16_t port;
    Caller caller = {.msrp = msrp_owner_stack(NULL)};
    caller.peer = crooked_stream_listen(&port);
    caller.owner = msrp_owner_new(caller.msrp);
    caller.path = g_strdup_printf("msrp://127.0.0.1:%u/rr;tcp " MSRP_OWNER_PEER, port);
    msrp_owner_start(caller.owner, caller.path, true);
    return caller;
}

static void caller_free(Caller *caller)
{
    msrp_free(caller->msrp);
    crooked_stream_free(caller->peer);
    msrp_owner_free(caller->owner);
    g_free(caller->path);
}

/* MSRP-011 MSRP-025 MSRP-033 CHAT-06 */
START_TEST(session_connects_to_the_first_of_a_path_and_addresses_all_of_it)
{
    Caller caller = caller_new();
    crooked_stream_settle();
    const char *heard = crooked_stream_heard(caller.peer, NULL);
    const char *path = strstr(heard, "To-Path: msrp://127.0.0.1:");
    ck_assert_ptr_nonnull(path);
    ck_assert_ptr_nonnull(strstr(path, "/rr;tcp " MSRP_OWNER_PEER "\r\nFrom-Path: "));
    ck_assert_ptr_nonnull(strstr(path, "\r\nMessage-ID: "));
    ck_assert_ptr_nonnull(strstr(path, "\r\nByte-Range: 1-0/0\r\n-------"));
    msrp_owner_answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK");
    msrp_owner_told(caller.owner, "bound\n");
    caller_free(&caller);
}
END_TEST

/* MSRP-011 */
START_TEST(session_that_is_not_bound_in_time_ends)
{
    Caller caller = caller_new();
    msrp_owner_say(caller.owner, 1, "hello");
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(29999);
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(1);
    msrp_owner_told(caller.owner, "outcome 1 0\nend timeout 0\n");
    caller_free(&caller);
}
END_TEST

START_TEST(session_that_nobody_connects_to_ends)
{
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *owner = msrp_owner_new(msrp);
    msrp_owner_start(owner, MSRP_OWNER_PEER, false);
    msrp_owner_pass(30000);
    msrp_owner_told(owner, "end timeout 0\n");
    msrp_free(msrp);
    msrp_owner_free(owner);
}
END_TEST

START_TEST(session_whose_first_send_is_refused_ends_with_that_status)
{
    static const char *const answers[] = {"481 None", "506 In use", "403 Forbidden"};
    static const char *const ends[] = {"end refused 481\n", "end refused 506\n",
                                       "end refused 403\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        Caller caller = caller_new();
        msrp_owner_answer(caller.peer, msrp_session_uri(caller.owner->session), answers[i]);
        msrp_owner_told(caller.owner, ends[i]);
        caller_free(&caller);
    }
}
END_TEST

// Up to the binding.
static Caller caller_bound(void)
{
    Caller caller = caller_new();
    msrp_owner_answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK");
    msrp_owner_told(caller.owner, "bound\n");
    return caller;
}

/* MSRP-012 */
START_TEST(session_on_a_kept_connection_that_proves_dead_tries_a_new_one_once)
{
    Caller caller = caller_bound();
    msrp_session_close(caller.owner->session);
    msrp_owner_told(caller.owner, "end closed 0\n");
    crooked_stream_forget(caller.peer);
    MsrpOwner *next = msrp_owner_new(caller.msrp);
    msrp_owner_start(next, caller.path, true);
    ck_assert(crooked_stream_await(caller.peer, " SEND\r\n"));
    ck_assert_uint_eq(msrp_counts(caller.msrp)->connections, 1); // the old one
    crooked_stream_forget(caller.peer);
    crooked_stream_break(caller.peer, true);
    ck_assert(crooked_stream_await(caller.peer, " SEND\r\n")); // on the new one
    crooked_stream_break(caller.peer, true);
    msrp_owner_told(next, "end lost 0\n");
    caller_free(&caller);
    msrp_owner_free(next);
}
END_TEST

START_TEST(session_unanswered_message_has_the_outcome_408_after_30_seconds)
{
    Caller caller = caller_bound();
    msrp_owner_say(caller.owner, 1, "hello");
    crooked_stream_settle();
    msrp_owner_pass(29999);
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(1);
    msrp_owner_told(caller.owner, "outcome 1 408\n");
    msrp_owner_answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK"); // too late
    msrp_owner_told(caller.owner, "");
    ck_assert_uint_eq(msrp_counts(caller.msrp)->unmatched, 1);
    caller_free(&caller);
}
END_TEST

START_TEST(session_that_the_peer_does_not_know_any_more_ends)
{
    Caller caller = caller_bound();
    msrp_owner_say(caller.owner, 1, "hello");
    msrp_owner_say(caller.owner, 2, "hello");
    msrp_owner_answer(caller.peer, msrp_session_uri(caller.owner->session), "481 None");
    msrp_owner_told(caller.owner, "outcome 2 481\noutcome 1 0\nend refused 481\n");
    caller_free(&caller);
}
END_TEST

/* MSRP-032 MSRP-033 */
START_TEST(session_is_kept_alive_by_a_send_without_body_after_120_seconds_of_silence)
{
    Caller caller = caller_bound();
    crooked_stream_forget(caller.peer);
    msrp_owner_pass(119999);
    ck_assert_str_eq(crooked_stream_heard(caller.peer, NULL), "");
    msrp_owner_pass(1);
    ck_assert_ptr_nonnull(strstr(crooked_stream_heard(caller.peer, NULL), "Byte-Range: 1-0/0"));
    msrp_owner_answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK");
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(120000);
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(30000); // this one is not answered
    msrp_owner_told(caller.owner, "end timeout 0\n");
    caller_free(&caller);
}
END_TEST

START_TEST(session_close_waits_for_what_is_under_way)
{
    Pair pair = pair_new();
    msrp_owner_told(pair.a, "bound\n");
    msrp_owner_say_much(pair.a, 1, 9000);
    msrp_owner_say(pair.a, 2, "and good night");
    msrp_session_close(pair.a->session);
    ck_assert_int_eq(msrp_owner_say(pair.a, 3, "no more"), MSRP_SESSION_OVER);
    msrp_owner_told(pair.a, "outcome 1 200\noutcome 2 200\nend closed 0\n");
    msrp_owner_told_among(pair.b, "and good night\n");
    pair_free(&pair);
}
END_TEST

START_TEST(session_close_does_not_wait_for_ever)
{
    Caller caller = caller_bound();
    msrp_owner_say(caller.owner, 1, "hello");
    msrp_session_close(caller.owner->session);
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(4999);
    msrp_owner_told(caller.owner, "");
    msrp_owner_pass(1);
    msrp_owner_told(caller.owner, "outcome 1 0\nend closed 0\n");
    caller_free(&caller);
}
END_TEST

START_TEST(session_released_tells_nothing_more_but_says_what_was_queued)
{
    Pair pair = pair_new();
    msrp_owner_told(pair.a, "bound\n");
    msrp_owner_say(pair.a, 1, "good night");
    msrp_session_release(pair.a->session);
    msrp_owner_told(pair.a, "");
    msrp_owner_told(pair.b, "bound\nmessage id01 text/plain good night\n");
    pair_free(&pair);
}
END_TEST

START_TEST(session_may_be_closed_before_it_begins_and_from_inside_callbacks)
{
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *fresh = msrp_owner_new(msrp);
    MsrpOwner *waiting = msrp_owner_new(msrp);
    msrp_owner_start(waiting, MSRP_OWNER_PEER, false);
    msrp_session_close(fresh->session);
    msrp_session_close(waiting->session);
    msrp_owner_told(fresh, "end closed 0\n");
    msrp_owner_told(waiting, "end closed 0\n");
    msrp_free(msrp);
    msrp_owner_free(fresh);
    msrp_owner_free(waiting);
    Pair pair = pair_new();
    pair.b->closes = true;
    msrp_owner_say(pair.a, 1, "hello");
    msrp_owner_say(pair.a, 2, "hello again");
    msrp_owner_told(pair.b, "bound\nmessage id01 text/plain hello\nend closed 0\n");
    msrp_owner_told(pair.a, "bound\noutcome 2 481\noutcome 1 0\nend refused 481\n");
    pair_free(&pair);
}
END_TEST

static MsrpSessionSend send_type(MsrpOwner *owner, const char *type, const char *inner,
                                 size_t length)
{
    g_autoptr(GBytes) body = g_bytes_new_take(g_strnfill(length, 'm'), length);
    MsrpSessionOutgoing content = {.content_type = type, .inner_type = inner, .body = body};
    return msrp_session_send(owner->session, &content, NULL);
}

/* MSRP-017 MSRP-019 */
START_TEST(session_sends_only_what_the_peer_said_it_takes)
{
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *owner = msrp_owner_new(msrp);
    MsrpSessionPeer peer = {.path = MSRP_OWNER_PEER, .accept_types = "message/cpim text/plain",
                            .accept_wrapped_types = "text/html", .max_size = 100};
    ck_assert_int_eq(msrp_owner_say(owner, 1, "too early"), MSRP_SESSION_OVER);
    ck_assert(msrp_session_start(owner->session, &peer, NULL));
    ck_assert(!msrp_session_start(owner->session, &peer, NULL));
    ck_assert_int_eq(send_type(owner, "text/html", NULL, 1), MSRP_SESSION_TYPE_REFUSED);
    ck_assert_int_eq(send_type(owner, "message/cpim", "image/png", 1), MSRP_SESSION_TYPE_REFUSED);
    ck_assert_int_eq(send_type(owner, "message/cpim", "text/html", 1), MSRP_SESSION_QUEUED);
    ck_assert_int_eq(send_type(owner, "text/plain", NULL, 101), MSRP_SESSION_TOO_LARGE);
    ck_assert_int_eq(send_type(owner, "text/plain", NULL, 100), MSRP_SESSION_QUEUED);
    ck_assert_int_eq(send_type(owner, "text/plain;a=\r\nb", NULL, 1), MSRP_SESSION_BAD_HEADER);
    msrp_free(msrp);
    msrp_owner_free(owner);
}
END_TEST

/* MSRP-010 */
START_TEST(session_start_names_what_is_wrong_with_a_path)
{
    static const struct {
        const char *path;
        bool active;
        const char *words;
    } cases[] = {
        {"", false, "not a list"},
        {"sip:a@b", false, "not a list"},
        {"msrps://h:1/a;tcp", false, "TLS was not agreed"},
        {"msrp://h:1/a;ws", false, "only tcp"},
        {"msrp://h:1;tcp", false, "no session id"},
        {"msrp://h/a;tcp", true, "no port"},
    };
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *owner = msrp_owner_new(msrp);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        MsrpSessionPeer peer = {.path = cases[i].path, .active = cases[i].active};
        ck_assert(!msrp_session_start(owner->session, &peer, &error));
        ck_assert_msg(strstr(error->message, cases[i].words) != NULL, "%s", error->message);
    }
    msrp_owner_start(owner, "msrp://h:9/a;tcp", false); // it connects to us: port 9 means nothing
    msrp_free(msrp);
    msrp_owner_free(owner);
}
END_TEST

START_TEST(session_stack_may_be_freed_in_the_middle_of_everything)
{
    Pair pair = pair_new();
    pair.b->accepts = false;
    msrp_owner_told(pair.a, "bound\n");
    msrp_owner_say_much(pair.a, 1, 900000);
    msrp_owner_say(pair.b, 2, "hello");
    g_main_context_iteration(NULL, FALSE);
    msrp_session_close(pair.b->session);
    MsrpOwner *waiting = msrp_owner_new(pair.one);
    msrp_owner_start(waiting, "msrp://127.0.0.1:1/x;tcp", true);
    pair_free(&pair);
    crooked_stream_settle();
    ck_assert_str_eq(waiting->log->str, "");
    msrp_owner_free(waiting);
}
END_TEST

int main(void)
{
    return suite_run("msrp_session", (const TTest *const[]){
        session_is_bound_on_both_sides_by_a_first_send_without_body,
        session_carries_messages_both_ways,
        session_id_is_new_for_each_and_has_128_bits,
        session_reports_go_back_to_the_sender,
        session_refusal_is_the_outcome_and_the_session_goes_on,
        session_sends_a_long_message_in_one_piece,
        session_too_long_a_message_is_refused_while_it_is_written_and_given_up,
        session_keeps_the_order_of_many_messages,
        session_shares_the_connection_with_others_to_the_same_host,
        session_lost_connection_ends_all_its_sessions_with_outcomes_first,
        session_to_nobody_is_lost,
        session_connects_to_the_first_of_a_path_and_addresses_all_of_it,
        session_that_is_not_bound_in_time_ends,
        session_that_nobody_connects_to_ends,
        session_whose_first_send_is_refused_ends_with_that_status,
        session_on_a_kept_connection_that_proves_dead_tries_a_new_one_once,
        session_unanswered_message_has_the_outcome_408_after_30_seconds,
        session_that_the_peer_does_not_know_any_more_ends,
        session_is_kept_alive_by_a_send_without_body_after_120_seconds_of_silence,
        session_close_waits_for_what_is_under_way,
        session_close_does_not_wait_for_ever,
        session_released_tells_nothing_more_but_says_what_was_queued,
        session_may_be_closed_before_it_begins_and_from_inside_callbacks,
        session_sends_only_what_the_peer_said_it_takes,
        session_start_names_what_is_wrong_with_a_path,
        session_stack_may_be_freed_in_the_middle_of_everything,
        NULL,
    });
}
