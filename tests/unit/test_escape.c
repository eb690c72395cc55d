// SPDX-License-Identifier: MIT
// The two escapings, character by character.
#include "mapping/escape.h"

#include "tests/support/suite.h"

#include <glib.h>
#include <string.h>

static void assert_text(char *actual, const char *expected)
{
    g_autofree char *text = actual;
    ck_assert_pstr_eq(text, expected);
}

// Table 2.1 of docs/conformance/one-to-one.md, in the middle of a local part: plain, in a JID, in sip:.
static const struct {
    const char *plain, *local, *user;
} TABLE_2_1[] = {
    {" ", "\\20", "%20"},   {"!", "!", "!"},      {"\"", "\\22", "%22"}, {"#", "#", "%23"},
    {"$", "$", "$"},        {"%", "%", "%25"},    {"&", "\\26", "&"},    {"'", "\\27", "'"},
    {"(", "(", "("},        {")", ")", ")"},      {"*", "*", "*"},       {"+", "+", "+"},
    {"-", "-", "-"},        {",", ",", ","},      {".", ".", "."},       {"/", "\\2f", "/"},
    {":", "\\3a", "%3A"},   {";", ";", ";"},      {"<", "\\3c", "%3C"},  {">", "\\3e", "%3E"},
    {"@", "\\40", "%40"},   {"[", "[", "%5B"},    {"\\", "\\", "%5C"},   {"]", "]", "%5D"},
    {"^", "^", "%5E"},      {"_", "_", "_"},      {"`", "`", "%60"},     {"{", "{", "%7B"},
    {"}", "}", "%7D"},      {"|", "|", "%7C"},    {"~", "~", "~"},       {"=", "=", "="},
    {"?", "?", "?"},        {"é", "é", "%C3%A9"}, {"猫", "猫", "%E7%8C%AB"},
    {"A", "A", "A"},        {"z", "z", "z"},      {"0", "0", "0"},
};

/* ADDR-01 ADDR-12 ADDR-13 ADDR-21 ADDR-24 */
START_TEST(every_character_of_table_2_1_has_its_spellings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TABLE_2_1); i++) {
        g_autofree char *plain = g_strdup_printf("x%sy", TABLE_2_1[i].plain);
        g_autofree char *local = g_strdup_printf("x%sy", TABLE_2_1[i].local);
        g_autofree char *user = g_strdup_printf("x%sy", TABLE_2_1[i].user);
        assert_text(escape_local(plain), local);
        assert_text(escape_undo_local(local), plain);
        assert_text(escape_uri_user(plain), user);
        assert_text(escape_undo_percent(user), plain);
    }
}
END_TEST

START_TEST(table_2_1_leaves_no_visible_ascii_character_out)
{
    for (char c = ' '; c < 0x7f; c++) {
        bool is_found = g_ascii_isalnum(c);
        for (size_t i = 0; i < G_N_ELEMENTS(TABLE_2_1); i++)
            is_found = is_found || (TABLE_2_1[i].plain[0] == c && TABLE_2_1[i].plain[1] == '\0');
        ck_assert_msg(is_found, "no row for '%c'", c);
    }
}
END_TEST

/* ADDR-11 */
START_TEST(ten_codes_are_undone_in_one_pass_and_no_others)
{
    assert_text(escape_undo_local("\\20\\22\\26\\27\\2f\\3a\\3c\\3e\\40\\5c"), " \"&'/:<>@\\");
    assert_text(escape_undo_local("\\5c26"), "\\26");
    assert_text(escape_undo_local("x\\41y\\2F\\"), "x\\41y\\2F\\");
    assert_text(escape_undo_local("\\2"), "\\2");
}
END_TEST

/* ADDR-24 */
START_TEST(a_backslash_is_escaped_only_where_it_would_mislead)
{
    assert_text(escape_local("\\26"), "\\5c26");
    assert_text(escape_local("\\5c"), "\\5c5c");
    assert_text(escape_local("back\\slash\\"), "back\\slash\\");
    assert_text(escape_local("\\2F"), "\\2F");
    assert_text(escape_local("\\\\26"), "\\\\5c26");
}
END_TEST

/* ADDR-21 */
START_TEST(percent_codes_are_undone_once)
{
    assert_text(escape_undo_percent("%2526"), "%26");
    assert_text(escape_undo_percent("a%c3%Bc"), "aü");
    assert_text(escape_undo_percent("50%"), "50%");
    assert_text(escape_undo_percent("%4"), "%4");
    assert_text(escape_undo_percent("%zz%4g"), "%zz%4g");
}
END_TEST

/* ADDR-22 */
START_TEST(percent_codes_that_make_no_text_are_refused)
{
    static const char *const bad[] = {"%FF", "%C3", "%C0%80", "%ED%A0%80", "a%00b", "%1f", "%7F",
                                      "%C2%85", "a\r\nb", NULL};
    for (size_t i = 0; bad[i] != NULL; i++)
        assert_text(escape_undo_percent(bad[i]), NULL);
}
END_TEST

/* ADDR-14 */
START_TEST(a_parameter_value_has_its_own_set_of_raw_characters)
{
    assert_text(escape_uri_param("-_.!~*'()[]/:&+$"), "-_.!~*'()[]/:&+$");
    assert_text(escape_uri_param("a;b=c,d?e@f g"), "a%3Bb%3Dc%2Cd%3Fe%40f%20g");
    assert_text(escape_uri_param("%\\\"<>#^`{|}"), "%25%5C%22%3C%3E%23%5E%60%7B%7C%7D");
}
END_TEST

START_TEST(a_user_part_is_told_from_what_would_break_a_header)
{
    ck_assert(escape_is_uri_user("Alice.B%20x;a=b"));
    ck_assert(!escape_is_uri_user(""));
    ck_assert(!escape_is_uri_user("a>b"));
    ck_assert(!escape_is_uri_user("a b"));
    ck_assert(!escape_is_uri_user("a%2"));
    ck_assert(!escape_is_uri_user("é"));
}
END_TEST

int main(void)
{
    return suite_run("escape", (const TTest *const[]){
        every_character_of_table_2_1_has_its_spellings,
        table_2_1_leaves_no_visible_ascii_character_out,
        ten_codes_are_undone_in_one_pass_and_no_others,
        a_backslash_is_escaped_only_where_it_would_mislead,
        percent_codes_are_undone_once,
        percent_codes_that_make_no_text_are_refused,
        a_parameter_value_has_its_own_set_of_raw_characters,
        a_user_part_is_told_from_what_would_break_a_header,
        NULL,
    });
}
