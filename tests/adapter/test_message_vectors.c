// SPDX-License-Identifier: MIT
// The vectors of page mode (kinds message_x2s and message_s2x), run from the file against the real
// SIP library. Left to others: M-07, M-08, M-09 are decided before the SIP side.
#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define FILE_NAME "vectors-one-to-one.json"

static GateStage stage;

static void set_up(void)
{
    gate_stage_init(&stage);
    gate_stage_start(&stage, false);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
}

static bool is_one_of(const char *id, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);
    return g_strv_contains((const char *const *)words, id);
}

static void add_word(GString *line, const char *name, const char *value)
{
    if (value != NULL) {
        g_autofree char *escaped = g_strescape(value, NULL);
        g_string_append_printf(line, " %s=\"%s\"", name, escaped);
    }
}

// A body that makes the request as long as the vector says, found by sending a shorter one first.
static char *body_for(JsonObject *in)
{
    if (!json_object_has_member(in, "serialised_request_bytes")) {
        return g_strdup(vectors_text(in, "body"));
    }
    g_autofree char *probe = g_strnfill(500, 'x');
    gate_stage_tell(&stage,
                    "sip message row=9 from=juliet@xmpp.example/balcony to=%s thread=t body=%s",
                    vectors_text(in, "to"), probe);
    const char *request = sip_peer_await(stage.peer, "MESSAGE ");
    sip_peer_answer(stage.peer, request, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=9");
    gint64 wanted = json_object_get_int_member(in, "serialised_request_bytes");
    return g_strnfill((gsize)(wanted - (gint64)strlen(request) + 500), 'x');
}

static void send_line(JsonObject *in)
{
    const char *from = vectors_text(in, "from");
    g_autofree char *body = body_for(in);
    g_autoptr(GString) line = g_string_new("sip message row=1");
    add_word(line, "from", from != NULL ? from : "juliet@xmpp.example/balcony");
    add_word(line, "to", vectors_text(in, "to"));
    add_word(line, "thread",
             json_object_has_member(in, "serialised_request_bytes") ? "t"
                                                                    : vectors_text(in, "thread"));
    add_word(line, "subject", vectors_text(in, "subject"));
    add_word(line, "lang", vectors_text(in, "lang"));
    add_word(line, "body", body);
    gate_stage_tell(&stage, "%s", line->str);
}

static void expect_header(const char *message, const char *name, const char *value)
{
    g_autofree char *got = sip_peer_header(message, name);
    ck_assert_msg(g_strcmp0(got, value) == 0, "%s: wanted %s, got %s", name, value, got);
}

static void expect_headers(const char *request, JsonObject *out)
{
    if (json_object_has_member(out, "headers")) {
        JsonObject *headers = json_object_get_object_member(out, "headers");
        g_autoptr(GList) names = json_object_get_members(headers);
        for (GList *name = names; name != NULL; name = name->next) {
            expect_header(request, name->data, vectors_text(headers, name->data));
        }
    }
    if (json_object_has_member(out, "absent")) {
        JsonArray *absent = json_object_get_array_member(out, "absent");
        for (guint i = 0; i < json_array_get_length(absent); i++) {
            expect_header(request, json_array_get_string_element(absent, i), NULL);
        }
    }
}

static void expect_request(JsonObject *in, JsonObject *out)
{
    const char *request = sip_peer_await(stage.peer, "MESSAGE ");
    const char *uri = vectors_text(out, "ruri"), *from = vectors_text(out, "from_uri");
    const char *call_id = vectors_text(out, "call_id"), *body = vectors_text(out, "body");
    g_autofree char *start = g_strdup_printf("MESSAGE %s SIP/2.0\r\n", uri);
    g_autofree char *got_from = sip_peer_header(request, "From");
    g_autofree char *got_call_id = sip_peer_header(request, "Call-ID");
    g_autofree char *wanted_from = g_strdup_printf("<%s>;tag=", from);
    ck_assert(uri == NULL || g_str_has_prefix(request, start));
    ck_assert(from == NULL || g_str_has_prefix(got_from, wanted_from));
    if (call_id != NULL && g_str_has_prefix(call_id, "generated")) {
        ck_assert_str_ne(got_call_id, vectors_text(in, "thread"));
    } else if (call_id != NULL) {
        ck_assert_str_eq(got_call_id, call_id);
    }
    ck_assert(body == NULL || strcmp(sip_peer_body(request), body) == 0);
    expect_headers(request, out);
    sip_peer_answer(stage.peer, request, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=1");
}

static unsigned sent, not_sent;

static void check_out(const char *id, JsonObject *in, JsonObject *out)
{
    if (is_one_of(id, "M-07 M-08 M-09")) {
        return;
    }
    send_line(in);
    if (vectors_text(out, "xmpp_error") != NULL) {
        g_autofree char *wanted = g_strdup_printf("sip delivery how=too-large failure=%s row=1",
                                                  vectors_text(out, "xmpp_error"));
        gate_stage_expect(&stage, wanted);
        not_sent++;
    } else {
        expect_request(in, out);
        sent++;
    }
}

/* IM-01 IM-02 IM-03 IM-04 IM-05 IM-06 IM-09 IM-10 IM-14 SEC-06 */
START_TEST(vectors_of_lines_to_sip_hold)
{
    sent = not_sent = 0;
    ck_assert_int_eq(vectors_each(FILE_NAME, "message_x2s", check_out), 9);
    ck_assert_uint_eq(sent, 5);
    ck_assert_uint_eq(not_sent, 1);
}
END_TEST

// --- from SIP

static char *unhex(const char *hex)
{
    GString *octets = g_string_new(NULL);
    for (; hex != NULL && hex[0] != '\0'; hex += 2) {
        g_string_append_c(octets,
                          (char)(g_ascii_xdigit_value(hex[0]) * 16 + g_ascii_xdigit_value(hex[1])));
    }
    return g_string_free(octets, FALSE);
}

static void add_header(GString *headers, const char *name, const char *value)
{
    if (value != NULL) {
        g_string_append_printf(headers, "%s: %s\n", name, value);
    }
}

static char *state_document(JsonObject *in)
{
    if (vectors_text(in, "state") == NULL) {
        return NULL;
    }
    return g_strdup_printf("<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
                           "<state>%s</state></isComposing>",
                           vectors_text(in, "state"));
}

static void send_request(JsonObject *in)
{
    const char *uri = vectors_text(in, "ruri"), *from = vectors_text(in, "from");
    const char *body = vectors_text(in, "body");
    g_autofree char *octets = unhex(vectors_text(in, "body_hex"));
    g_autofree char *document = state_document(in);
    g_autoptr(GString) headers = g_string_new(NULL);
    add_header(headers, "From", from != NULL ? from : "<sip:romeo@sip.example>;tag=a1");
    add_header(headers, "Call-ID", vectors_text(in, "call_id"));
    add_header(headers, "Content-Type", vectors_text(in, "ctype"));
    add_header(headers, "Subject", vectors_text(in, "subject"));
    add_header(headers, "Content-Language", vectors_text(in, "content_language"));
    if (json_object_has_member(in, "max_forwards")) {
        g_string_append_printf(headers, "Max-Forwards: %d\n",
                               (int)json_object_get_int_member(in, "max_forwards"));
    }
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE",
                                    uri != NULL ? uri : "sip:juliet@xmpp.example", headers->str,
                                    body != NULL       ? body
                                    : document != NULL ? document
                                    : *octets != '\0' ? octets
                                                      : "x"));
}

static void add_pattern(GString *pattern, const char *name, const char *value)
{
    if (value != NULL) {
        bool quoted = strpbrk(value, " \"=") != NULL && strcmp(name, "html") != 0;
        g_string_append_printf(pattern, quoted ? " %s=\"%s\"*" : " %s=%s*", name, value);
    }
}

static void expect_event(JsonObject *out)
{
    g_autoptr(GString) pattern = g_string_new("sip message ref=*");
    add_pattern(pattern, "from", vectors_text(out, "from"));
    add_pattern(pattern, "to", vectors_text(out, "to"));
    add_pattern(pattern, "thread", vectors_text(out, "thread"));
    add_pattern(pattern, "subject", vectors_text(out, "subject"));
    add_pattern(pattern, "lang", vectors_text(out, "lang"));
    add_pattern(pattern, "body", vectors_text(out, "body"));
    add_pattern(pattern, "html", vectors_text(out, "xhtml_im"));
    gate_stage_expect(&stage, pattern->str);
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
}

// A state waits for nobody.
static void expect_state(JsonObject *out)
{
    g_autofree char *pattern =
        g_strdup_printf("sip chat-state how=%s from=*", vectors_text(out, "chatstate"));
    gate_stage_expect(&stage, pattern);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
}

static unsigned taken, refused;

static void check_in(const char *id, JsonObject *in, JsonObject *out)
{
    send_request(in);
    gint64 reply = json_object_has_member(out, "sip_reply")
                       ? json_object_get_int_member(out, "sip_reply")
                       : 200;
    if (reply == 200) {
        if (vectors_text(out, "chatstate") != NULL) {
            expect_state(out);
        } else {
            expect_event(out);
        }
        taken++;
        return;
    }
    g_autofree char *start = g_strdup_printf("SIP/2.0 %d ", (int)reply);
    const char *answer = sip_peer_await(stage.peer, start);
    if (json_object_has_member(out, "accept_header")) {
        g_autofree char *accept = sip_peer_header(answer, "Accept");
        ck_assert_ptr_nonnull(accept);
    }
    refused++;
}

/* IM-20 IM-21 IM-22 IM-23 IM-25 IM-26 IM-27 CHAT-41 SEC-08 */
START_TEST(vectors_of_messages_from_sip_hold)
{
    taken = refused = 0;
    ck_assert_int_eq(vectors_each(FILE_NAME, "message_s2x", check_in), 7);
    ck_assert_uint_eq(taken, 5);
    ck_assert_uint_eq(refused, 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {vectors_of_lines_to_sip_hold, vectors_of_messages_from_sip_hold,
                                  NULL};
    return suite_run_fixture("message_vectors", tests, set_up, tear_down);
}
