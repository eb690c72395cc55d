// SPDX-License-Identifier: MIT
// One ring per conversation, the conversations in the order of their last use.
#include "gateway/ladder.h"

#include "mapping/notation.h"

// LIMIT: steps kept over all conversations (about 400 octets each); the conversation that was silent
// longest is forgotten first.
#define STEPS_MAX 20000

typedef struct {
    bool is_command;
    int kind; // EventKind or CommandKind
    Side side;
    int64_t at_ms;
    Fields f; // owned; what fields_copy_shown() leaves
} Step;

typedef struct {
    uint64_t session;
    GQueue steps; // owned Step *
    GList *use;   // borrowed: its link in Ladder.used
} Conversation;

struct Ladder {
    guint lines;
    guint count;          // steps over all conversations
    GHashTable *sessions; // owned: &session => Conversation *
    GQueue used;          // borrowed Conversation *, longest silent first
};

static void step_free(gpointer data)
{
    Step *step = data;
    fields_clear(&step->f);
    g_free(step);
}

static void conversation_free(gpointer data)
{
    Conversation *conversation = data;
    g_queue_clear_full(&conversation->steps, step_free);
    g_free(conversation);
}

Ladder *ladder_new(guint lines)
{
    Ladder *ladder = g_new0(Ladder, 1);
    ladder->lines = lines;
    ladder->sessions = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, conversation_free);
    g_queue_init(&ladder->used);
    return ladder;
}

void ladder_free(Ladder *ladder)
{
    if (ladder == NULL)
        return;
    g_queue_clear(&ladder->used);
    g_hash_table_unref(ladder->sessions);
    g_free(ladder);
}

static Conversation *conversation_get(Ladder *ladder, uint64_t session)
{
    Conversation *conversation = g_hash_table_lookup(ladder->sessions, &session);
    if (conversation == NULL) {
        conversation = g_new0(Conversation, 1);
        conversation->session = session;
        g_queue_init(&conversation->steps);
        g_hash_table_insert(ladder->sessions, &conversation->session, conversation);
        g_queue_push_tail(&ladder->used, conversation);
        conversation->use = ladder->used.tail;
    }
    g_queue_unlink(&ladder->used, conversation->use);
    g_queue_push_tail_link(&ladder->used, conversation->use);
    return conversation;
}

static void oldest_forget(Ladder *ladder)
{
    Conversation *oldest = g_queue_pop_head(&ladder->used);
    ladder->count -= oldest->steps.length;
    g_hash_table_remove(ladder->sessions, &oldest->session);
}

static Step *step_add(Ladder *ladder, uint64_t session, const Fields *fields)
{
    Conversation *conversation = conversation_get(ladder, session);
    Step *step = g_new0(Step, 1);
    fields_copy_shown(&step->f, fields);
    g_queue_push_tail(&conversation->steps, step);
    ladder->count++;
    if (conversation->steps.length > ladder->lines) {
        step_free(g_queue_pop_head(&conversation->steps));
        ladder->count--;
    }
    while (ladder->count > STEPS_MAX && ladder->used.length > 1)
        oldest_forget(ladder);
    return step;
}

void ladder_note_event(Ladder *ladder, uint64_t session, const Event *event)
{
    if (session == 0 || ladder->lines == 0)
        return;
    Step *step = step_add(ladder, session, &event->f);
    step->kind = (int)event->kind;
    step->side = event->side;
    step->at_ms = event->at_ms;
}

void ladder_note_command(Ladder *ladder, const Command *command, int64_t at_ms)
{
    if (command->f.session == 0 || ladder->lines == 0)
        return;
    Step *step = step_add(ladder, command->f.session, &command->f);
    step->is_command = true;
    step->kind = (int)command->kind;
    step->side = command->side;
    step->at_ms = at_ms;
}

static void step_print(const Step *step, GString *into)
{
    if (step->is_command) {
        Command command = {(CommandKind)step->kind, step->side, step->f};
        g_string_append(into, "< ");
        notation_print_command(&command, false, into);
    } else {
        Event event = {(EventKind)step->kind, step->side, step->at_ms, step->f};
        g_string_append(into, "> ");
        notation_print_event(&event, false, into);
    }
    g_string_append_c(into, '\n');
}

static void conversation_print(const Conversation *conversation, GString *into)
{
    int64_t at_ms = 0;
    g_string_append_printf(into, "# session=%" G_GUINT64_FORMAT "\n", conversation->session);
    for (const GList *link = conversation->steps.head; link != NULL; link = link->next) {
        const Step *step = link->data;
        if (at_ms != 0 && step->at_ms > at_ms)
            g_string_append_printf(into, "advance %" G_GINT64_FORMAT "\n", step->at_ms - at_ms);
        at_ms = MAX(at_ms, step->at_ms);
        step_print(step, into);
    }
}

char *ladder_text(const Ladder *ladder, uint64_t session)
{
    GString *text = g_string_new(NULL);
    for (const GList *link = ladder->used.head; link != NULL; link = link->next) {
        const Conversation *conversation = link->data;
        if (session == 0 || session == conversation->session)
            conversation_print(conversation, text);
    }
    return g_string_free(text, FALSE);
}
