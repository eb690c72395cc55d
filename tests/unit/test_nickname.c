// SPDX-License-Identifier: MIT
// Nicks of SIP users.
#include "mapping/nickname.h"

#include "tests/support/suite.h"

#include <string.h>

static void assert_nick(const char *display_name, const char *jid, const char *expected)
{
    g_autoptr(Address) user = address_from_jid(jid);
    g_autofree char *nick = nickname_for(display_name, user);
    ck_assert_str_eq(nick, expected);
    g_autoptr(Address) room = address_from_jid("r@h");
    g_autoptr(Address) occupant = address_with_resource(room, nick);
    ck_assert_ptr_nonnull(occupant);
}

START_TEST(the_display_name_is_the_nick)
{
    assert_nick("Omar", "omar@mantua.example", "Omar");
    assert_nick("  Ève \t& co ", "eve@mantua.example", "Ève & co");
    assert_nick("a\r\nb\x01", "x@h", "a b");
}
END_TEST

START_TEST(a_blank_display_name_gives_way_to_the_user_part)
{
    assert_nick(NULL, "omar@mantua.example/dev7", "omar");
    assert_nick("", "o\\27hara@mantua.example", "o'hara");
    assert_nick(" \u200b ", "two\\20words@h", "two words");
}
END_TEST

START_TEST(a_nick_is_never_blank_and_never_too_long)
{
    g_autofree char *fill = g_strnfill(5000, 'x');
    g_autofree char *wide = g_strdup_printf("%.999s猫", fill);
    g_autofree char *cut = g_strndup(fill, 999), *most = g_strndup(fill, 1000);
    assert_nick(NULL, "h", "guest");
    assert_nick(NULL, NULL, "guest");
    assert_nick(fill, "x@h", most);
    assert_nick(wide, "x@h", cut);
    assert_nick("\xff", "omar@h", "omar");
}
END_TEST

static void assert_retry(const char *nick, int conflicts, const char *expected)
{
    g_autofree char *next = nickname_retry(nick, conflicts, 5);
    ck_assert_pstr_eq(next, expected);
}

START_TEST(a_taken_nick_gets_a_suffix_until_nick_retry)
{
    assert_retry("Nina", 0, "Nina");
    assert_retry("Nina", 1, "Nina_2");
    assert_retry("Nina", 4, "Nina_5");
    assert_retry("Nina", 5, NULL);
}
END_TEST

static void assert_wish(const char *wish, const char *expected)
{
    g_autofree char *nick = nickname_of_wish(wish);
    ck_assert_pstr_eq(nick, expected);
}

/* MUC-B11 */
START_TEST(a_wish_is_what_the_room_will_make_of_it)
{
    assert_wish("  Romeo  M ", "Romeo M");
    assert_wish("e\u0301\ufb01\u00a0x", "\u00e9fi x");
    assert_wish("a\u200bb\u00ad", "ab");
    assert_wish("\u200b", NULL);
    assert_wish("\u00ad", NULL);
}
END_TEST

int main(void)
{
    return suite_run("nickname", (const TTest *const[]){
        the_display_name_is_the_nick,
        a_blank_display_name_gives_way_to_the_user_part,
        a_nick_is_never_blank_and_never_too_long,
        a_taken_nick_gets_a_suffix_until_nick_retry,
        a_wish_is_what_the_room_will_make_of_it,
        NULL,
    });
}
