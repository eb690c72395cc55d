// SPDX-License-Identifier: MIT
// Where a line goes, against the two other spellings of the table; and what a line copies.
#include "mapping/lines.h"

#include <string.h>

#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static int class_of(const char *name)
{
    for (int i = 0; i < LINE_CLASS_COUNT; i++)
        if (strcmp(name, lines_class_name((LineClass)i)) == 0)
            return i;
    return -1;
}

static bool leg_is_meant(ChatLegState leg, const char *name)
{
    return strcmp(name, "any") == 0 || strcmp(name, chat_leg_state_name(leg)) == 0;
}

// One row of the table, its sinks told by `sink_of`; returns how many cells were compared.
typedef const char *(*SinkOf)(const void *row, EscalationState state);

static int row_check(int class, const char *leg_name, SinkOf sink_of, const void *row)
{
    int cells = 0;
    for (int leg = 0; leg < CHAT_LEG_STATE_COUNT; leg++)
        for (int state = 0; state < ESCALATION_STATE_COUNT; state++) {
            if (!leg_is_meant((ChatLegState)leg, leg_name))
                continue;
            LineSink sink =
                lines_sink((LineClass) class, (ChatLegState)leg, (EscalationState)state);
            ck_assert_str_eq(lines_sink_name(sink), sink_of(row, (EscalationState)state));
            cells++;
        }
    return cells;
}

static const char *json_sink(const void *row, EscalationState state)
{
    JsonObject *sinks = json_object_get_object_member((JsonObject *)row, "sink");
    return vectors_text(sinks, escalation_state_name(state));
}

static const char *document_sink(const void *row, EscalationState state)
{
    return g_strstrip(((char **)row)[3 + state]);
}

enum { CELLS = 4 * CHAT_LEG_STATE_COUNT * ESCALATION_STATE_COUNT };

START_TEST(lines_table_is_that_of_the_vectors)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/escalation-machine.json");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *rows = json_object_get_array_member(root, "lines");
    int cells = 0;
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        int class = class_of(vectors_text(row, "line"));
        ck_assert_int_ge(class, 0);
        cells += row_check(class, vectors_text(row, "chat_leg"), json_sink, row);
    }
    ck_assert_int_eq(cells, CELLS);
}
END_TEST

static int document_line_check(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, "|", -1);
    if (g_strv_length(words) != ESCALATION_STATE_COUNT + 4)
        return 0;
    int class = class_of(g_strstrip(words[1]));
    return class >= 0 ? row_check(class, g_strstrip(words[2]), document_sink, words) : 0;
}

START_TEST(lines_table_is_that_of_the_document)
{
    g_autofree char *path =
        g_build_filename(g_getenv("MUCSIP_SOURCE_ROOT"), "docs/escalation.md", NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int cells = 0;
    for (char **line = lines; *line != NULL; line++)
        cells += document_line_check(*line);
    ck_assert_int_eq(cells, CELLS);
}
END_TEST

START_TEST(lines_copies_its_event_and_says_it_again)
{
    g_autoptr(Kit) kit = kit_new();
    Line *line = kit_line(kit,
                          "xmpp message from=a@xmpp.test/r to=b@sip.test nick=N id=i thread=t "
                          "type=chat subject=s lang=en body=b stamp=z receipt=yes html=h",
                          LINE_PAIR_TOWARDS);
    ck_assert_int_eq(line->to_side, SIDE_SIP);
    lines_push_message(&kit->turn, line, SIDE_SIP);
    kit_expect(kit, "sip message row=1 from=a@xmpp.test/r to=b@sip.test nick=N id=i thread=t "
                    "subject=s lang=en body=b stamp=z receipt=yes");
}
END_TEST

START_TEST(lines_counts_the_octets_of_its_texts)
{
    g_autoptr(Event) event = kit_event("xmpp message id=ignored body=Zoë subject=12 html=345");
    g_autoptr(Line) line = lines_new(event, LINE_PAIR_TOWARDS);
    ck_assert_uint_eq(lines_octets(line), 4 + 2 + 3);
}
END_TEST

int main(void)
{
    return suite_run("lines", (const TTest *const[]){lines_table_is_that_of_the_vectors,
                                                     lines_table_is_that_of_the_document,
                                                     lines_copies_its_event_and_says_it_again,
                                                     lines_counts_the_octets_of_its_texts, NULL});
}
