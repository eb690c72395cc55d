// SPDX-License-Identifier: MIT
// What no reader takes, and the refusals which the middle orders.
#include "xmpp/stanza_in.h"

#include "tests/support/suite.h"
#include "tests/support/xmpp_stage.h"

#define IN "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

/* IM-16 */
START_TEST(groupchat_of_a_user_to_a_user_is_refused)
{
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test/b' to='romeo@sip.test' id='g' "
                           "type='groupchat'><body>x</body></message>");
    xmpp_stage_expect_stanza(stage,
                             "<message from='romeo@sip.test' to='juliet@xmpp.test/b' id='g' "
                             "type='error'><error type='cancel'><service-unavailable " IN "/>"
                             "</error></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* IM-17 SEC-12 */
START_TEST(a_state_is_never_answered_wherever_it_goes_astray)
{
    static const char *const stanzas[] = {
        "<message from='juliet@xmpp.test/b' to='romeo@sip.test' type='groupchat'>",
        "<message from='juliet@xmpp.test/b' to='sip.test' type='chat'>",
        "<message from='talk@rooms.xmpp.test/Nina' to='romeo@sip.test' type='chat'>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(stanzas); i++) {
        xmpp_stage_hear(stage,
                        "%s<composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
                        stanzas[i]);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

/* MUC-B21 */
START_TEST(groupchat_of_a_room_is_never_answered)
{
    xmpp_stage_hear(stage, "<message from='verona@rooms.xmpp.test/N' to='romeo@sip.test/leg1' "
                           "type='groupchat'><body>x</body></message>");
    xmpp_stage_hear(stage, "<message from='verona@muc.far.test/N' to='romeo@sip.test/leg1' "
                           "type='groupchat'><encrypted xmlns='urn:xmpp:omemo:2'/></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_private_line_for_an_occupant_who_is_gone_is_refused)
{
    xmpp_stage_hear(stage, "<message from='verona@rooms.xmpp.test/N' to='romeo@sip.test/leg1' "
                           "type='chat' id='p'><body>x</body></message>");
    xmpp_stage_expect_stanza(stage,
                             "<message from='romeo@sip.test/leg1' id='p' "
                             "to='verona@rooms.xmpp.test/N' type='error'><error "
                             "type='cancel'><service-unavailable " IN "/></error></message>");
    xmpp_stage_hear(stage,
                    "<message from='verona@rooms.xmpp.test' to='romeo@sip.test'>"
                    "<x xmlns='http://jabber.org/protocol/muc#user'><decline/></x></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* IM-16 ERR-06 */
START_TEST(an_error_that_belongs_to_nothing_is_dropped)
{
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test/b' to='romeo@sip.test' id='g' "
                           "type='error'><body>x</body></message>");
    xmpp_stage_hear(stage,
                    "<presence from='juliet@xmpp.test/b' to='romeo@sip.test' type='error'/>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_text_to_the_gateway_itself_is_refused_and_a_mere_state_is_not)
{
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test/b' to='sip.test' id='d'><body>x</body>"
                           "</message>");
    xmpp_stage_expect_stanza(stage,
                             "<message from='sip.test' to='juliet@xmpp.test/b' id='d' "
                             "type='error'><error type='cancel'><service-unavailable " IN "/>"
                             "</error></message>");
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test/b' to='sip.test'><gone "
                           "xmlns='http://jabber.org/protocol/chatstates'/></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* CHAT-26 CHAT-54 */
START_TEST(presence_of_a_device_is_told_and_no_other)
{
    xmpp_stage_hear(stage, "<presence from='juliet@xmpp.test/b' to='romeo@sip.test' "
                           "type='unavailable'><status>bye</status></presence>");
    xmpp_stage_expect_event(stage, "xmpp presence how=left from=juliet@xmpp.test/b "
                                   "to=romeo@sip.test");
    xmpp_stage_hear(stage, "<presence from='juliet@xmpp.test/b' to='romeo@sip.test'/>");
    xmpp_stage_expect_event(stage, "xmpp presence how=changed from=juliet@xmpp.test/b "
                                   "to=romeo@sip.test");
    xmpp_stage_hear(stage, "<presence from='juliet@xmpp.test' to='romeo@sip.test' "
                           "type='unavailable'/>");
    xmpp_stage_hear(stage, "<presence from='juliet@xmpp.test/b' to='sip.test'/>");
    xmpp_stage_hear(stage, "<presence from='juliet@xmpp.test/b' to='romeo@sip.test' "
                           "type='subscribe'/>");
    xmpp_stage_hear(stage, "<presence from='verona@rooms.xmpp.test/N' to='romeo@sip.test'/>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(what_has_no_sender_or_is_not_for_us_is_dropped)
{
    xmpp_stage_hear(stage, "<message to='romeo@sip.test'><body>x</body></message>");
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test'><body>x</body></message>");
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test' to='a@b c'><body>x</body></message>");
    xmpp_stage_hear(stage, "<message from='juliet@xmpp.test' to='u@other.test'><body>x</body>"
                           "</message>");
    xmpp_stage_hear(stage, "<odd from='juliet@xmpp.test' to='romeo@sip.test'/>");
    xmpp_stage_quiet(stage);
    ck_assert_uint_eq(wire_counters(xmpp_stage_wire(stage))->ignored, 5);
}
END_TEST

/* ADDR-02 */
START_TEST(who_spells_our_domain_in_capitals_gets_his_answer)
{
    xmpp_stage_hear(stage, "<iq from='juliet@xmpp.test/b' to='SIP.Test' type='get' id='p'>"
                           "<ping xmlns='urn:xmpp:ping'/></iq>");
    xmpp_stage_expect_stanza(stage, "<iq from='SIP.Test' to='juliet@xmpp.test/b' type='result' "
                                    "id='p'/>");
}
END_TEST

/* ERR-03 */
START_TEST(a_refusal_of_the_middle_is_an_error_to_the_author)
{
    xmpp_stage_tell(stage, "xmpp refuse failure=policy-violation from=romeo@sip.test "
                           "to=juliet@xmpp.test/b id=m7 text=\"513 Message Too Large\"");
    xmpp_stage_expect_stanza(stage,
                             "<message from='romeo@sip.test' to='juliet@xmpp.test/b' id='m7' "
                             "type='error'><error type='modify'><policy-violation " IN "/>"
                             "<text " IN " xml:lang='en'>513 Message Too Large</text></error>"
                             "</message>");
    xmpp_stage_tell(stage, "xmpp refuse failure=gone from=romeo@sip.test to=juliet@xmpp.test/b "
                           "real=moved@sip.test id=m8");
    xmpp_stage_expect_stanza(stage,
                             "<message from='romeo@sip.test' to='juliet@xmpp.test/b' id='m8' "
                             "type='error'><error type='cancel'><gone " IN ">"
                             "xmpp:moved@sip.test</gone></error></message>");
    xmpp_stage_tell(stage,
                    "xmpp refuse status=404 from=romeo@sip.test to=juliet@xmpp.test/b id=m9");
    xmpp_stage_expect_stanza(stage,
                             "<message from='romeo@sip.test' to='juliet@xmpp.test/b' id='m9' "
                             "type='error'><error type='cancel'><item-not-found " IN "/>"
                             "</error></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        groupchat_of_a_user_to_a_user_is_refused,
        a_state_is_never_answered_wherever_it_goes_astray,
        groupchat_of_a_room_is_never_answered,
        a_private_line_for_an_occupant_who_is_gone_is_refused,
        an_error_that_belongs_to_nothing_is_dropped,
        a_text_to_the_gateway_itself_is_refused_and_a_mere_state_is_not,
        presence_of_a_device_is_told_and_no_other,
        what_has_no_sender_or_is_not_for_us_is_dropped,
        who_spells_our_domain_in_capitals_gets_his_answer,
        a_refusal_of_the_middle_is_an_error_to_the_author,
        NULL,
    };
    return suite_run_fixture("stanza_in", tests, set_up, tear_down);
}
