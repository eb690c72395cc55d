// SPDX-License-Identifier: MIT
// Removing somebody from a room on SIP, local bans, and what an owner can do there.
#include "xmpp/room_admin.h"

#include "tests/support/service_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
    service_stage_enter(stage);
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void ask(const char *type, const char *ns, const char *inner)
{
    xmpp_stage_hear(stage, "<iq type='%s' id='k' from='" NINA "' to='" HALL "'><query xmlns='%s'>%s</query></iq>",
                    type, ns, inner);
}

#define ADMIN "http://jabber.org/protocol/muc#admin"
#define OWNER "http://jabber.org/protocol/muc#owner"

static void expect_result(const char *inner)
{
    g_autofree char *stanza =
        g_strdup_printf("<iq type='result' id='k' from='" HALL "' to='" NINA "'>%s</iq>", inner);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

static void expect_error(const char *type, const char *name)
{
    g_autofree char *stanza = g_strdup_printf(
        "<iq type='error' id='k' from='" HALL "' to='" NINA "'><error type='%s' by='" HALL "'><%s " IN_ERROR
        "/></error></iq>",
        type, name);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

#define KICK "<item nick='Omar' role='none'><reason>spam</reason></item>"

/* MUC-A19 */
START_TEST(a_kick_is_asked_of_the_conference_and_answered_by_what_it_says)
{
    static const struct {
        const char *result;
        const char *type;
        const char *name;
    } ROWS[] = {
        {"how=yes", NULL, NULL},
        {"how=no status=403", "cancel", "not-allowed"},
        {"how=no status=405", "cancel", "not-allowed"},
        {"how=no status=501", "cancel", "not-allowed"},
        {"how=no status=603", "cancel", "not-allowed"},
        {"how=no status=404", "cancel", "item-not-found"},
        {"how=no status=481", "cancel", "item-not-found"},
        {"how=no failure=remote-server-timeout", "wait", "remote-server-timeout"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        ask("set", ADMIN, KICK);
        xmpp_stage_expect_event(stage, "xmpp room-request how=kick leg=5 ref=* from=" NINA " room=" HALL
                                       " nick=Omar text=spam");
        xmpp_stage_quiet(stage);
        g_autofree char *line = g_strdup_printf("xmpp room-result ref=%zu %s", i + 2, ROWS[i].result);
        xmpp_stage_tell(stage, line);
        if (ROWS[i].name == NULL)
            expect_result("");
        else
            expect_error(ROWS[i].type, ROWS[i].name);
    }
}
END_TEST

/* MUC-A19 */
START_TEST(a_kick_without_an_answer_has_one_in_the_end)
{
    ask("set", ADMIN, KICK);
    xmpp_stage_expect_event(stage, "xmpp room-request how=kick *");
    xmpp_stage_pass(stage, 153000);
    expect_error("wait", "remote-server-timeout");
    ask("set", ADMIN, "<item nick='Nobody' role='none'/>");
    expect_error("cancel", "item-not-found");
    ask("set", ADMIN, "<item nick='Nina' role='none'/>");
    expect_error("cancel", "conflict");
}
END_TEST

/* MUC-A21 */
START_TEST(other_roles_and_affiliations_cannot_be_given)
{
    static const char *const ITEMS[] = {
        "<item nick='Omar' role='visitor'/>",
        "<item nick='Omar' role='participant'/>",
        "<item nick='Omar' role='moderator'/>",
        "<item jid='omar@xmpp.test' affiliation='member'/>",
        "<item jid='omar@xmpp.test' affiliation='admin'/>",
        "<item jid='omar@xmpp.test' affiliation='owner'/>",
        "<item jid='omar@xmpp.test' affiliation='none'/>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ITEMS); i++) {
        ask("set", ADMIN, ITEMS[i]);
        expect_error("cancel", "not-allowed");
    }
    ask("set", ADMIN, "<item nick='Omar' role='none' affiliation='outcast'/>");
    expect_error("modify", "bad-request");
    ask("get", ADMIN, "<item affiliation='member'/>");
    expect_error("auth", "forbidden");
}
END_TEST

/* MUC-A19 */
START_TEST(several_removals_at_once_are_none)
{
    ask("set", ADMIN, "<item nick='Omar' role='none'/><item nick='Nina' role='none'/>");
    xmpp_stage_expect_stanza(stage, "<iq type='error' id='k' from='" HALL "' to='" NINA
                                    "'><error type='modify' by='*'><not-acceptable " IN_ERROR "/><text " IN_ERROR
                                    " xml:lang='en'>one item at a time</text></error></iq>");
    xmpp_stage_quiet(stage);
}
END_TEST

static void pia_comes(const char *expected)
{
    xmpp_stage_hear(stage, "<presence from='pia@xmpp.test/x' to='" HALL "/Pia'>" JOIN_X "</presence>");
    if (expected != NULL)
        xmpp_stage_expect_event(stage, expected);
    else
        xmpp_stage_expect_stanza(stage, "<presence from='" HALL "/Pia' to='pia@xmpp.test/x' type='error'>" JOIN_X
                                        "<error type='auth' by='" HALL "'><forbidden " IN_ERROR
                                        "/></error></presence>");
}

#define BAN "<item jid='pia@xmpp.test' affiliation='outcast'/>"

/* MUC-A20 */
START_TEST(a_ban_of_one_who_is_inside_needs_the_conference_and_keeps_him_out)
{
    pia_comes("xmpp room-offered ref=2 *");
    xmpp_stage_tell(stage, "xmpp answer-leg ref=2 leg=6 nick=Pia");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=6 *");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Pia");
    xmpp_stage_expect_stanza(stage, HERE("Pia", NINA, ITEM_OF("participant")));
    ask("set", ADMIN, BAN);
    xmpp_stage_expect_event(stage, "xmpp room-request how=ban leg=5 ref=3 from=" NINA " room=" HALL " nick=Pia");
    xmpp_stage_tell(stage, "xmpp room-result ref=3 how=no status=403");
    expect_error("cancel", "not-allowed");
    ask("set", ADMIN, BAN);
    xmpp_stage_expect_event(stage, "xmpp room-request how=ban leg=5 ref=4 *");
    xmpp_stage_tell(stage, "xmpp admit leg=6");
    for (int i = 0; i < 3; i++)
        g_free(xmpp_stage_take_id(stage, "presence"));
    g_free(xmpp_stage_take_id(stage, "message"));
    xmpp_stage_tell(stage, "xmpp room-result ref=4 how=yes");
    expect_result("");
    xmpp_stage_tell(stage, "xmpp expel leg=6 how=kicked");
    xmpp_stage_expect_stanza(stage, GONE("Pia", "pia@xmpp.test/x", "<item affiliation='outcast' role='none'/>"
                                                CODE_OF("110") CODE_OF("301")));
    pia_comes(NULL);
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A20 */
START_TEST(one_who_is_not_inside_is_banned_and_let_in_again_by_moderators_alone)
{
    ask("set", ADMIN, BAN);
    expect_error("cancel", "not-allowed");
    xmpp_stage_tell(stage, "xmpp room-roster leg=5 how=changed own=yes nick=Nina role=moderator");
    g_free(xmpp_stage_take_id(stage, "presence"));
    ask("set", ADMIN, BAN);
    expect_result("");
    pia_comes(NULL);
    ask("get", ADMIN, "<item affiliation='outcast'/>");
    expect_result("<query xmlns='" ADMIN "'><item affiliation='outcast' jid='pia@xmpp.test'/></query>");
    ask("set", ADMIN, "<item jid='pia@xmpp.test' affiliation='none'/>");
    expect_result("");
    pia_comes("xmpp room-offered *");
    ask("set", ADMIN, "<item jid='omar@sip.test' affiliation='outcast'/>");
    expect_error("cancel", "not-allowed"); // SIP users are the focus's business
    ask("set", ADMIN, "<item jid='nina@xmpp.test' affiliation='outcast'/>");
    expect_error("cancel", "conflict");
    xmpp_stage_settings(stage)->ban_local = false;
    ask("set", ADMIN, BAN);
    expect_error("cancel", "not-allowed");
}
END_TEST

/* MUC-A24 */
START_TEST(there_is_nothing_to_configure)
{
    ask("get", OWNER, "");
    expect_result("<query xmlns='" OWNER "'><x xmlns='jabber:x:data' type='form'/></query>");
    ask("set", OWNER, "<x xmlns='jabber:x:data' type='submit'/>");
    expect_result("");
    ask("set", OWNER, "<x xmlns='jabber:x:data' type='cancel'/>");
    expect_error("cancel", "not-allowed");
    ask("set", OWNER, "");
    expect_error("cancel", "not-allowed");
}
END_TEST

/* MUC-A25 */
START_TEST(only_who_had_the_conference_made_ends_it)
{
    ask("set", OWNER, "<destroy><reason>done</reason></destroy>");
    expect_error("auth", "forbidden");
    tear_down();
    stage = xmpp_stage_new();
    service_stage_ask(stage, NINA, "Nina", "xmpp room-offered ref=1 *");
    xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=Nina made=yes");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes *");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(stage,
                             HERE("Nina", NINA, ITEM_OF("participant") CODE_OF("110") CODE_OF("201")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    ask("set", OWNER, "<destroy jid='new@conf.sip.test'><reason>done</reason></destroy>");
    xmpp_stage_expect_stanza(stage, GONE("Nina", NINA,
                                         ITEM_OF("none") "<destroy jid='new@conf.sip.test'><reason>done</reason>"
                                         "</destroy>" CODE_OF("110")));
    xmpp_stage_expect_event(stage, "xmpp room-exit how=left leg=5 text=done");
    expect_result("");
}
END_TEST

START_TEST(who_is_not_inside_administers_nothing)
{
    xmpp_stage_hear(stage, "<iq type='set' id='k' from='" OMAR "' to='" HALL "'><query xmlns='" ADMIN "'>" KICK
                           "</query></iq>");
    xmpp_stage_expect_stanza(stage, "<iq type='error' id='k' from='" HALL "' to='" OMAR "'><error type='auth' by='"
                                    HALL "'><forbidden " IN_ERROR "/></error></iq>");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_kick_is_asked_of_the_conference_and_answered_by_what_it_says,
        a_kick_without_an_answer_has_one_in_the_end,
        other_roles_and_affiliations_cannot_be_given,
        several_removals_at_once_are_none,
        a_ban_of_one_who_is_inside_needs_the_conference_and_keeps_him_out,
        one_who_is_not_inside_is_banned_and_let_in_again_by_moderators_alone,
        there_is_nothing_to_configure,
        only_who_had_the_conference_made_ends_it,
        who_is_not_inside_administers_nothing,
        NULL,
    };
    return suite_run_fixture("room_admin", tests, set_up, tear_down);
}
