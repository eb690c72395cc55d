// SPDX-License-Identifier: MIT
// Our outstanding IQ requests; see the header.
#include "xmpp/iq.h"

#include "xmpp/stanza.h"

// LIMIT: requests without an answer; each ends by its deadline.
enum { PENDING_MAX = 10000 };

typedef struct {
    Iq *iq;       // borrowed
    char *id;     // owned
    Address *to;  // shared, who was asked
    char *domain; // owned, our domain that asked
    Deadline *deadline;
    IqAnswer answer;
    void *self; // borrowed
    uint64_t token;
} Pending;

struct Iq {
    Wire *wire;          // borrowed
    GHashTable *pending; // borrowed char * id -> owned Pending *
};

static void pending_free(void *data)
{
    Pending *pending = data;
    deadlines_stop(&pending->deadline);
    g_free(pending->id);
    address_unref(pending->to);
    g_free(pending->domain);
    g_free(pending);
}

Iq *iq_new(Wire *wire)
{
    Iq *iq = g_new0(Iq, 1);
    iq->wire = wire;
    iq->pending = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, pending_free);
    return iq;
}

void iq_free(Iq *iq)
{
    if (iq == NULL)
        return;
    g_hash_table_unref(iq->pending);
    g_free(iq);
}

xmpp_stanza_t *iq_get(Wire *wire, const char *from, const char *to, const char *name,
                      const char *ns, xmpp_stanza_t **query)
{
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(wire), "iq", from, to, "get", NULL);
    xmpp_stanza_t *child = stanza_add(stanza, name, ns);
    if (query != NULL)
        *query = child;
    return stanza;
}

// Tells the one who asked, and forgets the request before, so that he may ask again.
static void settle(Pending *pending, xmpp_stanza_t *answer)
{
    IqAnswer tell = pending->answer;
    void *self = pending->self;
    uint64_t token = pending->token;
    g_hash_table_remove(pending->iq->pending, pending->id);
    tell(self, token, answer);
}

static void on_deadline(void *self)
{
    settle(self, NULL);
}

bool iq_request(Iq *iq, xmpp_stanza_t *owned, int64_t within_ms, IqAnswer answer, void *self,
                uint64_t token)
{
    g_autofree char *id = wire_id(iq->wire);
    stanza_set(owned, "id", id);
    Address *to = address_from_jid(xmpp_stanza_get_to(owned));
    char *domain = stanza_domain_of(xmpp_stanza_get_from(owned));
    if (g_hash_table_size(iq->pending) >= PENDING_MAX ||
        wire_send(iq->wire, xmpp_stanza_clone(owned), WIRE_HOUSEKEEPING) != WIRE_SENT) {
        xmpp_stanza_release(owned);
        address_unref(to);
        g_free(domain);
        return false;
    }
    xmpp_stanza_release(owned);
    Pending *pending = g_new0(Pending, 1);
    *pending = (Pending){
        .iq = iq, .to = to, .domain = domain, .answer = answer, .self = self, .token = token};
    pending->id = g_steal_pointer(&id);
    g_hash_table_insert(iq->pending, pending->id, pending);
    deadlines_start(wire_deadlines(iq->wire), &pending->deadline, within_ms, on_deadline, pending);
    return true;
}

bool iq_on_answer(Iq *iq, xmpp_stanza_t *stanza)
{
    const char *id = stanza_attribute(stanza, "id", STANZA_ID_MAX);
    Pending *pending = id != NULL ? g_hash_table_lookup(iq->pending, id) : NULL;
    g_autoptr(Address) from = address_from_jid(xmpp_stanza_get_from(stanza));
    if (pending == NULL || !address_equal(from, pending->to))
        return false;
    settle(pending, stanza);
    return true;
}

void iq_forget(Iq *iq, void *self)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, iq->pending);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((Pending *)value)->self == self)
            g_hash_table_iter_remove(&iter);
    }
}

void iq_on_link_down(Iq *iq, const char *domain)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, iq->pending);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (g_strcmp0(((Pending *)value)->domain, domain) == 0)
            g_ptr_array_add(ids, g_strdup(((Pending *)value)->id));
    }
    for (guint i = 0; i < ids->len; i++) {
        Pending *pending = g_hash_table_lookup(iq->pending, ids->pdata[i]);
        if (pending != NULL)
            settle(pending, NULL);
    }
}
