// SPDX-License-Identifier: MIT
// REFER to rooms, against the real SIP library and a raw party.
#include "sip/refer.h"

#include <string.h>

#include "tests/support/room_stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define ROMEO  "<sip:romeo@sip.test>"
#define JULIET "Refer-To: <sip:juliet@xmpp.test>\n"

static RoomStage stage;

static void set_up(void)
{
    room_stage_init(&stage);
    room_stage_start(&stage);
}

static void tear_down(void)
{
    room_stage_clear(&stage);
}

static void inside(void)
{
    room_stage_come_in(&stage, NULL);
    room_stage_admit(&stage);
}

static void tell(const char *order)
{
    gate_stage_tell(&stage.gate, "sip room-result ref=%" G_GUINT64_FORMAT " %s",
                    stage.gate.last_ref, order);
}

// A REFER outside any dialog; `more` has Refer-To and what else there is.
static void refer(const char *more, const char *body)
{
    g_autofree char *headers = g_strdup_printf(
        "Contact: <sip:romeo@127.0.0.1:%u>\n%s", sip_peer_port(stage.gate.peer), more);
    g_free(sip_peer_request_outside(stage.gate.peer, "REFER", ROOM_STAGE_URI, headers, body));
}

static const char *refused(const char *more, const char *start)
{
    refer(more, NULL);
    const char *answer = sip_peer_await(stage.gate.peer, start);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    return answer;
}

// The next NOTIFY, answered.
static const char *expect_notify(const char *fragment, const char *state)
{
    const char *notify = sip_peer_await(stage.gate.peer, "NOTIFY ");
    sip_peer_expect_header(notify, "Event", "refer*");
    sip_peer_expect_header(notify, "Content-Type", "message/sipfrag;version=2.0");
    sip_peer_expect_header(notify, "Subscription-State", state);
    ck_assert_msg(g_str_has_prefix(sip_peer_body(notify), fragment), "%s", sip_peer_body(notify));
    sip_peer_answer(stage.gate.peer, notify, 200, NULL, NULL);
    return notify;
}

#define LAST "terminated;reason=noresource"

/* CONF-014 CONF-020 CONF-035 */
START_TEST(invitation_is_accepted_with_200_and_its_outcome_told)
{
    inside();
    refer("Refer-To: <sip:juliet@xmpp.test;method=INVITE>\nSubject: come in\n", NULL);
    const char *answer = sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    sip_peer_expect_header(answer, "Contact", "<" ROOM_STAGE_URI ">;isfocus");
    expect_notify("SIP/2.0 100 Trying\r\n", "active;*");
    gate_stage_expect(&stage.gate,
                      "sip room-request how=invite leg=5 ref=? from=romeo@sip.test/* "
                      "to=juliet@xmpp.test room=talk@rooms.xmpp.test text=\"come in\"");
    tell("how=ringing");
    expect_notify("SIP/2.0 180 ", "active;*");
    tell("how=ringing");
    tell("how=yes");
    expect_notify("SIP/2.0 200 OK\r\n", LAST);
    tell("how=no");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(sip_peer_heard(stage.gate.peer, "SIP/2.0 202"), 0);
}
END_TEST

/* CONF-014 */
START_TEST(outcome_that_is_a_no_is_told_as_its_status)
{
    static const char *const cases[][2] = {{"failure=forbidden", "SIP/2.0 403 "},
                                           {"failure=forbidden status=603", "SIP/2.0 603 "},
                                           {"failure=item-not-found", "SIP/2.0 404 "},
                                           {"failure=remote-server-timeout", "SIP/2.0 408 "},
                                           {"failure=recipient-unavailable", "SIP/2.0 480 "}};
    inside();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *order = g_strdup_printf("how=no %s", cases[i][0]);
        refer(JULIET, NULL);
        sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
        expect_notify("SIP/2.0 100 Trying\r\n", "active;*");
        gate_stage_expect(&stage.gate, "sip room-request how=invite *");
        tell(order);
        expect_notify(cases[i][1], LAST);
    }
}
END_TEST

/* CONF-014 CONF-020 */
START_TEST(two_requests_in_the_call_are_told_apart)
{
    inside();
    char *ids[2] = {NULL};
    uint64_t refs[2];
    for (int i = 0; i < 2; i++) {
        g_autofree char *contact = g_strdup_printf(
            "Contact: <sip:romeo@127.0.0.1:%u>\n" JULIET, sip_peer_port(stage.gate.peer));
        sip_peer_request(stage.gate.peer, &stage.dialog, "REFER", contact, NULL);
        sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
        ids[i] = sip_peer_header(expect_notify("SIP/2.0 100 ", "active;*"), "Event");
        gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 *");
        refs[i] = stage.gate.last_ref;
    }
    ck_assert_ptr_nonnull(strstr(ids[1], ";id="));
    ck_assert_str_ne(ids[0], ids[1]);
    stage.gate.last_ref = refs[0];
    tell("how=yes");
    sip_peer_expect_header(expect_notify("SIP/2.0 200 ", LAST), "Event", ids[0]);
    stage.gate.last_ref = refs[1];
    tell("how=no failure=item-not-found");
    sip_peer_expect_header(expect_notify("SIP/2.0 404 ", LAST), "Event", ids[1]);
    g_free(ids[0]);
    g_free(ids[1]);
}
END_TEST

/* CONF-014 */
START_TEST(outsiders_and_unclear_requests_are_refused_without_a_word_to_the_room)
{
    refused(JULIET, "SIP/2.0 403 ");
    refused(JULIET JULIET, "SIP/2.0 400 ");
    inside();
    refused("From: <sip:paris@sip.test>;tag=p\n" JULIET, "SIP/2.0 403 ");
    refused("Subject: whom\n", "SIP/2.0 400 ");
    refused(JULIET JULIET, "SIP/2.0 400 ");
    refused("Refer-To: <http://xmpp.test/juliet>\n", "SIP/2.0 403 ");
    ck_assert_uint_eq(sip_peer_heard(stage.gate.peer, "NOTIFY"), 0);
}
END_TEST

/* CONF-014 */
START_TEST(whoever_knows_the_dialog_takes_part_in_it)
{
    inside();
    const char *ours = strstr(stage.dialog.remote, ";tag=") + strlen(";tag=");
    const char *theirs = strstr(stage.dialog.local, ";tag=") + strlen(";tag=");
    g_autofree char *known = g_strdup_printf(
        "From: <sip:desk@sip.test>;tag=p\nTarget-Dialog: %s ;local-tag=%s;remote-tag=%s\n"
        "Require: tdialog\n" JULIET,
        stage.dialog.call_id, theirs, ours);
    refer(known, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 *");
    expect_notify("SIP/2.0 100 ", "active;*");
    g_autofree char *wrong = g_strdup_printf(
        "From: <sip:desk@sip.test>;tag=p\nTarget-Dialog: %s;local-tag=x;remote-tag=%s\n" JULIET,
        stage.dialog.call_id, ours);
    refused(wrong, "SIP/2.0 403 ");
}
END_TEST

START_TEST(xmpp_address_is_taken_as_it_is)
{
    inside();
    refer("Refer-To: <xmpp:juliet@xmpp.test>\n", NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip room-request how=invite * to=juliet@xmpp.test *");
}
END_TEST

/* ROSTER-020 CONF-015 */
START_TEST(occupant_is_removed_by_nick_or_address)
{
    inside();
    gate_stage_tell(&stage.gate, "sip room-roster how=joined room=talk@rooms.xmpp.test nick=Tybalt role=participant "
                                 "affiliation=none real=tybalt@xmpp.test/x");
    static const char *const cases[][2] = {{"talk@rooms.xmpp.test;gr=Nina", "nick=Nina"},
                                           {"tybalt@xmpp.test", "nick=Tybalt"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *to = g_strdup_printf("Refer-To: <sip:%s;method=BYE>\n", cases[i][0]);
        g_autofree char *event = g_strdup_printf("sip room-request how=kick leg=5 ref=? * %s",
                                                 cases[i][1]);
        refer(to, NULL);
        sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
        expect_notify("SIP/2.0 100 ", "active;*");
        gate_stage_expect(&stage.gate, event);
        tell(i == 0 ? "how=yes" : "how=no failure=not-allowed");
        expect_notify(i == 0 ? "SIP/2.0 200 " : "SIP/2.0 403 ", LAST);
    }
    refer("Refer-To: <sip:talk@rooms.xmpp.test;gr=Nobody;method=BYE>\n", NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    expect_notify("SIP/2.0 100 ", "active;*");
    expect_notify("SIP/2.0 404 ", LAST);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-020 */
START_TEST(whoever_removes_himself_leaves)
{
    inside();
    refer("Refer-To: <sip:romeo@sip.test;method=BYE>\n", NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5");
    bool bye = false;
    for (int i = 0; i < 3; i++) { // two dialogs: in any order
        const char *request = sip_peer_await(stage.gate.peer, "");
        bye = bye || g_str_has_prefix(request, "BYE ");
        sip_peer_answer(stage.gate.peer, request, 200, NULL, NULL);
    }
    ck_assert(bye);
}
END_TEST

/* CONF-016 CONF-017 CONF-019 */
START_TEST(what_is_not_built_is_refused_as_it_should_be)
{
    inside();
    refused("Refer-To: <sip:juliet@xmpp.test;method=REFER?Refer-To=sip:a@b>\n", "SIP/2.0 403 ");
    sip_peer_expect_header(refused("Require: explicitsub\n" JULIET, "SIP/2.0 420 "), "Unsupported",
                  "explicitsub");
    sip_peer_expect_header(refused("Require: nosub\n" JULIET, "SIP/2.0 420 "), "Unsupported", "nosub");
    sip_peer_expect_header(refused("Require: replaces\n" JULIET, "SIP/2.0 420 "), "Unsupported", "replaces");
    refer("Refer-To: <sip:juliet@xmpp.test?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd>\n", NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    expect_notify("SIP/2.0 100 ", "active;*");
    expect_notify("SIP/2.0 481 ", LAST);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

// The address of the vector names a dialog that is none of ours here; without its header it would be an invitation.
static void expect_replace(JsonNode *in, JsonNode *out)
{
    const char *target = vectors_text(json_node_get_object(in), "target");
    g_autofree char *plain = g_strdup_printf("Refer-To: <%s>\n", target);
    g_autofree char *replacing = g_strdup_printf("Refer-To: %s\n", json_node_get_string(out));
    refer(replacing, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    expect_notify("SIP/2.0 100 ", "active;*");
    expect_notify("SIP/2.0 481 ", LAST);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    refer(plain, NULL);
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 *");
}

/* CONF-016 */
START_TEST(dialog_in_refer_to_is_seen_as_the_vector_spells_it)
{
    ck_assert(route_add_component(stage.gate.route, "mantua.example", ROUTE_USERS,
                                  "mantua.example"));
    inside();
    ck_assert_int_eq(vectors_each_case("GV-027", expect_replace), 1);
}
END_TEST

#define LIST                                                                                       \
    "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'><list>"                         \
    "<entry uri='sip:juliet@xmpp.test'/><entry uri='sip:paris@sip.test'/>"                         \
    "<entry uri='sip:juliet@xmpp.test'/><entry uri='sip:x@nowhere.test'/></list></resource-lists>"

/* CONF-018 */
START_TEST(list_is_invited_without_a_subscription)
{
    inside();
    refer("Require: multiple-refer, norefersub\nRefer-Sub: false\nRefer-To: <cid:l1@x>\n"
          "Content-Type: multipart/mixed;boundary=b\n",
          "--b\r\nContent-Type: application/resource-lists+xml\r\nContent-ID: <other@x>\r\n\r\n"
          "x\r\n--b\r\nContent-Type: application/resource-lists+xml\r\n"
          "Content-Disposition: recipient-list\r\nContent-ID: <l1@x>\r\n\r\n" LIST "\r\n--b--\r\n");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "SIP/2.0 200 "), "Refer-Sub", "false");
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 from=romeo@sip.test/* "
                                   "to=juliet@xmpp.test *");
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 * to=paris@sip.test *");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    refused("Require: multiple-refer\nRefer-To: <cid:l1@x>\n", "SIP/2.0 400 ");
}
END_TEST

START_TEST(user_takes_no_refer)
{
    g_free(sip_peer_request_outside(stage.gate.peer, "REFER", "sip:juliet@xmpp.test",
                                    "Contact: <sip:r@127.0.0.1>\n" JULIET, NULL));
    const char *answer = sip_peer_await(stage.gate.peer, "SIP/2.0 405 ");
    g_autofree char *allow = sip_peer_header(answer, "Allow");
    ck_assert_ptr_null(strstr(allow, "REFER"));
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        invitation_is_accepted_with_200_and_its_outcome_told,
        outcome_that_is_a_no_is_told_as_its_status,
        two_requests_in_the_call_are_told_apart,
        outsiders_and_unclear_requests_are_refused_without_a_word_to_the_room,
        whoever_knows_the_dialog_takes_part_in_it,
        xmpp_address_is_taken_as_it_is,
        occupant_is_removed_by_nick_or_address,
        whoever_removes_himself_leaves,
        what_is_not_built_is_refused_as_it_should_be,
        dialog_in_refer_to_is_seen_as_the_vector_spells_it,
        list_is_invited_without_a_subscription,
        user_takes_no_refer,
        NULL};
    return suite_run_fixture("refer", tests, set_up, tear_down);
}
