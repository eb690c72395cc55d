// SPDX-License-Identifier: MIT
// What lists leave behind; see list_history.h.
#include "sip/list_history.h"

// LIMIT: lists that wait for calls.
#define LISTS_MAX 100
// After that a call is one of somebody else's wish: the calls of a list begin at once.
#define WAIT_MS 60000

struct ListHistory {
    GQueue lists; // of List (owned), the last one first
};

typedef struct {
    Address *room;     // shared
    GPtrArray *people; // owned, of Address; not called yet
    GBytes *history;   // shared
    int64_t noted_ms;
} List;

static void list_free(void *data)
{
    List *list = data;
    address_unref(list->room);
    g_ptr_array_unref(list->people);
    g_bytes_unref(list->history);
    g_free(list);
}

ListHistory *list_history_new(void)
{
    return g_new0(ListHistory, 1);
}

void list_history_free(ListHistory *self)
{
    if (self != NULL) {
        g_queue_clear_full(&self->lists, list_free);
        g_free(self);
    }
}

static void *ref(const void *address, void *data)
{
    return address_ref((Address *)address);
}

void list_history_note(ListHistory *self, const Address *room, const Invitees *list, int64_t now_ms)
{
    if (list->history == NULL) {
        return;
    }
    List *noted = g_new(List, 1);
    *noted = (List){.room = address_to_bare(room),
                    .people = g_ptr_array_copy(list->people, ref, NULL),
                    .history = g_bytes_ref(list->history),
                    .noted_ms = now_ms};
    g_queue_push_head(&self->lists, noted);
    if (self->lists.length > LISTS_MAX) {
        list_free(g_queue_pop_tail(&self->lists));
    }
}

static void forget_old(ListHistory *self, int64_t now_ms)
{
    const List *oldest;
    while ((oldest = g_queue_peek_tail(&self->lists)) != NULL &&
           now_ms - oldest->noted_ms > WAIT_MS) {
        list_free(g_queue_pop_tail(&self->lists));
    }
}

static bool strike_out(const List *list, const Address *who)
{
    for (guint i = 0; i < list->people->len; i++) {
        if (address_equal_bare(list->people->pdata[i], who)) {
            g_ptr_array_remove_index_fast(list->people, i);
            return true;
        }
    }
    return false;
}

GBytes *list_history_take(ListHistory *self, const Address *room, const Address *who,
                          int64_t now_ms)
{
    forget_old(self, now_ms);
    for (const GList *at = self->lists.head; at != NULL; at = at->next) {
        const List *list = at->data;
        if (address_equal_bare(list->room, room) && strike_out(list, who)) {
            return g_bytes_ref(list->history);
        }
    }
    return NULL;
}
