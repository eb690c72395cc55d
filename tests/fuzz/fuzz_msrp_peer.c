// SPDX-License-Identifier: MIT
// Any octets from the peer of a session to the whole stack, with an owner who does something in
// every callback: no crash, one outcome for each message, the end told last, nothing left behind.
//
// Input: one octet of flags, one that seeds what the owner does, then what the peer says; in it "@"
// stands for the URI of our session and "%" for the last transaction id that was heard.
#include "sip/msrp/msrp_session.h"
#include "tests/support/crooked_stream.h"

#include <string.h>

#define ACTIVE    1 // we connect
#define LATE      2 // the peer is known only after it has spoken
#define SLOW      4 // it speaks octet by octet
#define SEND_MAX  20
#define SAID_MAX  4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    uint32_t random;
    uint32_t refs[4]; // some that were told
    unsigned sent;
    unsigned outcomes;
    bool over;     // on_closed came
    bool released; // nothing may come any more
} Owner;

static int64_t clock_now_ms;

static int64_t test_clock(void)
{
    return clock_now_ms;
}

static unsigned pick(Owner *owner, unsigned below)
{
    owner->random = owner->random * 1664525u + 1013904223u;
    return (owner->random >> 16) % below;
}

static void say(Owner *owner, MsrpSession *session)
{
    size_t length = pick(owner, 2) == 0 ? 5 : 70000;
    g_autoptr(GBytes) body = g_bytes_new_take(g_strnfill(length, '-'), length);
    MsrpSessionOutgoing content = {
        .message_id = "known1",
        .content_type = "text/plain",
        .body = body,
        .success_report = true,
        .failure_report = (MsrpFailure)pick(owner, 3),
    };
    if (owner->sent < SEND_MAX &&
        msrp_session_send(session, &content, NULL) == MSRP_SESSION_QUEUED)
        owner->sent++;
}

// What owners do, at the wrong times as well.
static void act(Owner *owner, MsrpSession *session)
{
    uint32_t ref = owner->refs[pick(owner, G_N_ELEMENTS(owner->refs))];
    switch (pick(owner, 12)) {
    case 0:
    case 1:
    case 2: msrp_session_accept(session, ref); break;
    case 3: msrp_session_refuse(session, ref, 415, "No\r\nthanks"); break;
    case 4:
    case 5: msrp_session_report(session, ref, pick(owner, 2) == 0 ? 200 : 404); break;
    case 6:
    case 7: say(owner, session); break;
    case 8:
        if (pick(owner, 4) == 0)
            msrp_session_close(session);
        break;
    case 9:
        if (pick(owner, 8) == 0) {
            owner->released = true;
            msrp_session_release(session);
        }
        break;
    default: break;
    }
}

static void check(const Owner *owner)
{
    g_assert_false(owner->over);
    g_assert_false(owner->released);
}

static void on_bound(void *user, MsrpSession *session)
{
    check(user);
    act(user, session);
}

static void on_message(void *user, MsrpSession *session, const MsrpSessionIncoming *message)
{
    Owner *owner = user;
    check(owner);
    owner->refs[pick(owner, G_N_ELEMENTS(owner->refs))] = message->ref;
    act(owner, session);
    if (!owner->released)
        act(owner, session);
    g_assert_nonnull(message->message_id); // still there
    g_assert_nonnull(message->content_type);
}

static void on_partial(void *user, MsrpSession *session, bool is_partial)
{
    check(user);
    act(user, session);
}

static void on_nickname(void *user, MsrpSession *session, uint32_t ref, const char *nick)
{
    Owner *owner = user;
    check(owner);
    owner->refs[0] = ref;
    act(owner, session);
    g_assert_true(g_utf8_validate(nick, -1, NULL));
}

static void on_outcome(void *user, MsrpSession *session, uint64_t row, int status)
{
    Owner *owner = user;
    check(owner);
    owner->outcomes++;
    g_assert_cmpuint(owner->outcomes, <=, owner->sent);
    act(owner, session);
}

static void on_report(void *user, MsrpSession *session, uint64_t row, const char *message_id,
                      int status, bool whole)
{
    check(user);
    act(user, session);
}

static void on_closed(void *user, MsrpSession *session, MsrpSessionEnd reason, int status)
{
    Owner *owner = user;
    check(owner);
    act(owner, session);
    owner->over = !owner->released;
    g_assert_cmpuint(owner->outcomes, ==, owner->sent);
}

static const MsrpSessionFuncs funcs = {.on_bound = on_bound,
                                       .on_message = on_message,
                                       .on_partial = on_partial,
                                       .on_nickname = on_nickname,
                                       .on_outcome = on_outcome,
                                       .on_report = on_report,
                                       .on_closed = on_closed};

// The id of the last frame that was heard.
static char *last_tid(CrookedStream *peer)
{
    const char *heard = crooked_stream_heard(peer, NULL);
    const char *last = g_strrstr(heard, "MSRP ");
    return last != NULL ? g_strndup(last + 5, strcspn(last + 5, " \r")) : g_strdup("none");
}

// Up to the next placeholder, and that.
static void say_some(CrookedStream *peer, const char *uri, const uint8_t **data, size_t *size,
                     size_t piece)
{
    size_t plain = 0;
    while (plain < *size && (*data)[plain] != '@' && (*data)[plain] != '%')
        plain++;
    crooked_stream_say(peer, (const char *)*data, plain, piece);
    *data += plain;
    *size -= plain;
    if (*size == 0)
        return;
    g_autofree char *tid = **data == '%' ? last_tid(peer) : NULL;
    const char *text = tid != NULL ? tid : uri;
    crooked_stream_say(peer, text, strlen(text), piece);
    *data += 1;
    *size -= 1;
}

static void start(MsrpSession *session, uint8_t flags, uint16_t port)
{
    g_autofree char *path = g_strdup_printf("msrp://127.0.0.1:%u/peer;tcp", port);
    MsrpSessionPeer peer = {.path = path, .active = flags & ACTIVE, .accept_types = "*"};
    msrp_session_start(session, &peer, NULL);
}

// The whole life of a session; the order of its callbacks is checked in them.
static void live(Msrp *msrp, Owner *owner, const uint8_t *data, size_t size, uint8_t flags)
{
    uint16_t port = 9;
    MsrpSession *session = msrp_session_new(msrp, false, &funcs, owner);
    g_autofree char *uri = g_strdup(msrp_session_uri(session));
    CrookedStream *peer = flags & ACTIVE ? crooked_stream_listen(&port)
                                         : crooked_stream_connect(msrp_port(msrp));
    bool late = (flags & LATE) != 0;
    if (!late)
        start(session, flags, port);
    crooked_stream_settle();
    while (size > 0)
        say_some(peer, uri, &data, &size, flags & SLOW ? 1 : 0);
    crooked_stream_settle();
    if (late)
        start(session, flags, port);
    crooked_stream_settle();
    if (!owner->over && !owner->released)
        msrp_session_close(session);
    crooked_stream_break(peer, true);
    crooked_stream_settle();
    clock_now_ms += 60000;
    crooked_stream_settle();
    g_assert_true(owner->over || owner->released);
    crooked_stream_free(peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MsrpConfig config;
    if (size < 2 || size > SAID_MAX)
        return 0;
    Owner owner = {.random = data[1]};
    clock_now_ms = 1000000;
    msrp_config_init(&config);
    config.listen_port = 0;
    config.clock_ms = test_clock;
    Msrp *msrp = msrp_new(&config, NULL);
    g_assert_nonnull(msrp);
    live(msrp, &owner, data + 2, size - 2, data[0]);
    msrp_free(msrp);
    return 0;
}
