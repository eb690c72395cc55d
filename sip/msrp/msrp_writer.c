// SPDX-License-Identifier: MIT
// The order in which frames go onto one connection that several sessions share (RFC 4975 7.1.1).
#include "sip/msrp/msrp_writer.h"

#include <string.h>

#define STREAM_FULL 65536 // octets the stream should hold; more than a socket takes at once
#define BIT         16384 // octets of a body handed over at once
#define CUT_MIN     2048  // no shorter chunks than this, but for the last (RFC 4975 7.1.1)

typedef struct {
    void *sender; // borrowed; NULL: it is gone
    MsrpKind kind;
    GBytes *octets; // owned
    char tid[MSRP_FRAME_TID_MAX + 1]; // "": nobody wants to know
} Frame;

// Where in the stream a frame ends.
typedef struct {
    void *sender; // borrowed; NULL: it is gone
    uint64_t at;
    char tid[MSRP_FRAME_TID_MAX + 1];
} Mark;

struct MsrpWriter {
    MsrpStream *stream;             // borrowed
    const MsrpWriterSender *sender; // borrowed for ever
    MsrpWriterFrame frame;
    void *user; // borrowed
    bool traced;
    GQueue frames;  // of owned Frame
    GQueue senders; // of borrowed senders with content, next one first
    GHashTable *awake; // owned: sender -> its link in `senders` (borrowed)
    GQueue marks;   // of owned Mark, in order
    uint64_t given; // octets given to the stream so far
    bool open;      // a chunk is being written
    void *opener;   // borrowed: whose; NULL: it is gone
    MsrpWriterChunk chunk;
    size_t placed; // octets of the chunk's body given to the stream
};

static void frame_free(void *data)
{
    Frame *frame = data;
    g_bytes_unref(frame->octets);
    g_free(frame);
}

MsrpWriter *msrp_writer_new(MsrpStream *stream, const MsrpWriterSender *sender,
                            MsrpWriterFrame frame, void *user, bool traced)
{
    MsrpWriter *writer = g_new0(MsrpWriter, 1);
    writer->stream = stream;
    writer->sender = sender;
    writer->frame = frame;
    writer->user = user;
    writer->traced = traced;
    g_queue_init(&writer->frames);
    g_queue_init(&writer->senders);
    writer->awake = g_hash_table_new(NULL, NULL);
    g_queue_init(&writer->marks);
    return writer;
}

static void chunk_clear(MsrpWriter *writer)
{
    g_clear_pointer(&writer->chunk.head, g_bytes_unref);
    g_clear_pointer(&writer->chunk.body, g_bytes_unref);
    writer->open = false;
}

void msrp_writer_free(MsrpWriter *writer)
{
    if (writer == NULL)
        return;
    g_queue_clear_full(&writer->frames, frame_free);
    g_queue_clear(&writer->senders);
    g_hash_table_unref(writer->awake);
    g_queue_clear_full(&writer->marks, g_free);
    chunk_clear(writer);
    g_free(writer);
}

void msrp_writer_send(MsrpWriter *writer, void *sender, MsrpKind kind, GBytes *octets,
                      const char *tid)
{
    Frame *frame = g_new0(Frame, 1);
    frame->sender = sender;
    frame->kind = kind;
    frame->octets = octets;
    if (tid != NULL)
        g_strlcpy(frame->tid, tid, sizeof frame->tid);
    g_queue_push_tail(&writer->frames, frame);
}

void msrp_writer_wake(MsrpWriter *writer, void *sender)
{
    if (g_hash_table_contains(writer->awake, sender))
        return;
    g_queue_push_tail(&writer->senders, sender);
    g_hash_table_insert(writer->awake, sender, writer->senders.tail);
}

static void put_to_sleep(MsrpWriter *writer, void *sender)
{
    GList *link = g_hash_table_lookup(writer->awake, sender);
    if (link == NULL)
        return;
    g_queue_delete_link(&writer->senders, link);
    g_hash_table_remove(writer->awake, sender);
}

static void give(MsrpWriter *writer, GBytes *octets)
{
    writer->given += g_bytes_get_size(octets);
    msrp_stream_write(writer->stream, octets);
}

static void mark(MsrpWriter *writer, void *sender, const char *tid)
{
    Mark *new_mark = g_new0(Mark, 1);
    new_mark->sender = sender;
    new_mark->at = writer->given;
    g_strlcpy(new_mark->tid, tid, sizeof new_mark->tid);
    g_queue_push_tail(&writer->marks, new_mark);
}

static void place_frame(MsrpWriter *writer)
{
    Frame *frame = g_queue_pop_head(&writer->frames);
    size_t length;
    const uint8_t *octets = g_bytes_get_data(frame->octets, &length);
    writer->frame(writer->user, frame->sender, frame->kind, octets, length);
    give(writer, g_bytes_ref(frame->octets));
    if (frame->tid[0] != '\0')
        mark(writer, frame->sender, frame->tid);
    frame_free(frame);
}

// Begins the next chunk of the next session; false: none has anything.
static bool open_chunk(MsrpWriter *writer)
{
    while (writer->senders.length > 0) {
        void *sender = writer->senders.head->data;
        put_to_sleep(writer, sender);
        if (!writer->sender->open(sender, &writer->chunk))
            continue;
        msrp_writer_wake(writer, sender); // for its next turn
        writer->open = true;
        writer->opener = sender;
        writer->placed = 0;
        give(writer, g_bytes_ref(writer->chunk.head));
        return true;
    }
    return false;
}

static void trace_chunk(MsrpWriter *writer, GBytes *end)
{
    if (!writer->traced) {
        writer->frame(writer->user, writer->opener, MSRP_KIND_SEND, NULL, 0);
        return;
    }
    g_autoptr(GByteArray) all = g_byte_array_new();
    const MsrpWriterChunk *chunk = &writer->chunk;
    size_t length;
    const uint8_t *octets = g_bytes_get_data(chunk->head, &length);
    g_byte_array_append(all, octets, (guint)length);
    octets = g_bytes_get_data(chunk->body, NULL);
    if (writer->placed > 0)
        g_byte_array_append(all, octets + chunk->from, (guint)writer->placed);
    octets = g_bytes_get_data(end, &length);
    g_byte_array_append(all, octets, (guint)length);
    writer->frame(writer->user, writer->opener, MSRP_KIND_SEND, all->data, all->len);
}

static void close_chunk(MsrpWriter *writer, char flag)
{
    GString *text = g_string_new(NULL);
    msrp_frame_write_end(text, writer->chunk.tid, flag, true);
    GBytes *end = g_string_free_to_bytes(text);
    trace_chunk(writer, end);
    give(writer, end);
    if (writer->opener != NULL) {
        mark(writer, writer->opener, writer->chunk.tid);
        writer->sender->close(writer->opener, writer->chunk.tid, writer->placed);
    }
    chunk_clear(writer);
}

// Whether somebody else wants the connection.
static bool others_wait(const MsrpWriter *writer)
{
    const GList *first = writer->senders.head;
    return writer->frames.length > 0 || (first != NULL && first->data != writer->opener);
}

// Continues the open chunk by one bit, or ends it.
static void place_bit(MsrpWriter *writer)
{
    const MsrpWriterChunk *chunk = &writer->chunk;
    size_t left = g_bytes_get_size(chunk->body) - chunk->from - writer->placed;
    if (left == 0)
        close_chunk(writer, '$');
    else if (writer->opener == NULL || !writer->sender->is_wanted(writer->opener, chunk->tid))
        close_chunk(writer, '#');
    else if (chunk->may_cut && writer->placed >= CUT_MIN && others_wait(writer))
        close_chunk(writer, '+');
    else {
        size_t length = MIN(left, BIT);
        give(writer, g_bytes_new_from_bytes(chunk->body, chunk->from + writer->placed, length));
        writer->placed += length;
    }
}

static void place(MsrpWriter *writer)
{
    while (msrp_stream_waiting(writer->stream) < STREAM_FULL) {
        if (writer->open)
            place_bit(writer);
        else if (writer->frames.length > 0)
            place_frame(writer);
        else if (!open_chunk(writer))
            return;
    }
}

static void tell_written(MsrpWriter *writer)
{
    uint64_t written = msrp_stream_written(writer->stream);
    while (writer->marks.length > 0) {
        Mark *first = writer->marks.head->data;
        if (first->at > written)
            return;
        g_queue_pop_head(&writer->marks);
        if (first->sender != NULL)
            writer->sender->written(first->sender, first->tid);
        g_free(first);
    }
}

bool msrp_writer_pump(MsrpWriter *writer)
{
    place(writer);
    msrp_stream_flush(writer->stream);
    tell_written(writer);
    bool left = writer->open || writer->frames.length > 0 || writer->senders.length > 0;
    return left && msrp_stream_waiting(writer->stream) < STREAM_FULL;
}

void msrp_writer_forget(MsrpWriter *writer, void *sender)
{
    put_to_sleep(writer, sender);
    if (writer->opener == sender)
        writer->opener = NULL;
    for (GList *at = writer->marks.head; at != NULL; at = at->next) {
        if (((Mark *)at->data)->sender == sender)
            ((Mark *)at->data)->sender = NULL;
    }
    for (GList *at = writer->frames.head; at != NULL; at = at->next) {
        if (((Frame *)at->data)->sender == sender)
            ((Frame *)at->data)->sender = NULL;
    }
}

bool msrp_writer_is_clogged(const MsrpWriter *writer)
{
    return msrp_stream_waiting(writer->stream) >= STREAM_FULL && writer->frames.length > 0;
}

bool msrp_writer_has(const MsrpWriter *writer, const void *sender)
{
    if ((writer->open && writer->opener == sender) ||
        g_hash_table_contains(writer->awake, sender))
        return true;
    for (const GList *at = writer->frames.head; at != NULL; at = at->next) {
        if (((const Frame *)at->data)->sender == sender)
            return true;
    }
    return false;
}
