// SPDX-License-Identifier: MIT
// What a session receives and who answers (RFC 4975 7.2, 7.3.1; RFC 7701 7.1).
#include "sip/msrp/msrp_inbox.h"
#include "tests/support/msrp_frames.h"
#include "tests/support/suite.h"

// What went out and what was delivered, a line each; a frame shows its first line, or a REPORT its
// status and range.
static GString *seen;
static bool somebody;
static uint32_t last_ref;
static MsrpBudget budget;

static const char *after(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    ck_assert_ptr_nonnull(at);
    return at + strlen(name);
}

static void on_send(void *user, MsrpKind kind, GBytes *frame)
{
    size_t length;
    const char *octets = g_bytes_get_data(frame, &length);
    g_autofree char *text = g_strndup(octets, length);
    g_autofree char *tid = g_strndup(text + 5, strcspn(text + 5, " "));
    if (kind == MSRP_KIND_RESPONSE) {
        g_string_append_printf(seen, "%s %.3s; ", tid, after(text, tid) + 1);
    } else {
        const char *range = after(text, "Byte-Range: ");
        g_string_append_printf(seen, "REPORT %.7s %.*s; ", after(text, "Status: "),
                               (int)strcspn(range, "\r"), range);
    }
    g_bytes_unref(frame);
}

static bool on_deliver(void *user, const MsrpSessionIncoming *message)
{
    last_ref = message->ref;
    if (somebody)
        g_string_append_printf(seen, "got %s %.*s; ", message->message_id, (int)message->length,
                               message->body);
    return somebody;
}

static bool on_nickname(void *user, uint32_t ref, const char *nick)
{
    last_ref = ref;
    if (somebody)
        g_string_append_printf(seen, "nick [%s]; ", nick);
    return somebody;
}

static const MsrpInboxFuncs funcs = {on_send, on_deliver, on_nickname};

static MsrpInbox *inbox_new(void)
{
    budget = (MsrpBudget){NULL, 100000, 0};
    MsrpInboxConfig config = {"msrp://a.example:1/aa;tcp", 1000, 1000, &budget};
    somebody = true;
    seen = g_string_new(NULL);
    return msrp_inbox_new(&config, &funcs, NULL);
}

static void inbox_done(MsrpInbox *inbox)
{
    msrp_inbox_free(inbox);
    ck_assert_uint_eq(budget.used, 0);
    g_string_free(seen, TRUE);
}

static void was_seen(const char *expected)
{
    ck_assert_str_eq(seen->str, expected);
    g_string_truncate(seen, 0);
}

// `headers` may be "", each with its CRLF; no body for NULL.
static void take(MsrpInbox *inbox, const char *tid, const char *headers, const char *body,
                 char flag)
{
    g_autofree char *content =
        body != NULL ? g_strdup_printf("Content-Type: text/plain\r\n\r\n%s\r\n", body)
                     : g_strdup("");
    g_autofree char *text = g_strdup_printf(
        "MSRP %s SEND\r\nTo-Path: msrp://a.example:1/aa;tcp\r\n"
        "From-Path: msrp://r.example:3/rr;tcp msrp://b.example:2/bb;tcp\r\n%s%s-------%s%c\r\n",
        tid, headers, content, tid, flag);
    g_autoptr(MsrpFrame) frame = msrp_frames_text(text);
    ck_assert_int_eq(frame->fault, 0);
    msrp_inbox_take(inbox, frame, 0);
}

#define M1 "Message-ID: m001\r\n"

/* MSRP-008 CHAT-24 */
START_TEST(inbox_answers_a_whole_message_only_when_its_owner_does)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1, "hello", '$');
    was_seen("got m001 hello; ");
    ck_assert(msrp_inbox_answer(inbox, last_ref, 200, NULL));
    was_seen("t001 200; ");
    ck_assert(!msrp_inbox_answer(inbox, last_ref, 200, NULL));
    was_seen("");
    inbox_done(inbox);
}
END_TEST

/* MSRP-006 MSRP-008 CHAT-21 */
START_TEST(inbox_answers_parts_at_once_and_the_completing_one_not)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Byte-Range: 1-5/10\r\n", "hello", '+');
    was_seen("t001 200; ");
    ck_assert(msrp_inbox_saw_parts(inbox));
    take(inbox, "t002", M1 "Byte-Range: 6-10/10\r\n", "world", '$');
    was_seen("got m001 helloworld; ");
    msrp_inbox_answer(inbox, last_ref, 200, NULL);
    was_seen("t002 200; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-004 MSRP-033 */
START_TEST(inbox_answers_a_send_without_body_at_once_even_without_message_id)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Byte-Range: 1-0/0\r\n", NULL, '$');
    take(inbox, "t002", "X-Any: thing\r\n", NULL, '$');
    take(inbox, "t003", M1 "Failure-Report: no\r\n", NULL, '$');
    was_seen("t001 200; t002 200; ");
    take(inbox, "t004", "X-Any: thing\r\n", "content", '$');
    was_seen("t004 400; ");
    take(inbox, "t005", M1 "Byte-Range: 0-7/7\r\n", "content", '$');
    was_seen("t005 400; ");
    take(inbox, "t006", "Message-ID: m002\r\n", "", '$');
    was_seen("got m002 ; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-008 MSRP-009 CHAT-24 */
START_TEST(inbox_reports_as_the_sender_wished)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Success-Report: yes\r\nFailure-Report: no\r\n", "hello", '$');
    ck_assert(!msrp_inbox_report(inbox, last_ref, 200)); // not before it is accepted
    ck_assert(msrp_inbox_answer(inbox, last_ref, 200, NULL));
    ck_assert(!msrp_inbox_report(inbox, last_ref, 403));
    ck_assert(msrp_inbox_report(inbox, last_ref, 200));
    ck_assert(!msrp_inbox_report(inbox, last_ref, 200));
    was_seen("got m001 hello; REPORT 000 200 1-5/5; ");
    take(inbox, "t002", "Message-ID: m002\r\n", "hello", '$');
    ck_assert(msrp_inbox_answer(inbox, last_ref, 200, NULL));
    ck_assert(!msrp_inbox_report(inbox, last_ref, 200));
    ck_assert(msrp_inbox_report(inbox, last_ref, 404));
    was_seen("got m002 hello; t002 200; REPORT 000 404 1-5/5; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-008 */
START_TEST(inbox_refuses_in_the_words_of_the_owner_and_forgets_the_message)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Success-Report: yes\r\n", "hello", '$');
    ck_assert(msrp_inbox_answer(inbox, last_ref, 415, "No\r\nsuch: thing"));
    was_seen("got m001 hello; t001 415; ");
    ck_assert(!msrp_inbox_report(inbox, last_ref, 200));
    take(inbox, "t002", M1, "hello", '$'); // tried again: nobody has taken it yet
    was_seen("got m001 hello; ");
    take(inbox, "t003", "Message-ID: m002\r\nFailure-Report: no\r\n", "hello", '$');
    ck_assert(msrp_inbox_answer(inbox, last_ref, 415, NULL));
    was_seen("got m002 hello; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-024 */
START_TEST(inbox_acknowledges_a_repetition_as_before_and_does_not_deliver_it)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Success-Report: yes\r\n", "hello", '$');
    take(inbox, "t002", M1 "Success-Report: yes\r\n", "hello", '$'); // while the owner thinks
    was_seen("got m001 hello; ");
    msrp_inbox_answer(inbox, last_ref, 200, NULL);
    was_seen("t001 200; t002 200; ");
    msrp_inbox_report(inbox, last_ref, 200);
    was_seen("REPORT 000 200 1-5/5; ");
    take(inbox, "t003", M1 "Success-Report: yes\r\n", "hello", '$');
    was_seen("t003 200; REPORT 000 200 1-5/5; ");
    take(inbox, "t004", M1 "Byte-Range: 1-3/5\r\n", "hel", '+');
    take(inbox, "t005", M1 "Byte-Range: 4-5/5\r\n", "lo", '$');
    was_seen("t004 200; t005 200; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-006 CHAT-22 */
START_TEST(inbox_says_413_once)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Byte-Range: 1-*/1001\r\n", "hello", '+');
    take(inbox, "t002", M1 "Byte-Range: 6-*/1001\r\n", "hello", '+');
    take(inbox, "t003", M1 "Byte-Range: 11-*/1001\r\n", "hello", '#');
    was_seen("t001 413; ");
    take(inbox, "t004", "Message-ID: m002\r\nFailure-Report: no\r\nByte-Range: 1-*/1001\r\n", "x",
         '+');
    was_seen("");
    inbox_done(inbox);
}
END_TEST

/* MSRP-006 CHAT-21 */
START_TEST(inbox_acknowledges_a_message_given_up_and_delivers_nothing)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Byte-Range: 1-5/10\r\n", "hello", '#');
    was_seen("t001 200; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-006 */
START_TEST(inbox_lets_go_of_parts_after_their_time)
{
    MsrpInbox *inbox = inbox_new();
    take(inbox, "t001", M1 "Byte-Range: 1-5/10\r\n", "hello", '+');
    ck_assert_int_eq(msrp_inbox_deadline(inbox), 1000);
    msrp_inbox_expire(inbox, 1000);
    ck_assert_uint_eq(budget.used, 0);
    inbox_done(inbox);
}
END_TEST

START_TEST(inbox_without_owner_answers_415)
{
    MsrpInbox *inbox = inbox_new();
    somebody = false;
    take(inbox, "t001", M1, "hello", '$');
    was_seen("t001 415; ");
    inbox_done(inbox);
}
END_TEST

/* MSRP-031 */
START_TEST(inbox_is_full_when_64_requests_wait)
{
    MsrpInbox *inbox = inbox_new();
    for (int i = 0; i < 64; i++) {
        g_autofree char *id = g_strdup_printf("Message-ID: m%03d\r\n", i);
        ck_assert(!msrp_inbox_is_full(inbox));
        take(inbox, "t001", id, "x", '$');
    }
    ck_assert(msrp_inbox_is_full(inbox));
    ck_assert(msrp_inbox_answer(inbox, last_ref, 200, NULL));
    ck_assert(!msrp_inbox_is_full(inbox));
    inbox_done(inbox);
}
END_TEST

START_TEST(inbox_keeps_256_answered_messages_for_their_reports)
{
    MsrpInbox *inbox = inbox_new();
    uint32_t first = 0;
    for (int i = 0; i < 258; i++) {
        g_autofree char *id = g_strdup_printf("Message-ID: m%03d\r\n", i);
        take(inbox, "t001", id, "x", '$');
        ck_assert(msrp_inbox_answer(inbox, last_ref, 200, NULL));
        first = i == 0 ? last_ref : first;
    }
    ck_assert(!msrp_inbox_report(inbox, first, 404));
    ck_assert(!msrp_inbox_report(inbox, first + 1, 404));
    ck_assert(msrp_inbox_report(inbox, first + 2, 404));
    inbox_done(inbox);
}
END_TEST

static void take_nickname(MsrpInbox *inbox, const char *headers)
{
    g_autofree char *text = g_strdup_printf(
        "MSRP n001 NICKNAME\r\nTo-Path: msrp://a.example:1/aa;tcp\r\n"
        "From-Path: msrp://b.example:2/bb;tcp\r\n%s-------n001$\r\n", headers);
    g_autoptr(MsrpFrame) frame = msrp_frames_text(text);
    msrp_inbox_take(inbox, frame, 0);
}

/* MSRP-022 */
START_TEST(inbox_hands_nicknames_on_and_refuses_bad_ones)
{
    MsrpInbox *inbox = inbox_new();
    take_nickname(inbox, "Use-Nickname: \"Omar the 2nd\"\r\n");
    was_seen("nick [Omar the 2nd]; ");
    ck_assert(msrp_inbox_answer(inbox, last_ref, 425, NULL));
    ck_assert(!msrp_inbox_report(inbox, last_ref, 200));
    was_seen("n001 425; ");
    take_nickname(inbox, "Use-Nickname: \"\"\r\n");
    was_seen("nick []; ");
    take_nickname(inbox, "Use-Nickname: Omar\r\n");
    take_nickname(inbox, "X-Any: thing\r\n");
    was_seen("n001 424; n001 424; ");
    take_nickname(inbox, "Success-Report: yes\r\nUse-Nickname: \"Omar\"\r\n");
    was_seen("n001 400; ");
    somebody = false;
    take_nickname(inbox, "Use-Nickname: \"Omar\"\r\n");
    was_seen("n001 501; ");
    inbox_done(inbox);
}
END_TEST

int main(void)
{
    return suite_run("msrp_inbox", (const TTest *const[]){
        inbox_answers_a_whole_message_only_when_its_owner_does,
        inbox_answers_parts_at_once_and_the_completing_one_not,
        inbox_answers_a_send_without_body_at_once_even_without_message_id,
        inbox_reports_as_the_sender_wished,
        inbox_refuses_in_the_words_of_the_owner_and_forgets_the_message,
        inbox_acknowledges_a_repetition_as_before_and_does_not_deliver_it,
        inbox_says_413_once,
        inbox_acknowledges_a_message_given_up_and_delivers_nothing,
        inbox_lets_go_of_parts_after_their_time,
        inbox_without_owner_answers_415,
        inbox_is_full_when_64_requests_wait,
        inbox_keeps_256_answered_messages_for_their_reports,
        inbox_hands_nicknames_on_and_refuses_bad_ones,
        NULL,
    });
}
