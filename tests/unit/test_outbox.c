// SPDX-License-Identifier: MIT
// Commands stay in the order in which they were decided.
#include "mapping/outbox.h"

#include "tests/support/suite.h"

START_TEST(outbox_keeps_the_order_and_what_was_filled_in)
{
    g_autoptr(Outbox) outbox = outbox_new();
    fields_set_text(&outbox_push(outbox, COMMAND_MESSAGE, SIDE_SIP)->f.body, "One");
    outbox_push(outbox, COMMAND_ACCEPT, SIDE_SIP)->f.ref = 7;
    ck_assert_uint_eq(outbox->commands->len, 2);
    const Command *first = g_ptr_array_index(outbox->commands, 0);
    const Command *second = g_ptr_array_index(outbox->commands, 1);
    ck_assert_int_eq(first->kind, COMMAND_MESSAGE);
    ck_assert_str_eq(first->f.body, "One");
    ck_assert_int_eq(second->kind, COMMAND_ACCEPT);
    ck_assert_uint_eq(second->f.ref, 7);
    outbox_clear(outbox);
    ck_assert_uint_eq(outbox->commands->len, 0);
}
END_TEST

int main(void)
{
    return suite_run("outbox",
                     (const TTest *const[]){outbox_keeps_the_order_and_what_was_filled_in, NULL});
}
