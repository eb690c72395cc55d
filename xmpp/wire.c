// SPDX-License-Identifier: MIT
// What the parts of the XMPP side share; see the header.
#include "xmpp/wire.h"

#include "mapping/recent.h"
#include "xmpp/stanza.h"

// LIMIT: SIP users whose display name is remembered; the longest unused is forgotten.
#define NICKS_MAX 10000

struct Wire {
    WireConfig config;
    Deadlines *deadlines;   // owned
    GHashTable *components; // owned char * domain -> XmppGateKind
    GHashTable *served;     // owned char * domain -> XmppGateKind
    Recent *nicks;          // owned; bare address of a SIP user -> owned char *
    char *prefix;           // owned, of every id
    uint64_t last_id;
    uint64_t last_ref;
    bool is_mute;
    XmppGateCounters counters;
};

Wire *wire_new(const WireConfig *config)
{
    Wire *wire = g_new0(Wire, 1);
    wire->config = *config;
    wire->deadlines = deadlines_new(config->now_ms);
    wire->components = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    wire->served = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    wire->nicks = recent_new(NICKS_MAX, g_free);
    wire->prefix = g_strdup_printf("g%08x%08x", g_random_int(), g_random_int());
    return wire;
}

void wire_free(Wire *wire)
{
    if (wire == NULL)
        return;
    deadlines_free(wire->deadlines);
    g_hash_table_unref(wire->components);
    g_hash_table_unref(wire->served);
    recent_free(wire->nicks);
    g_free(wire->prefix);
    g_free(wire);
}

static bool add_domain(GHashTable *table, const char *domain, XmppGateKind kind)
{
    char *name = address_prepare_domain(domain);
    if (name == NULL || g_hash_table_contains(table, name)) {
        g_free(name);
        return false;
    }
    return g_hash_table_insert(table, name, GINT_TO_POINTER(kind));
}

bool wire_add_component(Wire *wire, const char *domain, XmppGateKind kind)
{
    return add_domain(wire->components, domain, kind);
}

bool wire_add_served(Wire *wire, const char *domain, XmppGateKind kind)
{
    return add_domain(wire->served, domain, kind);
}

bool wire_is_ours(const Wire *wire, const char *domain)
{
    return domain != NULL && g_hash_table_contains(wire->components, domain);
}

bool wire_is_served(const Wire *wire, const char *domain, XmppGateKind kind)
{
    gpointer value = NULL;
    return domain != NULL && g_hash_table_lookup_extended(wire->served, domain, NULL, &value) &&
           (XmppGateKind)GPOINTER_TO_INT(value) == kind;
}

const char *wire_house(const Wire *wire)
{
    GHashTableIter iter;
    gpointer domain, kind;
    g_hash_table_iter_init(&iter, wire->components);
    while (g_hash_table_iter_next(&iter, &domain, &kind)) {
        if ((XmppGateKind)GPOINTER_TO_INT(kind) == XMPPGATE_USERS)
            return domain;
    }
    return NULL;
}

XmppGateKind wire_our_kind(const Wire *wire, const char *domain)
{
    return (XmppGateKind)GPOINTER_TO_INT(g_hash_table_lookup(wire->components, domain));
}

xmpp_ctx_t *wire_ctx(Wire *wire)
{
    return wire->config.ctx;
}

const Settings *wire_settings(const Wire *wire)
{
    return wire->config.settings;
}

Deadlines *wire_deadlines(Wire *wire)
{
    return wire->deadlines;
}

XmppGateCounters *wire_counters(Wire *wire)
{
    return &wire->counters;
}

int64_t wire_now_ms(const Wire *wire)
{
    return wire->config.now_ms();
}

int64_t wire_wall_ms(const Wire *wire)
{
    return wire->config.wall_ms();
}

// The domain of a sender; one that we repeat from a stanza may be spelled in another way than ours.
static char *domain_of(const Wire *wire, const char *from)
{
    char *domain = stanza_domain_of(from != NULL ? from : "");
    if (wire_is_ours(wire, domain))
        return domain;
    char *canonical = address_prepare_domain(domain);
    if (canonical == NULL)
        return domain;
    g_free(domain);
    return canonical;
}

WireResult wire_send(Wire *wire, xmpp_stanza_t *owned, WireUse use)
{
    g_autofree char *domain = domain_of(wire, xmpp_stanza_get_from(owned));
    WireResult result = wire->config.send(wire->config.send_self, domain, owned, use);
    if (result == WIRE_SENT)
        wire->counters.stanzas_out++;
    xmpp_stanza_release(owned);
    return result;
}

char *wire_id(Wire *wire)
{
    return g_strdup_printf("%s-%" G_GUINT64_FORMAT, wire->prefix, ++wire->last_id);
}

uint64_t wire_ref(Wire *wire)
{
    return ++wire->last_ref;
}

Event *wire_event(Wire *wire, EventKind kind)
{
    Event *event = event_new(kind, SIDE_XMPP);
    event->at_ms = wire_now_ms(wire);
    return event;
}

void wire_raise(Wire *wire, Event *owned)
{
    if (wire->is_mute)
        event_free(owned);
    else
        wire->config.sink.take(wire->config.sink.self, owned);
}

void wire_delivered(Wire *wire, uint64_t row, const WireFate *fate)
{
    if (row == 0)
        return;
    Event *event = wire_event(wire, EVENT_DELIVERY);
    event->f.row = row;
    event->f.failure = fate->failure;
    event->f.how = fate->how;
    fields_set_text(&event->f.text, fate->text);
    fields_set_address(&event->f.real, fate->real);
    if (fate->failure != FAILURE_NONE)
        wire->counters.rows_failed++;
    wire_raise(wire, event);
}

void wire_mute(Wire *wire)
{
    wire->is_mute = true;
}

void wire_note_nick(Wire *wire, const char *user, const char *nick)
{
    recent_put(wire->nicks, user, g_strdup(nick));
}

const char *wire_find_nick(Wire *wire, const char *user)
{
    return recent_find(wire->nicks, user);
}
