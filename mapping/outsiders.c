// SPDX-License-Identifier: MIT
// Times by room and user. A room need not say that a ban is over ("out of courtesy, a MUC service MAY"), so
// that none is believed for ever.
#include "mapping/outsiders.h"

#include "mapping/recent.h"

enum {
    BANS_MAX = 10000,                   // LIMIT: bans remembered; the one not asked for longest is forgotten
    BELIEVED_MS = 24 * 60 * 60 * 1000,
};

struct Outsiders {
    Recent *bans; // owned: "room user" to the time it was told (owned int64_t)
};

Outsiders *outsiders_new(void)
{
    Outsiders *outsiders = g_new0(Outsiders, 1);
    outsiders->bans = recent_new(BANS_MAX, g_free);
    return outsiders;
}

void outsiders_free(Outsiders *outsiders)
{
    if (outsiders == NULL)
        return;
    recent_free(outsiders->bans);
    g_free(outsiders);
}

static char *key_of(const Address *room, const Address *user)
{
    return g_strjoin("\n", address_bare(room), address_bare(user), NULL);
}

void outsiders_note(Outsiders *outsiders, const Event *event)
{
    const Fields *said = &event->f;
    if (said->room == NULL || said->real == NULL)
        return;
    if (g_strcmp0(said->affiliation, "outcast") != 0) {
        outsiders_forget(outsiders, said->room, said->real);
        return;
    }
    g_autofree char *key = key_of(said->room, said->real);
    recent_put(outsiders->bans, key, g_memdup2(&event->at_ms, sizeof(event->at_ms)));
}

void outsiders_forget(Outsiders *outsiders, const Address *room, const Address *user)
{
    g_autofree char *key = key_of(room, user);
    recent_remove(outsiders->bans, key);
}

bool outsiders_is_banned(Outsiders *outsiders, const Address *room, const Address *user,
                         int64_t now_ms)
{
    g_autofree char *key = key_of(room, user);
    const int64_t *told_ms = recent_find(outsiders->bans, key);
    return told_ms != NULL && now_ms - *told_ms < BELIEVED_MS;
}
