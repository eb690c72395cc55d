// SPDX-License-Identifier: MIT
// Receipts and markers as stanzas, both ways.
#include "xmpp/receipt.h"

#include "tests/support/suite.h"
#include "tests/support/xmpp_stage.h"

#define FROM_TO       "from='juliet@xmpp.test/balcony' to='romeo@sip.test'"
#define EVENT_FROM_TO "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define RECEIPTS      "xmlns='urn:xmpp:receipts'"
#define MARKERS       "xmlns='urn:xmpp:chat-markers:0'"

static XmppStage *stage;

static void hears(const char *inside, const char *event)
{
    xmpp_stage_hear(stage, "<message " FROM_TO " type='chat' id='s1'>%s</message>", inside);
    if (event != NULL)
        xmpp_stage_expect_event(stage, event);
    xmpp_stage_quiet(stage);
}

static void says(const char *command, const char *stanza)
{
    xmpp_stage_tell(stage, command);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

/* EXT-01 EXT-03 */
START_TEST(receipt_and_marker_are_read_with_the_id_they_speak_of)
{
    hears("<received " RECEIPTS " id='m7'/><thread>T</thread>",
          "xmpp receipt how=delivered " EVENT_FROM_TO " id=m7");
    hears("<displayed " MARKERS " id='m7'/><store xmlns='urn:xmpp:hints'/>",
          "xmpp receipt how=displayed " EVENT_FROM_TO " id=m7");
}
END_TEST

START_TEST(receipt_in_the_words_of_older_clients_is_understood)
{
    hears("<received " MARKERS " id='m7'/>", "xmpp receipt how=delivered " EVENT_FROM_TO " id=m7");
    hears("<acknowledged " MARKERS " id='m7'/>",
          "xmpp receipt how=displayed " EVENT_FROM_TO " id=m7");
}
END_TEST

// A marker says more than a receipt: the middle makes both of it.
START_TEST(receipt_beside_a_marker_is_the_marker)
{
    hears("<received " RECEIPTS " id='m7'/><displayed " MARKERS " id='m7'/>",
          "xmpp receipt how=displayed " EVENT_FROM_TO " id=m7");
}
END_TEST

/* IM-17 */
START_TEST(receipt_for_nothing_is_dropped)
{
    hears("<received " RECEIPTS "/>", NULL);
    hears("<displayed " MARKERS " id=''/>", NULL);
    hears("<received xmlns='urn:some:other' id='m7'/>", NULL);
}
END_TEST

/* EXT-07 */
START_TEST(receipt_speaks_of_the_id_attribute_whatever_other_ids_there_are)
{
    hears("<received " RECEIPTS " id='m7'/><stanza-id xmlns='urn:xmpp:sid:0' id='x9' "
          "by='juliet@xmpp.test'/><origin-id xmlns='urn:xmpp:sid:0' id='o9'/>",
          "xmpp receipt how=delivered " EVENT_FROM_TO " id=m7");
    hears("<body>Hi</body><request " RECEIPTS "/><stanza-id xmlns='urn:xmpp:sid:0' id='x9' "
          "by='juliet@xmpp.test'/><origin-id xmlns='urn:xmpp:sid:0' id='o9'/>",
          "xmpp message " EVENT_FROM_TO " id=s1 type=chat body=Hi receipt=yes");
}
END_TEST

START_TEST(receipt_beside_a_text_is_a_line)
{
    hears("<received " RECEIPTS " id='m7'/><body>Hi</body>",
          "xmpp message " EVENT_FROM_TO " id=s1 type=chat body=Hi");
}
END_TEST

/* EXT-03 */
START_TEST(receipt_of_display_is_asked_for_by_markable)
{
    hears("<body>Hi</body><markable " MARKERS "/>",
          "xmpp message " EVENT_FROM_TO " id=s1 type=chat body=Hi markable=yes");
    xmpp_stage_hear(stage,
                    "<message " FROM_TO "><body>Hi</body><markable " MARKERS "/></message>");
    xmpp_stage_expect_event(stage, "xmpp message " EVENT_FROM_TO " type=normal body=Hi");
}
END_TEST

/* EXT-02 EXT-04 */
START_TEST(receipt_wishes_of_a_line_are_written_beside_it)
{
    says("xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m7 type=chat body=Hi "
         "receipt=yes markable=yes",
         "<message from='romeo@sip.test' to='juliet@xmpp.test' type='chat' id='m7'><body>Hi</body>"
         "<request " RECEIPTS "/><markable " MARKERS "/>"
         "<origin-id xmlns='urn:xmpp:sid:0' id='m7'/></message>");
}
END_TEST

/* CHAT-31 EXT-02 EXT-04 SEC-12 */
START_TEST(receipt_is_written_alone_and_asks_for_nothing)
{
    says("xmpp receipt from=romeo@sip.test to=juliet@xmpp.test/b id=m1 type=chat thread=T "
         "how=delivered",
         "<message from='romeo@sip.test' to='juliet@xmpp.test/b' type='chat' id='*'>"
         "<thread>T</thread><received " RECEIPTS " id='m1'/></message>");
    says("xmpp receipt from=romeo@sip.test to=juliet@xmpp.test/b id=m1 type=normal how=displayed",
         "<message from='romeo@sip.test' to='juliet@xmpp.test/b' id='*'>"
         "<displayed " MARKERS " id='m1'/></message>");
}
END_TEST

/* SEC-12 ERR-06 */
START_TEST(receipt_that_comes_back_as_an_error_says_nothing)
{
    xmpp_stage_hear(stage, "<message " FROM_TO " type='error' id='s1'><received " RECEIPTS
                           " id='m7'/><error type='cancel'><service-unavailable "
                           "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
    xmpp_stage_quiet(stage);
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
    return suite_run_fixture(
        "receipt",
        (const TTest *const[]){receipt_and_marker_are_read_with_the_id_they_speak_of,
                               receipt_in_the_words_of_older_clients_is_understood,
                               receipt_beside_a_marker_is_the_marker,
                               receipt_for_nothing_is_dropped,
                               receipt_speaks_of_the_id_attribute_whatever_other_ids_there_are,
                               receipt_beside_a_text_is_a_line,
                               receipt_of_display_is_asked_for_by_markable,
                               receipt_wishes_of_a_line_are_written_beside_it,
                               receipt_is_written_alone_and_asks_for_nothing,
                               receipt_that_comes_back_as_an_error_says_nothing, NULL},
        set_up, tear_down);
}
