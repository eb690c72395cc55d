// SPDX-License-Identifier: MIT
// Subscriptions to a room, against the real SIP library and a raw subscriber.
#include "sip/conference_party.h"

#include <stdlib.h>
#include <string.h>

#include "sip/body/conference_info.h"
#include "tests/support/loop.h"
#include "tests/support/room_stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define SUBSCRIBE "Event: conference\nAccept: application/conference-info+xml\n"

static RoomStage stage;
static SipPeerDialog watch; // a subscription beside the call

static void start(unsigned rate_ms)
{
    room_stage_init(&stage);
    stage.gate.settings.T_rate = rate_ms;
    room_stage_start(&stage);
    watch = (SipPeerDialog){0};
}

static void tear_down(void)
{
    room_stage_clear(&stage);
    sip_peer_dialog_clear(&watch);
}

static char *contact(void)
{
    return g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u%s>\n",
                           sip_peer_port(stage.gate.peer), stage.tcp ? ";transport=tcp" : "");
}

// SUBSCRIBE beside the call; the answer, which must begin with `start`.
static const char *subscribe(const char *more, const char *answer)
{
    g_autofree char *own = contact();
    g_autofree char *headers = g_strdup_printf("%s%s", own, more);
    g_free(sip_peer_request_outside(stage.gate.peer, "SUBSCRIBE", ROOM_STAGE_URI, headers, NULL));
    return sip_peer_await(stage.gate.peer, answer);
}

// The next NOTIFY, answered; its state must match a pattern.
static const char *notified(const char *state)
{
    const char *notify = sip_peer_await(stage.gate.peer, "NOTIFY ");
    sip_peer_expect_header(notify, "Subscription-State", state);
    sip_peer_expect_header(notify, "Event", "conference*");
    sip_peer_answer(stage.gate.peer, notify, 200, NULL, NULL);
    return notify;
}

// "v1 partial -Pia +P": what a NOTIFY says of users, entities cut to the nick.
static void expect_document(const char *notify, const char *wanted)
{
    static const char *const states[] = {"full", "partial", "deleted"};
    g_auto(ConferenceInfo) info = {0};
    g_autoptr(GBytes) body = g_bytes_new(sip_peer_body(notify), strlen(sip_peer_body(notify)));
    g_autoptr(GString) text = g_string_new(NULL);
    sip_peer_expect_header(notify, "Content-Type", "application/conference-info+xml");
    ck_assert(conference_info_read(&info, body, false, NULL));
    g_string_printf(text, "v%u %s", info.version, states[info.state]);
    for (guint i = 0; i < info.users->len; i++) {
        const ConferenceInfoUser *user = info.users->pdata[i];
        g_string_append_printf(text, " %s%s", user->state == CONFERENCE_INFO_DELETED ? "-" : "+",
                               strstr(user->entity, ";gr=") + 4);
    }
    ck_assert_str_eq(text->str, wanted);
}

// What is said of the room as a whole.
static void tell_room(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void tell_room(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    gate_stage_tell(&stage.gate, "sip %s room=talk@rooms.xmpp.test", what);
}

static void tell(const char *how_and_nick)
{
    tell_room("room-roster %s", how_and_nick);
}

// Inside, subscribed beside the call, full state seen.
static void watching(unsigned rate_ms)
{
    start(rate_ms);
    room_stage_enter(&stage, NULL);
    room_stage_admit(&stage);
    watch = sip_peer_dialog_of_response(subscribe(SUBSCRIBE, "SIP/2.0 200 "));
    expect_document(notified("active;expires=*"), "v0 full +Nina +Omar");
}

/* CONF-012 */
START_TEST(outsiders_get_nothing)
{
    start(0);
    subscribe(SUBSCRIBE, "SIP/2.0 403 ");
    room_stage_enter(&stage, NULL);
    subscribe(SUBSCRIBE "From: <sip:other@sip.test>;tag=o\n", "SIP/2.0 403 ");
    g_autofree char *own = contact();
    g_autofree char *headers = g_strdup_printf("%s" SUBSCRIBE, own);
    g_free(sip_peer_request_outside(stage.gate.peer, "SUBSCRIBE", "sip:other@rooms.xmpp.test",
                                    headers, NULL));
    sip_peer_await(stage.gate.peer, "SIP/2.0 403 ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* CONF-012 */
START_TEST(event_and_type_have_to_be_ours)
{
    start(0);
    room_stage_enter(&stage, NULL);
    sip_peer_expect_header(subscribe("Event: presence\n", "SIP/2.0 489 "), "Allow-Events", "conference");
    subscribe("Event: conference\nAccept: application/pidf+xml\n", "SIP/2.0 406 ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    const char *answer = subscribe("Event: conference\nExpires: 7200\n", "SIP/2.0 200 ");
    sip_peer_expect_header(answer, "Expires", "3600");
    sip_peer_expect_header(answer, "Contact", "<" ROOM_STAGE_URI ">;isfocus");
    notified("pending*");
}
END_TEST

/* CONF-013 */
START_TEST(before_admission_it_is_pending_and_then_full)
{
    start(0);
    room_stage_enter(&stage, NULL);
    subscribe(SUBSCRIBE, "SIP/2.0 200 ");
    const char *notify = notified("pending;expires=*");
    sip_peer_expect_header(notify, "Content-Type", NULL);
    ck_assert_str_eq(sip_peer_body(notify), "");
    room_stage_admit(&stage);
    expect_document(notified("active;expires=*"), "v0 full +Nina +Omar");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* CONF-012 ROSTER-011 ROSTER-012 ROSTER-013 ROSTER-014 */
START_TEST(changes_come_as_partial_documents)
{
    watching(0);
    tell("how=joined nick=Pia role=participant");
    expect_document(notified("active;*"), "v1 partial +Pia");
    tell("how=renamed nick=Pia new_nick=P");
    expect_document(notified("active;*"), "v2 partial -Pia +P");
    tell("how=left nick=P");
    expect_document(notified("active;*"), "v3 partial -P");
    tell_room("room-subject nick=Nina subject=Balconies");
    const char *notify = notified("active;*");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(notify), "Balconies"));
    ck_assert_uint_eq(sip_peer_heard(stage.gate.peer, "SIP/2.0 202"), 0);
}
END_TEST

/* ROSTER-017 */
START_TEST(bursts_are_one_document_after_the_interval)
{
    watching(100);
    tell("how=joined nick=Pia role=participant");
    tell("how=joined nick=Q role=participant");
    tell("how=left nick=Pia");
    expect_document(notified("active;*"), "v1 partial +Q");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-013 ROSTER-017 */
START_TEST(leaving_in_detail_is_two_documents_an_interval_apart)
{
    start(100);
    stage.gate.settings.leave_detail = true;
    room_stage_enter(&stage, NULL);
    room_stage_admit(&stage);
    subscribe(SUBSCRIBE, "SIP/2.0 200 ");
    expect_document(notified("active;expires=*"), "v0 full +Nina +Omar");
    tell("how=kicked nick=Nina text=enough");
    const char *notify = sip_peer_await(stage.gate.peer, "NOTIFY ");
    expect_document(notify, "v1 partial +Nina");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(notify), "<disconnection-method>booted<"));
    ck_assert(gate_stage_is_quiet(&stage.gate));
    sip_peer_answer(stage.gate.peer, notify, 200, NULL, NULL);
    expect_document(notified("active;*"), "v2 partial -Nina");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-017 */
START_TEST(nothing_is_told_within_the_interval_but_the_end)
{
    watching(20000);
    tell("how=joined nick=Pia role=participant");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    gate_stage_tell(&stage.gate, "sip expel leg=5 failure=forbidden status=480 text=bye");
    notified("terminated;reason=rejected");
}
END_TEST

/* ROSTER-011 */
START_TEST(refresh_brings_full_state)
{
    watching(0);
    g_autofree char *own = contact();
    g_autofree char *headers = g_strdup_printf("%s" SUBSCRIBE "Expires: 600\n", own);
    sip_peer_request(stage.gate.peer, &watch, "SUBSCRIBE", headers, NULL);
    const char *notify = NULL;
    bool answered = false;
    // The library repeats the last document by itself before it lets us answer.
    for (int i = 0; i < 3; i++) {
        const char *message = sip_peer_await(stage.gate.peer, "");
        if (g_str_has_prefix(message, "SIP/2.0 200 ")) {
            sip_peer_expect_header(message, "Expires", "600");
            answered = true;
        } else {
            notify = message;
            sip_peer_answer(stage.gate.peer, notify, 200, NULL, NULL);
        }
    }
    ck_assert(answered);
    expect_document(notify, "v0 full +Nina +Omar"); // nothing has changed
    tell("how=joined nick=Pia role=participant");
    expect_document(notified("active;*"), "v1 partial +Pia");
}
END_TEST

/* CONF-012 */
START_TEST(unsubscribing_ends_with_a_last_notify)
{
    watching(0);
    sip_peer_request(stage.gate.peer, &watch, "SUBSCRIBE", SUBSCRIBE "Expires: 0\n", NULL);
    for (int i = 0; i < 2; i++) {
        const char *message = sip_peer_await(stage.gate.peer, "");
        if (g_str_has_prefix(message, "NOTIFY ")) {
            sip_peer_expect_header(message, "Subscription-State", "terminated;reason=timeout");
            sip_peer_answer(stage.gate.peer, message, 200, NULL, NULL);
        } else {
            ck_assert_msg(g_str_has_prefix(message, "SIP/2.0 200 "), "%s", message);
        }
    }
    tell("how=joined nick=Pia role=participant");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

START_TEST(single_look_is_answered_and_over)
{
    start(0);
    room_stage_enter(&stage, NULL);
    room_stage_admit(&stage);
    subscribe(SUBSCRIBE "Expires: 0\n", "SIP/2.0 200 ");
    expect_document(notified("terminated;*"), "v0 full +Nina +Omar");
    tell("how=joined nick=Pia role=participant");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-018 ESC-509 */
START_TEST(refused_notify_drops_the_subscription_and_not_the_leg)
{
    watching(0);
    tell("how=joined nick=Q role=participant");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "NOTIFY "), 481, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    tell("how=joined nick=R role=participant");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    room_stage_say(&stage, "still1", "<" ROOM_STAGE_URI ">", "<sip:romeo@sip.test>", "x");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 *");
}
END_TEST

/* ROSTER-018 */
START_TEST(notify_that_is_put_off_comes_again_with_full_state)
{
    watching(0);
    tell("how=joined nick=Pia role=participant");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "NOTIFY "), 503,
                    "Retry-After: 1\n", NULL);
    expect_document(notified("active;*"), "v1 full +Nina +Omar +Pia");
    tell("how=joined nick=Q role=participant");
    expect_document(notified("active;*"), "v2 partial +Q");
}
END_TEST

typedef struct {
    const char *wanted; // part of a line of the log
    unsigned told;      // how often
} Told;

static void on_log(const char *domain, GLogLevelFlags level, const char *text, void *self)
{
    Told *told = self;
    told->told += strstr(text, told->wanted) != NULL ? 1 : 0;
}

static bool is_told(void *told)
{
    return ((const Told *)told)->told > 0;
}

// A change while the subscriber is not there, until the log says so.
static void gone_until(const char *wanted)
{
    Told told = {.wanted = wanted};
    g_log_set_default_handler(on_log, &told);
    sip_peer_set_gone(stage.gate.peer, true);
    tell("how=joined nick=Pia role=participant");
    loop_until(is_told, &told, wanted);
    g_log_set_default_handler(g_log_default_handler, NULL);
    sip_peer_set_gone(stage.gate.peer, false);
}

/* ROSTER-018 */
START_TEST(who_cannot_be_reached_for_a_moment_gets_full_state_later)
{
    watching(0);
    gone_until("NOTIFY to romeo@sip.test comes again, put off 1 times");
    expect_document(notified("active;*"), "v1 full +Nina +Omar +Pia");
}
END_TEST

/* ROSTER-018 */
START_TEST(who_cannot_be_reached_at_all_is_told_no_more)
{
    watching(0);
    gone_until("subscription of romeo@sip.test is over (NOTIFY: 503)");
    tell("how=joined nick=Q role=participant");
    g_free(sip_peer_request_outside(stage.gate.peer, "OPTIONS", "sip:xmpp.test", NULL, NULL));
    const char *message = sip_peer_await(stage.gate.peer, "");
    if (g_str_has_prefix(message, "NOTIFY ")) { // the library's last one, if it is back so soon
        sip_peer_expect_header(message, "Subscription-State", "terminated*");
        sip_peer_answer(stage.gate.peer, message, 200, NULL, NULL);
        message = sip_peer_await(stage.gate.peer, "");
    }
    ck_assert_msg(g_str_has_prefix(message, "SIP/2.0 200 "), "%s", message);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* CONF-012 MUC-B15 */
START_TEST(subscription_inside_the_call_ends_before_its_bye)
{
    start(0);
    room_stage_enter(&stage, NULL);
    room_stage_admit(&stage);
    g_autofree char *own = contact();
    g_autofree char *headers = g_strdup_printf("%s" SUBSCRIBE, own);
    sip_peer_request(stage.gate.peer, &stage.dialog, "SUBSCRIBE", headers, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    const char *first = notified("active;*");
    expect_document(first, "v0 full +Nina +Omar");
    sip_peer_expect_header(first, "Call-ID", stage.dialog.call_id);
    gate_stage_tell(&stage.gate, "sip expel leg=5 status=410 text=done");
    expect_document(notified("terminated;reason=noresource"), "v1 deleted");
    const char *bye = sip_peer_await(stage.gate.peer, "BYE ");
    sip_peer_expect_header(bye, "Reason", "SIP*cause=410*text=\"done\"");
    sip_peer_answer(stage.gate.peer, bye, 200, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

static void expect_end(const char *order, const char *state, const char *document)
{
    watching(0);
    gate_stage_tell(&stage.gate, "sip expel leg=5 %s", order);
    const char *notify = NULL;
    for (int i = 0; i < 2; i++) { // beside the call: two dialogs, any order on the wire
        const char *message = sip_peer_await(stage.gate.peer, "");
        sip_peer_answer(stage.gate.peer, message, 200, NULL, NULL);
        notify = g_str_has_prefix(message, "NOTIFY ") ? message : notify;
    }
    sip_peer_expect_header(notify, "Subscription-State", state);
    expect_document(notify, document);
    tear_down();
}

/* MUC-B15 MUC-B16 */
START_TEST(the_reason_of_the_end_follows_the_table)
{
    expect_end("status=480 text=bye", "terminated;reason=rejected", "v1 partial +Omar");
    expect_end("status=403", "terminated;reason=rejected", "v1 partial +Omar");
    expect_end("status=503", "terminated;reason=probation;retry-after=60", "v1 partial +Omar");
    expect_end("status=500", "terminated;reason=probation;retry-after=30", "v1 partial +Omar");
    expect_end("status=410", "terminated;reason=noresource", "v1 deleted");
    start(0);
}
END_TEST

// The causes and texts of the vector, given as orders: what they become on the wire.
static void expect_removal(JsonNode *in, JsonNode *out)
{
    if (!JSON_NODE_HOLDS_OBJECT(out)) {
        return; // no removal
    }
    const char *reason = vectors_text(json_node_get_object(out), "bye_reason");
    g_autofree char *text = sipcode_reason_text(reason);
    g_autofree char *order =
        g_strdup_printf("sip expel leg=5 status=%d text=\"%s\"", atoi(strstr(reason, "cause=") + 6),
                        text != NULL ? text : "");
    watching(0);
    gate_stage_tell(&stage.gate, "%s", order);
    for (int i = 0; i < 2; i++) {
        const char *message = sip_peer_await(stage.gate.peer, "");
        bool bye = g_str_has_prefix(message, "BYE ");
        sip_peer_expect_header(message, bye ? "Reason" : "Subscription-State",
                      bye ? reason : vectors_text(json_node_get_object(out), "notify"));
        sip_peer_answer(stage.gate.peer, message, 200, NULL, NULL);
    }
    tear_down();
}

/* MUC-B15 MUC-B16 */
START_TEST(removals_look_as_the_vector_says)
{
    ck_assert_int_eq(vectors_each_case("GV-021", expect_removal), 9);
    start(0);
}
END_TEST

START_TEST(party_that_leaves_is_told_no_more)
{
    watching(0);
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    notified("terminated;reason=noresource");
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    subscribe(SUBSCRIBE, "SIP/2.0 403 ");
}
END_TEST

START_TEST(change_after_the_call_is_over_is_told_to_nobody)
{
    start(0);
    room_stage_enter(&stage, NULL);
    room_stage_admit(&stage);
    g_autofree char *own = contact();
    g_autofree char *headers = g_strdup_printf("%s" SUBSCRIBE, own);
    sip_peer_request(stage.gate.peer, &stage.dialog, "SUBSCRIBE", headers, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    notified("active;*");
    tell("how=joined nick=Pia role=participant");
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5");
}
END_TEST

START_TEST(subscriptions_of_one_party_are_bounded)
{
    start(0);
    room_stage_enter(&stage, NULL);
    for (int i = 0; i < 4; i++) {
        subscribe(SUBSCRIBE, "SIP/2.0 200 ");
        notified("pending*");
    }
    subscribe(SUBSCRIBE, "SIP/2.0 403 ");
}
END_TEST

static void fill(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        tell_room("room-roster how=joined nick=occupant-%u role=participant affiliation=member", i);
    }
}

static void large_room(bool tcp)
{
    room_stage_init(&stage);
    stage.gate.settings.T_rate = 0;
    stage.gate.settings.roster_max = 1000;
    stage.tcp = tcp;
    room_stage_start(&stage);
    watch = (SipPeerDialog){0};
    room_stage_enter(&stage, NULL);
    fill(1000);
    gate_stage_tell(&stage.gate, "sip admit leg=5");
    subscribe(SUBSCRIBE, "SIP/2.0 200 ");
}

/* ROSTER-019 */
START_TEST(thousand_occupants_are_told_over_tcp)
{
    large_room(true);
    const char *notify = notified("active;*");
    ck_assert_uint_gt(strlen(notify), 300000);
    ck_assert_ptr_nonnull(strstr(notify, ";gr=occupant-999\""));
    tell_room("room-roster how=joined nick=one-more role=participant");
    tell_room("room-roster how=left nick=occupant-0");
    expect_document(notified("active;*"), "v1 partial +one-more -occupant-0");
}
END_TEST

/* ROSTER-019 */
START_TEST(thousand_occupants_are_counted_over_udp)
{
    large_room(false);
    const char *notify = notified("active;*");
    expect_document(notify, "v0 full");
    ck_assert_ptr_nonnull(strstr(notify, "<user-count>1000</user-count>"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {outsiders_get_nothing,
                                  event_and_type_have_to_be_ours,
                                  before_admission_it_is_pending_and_then_full,
                                  changes_come_as_partial_documents,
                                  bursts_are_one_document_after_the_interval,
                                  leaving_in_detail_is_two_documents_an_interval_apart,
                                  nothing_is_told_within_the_interval_but_the_end,
                                  refresh_brings_full_state,
                                  unsubscribing_ends_with_a_last_notify,
                                  single_look_is_answered_and_over,
                                  refused_notify_drops_the_subscription_and_not_the_leg,
                                  notify_that_is_put_off_comes_again_with_full_state,
                                  who_cannot_be_reached_for_a_moment_gets_full_state_later,
                                  who_cannot_be_reached_at_all_is_told_no_more,
                                  subscription_inside_the_call_ends_before_its_bye,
                                  the_reason_of_the_end_follows_the_table,
                                  removals_look_as_the_vector_says,
                                  party_that_leaves_is_told_no_more,
                                  change_after_the_call_is_over_is_told_to_nobody,
                                  subscriptions_of_one_party_are_bounded,
                                  thousand_occupants_are_told_over_tcp,
                                  thousand_occupants_are_counted_over_udp,
                                  NULL};
    return suite_run_fixture("conference_notifier", tests, NULL, tear_down);
}
