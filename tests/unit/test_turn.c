// SPDX-License-Identifier: MIT
// Numbers, timers and happenings of a turn.
#include "mapping/turn.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

START_TEST(turn_numbers_are_never_used_twice)
{
    g_autoptr(Kit) kit = kit_new();
    ck_assert_uint_eq(turn_next_leg(&kit->turn), 1);
    ck_assert_uint_eq(turn_next_leg(&kit->turn), 2);
    ck_assert_uint_eq(turn_next_row(&kit->turn), 1);
}
END_TEST

START_TEST(turn_command_names_its_session)
{
    g_autoptr(Kit) kit = kit_new();
    ck_assert_uint_eq(turn_push(&kit->turn, kit->session, COMMAND_ACCEPT, SIDE_SIP)->f.session,
                      kit->session->id);
    ck_assert_uint_eq(turn_push(&kit->turn, NULL, COMMAND_ACCEPT, SIDE_SIP)->f.session, 0);
}
END_TEST

static const Command *last_command(const Kit *kit)
{
    const GPtrArray *commands = kit->turn.outbox->commands;
    return g_ptr_array_index(commands, commands->len - 1);
}

static bool rings(Kit *kit, How how, uint64_t number)
{
    g_autoptr(Event) event = event_new(EVENT_TIMER, SIDE_XMPP);
    event->f.how = how;
    event->f.number = number;
    return turn_timer_is_due(&kit->turn, kit->session, event);
}

START_TEST(turn_timer_counts_only_as_it_was_started_last)
{
    g_autoptr(Kit) kit = kit_new();
    turn_timer_start(&kit->turn, kit->session, HOW_IDLE, 500);
    uint64_t first = last_command(kit)->f.number;
    ck_assert_uint_eq(last_command(kit)->f.ms, 500);
    turn_timer_start(&kit->turn, kit->session, HOW_IDLE, 600);
    uint64_t second = last_command(kit)->f.number;
    ck_assert(!rings(kit, HOW_IDLE, first));
    ck_assert(!rings(kit, HOW_SETUP, second));
    ck_assert(rings(kit, HOW_IDLE, second));
    ck_assert(!rings(kit, HOW_IDLE, second));
    ck_assert(!rings(kit, HOW_LOST, second));
}
END_TEST

START_TEST(turn_timer_stopped_does_not_ring)
{
    g_autoptr(Kit) kit = kit_new();
    turn_timer_start(&kit->turn, kit->session, HOW_SETUP, 500);
    uint64_t number = last_command(kit)->f.number;
    turn_timer_stop(&kit->turn, kit->session, HOW_SETUP);
    ck_assert_uint_eq(last_command(kit)->f.ms, 0);
    ck_assert_uint_eq(last_command(kit)->f.number, number);
    ck_assert(!rings(kit, HOW_SETUP, number));
    guint count = kit->turn.outbox->commands->len;
    turn_timer_stop(&kit->turn, kit->session, HOW_SETUP);
    ck_assert_uint_eq(kit->turn.outbox->commands->len, count);
}
END_TEST

static void note_once(Turn *turn, Session *session, int what)
{
    turn_push(turn, session, COMMAND_REPORT, SIDE_SIP)->f.ref = (uint64_t)what;
}

static void note_and_raise(Turn *turn, Session *session, int what)
{
    note_once(turn, session, what);
    turn_raise(turn, session, note_once, what + 10);
}

/* docs/escalation.md section 3, last paragraph */
START_TEST(turn_happenings_come_in_order_after_what_raised_them)
{
    g_autoptr(Kit) kit = kit_new();
    turn_raise(&kit->turn, kit->session, note_and_raise, 1);
    turn_raise(&kit->turn, kit->session, note_once, 2);
    kit_expect(kit, "");
    turn_settle(&kit->turn);
    kit_expect(kit, "sip report ref=1\nsip report ref=2\nsip report ref=11");
}
END_TEST

START_TEST(turn_happening_of_a_forgotten_session_is_skipped)
{
    g_autoptr(Kit) kit = kit_new();
    turn_raise(&kit->turn, kit->session, note_once, 1);
    session_map_sweep(kit->turn.sessions, kit->turn.now_ms + 2 * 24 * 3600 * 1000);
    ck_assert_uint_eq(session_map_count(kit->turn.sessions), 0);
    turn_settle(&kit->turn);
    kit_expect(kit, "");
}
END_TEST

int main(void)
{
    return suite_run("turn", (const TTest *const[]){
                                 turn_numbers_are_never_used_twice, turn_command_names_its_session,
                                 turn_timer_counts_only_as_it_was_started_last,
                                 turn_timer_stopped_does_not_ring,
                                 turn_happenings_come_in_order_after_what_raised_them,
                                 turn_happening_of_a_forgotten_session_is_skipped, NULL});
}
