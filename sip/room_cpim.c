// SPDX-License-Identifier: MIT
// Lines of a room in their envelopes; grammar and content are read by message_body.c, who may say
// what to whom is decided here.
#include "sip/room_cpim.h"

#include "sip/body/body_error.h"
#include "sip/body/iscomposing.h"
#include "sip/message_body.h"

enum {
    LINE = 0,
    TAKEN = 200,
    MALFORMED = 400,
    FORBIDDEN = 403,
    UNKNOWN = 404,
    TOO_LARGE = 413,
    UNSUPPORTED = 415,
};

// --- out -----------------------------------------------------------------------------------------

static char *time_of(const char *stamp, int64_t now_ms)
{
    g_autoptr(GDateTime) said = stamp != NULL ? g_date_time_new_from_iso8601(stamp, NULL) : NULL;
    if (said != NULL) {
        return g_strdup(stamp);
    }
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_ms / 1000);
    return now != NULL ? g_date_time_format_iso8601(now) : NULL;
}

// `state`: the composing document; NULL: the text of the line.
static GBytes *wrap(const RoomCpim *self, const Fields *line, GBytes *state, int64_t now_ms)
{
    g_autofree char *to = line->private ? route_to_aor(self->route, self->party)
                                        : conference_roster_uri(self->roster, NULL);
    g_autofree char *from = conference_roster_uri(self->roster, line->nick);
    g_autofree char *stamp = time_of(line->stamp, now_ms);
    return message_body_wrap(&(MessageBodyEnvelope){
        .to = to,
        .from_name = line->nick,
        .from = from,
        .stamp = stamp,
        .subject = line->subject,
        .lang = line->lang,
        .type = state != NULL ? ISCOMPOSING_TYPE : NULL,
        .content = state,
        .text = line->body != NULL ? line->body : "",
    });
}

GBytes *room_cpim_write(const RoomCpim *self, const Fields *line, int64_t now_ms)
{
    return wrap(self, line, NULL, now_ms);
}

GBytes *room_cpim_write_state(const RoomCpim *self, const Fields *state, int64_t now_ms)
{
    g_autoptr(GBytes) document = message_body_state(state);
    return wrap(self, state, document, now_ms);
}

// --- in ------------------------------------------------------------------------------------------

// Read as a target first: content must not teach the route how somebody spells himself (ADDR-17).
// Who can only be a sender (sips, anonymous) is read as one.
static Address *author_of(const Route *route, const char *uri)
{
    Address *author = route_from_uri(route, uri, true, NULL, NULL);
    return author != NULL ? author : route_from_uri(route, uri, false, NULL, NULL);
}

// Whoever hides may say so, or who he is: nobody else hears it (ROSTER-024).
static bool is_from_hidden(const RoomCpim *self, const char *uri, const Address *author)
{
    return self->hidden != NULL && (address_equal_bare(author, self->hidden) ||
                                    g_strcmp0(uri, "sip:anonymous@anonymous.invalid") == 0);
}

static bool is_from_party(const RoomCpim *self, const Cpim *envelope)
{
    g_autoptr(Address) author =
        envelope->from.uri != NULL ? author_of(self->route, envelope->from.uri) : NULL;
    return is_from_hidden(self, envelope->from.uri, author) ||
           (author != NULL && address_equal_bare(author, self->party));
}

static bool is_missing(const RoomCpim *self, const char *nick)
{
    return nick != NULL && !self->is_early && conference_roster_find(self->roster, nick) == NULL;
}

// The room, or an occupant, whose nick goes into `nick`.
static int find_recipient(const RoomCpim *self, const Cpim *envelope, char **nick)
{
    if (envelope->to->len != 1) {
        return envelope->to->len > 1 ? FORBIDDEN : MALFORMED;
    }
    const CpimAddress *to = envelope->to->pdata[0];
    g_autoptr(Address) address = route_from_uri(self->route, to->uri, true, NULL, NULL);
    const char *resource = address_resource(address);
    if (address == NULL || !address_equal_bare(address, conference_roster_room(self->roster)) ||
        is_missing(self, resource)) {
        return UNKNOWN;
    }
    *nick = g_strdup(resource);
    return LINE;
}

// MSRP has no word for a document under seal.
static int msrp_status(int status)
{
    return status == LINE || status == MALFORMED || status == TOO_LARGE ? status : UNSUPPORTED;
}

static int read_envelope(MessageBody *body, const char *type, GBytes *content)
{
    g_auto(MimePart) part = {0};
    g_autoptr(GError) error = NULL;
    *body = (MessageBody){0};
    if (type == NULL) {
        return UNSUPPORTED;
    }
    if (!mime_part_init(&part, type, content, &error)) {
        return g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT) ? TOO_LARGE : MALFORMED;
    }
    if (!content_type_is(&part.type, ROOM_CPIM_TYPE)) {
        return UNSUPPORTED;
    }
    return msrp_status(message_body_read(body, &part));
}

// A subject without a text would set the subject of the room, which is not asked for (MUC-B24).
static bool has_nothing_to_say(const MessageBody *body)
{
    return body->silent || body->text == NULL || body->text[0] == '\0';
}

int room_cpim_read(const RoomCpim *self, const char *type, GBytes *content, Fields *fields)
{
    g_auto(MessageBody) body;
    g_autofree char *nick = NULL;
    int status = read_envelope(&body, type, content);
    if (status == LINE && !is_from_party(self, &body.envelope)) {
        status = FORBIDDEN;
    }
    if (status == LINE) {
        status = find_recipient(self, &body.envelope, &nick);
    }
    if (status != LINE) {
        return status;
    }
    if (has_nothing_to_say(&body)) {
        if (nick == NULL) { // who writes to one occupant is nobody else's affair, and not told him
            message_body_state_to_fields(&body, fields);
        }
        return TAKEN;
    }
    g_autofree char *subject = message_body_subject(&body);
    fields_set_text(&fields->body, body.text);
    fields_set_text(&fields->lang, body.lang);
    fields_set_text(&fields->subject, subject);
    fields_set_text(&fields->nick, nick);
    fields->private = nick != NULL;
    return LINE;
}
