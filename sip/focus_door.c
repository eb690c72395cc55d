// SPDX-License-Identifier: MIT
// Coming into rooms; see focus_door.h.
#include "sip/focus_door.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/call.h"
#include "sip/extensions.h"
#include "sip/factory.h"
#include "sip/focus_seat.h"
#include "sip/msrp/msrp_random.h"

// What we ask a caller to wait when too many wait already (SEC-10).
#define OVERLOAD_RETRY "5"
// Names tried for a room that is to be made (MUC-B10).
#define NAMES_MAX 3
// Digits that tell two devices of one user apart which do not say who they are.
#define TOKEN_DIGITS 12

struct FocusDoor {
    unsigned anonymous; // guests so far who hide themselves
    GateCore *core;     // borrowed
    FocusHost *rooms;   // borrowed
    GHashTable *offers; // owned; set of Offer (owned)
};

// Somebody at the door.
typedef struct {
    FocusDoor *door; // borrowed
    uint64_t ref;
    Call *call;     // owned by itself until on_down
    Address *room;  // shared; bare
    Address *factory;   // shared; NULL: the room exists
    Invitees *invitees;  // shared; who else is to come, NULL: nobody
    char *nick;          // owned, or NULL
    uint64_t hops;
    unsigned names; // tried so far
    Address *guest; // shared; with the device
    Address *hidden; // shared; who he really is; NULL: as he shows himself
} Offer;

// --- life

static void offer_free(Offer *offer)
{
    ref_table_remove(offer->door->core->refs, offer->ref);
    g_hash_table_remove(offer->door->offers, offer);
    address_unref(offer->room);
    address_unref(offer->guest);
    address_unref(offer->hidden);
    address_unref(offer->factory);
    invitees_unref(offer->invitees);
    g_free(offer->nick);
    g_free(offer);
}

FocusDoor *focus_door_new(GateCore *core, FocusHost *rooms)
{
    FocusDoor *self = g_new0(FocusDoor, 1);
    self->core = core;
    self->rooms = rooms;
    self->offers = g_hash_table_new(NULL, NULL);
    return self;
}

void focus_door_close_all(FocusDoor *self)
{
    g_autofree gpointer *offers = g_hash_table_get_keys_as_array(self->offers, NULL);
    for (gpointer *each = offers; *each != NULL; each++) {
        Offer *offer = *each;
        call_close(offer->call, 503, NULL);
        offer_free(offer);
    }
}

void focus_door_free(FocusDoor *self)
{
    if (self == NULL) {
        return;
    }
    focus_door_close_all(self);
    g_hash_table_unref(self->offers);
    g_free(self);
}

// --- while the room is asked

// CANCEL, or a dialog that was lost. An answer that is on its way to it finds nobody.
static void on_down(void *owner, const CallEnd *end)
{
    Offer *offer = owner;
    GateCore *core = offer->door->core;
    Event *event = event_new(EVENT_ROOM_EXIT, SIDE_SIP);
    event->f.ref = offer->ref;
    event->f.how = HOW_LEFT;
    offer_free(offer);
    gate_core_raise(core, event);
}

static void on_up(void *owner)
{
}

static void on_message(void *owner, const MsrpSessionIncoming *message)
{
}

static void on_request(void *owner, const AgentEvent *event)
{
    agent_answer(event, 480, "Not answered yet", NULL);
}

// No session is open before the answer: nothing but the end can be told.
static const CallFuncs offer_call_funcs = {
    .on_up = on_up, .on_down = on_down, .on_message = on_message, .on_request = on_request};

// --- the room's answer

static void on_answer(void *owner, uint64_t ref, const Fields *fields)
{
    Offer *offer = owner;
    focus_host_let_in(offer->door->rooms, offer->call,
                      &(FocusGuest){.leg = fields->leg,
                                    .room = offer->room,
                                    .party = offer->guest,
                                    .hidden = offer->hidden,
                                    .nick = fields->nick,
                                    .invitees = offer->invitees});
    offer_free(offer);
}

// That he is gone was told by the offer's ref, which the middle has exchanged for the number meanwhile.
void focus_door_answer_late(FocusDoor *self, uint64_t leg)
{
    Event *event = event_new(EVENT_ROOM_ANSWER, SIDE_SIP);
    event->f.leg = leg;
    event->f.how = HOW_NO;
    event->f.failure = FAILURE_RECIPIENT_UNAVAILABLE;
    event->f.status = 487;
    gate_core_raise(self->core, event);
}

// The words of table 6.3 where it has some, else those of the room.
static char *phrase_of(const Fields *fields, int status, const char *word)
{
    return strcmp(word, failure_phrase(status)) != 0
               ? g_strdup(word)
               : failure_phrase_from_text(fields->text, status);
}

// Where the room is now, when that can be said on SIP.
static char *elsewhere(const GateCore *core, const Fields *fields)
{
    g_autofree char *uri = fields->real != NULL && failure_to_moved_status(fields->failure) != 0
                               ? route_to_aor(core->route, fields->real)
                               : NULL;
    return uri != NULL ? g_strdup_printf("<%s>", uri) : NULL;
}

static Sipcode answer_of(const Offer *offer, const Fields *fields)
{
    const GateCore *core = offer->door->core;
    if (fields->status != 0) {
        return sipcode_from_fields(fields, false);
    }
    const char *word;
    Sipcode answer = {.status = failure_join_to_status(fields->failure, &word),
                      .retry_s = (unsigned)fields->retry_s};
    answer.phrase = phrase_of(fields, answer.status, word);
    answer.contact = elsewhere(core, fields);
    if (answer.contact != NULL) {
        answer.status = failure_to_moved_status(fields->failure);
    }
    if (fields->failure == FAILURE_REGISTRATION_REQUIRED) {
        g_autofree char *text =
            g_strdup_printf("%s is for its members only", address_jid(offer->room));
        answer.warning = agent_warning(core->agent, 399, text);
    }
    return answer;
}

static void raise_offer(Offer *offer);

// The name that was invented exists: another one is tried, some times.
static bool try_again(Offer *offer, const Fields *fields)
{
    bool is_taken = fields->failure == FAILURE_CONFLICT && offer->factory != NULL;
    if (!is_taken || offer->names == NAMES_MAX) {
        return false;
    }
    ref_table_remove(offer->door->core->refs, offer->ref);
    address_unref(offer->room);
    offer->room = factory_invent(offer->factory);
    raise_offer(offer);
    return true;
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Offer *offer = owner;
    if (try_again(offer, fields)) {
        return;
    }
    g_auto(Sipcode) answer = answer_of(offer, fields);
    call_refuse(offer->call, &answer);
    offer_free(offer);
}

static const RefFuncs offer_funcs = {.refuse = on_refuse, .answer = on_answer};

// --- at the door

// Each device of a user is somebody of his own in the room, also one that does not say which it is (MUC-B01).
static Address *guest_of(const Parties *parties, const Call *call)
{
    if (address_resource(parties->from) != NULL) {
        return address_ref(parties->from);
    }
    const char *instance = call_get_instance(call);
    Address *device =
        instance != NULL ? address_with_resource(parties->from, instance) : NULL;
    if (device == NULL) {
        char token[TOKEN_DIGITS + 1];
        msrp_random_hex(token, TOKEN_DIGITS);
        device = address_with_resource(parties->from, token);
    }
    return device;
}

// Whoever asks for privacy, or has no name, is not to be known by the room (ROSTER-024; RFC 3323 4.2).
static bool hides(const sip_t *sip)
{
    const sip_privacy_t *privacy = sip->sip_privacy;
    for (size_t i = 0; privacy != NULL && privacy->priv_values != NULL &&
                       privacy->priv_values[i] != NULL;
         i++) {
        const char *value = privacy->priv_values[i];
        if (g_ascii_strcasecmp(value, "id") == 0 || g_ascii_strcasecmp(value, "user") == 0) {
            return true;
        }
    }
    const char *host = sip->sip_from->a_url->url_host;
    return host != NULL && g_ascii_strcasecmp(host, "anonymous.invalid") == 0;
}

// He gets an address and a name of this one stay, in the domain where he would be.
static void hide(Offer *offer, const Parties *parties)
{
    char token[TOKEN_DIGITS + 1];
    msrp_random_hex(token, TOKEN_DIGITS);
    g_autofree char *local = g_strdup_printf("anonymous-%s", token);
    offer->hidden = address_to_bare(parties->from);
    address_unref(offer->guest);
    offer->guest = address_from_parts(local, address_domain(parties->from), token);
    g_free(offer->nick);
    offer->nick = g_strdup_printf("anonymous%u", ++offer->door->anonymous);
}

static void raise_offer(Offer *offer)
{
    GateCore *core = offer->door->core;
    Event *event = event_new(EVENT_ROOM_OFFERED, SIDE_SIP);
    offer->ref = ref_table_add(core->refs, &offer_funcs, offer, 0);
    offer->names++;
    event->f.ref = offer->ref;
    event->f.how = offer->factory != NULL ? HOW_MAKE : HOW_NONE;
    event->f.hops = offer->hops;
    fields_set_address(&event->f.from, offer->guest);
    fields_set_address(&event->f.room, offer->room);
    fields_set_text(&event->f.nick, offer->nick);
    gate_core_raise(core, event);
}

static void refuse_overload(const AgentEvent *event)
{
    nua_respond(event->handle, SIP_503_SERVICE_UNAVAILABLE,
                NUTAG_WITH_THIS(agent_nua(event->agent)), SIPTAG_RETRY_AFTER_STR(OVERLOAD_RETRY),
                TAG_END());
    agent_handle_drop(event->agent, event->handle);
}

// Another device of a user, or the same one anew, takes over the leg he has; the room sees nothing of it.
static void take_over(FocusDoor *self, const AgentEvent *event, uint64_t leg)
{
    Call *call = call_take(self->core, &offer_call_funcs, NULL, event, MSRP_SDP_ROOM);
    if (call != NULL) {
        focus_host_replace(self->rooms, leg, call);
    }
}

static Offer *offer_new(FocusDoor *self, const AgentEvent *event, const Parties *parties)
{
    const sip_t *sip = event->sip;
    Offer *offer = g_new0(Offer, 1);
    offer->door = self;
    offer->call = call_take(self->core, &offer_call_funcs, offer, event, MSRP_SDP_ROOM);
    if (offer->call == NULL) {
        g_free(offer);
        return NULL;
    }
    offer->guest = guest_of(parties, offer->call);
    offer->nick = g_strdup(parties->nick);
    offer->hops = sip->sip_max_forwards != NULL ? sip->sip_max_forwards->mf_count : 0;
    if (hides(sip)) {
        hide(offer, parties);
    }
    g_hash_table_add(self->offers, offer);
    return offer;
}

static void enter(FocusDoor *self, const AgentEvent *event, const Parties *parties)
{
    Offer *offer = offer_new(self, event, parties);
    if (offer != NULL) {
        offer->room = address_to_bare(parties->to);
        raise_offer(offer);
    }
}

// A new room, and whom its maker wants in it.
static void make(FocusDoor *self, const AgentEvent *event, const Parties *parties)
{
    g_autoptr(Invitees) invitees = NULL;
    bool has_list = extensions_has(event->sip, EXTENSIONS_LIST_INVITE);
    int status = has_list ? invitees_read(&invitees, self->core, event->sip, NULL) : 0;
    if (status != 0) {
        agent_answer(event, status, failure_phrase(status), NULL);
        return;
    }
    Offer *offer = offer_new(self, event, parties);
    if (offer != NULL) {
        offer->invitees = g_steal_pointer(&invitees);
        offer->factory = address_ref(parties->to);
        offer->room = factory_invent(parties->to);
        raise_offer(offer);
    }
}

// Our own rooms and users do not come in by SIP: that would be a ring (CONF-034).
static bool is_ours(const GateCore *core, const Address *address)
{
    return route_side_of(core->route, address) != ROUTE_SIP_USER;
}

// A secure address is not translated, wherever it stands (CONF-006).
static bool is_secure(const sip_t *sip)
{
    return sip->sip_to->a_url->url_type == url_sips;
}

void focus_door_on_invite(FocusDoor *self, const AgentEvent *event, const Parties *parties)
{
    int status;
    uint64_t replaced = focus_seat_find_replaced(self->rooms, event->sip, parties, &status);
    if (is_ours(self->core, parties->from)) {
        agent_answer(event, SIP_482_LOOP_DETECTED, NULL);
    } else if (is_secure(event->sip)) {
        agent_answer(event, SIP_403_FORBIDDEN, NULL);
    } else if (address_resource(parties->to) != NULL) {
        agent_answer(event, SIP_404_NOT_FOUND, NULL);
    } else if (status != 0) {
        agent_answer(event, status, failure_phrase(status), NULL);
    } else if (g_hash_table_size(self->offers) >= (guint)self->core->settings->sip_pending) {
        self->core->overloads++;
        refuse_overload(event);
    } else if (factory_is(self->core, parties->to)) {
        make(self, event, parties);
    } else if (extensions_has(event->sip, EXTENSIONS_LIST_INVITE)) {
        extensions_refuse_one(event, EXTENSIONS_LIST_INVITE);
    } else if (replaced != 0) {
        take_over(self, event, replaced);
    } else {
        enter(self, event, parties);
    }
}
