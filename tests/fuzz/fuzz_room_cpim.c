// SPDX-License-Identifier: MIT
// Any octets as content of a room's MSRP message: no crash, a known answer, and a line that was
// taken can be told to another party.
#include "sip/room_cpim.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sip/body/cpim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static RoomCpim place;

// One room with one occupant; lives as long as the process.
static void set_up(void)
{
    Route *route = route_new();
    g_assert_true(route_add_xmpp_domain(route, "rooms.xmpp.test", ROUTE_ROOMS, "rooms.sip.test"));
    g_assert_true(route_add_component(route, "sip.xmpp.test", ROUTE_USERS, "sip.test"));
    g_autoptr(Address) room = address_from_jid("talk@rooms.xmpp.test");
    ConferenceRoster *roster = conference_roster_new(route, room, true);
    g_autoptr(Command) joined = command_new(COMMAND_ROOM_ROSTER, SIDE_SIP);
    joined->f.how = HOW_JOINED;
    fields_set_text(&joined->f.nick, "Nina");
    conference_roster_apply(roster, joined);
    place = (RoomCpim){route, roster, address_from_jid("romeo@sip.xmpp.test")};
}

static bool is_answer(int status)
{
    static const int answers[] = {0, 200, 400, 403, 404, 413, 415};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        if (status == answers[i]) {
            return true;
        }
    }
    return false;
}

static void check_line(const Fields *line)
{
    g_auto(MimePart) whole = {0};
    g_auto(Cpim) cpim = {0};
    g_assert_true(line->body != NULL && g_utf8_validate(line->body, -1, NULL));
    g_assert_true(line->private == (line->nick != NULL));
    g_assert_true(line->nick == NULL || strcmp(line->nick, "Nina") == 0);
    g_autoptr(GBytes) octets = room_cpim_write(&place, line, 0);
    g_assert_true(mime_part_init(&whole, ROOM_CPIM_TYPE, octets, NULL));
    // escapes may push a subject that was just small enough beyond its bound
    if (cpim_read(&cpim, &whole, NULL)) {
        g_assert_cmpuint(cpim.to->len, ==, 1);
        g_assert_cmpuint(g_bytes_get_size(cpim.content.content), ==, strlen(line->body));
    } else {
        g_assert_cmpuint(line->subject != NULL ? strlen(line->subject) : 0, >, 512);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Fields line = {0};
    g_autoptr(GBytes) content = g_bytes_new(data, size);
    if (place.route == NULL) {
        set_up();
    }
    int status = room_cpim_read(&place, ROOM_CPIM_TYPE, content, &line);
    g_assert_true(is_answer(status));
    if (status == 0) {
        check_line(&line);
    } else {
        g_assert_true(line.body == NULL && line.nick == NULL && line.subject == NULL);
    }
    fields_clear(&line);
    return 0;
}
