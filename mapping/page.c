// SPDX-License-Identifier: MIT
// One queue per target with something outstanding. Of lines it holds rows, they stay with their
// sessions; orders that are no lines are its own.
#include "mapping/page.h"

#include "mapping/page_party.h"
#include "mapping/session_map.h"

// LIMIT: what must be told to one target and finds its queue full: so many beyond `im_queue`.
#define PAGE_OWED_MAX 1000

// Something that waits for its turn.
typedef struct {
    uint64_t row;
    Command *notice; // owned; NULL: the line of that row
} PageItem;

typedef struct {
    uint64_t outstanding; // row that waits for its answer
    GQueue behind;        // owned PageItem
} PageQueue;

// A notice that waits for its answer.
typedef struct {
    uint64_t row;
    uint64_t session;
    CommandKind kind;
    char *target; // owned; bare address
} PageNotice;

struct PageQueues {
    GHashTable *by_target; // owned bare address -> owned PageQueue
    GHashTable *notices;   // &PageNotice.row -> owned PageNotice; of those outstanding
};

static void item_free(gpointer data)
{
    PageItem *item = data;
    command_free(item->notice);
    g_free(item);
}

static void queue_free(gpointer data)
{
    PageQueue *queue = data;
    g_queue_clear_full(&queue->behind, item_free);
    g_free(queue);
}

static void notice_free(gpointer data)
{
    PageNotice *notice = data;
    g_free(notice->target);
    g_free(notice);
}

PageQueues *page_queues_new(void)
{
    PageQueues *pages = g_new0(PageQueues, 1);
    pages->by_target = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, queue_free);
    pages->notices = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, notice_free);
    return pages;
}

void page_queues_free(PageQueues *pages)
{
    if (pages == NULL)
        return;
    g_hash_table_destroy(pages->by_target);
    g_hash_table_destroy(pages->notices);
    g_free(pages);
}

static void open_queue(Turn *turn, const Address *to, uint64_t row)
{
    PageQueue *queue = g_new0(PageQueue, 1);
    queue->outstanding = row;
    g_hash_table_insert(turn->pages->by_target, g_strdup(address_bare(to)), queue);
}

// Whether nothing else tells that something was not delivered: neither may be lost in the crowd.
static bool is_owed_line(const Line *line)
{
    return line->f.own;
}

static bool is_owed_notice(const Command *notice)
{
    return notice->kind == COMMAND_RECEIPT && notice->f.how == HOW_REFUSED;
}

static bool has_room(const Turn *turn, const PageQueue *queue, bool is_owed)
{
    int64_t most = turn->settings->im_queue + (is_owed ? PAGE_OWED_MAX : 0);
    return queue->behind.length < most;
}

static void wait_behind(PageQueue *queue, uint64_t row, Command *notice)
{
    PageItem *item = g_new(PageItem, 1);
    *item = (PageItem){row, notice};
    g_queue_push_tail(&queue->behind, item);
}

// An envelope costs octets: it goes round what it carries better than a header does, for one the name of who
// speaks in a room.
static bool gains_by_envelope(const Line *line)
{
    return line->f.receipt || line->f.markable || line->f.stamp != NULL ||
           line->class == LINE_ROOM_TOWARDS;
}

// The text names the file all the same.
static void leave_out_file(Fields *fields)
{
    fields_set_text(&fields->url, NULL);
    fields_set_text(&fields->file_name, NULL);
    fields_set_text(&fields->file_type, NULL);
    fields->file_size = 0;
}

static Command *push_page(Turn *turn, const Line *line)
{
    Command *command = lines_push_message(turn, line, SIDE_SIP);
    command->f.any_size = peer_memory_is_congestion_safe(turn->peers, line->f.to,
                                                         turn->settings->congestion_safe);
    return command;
}

static void push(Turn *turn, const Line *line)
{
    Command *command = push_page(turn, line);
    const Address *to = line->f.to;
    if (!peer_memory_takes(turn->peers, to, PEER_MEMORY_FT_HTTP, turn->now_ms))
        leave_out_file(&command->f);
    command->f.wrapped = gains_by_envelope(line) &&
                         peer_memory_takes(turn->peers, to, PEER_MEMORY_CPIM, turn->now_ms);
    if (peer_memory_takes(turn->peers, to, PEER_MEMORY_MULTIPART, turn->now_ms))
        fields_set_text(&command->f.bodies, line->f.bodies);
    if (turn->settings->send_html &&
        peer_memory_takes(turn->peers, to, PEER_MEMORY_HTML, turn->now_ms) &&
        !peer_memory_lacks(turn->peers, to, PEER_MEMORY_MULTIPART, turn->now_ms))
        fields_set_text(&command->f.html, line->f.html);
    page_party_dress(line, command);
}

void page_send_plainly(Turn *turn, const Line *line)
{
    Command *command = push_page(turn, line);
    leave_out_file(&command->f);
    page_party_dress(line, command);
}

void page_send(Turn *turn, Line *line)
{
    PageQueue *queue = g_hash_table_lookup(turn->pages->by_target, address_bare(line->f.to));
    if (queue == NULL) {
        open_queue(turn, line->f.to, line->row);
        journal_hand_over(turn, line, LINE_BY_PAGE, 0);
        push(turn, line);
    } else if (has_room(turn, queue, is_owed_line(line))) {
        wait_behind(queue, line->row, NULL);
        journal_queue_up(turn, line);
    } else {
        journal_fail(turn, line,
                     &(Refusal){.reason = FAILURE_RESOURCE_CONSTRAINT,
                                .text = "too many messages wait for this recipient"});
    }
}

static void notice_send(Turn *turn, Command *owned)
{
    PageNotice *notice = g_new(PageNotice, 1);
    *notice = (PageNotice){.row = owned->f.row,
                           .session = owned->f.session,
                           .kind = owned->kind,
                           .target = g_strdup(address_bare(owned->f.to))};
    g_hash_table_insert(turn->pages->notices, &notice->row, notice);
    outbox_add(turn->outbox, owned);
}

void page_send_notice(Turn *turn, Command *owned)
{
    PageQueue *queue = g_hash_table_lookup(turn->pages->by_target, address_bare(owned->f.to));
    owned->f.row = turn_next_row(turn);
    if (queue == NULL) {
        open_queue(turn, owned->f.to, owned->f.row);
        notice_send(turn, owned);
    } else if (has_room(turn, queue, is_owed_notice(owned))) {
        wait_behind(queue, owned->f.row, owned);
    } else {
        command_free(owned);
    }
}

// Sends the next one. A line that was closed or taken back meanwhile is passed over.
static bool send_next(Turn *turn, PageQueue *queue)
{
    PageItem *item;
    bool is_sent = false;
    while (!is_sent && (item = g_queue_pop_head(&queue->behind)) != NULL) {
        const Line *line = session_map_find_row(turn->sessions, item->row);
        queue->outstanding = item->row;
        if (item->notice != NULL) {
            notice_send(turn, g_steal_pointer(&item->notice));
            is_sent = true;
        } else if (line != NULL && line->in_flight && line->carrier == LINE_BY_PAGE) {
            journal_depart(turn, line);
            push(turn, line);
            is_sent = true;
        }
        item_free(item);
    }
    return is_sent;
}

static void on_answer(Turn *turn, const char *target, uint64_t row)
{
    PageQueue *queue = g_hash_table_lookup(turn->pages->by_target, target);
    if (queue != NULL && queue->outstanding == row && !send_next(turn, queue))
        g_hash_table_remove(turn->pages->by_target, target);
}

void page_on_answer(Turn *turn, const Line *line)
{
    on_answer(turn, address_bare(line->f.to), line->row);
}

bool page_on_notice_answer(Turn *turn, const Event *delivery)
{
    const PageNotice *notice = g_hash_table_lookup(turn->pages->notices, &delivery->f.row);
    if (notice == NULL)
        return false;
    g_autofree char *target = g_strdup(notice->target);
    g_hash_table_remove(turn->pages->notices, &delivery->f.row);
    on_answer(turn, target, delivery->f.row);
    return true;
}

uint64_t page_notice_session(const Turn *turn, CommandKind kind, uint64_t row)
{
    const PageNotice *notice = g_hash_table_lookup(turn->pages->notices, &row);
    return notice != NULL && notice->kind == kind ? notice->session : 0;
}

static bool is_notice_of(const PageItem *item, CommandKind kind, const Session *session)
{
    return item->notice != NULL && item->notice->kind == kind &&
           item->notice->f.session == session->id;
}

// An item without notice and without line is passed over when it is its turn.
bool page_drop_notice(Turn *turn, CommandKind kind, const Session *session)
{
    const PageQueue *queue =
        g_hash_table_lookup(turn->pages->by_target, address_bare(session->s));
    bool is_dropped = false;
    for (const GList *at = queue != NULL ? queue->behind.head : NULL; at != NULL; at = at->next) {
        PageItem *item = at->data;
        if (!is_notice_of(item, kind, session))
            continue;
        g_clear_pointer(&item->notice, command_free);
        is_dropped = true;
    }
    return is_dropped;
}
