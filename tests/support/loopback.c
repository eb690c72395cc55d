// SPDX-License-Identifier: MIT
// The loopback network of the tests; see loopback.h.
#include "tests/support/loopback.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <string.h>

static bool is_six;

void loopback_set_six(bool six)
{
    is_six = six;
}

socklen_t loopback_address(struct sockaddr_storage *address, uint16_t port)
{
    memset(address, 0, sizeof *address);
    if (is_six) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
        *six = (struct sockaddr_in6){
            .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback, .sin6_port = htons(port)};
        return sizeof *six;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    *four = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    return sizeof *four;
}

int loopback_socket(int type)
{
    int fd = socket(is_six ? AF_INET6 : AF_INET, type, 0);
    ck_assert_int_ge(fd, 0);
    return fd;
}

uint16_t loopback_port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

uint16_t loopback_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    return loopback_port_of(&address);
}

const char *loopback_host(void)
{
    return is_six ? "[::1]" : "127.0.0.1";
}

const char *loopback_words(void)
{
    return is_six ? "IP6 ::1" : "IP4 127.0.0.1";
}
