// SPDX-License-Identifier: MIT
// Who is in the room, as lines of the room; see room_notice.h.
#include "sip/room_notice.h"

// LIMIT: names in one list; of the others the number is told, so that the line stays a line.
#define NAMES_MAX 50

struct RoomNotice {
    const ConferenceRoster *roster; // borrowed
    unsigned pause_ms;
    void (*say)(void *owner, const char *text);
    void *owner;     // borrowed
    char *told;      // owned; the last list, NULL: none yet
    int64_t told_us; // when
    guint timer;     // GSource id of the next list, 0: nothing to tell
};

RoomNotice *room_notice_new(const ConferenceRoster *roster, unsigned pause_ms,
                            void (*say)(void *owner, const char *text), void *owner)
{
    RoomNotice *notice = g_new0(RoomNotice, 1);
    *notice = (RoomNotice){.roster = roster, .pause_ms = pause_ms, .say = say, .owner = owner};
    return notice;
}

void room_notice_free(RoomNotice *notice)
{
    if (notice == NULL) {
        return;
    }
    g_clear_handle_id(&notice->timer, g_source_remove);
    g_free(notice->told);
    g_free(notice);
}

static char *list_of(const ConferenceRoster *roster)
{
    g_autoptr(GPtrArray) nicks = conference_roster_nicks(roster, NAMES_MAX);
    unsigned count = conference_roster_count(roster);
    GString *text = g_string_new("In the room: ");
    for (guint i = 0; i < nicks->len; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)nicks->pdata[i]);
    }
    if (count > nicks->len) {
        g_string_append_printf(text, " and %u more", count - nicks->len);
    }
    return g_string_free(text, FALSE);
}

static gboolean on_due(gpointer data)
{
    RoomNotice *notice = data;
    g_autofree char *list = list_of(notice->roster);
    notice->timer = 0;
    if (g_strcmp0(list, notice->told) != 0) {
        g_free(notice->told);
        notice->told = g_steal_pointer(&list);
        notice->told_us = g_get_monotonic_time();
        notice->say(notice->owner, notice->told);
    }
    return G_SOURCE_REMOVE;
}

void room_notice_touch(RoomNotice *notice)
{
    if (notice == NULL || notice->timer != 0) {
        return;
    }
    int64_t passed_ms = (g_get_monotonic_time() - notice->told_us) / 1000;
    bool wait = notice->told != NULL && passed_ms < notice->pause_ms;
    notice->timer = g_timeout_add(wait ? notice->pause_ms - (guint)passed_ms : 0, on_due, notice);
}

void room_notice_begin(RoomNotice *notice)
{
    g_autofree char *uri = conference_roster_uri(notice->roster, NULL);
    g_autofree char *text =
        g_strdup_printf("You are in the room %s: what you write goes to everybody in it.", uri);
    notice->say(notice->owner, text);
    room_notice_touch(notice);
}
