// SPDX-License-Identifier: MIT
// Threads and Call-IDs; see thread_table.h.
#include "sip/thread_table.h"

#include <string.h>

// LIMIT: a Call-ID we make out of somebody's thread.
#define CALL_ID_OCTETS 255
#define STICKY_MS      (30 * 60 * 1000)

typedef struct {
    char *key;     // owned; the key of `threads`
    char *thread;  // owned; NULL: messages without one (sticky)
    char *call_id; // owned; the key of `call_ids`
    char *tag;     // owned
    uint32_t cseq;
    bool opened; // a dialog has used the Call-ID
    int64_t used_ms;
    GList link; // of `ages`
} Thread;

struct ThreadTable {
    size_t limit;
    bool sticky;
    GHashTable *threads;  // owned; key -> Thread (owned)
    GHashTable *call_ids; // owned; call_id -> Thread (borrowed)
    GQueue ages;          // of Thread, least recently used first
    Thread single;        // the last message without a thread
};

static void thread_clear(Thread *thread)
{
    g_free(thread->key);
    g_free(thread->thread);
    g_free(thread->call_id);
    g_free(thread->tag);
    *thread = (Thread){0};
}

static void thread_free(void *data)
{
    thread_clear(data);
    g_free(data);
}

ThreadTable *thread_table_new(size_t limit, bool sticky)
{
    ThreadTable *table = g_new0(ThreadTable, 1);
    table->limit = limit;
    table->sticky = sticky;
    table->threads = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, thread_free);
    table->call_ids = g_hash_table_new(g_str_hash, g_str_equal);
    return table;
}

void thread_table_free(ThreadTable *table)
{
    if (table == NULL) {
        return;
    }
    g_hash_table_unref(table->call_ids);
    g_hash_table_unref(table->threads);
    thread_clear(&table->single);
    g_free(table);
}

static const char *skip_word(const char *text)
{
    return text + strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-.!%*_+`'~()<>:\\\"/[]?{}");
}

bool thread_table_fits(const char *thread)
{
    const char *end = skip_word(thread);
    if (end == thread || strlen(thread) > CALL_ID_OCTETS) {
        return false;
    }
    if (*end == '@') {
        const char *second = end + 1;
        end = skip_word(second);
        if (end == second) {
            return false;
        }
    }
    return *end == '\0';
}

static void forget(ThreadTable *table, Thread *thread)
{
    g_queue_unlink(&table->ages, &thread->link);
    if (g_hash_table_lookup(table->call_ids, thread->call_id) == thread) {
        g_hash_table_remove(table->call_ids, thread->call_id);
    }
    g_hash_table_remove(table->threads, thread->key);
}

static Thread *remember(ThreadTable *table, char *owned_key, const char *thread)
{
    Thread *made = g_new0(Thread, 1);
    made->key = owned_key;
    made->thread = g_strdup(thread);
    made->call_id =
        thread != NULL && thread_table_fits(thread) ? g_strdup(thread) : g_uuid_string_random();
    made->tag = g_uuid_string_random();
    made->link.data = made;
    g_hash_table_insert(table->threads, made->key, made);
    g_hash_table_insert(table->call_ids, made->call_id, made);
    g_queue_push_tail_link(&table->ages, &made->link);
    while (g_hash_table_size(table->threads) > table->limit && table->ages.head != &made->link) {
        forget(table, table->ages.head->data);
    }
    return made;
}

static Thread *use(ThreadTable *table, const char *from, const char *to, const char *thread,
                   int64_t now_ms)
{
    char *key = g_strjoin("\n", from, to, thread, NULL);
    Thread *found = g_hash_table_lookup(table->threads, key);
    if (found != NULL && thread == NULL && now_ms - found->used_ms > STICKY_MS) {
        forget(table, found);
        found = NULL;
    }
    if (found == NULL) {
        found = remember(table, key, thread);
    } else {
        g_free(key);
        g_queue_unlink(&table->ages, &found->link);
        g_queue_push_tail_link(&table->ages, &found->link);
    }
    found->used_ms = now_ms;
    return found;
}

static Thread *use_once(ThreadTable *table)
{
    thread_clear(&table->single);
    table->single.call_id = g_uuid_string_random();
    table->single.tag = g_uuid_string_random();
    return &table->single;
}

ThreadTableLine thread_table_next(ThreadTable *table, const char *from, const char *to,
                                  const char *thread, int64_t now_ms)
{
    Thread *found =
        thread == NULL && !table->sticky ? use_once(table) : use(table, from, to, thread, now_ms);
    found->cseq++;
    return (ThreadTableLine){.call_id = found->call_id, .tag = found->tag, .cseq = found->cseq};
}

char *thread_table_open(ThreadTable *table, const char *from, const char *to, const char *thread,
                        int64_t now_ms)
{
    if (thread == NULL || !thread_table_fits(thread)) {
        return g_uuid_string_random();
    }
    Thread *found = use(table, from, to, thread, now_ms);
    if (found->opened) {
        return g_uuid_string_random();
    }
    found->opened = true;
    return g_strdup(thread);
}

const char *thread_table_thread(const ThreadTable *table, const char *call_id)
{
    const Thread *found = g_hash_table_lookup(table->call_ids, call_id);
    return found != NULL && found->thread != NULL ? found->thread : call_id;
}
