// SPDX-License-Identifier: MIT
// Content of a two-party leg, coming in; see two_party_in.h.
#include "sip/two_party_in.h"

#include "sip/message_body.h"
#include "sip/peer_traits.h"

// The octets a text takes inside a stanza (CHAT-22).
static size_t escaped_octets(const char *text)
{
    size_t octets = 0;
    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        octets += *c == '&' ? 5 : *c == '<' || *c == '>' ? 4 : *c == '"' || *c == '\'' ? 6 : 1;
    }
    return octets;
}

static int read_message(MessageBody *body, const GateCore *core, const MsrpSessionIncoming *message)
{
    g_auto(MimePart) part = {0};
    g_autoptr(GBytes) content = g_bytes_new(message->body, message->length);
    *body = (MessageBody){0};
    if (!mime_part_init(&part, message->content_type, content, NULL)) {
        return 400;
    }
    int status = message_body_read(body, &part);
    if (status == 0 && escaped_octets(body->text) > (size_t)core->settings->max_stanza) {
        return 413;
    }
    bool is_refused = status == 493 || !message_body_is_allowed(body, core->settings);
    return is_refused ? 415 : status;
}

static const char *header_of(const MsrpSessionIncoming *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (g_ascii_strcasecmp(message->headers[i].name, name) == 0) {
            return message->headers[i].value;
        }
    }
    return NULL;
}

static void raise_message(TwoPartyLeg *leg, const MsrpSessionIncoming *message,
                          const MessageBody *body)
{
    GateCore *core = leg->all->core;
    Event *event = two_party_leg_event(EVENT_MESSAGE, leg);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *lang = sipcode_clean(header_of(message, "Content-Language"));
    event->f.ref = call_media_hold(call_get_media(leg->call), message);
    fields_set_address(&event->f.from, leg->peer);
    fields_set_address(&event->f.to, leg->user);
    fields_set_text(&event->f.type, "chat");
    fields_set_text(&event->f.thread, leg->thread);
    fields_set_text(&event->f.lang, lang);
    message_body_to_fields(body, &event->f, core->settings->html == HTML_XHTML, now);
    fields_set_text(&event->f.id, message->message_id);
    event->f.hops = leg->hops;
    event->f.receipt = event->f.receipt || message->wants_success_report;
    if (event->f.notify) {
        imdn_book_note_asked(core->imdn, &event->f, &body->envelope);
    }
    // An envelope inside a session tells nothing of one in a MESSAGE.
    peer_traits_add_shown(&event->f, body->shown & ~(1U << PEER_MEMORY_CPIM));
    gate_core_raise(core, event);
}

static void raise_state(const TwoPartyLeg *leg, const MessageBody *body)
{
    Event *event = two_party_leg_event(EVENT_CHAT_STATE, leg);
    fields_set_address(&event->f.from, leg->peer);
    fields_set_address(&event->f.to, leg->user);
    fields_set_text(&event->f.thread, leg->thread);
    message_body_state_to_fields(body, &event->f);
    gate_core_raise(leg->all->core, event);
}

static void raise_notices(const TwoPartyLeg *leg, const MessageBody *body)
{
    const Fields came = {.from = leg->peer, .to = leg->user, .leg = leg->number};
    for (guint i = 0; body->notices != NULL && i < body->notices->len; i++) {
        Event *receipt = imdn_book_read(leg->all->core->imdn, &came, body->notices->pdata[i]);
        if (receipt != NULL) {
            gate_core_raise(leg->all->core, receipt);
        }
    }
}

void two_party_in_take(TwoPartyLeg *leg, const MsrpSessionIncoming *message)
{
    CallMedia *media = call_get_media(leg->call);
    g_auto(MessageBody) body;
    int status = read_message(&body, leg->all->core, message);
    if (status != 0) {
        call_media_turn_down(media, message, status, NULL);
    } else if (body.silent || body.text == NULL || *body.text == '\0') {
        call_media_accept(media, message);
        raise_notices(leg, &body);
        if (body.state != HOW_NONE) {
            raise_state(leg, &body);
        }
    } else {
        raise_message(leg, message, &body);
    }
}
