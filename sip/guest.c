// SPDX-License-Identifier: MIT
// Legs at somebody else's focus; see guest.h.
//
//   ENTERING (the call is not up) -> NAMING (NICKNAME) -> LISTENING (first roster) -> INSIDE
#include "sip/guest.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>

#include "mapping/nickname.h"
#include "sip/body/iscomposing.h"
#include "sip/call.h"
#include "sip/call_message.h"
#include "sip/detour.h"
#include "sip/early_lines.h"
#include "sip/guest_ask.h"
#include "sip/guest_line.h"
#include "sip/guest_roster.h"
#include "sip/own_contact.h"
#include "sip/watcher.h"

#define CPIM_TYPE "message/cpim"
// LIMIT: what a conference replays to who enters has its place here.
#define EARLY_LINES  200
#define EARLY_OCTETS (512 * 1024)
// LIMIT: lines of ours of which we would know an echo of the switch (MUC-A10).
#define SAID_MAX 32
// A NICKNAME has its answer by then, whatever became of the session (T_tx and a little).
#define NICK_GRACE_MS 1000

struct Guest {
    GateCore *core;     // borrowed
    GuestAsk *asked;    // owned
    GHashTable *offers; // owned; set of Leg (owned) that has no number yet
    GHashTable *names;  // owned; JID of a room (owned) -> GuestNames (a reference)
};

typedef enum { ENTERING, NAMING, LISTENING, INSIDE } State;

typedef struct {
    Guest *all; // borrowed
    State state;
    uint64_t number; // 0: offered, not answered
    uint64_t ref;    // of the offer
    Call *call;      // owned by itself until on_down
    Address *room;   // shared; bare
    Address *user;   // shared; with his device, but in an offer
    char *uri;       // owned; of the focus
    char *from;      // owned, as the next two; header values of our requests
    char *to, *contact;
    char *nick;      // owned; the one asked for
    int conflicts;   // while NAMING
    char *new_nick;  // owned; asked for while INSIDE, NULL: none
    guint timer;     // GSource id: a NICKNAME has no answer yet
    GuestRoster *roster; // owned; NULL in an offer
    Watcher *watcher;    // owned; NULL before LISTENING
    Event *subject;      // owned; to be told behind the entry, or NULL
    EarlyLines *early;   // owned; NULL when INSIDE
    GQueue said;         // of char * (owned): digests of our last lines
} Leg;

// --- life

static bool is_last_in(const Guest *self, const Address *room)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_GUEST);
    for (guint i = 0; i < legs->len; i++) {
        if (address_equal_bare(((const Leg *)legs->pdata[i])->room, room)) {
            return false;
        }
    }
    return true;
}

static void leg_free(Leg *leg)
{
    GateCore *core = leg->all->core;
    ref_table_remove(core->refs, leg->ref);
    leg_table_remove(core->legs, leg->number);
    if (is_last_in(leg->all, leg->room)) {
        g_hash_table_remove(leg->all->names, address_jid(leg->room));
    }
    g_hash_table_remove(leg->all->offers, leg);
    g_clear_handle_id(&leg->timer, g_source_remove);
    watcher_free(leg->watcher);
    guest_roster_free(leg->roster);
    early_lines_free(leg->early);
    event_free(leg->subject);
    g_queue_clear_full(&leg->said, g_free);
    address_unref(leg->room);
    address_unref(leg->user);
    g_free(leg->uri);
    g_free(leg->from);
    g_free(leg->to);
    g_free(leg->contact);
    g_free(leg->nick);
    g_free(leg->new_nick);
    g_free(leg);
}

static void names_unref(void *names)
{
    guest_names_unref(names);
}

Guest *guest_new(GateCore *core)
{
    Guest *self = g_new0(Guest, 1);
    self->core = core;
    self->asked = guest_ask_new(core);
    self->offers = g_hash_table_new(NULL, NULL);
    self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, names_unref);
    return self;
}

static Leg *find(const Guest *self, uint64_t number)
{
    return leg_table_find(self->core->legs, number, LEG_GUEST);
}

bool guest_has(const Guest *self, uint64_t leg)
{
    return find(self, leg) != NULL;
}

static void end(Leg *leg, int cause, const char *text)
{
    call_close(leg->call, cause, text);
    leg_free(leg);
}

void guest_close_all(Guest *self)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_GUEST);
    g_autofree gpointer *offers = g_hash_table_get_keys_as_array(self->offers, NULL);
    g_clear_pointer(&self->asked, guest_ask_free);
    for (gpointer *each = offers; *each != NULL; each++) {
        end(*each, 503, NULL);
    }
    for (guint i = 0; i < legs->len; i++) {
        end(legs->pdata[i], 503, "gateway is shutting down");
    }
}

void guest_free(Guest *self)
{
    if (self == NULL) {
        return;
    }
    guest_close_all(self);
    g_hash_table_unref(self->offers);
    g_hash_table_unref(self->names);
    g_free(self);
}

// --- telling the middle

static Event *leg_event(EventKind kind, const Leg *leg)
{
    Event *event = event_new(kind, SIDE_SIP);
    event->f.leg = leg->number;
    return event;
}

static void tell(const Leg *leg, Event *owned)
{
    gate_core_raise(leg->all->core, owned);
}

// The subject follows the entry (MUC-A04).
static void raise_all(Leg *leg, GPtrArray *events)
{
    while (events->len > 0) {
        Event *event = g_ptr_array_steal_index(events, 0);
        event->f.leg = leg->number;
        if (event->kind == EVENT_ROOM_SUBJECT && event->f.how == HOW_NONE &&
            leg->state != INSIDE) {
            event_free(leg->subject);
            leg->subject = event;
        } else {
            tell(leg, event);
        }
    }
}

static GPtrArray *events_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
}

static void raise_exit(GateCore *core, uint64_t leg, How how, FailureReason failure, int status,
                       const char *text)
{
    Event *event = event_new(EVENT_ROOM_EXIT, SIDE_SIP);
    event->f.leg = leg;
    event->f.how = how;
    event->f.failure = failure;
    event->f.status = (uint64_t)status;
    fields_set_text(&event->f.text, text);
    gate_core_raise(core, event);
}

// Ends the leg by ourselves.
static void give_up(Leg *leg, How how, FailureReason failure, const char *text)
{
    GateCore *core = leg->all->core;
    uint64_t number = leg->number;
    end(leg, 200, text);
    raise_exit(core, number, how, failure, 0, text);
}

// --- the end of the call

// Before we were inside it is a join that failed (table 6.4, CONF-028).
static void raise_refusal(const Leg *leg, const CallEnd *over)
{
    int status = over->how == HOW_ENDED ? over->cause : over->status;
    FailureReason failure =
        status >= 300 ? failure_join_from_status(status, over->elsewhere != NULL) : FAILURE_SERVICE_UNAVAILABLE;
    Event *event = leg_event(EVENT_ROOM_EXIT, leg);
    event->f.how = over->how == HOW_TIMEOUT ? HOW_TIMEOUT : HOW_REFUSED;
    event->f.failure = failure;
    event->f.status = (uint64_t)status;
    event->f.retry_s = over->retry_s;
    fields_set_text(&event->f.text, over->text);
    fields_set_address(&event->f.real, over->elsewhere);
    tell(leg, event);
}

// Table 6.1: who is thrown out is told so by the document or by the BYE; all else is trouble.
static How how_ended(const Leg *leg, const CallEnd *over, const char **text)
{
    const char *said = NULL;
    *text = over->text;
    if (over->how != HOW_ENDED) {
        return HOW_LOST;
    }
    if (guest_roster_own_end(leg->roster, &said) == HOW_KICKED) {
        *text = said != NULL ? said : over->text;
        return HOW_KICKED;
    }
    switch (over->cause) {
    case 403:
    case 480: return HOW_KICKED;
    case 410: return HOW_DESTROYED;
    default: return HOW_LOST;
    }
}

static void on_down(void *owner, const CallEnd *over)
{
    Leg *leg = owner;
    GateCore *core = leg->all->core;
    const char *text = NULL;
    if (leg->number != 0 && leg->state != INSIDE) {
        raise_refusal(leg, over);
    } else if (leg->number != 0) {
        How how = how_ended(leg, over, &text);
        raise_exit(core, leg->number, how, FAILURE_NONE, over->cause, text);
    }
    leg_free(leg);
}

// --- content in

static GuestLinePlace place_of(const Leg *leg)
{
    const GateCore *core = leg->all->core;
    return (GuestLinePlace){.route = core->route,
                            .room = leg->room,
                            .uri = leg->uri,
                            .user = leg->user,
                            .settings = core->settings};
}

static char *digest_of(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

// What we said by this leg; what our user says on another device is news here (MUC-A10).
static bool is_echo(Leg *leg, const GuestLine *line)
{
    if (!line->is_own) {
        return false;
    }
    g_autofree char *digest = digest_of(line->text);
    GList *said = g_queue_find_custom(&leg->said, digest, (GCompareFunc)strcmp);
    if (said != NULL) {
        g_free(said->data);
        g_queue_delete_link(&leg->said, said);
    }
    return said != NULL;
}

static char *speaker_of(Leg *leg, const GuestLine *line)
{
    if (line->from == NULL) {
        return NULL;
    }
    if (line->is_own) {
        return g_strdup(guest_roster_own_nick(leg->roster));
    }
    g_autoptr(GPtrArray) events = events_new();
    char *nick = guest_roster_speaker(leg->roster, line->from, line->name, events);
    raise_all(leg, events);
    return nick;
}

static void raise_line(Leg *leg, const MsrpSessionIncoming *message, const GuestLine *line)
{
    const GateCore *core = leg->all->core;
    g_autofree char *nick = speaker_of(leg, line);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    Event *event = leg_event(EVENT_ROOM_MESSAGE, leg);
    message_body_to_fields(&line->body, &event->f, core->settings->html == HTML_XHTML, now);
    event->f.markable = event->f.negative = event->f.notify = false; // nobody in a room is asked
    event->f.receipt = message->wants_success_report;
    fields_set_text(&event->f.body, line->text);
    fields_set_text(&event->f.stamp, line->stamp);
    fields_set_text(&event->f.id, message->message_id);
    fields_set_text(&event->f.nick, nick);
    event->f.history = line->stamp != NULL;
    event->f.private = line->is_private;
    event->f.ref = call_media_hold(call_get_media(leg->call), message);
    tell(leg, event);
}

static void raise_state(Leg *leg, const GuestLine *line)
{
    if (line->body.state == HOW_NONE || line->is_private || line->is_own || line->from == NULL) {
        return;
    }
    g_autofree char *nick = speaker_of(leg, line);
    Event *event = leg_event(EVENT_CHAT_STATE, leg);
    message_body_state_to_fields(&line->body, &event->f);
    fields_set_text(&event->f.nick, nick);
    tell(leg, event);
}

static void take_line(void *owner, const MsrpSessionIncoming *message)
{
    Leg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    g_auto(GuestLine) line = {0};
    GuestLinePlace place = place_of(leg);
    g_autoptr(GBytes) content = g_bytes_new(message->body, message->length);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    int status = message->length > (size_t)place.settings->max_size
                     ? 413
                     : guest_line_read(&line, &place, message->content_type, content, now);
    if (status == 200 || (status == 0 && is_echo(leg, &line))) {
        call_media_accept(media, message);
        raise_state(leg, &line);
    } else if (status != 0) {
        call_media_turn_down(media, message, status, NULL);
    } else {
        raise_line(leg, message, &line);
    }
}

static void on_message(void *owner, const MsrpSessionIncoming *message)
{
    Leg *leg = owner;
    if (leg->state == INSIDE) {
        take_line(leg, message);
    } else if (!early_lines_keep(leg->early, message)) {
        call_media_turn_down(call_get_media(leg->call), message,
                             failure_to_msrp(FAILURE_RESOURCE_CONSTRAINT), NULL);
    }
}

// --- entering

static void on_events(void *owner, GPtrArray *events)
{
    raise_all(owner, events);
}

// The roster is told, ourselves last; then what came early (MUC-A04).
static void on_settled(void *owner)
{
    Leg *leg = owner;
    const CallMedia *media = call_get_media(leg->call);
    g_autoptr(GPtrArray) events = events_new();
    guest_roster_enter(leg->roster, leg->nick, events);
    raise_all(leg, events);
    leg->state = INSIDE;
    Event *event = leg_event(EVENT_ROOM_ENTRY, leg);
    fields_set_address(&event->f.room, leg->room);
    fields_set_text(&event->f.nick, guest_roster_own_nick(leg->roster));
    event->f.private = call_media_has_private_messages(media);
    event->f.composing = call_media_takes(media, CPIM_TYPE, ISCOMPOSING_TYPE);
    tell(leg, event);
    if (leg->subject != NULL) {
        tell(leg, g_steal_pointer(&leg->subject));
    }
    early_lines_release(leg->early, take_line, leg);
    g_clear_pointer(&leg->early, early_lines_free);
}

static void on_deleted(void *owner)
{
    give_up(owner, HOW_DESTROYED, FAILURE_NONE, NULL);
}

static const WatcherFuncs watcher_funcs = {
    .on_events = on_events, .on_settled = on_settled, .on_deleted = on_deleted};

static WatcherTarget target_of(const Leg *leg)
{
    return (WatcherTarget){.uri = leg->uri,
                           .from = leg->from,
                           .to = leg->to,
                           .contact = leg->contact,
                           .target_dialog = call_get_target_dialog(leg->call)};
}

static void watch(Leg *leg)
{
    WatcherTarget target = target_of(leg);
    leg->state = LISTENING;
    leg->watcher =
        watcher_new(leg->all->core, leg->roster, &watcher_funcs, leg, &target);
}

static void on_nick_answer(Leg *leg, int status);

static gboolean on_nick_late(gpointer data)
{
    Leg *leg = data;
    leg->timer = 0;
    on_nick_answer(leg, 408);
    return G_SOURCE_REMOVE;
}

static bool ask_nick(Leg *leg, const char *nick)
{
    if (!call_media_nickname(call_get_media(leg->call), nick)) {
        return false;
    }
    g_clear_handle_id(&leg->timer, g_source_remove);
    leg->timer = g_timeout_add((guint)leg->all->core->settings->T_tx + NICK_GRACE_MS, on_nick_late,
                               leg);
    return true;
}

// MUC-A14
static void on_taken(Leg *leg)
{
    const Settings *settings = leg->all->core->settings;
    g_autofree char *next = NULL;
    if (settings->nick_conflict == NICK_CONFLICT_SUFFIX) {
        next = nickname_retry(leg->nick, ++leg->conflicts, settings->nick_retry);
    }
    if (next == NULL || !ask_nick(leg, next)) {
        give_up(leg, HOW_REFUSED, FAILURE_CONFLICT, "nickname in use");
    }
}

// A conference that gives no nick lets us in under the name it likes: the roster tells it (MUC-A05).
static void on_first_nick(Leg *leg, int status)
{
    if (status == 425) {
        on_taken(leg);
        return;
    }
    if (status == 200 && leg->conflicts > 0) {
        const Settings *settings = leg->all->core->settings;
        char *taken = nickname_retry(leg->nick, leg->conflicts, settings->nick_retry);
        g_free(leg->nick);
        leg->nick = taken;
    }
    watch(leg);
}

// --- another nick

static void raise_nick(const Leg *leg, const char *nick, FailureReason failure, int status)
{
    Event *event = leg_event(EVENT_ROOM_NICK, leg);
    event->f.how = failure == FAILURE_NONE ? HOW_YES : HOW_NO;
    event->f.failure = failure;
    event->f.status = (uint64_t)status;
    fields_set_text(&event->f.nick, nick);
    tell(leg, event);
}

// MUC-A13
static FailureReason nick_failure(int status)
{
    switch (status) {
    case 425: return FAILURE_CONFLICT;
    case 408: return FAILURE_REMOTE_SERVER_TIMEOUT;
    default: return FAILURE_NOT_ACCEPTABLE;
    }
}

static void on_later_nick(Leg *leg, int status)
{
    g_autofree char *nick = g_steal_pointer(&leg->new_nick);
    if (nick == NULL) {
        return;
    }
    if (status != 200) {
        raise_nick(leg, nick, nick_failure(status), status);
        return;
    }
    g_autoptr(GPtrArray) events = events_new();
    guest_roster_rename_own(leg->roster, nick, events);
    raise_all(leg, events);
    raise_nick(leg, guest_roster_own_nick(leg->roster), FAILURE_NONE, 0);
}

static void on_nick_answer(Leg *leg, int status)
{
    if (leg->state == NAMING) {
        on_first_nick(leg, status);
    } else if (leg->state == INSIDE) {
        on_later_nick(leg, status);
    }
}

static void on_nicknamed(void *owner, int status)
{
    Leg *leg = owner;
    g_clear_handle_id(&leg->timer, g_source_remove);
    on_nick_answer(leg, status);
}

void guest_ask_nick(Guest *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg == NULL) {
        return;
    }
    const char *own = guest_roster_own_nick(leg->roster);
    if (leg->state != INSIDE || leg->new_nick != NULL || fields->nick == NULL) {
        raise_nick(leg, fields->nick, FAILURE_UNEXPECTED_REQUEST, 0);
    } else if (g_strcmp0(own, fields->nick) == 0) {
        raise_nick(leg, own, FAILURE_NONE, 0);
    } else if (!call_media_has_nicknames(call_get_media(leg->call)) ||
               !ask_nick(leg, fields->nick)) {
        raise_nick(leg, fields->nick, FAILURE_NOT_ACCEPTABLE, 0);
    } else {
        leg->new_nick = g_strdup(fields->nick);
    }
}

// --- the call

static void on_up(void *owner)
{
    Leg *leg = owner;
    const char *called = call_get_uri(leg->call);
    if (called != NULL && strcmp(called, leg->uri) != 0) { // it moved (CONF-026)
        g_free(leg->uri);
        g_free(leg->to);
        leg->uri = g_strdup(called);
        leg->to = g_strdup_printf("<%s>", called);
    }
    leg->state = NAMING;
    if (!call_media_has_nicknames(call_get_media(leg->call)) || !ask_nick(leg, leg->nick)) {
        watch(leg);
    }
}

static void on_request(void *owner, const AgentEvent *event)
{
    agent_answer(event, SIP_405_METHOD_NOT_ALLOWED, NULL);
}

static const CallFuncs call_funcs = {.on_up = on_up,
                                     .on_down = on_down,
                                     .on_message = on_message,
                                     .on_nicknamed = on_nicknamed,
                                     .on_request = on_request};

static Leg *leg_new(Guest *self, const Address *room, const Address *user)
{
    Leg *leg = g_new0(Leg, 1);
    leg->all = self;
    leg->room = address_to_bare(room);
    leg->user = address_ref(user);
    leg->early = early_lines_new(EARLY_LINES, EARLY_OCTETS);
    return leg;
}

static GuestNames *names_of(const Leg *leg)
{
    GHashTable *all = leg->all->names;
    GuestNames *names = g_hash_table_lookup(all, address_jid(leg->room));
    if (names == NULL) {
        names = guest_names_new();
        g_hash_table_insert(all, g_strdup(address_jid(leg->room)), names);
    }
    return names;
}

// The number is known, and with it the device: everything that our requests say of us.
static void settle_identity(Leg *leg, const Fields *fields)
{
    GateCore *core = leg->all->core;
    HopTransport transport = HOP_UDP;
    leg->number = fields->leg;
    leg_table_add(core->legs, leg->number, LEG_GUEST, leg);
    fields_set_address(&leg->user, fields->from);
    leg->nick = fields->nick != NULL ? g_strdup(fields->nick) : nickname_for(NULL, fields->from);
    leg->roster = guest_roster_new(core->route, names_of(leg), leg->room, leg->user);
    agent_route(core->agent, leg->uri, &transport);
    g_autofree char *own = route_to_aor(core->route, leg->user);
    g_autofree char *name = sipcode_quote(leg->nick);
    leg->from = g_strdup_printf("%s<%s>", name, own);
    leg->to = g_strdup_printf("<%s>", leg->uri);
    leg->contact = own_contact_for(core, leg->user, transport);
}

static void dial(Guest *self, const Fields *fields, const char *uri)
{
    const Settings *settings = self->core->settings;
    g_autofree char *call_id = g_uuid_string_random();
    Leg *leg = leg_new(self, fields->room, fields->from);
    leg->uri = g_strdup(uri);
    settle_identity(leg, fields);
    leg->call = call_dial(self->core, &call_funcs, leg,
                          &(CallInvitation){.use = MSRP_SDP_GUEST,
                                            .uri = leg->uri,
                                            .to = leg->to,
                                            .from = leg->from,
                                            .contact = leg->contact,
                                            .call_id = call_id,
                                            .user = address_local(leg->user),
                                            .password = fields->password,
                                            .needs_focus = settings->require_isfocus,
                                            .first_ms = (unsigned)settings->T_invite,
                                            .setup_ms = (unsigned)settings->T_invite});
    call_media_set_leg(call_get_media(leg->call), leg->number);
}

static void refuse_entry(Guest *self, const Fields *fields, uint64_t wait_s)
{
    Event *event = event_new(EVENT_ROOM_EXIT, SIDE_SIP);
    event->f.leg = fields->leg;
    event->f.how = HOW_REFUSED;
    event->f.failure = FAILURE_ITEM_NOT_FOUND;
    if (wait_s > 0) {
        detour_tell_held(&event->f, wait_s);
    }
    gate_core_raise(self->core, event);
}

void guest_enter(Guest *self, const Fields *fields)
{
    const GateCore *core = self->core;
    if (fields->ref != 0 && ref_table_answer(core->refs, fields->ref, fields)) {
        return;
    }
    g_autofree char *uri = fields->room != NULL ? route_to_aor(core->route, fields->room) : NULL;
    g_autofree char *own = fields->from != NULL ? route_to_aor(core->route, fields->from) : NULL;
    uint64_t wait_s = uri != NULL ? detour_wait_s(core, uri) : 0;
    if (uri == NULL || own == NULL || wait_s > 0) {
        refuse_entry(self, fields, wait_s);
    } else {
        dial(self, fields, uri);
    }
}

bool guest_leave(Guest *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg != NULL) {
        end(leg, 200, fields->text);
    }
    return leg != NULL;
}

// --- lines out

// `to`: an occupant, NULL: all. `state`: the composing document, NULL: the text of the line.
static GBytes *wrap(const Leg *leg, const Fields *line, const char *to, GBytes *state)
{
    g_autofree char *own = route_to_aor(leg->all->core->route, leg->user);
    const char *nick = guest_roster_own_nick(leg->roster);
    return message_body_wrap(
        &(MessageBodyEnvelope){.to = to != NULL ? to : leg->uri,
                               .from_name = nick != NULL ? nick : leg->nick,
                               .from = own,
                               .stamp = line->stamp,
                               .subject = line->subject,
                               .lang = line->lang,
                               .type = state != NULL ? ISCOMPOSING_TYPE : NULL,
                               .content = state,
                               .text = line->body != NULL ? line->body : ""});
}

static void note_said(Leg *leg, const char *text)
{
    g_queue_push_tail(&leg->said, digest_of(text != NULL ? text : ""));
    if (leg->said.length > SAID_MAX) {
        g_free(g_queue_pop_head(&leg->said));
    }
}

static void send_line(Leg *leg, const Fields *line, const char *to)
{
    g_autoptr(GBytes) body = wrap(leg, line, to, NULL);
    note_said(leg, line->body);
    call_media_send(call_get_media(leg->call), &(CallLine){.row = line->row,
                                                           .id = line->id,
                                                           .content_type = CPIM_TYPE,
                                                           .inner_type = "text/plain",
                                                           .body = body});
}

void guest_send(Guest *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg == NULL || leg->state != INSIDE || !call_is_up(leg->call)) {
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_RECIPIENT_UNAVAILABLE,
                              HOW_LOST);
        return;
    }
    const CallMedia *media = call_get_media(leg->call);
    const char *to = fields->private ? guest_roster_entity(leg->roster, fields->nick) : NULL;
    if (fields->private && !call_media_has_private_messages(media)) {
        // the switch could tell everybody (MUC-A11)
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_FEATURE_NOT_IMPLEMENTED,
                              HOW_REFUSED);
    } else if (fields->private && to == NULL) {
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_ITEM_NOT_FOUND,
                              HOW_REFUSED);
    } else {
        send_line(leg, fields, to);
    }
}

void guest_send_state(Guest *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg == NULL || leg->state != INSIDE ||
        !call_media_takes(call_get_media(leg->call), CPIM_TYPE, ISCOMPOSING_TYPE)) {
        return;
    }
    g_autoptr(GBytes) document = message_body_state(fields);
    g_autoptr(GBytes) body = wrap(leg, fields, NULL, document);
    call_media_send(call_get_media(leg->call), &(CallLine){.content_type = CPIM_TYPE,
                                                           .inner_type = ISCOMPOSING_TYPE,
                                                           .body = body,
                                                           .is_fleeting = true});
}

// --- requests

// A URI of the focus' own goes back to it as part of a header: nothing may end it there.
static bool is_plain(const char *uri)
{
    return strpbrk(uri, " <>\"?\t\r\n") == NULL;
}

// MUC-A16: the URI exactly, no method; MUC-A19: the one that the roster names.
static char *refer_to(const Leg *leg, const Fields *fields)
{
    if (fields->how == HOW_INVITE) {
        const Route *route = leg->all->core->route;
        g_autofree char *uri = fields->to != NULL ? route_to_aor(route, fields->to) : NULL;
        return uri != NULL ? g_strdup_printf("<%s>", uri) : NULL;
    }
    const char *entity = guest_roster_entity(leg->roster, fields->nick);
    return entity != NULL && is_plain(entity) ? g_strdup_printf("<%s;method=BYE>", entity) : NULL;
}

// A ban is a kick here: SIP has no word for staying away (MUC-A20).
static void refer(Leg *leg, const Fields *fields)
{
    GuestAsk *asked = leg->all->asked;
    WatcherTarget target = target_of(leg);
    g_autofree char *to = refer_to(leg, fields);
    if (to == NULL) {
        guest_ask_refuse(asked, fields, FAILURE_ITEM_NOT_FOUND);
        return;
    }
    g_autofree char *own = route_to_aor(leg->all->core->route, leg->user);
    g_autofree char *by = g_strdup_printf("<%s>", own);
    guest_ask_refer(asked, fields, &target, to, by);
}

void guest_request(Guest *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (fields->how == HOW_PROBE) {
        guest_ask_probe(self->asked, fields);
    } else if (leg == NULL || leg->state != INSIDE) {
        guest_ask_refuse(self->asked, fields, FAILURE_NOT_ALLOWED);
    } else {
        refer(leg, fields);
    }
}

// --- theirs

static void on_answer(void *owner, uint64_t ref, const Fields *fields)
{
    Leg *leg = owner;
    ref_table_remove(leg->all->core->refs, ref);
    g_hash_table_remove(leg->all->offers, leg);
    settle_identity(leg, fields);
    call_media_set_leg(call_get_media(leg->call), leg->number);
    call_answer(leg->call, leg->contact);
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Leg *leg = owner;
    g_auto(Sipcode) answer = sipcode_from_fields(fields, false);
    if (fields->status == 0 && fields->failure == FAILURE_NONE) {
        answer.status = 603; // a person said no
    }
    call_refuse(leg->call, &answer);
    leg_free(leg);
}

static const RefFuncs offer_funcs = {.refuse = on_refuse, .answer = on_answer};

static char *uri_of(const url_t *url)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    char *uri = url != NULL ? g_strdup(url_as_string(home, url)) : NULL;
    su_home_deinit(home);
    return uri;
}

static Address *room_of(const Route *route, const url_t *url)
{
    g_autofree char *uri = uri_of(url);
    Address *room = uri != NULL ? route_from_uri(route, uri, true, NULL, NULL) : NULL;
    if (room != NULL && route_side_of(route, room) != ROUTE_SIP_ROOM) {
        g_clear_pointer(&room, address_unref);
    }
    return room;
}

// The conference is who calls; some name themselves in Contact only.
static Address *find_room(const Route *route, const sip_t *sip)
{
    Address *room = room_of(route, sip->sip_from->a_url);
    return room != NULL ? room : room_of(route, sip->sip_contact->m_url);
}

static Address *inviter_of(const Route *route, const sip_t *sip)
{
    g_autofree char *uri =
        sip->sip_referred_by != NULL ? uri_of(sip->sip_referred_by->b_url) : NULL;
    return uri != NULL ? route_from_uri(route, uri, false, NULL, NULL) : NULL;
}

static void raise_invitation(Leg *leg, const AgentEvent *event, const Parties *parties)
{
    GateCore *core = leg->all->core;
    const sip_t *sip = event->sip;
    Event *told = event_new(EVENT_ROOM_INVITE, SIDE_SIP);
    g_autoptr(Address) inviter = inviter_of(core->route, sip);
    g_autofree char *subject =
        sip->sip_subject != NULL ? sipcode_clean(sip->sip_subject->g_string) : NULL;
    leg->ref = ref_table_add(core->refs, &offer_funcs, leg, 0);
    told->f.ref = leg->ref;
    told->at_ms = g_get_monotonic_time() / 1000;
    told->f.ms = (uint64_t)(g_get_real_time() / 1000);
    fields_set_address(&told->f.from, inviter != NULL ? inviter : leg->room);
    fields_set_address(&told->f.to, parties->to);
    fields_set_address(&told->f.room, leg->room);
    fields_set_text(&told->f.text, subject);
    gate_core_raise(core, told);
}

static void refuse_focus(const AgentEvent *event, const char *why)
{
    g_autofree char *warning = agent_warning(event->agent, 399, why);
    agent_answer(event, SIP_488_NOT_ACCEPTABLE, warning);
}

void guest_on_invite(Guest *self, const AgentEvent *event, const Parties *parties)
{
    GateCore *core = self->core;
    HopTransport transport = HOP_UDP;
    g_autoptr(Address) room = find_room(core->route, event->sip);
    if (room == NULL) {
        refuse_focus(event, "this conference has no address here");
        return;
    }
    if (g_hash_table_size(self->offers) >= (guint)core->settings->sip_pending) {
        core->overloads++;
        agent_answer(event, SIP_480_TEMPORARILY_UNAVAILABLE, NULL);
        return;
    }
    Leg *leg = leg_new(self, room, parties->to);
    leg->uri = route_to_aor(core->route, leg->room);
    leg->call = call_take(core, &call_funcs, leg, event, MSRP_SDP_GUEST);
    if (leg->call == NULL) {
        leg_free(leg);
        return;
    }
    agent_route(core->agent, leg->uri, &transport);
    g_autofree char *contact = own_contact_for(core, leg->user, transport);
    g_hash_table_add(self->offers, leg);
    call_ring(leg->call, contact);
    raise_invitation(leg, event, parties);
}
