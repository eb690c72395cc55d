// SPDX-License-Identifier: MIT
// Messages between two users; see the header.
#include "xmpp/chat_stanza.h"

#include <string.h>

#include "xmpp/chat_state.h"
#include "xmpp/chat_extras.h"
#include "xmpp/namespaces.h"
#include "xmpp/receipt.h"
#include "xmpp/stanza.h"

// EXT-08: a time of origin that near to now is now, one that far ahead is a wrong clock.
enum { STAMP_NEAR_MS = 60 * 1000, STAMP_AHEAD_MS = 5 * 60 * 1000 };
// EXT-10.
enum { NICK_CHARACTERS_MAX = 128 };

// IM-11: of several elements that differ by language.
typedef struct {
    xmpp_stanza_t *stanza;
    const char *name;
    const char *lang; // of the stanza
    xmpp_stanza_t *same;
    xmpp_stanza_t *without;
    xmpp_stanza_t *first;
} Choice;

static bool weigh(void *self, xmpp_stanza_t *child)
{
    Choice *choice = self;
    if (!stanza_is(child, choice->name, NULL, choice->stanza))
        return true;
    const char *lang = stanza_lang(child);
    if (choice->first == NULL)
        choice->first = child;
    if (lang == NULL && choice->without == NULL)
        choice->without = child;
    if (lang != NULL && choice->lang != NULL && g_ascii_strcasecmp(lang, choice->lang) == 0 &&
        choice->same == NULL)
        choice->same = child;
    return true;
}

static xmpp_stanza_t *choose(xmpp_stanza_t *stanza, const char *name)
{
    Choice choice = {.stanza = stanza, .name = name, .lang = stanza_lang(stanza)};
    stanza_each_child(stanza, weigh, &choice);
    if (choice.same != NULL)
        return choice.same;
    return choice.without != NULL ? choice.without : choice.first;
}

ChatStanzaBody chat_stanza_read_body(Wire *wire, xmpp_stanza_t *stanza, Fields *fields)
{
    xmpp_stanza_t *body = choose(stanza, "body");
    const char *lang = stanza_lang(body);
    fields_set_text(&fields->lang, lang != NULL ? lang : stanza_lang(stanza));
    fields->body = stanza_text(body, (size_t)wire_settings(wire)->max_stanza);
    if (fields->body != NULL)
        return CHAT_STANZA_BODY;
    g_autofree char *whole = stanza_text(body, SIZE_MAX);
    return whole != NULL ? CHAT_STANZA_BODY_TOO_LONG : CHAT_STANZA_NO_BODY;
}

bool chat_stanza_is_encrypted(xmpp_stanza_t *stanza)
{
    static const char *const PAYLOADS[] = {NS_OMEMO, NS_OMEMO_FIRST, NS_OPENPGP, NS_ENCRYPTED};
    for (size_t i = 0; i < G_N_ELEMENTS(PAYLOADS); i++) {
        if (stanza_child_in(stanza, PAYLOADS[i]) != NULL)
            return true;
    }
    // OTR is text of its own and passes (EXT-20).
    xmpp_stanza_t *marker = stanza_child(stanza, "encryption", NS_EME);
    const char *means = stanza_attribute(marker, "namespace", STANZA_WORD_MAX);
    return marker != NULL && g_strcmp0(means, NS_OTR) != 0;
}

// Copies made for other resources, and what an archive returns (EXT-09).
static bool is_forwarded(xmpp_stanza_t *stanza)
{
    return stanza_child(stanza, "received", NS_CARBONS) != NULL ||
           stanza_child(stanza, "sent", NS_CARBONS) != NULL ||
           stanza_child(stanza, "result", NS_MAM) != NULL;
}

// OMEMO makes and mends its sessions by messages that carry keys alone: nobody wrote them, and nobody is
// answered (IM-17; XEP-0384, empty OMEMO messages).
static bool is_key_transport(xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *keys = stanza_child(stanza, "encrypted", NS_OMEMO);
    if (keys == NULL)
        keys = stanza_child(stanza, "encrypted", NS_OMEMO_FIRST);
    return stanza_child(keys, "header", NULL) != NULL &&
           stanza_child(keys, "payload", NULL) == NULL &&
           stanza_child(stanza, "body", NULL) == NULL;
}

bool chat_stanza_is_sealed(xmpp_stanza_t *stanza)
{
    return chat_stanza_is_encrypted(stanza) && !is_key_transport(stanza);
}

static const char *type_read(xmpp_stanza_t *stanza)
{
    const char *type = xmpp_stanza_get_type(stanza);
    if (g_strcmp0(type, "chat") == 0 || g_strcmp0(type, "headline") == 0)
        return type;
    return "normal"; // absent, or unknown: IM-16
}

static void read_rest(xmpp_stanza_t *stanza, Fields *fields)
{
    fields_set_text(&fields->id, stanza_attribute(stanza, "id", STANZA_ID_MAX));
    fields_set_text(&fields->type, type_read(stanza));
    fields->thread = stanza_text(stanza_child(stanza, "thread", NULL), STANZA_ID_MAX);
    fields->subject = stanza_text(choose(stanza, "subject"), STANZA_LINE_MAX);
    fields->nick = stanza_text(stanza_child(stanza, "nick", NS_NICK), STANZA_LINE_MAX);
    xmpp_stanza_t *delay = stanza_child(stanza, "delay", NS_DELAY);
    fields->stamp = stanza_stamp(stanza_attribute(delay, "stamp", STANZA_WORD_MAX));
    fields->how = chat_state_read(stanza);
    // CHAT-30: who gives no id cannot be answered.
    fields->receipt = fields->id != NULL && stanza_child(stanza, "request", NS_RECEIPTS) != NULL;
    fields->markable =
        fields->id != NULL && stanza_child(stanza, "markable", NS_CHAT_MARKERS) != NULL;
}

static Event *read_receipt(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    g_autoptr(Event) event = wire_event(wire, EVENT_RECEIPT);
    fields_set_address(&event->f.from, from);
    fields_set_address(&event->f.to, to);
    return receipt_read(stanza, &event->f) ? g_steal_pointer(&event) : NULL;
}

// What a message says without words; what was kept for later says nothing any more.
static Event *read_automatic(Wire *wire, xmpp_stanza_t *stanza, const Fields *fields)
{
    bool is_gone = stanza_child(stanza, "gone", NS_CHAT_STATES) != NULL;
    bool is_state = fields->how != HOW_NONE && fields->stamp == NULL &&
                    g_strcmp0(fields->type, "chat") == 0;
    if (!is_gone && !is_state)
        return NULL; // IM-17
    Event *event = wire_event(wire, is_gone ? EVENT_GONE : EVENT_CHAT_STATE);
    fields_set_address(&event->f.from, fields->from);
    fields_set_address(&event->f.to, fields->to);
    fields_set_text(&event->f.thread, fields->thread);
    if (is_gone)
        return event;
    fields_set_text(&event->f.type, fields->type);
    event->f.how = fields->how;
    return event;
}

Event *chat_stanza_read(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to,
                        ChatStanzaRefusal *refusal)
{
    *refusal = (ChatStanzaRefusal){FAILURE_NONE, NULL};
    if (is_forwarded(stanza) || is_key_transport(stanza))
        return NULL;
    if (chat_stanza_is_encrypted(stanza)) {
        *refusal = (ChatStanzaRefusal){FAILURE_NOT_ACCEPTABLE,
                                       "end-to-end encryption cannot cross this gateway"};
        return NULL;
    }
    g_autoptr(Event) event = wire_event(wire, EVENT_MESSAGE);
    fields_set_address(&event->f.from, from);
    fields_set_address(&event->f.to, to);
    ChatStanzaBody body = chat_stanza_read_body(wire, stanza, &event->f);
    if (body == CHAT_STANZA_BODY_TOO_LONG) {
        *refusal = (ChatStanzaRefusal){FAILURE_POLICY_VIOLATION, "message too long"};
        return NULL;
    }
    read_rest(stanza, &event->f);
    chat_extras_read(wire, stanza, &event->f);
    if (!chat_extras_read_hops(stanza, &event->f)) {
        *refusal = (ChatStanzaRefusal){FAILURE_NOT_ACCEPTABLE, "this message came too far"};
        return NULL;
    }
    if (event->f.body != NULL || event->f.subject != NULL)
        return g_steal_pointer(&event);
    Event *receipt = read_receipt(wire, stanza, from, to);
    return receipt != NULL ? receipt : read_automatic(wire, stanza, &event->f);
}

// Whether a time of origin is worth telling: neither now nor nonsense (EXT-08).
static bool is_worth_telling(Wire *wire, const char *stamp)
{
    int64_t ms = stanza_stamp_ms(stamp);
    int64_t ahead = ms - wire_wall_ms(wire);
    return ms >= 0 && ahead <= STAMP_AHEAD_MS && ABS(ahead) > STAMP_NEAR_MS;
}

// The XHTML-IM form of the body; what is no XML is left out, the plain body says it all. It is read
// inside an element whose name it cannot know, so that it cannot end that element.
static void add_html(Wire *wire, xmpp_stanza_t *stanza, const char *fragment)
{
    g_autofree char *clean = stanza_clean(fragment), *name = wire_id(wire);
    g_autofree char *text = g_strdup_printf("<%s xmlns='" NS_XHTML "'>%s</%s>", name, clean, name);
    xmpp_stanza_t *body = xmpp_stanza_new_from_string(wire_ctx(wire), text);
    if (body == NULL)
        return;
    xmpp_stanza_set_name(body, "body");
    xmpp_stanza_add_child_ex(stanza_add(stanza, "html", NS_XHTML_IM), body, 0);
}

static void add_nick(Wire *wire, xmpp_stanza_t *stanza, const Fields *fields)
{
    g_autofree char *clean = stanza_clean(fields->nick);
    if (g_utf8_strlen(clean, -1) > NICK_CHARACTERS_MAX)
        *g_utf8_offset_to_pointer(clean, NICK_CHARACTERS_MAX) = '\0';
    if (wire_settings(wire)->vcard_nick)
        wire_note_nick(wire, address_bare(fields->from), clean);
    stanza_add_text(stanza, "nick", NS_NICK, clean);
}

static void add_delay(Wire *wire, xmpp_stanza_t *stanza, const Fields *fields)
{
    if (!is_worth_telling(wire, fields->stamp))
        return;
    g_autofree char *stamp = stanza_stamp(fields->stamp);
    xmpp_stanza_t *delay = stanza_add(stanza, "delay", NS_DELAY);
    stanza_set(delay, "from", address_domain(fields->from));
    stanza_set(delay, "stamp", stamp);
}

static void write_content(Wire *wire, xmpp_stanza_t *stanza, const Fields *fields, const char *id)
{
    stanza_set(stanza, "xml:lang", fields->lang);
    stanza_add_text(stanza, "subject", NULL, fields->subject);
    stanza_add_text(stanza, "body", NULL, fields->body);
    if (fields->html != NULL && fields->body != NULL)
        add_html(wire, stanza, fields->html);
    chat_extras_write(wire, stanza, fields);
    add_delay(wire, stanza, fields);
    if (fields->nick != NULL)
        add_nick(wire, stanza, fields);
    if (fields->receipt)
        stanza_add(stanza, "request", NS_RECEIPTS);
    if (fields->markable)
        stanza_add(stanza, "markable", NS_CHAT_MARKERS);
    stanza_set(stanza_add(stanza, "origin-id", NS_STANZA_IDS), "id", id);
}

xmpp_stanza_t *chat_stanza_write(Wire *wire, CommandKind kind, const Fields *fields, const char *id)
{
    const char *type = g_strcmp0(fields->type, "normal") != 0 ? fields->type : NULL;
    bool is_state = kind == COMMAND_GONE || kind == COMMAND_CHAT_STATE;
    if (is_state)
        type = "chat"; // XEP-0085 5.1: a state alone is of the type of the chat it belongs to
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(wire), "message", address_jid(fields->from),
                                       address_jid(fields->to), type, id);
    stanza_add_text(stanza, "thread", NULL, fields->thread);
    if (kind == COMMAND_GONE)
        stanza_add(stanza, "gone", NS_CHAT_STATES);
    else
        chat_state_add(stanza, fields->how);
    if (!is_state)
        write_content(wire, stanza, fields, id);
    return stanza;
}
