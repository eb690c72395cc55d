// SPDX-License-Identifier: MIT
// A loop round zlib that stops at a bound.
#include "sip/body/inflate.h"

#include <string.h>

#include "sip/body/body_error.h"

#include <zlib.h>

// LIMIT: deflate reaches 1032:1 at most, with nothing but one octet repeated; no text does.
#define RATIO_MAX 1000
// Room is made in steps.
#define STEP_OCTETS 16384
// Octets of the format itself: header and check sum.
#define FRAME_OCTETS 64

// What zlib needs to know of the format.
enum { ZLIB_FORMAT = MAX_WBITS, BARE_FORMAT = -MAX_WBITS };

typedef enum { DONE, NO_FORMAT, OVER } Outcome;

static Outcome pump(z_stream *stream, GByteArray *out, size_t max)
{
    guint8 room[STEP_OCTETS];
    int status = Z_OK;
    while (status == Z_OK) {
        stream->next_out = room;
        stream->avail_out = sizeof room;
        status = inflate(stream, Z_NO_FLUSH);
        g_byte_array_append(out, room, (guint)(sizeof room - stream->avail_out));
        if (out->len > max)
            return OVER;
    }
    return status == Z_STREAM_END && stream->avail_in == 0 ? DONE : NO_FORMAT;
}

static Outcome attempt(GByteArray *out, GBytes *deflated, int format, size_t max)
{
    gsize octets = 0;
    const void *data = g_bytes_get_data(deflated, &octets);
    z_stream stream = {.next_in = (Bytef *)data, .avail_in = (uInt)octets};
    if (inflateInit2(&stream, format) != Z_OK)
        return NO_FORMAT;
    Outcome outcome = pump(&stream, out, max);
    inflateEnd(&stream);
    return outcome;
}

bool inflate_read(GBytes **inflated, GBytes *deflated, size_t max, GError **error)
{
    size_t most = MIN(max, (g_bytes_get_size(deflated) + FRAME_OCTETS) * RATIO_MAX);
    g_autoptr(GByteArray) out = g_byte_array_new();
    Outcome outcome = attempt(out, deflated, ZLIB_FORMAT, most);
    if (outcome == NO_FORMAT) {
        g_byte_array_set_size(out, 0);
        outcome = attempt(out, deflated, BARE_FORMAT, most);
    }
    if (outcome != DONE) {
        body_error_set(error, outcome == OVER ? BODY_ERROR_LIMIT : BODY_ERROR_WIRE, 0,
                       outcome == OVER ? "deflate: too much inside" : "deflate: broken");
        return false;
    }
    *inflated = g_byte_array_free_to_bytes(g_steal_pointer(&out));
    return true;
}
