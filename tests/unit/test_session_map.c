// SPDX-License-Identifier: MIT
// Every index finds what it should, forgets what is gone, and survives a long random walk.
#include "mapping/session_map.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static Session *open_pair(Kit *kit, const char *x, const char *s)
{
    g_autoptr(Address) x_address = address_from_jid(x);
    g_autoptr(Address) s_address = address_from_jid(s);
    return session_map_open(kit->turn.sessions, x_address, s_address, kit->turn.now_ms);
}

START_TEST(session_map_pair_is_one_session_for_all_devices)
{
    g_autoptr(Kit) kit = kit_new();
    ck_assert_ptr_eq(open_pair(kit, "juliet@xmpp.test/garden", "romeo@sip.test/desk7"),
                     kit->session);
    ck_assert_ptr_ne(open_pair(kit, "nurse@xmpp.test", "romeo@sip.test"), kit->session);
    ck_assert_ptr_ne(open_pair(kit, "romeo@sip.test", "juliet@xmpp.test"), kit->session);
    ck_assert_uint_eq(session_map_count(kit->turn.sessions), 3);
    ck_assert_ptr_eq(session_map_find(kit->turn.sessions, kit->session->id), kit->session);
    ck_assert_ptr_null(session_map_find_pair(kit->turn.sessions, kit->session->x, NULL));
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(session_map_leg_has_one_role_at_a_time)
{
    g_autoptr(Kit) kit = kit_new();
    SessionLeg role;
    session_map_bind_leg(kit->turn.sessions, kit->session, 7, SESSION_LEG_ASKED);
    session_map_bind_leg(kit->turn.sessions, kit->session, 7, SESSION_LEG_PARTY);
    ck_assert_ptr_eq(session_map_find_leg(kit->turn.sessions, 7, &role), kit->session);
    ck_assert_int_eq(role, SESSION_LEG_PARTY);
    session_map_check(kit->turn.sessions);
    session_map_unbind_leg(kit->turn.sessions, 7);
    session_map_unbind_leg(kit->turn.sessions, 7);
    ck_assert_ptr_null(session_map_find_leg(kit->turn.sessions, 7, NULL));
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(session_map_refs_of_two_gates_do_not_meet)
{
    g_autoptr(Kit) kit = kit_new();
    Session *other = open_pair(kit, "nurse@xmpp.test", "romeo@sip.test");
    session_map_bind_ref(kit->turn.sessions, kit->session, SIDE_XMPP, 5);
    session_map_bind_ref(kit->turn.sessions, other, SIDE_SIP, 5);
    ck_assert_ptr_eq(session_map_find_ref(kit->turn.sessions, SIDE_XMPP, 5), kit->session);
    ck_assert_ptr_eq(session_map_find_ref(kit->turn.sessions, SIDE_SIP, 5), other);
    session_map_unbind_ref(kit->turn.sessions, SIDE_XMPP, 5);
    ck_assert_ptr_null(session_map_find_ref(kit->turn.sessions, SIDE_XMPP, 5));
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(session_map_room_finds_each_of_its_pairs)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Address) room = address_from_jid("verona@muc.xmpp.test");
    Session *other = open_pair(kit, "nurse@xmpp.test", "mercutio@sip.test");
    session_map_bind_room(kit->turn.sessions, kit->session, room);
    session_map_bind_room(kit->turn.sessions, other, room);
    ck_assert_uint_eq(session_map_in_room(kit->turn.sessions, room)->length, 2);
    ck_assert_ptr_eq(session_map_find_in_room(kit->turn.sessions, room, kit->session->s),
                     kit->session);
    ck_assert_ptr_eq(session_map_find_in_room(kit->turn.sessions, room, other->x), other);
    session_map_unbind_room(kit->turn.sessions, kit->session);
    ck_assert_ptr_null(session_map_find_in_room(kit->turn.sessions, room, kit->session->s));
    session_map_check(kit->turn.sessions);
    session_map_unbind_room(kit->turn.sessions, other);
    ck_assert_ptr_null(session_map_in_room(kit->turn.sessions, room));
}
END_TEST

/* ESC-103 */
START_TEST(session_map_thread_is_found_with_its_sip_user_only)
{
    g_autoptr(Kit) kit = kit_new();
    Session *other = open_pair(kit, "juliet@xmpp.test", "mercutio@sip.test");
    session_map_set_thread(kit->turn.sessions, kit->session, "T");
    ck_assert_ptr_eq(session_map_find_thread(kit->turn.sessions, kit->session->s, "T"),
                     kit->session);
    ck_assert_ptr_null(session_map_find_thread(kit->turn.sessions, other->s, "T"));
    session_map_set_thread(kit->turn.sessions, kit->session, "U");
    ck_assert_ptr_null(session_map_find_thread(kit->turn.sessions, kit->session->s, "T"));
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(session_map_thread_named_twice_goes_to_the_later)
{
    g_autoptr(Kit) kit = kit_new();
    Session *later = open_pair(kit, "nurse@xmpp.test", "romeo@sip.test");
    session_map_set_thread(kit->turn.sessions, kit->session, "T");
    session_map_set_thread(kit->turn.sessions, later, "T");
    session_map_set_thread(kit->turn.sessions, kit->session, NULL);
    ck_assert_ptr_eq(session_map_find_thread(kit->turn.sessions, later->s, "T"), later);
    session_map_set_thread(kit->turn.sessions, later, NULL);
    ck_assert_ptr_null(session_map_find_thread(kit->turn.sessions, later->s, "T"));
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(session_map_line_taken_back_comes_before_younger_ones)
{
    g_autoptr(Kit) kit = kit_new();
    Line *one = kit_line(kit, "xmpp message body=1", LINE_PAIR_TOWARDS);
    Line *two = kit_line(kit, "xmpp message body=2", LINE_PAIR_TOWARDS);
    Line *three = kit_line(kit, "xmpp message body=3", LINE_PAIR_TOWARDS);
    session_map_line_flies(kit->turn.sessions, two);
    session_map_line_waits(kit->turn.sessions, kit->session,
                           session_map_line_drop(kit->turn.sessions, two));
    ck_assert_ptr_eq(kit->session->waiting.head->data, one);
    ck_assert_ptr_eq(kit->session->waiting.head->next->data, two);
    ck_assert_ptr_eq(kit->session->waiting.tail->data, three);
    ck_assert_ptr_eq(session_map_find_row(kit->turn.sessions, two->row), two);
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(session_map_forgets_idle_sessions_after_a_day)
{
    g_autoptr(Kit) kit = kit_new();
    Session *busy = open_pair(kit, "nurse@xmpp.test", "romeo@sip.test");
    session_map_bind_leg(kit->turn.sessions, busy, 3, SESSION_LEG_HOME);
    Session *fresh = open_pair(kit, "friar@xmpp.test", "romeo@sip.test");
    session_map_touch(kit->turn.sessions, fresh, kit->turn.now_ms + 10);
    session_map_sweep(kit->turn.sessions, kit->turn.now_ms + DAY_MS - 1);
    ck_assert_uint_eq(session_map_count(kit->turn.sessions), 3);
    session_map_sweep(kit->turn.sessions, kit->turn.now_ms + DAY_MS);
    ck_assert_uint_eq(session_map_count(kit->turn.sessions), 2);
    session_map_check(kit->turn.sessions);
    session_map_unbind_leg(kit->turn.sessions, 3);
    session_map_sweep(kit->turn.sessions, kit->turn.now_ms + DAY_MS + 10);
    ck_assert_uint_eq(session_map_count(kit->turn.sessions), 0);
}
END_TEST

START_TEST(session_map_is_bounded_and_makes_room_of_the_idle)
{
    g_autoptr(Kit) kit = kit_new();
    for (int i = 1; i < 50000; i++) {
        g_autofree char *x = g_strdup_printf("user%d@xmpp.test", i);
        ck_assert_ptr_nonnull(open_pair(kit, x, "romeo@sip.test"));
    }
    ck_assert_ptr_null(open_pair(kit, "late@xmpp.test", "romeo@sip.test"));
    ck_assert_ptr_eq(open_pair(kit, "juliet@xmpp.test", "romeo@sip.test"), kit->session);
    session_map_sweep(kit->turn.sessions, kit->turn.now_ms);
    ck_assert_ptr_nonnull(open_pair(kit, "late@xmpp.test", "romeo@sip.test"));
}
END_TEST

static void count_in_order(Session *session, void *data)
{
    uint64_t *last = data;
    ck_assert_uint_eq(session->id, *last + 1);
    *last = session->id;
}

START_TEST(session_map_visits_sessions_in_order_of_id)
{
    g_autoptr(Kit) kit = kit_new();
    for (int i = 0; i < 50; i++) {
        g_autofree char *x = g_strdup_printf("user%d@xmpp.test", i);
        open_pair(kit, x, "romeo@sip.test");
    }
    uint64_t last = 0;
    session_map_each(kit->turn.sessions, count_in_order, &last);
    ck_assert_uint_eq(last, 51);
}
END_TEST

static Session *random_session(Kit *kit, GRand *rand)
{
    g_autofree char *x = g_strdup_printf("x%d@xmpp.test", g_rand_int_range(rand, 0, 4));
    g_autofree char *s = g_strdup_printf("s%d@sip.test", g_rand_int_range(rand, 0, 4));
    return open_pair(kit, x, s);
}

static void random_line_step(Kit *kit, GRand *rand, Session *session)
{
    Line *line = session_map_find_row(kit->turn.sessions, (uint64_t)g_rand_int_range(rand, 1, 60));
    if (line == NULL) {
        kit->session = session;
        kit_line(kit, "xmpp message body=x", LINE_PAIR_TOWARDS);
    } else if (!line->in_flight) {
        session_map_line_flies(kit->turn.sessions, line);
    } else if (g_rand_boolean(rand)) {
        lines_free(session_map_line_drop(kit->turn.sessions, line));
    } else {
        Session *of_line = line->session;
        session_map_line_waits(kit->turn.sessions, of_line,
                               session_map_line_drop(kit->turn.sessions, line));
    }
}

static void random_step(Kit *kit, GRand *rand)
{
    static const char *const threads[] = {"T", "U", "V", NULL};
    SessionMap *map = kit->turn.sessions;
    Session *session = random_session(kit, rand);
    uint64_t number = (uint64_t)g_rand_int_range(rand, 1, 20);
    g_autoptr(Address) room = address_from_jid(number % 2 ? "a@muc.xmpp.test" : "b@muc.xmpp.test");
    switch (g_rand_int_range(rand, 0, 8)) {
    case 0: session_map_unbind_leg(map, number); break;
    case 1:
        if (session_map_find_leg(map, number, NULL) == NULL)
            session_map_bind_leg(map, session, number, SESSION_LEG_HOME);
        break;
    case 2: session_map_bind_ref(map, session, number % 3 ? SIDE_SIP : SIDE_XMPP, number); break;
    case 3: session_map_unbind_ref(map, number % 3 ? SIDE_SIP : SIDE_XMPP, number); break;
    case 4: session_map_bind_room(map, session, room); break;
    case 5: session_map_unbind_room(map, session); break;
    case 6: session_map_set_thread(map, session, threads[number % 4]); break;
    default: random_line_step(kit, rand, session); break;
    }
}

START_TEST(session_map_indexes_agree_through_a_random_walk)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(20250120);
    for (int i = 0; i < 20000; i++) {
        random_step(kit, rand);
        if (i % 500 == 0)
            session_map_sweep(kit->turn.sessions, kit->turn.now_ms += DAY_MS / 3);
        session_map_check(kit->turn.sessions);
    }
}
END_TEST

int main(void)
{
    return suite_run("session_map",
                     (const TTest *const[]){session_map_pair_is_one_session_for_all_devices,
                                            session_map_leg_has_one_role_at_a_time,
                                            session_map_refs_of_two_gates_do_not_meet,
                                            session_map_room_finds_each_of_its_pairs,
                                            session_map_thread_is_found_with_its_sip_user_only,
                                            session_map_thread_named_twice_goes_to_the_later,
                                            session_map_line_taken_back_comes_before_younger_ones,
                                            session_map_forgets_idle_sessions_after_a_day,
                                            session_map_is_bounded_and_makes_room_of_the_idle,
                                            session_map_visits_sessions_in_order_of_id,
                                            session_map_indexes_agree_through_a_random_walk, NULL});
}
