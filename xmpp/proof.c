// SPDX-License-Identifier: MIT
// Proof that a line was taken; see the header.
#include "xmpp/proof.h"

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"

// LIMIT: lines without proof; the next one is refused with resource-constraint.
enum { ROWS_MAX = 100000 };
// LIMIT: lines remembered for a late error.
enum { RECENT_MAX = 4096 };
// pings to one host are this far apart.
enum { PING_PACE_MS = 2 };
// A ping that found the queue full is tried again.
enum { PING_AGAIN_MS = 100 };
// While nobody reads, deadlines are only looked at so often.
enum { PAUSED_LOOK_MS = 1000 };

const WireFate proof_no_link = {FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST,
                                "no link to the XMPP server", NULL};
const WireFate proof_link_lost = {FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST,
                                  "link to the XMPP server lost", NULL};
const WireFate proof_queue_full = {FAILURE_RESOURCE_CONSTRAINT, HOW_REFUSED,
                                   "the queue to the XMPP server is full", NULL};
static const WireFate SILENT = {FAILURE_REMOTE_SERVER_TIMEOUT, HOW_TIMEOUT,
                                "the XMPP server does not answer", NULL};

// A host that proves, as seen from one component domain (two domains are two streams).
typedef struct {
    Proof *proof;     // borrowed
    char *domain;     // owned, ours
    char *host;       // owned
    GQueue rows;      // links inside Row, oldest first
    bool is_asked;    // a ping is under way
    int64_t asked_ms; // when the last one was sent
    Deadline *pace;   // until the next may be sent
    Deadline *oldest; // until the oldest row has waited too long
} Host;

typedef struct {
    Proof *proof; // borrowed
    uint64_t row;
    char *key;       // owned
    Host *host;      // borrowed; NULL = held only
    bool is_covered; // sent before the ping that is under way
    int64_t sent_ms;
    Deadline *hold;
    char *domain;  // owned, ours
    GList in_host; // its place in Host.rows
    GList in_all;  // its place in Proof.all
} Row;

// A good end which an error may still contradict.
typedef struct {
    char *key; // owned
    uint64_t row;
    GList in_order; // its place in Proof.recent_order
} Recent;

struct Proof {
    Wire *wire;          // borrowed
    Iq *iq;              // borrowed
    GHashTable *hosts;   // owned char * "ours host" -> owned Host *
    GHashTable *by_key;  // borrowed char * -> Row *
    GQueue all;          // owned Row *, oldest first
    GHashTable *recent;  // borrowed char * -> Recent *
    GQueue recent_order; // owned Recent *, oldest first
    bool is_paused;
    int64_t paused_ms; // since when
};

// The addresses an error comes back with are those of the line swapped; servers answer from the
// bare address at times.
static char *key_of(const Address *ours, const Address *theirs, const char *id)
{
    return g_strjoin("\n", address_bare(ours), address_bare(theirs), id, NULL);
}

static void host_free(void *data)
{
    Host *host = data;
    deadlines_stop(&host->pace);
    deadlines_stop(&host->oldest);
    g_free(host->domain);
    g_free(host->host);
    g_free(host);
}

Proof *proof_new(Wire *wire, Iq *iq)
{
    Proof *proof = g_new0(Proof, 1);
    proof->wire = wire;
    proof->iq = iq;
    proof->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, host_free);
    proof->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    proof->recent = g_hash_table_new(g_str_hash, g_str_equal);
    return proof;
}

static void row_free(Row *row)
{
    Proof *proof = row->proof;
    deadlines_stop(&row->hold);
    if (row->host != NULL)
        g_queue_unlink(&row->host->rows, &row->in_host);
    g_queue_unlink(&proof->all, &row->in_all);
    if (g_hash_table_lookup(proof->by_key, row->key) == row)
        g_hash_table_remove(proof->by_key, row->key);
    g_free(row->key);
    g_free(row->domain);
    g_free(row);
}

static void recent_free(Proof *proof, Recent *recent)
{
    g_queue_unlink(&proof->recent_order, &recent->in_order);
    if (g_hash_table_lookup(proof->recent, recent->key) == recent)
        g_hash_table_remove(proof->recent, recent->key);
    g_free(recent->key);
    g_free(recent);
}

void proof_free(Proof *proof)
{
    if (proof == NULL)
        return;
    while (proof->all.head != NULL)
        row_free(proof->all.head->data);
    while (proof->recent_order.head != NULL)
        recent_free(proof, proof->recent_order.head->data);
    g_hash_table_unref(proof->by_key);
    g_hash_table_unref(proof->recent);
    g_hash_table_unref(proof->hosts);
    g_free(proof);
}

static void remember(Proof *proof, const Row *row)
{
    Recent *recent = g_new0(Recent, 1);
    recent->key = g_strdup(row->key);
    recent->row = row->row;
    recent->in_order.data = recent;
    g_queue_push_tail_link(&proof->recent_order, &recent->in_order);
    g_hash_table_replace(proof->recent, recent->key, recent);
    if (proof->recent_order.length > RECENT_MAX)
        recent_free(proof, proof->recent_order.head->data);
}

static void row_good(Row *row)
{
    Proof *proof = row->proof;
    uint64_t number = row->row;
    remember(proof, row);
    row_free(row);
    wire_delivered(proof->wire, number, &(WireFate){0});
}

static void row_failed(Row *row, const WireFate *fate)
{
    Wire *wire = row->proof->wire;
    uint64_t number = row->row;
    row_free(row);
    wire_delivered(wire, number, fate);
}

static void on_hold_over(void *self)
{
    row_good(self);
}

static void host_watch_oldest(Host *host);

static void on_oldest(void *self)
{
    Host *host = self;
    Wire *wire = host->proof->wire;
    if (host->proof->is_paused) { // its answer may be here, unread
        host_watch_oldest(host);
        return;
    }
    int64_t limit = wire_now_ms(wire) - wire_settings(wire)->T_proof;
    while (host->rows.head != NULL && ((Row *)host->rows.head->data)->sent_ms <= limit)
        row_failed(host->rows.head->data, &SILENT);
    host_watch_oldest(host);
}

static void host_watch_oldest(Host *host)
{
    Wire *wire = host->proof->wire;
    if (host->rows.head == NULL || host->oldest != NULL)
        return;
    const Row *row = host->rows.head->data;
    int64_t left = row->sent_ms + wire_settings(wire)->T_proof - wire_now_ms(wire);
    if (host->proof->is_paused)
        left = MAX(left, PAUSED_LOOK_MS);
    deadlines_start(wire_deadlines(wire), &host->oldest, left, on_oldest, host);
}

static void host_ask(Host *host);

static void on_pace(void *self)
{
    host_ask(self);
}

static void on_pong(void *self, uint64_t unused, xmpp_stanza_t *answer)
{
    Host *host = self;
    host->is_asked = false;
    while (answer != NULL && host->rows.head != NULL && ((Row *)host->rows.head->data)->is_covered)
        row_good(host->rows.head->data);
    host_ask(host);
}

static void host_ask(Host *host)
{
    Proof *proof = host->proof;
    if (host->is_asked || host->rows.head == NULL || host->pace != NULL)
        return;
    int64_t wait = host->asked_ms + PING_PACE_MS - wire_now_ms(proof->wire);
    if (wait <= 0) {
        xmpp_stanza_t *ping = iq_get(proof->wire, host->domain, host->host, "ping", NS_PING, NULL);
        host->is_asked =
            iq_request(proof->iq, ping, wire_settings(proof->wire)->T_proof, on_pong, host, 0);
        wait = PING_AGAIN_MS;
    }
    if (!host->is_asked) {
        deadlines_start(wire_deadlines(proof->wire), &host->pace, wait, on_pace, host);
        return;
    }
    host->asked_ms = wire_now_ms(proof->wire);
    wire_counters(proof->wire)->pings++;
    for (GList *at = host->rows.head; at != NULL; at = at->next)
        ((Row *)at->data)->is_covered = true;
}

static Host *host_find(Proof *proof, const Address *from, const Address *to)
{
    if (!wire_is_served(proof->wire, address_domain(to), XMPPGATE_USERS))
        return NULL;
    g_autofree char *name = g_strjoin(" ", address_domain(from), address_domain(to), NULL);
    Host *host = g_hash_table_lookup(proof->hosts, name);
    if (host == NULL) {
        host = g_new0(Host, 1);
        *host = (Host){.proof = proof,
                       .domain = g_strdup(address_domain(from)),
                       .host = g_strdup(address_domain(to)),
                       .asked_ms = -PING_PACE_MS};
        g_hash_table_insert(proof->hosts, g_steal_pointer(&name), host);
    }
    return host;
}

static void watch(Proof *proof, uint64_t number, Address *from, Address *to, const char *id)
{
    Row *row = g_new0(Row, 1);
    *row = (Row){.proof = proof, .row = number, .key = key_of(from, to, id)};
    row->domain = g_strdup(address_domain(from));
    row->sent_ms = wire_now_ms(proof->wire);
    row->in_all.data = row->in_host.data = row;
    g_queue_push_tail_link(&proof->all, &row->in_all);
    g_hash_table_replace(proof->by_key, row->key, row);
    row->host = host_find(proof, from, to);
    if (row->host == NULL) {
        deadlines_start(wire_deadlines(proof->wire), &row->hold,
                        wire_settings(proof->wire)->message_hold_ms, on_hold_over, row);
        return;
    }
    g_queue_push_tail_link(&row->host->rows, &row->in_host);
    host_watch_oldest(row->host);
    host_ask(row->host);
}

void proof_send(Proof *proof, xmpp_stanza_t *owned, uint64_t row, Address *from, Address *to)
{
    g_autoptr(xmpp_stanza_t) stanza = owned;
    WireResult result = proof->all.length < ROWS_MAX
                            ? wire_send(proof->wire, xmpp_stanza_clone(stanza), WIRE_LINE)
                            : WIRE_FULL;
    switch (result) {
    case WIRE_SENT:
        if (row != 0)
            watch(proof, row, from, to, xmpp_stanza_get_id(stanza));
        break;
    case WIRE_DOWN: wire_delivered(proof->wire, row, &proof_no_link); break;
    case WIRE_FULL:
        wire_counters(proof->wire)->queue_refused++;
        wire_delivered(proof->wire, row, &proof_queue_full);
        break;
    }
}

bool proof_on_error(Proof *proof, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    const char *id = stanza_attribute(stanza, "id", STANZA_ID_MAX);
    if (id == NULL)
        return false;
    g_autofree char *key = key_of(to, from, id);
    Row *row = g_hash_table_lookup(proof->by_key, key);
    Recent *recent = row == NULL ? g_hash_table_lookup(proof->recent, key) : NULL;
    if (row == NULL && recent == NULL)
        return false;
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    WireFate fate = {error.reason, row != NULL ? HOW_REFUSED : HOW_LATE, error.text, error.target};
    if (row != NULL) {
        row_failed(row, &fate);
        return true;
    }
    uint64_t number = recent->row;
    recent_free(proof, recent);
    wire_delivered(proof->wire, number, &fate);
    return true;
}

void proof_on_link_down(Proof *proof, const char *domain)
{
    for (GList *at = proof->all.head, *next; at != NULL; at = next) {
        next = at->next;
        Row *row = at->data;
        if (g_strcmp0(row->domain, domain) == 0)
            row_failed(row, &proof_link_lost);
    }
}

void proof_pause(Proof *proof, bool is_paused)
{
    int64_t now = wire_now_ms(proof->wire);
    if (proof->is_paused == is_paused)
        return;
    proof->is_paused = is_paused;
    if (is_paused) {
        proof->paused_ms = now;
        return;
    }
    for (GList *at = proof->all.head; at != NULL; at = at->next) {
        Row *row = at->data;
        row->sent_ms += now - MAX(row->sent_ms, proof->paused_ms);
    }
}

size_t proof_count(const Proof *proof)
{
    return proof->all.length;
}
