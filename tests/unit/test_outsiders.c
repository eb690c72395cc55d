// SPDX-License-Identifier: MIT
// Who is kept out of a room, as far as it told while he was not in it.
#include "mapping/outsiders.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static Outsiders *outsiders;
static Address *room, *romeo;

static void set_up(void)
{
    outsiders = outsiders_new();
    room = address_from_jid("talk@muc.xmpp.test");
    romeo = address_from_jid("romeo@sip.test/desk");
}

static void tear_down(void)
{
    g_clear_pointer(&outsiders, outsiders_free);
    g_clear_pointer(&room, address_unref);
    g_clear_pointer(&romeo, address_unref);
}

static void told(const char *notation)
{
    g_autoptr(Event) event = kit_event(notation);
    outsiders_note(outsiders, event);
}

#define OUT "xmpp room-roster how=changed room=talk@muc.xmpp.test real=romeo@sip.test affiliation=outcast"

/* ROSTER-023 */
START_TEST(outsiders_know_a_ban_of_that_room_for_a_day)
{
    g_autoptr(Address) other = address_from_jid("other@muc.xmpp.test");
    g_autoptr(Address) ugo = address_from_jid("ugo@sip.test");
    ck_assert(!outsiders_is_banned(outsiders, room, romeo, 0));
    told(OUT);
    ck_assert(outsiders_is_banned(outsiders, room, romeo, DAY_MS - 1));
    ck_assert(!outsiders_is_banned(outsiders, other, romeo, 0));
    ck_assert(!outsiders_is_banned(outsiders, room, ugo, 0));
    ck_assert(!outsiders_is_banned(outsiders, room, romeo, DAY_MS));
}
END_TEST

/* ROSTER-023 */
START_TEST(outsiders_forget_a_ban_that_was_lifted_and_who_came_in)
{
    told(OUT);
    told("xmpp room-roster how=changed room=talk@muc.xmpp.test real=romeo@sip.test");
    ck_assert(!outsiders_is_banned(outsiders, room, romeo, 0));
    told(OUT);
    outsiders_forget(outsiders, room, romeo);
    ck_assert(!outsiders_is_banned(outsiders, room, romeo, 0));
}
END_TEST

START_TEST(outsiders_do_not_grow_without_end)
{
    told(OUT);
    for (int i = 0; i < 10000; i++) {
        g_autofree char *notation = g_strdup_printf(
            "xmpp room-roster how=changed room=r%d@muc.test real=romeo@sip.test affiliation=outcast", i);
        told(notation);
    }
    ck_assert(!outsiders_is_banned(outsiders, room, romeo, 0));
    told("xmpp room-roster how=changed affiliation=outcast"); // of nobody
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        outsiders_know_a_ban_of_that_room_for_a_day,
        outsiders_forget_a_ban_that_was_lifted_and_who_came_in,
        outsiders_do_not_grow_without_end,
        NULL,
    };
    return suite_run_fixture("outsiders", TESTS, set_up, tear_down);
}
