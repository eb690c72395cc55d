// SPDX-License-Identifier: MIT
// The listening socket.
#include "sip/msrp/msrp_listener.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/suite.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int accepted;
static int64_t clock_now_ms;

static int64_t test_clock(void)
{
    return clock_now_ms;
}

static void on_accept(void *user, int fd)
{
    accepted++;
    close(fd);
}

START_TEST(listener_accepts_all_who_come)
{
    accepted = 0;
    MsrpLoop *loop = msrp_loop_new(NULL);
    g_autoptr(GError) error = NULL;
    MsrpListener *listener = msrp_listener_new(loop, "127.0.0.1", 0, on_accept, NULL, &error);
    ck_assert_ptr_nonnull(listener);
    CrookedStream *peers[100];
    for (int i = 0; i < 100; i++)
        peers[i] = crooked_stream_connect(msrp_listener_port(listener));
    crooked_stream_settle();
    ck_assert_int_eq(accepted, 100);
    for (int i = 0; i < 100; i++)
        crooked_stream_free(peers[i]);
    msrp_listener_free(listener);
    msrp_loop_free(loop);
}
END_TEST

START_TEST(listener_names_the_address_that_is_taken_or_none)
{
    MsrpLoop *loop = msrp_loop_new(NULL);
    g_autoptr(GError) error = NULL;
    MsrpListener *first = msrp_listener_new(loop, "127.0.0.1", 0, on_accept, NULL, NULL);
    uint16_t port = msrp_listener_port(first);
    g_autofree char *named = g_strdup_printf("127.0.0.1 port %u: ", port);
    ck_assert_ptr_null(msrp_listener_new(loop, "127.0.0.1", port, on_accept, NULL, &error));
    ck_assert_msg(strstr(error->message, named) != NULL, "%s", error->message);
    g_clear_error(&error);
    ck_assert_ptr_null(msrp_listener_new(loop, "a.example", 0, on_accept, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "a.example"));
    msrp_listener_free(first);
    msrp_loop_free(loop);
}
END_TEST

START_TEST(listener_steps_back_when_there_are_no_descriptors_left)
{
    struct rlimit before;
    accepted = 0;
    clock_now_ms = 1000;
    MsrpLoop *loop = msrp_loop_new(test_clock);
    MsrpListener *listener = msrp_listener_new(loop, "127.0.0.1", 0, on_accept, NULL, NULL);
    CrookedStream *peer = crooked_stream_connect(msrp_listener_port(listener));
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {(rlim_t)next, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    crooked_stream_settle();
    ck_assert_int_eq(accepted, 0);
    ck_assert(!g_main_context_pending(NULL)); // no busy loop
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    crooked_stream_settle();
    ck_assert_int_eq(accepted, 0);
    clock_now_ms += 1000;
    crooked_stream_settle();
    ck_assert_int_eq(accepted, 1);
    crooked_stream_free(peer);
    msrp_listener_free(listener);
    msrp_loop_free(loop);
}
END_TEST

int main(void)
{
    return suite_run("msrp_listener", (const TTest *const[]){
        listener_accepts_all_who_come,
        listener_names_the_address_that_is_taken_or_none,
        listener_steps_back_when_there_are_no_descriptors_left,
        NULL,
    });
}
