// SPDX-License-Identifier: MIT
// Coming into rooms, against the real SIP library and MSRP stack and a raw guest.
#include "sip/focus_door.h"

#include <string.h>

#include "tests/support/room_stage.h"
#include "tests/support/suite.h"
#include "tests/support/tls_cert.h"

#define ROMEO "<sip:romeo@sip.test>"
#define ROOM  "<" ROOM_STAGE_URI ">"
#define CPIM  "message/cpim"
#define TEXTS "message/cpim text/plain"

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

static void settle(const char *order)
{
    g_autofree char *line =
        g_strdup_printf("sip %s ref=%" G_GUINT64_FORMAT, order, stage.gate.last_ref);
    gate_stage_tell(&stage.gate, "%s", line);
}

// INVITE to a URI with these headers; the refusal.
static const char *refused(const char *uri, const char *more, const char *types, const char *start)
{
    room_stage_knock(&stage, uri, more, types);
    const char *answer = sip_peer_await(stage.gate.peer, start);
    ck_assert_uint_eq(stage.gate.events->len, 0);
    return answer;
}

/* CONF-002 MUC-B01 */
START_TEST(invite_to_a_room_is_offered_and_answered_when_he_is_inside)
{
    room_stage_knock(&stage, ROOM_STAGE_URI,
                     "From: \"Romeo M\" " ROMEO ";tag=a1\nContact: <sip:r@127.0.0.1>;"
                     "+sip.instance=\"<urn:uuid:7>\"\nMax-Forwards: 31\n",
                     CPIM);
    gate_stage_expect(&stage.gate, "sip room-offered ref=1 hops=31 from=romeo@sip.test/urn:uuid:7 "
                                   "room=talk@rooms.xmpp.test nick=\"Romeo M\"");
    ck_assert_uint_eq(sip_peer_pending(stage.gate.peer), 0);
    const char *answer = room_stage_let_in(&stage);
    sip_peer_expect_header(answer, "Contact",
                  ROOM ";isfocus;message;automata;events=\"conference\";methods=\"INVITE,*REFER*\"");
    ck_assert_uint_eq(stage.gate.events->len, 0); // not bound yet
}
END_TEST

static Address *offered_from(void)
{
    const char *event = stage.gate.events->pdata[0];
    const char *from = strstr(event, " from=") + strlen(" from=");
    g_autofree char *jid = g_strndup(from, strcspn(from, " "));
    return address_from_jid(jid);
}

/* MUC-B01 */
START_TEST(devices_that_do_not_name_themselves_are_two_all_the_same)
{
    room_stage_knock(&stage, ROOM_STAGE_URI, NULL, CPIM);
    g_autoptr(Address) first = offered_from();
    gate_stage_expect(&stage.gate, "sip room-offered *");
    room_stage_knock(&stage, ROOM_STAGE_URI, NULL, CPIM);
    g_autoptr(Address) second = offered_from();
    ck_assert_str_eq(address_bare(first), "romeo@sip.test");
    ck_assert(address_equal_bare(first, second));
    ck_assert_uint_ge(strlen(address_resource(first)), 8);
    ck_assert(!address_equal(first, second));
    gate_stage_expect(&stage.gate, "sip room-offered *");
}
END_TEST

/* CONF-002 */
START_TEST(guest_is_a_party_like_any_other_once_he_is_bound)
{
    room_stage_come_in(&stage, "a=chatroom:nickname private-messages\r\n");
    room_stage_admit(&stage);
    room_stage_say(&stage, "m1", ROOM, ROMEO, "ciao");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=m1 body=ciao");
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina private=yes body=psst");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(stage.msrp, "SEND"));
    ck_assert(g_str_has_prefix(body, "To: " ROMEO "\r\nFrom: \"Nina\" <sip:talk@rooms.xmpp.test;gr"));
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip delivery how=lost * leg=5 row=3");
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5*");
}
END_TEST

/* MUC-B06 */
START_TEST(guest_whose_ack_is_late_is_heard_all_the_same)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_early = 50;
    room_stage_start(&stage);
    room_stage_knock(&stage, ROOM_STAGE_URI, NULL, CPIM);
    gate_stage_expect(&stage.gate, "sip room-offered *");
    settle("answer-leg leg=5 nick=Omar");
    const char *answer = sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    msrp_peer_meet(stage.msrp, sip_peer_body(answer));
    msrp_peer_connect(stage.msrp);
    room_stage_say(&stage, "early1", ROOM, ROMEO, "knock knock");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=early1 body=\"knock knock\"");
    g_auto(SipPeerDialog) dialog = sip_peer_dialog_of_response(answer);
    sip_peer_request(stage.gate.peer, &dialog, "ACK", NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5*");
}
END_TEST

/* CONF-003 */
START_TEST(invite_without_description_gets_our_offer_and_needs_an_answer)
{
    for (int round = 0; round < 2; round++) {
        room_stage_knock(&stage, ROOM_STAGE_URI, NULL, NULL);
        gate_stage_expect(&stage.gate, "sip room-offered *");
        gate_stage_tell(&stage.gate, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=%d nick=Omar",
                        stage.gate.last_ref, 5 + round);
        const char *answer = sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
        ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=setup:actpass\r\n"));
        msrp_peer_meet(stage.msrp, sip_peer_body(answer));
        g_auto(SipPeerDialog) dialog = sip_peer_dialog_of_response(answer);
        g_autofree char *sdp = msrp_peer_sdp(stage.msrp, TEXTS, "passive", NULL);
        if (round == 0) {
            sip_peer_request(stage.gate.peer, &dialog, "ACK", "Content-Type: application/sdp\n", sdp);
            msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200); // we connect
            gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5*");
        } else {
            sip_peer_request(stage.gate.peer, &dialog, "ACK", NULL, NULL);
            sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason", "SIP;cause=488*");
            gate_stage_expect(&stage.gate, "sip room-answer how=no * leg=6 status=488 *");
        }
    }
}
END_TEST

/* CONF-004 MSRP-030 */
START_TEST(offer_without_envelopes_is_not_acceptable)
{
    const char *answer = refused(ROOM_STAGE_URI, NULL, "text/plain", "SIP/2.0 488 ");
    sip_peer_expect_header(answer, "Warning", "399 * \"message/cpim required\"");
    room_stage_knock(&stage, ROOM_STAGE_URI, NULL, "*");
    gate_stage_expect(&stage.gate, "sip room-offered *");
}
END_TEST

// An offer of sound, with or without messages.
static void call_with_sound(bool messages)
{
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, TEXTS, "actpass", NULL);
    char *line = strstr(sdp, "m=message");
    g_autofree char *both = g_strdup_printf("%.*sm=audio 5004 RTP/AVP 0\r\n%s", (int)(line - sdp),
                                            sdp, messages ? line : "");
    g_free(sip_peer_request_outside(stage.gate.peer, "INVITE", ROOM_STAGE_URI,
                                    "Contact: <sip:r@127.0.0.1>\nContent-Type: application/sdp\n",
                                    both));
    sip_peer_await(stage.gate.peer, "SIP/2.0 100 ");
}

/* CONF-005 */
START_TEST(sound_is_left_out)
{
    call_with_sound(false);
    sip_peer_await(stage.gate.peer, "SIP/2.0 488 ");
    call_with_sound(true);
    gate_stage_expect(&stage.gate, "sip room-offered *");
    const char *answer = room_stage_let_in(&stage);
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\nm=audio 0 RTP/AVP 0\r\n"));
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=accept-types:message/cpim\r\n"));
}
END_TEST

/* CONF-006 */
START_TEST(secure_addresses_are_not_translated)
{
    refused("sips:talk@rooms.xmpp.test", NULL, CPIM, "SIP/2.0 403 ");
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, TEXTS, "actpass", NULL);
    g_autofree char *invite = g_strdup_printf(
        "INVITE " ROOM_STAGE_URI " SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKs1\n"
        "Max-Forwards: 70\nFrom: " ROMEO ";tag=a1\nTo: <sips:talk@rooms.xmpp.test>\n"
        "Call-ID: s1\nCSeq: 1 INVITE\nContact: <sip:r@127.0.0.1>\n"
        "Content-Type: application/sdp\n\n%s",
        sip_peer_port(stage.gate.peer), sdp);
    sip_peer_send(stage.gate.peer, invite);
    sip_peer_await(stage.gate.peer, "SIP/2.0 100 ");
    sip_peer_await(stage.gate.peer, "SIP/2.0 403 ");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* CONF-034 */
START_TEST(our_own_rooms_and_users_do_not_come_in)
{
    refused(ROOM_STAGE_URI, "From: <sip:other@rooms.xmpp.test>;tag=a1\n", CPIM, "SIP/2.0 482 ");
    refused(ROOM_STAGE_URI, "From: <sip:juliet@xmpp.test>;tag=a1\n", CPIM, "SIP/2.0 482 ");
    refused(ROOM_STAGE_URI ";gr=Nina", NULL, CPIM, "SIP/2.0 404 "); // an occupant is no room
}
END_TEST

static const char *refused_by_room(const char *order, const char *start)
{
    room_stage_knock(&stage, ROOM_STAGE_URI, NULL, CPIM);
    gate_stage_expect(&stage.gate, "sip room-offered *");
    settle(order);
    return sip_peer_await(stage.gate.peer, start);
}

/* CONF-002 MUC-B02 */
START_TEST(refusal_of_the_room_is_the_answer)
{
    static const struct {
        const char *failure, *start;
    } table[] = {{"not-authorized", "SIP/2.0 403 Password required\r\n"},
                 {"registration-required", "SIP/2.0 403 Members only\r\n"},
                 {"forbidden", "SIP/2.0 403 "},
                 {"conflict", "SIP/2.0 480 Nickname in use\r\n"},
                 {"not-acceptable", "SIP/2.0 406 "},
                 {"item-not-found", "SIP/2.0 404 "},
                 {"not-allowed", "SIP/2.0 403 "},
                 {"service-unavailable", "SIP/2.0 486 "},
                 {"internal-server-error", "SIP/2.0 500 "},
                 {"remote-server-timeout", "SIP/2.0 408 "},
                 {"gone", "SIP/2.0 410 "}};
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *order = g_strdup_printf("refuse failure=%s text=\"so it says\"",
                                                 table[i].failure);
        const char *answer = refused_by_room(order, table[i].start);
        bool names_room = strcmp(table[i].failure, "registration-required") == 0;
        g_autofree char *warning = sip_peer_header(answer, "Warning");
        ck_assert((warning != NULL && strstr(warning, "talk@rooms.xmpp.test") != NULL) == names_room);
    }
    refused_by_room("refuse failure=forbidden text=\"so it says\"", "SIP/2.0 403 so it says\r\n");
    sip_peer_expect_header(refused_by_room("refuse status=503 retry_s=60", "SIP/2.0 503 "), "Retry-After",
                  "60");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B02 */
START_TEST(room_that_has_moved_is_told_where)
{
    const char *answer = refused_by_room("refuse failure=gone real=new@rooms.xmpp.test",
                                         "SIP/2.0 301 ");
    sip_peer_expect_header(answer, "Contact", "<sip:new@rooms.xmpp.test>");
    answer = refused_by_room("refuse failure=redirect real=new@rooms.xmpp.test", "SIP/2.0 302 ");
    sip_peer_expect_header(answer, "Contact", "<sip:new@rooms.xmpp.test>");
    refused_by_room("refuse failure=gone real=new@nowhere.test", "SIP/2.0 410 ");
}
END_TEST

// He knocks and is offered.
static char *knock(void)
{
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, TEXTS, "actpass", NULL);
    char *invite =
        sip_peer_request_outside(stage.gate.peer, "INVITE", ROOM_STAGE_URI,
                                 "Contact: <sip:r@127.0.0.1>\nContent-Type: application/sdp\n", sdp);
    sip_peer_await(stage.gate.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage.gate, "sip room-offered *");
    return invite;
}

// And takes it back.
static void turn_round(const char *invite)
{
    const char *end = strstr(invite, "\n\n");
    g_autofree char *head = g_strndup(invite, (gsize)(end - invite));
    g_auto(GStrv) words = g_strsplit(head, "INVITE", -1);
    g_autofree char *text = g_strjoinv("CANCEL", words);
    g_auto(GStrv) typeless = g_strsplit(text, "\nContent-Type: application/sdp", -1);
    g_autofree char *plain = g_strjoinv("", typeless);
    g_autofree char *cancel = g_strconcat(plain, "\n\n", NULL);
    sip_peer_send(stage.gate.peer, cancel);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    sip_peer_await(stage.gate.peer, "SIP/2.0 487 ");
}

/* CONF-002 */
START_TEST(guest_who_turns_round_is_told_and_not_let_in)
{
    g_autofree char *invite = knock();
    turn_round(invite);
    gate_stage_expect(&stage.gate, "sip room-exit how=left ref=1");
    settle("answer-leg leg=5 nick=Omar");
    gate_stage_expect(&stage.gate, "sip room-answer how=no failure=recipient-unavailable leg=5 status=487");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

static gboolean go_on(gpointer unused)
{
    return G_SOURCE_CONTINUE;
}

// A call is over when its media are, and those have the loop's source of that name.
static GSource *media_source(void)
{
    for (guint id = 1; id < 1000; id++) {
        GSource *source = g_main_context_find_source_by_id(NULL, id);
        if (source != NULL && g_strcmp0(g_source_get_name(source), "msrp") == 0) {
            return source;
        }
    }
    ck_abort_msg("no source of that name");
}

// He turns round while the room says something; the media of his call end only after that.
static void crossing(const char *order)
{
    g_autofree char *invite = knock();
    GSource *media = media_source();
    guint others = g_idle_add(go_on, NULL);
    g_source_set_priority(media, G_PRIORITY_LOW);
    turn_round(invite);
    for (int i = 0; i < 20; i++) {
        g_main_context_iteration(NULL, FALSE);
    }
    ck_assert_uint_eq(stage.gate.events->len, 0);
    settle(order);
    g_source_set_priority(media, G_PRIORITY_DEFAULT);
    g_source_remove(others);
}

/* CONF-002 */
START_TEST(answer_that_crosses_a_cancel_finds_nobody)
{
    crossing("answer-leg leg=5 nick=Omar");
    gate_stage_expect(&stage.gate, "sip room-answer how=no failure=recipient-unavailable leg=5 status=487");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

START_TEST(refusal_that_crosses_a_cancel_finds_nobody)
{
    crossing("refuse failure=forbidden");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

START_TEST(no_more_wait_than_may)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.sip_pending = 1;
    room_stage_start(&stage);
    room_stage_knock(&stage, ROOM_STAGE_URI, NULL, CPIM);
    gate_stage_expect(&stage.gate, "sip room-offered *");
    const char *answer = refused(ROOM_STAGE_URI, NULL, CPIM, "SIP/2.0 503 ");
    sip_peer_expect_header(answer, "Retry-After", "5");
}
END_TEST

// A Replaces that names the dialog of a party, as its other device would write it.
static char *replaces_of(const SipPeerDialog *dialog, const char *more)
{
    const char *ours = strstr(dialog->remote, ";tag=") + strlen(";tag=");
    const char *theirs = strstr(dialog->local, ";tag=") + strlen(";tag=");
    return g_strdup_printf("Replaces: %s;to-tag=%s;from-tag=%s%s\nRequire: replaces\n",
                           dialog->call_id, ours, theirs, more);
}

/* CONF-033 */
START_TEST(second_call_takes_over_the_leg_and_the_room_sees_nothing)
{
    room_stage_come_in(&stage, NULL);
    room_stage_admit(&stage);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina body=before");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=3");
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    g_autofree char *sdp = msrp_peer_sdp(second, TEXTS, "actpass", NULL);
    g_autofree char *replaces = replaces_of(&stage.dialog, "");
    g_autofree char *headers = g_strdup_printf(
        "%sContact: <sip:r@127.0.0.1:%u>\nContent-Type: application/sdp\n", replaces,
        sip_peer_port(stage.gate.peer));
    g_free(sip_peer_request_outside(stage.gate.peer, "INVITE", ROOM_STAGE_URI, headers, sdp));
    sip_peer_await(stage.gate.peer, "SIP/2.0 100 ");
    const char *answer = sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    sip_peer_expect_header(answer, "Contact", ROOM ";isfocus*");
    g_auto(SipPeerDialog) dialog = sip_peer_dialog_of_response(answer);
    const char *bye = sip_peer_await(stage.gate.peer, "BYE ");
    sip_peer_expect_header(bye, "Call-ID", stage.dialog.call_id);
    sip_peer_answer(stage.gate.peer, bye, 200, NULL, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=4 nick=Nina body=meanwhile");
    sip_peer_request(stage.gate.peer, &dialog, "ACK", NULL, NULL);
    msrp_peer_meet(second, sip_peer_body(answer));
    msrp_peer_connect(second);
    msrp_peer_request(second, "SEND", "Message-ID: bind2\r\n", NULL);
    msrp_peer_await(second, " 200");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=4");
    ck_assert(gate_stage_is_quiet(&stage.gate)); // no answer, no exit
    sip_peer_request(stage.gate.peer, &dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5*");
    refused(ROOM_STAGE_URI, replaces, CPIM, "SIP/2.0 603 ");
}
END_TEST

/* CONF-033 ROSTER-011 */
START_TEST(a_subscription_in_a_call_that_is_taken_over_ends_with_it)
{
    room_stage_come_in(&stage, NULL);
    room_stage_admit(&stage);
    g_autofree char *contact = room_stage_contact(&stage);
    g_autofree char *subscribe = g_strdup_printf("%sEvent: conference\n", contact);
    sip_peer_request(stage.gate.peer, &stage.dialog, "SUBSCRIBE", subscribe, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "NOTIFY "), 200, NULL, NULL);
    g_autofree char *replaces = replaces_of(&stage.dialog, "");
    room_stage_knock(&stage, ROOM_STAGE_URI, replaces, CPIM);
    const char *last = sip_peer_await(stage.gate.peer, "NOTIFY ");
    sip_peer_expect_header(last, "Subscription-State", "terminated;reason=deactivated");
    sip_peer_expect_header(last, "Call-ID", stage.dialog.call_id);
    sip_peer_answer(stage.gate.peer, last, 200, NULL, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_tell(&stage.gate, "sip room-roster room=talk@rooms.xmpp.test how=joined nick=Ugo "
                                 "role=participant affiliation=none");
    ck_assert(gate_stage_is_quiet(&stage.gate)); // nobody watches any more
}
END_TEST

/* CONF-033 MUC-B06 */
START_TEST(what_was_said_early_in_a_call_that_is_taken_over_is_told)
{
    room_stage_come_in(&stage, NULL);
    room_stage_say(&stage, "early1", ROOM, ROMEO, "from the first call");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    g_autofree char *replaces = replaces_of(&stage.dialog, "");
    room_stage_knock(&stage, ROOM_STAGE_URI, replaces, CPIM);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    ck_assert_uint_eq(stage.gate.events->len, 1); // long before T_early
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=early1 *");
    room_stage_admit(&stage);
    sip_peer_await(stage.gate.peer, "BYE ");
    ck_assert(gate_stage_is_quiet(&stage.gate)); // once
}
END_TEST

/* CONF-033 */
START_TEST(only_his_own_leg_in_this_room_can_be_taken_over)
{
    room_stage_come_in(&stage, NULL);
    g_autofree char *known = replaces_of(&stage.dialog, "");
    g_autofree char *early = replaces_of(&stage.dialog, ";early-only");
    g_autofree char *other = g_strdup_printf("From: <sip:paris@sip.test>;tag=p\n%s", known);
    g_autofree char *two = g_strconcat(known, "Replaces: a;to-tag=b;from-tag=c\n", NULL);
    refused(ROOM_STAGE_URI, other, CPIM, "SIP/2.0 403 ");
    refused(ROOM_STAGE_URI, early, CPIM, "SIP/2.0 486 ");
    refused("sip:other@rooms.xmpp.test", known, CPIM, "SIP/2.0 481 ");
    refused(ROOM_STAGE_URI, "Replaces: 1@h;to-tag=a;from-tag=b\n", CPIM, "SIP/2.0 481 ");
    refused(ROOM_STAGE_URI, two, CPIM, "SIP/2.0 400 ");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* CONF-010 */
START_TEST(list_of_guests_is_not_taken_by_a_room_that_exists)
{
    const char *require = "Require: recipient-list-invite\n";
    const char *answer = refused(ROOM_STAGE_URI, require, CPIM, "SIP/2.0 420 ");
    sip_peer_expect_header(answer, "Unsupported", "recipient-list-invite");
    room_stage_come_in(&stage, NULL);
    g_autofree char *contact = room_stage_contact(&stage);
    g_autofree char *headers = g_strconcat(contact, require, NULL);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, TEXTS, "actpass", NULL);
    sip_peer_request(stage.gate.peer, &stage.dialog, "INVITE", headers, sdp);
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "SIP/2.0 420 "), "Unsupported",
                  "recipient-list-invite");
}
END_TEST

// `cert`: of MSRP under TLS; NULL: without.
static void restart(const TlsCert *cert, bool tcp)
{
    static const SipGateRealm realms[] = {{"sip.test", "gateway", "secret"}};
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.tcp = tcp;
    if (cert != NULL) {
        stage.gate.tls = (SipGateTls){.cert = cert->file, .key = cert->key_file};
    }
    stage.gate.realms = realms;
    stage.gate.realm_count = G_N_ELEMENTS(realms);
    g_strlcpy(stage.gate.settings.factory, "conference", SETTINGS_TEXT_SIZE);
    stage.gate.settings.max_list = 2;
    room_stage_start(&stage);
}

static void start_with_factory(void)
{
    restart(NULL, false);
}

#define FACTORY "sip:conference@rooms.xmpp.test"
#define MADE    "sip room-offered how=make ref=? hops=70 from=romeo@sip.test/* room=conv-*@rooms.xmpp.test"

// The name after "room=" of the event that waits.
static char *name_made(void)
{
    const char *room = strstr(stage.gate.events->pdata[0], " room=") + strlen(" room=");
    return g_strndup(room, strcspn(room, " "));
}

/* CONF-008 MUC-B10 */
START_TEST(call_of_the_factory_makes_a_room_that_nobody_guesses)
{
    start_with_factory();
    room_stage_knock(&stage, FACTORY, NULL, CPIM);
    g_autofree char *first = name_made();
    ck_assert_uint_eq(strcspn(first, "@"), strlen("conv-") + 24); // 120 bits
    gate_stage_expect(&stage.gate, MADE);
    settle("refuse failure=conflict");
    g_autofree char *second = name_made();
    ck_assert_str_ne(first, second);
    gate_stage_expect(&stage.gate, MADE);
    g_autofree char *contact = g_strdup_printf("<sip:%s>;isfocus*", second);
    sip_peer_expect_header(room_stage_let_in(&stage), "Contact", contact);
}
END_TEST

/* MUC-B10 */
START_TEST(third_name_that_is_taken_is_the_last)
{
    start_with_factory();
    room_stage_knock(&stage, FACTORY, NULL, CPIM);
    for (int i = 0; i < 3; i++) {
        gate_stage_expect(&stage.gate, MADE);
        ck_assert_uint_eq(sip_peer_pending(stage.gate.peer), 0);
        settle("refuse failure=conflict");
    }
    sip_peer_await(stage.gate.peer, "SIP/2.0 480 ");
    room_stage_knock(&stage, FACTORY, NULL, CPIM);
    gate_stage_expect(&stage.gate, MADE);
    settle("refuse failure=not-allowed");
    sip_peer_await(stage.gate.peer, "SIP/2.0 403 ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

// INVITE to the factory with a description and a list.
static void order(const char *list)
{
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, TEXTS, "actpass", NULL);
    g_autofree char *body = g_strdup_printf(
        "--b\r\nContent-Type: application/sdp\r\n\r\n%s\r\n--b\r\n"
        "Content-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list\r\n\r\n"
        "%s\r\n--b--\r\n", sdp, list);
    g_free(sip_peer_request_outside(stage.gate.peer, "INVITE", FACTORY,
                                    "Contact: <sip:r@127.0.0.1>\nRequire: recipient-list-invite\n"
                                    "Content-Type: multipart/mixed;boundary=b\n", body));
    sip_peer_await(stage.gate.peer, "SIP/2.0 100 ");
}

#define LIST(entries)                                                                              \
    "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'><list>" entries                 \
    "</list></resource-lists>"
#define ENTRY(uri) "<entry uri='sip:" uri "'/>"

// Romeo, who ordered it, comes into the room as leg 5; it.
static char *come_into_the_room_made(void)
{
    char *room = name_made();
    gate_stage_expect(&stage.gate, MADE);
    msrp_peer_meet(stage.msrp, sip_peer_body(room_stage_let_in(&stage)));
    msrp_peer_connect(stage.msrp);
    msrp_peer_request(stage.msrp, "SEND", "Message-ID: bind1\r\n", NULL);
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5*");
    return room;
}

/* CONF-009 */
START_TEST(people_on_the_list_are_invited_when_its_maker_is_inside)
{
    start_with_factory();
    order(LIST(ENTRY("juliet@xmpp.test") ENTRY("paris@sip.test") ENTRY("juliet@xmpp.test")));
    g_free(come_into_the_room_made());
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 from=romeo@sip.test/* "
                                   "to=juliet@xmpp.test room=conv-*");
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 * to=paris@sip.test *");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

#define COPY(uri, copy)                                                                            \
    "<entry uri='sip:" uri "' c:copyControl='" copy                                                \
    "' xmlns:c='urn:ietf:params:xml:ns:copycontrol'"

// Leg 6 is dialled from the room, as the middle does for whom the list names; the INVITE.
static const char *dialled(const char *room, const char *who)
{
    g_autofree char *order = g_strdup_printf("sip invite-to-room leg=6 room=%s "
                                             "from=romeo@sip.test to=%s", room, who);
    gate_stage_tell(&stage.gate, "%s", order);
    return sip_peer_await(stage.gate.peer, "INVITE ");
}

static void decline(const char *invite)
{
    sip_peer_answer(stage.gate.peer, invite, 603, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip room-answer how=no * leg=6*");
}

static void expect_no_history(const char *invite)
{
    sip_peer_expect_header(invite, "Content-Type", "application/sdp");
    ck_assert(g_str_has_prefix(sip_peer_body(invite), "v=0\r\n"));
}

// Description first, then who was on the list and may be named.
static void expect_history(const char *invite)
{
    sip_peer_expect_header(invite, "Content-Type", "multipart/mixed;boundary=?*");
    static const char pattern[] =
        "--*\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n*\r\na=accept-types:*\r\n--*\r\n"
        "Content-Type: application/resource-lists+xml\r\n"
        "Content-Disposition: recipient-list-history; handling=optional\r\n\r\n"
        "<?xml *<list><entry uri=\"sip:paris@sip.test\" cp:copyControl=\"to\"/>"
        "<entry uri=\"sip:anonymous@anonymous.invalid\" cp:copyControl=\"cc\" cp:count=\"1\"/>"
        "</list></resource-lists>\r\n--*--\r\n";
    const char *body = sip_peer_body(invite);
    ck_assert_msg(g_pattern_match_simple(pattern, body), "%s", body);
}

// A room that romeo made, with paris (to), tybalt (cc, not to be named) and nurse (bcc) on the list.
static char *make_with_list(const TlsCert *cert, bool tcp)
{
    restart(cert, tcp);
    stage.gate.settings.max_list = 3;
    order(LIST(COPY("paris@sip.test", "to") "/>" ENTRY("nurse@sip.test")
               COPY("tybalt@sip.test", "cc") " c:anonymize='true'/>"));
    char *room = come_into_the_room_made();
    for (int i = 0; i < 3; i++) {
        gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 *");
    }
    return room;
}

/* CONF-011 */
START_TEST(whoever_was_on_the_list_is_told_who_else_was_when_he_is_called_for_it)
{
    g_autofree char *room = make_with_list(NULL, true);
    static const char *const people[] = {"nurse@sip.test", "paris@sip.test"};
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
            const char *invite = dialled(room, people[i]);
            if (round == 0) {
                expect_history(invite);
            } else {
                expect_no_history(invite); // somebody asks for him anew
            }
            decline(invite);
        }
    }
    const char *other = dialled(room, "balthasar@sip.test");
    expect_no_history(other);
    decline(other);
    other = dialled("talk@rooms.xmpp.test", "tybalt@sip.test");
    expect_no_history(other);
    decline(other);
}
END_TEST

// RFC 3261 18.1.1: too long for a datagram, a connection refused, by datagram after all.
START_TEST(invitation_that_is_too_long_comes_to_a_phone_that_takes_only_datagrams)
{
    g_autofree char *room = make_with_list(NULL, false);
    const char *invite = dialled(room, "nurse@sip.test");
    ck_assert_uint_gt(strlen(invite), 1300);
    g_autofree char *via = sip_peer_header(invite, "Via");
    ck_assert_msg(g_str_has_prefix(via, "SIP/2.0/UDP "), "%s", via);
    decline(invite);
}
END_TEST

/* CONF-011 */
START_TEST(who_is_alone_on_the_list_is_told_of_nobody)
{
    start_with_factory();
    order(LIST(COPY("paris@sip.test", "to") "/>"));
    g_autofree char *room = come_into_the_room_made();
    gate_stage_expect(&stage.gate, "sip room-request how=invite leg=5 *");
    expect_no_history(dialled(room, "paris@sip.test"));
}
END_TEST

// The INVITE that follows this refusal.
static const char *again_after(const char *invite, int status, const char *more)
{
    sip_peer_answer(stage.gate.peer, invite, status, more, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    return sip_peer_await(stage.gate.peer, "INVITE ");
}

/* CONF-011 ERR-04 */
START_TEST(call_that_is_made_again_tells_of_the_list_until_it_is_not_taken)
{
    TlsCert *cert = tls_cert_new(&(TlsCertWish){0});
    g_autofree char *room = make_with_list(cert, true);
    stage.gate.settings.msrp_tls = MSRP_TLS_OFFER;
    const char *invite = dialled(room, "tybalt@sip.test");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(invite), "TCP/TLS/MSRP"));
    invite = again_after(invite, 407, "Proxy-Authenticate: Digest realm=\"sip.test\", "
                                      "nonce=\"abc\", algorithm=MD5, qop=\"auth\"\n");
    sip_peer_expect_header(invite, "Proxy-Authorization", "Digest *");
    expect_history(invite);
    invite = again_after(invite, 488, NULL);
    ck_assert_ptr_null(strstr(sip_peer_body(invite), "TCP/TLS/MSRP"));
    expect_history(invite);
    invite = again_after(invite, 302, "Contact: <sip:balthasar@sip.test>\n");
    ck_assert(g_str_has_prefix(invite, "INVITE sip:balthasar@sip.test "));
    expect_history(invite);
    invite = again_after(invite, 415, "Accept: application/sdp\n");
    expect_no_history(invite);
    decline(invite);
    tls_cert_free(cert);
}
END_TEST

/* CONF-009 */
START_TEST(list_that_is_none_or_too_long_is_refused)
{
    start_with_factory();
    order("nonsense");
    sip_peer_await(stage.gate.peer, "SIP/2.0 400 ");
    order(LIST(ENTRY("a@xmpp.test") ENTRY("b@xmpp.test") ENTRY("c@xmpp.test")));
    sip_peer_await(stage.gate.peer, "SIP/2.0 403 ");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* ROSTER-024 */
START_TEST(guest_who_hides_is_known_to_nobody)
{
    static const char *const wishes[] = {"Privacy: id\n", "Privacy: header;user\n"};
    for (int i = 0; i < 2; i++) {
        g_autofree char *headers =
            g_strdup_printf("From: \"Romeo\" " ROMEO ";tag=a%d\n%s", i, wishes[i]);
        g_autofree char *event = g_strdup_printf(
            "sip room-offered ref=? hops=70 from=anonymous-????????????@sip.test/* "
            "room=talk@rooms.xmpp.test nick=anonymous%d", i + 1);
        room_stage_knock(&stage, ROOM_STAGE_URI, headers, CPIM);
        gate_stage_expect(&stage.gate, event);
    }
    const char *answer = room_stage_let_in(&stage);
    msrp_peer_meet(stage.msrp, sip_peer_body(answer));
    msrp_peer_connect(stage.msrp);
    msrp_peer_request(stage.msrp, "SEND", "Message-ID: bind1\r\n", NULL);
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5*");
    room_stage_admit(&stage);
    static const char *const authors[] = {ROMEO, "<sip:anonymous@anonymous.invalid>"};
    for (int i = 0; i < 2; i++) {
        g_autofree char *id = g_strdup_printf("hidden%d", i);
        room_stage_say(&stage, id, ROOM, authors[i], "who am I");
        gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=hidden? body=\"who am I\"");
        settle("accept");
        msrp_peer_await(stage.msrp, " 200");
    }
    room_stage_say(&stage, "other1", ROOM, "<sip:paris@sip.test>", "x");
    msrp_peer_await(stage.msrp, " 403");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina private=yes body=psst");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(stage.msrp, "SEND"));
    ck_assert_ptr_null(strstr(body, "romeo"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {invite_to_a_room_is_offered_and_answered_when_he_is_inside,
                                  devices_that_do_not_name_themselves_are_two_all_the_same,
                                  guest_is_a_party_like_any_other_once_he_is_bound,
                                  guest_whose_ack_is_late_is_heard_all_the_same,
                                  invite_without_description_gets_our_offer_and_needs_an_answer,
                                  offer_without_envelopes_is_not_acceptable,
                                  sound_is_left_out,
                                  secure_addresses_are_not_translated,
                                  our_own_rooms_and_users_do_not_come_in,
                                  refusal_of_the_room_is_the_answer,
                                  room_that_has_moved_is_told_where,
                                  guest_who_turns_round_is_told_and_not_let_in,
        answer_that_crosses_a_cancel_finds_nobody,
        refusal_that_crosses_a_cancel_finds_nobody,
                                  no_more_wait_than_may,
                                  second_call_takes_over_the_leg_and_the_room_sees_nothing,
                                  what_was_said_early_in_a_call_that_is_taken_over_is_told,
        a_subscription_in_a_call_that_is_taken_over_ends_with_it,
                                  only_his_own_leg_in_this_room_can_be_taken_over,
                                  list_of_guests_is_not_taken_by_a_room_that_exists,
                                  call_of_the_factory_makes_a_room_that_nobody_guesses,
                                  third_name_that_is_taken_is_the_last,
                                  people_on_the_list_are_invited_when_its_maker_is_inside,
                                  whoever_was_on_the_list_is_told_who_else_was_when_he_is_called_for_it,
                                  invitation_that_is_too_long_comes_to_a_phone_that_takes_only_datagrams,
        who_is_alone_on_the_list_is_told_of_nobody,
                                  call_that_is_made_again_tells_of_the_list_until_it_is_not_taken,
                                  list_that_is_none_or_too_long_is_refused,
                                  guest_who_hides_is_known_to_nobody,
                                  NULL};
    return suite_run_fixture("focus_door", tests, set_up, tear_down);
}
