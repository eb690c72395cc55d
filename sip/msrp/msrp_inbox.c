// SPDX-License-Identifier: MIT
// What a session receives, and who still has to answer for it (RFC 4975 7.2, 7.3.1; RFC 7701 7.1).
#include "sip/msrp/msrp_inbox.h"

#include "sip/msrp/msrp_answer.h"
#include "sip/msrp/msrp_nickname.h"
#include "sip/msrp/msrp_random.h"
#include "sip/msrp/msrp_seen.h"

#include <string.h>

#define WAITING_MAX  64  // LIMIT: requests the owner has not answered; then the peer is not read
#define ANSWERED_MAX 256 // LIMIT: answered messages on which a report may still be made
#define REPEATS_MAX  8   // LIMIT: repetitions of one message that wait with it

// A request that the owner answers, and may report on.
typedef struct {
    uint32_t ref;
    bool is_nickname;
    bool answered;
    bool reported;
    MsrpFailure failure;
    bool success;
    GPtrArray *tids;   // owned, of owned strings: the request and its repetitions
    char *answer_path; // owned
    char *full_path;   // owned: From-Path of the request
    char *message_id;  // owned; NULL for NICKNAME
    uint64_t length;   // of the whole message
} Ref;

struct MsrpInbox {
    MsrpInboxConfig config;
    const MsrpInboxFuncs *funcs; // borrowed for ever
    void *user;                  // borrowed
    MsrpMessage *assembly;       // owned
    MsrpSeen *seen;              // owned
    GHashTable *refs;            // number -> owned Ref
    GQueue answered;             // numbers of answered ones, oldest first
    guint waiting;               // refs that are not answered
    uint32_t last_ref;
    bool saw_parts;
};

static void ref_free(void *data)
{
    Ref *ref = data;
    g_ptr_array_unref(ref->tids);
    g_free(ref->answer_path);
    g_free(ref->full_path);
    g_free(ref->message_id);
    g_free(ref);
}

MsrpInbox *msrp_inbox_new(const MsrpInboxConfig *config, const MsrpInboxFuncs *funcs, void *user)
{
    MsrpInbox *inbox = g_new0(MsrpInbox, 1);
    MsrpMessageLimits limits = {config->max_size, config->chunk_ms, config->budget};
    inbox->config = *config;
    inbox->funcs = funcs;
    inbox->user = user;
    inbox->assembly = msrp_message_new(&limits);
    inbox->seen = msrp_seen_new();
    inbox->refs = g_hash_table_new_full(NULL, NULL, NULL, ref_free);
    g_queue_init(&inbox->answered);
    return inbox;
}

void msrp_inbox_free(MsrpInbox *inbox)
{
    if (inbox == NULL)
        return;
    msrp_message_free(inbox->assembly);
    msrp_seen_free(inbox->seen);
    g_hash_table_unref(inbox->refs);
    g_queue_clear(&inbox->answered);
    g_free(inbox);
}

static void respond(MsrpInbox *inbox, const MsrpFrame *request, int status)
{
    MsrpFailure failure =
        msrp_answer_failure_read(request->field[MSRP_FRAME_FAILURE_REPORT]);
    if (!msrp_answer_wants_response(failure, status))
        return;
    g_autofree char *path = msrp_answer_path(request);
    inbox->funcs->send(inbox->user, MSRP_KIND_RESPONSE,
                       msrp_frame_write_response(request->tid, status, NULL, path,
                                                 inbox->config.uri));
}

static Ref *ref_add(MsrpInbox *inbox, const MsrpFrame *request)
{
    Ref *ref = g_new0(Ref, 1);
    do
        ref->ref = ++inbox->last_ref;
    while (ref->ref == 0 || g_hash_table_contains(inbox->refs, GUINT_TO_POINTER(ref->ref)));
    ref->failure = msrp_answer_failure_read(request->field[MSRP_FRAME_FAILURE_REPORT]);
    ref->success = msrp_answer_success_read(request->field[MSRP_FRAME_SUCCESS_REPORT]);
    ref->tids = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(ref->tids, g_strdup(request->tid));
    ref->answer_path = msrp_answer_path(request);
    ref->full_path = g_strdup(request->field[MSRP_FRAME_FROM_PATH]);
    ref->message_id = g_strdup(request->field[MSRP_FRAME_MESSAGE_ID]);
    g_hash_table_insert(inbox->refs, GUINT_TO_POINTER(ref->ref), ref);
    inbox->waiting++;
    return ref;
}

static Ref *ref_find(const MsrpInbox *inbox, uint32_t ref)
{
    return g_hash_table_lookup(inbox->refs, GUINT_TO_POINTER(ref));
}

static void report_send(MsrpInbox *inbox, const char *message_id, const char *to_path,
                        uint64_t length, int status)
{
    char tid[MSRP_FRAME_TID_MAX + 1];
    msrp_random_hex(tid, MSRP_RANDOM_TRANSACTION_DIGITS);
    MsrpAnswerReport report = {tid, to_path, inbox->config.uri, message_id,
                               {1, length, length}, status};
    inbox->funcs->send(inbox->user, MSRP_KIND_REPORT, msrp_answer_report_write(&report));
}

// The same message again: it is acknowledged as before, and not delivered (RFC 4975 5.4).
static void repeat_take(MsrpInbox *inbox, const MsrpFrame *request, const MsrpSeenEntry *entry)
{
    Ref *ref = ref_find(inbox, entry->ref);
    if (entry->accepted || request->flag != '$') {
        respond(inbox, request, 200);
    } else if (ref != NULL && ref->tids->len < REPEATS_MAX) {
        g_ptr_array_add(ref->tids, g_strdup(request->tid));
    }
    bool success = msrp_answer_success_read(request->field[MSRP_FRAME_SUCCESS_REPORT]);
    if (request->flag == '$' && entry->reported && success && ref != NULL)
        report_send(inbox, ref->message_id, request->field[MSRP_FRAME_FROM_PATH], ref->length,
                    200);
}

static void whole_take(MsrpInbox *inbox, const MsrpFrame *request, const MsrpMessageWhole *whole)
{
    Ref *ref = ref_add(inbox, request);
    ref->length = whole->length;
    msrp_seen_add(inbox->seen, ref->message_id, ref->ref);
    MsrpSessionIncoming message = {
        .ref = ref->ref,
        .message_id = request->field[MSRP_FRAME_MESSAGE_ID],
        .content_type = whole->content_type,
        .headers = (const MsrpHeader *)(const void *)whole->headers->data,
        .header_count = whole->headers->len,
        .body = whole->octets,
        .length = whole->length,
        .wants_success_report = ref->success,
        .failure_report = ref->failure,
    };
    uint32_t number = ref->ref;
    if (!inbox->funcs->deliver(inbox->user, &message))
        msrp_inbox_answer(inbox, number, 415, NULL);
}

static void chunk_take(MsrpInbox *inbox, const MsrpFrame *request, const MsrpMessageRange *range,
                       int64_t now_ms)
{
    g_auto(MsrpMessageWhole) whole = {0};
    MsrpMessageChunk chunk = {
        .message_id = request->field[MSRP_FRAME_MESSAGE_ID],
        .range = *range,
        .octets = request->body,
        .length = request->length,
        .flag = request->flag,
        .too_long = request->too_long,
        .headers = request->others,
        .content_type = request->field[MSRP_FRAME_CONTENT_TYPE],
    };
    inbox->saw_parts |= request->flag == '+';
    switch (msrp_message_take(inbox->assembly, &chunk, now_ms, &whole)) {
    case MSRP_MESSAGE_PART:
    case MSRP_MESSAGE_ABORTED:
        respond(inbox, request, 200);
        break;
    case MSRP_MESSAGE_WHOLE:
        whole_take(inbox, request, &whole);
        break;
    case MSRP_MESSAGE_TOO_LARGE:
        respond(inbox, request, 413);
        break;
    case MSRP_MESSAGE_IGNORED:
        break;
    }
}

static void send_take(MsrpInbox *inbox, const MsrpFrame *request, int64_t now_ms)
{
    MsrpMessageRange range;
    const char *message_id = request->field[MSRP_FRAME_MESSAGE_ID];
    if (!msrp_message_range_read(request->field[MSRP_FRAME_BYTE_RANGE], &range)) {
        respond(inbox, request, 400);
        return;
    }
    // Without a body it says only that its sender is there; then some leave out the Message-ID
    // (MSRP-033).
    if (!request->has_body || message_id == NULL) {
        respond(inbox, request, request->has_body ? 400 : 200);
        return;
    }
    const MsrpSeenEntry *entry = msrp_seen_find(inbox->seen, message_id);
    if (entry != NULL)
        repeat_take(inbox, request, entry);
    else
        chunk_take(inbox, request, &range, now_ms);
}

// NICKNAME carries neither report headers nor a body (RFC 7701 7.1).
static void nickname_take(MsrpInbox *inbox, const MsrpFrame *request)
{
    const char *value = request->field[MSRP_FRAME_USE_NICKNAME];
    if (request->has_body || request->field[MSRP_FRAME_FAILURE_REPORT] != NULL ||
        request->field[MSRP_FRAME_SUCCESS_REPORT] != NULL) {
        respond(inbox, request, 400);
        return;
    }
    g_autofree char *nick = value != NULL ? msrp_nickname_read(value) : NULL;
    if (nick == NULL) {
        respond(inbox, request, 424);
        return;
    }
    Ref *ref = ref_add(inbox, request);
    ref->is_nickname = true;
    uint32_t number = ref->ref;
    if (!inbox->funcs->nickname(inbox->user, number, nick))
        msrp_inbox_answer(inbox, number, 501, NULL);
}

void msrp_inbox_take(MsrpInbox *inbox, const MsrpFrame *request, int64_t now_ms)
{
    if (request->kind == MSRP_KIND_NICKNAME)
        nickname_take(inbox, request);
    else
        send_take(inbox, request, now_ms);
}

// An answered message is kept for its report, as long as there is room.
static void ref_keep(MsrpInbox *inbox, const Ref *ref)
{
    g_queue_push_tail(&inbox->answered, GUINT_TO_POINTER(ref->ref));
    if (inbox->answered.length > ANSWERED_MAX)
        g_hash_table_remove(inbox->refs, g_queue_pop_head(&inbox->answered));
}

static void note_answer(MsrpInbox *inbox, const Ref *ref, bool accepted)
{
    MsrpSeenEntry *entry = msrp_seen_find(inbox->seen, ref->message_id);
    if (entry != NULL && accepted)
        entry->accepted = true;
    else
        msrp_seen_remove(inbox->seen, ref->message_id);
}

bool msrp_inbox_answer(MsrpInbox *inbox, uint32_t number, int status, const char *comment)
{
    Ref *ref = ref_find(inbox, number);
    if (ref == NULL || ref->answered)
        return false;
    if (comment != NULL && !msrp_frame_is_text(comment))
        comment = NULL;
    ref->answered = true;
    inbox->waiting--;
    for (guint i = 0; i < ref->tids->len && msrp_answer_wants_response(ref->failure, status); i++)
        inbox->funcs->send(inbox->user, MSRP_KIND_RESPONSE,
                           msrp_frame_write_response(ref->tids->pdata[i], status, comment,
                                                     ref->answer_path, inbox->config.uri));
    if (!ref->is_nickname)
        note_answer(inbox, ref, status == 200);
    if (ref->is_nickname || status != 200)
        g_hash_table_remove(inbox->refs, GUINT_TO_POINTER(number));
    else
        ref_keep(inbox, ref);
    return true;
}

bool msrp_inbox_report(MsrpInbox *inbox, uint32_t number, int status)
{
    Ref *ref = ref_find(inbox, number);
    if (ref == NULL || !ref->answered || ref->reported ||
        !msrp_answer_wants_report(ref->failure, ref->success, status))
        return false;
    ref->reported = true;
    MsrpSeenEntry *entry = msrp_seen_find(inbox->seen, ref->message_id);
    if (entry != NULL)
        entry->reported = status == 200;
    report_send(inbox, ref->message_id, ref->full_path, ref->length, status);
    return true;
}

bool msrp_inbox_is_full(const MsrpInbox *inbox)
{
    return inbox->waiting >= WAITING_MAX;
}

bool msrp_inbox_saw_parts(const MsrpInbox *inbox)
{
    return inbox->saw_parts;
}

bool msrp_inbox_is_partial(const MsrpInbox *inbox)
{
    return msrp_message_is_partial(inbox->assembly);
}

int64_t msrp_inbox_deadline(const MsrpInbox *inbox)
{
    return msrp_message_deadline(inbox->assembly);
}

void msrp_inbox_expire(MsrpInbox *inbox, int64_t now_ms)
{
    msrp_message_expire(inbox->assembly, now_ms);
}
