// SPDX-License-Identifier: MIT
// An owner of MSRP sessions that writes down what it is told.
#include "tests/support/msrp_owner.h"

#include <check.h>
#include <string.h>

static int64_t clock_now_ms;

static int64_t test_clock(void)
{
    return clock_now_ms;
}

static void on_bound(void *user, MsrpSession *session)
{
    g_string_append(((MsrpOwner *)user)->log, "bound\n");
}

static void on_message(void *user, MsrpSession *session, const MsrpSessionIncoming *message)
{
    MsrpOwner *owner = user;
    owner->last_ref = message->ref;
    g_string_append_printf(owner->log, "message %s %s %.*s%s\n", message->message_id,
                           message->content_type, (int)MIN(message->length, 40), message->body,
                           message->wants_success_report ? " success" : "");
    if (owner->closes)
        msrp_session_close(session);
    else if (owner->accepts)
        ck_assert(msrp_session_accept(session, message->ref));
    else if (owner->refuses != 0)
        ck_assert(msrp_session_refuse(session, message->ref, owner->refuses, NULL));
}

static void on_partial(void *user, MsrpSession *session, bool is_partial)
{
    g_string_append(((MsrpOwner *)user)->log, is_partial ? "partial\n" : "not partial\n");
}

static void on_nickname(void *user, MsrpSession *session, uint32_t ref, const char *nick)
{
    ((MsrpOwner *)user)->last_ref = ref;
    g_string_append_printf(((MsrpOwner *)user)->log, "nickname [%s]\n", nick);
}

static void on_outcome(void *user, MsrpSession *session, uint64_t row, int status)
{
    g_string_append_printf(((MsrpOwner *)user)->log, "outcome %d %d\n", (int)row, status);
}

static void on_report(void *user, MsrpSession *session, uint64_t row, const char *message_id,
                      int status, bool whole)
{
    g_string_append_printf(((MsrpOwner *)user)->log, "report %d %d %s\n", (int)row, status,
                           whole ? "whole" : "part");
}

static void on_closed(void *user, MsrpSession *session, MsrpSessionEnd reason, int status)
{
    static const char *const words[] = {
        [MSRP_SESSION_END_CLOSED] = "closed",   [MSRP_SESSION_END_LOST] = "lost",
        [MSRP_SESSION_END_TIMEOUT] = "timeout", [MSRP_SESSION_END_REFUSED] = "refused",
        [MSRP_SESSION_END_PROTOCOL] = "protocol",
        [MSRP_SESSION_END_UNTRUSTED] = "untrusted",
    };
    MsrpOwner *owner = user;
    ck_assert_ptr_eq(owner->session, session);
    owner->session = NULL;
    g_string_append_printf(owner->log, "end %s %d\n", words[reason], status);
}

static const MsrpSessionFuncs funcs = {.on_bound = on_bound,
                                       .on_message = on_message,
                                       .on_partial = on_partial,
                                       .on_nickname = on_nickname,
                                       .on_outcome = on_outcome,
                                       .on_report = on_report,
                                       .on_closed = on_closed};

static MsrpOwner *owner_new(Msrp *msrp, bool secure)
{
    MsrpOwner *owner = g_new0(MsrpOwner, 1);
    owner->log = g_string_new(NULL);
    owner->accepts = true;
    owner->session = msrp_session_new(msrp, secure, &funcs, owner);
    return owner;
}

MsrpOwner *msrp_owner_new(Msrp *msrp)
{
    return owner_new(msrp, false);
}

MsrpOwner *msrp_owner_new_secure(Msrp *msrp)
{
    return owner_new(msrp, true);
}

void msrp_owner_free(MsrpOwner *owner)
{
    g_string_free(owner->log, TRUE);
    g_free(owner);
}

Msrp *msrp_owner_stack(void (*adapt)(MsrpConfig *))
{
    MsrpConfig config;
    g_autoptr(GError) error = NULL;
    clock_now_ms = 1000000;
    msrp_config_init(&config);
    config.listen_port = 0;
    config.clock_ms = test_clock;
    if (adapt != NULL)
        adapt(&config);
    Msrp *msrp = msrp_new(&config, &error);
    ck_assert_msg(msrp != NULL, "%s", error != NULL ? error->message : "");
    return msrp;
}

void msrp_owner_start(MsrpOwner *owner, const char *path, bool active)
{
    MsrpSessionPeer peer = {.path = path, .active = active, .accept_types = "*"};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(msrp_session_start(owner->session, &peer, &error), "%s",
                  error != NULL ? error->message : "");
}

MsrpSessionSend msrp_owner_say(MsrpOwner *owner, uint64_t row, const char *text)
{
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    g_autofree char *id = g_strdup_printf("id%02d", (int)row);
    MsrpSessionOutgoing content = {
        .message_id = id, .content_type = "text/plain", .body = body, .row = row};
    return msrp_session_send(owner->session, &content, NULL);
}

MsrpSessionSend msrp_owner_say_much(MsrpOwner *owner, uint64_t row, size_t length)
{
    g_autoptr(GBytes) body = g_bytes_new_take(g_strnfill(length, 'm'), length);
    MsrpSessionOutgoing content = {
        .message_id = "much", .content_type = "text/plain", .body = body, .row = row};
    return msrp_session_send(owner->session, &content, NULL);
}

void msrp_owner_told(MsrpOwner *owner, const char *expected)
{
    crooked_stream_settle();
    ck_assert_str_eq(owner->log->str, expected);
    g_string_truncate(owner->log, 0);
}

void msrp_owner_told_among(MsrpOwner *owner, const char *line)
{
    crooked_stream_settle();
    ck_assert_msg(strstr(owner->log->str, line) != NULL, "%s not in: %s", line, owner->log->str);
}

void msrp_owner_pass(int64_t ms)
{
    clock_now_ms += ms;
    crooked_stream_settle();
}

void msrp_owner_answer(CrookedStream *peer, const char *own, const char *status)
{
    crooked_stream_settle();
    const char *heard = crooked_stream_heard(peer, NULL);
    const char *last = g_strrstr(heard, "MSRP ");
    ck_assert_ptr_nonnull(last);
    g_autofree char *tid = g_strndup(last + 5, strcspn(last + 5, " "));
    g_autofree char *text =
        g_strdup_printf("MSRP %s %s\r\nTo-Path: %s\r\nFrom-Path: " MSRP_OWNER_PEER "\r\n"
                        "-------%s$\r\n", tid, status, own, tid);
    crooked_stream_forget(peer);
    crooked_stream_say_text(peer, text);
}
