// SPDX-License-Identifier: MIT
// The table of stays: code and document say the same, cell by cell. Whole stories are in tests/scenario (stay_*).
#include "mapping/stay.h"

#include <string.h>

#include "tests/support/suite.h"

static char *cell_text(const StayRow *row)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (row->kind == STAY_IGNORES || row->kind == STAY_SURPRISES)
        return g_strdup(row->kind == STAY_IGNORES ? "=" : "!");
    if (row->kind == STAY_MOVES)
        g_string_append(text, stay_state_name(row->to));
    for (size_t i = 0; i < STAY_ACTIONS_MAX && row->does[i] != STAY_DO_NOTHING; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : text->len > 0 ? ": " : "",
                               stay_action_name(row->does[i]));
    return g_strdup(text->str);
}

static char *row_text(StayEvent on)
{
    g_autoptr(GString) text = g_string_new("| ");
    g_string_append(text, stay_event_name(on));
    for (int state = 0; state < STAY_STATE_COUNT; state++) {
        g_autofree char *cell = cell_text(stay_cell((StayState)state, on));
        g_string_append_printf(text, " | %s", cell);
    }
    g_string_append(text, " |\n");
    return g_strdup(text->str);
}

START_TEST(stay_table_is_that_of_the_document)
{
    g_autofree char *path = g_build_filename(g_getenv("MUCSIP_SOURCE_ROOT"), "docs/stay.md", NULL);
    g_autofree char *document = NULL;
    ck_assert(g_file_get_contents(path, &document, NULL, NULL));
    for (int on = 0; on < STAY_EVENT_COUNT; on++) {
        g_autofree char *row = row_text((StayEvent)on);
        ck_assert_msg(strstr(document, row) != NULL, "not in docs/stay.md: %s", row);
    }
}
END_TEST

START_TEST(stay_cells_move_where_they_say_and_others_stay)
{
    for (int state = 0; state < STAY_STATE_COUNT; state++)
        for (int on = 0; on < STAY_EVENT_COUNT; on++) {
            const StayRow *row = stay_cell((StayState)state, (StayEvent)on);
            ck_assert_int_eq(row->from, state);
            ck_assert_int_eq(row->on, on);
            ck_assert_int_eq(row->kind == STAY_MOVES, row->to != row->from);
        }
}
END_TEST

int main(void)
{
    return suite_run("stay", (const TTest *const[]){stay_table_is_that_of_the_document,
                                                    stay_cells_move_where_they_say_and_others_stay,
                                                    NULL});
}
