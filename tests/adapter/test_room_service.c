// SPDX-License-Identifier: MIT
// The MUC service as a whole: ghosts, links, restarts, the end, names of every kind, and that each question
// has one answer.
#include "xmpp/room_service.h"

#include "mapping/address.h"
#include "tests/support/service_stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

#define LOST                                                                                       \
    GONE("Nina", NINA,                                                                             \
         "<item affiliation='none' role='none'><reason>not reachable any more</reason></item>"     \
         CODE_OF("110") CODE_OF("333"))

static void bounce(const char *name, const char *from, const char *id, const char *condition)
{
    xmpp_stage_hear(stage,
                    "<%s from='" NINA "' to='%s' type='error' id='%s'><error type='cancel'><%s " IN_ERROR
                    "/></error></%s>",
                    name, from, id, condition, name);
}

START_TEST(a_ghost_is_removed_when_its_server_says_it_is_not_there)
{
    static const char *const CONDITIONS[] = {
        "gone",     "item-not-found",          "recipient-unavailable",
        "redirect", "remote-server-not-found", "remote-server-timeout",
        "service-unavailable"};
    for (size_t i = 0; i < G_N_ELEMENTS(CONDITIONS); i++) {
        service_stage_enter(stage);
        bounce(i % 2 == 0 ? "message" : "presence", HALL "/Omar", "x", CONDITIONS[i]);
        xmpp_stage_expect_stanza(stage, LOST);
        xmpp_stage_expect_event(stage, "xmpp room-exit how=lost leg=5 text=\"not reachable any more\"");
        bounce("message", HALL "/Omar", "x", CONDITIONS[i]);
        xmpp_stage_quiet(stage);
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(other_errors_and_a_blocked_private_line_are_no_ghosts)
{
    service_stage_enter(stage);
    bounce("message", HALL "/Omar", "x", "not-acceptable");
    bounce("presence", HALL "/Omar", "x", "forbidden");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 nick=Omar id=p1 body=psst private=yes");
    g_free(xmpp_stage_take_id(stage, "message"));
    bounce("message", HALL "/Omar", "p1", "service-unavailable");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_refused_line_tells_its_row_as_well)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-message leg=5 row=8 nick=Omar id=m1 body=x");
    g_free(xmpp_stage_take_id(stage, "message"));
    g_free(xmpp_stage_take_id(stage, "iq"));
    bounce("message", HALL "/Omar", "m1", "recipient-unavailable");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=recipient-unavailable row=8");
    xmpp_stage_expect_stanza(stage, LOST);
    xmpp_stage_expect_event(stage, "xmpp room-exit how=lost leg=5 *");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(after_a_break_of_the_link_who_is_not_there_any_more_is_removed)
{
    service_stage_enter(stage);
    xmpp_stage_link_of(stage, "conf.sip.test", false);
    xmpp_stage_expect_event(stage, "xmpp link how=down from=conf.sip.test");
    xmpp_stage_link_of(stage, "conf.sip.test", true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=conf.sip.test");
    g_autofree char *first = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_hear(stage, "<iq type='result' from='" NINA "' to='" HALL "' id='%s'/>", first);
    xmpp_stage_quiet(stage); // she is there
    xmpp_stage_link_of(stage, "conf.sip.test", false);
    xmpp_stage_link_of(stage, "conf.sip.test", true);
    xmpp_stage_expect_event(stage, "xmpp link how=down *");
    xmpp_stage_expect_event(stage, "xmpp link how=up *");
    g_autofree char *second = xmpp_stage_take_id(stage, "iq");
    bounce("iq", HALL, second, "service-unavailable");
    xmpp_stage_expect_stanza(stage, LOST);
    xmpp_stage_expect_event(stage, "xmpp room-exit how=lost leg=5 *");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A28 */
START_TEST(who_was_inside_before_a_restart_is_told_that_he_is_out)
{
    xmpp_stage_tell(stage, "xmpp expel leg=3 room=" HALL " to=" NINA " nick=Nina");
    xmpp_stage_expect_stanza(stage, GONE("Nina", NINA, ITEM_OF("none") CODE_OF("110") CODE_OF("332")));
    xmpp_stage_tell(stage, "xmpp expel leg=3");
    xmpp_stage_tell(stage, "xmpp expel leg=3 room=verona@rooms.xmpp.test to=" NINA " nick=Nina");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A28 */
START_TEST(a_shutdown_is_told_to_everybody)
{
    service_stage_enter(stage);
    xmpp_stage_leave_rooms(stage, "gateway is going down");
    xmpp_stage_expect_stanza(stage, GONE("Nina", NINA,
                                         "<item affiliation='none' role='none'><reason>gateway is going "
                                         "down</reason></item>" CODE_OF("110") CODE_OF("332")));
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(what_is_forgotten_by_its_home_is_not_known_any_more)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp expel leg=5 how=shutdown");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_tell(stage, "xmpp room-roster how=forget room=" HALL);
    xmpp_stage_tell(stage, "xmpp room-roster how=forget room=" HALL);
    xmpp_stage_hear(stage, "<iq type='get' id='i' from='" NINA "' to='" HALL
                           "'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=probe *");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(each_get_and_each_set_has_one_answer)
{
    static const char *const TO[] = {"conf.sip.test", HALL, HALL "/Nina", HALL "/Omar", HALL "/Nobody",
                                     "other@conf.sip.test/x"};
    static const char *const PAYLOADS[] = {
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items' node='x'/>",
        "<query xmlns='http://jabber.org/protocol/muc#admin'/>",
        "<query xmlns='http://jabber.org/protocol/muc#admin'><item/></query>",
        "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='' role='none'/></query>",
        "<query xmlns='http://jabber.org/protocol/muc#admin'><item jid='@' affiliation='outcast'/></query>",
        "<query xmlns='http://jabber.org/protocol/muc#owner'/>",
        "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>",
        "<query xmlns='urn:xmpp:mam:2'/>",
        "<vCard xmlns='vcard-temp'/>",
        "<query xmlns='jabber:iq:register'/>",
        "<ping xmlns='urn:xmpp:ping'/>",
        "",
    };
    service_stage_enter(stage);
    for (size_t i = 0; i < G_N_ELEMENTS(TO) * G_N_ELEMENTS(PAYLOADS) * 2; i++) {
        const char *to = TO[i % G_N_ELEMENTS(TO)];
        const char *payload = PAYLOADS[i / G_N_ELEMENTS(TO) % G_N_ELEMENTS(PAYLOADS)];
        xmpp_stage_hear(stage, "<iq type='%s' id='i%zu' from='" NINA "' to='%s'>%s</iq>",
                        i < G_N_ELEMENTS(TO) * G_N_ELEMENTS(PAYLOADS) ? "get" : "set", i, to, payload);
        g_autofree char *id = xmpp_stage_take_id(stage, "iq"), *asked = g_strdup_printf("i%zu", i);
        ck_assert_str_eq(id, asked);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

static void enter_named(const char *id, JsonObject *in, JsonObject *out)
{
    static int ref;
    g_autoptr(Address) address = address_from_jid(vectors_text(in, "jid"));
    g_autoptr(Address) room = address_from_parts(address_local(address), "conf.sip.test", NULL);
    const char *nick = address_resource(address) != NULL ? address_resource(address)
                                                         : address_local(address);
    g_autofree char *to = g_markup_printf_escaped("%s/%s", address_jid(room), nick);
    ref = g_str_has_suffix(id, "-01") ? 1 : ref + 1;
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='%s'>" JOIN_X "</presence>", to);
    g_autofree char *offer = g_strdup_printf("xmpp room-offered ref=%d from=" NINA " room=*", ref);
    xmpp_stage_expect_event(stage, offer);
    g_autofree char *answer = g_strdup_printf("xmpp answer-leg ref=%d leg=%d", ref, ref);
    xmpp_stage_tell(stage, answer);
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes *");
    g_autofree char *admit = g_strdup_printf("xmpp admit leg=%d", ref);
    xmpp_stage_tell(stage, admit);
    g_autofree char *self = g_strdup_printf("<presence from='%s' to='" NINA "'><x xmlns='" NS_USER
                                            "'>" ITEM_OF("participant") CODE_OF("110") "</x></presence>",
                                            to);
    xmpp_stage_expect_stanza(stage, self);
    g_free(xmpp_stage_take_id(stage, "message"));
    g_autofree char *expel = g_strdup_printf("xmpp expel leg=%d how=left", ref);
    xmpp_stage_tell(stage, expel);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_quiet(stage);
}

/* MUC-A01 MUC-A04 */
START_TEST(rooms_and_nicks_of_every_hard_character_are_entered_and_shown_as_they_are)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "addr_x2s", enter_named), 23);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_ghost_is_removed_when_its_server_says_it_is_not_there,
        other_errors_and_a_blocked_private_line_are_no_ghosts,
        a_refused_line_tells_its_row_as_well,
        after_a_break_of_the_link_who_is_not_there_any_more_is_removed,
        who_was_inside_before_a_restart_is_told_that_he_is_out,
        a_shutdown_is_told_to_everybody,
        what_is_forgotten_by_its_home_is_not_known_any_more,
        each_get_and_each_set_has_one_answer,
        rooms_and_nicks_of_every_hard_character_are_entered_and_shown_as_they_are,
        NULL,
    };
    return suite_run_fixture("room_service", tests, set_up, tear_down);
}
