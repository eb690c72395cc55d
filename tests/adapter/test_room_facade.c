// SPDX-License-Identifier: MIT
// What the parties of a room on SIP are told of it: the order of an entry, the roster, and every way out.
#include "xmpp/room_facade.h"

#include "tests/support/service_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

#define DELAY "<delay xmlns='urn:xmpp:delay' from='" HALL "' stamp='2026-03-04T09:00:00Z'/>"
#define STABLE_OF(id) "<stanza-id xmlns='urn:xmpp:sid:0' by='" HALL "' id='" id "'/>"
#define STABLE        STABLE_OF("*")

static void answer(const char *device, int ref, int leg, const char *nick)
{
    g_autofree char *offer = g_strdup_printf("xmpp room-offered ref=%d *", ref);
    service_stage_ask(stage, device, nick, offer);
    g_autofree char *line =
        g_strdup_printf("xmpp answer-leg ref=%d leg=%d nick=%s", ref, leg, nick);
    xmpp_stage_tell(stage, line);
    g_autofree char *yes = g_strdup_printf("xmpp room-answer how=yes leg=%d *", leg);
    xmpp_stage_expect_event(stage, yes);
}

/* MUC-A04 */
START_TEST(an_entry_is_others_self_history_subject_and_only_then_what_is_new)
{
    answer(NINA, 1, 5, "Nina");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Nina");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Omar role=moderator");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 nick=Omar id=n1 stable=s1 body=new");
    xmpp_stage_tell(stage, "xmpp chat-state leg=5 nick=Omar how=composing");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 nick=Omar id=o1 body=old "
                           "stamp=2026-03-04T09:00:00Z");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Ugo role=visitor");
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " subject=\"Plan B\"");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(stage, HERE("Ugo", NINA, ITEM_OF("visitor")));
    xmpp_stage_expect_stanza(stage, HERE("Nina", NINA, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Omar' to='" NINA
                                    "' type='groupchat' id='o1'><body>old</body>" STABLE DELAY
                                    "</message>");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, "Plan B"));
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Omar' to='" NINA
                                    "' type='groupchat' id='n1'><body>new</body>" STABLE_OF("s1")
                                    "</message>");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Omar' to='" NINA
                                    "' type='groupchat' id='*'>"
                                    "<composing xmlns='http://jabber.org/protocol/chatstates'/>"
                                    "</message>");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

static void told_before(int row, const char *stamp)
{
    g_autofree char *line = g_strdup_printf(
        "xmpp room-message leg=5 row=%d nick=Omar id=o%d body=old stamp=%s", row, row, stamp);
    xmpp_stage_tell(stage, line);
}

/* MUC-A04 */
START_TEST(older_lines_that_are_not_wanted_count_as_heard)
{
    static const struct {
        const char *wish;
        const char *first; // that is shown, of o1, o2, o3; NULL: none
    } WISHES[] = {
        {"", "o1"},
        {"<history maxstanzas='0'/>", NULL},
        {"<history maxchars='0'/>", NULL},
        {"<history maxstanzas='1'/>", "o3"},
        {"<history since='2026-03-04T09:10:00Z'/>", "o2"},
        {"<history seconds='2700'/>", "o3"},
        {"<history maxchars='600'/>", "o2"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(WISHES); i++) {
        xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'><x xmlns='" NS_X "'>%s</x></presence>",
                        WISHES[i].wish);
        xmpp_stage_expect_event(stage, "xmpp room-offered *");
        xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=Nina");
        xmpp_stage_expect_event(stage, "xmpp room-answer *");
        told_before(1, "2026-03-04T09:00:00Z");
        told_before(2, "2026-03-04T09:10:00Z");
        told_before(3, "2026-03-04T09:20:00Z");
        xmpp_stage_tell(stage, "xmpp room-message leg=5 nick=Omar id=new body=new");
        xmpp_stage_tell(stage, "xmpp admit leg=5");
        int shown = WISHES[i].first != NULL ? WISHES[i].first[1] - '0' : 4;
        for (int row = shown - 1; row > 0; row--) {
            g_autofree char *heard = g_strdup_printf("xmpp delivery row=%d", row);
            xmpp_stage_expect_event(stage, heard);
        }
        g_free(xmpp_stage_take_id(stage, "presence"));
        for (int row = shown; row <= 3; row++) {
            g_autofree char *id = xmpp_stage_take_id(stage, "message");
            g_autofree char *wanted = g_strdup_printf("o%d", row);
            ck_assert_str_eq(id, wanted);
            if (row == shown)
                g_free(xmpp_stage_take_id(stage, "iq"));
        }
        xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
        g_autofree char *last = xmpp_stage_take_id(stage, "message");
        ck_assert_str_eq(last, "new");
        tear_down();
        set_up();
    }
}
END_TEST

/* MUC-A04 MUC-A05 MUC-A06 */
START_TEST(ones_own_presence_says_what_is_special)
{
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j1'>" JOIN_X "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-offered *");
    xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=Nina_2 made=yes");
    xmpp_stage_expect_event(stage, "xmpp room-answer *");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Omar real=omar@sip.test");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Nina_2 real=nina@xmpp.test");
    xmpp_stage_tell(stage, "xmpp room-roster leg=5 how=changed own=yes nick=Nina_2 role=moderator "
                           "affiliation=owner reals=yes");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA,
                                         "<item affiliation='none' role='participant' "
                                         "jid='omar@sip.test/sip'/>"));
    xmpp_stage_expect_stanza(
        stage, "<presence from='" HALL "/Nina_2' to='" NINA "' id='j1'><x xmlns='" NS_USER
               "'><item affiliation='owner' role='moderator' jid='" NINA "'/>" CODE_OF("110") CODE_OF(
                   "100") CODE_OF("201") CODE_OF("210") "</x></presence>");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A06 */
START_TEST(real_addresses_are_for_those_who_may_see_them_and_the_change_is_told)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-roster how=changed room=" HALL
                           " nick=Omar role=moderator real=omar@sip.test/leg");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("moderator")));
    xmpp_stage_tell(stage, "xmpp room-roster leg=5 how=changed own=yes nick=Nina reals=yes");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='groupchat' id='*'><x xmlns='"
                                    NS_USER "'>" CODE_OF("172") "</x></message>");
    xmpp_stage_tell(stage, "xmpp room-roster how=changed room=" HALL
                           " nick=Omar role=visitor real=omar@sip.test/leg");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, "<item affiliation='none' role='visitor' "
                                                       "jid='omar@sip.test/leg'/>"));
    xmpp_stage_tell(stage, "xmpp room-roster leg=5 how=changed own=yes nick=Nina");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='groupchat' id='*'><x xmlns='"
                                    NS_USER "'>" CODE_OF("173") "</x></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_change_costs_one_presence_for_each_party_and_no_change_costs_none)
{
    service_stage_enter(stage);
    answer(OMAR, 2, 6, "Ugo");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Ugo");
    xmpp_stage_expect_stanza(stage, HERE("Ugo", NINA, ITEM_OF("participant")));
    xmpp_stage_quiet(stage); // Ugo himself is not inside yet
    xmpp_stage_tell(stage, "xmpp admit leg=6");
    xmpp_stage_expect_stanza(stage, HERE("Omar", OMAR, ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(stage, HERE("Nina", OMAR, ITEM_OF("participant")));
    xmpp_stage_expect_stanza(stage, HERE("Ugo", OMAR, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(OMAR, ""));
    xmpp_stage_tell(stage, "xmpp room-roster how=changed room=" HALL " nick=Omar role=visitor");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("visitor")));
    xmpp_stage_expect_stanza(stage, HERE("Omar", OMAR, ITEM_OF("visitor")));
    xmpp_stage_tell(stage, "xmpp room-roster how=changed room=" HALL " nick=Omar role=visitor");
    xmpp_stage_tell(stage, "xmpp room-roster how=changed room=" HALL " nick=Omar role=visitor away=yes");
    xmpp_stage_expect_stanza(stage, "<presence from='" HALL "/Omar' to='" NINA "'><show>away</show><x xmlns='"
                                    NS_USER "'>" ITEM_OF("visitor") "</x></presence>");
    xmpp_stage_expect_stanza(stage, "<presence from='" HALL "/Omar' to='" OMAR "'><show>away</show><x xmlns='"
                                    NS_USER "'>" ITEM_OF("visitor") "</x></presence>");
    xmpp_stage_tell(stage, "xmpp room-roster how=left room=" HALL " nick=Nobody");
    xmpp_stage_tell(stage, "xmpp room-roster how=left room=" HALL);
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp room-roster how=changed room=" HALL " nick=Nina role=moderator");
    xmpp_stage_expect_stanza(stage, HERE("Nina", NINA, ITEM_OF("moderator") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, HERE("Nina", OMAR, ITEM_OF("moderator")));
    xmpp_stage_quiet(stage);
}
END_TEST

/* ROSTER-008 */
START_TEST(another_nick_of_somebody_is_a_going_and_a_coming)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-roster how=renamed room=" HALL " nick=Omar new_nick=O");
    xmpp_stage_expect_stanza(stage, GONE("Omar", NINA, "<item affiliation='none' role='moderator' nick='O'/>"
                                                       CODE_OF("303")));
    xmpp_stage_expect_stanza(stage, HERE("O", NINA, ITEM_OF("moderator")));
    xmpp_stage_tell(stage, "xmpp room-message leg=5 nick=O id=m body=x");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/O' to='" NINA "' type='groupchat' id='m'><body>x"
                                    "</body>" STABLE "</message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ROSTER-008 MUC-A29 */
START_TEST(who_was_told_of_twice_becomes_one)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=O role=moderator");
    xmpp_stage_expect_stanza(stage, HERE("O", NINA, ITEM_OF("moderator")));
    xmpp_stage_tell(stage, "xmpp room-roster how=renamed room=" HALL " nick=Omar new_nick=O");
    xmpp_stage_expect_stanza(stage, GONE("Omar", NINA, "<item affiliation='none' role='moderator' nick='O'/>"
                                                       CODE_OF("303")));
    xmpp_stage_expect_stanza(stage, HERE("O", NINA, ITEM_OF("moderator")));
    xmpp_stage_tell(stage, "xmpp room-roster how=left room=" HALL " nick=O");
    xmpp_stage_expect_stanza(stage, GONE("O", NINA, ITEM_OF("none")));
    xmpp_stage_tell(stage, "xmpp room-roster how=left room=" HALL " nick=Omar");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ROSTER-022 */
START_TEST(others_go_with_the_code_the_reason_and_who_did_it)
{
    static const struct {
        const char *change;
        const char *told;
    } WAYS[] = {
        {"how=left text=bye", "<presence from='" HALL "/Omar' to='" NINA "' type='unavailable'>"
                              "<status>bye</status><x xmlns='" NS_USER "'>" ITEM_OF("none")
                              "</x></presence>"},
        {"how=kicked text=spam from=" HALL "/Ugo",
         GONE("Omar", NINA, "<item affiliation='none' role='none'><actor nick='Ugo'/><reason>spam</reason></item>"
                            CODE_OF("307"))},
        {"how=banned", GONE("Omar", NINA, "<item affiliation='outcast' role='none'/>" CODE_OF("301"))},
        {"how=lost", GONE("Omar", NINA, ITEM_OF("none") CODE_OF("333"))},
        {"how=removed", GONE("Omar", NINA, ITEM_OF("none") CODE_OF("321"))},
    };
    service_stage_enter(stage);
    for (size_t i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        g_autofree char *line =
            g_strdup_printf("xmpp room-roster room=" HALL " nick=Omar %s", WAYS[i].change);
        xmpp_stage_tell(stage, line);
        xmpp_stage_expect_stanza(stage, WAYS[i].told);
        xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Omar");
        xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("participant")));
    }
    xmpp_stage_quiet(stage);
}
END_TEST

/* CONF-028 MUC-A28 MUC-A30 ROSTER-021 */
START_TEST(each_way_out_has_its_code)
{
    static const struct {
        const char *expel;
        const char *inner;
    } WAYS[] = {
        {"how=kicked text=spam from=" HALL "/Omar",
         "<item affiliation='none' role='none'><actor nick='Omar'/><reason>spam</reason></item>"
         CODE_OF("110") CODE_OF("307")},
        {"how=banned", "<item affiliation='outcast' role='none'/>" CODE_OF("110") CODE_OF("301")},
        {"how=shutdown", ITEM_OF("none") CODE_OF("110") CODE_OF("332")},
        {"how=lost text=gone", "<item affiliation='none' role='none'><reason>gone</reason></item>"
                               CODE_OF("110") CODE_OF("333")},
        {"how=removed", ITEM_OF("none") CODE_OF("110") CODE_OF("321")},
        {"how=destroyed text=done real=new@conf.sip.test",
         ITEM_OF("none") "<destroy jid='new@conf.sip.test'><reason>done</reason></destroy>"
         CODE_OF("110")},
        {"how=destroyed", ITEM_OF("none") "<destroy/>" CODE_OF("110")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        service_stage_enter(stage);
        g_autofree char *line = g_strdup_printf("xmpp expel leg=5 %s", WAYS[i].expel);
        xmpp_stage_tell(stage, line);
        g_autofree char *told = g_strdup_printf("<presence from='" HALL "/Nina' to='" NINA
                                                "' type='unavailable'><x xmlns='" NS_USER
                                                "'>%s</x></presence>",
                                                WAYS[i].inner);
        xmpp_stage_expect_stanza(stage, told);
        xmpp_stage_tell(stage, line);
        xmpp_stage_quiet(stage); // once
        tear_down();
        set_up();
    }
}
END_TEST

/* MUC-A28 */
START_TEST(who_goes_keeps_his_affiliation_unless_that_is_what_ended)
{
    static const struct {
        const char *how, *affiliation, *code;
    } WAYS[] = {{"kicked", "owner", CODE_OF("307")},   {"left", "owner", ""},
                {"shutdown", "owner", CODE_OF("332")}, {"lost", "owner", CODE_OF("333")},
                {"removed", "none", CODE_OF("321")},   {"banned", "outcast", CODE_OF("301")}};
    for (size_t i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        g_autofree char *item = g_strdup_printf("<item affiliation='%s' role='none'/>", WAYS[i].affiliation);
        g_autofree char *other = g_strdup_printf(GONE("Ugo", NINA, "%s%s"), item, WAYS[i].code);
        g_autofree char *self = g_strdup_printf(GONE("Nina", NINA, "%s" CODE_OF("110") "%s"), item, WAYS[i].code);
        g_autofree char *goes = g_strdup_printf("xmpp room-roster how=%s room=" HALL " nick=Ugo", WAYS[i].how);
        g_autofree char *expel = g_strdup_printf("xmpp expel leg=5 how=%s", WAYS[i].how);
        service_stage_enter(stage);
        xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Ugo affiliation=owner");
        g_free(xmpp_stage_take_id(stage, "presence"));
        xmpp_stage_tell(stage, "xmpp room-roster leg=5 how=changed own=yes nick=Nina affiliation=owner");
        g_free(xmpp_stage_take_id(stage, "presence"));
        xmpp_stage_tell(stage, goes);
        xmpp_stage_expect_stanza(stage, other);
        xmpp_stage_tell(stage, expel);
        xmpp_stage_expect_stanza(stage, self);
        tear_down();
        set_up();
    }
}
END_TEST

/* CONF-028 */
START_TEST(an_end_before_the_admission_is_an_error_of_the_entry)
{
    static const struct {
        const char *expel;
        const char *error;
    } WAYS[] = {
        {"how=kicked", "<error type='auth' by='" HALL "'><forbidden " IN_ERROR "/></error>"},
        {"how=destroyed", "<error type='cancel' by='" HALL "'><item-not-found " IN_ERROR "/></error>"},
        {"how=lost", "<error type='wait' by='" HALL "'><remote-server-timeout " IN_ERROR "/></error>"},
        {"failure=not-acceptable status=488 text=\"488 No\"",
         "<error type='modify' by='" HALL "'><not-acceptable " IN_ERROR "/><text " IN_ERROR
         " xml:lang='en'>488 No</text></error>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        answer(NINA, 1, 5, "Nina");
        xmpp_stage_tell(stage, "xmpp room-message leg=5 row=7 nick=Omar id=n1 body=new");
        g_autofree char *line = g_strdup_printf("xmpp expel leg=5 %s", WAYS[i].expel);
        xmpp_stage_tell(stage, line);
        xmpp_stage_expect_event(stage, "xmpp delivery how=lost failure=recipient-unavailable row=7 *");
        g_autofree char *told = g_strdup_printf("<presence from='" HALL "/Nina' to='" NINA
                                                "' type='error'>" JOIN_X "%s</presence>",
                                                WAYS[i].error);
        xmpp_stage_expect_stanza(stage, told);
        xmpp_stage_quiet(stage);
        tear_down();
        set_up();
    }
}
END_TEST

/* MUC-A23 */
START_TEST(a_subject_is_told_when_it_changes_and_later_with_its_time)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " subject=\"Plan B\" nick=Omar");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, "Plan B"));
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " subject=\"Plan B\"");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL);
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " subject=C");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, "C"));
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'>" JOIN_X "</presence>");
    g_free(xmpp_stage_take_id(stage, "presence"));
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='groupchat' id='*'><subject>C"
                                    "</subject><delay xmlns='urn:xmpp:delay' from='" HALL
                                    "' stamp='2026-03-04T10:00:01Z'/></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A09 */
START_TEST(a_line_of_one_who_is_not_on_the_roster_makes_no_presence)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-message leg=5 nick=Guest id=m body=hi lang=de");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Guest' to='" NINA
                                    "' type='groupchat' id='m' xml:lang='de'><body>hi</body>" STABLE
                                    "</message>");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 body=\"words of the room\"");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='groupchat' id='*'>"
                                    "<body>words of the room</body>" STABLE "</message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A09 MUC-A10 MUC-A12 */
START_TEST(a_line_is_proven_like_any_other_and_a_private_one_is_marked)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-message leg=5 row=8 nick=Nina id=m1 body=\"from my other device\"");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Nina' to='" NINA "' type='groupchat' id='m1'>"
                                    "<body>from my other device</body>" STABLE "</message>");
    g_autofree char *ping = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 row=9 nick=Omar id=m2 body=psst private=yes");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Omar' to='" NINA "' type='chat' id='m2'>"
                                    "<body>psst</body><x xmlns='" NS_USER "'/></message>");
    xmpp_stage_hear(stage, "<iq type='result' from='xmpp.test' to='conf.sip.test' id='%s'/>", ping);
    xmpp_stage_expect_event(stage, "xmpp delivery row=8");
}
END_TEST

/* MUC-A29 */
START_TEST(two_devices_under_one_nick_are_one_occupant)
{
    service_stage_enter(stage);
    answer("nina@xmpp.test/phone", 2, 6, "Nina");
    xmpp_stage_tell(stage, "xmpp admit leg=6");
    xmpp_stage_expect_stanza(stage, HERE("Omar", "nina@xmpp.test/phone", ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(stage, HERE("Nina", "nina@xmpp.test/phone",
                                         ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF("nina@xmpp.test/phone", ""));
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' type='unavailable'/>");
    xmpp_stage_expect_stanza(stage, GONE("Nina", NINA, ITEM_OF("none") CODE_OF("110")));
    xmpp_stage_expect_event(stage, "xmpp room-exit how=left leg=5");
    xmpp_stage_quiet(stage); // the other one stays, and nobody hears of it
    xmpp_stage_tell(stage, "xmpp room-roster how=renamed room=" HALL " nick=Nina new_nick=N");
    xmpp_stage_expect_stanza(stage, GONE("Nina", "nina@xmpp.test/phone",
                                         "<item affiliation='none' role='participant' nick='N'/>"
                                         CODE_OF("303") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, HERE("N", "nina@xmpp.test/phone",
                                         ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_quiet(stage);
}
END_TEST

#define DEVICE(jid) "<item affiliation='none' role='participant' jid='nina@xmpp.test/" jid "'/>"
#define NINA_SHOWS(show, inner)                                                                    \
    "<presence from='" HALL "/Nina' to='" OMAR "'>" show "<x xmlns='" NS_USER "'>" inner "</x></presence>"

static void come_in(const char *device, int leg, const char *nick, const char *show)
{
    xmpp_stage_hear(stage, "<presence from='%s' to='" HALL "/%s'>%s" JOIN_X "</presence>", device, nick, show);
    xmpp_stage_expect_event(stage, "xmpp room-offered *");
    g_autofree char *line = g_strdup_printf("xmpp answer-leg ref=%d leg=%d nick=%s", leg, leg, nick);
    xmpp_stage_tell(stage, line);
}

static void is_in(int leg, const char *nick)
{
    g_autofree char *yes = g_strdup_printf("xmpp room-answer how=yes leg=%d *", leg);
    xmpp_stage_expect_event(stage, yes);
    g_autofree char *own = g_strdup_printf("xmpp room-roster leg=%d how=changed own=yes nick=%s reals=yes", leg, nick);
    xmpp_stage_tell(stage, own);
    g_autofree char *joined = g_strdup_printf("xmpp room-roster how=joined room=" HALL " nick=%s", nick);
    xmpp_stage_tell(stage, joined);
}

/* MUC-A15 MUC-A29 */
START_TEST(one_occupant_has_an_item_for_each_device_and_says_what_the_latest_said)
{
    come_in(OMAR, 1, "Ugo", "");
    is_in(1, "Ugo");
    xmpp_stage_tell(stage, "xmpp admit leg=1");
    g_free(xmpp_stage_take_id(stage, "presence"));
    g_free(xmpp_stage_take_id(stage, "message"));
    come_in(NINA, 2, "Nina", "<show>dnd</show>");
    is_in(2, "Nina");
    xmpp_stage_expect_stanza(stage, NINA_SHOWS("<show>dnd</show>", DEVICE("pad")));
    come_in("nina@xmpp.test/phone", 3, "Nina", "<show>away</show>");
    xmpp_stage_expect_stanza(stage, NINA_SHOWS("<show>away</show>", DEVICE("phone") DEVICE("pad")));
    is_in(3, "Nina");
    xmpp_stage_hear(stage, "<presence from='nina@xmpp.test/phone' to='" HALL "/Nina' type='unavailable'/>");
    xmpp_stage_expect_stanza(stage, NINA_SHOWS("<show>dnd</show>", DEVICE("pad")));
    xmpp_stage_expect_event(stage, "xmpp room-exit how=left leg=3");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A06 */
START_TEST(a_user_whom_the_conference_told_of_first_gets_the_address_of_his_device)
{
    come_in(OMAR, 1, "Ugo", "");
    is_in(1, "Ugo");
    xmpp_stage_tell(stage, "xmpp admit leg=1");
    g_free(xmpp_stage_take_id(stage, "presence"));
    g_free(xmpp_stage_take_id(stage, "message"));
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Nina real=nina@xmpp.test");
    xmpp_stage_expect_stanza(stage, NINA_SHOWS("", DEVICE("sip")));
    come_in(NINA, 2, "Nina", "");
    xmpp_stage_expect_stanza(stage, NINA_SHOWS("", DEVICE("pad")));
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=2 *");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(what_the_room_says_of_itself_is_told_by_a_code_when_it_changes)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " how=changed text=Hall body=First");
    xmpp_stage_quiet(stage); // first heard of
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " how=changed text=Hall body=Second");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='groupchat' id='*'><x xmlns='"
                                    NS_USER "'>" CODE_OF("104") "</x></message>");
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " how=changed text=Hall body=Second");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_entry_is_others_self_history_subject_and_only_then_what_is_new,
        older_lines_that_are_not_wanted_count_as_heard,
        ones_own_presence_says_what_is_special,
        real_addresses_are_for_those_who_may_see_them_and_the_change_is_told,
        a_change_costs_one_presence_for_each_party_and_no_change_costs_none,
        another_nick_of_somebody_is_a_going_and_a_coming,
        who_was_told_of_twice_becomes_one,
        others_go_with_the_code_the_reason_and_who_did_it,
        each_way_out_has_its_code,
        who_goes_keeps_his_affiliation_unless_that_is_what_ended,
        an_end_before_the_admission_is_an_error_of_the_entry,
        a_subject_is_told_when_it_changes_and_later_with_its_time,
        a_line_of_one_who_is_not_on_the_roster_makes_no_presence,
        a_line_is_proven_like_any_other_and_a_private_one_is_marked,
        two_devices_under_one_nick_are_one_occupant,
        a_user_whom_the_conference_told_of_first_gets_the_address_of_his_device,
        one_occupant_has_an_item_for_each_device_and_says_what_the_latest_said,
        what_the_room_says_of_itself_is_told_by_a_code_when_it_changes,
        NULL,
    };
    return suite_run_fixture("room_facade", tests, set_up, tear_down);
}
