// SPDX-License-Identifier: MIT
// The order of frames on a connection that several senders share (RFC 4975 7.1.1).
#include "sip/msrp/msrp_writer.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

// A sender of messages "NAME" of a given length; what it is told goes into `seen`.
typedef struct {
    const char *name;
    size_t length; // of the next message, or what is left of it
    size_t sent;
    bool may_cut;
    bool unwanted;
    int chunks;
} Sender;

static GString *seen;
static int traced_frames;
static size_t traced_octets;

static bool sender_open(void *user, MsrpWriterChunk *chunk)
{
    Sender *sender = user;
    if (sender->sent == sender->length)
        return false;
    g_autofree char *head = g_strdup_printf("<%s%d>", sender->name, ++sender->chunks);
    g_autofree char *body = g_strnfill(sender->length, sender->name[0]);
    g_snprintf(chunk->tid, sizeof chunk->tid, "%s%d", sender->name, sender->chunks);
    chunk->head = g_bytes_new(head, strlen(head));
    chunk->body = g_bytes_new(body, sender->length);
    chunk->from = sender->sent;
    chunk->may_cut = sender->may_cut;
    return true;
}

static bool sender_is_wanted(void *user, const char *tid)
{
    return !((Sender *)user)->unwanted;
}

static void sender_close(void *user, const char *tid, size_t octets)
{
    Sender *sender = user;
    sender->sent = sender->unwanted ? sender->length : sender->sent + octets;
    g_string_append_printf(seen, "close %s %zu; ", tid, octets);
}

static void sender_written(void *user, const char *tid)
{
    g_string_append_printf(seen, "written %s; ", tid);
}

static const MsrpWriterSender funcs = {sender_open, sender_is_wanted, sender_close, sender_written};

static void on_frame(void *user, void *sender, MsrpKind kind, const uint8_t *octets, size_t length)
{
    traced_frames++;
    traced_octets += length;
}

static void on_octets(void *user, const uint8_t *octets, size_t length)
{
}

typedef struct {
    MsrpLoop *loop;
    CrookedStream *far;
    MsrpStream *stream;
    MsrpWriter *writer;
} Desk;

static void on_written(void *user)
{
    while (msrp_writer_pump(((Desk *)user)->writer))
        ;
}

static void on_end(void *user)
{
}

static const MsrpStreamFuncs stream_funcs = {on_octets, on_written, on_end};

static Desk *desk_new(void)
{
    int fd;
    Desk *desk = g_new0(Desk, 1);
    seen = g_string_new(NULL);
    traced_frames = 0;
    traced_octets = 0;
    desk->loop = msrp_loop_new(NULL);
    desk->far = crooked_stream_pair(&fd);
    desk->stream = msrp_stream_new(desk->loop, fd, NULL, &stream_funcs, desk);
    desk->writer = msrp_writer_new(desk->stream, &funcs, on_frame, desk, true);
    return desk;
}

static void desk_free(Desk *desk)
{
    msrp_writer_free(desk->writer);
    msrp_stream_free(desk->stream);
    crooked_stream_free(desk->far);
    msrp_loop_free(desk->loop);
    g_string_free(seen, TRUE);
    g_free(desk);
}

static void pump(Desk *desk)
{
    on_written(desk);
    crooked_stream_settle();
}

static void send_text(Desk *desk, void *sender, const char *text, const char *tid)
{
    GBytes *octets = g_bytes_new(text, strlen(text));
    msrp_writer_send(desk->writer, sender, MSRP_KIND_RESPONSE, octets, tid);
}

// What was heard, with runs of one letter longer than eight as a number.
static char *heard(Desk *desk)
{
    size_t length;
    const char *text = crooked_stream_heard(desk->far, &length);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < length;) {
        size_t run = strspn(text + i, (char[]){text[i], '\0'});
        if (run > 8)
            g_string_append_printf(out, "%c*%zu", text[i], run);
        else
            g_string_append_len(out, text + i, (gssize)run);
        i += run;
    }
    crooked_stream_forget(desk->far);
    return g_string_free(out, FALSE);
}

static void was_heard(Desk *desk, const char *expected)
{
    g_autofree char *text = heard(desk);
    ck_assert_str_eq(text, expected);
}

static void was_told(const char *expected)
{
    ck_assert_str_eq(seen->str, expected);
    g_string_truncate(seen, 0);
}

/* MSRP-007 */
START_TEST(writer_writes_a_long_message_as_one_chunk_for_a_peer_that_sends_none_itself)
{
    Desk *desk = desk_new();
    Sender a = {.name = "a", .length = 100000};
    crooked_stream_stall(desk->far, true);
    msrp_writer_wake(desk->writer, &a);
    msrp_writer_pump(desk->writer);
    send_text(desk, NULL, "(answer)", NULL); // has to wait
    crooked_stream_stall(desk->far, false);
    pump(desk);
    was_heard(desk, "<a1>a*100000\r\n-------a1$\r\n(answer)");
    was_told("close a1 100000; written a1; ");
    ck_assert_uint_eq(msrp_stream_waiting(desk->stream), 0);
    ck_assert_int_eq(traced_frames, 2);
    ck_assert_uint_eq(traced_octets, 4 + 100000 + 14 + 8);
    desk_free(desk);
}
END_TEST

/* MSRP-007 */
START_TEST(writer_cuts_a_long_message_when_others_wait_and_the_peer_knows_chunks)
{
    Desk *desk = desk_new();
    Sender a = {.name = "a", .length = 400000, .may_cut = true};
    crooked_stream_stall(desk->far, true);
    msrp_writer_wake(desk->writer, &a);
    while (msrp_writer_pump(desk->writer))
        ;
    send_text(desk, NULL, "(answer)", "r1");
    crooked_stream_stall(desk->far, false);
    pump(desk);
    g_autofree char *text = heard(desk);
    int first;
    int second;
    ck_assert_int_eq(sscanf(text, "<a1>a*%d\r\n-------a1+\r\n(answer)<a2>a*%d\r\n-------a2$\r\n",
                            &first, &second), 2);
    ck_assert_int_eq(first + second, 400000);
    ck_assert_int_ge(first, 2048);
    desk_free(desk);
}
END_TEST

/* MSRP-007 */
START_TEST(writer_lets_senders_take_turns)
{
    Desk *desk = desk_new();
    Sender a = {.name = "a", .length = 40000, .may_cut = true};
    Sender b = {.name = "b", .length = 20000, .may_cut = true};
    Sender c = {.name = "c", .length = 10, .may_cut = true};
    msrp_writer_wake(desk->writer, &a);
    msrp_writer_wake(desk->writer, &b);
    msrp_writer_wake(desk->writer, &c);
    msrp_writer_wake(desk->writer, &a);
    pump(desk);
    was_heard(desk, "<a1>a*16384\r\n-------a1+\r\n<b1>b*16384\r\n-------b1+\r\n"
                    "<c1>c*10\r\n-------c1$\r\n<a2>a*16384\r\n-------a2+\r\n"
                    "<b2>b*3616\r\n-------b2$\r\n<a3>a*7232\r\n-------a3$\r\n");
    desk_free(desk);
}
END_TEST

/* MSRP-007 MSRP-006 */
START_TEST(writer_gives_up_a_chunk_that_nobody_wants_any_more)
{
    Desk *desk = desk_new();
    Sender a = {.name = "a", .length = 1000000};
    crooked_stream_stall(desk->far, true);
    msrp_writer_wake(desk->writer, &a);
    while (msrp_writer_pump(desk->writer))
        ;
    a.unwanted = true;
    crooked_stream_stall(desk->far, false);
    pump(desk);
    g_autofree char *text = heard(desk);
    int length;
    char flag;
    ck_assert_int_eq(sscanf(text, "<a1>a*%d\r\n-------a1%c", &length, &flag), 2);
    ck_assert_int_eq(flag, '#');
    ck_assert_int_lt(length, 1000000);
    desk_free(desk);
}
END_TEST

START_TEST(writer_forgets_a_sender_but_ends_what_it_began)
{
    Desk *desk = desk_new();
    Sender a = {.name = "a", .length = 1000000};
    Sender b = {.name = "b", .length = 10};
    crooked_stream_stall(desk->far, true);
    msrp_writer_wake(desk->writer, &a);
    msrp_writer_wake(desk->writer, &b);
    while (msrp_writer_pump(desk->writer))
        ;
    send_text(desk, &a, "(answer)", "r1");
    ck_assert(msrp_writer_has(desk->writer, &a));
    msrp_writer_forget(desk->writer, &a);
    msrp_writer_forget(desk->writer, &b);
    ck_assert(!msrp_writer_has(desk->writer, &a));
    crooked_stream_stall(desk->far, false);
    pump(desk);
    g_autofree char *text = heard(desk);
    ck_assert(g_str_has_suffix(text, "\r\n-------a1#\r\n(answer)"));
    was_told("");
    ck_assert_uint_eq(msrp_stream_waiting(desk->stream), 0);
    desk_free(desk);
}
END_TEST

START_TEST(writer_tells_what_was_written_and_no_earlier)
{
    Desk *desk = desk_new();
    g_autofree char *much = g_strnfill(1 << 20, 'm');
    crooked_stream_stall(desk->far, true);
    send_text(desk, desk, "one", "t1");
    msrp_writer_pump(desk->writer);
    was_told("written t1; ");
    send_text(desk, desk, much, "t2");
    send_text(desk, desk, "three", "t3");
    msrp_writer_pump(desk->writer);
    was_told("");
    ck_assert(msrp_writer_is_clogged(desk->writer));
    crooked_stream_stall(desk->far, false);
    pump(desk);
    was_told("written t2; written t3; ");
    ck_assert(!msrp_writer_is_clogged(desk->writer));
    desk_free(desk);
}
END_TEST

int main(void)
{
    return suite_run("msrp_writer", (const TTest *const[]){
        writer_writes_a_long_message_as_one_chunk_for_a_peer_that_sends_none_itself,
        writer_cuts_a_long_message_when_others_wait_and_the_peer_knows_chunks,
        writer_lets_senders_take_turns,
        writer_gives_up_a_chunk_that_nobody_wants_any_more,
        writer_forgets_a_sender_but_ends_what_it_began,
        writer_tells_what_was_written_and_no_earlier,
        NULL,
    });
}
