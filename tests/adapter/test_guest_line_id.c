// SPDX-License-Identifier: MIT
// One name for a line, whoever of ours hears it; different lines have different ones.
#include "sip/guest_line_id.h"

#include <string.h>

#include "tests/support/suite.h"

#define ROOM   "To: <sip:hall@conf.test>\r\n"
#define ROMEO  "From: Romeo <sip:romeo@sip.test>\r\n"
#define JULIET "From: \"J\" <sip:juliet@xmpp.test>\r\n"
#define NOON   "DateTime: 2026-03-04T12:00:00Z\r\n"
#define UUID   "0d3a5c7e-1b2f-4c6d-8e9f-a0b1c2d3e4f5"
#define OURS   "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: " UUID "\r\n"
#define TEXT   "\r\nContent-Type: text/plain\r\n\r\n"

static Route *route;
static Settings settings;
static Address *room, *user;
static GuestLineIds ids;
static GQueue nurse, pad; // what two legs were told

static void set_up(void)
{
    route = route_new();
    settings = settings_defaults();
    ck_assert(route_add_component(route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_component(route, "conf.test", ROUTE_ROOMS, "conf.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    room = address_from_jid("hall@conf.test");
    user = address_from_jid("nurse@xmpp.test/x");
    guest_line_id_init(&ids);
    g_queue_init(&nurse);
    g_queue_init(&pad);
}

static void tear_down(void)
{
    g_queue_clear_full(&nurse, g_free);
    g_queue_clear_full(&pad, g_free);
    address_unref(room);
    address_unref(user);
    route_free(route);
}

// The name of a line that came to a leg; owned by the caller.
static char *name_of(GQueue *leg, const char *message_id, const char *text)
{
    GuestLinePlace place = {route, room, "sip:hall@conf.test", user, &settings};
    g_auto(GuestLine) line = {0};
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    g_autoptr(GDateTime) now = g_date_time_new_from_iso8601("2026-03-04T12:00:00Z", NULL);
    ck_assert_int_eq(guest_line_read(&line, &place, "message/cpim", content, now), 0);
    return guest_line_id(&ids, &place, &line, message_id, leg);
}

static bool is_one_line(const char *first, const char *second)
{
    g_autofree char *one = name_of(&nurse, "m1", first);
    g_autofree char *other = name_of(&pad, "m2", second);
    return g_str_equal(one, other);
}

/* MUC-A09 */
START_TEST(copies_of_a_line_have_one_name_and_other_lines_another)
{
    ck_assert(is_one_line(ROOM ROMEO NOON TEXT "hi", ROOM ROMEO NOON TEXT "hi"));
    ck_assert(!is_one_line(ROOM ROMEO NOON TEXT "ho", ROOM ROMEO NOON TEXT "hu"));
    ck_assert(!is_one_line(ROOM ROMEO NOON TEXT "a", ROOM NOON "From: <sip:ugo@sip.test>\r\n" TEXT "a"));
    ck_assert(!is_one_line(ROOM ROMEO NOON TEXT "b",
                           ROOM ROMEO "DateTime: 2026-03-04T12:00:01Z\r\n" TEXT "b"));
}
END_TEST

/* MUC-A09 */
START_TEST(the_same_words_in_the_same_second_are_counted)
{
    g_autofree char *first = name_of(&nurse, "m1", ROOM ROMEO NOON TEXT "ok");
    g_autofree char *second = name_of(&nurse, "m2", ROOM ROMEO NOON TEXT "ok");
    g_autofree char *first_copy = name_of(&pad, "m3", ROOM ROMEO NOON TEXT "ok");
    g_autofree char *second_copy = name_of(&pad, "m4", ROOM ROMEO NOON TEXT "ok");
    ck_assert_str_ne(first, second);
    ck_assert_str_eq(first, first_copy);
    ck_assert_str_eq(second, second_copy);
}
END_TEST

/* MUC-A09 */
START_TEST(without_a_time_a_line_goes_by_an_id)
{
    ck_assert(is_one_line(ROOM ROMEO "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: x1\r\n" TEXT "a",
                          ROOM ROMEO "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: x1\r\n" TEXT "a"));
    ck_assert(!is_one_line(ROOM ROMEO TEXT "ok", ROOM ROMEO TEXT "ok"));
    g_autofree char *kept = name_of(&nurse, "same", ROOM ROMEO TEXT "kept");
    g_autofree char *copy = name_of(&pad, "same", ROOM ROMEO TEXT "kept");
    ck_assert_str_eq(kept, copy);
}
END_TEST

/* MUC-A08 MUC-A09 */
START_TEST(a_line_of_ours_keeps_the_name_that_we_gave_it)
{
    g_autofree char *ours = name_of(&nurse, "m1", ROOM JULIET NOON OURS TEXT "hi");
    ck_assert_str_eq(ours, UUID);
    g_autofree char *claimed = name_of(&nurse, "m2", ROOM ROMEO NOON OURS TEXT "hi");
    ck_assert_str_ne(claimed, UUID); // another author cannot take it
    g_autofree char *dropped = name_of(&nurse, "m3", ROOM JULIET NOON TEXT "hi");
    ck_assert_str_ne(dropped, UUID);
    g_autofree char *odd = name_of(&nurse, "m4", ROOM JULIET NOON
                                   "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: x\r\n" TEXT "hi");
    ck_assert_str_ne(odd, "x");
}
END_TEST

START_TEST(a_name_cannot_be_computed_outside)
{
    g_autofree char *one = name_of(&nurse, "m1", ROOM ROMEO NOON TEXT "yes");
    guest_line_id_init(&ids);
    g_autofree char *other = name_of(&pad, "m1", ROOM ROMEO NOON TEXT "yes");
    ck_assert_str_ne(one, other);
}
END_TEST

START_TEST(what_a_leg_remembers_is_bounded)
{
    for (int i = 0; i < 1000; i++) {
        g_autofree char *text = g_strdup_printf(ROOM ROMEO NOON TEXT "%d", i);
        g_free(name_of(&nurse, "m", text));
    }
    ck_assert_uint_le(nurse.length, 64);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {copies_of_a_line_have_one_name_and_other_lines_another,
                                         the_same_words_in_the_same_second_are_counted,
                                         without_a_time_a_line_goes_by_an_id,
                                         a_line_of_ours_keeps_the_name_that_we_gave_it,
                                         a_name_cannot_be_computed_outside,
                                         what_a_leg_remembers_is_bounded,
                                         NULL};
    return suite_run_fixture("guest_line_id", tests, set_up, tear_down);
}
