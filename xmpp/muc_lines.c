// SPDX-License-Identifier: MIT
// Our own lines on their way through a room; see the header.
#include "xmpp/muc_lines.h"

#include "xmpp/proof.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"

// LIMIT: lines of one occupant that wait for their echo.
enum { LINES_MAX = 1000 };
// LIMIT: ids of lines that have ended, so that a late echo is still known for ours.
enum { ENDED_MAX = 64 };

typedef struct {
    MucLines *lines; // borrowed
    uint64_t row;
    xmpp_stanza_t *stanza; // owned
    char *body;            // owned
    bool is_sent;
    bool was_refused; // once, because we were not inside
    Deadline *reflect;
    GList link; // its place
} Line;

struct MucLines {
    Wire *wire; // borrowed
    bool is_open;
    GQueue queue; // owned Line *, oldest first
    GQueue ended; // owned char * ids, oldest first
};

static const WireFate NO_ECHO = {FAILURE_REMOTE_SERVER_TIMEOUT, HOW_TIMEOUT,
                                 "the room does not answer", NULL};

MucLines *muc_lines_new(Wire *wire)
{
    MucLines *lines = g_new0(MucLines, 1);
    lines->wire = wire;
    return lines;
}

static void line_free(Line *line)
{
    deadlines_stop(&line->reflect);
    g_queue_unlink(&line->lines->queue, &line->link);
    stanza_free(line->stanza);
    g_free(line->body);
    g_free(line);
}

void muc_lines_free(MucLines *lines)
{
    if (lines == NULL)
        return;
    while (lines->queue.head != NULL)
        line_free(lines->queue.head->data);
    g_queue_clear_full(&lines->ended, g_free);
    g_free(lines);
}

static void line_end(Line *line, const WireFate *fate)
{
    MucLines *lines = line->lines;
    uint64_t row = line->row;
    g_queue_push_tail(&lines->ended, g_strdup(xmpp_stanza_get_id(line->stanza)));
    if (lines->ended.length > ENDED_MAX)
        g_free(g_queue_pop_head(&lines->ended));
    line_free(line);
    wire_delivered(lines->wire, row, fate);
}

static void on_no_echo(void *self)
{
    line_end(self, &NO_ECHO);
}

static void line_send(Line *line)
{
    switch (wire_send(line->lines->wire, xmpp_stanza_clone(line->stanza), WIRE_LINE)) {
    case WIRE_SENT: line->is_sent = true; break;
    case WIRE_DOWN: line_end(line, &proof_no_link); break;
    case WIRE_FULL:
        wire_counters(line->lines->wire)->queue_refused++;
        line_end(line, &proof_queue_full);
        break;
    }
}

void muc_lines_add(MucLines *lines, xmpp_stanza_t *owned, uint64_t row, const char *body)
{
    Line *line = g_new0(Line, 1);
    *line = (Line){.lines = lines, .row = row, .stanza = owned, .body = g_strdup(body)};
    line->link.data = line;
    g_queue_push_tail_link(&lines->queue, &line->link);
    if (lines->queue.length > LINES_MAX) {
        line_end(line, &proof_queue_full);
        return;
    }
    deadlines_start(wire_deadlines(lines->wire), &line->reflect,
                    wire_settings(lines->wire)->T_reflect, on_no_echo, line);
    if (lines->is_open)
        line_send(line);
}

void muc_lines_open(MucLines *lines)
{
    lines->is_open = true;
    for (GList *at = lines->queue.head, *next; at != NULL; at = next) {
        next = at->next;
        if (!((Line *)at->data)->is_sent)
            line_send(at->data);
    }
}

void muc_lines_close(MucLines *lines)
{
    lines->is_open = false;
}

static Line *find_id(MucLines *lines, const char *id)
{
    for (GList *at = lines->queue.head; id != NULL && at != NULL; at = at->next) {
        Line *line = at->data;
        if (line->is_sent && g_strcmp0(xmpp_stanza_get_id(line->stanza), id) == 0)
            return line;
    }
    return NULL;
}

static Line *find_body(MucLines *lines, const char *body)
{
    for (GList *at = lines->queue.head; body != NULL && at != NULL; at = at->next) {
        Line *line = at->data;
        if (line->is_sent && g_strcmp0(line->body, body) == 0)
            return line;
    }
    return NULL;
}

static bool has_ended(MucLines *lines, const char *id)
{
    return id != NULL && g_queue_find_custom(&lines->ended, id, (GCompareFunc)g_strcmp0) != NULL;
}

bool muc_lines_on_echo(MucLines *lines, const char *id, const char *body)
{
    Line *line = find_id(lines, id);
    if (line == NULL && has_ended(lines, id))
        return true;
    if (line == NULL)
        line = find_body(lines, body);
    if (line == NULL)
        return false;
    line_end(line, &(WireFate){0});
    return true;
}

bool muc_lines_is_ours(MucLines *lines, const char *id)
{
    return find_id(lines, id) != NULL || has_ended(lines, id);
}

MucLinesVerdict muc_lines_on_error(MucLines *lines, xmpp_stanza_t *stanza)
{
    Line *line = find_id(lines, stanza_attribute(stanza, "id", STANZA_ID_MAX));
    if (line == NULL)
        return MUC_LINES_UNKNOWN;
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    if (error.reason == FAILURE_NOT_ACCEPTABLE && !line->was_refused) {
        line->was_refused = true;
        line->is_sent = false;
        return MUC_LINES_OUTSIDERS;
    }
    WireFate fate = {error.reason, HOW_REFUSED, error.text, error.target};
    line_end(line, &fate);
    return MUC_LINES_SETTLED;
}

void muc_lines_end(MucLines *lines, const WireFate *fate)
{
    while (lines->queue.head != NULL)
        line_end(lines->queue.head->data, fate);
}
