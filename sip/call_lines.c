// SPDX-License-Identifier: MIT
// Lines of one call on their way; see call_lines.h.
#include "sip/call_lines.h"

typedef struct {
    CallLine line;   // everything in it is owned
    uint64_t number; // in the order in which they came
    bool has_left;   // a session had it
    GList link;      // in `waiting` or `going`
} Entry;

struct CallLines {
    int64_t count_max, octets_max;
    GQueue waiting;           // of Entry (owned), by number
    GQueue going;             // of Entry (owned), in the order of going
    GHashTable *rows;         // owned; &Entry.line.row -> Entry in `going`
    size_t octets;            // that wait
    uint64_t last_number;
};

static Entry *entry_new(CallLines *lines, const CallLine *line)
{
    Entry *entry = g_new0(Entry, 1);
    entry->line = (CallLine){.row = line->row,
                             .id = g_strdup(line->id),
                             .content_type = g_strdup(line->content_type),
                             .inner_type = g_strdup(line->inner_type),
                             .lang = g_strdup(line->lang),
                             .body = g_bytes_ref(line->body),
                             .receipt = line->receipt,
                             .is_fleeting = line->is_fleeting};
    entry->number = ++lines->last_number;
    entry->link.data = entry;
    return entry;
}

static void entry_free(void *data)
{
    Entry *entry = data;
    g_free((char *)entry->line.id);
    g_free((char *)entry->line.content_type);
    g_free((char *)entry->line.inner_type);
    g_free((char *)entry->line.lang);
    g_bytes_unref(entry->line.body);
    g_free(entry);
}

static void queue_clear(GQueue *queue)
{
    while (queue->head != NULL) {
        entry_free(g_queue_pop_head_link(queue)->data);
    }
}

CallLines *call_lines_new(int64_t count_max, int64_t octets_max)
{
    CallLines *lines = g_new0(CallLines, 1);
    lines->count_max = count_max;
    lines->octets_max = octets_max;
    g_queue_init(&lines->waiting);
    g_queue_init(&lines->going);
    lines->rows = g_hash_table_new(g_int64_hash, g_int64_equal);
    return lines;
}

void call_lines_free(CallLines *lines)
{
    if (lines == NULL) {
        return;
    }
    g_hash_table_unref(lines->rows);
    queue_clear(&lines->waiting);
    queue_clear(&lines->going);
    g_free(lines);
}

static size_t octets_of(const CallLine *line)
{
    return g_bytes_get_size(line->body);
}

bool call_lines_hold(CallLines *lines, const CallLine *line)
{
    if (lines->waiting.length >= (guint)lines->count_max ||
        lines->octets + octets_of(line) > (size_t)lines->octets_max) {
        return false;
    }
    g_queue_push_tail_link(&lines->waiting, &entry_new(lines, line)->link);
    lines->octets += octets_of(line);
    return true;
}

static const CallLine *go(CallLines *lines, Entry *entry)
{
    g_queue_push_tail_link(&lines->going, &entry->link);
    if (entry->line.row != 0) {
        g_hash_table_insert(lines->rows, &entry->line.row, entry);
    }
    return &entry->line;
}

const CallLine *call_lines_go(CallLines *lines, const CallLine *line)
{
    return go(lines, entry_new(lines, line));
}

const CallLine *call_lines_next(CallLines *lines)
{
    GList *link = g_queue_pop_head_link(&lines->waiting);
    if (link == NULL) {
        return NULL;
    }
    Entry *entry = link->data;
    lines->octets -= octets_of(&entry->line);
    return go(lines, entry);
}

const CallLine *call_lines_any(CallLines *lines)
{
    const CallLine *waiting = call_lines_next(lines);
    const GList *going = lines->going.head;
    return waiting != NULL ? waiting : going != NULL ? &((const Entry *)going->data)->line : NULL;
}

static Entry *entry_of(const CallLine *line)
{
    return (Entry *)((char *)line - G_STRUCT_OFFSET(Entry, line));
}

void call_lines_name(CallLines *lines, const CallLine *line, const char *message_id)
{
    Entry *entry = entry_of(line);
    entry->has_left = true;
    if (g_strcmp0(entry->line.id, message_id) != 0) {
        g_free((char *)entry->line.id);
        entry->line.id = g_strdup(message_id);
    }
}

bool call_lines_has_left(const CallLine *line)
{
    return entry_of(line)->has_left;
}

static void leave(CallLines *lines, Entry *entry)
{
    g_queue_unlink(&lines->going, &entry->link);
    if (entry->line.row != 0) {
        g_hash_table_remove(lines->rows, &entry->line.row);
    }
}

void call_lines_forget(CallLines *lines, const CallLine *line)
{
    Entry *entry = entry_of(line);
    leave(lines, entry);
    entry_free(entry);
}

const CallLine *call_lines_find(const CallLines *lines, uint64_t row)
{
    const Entry *entry = g_hash_table_lookup(lines->rows, &row);
    return entry != NULL ? &entry->line : NULL;
}

// What is under way came before what waits, so its place is near the head.
bool call_lines_take_back(CallLines *lines, uint64_t row)
{
    Entry *entry = g_hash_table_lookup(lines->rows, &row);
    if (entry == NULL) {
        return false;
    }
    leave(lines, entry);
    GList *behind = lines->waiting.head;
    while (behind != NULL && ((const Entry *)behind->data)->number < entry->number) {
        behind = behind->next;
    }
    g_queue_insert_before_link(&lines->waiting, behind, &entry->link);
    lines->octets += octets_of(&entry->line);
    return true;
}
