// SPDX-License-Identifier: MIT
// Any documents, one after another with NUL between them, merged into one roster: no crash, and what is
// told is whole: nobody comes twice or goes who was not there, no two have one nick.
#include "sip/guest_roster.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Route *route;
static Address *room, *self;

static void set_up(void)
{
    route = route_new();
    g_assert_true(route_add_component(route, "conf.test", ROUTE_ROOMS, "conf.test"));
    g_assert_true(route_add_component(route, "sip.test", ROUTE_USERS, "sip.test"));
    g_assert_true(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    room = address_from_jid("hall@conf.test");
    self = address_from_jid("juliet@xmpp.test/pad");
}

static void check_event(GHashTable *there, const Event *event)
{
    const char *nick = event->f.nick;
    if (event->kind != EVENT_ROOM_ROSTER) {
        return;
    }
    g_assert_true(nick != NULL && g_utf8_validate(nick, -1, NULL));
    bool is_there = g_hash_table_contains(there, nick);
    if (event->f.how == HOW_JOINED) {
        g_assert_true(!is_there);
        g_hash_table_add(there, g_strdup(nick));
        return;
    }
    g_assert_true(is_there);
    if (event->f.how == HOW_RENAMED) {
        g_hash_table_remove(there, nick);
        g_assert_true(g_hash_table_add(there, g_strdup(event->f.new_nick)));
    } else if (event->f.how != HOW_CHANGED) {
        g_assert_true(!event->f.own);
        g_hash_table_remove(there, nick);
    }
}

static void merge(GuestRoster *roster, GHashTable *there, const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    g_auto(ConferenceInfo) document = {0};
    if (!conference_info_read(&document, bytes, true, NULL)) {
        return;
    }
    GuestRosterResult result = guest_roster_merge(roster, &document, events);
    g_assert_true(result == GUEST_ROSTER_TAKEN || events->len == 0);
    if (size % 3 == 0) {
        g_free(guest_roster_speaker(roster, "sip:romeo@sip.test", "Romeo", events));
    }
    if (size % 2 == 0) {
        guest_roster_enter(roster, "Juliet", events);
    }
    if (size % 5 == 0) {
        guest_roster_rename_own(roster, "Jules", events);
    }
    for (guint i = 0; i < events->len; i++) {
        check_event(there, events->pdata[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (route == NULL) {
        set_up();
    }
    g_autoptr(GuestNames) names = guest_names_new();
    g_autoptr(GuestRoster) roster = guest_roster_new(route, names, room, self);
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (size > 0) {
        const uint8_t *end = memchr(data, '\0', size);
        size_t length = end != NULL ? (size_t)(end - data) : size;
        merge(roster, there, data, length);
        size -= MIN(length + 1, size);
        data += length + 1;
    }
    return 0;
}
