// SPDX-License-Identifier: MIT
// Any octets as a stream of MSRP frames: no crash, the same frames however the stream is cut into
// pieces, no more memory than the budget has, and none left at the end.
#include "sip/msrp/msrp_message.h"
#include "sip/msrp/msrp_nickname.h"
#include "sip/msrp/msrp_parser.h"

#include <string.h>

#define BODY_MAX 256
#define BUDGET   65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hash_octets(uint64_t *hash, const void *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        *hash = (*hash ^ ((const uint8_t *)octets)[i]) * UINT64_C(1099511628211);
}

static void hash_text(uint64_t *hash, const char *text)
{
    hash_octets(hash, text != NULL ? text : "-", text != NULL ? strlen(text) + 1 : 2);
}

// What must hold for every frame that is handed out.
static void check_frame(const MsrpFrame *frame)
{
    MsrpMessageRange range;
    if (frame->fault != 0)
        return;
    g_assert_nonnull(frame->to_path);
    g_assert_nonnull(frame->from_path);
    g_assert_true(frame->has_body == (frame->field[MSRP_FRAME_CONTENT_TYPE] != NULL));
    g_assert_true(frame->too_long || frame->length <= BODY_MAX || frame->kind != MSRP_KIND_SEND);
    msrp_message_range_read(frame->field[MSRP_FRAME_BYTE_RANGE], &range);
    if (frame->field[MSRP_FRAME_USE_NICKNAME] != NULL)
        g_free(msrp_nickname_read(frame->field[MSRP_FRAME_USE_NICKNAME]));
}

// Of a frame that is too long it depends on the pieces how early that is known, not which one it
// is.
static void hash_frame(uint64_t *hash, const MsrpFrame *frame)
{
    hash_text(hash, frame->tid);
    hash_text(hash, frame->method);
    for (size_t i = 0; i < MSRP_FRAME_FIELD_COUNT; i++)
        hash_text(hash, frame->field[i]);
    hash_octets(hash, &frame->fault, sizeof frame->fault);
    if (frame->too_long)
        return;
    hash_octets(hash, &frame->flag, 1);
    hash_octets(hash, frame->body, frame->length);
}

static uint64_t parse(const uint8_t *data, size_t size, size_t piece)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    MsrpBudget budget = {NULL, BUDGET, 0};
    MsrpParser *parser = msrp_parser_new(BODY_MAX, &budget);
    MsrpParserResult result = MSRP_PARSER_MORE;
    while (size > 0 && result != MSRP_PARSER_BROKEN) {
        size_t left = MIN(piece, size);
        size -= left;
        do {
            g_autoptr(MsrpFrame) frame = NULL;
            result = msrp_parser_feed(parser, &data, &left, &frame);
            if (result != MSRP_PARSER_FRAME)
                break;
            check_frame(frame);
            hash_frame(&hash, frame);
        } while (true);
    }
    hash_octets(&hash, &result, sizeof result);
    g_assert_cmpuint(budget.used, <=, BUDGET);
    msrp_parser_free(parser);
    g_assert_cmpuint(budget.used, ==, 0);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t whole = parse(data, size, SIZE_MAX);
    g_assert_true(parse(data, size, 1) == whole);
    g_assert_true(parse(data, size, 7) == whole);
    return 0;
}
