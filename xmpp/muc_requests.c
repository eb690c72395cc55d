// SPDX-License-Identifier: MIT
// What an occupant asks of its room; see the header.
#include "xmpp/muc_requests.h"

#include "xmpp/invite_stanza.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza_error.h"

// LIMIT: requests of one occupant that wait for their answer.
enum { OPEN_MAX = 100 };
// Table 6.6: a decline.
enum { DECLINED = 603 };

typedef struct {
    MucRequests *requests; // borrowed
    uint64_t ref;
    uint64_t leg;
    Address *guest; // shared; of an invitation, who is awaited
    char *id;       // owned; of an invitation, the stanza's
    Deadline *patience;
} Open;

struct MucRequests {
    Wire *wire;       // borrowed
    Iq *iq;           // borrowed
    GHashTable *open; // borrowed &ref -> owned Open *
};

typedef struct {
    How how;
    FailureReason failure;
    int status;
    const char *text; // borrowed
} Result;

static void open_free(void *data)
{
    Open *open = data;
    deadlines_stop(&open->patience);
    address_unref(open->guest);
    g_free(open->id);
    g_free(open);
}

MucRequests *muc_requests_new(Wire *wire, Iq *iq)
{
    MucRequests *requests = g_new0(MucRequests, 1);
    *requests = (MucRequests){.wire = wire, .iq = iq};
    requests->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, open_free);
    return requests;
}

void muc_requests_free(MucRequests *requests)
{
    if (requests == NULL)
        return;
    iq_forget(requests->iq, requests);
    g_hash_table_unref(requests->open);
    g_free(requests);
}

static void tell(Wire *wire, uint64_t leg, uint64_t ref, const Result *result)
{
    if (ref == 0) // nobody waits
        return;
    Event *event = wire_event(wire, EVENT_ROOM_RESULT);
    event->f.leg = leg;
    event->f.ref = ref;
    event->f.how = result->how;
    event->f.failure = result->failure;
    event->f.status = (uint64_t)result->status;
    fields_set_text(&event->f.text, result->text);
    wire_raise(wire, event);
}

void muc_requests_refuse(Wire *wire, const Fields *fields, FailureReason failure)
{
    tell(wire, fields->leg, fields->ref, &(Result){HOW_NO, failure, 0, NULL});
}

static void settle(Open *open, const Result *result)
{
    MucRequests *requests = open->requests;
    uint64_t leg = open->leg, ref = open->ref;
    g_hash_table_remove(requests->open, &open->ref);
    tell(requests->wire, leg, ref, result);
}

static void settle_error(Open *open, xmpp_stanza_t *stanza)
{
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    settle(open, &(Result){HOW_NO, error.reason, 0, error.text});
}

static Open *add(MucRequests *requests, const MucRequestsBy *by, const Fields *fields)
{
    Open *open = g_new0(Open, 1);
    *open = (Open){.requests = requests, .ref = fields->ref, .leg = by->leg};
    g_hash_table_insert(requests->open, &open->ref, open);
    return open;
}

// ---- invitations --------------------------------------------------------------------------------

static void on_patience(void *self)
{
    settle(self, &(Result){HOW_NO, FAILURE_REMOTE_SERVER_TIMEOUT, 0, NULL});
}

static void await(MucRequests *requests, const MucRequestsBy *by, const Fields *fields, char *id)
{
    Open *open = add(requests, by, fields);
    open->guest = address_ref(fields->to);
    open->id = id;
    deadlines_start(wire_deadlines(requests->wire), &open->patience,
                    wire_settings(requests->wire)->T_consent, on_patience, open);
    tell(requests->wire, by->leg, fields->ref, &(Result){.how = HOW_RINGING});
}

static void invite(MucRequests *requests, const MucRequestsBy *by, const Fields *fields)
{
    if (fields->to == NULL) {
        muc_requests_refuse(requests->wire, fields, FAILURE_JID_MALFORMED);
        return;
    }
    g_autofree char *id = wire_id(requests->wire);
    xmpp_stanza_t *stanza =
        invite_stanza_mediated(wire_ctx(requests->wire), by->self, by->room, id, fields);
    if (wire_send(requests->wire, stanza, WIRE_HOUSEKEEPING) != WIRE_SENT)
        muc_requests_refuse(requests->wire, fields, FAILURE_RECIPIENT_UNAVAILABLE);
    else if (fields->ref != 0)
        await(requests, by, fields, g_steal_pointer(&id));
}

// Whoever of his devices it is: an invitation asks for the person.
static bool settle_guest(MucRequests *requests, const Address *guest, const Result *result)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new(); // to end one changes the table
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, requests->open);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Open *open = value;
        if (open->guest != NULL && address_equal_bare(open->guest, guest))
            g_ptr_array_add(found, open);
    }
    for (guint i = 0; i < found->len; i++)
        settle(found->pdata[i], result);
    return found->len > 0;
}

void muc_requests_on_there(MucRequests *requests, const Address *real)
{
    settle_guest(requests, real, &(Result){.how = HOW_YES});
}

static xmpp_stanza_t *decline_of(xmpp_stanza_t *stanza)
{
    return stanza_child(stanza_child(stanza, "x", NS_MUC_USER), "decline", NULL);
}

bool muc_requests_is_decline(xmpp_stanza_t *stanza)
{
    return decline_of(stanza) != NULL;
}

bool muc_requests_on_decline(MucRequests *requests, xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *decline = decline_of(stanza);
    g_autoptr(Address) guest = address_from_jid(stanza_attribute(decline, "from", STANZA_JID_MAX));
    g_autofree char *reason = stanza_text(stanza_child(decline, "reason", NULL), STANZA_LINE_MAX);
    return guest != NULL &&
           settle_guest(requests, guest, &(Result){HOW_NO, FAILURE_FORBIDDEN, DECLINED, reason});
}

bool muc_requests_on_error(MucRequests *requests, xmpp_stanza_t *stanza)
{
    const char *id = stanza_attribute(stanza, "id", STANZA_ID_MAX);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, requests->open);
    while (id != NULL && g_hash_table_iter_next(&iter, NULL, &value)) {
        Open *open = value;
        if (g_strcmp0(open->id, id) != 0)
            continue;
        settle_error(open, stanza);
        return true;
    }
    return false;
}

// ---- removing -----------------------------------------------------------------------------------

static void on_removed(void *self, uint64_t ref, xmpp_stanza_t *answer)
{
    MucRequests *requests = self;
    Open *open = g_hash_table_lookup(requests->open, &ref);
    if (open == NULL)
        return;
    if (answer == NULL)
        on_patience(open);
    else if (g_strcmp0(xmpp_stanza_get_type(answer), "error") == 0)
        settle_error(open, answer);
    else
        settle(open, &(Result){.how = HOW_YES});
}

// XEP-0045 8.2: out of the room, by nick; 9.1: for good, by real address.
static xmpp_stanza_t *removal(MucRequests *requests, const MucRequestsBy *by, const Fields *fields)
{
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(requests->wire), "iq", address_jid(by->self),
                                       address_jid(by->room), "set", NULL);
    xmpp_stanza_t *item = stanza_add(stanza_add(stanza, "query", NS_MUC_ADMIN), "item", NULL);
    if (fields->how == HOW_BAN) {
        stanza_set(item, "affiliation", "outcast");
        stanza_set(item, "jid", address_bare(fields->to));
    } else {
        stanza_set(item, "nick", fields->nick);
        stanza_set(item, "role", "none");
    }
    stanza_add_text(item, "reason", NULL, fields->text);
    return stanza;
}

static void ask_removal(MucRequests *requests, const MucRequestsBy *by, const Fields *fields)
{
    if (fields->ref != 0)
        add(requests, by, fields);
    xmpp_stanza_t *stanza = removal(requests, by, fields);
    bool is_sent = iq_request(requests->iq, stanza, wire_settings(requests->wire)->T_join,
                              on_removed, requests, fields->ref);
    Open *open = is_sent ? NULL : g_hash_table_lookup(requests->open, &fields->ref);
    if (open != NULL)
        settle(open, &(Result){HOW_NO, FAILURE_RECIPIENT_UNAVAILABLE, 0, NULL});
}

static void remove_occupant(MucRequests *requests, const MucRequestsBy *by, const Fields *fields)
{
    if (fields->how == HOW_BAN && fields->to == NULL) // the room does not show who that is
        muc_requests_refuse(requests->wire, fields, FAILURE_NOT_ALLOWED);
    else if (fields->how == HOW_KICK && fields->nick == NULL)
        muc_requests_refuse(requests->wire, fields, FAILURE_ITEM_NOT_FOUND);
    else
        ask_removal(requests, by, fields);
}

// -------------------------------------------------------------------------------------------------

void muc_requests_ask(MucRequests *requests, const MucRequestsBy *by, const Fields *fields)
{
    if (g_hash_table_size(requests->open) >= OPEN_MAX ||
        g_hash_table_contains(requests->open, &fields->ref))
        muc_requests_refuse(requests->wire, fields, FAILURE_RESOURCE_CONSTRAINT);
    else if (fields->how == HOW_INVITE)
        invite(requests, by, fields);
    else if (fields->how == HOW_KICK || fields->how == HOW_BAN)
        remove_occupant(requests, by, fields);
    else
        muc_requests_refuse(requests->wire, fields, FAILURE_FEATURE_NOT_IMPLEMENTED);
}

void muc_requests_end(MucRequests *requests)
{
    iq_forget(requests->iq, requests);
    g_autoptr(GList) left = g_hash_table_get_values(requests->open);
    for (GList *at = left; at != NULL; at = at->next)
        settle(at->data, &(Result){HOW_NO, FAILURE_RECIPIENT_UNAVAILABLE, 0, NULL});
}
