// SPDX-License-Identifier: MIT
// Presence of rooms; see the header.
#include "xmpp/muc_presence.h"

#include "xmpp/disco.h"
#include "xmpp/namespaces.h"

static const struct {
    const char *code;
    MucPresenceCode means;
} CODES[] = {
    {"110", MUC_PRESENCE_SELF},      {"201", MUC_PRESENCE_CREATED},
    {"301", MUC_PRESENCE_BANNED},    {"303", MUC_PRESENCE_RENAMED},
    {"307", MUC_PRESENCE_KICKED},    {"321", MUC_PRESENCE_REMOVED},
    {"322", MUC_PRESENCE_REMOVED},   {"332", MUC_PRESENCE_SHUTDOWN},
    {"333", MUC_PRESENCE_TECHNICAL}, {"210", MUC_PRESENCE_NICK_MADE},
    {"100", MUC_PRESENCE_SHOWS},     {"172", MUC_PRESENCE_SHOWS},
    {"173", MUC_PRESENCE_HIDES},     {"174", MUC_PRESENCE_HIDES},
    {"104", MUC_PRESENCE_CONFIG},    {"170", MUC_PRESENCE_LOGS},
    {"171", MUC_PRESENCE_NO_LOGS},   {"101", MUC_PRESENCE_OUTSIDE},
};

static bool read_code(void *self, xmpp_stanza_t *child)
{
    unsigned *codes = self;
    if (g_strcmp0(xmpp_stanza_get_name(child), "status") != 0)
        return true;
    const char *code = xmpp_stanza_get_attribute(child, "code");
    for (size_t i = 0; i < G_N_ELEMENTS(CODES); i++) {
        if (g_strcmp0(code, CODES[i].code) == 0)
            *codes |= CODES[i].means;
    }
    return true;
}

unsigned muc_presence_codes(xmpp_stanza_t *stanza)
{
    unsigned codes = 0;
    stanza_each_child(stanza_child(stanza, "x", NS_MUC_USER), read_code, &codes);
    return codes;
}

static void read_item(xmpp_stanza_t *item, MucPresence *presence)
{
    presence->role = g_strdup(stanza_attribute(item, "role", STANZA_WORD_MAX));
    presence->affiliation = g_strdup(stanza_attribute(item, "affiliation", STANZA_WORD_MAX));
    presence->new_nick = g_strdup(stanza_attribute(item, "nick", STANZA_ID_MAX));
    presence->real = address_from_jid(stanza_attribute(item, "jid", STANZA_JID_MAX));
    presence->reason = stanza_text(stanza_child(item, "reason", NULL), STANZA_LINE_MAX);
}

static void read_destroy(xmpp_stanza_t *destroy, MucPresence *presence)
{
    presence->is_destroyed = true;
    g_clear_pointer(&presence->real, address_unref);
    presence->real = address_from_jid(stanza_attribute(destroy, "jid", STANZA_JID_MAX));
    g_free(presence->reason);
    presence->reason = stanza_text(stanza_child(destroy, "reason", NULL), STANZA_LINE_MAX);
}

// RFC 6121 4.7.2.1.
static bool is_away(xmpp_stanza_t *stanza)
{
    g_autofree char *show = stanza_text(stanza_child(stanza, "show", NULL), STANZA_WORD_MAX);
    return g_strcmp0(show, "away") == 0 || g_strcmp0(show, "xa") == 0;
}

void muc_presence_read(xmpp_stanza_t *stanza, Address *from, MucPresence *presence)
{
    *presence = (MucPresence){.nick = address_resource(from)};
    presence->is_available = xmpp_stanza_get_type(stanza) == NULL;
    presence->is_away = is_away(stanza);
    xmpp_stanza_t *x = stanza_child(stanza, "x", NS_MUC_USER);
    presence->codes = muc_presence_codes(stanza);
    read_item(stanza_child(x, "item", NULL), presence);
    xmpp_stanza_t *destroy = stanza_child(x, "destroy", NULL);
    if (destroy != NULL)
        read_destroy(destroy, presence);
}

void muc_presence_clear(MucPresence *presence)
{
    g_clear_pointer(&presence->role, g_free);
    g_clear_pointer(&presence->affiliation, g_free);
    g_clear_pointer(&presence->new_nick, g_free);
    g_clear_pointer(&presence->reason, g_free);
    g_clear_pointer(&presence->real, address_unref);
}

static void add_history(Wire *wire, xmpp_stanza_t *x, const char *since)
{
    xmpp_stanza_t *history = stanza_add(x, "history", NULL);
    int64_t max = wire_settings(wire)->history_max;
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, max);
    if (since != NULL)
        stanza_set(history, "since", since);
    else if (max > 0)
        stanza_set(history, "maxstanzas", count);
    else
        stanza_set(history, "maxchars", "0"); // XEP-0045 7.2.14: how "none" is spelled
}

xmpp_stanza_t *muc_presence_enter(Wire *wire, Address *self, Address *occupant,
                                  const char *password, const char *since)
{
    g_autofree char *id = wire_id(wire);
    xmpp_stanza_t *presence =
        stanza_new(wire_ctx(wire), "presence", address_jid(self), address_jid(occupant), NULL, id);
    xmpp_stanza_t *x = stanza_add(presence, "x", NS_MUC);
    add_history(wire, x, since);
    stanza_add_text(x, "password", NULL, password);
    disco_add_caps(wire, presence);
    return presence;
}

xmpp_stanza_t *muc_presence_rename(Wire *wire, Address *self, Address *occupant, const char *id)
{
    xmpp_stanza_t *presence =
        stanza_new(wire_ctx(wire), "presence", address_jid(self), address_jid(occupant), NULL, id);
    disco_add_caps(wire, presence);
    return presence;
}

xmpp_stanza_t *muc_presence_leave(Wire *wire, Address *self, Address *occupant, const char *status)
{
    g_autofree char *id = wire_id(wire);
    xmpp_stanza_t *presence = stanza_new(wire_ctx(wire), "presence", address_jid(self),
                                         address_jid(occupant), "unavailable", id);
    stanza_add_text(presence, "status", NULL, status);
    return presence;
}

How muc_presence_how(const MucPresence *presence)
{
    if (presence->is_destroyed)
        return HOW_DESTROYED;
    if (presence->codes & MUC_PRESENCE_TECHNICAL)
        return HOW_LOST;
    if (presence->codes & MUC_PRESENCE_SHUTDOWN)
        return HOW_SHUTDOWN;
    if (presence->codes & MUC_PRESENCE_BANNED)
        return HOW_BANNED;
    if (presence->codes & MUC_PRESENCE_REMOVED)
        return HOW_REMOVED;
    return presence->codes & MUC_PRESENCE_KICKED ? HOW_KICKED : HOW_LEFT;
}
