// SPDX-License-Identifier: MIT
// Two stacks in one process on the loopback, and a stack against a peer that writes its own octets.
#include "sip/msrp/msrp_session.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <gio/gio.h>
#include <string.h>

#define PEER      "msrp://peer.example:9/peer;tcp"
#define RELAYED   "msrp://relay.example:9/rr;tcp " PEER

static int64_t clock_now_ms;

static int64_t test_clock(void)
{
    return clock_now_ms;
}

// An owner writes down what it is told, one line each.
typedef struct {
    GString *log;
    bool accepts; // answers at once
    int refuses;  // with this status
    bool closes;  // or closes the session instead
    uint32_t last_ref;
    MsrpSession *session; // NULL once closed
} Owner;

static void on_bound(void *user, MsrpSession *session)
{
    g_string_append(((Owner *)user)->log, "bound\n");
}

static void on_message(void *user, MsrpSession *session, const MsrpSessionIncoming *message)
{
    Owner *owner = user;
    owner->last_ref = message->ref;
    g_string_append_printf(owner->log, "message %s %s %.*s%s\n", message->message_id,
                           message->content_type, (int)MIN(message->length, 40), message->body,
                           message->wants_success_report ? " success" : "");
    if (owner->closes)
        msrp_session_close(session);
    else if (owner->accepts)
        ck_assert(msrp_session_accept(session, message->ref));
    else if (owner->refuses != 0)
        ck_assert(msrp_session_refuse(session, message->ref, owner->refuses, NULL));
}

static void on_nickname(void *user, MsrpSession *session, uint32_t ref, const char *nick)
{
    ((Owner *)user)->last_ref = ref;
    g_string_append_printf(((Owner *)user)->log, "nickname [%s]\n", nick);
}

static void on_outcome(void *user, MsrpSession *session, uint64_t row, int status)
{
    g_string_append_printf(((Owner *)user)->log, "outcome %d %d\n", (int)row, status);
}

static void on_report(void *user, MsrpSession *session, uint64_t row, const char *message_id,
                      int status, bool whole)
{
    g_string_append_printf(((Owner *)user)->log, "report %d %d %s\n", (int)row, status,
                           whole ? "whole" : "part");
}

static void on_closed(void *user, MsrpSession *session, MsrpSessionEnd reason, int status)
{
    static const char *const words[] = {
        [MSRP_SESSION_END_CLOSED] = "closed",   [MSRP_SESSION_END_LOST] = "lost",
        [MSRP_SESSION_END_TIMEOUT] = "timeout", [MSRP_SESSION_END_REFUSED] = "refused",
        [MSRP_SESSION_END_PROTOCOL] = "protocol",
    };
    Owner *owner = user;
    ck_assert_ptr_eq(owner->session, session);
    owner->session = NULL;
    g_string_append_printf(owner->log, "end %s %d\n", words[reason], status);
}

static const MsrpSessionFuncs funcs = {on_bound,   on_message, on_nickname,
                                       on_outcome, on_report,  on_closed};

static Owner *owner_new(Msrp *msrp)
{
    Owner *owner = g_new0(Owner, 1);
    owner->log = g_string_new(NULL);
    owner->accepts = true;
    owner->session = msrp_session_new(msrp, &funcs, owner);
    return owner;
}

static void owner_free(Owner *owner)
{
    g_string_free(owner->log, TRUE);
    g_free(owner);
}

// What was told since the last look.
static void told(Owner *owner, const char *expected)
{
    crooked_stream_settle();
    ck_assert_str_eq(owner->log->str, expected);
    g_string_truncate(owner->log, 0);
}

static Msrp *stack_new(void (*adapt)(MsrpConfig *))
{
    MsrpConfig config;
    g_autoptr(GError) error = NULL;
    clock_now_ms = 1000000;
    msrp_config_init(&config);
    config.listen_port = 0;
    config.clock_ms = test_clock;
    if (adapt != NULL)
        adapt(&config);
    Msrp *msrp = msrp_new(&config, &error);
    ck_assert_msg(msrp != NULL, "%s", error != NULL ? error->message : "");
    return msrp;
}

static void start(Owner *owner, const char *path, bool active)
{
    MsrpSessionPeer peer = {.path = path, .active = active, .accept_types = "*"};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(msrp_session_start(owner->session, &peer, &error), "%s",
                  error != NULL ? error->message : "");
}

static MsrpSessionSend say(Owner *owner, uint64_t row, const char *text)
{
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    g_autofree char *id = g_strdup_printf("id%02d", (int)row);
    MsrpSessionOutgoing content = {
        .message_id = id, .content_type = "text/plain", .body = body, .row = row};
    return msrp_session_send(owner->session, &content, NULL);
}

// Likewise, where the order against the other direction is open.
static void told_among(Owner *owner, const char *line)
{
    crooked_stream_settle();
    ck_assert_msg(strstr(owner->log->str, line) != NULL, "%s not in: %s", line, owner->log->str);
}

typedef struct {
    Msrp *one, *two;
    Owner *a, *b; // a is active
} Pair;

static Pair pair_new(void)
{
    Pair pair = {.one = stack_new(NULL), .two = stack_new(NULL)};
    pair.a = owner_new(pair.one);
    pair.b = owner_new(pair.two);
    start(pair.b, msrp_session_uri(pair.a->session), false);
    start(pair.a, msrp_session_uri(pair.b->session), true);
    return pair;
}

static void pair_free(Pair *pair)
{
    msrp_free(pair->one);
    msrp_free(pair->two);
    owner_free(pair->a);
    owner_free(pair->b);
}

static MsrpSessionSend say_much(Owner *owner, uint64_t row, size_t length)
{
    g_autoptr(GBytes) body = g_bytes_new_take(g_strnfill(length, 'm'), length);
    MsrpSessionOutgoing content = {
        .message_id = "much", .content_type = "text/plain", .body = body, .row = row};
    return msrp_session_send(owner->session, &content, NULL);
}

static void pass(int64_t ms)
{
    clock_now_ms += ms;
    crooked_stream_settle();
}

/* MSRP-011 CHAT-06 */
START_TEST(session_is_bound_on_both_sides_by_a_first_send_without_body)
{
    Pair pair = pair_new();
    told(pair.a, "bound\n");
    told(pair.b, "bound\n");
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
    say(pair.a, 1, "Art thou not Romeo?");
    say(pair.b, 2, "too early"); // waits for the binding as well
    ck_assert_uint_eq(msrp_session_outstanding(pair.a->session), 1);
    ck_assert_uint_gt(msrp_session_queued_octets(pair.a->session), 0);
    told_among(pair.a, "message id02 text/plain too early\n");
    told_among(pair.a, "outcome 1 200\n");
    told_among(pair.b, "message id01 text/plain Art thou not Romeo?\n");
    told_among(pair.b, "outcome 2 200\n");
    ck_assert_uint_eq(msrp_session_outstanding(pair.a->session), 0);
    ck_assert_uint_eq(msrp_session_queued_octets(pair.a->session), 0);
    pair_free(&pair);
}
END_TEST

/* MSRP-014 CHAT-06 */
START_TEST(session_id_is_new_for_each_and_has_128_bits)
{
    Msrp *msrp = stack_new(NULL);
    Owner *one = owner_new(msrp);
    Owner *two = owner_new(msrp);
    g_autofree char *prefix = g_strdup_printf("msrp://127.0.0.1:%u/", msrp_port(msrp));
    const char *uri = msrp_session_uri(one->session);
    ck_assert(g_str_has_prefix(uri, prefix) && g_str_has_suffix(uri, ";tcp"));
    ck_assert_uint_eq(strlen(uri), strlen(prefix) + 32 + 4);
    ck_assert_str_ne(uri, msrp_session_uri(two->session));
    msrp_free(msrp);
    owner_free(one);
    owner_free(two);
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
    told(pair.a, "bound\noutcome 1 200\n");
    told(pair.b, "bound\nmessage id01 text/plain hello success\n");
    ck_assert(msrp_session_report(pair.b->session, pair.b->last_ref, 200));
    told(pair.a, "report 1 200 whole\n");
    say(pair.a, 2, "hello");
    told(pair.a, "outcome 2 200\n");
    ck_assert(msrp_session_report(pair.b->session, pair.b->last_ref, 404));
    told(pair.a, "report 2 404 whole\n");
    pair_free(&pair);
}
END_TEST

/* MSRP-008 */
START_TEST(session_refusal_is_the_outcome_and_the_session_goes_on)
{
    Pair pair = pair_new();
    pair.b->accepts = false;
    pair.b->refuses = 415;
    say(pair.a, 1, "hello");
    told(pair.a, "bound\noutcome 1 415\n");
    pair.b->refuses = 0;
    say(pair.a, 2, "hello");
    told(pair.a, "");
    ck_assert(msrp_session_accept(pair.b->session, pair.b->last_ref));
    told(pair.a, "outcome 2 200\n");
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
    Pair pair = {.one = stack_new(take_much), .two = stack_new(take_much)};
    pair.a = owner_new(pair.one);
    pair.b = owner_new(pair.two);
    start(pair.b, msrp_session_uri(pair.a->session), false);
    start(pair.a, msrp_session_uri(pair.b->session), true);
    say_much(pair.a, 1, 1 << 20);
    told(pair.a, "bound\noutcome 1 200\n");
    ck_assert_uint_eq(msrp_counts(pair.two)->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 2);
    pair_free(&pair);
}
END_TEST

/* MSRP-006 MSRP-007 MSRP-019 CHAT-22 */
START_TEST(session_too_long_a_message_is_refused_while_it_is_written_and_given_up)
{
    Pair pair = pair_new();
    say_much(pair.a, 1, 900000);
    say(pair.a, 2, "next");
    told(pair.a, "bound\noutcome 1 413\noutcome 2 200\n");
    told(pair.b, "bound\nmessage id02 text/plain next\n");
    pair_free(&pair);
}
END_TEST

START_TEST(session_keeps_the_order_of_many_messages)
{
    Pair pair = pair_new();
    g_autoptr(GString) expected = g_string_new("bound\n");
    for (int i = 1; i <= 500; i++) {
        g_autofree char *text = g_strdup_printf("line %d", i);
        ck_assert_int_eq(say(pair.a, (uint64_t)i, text), MSRP_SESSION_QUEUED);
        g_string_append_printf(expected, "message id%02d text/plain line %d\n", i, i);
    }
    told(pair.b, expected->str);
    pair_free(&pair);
}
END_TEST

/* MSRP-012 CHAT-06 CHAT-55 */
START_TEST(session_shares_the_connection_with_others_to_the_same_host)
{
    Pair pair = pair_new();
    Owner *c = owner_new(pair.one);
    Owner *d = owner_new(pair.two);
    start(d, msrp_session_uri(c->session), false);
    start(c, msrp_session_uri(d->session), true);
    told(d, "bound\n");
    ck_assert_uint_eq(msrp_counts(pair.one)->connections, 1);
    ck_assert_uint_eq(msrp_counts(pair.two)->connections, 1);
    msrp_session_close(pair.a->session);
    told(pair.a, "bound\nend closed 0\n");
    say(c, 1, "still here");
    told(c, "bound\noutcome 1 200\n");
    msrp_session_close(c->session);
    told(c, "end closed 0\n");
    pass(29999);
    ck_assert_uint_eq(msrp_counts(pair.one)->connections, 1);
    pass(1);
    ck_assert_uint_eq(msrp_counts(pair.one)->connections, 0);
    told(pair.b, "bound\nend lost 0\n");
    told(d, "message id01 text/plain still here\nend lost 0\n");
    pair_free(&pair);
    owner_free(c);
    owner_free(d);
}
END_TEST

/* MSRP-012 */
START_TEST(session_lost_connection_ends_all_its_sessions_with_outcomes_first)
{
    Pair pair = pair_new();
    Owner *c = owner_new(pair.one);
    Owner *d = owner_new(pair.two);
    start(d, msrp_session_uri(c->session), false);
    start(c, msrp_session_uri(d->session), true);
    pair.b->accepts = false;
    say(pair.a, 1, "hello");
    told(pair.a, "bound\n");
    msrp_free(pair.two);
    pair.two = NULL;
    told(pair.a, "outcome 1 0\nend lost 0\n");
    told(c, "bound\nend lost 0\n");
    pair_free(&pair);
    owner_free(c);
    owner_free(d);
}
END_TEST

START_TEST(session_to_nobody_is_lost)
{
    uint16_t port;
    crooked_stream_free(crooked_stream_listen(&port));
    Msrp *msrp = stack_new(NULL);
    Owner *owner = owner_new(msrp);
    g_autofree char *path = g_strdup_printf("msrp://127.0.0.1:%u/nobody;tcp", port);
    start(owner, path, true);
    say(owner, 1, "hello");
    told(owner, "outcome 1 0\nend lost 0\n");
    msrp_free(msrp);
    owner_free(owner);
}
END_TEST

// A stack with one active session towards a peer in the hands of the test.
typedef struct {
    Msrp *msrp;
    Owner *owner;
    CrookedStream *peer;
} Caller;

static Caller caller_new(void)
{
    uint16_t port;
    Caller caller = {.msrp = stack_new(NULL)};
    caller.peer = crooked_stream_listen(&port);
    caller.owner = owner_new(caller.msrp);
    g_autofree char *path = g_strdup_printf("msrp://127.0.0.1:%u/rr;tcp " PEER, port);
    start(caller.owner, path, true);
    return caller;
}

static void caller_free(Caller *caller)
{
    msrp_free(caller->msrp);
    crooked_stream_free(caller->peer);
    owner_free(caller->owner);
}

// Answers the last SEND that was heard.
static void answer(CrookedStream *peer, const char *own, const char *status)
{
    crooked_stream_settle();
    const char *heard = crooked_stream_heard(peer, NULL);
    const char *last = g_strrstr(heard, "MSRP ");
    ck_assert_ptr_nonnull(last);
    g_autofree char *tid = g_strndup(last + 5, strcspn(last + 5, " "));
    g_autofree char *text = g_strdup_printf("MSRP %s %s\r\nTo-Path: %s\r\nFrom-Path: " PEER
                                            "\r\n-------%s$\r\n", tid, status, own, tid);
    crooked_stream_forget(peer);
    crooked_stream_say_text(peer, text);
}

/* MSRP-011 MSRP-025 MSRP-033 CHAT-06 */
START_TEST(session_connects_to_the_first_of_a_path_and_addresses_all_of_it)
{
    Caller caller = caller_new();
    crooked_stream_settle();
    const char *heard = crooked_stream_heard(caller.peer, NULL);
    const char *path = strstr(heard, "To-Path: msrp://127.0.0.1:");
    ck_assert_ptr_nonnull(path);
    ck_assert_ptr_nonnull(strstr(path, "/rr;tcp " PEER "\r\nFrom-Path: "));
    ck_assert_ptr_nonnull(strstr(path, "\r\nMessage-ID: "));
    ck_assert_ptr_nonnull(strstr(path, "\r\nByte-Range: 1-0/0\r\n-------"));
    answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK");
    told(caller.owner, "bound\n");
    caller_free(&caller);
}
END_TEST

/* MSRP-011 */
START_TEST(session_that_is_not_bound_in_time_ends)
{
    Caller caller = caller_new();
    say(caller.owner, 1, "hello");
    told(caller.owner, "");
    pass(29999);
    told(caller.owner, "");
    pass(1);
    told(caller.owner, "outcome 1 0\nend timeout 0\n");
    caller_free(&caller);
}
END_TEST

START_TEST(session_that_nobody_connects_to_ends)
{
    Msrp *msrp = stack_new(NULL);
    Owner *owner = owner_new(msrp);
    start(owner, PEER, false);
    pass(30000);
    told(owner, "end timeout 0\n");
    msrp_free(msrp);
    owner_free(owner);
}
END_TEST

START_TEST(session_whose_first_send_is_refused_ends_with_that_status)
{
    static const char *const answers[] = {"481 None", "506 In use", "403 Forbidden"};
    static const char *const ends[] = {"end refused 481\n", "end refused 506\n",
                                       "end refused 403\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        Caller caller = caller_new();
        answer(caller.peer, msrp_session_uri(caller.owner->session), answers[i]);
        told(caller.owner, ends[i]);
        caller_free(&caller);
    }
}
END_TEST

// Up to the binding.
static Caller caller_bound(void)
{
    Caller caller = caller_new();
    answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK");
    told(caller.owner, "bound\n");
    return caller;
}

START_TEST(session_unanswered_message_has_the_outcome_408_after_30_seconds)
{
    Caller caller = caller_bound();
    say(caller.owner, 1, "hello");
    crooked_stream_settle();
    pass(29999);
    told(caller.owner, "");
    pass(1);
    told(caller.owner, "outcome 1 408\n");
    answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK"); // too late
    told(caller.owner, "");
    ck_assert_uint_eq(msrp_counts(caller.msrp)->unmatched, 1);
    caller_free(&caller);
}
END_TEST

START_TEST(session_that_the_peer_does_not_know_any_more_ends)
{
    Caller caller = caller_bound();
    say(caller.owner, 1, "hello");
    say(caller.owner, 2, "hello");
    answer(caller.peer, msrp_session_uri(caller.owner->session), "481 None");
    told(caller.owner, "outcome 2 481\noutcome 1 0\nend refused 481\n");
    caller_free(&caller);
}
END_TEST

/* MSRP-032 MSRP-033 */
START_TEST(session_is_kept_alive_by_a_send_without_body_after_120_seconds_of_silence)
{
    Caller caller = caller_bound();
    crooked_stream_forget(caller.peer);
    pass(119999);
    ck_assert_str_eq(crooked_stream_heard(caller.peer, NULL), "");
    pass(1);
    ck_assert_ptr_nonnull(strstr(crooked_stream_heard(caller.peer, NULL), "Byte-Range: 1-0/0"));
    answer(caller.peer, msrp_session_uri(caller.owner->session), "200 OK");
    told(caller.owner, "");
    pass(120000);
    told(caller.owner, "");
    pass(30000); // this one is not answered
    told(caller.owner, "end timeout 0\n");
    caller_free(&caller);
}
END_TEST

START_TEST(session_close_waits_for_what_is_under_way)
{
    Pair pair = pair_new();
    told(pair.a, "bound\n");
    say_much(pair.a, 1, 9000);
    say(pair.a, 2, "and good night");
    msrp_session_close(pair.a->session);
    ck_assert_int_eq(say(pair.a, 3, "no more"), MSRP_SESSION_OVER);
    told(pair.a, "outcome 1 200\noutcome 2 200\nend closed 0\n");
    told_among(pair.b, "and good night\n");
    pair_free(&pair);
}
END_TEST

START_TEST(session_close_does_not_wait_for_ever)
{
    Caller caller = caller_bound();
    say(caller.owner, 1, "hello");
    msrp_session_close(caller.owner->session);
    told(caller.owner, "");
    pass(4999);
    told(caller.owner, "");
    pass(1);
    told(caller.owner, "outcome 1 0\nend closed 0\n");
    caller_free(&caller);
}
END_TEST

START_TEST(session_released_tells_nothing_more_but_says_what_was_queued)
{
    Pair pair = pair_new();
    told(pair.a, "bound\n");
    say(pair.a, 1, "good night");
    msrp_session_release(pair.a->session);
    told(pair.a, "");
    told(pair.b, "bound\nmessage id01 text/plain good night\n");
    pair_free(&pair);
}
END_TEST

START_TEST(session_may_be_closed_before_it_begins_and_from_inside_callbacks)
{
    Msrp *msrp = stack_new(NULL);
    Owner *fresh = owner_new(msrp);
    Owner *waiting = owner_new(msrp);
    start(waiting, PEER, false);
    msrp_session_close(fresh->session);
    msrp_session_close(waiting->session);
    told(fresh, "end closed 0\n");
    told(waiting, "end closed 0\n");
    msrp_free(msrp);
    owner_free(fresh);
    owner_free(waiting);
    Pair pair = pair_new();
    pair.b->closes = true;
    say(pair.a, 1, "hello");
    say(pair.a, 2, "hello again");
    told(pair.b, "bound\nmessage id01 text/plain hello\nend closed 0\n");
    told(pair.a, "bound\noutcome 2 481\noutcome 1 0\nend refused 481\n");
    pair_free(&pair);
}
END_TEST

static MsrpSessionSend send_type(Owner *owner, const char *type, const char *inner, size_t length)
{
    g_autoptr(GBytes) body = g_bytes_new_take(g_strnfill(length, 'm'), length);
    MsrpSessionOutgoing content = {.content_type = type, .inner_type = inner, .body = body};
    return msrp_session_send(owner->session, &content, NULL);
}

/* MSRP-017 MSRP-019 */
START_TEST(session_sends_only_what_the_peer_said_it_takes)
{
    Msrp *msrp = stack_new(NULL);
    Owner *owner = owner_new(msrp);
    MsrpSessionPeer peer = {.path = PEER, .accept_types = "message/cpim text/plain",
                            .accept_wrapped_types = "text/html", .max_size = 100};
    ck_assert_int_eq(say(owner, 1, "too early"), MSRP_SESSION_OVER);
    ck_assert(msrp_session_start(owner->session, &peer, NULL));
    ck_assert(!msrp_session_start(owner->session, &peer, NULL));
    ck_assert_int_eq(send_type(owner, "text/html", NULL, 1), MSRP_SESSION_TYPE_REFUSED);
    ck_assert_int_eq(send_type(owner, "message/cpim", "image/png", 1), MSRP_SESSION_TYPE_REFUSED);
    ck_assert_int_eq(send_type(owner, "message/cpim", "text/html", 1), MSRP_SESSION_QUEUED);
    ck_assert_int_eq(send_type(owner, "text/plain", NULL, 101), MSRP_SESSION_TOO_LARGE);
    ck_assert_int_eq(send_type(owner, "text/plain", NULL, 100), MSRP_SESSION_QUEUED);
    ck_assert_int_eq(send_type(owner, "text/plain;a=\r\nb", NULL, 1), MSRP_SESSION_BAD_HEADER);
    msrp_free(msrp);
    owner_free(owner);
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
        {"msrps://h:1/a;tcp", false, "only msrp over tcp"},
        {"msrp://h:1/a;ws", false, "only msrp over tcp"},
        {"msrp://h:1;tcp", false, "no session id"},
        {"msrp://h/a;tcp", true, "no port"},
    };
    Msrp *msrp = stack_new(NULL);
    Owner *owner = owner_new(msrp);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        MsrpSessionPeer peer = {.path = cases[i].path, .active = cases[i].active};
        ck_assert(!msrp_session_start(owner->session, &peer, &error));
        ck_assert_msg(strstr(error->message, cases[i].words) != NULL, "%s", error->message);
    }
    start(owner, "msrp://h:9/a;tcp", false); // it connects to us: port 9 means nothing
    msrp_free(msrp);
    owner_free(owner);
}
END_TEST

// A stack with one passive session and a peer in the hands of the test that has connected.
typedef struct {
    Msrp *msrp;
    Owner *owner;
    CrookedStream *peer;
} Callee;

static Callee callee_new(void (*adapt)(MsrpConfig *))
{
    Callee callee = {.msrp = stack_new(adapt)};
    callee.owner = owner_new(callee.msrp);
    start(callee.owner, RELAYED, false);
    callee.peer = crooked_stream_connect(msrp_port(callee.msrp));
    return callee;
}

static void callee_free(Callee *callee)
{
    msrp_free(callee->msrp);
    crooked_stream_free(callee->peer);
    owner_free(callee->owner);
}

// `what` is the method, then "|", then the rest behind the paths; `from` the From-Path.
static char *request_to(const char *uri, const char *tid, const char *what, const char *from)
{
    const char *bar = strchr(what, '|');
    return g_strdup_printf("MSRP %s %.*s\r\nTo-Path: %s\r\nFrom-Path: %s\r\n%s", tid,
                           (int)(bar - what), what, uri, from, bar + 1);
}

static void say_request(CrookedStream *peer, const char *uri, const char *tid, const char *what)
{
    g_autofree char *begin = request_to(uri, tid, what, RELAYED);
    g_autofree char *text = g_strdup_printf("%s-------%s$\r\n", begin, tid);
    crooked_stream_say_text(peer, text);
}

#define BIND    "SEND|Message-ID: bind1\r\nByte-Range: 1-0/0\r\n"
#define CONTENT "SEND|Message-ID: m001\r\nContent-Type: text/plain\r\n\r\nhello\r\n"

static void was_heard(CrookedStream *peer, const char *expected)
{
    crooked_stream_settle();
    ck_assert_str_eq(crooked_stream_heard(peer, NULL), expected);
    crooked_stream_forget(peer);
}

// Only the first lines of what was heard, each with "; ".
static void heard_starts(CrookedStream *peer, const char *expected)
{
    crooked_stream_settle();
    g_auto(GStrv) lines = g_strsplit(crooked_stream_heard(peer, NULL), "\r\n", -1);
    g_autoptr(GString) starts = g_string_new(NULL);
    for (size_t i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "MSRP "))
            g_string_append_printf(starts, "%s; ", lines[i] + 5);
    }
    ck_assert_str_eq(starts->str, expected);
    crooked_stream_forget(peer);
}

/* MSRP-008 MSRP-025 CHAT-24 */
START_TEST(session_answers_go_to_the_next_hop_and_reports_all_the_way)
{
    Callee callee = callee_new(NULL);
    g_autofree char *uri = g_strdup(msrp_session_uri(callee.owner->session));
    say_request(callee.peer, uri, "t001", BIND);
    g_autofree char *answer_text = g_strdup_printf(
        "MSRP t001 200 OK\r\nTo-Path: msrp://relay.example:9/rr;tcp\r\nFrom-Path: %s\r\n"
        "-------t001$\r\n", uri);
    was_heard(callee.peer, answer_text);
    say_request(callee.peer, uri, "t002",
                "SEND|Message-ID: m001\r\nSuccess-Report: yes\r\nFailure-Report: no\r\n"
                "Content-Type: text/plain\r\n\r\nhello\r\n");
    was_heard(callee.peer, "");
    ck_assert(msrp_session_report(callee.owner->session, callee.owner->last_ref, 200));
    crooked_stream_settle();
    g_autofree char *report = g_strdup_printf(
        " REPORT\r\nTo-Path: " RELAYED "\r\nFrom-Path: %s\r\nMessage-ID: m001\r\n"
        "Byte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n-------", uri);
    ck_assert_ptr_nonnull(strstr(crooked_stream_heard(callee.peer, NULL), report));
    callee_free(&callee);
}
END_TEST

/* MSRP-011 */
START_TEST(session_first_request_waits_until_the_peer_is_known)
{
    Msrp *msrp = stack_new(NULL);
    Owner *owner = owner_new(msrp);
    CrookedStream *peer = crooked_stream_connect(msrp_port(msrp));
    CrookedStream *other = crooked_stream_connect(msrp_port(msrp));
    const char *uri = msrp_session_uri(owner->session);
    say_request(peer, uri, "t001", BIND);
    say_request(peer, uri, "t002", CONTENT);
    was_heard(peer, "");
    say_request(other, uri, "t003", BIND);
    heard_starts(other, "t003 506 Session In Use; ");
    start(owner, PEER, false);
    heard_starts(peer, "t001 200 OK; t002 200 OK; ");
    told(owner, "bound\nmessage m001 text/plain hello\n");
    msrp_free(msrp);
    crooked_stream_free(peer);
    crooked_stream_free(other);
    owner_free(owner);
}
END_TEST

/* MSRP-011 CHAT-23 */
START_TEST(session_given_up_or_connection_gone_while_a_request_waits)
{
    Msrp *msrp = stack_new(NULL);
    Owner *owner = owner_new(msrp);
    CrookedStream *peer = crooked_stream_connect(msrp_port(msrp));
    say_request(peer, msrp_session_uri(owner->session), "t001", BIND);
    was_heard(peer, "");
    msrp_session_close(owner->session);
    heard_starts(peer, "t001 481 Session Does Not Exist; ");
    owner_free(owner);
    owner = owner_new(msrp);
    say_request(peer, msrp_session_uri(owner->session), "t002", BIND);
    was_heard(peer, "");
    crooked_stream_break(peer, true);
    crooked_stream_settle();
    start(owner, PEER, false);
    CrookedStream *again = crooked_stream_connect(msrp_port(msrp));
    say_request(again, msrp_session_uri(owner->session), "t003", BIND);
    heard_starts(again, "t003 200 OK; ");
    told(owner, "bound\n");
    msrp_free(msrp);
    crooked_stream_free(peer);
    crooked_stream_free(again);
    owner_free(owner);
}
END_TEST

/* MSRP-001 MSRP-008 MSRP-011 CHAT-23 CHAT-24 */
START_TEST(session_is_reached_only_under_its_own_uri_on_its_own_connection)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *unknown = g_strdup_printf("msrp://127.0.0.1:%u/0123;tcp",
                                               msrp_port(callee.msrp));
    g_autofree char *two = g_strdup_printf("%s %s", uri, uri);
    g_autofree char *elsewhere = g_strdup(uri);
    elsewhere[strlen("msrp://")] = '2'; // another host
    say_request(callee.peer, unknown, "t001", BIND);
    say_request(callee.peer, two, "t002", BIND);
    say_request(callee.peer, elsewhere, "t003", BIND);
    say_request(callee.peer, unknown, "t004", "SEND|Message-ID: m1\r\nFailure-Report: no\r\n");
    say_request(callee.peer, unknown, "t005", "SEND|Message-ID: m1\r\nFailure-Report: partial\r\n");
    say_request(callee.peer, unknown, "t006", "REPORT|Message-ID: m1\r\nStatus: 000 200 OK\r\n");
    say_request(callee.peer, unknown, "t007", "200 OK|");
    say_request(callee.peer, uri, "t008", "NICKNAME|Use-Nickname: \"x\"\r\n"); // binds nothing
    say_request(callee.peer, uri, "t009", "FLY|");
    say_request(callee.peer, uri, "t010", "AUTH|");
    heard_starts(callee.peer, "t001 481 Session Does Not Exist; t002 481 Session Does Not Exist; "
                              "t003 481 Session Does Not Exist; t005 481 Session Does Not Exist; "
                              "t008 481 Session Does Not Exist; t009 501 Method Not Understood; "
                              "t010 501 Method Not Understood; ");
    ck_assert_uint_eq(msrp_counts(callee.msrp)->unmatched, 8);
    told(callee.owner, "");
    say_request(callee.peer, uri, "t011", BIND);
    CrookedStream *other = crooked_stream_connect(msrp_port(callee.msrp));
    say_request(other, uri, "t012", CONTENT);
    heard_starts(other, "t012 506 Session In Use; ");
    told(callee.owner, "bound\n");
    crooked_stream_free(other);
    callee_free(&callee);
}
END_TEST

/* MSRP-011 */
START_TEST(session_is_bound_only_by_the_peer_that_was_described)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *text = request_to(uri, "t001", BIND, "msrp://peer.example:9/other;tcp");
    crooked_stream_say_text(callee.peer, text);
    crooked_stream_say_text(callee.peer, "-------t001$\r\n");
    heard_starts(callee.peer, "t001 481 Session Does Not Exist; ");
    told(callee.owner, "");
    callee_free(&callee);
}
END_TEST

/* MSRP-002 CHAT-23 */
START_TEST(session_bad_frames_are_answered_400_and_the_third_in_a_row_is_the_last)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    say_request(callee.peer, uri, "t001", BIND);
    for (int i = 2; i <= 5; i++) {
        g_autofree char *tid = g_strdup_printf("t00%d", i);
        say_request(callee.peer, uri, tid, i == 2 ? BIND : "SEND|nonsense\r\n");
    }
    heard_starts(callee.peer, "t001 200 OK; t002 200 OK; t003 400 Bad Request; "
                              "t004 400 Bad Request; t005 400 Bad Request; ");
    ck_assert(crooked_stream_is_over(callee.peer));
    ck_assert_uint_eq(msrp_counts(callee.msrp)->malformed, 3);
    told(callee.owner, "bound\nend protocol 0\n");
    callee_free(&callee);
}
END_TEST

START_TEST(session_ends_when_its_peer_stops_speaking_msrp)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    say_request(callee.peer, uri, "t001", BIND);
    crooked_stream_settle();
    crooked_stream_forget(callee.peer);
    g_autofree char *text = request_to(uri, "t002", "SEND|-------other$\r\n", PEER);
    crooked_stream_say_text(callee.peer, text);
    heard_starts(callee.peer, "t002 400 Bad Request; ");
    told(callee.owner, "bound\nend protocol 0\n");
    callee_free(&callee);
}
END_TEST

/* MSRP-003 MSRP-006 CHAT-21 */
START_TEST(session_takes_chunks_that_come_octet_by_octet)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *first = request_to(
        uri, "t001", "SEND|Message-ID: m001\r\nByte-Range: 6-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nworld\r\n-------t001$\r\n", RELAYED);
    g_autofree char *second = request_to(
        uri, "t002", "SEND|Message-ID: m001\r\nByte-Range: 1-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nhello\r\n-------t002+\r\n", RELAYED);
    crooked_stream_say(callee.peer, first, strlen(first), 1);
    crooked_stream_say(callee.peer, second, strlen(second), 1);
    heard_starts(callee.peer, "t001 200 OK; t002 200 OK; ");
    told(callee.owner, "bound\nmessage m001 text/plain helloworld\n");
    callee_free(&callee);
}
END_TEST

/* MSRP-007 */
START_TEST(session_cuts_its_long_messages_for_a_peer_that_sent_parts)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *part = request_to(
        uri, "t001", "SEND|Message-ID: m001\r\nByte-Range: 1-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nhello\r\n-------t001+\r\n", RELAYED);
    crooked_stream_say_text(callee.peer, part);
    crooked_stream_settle();
    crooked_stream_stall(callee.peer, true);
    say_much(callee.owner, 1, 8 << 20);
    crooked_stream_settle();
    say_request(callee.peer, uri, "t002", BIND); // its answer has to pass the long message
    crooked_stream_settle();
    crooked_stream_stall(callee.peer, false);
    crooked_stream_settle();
    const char *heard = crooked_stream_heard(callee.peer, NULL);
    const char *answer_at = strstr(heard, "MSRP t002 200 OK\r\n");
    ck_assert_ptr_nonnull(strstr(heard, "\r\nByte-Range: 1-*/8388608\r\n"));
    ck_assert_ptr_nonnull(answer_at);
    ck_assert_int_eq(answer_at[-3], '+');
    ck_assert_ptr_nonnull(strstr(answer_at, "-*/8388608\r\n"));
    callee_free(&callee);
}
END_TEST

/* MSRP-022 */
START_TEST(session_hands_nicknames_to_its_owner)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    say_request(callee.peer, uri, "t001", BIND);
    say_request(callee.peer, uri, "t002", "NICKNAME|Use-Nickname: \"Omar the 2nd\"\r\n");
    told(callee.owner, "bound\nnickname [Omar the 2nd]\n");
    heard_starts(callee.peer, "t001 200 OK; ");
    ck_assert(msrp_session_refuse(callee.owner->session, callee.owner->last_ref, 425, NULL));
    heard_starts(callee.peer, "t002 425 Nickname Reserved Or In Use; ");
    callee_free(&callee);
}
END_TEST

/* MSRP-031 */
START_TEST(session_does_not_read_on_while_its_owner_answers_nothing)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    callee.owner->accepts = false;
    for (int i = 0; i < 100; i++) {
        g_autofree char *content = g_strdup_printf(
            "SEND|Message-ID: m%03d\r\nContent-Type: text/plain\r\n\r\nhello\r\n", i);
        say_request(callee.peer, uri, "t001", content);
    }
    crooked_stream_settle();
    ck_assert_ptr_nonnull(strstr(callee.owner->log->str, "message m063"));
    ck_assert_ptr_null(strstr(callee.owner->log->str, "message m064"));
    ck_assert(msrp_session_accept(callee.owner->session, 1));
    told_among(callee.owner, "message m064");
    ck_assert_ptr_null(strstr(callee.owner->log->str, "message m065"));
    msrp_session_close(callee.owner->session);
    told_among(callee.owner, "end closed");
    callee_free(&callee);
}
END_TEST

static void admit_few(MsrpConfig *config)
{
    config->unbound_max = 3;
}

START_TEST(session_connections_that_belong_to_none_are_few_and_short)
{
    Callee callee = callee_new(admit_few);
    CrookedStream *more[3];
    for (int i = 0; i < 3; i++)
        more[i] = crooked_stream_connect(msrp_port(callee.msrp));
    crooked_stream_settle();
    ck_assert(crooked_stream_is_over(more[2]));
    ck_assert_uint_eq(msrp_counts(callee.msrp)->turned_away, 1);
    say_request(callee.peer, msrp_session_uri(callee.owner->session), "t001", BIND);
    crooked_stream_settle(); // which makes room for one
    CrookedStream *last = crooked_stream_connect(msrp_port(callee.msrp));
    crooked_stream_settle();
    ck_assert(!crooked_stream_is_over(last));
    pass(10000);
    ck_assert(crooked_stream_is_over(more[0]) && crooked_stream_is_over(last));
    ck_assert(!crooked_stream_is_over(callee.peer));
    ck_assert_uint_eq(msrp_counts(callee.msrp)->connections, 1);
    for (int i = 0; i < 3; i++)
        crooked_stream_free(more[i]);
    crooked_stream_free(last);
    callee_free(&callee);
}
END_TEST

/* MSRP-006 */
START_TEST(session_forgets_parts_that_are_not_completed)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *part = request_to(
        uri, "t001", "SEND|Message-ID: m001\r\nByte-Range: 1-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nhello\r\n-------t001+\r\n", RELAYED);
    g_autofree char *rest = request_to(
        uri, "t002", "SEND|Message-ID: m001\r\nByte-Range: 6-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nworld\r\n-------t002$\r\n", RELAYED);
    crooked_stream_say_text(callee.peer, part);
    crooked_stream_settle();
    for (int i = 0; i < 9; i++) { // the keep-alive is answered, so that only this time passes
        pass(60000);
        if (strstr(crooked_stream_heard(callee.peer, NULL), " SEND\r\n") != NULL)
            answer(callee.peer, uri, "200 OK");
    }
    crooked_stream_say_text(callee.peer, rest);
    told(callee.owner, "bound\n");
    callee_free(&callee);
}
END_TEST

typedef struct {
    GString *octets[MSRP_DIRECTION_COUNT];
    MsrpSession *session; // of the last frame
} Trace;

static Trace trace;

static void on_frame(void *user, MsrpSession *session, MsrpDirection direction,
                     const uint8_t *octets, size_t length)
{
    ((Trace *)user)->session = session;
    g_string_append_len(((Trace *)user)->octets[direction], (const char *)octets, (gssize)length);
}

static void trace_all(MsrpConfig *config)
{
    config->on_frame = on_frame;
    config->user = &trace;
}

START_TEST(session_frames_are_traced_as_they_are_on_the_wire)
{
    trace = (Trace){{g_string_new(NULL), g_string_new(NULL)}, NULL};
    Callee callee = callee_new(trace_all);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *begin = request_to(uri, "t001", CONTENT, RELAYED);
    g_autofree char *text = g_strconcat(begin, "-------t001$\r\n", NULL);
    crooked_stream_say(callee.peer, text, strlen(text), 10);
    say(callee.owner, 1, "goodbye");
    crooked_stream_settle();
    ck_assert_str_eq(trace.octets[MSRP_RECEIVED]->str, text);
    ck_assert_str_eq(trace.octets[MSRP_SENT]->str, crooked_stream_heard(callee.peer, NULL));
    ck_assert_ptr_nonnull(strstr(trace.octets[MSRP_SENT]->str, "\r\n\r\ngoodbye\r\n-------"));
    ck_assert_ptr_eq(trace.session, callee.owner->session);
    const MsrpCounts *counts = msrp_counts(callee.msrp);
    ck_assert_uint_eq(counts->frames[MSRP_SENT][MSRP_KIND_SEND], 1);
    ck_assert_uint_eq(counts->frames[MSRP_SENT][MSRP_KIND_RESPONSE], 1);
    ck_assert_uint_eq(counts->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 1);
    callee_free(&callee);
    g_string_free(trace.octets[MSRP_SENT], TRUE);
    g_string_free(trace.octets[MSRP_RECEIVED], TRUE);
}
END_TEST

START_TEST(session_stack_may_be_freed_in_the_middle_of_everything)
{
    Pair pair = pair_new();
    pair.b->accepts = false;
    told(pair.a, "bound\n");
    say_much(pair.a, 1, 900000);
    say(pair.b, 2, "hello");
    g_main_context_iteration(NULL, FALSE);
    msrp_session_close(pair.b->session);
    Owner *waiting = owner_new(pair.one);
    start(waiting, "msrp://127.0.0.1:1/x;tcp", true);
    pair_free(&pair);
    crooked_stream_settle();
    ck_assert_str_eq(waiting->log->str, "");
    owner_free(waiting);
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
        session_unanswered_message_has_the_outcome_408_after_30_seconds,
        session_that_the_peer_does_not_know_any_more_ends,
        session_is_kept_alive_by_a_send_without_body_after_120_seconds_of_silence,
        session_close_waits_for_what_is_under_way,
        session_close_does_not_wait_for_ever,
        session_released_tells_nothing_more_but_says_what_was_queued,
        session_may_be_closed_before_it_begins_and_from_inside_callbacks,
        session_sends_only_what_the_peer_said_it_takes,
        session_start_names_what_is_wrong_with_a_path,
        session_answers_go_to_the_next_hop_and_reports_all_the_way,
        session_first_request_waits_until_the_peer_is_known,
        session_given_up_or_connection_gone_while_a_request_waits,
        session_is_reached_only_under_its_own_uri_on_its_own_connection,
        session_is_bound_only_by_the_peer_that_was_described,
        session_bad_frames_are_answered_400_and_the_third_in_a_row_is_the_last,
        session_ends_when_its_peer_stops_speaking_msrp,
        session_takes_chunks_that_come_octet_by_octet,
        session_cuts_its_long_messages_for_a_peer_that_sent_parts,
        session_hands_nicknames_to_its_owner,
        session_does_not_read_on_while_its_owner_answers_nothing,
        session_connections_that_belong_to_none_are_few_and_short,
        session_forgets_parts_that_are_not_completed,
        session_frames_are_traced_as_they_are_on_the_wire,
        session_stack_may_be_freed_in_the_middle_of_everything,
        NULL,
    });
}
