// SPDX-License-Identifier: MIT
// The table of the two-party leg against its two other spellings, and each of its cells carried
// out.
#include "mapping/chat_leg.h"

#include <string.h>

#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static const char *const KINDS[] = {
    [CHAT_LEG_MOVES] = "move",
    [CHAT_LEG_STAYS] = "stay",
    [CHAT_LEG_IGNORES] = "ignored",
    [CHAT_LEG_SURPRISES] = "surprise",
};

static ChatLegState state_of(const char *name)
{
    for (int i = 0; i < CHAT_LEG_STATE_COUNT; i++)
        if (strcmp(name, chat_leg_state_name((ChatLegState)i)) == 0)
            return (ChatLegState)i;
    ck_abort_msg("no state %s", name);
    return CHAT_LEG_NONE;
}

static int event_of(const char *name)
{
    for (int i = 0; i < CHAT_LEG_EVENT_COUNT; i++)
        if (strcmp(name, chat_leg_event_name((ChatLegEvent)i)) == 0)
            return i;
    return -1;
}

START_TEST(chat_leg_table_is_that_of_the_vectors)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/escalation-machine.json");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *cells =
        json_object_get_array_member(json_object_get_object_member(root, "chat_leg"), "cells");
    ck_assert_uint_eq(json_array_get_length(cells), 36);
    for (guint i = 0; i < json_array_get_length(cells); i++) {
        JsonObject *cell = json_array_get_object_element(cells, i);
        const ChatLegRow *row = chat_leg_cell(state_of(vectors_text(cell, "from")),
                                              (ChatLegEvent)event_of(vectors_text(cell, "on")));
        JsonArray *actions = json_object_get_array_member(cell, "do");
        bool is_idle = json_array_get_length(actions) == 0;
        ck_assert_str_eq(KINDS[row->kind], vectors_text(cell, "kind"));
        ck_assert_str_eq(chat_leg_state_name(row->to), vectors_text(cell, "to"));
        ck_assert_str_eq(chat_leg_action_name(row->does),
                         is_idle ? "" : json_array_get_string_element(actions, 0));
    }
}
END_TEST

// A cell as docs/escalation.md writes it: "OPENING: open leg", "UP", "close spare", "=", "!".
static char *cell_text(const ChatLegRow *row)
{
    const char *action = chat_leg_action_name(row->does);
    switch (row->kind) {
    case CHAT_LEG_MOVES:
        return g_strdup_printf("%s%s%s", chat_leg_state_name(row->to),
                               action[0] != '\0' ? ": " : "", action);
    case CHAT_LEG_STAYS: return g_strdup(action);
    case CHAT_LEG_IGNORES: return g_strdup("=");
    case CHAT_LEG_SURPRISES: break;
    }
    return g_strdup("!");
}

static int document_line_check(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, "|", -1);
    int event = -1;
    if (g_strv_length(words) == CHAT_LEG_STATE_COUNT + 3)
        event = event_of(g_strstrip(words[1]));
    if (event < 0)
        return 0;
    for (int state = 0; state < CHAT_LEG_STATE_COUNT; state++) {
        g_autofree char *wanted =
            cell_text(chat_leg_cell((ChatLegState)state, (ChatLegEvent)event));
        ck_assert_str_eq(g_strstrip(words[state + 2]), wanted);
    }
    return CHAT_LEG_STATE_COUNT;
}

START_TEST(chat_leg_table_is_that_of_the_document)
{
    g_autofree char *path =
        g_build_filename(g_getenv("MUCSIP_SOURCE_ROOT"), "docs/escalation.md", NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int cells = 0;
    for (char **line = lines; *line != NULL; line++)
        cells += document_line_check(*line);
    ck_assert_int_eq(cells, 36);
}
END_TEST

// The shortest way into each state.
static void bring_to(Kit *kit, ChatLegState state)
{
    if (state == CHAT_LEG_NONE)
        return;
    chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_NEEDED, NULL);
    if (state != CHAT_LEG_OPENING)
        chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_LEG_UP, NULL);
    if (state == CHAT_LEG_LOST)
        chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_LEG_DOWN, NULL);
    g_free(kit_said(kit));
}

// What each action says, when leg 1 is the chat leg and leg 99 the one handed over with the event.
static const char *const SAID[CHAT_LEG_ACTION_COUNT] = {
    [CHAT_LEG_DO_NOTHING] = "",
    [CHAT_LEG_DO_OPEN_LEG] = "sip open-leg leg=* from=juliet@xmpp.test to=romeo@sip.test",
    [CHAT_LEG_DO_CANCEL_LEG] = "sip close-leg failure=gone leg=1 status=480 text=why",
    [CHAT_LEG_DO_CLOSE_LEG] = "sip close-leg failure=gone leg=1 status=480 text=why",
    [CHAT_LEG_DO_FAIL_LINES] = "",
    [CHAT_LEG_DO_CLOSE_SPARE] = "sip close-leg failure=gone leg=99 status=480 text=why",
    [CHAT_LEG_DO_NARROW_SPARE] = "sip open-leg how=narrow leg=99",
    [CHAT_LEG_DO_GIVE_LEG] = "",
    [CHAT_LEG_DO_TAKE_LEG] = "",
    [CHAT_LEG_DO_RENEW_LEG] = "sip open-leg how=renew leg=1",
};

static uint64_t number_after(const ChatLegRow *row, uint64_t newest)
{
    if (row->to == CHAT_LEG_NONE || row->to == CHAT_LEG_LOST)
        return 0;
    bool is_handed_over =
        row->does == CHAT_LEG_DO_NARROW_SPARE || row->does == CHAT_LEG_DO_TAKE_LEG;
    return is_handed_over ? 99 : newest;
}

static void cell_carried_out(ChatLegState from, ChatLegEvent on)
{
    const ChatLegCause cause = {.leg = 99,
                                .refusal = {.reason = FAILURE_GONE, .status = 480, .text = "why"}};
    g_autoptr(Kit) kit = kit_new();
    bring_to(kit, from);
    session_map_bind_leg(kit->turn.sessions, kit->session, 99, SESSION_LEG_PARTY);
    const ChatLegRow *row = chat_leg_cell(from, on);
    chat_leg_fire(&kit->turn, kit->session, on, &cause);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, kit->counters.leg);
    g_auto(GStrv) parts = g_strsplit(SAID[row->does], "*", -1);
    g_autofree char *said = g_strjoinv(number, parts);
    kit_expect(kit, said);
    ck_assert_int_eq(kit->session->chat_leg.state, row->to);
    ck_assert_uint_eq(kit->session->chat_leg.number, number_after(row, kit->counters.leg));
    ck_assert_uint_eq(kit->counters.surprises, row->kind == CHAT_LEG_SURPRISES);
}

START_TEST(chat_leg_every_cell_moves_and_speaks_as_its_row)
{
    for (int from = 0; from < CHAT_LEG_STATE_COUNT; from++)
        for (int on = 0; on < CHAT_LEG_EVENT_COUNT; on++)
            cell_carried_out((ChatLegState)from, (ChatLegEvent)on);
}
END_TEST

START_TEST(chat_leg_answers_an_offer_instead_of_asking)
{
    g_autoptr(Kit) kit = kit_new();
    kit->session->chat_leg.offer = 5;
    chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_NEEDED, NULL);
    kit_expect(kit, "sip answer-leg leg=1 ref=5 from=juliet@xmpp.test");
    ck_assert_uint_eq(kit->session->chat_leg.offer, 0);
}
END_TEST

START_TEST(chat_leg_given_away_keeps_its_lines_on_their_way)
{
    g_autoptr(Kit) kit = kit_new();
    bring_to(kit, CHAT_LEG_UP);
    Line *line = kit_line(kit, "xmpp message body=One", LINE_PAIR_TOWARDS);
    journal_hand_over(&kit->turn, line, LINE_BY_LEG, kit->session->chat_leg.number);
    chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_WIDENED, NULL);
    ck_assert(line->in_flight);
    ck_assert_ptr_null(session_map_find_leg(kit->turn.sessions, 1, NULL));
}
END_TEST

START_TEST(chat_leg_lost_hands_its_lines_back_in_their_order)
{
    g_autoptr(Kit) kit = kit_new();
    bring_to(kit, CHAT_LEG_UP);
    for (int i = 0; i < 3; i++)
        journal_hand_over(&kit->turn, kit_line(kit, "xmpp message body=x", LINE_PAIR_TOWARDS),
                          LINE_BY_LEG, kit->session->chat_leg.number);
    kit_line(kit, "xmpp message body=y", LINE_PAIR_TOWARDS);
    chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_LEG_DOWN, NULL);
    ck_assert_uint_eq(kit->session->in_flight.length, 0);
    uint64_t row = 1;
    for (GList *at = kit->session->waiting.head; at != NULL; at = at->next)
        ck_assert_uint_eq(((Line *)at->data)->row, row++);
    ck_assert_uint_eq(row, 5);
}
END_TEST

START_TEST(chat_leg_runs_setup_while_opening_and_idle_while_up)
{
    g_autoptr(Kit) kit = kit_new();
    uint64_t *setup = &kit->session->timers[HOW_SETUP - HOW_PATIENCE];
    uint64_t *idle = &kit->session->timers[HOW_IDLE - HOW_PATIENCE];
    bring_to(kit, CHAT_LEG_OPENING);
    ck_assert(*setup != 0 && *idle == 0);
    chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_LEG_UP, NULL);
    ck_assert(*setup == 0 && *idle != 0);
    chat_leg_fire(&kit->turn, kit->session, CHAT_LEG_ON_ENDED, NULL);
    ck_assert(*setup == 0 && *idle == 0);
}
END_TEST

int main(void)
{
    return suite_run("chat_leg", (const TTest *const[]){
                                     chat_leg_table_is_that_of_the_vectors,
                                     chat_leg_table_is_that_of_the_document,
                                     chat_leg_every_cell_moves_and_speaks_as_its_row,
                                     chat_leg_answers_an_offer_instead_of_asking,
                                     chat_leg_given_away_keeps_its_lines_on_their_way,
                                     chat_leg_lost_hands_its_lines_back_in_their_order,
                                     chat_leg_runs_setup_while_opening_and_idle_while_up, NULL});
}
