// SPDX-License-Identifier: MIT
// Two stacks in one process on the loopback, and a stack against a peer that writes its own octets.
#include "sip/msrp/msrp_session.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <gio/gio.h>
#include <string.h>

#define MANY_TURNS 5000

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
    uint32_t last_ref;
    size_t last_length;
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
    owner->last_length = message->length;
    g_string_append_printf(owner->log, "message %s %s %.*s%s\n", message->message_id,
                           message->content_type, (int)MIN(message->length, 40), message->body,
                           message->wants_success_report ? " success" : "");
    if (owner->accepts)
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

/* MSRP-011 CHAT-06 */
START_TEST(session_is_bound_on_both_sides_by_a_first_send_without_body)
{
    Pair pair = pair_new();
    told(pair.a, "bound\n");
    told(pair.b, "bound\n");
    const MsrpCounts *counts = msrp_counts(pair.two);
    ck_assert_uint_eq(counts->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 1);
    ck_assert_uint_eq(counts->frames[MSRP_SENT][MSRP_KIND_RESPONSE], 1);
    pair_free(&pair);
}
END_TEST

START_TEST(session_carries_messages_both_ways)
{
    Pair pair = pair_new();
    say(pair.a, 1, "Art thou not Romeo?");
    say(pair.b, 2, "too early"); // waits for the binding as well
    told_among(pair.a, "message id02 text/plain too early\n");
    told_among(pair.a, "outcome 1 200\n");
    told_among(pair.b, "message id01 text/plain Art thou not Romeo?\n");
    told_among(pair.b, "outcome 2 200\n");
    pair_free(&pair);
}
END_TEST

int main(void)
{
    return suite_run("msrp_session", (const TTest *const[]){
        session_is_bound_on_both_sides_by_a_first_send_without_body,
        session_carries_messages_both_ways,
        NULL,
    });
}
