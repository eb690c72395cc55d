// SPDX-License-Identifier: MIT
// A room that is watched; see conference_notifier.h.
#include "sip/conference_notifier.h"

#include "sip/conference_pace.h"

ConferenceNotifier *conference_notifier_new(GateCore *core, const Address *room)
{
    g_autoptr(ConferenceRoster) roster =
        conference_roster_new(core->route, room, (unsigned)core->settings->roster_max);
    if (roster == NULL) {
        return NULL;
    }
    if (core->settings->leave_detail) {
        conference_roster_detail_leaving(roster);
    }
    g_autofree char *uri = conference_roster_uri(roster, NULL);
    ConferenceNotifier *notifier = g_new0(ConferenceNotifier, 1);
    notifier->core = core;
    notifier->views = conference_view_all_new(roster);
    notifier->roster = g_steal_pointer(&roster);
    notifier->contact = g_strdup_printf("<%s>;isfocus", uri);
    notifier->parties = g_ptr_array_new();
    notifier->by_user = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_ptr_array_unref);
    return notifier;
}

void conference_notifier_free(ConferenceNotifier *notifier)
{
    if (notifier == NULL) {
        return;
    }
    g_clear_handle_id(&notifier->timer, g_source_remove);
    g_hash_table_unref(notifier->by_user);
    g_ptr_array_unref(notifier->parties);
    conference_view_all_free(notifier->views);
    conference_roster_free(notifier->roster);
    g_free(notifier->contact);
    g_free(notifier);
}

const ConferenceRoster *conference_notifier_roster(const ConferenceNotifier *notifier)
{
    return notifier->roster;
}

unsigned conference_notifier_party_count(const ConferenceNotifier *notifier)
{
    return notifier->parties->len;
}

// A nick changes for all devices that have it.
static void follow_nick(const ConferenceNotifier *notifier, const Fields *said)
{
    for (guint i = 0; i < notifier->parties->len; i++) {
        ConferenceParty *party = notifier->parties->pdata[i];
        if (g_strcmp0(party->nick, said->nick) == 0) {
            fields_set_text(&party->nick, said->new_nick);
        }
    }
}

void conference_notifier_apply(ConferenceNotifier *notifier, const Command *command)
{
    const Fields *said = &command->f;
    uint64_t edition = conference_roster_edition(notifier->roster);
    conference_roster_apply(notifier->roster, command);
    if (conference_roster_edition(notifier->roster) == edition) {
        return;
    }
    if (command->kind == COMMAND_ROOM_ROSTER && said->how == HOW_RENAMED) {
        follow_nick(notifier, said);
    }
    conference_pace_touch(notifier);
    for (guint i = 0; i < notifier->parties->len; i++) {
        const ConferenceParty *party = notifier->parties->pdata[i];
        party->on_change(party->owner);
    }
}
