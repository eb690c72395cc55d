// SPDX-License-Identifier: MIT
// Base 32 in small letters.
#include "mapping/base32.h"
#include "tests/support/suite.h"

#include <string.h>

// RFC 4648 10, small and without padding.
START_TEST(words_of_the_rfc)
{
    static const char *const words[][2] = {
        {"", ""}, {"f", "my"}, {"fo", "mzxq"}, {"foo", "mzxw6"}, {"foob", "mzxw6yq"},
        {"fooba", "mzxw6ytb"}, {"foobar", "mzxw6ytboi"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *text = base32_write((const guint8 *)words[i][0], strlen(words[i][0]));
        ck_assert_str_eq(text, words[i][1]);
    }
}
END_TEST

START_TEST(every_bit_counts)
{
    static const guint8 octets[] = {0xff, 0x00, 0xff, 0x80, 0x01};
    g_autofree char *text = base32_write(octets, sizeof octets);
    ck_assert_str_eq(text, "74ap7aab");
}
END_TEST

int main(void)
{
    const TTest *tests[] = {words_of_the_rfc, every_bit_counts, NULL};
    return suite_run("base32", tests);
}
