// SPDX-License-Identifier: MIT
// Lines given to a guest; see guest_given.h.
#include "sip/guest_given.h"

#include <string.h>

// LIMIT: what is known of lines, the oldest is forgotten: two notes for each (MSRP-024).
#define NOTES_MAX 2000

struct GuestGiven {
    GHashTable *notes; // owned; digest (owned) -> the number of the loss before which it was noted
    GQueue order;      // of digests (borrowed from notes), oldest first
    guint losses;      // and one
};

GuestGiven *guest_given_new(void)
{
    GuestGiven *self = g_new0(GuestGiven, 1);
    self->notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->losses = 1;
    return self;
}

void guest_given_free(GuestGiven *self)
{
    if (self == NULL) {
        return;
    }
    g_queue_clear(&self->order);
    g_hash_table_unref(self->notes);
    g_free(self);
}

void guest_given_lose(GuestGiven *self)
{
    self->losses++;
}

// The texts of others stand behind their lengths: none can be written so that it reads as another line.
static char *digest_of(const char *kind, const char *value, const char *author, const char *text)
{
    g_autofree char *all = g_strdup_printf("%s %zu %s %zu %s %s", kind, strlen(value), value,
                                           strlen(author), author, text);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

static char *by_id(const char *message_id, const GuestLine *line)
{
    return digest_of("id", message_id, line->from != NULL ? line->from : "", line->text);
}

// NULL: it does not say when it was said.
static char *by_time(const GuestLine *line)
{
    GDateTime *sent = line->body.envelope.sent;
    if (sent == NULL) {
        return NULL;
    }
    g_autofree char *when = g_date_time_format(sent, "%s.%f");
    return digest_of(line->is_private ? "private" : "said", when, line->from != NULL ? line->from : "",
                     line->text);
}

static char *by_words(const char *text)
{
    return digest_of("own", "", "", text);
}

static char *by_name(const char *name)
{
    return digest_of("name", name, "", "");
}

// What its author would know it by; without a name only what is old is a line of his that comes again.
static char *by_author(const GuestLine *line, const char *name)
{
    if (name != NULL) {
        return by_name(name);
    }
    return line->is_own && line->stamp != NULL ? by_words(line->text) : NULL;
}

static bool was_given_before(const GuestGiven *self, const char *digest)
{
    guint loss = digest != NULL ? GPOINTER_TO_UINT(g_hash_table_lookup(self->notes, digest)) : 0;
    return loss != 0 && loss < self->losses;
}

bool guest_given_has(const GuestGiven *self, const char *message_id, const GuestLine *line,
                     const char *name)
{
    g_autofree char *id = by_id(message_id, line), *time = by_time(line);
    g_autofree char *said = by_author(line, name);
    return g_hash_table_contains(self->notes, id) || was_given_before(self, time) ||
           was_given_before(self, said);
}

// Takes the digest.
static void note(GuestGiven *self, char *digest)
{
    if (digest == NULL || g_hash_table_contains(self->notes, digest)) {
        g_free(digest);
        return;
    }
    g_hash_table_insert(self->notes, digest, GUINT_TO_POINTER(self->losses));
    g_queue_push_tail(&self->order, digest);
    if (self->order.length > NOTES_MAX) {
        g_hash_table_remove(self->notes, g_queue_pop_head(&self->order));
    }
}

void guest_given_note(GuestGiven *self, const char *message_id, const GuestLine *line)
{
    note(self, by_id(message_id, line));
    note(self, by_time(line));
}

void guest_given_note_said(GuestGiven *self, const char *text, const char *name)
{
    note(self, by_words(text));
    note(self, name != NULL ? by_name(name) : NULL);
}
