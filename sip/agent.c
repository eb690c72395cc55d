// SPDX-License-Identifier: MIT
// The user agent on sofia-sip; see agent.h. Facts about the library that shaped this file are in
// docs/library-facts.md sections A, B and G.
#include "sip/agent.h"

#include <string.h>
#include <sys/socket.h>

struct Agent;
struct Binding;
#define NUA_MAGIC_T  struct Agent
#define NUA_HMAGIC_T struct Binding

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sresolv.h>
#include <sofia-sip/su_glib.h>
#include <sofia-sip/su_tag_io.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>

#include "sip/agent_left.h"
#include "sip/extensions.h"
#include "sip/listeners.h"
#include "sip/sofia_source.h"

// LIMIT: a SIP message from outside; the library answers larger ones 513 or ends the connection. A conference
// of a thousand sends documents of half a megabyte, and more than one is not read (conference_info.c).
#define MESSAGE_OCTETS ((1024 + 64) * 1024)
// LIMIT: messages that wait for one connection to take them; more than may be open both ways.
#define SEND_QUEUE 4096
// One read per turn and datagram: the kernel has to hold what comes in meanwhile
// (library-facts B3).
#define UDP_BUFFER_OCTETS (4 * 1024 * 1024)
// LIMIT: a connection that carries nothing is closed after the life of so many transactions, one
// with half a message after one. After garbage the library reads a connection no more and would
// keep it for ever.
#define IDLE_TRANSACTIONS 4
// Turns the library gets to take itself down outside the loop.
#define LAST_TURNS 1000

// The owner of one handle.
typedef struct Binding {
    const AgentHandler *handlers; // borrowed (static)
    void *owner;                  // borrowed
} Binding;

struct Agent {
    Listeners listeners;
    char *advertise;    // owned, or NULL
    char *resolv_conf;  // owned, or NULL
    char *tls_dir;      // owned, or NULL
    char *addresses[HOP_TRANSPORTS]; // owned; "HOST:PORT", NULL: not listened on
    GHashTable *routes; // owned; SIP domain (owned) -> RouteEntry (owned)
    const Peers *peers; // borrowed, as the next one
    const Peers *trusted;
    const AgentHandler *strangers; // borrowed
    void *owner;                   // borrowed, of strangers
    int64_t t1x64_ms;
    unsigned min_se_s;
    WireLog *log;           // owned
    bool is_traced;
    su_root_t *root;        // owned
    GSource *source;        // borrowed (root)
    SofiaSource *coalescer; // owned
    nua_t *nua;             // owned
    GHashTable *handles;    // owned; nua_handle_t -> Binding (owned)
    uint64_t refused;
    bool stopping;  // nua_shutdown() was called
    bool stopped;   // and has completed
    guint deadline; // GSource id while handles are waited for
    guint idle;     // GSource id of the last step of shutdown
    void (*done)(void *self);
    void *done_self; // borrowed
};

typedef struct {
    char *header; // owned
    HopTransport transport;
} RouteEntry;

struct AgentRequest {
    Agent *agent;               // borrowed
    nua_handle_t *handle;       // borrowed (agent)
    nua_saved_event_t saved[1]; // owned
    bool alone;                 // the handle was made for this request
};

static void route_entry_free(void *data)
{
    RouteEntry *entry = data;
    g_free(entry->header);
    g_free(entry);
}

static void add_routes(Agent *agent, const AgentConfig *config)
{
    for (size_t i = 0; i < config->route_count; i++) {
        RouteEntry *entry = g_new0(RouteEntry, 1);
        g_autofree char *uri = hop_uri(config->routes[i].hop);
        entry->header = g_strdup_printf("<%s;lr>", uri);
        entry->transport = config->routes[i].hop->transport;
        g_hash_table_replace(agent->routes, g_ascii_strdown(config->routes[i].sip_domain, -1),
                             entry);
    }
}

static void note_addresses(Agent *agent)
{
    for (size_t i = 0; i < agent->listeners.count; i++) {
        const Listener *each = &agent->listeners.entries[i];
        const char *host = agent->advertise != NULL ? agent->advertise : each->host;
        bool six = strchr(host, ':') != NULL;
        for (int k = 0; k < HOP_TRANSPORTS; k++) {
            if (agent->addresses[k] == NULL && each->has[k]) {
                agent->addresses[k] =
                    g_strdup_printf("%s%s%s:%u", six ? "[" : "", host, six ? "]" : "", each->port);
            }
        }
    }
}

Agent *agent_new(const AgentConfig *config, char **why)
{
    Listeners listeners;
    if (!listeners_init(&listeners, config->listen, config->listen_count, why)) {
        return NULL;
    }
    Agent *agent = g_new0(Agent, 1);
    agent->listeners = listeners;
    agent->advertise = g_strdup(config->advertise);
    agent->resolv_conf = g_strdup(config->resolv_conf);
    agent->tls_dir = g_strdup(config->tls_dir);
    agent->routes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, route_entry_free);
    agent->peers = config->peers;
    agent->trusted = config->trusted;
    agent->strangers = config->strangers;
    agent->owner = config->owner;
    agent->t1x64_ms = config->t1x64_ms;
    agent->min_se_s = config->min_se_s;
    agent->handles = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    agent->log = wire_log_new(config->trace, config->trace_self);
    agent->is_traced = config->trace != NULL;
    add_routes(agent, config);
    note_addresses(agent);
    return agent;
}

// --- the last step

static gboolean finish_shutdown(gpointer data)
{
    Agent *agent = data;
    if (!agent->stopped) {
        return G_SOURCE_CONTINUE;
    }
    void (*done)(void *) = agent->done;
    agent->done = NULL;
    agent->idle = 0;
    done(agent->done_self);
    return G_SOURCE_REMOVE;
}

// Stops the library; whoever waits is told from the loop, since that may free the agent.
static void stop(Agent *agent)
{
    if (agent->stopping) {
        return;
    }
    agent->stopping = true;
    g_clear_handle_id(&agent->deadline, g_source_remove);
    agent->stopped = agent->nua == NULL;
    nua_shutdown(agent->nua);
    agent_kick(agent);
    agent->idle = g_timeout_add(1, finish_shutdown, agent);
}

// --- handles

struct nua_handle_s *agent_handle_new(Agent *agent, const AgentHandler *handlers, void *owner,
                                      const char *to, const char *from)
{
    nua_handle_t *handle =
        nua_handle(agent->nua, NULL, SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), TAG_END());
    agent_handle_bind(agent, handle, handlers, owner);
    agent_kick(agent);
    return handle;
}

void agent_handle_bind(Agent *agent, struct nua_handle_s *handle, const AgentHandler *handlers,
                       void *owner)
{
    Binding *binding = g_new0(Binding, 1);
    *binding = (Binding){.handlers = handlers, .owner = owner};
    nua_handle_bind(handle, binding);
    g_hash_table_replace(agent->handles, handle, binding);
}

void agent_handle_drop(Agent *agent, struct nua_handle_s *handle)
{
    if (handle == NULL) {
        return;
    }
    nua_handle_bind(handle, NULL);
    g_hash_table_remove(agent->handles, handle);
    nua_handle_destroy(handle);
    agent_kick(agent);
    if (agent->done != NULL && g_hash_table_size(agent->handles) == 0) {
        stop(agent);
    }
}

static void drop_all(Agent *agent)
{
    g_autofree gpointer *handles = g_hash_table_get_keys_as_array(agent->handles, NULL);
    for (gpointer *each = handles; *each != NULL; each++) {
        agent_handle_drop(agent, *each);
    }
}

void agent_handle_leave(Agent *agent, struct nua_handle_s *handle, AgentLeave leave)
{
    if (handle != NULL) {
        agent_handle_bind(agent, handle, agent_left_handlers(leave), agent);
    }
}

// --- events

static bool is_request(int event)
{
    static const int requests[] = {nua_i_invite, nua_i_message, nua_i_subscribe, nua_i_options,
                                   nua_i_update, nua_i_refer,   nua_i_info,      nua_i_publish,
                                   nua_i_notify, nua_i_method,  nua_i_register,  nua_i_prack};
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (requests[i] == event) {
            return true;
        }
    }
    return false;
}

// What the library makes up itself comes from nobody.
static bool is_from(const Agent *agent, const Peers *peers, bool otherwise)
{
    msg_t *message = nua_current_request(agent->nua);
    return message != NULL ? peers_has(peers, &msg_addr(message)->su_sa) : otherwise;
}

static void dispatch(const AgentHandler *handlers, void *owner, const AgentEvent *event)
{
    for (; handlers->run != NULL; handlers++) {
        if (handlers->event == event->event) {
            handlers->run(owner, event);
            return;
        }
    }
    if (!is_request(event->event) || event->status >= 200) {
        return;
    }
    if (event->event == nua_i_subscribe) {
        agent_answer(event, SIP_489_BAD_EVENT, NULL);
    } else {
        agent_answer(event, SIP_405_METHOD_NOT_ALLOWED, NULL);
    }
}

static int substate_of(const tagi_t *tags)
{
    const tagi_t *tag = tl_find(tags, nutag_substate);
    return tag != NULL ? (int)tag->t_value : -1;
}

static const struct sip_event_s *package_of(const tagi_t *tags)
{
    const tagi_t *tag = tl_find(tags, nutag_refer_event);
    tag = tag != NULL ? tag : tl_find(tags, siptag_event);
    return tag != NULL ? (const struct sip_event_s *)tag->t_value : NULL;
}

static void on_nua(nua_event_t event, int status, char const *phrase, nua_t *nua,
                   nua_magic_t *magic, nua_handle_t *handle, nua_hmagic_t *binding,
                   sip_t const *sip, tagi_t tags[])
{
    Agent *agent = magic;
    AgentEvent told = {.agent = agent,
                       .event = event,
                       .status = status,
                       .phrase = phrase,
                       .handle = handle,
                       .sip = sip,
                       .package = package_of(tags),
                       .substate = substate_of(tags),
                       .is_local = sip == NULL || nta_sip_is_internal(sip),
                       .is_trusted = is_request(event) && is_from(agent, agent->trusted, false)};
    if (event == nua_r_shutdown) {
        agent->stopped = agent->stopped || status >= 200;
    } else if (handle == NULL) {
        return;
    } else if (is_request(event) && status < 200 && !is_from(agent, agent->peers, true)) {
        g_autofree char *warning = agent_warning(agent, 399, "not from a configured peer");
        agent->refused++;
        agent_answer(&told, SIP_403_FORBIDDEN, warning);
    } else if (is_request(event) && status < 200 && extensions_refuse(&told, binding == NULL)) {
        return;
    } else if (binding != NULL) {
        dispatch(binding->handlers, binding->owner, &told);
    } else if (is_request(event) && status < 200) {
        dispatch(agent->strangers, agent->owner, &told);
    } else {
        agent_handle_drop(agent, handle); // answered by the library, or the rest of something over
    }
}

// --- requests

const char *agent_address(const Agent *agent, HopTransport *transport)
{
    for (int k = 0; k < HOP_TRANSPORTS && agent->addresses[*transport] == NULL; k++) {
        *transport = (HopTransport)k;
    }
    return agent->addresses[*transport];
}

AgentRequest *agent_request_new(Agent *agent, const AgentEvent *event)
{
    static const AgentHandler nobody[] = {{0, NULL}};
    AgentRequest *request = g_new0(AgentRequest, 1);
    request->agent = agent;
    request->handle = event->handle;
    request->alone = !g_hash_table_contains(agent->handles, event->handle);
    nua_save_event(agent->nua, request->saved);
    if (request->alone) {
        agent_handle_bind(agent, event->handle, nobody, NULL);
    }
    return request;
}

struct msg_s *agent_request_message(const AgentRequest *request)
{
    return nua_saved_event_request(request->saved);
}

struct nua_handle_s *agent_request_handle(const AgentRequest *request)
{
    return request->handle;
}

void agent_request_free(AgentRequest *request)
{
    nua_destroy_event(request->saved);
    if (request->alone) {
        agent_handle_drop(request->agent, request->handle);
    }
    g_free(request);
}

char *agent_warning(const Agent *agent, int code, const char *text)
{
    HopTransport any = HOP_UDP;
    return g_strdup_printf("%d %s \"%s\"", code, agent_address(agent, &any), text);
}

void agent_drop_stranger(const AgentEvent *event)
{
    if (!g_hash_table_contains(event->agent->handles, event->handle)) {
        agent_handle_drop(event->agent, event->handle);
    }
}

void agent_answer(const AgentEvent *event, int status, const char *phrase, const char *warning)
{
    Agent *agent = event->agent;
    nua_respond(event->handle, status, phrase, NUTAG_WITH_THIS(agent->nua),
                TAG_IF(warning != NULL, SIPTAG_WARNING_STR(warning)), TAG_END());
    agent_drop_stranger(event);
}

// --- start and end

static nua_t *create_nua(Agent *agent)
{
    char *urls[LISTENERS_MAX] = {NULL};
    for (size_t i = 0; i < agent->listeners.count; i++) {
        urls[i] = listeners_url(&agent->listeners.entries[i], agent->advertise);
    }
    nua_t *nua = nua_create(
        agent->root, on_nua, agent, NUTAG_URL(urls[0]),
        TAG_IF(urls[1] != NULL, NUTAG_SIPS_URL(urls[1])), TPTAG_LOG(agent->is_traced),
        TAG_IF(agent->tls_dir != NULL, TPTAG_CERTIFICATE(agent->tls_dir)),
        TPTAG_TLS_VERIFY_POLICY(TPTLS_VERIFY_OUTGOING),
        TPTAG_STUN_SERVER(0),
        TPTAG_IDLE((unsigned)(IDLE_TRANSACTIONS * agent->t1x64_ms)),
        TPTAG_TIMEOUT((unsigned)agent->t1x64_ms), TPTAG_QUEUESIZE(SEND_QUEUE),
        TPTAG_UDP_RMEM(UDP_BUFFER_OCTETS), NTATAG_MAXSIZE(MESSAGE_OCTETS),
        NTATAG_SIPFLAGS(MSG_DO_EXTRACT_COPY), // the text of Date is wanted (page_message.c)
        NTATAG_SIP_T1X64((unsigned)agent->t1x64_ms), SIPTAG_USER_AGENT_STR(AGENT_NAME),
        NUTAG_MEDIA_ENABLE(0), NUTAG_AUTOANSWER(0), NUTAG_AUTOALERT(0), NUTAG_AUTOACK(1),
        NUTAG_SESSION_TIMER(0), NUTAG_MIN_SE(agent->min_se_s), NUTAG_EARLY_MEDIA(0),
        TAG_IF(agent->resolv_conf != NULL, SRESTAG_RESOLV_CONF(agent->resolv_conf)),
        NUTAG_RETRY_COUNT(0), NUTAG_AUTO302(0), NUTAG_AUTO305(0), NUTAG_ENABLEMESSENGER(0),
        SIPTAG_SUPPORTED_STR(EXTENSIONS_ALL), SIPTAG_ALLOW_STR(AGENT_ALLOW ", REFER"), NUTAG_APPL_METHOD(NULL),
        NUTAG_APPL_METHOD("INVITE, MESSAGE, OPTIONS, SUBSCRIBE, UPDATE, REFER"),
        NUTAG_ALLOW_EVENTS("conference"), NUTAG_APPL_EVENT("conference"), TAG_END());
    for (size_t i = 0; i < agent->listeners.count; i++) {
        g_free(urls[i]);
    }
    return nua;
}

bool agent_start(Agent *agent, char **why)
{
    if (!listeners_probe(&agent->listeners, why)) {
        return false;
    }
    su_init();
    agent->root = su_glib_root_create(NULL);
    su_root_threading(agent->root, 0);
    agent->source = su_glib_root_gsource(agent->root);
    agent->coalescer = sofia_source_new(agent->source, NULL);
    g_source_attach(agent->source, NULL);
    agent->nua = create_nua(agent);
    if (agent->nua == NULL) {
        *why = g_strdup("the SIP library could not listen");
    }
    return agent->nua != NULL;
}

static gboolean on_deadline(gpointer data)
{
    Agent *agent = data;
    agent->deadline = 0;
    drop_all(agent);
    stop(agent);
    return G_SOURCE_REMOVE;
}

void agent_shutdown(Agent *agent, unsigned ms, void (*done)(void *self), void *self)
{
    agent->done = done;
    agent->done_self = self;
    if (g_hash_table_size(agent->handles) == 0) {
        stop(agent);
    } else {
        agent->deadline = g_timeout_add(ms, on_deadline, agent);
    }
}

static void take_down(Agent *agent)
{
    if (agent->nua != NULL && !agent->stopping) {
        drop_all(agent);
        nua_shutdown(agent->nua);
    }
    for (int i = 0; agent->nua != NULL && !agent->stopped && i < LAST_TURNS; i++) {
        sofia_source_turn(agent->coalescer);
    }
    nua_destroy(agent->nua);
    g_source_destroy(agent->source);
    su_root_destroy(agent->root);
    su_deinit();
}

void agent_free(Agent *agent)
{
    if (agent == NULL) {
        return;
    }
    agent->done = NULL;
    g_clear_handle_id(&agent->deadline, g_source_remove);
    g_clear_handle_id(&agent->idle, g_source_remove);
    if (agent->root != NULL) {
        take_down(agent);
    }
    sofia_source_free(agent->coalescer);
    wire_log_free(agent->log);
    g_hash_table_unref(agent->handles);
    g_hash_table_unref(agent->routes);
    listeners_clear(&agent->listeners);
    for (int k = 0; k < HOP_TRANSPORTS; k++) {
        g_free(agent->addresses[k]);
    }
    g_free(agent->advertise);
    g_free(agent->resolv_conf);
    g_free(agent->tls_dir);
    g_free(agent);
}

// --- small things

struct nua_s *agent_nua(Agent *agent)
{
    agent_kick(agent);
    return agent->nua;
}

void agent_kick(Agent *agent)
{
    if (agent->coalescer != NULL) {
        sofia_source_kick(agent->coalescer);
    }
}

const char *agent_phrase(struct nua_handle_s *handle, const char *phrase)
{
    return su_strdup(nua_handle_home(handle), phrase);
}

const char *agent_route(const Agent *agent, const char *uri, HopTransport *transport)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const url_t *url = url_make(home, uri);
    const char *host = url != NULL ? url->url_host : NULL;
    g_autofree char *domain = g_ascii_strdown(host != NULL ? host : "", -1);
    const RouteEntry *entry = g_hash_table_lookup(agent->routes, domain);
    su_home_deinit(home);
    if (transport != NULL) {
        *transport = entry != NULL ? entry->transport : HOP_UDP;
    }
    return entry != NULL ? entry->header : NULL;
}

uint64_t agent_refused_count(const Agent *agent)
{
    return agent->refused;
}
