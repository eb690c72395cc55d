// SPDX-License-Identifier: MIT
// The vectors of receipts, markers and reports (kinds imdn_x2s, imdn_s2x, msrp_report), run from the
// file through all three parts that the daemon has for them: the XMPP side as stanzas, the middle in
// notation, the SIP side against a raw peer. What one part tells is what the next one is told.
#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/msrp_peer.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"
#include "tests/support/xmpp_stage.h"

#define FILE_NAME "vectors-one-to-one.json"
#define X_TO_S    "from=juliet@xmpp.test/b to=romeo@sip.test"
#define S_TO_X    "from=romeo@sip.test to=juliet@xmpp.test"
#define CPIM      "Content-Type: message/cpim\n"

static XmppStage *xmpp;
static Stage *middle;
static GateStage sip;

static void set_up(void)
{
    xmpp = xmpp_stage_new();
    middle = stage_new();
    stage_settings(middle)->chat_mode = CHAT_MODE_PAGE;
    gate_stage_init(&sip);
    gate_stage_start(&sip, false);
}

static void tear_down(void)
{
    g_clear_pointer(&xmpp, xmpp_stage_free);
    g_clear_pointer(&middle, stage_free);
    gate_stage_clear(&sip);
}

static void renew(void)
{
    tear_down();
    set_up();
}

static bool has(JsonObject *in, const char *member)
{
    return json_object_has_member(in, member) && json_object_get_boolean_member(in, member);
}

// A header line of an envelope, or NULL. Owned by the caller.
static char *header_of(const char *envelope, const char *name)
{
    g_autofree char *start = g_strdup_printf("\r\n%s: ", name);
    const char *found = strstr(envelope, start);
    if (found == NULL)
        return NULL;
    found += strlen(start);
    return g_strndup(found, strcspn(found, "\r"));
}

// --- from XMPP

static void expect_envelope(JsonObject *wanted, const char *envelope)
{
    g_autoptr(GList) names = json_object_get_members(wanted);
    for (GList *at = names; at != NULL; at = at->next) {
        const char *value = json_object_get_string_member(wanted, at->data);
        g_autofree char *got = header_of(envelope, at->data);
        ck_assert_msg(got != NULL, "%s", envelope);
        if (strcmp(value, "required") != 0)
            ck_assert_str_eq(got, value);
    }
}

// Juliet's line to a peer that is known to take envelopes; the request that goes out.
static const char *line_goes_out(const char *id, bool receipt, bool markable)
{
    g_autofree char *wishes = g_strdup_printf("receipt=%s%s", receipt ? "yes" : "no",
                                              markable ? " markable=yes" : "");
    const char *more = receipt ? wishes : markable ? "markable=yes" : "";
    g_autofree char *told = g_strdup_printf("xmpp message " X_TO_S " id=%s type=chat body=x%s%s",
                                            id, *more != '\0' ? " " : "", more);
    g_autofree char *sent =
        g_strdup_printf("sip message row=1 " X_TO_S " id=%s body=x %s wrapped=yes", id, more);
    xmpp_stage_hear(xmpp,
                    "<message from='juliet@xmpp.test/b' to='romeo@sip.test' id='%s' type='chat'>"
                    "<body>x</body>%s%s</message>",
                    id, receipt ? "<request xmlns='urn:xmpp:receipts'/>" : "",
                    markable ? "<markable xmlns='urn:xmpp:chat-markers:0'/>" : "");
    xmpp_stage_expect_event(xmpp, told);
    stage_tell(middle, "sip peer from=romeo@sip.test takes=cpim");
    stage_tell(middle, told);
    stage_expect(middle, sent);
    stage_expect(middle, "sip ask-peer ...");
    gate_stage_tell(&sip, "%s", sent);
    const char *request = sip_peer_await(sip.peer, "MESSAGE ");
    sip_peer_answer(sip.peer, request, 200, NULL, NULL);
    gate_stage_expect(&sip, "sip delivery row=1");
    stage_tell(middle, "sip delivery row=1");
    return request;
}

// A message of Romeo's under this id, which asks.
static void message_comes(const char *id, const char *wishes, const char *event, const char *command)
{
    g_autofree char *body = g_strdup_printf(
        "From: <sip:romeo@sip.test>\r\nTo: <sip:juliet@xmpp.test>\r\n"
        "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: %s\r\n"
        "imdn.Disposition-Notification: %s\r\n\r\nContent-Type: text/plain\r\n\r\nx",
        id, wishes);
    g_autofree char *pattern = g_strdup_printf("sip message ref=1 " S_TO_X " * id=%s * body=x * %s*",
                                               id, event);
    g_autofree char *told = g_strdup_printf("sip message ref=1 " S_TO_X " id=%s body=x %s", id,
                                            event);
    g_autofree char *expected = g_strdup_printf("xmpp message row=$line id=%s %s ...", id, command);
    g_free(sip_peer_request_outside(sip.peer, "MESSAGE", "sip:juliet@xmpp.test", CPIM, body));
    gate_stage_expect(&sip, pattern);
    stage_tell(middle, told);
    stage_expect(middle, expected);
}

// The reader's client says that it has the message.
static void received(const char *id, JsonObject *out)
{
    g_auto(GStrv) path = g_strsplit(vectors_text(out, "imdn"), "/", 2);
    g_autofree char *told = g_strdup_printf("xmpp receipt how=delivered " X_TO_S " id=%s", id);
    message_comes(id, "positive-delivery", "receipt=yes notify=yes", "receipt=yes");
    xmpp_stage_hear(xmpp,
                    "<message from='juliet@xmpp.test/b' to='romeo@sip.test' type='chat'>"
                    "<received xmlns='urn:xmpp:receipts' id='%s'/></message>",
                    id);
    xmpp_stage_expect_event(xmpp, told);
    stage_tell(middle, "xmpp delivery row=$line");
    stage_expect(middle, "sip accept ref=1");
    stage_tell(middle, told);
    stage_expect(middle, "sip receipt how=delivered row=2 from=juliet@xmpp.test "
                         "to=romeo@sip.test id=m7");
    gate_stage_tell(&sip, "sip receipt how=delivered row=2 from=juliet@xmpp.test "
                          "to=romeo@sip.test id=%s",
                    id);
    const char *body = sip_peer_body(sip_peer_await(sip.peer, "MESSAGE "));
    g_autofree char *disposition = header_of(body, "Content-Disposition");
    g_autofree char *document = g_strdup_printf("<message-id>%s</message-id>", id);
    g_autofree char *outcome = g_strdup_printf("<%s><status><%s/></status></%s>", path[0], path[1],
                                               path[0]);
    ck_assert_str_eq(disposition, vectors_text(out, "Content-Disposition"));
    ck_assert_ptr_null(strstr(body, vectors_text(out, "no")));
    ck_assert_ptr_nonnull(strstr(body, document));
    ck_assert_ptr_nonnull(strstr(body, outcome));
}

static void imdn_x2s(const char *id, JsonObject *in, JsonObject *out)
{
    renew();
    if (json_object_has_member(in, "received")) {
        received(vectors_text(in, "received"), out);
        return;
    }
    const char *request = line_goes_out("m1", has(in, "request"), has(in, "markable"));
    expect_envelope(json_object_get_object_member(out, "cpim"), sip_peer_body(request));
}

/* EXT-01 EXT-03 */
START_TEST(wishes_and_receipts_from_xmpp_hold)
{
    ck_assert_int_eq(vectors_each(FILE_NAME, "imdn_x2s", imdn_x2s), 3);
}
END_TEST

// --- from SIP

static void wishes_come(JsonObject *in, JsonObject *out)
{
    const char *id = vectors_text(in, "Message-ID");
    JsonArray *children = json_object_get_array_member(out, "children");
    ck_assert_str_eq(json_array_get_string_element(children, 0), "request");
    ck_assert_str_eq(json_array_get_string_element(children, 1), "markable");
    message_comes(id, vectors_text(in, "Disposition-Notification"),
                  "receipt=yes markable=yes notify=yes", "receipt=yes markable=yes");
    g_autofree char *command = g_strdup_printf("xmpp message row=1 " S_TO_X " id=%s type=chat "
                                               "body=x receipt=yes markable=yes",
                                               id);
    g_autofree char *stanza = g_strdup_printf(
        "<message from='romeo@sip.test' to='juliet@xmpp.test' type='chat' id='%s'><body>x</body>"
        "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"
        "<origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message>",
        vectors_text(out, "id"), id);
    xmpp_stage_tell(xmpp, command);
    xmpp_stage_expect_stanza(xmpp, stanza);
}

static void expect_word(const char *how, const char *element, const char *id)
{
    g_autofree char *command = g_strdup_printf(
        "xmpp receipt how=%s from=romeo@sip.test to=juliet@xmpp.test/b id=%s type=chat", how, id);
    g_autofree char *stanza =
        g_strdup_printf("<message from='romeo@sip.test' to='juliet@xmpp.test/b' type='chat' "
                        "id='*'><%s id='%s'/></message>",
                        element, id);
    stage_expect(middle, command);
    xmpp_stage_tell(xmpp, command);
    xmpp_stage_expect_stanza(xmpp, stanza);
}

static void expect_error(const char *id, const char *condition)
{
    g_autofree char *command =
        g_strdup_printf("xmpp refuse failure=%s from=romeo@sip.test to=juliet@xmpp.test/b id=%s "
                        "type=chat",
                        condition, id);
    g_autofree char *stanza = g_strdup_printf(
        "<message from='romeo@sip.test' to='juliet@xmpp.test/b' type='error' id='%s'>"
        "<error type='wait'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
        id, condition);
    stage_expect(middle, command);
    xmpp_stage_tell(xmpp, command);
    xmpp_stage_expect_stanza(xmpp, stanza);
}

static const char *how_of(JsonObject *out)
{
    if (json_object_has_member(out, "received_id"))
        return "delivered";
    if (json_object_has_member(out, "displayed_id"))
        return "displayed";
    return json_object_has_member(out, "xmpp_error") ? "refused" : NULL;
}

// A notification about a message of Juliet's that asked for everything.
static void notification_comes(JsonObject *in, JsonObject *out)
{
    const char *id = vectors_text(in, "message-id"), *how = how_of(out);
    g_auto(GStrv) path = g_strsplit(vectors_text(in, "imdn"), "/", 2);
    g_autofree char *wire_id =
        header_of(sip_peer_body(line_goes_out(id, true, true)), "imdn.Message-ID");
    g_autofree char *body = g_strdup_printf(
        "From: <sip:romeo@sip.test>\r\nTo: <sip:juliet@xmpp.test>\r\n\r\n"
        "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
        "<imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>%s</message-id>"
        "<datetime>2026-01-02T03:04:05Z</datetime><%s><status><%s/></status></%s></imdn>",
        wire_id, path[0], path[1], path[0]);
    g_free(sip_peer_request_outside(sip.peer, "MESSAGE", "sip:juliet@xmpp.test", CPIM, body));
    sip_peer_await(sip.peer, "SIP/2.0 200 ");
    if (how == NULL) {
        ck_assert(gate_stage_is_quiet(&sip));
        return;
    }
    g_autofree char *pattern = g_strdup_printf("sip receipt how=%s " S_TO_X " id=%s *", how, id);
    g_autofree char *told = g_strdup_printf("sip receipt how=%s " S_TO_X " id=%s", how, id);
    gate_stage_expect(&sip, pattern);
    stage_tell(middle, told);
    if (strcmp(how, "refused") == 0) {
        ck_assert_str_eq(vectors_text(out, "id"), id);
        expect_error(id, vectors_text(out, "xmpp_error"));
    } else {
        expect_word("delivered", "received xmlns='urn:xmpp:receipts'", id);
        if (strcmp(how, "displayed") == 0)
            expect_word("displayed", "displayed xmlns='urn:xmpp:chat-markers:0'",
                        vectors_text(out, "displayed_id"));
    }
    stage_quiet(middle);
}

static void imdn_s2x(const char *id, JsonObject *in, JsonObject *out)
{
    renew();
    if (json_object_has_member(in, "imdn"))
        notification_comes(in, out);
    else
        wishes_come(in, out);
}

/* EXT-02 EXT-04 */
START_TEST(wishes_and_notifications_from_sip_hold)
{
    ck_assert_int_eq(vectors_each(FILE_NAME, "imdn_s2x", imdn_s2x), 5);
}
END_TEST

// --- reports

static MsrpPeer *session_opens(void)
{
    MsrpPeer *msrp = msrp_peer_new();
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "passive", NULL);
    stage_tell(middle, "sip leg-offered ref=9 from=romeo@sip.test to=juliet@xmpp.test thread=T");
    stage_expect(middle, "sip answer-leg leg=$leg ref=9 ...");
    stage_tell(middle, "sip leg-up leg=$leg");
    gate_stage_tell(&sip, "sip open-leg leg=1 " X_TO_S " thread=T");
    const char *invite = sip_peer_await(sip.peer, "INVITE ");
    msrp_peer_meet(msrp, sip_peer_body(invite));
    sip_peer_answer(sip.peer, invite, 200,
                    "Contact: <sip:romeo@127.0.0.1:1>\nContent-Type: application/sdp\n", sdp);
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 200);
    gate_stage_expect(&sip, "sip leg-up leg=1*");
    return msrp;
}

// The Message-ID of the vector is whatever the gate chose for the stanza.
static void msrp_report(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(MsrpPeer) msrp = session_opens();
    JsonObject *report = json_object_get_object_member(in, "REPORT");
    const char *stanza = vectors_text(in, "m1_is_stanza");
    g_autofree char *line = g_strdup_printf("xmpp message " X_TO_S " id=%s type=chat thread=T "
                                            "body=Art? receipt=yes",
                                            stanza);
    stage_tell(middle, line);
    stage_expect(middle, "sip message row=1 leg=$leg ...");
    gate_stage_tell(&sip, "sip message row=1 leg=1 " X_TO_S " id=%s body=Art? receipt=yes", stanza);
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *message_id = msrp_peer_header(send, "Message-ID");
    g_autofree char *headers =
        g_strdup_printf("Message-ID: %s\r\nByte-Range: 1-4/4\r\nStatus: %s\r\n", message_id,
                        vectors_text(report, "Status"));
    msrp_peer_respond(msrp, send, 200);
    gate_stage_expect(&sip, "sip delivery leg=1 row=1");
    stage_tell(middle, "sip delivery leg=$leg row=1");
    msrp_peer_request(msrp, "REPORT", headers, NULL);
    gate_stage_expect(&sip, "sip receipt how=delivered leg=1 row=1");
    stage_tell(middle, "sip receipt how=delivered leg=$leg row=1");
    const char *received_id = vectors_text(out, "received_id");
    g_autofree char *told = g_strdup_printf("xmpp receipt how=delivered from=romeo@sip.test "
                                            "to=juliet@xmpp.test/b id=%s thread=T type=chat",
                                            received_id);
    g_autofree char *wanted = g_strdup_printf(
        "<message from='romeo@sip.test' to='juliet@xmpp.test/b' type='chat' id='*'>"
        "<thread>T</thread><received xmlns='urn:xmpp:receipts' id='%s'/></message>",
        received_id);
    stage_expect(middle, told);
    xmpp_stage_tell(xmpp, told);
    xmpp_stage_expect_stanza(xmpp, wanted);
}

/* CHAT-31 */
START_TEST(report_is_told_under_the_id_of_the_stanza)
{
    ck_assert_int_eq(vectors_each(FILE_NAME, "msrp_report", msrp_report), 1);
}
END_TEST

int main(void)
{
    return suite_run_fixture("receipt_vectors",
                             (const TTest *const[]){wishes_and_receipts_from_xmpp_hold,
                                                    wishes_and_notifications_from_sip_hold,
                                                    report_is_told_under_the_id_of_the_stanza,
                                                    NULL},
                             set_up, tear_down);
}
