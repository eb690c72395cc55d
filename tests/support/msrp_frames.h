// SPDX-License-Identifier: MIT
// Text to frame, for tests that begin with one.
#pragma once

#include "sip/msrp/msrp_parser.h"

#include <check.h>
#include <string.h>

// What: reads exactly one frame.
// Shape: owned by the caller; body up to 1 MiB. Errors: fails the test.
static inline MsrpFrame *msrp_frames_read(const char *text, size_t length)
{
    MsrpBudget plenty = {NULL, 1 << 30, 0};
    MsrpParser *parser = msrp_parser_new(1 << 20, &plenty);
    const uint8_t *octets = (const uint8_t *)text;
    MsrpFrame *frame = NULL;
    ck_assert_int_eq(msrp_parser_feed(parser, &octets, &length, &frame), MSRP_PARSER_FRAME);
    ck_assert_uint_eq(length, 0);
    msrp_parser_free(parser);
    frame->budget = NULL; // it was this function's
    return frame;
}

// What: the same for a text without NUL octets.
static inline MsrpFrame *msrp_frames_text(const char *text)
{
    return msrp_frames_read(text, strlen(text));
}
