// SPDX-License-Identifier: MIT
// One queue per target with something outstanding; it holds rows, the lines stay with their
// sessions.
#include "mapping/page.h"

#include "mapping/session_map.h"

typedef struct {
    uint64_t outstanding; // row that waits for its answer
    GQueue behind;        // owned uint64_t rows
} PageQueue;

struct PageQueues {
    GHashTable *by_target; // owned bare address -> owned PageQueue
};

static void queue_free(gpointer data)
{
    PageQueue *queue = data;
    g_queue_clear_full(&queue->behind, g_free);
    g_free(queue);
}

PageQueues *page_queues_new(void)
{
    PageQueues *pages = g_new0(PageQueues, 1);
    pages->by_target = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, queue_free);
    return pages;
}

void page_queues_free(PageQueues *pages)
{
    if (pages == NULL)
        return;
    g_hash_table_destroy(pages->by_target);
    g_free(pages);
}

void page_send(Turn *turn, Line *line)
{
    GHashTable *by_target = turn->pages->by_target;
    PageQueue *queue = g_hash_table_lookup(by_target, address_bare(line->f.to));
    if (queue == NULL) {
        queue = g_new0(PageQueue, 1);
        queue->outstanding = line->row;
        g_hash_table_insert(by_target, g_strdup(address_bare(line->f.to)), queue);
        journal_hand_over(turn, line, LINE_BY_PAGE, 0);
        lines_push_message(turn, line, SIDE_SIP);
    } else if (queue->behind.length < turn->settings->im_queue) {
        uint64_t *row = g_new(uint64_t, 1);
        *row = line->row;
        g_queue_push_tail(&queue->behind, row);
        journal_hand_over(turn, line, LINE_BY_PAGE, 0);
    } else {
        journal_fail(turn, line,
                     &(Refusal){.reason = FAILURE_RESOURCE_CONSTRAINT,
                                .text = "too many messages wait for this recipient"});
    }
}

// A row that was closed or taken back meanwhile is passed over.
static const Line *next_line(Turn *turn, PageQueue *queue)
{
    g_autofree uint64_t *row = NULL;
    while ((row = g_queue_pop_head(&queue->behind)) != NULL) {
        const Line *line = session_map_find_row(turn->sessions, *row);
        if (line != NULL && line->in_flight && line->carrier == LINE_BY_PAGE)
            return line;
        g_clear_pointer(&row, g_free);
    }
    return NULL;
}

void page_on_answer(Turn *turn, const Line *line)
{
    const char *target = address_bare(line->f.to);
    PageQueue *queue = g_hash_table_lookup(turn->pages->by_target, target);
    if (queue == NULL || queue->outstanding != line->row)
        return;
    const Line *next = next_line(turn, queue);
    if (next == NULL) {
        g_hash_table_remove(turn->pages->by_target, target);
        return;
    }
    queue->outstanding = next->row;
    lines_push_message(turn, next, SIDE_SIP);
}
