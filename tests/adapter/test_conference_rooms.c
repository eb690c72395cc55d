// SPDX-License-Identifier: MIT
// A room with two parties, told of once for both: who watches it learns the same, and what is for
// one party alone reaches that one.
#include "sip/conference_rooms.h"

#include <string.h>

#include "sip/body/conference_info.h"
#include "tests/support/room_stage.h"
#include "tests/support/suite.h"

#define ROOM "room=talk@rooms.xmpp.test"

typedef struct {
    unsigned leg;
    const char *user;
    MsrpPeer *msrp;       // owned
    SipPeerDialog dialog; // owned; of the call
    SipPeerDialog watch;  // owned; of a subscription beside it
} Seat;

static GateStage stage;
static Seat romeo;  // leg 5
static Seat second; // leg 6
static const char *other; // borrowed (peer); a NOTIFY for the one who was not asked for, or NULL

static void start(unsigned rate_ms)
{
    gate_stage_init(&stage);
    stage.settings.notice = false;
    stage.settings.T_rate = rate_ms;
    gate_stage_start(&stage, false);
    romeo = (Seat){.leg = 5, .user = "romeo"};
    second = (Seat){.leg = 6};
    other = NULL;
}

static void seat_clear(Seat *seat)
{
    msrp_peer_free(seat->msrp);
    sip_peer_dialog_clear(&seat->dialog);
    sip_peer_dialog_clear(&seat->watch);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
    seat_clear(&romeo);
    seat_clear(&second);
}

static char *contact_of(const Seat *seat)
{
    return g_strdup_printf("Contact: <sip:%s@127.0.0.1:%u>\n", seat->user,
                           sip_peer_port(stage.peer));
}

// Dialled, answered, bound and let in.
static void enter(Seat *seat)
{
    gate_stage_tell(&stage,
                    "sip invite-to-room leg=%u " ROOM " from=talk@rooms.xmpp.test/Nina "
                    "to=%s@sip.test",
                    seat->leg, seat->user);
    const char *invite = sip_peer_await(stage.peer, "INVITE ");
    seat->msrp = msrp_peer_new();
    g_autofree char *contact = contact_of(seat);
    g_autofree char *headers = g_strdup_printf("%sContent-Type: application/sdp\n", contact);
    g_autofree char *sdp = msrp_peer_sdp(seat->msrp, "message/cpim", "passive",
                                         "a=accept-wrapped-types:text/plain\r\n");
    msrp_peer_meet(seat->msrp, sip_peer_body(invite));
    seat->dialog = sip_peer_dialog_of_request(invite);
    sip_peer_answer(stage.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.peer, "ACK ");
    msrp_peer_respond(seat->msrp, msrp_peer_await(seat->msrp, "SEND"), 200);
    gate_stage_expect(&stage, "sip room-answer how=yes *");
    gate_stage_tell(&stage, "sip admit leg=%u", seat->leg);
}

static void tell(const char *what)
{
    gate_stage_tell(&stage, "sip %s " ROOM, what);
}

static const char *subscribe(const Seat *seat, const char *answer)
{
    g_autofree char *contact = contact_of(seat);
    g_autofree char *headers =
        g_strdup_printf("%sFrom: <sip:%s@sip.test>;tag=w\nEvent: conference\n", contact, seat->user);
    g_free(sip_peer_request_outside(stage.peer, "SUBSCRIBE", ROOM_STAGE_URI, headers, NULL));
    return sip_peer_await(stage.peer, answer);
}

static bool is_for(const Seat *seat, const char *notify)
{
    g_autofree char *call_id = sip_peer_header(notify, "Call-ID");
    return g_strcmp0(call_id, seat->watch.call_id) == 0;
}

// The NOTIFY for a seat; those of others that come before it wait.
static const char *notified(const Seat *seat)
{
    const char *notify = other != NULL ? other : sip_peer_await(stage.peer, "NOTIFY ");
    other = NULL;
    if (!is_for(seat, notify)) {
        other = notify;
        notify = sip_peer_await(stage.peer, "NOTIFY ");
        ck_assert(is_for(seat, notify));
    }
    sip_peer_answer(stage.peer, notify, 200, NULL, NULL);
    return notify;
}

static void watch(Seat *seat)
{
    sip_peer_dialog_clear(&seat->watch);
    seat->watch = sip_peer_dialog_of_response(subscribe(seat, "SIP/2.0 200 "));
}

// "v1 partial -Pia +P(2)": users, with their endpoints where there are several, `!` behind those of
// whom a real address is told.
static void expect_document(const char *notify, const char *wanted)
{
    static const char *const states[] = {"full", "partial", "deleted"};
    g_auto(ConferenceInfo) info = {0};
    g_autoptr(GBytes) body = g_bytes_new(sip_peer_body(notify), strlen(sip_peer_body(notify)));
    g_autoptr(GString) text = g_string_new(NULL);
    ck_assert(conference_info_read(&info, body, false, NULL));
    g_string_printf(text, "v%u %s", info.version, states[info.state]);
    for (guint i = 0; i < info.users->len; i++) {
        const ConferenceInfoUser *user = info.users->pdata[i];
        g_string_append_printf(text, " %s%s", user->state == CONFERENCE_INFO_DELETED ? "-" : "+",
                               strstr(user->entity, ";gr=") + 4);
        if (user->endpoints->len > 1) {
            g_string_append_printf(text, "(%u)", user->endpoints->len);
        }
        g_string_append(text, user->aors->len > 0 ? "!" : "");
    }
    ck_assert_str_eq(text->str, wanted);
}

static const char NINA[] = "room-roster how=joined nick=Nina role=moderator affiliation=owner "
                           "real=nina@xmpp.test/desk";
static const char OMAR[] = "room-roster how=joined nick=Omar role=participant affiliation=none";
static const char PIA[] = "room-roster how=joined nick=Pia role=participant affiliation=none";

// Romeo as Omar and, when there is a second user, him as Pia; both watch.
static void begin(unsigned rate_ms, const char *user)
{
    start(rate_ms);
    tell(NINA);
    tell(OMAR);
    enter(&romeo);
    tell("room-roster leg=5 how=changed own=yes nick=Omar reals=yes");
    watch(&romeo);
    expect_document(notified(&romeo), "v0 full +Nina! +Omar");
    second.user = user;
    enter(&second);
}

static void begin_with_pia(unsigned rate_ms)
{
    begin(rate_ms, "mercutio");
    tell(PIA);
    tell("room-roster leg=6 how=changed own=yes nick=Pia");
    watch(&second);
    expect_document(notified(&romeo), "v1 partial +Pia");
    expect_document(notified(&second), "v0 full +Nina +Omar +Pia");
}

/* MUC-B14 ROSTER-012 */
START_TEST(change_told_once_reaches_all_who_watch)
{
    begin_with_pia(0);
    tell("room-roster how=left nick=Nina");
    expect_document(notified(&romeo), "v2 partial -Nina");
    expect_document(notified(&second), "v1 partial -Nina");
    tell("room-roster how=left nick=Nina"); // as another leg tells it
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

/* MUC-B14 */
START_TEST(real_addresses_come_and_go_with_the_right_to_them)
{
    begin_with_pia(0);
    tell("room-roster leg=6 how=changed own=yes nick=Pia reals=yes");
    expect_document(notified(&second), "v1 full +Nina! +Omar +Pia");
    tell("room-roster leg=5 how=changed own=yes nick=Omar");
    expect_document(notified(&romeo), "v2 full +Nina +Omar +Pia");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

/* MUC-B15 ROSTER-014 */
START_TEST(removal_names_the_party_by_the_nick_it_has_now)
{
    begin_with_pia(0);
    tell("room-roster how=renamed nick=Pia new_nick=P");
    expect_document(notified(&romeo), "v2 partial -Pia +P");
    expect_document(notified(&second), "v1 partial -Pia +P");
    gate_stage_tell(&stage, "sip expel leg=6 status=480 text=bye");
    for (int i = 0; i < 2; i++) {
        const char *message = sip_peer_await(stage.peer, "");
        if (g_str_has_prefix(message, "NOTIFY ")) {
            expect_document(message, "v2 partial +P");
        }
        sip_peer_answer(stage.peer, message, 200, NULL, NULL);
    }
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0); // the room has not said that he left
}
END_TEST

START_TEST(two_devices_of_a_user_are_two_endpoints_of_one_occupant)
{
    begin(0, "romeo");
    tell("room-roster leg=6 how=changed own=yes nick=Omar");
    const char *notify = notified(&romeo);
    expect_document(notify, "v1 partial +Omar(2)");
    ck_assert_ptr_nonnull(strstr(notify, "entity=\"sip:talk@rooms.xmpp.test;gr=Omar;d=2\""));
    ck_assert_ptr_nonnull(strstr(notify, "dialed-out"));
    ck_assert_ptr_nonnull(strstr(notify, "<by>sip:talk@rooms.xmpp.test;gr=Nina</by>"));
    sip_peer_request(stage.peer, &second.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage, "sip room-exit how=left leg=6");
    expect_document(notified(&romeo), "v2 partial +Omar");
}
END_TEST

/* CONF-012 */
START_TEST(what_a_device_watched_goes_on_for_the_other_one)
{
    begin(0, "romeo");
    tell("room-roster leg=6 how=changed own=yes nick=Omar reals=yes");
    expect_document(notified(&romeo), "v1 partial +Omar(2)");
    sip_peer_request(stage.peer, &romeo.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage, "sip room-exit how=left leg=5");
    expect_document(notified(&romeo), "v2 partial +Omar");
    sip_peer_request(stage.peer, &second.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage, "sip room-exit how=left leg=6");
    const char *last = notified(&romeo);
    g_autofree char *state = sip_peer_header(last, "Subscription-State");
    ck_assert_str_eq(state, "terminated;reason=noresource");
}
END_TEST

START_TEST(watcher_who_does_not_answer_is_told_nothing_more_until_he_does)
{
    begin_with_pia(0);
    tell("room-roster how=left nick=Nina");
    expect_document(notified(&second), "v1 partial -Nina");
    const char *unanswered = g_steal_pointer(&other);
    tell("room-roster how=joined nick=Q role=participant");
    expect_document(notified(&second), "v2 partial +Q");
    tell("room-roster how=joined nick=R role=participant");
    expect_document(notified(&second), "v3 partial +R");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
    sip_peer_answer(stage.peer, unanswered, 200, NULL, NULL);
    expect_document(notified(&romeo), "v3 partial +Q +R");
}
END_TEST

/* ROSTER-012 */
START_TEST(what_the_room_says_of_itself_is_one_description)
{
    begin_with_pia(0);
    tell("room-subject nick=Nina subject=Balconies");
    notified(&romeo);
    notified(&second);
    tell("room-subject how=changed text=Talk body=\"About love\" number=30");
    const char *notify = notified(&romeo);
    notified(&second);
    ck_assert_ptr_nonnull(strstr(notify, "<conference-description><display-text>Talk</display-text>"
                                         "<subject>Balconies</subject>"
                                         "<free-text>About love</free-text>"
                                         "<maximum-user-count>30</maximum-user-count>"));
    tell("room-subject how=changed text=Talk body=\"About love\" number=30");
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

START_TEST(forgotten_room_is_empty_and_gone_with_its_last_party)
{
    begin_with_pia(0);
    tell("room-roster how=forget");
    expect_document(notified(&romeo), "v2 partial -Pia -Omar -Nina");
    expect_document(notified(&second), "v1 partial -Pia -Omar -Nina");
    tell(NINA);
    expect_document(notified(&romeo), "v3 partial +Nina!");
    expect_document(notified(&second), "v2 partial +Nina");
    tell("room-roster how=forget");
    notified(&romeo);
    notified(&second);
    gate_stage_tell(&stage, "sip expel leg=5 status=480");
    gate_stage_tell(&stage, "sip expel leg=6 status=480");
    for (int i = 0; i < 4; i++) {
        sip_peer_answer(stage.peer, sip_peer_await(stage.peer, ""), 200, NULL, NULL);
    }
    subscribe(&romeo, "SIP/2.0 403 ");
}
END_TEST

/* CONF-012 */
START_TEST(room_that_is_told_of_shows_itself_to_no_stranger)
{
    start(0);
    tell(NINA);
    subscribe(&romeo, "SIP/2.0 403 ");
    tell("room-roster how=forget");
    subscribe(&romeo, "SIP/2.0 403 ");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* MSRP-031 */
START_TEST(party_that_reads_nothing_is_not_felt_by_the_others)
{
    begin_with_pia(0);
    g_autofree char *body = g_strnfill(2000, 'x');
    msrp_peer_stop_reading(second.msrp);
    for (unsigned i = 1; i <= 1100; i++) {
        gate_stage_tell(&stage, "sip room-message leg=6 row=%u id=m%u nick=Nina body=%s", i, i, body);
        if (i % 100 == 0) {
            gate_stage_tell(&stage, "sip room-message leg=5 row=%u nick=Nina body=%s", 2000 + i, body);
            msrp_peer_respond(romeo.msrp, msrp_peer_await(romeo.msrp, "SEND"), 200);
        }
    }
    unsigned refused = 0, delivered = 0;
    for (guint i = 0; i < stage.events->len; i++) {
        const char *event = stage.events->pdata[i];
        refused += strstr(event, "failure=resource-constraint") != NULL && strstr(event, "leg=6");
        delivered += strstr(event, "failure=") == NULL && strstr(event, "leg=5") != NULL;
    }
    ck_assert_uint_ge(refused, 100);
    ck_assert_uint_ge(delivered, 10); // the last answer may be under way
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {change_told_once_reaches_all_who_watch,
                                  real_addresses_come_and_go_with_the_right_to_them,
                                  removal_names_the_party_by_the_nick_it_has_now,
                                  two_devices_of_a_user_are_two_endpoints_of_one_occupant,
                                  what_a_device_watched_goes_on_for_the_other_one,
                                  watcher_who_does_not_answer_is_told_nothing_more_until_he_does,
                                  what_the_room_says_of_itself_is_one_description,
                                  forgotten_room_is_empty_and_gone_with_its_last_party,
                                  room_that_is_told_of_shows_itself_to_no_stranger,
                                  party_that_reads_nothing_is_not_felt_by_the_others,
                                  NULL};
    return suite_run_fixture("conference_rooms", tests, NULL, tear_down);
}
