// SPDX-License-Identifier: MIT
#include "xmpp/disco.h"

#include "tests/support/suite.h"
#include "tests/support/vectors.h"
#include "tests/support/xmpp_stage.h"
#include "xmpp/stanza.h"

#define INFO "<query xmlns='http://jabber.org/protocol/disco#info'/>"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void expect(const char *to, const char *type, const char *asked, const char *answer)
{
    xmpp_stage_hear(stage, "<iq from='juliet@xmpp.test/b' to='%s' type='%s' id='q1'>%s</iq>", to,
                    type, asked);
    g_autofree char *stanza = g_strdup_printf(
        "<iq from='%s' to='juliet@xmpp.test/b' type='result' id='q1'>%s</iq>", to, answer);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

static void expect_error(const char *to, const char *type, const char *asked, const char *condition)
{
    xmpp_stage_hear(stage, "<iq from='juliet@xmpp.test/b' to='%s' type='%s' id='q1'>%s</iq>", to,
                    type, asked);
    g_autofree char *stanza = g_strdup_printf(
        "<iq from='%s' to='juliet@xmpp.test/b' type='error' id='q1'><error type='cancel'><%s "
        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        to, condition);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

/* EXT-11 */
START_TEST(the_component_is_a_gateway_without_items)
{
    expect("sip.test", "get", INFO,
           "<query xmlns='http://jabber.org/protocol/disco#info'>"
           "<identity category='gateway' type='simple' name='SIP'/>"
           "<feature var='http://jabber.org/protocol/disco#info'/>"
           "<feature var='http://jabber.org/protocol/disco#items'/>"
           "<feature var='jabber:iq:version'/><feature var='jid\\20escaping'/>"
           "<feature var='urn:xmpp:ping'/></query>");
    expect("sip.test", "get", "<query xmlns='http://jabber.org/protocol/disco#items'/>",
           "<query xmlns='http://jabber.org/protocol/disco#items'/>");
}
END_TEST

/* EXT-12 */
START_TEST(a_sip_user_is_an_account_and_its_full_jid_is_not_there)
{
    expect("romeo@sip.test", "get", INFO,
           "<query xmlns='http://jabber.org/protocol/disco#info'>"
           "<identity category='account' type='registered'/>"
           "<feature var='http://jabber.org/protocol/disco#info'/></query>");
    expect_error("romeo@sip.test/desk", "get", INFO, "service-unavailable");
}
END_TEST

START_TEST(a_node_that_is_not_ours_is_not_found)
{
    expect_error("sip.test", "get",
                 "<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>",
                 "item-not-found");
    expect_error("sip.test", "get",
                 "<query xmlns='http://jabber.org/protocol/disco#items' node='x'/>",
                 "item-not-found");
}
END_TEST

/* GEN-07 */
START_TEST(ping_and_version_are_answered)
{
    expect("romeo@sip.test", "get", "<ping xmlns='urn:xmpp:ping'/>", "");
    expect("sip.test", "get", "<query xmlns='jabber:iq:version'/>",
           "<query xmlns='jabber:iq:version'><name>mucsip</name><version>" MUCSIP_VERSION
           "</version></query>");
}
END_TEST

/* GEN-07 EXT-22 */
START_TEST(anything_else_is_not_offered)
{
    expect_error("romeo@sip.test", "get", "<vCard xmlns='vcard-temp'/>", "service-unavailable");
    expect_error("romeo@sip.test", "set", "<query xmlns='jabber:iq:roster'/>",
                 "service-unavailable");
    expect_error("sip.test", "set", INFO, "service-unavailable");
    expect_error("sip.test", "get", "", "service-unavailable");
}
END_TEST

/* GEN-07 */
START_TEST(an_answer_that_nobody_asked_for_is_ignored)
{
    xmpp_stage_hear(stage, "<iq from='xmpp.test' to='sip.test' type='result' id='zz'/>");
    xmpp_stage_hear(stage, "<iq from='xmpp.test' to='sip.test' type='error' id='zz'/>");
    xmpp_stage_quiet(stage);
}
END_TEST

static void check_caps(const char *id, JsonObject *in, JsonObject *out)
{
    JsonArray *list = json_object_get_array_member(in, "features");
    guint count = json_array_get_length(list);
    g_autofree const char **features = g_new0(const char *, count + 1);
    for (guint i = 0; i < count; i++)
        features[i] = json_array_get_string_element(list, i);
    g_autofree char *ver = disco_caps_ver(vectors_text(in, "identity"), features);
    ck_assert_str_eq(ver, vectors_text(out, "ver"));
    // what we send is that very list
    g_autoptr(xmpp_stanza_t) presence =
        stanza_new(wire_ctx(xmpp_stage_wire(stage)), "presence", "a@b", "c@d", NULL, NULL);
    disco_add_caps(xmpp_stage_wire(stage), presence);
    xmpp_stanza_t *caps = stanza_child(presence, "c", "http://jabber.org/protocol/caps");
    ck_assert_str_eq(stanza_attribute(caps, "ver", 100), vectors_text(out, "ver"));
    ck_assert_str_eq(stanza_attribute(caps, "hash", 100), vectors_text(out, "hash"));
}

/* EXT-12 */
START_TEST(the_vector_of_capabilities_holds)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "caps_ver", check_caps), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_component_is_a_gateway_without_items,
        a_sip_user_is_an_account_and_its_full_jid_is_not_there,
        a_node_that_is_not_ours_is_not_found,
        ping_and_version_are_answered,
        anything_else_is_not_offered,
        an_answer_that_nobody_asked_for_is_ignored,
        the_vector_of_capabilities_holds,
        NULL,
    };
    return suite_run_fixture("disco", tests, set_up, tear_down);
}
