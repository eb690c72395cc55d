// SPDX-License-Identifier: MIT
// Who may send requests.
#include "sip/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/support/suite.h"

static bool has(const Peers *peers, const char *ip)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, ip, &four.sin_addr) == 1) {
        return peers_has(peers, (struct sockaddr *)&four);
    }
    ck_assert_int_eq(inet_pton(AF_INET6, ip, &six.sin6_addr), 1);
    return peers_has(peers, (struct sockaddr *)&six);
}

START_TEST(an_empty_list_allows_nobody)
{
    g_autoptr(Peers) peers = peers_new();
    struct sockaddr local = {.sa_family = AF_UNIX};
    ck_assert(!has(peers, "127.0.0.1"));
    ck_assert(!peers_has(peers, &local));
}
END_TEST

START_TEST(loopback_is_both_families_and_the_mapped_one)
{
    g_autoptr(Peers) peers = peers_new();
    peers_add_loopback(peers);
    ck_assert(has(peers, "127.0.0.1"));
    ck_assert(has(peers, "127.255.0.9"));
    ck_assert(has(peers, "::1"));
    ck_assert(has(peers, "::ffff:127.0.0.1"));
    ck_assert(!has(peers, "128.0.0.1"));
    ck_assert(!has(peers, "::2"));
}
END_TEST

START_TEST(a_prefix_ends_at_its_bit)
{
    g_autoptr(Peers) peers = peers_new();
    ck_assert(peers_add(peers, "192.0.2.128/25"));
    ck_assert(peers_add(peers, "2001:db8::/33"));
    ck_assert(peers_add(peers, "198.51.100.7"));
    ck_assert(has(peers, "192.0.2.128"));
    ck_assert(has(peers, "192.0.2.255"));
    ck_assert(!has(peers, "192.0.2.127"));
    ck_assert(has(peers, "2001:db8:7fff::1"));
    ck_assert(!has(peers, "2001:db8:8000::1"));
    ck_assert(has(peers, "198.51.100.7"));
    ck_assert(!has(peers, "198.51.100.6"));
}
END_TEST

START_TEST(what_is_no_address_is_not_taken)
{
    const char *const bad[] = {"",        "host.example", "1.2.3", "1.2.3.4/33",
                               "::1/129", "1.2.3.4/",     "/8"};
    g_autoptr(Peers) peers = peers_new();
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ck_assert_msg(!peers_add(peers, bad[i]), "%s was taken", bad[i]);
    }
}
END_TEST

START_TEST(a_numeric_host_is_itself)
{
    g_autoptr(Peers) peers = peers_new();
    ck_assert(peers_add_host(peers, "192.0.2.9"));
    ck_assert(has(peers, "192.0.2.9"));
    ck_assert(!has(peers, "192.0.2.8"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_empty_list_allows_nobody, loopback_is_both_families_and_the_mapped_one,
        a_prefix_ends_at_its_bit,    what_is_no_address_is_not_taken,
        a_numeric_host_is_itself,    NULL};
    return suite_run("peers", tests);
}
