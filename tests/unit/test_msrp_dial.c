// SPDX-License-Identifier: MIT
// Opening connections: addresses, names, failures (RFC 4975 6.2).
#include "sip/msrp/msrp_dial.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <unistd.h>

static int result; // -2: not called
static int calls;

static void on_dialled(void *user, int fd)
{
    result = fd;
    calls++;
}

// Names are resolved in another thread, so this waits for as long as it takes.
static void await_result(void)
{
    while (calls == 0)
        g_main_context_iteration(NULL, TRUE);
    crooked_stream_settle();
    ck_assert_int_eq(calls, 1);
}

static void reset(void)
{
    result = -2;
    calls = 0;
}

START_TEST(dial_reaches_an_address_and_a_name)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        uint16_t port;
        reset();
        CrookedStream *far = crooked_stream_listen(&port);
        MsrpLoop *loop = msrp_loop_new(NULL);
        MsrpDial *dial = msrp_dial_new(loop, hosts[i], port, on_dialled, NULL);
        ck_assert_int_eq(calls, 0); // not from inside the call
        await_result();
        ck_assert_int_ge(result, 0);
        ck_assert_int_eq(write(result, "x", 1), 1);
        ck_assert(crooked_stream_await(far, "x"));
        close(result);
        msrp_dial_free(dial);
        msrp_loop_free(loop);
        crooked_stream_free(far);
    }
}
END_TEST

START_TEST(dial_fails_where_nobody_listens)
{
    uint16_t port;
    reset();
    crooked_stream_free(crooked_stream_listen(&port));
    MsrpLoop *loop = msrp_loop_new(NULL);
    MsrpDial *dial = msrp_dial_new(loop, "127.0.0.1", port, on_dialled, NULL);
    await_result();
    ck_assert_int_eq(result, -1);
    msrp_dial_free(dial);
    msrp_loop_free(loop);
}
END_TEST

START_TEST(dial_fails_for_a_name_that_does_not_exist)
{
    reset();
    MsrpLoop *loop = msrp_loop_new(NULL);
    MsrpDial *dial = msrp_dial_new(loop, "no such name", 1, on_dialled, NULL);
    await_result();
    ck_assert_int_eq(result, -1);
    msrp_dial_free(dial);
    msrp_loop_free(loop);
}
END_TEST

START_TEST(dial_that_is_given_up_tells_nobody)
{
    uint16_t port;
    reset();
    CrookedStream *far = crooked_stream_listen(&port);
    MsrpLoop *loop = msrp_loop_new(NULL);
    msrp_dial_free(msrp_dial_new(loop, "127.0.0.1", port, on_dialled, NULL));
    msrp_dial_free(msrp_dial_new(loop, "localhost", port, on_dialled, NULL));
    MsrpDial *begun = msrp_dial_new(loop, "127.0.0.1", port, on_dialled, NULL);
    g_main_context_iteration(NULL, FALSE);
    msrp_dial_free(begun);
    crooked_stream_settle();
    msrp_loop_free(loop);
    crooked_stream_free(far);
}
END_TEST

int main(void)
{
    return suite_run("msrp_dial", (const TTest *const[]){
        dial_reaches_an_address_and_a_name,
        dial_fails_where_nobody_listens,
        dial_fails_for_a_name_that_does_not_exist,
        dial_that_is_given_up_tells_nobody,
        NULL,
    });
}
