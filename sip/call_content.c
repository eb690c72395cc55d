// SPDX-License-Identifier: MIT
// Content in, until its last answer; see call_content.h.
#include "sip/call_content.h"

// LIMIT: accepted messages of a leg without a REPORT; the oldest gets none, which is told. The
// stack below remembers no more either.
#define REPORTS_OPEN_MAX 256

struct CallContent {
    GateCore *core;      // borrowed
    uint64_t leg;        // 0: none yet
    GHashTable *waiting; // owned; set of Waiting (owned)
    GQueue accepted;     // links inside Waiting: those that may still be reported, oldest first
};

typedef struct {
    CallContent *content; // borrowed
    MsrpSession *session; // borrowed; a re-INVITE may have replaced it
    uint64_t ref;
    GList accepted; // its place in CallContent.accepted; without data: not there
    guint deadline; // GSource id, of a nickname; 0: content
} Waiting;

static void waiting_free(void *data)
{
    Waiting *waiting = data;
    if (waiting->accepted.data != NULL) {
        g_queue_unlink(&waiting->content->accepted, &waiting->accepted);
    }
    g_clear_handle_id(&waiting->deadline, g_source_remove);
    ref_table_remove(waiting->content->core->refs, waiting->ref);
    g_free(waiting);
}

CallContent *call_content_new(GateCore *core)
{
    CallContent *content = g_new0(CallContent, 1);
    content->core = core;
    content->waiting = g_hash_table_new_full(NULL, NULL, waiting_free, NULL);
    return content;
}

void call_content_free(CallContent *content)
{
    if (content == NULL) {
        return;
    }
    g_hash_table_unref(content->waiting);
    g_free(content);
}

void call_content_set_leg(CallContent *content, uint64_t leg)
{
    content->leg = leg;
}

// Of what came under this ref nothing can be reported any more, though its leg may go on.
static void tell_over(const Waiting *waiting)
{
    Event *event = event_new(EVENT_REF_OVER, SIDE_SIP);
    event->f.leg = waiting->content->leg;
    event->f.ref = waiting->ref;
    gate_core_raise(waiting->content->core, event);
}

static void settle(Waiting *waiting)
{
    g_hash_table_remove(waiting->content->waiting, waiting);
}

// The REPORT waits for the reader, who may never say anything.
static void on_accept(void *owner, uint64_t ref, uint64_t key)
{
    Waiting *waiting = owner;
    GQueue *accepted = &waiting->content->accepted;
    msrp_session_accept(waiting->session, (uint32_t)key);
    waiting->accepted.data = waiting;
    g_queue_push_tail_link(accepted, &waiting->accepted);
    if (accepted->length > REPORTS_OPEN_MAX) {
        Waiting *oldest = accepted->head->data;
        tell_over(oldest);
        settle(oldest);
    }
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Waiting *waiting = owner;
    int status = fields->status != 0 ? (int)fields->status : failure_to_msrp(fields->failure);
    msrp_session_refuse(waiting->session, (uint32_t)key, status, fields->text);
    settle(waiting);
}

static void on_report(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Waiting *waiting = owner;
    bool failed = fields->failure != FAILURE_NONE;
    msrp_session_report(waiting->session, (uint32_t)key,
                        failed ? failure_to_msrp(fields->failure) : 200);
    settle(waiting);
}

static const RefFuncs ref_funcs = {.accept = on_accept, .refuse = on_refuse, .report = on_report};

uint64_t call_content_hold(CallContent *content, MsrpSession *session, uint32_t number)
{
    Waiting *waiting = g_new0(Waiting, 1);
    *waiting = (Waiting){.content = content, .session = session};
    waiting->ref = ref_table_add(content->core->refs, &ref_funcs, waiting, number);
    g_hash_table_add(content->waiting, waiting);
    return waiting->ref;
}

static void on_nickname_accept(void *owner, uint64_t ref, uint64_t key)
{
    Waiting *waiting = owner;
    msrp_session_accept(waiting->session, (uint32_t)key);
    settle(waiting);
}

// RFC 7701 7.1: in use or reserved, malformed, or not allowed.
static int nickname_status(FailureReason failure)
{
    if (failure == FAILURE_CONFLICT || failure == FAILURE_NOT_ACCEPTABLE) {
        return 425;
    }
    if (failure == FAILURE_JID_MALFORMED || failure == FAILURE_BAD_REQUEST) {
        return 424;
    }
    return failure == FAILURE_REMOTE_SERVER_TIMEOUT ? 408 : 403;
}

static void on_nickname_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Waiting *waiting = owner;
    msrp_session_refuse(waiting->session, (uint32_t)key, nickname_status(fields->failure),
                        fields->text);
    settle(waiting);
}

static const RefFuncs nickname_funcs = {.accept = on_nickname_accept, .refuse = on_nickname_refuse};

static gboolean on_nickname_deadline(gpointer data)
{
    Waiting *waiting = data;
    waiting->deadline = 0;
    ref_table_refuse(waiting->content->core->refs, waiting->ref,
                     &(Fields){.failure = FAILURE_REMOTE_SERVER_TIMEOUT});
    return G_SOURCE_REMOVE;
}

uint64_t call_content_hold_nickname(CallContent *content, MsrpSession *session, uint32_t number)
{
    int64_t theirs_ms = content->core->settings->T_tx;
    Waiting *waiting = g_new0(Waiting, 1);
    *waiting = (Waiting){.content = content, .session = session};
    waiting->ref = ref_table_add(content->core->refs, &nickname_funcs, waiting, number);
    waiting->deadline =
        g_timeout_add((guint)(theirs_ms - theirs_ms / 10), on_nickname_deadline, waiting);
    g_hash_table_add(content->waiting, waiting);
    return waiting->ref;
}

void call_content_forget(CallContent *content, const MsrpSession *session, bool is_told)
{
    GHashTableIter each;
    void *key;
    g_hash_table_iter_init(&each, content->waiting);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        const Waiting *waiting = key;
        if (waiting->session != session) {
            continue;
        }
        if (is_told && waiting->deadline == 0) {
            tell_over(waiting);
        }
        g_hash_table_iter_remove(&each);
    }
}
