// SPDX-License-Identifier: MIT
// Preparation of local parts and nicknames.
#include "mapping/precis.h"

#include "tests/support/suite.h"

#include <glib.h>
#include <string.h>

static void assert_text(char *actual, const char *expected)
{
    g_autofree char *text = actual;
    ck_assert_pstr_eq(text, expected);
}

START_TEST(fold_lowers_composes_and_maps_width)
{
    assert_text(precis_fold("ÜBER"), "über");
    assert_text(precis_fold("e\u0301"), "é");
    assert_text(precis_fold("Ａｌｉｃｅ"), "alice");
    assert_text(precis_fold("ｶﾞ"), "ガ");
    assert_text(precis_fold("a＠b"), "a@b");
}
END_TEST

START_TEST(fold_refuses_what_is_no_text_or_too_long)
{
    g_autofree char *longest = g_strnfill(1023, 'a'), *longer = g_strnfill(1024, 'a');
    assert_text(precis_fold(longest), longest);
    assert_text(precis_fold(longer), NULL);
    assert_text(precis_fold("a\xff"), NULL);
    assert_text(precis_fold("\xc0\x80"), NULL);
}
END_TEST

START_TEST(identifiers_are_letters_digits_and_visible_ascii)
{
    static const char *const good[] = {"alice", "tschüss", "π", "太郎", "!#$%*", "ジョン・スミス",
                                       "ß", "ς", "٣", "〇", "가", NULL};
    static const char *const bad[] = {"", "♚", "a b", "a\u00a0b", "\u200d", "ﬁ", "²", "\u1100", "\uff20",
                                      "\ufe0f", "\u0640", "\u2028", "a\x7f", "\uE000", "≮", NULL};
    for (size_t i = 0; good[i] != NULL; i++)
        ck_assert_msg(precis_is_identifier(good[i]), "%s", good[i]);
    for (size_t i = 0; bad[i] != NULL; i++)
        ck_assert_msg(!precis_is_identifier(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(controls_of_all_three_kinds_are_seen)
{
    ck_assert(precis_has_control("a\x01"));
    ck_assert(precis_has_control("\x7f"));
    ck_assert(precis_has_control("a\xc2\x85"));
    ck_assert(!precis_has_control("a b"));
    ck_assert(!precis_has_control(""));
}
END_TEST

START_TEST(nicknames_keep_symbols_and_lose_stray_spaces)
{
    assert_text(precis_nickname("  Ève \t\u00a0 & co\u3000"), "Ève & co");
    assert_text(precis_nickname("♚ King"), "♚ King");
    assert_text(precis_nickname("ﬁne"), "fine");
    assert_text(precis_nickname("a\r\nb"), "a b");
    assert_text(precis_nickname("a\u200e\x01\uFFFD" "b"), "ab");
    assert_text(precis_nickname("a\u200e \u200e b"), "a b");
}
END_TEST

START_TEST(a_nickname_of_nothing_is_none)
{
    assert_text(precis_nickname(""), NULL);
    assert_text(precis_nickname(" \t "), NULL);
    assert_text(precis_nickname("\u200b\ufeff"), NULL);
    assert_text(precis_nickname("\xff"), NULL);
}
END_TEST

int main(void)
{
    return suite_run("precis", (const TTest *const[]){
        fold_lowers_composes_and_maps_width,
        fold_refuses_what_is_no_text_or_too_long,
        identifiers_are_letters_digits_and_visible_ascii,
        controls_of_all_three_kinds_are_seen,
        nicknames_keep_symbols_and_lose_stray_spaces,
        a_nickname_of_nothing_is_none,
        NULL,
    });
}
