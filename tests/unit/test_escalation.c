// SPDX-License-Identifier: MIT
// The table of the escalation machine against its two other spellings: the machine-readable one in
// tests/vectors and the one people read in docs/escalation.md; then every cell of it carried out.
#include "mapping/escalation.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/session.h"
#include "tests/support/stage.h"
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

static char *document(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("MUCSIP_SOURCE_ROOT"), "docs/escalation.md", NULL);
    char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

START_TEST(escalation_table_is_that_of_the_document)
{
    g_autofree char *text = document();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int cells = 0;
    for (char **line = lines; *line != NULL; line++)
        cells += document_line_check(*line);
    ck_assert_int_eq(cells, 90);
}
END_TEST

// ---- section 8: what table 7.4 reaches ----------------------------------------------------------

static const char LETTERS[] = {[ESCALATION_CHAT] = 'C',    [ESCALATION_INVITING] = 'I',
                               [ESCALATION_ENTERING] = 'E', [ESCALATION_FETCHING] = 'F',
                               [ESCALATION_MOVING] = 'M',   [ESCALATION_CONFERENCE] = 'K'};

static EscalationState state_of_letter(char letter)
{
    for (int i = 0; i < ESCALATION_STATE_COUNT; i++)
        if (LETTERS[i] == letter)
            return (EscalationState)i;
    ck_abort_msg("no state %c", letter);
    return ESCALATION_CHAT;
}

// "PARTY_OUT / HOME_OUT, M -> C": each event named is no surprise there, and goes where it says.
static int reached_check(const char *cell)
{
    g_autoptr(GRegex) move = g_regex_new("([CIEFMK]) -> ([CIEFMK])", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(move, cell, 0, &match))
        return 0;
    g_autofree char *from = g_match_info_fetch(match, 1), *to = g_match_info_fetch(match, 2);
    int reached = 0;
    g_auto(GStrv) words = g_strsplit_set(cell, " ,/", -1);
    for (char **word = words; *word != NULL; word++)
        for (int i = 0; i < ESCALATION_EVENT_COUNT; i++) {
            if (strcmp(*word, escalation_event_name((EscalationEvent)i)) != 0)
                continue;
            const EscalationRow *row =
                escalation_cell(state_of_letter(from[0]), (EscalationEvent)i);
            ck_assert_msg(row->kind == ESCALATION_MOVES, "%s is no move", cell);
            ck_assert_msg(row->to == state_of_letter(to[0]), "%s goes elsewhere", cell);
            reached++;
        }
    return reached;
}

START_TEST(escalation_is_surprised_by_nothing_that_table_7_4_reaches)
{
    g_autofree char *text = document();
    const char *from = strstr(text, "| **7.4 E1**"), *to = strstr(text, "| **7.5 E1A**");
    ck_assert(from != NULL && to != NULL);
    g_autofree char *part = g_strndup(from, (size_t)(to - from));
    g_auto(GStrv) lines = g_strsplit(part, "\n", -1);
    int reached = 0;
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, "|", -1);
        if (g_strv_length(cells) > 4)
            reached += reached_check(cells[3]);
    }
    ck_assert_int_eq(reached, 17);
}
END_TEST

// ---- every cell, carried out --------------------------------------------------------------------

#define INVITE(ref, room)                                                                          \
    "xmpp room-invite ref=" #ref " from=juliet@xmpp.test/balcony to=romeo@sip.test room=" room     \
    "@muc.xmpp.test thread=T1 continues=yes"
#define ASK(number, room)                                                                          \
    "sip invite-to-room leg=" number " from=juliet@xmpp.test/balcony to=romeo@sip.test room=" room \
    "@muc.xmpp.test thread=T1"
#define CHAT_LINE(id)                                                                              \
    "> xmpp message from=juliet@xmpp.test/balcony to=romeo@sip.test id=" id                        \
    " type=chat thread=T1 body=" id

// Each begins with a chat over leg $d0 and an earlier invitation that was given up and still rings.
static const char *const TO_CHAT[] = {
    CHAT_LINE("m1"), "< sip open-leg leg=$d0 ...", "> sip leg-up leg=$d0",
    "< sip message row=$r1 leg=$d0 ...", "> sip delivery row=$r1", "> " INVITE(6, "talk"),
    "< sip invite-to-room leg=$g ...", "+90000", "< sip withdraw-invite leg=$g",
    "< xmpp answer-invite ref=6 how=no ...", NULL};

static const char *const TO_INVITING[] = {"> " INVITE(7, "talk"), "< " ASK("$n1", "talk"), NULL};

// A line on its way on the chat leg keeps MOVING from being over at once.
static const char *const TO_ENTERING[] = {CHAT_LINE("m2"), "< sip message row=$r2 leg=$d0 ...",
                                          "> sip room-answer leg=$n1 how=yes private=yes",
                                          "< xmpp enter-room leg=$r ...", NULL};

#define OWN "sip room-roster leg=$n1 room=talk@muc.xmpp.test nick=romeo own=yes how=changed"
#define FORGOTTEN "sip room-roster room=talk@muc.xmpp.test how=forget"

static const char *const TO_MOVING[] = {
    "> xmpp room-roster leg=$r nick=juliet real=juliet@xmpp.test/balcony how=joined",
    "< sip room-roster room=talk@muc.xmpp.test nick=juliet real=juliet@xmpp.test/balcony how=joined",
    "> xmpp room-entry leg=$r nick=romeo", "< " OWN, "< sip admit leg=$n1",
    "< xmpp answer-invite ref=7 how=yes", NULL};

static const char *const TO_CONFERENCE[] = {"> sip delivery row=$r2", "< sip close-leg leg=$d0 ...",
                                            NULL};

#define FETCH                                                                                      \
    "sip room-invite ref=7 from=romeo@sip.test to=juliet@xmpp.test room=talk@muc.xmpp.test "       \
    "thread=T1"
#define AGAIN "sip room-invite ref=8 from=romeo@sip.test to=juliet@xmpp.test room=talk@muc.xmpp.test"
#define STRAY "sip room-answer leg=99 how=yes"

static void play(Stage *stage, const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        if (**lines == '>')
            stage_tell(stage, *lines + 2);
        else if (**lines == '<')
            stage_expect(stage, *lines + 2);
        else
            stage_advance(stage, strtol(*lines, NULL, 10));
    }
    stage_quiet(stage);
}

static Session *bring(Stage *stage, EscalationState state)
{
    static const char *const *const WAY[] = {TO_CHAT, TO_INVITING, TO_ENTERING, TO_MOVING,
                                             TO_CONFERENCE};
    static const EscalationState REACHED[] = {ESCALATION_CHAT, ESCALATION_INVITING,
                                              ESCALATION_ENTERING, ESCALATION_MOVING,
                                              ESCALATION_CONFERENCE};
    play(stage, TO_CHAT);
    Session *session = stage_session(stage);
    for (size_t i = 1; state != ESCALATION_FETCHING && REACHED[i - 1] != state; i++)
        play(stage, WAY[i]);
    if (state == ESCALATION_FETCHING) {
        stage_fire(stage, session, ESCALATION_ON_PARTY_INVITES, FETCH);
        stage_expect(stage, "xmpp invite-to-room leg=$a ...");
    }
    stage_quiet(stage);
    ck_assert_int_eq(escalation_state(session), state);
    return session;
}

// What is done in a cell, and what it says. `happens` is told as an event of E1 ("> ..."), lets time
// pass ("+ms", after a link was lost: "link"), or is the cause with which the event is fired: no
// event of E1 leads there. `then` is the state after, `says` the commands, a line each.
typedef struct {
    EscalationState from;
    EscalationEvent on;
    const char *happens;
    EscalationState then;
    const char *says;
} Cell;

#define CELL(from, on, happens, then, says)                                                        \
    {ESCALATION_##from, ESCALATION_ON_##on, happens, ESCALATION_##then, says},
#define TRAP(state, on) CELL(state, on, STRAY, state, "!")

// clang-format off
static const Cell CELLS[] = {
    CELL(CHAT, HOME_INVITES, "> " INVITE(8, "talk"), INVITING, ASK("*", "talk"))
    CELL(CHAT, PARTY_INVITES, AGAIN, FETCHING,
         "xmpp invite-to-room leg=* from=romeo@sip.test to=juliet@xmpp.test room=talk@muc.xmpp.test")
    TRAP(CHAT, RIVAL_INVITES)
    CELL(CHAT, CALLED_OFF, STRAY, CHAT, "")
    TRAP(CHAT, PATIENCE_OVER)
    TRAP(CHAT, PARTY_IN)
    TRAP(CHAT, PARTY_COMES)
    TRAP(CHAT, PARTY_OUT)
    TRAP(CHAT, HOME_IN)
    TRAP(CHAT, HOME_OUT)
    TRAP(CHAT, CHAT_DRAINED)
    CELL(CHAT, CHAT_WIDENS, AGAIN, CONFERENCE,
         "sip invite-to-room leg=* from=romeo@sip.test to=romeo@sip.test room=talk@muc.xmpp.test\n"
         "sip answer-invite ref=8 how=yes")
    TRAP(CHAT, CHAT_NARROWS)
    CELL(CHAT, LATE_IN, "> sip room-answer leg=$g how=yes", CHAT, "sip close-leg leg=$g")
    CELL(CHAT, RESTARTED, STRAY, CHAT, "")

    CELL(INVITING, HOME_INVITES, "> " INVITE(8, "talk"), INVITING, "")
    TRAP(INVITING, PARTY_INVITES)
    CELL(INVITING, RIVAL_INVITES, "> " INVITE(8, "other"), INVITING,
         "xmpp answer-invite ref=8 how=no failure=unexpected-request status=491 ...")
    CELL(INVITING, CALLED_OFF, STRAY, CHAT,
         "sip withdraw-invite leg=$n1\n"
         "xmpp answer-invite ref=7 how=no")
    CELL(INVITING, PATIENCE_OVER, "+90000", CHAT,
         "sip withdraw-invite leg=$n1\n"
         "xmpp answer-invite ref=7 how=no failure=remote-server-timeout status=408 ...")
    CELL(INVITING, PARTY_IN, "> sip room-answer leg=$n1 how=yes", ENTERING,
         "xmpp enter-room leg=* room=talk@muc.xmpp.test from=romeo@sip.test nick=romeo continues=yes")
    CELL(INVITING, PARTY_COMES, "sip leg-offered ref=9", ENTERING,
         "sip withdraw-invite leg=$n1\n"
         "sip answer-leg ref=9 leg=*\n"
         "xmpp enter-room leg=* room=talk@muc.xmpp.test from=romeo@sip.test nick=romeo continues=yes")
    CELL(INVITING, PARTY_OUT, "> sip room-answer leg=$n1 how=no status=603", CHAT,
         "xmpp answer-invite ref=7 how=no status=603 ...")
    TRAP(INVITING, HOME_IN)
    CELL(INVITING, HOME_OUT, "link", CHAT,
         "sip withdraw-invite leg=$n1\n"
         "xmpp answer-invite ref=7 how=no failure=remote-server-timeout status=503 ...")
    TRAP(INVITING, CHAT_DRAINED)
    TRAP(INVITING, CHAT_WIDENS)
    TRAP(INVITING, CHAT_NARROWS)
    CELL(INVITING, LATE_IN, "> sip room-answer leg=$g how=yes", INVITING, "sip close-leg leg=$g")
    CELL(INVITING, RESTARTED, STRAY, CHAT,
         "sip withdraw-invite leg=$n1\n"
         "xmpp answer-invite ref=7 how=no")

    CELL(ENTERING, HOME_INVITES, "> " INVITE(8, "talk"), ENTERING, "")
    CELL(ENTERING, PARTY_INVITES, AGAIN, ENTERING, "")
    CELL(ENTERING, RIVAL_INVITES, "> " INVITE(8, "other"), ENTERING,
         "xmpp answer-invite ref=8 how=no failure=unexpected-request status=491 ...")
    CELL(ENTERING, CALLED_OFF, STRAY, CHAT,
         "xmpp leave-room leg=$r\n"
         "sip close-leg leg=$n1\n"
         "xmpp answer-invite ref=7 how=no")
    CELL(ENTERING, PATIENCE_OVER, "+31000", CHAT,
         "xmpp leave-room leg=$r failure=remote-server-timeout status=408 ...\n"
         "sip close-leg leg=$n1 failure=remote-server-timeout status=408 ...\n"
         "xmpp answer-invite ref=7 how=no failure=remote-server-timeout status=408 ...")
    TRAP(ENTERING, PARTY_IN)
    CELL(ENTERING, PARTY_COMES, "sip leg-offered leg=99", ENTERING, "sip close-leg leg=99")
    CELL(ENTERING, PARTY_OUT, "> sip room-exit leg=$n1 how=left", CHAT,
         "xmpp leave-room leg=$r\n"
         "xmpp answer-invite ref=7 how=no text=left")
    CELL(ENTERING, HOME_IN, "> xmpp room-entry leg=$r nick=romeo", MOVING,
         OWN "\n"
         "sip admit leg=$n1\n"
         "xmpp answer-invite ref=7 how=yes")
    CELL(ENTERING, HOME_OUT, "> xmpp room-exit leg=$r how=refused failure=forbidden text=no", CHAT,
         "sip close-leg leg=$n1 failure=forbidden status=403 text=no\n"
         "xmpp answer-invite ref=7 how=no failure=forbidden status=403 text=no")
    TRAP(ENTERING, CHAT_DRAINED)
    TRAP(ENTERING, CHAT_WIDENS)
    TRAP(ENTERING, CHAT_NARROWS)
    CELL(ENTERING, LATE_IN, "> sip room-answer leg=$g how=yes", ENTERING, "sip close-leg leg=$g")
    CELL(ENTERING, RESTARTED, STRAY, CHAT,
         "xmpp leave-room leg=$r\n"
         "sip close-leg leg=$n1\n"
         "xmpp answer-invite ref=7 how=no")

    CELL(FETCHING, HOME_INVITES, INVITE(8, "talk"), FETCHING, "")
    CELL(FETCHING, PARTY_INVITES, AGAIN, FETCHING, "")
    CELL(FETCHING, RIVAL_INVITES, INVITE(8, "other"), FETCHING,
         "xmpp answer-invite ref=8 how=no failure=unexpected-request status=491 ...")
    CELL(FETCHING, CALLED_OFF, STRAY, CHAT,
         "xmpp withdraw-invite leg=$a\n"
         "sip answer-invite ref=7 how=no")
    CELL(FETCHING, PATIENCE_OVER, "+90000", CHAT,
         "xmpp withdraw-invite leg=$a\n"
         "sip answer-invite ref=7 how=no failure=remote-server-timeout status=408")
    TRAP(FETCHING, PARTY_IN)
    TRAP(FETCHING, PARTY_COMES)
    CELL(FETCHING, PARTY_OUT, STRAY, CHAT,
         "xmpp withdraw-invite leg=$a\n"
         "sip answer-invite ref=7 how=no")
    CELL(FETCHING, HOME_IN, "> xmpp room-answer leg=$a how=yes", CONFERENCE,
         "sip answer-invite ref=7 how=yes\n"
         "sip close-leg leg=$d0 status=200 text=\"moved to conference\"")
    CELL(FETCHING, HOME_OUT, "> xmpp room-answer leg=$a how=no failure=forbidden", CHAT,
         "sip answer-invite ref=7 how=no failure=forbidden")
    TRAP(FETCHING, CHAT_DRAINED)
    TRAP(FETCHING, CHAT_WIDENS)
    TRAP(FETCHING, CHAT_NARROWS)
    CELL(FETCHING, LATE_IN, "> sip room-answer leg=$g how=yes", FETCHING, "sip close-leg leg=$g")
    CELL(FETCHING, RESTARTED, STRAY, CHAT,
         "xmpp withdraw-invite leg=$a\n"
         "sip answer-invite ref=7 how=no")

    CELL(MOVING, HOME_INVITES, "> " INVITE(8, "talk"), MOVING, "xmpp answer-invite ref=8 how=yes")
    CELL(MOVING, PARTY_INVITES, AGAIN, MOVING, "sip answer-invite ref=8 how=yes")
    CELL(MOVING, RIVAL_INVITES, "> " INVITE(8, "other"), MOVING, ASK("*", "other"))
    CELL(MOVING, CALLED_OFF, STRAY, MOVING, "")
    CELL(MOVING, PATIENCE_OVER, "+5000", CONFERENCE,
         "sip close-leg leg=$d0 status=200 text=\"moved to conference\"\n"
         "sip room-message leg=$n1 row=$r2 nick=juliet id=m2 body=m2 private=yes")
    TRAP(MOVING, PARTY_IN)
    TRAP(MOVING, PARTY_COMES)
    CELL(MOVING, PARTY_OUT, "> sip room-exit leg=$n1 how=left", CHAT, "xmpp leave-room leg=$r\n" FORGOTTEN)
    TRAP(MOVING, HOME_IN)
    CELL(MOVING, HOME_OUT, "> xmpp room-exit leg=$r how=kicked", CHAT,
         "sip expel leg=$n1 how=kicked status=480\n" FORGOTTEN)
    CELL(MOVING, CHAT_DRAINED, "> sip delivery row=$r2", CONFERENCE,
         "sip close-leg leg=$d0 status=200 text=\"moved to conference\"")
    TRAP(MOVING, CHAT_WIDENS)
    TRAP(MOVING, CHAT_NARROWS)
    CELL(MOVING, LATE_IN, "> sip room-answer leg=$g how=yes", MOVING, "sip close-leg leg=$g")
    CELL(MOVING, RESTARTED, STRAY, MOVING,
         "sip open-leg leg=$n1 how=renew\n"
         "xmpp open-leg leg=$r how=renew")

    CELL(CONFERENCE, HOME_INVITES, "> " INVITE(8, "talk"), CONFERENCE,
         "xmpp answer-invite ref=8 how=yes")
    CELL(CONFERENCE, PARTY_INVITES, AGAIN, CONFERENCE, "sip answer-invite ref=8 how=yes")
    CELL(CONFERENCE, RIVAL_INVITES, "> " INVITE(8, "other"), CONFERENCE, ASK("*", "other"))
    CELL(CONFERENCE, CALLED_OFF, STRAY, CONFERENCE, "")
    TRAP(CONFERENCE, PATIENCE_OVER)
    CELL(CONFERENCE, PARTY_IN, STRAY, CONFERENCE,
         OWN "\n"
         "sip admit leg=$n1")
    TRAP(CONFERENCE, PARTY_COMES)
    CELL(CONFERENCE, PARTY_OUT, "> sip room-exit leg=$n1 how=left", CHAT, "xmpp leave-room leg=$r\n" FORGOTTEN)
    TRAP(CONFERENCE, HOME_IN)
    CELL(CONFERENCE, HOME_OUT, "> xmpp room-exit leg=$r how=kicked", CHAT,
         "sip expel leg=$n1 how=kicked status=480\n" FORGOTTEN)
    TRAP(CONFERENCE, CHAT_DRAINED)
    TRAP(CONFERENCE, CHAT_WIDENS)
    CELL(CONFERENCE, CHAT_NARROWS, STRAY, CHAT, "sip expel leg=$n1 how=yes\n" FORGOTTEN)
    CELL(CONFERENCE, LATE_IN, "> sip room-answer leg=$g how=yes", CONFERENCE,
         "sip close-leg leg=$g")
    CELL(CONFERENCE, RESTARTED, STRAY, CONFERENCE,
         "sip open-leg leg=$n1 how=renew\n"
         "xmpp open-leg leg=$r how=renew")
};
// clang-format on

static void cell_happen(Stage *stage, Session *session, const Cell *cell)
{
    if (cell->happens[0] == '>') {
        stage_tell(stage, cell->happens + 2);
    } else if (cell->happens[0] == '+') {
        stage_advance(stage, strtol(cell->happens, NULL, 10));
    } else if (strcmp(cell->happens, "link") == 0) {
        stage_tell(stage, "xmpp link how=down from=sip.test");
        stage_advance(stage, stage_settings(stage)->xmpp_hold);
    } else {
        stage_fire(stage, session, cell->on, cell->happens);
    }
}

static void cell_check(const Cell *cell)
{
    g_autoptr(Stage) stage = stage_new();
    Session *session = bring(stage, cell->from);
    bool is_trap = strcmp(cell->says, "!") == 0;
    uint64_t surprises = router_counters(stage_router(stage))->surprises;
    cell_happen(stage, session, cell);
    g_auto(GStrv) says = g_strsplit(is_trap ? "" : cell->says, "\n", -1);
    for (char **line = says; *line != NULL; line++)
        if (**line != '\0')
            stage_expect(stage, *line);
    stage_quiet(stage);
    ck_assert_msg(escalation_state(session) == cell->then, "%s on %s ends in %s",
                  escalation_state_name(cell->from), escalation_event_name(cell->on),
                  escalation_state_name(escalation_state(session)));
    ck_assert_uint_eq(router_counters(stage_router(stage))->surprises - surprises, is_trap);
}

/* ESC-001 ESC-007 ESC-008 */
START_TEST(escalation_does_in_every_cell_what_the_table_says)
{
    bool is_covered[ESCALATION_STATE_COUNT][ESCALATION_EVENT_COUNT] = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(CELLS); i++) {
        ck_assert(!is_covered[CELLS[i].from][CELLS[i].on]);
        is_covered[CELLS[i].from][CELLS[i].on] = true;
        cell_check(&CELLS[i]);
    }
    ck_assert_uint_eq(G_N_ELEMENTS(CELLS), ESCALATION_STATE_COUNT * ESCALATION_EVENT_COUNT);
}
END_TEST

START_TEST(escalation_counts_answers_that_come_when_nobody_waits)
{
    g_autoptr(Stage) stage = stage_new();
    bring(stage, ESCALATION_CONFERENCE);
    const TurnCounters *counters = router_counters(stage_router(stage));
    uint64_t late = counters->late;
    stage_tell(stage, "sip room-answer leg=$n1 how=yes");
    ck_assert_uint_eq(counters->late, late + 1);
    stage_tell(stage, "sip room-answer leg=$g how=no status=487");
    ck_assert_uint_eq(counters->late, late + 2);
    stage_tell(stage, "sip room-answer leg=$g how=yes");
    ck_assert_uint_eq(counters->late, late + 3);
    stage_quiet(stage);
}
END_TEST

// Only the rooms that the store gives back, and nothing else that it does.
START_TEST(escalation_forgets_the_rooms_of_an_earlier_run)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp restored how=room-bind leg=12 room=talk@muc.xmpp.test");
    stage_expect(stage, "xmpp store how=room-unbind leg=12");
    stage_tell(stage, "xmpp restored how=peer to=romeo@sip.test lacks=cpim ms=5");
    g_autofree char *why = stage_try_expect(stage, "xmpp store ...");
    ck_assert_ptr_nonnull(why);
    stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        escalation_table_is_that_of_the_vectors,
        escalation_table_is_that_of_the_document,
        escalation_is_surprised_by_nothing_that_table_7_4_reaches,
        escalation_does_in_every_cell_what_the_table_says,
        escalation_counts_answers_that_come_when_nobody_waits,
        escalation_forgets_the_rooms_of_an_earlier_run,
        NULL,
    };
    return suite_run("escalation", TESTS);
}
