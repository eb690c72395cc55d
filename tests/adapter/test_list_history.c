// SPDX-License-Identifier: MIT
// Lists that wait for their calls: how many, and for how long.
#include "sip/list_history.h"

#include "tests/support/suite.h"

static GBytes *history;
static Address *romeo;

static void set_up(void)
{
    history = g_bytes_new_static("x", 1);
    romeo = address_from_jid("romeo@sip.test/phone");
}

static void tear_down(void)
{
    address_unref(romeo);
    g_bytes_unref(history);
}

static void unref(void *address)
{
    address_unref(address);
}

static Address *room_of(int number)
{
    g_autofree char *jid = g_strdup_printf("room%d@rooms.test", number);
    return address_from_jid(jid);
}

// A list with romeo on it.
static void note(ListHistory *lists, int room, int64_t now_ms)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(unref);
    g_autoptr(Address) address = room_of(room);
    g_ptr_array_add(people, address_ref(romeo));
    list_history_note(lists, address, &(Invitees){.people = people, .history = history}, now_ms);
}

static bool is_told(ListHistory *lists, int room, int64_t now_ms)
{
    g_autoptr(Address) address = room_of(room), bare = address_to_bare(romeo);
    g_autoptr(GBytes) told = list_history_take(lists, address, bare, now_ms);
    ck_assert(told == NULL || told == history);
    return told != NULL;
}

/* CONF-011 */
START_TEST(list_is_told_once_and_in_its_room)
{
    ListHistory *lists = list_history_new();
    note(lists, 1, 0);
    ck_assert(!is_told(lists, 2, 0));
    ck_assert(is_told(lists, 1, 0));
    ck_assert(!is_told(lists, 1, 0));
    list_history_free(lists);
}
END_TEST

/* CONF-011 */
START_TEST(list_of_long_ago_is_not_told)
{
    ListHistory *lists = list_history_new();
    note(lists, 1, 1000);
    note(lists, 2, 1000);
    note(lists, 3, 2000);
    ck_assert(is_told(lists, 1, 61000));
    ck_assert(!is_told(lists, 2, 61001));
    ck_assert(is_told(lists, 3, 61001));
    list_history_free(lists);
}
END_TEST

/* CONF-011 */
START_TEST(of_too_many_lists_the_first_is_forgotten)
{
    ListHistory *lists = list_history_new();
    for (int i = 0; i < 101; i++)
        note(lists, i, 0);
    ck_assert(!is_told(lists, 0, 0));
    ck_assert(is_told(lists, 1, 0));
    ck_assert(is_told(lists, 100, 0));
    list_history_free(lists);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {list_is_told_once_and_in_its_room, list_of_long_ago_is_not_told,
                                  of_too_many_lists_the_first_is_forgotten, NULL};
    return suite_run_fixture("list_history", tests, set_up, tear_down);
}
