// SPDX-License-Identifier: MIT
// Which invitation is the escalation of which dialog. Whole stories are in tests/scenario.
#include "mapping/invite.h"

#include "mapping/session_map.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static bool is_set(JsonObject *in, const char *member)
{
    JsonNode *node = json_object_get_member(in, member);
    if (json_node_is_null(node))
        return false;
    return json_node_get_value_type(node) == G_TYPE_BOOLEAN
               ? json_node_get_boolean(node)
               : g_strcmp0(json_node_get_string(node), "1") == 0;
}

static void classify(JsonNode *in_node, JsonNode *out)
{
    JsonObject *in = json_node_get_object(in_node);
    JsonArray *d0 = json_object_get_array_member(in, "d0");
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    for (guint i = 0; i < json_array_get_length(d0); i++)
        g_ptr_array_add(threads, (char *)json_array_get_string_element(d0, i));
    g_ptr_array_add(threads, NULL);
    bool is_e1 = invite_is_escalation(is_set(in, "continue"), vectors_text(in, "thread"),
                                      (const char *const *)threads->pdata);
    ck_assert_str_eq(is_e1 ? "E1" : "plain", json_node_get_string(out));
}

/* ESC-100 ESC-101 ESC-102 ESC-103 */
START_TEST(vector_030_invitation_classification)
{
    ck_assert_int_eq(vectors_each_case("GV-030", classify), 6);
}
END_TEST

/* ESC-101 ESC-103 */
START_TEST(invite_without_thread_continues_whatever_dialog_there_is)
{
    const char *const none[] = {NULL}, *const one[] = {"T1", NULL},
                      *const two[] = {"T1", "T2", NULL};
    ck_assert(!invite_is_escalation(true, NULL, none));
    ck_assert(invite_is_escalation(true, NULL, one));
    ck_assert(invite_is_escalation(true, NULL, two));
    ck_assert(invite_is_escalation(true, "T2", two));
    ck_assert(!invite_is_escalation(false, "T1", one));
}
END_TEST

#define CHAT                                                                                       \
    "xmpp message from=juliet@xmpp.test/balcony to=romeo@sip.test id=m1 type=chat thread=T1 "      \
    "body=A"
#define INVITE(ref, rest)                                                                          \
    "xmpp room-invite ref=" #ref " to=romeo@sip.test room=talk@muc.xmpp.test " rest

static Stage *chat(void)
{
    Stage *stage = stage_new();
    stage_tell(stage, CHAT);
    stage_expect(stage, "sip open-leg leg=$d0 ...");
    return stage;
}

/* ESC-102 */
START_TEST(invite_of_a_known_inviter_without_dialog_is_plain_when_stripped)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage, "sip leg-down leg=$d0 how=refused status=486");
    stage_expect(stage, "xmpp refuse ...");
    stage_tell(stage, INVITE(7, "from=talk@muc.xmpp.test/j real=juliet@xmpp.test/b mediated=yes"));
    stage_expect(stage, "sip invite-to-room leg=* ...");
    ck_assert_uint_eq(stage_session_count(stage), 2);
}
END_TEST

/* ESC-100 */
START_TEST(invite_of_a_known_inviter_is_the_pairs_while_the_dialog_is_set_up)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage, INVITE(7, "from=talk@muc.xmpp.test/j real=juliet@xmpp.test/b mediated=yes"));
    stage_expect(stage, "sip invite-to-room leg=* ...");
    ck_assert_uint_eq(stage_session_count(stage), 1);
    ck_assert_int_eq(escalation_state(stage_session(stage)), ESCALATION_INVITING);
}
END_TEST

/* ESC-104 */
START_TEST(invite_by_the_other_form_fills_in_only_what_is_missing)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage, INVITE(7, "from=juliet@xmpp.test/b continues=yes password=first"));
    stage_expect(stage, "sip invite-to-room leg=$n ...");
    stage_tell(stage, INVITE(8, "from=juliet@xmpp.test mediated=yes password=second"));
    stage_expect(stage, "xmpp answer-invite ref=8 how=yes");
    stage_tell(stage, "sip room-answer leg=$n how=yes");
    stage_expect(stage, "xmpp enter-room password=first ...");
}
END_TEST

/* ESC-308 */
START_TEST(invite_without_sense_opens_no_session)
{
    static const char *const senseless[] = {
        INVITE(7, "from=talk@muc.xmpp.test/r real=romeo@sip.test/phone mediated=yes"),
        "xmpp room-invite ref=7 from=juliet@xmpp.test to=romeo@sip.test room=t@muc.xmpp.test/x",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(senseless); i++) {
        g_autoptr(Stage) stage = stage_new();
        stage_tell(stage, senseless[i]);
        stage_expect(stage, "xmpp answer-invite ref=7 how=no ...");
        stage_quiet(stage);
        ck_assert_uint_eq(stage_session_count(stage), 0);
    }
}
END_TEST

// A session named by one room may be on its way into another, when an occupant of the first invites.
START_TEST(invite_into_a_room_whose_session_is_busy_elsewhere_is_refused)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, INVITE(7, "from=talk@muc.xmpp.test mediated=yes"));
    stage_expect(stage, "sip invite-to-room leg=$n ...");
    stage_tell(stage, "sip room-answer leg=$n how=no status=603");
    stage_expect(stage, "xmpp answer-invite ref=7 how=no ...");
    stage_tell(stage, "xmpp room-invite ref=8 from=talk@muc.xmpp.test/nurse to=romeo@sip.test "
                      "room=other@muc.xmpp.test continues=yes");
    stage_expect(stage, "sip invite-to-room leg=$o ...");
    stage_tell(stage, "sip room-answer leg=$o how=yes");
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip room-roster leg=$o own=yes ...");
    stage_expect(stage, "sip admit leg=$o");
    stage_expect(stage, "xmpp answer-invite ref=8 how=yes");
    stage_tell(stage, INVITE(9, "from=talk@muc.xmpp.test mediated=yes"));
    stage_expect(stage, "xmpp answer-invite ref=9 how=no failure=unexpected-request");
    stage_quiet(stage);
}
END_TEST

// So many sessions as may be, none of which can be forgotten.
static void fill(Stage *stage)
{
    SessionMap *map = router_sessions(stage_router(stage));
    g_autoptr(Address) s = address_from_jid("romeo@sip.test");
    for (uint64_t i = 1;; i++) {
        g_autofree char *jid = g_strdup_printf("user%d@xmpp.test", (int)i);
        g_autoptr(Address) x = address_from_jid(jid);
        Session *session = session_map_open(map, x, s, 1000);
        if (session == NULL)
            return;
        session_map_bind_ref(map, session, SIDE_SIP, i);
    }
}

/* ESC-008 */
START_TEST(invite_is_refused_when_there_are_too_many_conversations)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, INVITE(7, "from=juliet@xmpp.test/b"));
    stage_expect(stage, "sip invite-to-room leg=$n ...");
    stage_tell(stage, "sip room-answer leg=$n how=yes");
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip room-roster leg=$n own=yes ...");
    stage_expect(stage, "sip admit leg=$n");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    fill(stage);
    stage_tell(stage, "xmpp room-invite ref=8 to=romeo@sip.test room=other@muc.xmpp.test "
                      "from=juliet@xmpp.test/b");
    stage_expect(stage, "xmpp answer-invite ref=8 how=no failure=resource-constraint");
    stage_tell(stage, "xmpp room-invite ref=9 to=romeo@sip.test room=other@muc.xmpp.test "
                      "from=talk@muc.xmpp.test/juliet continues=yes");
    stage_expect(stage, "xmpp answer-invite ref=9 how=no failure=resource-constraint");
    stage_quiet(stage);
}
END_TEST

#define NEWS(affiliation)                                                                          \
    "xmpp room-roster how=changed room=talk@muc.xmpp.test real=romeo@sip.test affiliation=" affiliation
#define FROM_ROOM "from=talk@muc.xmpp.test/j real=juliet@xmpp.test/b mediated=yes"

/* ROSTER-023 */
START_TEST(invite_of_somebody_banned_is_declined_until_he_is_heard_to_be_let_in)
{
    static const char *const lifted[] = {"member", "none"};
    for (size_t i = 0; i < G_N_ELEMENTS(lifted); i++) {
        g_autoptr(Stage) stage = stage_new();
        g_autofree char *news = g_strdup_printf(NEWS("%s"), lifted[i]);
        stage_tell(stage, NEWS("outcast"));
        stage_tell(stage, INVITE(7, FROM_ROOM));
        stage_expect(stage, "xmpp answer-invite ref=7 how=no failure=forbidden "
                            "text=\"banned from the room\"");
        ck_assert_uint_eq(stage_session_count(stage), 0);
        stage_tell(stage, "xmpp room-invite ref=8 to=romeo@sip.test room=other@muc.xmpp.test " FROM_ROOM);
        stage_expect(stage, "sip invite-to-room leg=* room=other@muc.xmpp.test ...");
        stage_tell(stage, news);
        stage_tell(stage, INVITE(9, FROM_ROOM));
        stage_expect(stage, "sip invite-to-room leg=* room=talk@muc.xmpp.test ...");
    }
}
END_TEST

/* ROSTER-023 */
START_TEST(invite_of_somebody_who_was_let_in_after_all_rings)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, NEWS("outcast"));
    stage_tell(stage, "sip room-offered ref=7 from=romeo@sip.test/desk room=talk@muc.xmpp.test");
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip answer-leg leg=$p ...");
    stage_tell(stage, "sip room-answer leg=$p how=yes");
    stage_expect(stage, "sip room-roster leg=$p own=yes ...");
    stage_expect(stage, "sip admit leg=$p");
    stage_tell(stage, "sip room-exit leg=$p how=left");
    stage_expect(stage, "xmpp leave-room leg=$r ...");
    stage_tell(stage, INVITE(8, FROM_ROOM));
    stage_expect(stage, "sip invite-to-room leg=* ...");
}
END_TEST

/* ROSTER-023 */
START_TEST(invite_by_one_who_is_inside_of_one_who_is_banned_is_refused)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp room-invite ref=7 to=ugo@sip.test room=talk@muc.xmpp.test from=juliet@xmpp.test/b");
    stage_expect(stage, "sip invite-to-room leg=$n ...");
    stage_tell(stage, "sip room-answer leg=$n how=yes");
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=ugo");
    stage_expect(stage, "sip room-roster leg=$n own=yes ...");
    stage_expect(stage, "sip admit leg=$n");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    stage_tell(stage, NEWS("outcast"));
    stage_tell(stage, "sip room-request ref=8 leg=$n how=invite to=romeo@sip.test");
    stage_expect(stage, "sip room-result ref=8 leg=$n how=no failure=forbidden text=\"banned from the room\"");
    stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        vector_030_invitation_classification,
        invite_without_thread_continues_whatever_dialog_there_is,
        invite_of_a_known_inviter_without_dialog_is_plain_when_stripped,
        invite_of_a_known_inviter_is_the_pairs_while_the_dialog_is_set_up,
        invite_by_the_other_form_fills_in_only_what_is_missing,
        invite_without_sense_opens_no_session,
        invite_into_a_room_whose_session_is_busy_elsewhere_is_refused,
        invite_is_refused_when_there_are_too_many_conversations,
        invite_of_somebody_banned_is_declined_until_he_is_heard_to_be_let_in,
        invite_of_somebody_who_was_let_in_after_all_rings,
        invite_by_one_who_is_inside_of_one_who_is_banned_is_refused,
        NULL,
    };
    return suite_run("invite", TESTS);
}
