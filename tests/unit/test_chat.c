// SPDX-License-Identifier: MIT
// Which way a line goes and what its answer means; the vectors of messages as far as the middle
// decides them (how they are spelled is the gates' part).
#include "mapping/chat.h"

#include <string.h>

#include "mapping/router.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static void juliet_writes(Stage *stage, const char *id, const char *more)
{
    g_autofree char *line = g_strdup_printf(
        "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=%s body=x %s", id, more);
    stage_tell(stage, line);
}

// The first line of type chat asks for a leg, number $leg.
static void first_line(Stage *stage)
{
    juliet_writes(stage, "m1", "type=chat");
    stage_expect(stage, "sip open-leg leg=$leg ...");
}

static void leg_is_refused(Stage *stage, uint64_t status)
{
    FailureReason reason = failure_from_status((int)status, false);
    g_autofree char *line =
        g_strdup_printf("sip leg-down leg=$leg how=refused status=%d failure=%s", (int)status,
                        failure_name(reason));
    stage_tell(stage, line);
}

/* SEC-08 */
START_TEST(chat_asks_for_a_leg_with_the_hops_that_its_first_line_has_left)
{
    g_autoptr(Stage) stage = stage_new();
    juliet_writes(stage, "m1", "type=chat hops=8");
    stage_expect(stage, "sip open-leg leg=* hops=8 ...");
}
END_TEST

/* CHAT-01 */
START_TEST(chat_falls_back_and_remembers_after_a_refusal_of_msrp)
{
    static const uint64_t statuses[] = {380, 405, 415, 420, 488, 501, 606};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autoptr(Stage) stage = stage_new();
        first_line(stage);
        leg_is_refused(stage, statuses[i]);
        stage_expect(stage, "sip store how=peer to=romeo@sip.test lacks=msrp ms=86400000");
        stage_expect(stage, "sip message row=$r id=m1 ...");
        stage_tell(stage, "sip delivery row=$r");
        juliet_writes(stage, "m2", "type=chat");
        stage_expect(stage, "sip message row=* id=m2 ...");
    }
}
END_TEST

/* CHAT-01 ERR-03 */
START_TEST(chat_does_not_fall_back_after_any_other_refusal)
{
    static const uint64_t statuses[] = {300, 400, 403, 404, 406, 408, 410,
                                        480, 481, 486, 500, 503, 600, 603};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autoptr(Stage) stage = stage_new();
        first_line(stage);
        leg_is_refused(stage, statuses[i]);
        g_autofree char *pattern = g_strdup_printf(
            "xmpp refuse id=m1 failure=%s status=%d ...",
            failure_name(failure_from_status((int)statuses[i], false)), (int)statuses[i]);
        stage_expect(stage, pattern);
        ck_assert_uint_eq(stage_open_rows(stage), 0);
        juliet_writes(stage, "m2", "type=chat");
        stage_expect(stage, "sip open-leg leg=* ...");
    }
}
END_TEST

/* CHAT-01 */
START_TEST(chat_falls_back_but_forgets_when_the_leg_just_does_not_come)
{
    static const char *const hows[] = {"timeout", "lost", "ended"};
    for (size_t i = 0; i < G_N_ELEMENTS(hows); i++) {
        g_autoptr(Stage) stage = stage_new();
        first_line(stage);
        g_autofree char *line = g_strdup_printf("sip leg-down leg=$leg how=%s status=488", hows[i]);
        stage_tell(stage, line);
        stage_expect(stage, "sip message row=$r id=m1 ...");
        stage_tell(stage, "sip delivery row=$r");
        juliet_writes(stage, "m2", "type=chat");
        stage_expect(stage, "sip open-leg leg=* ...");
    }
}
END_TEST

/* IM-01 IM-16 */
START_TEST(chat_sends_what_is_not_of_type_chat_by_page_mode_even_beside_a_session)
{
    static const char *const types[] = {"", "type=normal", "type=headline", "type=unheard-of"};
    g_autoptr(Stage) stage = stage_new();
    first_line(stage);
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=* ...");
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        juliet_writes(stage, "m2", types[i]);
        stage_expect(stage, "sip message row=* id=m2 from=* to=* body=x");
        g_autofree char *line = g_strdup_printf("sip delivery row=%d", (int)i + 2);
        stage_tell(stage, line);
    }
}
END_TEST

/* IM-14 CHAT-03 */
START_TEST(chat_tells_of_a_large_line_whose_session_did_not_come_in_time_to_try_later)
{
    g_autoptr(Stage) stage = stage_new();
    juliet_writes(stage, "m1", "");
    stage_expect(stage, "sip message row=$r ...");
    stage_tell(stage, "sip delivery row=$r how=too-large");
    stage_expect(stage, "sip open-leg leg=$leg ...");
    stage_tell(stage, "sip leg-down leg=$leg how=timeout");
    stage_expect(stage, "xmpp refuse id=m1 failure=recipient-unavailable ...");
    ck_assert_uint_eq(stage_open_rows(stage), 0);
}
END_TEST

/* IM-14 */
START_TEST(chat_sends_a_large_line_into_the_session_that_is_there)
{
    g_autoptr(Stage) stage = stage_new();
    first_line(stage);
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    juliet_writes(stage, "m2", "");
    stage_expect(stage, "sip message row=$s id=m2 from=* to=* body=x");
    stage_tell(stage, "sip delivery row=$s how=too-large");
    stage_expect(stage, "sip message row=$s leg=$leg id=m2 ...");
}
END_TEST

/* IM-27 */
START_TEST(chat_leaves_html_out_when_it_is_set_so)
{
    static const char message[] =
        "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test body=x html=h";
    g_autoptr(Stage) with = stage_new();
    stage_tell(with, message);
    stage_expect(with, "xmpp message html=h row=* from=* to=* type=chat body=x");
    g_autoptr(Stage) without = stage_new();
    stage_set(without, "html", "plain");
    stage_tell(without, message);
    stage_expect(without, "xmpp message row=* from=* to=* type=chat body=x");
}
END_TEST

/* EXT-10 */
START_TEST(chat_tells_the_display_name_once)
{
    static const char message[] =
        "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test body=x nick=Romeo";
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, message);
    stage_expect(stage, "xmpp message nick=Romeo row=* from=* to=* type=chat body=x");
    stage_tell(stage, message);
    stage_expect(stage, "xmpp message row=* from=* to=* type=chat body=x");
}
END_TEST

START_TEST(chat_bounds_what_is_on_its_way)
{
    g_autoptr(Stage) stage = stage_new();
    stage_settings(stage)->rate_burst = 1000;
    first_line(stage);
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=* ...");
    for (int i = 1; i < 200; i++) {
        g_autofree char *line = g_strdup_printf("xmpp message from=juliet@xmpp.test/b "
                                                "to=romeo@sip.test type=chat body=%d",
                                                i);
        stage_tell(stage, line);
        stage_expect(stage, "sip message leg=$leg row=* ...");
    }
    juliet_writes(stage, "late", "type=chat");
    stage_expect(stage, "xmpp refuse id=late failure=resource-constraint ...");
    stage_tell(stage, "sip delivery row=1");
    juliet_writes(stage, "later", "type=chat");
    stage_expect(stage, "sip message leg=$leg row=* id=later ...");
}
END_TEST

/* IM-28 */
START_TEST(chat_refuses_a_page_when_too_much_is_on_its_way_and_opens_no_row)
{
    g_autoptr(Stage) stage = stage_new();
    stage_settings(stage)->rate_burst = 1000;
    for (int i = 0; i < 201; i++) {
        g_autofree char *line = g_strdup_printf("sip message ref=%d from=romeo@sip.test "
                                                "to=juliet@xmpp.test body=%d",
                                                i + 1, i);
        stage_tell(stage, line);
        stage_expect(stage,
                     i < 200 ? "xmpp message row=* ..." : "sip refuse ref=201 status=500 ...");
    }
    ck_assert_uint_eq(stage_open_rows(stage), 200);
}
END_TEST

// --- vectors

static char *quoted(const char *name, const char *value)
{
    if (value == NULL)
        return g_strdup("");
    g_autofree char *escaped = g_strescape(value, NULL);
    return g_strdup_printf(" %s=\"%s\"", name, escaped);
}

static const char *member(JsonObject *object, const char *name, const char *otherwise)
{
    const char *text = vectors_text(object, name);
    return text != NULL ? text : otherwise;
}

static int decided; // vectors that say something about the middle

// What the gate turns away never gets here: groupchat, errors, encrypted payloads.
static void message_x2s(const char *id, JsonObject *in, JsonObject *out)
{
    const char *type = vectors_text(in, "type");
    if (g_strcmp0(type, "groupchat") == 0 || g_strcmp0(type, "error") == 0 ||
        json_object_has_member(in, "payload"))
        return;
    decided++;
    bool refused = vectors_text(out, "xmpp_error") != NULL;
    g_autoptr(Stage) stage = stage_new();
    stage_set(stage, "chat_mode", "page");
    g_autofree char *body = quoted("body", member(in, "body", "x"));
    g_autofree char *subject = quoted("subject", vectors_text(in, "subject"));
    g_autofree char *thread = quoted("thread", vectors_text(in, "thread"));
    g_autofree char *lang = quoted("lang", vectors_text(in, "lang"));
    g_autofree char *fields = g_strconcat(body, subject, thread, lang, NULL);
    g_autofree char *told = g_strdup_printf(
        "xmpp message from=juliet@xmpp.test/balcony to=romeo@sip.test id=%s%s", id, fields);
    g_autofree char *expected = g_strdup_printf("sip message row=$r from=juliet@xmpp.test/balcony "
                                                "to=romeo@sip.test id=%s%s",
                                                id, fields);
    stage_tell(stage, told);
    stage_expect(stage, expected);
    stage_tell(stage, refused ? "sip delivery row=$r how=too-large" : "sip delivery row=$r");
    if (!refused)
        return;
    g_autofree char *error =
        g_strdup_printf("xmpp refuse id=%s failure=%s ...", id, vectors_text(out, "xmpp_error"));
    stage_expect(stage, error);
}

/* IM-01 IM-05 IM-06 IM-09 IM-14 */
START_TEST(chat_page_mode_towards_sip_as_the_vectors)
{
    decided = 0;
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "message_x2s", message_x2s), 9);
    ck_assert_int_eq(decided, 6);
}
END_TEST

// Whoever has no outcome in addresses, subject, language or thread is about bodies and statuses of
// SIP.
static void message_s2x(const char *id, JsonObject *in, JsonObject *out)
{
    bool says_from = vectors_text(out, "from") != NULL;
    if (!says_from)
        return;
    decided++;
    g_autoptr(Stage) stage = stage_new();
    stage_set(stage, "page_type", "strict");
    bool is_full = strchr(vectors_text(out, "from"), '/') != NULL;
    g_autofree char *subject = quoted("subject", vectors_text(in, "subject"));
    g_autofree char *thread = quoted("thread", vectors_text(in, "call_id"));
    g_autofree char *lang = quoted("lang", vectors_text(in, "content_language"));
    g_autofree char *body = quoted("body", vectors_text(in, "body"));
    g_autofree char *fields = g_strconcat(subject, thread, lang, body, NULL);
    g_autofree char *told =
        g_strdup_printf("sip message ref=1 from=romeo@sip.test%s to=juliet@xmpp.test%s",
                        is_full ? "/desk7" : "", fields);
    g_autofree char *expected =
        g_strdup_printf("xmpp message row=$r from=romeo@sip.test%s to=juliet@xmpp.test%s",
                        is_full ? "/desk7" : "", fields);
    stage_tell(stage, told);
    stage_expect(stage, expected);
    stage_tell(stage, "xmpp delivery row=$r");
    stage_expect(stage, "sip accept ref=1");
}

/* IM-20 IM-21 IM-22 IM-23 */
START_TEST(chat_page_mode_towards_xmpp_as_the_vectors)
{
    decided = 0;
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "message_s2x", message_s2x), 7);
    ck_assert_int_eq(decided, 2);
}
END_TEST

int main(void)
{
    return suite_run("chat",
                     (const TTest *const[]){
                         chat_asks_for_a_leg_with_the_hops_that_its_first_line_has_left,
                         chat_falls_back_and_remembers_after_a_refusal_of_msrp,
                         chat_does_not_fall_back_after_any_other_refusal,
                         chat_falls_back_but_forgets_when_the_leg_just_does_not_come,
                         chat_sends_what_is_not_of_type_chat_by_page_mode_even_beside_a_session,
                         chat_tells_of_a_large_line_whose_session_did_not_come_in_time_to_try_later,
                         chat_sends_a_large_line_into_the_session_that_is_there,
                         chat_leaves_html_out_when_it_is_set_so, chat_tells_the_display_name_once,
                         chat_bounds_what_is_on_its_way,
                         chat_refuses_a_page_when_too_much_is_on_its_way_and_opens_no_row,
                         chat_page_mode_towards_sip_as_the_vectors,
                         chat_page_mode_towards_xmpp_as_the_vectors, NULL});
}
