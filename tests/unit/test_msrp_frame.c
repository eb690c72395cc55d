// SPDX-License-Identifier: MIT
// How frames are written, to the octet, and what may stand in them (RFC 4975 7, 9).
#include "sip/msrp/msrp_frame.h"
#include "tests/support/suite.h"

#include <string.h>

/* MSRP-001 MSRP-002 MSRP-004 MSRP-033 */
START_TEST(frame_without_body_is_written_to_the_octet)
{
    g_autoptr(GString) out = g_string_new(NULL);
    msrp_frame_write_request(out, "abcd1234", "SEND", "msrp://r:1/a;tcp msrp://p:2/b;tcp",
                             "msrp://u:3/c;tcp");
    msrp_frame_write_header(out, "Message-ID", "m001");
    msrp_frame_write_end(out, "abcd1234", '$', false);
    ck_assert_str_eq(out->str, "MSRP abcd1234 SEND\r\n"
                               "To-Path: msrp://r:1/a;tcp msrp://p:2/b;tcp\r\n"
                               "From-Path: msrp://u:3/c;tcp\r\n"
                               "Message-ID: m001\r\n"
                               "-------abcd1234$\r\n");
}
END_TEST

/* MSRP-003 */
START_TEST(frame_end_begins_a_line_of_its_own_behind_a_body)
{
    g_autoptr(GString) out = g_string_new("body");
    msrp_frame_write_end(out, "abcd1234", '+', true);
    ck_assert_str_eq(out->str, "body\r\n-------abcd1234+\r\n");
}
END_TEST

/* MSRP-008 */
START_TEST(frame_response_is_written_to_the_octet)
{
    g_autoptr(GBytes) plain =
        msrp_frame_write_response("abcd1234", 481, NULL, "msrp://p:2/b;tcp", "msrp://u:3/c;tcp");
    g_autoptr(GBytes) worded =
        msrp_frame_write_response("ab", 599, "Tired", "msrp://p:2/b;tcp", "msrp://u:3/c;tcp");
    size_t length;
    const char *text = g_bytes_get_data(plain, &length);
    ck_assert(strncmp(text,
                      "MSRP abcd1234 481 Session Does Not Exist\r\n"
                      "To-Path: msrp://p:2/b;tcp\r\n"
                      "From-Path: msrp://u:3/c;tcp\r\n"
                      "-------abcd1234$\r\n",
                      length) == 0);
    ck_assert(memcmp(g_bytes_get_data(worded, NULL), "MSRP ab 599 Tired\r\n", 19) == 0);
    ck_assert_str_eq(msrp_frame_words(599), "Status");
}
END_TEST

/* CHAT-12 */
START_TEST(frame_ident_has_4_to_32_octets_of_its_alphabet)
{
    ck_assert(msrp_frame_is_ident("a.-+%=9Z"));
    ck_assert(msrp_frame_is_ident("0abc"));
    ck_assert(msrp_frame_is_ident("abcdefghijklmnopqrstuvwxyz012345"));
    ck_assert(!msrp_frame_is_ident("abcdefghijklmnopqrstuvwxyz0123456"));
    ck_assert(!msrp_frame_is_ident("abc"));
    ck_assert(!msrp_frame_is_ident(".abc"));
    ck_assert(!msrp_frame_is_ident("ab_cd"));
    ck_assert(!msrp_frame_is_ident("ab cd"));
    ck_assert(!msrp_frame_is_ident(""));
}
END_TEST

START_TEST(frame_headers_of_others_can_neither_break_out_nor_pose_as_ours)
{
    ck_assert(msrp_frame_is_text("d\xc3\xa9j\xc3\xa0 vu\t"));
    ck_assert(!msrp_frame_is_text("a\r\nTo-Path: x"));
    ck_assert(!msrp_frame_is_text("a\x7f"));
    ck_assert(!msrp_frame_is_text("\xff"));
    ck_assert(msrp_frame_is_foreign_name("Content-Language"));
    ck_assert(!msrp_frame_is_foreign_name("message-id"));
    ck_assert(!msrp_frame_is_foreign_name("Content-Type"));
    ck_assert(!msrp_frame_is_foreign_name("-------abcd"));
    ck_assert(!msrp_frame_is_foreign_name("A: b"));
    ck_assert(!msrp_frame_is_foreign_name(""));
}
END_TEST

static void next_of(void *user, char *tid)
{
    const char ***list = user;
    g_strlcpy(tid, *(*list)++, MSRP_FRAME_TID_MAX + 1);
}

/* MSRP-003 CHAT-11 */
START_TEST(frame_takes_the_first_id_whose_end_line_is_not_in_the_body)
{
    static const char body[] = "-------one1\r\n-------two2 three------four";
    const char *candidates[] = {"one1", "two2", "four", "five"};
    const char **next = candidates;
    char tid[MSRP_FRAME_TID_MAX + 1];
    msrp_frame_choose_tid(tid, (const uint8_t *)body, sizeof body - 1, next_of, &next);
    ck_assert_str_eq(tid, "four");
    next = candidates;
    msrp_frame_choose_tid(tid, NULL, 0, next_of, &next);
    ck_assert_str_eq(tid, "one1");
}
END_TEST

int main(void)
{
    return suite_run("msrp_frame", (const TTest *const[]){
        frame_without_body_is_written_to_the_octet,
        frame_end_begins_a_line_of_its_own_behind_a_body,
        frame_response_is_written_to_the_octet,
        frame_ident_has_4_to_32_octets_of_its_alphabet,
        frame_headers_of_others_can_neither_break_out_nor_pose_as_ours,
        frame_takes_the_first_id_whose_end_line_is_not_in_the_body,
        NULL,
    });
}
