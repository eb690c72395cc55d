// SPDX-License-Identifier: MIT
// A stream of octets against a peer that splits, stalls and breaks off.
#include "sip/msrp/msrp_stream.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <string.h>

typedef struct {
    MsrpStream *stream;
    GString *read;
    int ends;
    int writes;
    bool pause_next; // stops reading from inside the callback
} Near;

static void on_octets(void *user, const uint8_t *octets, size_t length)
{
    Near *near = user;
    g_string_append_len(near->read, (const char *)octets, (gssize)length);
    if (near->pause_next)
        msrp_stream_pause(near->stream, true);
}

static void on_written(void *user)
{
    ((Near *)user)->writes++;
}

static void on_end(void *user)
{
    ((Near *)user)->ends++;
}

static const MsrpStreamFuncs funcs = {on_octets, on_written, on_end};

typedef struct {
    MsrpLoop *loop;
    CrookedStream *far;
    Near near;
} Pair;

static Pair *pair_new(void)
{
    int fd;
    Pair *pair = g_new0(Pair, 1);
    pair->loop = msrp_loop_new(NULL);
    pair->far = crooked_stream_pair(&fd);
    pair->near.read = g_string_new(NULL);
    pair->near.stream = msrp_stream_new(pair->loop, fd, NULL, &funcs, &pair->near);
    return pair;
}

static void pair_free(Pair *pair)
{
    msrp_stream_free(pair->near.stream);
    crooked_stream_free(pair->far);
    msrp_loop_free(pair->loop);
    g_string_free(pair->near.read, TRUE);
    g_free(pair);
}

static void say(Pair *pair, const char *text)
{
    msrp_stream_write(pair->near.stream, g_bytes_new(text, strlen(text)));
    msrp_stream_flush(pair->near.stream);
}

START_TEST(stream_reads_what_comes_in_whatever_pieces)
{
    Pair *pair = pair_new();
    g_autofree char *much = g_strnfill(200000, 'm');
    crooked_stream_say(pair->far, "Art thou", 8, 1);
    crooked_stream_say(pair->far, much, 200000, 0);
    crooked_stream_settle();
    ck_assert_uint_eq(pair->near.read->len, 200008);
    ck_assert(g_str_has_prefix(pair->near.read->str, "Art thoummm"));
    pair_free(pair);
}
END_TEST

START_TEST(stream_keeps_what_a_stalled_peer_does_not_read_and_writes_it_later_in_order)
{
    Pair *pair = pair_new();
    g_autoptr(GString) expected = g_string_new(NULL);
    size_t length;
    crooked_stream_stall(pair->far, true);
    for (int i = 0; i < 5000; i++) {
        g_autofree char *text = g_strdup_printf("[%d is a number that follows %d]", i + 1, i);
        g_string_append_printf(expected, "%s%s", text, text);
        say(pair, text);
        say(pair, text);
    }
    crooked_stream_settle();
    ck_assert_uint_gt(msrp_stream_waiting(pair->near.stream), 0);
    ck_assert_uint_eq(msrp_stream_waiting(pair->near.stream) +
                          msrp_stream_written(pair->near.stream), expected->len);
    crooked_stream_stall(pair->far, false);
    crooked_stream_settle();
    ck_assert_uint_eq(msrp_stream_waiting(pair->near.stream), 0);
    ck_assert_int_gt(pair->near.writes, 0);
    ck_assert_str_eq(crooked_stream_heard(pair->far, &length), expected->str);
    pair_free(pair);
}
END_TEST

/* MSRP-031 */
START_TEST(stream_that_is_paused_reads_nothing_until_it_goes_on)
{
    Pair *pair = pair_new();
    msrp_stream_pause(pair->near.stream, true);
    crooked_stream_say_text(pair->far, "Art thou not Romeo?");
    crooked_stream_settle();
    ck_assert_str_eq(pair->near.read->str, "");
    msrp_stream_pause(pair->near.stream, false);
    crooked_stream_settle();
    ck_assert_str_eq(pair->near.read->str, "Art thou not Romeo?");
    g_autofree char *much = g_strnfill(100000, 'm');
    pair->near.pause_next = true;
    crooked_stream_say(pair->far, much, 100000, 0);
    crooked_stream_settle();
    ck_assert_uint_le(pair->near.read->len, 20000); // one read and no more
    pair_free(pair);
}
END_TEST

START_TEST(stream_tells_once_that_the_peer_is_gone)
{
    for (int hard = 0; hard < 2; hard++) {
        Pair *pair = pair_new();
        crooked_stream_say_text(pair->far, "last words");
        crooked_stream_break(pair->far, hard == 1);
        crooked_stream_settle();
        ck_assert_str_eq(pair->near.read->str, "last words");
        ck_assert_int_eq(pair->near.ends, 1);
        say(pair, "nobody hears this"); // and nothing breaks
        crooked_stream_settle();
        ck_assert_int_eq(pair->near.ends, 1);
        pair_free(pair);
    }
}
END_TEST

START_TEST(stream_tells_that_the_peer_is_gone_while_it_writes)
{
    Pair *pair = pair_new();
    g_autofree char *much = g_strnfill(1 << 20, 'm');
    crooked_stream_stall(pair->far, true);
    say(pair, much);
    crooked_stream_settle();
    ck_assert_int_eq(pair->near.ends, 0);
    msrp_stream_pause(pair->near.stream, true);
    crooked_stream_break(pair->far, false);
    crooked_stream_settle();
    ck_assert_int_eq(pair->near.ends, 1);
    pair_free(pair);
}
END_TEST

int main(void)
{
    return suite_run("msrp_stream", (const TTest *const[]){
        stream_reads_what_comes_in_whatever_pieces,
        stream_keeps_what_a_stalled_peer_does_not_read_and_writes_it_later_in_order,
        stream_that_is_paused_reads_nothing_until_it_goes_on,
        stream_tells_once_that_the_peer_is_gone,
        stream_tells_that_the_peer_is_gone_while_it_writes,
        NULL,
    });
}
