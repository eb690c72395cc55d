// SPDX-License-Identifier: MIT
// What is said on a two-party leg; see two_party_out.h.
#include "sip/two_party_out.h"

#include <string.h>

#include "sip/body/iscomposing.h"
#include "sip/line_body.h"
#include "sip/message_body.h"

static void send_plain(const TwoPartyLeg *leg, const Fields *f)
{
    const char *text = f->body != NULL ? f->body : "";
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    call_media_send(call_get_media(leg->call),
                    &(CallLine){.row = f->row,
                                .id = f->id,
                                .content_type = "text/plain;charset=utf-8",
                                .lang = f->lang,
                                .body = body,
                                .receipt = f->receipt});
}

// Whether this peer may be asked for notifications: they come in envelopes (EXT-03).
static bool takes_notifications(const TwoPartyLeg *leg)
{
    return call_media_takes(call_get_media(leg->call), "message/cpim", IMDN_TYPE);
}

// `state`: the composing document; NULL: the text of the line.
static GBytes *wrap(const TwoPartyLeg *leg, const Fields *f, GBytes *state)
{
    g_autofree char *id = NULL;
    const char *wishes = state == NULL && takes_notifications(leg)
                             ? imdn_book_ask(leg->all->core->imdn, f, &id)
                             : NULL;
    const Route *route = leg->all->core->route;
    g_autofree char *to = route_to_aor(route, leg->peer);
    g_autofree char *from = route_to_aor(route, leg->user);
    return message_body_wrap(
        &(MessageBodyEnvelope){.to = to,
                               .from_name = f->nick,
                               .from = from,
                               .stamp = f->stamp,
                               .subject = f->subject,
                               .lang = f->lang,
                               .type = state != NULL ? ISCOMPOSING_TYPE : NULL,
                               .content = state,
                               .text = f->body != NULL ? f->body : "",
                               .message_id = id,
                               .wishes = wishes});
}

static void send_wrapped(const TwoPartyLeg *leg, const Fields *f, GBytes *body)
{
    call_media_send(call_get_media(leg->call), &(CallLine){.row = f->row,
                                                           .id = f->id,
                                                           .content_type = "message/cpim",
                                                           .inner_type = "text/plain",
                                                           .body = body,
                                                           .receipt = f->receipt});
}

static void send_rich(const TwoPartyLeg *leg, const Fields *f)
{
    g_auto(LineBody) body = {0};
    line_body_init(&body, leg->all->core->route, leg->all->core->imdn, f);
    call_media_send(call_get_media(leg->call), &(CallLine){.row = f->row,
                                                           .id = f->id,
                                                           .content_type = body.type,
                                                           .lang = f->lang,
                                                           .body = body.content,
                                                           .receipt = f->receipt});
}

// A file as a document, or text and HTML side by side; never more than the peer has listed.
static bool takes_rich(const CallMedia *media, const Fields *f)
{
    if (line_body_is_file(f)) {
        return call_media_takes(media, FT_HTTP_TYPE, NULL);
    }
    bool has_more = f->bodies != NULL || f->html != NULL;
    return has_more && call_media_takes(media, "multipart/alternative", NULL) &&
           (f->html == NULL || call_media_takes(media, "text/html", NULL));
}

// An envelope only where it is needed: because nothing else is taken, or for a subject, a time of
// origin or the wish to know when it was read, unless it makes the message too large.
void two_party_out_line(const TwoPartyLeg *leg, const Fields *fields)
{
    const CallMedia *media = call_get_media(leg->call);
    bool plain = call_media_takes(media, "text/plain", NULL);
    bool wrapped = call_media_takes(media, "message/cpim", "text/plain");
    bool better = fields->subject != NULL || fields->stamp != NULL ||
                  (fields->markable && takes_notifications(leg));
    g_autoptr(GBytes) envelope = wrapped && (better || !plain) ? wrap(leg, fields, NULL) : NULL;
    if (envelope != NULL && (!plain || call_media_has_room(media, g_bytes_get_size(envelope)))) {
        send_wrapped(leg, fields, envelope);
    } else if (takes_rich(media, fields)) {
        send_rich(leg, fields);
    } else {
        send_plain(leg, fields);
    }
}

void two_party_out_state(const TwoPartyLeg *leg, const Fields *fields)
{
    CallMedia *media = call_get_media(leg->call);
    g_autoptr(GBytes) document = message_body_state(fields);
    CallLine line = {.row = fields->row, .is_fleeting = true};
    if (call_media_takes(media, ISCOMPOSING_TYPE, NULL)) {
        line.content_type = ISCOMPOSING_TYPE;
        line.body = document;
        call_media_send(media, &line);
        return;
    }
    g_autoptr(GBytes) body = wrap(leg, fields, document);
    line.content_type = "message/cpim";
    line.inner_type = ISCOMPOSING_TYPE;
    line.body = body;
    call_media_send(media, &line);
}

void two_party_out_receipt(const TwoPartyLeg *leg, const Fields *fields)
{
    g_autoptr(GBytes) body =
        takes_notifications(leg) ? imdn_book_write(leg->all->core->imdn, fields) : NULL;
    if (body != NULL) {
        call_media_send(call_get_media(leg->call), &(CallLine){.content_type = "message/cpim",
                                                               .inner_type = IMDN_TYPE,
                                                               .body = body});
    }
}
