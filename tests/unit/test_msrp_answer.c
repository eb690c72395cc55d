// SPDX-License-Identifier: MIT
// Which answers a SEND gets (RFC 4975 7.1.4, 7.2); GV-008, GV-009 are in test_msrp_vectors.c.
#include "sip/msrp/msrp_answer.h"
#include "tests/support/msrp_frames.h"
#include "tests/support/suite.h"

/* MSRP-008 CHAT-24 */
START_TEST(answer_goes_to_the_next_hop_for_content_and_along_the_path_for_the_rest)
{
    g_autoptr(MsrpFrame) send = msrp_frames_text(
        "MSRP abcd SEND\r\nTo-Path: msrp://a:1/a;tcp\r\n"
        "From-Path: msrp://r:1/r;tcp msrp://b:1/b;tcp\r\n-------abcd$\r\n");
    g_autoptr(MsrpFrame) nickname = msrp_frames_text(
        "MSRP abcd NICKNAME\r\nTo-Path: msrp://a:1/a;tcp\r\n"
        "From-Path: msrp://r:1/r;tcp msrp://b:1/b;tcp\r\n-------abcd$\r\n");
    g_autofree char *one_hop = msrp_answer_path(send);
    g_autofree char *all = msrp_answer_path(nickname);
    ck_assert_str_eq(one_hop, "msrp://r:1/r;tcp");
    ck_assert_str_eq(all, "msrp://r:1/r;tcp msrp://b:1/b;tcp");
}
END_TEST

/* MSRP-009 CHAT-31 */
START_TEST(answer_status_is_read_in_namespace_000_only)
{
    ck_assert_int_eq(msrp_answer_status_read("000 200 OK"), 200);
    ck_assert_int_eq(msrp_answer_status_read("000 403"), 403);
    ck_assert_int_eq(msrp_answer_status_read("001 200 OK"), 0);
    ck_assert_int_eq(msrp_answer_status_read("000 2000"), 0);
    ck_assert_int_eq(msrp_answer_status_read("000 20"), 0);
    ck_assert_int_eq(msrp_answer_status_read("000"), 0);
    ck_assert_int_eq(msrp_answer_status_read("200 OK"), 0);
    ck_assert_int_eq(msrp_answer_status_read(NULL), 0);
}
END_TEST

int main(void)
{
    return suite_run("msrp_answer", (const TTest *const[]){
        answer_goes_to_the_next_hop_for_content_and_along_the_path_for_the_rest,
        answer_status_is_read_in_namespace_000_only,
        NULL,
    });
}
