// SPDX-License-Identifier: MIT
// The table of docs/escalation.md section 5, cell by cell, and the life of a Line.
#include "mapping/lines.h"

#include <string.h>

#include "mapping/session.h"

#define CELLS(...) {LINES_CELLS(__VA_ARGS__)}
#define LINES_CELLS(chat, inviting, entering, fetching, moving, conference)                        \
    [ESCALATION_CHAT] = LINE_SINK_##chat, [ESCALATION_INVITING] = LINE_SINK_##inviting,            \
    [ESCALATION_ENTERING] = LINE_SINK_##entering, [ESCALATION_FETCHING] = LINE_SINK_##fetching,    \
    [ESCALATION_MOVING] = LINE_SINK_##moving, [ESCALATION_CONFERENCE] = LINE_SINK_##conference

// clang-format off
static const LineSink PAIR_TOWARDS[CHAT_LEG_STATE_COUNT][ESCALATION_STATE_COUNT] = {
    //                   CHAT    INVITING ENTERING FETCHING MOVING CONFERENCE
    [CHAT_LEG_NONE]    = CELLS(OPEN, OPEN,    OPEN,    OPEN,    WAIT,  ASIDE),
    [CHAT_LEG_OPENING] = CELLS(WAIT, WAIT,    WAIT,    WAIT,    WAIT,  WAIT),
    [CHAT_LEG_UP]      = CELLS(LEG,  LEG,     LEG,     LEG,     WAIT,  LEG),
    [CHAT_LEG_LOST]    = CELLS(OPEN, WAIT,    WAIT,    WAIT,    WAIT,  ASIDE),
};

// For these the chat leg does not matter.
static const LineSink ANY_LEG[LINE_CLASS_COUNT][ESCALATION_STATE_COUNT] = {
    //                   CHAT      INVITING ENTERING FETCHING MOVING CONFERENCE
    [LINE_PAIR_FROM]    = CELLS(CHAT,   CHAT,   CHAT, CHAT, CHAT, CHAT),
    [LINE_ROOM_TOWARDS] = CELLS(REFUSE, REFUSE, WAIT, ROOM, WAIT, ROOM),
    [LINE_ROOM_FROM]    = CELLS(REFUSE, REFUSE, WAIT, ROOM, ROOM, ROOM),
};
// clang-format on

static const char *const CLASS_NAMES[] = {
#define CLASS_NAME(NAME, text) [LINE_##NAME] = text,
    LINES_CLASSES(CLASS_NAME)
};

static const char *const CARRIER_NAMES[] = {
#define CARRIER_NAME(NAME, text) [LINE_BY_##NAME] = text,
    LINES_CARRIERS(CARRIER_NAME)
};

static const char *const SINK_NAMES[] = {
#define SINK_NAME(NAME, text) [LINE_SINK_##NAME] = text,
    LINES_SINKS(SINK_NAME)
};

LineSink lines_sink(LineClass class, ChatLegState leg, EscalationState state)
{
    return class == LINE_PAIR_TOWARDS ? PAIR_TOWARDS[leg][state] : ANY_LEG[class][state];
}

static Line *line_new(LineClass class, Side to_side, int64_t at_ms)
{
    Line *line = g_new0(Line, 1);
    line->class = class;
    line->to_side = to_side;
    line->at_ms = at_ms;
    line->link.data = line;
    return line;
}

LineSink lines_stay_sink(StayState state)
{
    static const LineSink SINKS[STAY_STATE_COUNT] = {
        [STAY_OUT] = LINE_SINK_REFUSE,
        [STAY_ENTERING] = LINE_SINK_WAIT,
        [STAY_ANSWERING] = LINE_SINK_WAIT,
        [STAY_INSIDE] = LINE_SINK_ROOM,
        [STAY_AWAY] = LINE_SINK_WAIT,
    };
    return SINKS[state];
}

Line *lines_new(const Event *event, LineClass class)
{
    Line *line = line_new(class, side_other(event->side), event->at_ms);
    fields_copy(&line->f, &event->f);
    return line;
}

Line *lines_new_to_sip(Address *from, Address *to, int64_t at_ms)
{
    Line *line = line_new(LINE_PAIR_TOWARDS, SIDE_SIP, at_ms);
    fields_set_address(&line->f.from, from);
    fields_set_address(&line->f.to, to);
    return line;
}

void lines_free(Line *line)
{
    if (line == NULL)
        return;
    fields_clear(&line->f);
    g_free(line);
}

// SIP has a display name in every request: the XMPP user's holds until he gives another (EXT-10).
static const char *nick_of(const Line *line, Side side)
{
    bool is_kept = side == SIDE_SIP && line->f.nick == NULL && line->session != NULL;
    return is_kept ? line->session->x_nick : line->f.nick;
}

Command *lines_push_message(Turn *turn, const Line *line, Side side)
{
    const Fields *f = &line->f;
    Command *command = turn_push(turn, line->session, COMMAND_MESSAGE, side);
    command->f.row = line->row;
    command->f.receipt = f->receipt;
    command->f.markable = f->markable;
    fields_set_address(&command->f.from, f->from);
    fields_set_address(&command->f.to, f->to);
    fields_set_text(&command->f.id, f->id);
    fields_set_text(&command->f.thread, f->thread);
    fields_set_text(&command->f.subject, f->subject);
    fields_set_text(&command->f.lang, f->lang);
    fields_set_text(&command->f.body, f->body);
    fields_set_text(&command->f.stamp, f->stamp);
    fields_set_text(&command->f.nick, nick_of(line, side));
    fields_set_text(&command->f.url, f->url);
    fields_set_text(&command->f.file_name, f->file_name);
    fields_set_text(&command->f.file_type, f->file_type);
    command->f.file_size = f->file_size;
    command->f.hops = f->hops;
    return command;
}

size_t lines_octets(const Line *line)
{
    const char *const texts[] = {line->f.body, line->f.html, line->f.subject, line->f.bodies};
    size_t octets = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        octets += texts[i] != NULL ? strlen(texts[i]) : 0;
    return octets;
}

const char *lines_class_name(LineClass class)
{
    return CLASS_NAMES[class];
}

const char *lines_carrier_name(LineCarrier carrier)
{
    return CARRIER_NAMES[carrier];
}

const char *lines_sink_name(LineSink sink)
{
    return SINK_NAMES[sink];
}
