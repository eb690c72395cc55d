// SPDX-License-Identifier: MIT
// INVITEs of somebody else's focus for an XMPP user: invitations, their answers, and those that are
// gone when they are answered.
#include "sip/guest.h"

#include <string.h>

#include "tests/support/guest_stage.h"
#include "tests/support/suite.h"

#define OF_ROMEO                                                                                   \
    "Referred-By: <sip:romeo@sip.test>\nSubject: come, night\nFrom: <" GUEST_STAGE_URI ">;tag=f\n"

static GuestStage stage;
static char *invite; // owned; the last one

static void set_up(void)
{
    guest_stage_init(&stage);
    guest_stage_start(&stage);
}

static void tear_down(void)
{
    g_clear_pointer(&invite, g_free);
    guest_stage_clear(&stage);
}

static void invited(const char *headers, const char *contact)
{
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim", "actpass",
                                         "a=accept-wrapped-types:*\r\n");
    g_autofree char *more = g_strdup_printf("%sContact: <%s:%u>;isfocus\nContent-Type: "
                                            "application/sdp\n",
                                            headers, contact, sip_peer_port(stage.gate.peer));
    invite = sip_peer_request_outside(stage.gate.peer, "INVITE", "sip:juliet@xmpp.test", more, sdp);
    sip_peer_await(stage.gate.peer, "SIP/2.0 100");
}

static void ringing(void)
{
    sip_peer_await(stage.gate.peer, "SIP/2.0 180");
    gate_stage_expect(&stage.gate, "sip room-invite ref=* from=romeo@sip.test to=juliet@xmpp.test "
                                   "room=hall@conf.sip.test text=\"come, night\"");
}

/* MUC-A17 */
START_TEST(an_invitation_rings_until_it_is_declined)
{
    invited(OF_ROMEO, "sip:hall@127.0.0.1");
    ringing();
    ck_assert(stage.gate.last_ref != 0);
    gate_stage_tell(&stage.gate, "sip answer-invite how=no ref=%" G_GUINT64_FORMAT,
                    stage.gate.last_ref);
    sip_peer_await(stage.gate.peer, "SIP/2.0 603"); // MUC-A18
    gate_stage_tell(&stage.gate, "sip answer-invite how=no ref=%" G_GUINT64_FORMAT,
                    stage.gate.last_ref); // a decline after it is ignored
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* MUC-A18 */
START_TEST(a_decline_may_have_its_own_status)
{
    invited(OF_ROMEO, "sip:hall@127.0.0.1");
    ringing();
    gate_stage_tell(&stage.gate, "sip answer-invite how=no ref=%" G_GUINT64_FORMAT " status=480",
                    stage.gate.last_ref);
    sip_peer_await(stage.gate.peer, "SIP/2.0 480");
}
END_TEST

/* MUC-A17 CONF-022 */
START_TEST(entering_answers_the_invitation)
{
    invited(OF_ROMEO, "sip:hall@127.0.0.1");
    ringing();
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER " ref=%" G_GUINT64_FORMAT, stage.gate.last_ref);
    const char *answer = sip_peer_await(stage.gate.peer, "SIP/2.0 200");
    g_autofree char *contact = sip_peer_header(answer, "Contact");
    ck_assert(g_pattern_match_simple("<sip:juliet@127.0.0.1:*;gr=pad>", contact));
    stage.dialog = sip_peer_dialog_of_response(answer);
    msrp_peer_meet(stage.msrp, sip_peer_body(answer));
    sip_peer_request(stage.gate.peer, &stage.dialog, "ACK", NULL, NULL);
    msrp_peer_connect(stage.msrp);
    msrp_peer_request(stage.msrp, "SEND", "Message-ID: b\r\nByte-Range: 1-0/0\r\n", NULL);
    msrp_peer_await(stage.msrp, "200");
    guest_stage_subscribed(&stage);
    g_autofree char *document = guest_stage_document("full", 1, "<users/>");
    guest_stage_notify(&stage, "active", document);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Juliet *own=yes");
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 room=hall@conf.sip.test nick=Juliet *");
    guest_stage_say(&stage, "m1", "<" GUEST_STAGE_URI ">", "<sip:romeo@sip.test>", "hi");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=* nick=romeo id=m-ca0df2c95aa144c1d0ff2ff3c8f967fd stable=* body=hi");
}
END_TEST

/* MUC-A17 */
START_TEST(an_invitation_that_was_taken_back_is_dialled_to)
{
    invited(OF_ROMEO, "sip:hall@127.0.0.1");
    ringing();
    g_autofree char *head = g_strndup(invite, (gsize)(strstr(invite, "\n\n") - invite));
    g_auto(GStrv) words = g_strsplit(head, "INVITE", -1);
    g_autofree char *text = g_strjoinv("CANCEL", words);
    g_auto(GStrv) typeless = g_strsplit(text, "\nContent-Type: application/sdp", -1);
    g_autofree char *plain = g_strjoinv("", typeless);
    g_autofree char *cancel = g_strconcat(plain, "\n\n", NULL);
    sip_peer_send(stage.gate.peer, cancel);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200");
    sip_peer_await(stage.gate.peer, "SIP/2.0 487");
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER " ref=%" G_GUINT64_FORMAT, stage.gate.last_ref);
    sip_peer_await(stage.gate.peer, "INVITE " GUEST_STAGE_URI " ");
}
END_TEST

/* MUC-A17 */
START_TEST(a_conference_may_name_itself_in_its_contact_only)
{
    invited("Subject: x\n", "sip:hall@conf.sip.test");
    sip_peer_await(stage.gate.peer, "SIP/2.0 180");
    gate_stage_expect(&stage.gate, "sip room-invite ref=* from=hall@conf.sip.test "
                                   "to=juliet@xmpp.test room=hall@conf.sip.test text=x");
}
END_TEST

/* MUC-A17 */
START_TEST(a_conference_without_an_address_here_is_refused)
{
    invited("Subject: x\n", "sip:hall@127.0.0.1");
    sip_peer_await(stage.gate.peer, "SIP/2.0 488");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_invitation_rings_until_it_is_declined,
        a_decline_may_have_its_own_status,
        entering_answers_the_invitation,
        an_invitation_that_was_taken_back_is_dialled_to,
        a_conference_may_name_itself_in_its_contact_only,
        a_conference_without_an_address_here_is_refused,
        NULL};
    return suite_run_fixture("guest_invited", tests, set_up, tear_down);
}
