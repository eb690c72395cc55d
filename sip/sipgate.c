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
#include "sip/gate_core.h"
#include "sip/guest.h"
#include "sip/guest_invited.h"
#include "sip/guest_nick.h"
#include "sip/guest_talk.h"
#include "sip/hop.h"
#include "sip/msrp/msrp_tls_keys.h"
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
// A stanza round a text (CHAT-22), and the most we take whatever the stanza limit.
#define STANZA_OVERHEAD 2048
#define LARGEST         (1024 * 1024)

GQuark sipgate_error_quark(void)
{
    return g_quark_from_static_string("sipgate-error-quark");
}

struct SipGate {
    GateCore core;
    Peers *peers;         // owned
    Peers *trusted;       // owned
    Pager *pager;         // owned
    TwoParty *legs;       // owned
    FocusHost *rooms;     // owned
    FocusDoor *door;      // owned
    Options *options;     // owned
    Refer *refer;         // owned
    Guest *guests;        // owned
    PeerQuestions *asked; // owned
    Hop *msrp_listen;     // owned
    char *msrp_advertise; // owned, or NULL
    Hop *tls_listen;       // owned; NULL: no MSRP over TLS
    MsrpTlsKeys *tls_keys; // owned, likewise
    uint64_t unknown_commands;
    bool started;
    void (*trace)(void *trace_self, const SipGateTrace *trace); // NULL: no traces
    void *trace_self;                                           // borrowed
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

// An offer may be gone before it is answered; the number has been given out all the same. Of a room that has been told.
static bool on_answer_leg(SipGate *gate, const Command *command)
{
    bool known = ref_table_answer(gate->core.refs, command->f.ref, &command->f);
    if (!known && command->f.nick == NULL) {
        two_party_answer_late(gate->legs, command->f.leg);
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

static GPtrArray *read_hops(const char *const *texts, char **why)
{
    g_autoptr(GPtrArray) hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
    for (; texts != NULL && *texts != NULL; texts++) {
        Hop *hop = hop_parse(*texts, why);
        if (hop == NULL) {
            return NULL;
        }
        g_ptr_array_add(hops, hop);
    }
    return g_steal_pointer(&hops);
}

static GPtrArray *read_route_hops(const SipGateConfig *config, char **why)
{
    g_autofree const char **texts = g_new0(const char *, config->route_count + 1);
    for (size_t i = 0; i < config->route_count; i++) {
        texts[i] = config->routes[i].hop;
    }
    return read_hops(texts, why);
}

static bool add_addresses(Peers *peers, const char *const *texts, char **why)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        if (!peers_add(peers, *texts)) {
            *why = g_strdup_printf("peer '%s' is neither IP nor IP/BITS", *texts);
            return false;
        }
    }
    return true;
}

static bool add_peers(Peers *peers, const SipGateConfig *config, const GPtrArray *hops, char **why)
{
    if (config->peers != NULL) {
        return add_addresses(peers, config->peers, why);
    }
    peers_add_loopback(peers);
    for (guint i = 0; i < hops->len; i++) {
        const Hop *hop = hops->pdata[i];
        if (!peers_add_host(peers, hop->host)) {
            g_warning("side=sip the host of route %s has no address now: its requests are refused",
                      hop->host);
        }
    }
    return true;
}

static void on_wire(void *self, bool outgoing, const char *peer, const char *text, size_t octets)
{
    const SipGate *gate = self;
    gate->trace(
        gate->trace_self,
        &(SipGateTrace){.outgoing = outgoing, .peer = peer, .text = text, .octets = octets});
}

static Agent *build_agent(SipGate *gate, const SipGateConfig *config, char **why)
{
    g_autoptr(GPtrArray) listen = read_hops(config->listen, why);
    g_autoptr(GPtrArray) hops = listen != NULL ? read_route_hops(config, why) : NULL;
    if (hops == NULL || !add_peers(gate->peers, config, hops, why) ||
        !add_addresses(gate->trusted, config->trusted, why)) {
        return NULL;
    }
    g_autofree AgentRoute *routes = g_new0(AgentRoute, config->route_count + 1);
    for (size_t i = 0; i < config->route_count; i++) {
        routes[i] = (AgentRoute){config->routes[i].sip_domain, hops->pdata[i]};
    }
    return agent_new(&(AgentConfig){.listen = (Hop *const *)listen->pdata,
                                    .listen_count = listen->len,
                                    .advertise = config->advertise,
                                    .resolv_conf = config->resolv_conf,
                                    .tls_dir = config->tls_dir,
                                    .routes = routes,
                                    .route_count = config->route_count,
                                    .peers = gate->peers,
                                    .trusted = gate->trusted,
                                    .strangers = strangers,
                                    .owner = gate,
                                    .t1x64_ms = config->settings->T_sip,
                                    .min_se_s = (unsigned)(config->settings->T_min_se / 1000),
                                    .trace = config->trace != NULL ? on_wire : NULL,
                                    .trace_self = gate},
                     why);
}

static MsrpTlsKeys *load_keys(const SipGateTls *files, GError **error)
{
    return msrp_tls_keys_load(
        &(MsrpTlsFiles){.cert = files->cert, .key = files->key, .ca = files->ca}, error);
}

bool sipgate_check_tls(const SipGateTls *files, GError **error)
{
    g_autoptr(MsrpTlsKeys) keys = load_keys(files, error);
    return keys != NULL;
}

static bool build_tls(SipGate *gate, const SipGateConfig *config, char **why)
{
    g_autoptr(GError) problem = NULL;
    if (config->msrp_tls_listen == NULL) {
        return true;
    }
    gate->tls_listen = hop_parse_plain(config->msrp_tls_listen, why);
    if (gate->tls_listen == NULL) {
        return false;
    }
    gate->tls_keys = load_keys(&config->msrp_tls, &problem);
    if (gate->tls_keys == NULL) {
        *why = g_strdup(problem->message);
    }
    return gate->tls_keys != NULL;
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
    gate->trace = config->trace;
    gate->trace_self = config->trace_self;
    gate->peers = peers_new();
    gate->trusted = peers_new();
    gate->pager = pager_new(&gate->core);
    gate->legs = two_party_new(&gate->core, gate->pager);
    gate->rooms = focus_host_new(&gate->core);
    gate->door = focus_door_new(&gate->core, gate->rooms);
    gate->guests = guest_new(&gate->core);
    gate->options = options_new(&gate->core);
    gate->refer = refer_new(&gate->core, gate->rooms);
    focus_host_set_refer(gate->rooms, on_dialog_refer, gate);
    gate->asked = peer_questions_new(&gate->core);
    gate->msrp_listen = hop_parse_plain(config->msrp_listen, why);
    gate->msrp_advertise = g_strdup(config->msrp_advertise);
    if (gate->msrp_listen == NULL || !build_tls(gate, config, why)) {
        return false;
    }
    gate->core.agent = build_agent(gate, config, why);
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

static void on_frame(void *user, MsrpSession *session, MsrpDirection direction,
                     const uint8_t *octets, size_t length)
{
    const SipGate *gate = user;
    gate->trace(gate->trace_self, &(SipGateTrace){.outgoing = direction == MSRP_SENT,
                                                  .msrp = true,
                                                  .peer = "tcp",
                                                  .text = (const char *)octets,
                                                  .octets = length});
}

// What two-party chats take; rooms have a smaller limit of their own (CHAT-22, MSRP-019).
static uint32_t largest_message(const Settings *settings)
{
    return (uint32_t)CLAMP(settings->max_stanza - STANZA_OVERHEAD, settings->max_size, LARGEST);
}

static Msrp *start_msrp(SipGate *gate, GError **error)
{
    const Settings *settings = gate->core.settings;
    g_autoptr(GError) problem = NULL;
    MsrpConfig config;
    msrp_config_init(&config);
    config.listen_host = gate->msrp_listen->host;
    config.listen_port = gate->msrp_listen->port;
    config.advertise_host = gate->msrp_advertise;
    if (gate->tls_listen != NULL) {
        config.tls_keys = gate->tls_keys;
        config.tls_host = gate->tls_listen->host;
        config.tls_port = gate->tls_listen->port;
    }
    config.max_size = largest_message(settings);
    config.bind_ms = (uint32_t)settings->T_msrp;
    config.transaction_ms = (uint32_t)settings->T_tx;
    config.chunk_ms = (uint32_t)settings->T_chunk;
    config.on_frame = gate->trace != NULL ? on_frame : NULL;
    config.user = gate;
    Msrp *msrp = msrp_new(&config, &problem);
    if (msrp == NULL) {
        g_set_error(error, SIPGATE_ERROR, SIPGATE_ERROR_LISTEN, "MSRP: %s", problem->message);
    }
    return msrp;
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
    gate->core.msrp = start_msrp(gate, error);
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
    hop_free(gate->msrp_listen);
    hop_free(gate->tls_listen);
    msrp_tls_keys_free(gate->tls_keys);
    g_free(gate->msrp_advertise);
    leg_table_free(gate->core.legs);
    ref_table_free(gate->core.refs);
    thread_table_free(gate->core.threads);
    realms_free(gate->core.realms);
    next_hops_free(gate->core.hops);
    imdn_book_free(gate->core.imdn);
    peers_free(gate->peers);
    peers_free(gate->trusted);
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
