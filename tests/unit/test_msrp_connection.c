// SPDX-License-Identifier: MIT
// One connection and its life: what is held, what is refused, when it ends (RFC 4975 5.4).
#include "sip/msrp/msrp_connection.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <string.h>
#include <unistd.h>

#define PATHS "To-Path: msrp://a.example:1/aa;tcp\r\nFrom-Path: msrp://b.example:2/bb;tcp\r\n"

static int64_t clock_now_ms;
static GString *seen;
static MsrpConnectionVerdict verdict;

static int64_t test_clock(void)
{
    return clock_now_ms;
}

static MsrpConnectionVerdict on_frame(void *user, MsrpConnection *connection,
                                      const MsrpFrame *frame)
{
    g_string_append_printf(seen, "%s%s; ", frame->tid, frame->fault != 0 ? " bad" : "");
    return frame->fault != 0 ? MSRP_CONNECTION_REFUSED : verdict;
}

static void on_broken(void *user, MsrpConnection *connection, const MsrpFrame *frame)
{
    g_string_append(seen, "broken; ");
}

static void on_open(void *user, MsrpConnection *connection)
{
    g_string_append(seen, "open; ");
}

static void on_end(void *user, MsrpConnection *connection, MsrpSessionEnd reason)
{
    g_string_append_printf(seen, "end %d; ", reason);
}

static void on_sent(void *user, void *sender, MsrpKind kind, const uint8_t *octets, size_t length)
{
}

static bool sender_open(void *sender, MsrpWriterChunk *chunk)
{
    return false;
}

static const MsrpConnectionFuncs funcs = {on_frame, on_broken, on_open, on_end, on_sent};
static const MsrpWriterSender sender_funcs = {.open = sender_open};

typedef struct {
    MsrpLoop *loop;
    MsrpBudget budget;
    CrookedStream *far;
    MsrpConnection *connection;
} Desk;

static MsrpConnectionConfig config_of(Desk *desk)
{
    clock_now_ms = 1000;
    seen = g_string_new(NULL);
    verdict = MSRP_CONNECTION_TAKEN;
    desk->loop = msrp_loop_new(test_clock);
    desk->budget.limit = 1 << 20;
    return (MsrpConnectionConfig){
        .loop = desk->loop, .budget = &desk->budget, .body_max = 1000, .unbound_ms = 10000,
        .linger_ms = 30000, .stall_ms = 20000, .funcs = &funcs, .user = desk,
        .sender = &sender_funcs};
}

static Desk *desk_new(void)
{
    int fd;
    Desk *desk = g_new0(Desk, 1);
    MsrpConnectionConfig config = config_of(desk);
    desk->far = crooked_stream_pair(&fd);
    desk->connection = msrp_connection_accept(&config, fd, false);
    return desk;
}

static void desk_free(Desk *desk)
{
    msrp_connection_free(desk->connection);
    crooked_stream_free(desk->far);
    msrp_loop_free(desk->loop);
    ck_assert_uint_eq(desk->budget.used, 0);
    g_string_free(seen, TRUE);
    g_free(desk);
}

static void was_seen(const char *expected)
{
    crooked_stream_settle();
    ck_assert_str_eq(seen->str, expected);
    g_string_truncate(seen, 0);
}

static void say_frame(Desk *desk, const char *tid)
{
    g_autofree char *text =
        g_strdup_printf("MSRP %s SEND\r\n" PATHS "-------%s$\r\n", tid, tid);
    crooked_stream_say_text(desk->far, text);
}

static void say_bad_frame(Desk *desk, const char *tid)
{
    g_autofree char *text =
        g_strdup_printf("MSRP %s SEND\r\nnonsense\r\n" PATHS "-------%s$\r\n", tid, tid);
    crooked_stream_say_text(desk->far, text);
}

static MsrpSession *session_number(uintptr_t number)
{
    return (MsrpSession *)number; // never looked into by a connection
}

/* MSRP-002 */
START_TEST(connection_ends_after_three_bad_frames_in_a_row)
{
    Desk *desk = desk_new();
    say_bad_frame(desk, "b001");
    say_bad_frame(desk, "b002");
    say_frame(desk, "g001");
    say_bad_frame(desk, "b003");
    say_bad_frame(desk, "b004");
    was_seen("b001 bad; b002 bad; g001; b003 bad; b004 bad; ");
    say_bad_frame(desk, "b005");
    say_frame(desk, "g002"); // is not looked at
    was_seen("b005 bad; end 4; ");
    desk_free(desk);
}
END_TEST

/* MSRP-001 CHAT-23 */
START_TEST(connection_ends_at_once_when_it_is_not_msrp)
{
    Desk *desk = desk_new();
    crooked_stream_say_text(desk->far, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
    was_seen("broken; end 4; ");
    desk_free(desk);
}
END_TEST

/* MSRP-011 */
START_TEST(connection_keeps_a_frame_that_cannot_be_placed_and_everything_behind_it)
{
    Desk *desk = desk_new();
    verdict = MSRP_CONNECTION_HELD;
    say_frame(desk, "h001");
    say_frame(desk, "h002");
    was_seen("h001; ");
    ck_assert_ptr_nonnull(msrp_connection_held(desk->connection));
    say_frame(desk, "h003");
    was_seen("");
    msrp_connection_resume(desk->connection);
    was_seen("h001; "); // still not
    verdict = MSRP_CONNECTION_TAKEN;
    msrp_connection_resume(desk->connection);
    was_seen("h001; h002; h003; ");
    ck_assert_ptr_null(msrp_connection_held(desk->connection));
    desk_free(desk);
}
END_TEST

/* MSRP-031 */
START_TEST(connection_is_not_read_while_a_session_cannot_take_more)
{
    Desk *desk = desk_new();
    msrp_connection_block(desk->connection, true);
    msrp_connection_block(desk->connection, true);
    crooked_stream_settle();
    say_frame(desk, "f001");
    was_seen("");
    msrp_connection_block(desk->connection, false);
    was_seen("");
    msrp_connection_block(desk->connection, false);
    was_seen("f001; ");
    desk_free(desk);
}
END_TEST

/* MSRP-031 */
START_TEST(connection_does_not_read_a_peer_that_does_not_read)
{
    Desk *desk = desk_new();
    crooked_stream_stall(desk->far, true);
    crooked_stream_settle();
    for (int i = 0; i < 4; i++)
        msrp_connection_send(desk->connection, NULL, MSRP_KIND_RESPONSE,
                             g_bytes_new_take(g_strnfill(400000, 'x'), 400000), NULL);
    crooked_stream_settle();
    say_frame(desk, "f001");
    was_seen("");
    crooked_stream_stall(desk->far, false);
    was_seen("f001; ");
    desk_free(desk);
}
END_TEST

START_TEST(connection_without_a_session_is_closed_soon)
{
    Desk *desk = desk_new();
    clock_now_ms += 9999;
    was_seen("");
    clock_now_ms += 1;
    was_seen("end 0; ");
    desk_free(desk);
}
END_TEST

/* MSRP-012 CHAT-55 */
START_TEST(connection_is_kept_while_sessions_use_it_and_for_a_time_after)
{
    Desk *desk = desk_new();
    msrp_connection_join(desk->connection, session_number(1));
    msrp_connection_join(desk->connection, session_number(2));
    clock_now_ms += 1000000;
    was_seen("");
    msrp_connection_leave(desk->connection, session_number(1));
    clock_now_ms += 1000000;
    was_seen("");
    msrp_connection_leave(desk->connection, session_number(2));
    clock_now_ms += 29999;
    was_seen("");
    msrp_connection_join(desk->connection, session_number(3)); // just in time
    clock_now_ms += 1000000;
    was_seen("");
    msrp_connection_leave(desk->connection, session_number(3));
    clock_now_ms += 30000;
    was_seen("end 0; ");
    desk_free(desk);
}
END_TEST

START_TEST(connection_whose_peer_reads_nothing_ends)
{
    Desk *desk = desk_new();
    msrp_connection_join(desk->connection, session_number(1));
    crooked_stream_stall(desk->far, true);
    msrp_connection_send(desk->connection, session_number(1), MSRP_KIND_RESPONSE,
                         g_bytes_new_take(g_strnfill(1 << 20, 'x'), 1 << 20), NULL);
    was_seen("");
    clock_now_ms += 19000;
    crooked_stream_stall(desk->far, false);
    crooked_stream_say(desk->far, "MSRP abc", 8, 1); // eight turns, in which something is read
    crooked_stream_stall(desk->far, true);
    clock_now_ms += 19000;
    was_seen("");
    clock_now_ms += 20000;
    was_seen("end 2; ");
    desk_free(desk);
}
END_TEST

START_TEST(connection_that_is_ended_still_says_what_was_queued)
{
    Desk *desk = desk_new();
    msrp_connection_send(desk->connection, NULL, MSRP_KIND_RESPONSE,
                         g_bytes_new_static("(last words)", 12), NULL);
    crooked_stream_say_text(desk->far, "nonsense\r\n");
    was_seen("broken; end 4; ");
    ck_assert_str_eq(crooked_stream_heard(desk->far, NULL), "(last words)");
    desk_free(desk);
}
END_TEST

/* MSRP-012 */
START_TEST(connection_tells_that_its_peer_is_gone)
{
    Desk *desk = desk_new();
    crooked_stream_break(desk->far, true);
    was_seen("end 1; ");
    desk_free(desk);
}
END_TEST

START_TEST(connection_that_is_dialled_opens_or_is_lost)
{
    uint16_t port;
    Desk *desk = g_new0(Desk, 1);
    MsrpConnectionConfig config = config_of(desk);
    desk->far = crooked_stream_listen(&port);
    desk->connection = msrp_connection_dial(&config, "127.0.0.1", port, NULL);
    ck_assert(!msrp_connection_is_open(desk->connection));
    was_seen("open; ");
    ck_assert(msrp_connection_is_open(desk->connection));
    say_frame(desk, "f001");
    was_seen("f001; ");
    msrp_connection_free(desk->connection);
    crooked_stream_free(desk->far);
    desk->far = crooked_stream_listen(&port);
    crooked_stream_free(desk->far); // now nobody listens there
    int fd;
    desk->far = crooked_stream_pair(&fd);
    close(fd);
    desk->connection = msrp_connection_dial(&config, "127.0.0.1", port, NULL);
    was_seen("end 1; ");
    desk_free(desk);
}
END_TEST

int main(void)
{
    return suite_run("msrp_connection", (const TTest *const[]){
        connection_ends_after_three_bad_frames_in_a_row,
        connection_ends_at_once_when_it_is_not_msrp,
        connection_keeps_a_frame_that_cannot_be_placed_and_everything_behind_it,
        connection_is_not_read_while_a_session_cannot_take_more,
        connection_does_not_read_a_peer_that_does_not_read,
        connection_without_a_session_is_closed_soon,
        connection_is_kept_while_sessions_use_it_and_for_a_time_after,
        connection_whose_peer_reads_nothing_ends,
        connection_that_is_ended_still_says_what_was_queued,
        connection_tells_that_its_peer_is_gone,
        connection_that_is_dialled_opens_or_is_lost,
        NULL,
    });
}
