// SPDX-License-Identifier: MIT
// What a party is told whose program knows no chat rooms, on the wire.
#include "sip/room_notice.h"

#include "tests/support/room_stage.h"
#include "tests/support/suite.h"

#define WHERE                                                                                      \
    "You are in the room sip:talk@rooms.xmpp.test: what you write goes to everybody in it."

static RoomStage stage;

static void enter(unsigned pause_ms, const char *chatroom)
{
    room_stage_init(&stage);
    stage.gate.settings.notice = true;
    stage.gate.settings.T_notice = pause_ms;
    room_stage_start(&stage);
    room_stage_enter(&stage, chatroom);
    room_stage_admit(&stage);
}

static void tear_down(void)
{
    room_stage_clear(&stage);
}

// The next line, which is one of the room itself, answered.
static void expect_notice(const char *text)
{
    const char *send = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_msg(g_str_has_prefix(body, "To: <sip:talk@rooms.xmpp.test>\r\n"
                                         "From: <sip:talk@rooms.xmpp.test>\r\n"),
                  "%s", body);
    ck_assert_msg(g_str_has_suffix(body, text), "wanted %s, got %s", text, body);
    msrp_peer_respond(stage.msrp, send, 200);
}

static void joins(const char *nick)
{
    gate_stage_tell(&stage.gate, "sip room-roster how=joined " ROOM_STAGE_ROOM " nick=%s role=participant", nick);
}

/* MUC-B22 */
START_TEST(who_knows_no_rooms_is_told_where_it_is_and_who_is_there)
{
    enter(60000, NULL);
    expect_notice(WHERE);
    expect_notice("In the room: Nina, Omar");
    joins("Tybalt");
    ck_assert(gate_stage_is_quiet(&stage.gate)); // nobody hears of the fate of notices either
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

/* MUC-B22 */
START_TEST(list_is_said_again_after_the_pause)
{
    enter(100, NULL);
    expect_notice(WHERE);
    expect_notice("In the room: Nina, Omar");
    joins("Tybalt");
    joins("Benvolio");
    expect_notice("In the room: Nina, Omar, Tybalt, Benvolio");
    gate_stage_tell(&stage.gate, "sip room-roster how=left " ROOM_STAGE_ROOM " nick=Tybalt");
    joins("Tybalt");
    gate_stage_tell(&stage.gate, "sip room-roster how=left " ROOM_STAGE_ROOM " nick=Benvolio");
    expect_notice("In the room: Nina, Omar, Tybalt");
}
END_TEST

/* MUC-B22 */
START_TEST(change_that_is_none_of_names_is_not_said)
{
    enter(0, NULL);
    expect_notice(WHERE);
    expect_notice("In the room: Nina, Omar");
    gate_stage_tell(&stage.gate, "sip room-roster how=changed " ROOM_STAGE_ROOM " nick=Nina role=visitor");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

/* MUC-B22 */
START_TEST(long_list_ends_with_a_number)
{
    GString *list = g_string_new("In the room: Nina, Omar");
    enter(60000, NULL);
    for (int i = 0; i < 55; i++) {
        g_autofree char *nick = g_strdup_printf("guest%d", i);
        joins(nick);
        if (i < 48) {
            g_string_append_printf(list, ", %s", nick);
        }
    }
    g_string_append(list, " and 7 more");
    expect_notice(WHERE);
    expect_notice(list->str);
    g_string_free(list, TRUE);
}
END_TEST

/* MUC-B22 MSRP-023 */
START_TEST(who_knows_rooms_is_told_nothing)
{
    enter(1, "a=chatroom\r\n");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina body=first");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(stage.msrp, "SEND"));
    ck_assert(g_str_has_suffix(body, "first"));
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {who_knows_no_rooms_is_told_where_it_is_and_who_is_there,
                                  list_is_said_again_after_the_pause,
                                  change_that_is_none_of_names_is_not_said,
                                  long_list_ends_with_a_number,
                                  who_knows_rooms_is_told_nothing,
                                  NULL};
    return suite_run_fixture("room_notice", tests, NULL, tear_down);
}
