// SPDX-License-Identifier: MIT
// The vectors of chat states (kinds chatstate_x2s and iscomposing_s2x), run from the file
// through both gates' readers and writers and the middle between them: stanza in, document out, and
// back.
#include <string.h>

#include "sip/body/iscomposing.h"
#include "sip/message_body.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"
#include "tests/support/xmpp_stage.h"

#define FILE_NAME "vectors-one-to-one.json"
#define STATES    "http://jabber.org/protocol/chatstates"

static XmppStage *xmpp;
static Stage *stage;

// A session in thread T1 on leg $leg whose two ends both speak of states.
static void set_up(void)
{
    xmpp = xmpp_stage_new();
    stage = stage_new();
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m1 type=chat "
                      "thread=T1 how=active body=x");
    stage_expect(stage, "sip open-leg leg=$leg ...");
    stage_tell(stage, "sip leg-up leg=$leg composing=yes");
    stage_expect(stage, "sip message leg=$leg row=$r ...");
    stage_tell(stage, "sip delivery leg=$leg row=$r");
}

static void tear_down(void)
{
    stage_free(stage);
    xmpp_stage_free(xmpp);
}

// ---- XMPP to SIP --------------------------------------------------------------------------------

static void juliet_sends(const char *state)
{
    bool is_gone = strcmp(state, "gone") == 0;
    g_autofree char *how = is_gone ? g_strdup("") : g_strdup_printf(" how=%s", state);
    g_autofree char *event = g_strdup_printf(
        "xmpp %s%s from=juliet@xmpp.test/b to=romeo@sip.test thread=T1%s",
        is_gone ? "gone" : "chat-state", how, is_gone ? "" : " type=chat");
    xmpp_stage_hear(xmpp,
                    "<message from='juliet@xmpp.test/b' to='romeo@sip.test' type='chat'>"
                    "<thread>T1</thread><%s xmlns='" STATES "'/></message>",
                    state);
    xmpp_stage_expect_event(xmpp, event);
    stage_tell(stage, event);
}

static void expect_document(const char *state)
{
    bool is_active = strcmp(state, "active") == 0;
    stage_expect(stage, is_active ? "sip chat-state leg=$leg row=* how=composing ms=90000 ..."
                                  : "sip chat-state leg=$leg row=* how=active ...");
    Fields fields = {.how = is_active ? HOW_COMPOSING : HOW_ACTIVE, .ms = is_active ? 90000 : 0};
    g_autoptr(GBytes) bytes = message_body_state(&fields);
    g_autofree char *wanted = g_strdup_printf("<state>%s</state>", state);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ck_assert_ptr_nonnull(strstr(text, wanted));
}

// Only what changes is told, so each begins with its opposite.
static void check_x2s(const char *id, JsonObject *in, JsonObject *out)
{
    const char *state = vectors_text(in, "state"), *document = vectors_text(out, "iscomposing");
    set_up();
    if (strcmp(state, "composing") != 0) {
        juliet_sends("composing");
        expect_document("active");
    }
    juliet_sends(state);
    if (document != NULL) {
        expect_document(document);
    } else {
        ck_assert_str_eq(vectors_text(out, "sip"), "BYE");
        stage_expect(stage, "sip close-leg leg=$leg");
    }
    stage_quiet(stage);
    tear_down();
}

/* CHAT-40 CHAT-51 */
START_TEST(vectors_of_states_to_sip_hold)
{
    ck_assert_int_eq(vectors_each(FILE_NAME, "chatstate_x2s", check_x2s), 5);
}
END_TEST

// ---- SIP to XMPP --------------------------------------------------------------------------------

static void romeo_sends(const char *state)
{
    g_auto(MimePart) part = {0};
    g_auto(MessageBody) body = {0};
    Fields fields = {0};
    g_autofree char *text = g_strdup_printf("<isComposing xmlns='urn:ietf:params:xml:ns:"
                                            "im-iscomposing'><state>%s</state></isComposing>",
                                            state);
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    ck_assert(mime_part_init(&part, ISCOMPOSING_TYPE, content, NULL));
    ck_assert_int_eq(message_body_read(&body, &part), 0);
    ck_assert_ptr_null(body.text);
    message_body_state_to_fields(&body, &fields);
    g_autofree char *event =
        g_strdup_printf("sip chat-state leg=$leg how=%s from=romeo@sip.test to=juliet@xmpp.test",
                        fields_how_name(fields.how));
    stage_tell(stage, event);
}

static void expect_stanza(const char *state)
{
    g_autofree char *command =
        g_strdup_printf("xmpp chat-state from=romeo@sip.test to=juliet@xmpp.test/b thread=T1 "
                        "type=chat how=%s",
                        state);
    g_autofree char *stanza = g_strdup_printf(
        "<message from='romeo@sip.test' to='juliet@xmpp.test/b' type='chat' id='*'>"
        "<thread>T1</thread><%s xmlns='" STATES "'/></message>",
        state);
    stage_expect(stage, command);
    xmpp_stage_tell(xmpp, command);
    xmpp_stage_expect_stanza(xmpp, stanza);
}

static void check_s2x(const char *id, JsonObject *in, JsonObject *out)
{
    set_up();
    if (strcmp(vectors_text(out, "chatstate"), "composing") != 0) {
        romeo_sends("active");
        expect_stanza("composing");
    }
    romeo_sends(vectors_text(in, "state"));
    expect_stanza(vectors_text(out, "chatstate"));
    tear_down();
}

/* CHAT-41 */
START_TEST(vectors_of_states_from_sip_hold)
{
    ck_assert_int_eq(vectors_each(FILE_NAME, "iscomposing_s2x", check_s2x), 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {vectors_of_states_to_sip_hold, vectors_of_states_from_sip_hold,
                                  NULL};
    return suite_run("state_vectors", tests);
}
