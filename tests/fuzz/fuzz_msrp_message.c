// SPDX-License-Identifier: MIT
// Any sequence of chunks of four messages, against a plain model of RFC 4975 7.3.1: the same
// messages come out, and no memory is left behind.
//
// Input: records of four octets and a body: message (2 bits) and flag (2 bits), start (9 bits),
// length.
#include "sip/msrp/msrp_message.h"

#include <string.h>

#define MAX_SIZE 200
#define SPACE    1024 // octets that a start and a length can reach

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// One message, octet by octet.
typedef struct {
    uint8_t octets[SPACE];
    bool there[SPACE];
    size_t total; // SIZE_MAX: not known
    bool known;   // a part has come
    bool refused;
} Model;

static bool model_is_whole(const Model *model)
{
    for (size_t i = 0; model->total != SIZE_MAX && i < model->total; i++) {
        if (!model->there[i])
            return false;
    }
    return model->total != SIZE_MAX;
}

static void model_reset(Model *model)
{
    memset(model, 0, sizeof *model);
    model->total = SIZE_MAX;
}

static MsrpMessageResult model_refuse(Model *model, char flag)
{
    bool more = flag == '+';
    model_reset(model);
    model->refused = model->known = more;
    return MSRP_MESSAGE_TOO_LARGE;
}

static MsrpMessageResult model_take(Model *model, const MsrpMessageChunk *chunk)
{
    size_t from = (size_t)chunk->range.start - 1;
    if (model->refused) {
        if (chunk->flag != '+')
            model_reset(model);
        return MSRP_MESSAGE_IGNORED;
    }
    if (chunk->flag == '#') {
        model_reset(model);
        return MSRP_MESSAGE_ABORTED;
    }
    if (from + chunk->length > MAX_SIZE)
        return model_refuse(model, chunk->flag);
    for (size_t i = 0; i < chunk->length; i++) {
        model->octets[from + i] = chunk->octets[i];
        model->there[from + i] = true;
    }
    if (chunk->flag == '$')
        model->total = from + chunk->length;
    model->known = true;
    return model_is_whole(model) ? MSRP_MESSAGE_WHOLE : MSRP_MESSAGE_PART;
}

// Takes a record off the input; false: there is none.
static bool record_read(const uint8_t **data, size_t *size, MsrpMessageChunk *chunk, size_t *which)
{
    static const char flags[] = "+$#+";
    static const char *const ids[] = {"m001", "m002", "m003", "m004"};
    if (*size < 4)
        return false;
    const uint8_t *at = *data;
    *which = at[0] & 3;
    chunk->message_id = ids[*which];
    chunk->flag = flags[(at[0] >> 2) & 3];
    chunk->range = (MsrpMessageRange){1 + at[1] + (uint64_t)(at[2] & 1) * 256, MSRP_MESSAGE_OPEN,
                                      MSRP_MESSAGE_OPEN};
    chunk->length = MIN(at[3], *size - 4);
    chunk->octets = at + 4;
    *data += 4 + chunk->length;
    *size -= 4 + chunk->length;
    return true;
}

static void compare(Model *model, const MsrpMessageChunk *chunk, MsrpMessageResult result,
                    const MsrpMessageWhole *whole)
{
    g_assert_cmpint(model_take(model, chunk), ==, result);
    if (result != MSRP_MESSAGE_WHOLE)
        return;
    g_assert_cmpuint(whole->length, ==, model->total);
    g_assert_true(whole->length == 0 || memcmp(whole->octets, model->octets, whole->length) == 0);
    model_reset(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Model models[4];
    MsrpBudget budget = {NULL, 1 << 20, 0};
    MsrpMessageLimits limits = {MAX_SIZE, 1000, &budget};
    MsrpMessage *message = msrp_message_new(&limits);
    g_autoptr(GArray) headers = g_array_new(FALSE, FALSE, 1);
    MsrpMessageChunk chunk = {.headers = headers, .content_type = "text/plain"};
    size_t which;
    for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
        model_reset(&models[i]);
    while (record_read(&data, &size, &chunk, &which)) {
        g_auto(MsrpMessageWhole) whole = {0};
        MsrpMessageResult result = msrp_message_take(message, &chunk, 0, &whole);
        compare(&models[which], &chunk, result, &whole);
    }
    msrp_message_free(message);
    g_assert_cmpuint(budget.used, ==, 0);
    return 0;
}
