// SPDX-License-Identifier: MIT
// The media of one call: its MSRP session, what the peer takes, the lines under way both ways. It
// knows nothing of dialogs; its descriptions are in call_sdp.h. RFC 4975 5.4.
//
// Lines out are told by DELIVERY events, each exactly once; content in waits under refs for ACCEPT,
// REFUSE and REPORT. When the session of a two-party chat is lost, its unanswered lines wait for
// call_media_restart() and go once more, or are told to be lost by call_media_close().
#pragma once
#include "sip/call_lines.h"
#include "sip/gate_core.h"
#include "sip/msrp/msrp_session.h"
#include "sip/msrp_sdp.h"

typedef struct CallMedia CallMedia;

typedef struct {
    void (*on_bound)(void *owner); // each session that is the current one
    // Content. The owner answers by _hold(), _accept() or _turn_down(), here and now.
    void (*on_message)(void *owner, const MsrpSessionIncoming *message);
    // The answer to call_media_nickname(); may be NULL.
    void (*on_nicknamed)(void *owner, int status);
    // The peer wants this nickname, "": none. The owner answers by _hold_nickname() or _answer_nickname(). May be
    // NULL: 403.
    void (*on_nickname)(void *owner, uint32_t ref, const char *nick);
    // The current session is over. `by_us`: call_media_close() began it, and every outcome has been
    // told.
    void (*on_closed)(void *owner, MsrpSessionEnd reason, bool by_us);
} CallMediaFuncs;

// What: media without a peer yet.
// Shape: `funcs` static, `owner` borrowed; owned by the caller (call_media_free).
CallMedia *call_media_new(GateCore *core, MsrpSdpUse use, const CallMediaFuncs *funcs, void *owner);

// What: ends without another word; rows still open are not told. NULL is allowed.
void call_media_free(CallMedia *media);

// What: the number under which the middle knows the leg; DELIVERY events tell it.
void call_media_set_leg(CallMedia *media, uint64_t leg);

// What: a new session of ours, with a new path, for the next offer; the one there was, if any, ends.
// Source: RFC 4975 5.4; CHAT-52.
void call_media_restart(CallMedia *media);

// What: whether there is a session, of whatever state.
bool call_media_has_session(const CallMedia *media);

// What: no more content; on_closed follows when every outcome is known. Without a session all that
//   is under way is told to be lost at once, and no on_closed follows.
void call_media_close(CallMedia *media);

// What: sends a line; while the peer takes no content it waits, within bounds.
// Source: CHAT-11, CHAT-10, MSRP-029.
void call_media_send(CallMedia *media, const CallLine *line);

// What: whether the peer takes a type, wrapped or not, and has not refused it; a message of that
//   size; private messages of a room.
// Source: CHAT-14, MSRP-017, MSRP-019.
bool call_media_has_room(const CallMedia *media, size_t octets);
bool call_media_takes(const CallMedia *media, const char *top, const char *inner);
bool call_media_has_private_messages(const CallMedia *media);

// What: whether the peer gives nicknames; asks it for one, answered by on_nicknamed unless the session
//   is over before.
// Errors: false: there is no session that is bound, or the nickname cannot be asked for.
// Source: RFC 7701 7.1, 8; CONF-025.
bool call_media_has_nicknames(const CallMedia *media);
bool call_media_nickname(CallMedia *media, const char *nick);

// What: the largest message the peer takes, in octets.
// Shape: 0 = it did not say.
// Source: RFC 4975 8.6.
uint64_t call_media_max_size(const CallMedia *media);

// What: whether the peer declared that it knows chat rooms.
// Source: RFC 7701 8; MUC-B22.
bool call_media_is_chatroom(const CallMedia *media);

// What: makes the message wait under the ref returned; takes it where notice is enough, and reports so if that was asked for; refuses it
//   (`comment` may be NULL).
uint64_t call_media_hold(CallMedia *media, const MsrpSessionIncoming *message);
void call_media_accept(CallMedia *media, const MsrpSessionIncoming *message);
void call_media_turn_down(CallMedia *media, const MsrpSessionIncoming *message, int status,
                          const char *comment);

// What: makes the wish for a nickname wait under the ref returned, but not longer than its sender does; answers it
//   here and now with a status of RFC 7701.
// Source: MUC-B11; RFC 7701 7.1.
uint64_t call_media_hold_nickname(CallMedia *media, uint32_t ref);
void call_media_answer_nickname(CallMedia *media, uint32_t ref, int status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallMedia, call_media_free)
