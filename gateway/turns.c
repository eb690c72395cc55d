// SPDX-License-Identifier: MIT
// The order of things inside a turn; nothing is decided here.
#include "gateway/turns.h"

#include "gateway/log.h"
#include "mapping/notation.h"

// LIMIT: events of one turn, so that one commit covers many and sockets are still read in between. A turn that
// ends a leg takes everything that waited when it began: a line of that leg may be among it, and once the leg is
// closed nobody can acknowledge it.
#define TURN_EVENTS 256
// What a sender is told while nothing can be stored (GEN-06).
#define STORE_RETRY_S 30

static void event_log(const Event *event, uint64_t session)
{
    if (!log_is_debug())
        return;
    GString *line = g_string_new(NULL);
    notation_print_event(event, false, line);
    g_debug("session=%" G_GUINT64_FORMAT " side=%s event %s", session, side_name(event->side),
            line->str);
    g_string_free(line, TRUE);
}

static void command_log(const Command *command)
{
    if (!log_is_debug())
        return;
    GString *line = g_string_new(NULL);
    notation_print_command(command, false, line);
    g_debug("session=%" G_GUINT64_FORMAT " side=%s command %s", command->f.session,
            side_name(command->side), line->str);
    g_string_free(line, TRUE);
}

// The commands of one event join the ladder right behind it, as they would in a scenario.
static void commands_note(const Turns *turns, const Outbox *outbox, guint from, int64_t at_ms)
{
    for (guint i = from; i < outbox->commands->len; i++) {
        const Command *command = g_ptr_array_index(outbox->commands, i);
        ladder_note_command(turns->ladder, command, at_ms);
        command_log(command);
    }
}

static bool has_leg_end(const Outbox *outbox, guint from)
{
    for (guint i = from; i < outbox->commands->len; i++) {
        const Command *command = g_ptr_array_index(outbox->commands, i);
        if (command->kind == COMMAND_CLOSE_LEG || command->kind == COMMAND_EXPEL)
            return true;
    }
    return false;
}

static void events_dispatch(const Turns *turns, Outbox *outbox)
{
    guint waiting = turn_queue_length(turns->queue);
    guint wanted = MIN(waiting, TURN_EVENTS);
    for (guint count = 0; count < wanted; count++) {
        g_autoptr(Event) event = turn_queue_pop(turns->queue);
        guint from = outbox->commands->len;
        uint64_t session = router_dispatch(turns->router, event, outbox);
        event_log(event, session);
        ladder_note_event(turns->ladder, session, event);
        commands_note(turns, outbox, from, event->at_ms);
        if (has_leg_end(outbox, from))
            wanted = waiting;
    }
}

// Whether other commands of the turn may run only when this one is committed. A row that was closed too late
// says "unknown" of a line that is done with, and what a peer takes can be learned again: neither is a
// condition of anything.
static bool is_condition(const Command *command)
{
    How how = command->f.how;
    return command->kind == COMMAND_STORE && how != HOW_ROW_CLOSE && how != HOW_PEER &&
           how != HOW_FORGET;
}

static bool store_execute_all(const Turns *turns, const Outbox *outbox)
{
    int64_t now_ms = g_get_real_time() / 1000;
    for (guint i = 0; i < outbox->commands->len; i++) {
        const Command *command = g_ptr_array_index(outbox->commands, i);
        if (command->kind == COMMAND_STORE &&
            !store_execute(turns->store, command, now_ms, NULL))
            return false;
    }
    return true;
}

static bool has_condition(const Outbox *outbox)
{
    for (guint i = 0; i < outbox->commands->len; i++)
        if (is_condition(g_ptr_array_index(outbox->commands, i)))
            return true;
    return false;
}

static void closings_keep(const Turns *turns, const Outbox *outbox)
{
    int64_t now_ms = g_get_real_time() / 1000;
    for (guint i = 0; i < outbox->commands->len; i++) {
        const Command *command = g_ptr_array_index(outbox->commands, i);
        if (command->kind == COMMAND_STORE && command->f.how == HOW_ROW_CLOSE)
            store_keep_closing(turns->store, command, now_ms);
    }
}

// False when the turn's lines may be neither handed over nor accepted.
static bool outbox_store(const Turns *turns, const Outbox *outbox)
{
    bool must_stand = has_condition(outbox);
    bool good = store_execute_all(turns, outbox);
    if (good && must_stand)
        good = store_commit(turns->store, NULL);
    else if (good)
        store_commit_soon(turns->store);
    if (!good)
        closings_keep(turns, outbox);
    return good || !must_stand;
}

static void command_execute(const Turns *turns, const Command *command)
{
    if (command->kind == COMMAND_STORE)
        return;
    if (command->kind == COMMAND_TIMER)
        timers_execute(turns->timers, command);
    else
        turns->ports[command->side].execute(turns->ports[command->side].self, command);
}

static void line_fail(const Turns *turns, const Command *command)
{
    Event *event = event_new(EVENT_DELIVERY, command->side);
    event->f.row = command->f.row;
    event->f.leg = command->f.leg;
    event->f.failure = FAILURE_INTERNAL_SERVER_ERROR;
    event->f.status = 503;
    event->f.retry_s = STORE_RETRY_S;
    EventSink sink = turn_queue_sink(turns->queue);
    sink.take(sink.self, event);
}

static void accept_refuse(const Turns *turns, const Command *command)
{
    g_autoptr(Command) refuse = command_new(COMMAND_REFUSE, command->side);
    refuse->f.ref = command->f.ref;
    refuse->f.failure = FAILURE_INTERNAL_SERVER_ERROR;
    refuse->f.status = 503;
    refuse->f.retry_s = STORE_RETRY_S;
    command_execute(turns, refuse);
}

// A turn that could not be stored: no line is handed over, nothing is acknowledged, the rest goes on.
static void command_withhold(const Turns *turns, const Command *command)
{
    bool is_line = command->kind == COMMAND_MESSAGE || command->kind == COMMAND_ROOM_MESSAGE;
    if (is_line && command->f.row != 0)
        line_fail(turns, command);
    else if (command->kind == COMMAND_ACCEPT)
        accept_refuse(turns, command);
    else
        command_execute(turns, command);
}

static void commands_run(const Turns *turns, const Outbox *outbox, bool stored, bool accepts)
{
    for (guint i = 0; i < outbox->commands->len; i++) {
        const Command *command = g_ptr_array_index(outbox->commands, i);
        if ((command->kind == COMMAND_ACCEPT) != accepts)
            continue;
        if (stored)
            command_execute(turns, command);
        else
            command_withhold(turns, command);
    }
}

// What was taken is acknowledged before all else: a CLOSE_LEG decided earlier in the same turn would leave the
// sender of a line that had come in by then without its answer.
void turns_run(const Turns *turns)
{
    g_autoptr(Outbox) outbox = outbox_new();
    events_dispatch(turns, outbox);
    bool stored = outbox_store(turns, outbox);
    commands_run(turns, outbox, stored, true);
    commands_run(turns, outbox, stored, false);
}
