// SPDX-License-Identifier: MIT
// Character references of HTML.
#include "sip/body/html_entity.h"
#include "tests/support/suite.h"

#include <string.h>

static void assert_reads(const char *text, size_t used, gunichar expected)
{
    gunichar c = 0;
    ck_assert_msg(html_entity_read(text, &c) == used, "%s", text);
    ck_assert_msg(used == 0 || c == expected, "%s: %x", text, c);
}

START_TEST(named_references_are_known_from_first_to_last)
{
    assert_reads("&AElig;x", 7, 0xC6);
    assert_reads("&zwnj;", 6, 0x200C);
    assert_reads("&lt;", 4, '<');
    assert_reads("&apos;", 6, '\'');
    assert_reads("&nbsp;", 6, 0xA0);
    assert_reads("&thetasym;", 10, 0x3D1);
    assert_reads("&Eacute;", 8, 0xC9);
    assert_reads("&eacute;", 8, 0xE9);
}
END_TEST

START_TEST(numbers_are_decimal_or_hexadecimal)
{
    assert_reads("&#233;", 6, 0xE9);
    assert_reads("&#xE9;", 6, 0xE9);
    assert_reads("&#X1f600;", 9, 0x1F600);
}
END_TEST

/* SEC-07 */
START_TEST(numbers_that_are_no_character_of_xml_become_replacements)
{
    assert_reads("&#0;", 4, 0xFFFD);
    assert_reads("&#1;", 4, 0xFFFD);
    assert_reads("&#xD800;", 8, 0xFFFD);
    assert_reads("&#x110000;", 10, 0xFFFD);
    assert_reads("&#99999999;", 11, 0xFFFD);
}
END_TEST

START_TEST(everything_else_is_an_ampersand)
{
    static const char *const wrong[] = {
        "&",    "& ",     "&;",    "&lt",   "&lt x;", "&nonsense;",          "&LT;",          "&#;",
        "&#x;", "&#12a;", "&#-1;", "&#+1;", "&&lt;",  "&averyverylongname;", "&#0000000065;",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_reads(wrong[i], 0, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        named_references_are_known_from_first_to_last,
        numbers_are_decimal_or_hexadecimal,
        numbers_that_are_no_character_of_xml_become_replacements,
        everything_else_is_an_ampersand,
        NULL,
    };
    return suite_run("html_entity", tests);
}
