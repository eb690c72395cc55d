// SPDX-License-Identifier: MIT
// The occupants of a room on SIP: their names as XMPP can have them, and what is news of them.
#include "xmpp/facade_roster.h"

#include <string.h>

#include "mapping/address.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static FacadeRoster *roster;

static void set_up(void)
{
    roster = facade_roster_new();
}

static void tear_down(void)
{
    g_clear_pointer(&roster, facade_roster_free);
}

static FacadeOccupant *put(const char *nick, const char *role, bool *is_changed)
{
    Fields fields = {.nick = (char *)nick, .role = (char *)role};
    return facade_roster_put(roster, &fields, is_changed);
}

/* ROSTER-008 */
START_TEST(nicks_that_look_alike_are_numbered_and_found_by_their_numbers)
{
    ck_assert_str_eq(put("Omar", NULL, NULL)->shown, "Omar");
    ck_assert_str_eq(put("Omar ", NULL, NULL)->shown, "Omar (2)");
    ck_assert_str_eq(put("Ｏmar", NULL, NULL)->shown, "Omar (3)");
    ck_assert_str_eq(facade_roster_find_shown(roster, "Omar (2)")->nick, "Omar ");
    facade_roster_remove(roster, facade_roster_find(roster, "Omar"));
    ck_assert_str_eq(facade_roster_find(roster, "Omar ")->shown, "Omar (2)"); // stable
    ck_assert_ptr_null(facade_roster_find_shown(roster, "Omar"));
    ck_assert_uint_eq(facade_roster_count(roster), 2);
}
END_TEST

START_TEST(a_nick_without_a_visible_character_has_a_name_all_the_same)
{
    ck_assert_str_eq(put(" ", NULL, NULL)->shown, "unnamed");
    ck_assert_str_eq(put("\xC2\xAD", NULL, NULL)->shown, "unnamed (2)");
    ck_assert_str_eq(put("\xFF", NULL, NULL)->shown, "unnamed (3)");
}
END_TEST

START_TEST(characters_that_old_servers_do_not_know_are_replaced_and_told_apart)
{
    ck_assert_str_eq(put("Ugo \xF0\x9F\x98\x80", NULL, NULL)->shown, "Ugo _");
    ck_assert_str_eq(put("Ugo \xF0\x9F\x98\x81", NULL, NULL)->shown, "Ugo _ (2)");
    ck_assert_str_eq(put("\xE2\x98\x95", NULL, NULL)->shown, "_"); // U+2615, of Unicode 4.0
    ck_assert_str_eq(put("\xE2\x98\x83 \xE2\x99\x9A", NULL, NULL)->shown,
                     "\xE2\x98\x83 \xE2\x99\x9A"); // U+2603, U+265A
    ck_assert_str_eq(facade_roster_find_shown(roster, "Ugo _ (2)")->nick, "Ugo \xF0\x9F\x98\x81");
}
END_TEST

START_TEST(a_nick_of_any_length_is_cut_to_a_resource)
{
    g_autofree char *nick = g_strnfill(5000, 'x');
    const FacadeOccupant *first = put(nick, NULL, NULL);
    nick[4999] = 'y';
    const FacadeOccupant *second = put(nick, NULL, NULL);
    g_autoptr(Address) room = address_from_jid("hall@conf.sip.test");
    g_autoptr(Address) one = address_with_resource(room, first->shown);
    g_autoptr(Address) two = address_with_resource(room, second->shown);
    ck_assert_ptr_nonnull(one);
    ck_assert_ptr_nonnull(two);
    ck_assert(!address_equal(one, two));
}
END_TEST

START_TEST(only_what_differs_is_news_and_the_order_is_that_of_entry)
{
    bool is_changed = false;
    put("A", "visitor", &is_changed);
    ck_assert(is_changed);
    put("B", NULL, NULL);
    put("A", "visitor", &is_changed);
    ck_assert(!is_changed);
    put("A", "moderator", &is_changed);
    ck_assert(is_changed);
    const FacadeOccupant *first = facade_roster_first(roster)->data;
    ck_assert_str_eq(first->nick, "A");
    ck_assert_str_eq(first->role, "moderator");
}
END_TEST

START_TEST(a_new_nick_keeps_the_place_and_takes_that_of_another_bearer)
{
    g_autofree char *was = NULL, *none = NULL;
    put("A", NULL, NULL);
    put("B", NULL, NULL);
    put("C", NULL, NULL);
    const FacadeOccupant *renamed = facade_roster_rename(roster, "A", "C", &was);
    ck_assert_str_eq(was, "A");
    ck_assert_str_eq(renamed->shown, "C");
    ck_assert_ptr_eq(facade_roster_first(roster)->data, renamed);
    ck_assert_uint_eq(facade_roster_count(roster), 2);
    ck_assert_ptr_null(facade_roster_rename(roster, "A", "D", &none));
}
END_TEST

static void keep(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(Address) address = address_from_jid(vectors_text(in, "jid"));
    const char *words[] = {address_local(address), address_resource(address)};
    for (size_t i = 0; i < G_N_ELEMENTS(words) && words[i] != NULL; i++) {
        g_autofree char *name = facade_roster_name(words[i]);
        ck_assert_msg(strcmp(name, words[i]) == 0, "%s: %s became %s", id, words[i], name);
    }
}

START_TEST(the_hard_characters_of_addresses_are_kept_in_nicks)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "addr_x2s", keep), 23);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nicks_that_look_alike_are_numbered_and_found_by_their_numbers,
        a_nick_without_a_visible_character_has_a_name_all_the_same,
        characters_that_old_servers_do_not_know_are_replaced_and_told_apart,
        a_nick_of_any_length_is_cut_to_a_resource,
        only_what_differs_is_news_and_the_order_is_that_of_entry,
        a_new_nick_keeps_the_place_and_takes_that_of_another_bearer,
        the_hard_characters_of_addresses_are_kept_in_nicks,
        NULL,
    };
    return suite_run_fixture("facade_roster", tests, set_up, tear_down);
}
