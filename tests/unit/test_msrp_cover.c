// SPDX-License-Identifier: MIT
// Which octets are there: every order of pieces against a plain array of flags.
#include "sip/msrp/msrp_cover.h"
#include "tests/support/suite.h"

#include <string.h>

#define TOTAL 40

// Length of the part without holes at the beginning.
static size_t whole_of(const bool flags[TOTAL])
{
    size_t length = 0;
    while (length < TOTAL && flags[length])
        length++;
    return length;
}

/* MSRP-006 */
START_TEST(cover_agrees_with_a_plain_array_for_pieces_in_any_order)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(4975);
    for (int story = 0; story < 500; story++) {
        g_autoptr(MsrpCover) cover = msrp_cover_new();
        bool flags[TOTAL] = {false};
        for (int step = 0; step < 12; step++) {
            guint32 from = (guint32)g_rand_int_range(random, 0, TOTAL);
            guint32 to = (guint32)g_rand_int_range(random, (gint32)from, TOTAL + 1);
            ck_assert(msrp_cover_add(cover, from, to));
            memset(flags + from, true, to - from);
            size_t whole = whole_of(flags);
            ck_assert(msrp_cover_whole(cover, whole));
            ck_assert(!msrp_cover_whole(cover, whole + 1));
        }
    }
}
END_TEST

START_TEST(cover_keeps_track_of_a_limited_number_of_pieces)
{
    g_autoptr(MsrpCover) cover = msrp_cover_new();
    for (uint64_t i = 0; i < 256; i++)
        ck_assert(msrp_cover_add(cover, 2 * i, 2 * i + 1));
    ck_assert(!msrp_cover_add(cover, 1000, 1001));
    ck_assert(msrp_cover_add(cover, 1, 2)); // closes a hole
    ck_assert(msrp_cover_add(cover, 1000, 1001));
    ck_assert(msrp_cover_whole(cover, 3));
    ck_assert(!msrp_cover_whole(cover, 4));
}
END_TEST

START_TEST(cover_of_nothing_is_whole_only_for_nothing)
{
    g_autoptr(MsrpCover) cover = msrp_cover_new();
    ck_assert(msrp_cover_add(cover, 5, 5));
    ck_assert(msrp_cover_whole(cover, 0));
    ck_assert(!msrp_cover_whole(cover, 1));
}
END_TEST

int main(void)
{
    return suite_run("msrp_cover", (const TTest *const[]){
        cover_agrees_with_a_plain_array_for_pieces_in_any_order,
        cover_keeps_track_of_a_limited_number_of_pieces,
        cover_of_nothing_is_whole_only_for_nothing,
        NULL,
    });
}
