// SPDX-License-Identifier: MIT
// What a session knows by itself.
#include "mapping/session.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

/* CHAT-26 */
START_TEST(session_lock_holds_a_full_jid_only)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Address) full = address_from_jid("juliet@xmpp.test/balcony");
    ck_assert_ptr_eq(session_x_target(kit->session), kit->session->x);
    session_lock(kit->session, full);
    ck_assert_ptr_eq(session_x_target(kit->session), full);
    session_lock(kit->session, kit->session->x);
    ck_assert_ptr_eq(session_x_target(kit->session), kit->session->x);
    session_lock(kit->session, full);
    session_lock(kit->session, NULL);
    ck_assert_ptr_null(kit->session->locked);
}
END_TEST

START_TEST(session_with_anything_to_lose_is_not_idle)
{
    g_autoptr(Kit) kit = kit_new();
    SessionMap *map = kit->turn.sessions;
    g_autoptr(Address) room = address_from_jid("verona@muc.xmpp.test");
    ck_assert(session_is_idle(kit->session));
    session_map_bind_leg(map, kit->session, 1, SESSION_LEG_GIVEN_UP);
    ck_assert(!session_is_idle(kit->session));
    session_map_unbind_leg(map, 1);
    session_map_bind_room(map, kit->session, room);
    ck_assert(!session_is_idle(kit->session));
    session_map_unbind_room(map, kit->session);
    session_map_bind_ref(map, kit->session, SIDE_XMPP, 1);
    ck_assert(!session_is_idle(kit->session));
    session_map_unbind_ref(map, SIDE_XMPP, 1);
    Line *line = kit_line(kit, "xmpp message body=x", LINE_PAIR_TOWARDS);
    ck_assert(!session_is_idle(kit->session));
    session_map_line_flies(map, line);
    ck_assert(!session_is_idle(kit->session));
    lines_free(session_map_line_drop(map, line));
    ck_assert(session_is_idle(kit->session));
}
END_TEST

int main(void)
{
    return suite_run("session",
                     (const TTest *const[]){session_lock_holds_a_full_jid_only,
                                            session_with_anything_to_lose_is_not_idle, NULL});
}
