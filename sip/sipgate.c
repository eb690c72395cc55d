// SPDX-License-Identifier: MIT
// The door of the SIP side: builds the parts, hands commands in, requests from outside to their
// owners.
#include "sip/sipgate.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/sip_status.h>

#include "sip/call_message.h"
#include "sip/extensions.h"
#include "sip/focus_door.h"
#include "sip/focus_host.h"
#include "sip/gate_agent.h"
#include "sip/gate_core.h"
#include "sip/gate_msrp.h"
#include "sip/guest.h"
#include "sip/guest_invited.h"
#include "sip/guest_nick.h"
#include "sip/guest_talk.h"
#include "sip/options.h"
#include "sip/pager.h"
#include "sip/peer_questions.h"
#include "sip/refer.h"
#include "sip/two_party.h"

// LIMIT: threads remembered for page mode (IM-06).
#define THREADS 10000
// Shutdown: how long BYEs and CANCELs may wait for their answers.
#define SHUTDOWN_MS 3000
// Reading from XMPP waits while more than this share of the cap on open client transactions was
// sent lately (library-facts B3). Those not answered in time do not count: one silent peer must not
// hold up what others say, and the proofs of what came from SIP.
#define BUSY_SHARE 4

GQuark sipgate_error_quark(void)
{
    return g_quark_from_static_string("sipgate-error-quark");
}

struct SipGate {
    GateCore core;
    GateAgent *sip;       // owned
    GateMsrp *msrp;       // owned
    Pager *pager;         // owned
    TwoParty *legs;       // owned
    FocusHost *rooms;     // owned
    FocusDoor *door;      // owned
    Options *options;     // owned
    Refer *refer;         // owned
    Guest *guests;        // owned
    PeerQuestions *asked; // owned
    uint64_t unknown_commands;
    bool started;
};

// --- requests from outside

static void on_message(void *owner, const AgentEvent *event)
{
    SipGate *gate = owner;
    pager_on_message(gate->pager, event);
}

// What only a room knows; refused.
static bool refuse_for_room(const AgentEvent *event)
{
    static const char *const tags[] = {EXTENSIONS_REPLACES, EXTENSIONS_LIST_INVITE};
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        if (extensions_has(event->sip, tags[i])) {
            extensions_refuse_one(event, tags[i]);
            return true;
        }
    }
    return false;
}

static void on_invite_of_user(SipGate *gate, const AgentEvent *event, const Parties *parties)
{
    if (refuse_for_room(event)) {
        return;
    }
    if (call_message_is_focus(event->sip)) {
        guest_invited_take(gate->guests, event, parties);
    } else {
        two_party_on_invite(gate->legs, event, parties);
    }
}

static void on_invite(void *owner, const AgentEvent *event)
{
    SipGate *gate = owner;
    g_auto(Parties) parties;
    parties_read(&parties, &gate->core, event);
    if (parties.status == 0 && parties.kind == ROUTE_XMPP_USER) {
        on_invite_of_user(gate, event, &parties);
    } else if (parties.status == 0 && parties.kind == ROUTE_XMPP_ROOM) {
        focus_door_on_invite(gate->door, event, &parties);
    } else {
        parties.status = parties.status != 0 ? parties.status : 404;
        parties_refuse(&parties, event);
    }
}

static void on_options(void *owner, const AgentEvent *event)
{
    SipGate *gate = owner;
    if (gate->options != NULL) {
        options_on_request(gate->options, event);
    } else {
        agent_answer(event, SIP_503_SERVICE_UNAVAILABLE, NULL); // the gate is closing
    }
}

static void on_subscribe(void *owner, const AgentEvent *event)
{
    SipGate *gate = owner;
    focus_host_on_subscribe(gate->rooms, event);
}

static void on_refer(void *owner, const AgentEvent *event)
{
    SipGate *gate = owner;
    if (gate->refer != NULL) {
        refer_on_request(gate->refer, event);
    } else {
        agent_answer(event, SIP_503_SERVICE_UNAVAILABLE, NULL);
    }
}

static void on_dialog_refer(void *owner, const AgentEvent *event, uint64_t leg)
{
    SipGate *gate = owner;
    refer_on_dialog_request(gate->refer, event, leg);
}

static const AgentHandler strangers[] = {{nua_i_message, on_message},
                                         {nua_i_invite, on_invite},
                                         {nua_i_options, on_options},
                                         {nua_i_subscribe, on_subscribe},
                                         {nua_i_refer, on_refer},
                                         {0, NULL}};

// --- commands

static bool on_message_command(SipGate *gate, const Command *command)
{
    if (command->f.leg != 0) {
        two_party_send(gate->legs, &command->f);
    } else {
        pager_send(gate->pager, command);
    }
    return true;
}

static bool on_chat_state(SipGate *gate, const Command *command)
{
    if (command->f.nick != NULL) { // of an occupant, hence in a room
        return focus_host_send_state(gate->rooms, &command->f);
    }
    if (guest_has(gate->guests, command->f.leg)) {
        guest_talk_send_state(gate->guests, &command->f);
    } else if (command->f.leg != 0) {
        two_party_send_state(gate->legs, &command->f);
    } else {
        pager_send(gate->pager, command);
    }
    return true;
}

static bool on_receipt(SipGate *gate, const Command *command)
{
    if (command->f.leg != 0) {
        two_party_send_receipt(gate->legs, &command->f);
    } else {
        pager_send(gate->pager, command);
    }
    return true;
}

// A conference leg cannot be narrowed to a two-party leg yet: it is ended, and told to be down.
static bool on_open_leg(SipGate *gate, const Command *command)
{
    if (command->f.how == HOW_NARROW)
        focus_host_expel(gate->rooms, &command->f);
    two_party_open(gate->legs, command);
    return true;
}

static bool on_ask_peer(SipGate *gate, const Fields *f)
{
    peer_questions_ask(gate->asked, f);
    return true;
}

static bool on_invite_to_room(SipGate *gate, const Fields *f)
{
    focus_host_dial(gate->rooms, f);
    return true;
}

static bool on_room_message(SipGate *gate, const Fields *f)
{
    if (guest_has(gate->guests, f->leg)) {
        guest_talk_send(gate->guests, f);
    } else {
        focus_host_send(gate->rooms, f);
    }
    return true;
}

static bool on_enter_room(SipGate *gate, const Fields *f)
{
    guest_enter(gate->guests, f);
    return true;
}

static bool on_room_nick(SipGate *gate, const Fields *f)
{
    guest_nick_change(gate->guests, f);
    return true;
}

static bool on_room_request(SipGate *gate, const Fields *f)
{
    guest_request(gate->guests, f);
    return true;
}

// A yes is carried out by entering the room.
static bool on_answer_invite(SipGate *gate, const Fields *f)
{
    return f->how == HOW_YES || ref_table_refuse(gate->core.refs, f->ref, f);
}

// An offer may be gone before it is answered; the number has been given out all the same. Only to a room it has a nick.
static bool on_answer_leg(SipGate *gate, const Command *command)
{
    bool known = ref_table_answer(gate->core.refs, command->f.ref, &command->f);
    if (!known && command->f.nick == NULL) {
        two_party_answer_late(gate->legs, command->f.leg);
    } else if (!known) {
        focus_door_answer_late(gate->door, command->f.leg);
    }
    return known;
}

static void execute(void *self, const Command *command)
{
    SipGate *gate = self;
    GateCore *core = &gate->core;
    const Fields *f = &command->f;
    bool known = false;
    if (!gate->started || core->closing) {
        return;
    }
    switch (command->kind) {
    case COMMAND_MESSAGE: known = on_message_command(gate, command); break;
    case COMMAND_CHAT_STATE: known = on_chat_state(gate, command); break;
    case COMMAND_RECEIPT: known = on_receipt(gate, command); break;
    case COMMAND_ACCEPT: known = ref_table_accept(core->refs, f->ref); break;
    case COMMAND_REFUSE: known = ref_table_refuse(core->refs, f->ref, f); break;
    case COMMAND_REPORT: known = ref_table_report(core->refs, f->ref, f); break;
    case COMMAND_ANSWER_LEG: known = on_answer_leg(gate, command); break;
    case COMMAND_OPEN_LEG: known = on_open_leg(gate, command); break;
    case COMMAND_CLOSE_LEG:
        known = two_party_close(gate->legs, f) || focus_host_expel(gate->rooms, f);
        break;
    case COMMAND_ASK_PEER: known = on_ask_peer(gate, f); break;
    case COMMAND_INVITE_TO_ROOM: known = on_invite_to_room(gate, f); break;
    case COMMAND_WITHDRAW_INVITE: known = focus_host_withdraw(gate->rooms, f); break;
    case COMMAND_ADMIT: known = focus_host_admit(gate->rooms, f); break;
    case COMMAND_EXPEL: known = focus_host_expel(gate->rooms, f); break;
    case COMMAND_ROOM_ROSTER:
    case COMMAND_ROOM_SUBJECT: known = focus_host_roster(gate->rooms, command); break;
    case COMMAND_ROOM_MESSAGE: known = on_room_message(gate, f); break;
    case COMMAND_ANSWER_INVITE: known = on_answer_invite(gate, f); break;
    case COMMAND_ROOM_NICK: known = on_room_nick(gate, f); break;
    case COMMAND_ROOM_REQUEST: known = on_room_request(gate, f); break;
    case COMMAND_ENTER_ROOM: known = on_enter_room(gate, f); break;
    case COMMAND_LEAVE_ROOM: known = guest_leave(gate->guests, f); break;
    case COMMAND_ROOM_RESULT: known = ref_table_answer(core->refs, f->ref, f); break;
    case COMMAND_GONE:
    case COMMAND_TIMER:
    case COMMAND_STORE: break;
    }
    gate->unknown_commands += !known;
    agent_kick(core->agent);
}

// --- building

bool sipgate_check_tls(const SipGateTls *files, GError **error)
{
    g_autoptr(MsrpTlsKeys) keys = gate_msrp_load_keys(files, error);
    return keys != NULL;
}

static bool build(SipGate *gate, const SipGateConfig *config, char **why)
{
    gate->core.refs = ref_table_new();
    gate->core.legs = leg_table_new();
    gate->core.threads = thread_table_new(THREADS, config->settings->sticky_call_id);
    gate->core.imdn = imdn_book_new(config->route);
    gate->core.realms = realms_new();
    gate->core.hops = next_hops_new();
    for (size_t i = 0; i < config->realm_count; i++) {
        const SipGateRealm *realm = &config->realms[i];
        realms_add(gate->core.realms, realm->realm, realm->user, realm->password);
    }
    gate->core.route = config->route;
    gate->core.settings = config->settings;
    gate->core.sink = config->sink;
    gate->pager = pager_new(&gate->core);
    gate->legs = two_party_new(&gate->core, gate->pager);
    gate->rooms = focus_host_new(&gate->core);
    gate->door = focus_door_new(&gate->core, gate->rooms);
    gate->guests = guest_new(&gate->core);
    gate->options = options_new(&gate->core);
    gate->refer = refer_new(&gate->core, gate->rooms);
    focus_host_set_refer(gate->rooms, on_dialog_refer, gate);
    gate->asked = peer_questions_new(&gate->core);
    gate->sip = gate_agent_new(config);
    gate->msrp = gate_msrp_new(config, why);
    if (gate->msrp == NULL) {
        return false;
    }
    gate->core.agent = gate_agent_build(gate->sip, config, strangers, gate, why);
    return gate->core.agent != NULL;
}

SipGate *sipgate_new(const SipGateConfig *config, GError **error)
{
    g_autoptr(SipGate) gate = g_new0(SipGate, 1);
    g_autofree char *why = NULL;
    if (!build(gate, config, &why)) {
        g_set_error_literal(error, SIPGATE_ERROR, SIPGATE_ERROR_CONFIG, why);
        return NULL;
    }
    return g_steal_pointer(&gate);
}

static void raise_link(SipGate *gate)
{
    Event *event = event_new(EVENT_LINK, SIDE_SIP);
    event->f.how = HOW_UP;
    gate_core_raise(&gate->core, event);
}

bool sipgate_start(SipGate *gate, GError **error)
{
    g_autofree char *why = NULL;
    if (!agent_start(gate->core.agent, &why)) {
        g_set_error_literal(error, SIPGATE_ERROR, SIPGATE_ERROR_LISTEN, why);
        return false;
    }
    gate->core.msrp = gate_msrp_start(gate->msrp, error);
    if (gate->core.msrp == NULL) {
        return false;
    }
    gate->started = true;
    raise_link(gate);
    return true;
}

Port sipgate_port(SipGate *gate)
{
    return (Port){.side = SIDE_SIP, .self = gate, .execute = execute};
}

// --- the end

void sipgate_shutdown(SipGate *gate, void (*done)(void *self), void *self)
{
    gate->core.closing = true;
    pager_close(gate->pager);
    g_clear_pointer(&gate->asked, peer_questions_free);
    g_clear_pointer(&gate->options, options_free);
    g_clear_pointer(&gate->refer, refer_free);
    two_party_close_all(gate->legs);
    focus_door_close_all(gate->door);
    focus_host_close_all(gate->rooms);
    guest_close_all(gate->guests);
    agent_shutdown(gate->core.agent, SHUTDOWN_MS, done, self);
}

void sipgate_free(SipGate *gate)
{
    if (gate == NULL) {
        return;
    }
    gate->core.closing = true;
    two_party_free(gate->legs);
    focus_door_free(gate->door);
    focus_host_free(gate->rooms);
    guest_free(gate->guests);
    pager_free(gate->pager);
    peer_questions_free(gate->asked);
    options_free(gate->options);
    refer_free(gate->refer);
    agent_free(gate->core.agent);
    msrp_free(gate->core.msrp);
    gate_msrp_free(gate->msrp);
    leg_table_free(gate->core.legs);
    ref_table_free(gate->core.refs);
    thread_table_free(gate->core.threads);
    realms_free(gate->core.realms);
    next_hops_free(gate->core.hops);
    imdn_book_free(gate->core.imdn);
    gate_agent_free(gate->sip);
    g_free(gate);
}

// --- numbers

bool sipgate_is_busy(const SipGate *gate)
{
    unsigned share = (unsigned)(gate->core.settings->sip_pending / BUSY_SHARE);
    return pager_young_count(gate->pager) > share;
}

static uint64_t frames(const SipGate *gate, MsrpDirection direction)
{
    uint64_t sum = 0;
    for (int kind = 0; gate->core.msrp != NULL && kind < MSRP_KIND_COUNT; kind++) {
        sum += msrp_counts(gate->core.msrp)->frames[direction][kind];
    }
    return sum;
}

SipGateCounters sipgate_counters(const SipGate *gate)
{
    return (SipGateCounters){.msrp_in = frames(gate, MSRP_RECEIVED),
                             .msrp_out = frames(gate, MSRP_SENT),
                             .refused_peers = agent_refused_count(gate->core.agent),
                             .overloads = gate->core.overloads,
                             .unknown_commands = gate->unknown_commands,
                             .calls = leg_table_count(gate->core.legs),
                             .pages_out = pager_sent_count(gate->pager),
                             .pages_in = pager_in_count(gate->pager)};
}
