// SPDX-License-Identifier: MIT
// Any octets as content of a conference's MSRP message: no crash, a known answer, and a line has text
// that may be shown.
#include "sip/guest_line.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GuestLinePlace place;
static Settings settings;
static GDateTime *now;

// One conference with one user of ours; lives as long as the process.
static void set_up(void)
{
    Route *route = route_new();
    g_assert_true(route_add_component(route, "conf.test", ROUTE_ROOMS, "conf.test"));
    g_assert_true(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    settings = settings_defaults();
    now = g_date_time_new_from_unix_utc(1700000000);
    place = (GuestLinePlace){route, address_from_jid("hall@conf.test"), "sip:hall@conf.test",
                             address_from_jid("juliet@xmpp.test/pad"), &settings};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int answers[] = {0, 200, 400, 413, 415};
    g_auto(GuestLine) line = {0};
    g_autoptr(GBytes) content = g_bytes_new(data, size);
    bool known = false;
    if (place.route == NULL) {
        set_up();
    }
    int status = guest_line_read(&line, &place, "message/cpim", content, now);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        known = known || status == answers[i];
    }
    g_assert_true(known);
    if (status == 0) {
        g_assert_true(line.text != NULL && line.text[0] != '\0');
        g_assert_true(g_utf8_validate(line.text, -1, NULL));
        g_assert_true(line.stamp == NULL || strlen(line.stamp) >= strlen("2026-03-04T12:00:00Z"));
    }
    return 0;
}
