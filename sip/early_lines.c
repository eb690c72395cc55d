// SPDX-License-Identifier: MIT
// Messages that wait to be judged; see early_lines.h.
#include "sip/early_lines.h"

struct EarlyLines {
    GQueue lines; // of EarlyLine (owned)
    size_t octets;
    guint lines_max;
    size_t octets_max;
};

// A message with a copy of its own behind it; headers are not kept.
typedef struct {
    MsrpSessionIncoming message;
    char *id, *type; // owned, as the next one; in message
    uint8_t *body;
} EarlyLine;

static void early_line_free(void *data)
{
    EarlyLine *line = data;
    g_free(line->id);
    g_free(line->type);
    g_free(line->body);
    g_free(line);
}

EarlyLines *early_lines_new(guint lines_max, size_t octets_max)
{
    EarlyLines *self = g_new0(EarlyLines, 1);
    self->lines_max = lines_max;
    self->octets_max = octets_max;
    return self;
}

void early_lines_free(EarlyLines *self)
{
    if (self == NULL) {
        return;
    }
    g_queue_clear_full(&self->lines, early_line_free);
    g_free(self);
}

bool early_lines_keep(EarlyLines *self, const MsrpSessionIncoming *message)
{
    if (self->lines.length >= self->lines_max ||
        self->octets + message->length > self->octets_max) {
        return false;
    }
    EarlyLine *line = g_new0(EarlyLine, 1);
    *line = (EarlyLine){.id = g_strdup(message->message_id),
                        .type = g_strdup(message->content_type),
                        .body = g_memdup2(message->body, message->length)};
    line->message = (MsrpSessionIncoming){.ref = message->ref,
                                          .message_id = line->id,
                                          .content_type = line->type,
                                          .body = line->body,
                                          .length = message->length,
                                          .wants_success_report = message->wants_success_report,
                                          .failure_report = message->failure_report};
    self->octets += message->length;
    g_queue_push_tail(&self->lines, line);
    return true;
}

void early_lines_release(EarlyLines *self,
                         void (*take)(void *owner, const MsrpSessionIncoming *message), void *owner)
{
    EarlyLine *line;
    while ((line = g_queue_pop_head(&self->lines)) != NULL) {
        take(owner, &line->message);
        early_line_free(line);
    }
    self->octets = 0;
}
