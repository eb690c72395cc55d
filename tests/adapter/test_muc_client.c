// SPDX-License-Identifier: MIT
// Our occupants inside a room: roster, lines both ways, private lines, and every way out.
#include "xmpp/muc_client.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

#define ORIGIN(id) "<origin-id xmlns='urn:xmpp:sid:0' id='" id "'/>"

static XmppStage *stage;

static void presence(const char *nick, const char *type, const char *inner)
{
    muc_stage_presence(stage, nick, type, inner);
}

static void set_up(void)
{
    stage = muc_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void groupchat(const char *nick, const char *id, const char *inner)
{
    xmpp_stage_hear(stage,
                    "<message from='" ROOM "/%s' to='" SELF "' type='groupchat' id='%s'>%s"
                    "</message>",
                    nick, id, inner);
}

static void error(const char *from, const char *id, const char *condition)
{
    xmpp_stage_hear(stage,
                    "<message from='%s' to='" SELF "' type='error' id='%s'>"
                    "<error type='cancel'><%s " IN "/></error></message>",
                    from, id, condition);
}

static void say(int row, const char *id, const char *body)
{
    g_autofree char *command =
        g_strdup_printf("xmpp room-message leg=5 row=%d id=%s body=\"%s\"", row, id, body);
    xmpp_stage_tell(stage, command);
}

static void expect_line(const char *id, const char *body)
{
    g_autofree char *stanza = g_strdup_printf(
        "<message from='" SELF "' to='" ROOM "' type='groupchat' id='%s'><body>%s</body>"
        "<origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message>",
        id, body, id);
    xmpp_stage_expect_stanza(stage, stanza);
}

/* MUC-B14 ROSTER-016 */
START_TEST(each_presence_of_an_occupant_is_told)
{
    presence("Pia", HERE, "<item affiliation='member' role='visitor' jid='pia@xmpp.test/x'/>");
    xmpp_stage_expect_event(stage,
                            "xmpp room-roster how=joined leg=5 real=pia@xmpp.test/x nick=Pia "
                            "role=visitor affiliation=member");
    presence("Pia", HERE, "<item affiliation='admin' role='moderator' jid='pia@xmpp.test/x'/>");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 real=pia@xmpp.test/x "
                                   "nick=Pia role=moderator affiliation=admin");
    presence("Pia", AWAY, NO_ITEM);
    xmpp_stage_expect_event(stage,
                            "xmpp room-roster how=left leg=5 nick=Pia role=none affiliation=none");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B14 */
START_TEST(what_we_are_ourselves_is_told_when_it_changes)
{
    presence("Omar", HERE, "<item affiliation='none' role='visitor'/>" STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=changed leg=5 nick=Omar role=visitor "
                                   "affiliation=none own=yes");
    presence("Omar", HERE, "<item affiliation='none' role='visitor'/>" STATUS("110"));
    xmpp_stage_quiet(stage); // only our show has changed
}
END_TEST

/* ROSTER-015 */
START_TEST(who_is_away_is_told_only_where_that_is_wished)
{
    static const struct {
        const char *show, *away;
    } CASES[] = {{"away", " away=yes"}, {"xa", " away=yes"}, {"dnd", ""}, {"chat", ""}};
    presence("Pia", HERE, ITEM "</x><show>away</show><x>");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Pia role=participant "
                                   "affiliation=none");
    xmpp_stage_settings(stage)->away_as_hold = true;
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *more = g_strdup_printf("</x><show>%s</show><x>", CASES[i].show);
        g_autofree char *inner = g_strconcat(ITEM, more, NULL);
        g_autofree char *event = g_strdup_printf("xmpp room-roster how=joined leg=5 nick=Pia "
                                                 "role=participant affiliation=none%s",
                                                 CASES[i].away);
        presence("Pia", HERE, inner);
        xmpp_stage_expect_event(stage, event);
    }
}
END_TEST

/* MUC-B14 ROSTER-014 */
START_TEST(a_new_nick_is_told_once_and_keeps_its_bearer)
{
    presence("Nina", AWAY, "<item affiliation='none' role='participant' nick='N'/>" STATUS("303"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=renamed leg=5 nick=Nina new_nick=N "
                                   "role=participant affiliation=none");
    presence("N", HERE, ITEM);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=N *");
    presence("N", AWAY, NO_ITEM);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=left leg=5 nick=N *");
}
END_TEST

/* MUC-B14 */
START_TEST(others_are_told_as_kicked_or_banned_with_the_reason)
{
    presence("Nina", AWAY,
             "<item affiliation='none' role='none'><reason>spam</reason></item>" STATUS("307"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=kicked leg=5 nick=Nina role=none "
                                   "affiliation=none text=spam");
    presence("Pia", HERE, ITEM);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined *");
    presence("Pia", AWAY, NO_ITEM STATUS("301"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=banned leg=5 nick=Pia *");
    presence("Pia", HERE, ITEM);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined *");
    presence("Pia", AWAY, NO_ITEM STATUS("307") STATUS("333"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=lost leg=5 nick=Pia *");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B15 */
START_TEST(our_own_new_nick_is_no_leaving)
{
    presence("Omar", AWAY,
             "<item affiliation='none' role='participant' nick='O'/>" STATUS("303") STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=renamed leg=5 nick=Omar new_nick=O "
                                   "role=participant affiliation=none own=yes");
    presence("O", HERE, ITEM STATUS("110"));
    xmpp_stage_quiet(stage);
    say(1, "m1", "hi");
    expect_line("mnuyq", "hi");
    groupchat("O", "mnuyq", "<body>hi</body>");
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=O id=mnuyq body=hi own=yes");
}
END_TEST

/* MUC-B15 MUC-B16 */
START_TEST(each_way_out_is_told_by_its_name)
{
    static const struct {
        const char *inner;
        const char *exit;
    } WAYS[] = {
        {"<item role='none'><reason>bye</reason></item>" STATUS("110") STATUS("307"),
         "xmpp room-exit how=kicked leg=5 text=bye"},
        {NO_ITEM STATUS("110") STATUS("301"), "xmpp room-exit how=banned leg=5"},
        {NO_ITEM STATUS("110") STATUS("321"), "xmpp room-exit how=removed leg=5"},
        {NO_ITEM STATUS("110") STATUS("322"), "xmpp room-exit how=removed leg=5"},
        {NO_ITEM STATUS("110") STATUS("332"), "xmpp room-exit how=shutdown leg=5"},
        {NO_ITEM "<destroy jid='new@rooms.xmpp.test'><reason>done</reason></destroy>" STATUS("110"),
         "xmpp room-exit how=destroyed leg=5 real=new@rooms.xmpp.test text=done"},
        {NO_ITEM "<destroy/>", "xmpp room-exit how=destroyed leg=5"}, // older ones forget the 110
    };
    for (size_t i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        say(1, "m1", "lost");
        expect_line("mnuyq", "lost");
        presence("Omar", AWAY, WAYS[i].inner);
        xmpp_stage_expect_event(stage,
                                "xmpp delivery how=lost failure=recipient-unavailable row=1 *");
        xmpp_stage_expect_event(stage, WAYS[i].exit);
        xmpp_stage_pass(stage, 60000);
        xmpp_stage_quiet(stage);
        tear_down();
        set_up();
    }
}
END_TEST

static void expect_entry(const char *since)
{
    g_autofree char *stanza = g_strdup_printf(
        "<presence from='" SELF "' to='" ROOM "/Omar' id='*'>"
        "<x xmlns='http://jabber.org/protocol/muc'><history since='%s'/></x>"
        "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='*' ver='*'/></presence>",
        since);
    xmpp_stage_expect_stanza(stage, stanza);
}

// It enters again, and what the room told before is told once more.
static void expect_again(const char *since)
{
    xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    expect_entry(since);
}

/* MUC-B15 */
START_TEST(an_accident_is_mended_by_one_entry_and_the_room_tells_all_again)
{
    presence("Omar", AWAY, NO_ITEM STATUS("110") STATUS("307") STATUS("333"));
    expect_again("2026-03-04T10:00:01Z");
    presence("Pia", HERE, ITEM); // Nina left meanwhile, Pia came
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Pia *");
    presence("Omar", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar * own=yes");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=" ROOM " nick=Omar");
    muc_stage_answer_info(stage, "");
    xmpp_stage_quiet(stage);
    presence("Omar", AWAY, NO_ITEM STATUS("110") STATUS("333"));
    xmpp_stage_expect_event(stage, "xmpp room-exit how=lost leg=5 *"); // no accident
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B16 */
START_TEST(a_leaving_without_a_reason_is_tried_and_a_room_that_is_no_more_was_destroyed)
{
    presence("Omar", AWAY, NO_ITEM STATUS("110"));
    expect_again("2026-03-04T10:00:01Z");
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='" SELF "' type='error'><error "
                           "type='cancel'><item-not-found " IN "/></error></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=destroyed failure=item-not-found leg=5");
    xmpp_stage_quiet(stage);
    tear_down();
    set_up();
    presence("Omar", AWAY, NO_ITEM STATUS("110"));
    expect_again("2026-03-04T10:00:01Z");
    presence("Omar", HERE, ITEM STATUS("110") STATUS("201"));
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_expect_event(stage, "xmpp room-exit how=destroyed failure=item-not-found leg=5 *");
}
END_TEST

START_TEST(a_nick_taken_meanwhile_is_told_as_a_rename)
{
    presence("Omar", AWAY, NO_ITEM STATUS("110") STATUS("333"));
    expect_again("2026-03-04T10:00:01Z");
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='" SELF "' type='error'><error "
                           "type='cancel'><conflict " IN "/></error></presence>");
    g_free(xmpp_stage_take_id(stage, "presence"));
    presence("Nina", HERE, ITEM);
    presence("Omar_2", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Nina *");
    xmpp_stage_expect_event(stage,
                            "xmpp room-roster how=renamed leg=5 nick=Omar new_nick=Omar_2 role=participant "
                            "affiliation=none own=yes");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar_2 * own=yes");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=" ROOM " nick=Omar_2");
    muc_stage_answer_info(stage, "");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-608 */
START_TEST(a_lost_link_ends_lines_and_is_followed_by_an_entry)
{
    say(1, "m1", "x");
    expect_line("mnuyq", "x");
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp delivery how=lost failure=recipient-unavailable row=1 *");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    xmpp_stage_expect_event(stage, "xmpp link how=down from=sip.test");
    say(2, "m2", "y");
    xmpp_stage_expect_event(stage, "xmpp delivery how=lost failure=recipient-unavailable row=2 *");
    xmpp_stage_pass(stage, 45000); // longer than T_join: the middle decides how long
    xmpp_stage_quiet(stage);
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=sip.test");
    expect_entry("2026-03-04T10:00:01Z"); // since the loss
    say(3, "m3", "z");
    xmpp_stage_quiet(stage); // waits until we are inside
    presence("Nina", HERE, ITEM);
    presence("Omar", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Nina *");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar *");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=" ROOM " nick=Omar");
    expect_line("mnuzq", "z");
    muc_stage_answer_info(stage, "");
    groupchat("Omar", "mnuyq",
              "<body>x</body><delay xmlns='urn:xmpp:delay' from='" ROOM
              "' stamp='2026-03-04T10:00:00Z'/>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Omar id=mnuyq body=x "
                                   "stamp=2026-03-04T10:00:00Z own=yes history=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B04 */
START_TEST(a_line_of_the_room_is_told_with_its_time_when_it_is_old)
{
    groupchat("Nina", "a1", "<subject>re</subject><body>hello</body><thread>T1</thread>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=a1 thread=T1 subject=re "
                                   "body=hello");
    groupchat("Nina", "a2",
              "<body>old</body><delay xmlns='urn:xmpp:delay' from='" ROOM
              "' stamp='2026-03-04T09:00:00Z'/>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=a2 body=old "
                                   "stamp=2026-03-04T09:00:00Z history=yes");
    // her client's own time is a time, but the line is live
    groupchat("Nina", "a3",
              "<body>copy</body><delay xmlns='urn:xmpp:delay' "
              "from='nina@xmpp.test/pad' stamp='2026-03-04T08:00:00Z'/>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=a3 body=copy "
                                   "stamp=2026-03-04T08:00:00Z");
    groupchat("Nina", "a4",
              "<body>both</body><delay xmlns='urn:xmpp:delay' "
              "from='nina@xmpp.test/pad' stamp='2026-03-04T08:00:00Z'/>"
              "<delay xmlns='urn:xmpp:delay' from='" ROOM "' stamp='2026-03-04T09:00:00Z'/>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=a4 body=both "
                                   "stamp=2026-03-04T09:00:00Z history=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B04 MUC-B21 */
START_TEST(a_line_without_words_for_us_is_dropped_and_never_answered)
{
    groupchat("Nina", "a1", "<gone xmlns='http://jabber.org/protocol/chatstates'/>");
    groupchat("Nina", "a2",
              "<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>sorry</body>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B23 */
START_TEST(who_writes_is_told_both_ways_and_what_was_kept_is_not)
{
    groupchat("Nina", "c1", "<composing xmlns='http://jabber.org/protocol/chatstates'/>");
    xmpp_stage_expect_event(stage, "xmpp chat-state how=composing leg=5 nick=Nina");
    groupchat("Omar", "c2", "<paused xmlns='http://jabber.org/protocol/chatstates'/>");
    xmpp_stage_expect_event(stage, "xmpp chat-state how=paused leg=5 nick=Omar own=yes");
    groupchat("Nina", "c3",
              "<composing xmlns='http://jabber.org/protocol/chatstates'/><delay "
              "xmlns='urn:xmpp:delay' from='" ROOM "' stamp='2026-03-04T09:00:00Z'/>");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp chat-state leg=5 how=composing");
    xmpp_stage_expect_stanza(
        stage, "<message from='" SELF "' to='" ROOM "' type='groupchat' id='*'>"
               "<composing xmlns='http://jabber.org/protocol/chatstates'/></message>");
    xmpp_stage_tell(stage, "xmpp chat-state leg=99 how=composing");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(the_subject_is_an_event_of_its_own_also_when_it_is_empty)
{
    groupchat("Nina", "s1", "<subject>Topic</subject>");
    xmpp_stage_expect_event(stage, "xmpp room-subject leg=5 nick=Nina subject=Topic");
    xmpp_stage_hear(stage, "<message from='" ROOM "' to='" SELF "' type='groupchat'><subject/>"
                           "</message>");
    xmpp_stage_expect_event(stage, "xmpp room-subject leg=5");
    xmpp_stage_tell(stage, "xmpp room-subject leg=5 subject=Mine");
    xmpp_stage_expect_stanza(stage,
                             "<message from='" SELF "' to='" ROOM "' type='groupchat' id='*'>"
                             "<subject>Mine</subject></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B05 MUC-B06 */
START_TEST(the_echo_closes_its_row_by_its_id)
{
    say(1, "m1", "same");
    say(2, "m2", "same");
    expect_line("mnuyq", "same");
    expect_line("mnuza", "same");
    groupchat("Omar", "mnuza", "<body>same</body>");
    xmpp_stage_expect_event(stage, "xmpp delivery row=2");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Omar id=mnuza body=same own=yes");
    groupchat("Omar", "mnuyq", "<body>same</body>");
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Omar id=mnuyq body=same own=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B05 */
START_TEST(an_echo_with_an_id_of_the_room_is_the_oldest_line_with_that_body)
{
    say(1, "m1", "one");
    say(2, "m2", "two");
    say(3, "m3", "two");
    for (int i = 0; i < 3; i++)
        g_free(xmpp_stage_take_id(stage, "message"));
    groupchat("Omar", "r77", "<body>two</body>");
    xmpp_stage_expect_event(stage, "xmpp delivery row=2");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Omar id=r77 body=two own=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_line_under_our_nick_that_we_did_not_send_is_another_session_of_the_user)
{
    groupchat("Omar", "other", "<body>from my phone</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Omar id=other "
                                   "body=\"from my phone\"");
    say(1, "m1", "x");
    expect_line("mnuyq", "x");
    groupchat("Nina", "mnuyq", "<body>x</body>"); // nobody else's line is our echo
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=mnuyq body=x");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B07 MUC-B25 */
START_TEST(an_error_of_the_room_fails_the_line)
{
    say(1, "m1", "x");
    expect_line("mnuyq", "x");
    error(ROOM, "other", "forbidden");
    xmpp_stage_quiet(stage);
    error(ROOM, "mnuyq", "forbidden");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=forbidden row=1");
    xmpp_stage_pass(stage, 60000);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(without_echo_a_line_times_out_and_a_late_echo_is_still_ours)
{
    say(1, "m1", "x");
    expect_line("mnuyq", "x");
    xmpp_stage_pass(stage, 29999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_event(stage,
                            "xmpp delivery how=timeout failure=remote-server-timeout row=1 *");
    groupchat("Omar", "mnuyq", "<body>x</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Omar id=mnuyq body=x own=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(when_the_room_does_not_know_us_we_enter_again_and_the_line_is_sent_once_more)
{
    say(1, "m1", "x");
    expect_line("mnuyq", "x");
    error(ROOM, "mnuyq", "not-acceptable");
    expect_again("2026-03-04T10:00:01Z");
    presence("Nina", HERE, ITEM);
    presence("Omar", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Nina *");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar *");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=" ROOM " nick=Omar");
    expect_line("mnuyq", "x");
    muc_stage_answer_info(stage, "");
    error(ROOM, "mnuyq", "not-acceptable");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=not-acceptable row=1");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B08 */
START_TEST(a_private_line_goes_to_the_occupant_and_is_held_like_one_to_a_host_not_ours)
{
    xmpp_stage_tell(stage, "xmpp room-message leg=5 row=1 nick=Nina id=p1 body=psst private=yes");
    xmpp_stage_expect_stanza(stage, "<message from='" SELF "' to='" ROOM "/Nina' type='chat' "
                                    "id='p1'><body>psst</body>" ORIGIN("p1") "<x xmlns='" MUC_USER
                                                                             "'/></message>");
    xmpp_stage_pass(stage, 399);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 row=2 nick=Nobody id=p2 body=psst private=yes");
    g_free(xmpp_stage_take_id(stage, "message"));
    error(ROOM "/Nobody", "p2", "item-not-found");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=item-not-found row=2");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B09 */
START_TEST(a_private_line_for_us_is_told_as_private_and_can_be_refused)
{
    xmpp_stage_hear(stage, "<message from='" ROOM "/Nina' to='" SELF "' type='chat' id='p1'>"
                           "<body>psst</body><x xmlns='" MUC_USER "'/></message>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 to=" SELF
                                   " nick=Nina id=p1 body=psst private=yes");
    xmpp_stage_tell(stage, "xmpp refuse failure=feature-not-implemented from=" SELF " to=" ROOM
                           "/Nina id=p1");
    xmpp_stage_expect_stanza(stage, "<message from='" SELF "' to='" ROOM "/Nina' type='error' "
                                    "id='p1'><error type='cancel'><feature-not-implemented " IN
                                    "/></error></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B17 */
START_TEST(who_leaves_says_why_and_hears_no_more)
{
    say(1, "m1", "x");
    expect_line("mnuyq", "x");
    xmpp_stage_tell(stage, "xmpp leave-room leg=5 text=\"good night\"");
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'><status>good night</status>"
                                    "</presence>");
    xmpp_stage_expect_event(stage, "xmpp delivery how=lost failure=recipient-unavailable row=1 *");
    presence("Omar", AWAY, NO_ITEM STATUS("110"));
    groupchat("Nina", "a", "<body>bye</body>");
    say(2, "m2", "too late");
    xmpp_stage_expect_event(stage, "xmpp delivery how=lost failure=recipient-unavailable row=2 *");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B01 */
START_TEST(two_legs_of_one_user_are_two_sessions)
{
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=romeo@sip.test room=" ROOM " nick=Omar");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "/Omar' to='romeo@sip.test/leg6'><x xmlns='" MUC_USER
                    "'>" ITEM STATUS("110") "</x></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=6 nick=Omar *");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=6 *");
    xmpp_stage_tell(stage, "xmpp leave-room leg=6");
    xmpp_stage_expect_stanza(stage, "<presence from='romeo@sip.test/leg6' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'/>");
    groupchat("Nina", "a", "<body>still here</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 *");
    xmpp_stage_quiet(stage);
}
END_TEST

#define HEALTH_MS (15 * 60 * 1000)
#define SELF_PING                                                                                  \
    "<iq type='get' from='" SELF "' to='" ROOM "/Omar' id='*'><ping xmlns='urn:xmpp:ping'/></iq>"

// The self-ping of XEP-0410 goes out and is answered by this error; NULL: by a result.
static void answer_self_ping(const char *condition)
{
    char *id = xmpp_stage_take_id(stage, "iq");
    if (condition == NULL)
        xmpp_stage_hear(stage, "<iq type='result' from='" ROOM "/Omar' to='" SELF "' id='%s'/>",
                        id);
    else
        xmpp_stage_hear(stage,
                        "<iq type='error' from='" ROOM "/Omar' to='" SELF "' id='%s'><error "
                        "type='cancel'><%s " IN "/></error></iq>",
                        id, condition);
    g_free(id);
}

/* MUC-B20 */
START_TEST(after_a_quarter_of_an_hour_of_silence_we_look_whether_we_are_inside)
{
    xmpp_stage_pass(stage, HEALTH_MS - 1000);
    groupchat("Nina", "a", "<body>here</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message *");
    xmpp_stage_pass(stage, 1000);
    xmpp_stage_quiet(stage); // it was not silent
    xmpp_stage_pass(stage, HEALTH_MS);
    xmpp_stage_expect_stanza(stage, SELF_PING);
    static const char *const INSIDE[] = {NULL, "service-unavailable", "feature-not-implemented",
                                         "item-not-found", "remote-server-timeout"};
    for (size_t i = 0; i < G_N_ELEMENTS(INSIDE); i++) {
        xmpp_stage_pass(stage, HEALTH_MS);
        answer_self_ping(INSIDE[i]);
        xmpp_stage_quiet(stage);
    }
    xmpp_stage_pass(stage, HEALTH_MS);
    answer_self_ping("not-acceptable");
    g_free(xmpp_stage_take_id(stage, "presence")); // it enters again
    xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* EXT-12 */
START_TEST(an_occupant_answers_those_who_see_it)
{
    xmpp_stage_hear(stage, "<iq from='" ROOM "/Nina' to='" SELF "' type='get' id='q'>"
                           "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    xmpp_stage_expect_stanza(stage, "<iq from='" SELF "' to='" ROOM "/Nina' type='result' id='q'>"
                                    "<query xmlns='http://jabber.org/protocol/disco#info'>"
                                    "<identity category='client' type='phone' "
                                    "name='SIP via gateway'/>"
                                    "<feature var='http://jabber.org/protocol/caps'/>"
                                    "<feature var='http://jabber.org/protocol/chatstates'/>"
                                    "<feature var='http://jabber.org/protocol/disco#info'/>"
                                    "<feature var='urn:xmpp:receipts'/></query></iq>");
}
END_TEST

// What the room tells of the time before a break.
static void history(const char *nick, const char *id, const char *body)
{
    g_autofree char *inner =
        g_strdup_printf("<body>%s</body><delay xmlns='urn:xmpp:delay' from='" ROOM
                        "' stamp='2026-03-04T10:00:00Z'/>",
                        body);
    groupchat(nick, id, inner);
}

/* MUC-B04 */
START_TEST(the_second_of_a_break_is_told_again_and_heard_once)
{
    groupchat("Nina", "a1", "<body>before</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=a1 body=before");
    groupchat("Nina", "a1", "<body>the same id, live</body>"); // some clients repeat ids
    xmpp_stage_expect_event(stage, "xmpp room-message *");
    presence("Omar", AWAY, NO_ITEM STATUS("110") STATUS("333"));
    expect_again("2026-03-04T10:00:01Z");
    presence("Omar", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar *");
    xmpp_stage_expect_event(stage, "xmpp room-entry *");
    muc_stage_answer_info(stage, "");
    history("Nina", "a1", "before");
    xmpp_stage_quiet(stage);
    history("Pia", "a1", "another author");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Pia id=a1 * history=yes");
    history("Nina", "a2", "meanwhile");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 nick=Nina id=a2 * history=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-608 */
START_TEST(a_link_lost_on_the_way_back_asks_for_what_was_said_since_the_break)
{
    presence("Omar", AWAY, NO_ITEM STATUS("110") STATUS("333"));
    expect_again("2026-03-04T10:00:01Z");
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp link how=down from=sip.test");
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=sip.test");
    expect_entry("2026-03-04T10:00:01Z");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_presence_of_an_occupant_is_told,
        what_we_are_ourselves_is_told_when_it_changes,
        who_is_away_is_told_only_where_that_is_wished,
        a_new_nick_is_told_once_and_keeps_its_bearer,
        others_are_told_as_kicked_or_banned_with_the_reason,
        our_own_new_nick_is_no_leaving,
        each_way_out_is_told_by_its_name,
        an_accident_is_mended_by_one_entry_and_the_room_tells_all_again,
        a_leaving_without_a_reason_is_tried_and_a_room_that_is_no_more_was_destroyed,
        a_nick_taken_meanwhile_is_told_as_a_rename,
        a_lost_link_ends_lines_and_is_followed_by_an_entry,
        a_line_of_the_room_is_told_with_its_time_when_it_is_old,
        a_line_without_words_for_us_is_dropped_and_never_answered,
        who_writes_is_told_both_ways_and_what_was_kept_is_not,
        the_subject_is_an_event_of_its_own_also_when_it_is_empty,
        the_echo_closes_its_row_by_its_id,
        an_echo_with_an_id_of_the_room_is_the_oldest_line_with_that_body,
        a_line_under_our_nick_that_we_did_not_send_is_another_session_of_the_user,
        an_error_of_the_room_fails_the_line,
        without_echo_a_line_times_out_and_a_late_echo_is_still_ours,
        when_the_room_does_not_know_us_we_enter_again_and_the_line_is_sent_once_more,
        a_private_line_goes_to_the_occupant_and_is_held_like_one_to_a_host_not_ours,
        a_private_line_for_us_is_told_as_private_and_can_be_refused,
        who_leaves_says_why_and_hears_no_more,
        two_legs_of_one_user_are_two_sessions,
        after_a_quarter_of_an_hour_of_silence_we_look_whether_we_are_inside,
        an_occupant_answers_those_who_see_it,
        the_second_of_a_break_is_told_again_and_heard_once,
        a_link_lost_on_the_way_back_asks_for_what_was_said_since_the_break,
        NULL,
    };
    return suite_run_fixture("muc_client", tests, set_up, tear_down);
}
