// SPDX-License-Identifier: MIT
// OPTIONS to rooms and to the maker of rooms.
#include "sip/options.h"

#include <string.h>

#include "tests/support/room_stage.h"
#include "tests/support/suite.h"

static GateStage stage;

static void set_up(void)
{
    gate_stage_init(&stage);
    g_strlcpy(stage.settings.factory, "conference", SETTINGS_TEXT_SIZE);
    gate_stage_start(&stage, false);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
}

static void expect_words(const char *message, const char *header, const char *words)
{
    g_autofree char *got = sip_peer_header(message, header);
    g_auto(GStrv) each = g_strsplit(words, " ", -1);
    for (char **word = each; *word != NULL; word++) {
        ck_assert_msg(got != NULL && strstr(got, *word) != NULL, "%s: %s", header, got);
    }
}

static const char *answered(const char *uri, const char *order, const char *start)
{
    g_free(sip_peer_request_outside(stage.peer, "OPTIONS", uri, NULL, NULL));
    if (order != NULL) {
        gate_stage_expect(&stage, "sip room-request how=probe ref=? from=romeo@sip.test "
                                  "room=talk@rooms.xmpp.test");
        ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
        gate_stage_tell(&stage, "sip room-result ref=%" G_GUINT64_FORMAT " %s", stage.last_ref,
                        order);
    }
    return sip_peer_await(stage.peer, start);
}

/* CONF-007 */
START_TEST(room_that_exists_says_what_it_can_do)
{
    const char *answer = answered(ROOM_STAGE_URI, "how=yes text=Talk", "SIP/2.0 200 ");
    expect_words(answer, "Contact", "<" ROOM_STAGE_URI ">;isfocus");
    expect_words(answer, "Allow", "INVITE ACK CANCEL OPTIONS BYE REFER SUBSCRIBE NOTIFY UPDATE");
    expect_words(answer, "Allow-Events", "conference refer");
    expect_words(answer, "Supported", "replaces tdialog norefersub gruu");
    expect_words(answer, "Accept",
                 "application/sdp message/sipfrag application/conference-info+xml");
    g_autofree char *supported = sip_peer_header(answer, "Supported");
    ck_assert_ptr_null(strstr(supported, "recipient-list-invite"));
}
END_TEST

/* CONF-007 */
START_TEST(room_that_is_missing_or_hides_is_not_found)
{
    answered(ROOM_STAGE_URI, "how=no failure=item-not-found", "SIP/2.0 404 ");
    answered(ROOM_STAGE_URI, "how=no failure=forbidden", "SIP/2.0 404 ");
    answered(ROOM_STAGE_URI, "how=no failure=remote-server-timeout", "SIP/2.0 504 ");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CONF-007 */
START_TEST(factory_takes_lists_and_is_no_focus)
{
    const char *answer = answered("sip:conference@rooms.xmpp.test", NULL, "SIP/2.0 200 ");
    expect_words(answer, "Supported", "recipient-list-invite");
    g_autofree char *contact = sip_peer_header(answer, "Contact");
    ck_assert_str_eq(contact, "<sip:conference@rooms.xmpp.test>");
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {room_that_exists_says_what_it_can_do,
                                  room_that_is_missing_or_hides_is_not_found,
                                  factory_takes_lists_and_is_no_focus, NULL};
    return suite_run_fixture("options", tests, set_up, tear_down);
}
