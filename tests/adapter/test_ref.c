// SPDX-License-Identifier: MIT
// Refs: each order reaches the owner that can carry it out, and nobody else.
#include "sip/ref.h"

#include "tests/support/suite.h"

static GString *said;

static void accept_it(void *owner, uint64_t ref, uint64_t key)
{
    g_string_append_printf(said, "accept %d;", (int)key);
}

static void refuse_it(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    g_string_append_printf(said, "refuse %d %d;", (int)key, (int)fields->status);
    ref_table_remove(owner, ref);
}

static void answer_it(void *owner, uint64_t ref, const Fields *fields)
{
    g_string_append_printf(said, "answer %d;", (int)fields->leg);
    ref_table_remove(owner, ref);
}

static const RefFuncs content = {.accept = accept_it, .refuse = refuse_it};
static const RefFuncs offer = {.refuse = refuse_it, .answer = answer_it};

START_TEST(orders_reach_the_owner_that_knows_them)
{
    g_autoptr(RefTable) table = ref_table_new();
    Fields fields = {.status = 415, .leg = 9};
    said = g_string_new(NULL);
    uint64_t message = ref_table_add(table, &content, table, 4);
    uint64_t invite = ref_table_add(table, &offer, table, 5);
    ck_assert_uint_ne(message, 0);
    ck_assert(ref_table_accept(table, message));
    ck_assert(!ref_table_accept(table, invite));
    ck_assert(!ref_table_report(table, message, &fields));
    ck_assert(!ref_table_answer(table, message, &fields));
    ck_assert(ref_table_answer(table, invite, &fields));
    ck_assert(!ref_table_refuse(table, invite, &fields));
    ck_assert(ref_table_refuse(table, message, &fields));
    ck_assert_str_eq(said->str, "accept 4;answer 9;refuse 4 415;");
    ck_assert_uint_eq(ref_table_count(table), 0);
    g_string_free(said, TRUE);
}
END_TEST

START_TEST(a_number_is_never_used_twice)
{
    g_autoptr(RefTable) table = ref_table_new();
    uint64_t first = ref_table_add(table, &content, NULL, 0);
    ref_table_remove(table, first);
    ck_assert_uint_ne(ref_table_add(table, &content, NULL, 0), first);
    ck_assert(!ref_table_accept(table, first));
    ck_assert(!ref_table_accept(table, 0));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {orders_reach_the_owner_that_knows_them,
                                  a_number_is_never_used_twice, NULL};
    return suite_run("ref", tests);
}
