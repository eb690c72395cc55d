// SPDX-License-Identifier: MIT
// What is known of rooms: once for all home legs, and no longer than the last of them.
#include "mapping/rooms.h"

#include "tests/support/suite.h"

/* MUC-B14 */
START_TEST(rooms_are_known_as_long_as_somebody_sits_in_them)
{
    g_autoptr(Rooms) rooms = rooms_new();
    g_autoptr(Address) room = address_from_jid("verona@muc.xmpp.test");
    g_autoptr(Address) same = address_from_jid("verona@muc.xmpp.test");
    RoomsEntry *entry = rooms_enter(rooms, room);
    ck_assert_ptr_eq(rooms_enter(rooms, same), entry);
    ck_assert_uint_eq(rooms_count(rooms), 1);
    rooms_leave(rooms, entry);
    ck_assert_uint_eq(rooms_count(rooms), 1);
    rooms_leave(rooms, entry);
    ck_assert_uint_eq(rooms_count(rooms), 0);
}
END_TEST

/* MUC-A23 */
START_TEST(rooms_subject_and_name_are_news_once)
{
    g_autoptr(Rooms) rooms = rooms_new();
    g_autoptr(Address) room = address_from_jid("verona@muc.xmpp.test");
    RoomsEntry *entry = rooms_enter(rooms, room);
    ck_assert(rooms_set_subject(entry, "Love", "nurse"));
    ck_assert(!rooms_set_subject(entry, "Love", "nurse"));
    ck_assert(rooms_set_subject(entry, NULL, "nurse"));
    const Fields name = {.text = (char *)"Verona", .number = 50};
    ck_assert(rooms_set_name(entry, &name));
    ck_assert(!rooms_set_name(entry, &name));
    const Fields larger = {.text = (char *)"Verona", .number = 60};
    ck_assert(rooms_set_name(entry, &larger));
}
END_TEST

int main(void)
{
    return suite_run("rooms", (const TTest *const[]){
                                  rooms_are_known_as_long_as_somebody_sits_in_them,
                                  rooms_subject_and_name_are_news_once, NULL});
}
