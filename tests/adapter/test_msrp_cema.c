// SPDX-License-Identifier: MIT
// Which address counts: tables of descriptions against RFC 6714 4.2 to 4.4.
#include "sip/msrp_cema.h"

#include <string.h>

#include "tests/support/suite.h"

#define PEER  "msrp://192.0.2.1:7000/s1;tcp"
#define RELAY "msrp://192.0.2.9:2855/r1;tcp " PEER

// A description with this c-line, m-line port, path and more attributes.
static void read_line(MsrpSdp *sdp, const char *address, unsigned port, const char *path,
                      const char *more)
{
    const char *family = strchr(address, ':') != NULL ? "IP6" : "IP4";
    g_autofree char *text = g_strdup_printf(
        "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=message %u TCP/MSRP *\r\nc=IN %s %s\r\n"
        "a=accept-types:*\r\na=path:%s\r\n%s",
        port, family, address, path, more);
    ck_assert(msrp_sdp_read(sdp, text, strlen(text)));
}

static bool is_altered(const char *address, unsigned port, const char *path)
{
    g_auto(MsrpSdp) sdp = {0};
    read_line(&sdp, address, port, path, "");
    return msrp_cema_is_altered(sdp.media->pdata[0]);
}

/* MSRP-015 */
START_TEST(addresses_are_compared_by_value)
{
    ck_assert(!is_altered("192.0.2.1", 7000, PEER));
    ck_assert(is_altered("192.0.2.2", 7000, PEER));
    ck_assert(is_altered("192.0.2.1", 7001, PEER));
    ck_assert(!is_altered("2001:db8:0::1", 7000, "msrp://[2001:DB8::1]:7000/s1;tcp"));
    ck_assert(is_altered("2001:db8::2", 7000, "msrp://[2001:db8::1]:7000/s1;tcp"));
    ck_assert(!is_altered("Mantua.example", 7000, "msrp://mantua.example:7000/s1;tcp"));
    ck_assert(is_altered("verona.example", 7000, "msrp://mantua.example:7000/s1;tcp"));
}
END_TEST

START_TEST(name_and_number_are_compared_by_their_ports)
{
    ck_assert(!is_altered("192.0.2.1", 7000, "msrp://mantua.example:7000/s1;tcp"));
    ck_assert(is_altered("192.0.2.1", 7001, "msrp://mantua.example:7000/s1;tcp"));
}
END_TEST

START_TEST(any_uri_of_the_path_may_be_the_one)
{
    ck_assert(!is_altered("192.0.2.9", 2855, RELAY));
    ck_assert(!is_altered("192.0.2.1", 7000, RELAY));
    ck_assert(is_altered("192.0.2.1", 2855, RELAY));
}
END_TEST

START_TEST(what_tells_no_address_was_not_altered)
{
    g_auto(MsrpSdp) sdp = {0};
    const char *text = "v=0\r\nm=message 7001 TCP/MSRP *\r\na=path:" PEER "\r\n";
    ck_assert(!is_altered("192.0.2.2", 9, PEER));
    ck_assert(!is_altered("0.0.0.0", 7001, PEER));
    ck_assert(!is_altered("::", 7001, PEER));
    ck_assert(!is_altered("192.0.2.2", 7000, "nonsense"));
    ck_assert(msrp_sdp_read(&sdp, text, strlen(text)));
    ck_assert(!msrp_cema_is_altered(sdp.media->pdata[0]));
}
END_TEST

START_TEST(address_of_the_session_counts_where_the_line_has_none)
{
    g_auto(MsrpSdp) sdp = {0};
    const char *text = "v=0\r\nc=IN IP4 192.0.2.2/127\r\nm=message 1 TCP/MSRP *\r\n"
                       "m=message 2 TCP/MSRP *\r\nc=IN IP4 192.0.2.3\r\n";
    ck_assert(msrp_sdp_read(&sdp, text, strlen(text)));
    ck_assert_str_eq(((const MsrpSdpMedia *)sdp.media->pdata[0])->address, "192.0.2.2");
    ck_assert_str_eq(((const MsrpSdpMedia *)sdp.media->pdata[1])->address, "192.0.2.3");
}
END_TEST

#define CEMA    "a=msrp-cema\r\n"
#define ACTPASS "a=setup:actpass\r\n"
#define ACTIVE  "a=setup:active\r\n"
#define PASSIVE "a=setup:passive\r\n"

START_TEST(offer_decides_what_the_answer_says_and_where_we_go)
{
    static const struct {
        const char *address, *path, *more;
        MsrpCema where;
        MsrpSetup setup;
        bool answered;
    } rows[] = {
        {"192.0.2.1", PEER, "", MSRP_CEMA_PATH, MSRP_SETUP_PASSIVE, false},
        {"192.0.2.1", PEER, CEMA ACTPASS, MSRP_CEMA_PATH, MSRP_SETUP_PASSIVE, true},
        {"192.0.2.2", PEER, CEMA ACTPASS, MSRP_CEMA_ADDRESS, MSRP_SETUP_PASSIVE, true},
        {"192.0.2.2", PEER, CEMA PASSIVE, MSRP_CEMA_ADDRESS, MSRP_SETUP_ACTIVE, true},
        {"192.0.2.2", PEER, ACTPASS, MSRP_CEMA_NOWHERE, MSRP_SETUP_PASSIVE, false},
        {"192.0.2.2", PEER, "", MSRP_CEMA_NOWHERE, MSRP_SETUP_PASSIVE, false},
        {"192.0.2.1", RELAY, ACTPASS, MSRP_CEMA_PATH, MSRP_SETUP_PASSIVE, false},
        {"192.0.2.2", RELAY, CEMA ACTPASS, MSRP_CEMA_ADDRESS, MSRP_SETUP_ACTIVE, true},
        {"192.0.2.2", RELAY, CEMA ACTIVE, MSRP_CEMA_PATH, MSRP_SETUP_PASSIVE, false},
        {"192.0.2.2", RELAY, CEMA, MSRP_CEMA_PATH, MSRP_SETUP_PASSIVE, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(MsrpSdp) sdp = {0};
        read_line(&sdp, rows[i].address, 7000, rows[i].path, rows[i].more);
        const MsrpSdpMedia *offer = sdp.media->pdata[0];
        ck_assert_msg(msrp_cema_of_offer(offer) == rows[i].where, "row %zu", i);
        ck_assert_msg(msrp_cema_setup(offer) == rows[i].setup, "row %zu", i);
        ck_assert_msg(msrp_cema_is_answered(offer) == rows[i].answered, "row %zu", i);
    }
}
END_TEST

START_TEST(answer_decides_where_we_go_or_that_we_ask_again)
{
    static const struct {
        const char *address, *path, *more;
        bool active;
        MsrpCema where;
    } rows[] = {
        {"192.0.2.1", PEER, CEMA, true, MSRP_CEMA_PATH},
        {"192.0.2.2", PEER, CEMA, true, MSRP_CEMA_ADDRESS},
        {"192.0.2.2", PEER, CEMA, false, MSRP_CEMA_ADDRESS},
        {"192.0.2.2", PEER, "", true, MSRP_CEMA_ADDRESS},
        {"192.0.2.2", PEER, "", false, MSRP_CEMA_NOWHERE},
        {"192.0.2.2", RELAY, "", true, MSRP_CEMA_NOWHERE},
        {"192.0.2.2", RELAY, CEMA, true, MSRP_CEMA_ADDRESS},
        {"192.0.2.1", RELAY, CEMA, true, MSRP_CEMA_PATH},
        {"192.0.2.9", RELAY, "", true, MSRP_CEMA_NOWHERE}, // the relay's host, but not its port
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(MsrpSdp) sdp = {0};
        read_line(&sdp, rows[i].address, 7000, rows[i].path, rows[i].more);
        MsrpCema where = msrp_cema_of_answer(sdp.media->pdata[0], rows[i].active);
        ck_assert_msg(where == rows[i].where, "row %zu", i);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {addresses_are_compared_by_value,
                                  name_and_number_are_compared_by_their_ports,
                                  any_uri_of_the_path_may_be_the_one,
                                  what_tells_no_address_was_not_altered,
                                  address_of_the_session_counts_where_the_line_has_none,
                                  offer_decides_what_the_answer_says_and_where_we_go,
                                  answer_decides_where_we_go_or_that_we_ask_again,
                                  NULL};
    return suite_run("msrp_cema", tests);
}
