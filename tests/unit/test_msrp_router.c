// SPDX-License-Identifier: MIT
// A stack that is connected to by a peer which says whatever the test wants: what reaches a
// session, what is refused and how.
#include "sip/msrp/msrp_session.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/msrp_owner.h"
#include "tests/support/suite.h"

#include <string.h>

// A stack with one passive session and a peer in the hands of the test that has connected.
typedef struct {
    Msrp *msrp;
    MsrpOwner *owner;
    CrookedStream *peer;
} Callee;

static Callee callee_new(void (*adapt)(MsrpConfig *))
{
    Callee callee = {.msrp = msrp_owner_stack(adapt)};
    callee.owner = msrp_owner_new(callee.msrp);
    msrp_owner_start(callee.owner, MSRP_OWNER_RELAYED, false);
    callee.peer = crooked_stream_connect(msrp_port(callee.msrp));
    return callee;
}

static void callee_free(Callee *callee)
{
    msrp_free(callee->msrp);
    crooked_stream_free(callee->peer);
    msrp_owner_free(callee->owner);
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
    g_autofree char *begin = request_to(uri, tid, what, MSRP_OWNER_RELAYED);
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
START_TEST(router_answers_go_to_the_next_hop_and_reports_all_the_way)
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
        " REPORT\r\nTo-Path: " MSRP_OWNER_RELAYED "\r\nFrom-Path: %s\r\nMessage-ID: m001\r\n"
        "Byte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n-------", uri);
    ck_assert_ptr_nonnull(strstr(crooked_stream_heard(callee.peer, NULL), report));
    callee_free(&callee);
}
END_TEST

/* MSRP-011 */
START_TEST(router_first_request_waits_until_the_peer_is_known)
{
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *owner = msrp_owner_new(msrp);
    CrookedStream *peer = crooked_stream_connect(msrp_port(msrp));
    CrookedStream *other = crooked_stream_connect(msrp_port(msrp));
    const char *uri = msrp_session_uri(owner->session);
    say_request(peer, uri, "t001", BIND);
    say_request(peer, uri, "t002", CONTENT);
    was_heard(peer, "");
    say_request(other, uri, "t003", BIND);
    heard_starts(other, "t003 506 Session In Use; ");
    msrp_owner_start(owner, MSRP_OWNER_PEER, false);
    heard_starts(peer, "t001 200 OK; t002 200 OK; ");
    msrp_owner_told(owner, "bound\nmessage m001 text/plain hello\n");
    msrp_free(msrp);
    crooked_stream_free(peer);
    crooked_stream_free(other);
    msrp_owner_free(owner);
}
END_TEST

/* MSRP-011 CHAT-23 */
START_TEST(router_given_up_or_connection_gone_while_a_request_waits)
{
    Msrp *msrp = msrp_owner_stack(NULL);
    MsrpOwner *owner = msrp_owner_new(msrp);
    CrookedStream *peer = crooked_stream_connect(msrp_port(msrp));
    say_request(peer, msrp_session_uri(owner->session), "t001", BIND);
    was_heard(peer, "");
    msrp_session_close(owner->session);
    heard_starts(peer, "t001 481 Session Does Not Exist; ");
    msrp_owner_free(owner);
    owner = msrp_owner_new(msrp);
    say_request(peer, msrp_session_uri(owner->session), "t002", BIND);
    was_heard(peer, "");
    crooked_stream_break(peer, true);
    crooked_stream_settle();
    msrp_owner_start(owner, MSRP_OWNER_PEER, false);
    CrookedStream *again = crooked_stream_connect(msrp_port(msrp));
    say_request(again, msrp_session_uri(owner->session), "t003", BIND);
    heard_starts(again, "t003 200 OK; ");
    msrp_owner_told(owner, "bound\n");
    msrp_free(msrp);
    crooked_stream_free(peer);
    crooked_stream_free(again);
    msrp_owner_free(owner);
}
END_TEST

/* MSRP-001 MSRP-008 MSRP-011 CHAT-23 CHAT-24 */
START_TEST(router_is_reached_only_under_its_own_uri_on_its_own_connection)
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
    msrp_owner_told(callee.owner, "");
    say_request(callee.peer, uri, "t011", BIND);
    CrookedStream *other = crooked_stream_connect(msrp_port(callee.msrp));
    say_request(other, uri, "t012", CONTENT);
    heard_starts(other, "t012 506 Session In Use; ");
    msrp_owner_told(callee.owner, "bound\n");
    crooked_stream_free(other);
    callee_free(&callee);
}
END_TEST

/* MSRP-011 SEC-11 */
START_TEST(router_is_bound_only_by_the_peer_that_was_described)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *text = request_to(uri, "t001", BIND, "msrp://peer.example:9/other;tcp");
    crooked_stream_say_text(callee.peer, text);
    crooked_stream_say_text(callee.peer, "-------t001$\r\n");
    heard_starts(callee.peer, "t001 481 Session Does Not Exist; ");
    msrp_owner_told(callee.owner, "");
    callee_free(&callee);
}
END_TEST

/* MSRP-002 CHAT-23 */
START_TEST(router_bad_frames_are_answered_400_and_the_third_in_a_row_is_the_last)
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
    msrp_owner_told(callee.owner, "bound\nend protocol 0\n");
    callee_free(&callee);
}
END_TEST

/* MSRP-008 CHAT-24 */
START_TEST(router_answers_no_report_however_bad_it_is)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    say_request(callee.peer, uri, "t001", BIND);
    say_request(callee.peer, uri, "t002", "REPORT|nonsense\r\n");
    heard_starts(callee.peer, "t001 200 OK; ");
    ck_assert_uint_eq(msrp_counts(callee.msrp)->malformed, 1);
    callee_free(&callee);
}
END_TEST

START_TEST(router_ends_when_its_peer_stops_speaking_msrp)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    say_request(callee.peer, uri, "t001", BIND);
    crooked_stream_settle();
    crooked_stream_forget(callee.peer);
    g_autofree char *text = request_to(uri, "t002", "SEND|-------other$\r\n", MSRP_OWNER_PEER);
    crooked_stream_say_text(callee.peer, text);
    heard_starts(callee.peer, "t002 400 Bad Request; ");
    msrp_owner_told(callee.owner, "bound\nend protocol 0\n");
    callee_free(&callee);
}
END_TEST

/* MSRP-003 MSRP-006 CHAT-21 */
START_TEST(router_takes_chunks_that_come_octet_by_octet)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *first = request_to(
        uri, "t001", "SEND|Message-ID: m001\r\nByte-Range: 6-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nworld\r\n-------t001$\r\n", MSRP_OWNER_RELAYED);
    g_autofree char *second = request_to(
        uri, "t002", "SEND|Message-ID: m001\r\nByte-Range: 1-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nhello\r\n-------t002+\r\n", MSRP_OWNER_RELAYED);
    crooked_stream_say(callee.peer, first, strlen(first), 1);
    crooked_stream_say(callee.peer, second, strlen(second), 1);
    heard_starts(callee.peer, "t001 200 OK; t002 200 OK; ");
    msrp_owner_told(callee.owner, "bound\npartial\nmessage m001 text/plain helloworld\nnot partial\n");
    callee_free(&callee);
}
END_TEST

/* MSRP-007 */
START_TEST(router_cuts_its_long_messages_for_a_peer_that_sent_parts)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *part = request_to(
        uri, "t001", "SEND|Message-ID: m001\r\nByte-Range: 1-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nhello\r\n-------t001+\r\n", MSRP_OWNER_RELAYED);
    crooked_stream_say_text(callee.peer, part);
    crooked_stream_settle();
    crooked_stream_stall(callee.peer, true);
    msrp_owner_say_much(callee.owner, 1, 8 << 20);
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
START_TEST(router_hands_nicknames_to_its_owner)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    say_request(callee.peer, uri, "t001", BIND);
    say_request(callee.peer, uri, "t002", "NICKNAME|Use-Nickname: \"Omar the 2nd\"\r\n");
    msrp_owner_told(callee.owner, "bound\nnickname [Omar the 2nd]\n");
    heard_starts(callee.peer, "t001 200 OK; ");
    ck_assert(msrp_session_refuse(callee.owner->session, callee.owner->last_ref, 425, NULL));
    heard_starts(callee.peer, "t002 425 Nickname Reserved Or In Use; ");
    callee_free(&callee);
}
END_TEST

/* MSRP-031 */
START_TEST(router_does_not_read_on_while_its_owner_answers_nothing)
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
    msrp_owner_told_among(callee.owner, "message m064");
    ck_assert_ptr_null(strstr(callee.owner->log->str, "message m065"));
    msrp_session_close(callee.owner->session);
    msrp_owner_told_among(callee.owner, "end closed");
    callee_free(&callee);
}
END_TEST

static void admit_few(MsrpConfig *config)
{
    config->unbound_max = 3;
}

START_TEST(router_connections_that_belong_to_none_are_few_and_short)
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
    msrp_owner_pass(10000);
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
START_TEST(router_forgets_parts_that_are_not_completed)
{
    Callee callee = callee_new(NULL);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *part = request_to(
        uri, "t001", "SEND|Message-ID: m001\r\nByte-Range: 1-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nhello\r\n-------t001+\r\n", MSRP_OWNER_RELAYED);
    g_autofree char *rest = request_to(
        uri, "t002", "SEND|Message-ID: m001\r\nByte-Range: 6-*/10\r\nContent-Type: text/plain\r\n"
        "\r\nworld\r\n-------t002$\r\n", MSRP_OWNER_RELAYED);
    crooked_stream_say_text(callee.peer, part);
    crooked_stream_settle();
    for (int i = 0; i < 9; i++) { // the keep-alive is answered, so that only this time passes
        msrp_owner_pass(60000);
        if (strstr(crooked_stream_heard(callee.peer, NULL), " SEND\r\n") != NULL)
            msrp_owner_answer(callee.peer, uri, "200 OK");
    }
    msrp_owner_told(callee.owner, "bound\npartial\nnot partial\n");
    crooked_stream_say_text(callee.peer, rest); // of nothing that is known
    msrp_owner_told(callee.owner, "partial\n");
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

START_TEST(router_frames_are_traced_as_they_are_on_the_wire)
{
    trace = (Trace){{g_string_new(NULL), g_string_new(NULL)}, NULL};
    Callee callee = callee_new(trace_all);
    const char *uri = msrp_session_uri(callee.owner->session);
    g_autofree char *begin = request_to(uri, "t001", CONTENT, MSRP_OWNER_RELAYED);
    g_autofree char *text = g_strconcat(begin, "-------t001$\r\n", NULL);
    crooked_stream_say(callee.peer, text, strlen(text), 10);
    msrp_owner_say(callee.owner, 1, "goodbye");
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

int main(void)
{
    return suite_run("msrp_router", (const TTest *const[]){
        router_answers_go_to_the_next_hop_and_reports_all_the_way,
        router_first_request_waits_until_the_peer_is_known,
        router_given_up_or_connection_gone_while_a_request_waits,
        router_is_reached_only_under_its_own_uri_on_its_own_connection,
        router_is_bound_only_by_the_peer_that_was_described,
        router_bad_frames_are_answered_400_and_the_third_in_a_row_is_the_last,
        router_answers_no_report_however_bad_it_is,
        router_ends_when_its_peer_stops_speaking_msrp,
        router_takes_chunks_that_come_octet_by_octet,
        router_cuts_its_long_messages_for_a_peer_that_sent_parts,
        router_hands_nicknames_to_its_owner,
        router_does_not_read_on_while_its_owner_answers_nothing,
        router_connections_that_belong_to_none_are_few_and_short,
        router_forgets_parts_that_are_not_completed,
        router_frames_are_traced_as_they_are_on_the_wire,
        NULL,
    });
}
