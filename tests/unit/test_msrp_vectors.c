// SPDX-License-Identifier: MIT
// The vectors about MSRP of both specifications, read from their files and run through the real
// code.
#include "sip/msrp/msrp_answer.h"
#include "sip/msrp/msrp_exchange.h"
#include "sip/msrp/msrp_nickname.h"
#include "sip/msrp/msrp_session.h"
#include "sip/msrp/msrp_types.h"
#include "sip/msrp/msrp_uri.h"
#include "tests/support/crooked_stream.h"
#include "tests/support/msrp_frames.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

// One case of a vector of vectors-groupchat.json.
typedef void (*CaseFunc)(JsonObject *one_case);

// Runs all cases of one vector; their number is asserted by the caller, so that none is lost
// unseen.
static int each_case(const char *id, CaseFunc func)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/vectors-groupchat.json");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *vectors = json_object_get_array_member(root, "vectors");
    int count = 0;
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        if (g_strcmp0(vectors_text(vector, "id"), id) != 0)
            continue;
        JsonArray *cases = json_object_get_array_member(vector, "cases");
        for (guint k = 0; k < json_array_get_length(cases); k++, count++)
            func(json_array_get_object_element(cases, k));
    }
    return count;
}

// A number of a range; null is "*".
static uint64_t number_of(JsonArray *range, guint index)
{
    JsonNode *node = json_array_get_element(range, index);
    return json_node_is_null(node) ? MSRP_MESSAGE_OPEN : (uint64_t)json_node_get_int(node);
}

static void range_is(const MsrpMessageRange *range, JsonArray *expected)
{
    ck_assert_uint_eq(range->start, number_of(expected, 0));
    ck_assert_uint_eq(range->end, number_of(expected, 1));
    ck_assert_uint_eq(range->total, number_of(expected, 2));
}

static void path_is(const GPtrArray *path, JsonArray *expected)
{
    ck_assert_uint_eq(path->len, json_array_get_length(expected));
    for (guint i = 0; i < path->len; i++)
        ck_assert_str_eq(((const MsrpUri *)path->pdata[i])->text,
                         json_array_get_string_element(expected, i));
}

static void request_is(const MsrpFrame *frame, JsonObject *out)
{
    MsrpMessageRange range;
    ck_assert_str_eq(frame->method, vectors_text(out, "method"));
    path_is(frame->to_path, json_object_get_array_member(out, "to"));
    path_is(frame->from_path, json_object_get_array_member(out, "from"));
    ck_assert_str_eq(frame->field[MSRP_FRAME_MESSAGE_ID], vectors_text(out, "message_id"));
    ck_assert(msrp_message_range_read(frame->field[MSRP_FRAME_BYTE_RANGE], &range));
    range_is(&range, json_object_get_array_member(out, "range"));
    ck_assert_int_eq(frame->has_body, vectors_text(out, "body") != NULL);
}

static void parse_case(JsonObject *one)
{
    JsonObject *out = json_object_get_object_member(one, "out");
    g_autoptr(MsrpFrame) frame = msrp_frames_text(vectors_text(one, "in"));
    if (json_object_has_member(out, "error")) {
        ck_assert_int_eq(frame->fault, json_object_get_int_member(out, "error"));
        return;
    }
    ck_assert_int_eq(frame->fault, 0);
    ck_assert_str_eq(frame->tid, vectors_text(out, "tid"));
    ck_assert_int_eq(frame->flag, vectors_text(out, "flag")[0]);
    if (json_object_has_member(out, "method")) {
        request_is(frame, out);
    } else {
        ck_assert_int_eq(frame->status, json_object_get_int_member(out, "status"));
        ck_assert_str_eq(frame->comment, vectors_text(out, "comment"));
    }
}

/* MSRP-001 MSRP-002 MSRP-003 MSRP-004 MSRP-011 */
START_TEST(vectors_gv_001_frames)
{
    ck_assert_int_eq(each_case("GV-001", parse_case), 3);
}
END_TEST

static void chunk_is(JsonArray *expected, const MsrpMessageRange *range, uint64_t sent,
                     uint64_t total)
{
    g_autofree char *text = msrp_message_range_write(range);
    ck_assert_str_eq(json_array_get_string_element(expected, 0), text);
    ck_assert_str_eq(json_array_get_string_element(expected, 1), sent == total ? "$" : "+");
}

// "fixed" announces what fits into a chunk, "interruptible" all that is left. We only do the
// latter, and let ourselves be interrupted only for peers that send chunks themselves; the function
// does both.
static void plan_case(JsonObject *one)
{
    JsonObject *in = json_object_get_object_member(one, "in");
    JsonArray *out = json_object_get_array_member(one, "out");
    uint64_t total = (uint64_t)json_object_get_int_member(in, "total");
    bool fixed = strcmp(vectors_text(in, "mode"), "fixed") == 0;
    uint64_t limit = json_object_has_member(in, "max")
                         ? (uint64_t)json_object_get_int_member(in, "max") : UINT64_MAX;
    uint64_t sent = 0;
    guint chunks = 0;
    do {
        MsrpMessageRange range = msrp_message_cut(sent, total, limit);
        uint64_t length = MIN(total - sent, limit);
        if (!fixed && chunks == 0)
            length = (uint64_t)json_array_get_int_element(
                json_object_get_array_member(in, "interrupt_at"), 0);
        sent += length;
        chunk_is(json_array_get_array_element(out, chunks++), &range, sent, total);
    } while (sent < total);
    ck_assert_uint_eq(chunks, json_array_get_length(out));
}

/* MSRP-005 MSRP-007 */
START_TEST(vectors_gv_003_chunk_plan)
{
    ck_assert_int_eq(each_case("GV-003", plan_case), 4);
}
END_TEST

// Chunks through an assembly: every complete message, and 413 for a refused one.
typedef struct {
    MsrpMessage *message;
    MsrpBudget budget;
    GArray *headers;
    GHashTable *whole; // Message-ID -> text
    GHashTable *status; // Message-ID -> status
} Assembly;

static Assembly *assembly_new(size_t max_size)
{
    Assembly *assembly = g_new0(Assembly, 1);
    assembly->budget.limit = 1 << 20;
    MsrpMessageLimits limits = {max_size, 1000, &assembly->budget};
    assembly->message = msrp_message_new(&limits);
    assembly->headers = g_array_new(FALSE, FALSE, sizeof(MsrpHeader));
    assembly->whole = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    assembly->status = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return assembly;
}

static void assembly_free(Assembly *assembly)
{
    msrp_message_free(assembly->message);
    g_array_unref(assembly->headers);
    g_hash_table_unref(assembly->whole);
    g_hash_table_unref(assembly->status);
    g_free(assembly);
}

static void assembly_take(Assembly *assembly, const char *id, JsonArray *chunk, guint first)
{
    g_auto(MsrpMessageWhole) whole = {0};
    const char *text = json_array_get_string_element(chunk, first + 1);
    MsrpMessageChunk taken = {
        .message_id = id,
        .octets = (const uint8_t *)text,
        .length = strlen(text),
        .flag = json_array_get_string_element(chunk, first + 2)[0],
        .headers = assembly->headers,
        .content_type = "text/plain",
    };
    ck_assert(msrp_message_range_read(json_array_get_string_element(chunk, first), &taken.range));
    MsrpMessageResult result = msrp_message_take(assembly->message, &taken, 0, &whole);
    if (result == MSRP_MESSAGE_WHOLE)
        g_hash_table_insert(assembly->whole, g_strdup(id),
                            g_strndup((const char *)whole.octets, whole.length));
    if (result == MSRP_MESSAGE_TOO_LARGE)
        g_hash_table_insert(assembly->status, g_strdup(id), GINT_TO_POINTER(413));
}

static size_t max_size_of(JsonObject *object)
{
    return json_object_has_member(object, "max_size")
               ? (size_t)json_object_get_int_member(object, "max_size") : 10000;
}

static void assembled_is(JsonObject *out, const char *id, JsonNode *expected, void *user)
{
    const Assembly *assembly = user;
    if (JSON_NODE_HOLDS_OBJECT(expected))
        ck_assert_int_eq(GPOINTER_TO_INT(g_hash_table_lookup(assembly->status, id)),
                         json_object_get_int_member(json_node_get_object(expected), "response"));
    else
        ck_assert_str_eq(g_hash_table_lookup(assembly->whole, id), json_node_get_string(expected));
}

static void reassemble_case(JsonObject *one)
{
    JsonArray *in = json_object_get_array_member(one, "in");
    JsonObject *out = json_object_get_object_member(one, "out");
    Assembly *assembly = assembly_new(max_size_of(one));
    for (guint i = 0; i < json_array_get_length(in); i++) {
        JsonArray *chunk = json_array_get_array_element(in, i);
        assembly_take(assembly, json_array_get_string_element(chunk, 0), chunk, 1);
    }
    json_object_foreach_member(out, assembled_is, assembly);
    ck_assert_uint_eq(g_hash_table_size(assembly->whole) + g_hash_table_size(assembly->status),
                      json_object_get_size(out));
    assembly_free(assembly);
}

/* MSRP-006 */
START_TEST(vectors_gv_004_reassembly)
{
    ck_assert_int_eq(each_case("GV-004", reassemble_case), 6);
}
END_TEST

typedef struct {
    JsonArray *list;
    guint next;
} Candidates;

static void next_candidate(void *user, char *tid)
{
    Candidates *candidates = user;
    g_strlcpy(tid, json_array_get_string_element(candidates->list, candidates->next++),
              MSRP_FRAME_TID_MAX + 1);
}

static void tid_case(JsonObject *one)
{
    JsonObject *in = json_object_get_object_member(one, "in");
    Candidates candidates = {json_object_get_array_member(in, "candidates"), 0};
    const char *body = vectors_text(in, "body");
    char tid[MSRP_FRAME_TID_MAX + 1];
    msrp_frame_choose_tid(tid, (const uint8_t *)body, strlen(body), next_candidate, &candidates);
    ck_assert_str_eq(tid, vectors_text(one, "out"));
}

/* MSRP-003 */
START_TEST(vectors_gv_005_end_line_in_the_body)
{
    ck_assert_int_eq(each_case("GV-005", tid_case), 1);
}
END_TEST

static void range_case(JsonObject *one)
{
    MsrpMessageRange range;
    JsonNode *out = json_object_get_member(one, "out");
    bool good = msrp_message_range_read(vectors_text(one, "in"), &range);
    ck_assert_int_eq(good, JSON_NODE_HOLDS_ARRAY(out));
    if (good)
        range_is(&range, json_node_get_array(out));
}

/* MSRP-005 */
START_TEST(vectors_gv_006_byte_range)
{
    ck_assert_int_eq(each_case("GV-006", range_case), 8);
}
END_TEST

static MsrpUri *uri_of(JsonArray *list, guint index)
{
    const char *text = json_array_get_string_element(list, index);
    MsrpUri *uri = msrp_uri_read(text, strlen(text));
    ck_assert_ptr_nonnull(uri);
    return uri;
}

static void equal_case(JsonObject *one)
{
    JsonArray *in = json_object_get_array_member(one, "in");
    g_autoptr(MsrpUri) first = uri_of(in, 0);
    g_autoptr(MsrpUri) second = uri_of(in, 1);
    ck_assert_int_eq(msrp_uri_equal(first, second), json_object_get_boolean_member(one, "out"));
    ck_assert_int_eq(msrp_uri_equal(second, first), json_object_get_boolean_member(one, "out"));
}

/* MSRP-013 */
START_TEST(vectors_gv_007_uri_comparison)
{
    ck_assert_int_eq(each_case("GV-007", equal_case), 7);
}
END_TEST

// "late-403" is an error that comes after the message was accepted.
static void answers_case(JsonObject *one)
{
    JsonObject *in = json_object_get_object_member(one, "in");
    JsonArray *out = json_object_get_array_member(one, "out");
    const char *outcome = vectors_text(in, "outcome");
    MsrpFailure failure = msrp_answer_failure_read(vectors_text(in, "failure"));
    bool success = msrp_answer_success_read(vectors_text(in, "success"));
    bool late = g_str_has_prefix(outcome, "late-");
    bool accepted = late || strcmp(outcome, "ok") == 0;
    int response = accepted ? 200 : atoi(outcome);
    int report = late ? atoi(outcome + 5) : 200;
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_free);
    if (msrp_answer_wants_response(failure, response))
        g_ptr_array_add(answers, g_strdup_printf("%d", response));
    if (accepted && msrp_answer_wants_report(failure, success, report))
        g_ptr_array_add(answers, g_strdup_printf("REPORT 000 %d", report));
    ck_assert_uint_eq(answers->len, json_array_get_length(out));
    for (guint i = 0; i < answers->len; i++)
        ck_assert_str_eq(answers->pdata[i], json_array_get_string_element(out, i));
}

/* MSRP-008 MSRP-009 */
START_TEST(vectors_gv_008_answers)
{
    ck_assert_int_eq(each_case("GV-008", answers_case), 9);
}
END_TEST

static void report_case(JsonObject *one)
{
    JsonObject *in = json_object_get_object_member(one, "in");
    JsonArray *path = json_object_get_array_member(in, "orig_from");
    JsonArray *range = json_object_get_array_member(in, "range");
    g_autoptr(GString) to_path = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(path); i++)
        g_string_append_printf(to_path, "%s%s", i > 0 ? " " : "",
                               json_array_get_string_element(path, i));
    MsrpAnswerReport report = {
        .tid = vectors_text(in, "tid"),
        .to_path = to_path->str,
        .from_path = vectors_text(in, "self"),
        .message_id = vectors_text(in, "mid"),
        .range = {number_of(range, 0), number_of(range, 1), number_of(range, 2)},
        .status = 200,
    };
    g_autoptr(GBytes) written = msrp_answer_report_write(&report);
    size_t length;
    const char *octets = g_bytes_get_data(written, &length);
    g_autofree char *text = g_strndup(octets, length);
    ck_assert_str_eq(text, vectors_text(one, "out"));
}

/* MSRP-009 */
START_TEST(vectors_gv_009_success_report)
{
    ck_assert_int_eq(each_case("GV-009", report_case), 1);
}
END_TEST

static void nickname_case(JsonObject *one)
{
    JsonNode *out = json_object_get_member(one, "out");
    g_autofree char *nick = msrp_nickname_read(vectors_text(one, "in"));
    if (!JSON_NODE_HOLDS_OBJECT(out))
        ck_assert_str_eq(nick, json_node_get_string(out));
    else if (json_object_has_member(json_node_get_object(out), "remove"))
        ck_assert_str_eq(nick, "");
    else
        ck_assert_ptr_null(nick);
}

/* MSRP-022 */
START_TEST(vectors_gv_010_nicknames)
{
    ck_assert_int_eq(each_case("GV-010", nickname_case), 8);
}
END_TEST

static void type_case(JsonObject *one)
{
    JsonObject *in = json_object_get_object_member(one, "in");
    g_autoptr(MsrpTypes) types =
        msrp_types_new(vectors_text(in, "types"), vectors_text(in, "wrapped"));
    bool allowed = msrp_types_allow(types, vectors_text(in, "top"), vectors_text(in, "inner"));
    ck_assert_int_eq(allowed, json_object_get_boolean_member(one, "out"));
}

/* MSRP-017 */
START_TEST(vectors_gv_011_media_types)
{
    ck_assert_int_eq(each_case("GV-011", type_case), 8);
}
END_TEST

static uint64_t reported_row;

static void on_report(void *user, uint64_t row, const char *message_id, int status, bool whole)
{
    ck_assert_int_eq(status, 200);
    reported_row = row;
}

static void on_outcome(void *user, uint64_t row, int status)
{
    ck_assert_int_eq(status, 200);
}

static const MsrpExchangeFuncs exchange_funcs = {on_outcome, on_report, NULL, NULL};

static MsrpExchange *exchange_new(void)
{
    MsrpExchangeConfig config = {"msrp://u.example:3/uu;tcp", 30000, 10000};
    MsrpExchange *exchange = msrp_exchange_new(&config, &exchange_funcs, NULL);
    msrp_exchange_set_peer(exchange, "msrp://p.example:2/pp;tcp");
    return exchange;
}

static void ident_vector(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(MsrpExchange) exchange = exchange_new();
    g_autoptr(GBytes) body = g_bytes_new_static("x", 1);
    const char *wish = vectors_text(in, "stanza_id");
    const char *expected = vectors_text(out, "message_id");
    char message_id[33];
    MsrpSessionOutgoing content = {
        .message_id = wish, .content_type = "text/plain", .body = body};
    ck_assert_int_eq(msrp_exchange_queue(exchange, &content, message_id), MSRP_SESSION_QUEUED);
    if (g_str_has_prefix(expected, "generated"))
        ck_assert(strcmp(message_id, wish) != 0 && msrp_frame_is_ident(message_id));
    else
        ck_assert_str_eq(message_id, expected);
}

/* CHAT-12 */
START_TEST(vectors_msrp_ident)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "msrp_ident", ident_vector), 4);
}
END_TEST

static void header_is(const char *text, JsonObject *out, const char *name)
{
    if (!json_object_has_member(out, name))
        return;
    g_autofree char *line = g_strdup_printf("\r\n%s: %s\r\n", name, vectors_text(out, name));
    ck_assert_msg(strstr(text, line) != NULL, "no %s in %s", line, text);
}

static void send_vector(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(MsrpExchange) exchange = exchange_new();
    const char *text = vectors_text(in, "body");
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    ck_assert_uint_eq(strlen(text), json_object_get_int_member(in, "bytes"));
    char message_id[33];
    MsrpSessionOutgoing content = {
        .content_type = "text/plain",
        .body = body,
        .success_report = json_object_has_member(in, "receipt_request"),
        .failure_report = MSRP_FAILURE_NO,
    };
    MsrpExchangeChunk chunk;
    ck_assert_int_eq(msrp_exchange_queue(exchange, &content, message_id), MSRP_SESSION_QUEUED);
    ck_assert(msrp_exchange_open(exchange, &chunk));
    size_t length;
    const char *octets = g_bytes_get_data(chunk.head, &length);
    g_autofree char *head = g_strndup(octets, length);
    header_is(head, out, "Byte-Range");
    header_is(head, out, "Success-Report");
    header_is(head, out, "Failure-Report");
    msrp_exchange_close(exchange, chunk.tid, strlen(text));
    ck_assert_uint_eq(msrp_exchange_queued_octets(exchange), 0); // all in one: its flag is '$'
    g_bytes_unref(chunk.head);
    g_bytes_unref(chunk.body);
}

/* CHAT-11 */
START_TEST(vectors_msrp_send)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "msrp_send", send_vector), 2);
}
END_TEST

static void chunks_vector(const char *id, JsonObject *in, JsonObject *out)
{
    JsonArray *chunks = json_object_get_array_member(in, "chunks");
    Assembly *assembly = assembly_new(max_size_of(in));
    for (guint i = 0; i < json_array_get_length(chunks); i++)
        assembly_take(assembly, "m001", json_array_get_array_element(chunks, i), 0);
    ck_assert_uint_eq(g_hash_table_size(assembly->whole),
                      json_object_get_int_member(out, "stanzas"));
    ck_assert(g_strcmp0(g_hash_table_lookup(assembly->whole, "m001"),
                        vectors_text(out, "body")) == 0);
    int status = json_object_has_member(out, "msrp_reply")
                     ? (int)json_object_get_int_member(out, "msrp_reply") : 0;
    ck_assert_int_eq(GPOINTER_TO_INT(g_hash_table_lookup(assembly->status, "m001")), status);
    assembly_free(assembly);
}

/* CHAT-21 CHAT-22 */
START_TEST(vectors_msrp_chunks)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "msrp_chunks", chunks_vector), 4);
}
END_TEST

static void on_message(void *user, MsrpSession *session, const MsrpSessionIncoming *message)
{
    JsonObject *in = user;
    if (json_object_has_member(in, "ok") && !json_object_get_boolean_member(in, "ok"))
        msrp_session_refuse(session, message->ref, 415, NULL);
    else
        msrp_session_accept(session, message->ref);
}

static const MsrpSessionFuncs reply_funcs = {.on_message = on_message};

// A SEND with content to `uri`, as the vector wants it.
static char *reply_request(JsonObject *in, const char *uri)
{
    const char *failure = vectors_text(in, "Failure-Report");
    g_autofree char *header =
        failure != NULL ? g_strdup_printf("Failure-Report: %s\r\n", failure) : g_strdup("");
    return g_strdup_printf("MSRP t001 SEND\r\nTo-Path: %s\r\n"
                           "From-Path: msrp://p.example:9/pp;tcp\r\nMessage-ID: m001\r\n%s"
                           "Content-Type: text/plain\r\n\r\nhello\r\n-------t001$\r\n",
                           uri, header);
}

static void reply_vector(const char *id, JsonObject *in, JsonObject *out)
{
    MsrpConfig config;
    msrp_config_init(&config);
    config.listen_port = 0;
    g_autoptr(Msrp) msrp = msrp_new(&config, NULL);
    MsrpSession *session = msrp_session_new(msrp, false, &reply_funcs, in);
    MsrpSessionPeer peer = {.path = "msrp://p.example:9/pp;tcp", .accept_types = "*"};
    ck_assert(msrp_session_start(session, &peer, NULL));
    bool unknown = g_strcmp0(vectors_text(in, "session"), "unknown") == 0;
    g_autofree char *nobody = g_strdup_printf("msrp://127.0.0.1:%u/nobody;tcp", msrp_port(msrp));
    g_autofree char *request = reply_request(in, unknown ? nobody : msrp_session_uri(session));
    CrookedStream *stream = crooked_stream_connect(msrp_port(msrp));
    crooked_stream_say_text(stream, request);
    crooked_stream_settle();
    const char *heard = crooked_stream_heard(stream, NULL);
    if (json_object_get_null_member(out, "reply")) {
        ck_assert_str_eq(heard, "");
    } else {
        g_autofree char *line = g_strdup_printf(
            "MSRP t001 %d ", (int)json_object_get_int_member(out, "reply"));
        ck_assert_msg(g_str_has_prefix(heard, line), "%s: %s", id, heard);
    }
    crooked_stream_free(stream);
}

/* CHAT-24 CHAT-23 */
START_TEST(vectors_msrp_reply)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "msrp_reply", reply_vector), 5);
}
END_TEST

// "m1" of the vector stands for the Message-ID under which the stanza went out.
static void report_vector(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(MsrpExchange) exchange = exchange_new();
    g_autoptr(GBytes) body = g_bytes_new_static("x", 1);
    JsonObject *report = json_object_get_object_member(in, "REPORT");
    const char *stanzas[] = {NULL, vectors_text(in, "m1_is_stanza")};
    MsrpExchangeChunk chunk;
    char message_id[33];
    MsrpSessionOutgoing content = {
        .message_id = vectors_text(report, "Message-ID"), .content_type = "text/plain",
        .body = body, .success_report = true, .row = 1};
    ck_assert_int_eq(msrp_exchange_queue(exchange, &content, message_id), MSRP_SESSION_QUEUED);
    ck_assert(msrp_exchange_open(exchange, &chunk));
    msrp_exchange_close(exchange, chunk.tid, 1);
    reported_row = 0;
    int status = msrp_answer_status_read(vectors_text(report, "Status"));
    ck_assert(msrp_exchange_on_report(exchange, message_id, NULL, status));
    ck_assert_uint_eq(reported_row, 1);
    ck_assert_str_eq(stanzas[reported_row], vectors_text(out, "received_id"));
    g_bytes_unref(chunk.head);
    g_bytes_unref(chunk.body);
}

/* CHAT-31 */
START_TEST(vectors_msrp_report)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "msrp_report", report_vector), 1);
}
END_TEST

int main(void)
{
    return suite_run("msrp_vectors", (const TTest *const[]){
        vectors_gv_001_frames,
        vectors_gv_003_chunk_plan,
        vectors_gv_004_reassembly,
        vectors_gv_005_end_line_in_the_body,
        vectors_gv_006_byte_range,
        vectors_gv_007_uri_comparison,
        vectors_gv_008_answers,
        vectors_gv_009_success_report,
        vectors_gv_010_nicknames,
        vectors_gv_011_media_types,
        vectors_msrp_ident,
        vectors_msrp_send,
        vectors_msrp_chunks,
        vectors_msrp_reply,
        vectors_msrp_report,
        NULL,
    });
}
