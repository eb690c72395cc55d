// SPDX-License-Identifier: MIT
// Invitations of XMPP users into conferences; see the header.
#include "xmpp/room_calls.h"

#include "xmpp/namespaces.h"

// LIMIT: users who are called and have not answered.
enum { CALLS_MAX = 5000 };

typedef struct {
    RoomCalls *calls; // borrowed
    uint64_t leg;
    char *key;   // owned, "user room"
    char *id;    // owned, of the stanza
    Deadline *consent;
} Call;

struct RoomCalls {
    Wire *wire;         // borrowed
    GHashTable *by_leg; // borrowed &leg -> owned Call *
    GHashTable *by_key; // borrowed char * -> borrowed Call *
};

static void call_free(void *data)
{
    Call *call = data;
    deadlines_stop(&call->consent);
    g_free(call->key);
    g_free(call->id);
    g_free(call);
}

RoomCalls *room_calls_new(Wire *wire)
{
    RoomCalls *calls = g_new0(RoomCalls, 1);
    calls->wire = wire;
    calls->by_leg = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, call_free);
    calls->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    return calls;
}

void room_calls_free(RoomCalls *calls)
{
    if (calls == NULL)
        return;
    g_hash_table_unref(calls->by_key);
    g_hash_table_unref(calls->by_leg);
    g_free(calls);
}

static char *key_of(const Address *user, const Address *room)
{
    return g_strjoin("\n", address_bare(user), address_bare(room), NULL);
}

static void forget(RoomCalls *calls, Call *call)
{
    if (g_hash_table_lookup(calls->by_key, call->key) == call)
        g_hash_table_remove(calls->by_key, call->key);
    g_hash_table_remove(calls->by_leg, &call->leg);
}

// 6.6: a no and its SIP status.
static void tell_no(RoomCalls *calls, uint64_t leg, FailureReason reason, int status,
                    const char *text)
{
    Event *event = wire_event(calls->wire, EVENT_ROOM_ANSWER);
    event->f.leg = leg;
    event->f.how = HOW_NO;
    event->f.failure = reason;
    event->f.status = (uint64_t)status;
    fields_set_text(&event->f.text, text);
    wire_raise(calls->wire, event);
}

static void settle(Call *call, FailureReason reason, int status, const char *text)
{
    RoomCalls *calls = call->calls;
    uint64_t leg = call->leg;
    forget(calls, call);
    tell_no(calls, leg, reason, status, text);
}

static void on_silence(void *self)
{
    settle(self, FAILURE_REMOTE_SERVER_TIMEOUT, 408, NULL);
}

// MUC-A17: both forms in one stanza; a client that knows both shows one prompt.
static xmpp_stanza_t *write_call(RoomCalls *calls, const Fields *fields, const char *id)
{
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(calls->wire), "message", address_bare(fields->room),
                                       address_jid(fields->to), NULL, id);
    xmpp_stanza_t *invite = stanza_add(stanza_add(stanza, "x", NS_MUC_USER), "invite", NULL);
    stanza_set(invite, "from", address_jid(fields->from));
    stanza_add_text(invite, "reason", NULL, fields->text);
    if (fields->continues)
        stanza_set(stanza_add(invite, "continue", NULL), "thread", fields->thread);
    xmpp_stanza_t *direct = stanza_add(stanza, "x", NS_CONFERENCE);
    stanza_set(direct, "jid", address_bare(fields->room));
    stanza_set(direct, "reason", fields->text);
    stanza_set(direct, "continue", fields->continues ? "true" : NULL);
    stanza_set(direct, "thread", fields->continues ? fields->thread : NULL);
    return stanza;
}

static bool can_call(const RoomCalls *calls, const Fields *fields)
{
    return fields->to != NULL && fields->room != NULL &&
           g_hash_table_size(calls->by_leg) < CALLS_MAX &&
           !g_hash_table_contains(calls->by_leg, &fields->leg);
}

void room_calls_invite(RoomCalls *calls, const Fields *fields)
{
    if (!can_call(calls, fields)) {
        tell_no(calls, fields->leg, FAILURE_RESOURCE_CONSTRAINT, 480, NULL);
        return;
    }
    g_autofree char *id = wire_id(calls->wire);
    if (wire_send(calls->wire, write_call(calls, fields, id), WIRE_LINE) != WIRE_SENT) {
        tell_no(calls, fields->leg, FAILURE_RECIPIENT_UNAVAILABLE, 480, NULL);
        return;
    }
    Call *call = g_new0(Call, 1);
    *call = (Call){.calls = calls, .leg = fields->leg, .id = g_steal_pointer(&id)};
    call->key = key_of(fields->to, fields->room);
    g_hash_table_insert(calls->by_leg, &call->leg, call);
    g_hash_table_replace(calls->by_key, call->key, call);
    deadlines_start(wire_deadlines(calls->wire), &call->consent,
                    wire_settings(calls->wire)->T_consent, on_silence, call);
}

bool room_calls_withdraw(RoomCalls *calls, uint64_t leg)
{
    Call *call = g_hash_table_lookup(calls->by_leg, &leg);
    if (call == NULL)
        return false;
    settle(call, FAILURE_NONE, 487, NULL);
    return true;
}

static Call *find(RoomCalls *calls, const Address *user, const Address *room)
{
    g_autofree char *key = key_of(user, room);
    return g_hash_table_lookup(calls->by_key, key);
}

uint64_t room_calls_take(RoomCalls *calls, const Address *user, const Address *room)
{
    Call *call = find(calls, user, room);
    uint64_t leg = call != NULL ? call->leg : 0;
    if (call != NULL)
        forget(calls, call);
    return leg;
}

bool room_calls_on_decline(RoomCalls *calls, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    xmpp_stanza_t *decline = stanza_child(stanza_child(stanza, "x", NS_MUC_USER), "decline", NULL);
    if (decline == NULL)
        return false;
    Call *call = find(calls, from, to);
    g_autofree char *reason = stanza_text(stanza_child(decline, "reason", NULL), STANZA_LINE_MAX);
    if (call != NULL)
        settle(call, FAILURE_FORBIDDEN, 603, reason);
    else
        wire_counters(calls->wire)->ignored++; // MUC-A18: he had accepted, or was not asked
    return true;
}

bool room_calls_on_error(RoomCalls *calls, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    Call *call = find(calls, from, to);
    if (call == NULL || g_strcmp0(xmpp_stanza_get_id(stanza), call->id) != 0)
        return false;
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    int status = 480;
    if (error.reason == FAILURE_ITEM_NOT_FOUND)
        status = 404;
    else if (error.reason == FAILURE_FORBIDDEN)
        status = 403;
    settle(call, error.reason, status, error.text);
    return true;
}
