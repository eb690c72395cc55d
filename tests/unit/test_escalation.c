// SPDX-License-Identifier: MIT
// The table of the escalation machine against its two other spellings: the machine-readable one in
// tests/vectors and the one people read in docs/escalation.md.
#include "mapping/escalation.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static const char *const KINDS[] = {
    [ESCALATION_MOVES] = "move",
    [ESCALATION_STAYS] = "stay",
    [ESCALATION_IGNORES] = "ignored",
    [ESCALATION_SURPRISES] = "surprise",
};

static EscalationState state_of(const char *name)
{
    for (int i = 0; i < ESCALATION_STATE_COUNT; i++)
        if (strcmp(name, escalation_state_name((EscalationState)i)) == 0)
            return (EscalationState)i;
    ck_abort_msg("no state %s", name);
    return ESCALATION_CHAT;
}

static EscalationEvent event_of(const char *name)
{
    for (int i = 0; i < ESCALATION_EVENT_COUNT; i++)
        if (strcmp(name, escalation_event_name((EscalationEvent)i)) == 0)
            return (EscalationEvent)i;
    ck_abort_msg("no event %s", name);
    return ESCALATION_ON_HOME_INVITES;
}

// The actions of a row as the documents write them: "cancel ask, answer no".
static char *actions_text(const EscalationRow *row)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < ESCALATION_ACTIONS_MAX; i++) {
        const char *name = escalation_action_name(row->does[i]);
        if (name[0] != '\0')
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", name);
    }
    return g_string_free(text, FALSE);
}

static char *json_actions_text(JsonArray *actions)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(actions); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               json_array_get_string_element(actions, i));
    return g_string_free(text, FALSE);
}

START_TEST(escalation_table_is_that_of_the_vectors)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/escalation-machine.json");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *cells =
        json_object_get_array_member(json_object_get_object_member(root, "escalation"), "cells");
    ck_assert_uint_eq(json_array_get_length(cells), 90);
    for (guint i = 0; i < json_array_get_length(cells); i++) {
        JsonObject *cell = json_array_get_object_element(cells, i);
        const EscalationRow *row = escalation_cell(state_of(vectors_text(cell, "from")),
                                                   event_of(vectors_text(cell, "on")));
        g_autofree char *wanted = json_actions_text(json_object_get_array_member(cell, "do"));
        g_autofree char *have = actions_text(row);
        ck_assert_str_eq(KINDS[row->kind], vectors_text(cell, "kind"));
        ck_assert_str_eq(escalation_state_name(row->to), vectors_text(cell, "to"));
        ck_assert_str_eq(have, wanted);
    }
}
END_TEST

// A cell as docs/escalation.md writes it: "INVITING: note asker, ask party", "note asker", "=", "!".
static char *cell_text(const EscalationRow *row)
{
    g_autofree char *actions = actions_text(row);
    switch (row->kind) {
    case ESCALATION_MOVES:
        return g_strdup_printf("%s: %s", escalation_state_name(row->to), actions);
    case ESCALATION_STAYS: return g_steal_pointer(&actions);
    case ESCALATION_IGNORES: return g_strdup("=");
    case ESCALATION_SURPRISES: break;
    }
    return g_strdup("!");
}

static int document_line_check(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, "|", -1);
    if (g_strv_length(words) != ESCALATION_STATE_COUNT + 3)
        return 0;
    const char *name = g_strstrip(words[1]);
    bool is_event = false;
    for (int i = 0; i < ESCALATION_EVENT_COUNT; i++)
        is_event |= strcmp(name, escalation_event_name((EscalationEvent)i)) == 0;
    for (int state = 0; is_event && state < ESCALATION_STATE_COUNT; state++) {
        g_autofree char *wanted =
            cell_text(escalation_cell((EscalationState)state, event_of(name)));
        ck_assert_str_eq(g_strstrip(words[state + 2]), wanted);
    }
    return is_event ? ESCALATION_STATE_COUNT : 0;
}

START_TEST(escalation_table_is_that_of_the_document)
{
    g_autofree char *path = g_build_filename(g_getenv("MUCSIP_SOURCE_ROOT"),
                                             "docs/escalation.md", NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int cells = 0;
    for (char **line = lines; *line != NULL; line++)
        cells += document_line_check(*line);
    ck_assert_int_eq(cells, 90);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        escalation_table_is_that_of_the_vectors,
        escalation_table_is_that_of_the_document,
        NULL,
    };
    return suite_run("escalation", TESTS);
}
