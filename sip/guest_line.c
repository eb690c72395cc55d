// SPDX-License-Identifier: MIT
// Lines of a conference, read; see guest_line.h.
#include "sip/guest_line.h"

#include <string.h>

#include "sip/body/body_error.h"

enum { LINE = 0, TAKEN = 200, MALFORMED = 400, TOO_LARGE = 413, UNSUPPORTED = 415 };

// MUC-A09: a line that old is told with its time.
#define OLD_US   (10 * G_TIME_SPAN_SECOND)
// COMPAT(Blink, SDK 5.5): it begins a chat, even in a room, by asking for OTR. The word begins every
// other message of that exchange as well; none of them is meant to be read.
#define OTR "?OTR"

static Address *address_of(const Route *route, const char *uri)
{
    return uri != NULL ? route_from_uri(route, uri, true, NULL, NULL) : NULL;
}

static bool is_room(const GuestLinePlace *place, const char *uri)
{
    g_autoptr(Address) address = address_of(place->route, uri);
    g_autoptr(Address) called = address_of(place->route, place->uri);
    if (g_strcmp0(uri, place->uri) == 0) {
        return true;
    }
    return address != NULL && address_resource(address) == NULL &&
           (address_equal_bare(address, place->room) || address_equal_bare(address, called));
}

// A line for nobody in particular is one for the room.
static bool is_for_us_alone(const GuestLinePlace *place, const Cpim *envelope)
{
    for (guint i = 0; i < envelope->to->len; i++) {
        const CpimAddress *to = envelope->to->pdata[i];
        if (is_room(place, to->uri)) {
            return false;
        }
    }
    return envelope->to->len > 0;
}

static void note_author(GuestLine *self, const GuestLinePlace *place)
{
    const CpimAddress *from = &self->body.envelope.from;
    if (from->uri == NULL || is_room(place, from->uri)) {
        return;
    }
    g_autoptr(Address) author = address_of(place->route, from->uri);
    self->from = g_strdup(from->uri);
    self->name = g_strdup(from->name);
    self->is_own = author != NULL && address_equal_bare(author, place->user);
}

static void note_time(GuestLine *self, GDateTime *now)
{
    GDateTime *sent = self->body.envelope.sent;
    if (sent == NULL) {
        return;
    }
    GTimeSpan age = g_date_time_difference(now, sent);
    if (age > OLD_US) {
        self->stamp = cpim_date_time(sent);
    }
}

// Something that is no text is told of, not shown (MUC-A09).
static char *notice_of(const MimePart *content)
{
    return g_strdup_printf("[%s/%s, %" G_GSIZE_FORMAT " octets]", content->type.type,
                           content->type.subtype, g_bytes_get_size(content->content));
}

static int read_envelope(GuestLine *self, const char *type, GBytes *content)
{
    g_auto(MimePart) part = {0};
    g_autoptr(GError) error = NULL;
    if (type == NULL) {
        return UNSUPPORTED;
    }
    if (!mime_part_init(&part, type, content, &error)) {
        return g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT) ? TOO_LARGE : MALFORMED;
    }
    if (!content_type_is(&part.type, "message/cpim")) {
        return UNSUPPORTED;
    }
    int status = message_body_read(&self->body, &part);
    const MimePart *inner = &self->body.envelope.content;
    bool is_foreign = status == UNSUPPORTED && self->body.wrapped && inner->type.type != NULL &&
                      inner->content != NULL;
    if (is_foreign) {
        self->text = notice_of(inner);
        return LINE;
    }
    return status == LINE || status == MALFORMED || status == TOO_LARGE ? status : UNSUPPORTED;
}

static bool is_nobodys(const MessageBody *body)
{
    const char *kind = body->wrapped ? body->envelope.message_type : NULL;
    return (kind != NULL && g_ascii_strcasecmp(kind, "status") == 0) ||
           (body->text != NULL && g_str_has_prefix(body->text, OTR));
}

int guest_line_read(GuestLine *self, const GuestLinePlace *place, const char *type,
                    GBytes *content, GDateTime *now)
{
    *self = (GuestLine){0};
    int status = read_envelope(self, type, content);
    if (status != LINE) {
        return status;
    }
    const MessageBody *body = &self->body;
    note_author(self, place);
    note_time(self, now);
    self->is_private = is_for_us_alone(place, &body->envelope);
    if (self->text != NULL) {
        return LINE;
    }
    bool is_said = !body->silent && body->text != NULL && body->text[0] != '\0' &&
                   message_body_is_allowed(body, place->settings);
    if (!is_said || is_nobodys(body)) {
        return TAKEN;
    }
    self->text = g_strdup(body->text);
    return LINE;
}

void guest_line_clear(GuestLine *self)
{
    message_body_clear(&self->body);
    g_free(self->text);
    g_free(self->from);
    g_free(self->name);
    g_free(self->stamp);
    *self = (GuestLine){0};
}
