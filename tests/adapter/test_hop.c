// SPDX-License-Identifier: MIT
// Transport addresses of the configuration.
#include "sip/hop.h"

#include "tests/support/suite.h"

static void expect(const char *text, HopTransport transport, const char *host, unsigned port, const char *uri)
{
    g_autofree char *why = NULL;
    g_autoptr(Hop) hop = hop_parse(text, &why);
    ck_assert_msg(hop != NULL, "%s: %s", text, why);
    g_autofree char *got = hop_uri(hop);
    ck_assert_int_eq(hop->transport, transport);
    ck_assert_str_eq(hop->host, host);
    ck_assert_uint_eq(hop->port, port);
    ck_assert_str_eq(got, uri);
}

START_TEST(hop_names_transport_host_and_port)
{
    expect("udp:127.0.0.1:5060", HOP_UDP, "127.0.0.1", 5060, "sip:127.0.0.1:5060");
    expect("tcp:proxy.example:5070", HOP_TCP, "proxy.example", 5070,
           "sip:proxy.example:5070;transport=tcp");
    expect("tcp:[::1]:5060", HOP_TCP, "::1", 5060, "sip:[::1]:5060;transport=tcp");
    expect("tls:[::1]:5061", HOP_TLS, "::1", 5061, "sip:[::1]:5061;transport=tls");
}
END_TEST

START_TEST(hop_that_cannot_be_read_is_named)
{
    const char *const bad[] = {"",          "127.0.0.1:5060", "tls:a",     "udp:a",
                               "udp::5060", "udp:a:0",        "udp:a:65536", "udp:a:x",
                               "udp:a b:1", "udp:::1:5060",   "udp:[]:5060", "udp:[::1:5060"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *why = NULL;
        g_autoptr(Hop) hop = hop_parse(bad[i], &why);
        ck_assert_msg(hop == NULL, "%s was read", bad[i]);
        ck_assert_msg(strstr(why, bad[i]) != NULL, "%s: %s", bad[i], why);
    }
}
END_TEST

START_TEST(hop_plain_allows_port_zero_but_no_transport)
{
    g_autofree char *why = NULL;
    g_autoptr(Hop) hop = hop_parse_plain("127.0.0.1:0", &why);
    ck_assert_ptr_nonnull(hop);
    ck_assert_uint_eq(hop->port, 0);
    ck_assert_ptr_null(hop_parse_plain("tcp:127.0.0.1:0", &why));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {hop_names_transport_host_and_port,
                                  hop_that_cannot_be_read_is_named,
                                  hop_plain_allows_port_zero_but_no_transport, NULL};
    return suite_run("hop", tests);
}
