// SPDX-License-Identifier: MIT
// Who writes in a room: told across once, never to whom it means nothing, and ended by what is said.
#include "mapping/room_typing.h"

#include "tests/support/stage.h"
#include "tests/support/suite.h"

// Romeo (SIP, leg $n1) has come into a room at home on XMPP ($r), in which the nurse sits; his device
// takes composing documents, or not.
static Stage *room(const char *peer)
{
    g_autofree char *yes = g_strdup_printf("sip room-answer leg=$n1 how=yes %s", peer);
    Stage *stage = stage_new();
    stage_tell(stage, "xmpp room-invite ref=7 from=juliet@xmpp.test/b to=romeo@sip.test "
                      "room=verona@muc.xmpp.test mediated=yes");
    stage_expect(stage, "sip invite-to-room leg=$n1 ...");
    stage_tell(stage, yes);
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-roster leg=$r nick=nurse how=joined role=participant");
    stage_expect(stage, "sip room-roster room=verona@muc.xmpp.test nick=nurse how=joined ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip room-roster leg=$n1 own=yes ...");
    stage_expect(stage, "sip admit leg=$n1");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    return stage;
}

static void nurse_is(Stage *stage, const char *how)
{
    g_autofree char *line = g_strdup_printf("xmpp chat-state leg=$r nick=nurse how=%s", how);
    stage_tell(stage, line);
}

static void romeo_is(Stage *stage, const char *how)
{
    g_autofree char *line = g_strdup_printf("sip chat-state leg=$n1 how=%s ms=60000", how);
    stage_tell(stage, line);
}

/* MUC-B23 */
START_TEST(an_occupant_who_writes_is_told_to_the_party_once)
{
    static const char *const ends[] = {"active", "paused", "inactive"};
    g_autoptr(Stage) stage = room("composing=yes");
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        nurse_is(stage, ends[i]);
        stage_quiet(stage);
        nurse_is(stage, "composing");
        stage_expect(stage, "sip chat-state leg=$n1 nick=nurse how=composing ms=60000");
        nurse_is(stage, "composing");
        stage_quiet(stage);
        nurse_is(stage, ends[i]);
        stage_expect(stage, "sip chat-state leg=$n1 nick=nurse how=active");
    }
}
END_TEST

/* MUC-B23 */
START_TEST(a_line_of_the_occupant_says_that_he_no_longer_writes)
{
    g_autoptr(Stage) stage = room("composing=yes");
    nurse_is(stage, "composing");
    stage_expect(stage, "sip chat-state leg=$n1 nick=nurse how=composing ms=60000");
    stage_tell(stage, "xmpp room-message leg=$r nick=nurse id=g1 body=Peace");
    stage_expect(stage, "sip room-message row=$a leg=$n1 ...");
    stage_tell(stage, "sip delivery row=$a");
    nurse_is(stage, "active");
    stage_quiet(stage);
}
END_TEST

/* MUC-B23 */
START_TEST(a_party_that_did_not_list_the_type_is_told_nothing)
{
    g_autoptr(Stage) stage = room("");
    nurse_is(stage, "composing");
    stage_quiet(stage);
}
END_TEST

/* MUC-B23 */
START_TEST(our_own_state_come_back_and_those_of_nobody_are_dropped)
{
    g_autoptr(Stage) stage = room("composing=yes");
    stage_tell(stage, "xmpp room-roster leg=$r nick=romeo how=joined role=participant own=yes");
    stage_expect(stage, "sip room-roster room=verona@muc.xmpp.test nick=romeo how=joined ...");
    stage_expect(stage, "sip room-roster leg=$n1 nick=romeo own=yes ...");
    stage_tell(stage, "xmpp chat-state leg=$r nick=romeo how=composing own=yes");
    stage_tell(stage, "xmpp chat-state leg=$r nick=stranger how=composing");
    stage_tell(stage, "xmpp chat-state leg=$r how=composing");
    stage_quiet(stage);
}
END_TEST

/* MUC-B23 */
START_TEST(the_room_is_told_once_that_the_party_writes_and_its_line_says_the_rest)
{
    g_autoptr(Stage) stage = room("");
    romeo_is(stage, "active");
    stage_quiet(stage);
    romeo_is(stage, "composing");
    stage_expect(stage, "xmpp chat-state leg=$r how=composing");
    romeo_is(stage, "composing");
    stage_advance(stage, 200000);
    stage_quiet(stage);
    romeo_is(stage, "active");
    stage_expect(stage, "xmpp chat-state leg=$r how=active");
    romeo_is(stage, "composing");
    stage_expect(stage, "xmpp chat-state leg=$r how=composing");
    stage_tell(stage, "sip room-message ref=41 leg=$n1 id=k1 body=Hello");
    stage_expect(stage, "sip accept ref=41");
    stage_expect(stage, "xmpp room-message row=$a leg=$r id=k1 body=Hello");
    stage_tell(stage, "xmpp delivery row=$a");
    stage_expect(stage, "sip report ref=41");
    romeo_is(stage, "active");
    stage_quiet(stage);
}
END_TEST

/* MUC-B23 */
START_TEST(who_is_not_inside_writes_unseen)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp room-invite ref=7 from=juliet@xmpp.test/b to=romeo@sip.test "
                      "room=verona@muc.xmpp.test mediated=yes");
    stage_expect(stage, "sip invite-to-room leg=$n1 ...");
    stage_tell(stage, "sip room-answer leg=$n1 how=yes composing=yes");
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    romeo_is(stage, "composing");
    stage_tell(stage, "xmpp room-roster leg=$r nick=nurse how=joined role=participant");
    stage_expect(stage, "sip room-roster ...");
    nurse_is(stage, "composing");
    stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_occupant_who_writes_is_told_to_the_party_once,
        a_line_of_the_occupant_says_that_he_no_longer_writes,
        a_party_that_did_not_list_the_type_is_told_nothing,
        our_own_state_come_back_and_those_of_nobody_are_dropped,
        the_room_is_told_once_that_the_party_writes_and_its_line_says_the_rest,
        who_is_not_inside_writes_unseen,
        NULL,
    };
    return suite_run("room_typing", tests);
}
