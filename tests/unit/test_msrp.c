// SPDX-License-Identifier: MIT
// The stack as a whole: configuration and what it advertises.
#include "sip/msrp/msrp_session.h"
#include "tests/support/suite.h"

#include <string.h>

static Msrp *stack_new(MsrpConfig *config)
{
    g_autoptr(GError) error = NULL;
    Msrp *msrp = msrp_new(config, &error);
    ck_assert_msg(msrp != NULL, "%s", error != NULL ? error->message : "");
    return msrp;
}

static MsrpConfig config_new(void)
{
    MsrpConfig config;
    msrp_config_init(&config);
    config.listen_port = 0;
    return config;
}

/* MSRP-006 MSRP-011 MSRP-012 MSRP-019 MSRP-032 CHAT-55 */
START_TEST(msrp_defaults_are_those_of_the_specification)
{
    MsrpConfig config;
    msrp_config_init(&config);
    ck_assert_uint_eq(config.listen_port, 2855);
    ck_assert_uint_eq(config.max_size, 10000);
    ck_assert_uint_eq(config.bind_ms, 30000);
    ck_assert_uint_eq(config.transaction_ms, 30000);
    ck_assert_uint_eq(config.chunk_ms, 540000);
    ck_assert_uint_eq(config.keepalive_ms, 120000);
    ck_assert_uint_eq(config.linger_ms, 30000);
    ck_assert_uint_eq(config.unbound_ms, 10000);
    ck_assert_uint_eq(config.total_memory, 64 << 20);
}
END_TEST

START_TEST(msrp_port_that_is_taken_is_an_error_with_its_name)
{
    MsrpConfig config = config_new();
    g_autoptr(Msrp) first = stack_new(&config);
    g_autoptr(GError) error = NULL;
    config.listen_port = msrp_port(first);
    g_autofree char *named = g_strdup_printf("127.0.0.1 port %u", config.listen_port);
    ck_assert_ptr_null(msrp_new(&config, &error));
    ck_assert_ptr_nonnull(strstr(error->message, named));
}
END_TEST

static const MsrpSessionFuncs no_funcs;

START_TEST(msrp_uris_carry_what_is_advertised)
{
    MsrpConfig config = config_new();
    config.advertise_host = "2001:db8::1";
    config.advertise_port = 12855;
    g_autoptr(Msrp) msrp = stack_new(&config);
    ck_assert_str_eq(msrp_host(msrp), "2001:db8::1");
    ck_assert_uint_eq(msrp_port(msrp), 12855);
    MsrpSession *session = msrp_session_new(msrp, false, &no_funcs, NULL);
    ck_assert(g_str_has_prefix(msrp_session_uri(session), "msrp://[2001:db8::1]:12855/"));
}
END_TEST

/* MSRP-019 CHAT-22 */
START_TEST(msrp_max_size_is_at_most_a_mebibyte)
{
    MsrpConfig config = config_new();
    config.max_size = UINT32_MAX;
    g_autoptr(Msrp) much = stack_new(&config);
    ck_assert_uint_eq(msrp_max_size(much), 1 << 20);
    config.max_size = 63488;
    g_autoptr(Msrp) usual = stack_new(&config);
    ck_assert_uint_eq(msrp_max_size(usual), 63488);
}
END_TEST

int main(void)
{
    return suite_run("msrp", (const TTest *const[]){
        msrp_defaults_are_those_of_the_specification,
        msrp_port_that_is_taken_is_an_error_with_its_name,
        msrp_uris_carry_what_is_advertised,
        msrp_max_size_is_at_most_a_mebibyte,
        NULL,
    });
}
