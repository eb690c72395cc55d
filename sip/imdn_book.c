// SPDX-License-Identifier: MIT
// Notifications and what is remembered for them; see imdn_book.h.
#include "sip/imdn_book.h"

#include <string.h>

#include "mapping/recent.h"
#include "sip/msrp/msrp_random.h"

// LIMIT: messages of ours, and of theirs, that a notification may still be about.
#define MESSAGES_MAX 10000
// LIMIT: octets of what one message says of how it wants to be answered.
#define ASKED_OCTETS_MAX 2048
#define SECRET_DIGITS    64
#define ID_DIGITS        32 // 128 bits

// How the author of a message asked; what is not there is NULL. Everything is owned.
typedef struct {
    char *message_id;
    char *datetime;
    char *author;
    char *recipient;
    char *original;
    GPtrArray *route; // of char *; in the order of the envelope
} Asked;

struct ImdnBook {
    const Route *route; // borrowed
    Recent *sent;       // owned: "user peer id on SIP" -> char *, id of the stanza
    Recent *asked;      // owned: "peer user id" -> Asked
    char secret[SECRET_DIGITS + 1];
};

static void asked_free(void *data)
{
    Asked *asked = data;
    g_free(asked->message_id);
    g_free(asked->datetime);
    g_free(asked->author);
    g_free(asked->recipient);
    g_free(asked->original);
    g_ptr_array_unref(asked->route);
    g_free(asked);
}

ImdnBook *imdn_book_new(const Route *route)
{
    ImdnBook *book = g_new0(ImdnBook, 1);
    book->route = route;
    book->sent = recent_new(MESSAGES_MAX, g_free);
    book->asked = recent_new(MESSAGES_MAX, asked_free);
    msrp_random_hex(book->secret, SECRET_DIGITS);
    return book;
}

void imdn_book_free(ImdnBook *book)
{
    if (book == NULL) {
        return;
    }
    recent_free(book->sent);
    recent_free(book->asked);
    g_free(book);
}

// Devices do not matter: an answer may come from another one.
static char *key_of(const Address *from, const Address *to, const char *id)
{
    return g_strjoin("\n", address_bare(from), address_bare(to), id, NULL);
}

// --- ours

static char *id_of(const ImdnBook *book, const Fields *line)
{
    g_autofree char *key = key_of(line->from, line->to, line->id);
    g_autofree char *hash =
        g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)book->secret, SECRET_DIGITS,
                                  key, -1);
    return g_strndup(hash, ID_DIGITS);
}

void imdn_book_note_sent(ImdnBook *book, const Fields *line, const char *wire_id)
{
    g_autofree char *key = key_of(line->from, line->to, wire_id);
    recent_put(book->sent, key, g_strdup(line->id));
}

static const char *wishes_of(const Fields *line)
{
    if (line->receipt) {
        return line->markable ? "positive-delivery, negative-delivery, display"
                              : "positive-delivery, negative-delivery";
    }
    return line->markable ? "display" : NULL;
}

const char *imdn_book_ask(ImdnBook *book, const Fields *line, char **id)
{
    const char *wishes = line->id != NULL ? wishes_of(line) : NULL;
    if (wishes != NULL) {
        *id = id_of(book, line);
        imdn_book_note_sent(book, line, *id);
    }
    return wishes;
}

Event *imdn_book_read(ImdnBook *book, const Fields *message, const Imdn *notification)
{
    static const How hows[] = {[IMDN_OTHER] = HOW_NONE,
                               [IMDN_DELIVERED] = HOW_DELIVERED,
                               [IMDN_FAILED] = HOW_REFUSED,
                               [IMDN_DISPLAYED] = HOW_DISPLAYED};
    How how = hows[notification->outcome];
    g_autofree char *key = key_of(message->to, message->from, notification->message_id);
    const char *id = how != HOW_NONE ? recent_find(book->sent, key) : NULL;
    if (id == NULL) {
        return NULL;
    }
    Event *event = event_new(EVENT_RECEIPT, SIDE_SIP);
    fields_set_address(&event->f.from, message->from);
    fields_set_address(&event->f.to, message->to);
    fields_set_text(&event->f.id, id);
    event->f.leg = message->leg;
    event->f.how = how;
    return event;
}

// --- theirs

static size_t octets_of(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

static size_t asked_octets(const Asked *asked)
{
    size_t octets = octets_of(asked->message_id) + octets_of(asked->datetime) +
                    octets_of(asked->author) + octets_of(asked->recipient) +
                    octets_of(asked->original);
    for (guint i = 0; i < asked->route->len; i++) {
        octets += octets_of(asked->route->pdata[i]);
    }
    return octets;
}

static Asked *asked_new(const Cpim *envelope)
{
    const CpimAddress *to = envelope->to->len > 0 ? envelope->to->pdata[0] : NULL;
    Asked *asked = g_new0(Asked, 1);
    *asked = (Asked){.message_id = g_strdup(envelope->message_id),
                     .datetime = g_strdup(envelope->date_time),
                     .author = g_strdup(envelope->from.uri),
                     .recipient = to != NULL ? g_strdup(to->uri) : NULL,
                     .original = g_strdup(envelope->original_to.uri),
                     .route = g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < envelope->record_route->len; i++) {
        const CpimAddress *hop = envelope->record_route->pdata[i];
        g_ptr_array_add(asked->route, g_strdup(hop->uri));
    }
    return asked;
}

void imdn_book_note_asked(ImdnBook *book, const Fields *message, const Cpim *envelope)
{
    Asked *asked = asked_new(envelope);
    if (asked->message_id == NULL || asked_octets(asked) > ASKED_OCTETS_MAX) {
        asked_free(asked);
        return;
    }
    g_autofree char *key = key_of(message->from, message->to, message->id);
    recent_put(book->asked, key, asked);
}

static const Asked *find_asked(ImdnBook *book, const Fields *receipt)
{
    g_autofree char *key = key_of(receipt->to, receipt->from, receipt->id);
    return recent_find(book->asked, key);
}

// A message without a time of its own: the document must have one (11.1.2).
static char *time_now(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
}

static GBytes *write_document(const Asked *asked, How how)
{
    g_autofree char *now = asked->datetime == NULL ? time_now() : NULL;
    ImdnOutcome outcome = how == HOW_DELIVERED   ? IMDN_DELIVERED
                          : how == HOW_DISPLAYED ? IMDN_DISPLAYED
                                                 : IMDN_FAILED;
    return imdn_write(&(Imdn){.outcome = outcome,
                              .message_id = asked->message_id,
                              .datetime = now != NULL ? now : asked->datetime,
                              .recipient_uri = asked->recipient,
                              .original_recipient_uri = asked->original});
}

static void fill_route(Cpim *cpim, const Asked *asked)
{
    cpim->route = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < asked->route->len; i++) {
        CpimAddress *hop = g_new0(CpimAddress, 1);
        hop->uri = asked->route->pdata[i];
        g_ptr_array_add(cpim->route, hop);
    }
}

// Its own id, and no wish: nobody may answer it (7.2.1).
GBytes *imdn_book_write(ImdnBook *book, const Fields *receipt)
{
    const Asked *asked = find_asked(book, receipt);
    if (asked == NULL) {
        return NULL;
    }
    char id[ID_DIGITS + 1];
    g_auto(Cpim) cpim;
    g_autoptr(GBytes) document = write_document(asked, receipt->how);
    g_autofree char *author = route_to_aor(book->route, receipt->to);
    msrp_random_hex(id, ID_DIGITS);
    cpim_init(&cpim);
    cpim_add_to(&cpim, NULL, asked->author != NULL ? asked->author : author);
    cpim.from.uri = route_to_aor(book->route, receipt->from);
    cpim.sent = g_date_time_new_now_utc();
    cpim.message_id = g_strdup(id);
    fill_route(&cpim, asked);
    mime_part_init(&cpim.content, IMDN_TYPE, document, NULL);
    cpim.content.disposition = g_strdup("notification");
    return cpim_write(&cpim);
}

const char *imdn_book_target(ImdnBook *book, const Fields *receipt)
{
    const Asked *asked = find_asked(book, receipt);
    if (asked == NULL || asked->route->len == 0) {
        return NULL;
    }
    const char *top = asked->route->pdata[0];
    g_autoptr(Address) there = route_from_uri(book->route, top, true, NULL, NULL);
    return there != NULL && route_side_of(book->route, there) == ROUTE_SIP_USER ? top : NULL;
}

// --- wishes

void imdn_book_read_wishes(const char *value, Fields *message)
{
    g_auto(GStrv) words = g_strsplit(value != NULL ? value : "", ",", -1);
    for (size_t i = 0; words[i] != NULL; i++) {
        words[i][strcspn(words[i], ";")] = '\0'; // parameters say nothing yet
        const char *word = g_strstrip(words[i]);
        message->receipt = message->receipt || strcmp(word, "positive-delivery") == 0;
        message->negative = message->negative || strcmp(word, "negative-delivery") == 0;
        message->markable = message->markable || strcmp(word, "display") == 0;
    }
    message->notify = message->receipt || message->negative || message->markable;
}
