// SPDX-License-Identifier: MIT
// Nobody of ours stays in a room who is not wanted there any more.
#include "xmpp/muc_ghosts.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = muc_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

// Who is inside enters again when it is back.
static void link_goes(bool is_inside)
{
    xmpp_stage_link(stage, false);
    if (is_inside)
        xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    xmpp_stage_expect_event(stage, "xmpp link how=down from=sip.test");
}

static void link_comes(void)
{
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=sip.test");
}

static void expect_leave(const char *self, const char *nick, const char *inner)
{
    g_autofree char *stanza =
        g_strdup_printf("<presence from='%s' to='" ROOM "/%s' type='unavailable' id='*'>%s"
                        "</presence>",
                        self, nick, inner);
    xmpp_stage_expect_stanza(stage, stanza);
}

/* MUC-B17 */
START_TEST(who_left_while_the_link_was_down_leaves_when_it_is_back)
{
    link_goes(true);
    xmpp_stage_tell(stage, "xmpp leave-room leg=5 text=\"good night\"");
    xmpp_stage_quiet(stage);
    link_comes();
    expect_leave(SELF, "Omar", "<status>good night</status>");
    link_goes(false);
    link_comes();
    xmpp_stage_quiet(stage); // once
}
END_TEST

START_TEST(who_is_left_from_before_a_restart_leaves_as_he_was_stored)
{
    xmpp_stage_tell(stage, "xmpp leave-room leg=3 room=" ROOM " from=ugo@sip.test/dev7 nick=Ugo "
                           "text=restart");
    expect_leave("ugo@sip.test/dev7", "Ugo", "<status>restart</status>");
    // stored by his bare address: the number of the leg tells the rest
    xmpp_stage_tell(stage, "xmpp leave-room leg=3 room=" ROOM " from=ugo@sip.test nick=Ugo");
    expect_leave("ugo@sip.test/leg3", "Ugo", "");
    link_goes(true);
    xmpp_stage_tell(stage, "xmpp leave-room leg=4 room=" ROOM " from=ugo@sip.test/dev7 nick=Ugo");
    xmpp_stage_quiet(stage);
    link_comes();
    expect_leave("ugo@sip.test/dev7", "Ugo", "");
    g_free(xmpp_stage_take_id(stage, "presence")); // Omar comes in again
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(one_who_came_back_meanwhile_is_no_ghost)
{
    xmpp_stage_tell(stage, "xmpp leave-room leg=3 room=" ROOM " from=" SELF " nick=Omar");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp leave-room leg=3");
    xmpp_stage_tell(stage, "xmpp leave-room leg=3 room=" ROOM " from=ugo@sip.test");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_older_ghost_goes_before_the_same_device_comes_in)
{
    link_goes(true);
    xmpp_stage_tell(stage, "xmpp leave-room leg=3 room=" ROOM " from=ugo@sip.test/dev7 nick=Ugo");
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=ugo@sip.test/dev7 room=" ROOM " nick=Ugo");
    link_comes();
    expect_leave("ugo@sip.test/dev7", "Ugo", "");
    expect_leave(SELF, "Omar", "");
    xmpp_stage_expect_stanza(stage, "<presence from='ugo@sip.test/dev7' to='" ROOM "/Ugo' id='*'>"
                                    "<x xmlns='http://jabber.org/protocol/muc'>"
                                    "<history maxchars='0'/></x>" CAPS "</presence>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_device_that_comes_in_again_takes_the_place_of_its_older_leg)
{
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=" SELF " room=" ROOM " nick=Omar");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=lost failure=conflict leg=5 *");
    g_free(xmpp_stage_take_id(stage, "presence")); // and nobody leaves
    xmpp_stage_quiet(stage);
    muc_stage_presence(stage, "Omar", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=6 nick=Omar *");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=6 *");
    muc_stage_answer_info(stage, "");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_entry_that_timed_out_without_a_link_is_left_when_it_is_back)
{
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=ugo@sip.test/dev7 room=" ROOM " nick=Ugo");
    g_free(xmpp_stage_take_id(stage, "presence")); // maybe the room has let him in
    link_goes(true);
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    xmpp_stage_pass(stage, 30000);
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=timeout failure=remote-server-timeout leg=6");
    link_comes();
    expect_leave(SELF, "Omar", "");
    expect_leave("ugo@sip.test/dev7", "Ugo", "");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        who_left_while_the_link_was_down_leaves_when_it_is_back,
        who_is_left_from_before_a_restart_leaves_as_he_was_stored,
        one_who_came_back_meanwhile_is_no_ghost,
        an_older_ghost_goes_before_the_same_device_comes_in,
        a_device_that_comes_in_again_takes_the_place_of_its_older_leg,
        an_entry_that_timed_out_without_a_link_is_left_when_it_is_back,
        NULL,
    };
    return suite_run_fixture("muc_ghosts", tests, set_up, tear_down);
}
