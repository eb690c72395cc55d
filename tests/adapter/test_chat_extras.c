// SPDX-License-Identifier: MIT
// Corrections, links to files and markup beside a body, both ways.
#include "xmpp/chat_extras.h"

#include "tests/support/suite.h"
#include "tests/support/vectors.h"
#include "tests/support/xmpp_stage.h"

#define FROM_TO       "from='juliet@xmpp.test/balcony' to='romeo@sip.test' id='m2'"
#define EVENT_FROM_TO "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define OOB           "<x xmlns='jabber:x:oob'><url>https://f.test/a.png</url></x>"
#define SHARING                                                                                    \
    "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'>"                                   \
    "<file xmlns='urn:xmpp:file:metadata:0'><media-type>image/png</media-type>"                    \
    "<name>a.png</name><size>1234</size></file><sources>"                                          \
    "<url-data xmlns='http://jabber.org/protocol/url-data' target='https://f.test/a.png'/>"        \
    "</sources></file-sharing>"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    xmpp_stage_free(stage);
}

// What is inside a message, and what of it the event has.
static void expect(const char *inside, const char *fields)
{
    g_autofree char *event =
        g_strdup_printf("xmpp message " EVENT_FROM_TO " id=m2 type=chat %s", fields);
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat'>%s</message>", inside);
    xmpp_stage_expect_event(stage, event);
    xmpp_stage_quiet(stage);
}

#define REPLACE "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"

/* EXT-06 */
START_TEST(a_correction_says_that_it_is_one)
{
    expect(REPLACE "<body>new text</body>", "body=\"[corrected] new text\"");
    g_strlcpy(xmpp_stage_settings(stage)->correction_prefix, "(ed.)", SETTINGS_TEXT_SIZE);
    expect(REPLACE "<body>new text</body>", "body=\"(ed.) new text\"");
}
END_TEST

/* EXT-06 */
START_TEST(replies_and_retractions_are_their_fallback_and_reactions_are_nothing)
{
    expect("<reply xmlns='urn:xmpp:reply:0' to='romeo@sip.test' id='q1'/>"
           "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='9'/>"
           "</fallback><body>&gt; Hark\nyes</body>",
           "body=\"> Hark\\nyes\"");
    expect("<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>"
           "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>"
           "<body>This person retracted a message</body>",
           "body=\"This person retracted a message\"");
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat'>"
                           "<reactions xmlns='urn:xmpp:reactions:0' id='q1'>"
                           "<reaction>&#128075;</reaction></reactions></message>");
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat'>"
                           "<retract xmlns='urn:xmpp:message-retract:1' id='m1'/></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

static int corrections;

static void check_correction(const char *id, JsonObject *in, JsonObject *out)
{
    g_autofree char *inside =
        g_strdup_printf("<replace xmlns='urn:xmpp:message-correct:0' id='%s'/><body>%s</body>",
                        vectors_text(in, "replace"), vectors_text(in, "body"));
    g_autofree char *fields = g_strdup_printf("body=\"%s\"", vectors_text(out, "body"));
    ck_assert_str_eq(vectors_text(out, "method"), "MESSAGE");
    expect(inside, fields);
    corrections++;
}

/* EXT-06 */
START_TEST(the_vector_of_a_correction_holds)
{
    corrections = 0;
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "correction_x2s", check_correction),
                     1);
    ck_assert_int_eq(corrections, 1);
}
END_TEST

/* EXT-15 */
START_TEST(a_link_to_a_file_is_in_the_text_once)
{
    expect(OOB "<body>https://f.test/a.png</body>",
           "body=https://f.test/a.png url=https://f.test/a.png");
    expect(OOB "<body>look: https://f.test/a.png!</body>",
           "body=\"look: https://f.test/a.png!\" url=https://f.test/a.png");
    expect(OOB "<body>look</body>",
           "body=\"look\\nhttps://f.test/a.png\" url=https://f.test/a.png");
    expect(OOB, "body=https://f.test/a.png url=https://f.test/a.png");
    expect("<body>aesgcm://f.test/a#00</body>", "body=aesgcm://f.test/a#00");
}
END_TEST

/* EXT-15 */
START_TEST(name_size_and_type_of_a_file_are_read)
{
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat'>" SHARING
                           "<body>https://f.test/a.png</body></message>");
    xmpp_stage_expect_event(
        stage, "xmpp message file_size=1234 " EVENT_FROM_TO " id=m2 type=chat "
               "body=https://f.test/a.png url=https://f.test/a.png file_name=a.png "
               "file_type=image/png");
    xmpp_stage_quiet(stage);
}
END_TEST

/* EXT-16 */
START_TEST(markup_is_read_where_it_is_wanted)
{
#define HTML                                                                                       \
    "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>" \
    "<p>a <b>c</b></p></body></html><body>a c</body>"
    expect(HTML, "body=\"a c\"");
    xmpp_stage_settings(stage)->send_html = true;
    expect(HTML, "body=\"a c\" html=\"*<p>a <b>c</b></p>*\"");
    expect("<body>/me *bows* _low_</body>", "body=\"/me *bows* _low_\"");
}
END_TEST

#define TOLD                                                                                       \
    "xmpp message row=1 from=romeo@sip.test to=juliet@xmpp.test id=q1 "                            \
    "body=https://f.test/a.png url=https://f.test/a.png file_name=a.png file_type=image/png "      \
    "file_size=1234"
#define WRITTEN(more)                                                                              \
    "<message from='romeo@sip.test' to='juliet@xmpp.test' id='q1'>"                                \
    "<body>https://f.test/a.png</body>" OOB more "<origin-id xmlns='urn:xmpp:sid:0' id='q1'/>"     \
    "</message>"

/* EXT-14 */
START_TEST(a_file_from_sip_is_a_link_and_more_where_that_is_set)
{
    xmpp_stage_tell(stage, TOLD);
    xmpp_stage_expect_stanza(stage, WRITTEN());
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_settings(stage)->sfs = true;
    xmpp_stage_tell(stage, TOLD);
    xmpp_stage_expect_stanza(
        stage,
        WRITTEN("<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'>"
                "<media-type>image/png</media-type><name>a.png</name><size>1234</size></file>"
                "<sources><url-data xmlns='http://jabber.org/protocol/url-data'"
                " target='https://f.test/a.png'/></sources></file-sharing>"));
}
END_TEST

#define SHIM(hops)                                                                                 \
    "<headers xmlns='http://jabber.org/protocol/shim'><header name='Urgency'>high</header>"        \
    "<header name='Max-Forwards'>" hops "</header></headers><body>x</body>"

/* SEC-08 */
START_TEST(hops_left_are_counted_across_and_the_last_is_an_error)
{
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat'>" SHIM("9") "</message>");
    xmpp_stage_expect_event(stage,
                            "xmpp message hops=8 " EVENT_FROM_TO " id=m2 type=chat body=x");
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat'>" SHIM("1") "</message>");
    xmpp_stage_expect_stanza(
        stage, "<message from='romeo@sip.test' to='juliet@xmpp.test/balcony' id='m2' type='error'>"
               "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
               "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
               "this message came too far</text></error></message>");
    expect(SHIM("many"), "body=x");
    xmpp_stage_settings(stage)->shim = true;
    xmpp_stage_tell(stage, "xmpp message row=1 hops=5 from=romeo@sip.test to=juliet@xmpp.test "
                           "id=q1 body=x");
    xmpp_stage_expect_stanza(
        stage, "<message from='romeo@sip.test' to='juliet@xmpp.test' id='q1'><body>x</body>"
               "<headers xmlns='http://jabber.org/protocol/shim'>"
               "<header name='Max-Forwards'>4</header></headers>"
               "<origin-id xmlns='urn:xmpp:sid:0' id='q1'/></message>");
}
END_TEST

#define THREE                                                                                      \
    "<body>Hi</body><body xml:lang='de'>Hallo</body><body xml:lang='cs'>Ahoj</body>"

/* IM-11 */
START_TEST(other_languages_are_read_where_that_is_set)
{
    expect(THREE, "body=Hi");
    xmpp_stage_settings(stage)->multi_body = MULTI_BODY_ALTERNATIVE;
    expect(THREE, "body=Hi bodies=\"de\\037Hallo\\036cs\\037Ahoj\"");
    expect("<body xml:lang='de'>Hallo</body>", "lang=de body=Hallo");
}
END_TEST

#define ASK_VCARD                                                                                  \
    "<iq from='juliet@xmpp.test/balcony' to='romeo@sip.test' id='v1' type='get'>"                  \
    "<vCard xmlns='vcard-temp'/></iq>"

/* EXT-22 */
START_TEST(vcard_of_a_sip_user_has_its_name_where_that_is_set)
{
    xmpp_stage_settings(stage)->vcard_nick = true;
    xmpp_stage_tell(stage, "xmpp message row=1 from=romeo@sip.test/desk to=juliet@xmpp.test id=q1 "
                           "nick=\"Romeo M\" body=x");
    xmpp_stage_expect_stanza(
        stage, "<message from='romeo@sip.test/desk' to='juliet@xmpp.test' id='q1'><body>x</body>"
               "<nick xmlns='http://jabber.org/protocol/nick'>Romeo M</nick>"
               "<origin-id xmlns='urn:xmpp:sid:0' id='q1'/></message>");
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_hear(stage, ASK_VCARD);
    xmpp_stage_expect_stanza(
        stage, "<iq from='romeo@sip.test' to='juliet@xmpp.test/balcony' id='v1' type='result'>"
               "<vCard xmlns='vcard-temp'><NICKNAME>Romeo M</NICKNAME></vCard></iq>");
    xmpp_stage_settings(stage)->vcard_nick = false;
    xmpp_stage_hear(stage, ASK_VCARD);
    xmpp_stage_expect_stanza(
        stage, "<iq from='romeo@sip.test' to='juliet@xmpp.test/balcony' id='v1' type='error'>"
               "<error type='cancel'><service-unavailable "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_correction_says_that_it_is_one,
        replies_and_retractions_are_their_fallback_and_reactions_are_nothing,
        the_vector_of_a_correction_holds,
        a_link_to_a_file_is_in_the_text_once,
        name_size_and_type_of_a_file_are_read,
        markup_is_read_where_it_is_wanted,
        a_file_from_sip_is_a_link_and_more_where_that_is_set,
        hops_left_are_counted_across_and_the_last_is_an_error,
        other_languages_are_read_where_that_is_set,
        vcard_of_a_sip_user_has_its_name_where_that_is_set,
        NULL,
    };
    return suite_run_fixture("chat_extras", TESTS, set_up, tear_down);
}
