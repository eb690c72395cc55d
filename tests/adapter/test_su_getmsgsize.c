// SPDX-License-Identifier: MIT
// How much the SIP library is told to read at once, and that it is told so by us.
#include <sofia-sip/su.h>

#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/suite.h"

static char octets[20000];

// What may be read at the other end of a pair, after `length` octets were written at this one.
static issize_t size_behind(int type, size_t length)
{
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, type, 0, pair), 0);
    if (length > 0)
        ck_assert_int_eq(write(pair[0], octets, length), (ssize_t)length);
    close(pair[0]);
    issize_t size = su_getmsgsize(pair[1]);
    close(pair[1]);
    return size;
}

START_TEST(a_stream_is_read_in_pieces)
{
    ck_assert_int_eq(size_behind(SOCK_STREAM, sizeof octets), 8192);
    ck_assert_int_eq(size_behind(SOCK_STREAM, 100), 100);
    ck_assert_int_eq(size_behind(SOCK_STREAM, 0), 0);
}
END_TEST

START_TEST(a_datagram_is_read_whole)
{
    ck_assert_int_eq(size_behind(SOCK_DGRAM, sizeof octets), sizeof octets);
}
END_TEST

START_TEST(a_closed_socket_is_an_error)
{
    ck_assert_int_eq(su_getmsgsize(-1), -1);
}
END_TEST

// Were it not, a burst of small requests on one connection would be answered 413.
START_TEST(the_library_finds_ours_and_not_its_own)
{
    ck_assert_int_eq(su_init(), 0); // so that this program is linked with the library
    void *library = dlopen("libsofia-sip-ua.so.0", RTLD_NOW | RTLD_NOLOAD);
    ck_assert_ptr_nonnull(library);
    ck_assert_ptr_ne(dlsym(library, "su_getmsgsize"), dlsym(RTLD_DEFAULT, "su_getmsgsize"));
    dlclose(library);
    su_deinit();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_stream_is_read_in_pieces, a_datagram_is_read_whole,
                                  a_closed_socket_is_an_error,
                                  the_library_finds_ours_and_not_its_own, NULL};
    return suite_run("su_getmsgsize", tests);
}
