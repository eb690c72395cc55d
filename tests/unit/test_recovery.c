// SPDX-License-Identifier: MIT
// The table of recovery, cell by cell; whole stories are the recovery_*.ladder files.
#include "mapping/recovery.h"

#include "mapping/requests.h"
#include "mapping/route.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"

static RecoveryKind kind_of(const char *notation)
{
    g_autoptr(Event) event = kit_event(notation);
    return recovery_kind(&event->f, event->side);
}

START_TEST(recovery_knows_whose_line_a_row_is)
{
    ck_assert_int_eq(kind_of("sip restored how=row-open row=1"), RECOVERY_KIND_TO_SIP);
    ck_assert_int_eq(kind_of("xmpp restored how=row-open row=1"), RECOVERY_KIND_PAGE);
    ck_assert_int_eq(kind_of("xmpp restored how=row-open row=1 leg=3"), RECOVERY_KIND_SEND);
    ck_assert_int_eq(kind_of("sip restored how=row-open row=1 room=r@muc.xmpp.test"),
                     RECOVERY_KIND_ROOM);
    ck_assert_int_eq(kind_of("xmpp restored how=row-open row=1 leg=3 room=r@muc.xmpp.test"),
                     RECOVERY_KIND_ROOM);
}
END_TEST

/* ESC-606 */
START_TEST(recovery_table_has_an_end_for_every_row)
{
    static const struct {
        RecoveryKind kind;
        bool has_left;
        RecoveryWay young, old;
    } CELLS[] = {
        {RECOVERY_KIND_TO_SIP, false, RECOVERY_SENT, RECOVERY_FAILED},
        {RECOVERY_KIND_TO_SIP, true, RECOVERY_UNKNOWN, RECOVERY_UNKNOWN},
        {RECOVERY_KIND_PAGE, false, RECOVERY_FORGOTTEN, RECOVERY_FORGOTTEN},
        {RECOVERY_KIND_PAGE, true, RECOVERY_ANSWERED, RECOVERY_ANSWERED},
        {RECOVERY_KIND_SEND, false, RECOVERY_SENT, RECOVERY_FAILED},
        {RECOVERY_KIND_SEND, true, RECOVERY_SENT, RECOVERY_UNKNOWN},
        {RECOVERY_KIND_ROOM, false, RECOVERY_FAILED, RECOVERY_FAILED},
        {RECOVERY_KIND_ROOM, true, RECOVERY_UNKNOWN, RECOVERY_UNKNOWN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CELLS); i++) {
        RecoveryWay young = recovery_way(CELLS[i].kind, CELLS[i].has_left, 600000);
        RecoveryWay old = recovery_way(CELLS[i].kind, CELLS[i].has_left, 600001);
        const char *name = recovery_kind_name(CELLS[i].kind);
        ck_assert_msg(young == CELLS[i].young, "%s: %s", name, recovery_way_name(young));
        ck_assert_msg(old == CELLS[i].old, "%s: %s", name, recovery_way_name(old));
    }
}
END_TEST

// Two components are two streams: each has its own lines.
START_TEST(recovery_lines_wait_for_the_link_of_their_own_domain)
{
    static const char *const ROWS[] = {
        "sip restored how=row-open row=1 from=a@xmpp.test to=b@one.test id=m body=x carrier=page",
        "xmpp restored how=row-open row=2 leg=1 from=b@two.test to=a@xmpp.test id=n body=x",
        "sip restored how=row-open row=3 from=a@xmpp.test to=b@three.test id=o body=x",
    };
    g_autoptr(Kit) kit = kit_new();
    Route *route = route_new();
    route_add_component(route, "one.test", ROUTE_USERS, "one.test");
    route_add_component(route, "two.test", ROUTE_USERS, "two.test");
    kit->turn.route = route;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(Event) event = kit_event(ROWS[i]);
        recovery_on_restored(&kit->turn, event);
    }
    ck_assert_uint_eq(recovery_count(kit->turn.recovery), 2);
    kit_expect(kit, "sip store how=row-close failure=recipient-unavailable row=3");
    g_autoptr(Event) up = kit_event("xmpp link how=up from=two.test");
    recovery_on_link(&kit->turn, up);
    ck_assert_uint_eq(recovery_count(kit->turn.recovery), 1);
    kit_expect(kit, "xmpp store how=row-hand row=2 carrier=chat\n"
                    "xmpp message row=2 from=b@two.test to=a@xmpp.test id=n type=chat body=x");
    route_free(route);
}
END_TEST

// What an earlier run has taken from a phone in page mode and, `carrier`, said in the room or not.
static void expect_repetition(const char *carrier, const char *answer)
{
    g_autoptr(Kit) kit = kit_new();
    Route *route = route_new();
    route_add_component(route, "sip.test", ROUTE_USERS, "sip.test");
    kit->turn.route = route;
    g_autofree char *row = g_strdup_printf(
        "xmpp restored how=row-open row=1 leg=4 from=b@sip.test/page to=r@muc.xmpp.test "
        "room=r@muc.xmpp.test request=K id=m body=x%s", carrier);
    g_autoptr(Event) restored = kit_event(row);
    g_autoptr(Event) again = kit_event("sip message ref=9 from=b@sip.test to=r@muc.xmpp.test "
                                       "request=K id=m body=x");
    recovery_on_restored(&kit->turn, restored);
    ck_assert(requests_repeat(&kit->turn, again));
    kit_expect(kit, answer);
    route_free(route);
}

/* ESC-604 IM-24 */
START_TEST(recovery_page_into_a_room_that_comes_again_is_not_said_again)
{
    expect_repetition(" carrier=room", "sip refuse failure=remote-server-timeout ref=9 "
                                       "status=408 text=\"outcome unknown, may have arrived\"");
    expect_repetition("", "sip refuse failure=recipient-unavailable ref=9 "
                          "status=600 text=\"not delivered: the gateway was restarted\"");
}
END_TEST

int main(void)
{
    return suite_run("recovery", (const TTest *const[]){
                                     recovery_knows_whose_line_a_row_is,
                                     recovery_table_has_an_end_for_every_row,
                                     recovery_lines_wait_for_the_link_of_their_own_domain,
                                     recovery_page_into_a_room_that_comes_again_is_not_said_again, NULL});
}
