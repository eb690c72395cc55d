// SPDX-License-Identifier: MIT
// Every setting and timer that rules behaviour, under the names of the conformance matrices
// (docs/conformance/*.md, "Settings" and "Timers"), with its default. One list: the configuration reader,
// its documentation and the middle use it alike. Choices are enums; durations are milliseconds.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define SETTINGS_TIMERS(X)                                                                         \
    X(T_disco, 10000)                                                                              \
    X(T_join, 30000)                                                                               \
    X(T_invite, 90000)                                                                             \
    X(T_consent, 90000)                                                                            \
    X(T_msrp, 30000)                                                                               \
    X(T_tx, 30000)                                                                                 \
    X(T_sip, 32000)          /* 64*T1: life of a SIP transaction (RFC 3261 17) */                  \
    X(T_sub, 32000)          /* SUBSCRIBE 2xx to the first NOTIFY (ROSTER-003) */                  \
    X(T_refer, 32000)                                                                              \
    X(T_prog, 120000)                                                                              \
    X(T_drain, 5000)                                                                               \
    X(T_early, 5000)         /* MUC-B06: whoever is not inside yet has his 200 by then */          \
    X(T_late, 60000)                                                                               \
    X(T_rate, 5000)                                                                                \
    X(T_min_se, 90000)                                                                             \
    X(T_notice, 60000)                                                                             \
    X(T_chunk, 540000)                                                                             \
    X(T_reflect, 30000)                                                                            \
    X(T_proof, 10000)        /* a ping without answer for so long: 503 */                          \
    X(T_fallback, 5000)      /* R-10: nothing but 100 came */                                      \
    X(message_hold_ms, 400)                                                                        \
    X(invite_timeout, 30000)                                                                       \
    X(session_idle, 600000)                                                                        \
    X(receipt_wait, 60000)   /* a success REPORT later than that is not sent (CHAT-32) */          \
    X(xmpp_hold, 60000)                                                                            \
    X(ledger_keep, 86400000) /* how long closed rows are kept */                                   \
    X(ghost_hold, 30000)                                                                           \
    X(focus_hold, 0)         /* a conference is lost: its XMPP users stay so long (MUC-A30) */     \
    X(page_rooms_stay, 86400000) /* without a line of its own such a phone leaves */               \
    X(no_msrp_memory, 86400000)                                                                    \
    X(peer_memory, 86400000) /* EXT-13: what a peer takes */

#define SETTINGS_NUMBERS(X)                                                                        \
    X(im_queue, 100)                                                                               \
    X(setup_queue, 50)                                                                             \
    X(setup_queue_octets, 65536)                                                                   \
    X(im_limit, 1300)                                                                              \
    X(max_size, 10000)                                                                             \
    X(max_stanza, 65536)                                                                           \
    X(message_ok_code, 200)                                                                        \
    X(nick_retry, 5)                                                                               \
    X(history_max, 0)                                                                              \
    X(roster_max, 200)      /* occupants that conference documents name (ROSTER-019) */            \
    X(max_list, 50)         /* people one request may invite (CONF-009) */                         \
    X(page_rooms_rate, 20)  /* lines of a room per minute to such a phone */                       \
    X(rate_msg, 10)                                                                                \
    X(rate_burst, 50)                                                                              \
    X(rate_session, 6)      /* new sessions per minute and sender (SEC-10) */                      \
    X(rate_invite, 30)      /* invitations into rooms per minute and inviter (SEC-10, R-26) */     \
    X(rate_join, 30)        /* entries into rooms per minute and user (SEC-10, R-26) */            \
    X(xmpp_queue_octets, 4194304)                                                                  \
    X(sip_pending, 1000)                                                                           \
    X(ledger_rows, 1000000) /* rows beyond which closed ones go sooner */                          \
    X(ladder_lines, 200)

#define SETTINGS_FLAGS(X)                                                                          \
    X(sticky_call_id, false)                                                                       \
    X(congestion_safe, false)                                                                      \
    X(allow_anonymous, false)                                                                      \
    X(allow_hairpin, false)                                                                        \
    X(receipt_from_200, false)                                                                     \
    X(cema, true)            /* middleboxes that alter c- and m-line only (RFC 6714) */            \
    X(require_isfocus, true) /* CONF-023: who is no conference is not entered */                   \
    X(accept_no_ns, true)    /* conference documents without namespace (RFC 7702 examples) */      \
    X(shim, false)           /* SEC-08: hops left, told by XEP-0131 */                             \
    X(vcard_nick, false)     /* EXT-22 */                                                          \
    X(sfs, false)            /* EXT-14: files told by XEP-0447 as well */                          \
    X(allow_http_files, false)                                                                     \
    X(send_html, false)      /* EXT-16: text and HTML to who takes it */                           \
    X(ban_local, true)       /* MUC-A20: bans of XMPP users are kept here */                       \
    X(away_as_hold, false)   /* ROSTER-015: who is away in a MUC is on hold */                     \
    X(leave_detail, false)   /* ROSTER-013: how somebody left is told before he is deleted */      \
    X(notice, true)                                                                                \
    X(msrp_reachable, true)  /* peers may open the MSRP connection (RFC 6135 4.2.2) */             \
    X(store_full, false)     /* SQLite synchronous=FULL */                                         \
    X(allow_remote, false)   /* a component link that is not loopback (R-19) */

// Short texts.
enum { SETTINGS_TEXT_SIZE = 64 };
#define SETTINGS_TEXTS(X)                                                                          \
    X(correction_prefix, "[corrected]") /* EXT-06 */                                               \
    X(factory, "")                      /* CONF-008: user part of the maker of rooms; "": none */

// A choice is the index of its word; the first word is the default.
#define SETTINGS_CHOICES(X)                                                                        \
    X(chat_mode, "auto|page|session")                                                              \
    X(page_type, "auto|normal|strict")                                                             \
    X(multi_body, "best|alternative")                                                              \
    X(html, "xhtml|plain")                                                                         \
    X(late_s, "chat|room")                                                                         \
    X(prejoin, "probe|none")                                                                       \
    X(nick_conflict, "suffix|error")                                                               \
    X(msrp_tls, "accept|offer|require")                                                            \
    X(page_rooms, "ask|off") /* phones that know nothing but MESSAGE, in rooms */                  \
    X(third_party, "refer|direct") /* MUC-A16: who asks XMPP users into conferences */             \
    X(room_restart, "tell|rejoin") /* XMPP users in conferences, after a restart */

enum { CHAT_MODE_AUTO, CHAT_MODE_PAGE, CHAT_MODE_SESSION };
enum { PAGE_TYPE_AUTO, PAGE_TYPE_NORMAL, PAGE_TYPE_STRICT };
enum { MULTI_BODY_BEST, MULTI_BODY_ALTERNATIVE };
enum { HTML_XHTML, HTML_PLAIN };
enum { LATE_S_CHAT, LATE_S_ROOM };
enum { PREJOIN_PROBE, PREJOIN_NONE };
enum { NICK_CONFLICT_SUFFIX, NICK_CONFLICT_ERROR };
enum { PAGE_ROOMS_ASK, PAGE_ROOMS_OFF };
enum { THIRD_PARTY_REFER, THIRD_PARTY_DIRECT };
enum { ROOM_RESTART_TELL, ROOM_RESTART_REJOIN };
enum { MSRP_TLS_ACCEPT, MSRP_TLS_OFFER, MSRP_TLS_REQUIRE };

typedef struct {
#define SETTINGS_TIMER(name, value) int64_t name;
#define SETTINGS_NUMBER(name, value) int64_t name;
#define SETTINGS_FLAG(name, value) bool name;
#define SETTINGS_CHOICE(name, words) int name;
#define SETTINGS_TEXT(name, value) char name[SETTINGS_TEXT_SIZE];
    SETTINGS_TIMERS(SETTINGS_TIMER)
    SETTINGS_NUMBERS(SETTINGS_NUMBER)
    SETTINGS_FLAGS(SETTINGS_FLAG)
    SETTINGS_CHOICES(SETTINGS_CHOICE)
    SETTINGS_TEXTS(SETTINGS_TEXT)
#undef SETTINGS_TEXT
#undef SETTINGS_TIMER
#undef SETTINGS_NUMBER
#undef SETTINGS_FLAG
#undef SETTINGS_CHOICE
} Settings;

// What: all defaults.
static inline Settings settings_defaults(void)
{
    return (Settings){
#define SETTINGS_VALUE(name, value) .name = value,
        SETTINGS_TIMERS(SETTINGS_VALUE)
        SETTINGS_NUMBERS(SETTINGS_VALUE)
        SETTINGS_FLAGS(SETTINGS_VALUE)
        SETTINGS_TEXTS(SETTINGS_VALUE)
#undef SETTINGS_VALUE
    };
}
