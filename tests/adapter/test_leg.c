// SPDX-License-Identifier: MIT
// Leg numbers and who stands behind them.
#include "sip/leg.h"

#include "tests/support/suite.h"

START_TEST(number_is_found_with_its_kind_only_until_it_is_given_back)
{
    g_autoptr(LegTable) table = leg_table_new();
    int one, two;
    leg_table_add(table, 7, LEG_ROOM, &one);
    leg_table_add(table, UINT64_MAX, LEG_TWO_PARTY, &two);
    ck_assert_ptr_eq(leg_table_find(table, 7, LEG_ROOM), &one);
    ck_assert_ptr_null(leg_table_find(table, 7, LEG_TWO_PARTY));
    ck_assert_ptr_eq(leg_table_find(table, UINT64_MAX, LEG_TWO_PARTY), &two);
    leg_table_remove(table, 7);
    leg_table_remove(table, 7);
    ck_assert_ptr_null(leg_table_find(table, 7, LEG_ROOM));
    ck_assert_uint_eq(leg_table_count(table), 1);
}
END_TEST

START_TEST(owners_of_a_kind_may_leave_while_they_are_visited)
{
    g_autoptr(LegTable) table = leg_table_new();
    int one, two, three;
    leg_table_add(table, 1, LEG_ROOM, &one);
    leg_table_add(table, 2, LEG_ROOM, &two);
    leg_table_add(table, 3, LEG_TWO_PARTY, &three);
    g_autoptr(GPtrArray) rooms = leg_table_owners(table, LEG_ROOM);
    ck_assert_uint_eq(rooms->len, 2);
    leg_table_remove(table, 1);
    leg_table_remove(table, 2);
    ck_assert_ptr_ne(rooms->pdata[0], rooms->pdata[1]);
    g_autoptr(GPtrArray) calls = leg_table_owners(table, LEG_TWO_PARTY);
    ck_assert_uint_eq(calls->len, 1);
    ck_assert_ptr_eq(calls->pdata[0], &three);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {number_is_found_with_its_kind_only_until_it_is_given_back,
                                  owners_of_a_kind_may_leave_while_they_are_visited, NULL};
    return suite_run("leg", tests);
}
