// SPDX-License-Identifier: MIT
// Legs offered, up and down; endings, at once or put off while the chat is on its way into a room.
#include "mapping/chat_life.h"

#include "mapping/router.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static const char SAYS[] =
    "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m1 type=chat thread=T1 body=x";
static const char INVITES[] = "xmpp room-invite ref=9 from=juliet@xmpp.test/b to=romeo@sip.test "
                              "room=verona@muc.xmpp.test thread=T1 continues=yes";

// A chat in thread T1 with one line said, by leg $leg.
static Stage *chat(void)
{
    Stage *stage = stage_new();
    stage_tell(stage, SAYS);
    stage_expect(stage, "sip open-leg leg=$leg thread=T1 ...");
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    return stage;
}

// The same, and the XMPP user invites into a room: leg $ask rings.
static Stage *chat_on_its_way(void)
{
    Stage *stage = chat();
    stage_tell(stage, INVITES);
    stage_expect(stage, "sip invite-to-room leg=$ask ...");
    return stage;
}

static void is_declined(Stage *stage)
{
    stage_tell(stage, "sip room-answer leg=$ask how=no failure=recipient-unavailable status=603");
    stage_expect(stage, "xmpp answer-invite ref=9 how=no ...");
}

static void session_end(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(Stage) stage = chat();
    if (vectors_text(in, "sip") != NULL) {
        stage_tell(stage, "sip leg-down leg=$leg how=ended");
        stage_expect(stage,
                     "xmpp gone from=romeo@sip.test to=juliet@xmpp.test/b thread=T1 type=chat");
    } else {
        stage_tell(stage, "xmpp gone from=juliet@xmpp.test/b to=romeo@sip.test");
        stage_expect(stage, "sip close-leg leg=$leg");
    }
    stage_quiet(stage);
}

/* CHAT-50 CHAT-51 */
START_TEST(chat_life_ends_as_the_vectors)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "session_end", session_end), 2);
}
END_TEST

/* CHAT-51 */
START_TEST(chat_life_gone_of_another_resource_is_not_heard)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage, "xmpp gone from=juliet@xmpp.test/other to=romeo@sip.test");
    stage_quiet(stage);
}
END_TEST

/* CHAT-51 */
START_TEST(chat_life_gone_of_anybody_counts_when_nobody_is_locked)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip leg-offered ref=1 from=romeo@sip.test to=juliet@xmpp.test thread=c");
    stage_expect(stage, "sip answer-leg ref=1 leg=$leg ...");
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_tell(stage, "xmpp gone from=juliet@xmpp.test/other to=romeo@sip.test");
    stage_expect(stage, "sip close-leg leg=$leg");
}
END_TEST

/* ESC-024 */
START_TEST(chat_life_gone_waits_for_the_outcome_and_is_applied_on_decline)
{
    g_autoptr(Stage) stage = chat_on_its_way();
    stage_tell(stage, "xmpp gone from=juliet@xmpp.test/b to=romeo@sip.test");
    stage_quiet(stage);
    is_declined(stage);
    stage_expect(stage, "sip close-leg leg=$leg");
}
END_TEST

/* ESC-024 */
START_TEST(chat_life_bye_waits_for_the_outcome_and_is_told_on_decline)
{
    g_autoptr(Stage) stage = chat_on_its_way();
    stage_tell(stage, "sip leg-down leg=$leg how=ended");
    stage_quiet(stage);
    is_declined(stage);
    stage_expect(stage, "xmpp gone from=romeo@sip.test to=juliet@xmpp.test/b thread=T1 type=chat");
}
END_TEST

/* ESC-024 CHAT-09 */
START_TEST(chat_life_bye_is_forgotten_when_the_peer_opens_anew)
{
    g_autoptr(Stage) stage = chat_on_its_way();
    stage_tell(stage, "sip leg-down leg=$leg how=ended");
    stage_tell(stage, "sip leg-offered ref=4 from=romeo@sip.test to=juliet@xmpp.test thread=c2");
    stage_expect(stage, "sip answer-leg ref=4 leg=* ...");
    is_declined(stage);
    stage_quiet(stage);
}
END_TEST

/* ESC-024 CHAT-53 */
START_TEST(chat_life_idleness_waits_for_the_outcome)
{
    g_autoptr(Stage) stage = stage_new();
    stage_settings(stage)->session_idle = 20000;
    stage_tell(stage, SAYS);
    stage_expect(stage, "sip open-leg leg=$leg ...");
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    stage_tell(stage, INVITES);
    stage_expect(stage, "sip invite-to-room leg=$ask ...");
    stage_advance(stage, 20000);
    stage_quiet(stage);
    is_declined(stage);
    stage_expect(stage, "xmpp gone from=romeo@sip.test ...");
    stage_expect(stage, "sip close-leg leg=$leg");
}
END_TEST

/* ESC-001 CHAT-25 */
START_TEST(chat_life_xmpp_error_does_not_end_the_leg_while_a_record_is_open)
{
    g_autoptr(Stage) stage = chat_on_its_way();
    stage_tell(stage,
               "sip message ref=3 leg=$leg from=romeo@sip.test to=juliet@xmpp.test id=q body=y");
    stage_expect(stage, "sip accept ref=3");
    stage_expect(stage, "xmpp message row=$s ...");
    stage_tell(stage, "xmpp delivery row=$s how=refused failure=item-not-found");
    stage_expect(stage, "sip report ref=3 failure=item-not-found");
    stage_quiet(stage);
}
END_TEST

/* CHAT-26 */
START_TEST(chat_life_error_of_the_locked_resource_unlocks_it)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage,
               "sip message ref=3 leg=$leg from=romeo@sip.test to=juliet@xmpp.test id=q body=y");
    stage_expect(stage, "sip accept ref=3");
    stage_expect(stage, "xmpp message row=$s to=juliet@xmpp.test/b ...");
    stage_tell(stage, "xmpp delivery row=$s how=refused failure=not-acceptable");
    stage_expect(stage, "sip report ref=3 failure=not-acceptable");
    stage_tell(stage,
               "sip message ref=4 leg=$leg from=romeo@sip.test to=juliet@xmpp.test id=p body=z");
    stage_expect(stage, "sip accept ref=4");
    stage_expect(stage, "xmpp message row=* to=juliet@xmpp.test ...");
}
END_TEST

/* CHAT-25 */
START_TEST(chat_life_ends_when_nobody_is_there_with_the_status_of_the_error)
{
    static const struct {
        const char *reason;
        int status; // ERR-02, full JID
    } rows[] = {{"item-not-found", 404},
                {"service-unavailable", 405},
                {"gone", 410},
                {"recipient-unavailable", 480},
                {"remote-server-not-found", 404},
                {"remote-server-timeout", 408}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Stage) stage = chat();
        stage_tell(stage,
                   "sip message ref=3 leg=$leg from=romeo@sip.test to=juliet@xmpp.test body=y");
        stage_expect(stage, "sip accept ref=3");
        stage_expect(stage, "xmpp message row=$s ...");
        g_autofree char *error =
            g_strdup_printf("xmpp delivery row=$s how=refused failure=%s", rows[i].reason);
        g_autofree char *bye = g_strdup_printf("sip close-leg leg=$leg failure=%s status=%d",
                                               rows[i].reason, rows[i].status);
        stage_tell(stage, error);
        stage_expect(stage, "sip report ref=3 failure=* ...");
        stage_expect(stage, bye);
    }
}
END_TEST

/* CHAT-07 */
START_TEST(chat_life_offer_for_a_device_talks_to_that_device)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage,
               "sip leg-offered ref=1 from=romeo@sip.test to=juliet@xmpp.test/garden thread=c");
    stage_expect(stage, "sip answer-leg ref=1 leg=$leg from=juliet@xmpp.test/garden");
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_tell(stage, "sip message ref=2 leg=$leg from=romeo@sip.test to=juliet@xmpp.test body=y");
    stage_expect(stage, "sip accept ref=2");
    stage_expect(stage, "xmpp message to=juliet@xmpp.test/garden ...");
}
END_TEST

/* CHAT-03 */
START_TEST(chat_life_offered_leg_that_never_binds_is_given_up)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip leg-offered ref=1 from=romeo@sip.test to=juliet@xmpp.test thread=c");
    stage_expect(stage, "sip answer-leg ref=1 leg=$leg ...");
    stage_advance(stage, 30000);
    stage_expect(stage, "sip close-leg leg=$leg");
    ck_assert_int_eq(stage_session(stage)->chat_leg.state, CHAT_LEG_NONE);
}
END_TEST

/* CHAT-53 */
START_TEST(chat_life_idle_timer_is_not_moved_with_every_line)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test type=chat body=y");
    stage_expect(stage, "sip message leg=$leg row=$s ...");
    char *none = stage_try_expect(stage, "xmpp timer how=idle ...");
    ck_assert_ptr_nonnull(none);
    g_free(none);
}
END_TEST

int main(void)
{
    return suite_run(
        "chat_life",
        (const TTest *const[]){chat_life_ends_as_the_vectors,
                               chat_life_gone_of_another_resource_is_not_heard,
                               chat_life_gone_of_anybody_counts_when_nobody_is_locked,
                               chat_life_gone_waits_for_the_outcome_and_is_applied_on_decline,
                               chat_life_bye_waits_for_the_outcome_and_is_told_on_decline,
                               chat_life_bye_is_forgotten_when_the_peer_opens_anew,
                               chat_life_idleness_waits_for_the_outcome,
                               chat_life_xmpp_error_does_not_end_the_leg_while_a_record_is_open,
                               chat_life_error_of_the_locked_resource_unlocks_it,
                               chat_life_ends_when_nobody_is_there_with_the_status_of_the_error,
                               chat_life_offer_for_a_device_talks_to_that_device,
                               chat_life_offered_leg_that_never_binds_is_given_up,
                               chat_life_idle_timer_is_not_moved_with_every_line, NULL});
}
