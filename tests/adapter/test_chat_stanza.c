// SPDX-License-Identifier: MIT
// Messages between two users, both ways, and the vectors which are pure stanza work.
#include "xmpp/chat_stanza.h"

#include "tests/support/suite.h"
#include "tests/support/vectors.h"
#include "tests/support/xmpp_stage.h"
#include "xmpp/stanza.h"

#define FROM_TO       "from='juliet@xmpp.test/balcony' to='romeo@sip.test'"
#define EVENT_FROM_TO "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define ORIGIN(id)    "<origin-id xmlns='urn:xmpp:sid:0' id='" id "'/>"

static XmppStage *stage;

static void expect(const char *stanza, const char *event)
{
    xmpp_stage_hear(stage, "%s", stanza);
    if (event != NULL)
        xmpp_stage_expect_event(stage, event);
    xmpp_stage_quiet(stage);
}

static void expect_refused(const char *stanza, const char *error)
{
    xmpp_stage_hear(stage, "%s", stanza);
    xmpp_stage_expect_stanza(stage, error);
    xmpp_stage_quiet(stage);
}

static void expect_sent(const char *command, const char *stanza)
{
    xmpp_stage_tell(stage, command);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

/* IM-05 IM-09 IM-10 IM-22 */
START_TEST(a_message_is_read_with_all_that_it_carries)
{
    expect("<message " FROM_TO " type='chat' id='m1' xml:lang='en'><subject>Topic</subject>"
           "<body>a\nb</body><thread>t 100</thread>"
           "<nick xmlns='http://jabber.org/protocol/nick'>Jul</nick>"
           "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>"
           "<request xmlns='urn:xmpp:receipts'/></message>",
           "xmpp message " EVENT_FROM_TO " nick=Jul id=m1 thread=\"t 100\" type=chat subject=Topic "
           "lang=en body=\"a\\nb\" stamp=2026-01-02T03:04:05Z receipt=yes");
}
END_TEST

/* IM-16 */
START_TEST(an_absent_or_unknown_type_is_normal)
{
    expect("<message " FROM_TO "><body>x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal body=x");
    expect("<message " FROM_TO " type='odd'><body>x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal body=x");
    expect("<message " FROM_TO " type='headline'><body>x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=headline body=x");
}
END_TEST

/* IM-11 */
START_TEST(of_several_bodies_the_language_of_the_stanza_wins_then_none_then_the_first)
{
    expect("<message " FROM_TO " xml:lang='cs'><body>none</body><body xml:lang='de'>de</body>"
           "<body xml:lang='cs'>cs</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal lang=cs body=cs");
    expect("<message " FROM_TO " xml:lang='fr'><body xml:lang='de'>de</body><body>none</body>"
           "</message>",
           "xmpp message " EVENT_FROM_TO " type=normal lang=fr body=none");
    expect("<message " FROM_TO "><body xml:lang='de'>de</body><body xml:lang='cs'>cs</body>"
           "</message>",
           "xmpp message " EVENT_FROM_TO " type=normal lang=de body=de");
}
END_TEST

/* IM-05 */
START_TEST(of_several_subjects_the_same_choice_is_made_and_one_alone_is_a_message)
{
    expect("<message " FROM_TO " xml:lang='cs'><subject>none</subject>"
           "<subject xml:lang='cs'>cs</subject></message>",
           "xmpp message " EVENT_FROM_TO " type=normal subject=cs lang=cs");
}
END_TEST

/* IM-17 EXT-09 */
START_TEST(what_has_nothing_to_read_is_dropped_in_silence)
{
    expect("<message " FROM_TO " type='chat'><store xmlns='urn:xmpp:hints'/></message>", NULL);
    expect("<message " FROM_TO "/>", NULL);
}
END_TEST

#define CHAT_STATE(name) "<" name " xmlns='http://jabber.org/protocol/chatstates'/>"

/* CHAT-40 */
START_TEST(a_state_alone_is_an_event_of_its_own)
{
    static const char *const states[] = {"active", "composing", "paused", "inactive"};
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *event = g_strdup_printf(
            "xmpp chat-state how=%s " EVENT_FROM_TO " thread=t1 type=chat", states[i]);
        xmpp_stage_hear(stage,
                        "<message " FROM_TO " type='chat' id='s1' xml:lang='en'>"
                        "<%s xmlns='http://jabber.org/protocol/chatstates'/>"
                        "<thread>t1</thread></message>",
                        states[i]);
        xmpp_stage_expect_event(stage, event);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

/* CHAT-40 CHAT-44 */
START_TEST(a_state_beside_a_body_is_told_with_it)
{
    expect("<message " FROM_TO " type='chat'><body>x</body>" CHAT_STATE("active") "</message>",
           "xmpp message how=active " EVENT_FROM_TO " type=chat body=x");
}
END_TEST

/* CHAT-44 IM-17 */
START_TEST(states_of_no_chat_and_of_long_ago_are_dropped)
{
    expect("<message " FROM_TO ">" CHAT_STATE("composing") "</message>", NULL);
    expect("<message " FROM_TO " type='headline'>" CHAT_STATE("composing") "</message>", NULL);
    expect("<message " FROM_TO " type='chat'>" CHAT_STATE("dancing") "</message>", NULL);
    expect("<message " FROM_TO " type='chat'><composing xmlns='other'/></message>", NULL);
    expect("<message " FROM_TO " type='chat'>" CHAT_STATE("composing")
           "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/></message>",
           NULL);
    expect("<message " FROM_TO " type='error'>" CHAT_STATE("composing") "</message>", NULL);
}
END_TEST

/* CHAT-41 CHAT-44 */
START_TEST(a_state_is_written_alone_with_its_thread_and_active_beside_a_body)
{
    expect_sent("xmpp chat-state from=romeo@sip.test to=juliet@xmpp.test/balcony thread=t1 "
                "type=chat how=composing",
                "<message from='romeo@sip.test' to='juliet@xmpp.test/balcony' type='chat' id='*'>"
                "<thread>t1</thread>" CHAT_STATE("composing") "</message>");
    expect_sent("xmpp message from=romeo@sip.test to=juliet@xmpp.test/balcony id=m1 type=chat "
                "body=x how=active",
                "<message from='romeo@sip.test' to='juliet@xmpp.test/balcony' type='chat' id='m1'>"
                CHAT_STATE("active") "<body>x</body>" ORIGIN("m1") "</message>");
}
END_TEST

/* EXT-09 */
START_TEST(copies_for_other_devices_and_archives_are_dropped)
{
    expect("<message " FROM_TO "><received xmlns='urn:xmpp:carbons:2'><forwarded/></received>"
           "<body>x</body></message>",
           NULL);
    expect("<message " FROM_TO "><result xmlns='urn:xmpp:mam:2'/><body>x</body></message>", NULL);
    expect("<message " FROM_TO "><private xmlns='urn:xmpp:carbons:2'/>"
           "<no-store xmlns='urn:xmpp:hints'/><body>x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal body=x");
}
END_TEST

/* EXT-20 */
START_TEST(encrypted_content_is_refused_in_words_and_its_fallback_goes_nowhere)
{
    static const char *const PAYLOADS[] = {
        "<encrypted xmlns='eu.siacs.conversations.axolotl'/>",
        "<encrypted xmlns='urn:xmpp:omemo:2'/>",
        "<openpgp xmlns='urn:xmpp:openpgp:0'>...</openpgp>",
        "<x xmlns='jabber:x:encrypted'>...</x>",
        "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:some:other'/>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(PAYLOADS); i++) {
        g_autofree char *stanza =
            g_strdup_printf("<message " FROM_TO " type='chat' id='e1'>%s<body>sorry</body>"
                            "</message>",
                            PAYLOADS[i]);
        expect_refused(stanza,
                       "<message from='romeo@sip.test' to='juliet@xmpp.test/balcony' type='error' "
                       "id='e1'><error type='modify'>"
                       "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                       "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
                       "end-to-end encryption cannot cross this gateway</text></error></message>");
    }
    expect("<message " FROM_TO "><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>"
           "<body>?OTR:x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal body=?OTR:x");
}
END_TEST

/* IM-17 EXT-20 */
START_TEST(keys_without_content_are_nobodys_words)
{
    static const char REFUSED[] =
        "<message from='romeo@sip.test' to='juliet@xmpp.test/balcony' type='error' id='e1'>"
        "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
        "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>*</text></error></message>";
    expect("<message " FROM_TO " type='chat' id='e1'><encrypted xmlns='urn:xmpp:omemo:2'>"
           "<header sid='1'/></encrypted><store xmlns='urn:xmpp:hints'/></message>",
           NULL);
    expect("<message " FROM_TO " type='chat' id='e1'><encrypted "
           "xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted></message>",
           NULL);
    expect_refused("<message " FROM_TO " type='chat' id='e1'><encrypted xmlns='urn:xmpp:omemo:2'>"
                   "<header sid='1'/><payload>AA==</payload></encrypted></message>",
                   REFUSED);
}
END_TEST

/* CHAT-30 */
START_TEST(who_gives_no_id_asks_for_no_receipt)
{
    expect("<message " FROM_TO "><request xmlns='urn:xmpp:receipts'/><body>x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal body=x");
}
END_TEST

/* CHAT-51 */
START_TEST(gone_alone_is_an_event_of_its_own_and_beside_a_body_is_not)
{
    expect("<message " FROM_TO " type='chat' id='g'><thread>T1</thread>"
           "<gone xmlns='http://jabber.org/protocol/chatstates'/></message>",
           "xmpp gone " EVENT_FROM_TO " thread=T1");
    expect("<message " FROM_TO " type='chat'><gone xmlns='http://jabber.org/protocol/chatstates'/>"
           "<body>x</body></message>",
           "xmpp message " EVENT_FROM_TO " type=chat body=x");
}
END_TEST

START_TEST(a_body_beyond_the_limit_is_refused_and_one_of_that_size_is_not)
{
    xmpp_stage_settings(stage)->max_stanza = 10;
    expect("<message " FROM_TO "><body>1234567890</body></message>",
           "xmpp message " EVENT_FROM_TO " type=normal body=1234567890");
    expect_refused("<message " FROM_TO " id='l'><body>12345678901</body></message>",
                   "<message from='romeo@sip.test' to='juliet@xmpp.test/balcony' type='error' "
                   "id='l'><error type='modify'>"
                   "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                   "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>*</text>"
                   "</error></message>");
}
END_TEST

/* IM-20 IM-21 IM-22 IM-23 IM-24 EXT-07 */
START_TEST(a_command_is_written_with_all_that_it_carries)
{
    expect_sent("xmpp message from=romeo@sip.test/desk7 to=juliet@xmpp.test id=m1 thread=c-1@h "
                "type=chat subject=S lang=cs body=Hi nick=Romeo receipt=yes",
                "<message from='romeo@sip.test/desk7' to='juliet@xmpp.test' id='m1' type='chat' "
                "xml:lang='cs'><thread>c-1@h</thread><subject>S</subject><body>Hi</body>"
                "<nick xmlns='http://jabber.org/protocol/nick'>Romeo</nick>"
                "<request xmlns='urn:xmpp:receipts'/>" ORIGIN("m1") "</message>");
}
END_TEST

/* IM-20 */
START_TEST(a_normal_message_has_no_type_and_one_without_id_gets_one)
{
    expect_sent(
        "xmpp message from=romeo@sip.test to=juliet@xmpp.test type=normal body=Hi",
        "<message from='romeo@sip.test' to='juliet@xmpp.test' id='*'><body>Hi</body>" ORIGIN(
            "*") "</message>");
}
END_TEST

/* IM-25 */
START_TEST(what_is_no_xml_in_a_command_never_reaches_the_stream)
{
    expect_sent("xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m1 "
                "body=\"a\\001b \\377 <&>\"",
                "<message from='romeo@sip.test' to='juliet@xmpp.test' id='m1'>"
                "<body>a\xEF\xBF\xBD"
                "b \xEF\xBF\xBD &lt;&amp;></body>" ORIGIN("m1") "</message>");
}
END_TEST

/* IM-27 */
START_TEST(html_goes_beside_the_body_and_what_is_no_xml_is_left_out)
{
    expect_sent("xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x "
                "html=\"<p><strong>x</strong></p>\"",
                "<message from='romeo@sip.test' to='juliet@xmpp.test' id='m1'><body>x</body>"
                "<html xmlns='http://jabber.org/protocol/xhtml-im'>"
                "<body xmlns='http://www.w3.org/1999/xhtml'><p><strong>x</strong></p></body>"
                "</html>" ORIGIN("m1") "</message>");
    static const char *const BROKEN[] = {"<p>x", "</body><iq/><body>", "&nope;"};
    for (size_t i = 0; i < G_N_ELEMENTS(BROKEN); i++) {
        g_autofree char *command =
            g_strdup_printf("xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x "
                            "html=\"%s\"",
                            BROKEN[i]);
        expect_sent(command, "<message from='romeo@sip.test' to='juliet@xmpp.test' id='m1'>"
                             "<body>x</body>" ORIGIN("m1") "</message>");
    }
}
END_TEST

/* EXT-08 */
START_TEST(a_time_of_origin_is_told_when_it_is_neither_now_nor_nonsense)
{
    static const struct {
        const char *stamp;
        const char *told;
    } CASES[] = {
        // it is 10:00:01
        {"2026-03-04T09:59:00Z", "2026-03-04T09:59:00Z"},
        {"2026-03-04T04:00:00-05:00", "2026-03-04T09:00:00Z"},
        {"2026-03-04T09:59:02Z", NULL},
        {"2026-03-04T10:01:00Z", NULL},
        {"2026-03-04T10:02:00Z", "2026-03-04T10:02:00Z"},
        {"2026-03-04T10:06:00Z", NULL},
        {"tomorrow", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *command =
            g_strdup_printf("xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x "
                            "stamp=%s",
                            CASES[i].stamp);
        g_autofree char *delay =
            CASES[i].told == NULL
                ? g_strdup("")
                : g_strdup_printf("<delay xmlns='urn:xmpp:delay' from='sip.test' stamp='%s'/>",
                                  CASES[i].told);
        g_autofree char *stanza =
            g_strdup_printf("<message from='romeo@sip.test' to='juliet@xmpp.test' id='m1'>"
                            "<body>x</body>%s" ORIGIN("m1") "</message>",
                            delay);
        expect_sent(command, stanza);
    }
}
END_TEST

/* CHAT-50 */
START_TEST(gone_is_written_as_a_chat_state_alone)
{
    expect_sent("xmpp gone from=romeo@sip.test to=juliet@xmpp.test thread=T1",
                "<message from='romeo@sip.test' to='juliet@xmpp.test' id='*' type='chat'>"
                "<thread>T1</thread><gone xmlns='http://jabber.org/protocol/chatstates'/>"
                "</message>");
}
END_TEST

/* EXT-10 */
START_TEST(a_nick_is_cut_at_128_characters_not_octets)
{
    g_autoptr(GString) nick = g_string_new(NULL);
    for (int i = 0; i < 128; i++)
        g_string_append(nick, "\xC3\xBC");
    g_autofree char *command = g_strdup_printf(
        "xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m body=x nick=%sxyz", nick->str);
    g_autofree char *stanza = g_strdup_printf(
        "<message from='romeo@sip.test' to='juliet@xmpp.test' id='m'><body>x</body>"
        "<nick xmlns='http://jabber.org/protocol/nick'>%s</nick>" ORIGIN("m") "</message>",
        nick->str);
    expect_sent(command, stanza);
}
END_TEST

// The stanza of a vector of kind message_x2s; members that are absent are left out.
static char *vector_stanza(JsonObject *in)
{
    const char *type = vectors_text(in, "type"), *lang = vectors_text(in, "lang");
    const char *from = vectors_text(in, "from");
    g_autoptr(xmpp_stanza_t) stanza = stanza_new(wire_ctx(xmpp_stage_wire(stage)), "message",
                                                 from != NULL ? from : "juliet@xmpp.test/balcony",
                                                 vectors_text(in, "to"), type, "v");
    stanza_set(stanza, "xml:lang", lang);
    stanza_add_text(stanza, "subject", NULL, vectors_text(in, "subject"));
    stanza_add_text(stanza, "body", NULL, vectors_text(in, "body"));
    stanza_add_text(stanza, "thread", NULL, vectors_text(in, "thread"));
    if (vectors_text(in, "payload") != NULL)
        stanza_add(stanza, "encrypted", "eu.siacs.conversations.axolotl");
    return stanza_to_text(stanza, NULL);
}

static void check_message_x2s(const char *id, JsonObject *in, JsonObject *out)
{
    g_autofree char *stanza = vector_stanza(in);
    xmpp_stage_hear(stage, "%s", stanza);
    const char *error = vectors_text(out, "xmpp_error");
    if (json_object_has_member(in, "serialised_request_bytes"))
        error = NULL; // the size of the SIP request is not known here
    if (error != NULL) {
        g_autofree char *reply = g_strdup_printf(
            "<message from='romeo@sip.example' to='*' id='v' type='error'><error type='%s'>"
            "<%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>%s</error></message>",
            vectors_text(out, "error_type"), error,
            vectors_text(in, "payload") == NULL
                ? ""
                : "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>*</text>");
        xmpp_stage_expect_stanza(stage, reply);
    } else if (vectors_text(in, "body") != NULL &&
               g_strcmp0(vectors_text(in, "type"), "error") != 0) {
        xmpp_stage_expect_event(stage,
                                "xmpp message from=juliet@xmpp.* to=romeo@sip.example * body=*");
    }
    xmpp_stage_quiet(stage);
}

/* IM-16 EXT-20 */
START_TEST(the_vectors_of_messages_from_xmpp_hold)
{
    ck_assert(wire_add_component(xmpp_stage_wire(stage), "sip.example", XMPPGATE_USERS));
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "message_x2s", check_message_x2s), 9);
}
END_TEST

static void check_delay_x2s(const char *id, JsonObject *in, JsonObject *out)
{
    xmpp_stage_hear(stage,
                    "<message " FROM_TO "><body>x</body><delay xmlns='urn:xmpp:delay' "
                    "stamp='%s'/></message>",
                    vectors_text(in, "delay_stamp"));
    g_autofree char *event =
        g_strdup_printf("xmpp message " EVENT_FROM_TO " type=normal body=x stamp=%s",
                        vectors_text(out, "cpim_DateTime"));
    xmpp_stage_expect_event(stage, event);
}

/* EXT-08 */
START_TEST(the_vector_of_a_delay_from_xmpp_holds)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "delay_x2s", check_delay_x2s), 1);
}
END_TEST

static void check_delay_s2x(const char *id, JsonObject *in, JsonObject *out)
{
    int64_t now = stanza_stamp_ms(vectors_text(in, "now"));
    int64_t shift = wire_wall_ms(xmpp_stage_wire(stage)) - now; // the stage keeps its own time
    g_autofree char *stamp =
        stanza_stamp_from_ms(stanza_stamp_ms(vectors_text(in, "cpim_DateTime")) + shift);
    const char *told = vectors_text(out, "delay_stamp");
    g_autofree char *moved =
        told != NULL ? stanza_stamp_from_ms(stanza_stamp_ms(told) + shift) : NULL;
    g_autofree char *command = g_strdup_printf(
        "xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x stamp=%s", stamp);
    g_autofree char *delay =
        told == NULL
            ? g_strdup("")
            : g_strdup_printf("<delay xmlns='urn:xmpp:delay' from='sip.test' stamp='%s'/>", moved);
    g_autofree char *stanza =
        g_strdup_printf("<message from='romeo@sip.test' to='juliet@xmpp.test' id='m1'>"
                        "<body>x</body>%s" ORIGIN("m1") "</message>",
                        delay);
    expect_sent(command, stanza);
}

/* EXT-08 */
START_TEST(the_vectors_of_a_delay_from_sip_hold)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "delay_s2x", check_delay_s2x), 2);
}
END_TEST

static void check_session_end(const char *id, JsonObject *in, JsonObject *out)
{
    if (vectors_text(in, "xmpp") != NULL) { // gone becomes the BYE
        expect("<message " FROM_TO " type='chat'>"
               "<gone xmlns='http://jabber.org/protocol/chatstates'/></message>",
               "xmpp gone " EVENT_FROM_TO);
        return;
    }
    g_autofree char *command = g_strdup_printf(
        "xmpp gone from=romeo@sip.test to=juliet@xmpp.test thread=%s", vectors_text(in, "thread"));
    g_autofree char *stanza =
        g_strdup_printf("<message from='romeo@sip.test' to='juliet@xmpp.test' id='*' type='chat'>"
                        "<thread>%s</thread><gone xmlns='http://jabber.org/protocol/chatstates'/>"
                        "</message>",
                        vectors_text(in, "thread"));
    expect_sent(command, stanza);
}

/* CHAT-50 CHAT-51 */
START_TEST(the_vectors_of_the_end_of_a_chat_hold)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "session_end", check_session_end), 2);
}
END_TEST

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

int main(void)
{
    const TTest *const tests[] = {
        a_message_is_read_with_all_that_it_carries,
        an_absent_or_unknown_type_is_normal,
        of_several_bodies_the_language_of_the_stanza_wins_then_none_then_the_first,
        of_several_subjects_the_same_choice_is_made_and_one_alone_is_a_message,
        what_has_nothing_to_read_is_dropped_in_silence,
        a_state_alone_is_an_event_of_its_own,
        a_state_beside_a_body_is_told_with_it,
        states_of_no_chat_and_of_long_ago_are_dropped,
        a_state_is_written_alone_with_its_thread_and_active_beside_a_body,
        copies_for_other_devices_and_archives_are_dropped,
        encrypted_content_is_refused_in_words_and_its_fallback_goes_nowhere,
        keys_without_content_are_nobodys_words,
        who_gives_no_id_asks_for_no_receipt,
        gone_alone_is_an_event_of_its_own_and_beside_a_body_is_not,
        a_body_beyond_the_limit_is_refused_and_one_of_that_size_is_not,
        a_command_is_written_with_all_that_it_carries,
        a_normal_message_has_no_type_and_one_without_id_gets_one,
        what_is_no_xml_in_a_command_never_reaches_the_stream,
        html_goes_beside_the_body_and_what_is_no_xml_is_left_out,
        a_time_of_origin_is_told_when_it_is_neither_now_nor_nonsense,
        gone_is_written_as_a_chat_state_alone,
        a_nick_is_cut_at_128_characters_not_octets,
        the_vectors_of_messages_from_xmpp_hold,
        the_vector_of_a_delay_from_xmpp_holds,
        the_vectors_of_a_delay_from_sip_hold,
        the_vectors_of_the_end_of_a_chat_hold,
        NULL,
    };
    return suite_run_fixture("chat_stanza", tests, set_up, tear_down);
}
