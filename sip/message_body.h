// SPDX-License-Identifier: MIT
// Bodies of MESSAGE and SEND given a meaning: text, HTML, an envelope round them; and the way back.
#pragma once
#include <stdbool.h>

#include "mapping/event.h"
#include "mapping/settings.h"
#include "sip/body/cpim.h"
#include "sip/body/ft_http.h"
#include "sip/body/mime_part.h"

// What we say we take, in 415 answers and to OPTIONS.
#define MESSAGE_BODY_ACCEPT                                                                        \
    "text/plain, text/html, message/cpim, message/imdn+xml, application/im-iscomposing+xml, "         \
    FT_HTTP_TYPE ", message/external-body"

// What a body said; everything may be NULL.
typedef struct {
    char *text;    // owned; UTF-8, LF
    char *html;    // owned; XHTML-IM
    char *lang;    // owned; first language tag
    bool silent;   // understood, and nothing for a reader: composing, delivery notification
    How state;     // of a composing document: HOW_COMPOSING, HOW_ACTIVE; else HOW_NONE
    uint32_t refresh_s; // how long the state holds; 0: not said
    FtHttp file;   // the file it tells of; url NULL: none
    bool wrapped;  // it came in an envelope
    unsigned shown; // what its sender takes, since he sends it: bits 1 << PeerMemoryTrait
    GPtrArray *notices; // owned, of Imdn; what it tells of messages of ours, or NULL
    Cpim envelope;      // when wrapped
} MessageBody;

// What: reads a body: text/plain, text/html, message/cpim around them, multipart of them, and the
//   automatic documents that are only to be taken notice of.
// Shape: `self` is overwritten; clear it in any case with message_body_clear().
// Errors: the SIP status of the refusal, 0 = none: 400 grammar, 413 limits, 415 type, charset or
//   envelope nobody here understands, 493 S/MIME.
// Source: IM-25, 26, 27, 30; EXT-02, 21; CHAT-41.
int message_body_read(MessageBody *self, const MimePart *part);

// What: whether the file that a body tells of, if any, lies where files may lie.
// Source: EXT-14; setting `allow_http_files`.
bool message_body_is_allowed(const MessageBody *self, const Settings *settings);

// What: the first tag of a Content-Language value.
// Shape: `value` may be NULL; owned by the caller (g_free).
// Errors: NULL when there is no tag.
// Source: IM-23.
char *message_body_language(const char *value);

// What: whether a time of origin is worth telling: more than 60 s off `now`, not more than 5 min
//   ahead; as RFC 3339.
// Shape: `time` may be NULL; owned by the caller (g_free).
// Errors: NULL when it is not.
// Source: EXT-08.
char *message_body_time(GDateTime *time, GDateTime *now);

// What: the subject of the envelope.
// Shape: owned by the caller (g_free).
// Errors: NULL when there is none.
// Source: IM-30.
char *message_body_subject(const MessageBody *self);

// What: fills body, html, lang, subject, stamp and, where there is an envelope with an id, that id
//   and the wishes of its author (receipt, markable, negative, notify).
// Shape: `with_html`: also the XHTML form.
// Source: IM-30; EXT-02, 04, 08.
void message_body_to_fields(const MessageBody *self, Fields *fields, bool with_html,
                            GDateTime *now);

// What: fills how and ms of a `chat-state` event from a composing document.
// Source: CHAT-41.
void message_body_state_to_fields(const MessageBody *self, Fields *fields);

// What goes into an envelope; borrowed. Only `to`, `from` and one of `text` and `content` must be
// there.
typedef struct {
    const char *to;        // URI
    const char *from_name; // display name
    const char *from;      // URI
    const char *stamp;     // RFC 3339; NULL: now
    const char *subject;
    const char *lang;
    const char *type; // of the content; NULL: text
    GBytes *content;  // NULL: `text`
    const char *text;
    const char *message_id; // for notifications, with
    const char *wishes;     // what its author wants to be told; NULL: nothing
} MessageBodyEnvelope;

// What: the composing document for a `chat-state` command: how and ms.
// Shape: owned by the caller.
// Source: CHAT-40, CHAT-42.
GBytes *message_body_state(const Fields *state);

// What: an envelope round a line of text.
// Shape: owned by the caller.
// Source: MSRP-020, MUC-B04, EXT-01; RFC 3862; RFC 5438 7.1.1.
GBytes *message_body_wrap(const MessageBodyEnvelope *envelope);

// What: frees what the value owns.
void message_body_clear(MessageBody *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MessageBody, message_body_clear)
