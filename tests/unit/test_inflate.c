// SPDX-License-Identifier: MIT
// Deflated bodies: both spellings of the format, bombs, broken ends.
#include "sip/body/inflate.h"

#include <string.h>
#include <zlib.h>

#include "sip/body/body_error.h"
#include "tests/support/suite.h"

static GBytes *deflated(const void *octets, size_t length, int format)
{
    z_stream stream = {.next_in = (Bytef *)octets, .avail_in = (uInt)length};
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY), Z_OK);
    gsize room = deflateBound(&stream, length);
    guint8 *out = g_malloc(room);
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    gsize used = stream.total_out;
    deflateEnd(&stream);
    return g_bytes_new_take(out, used);
}

/* IM-26 */
START_TEST(inflate_reads_the_zlib_format_and_the_bare_one)
{
    static const int formats[] = {MAX_WBITS, -MAX_WBITS};
    static const char text[] = "Wherefore art thou Romeo? Deny thy father and refuse thy name";
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(GBytes) given = deflated(text, strlen(text), formats[i]);
        g_autoptr(GBytes) found = NULL;
        ck_assert(inflate_read(&found, given, 1000, NULL));
        ck_assert_mem_eq(g_bytes_get_data(found, NULL), text, strlen(text));
        ck_assert_uint_eq(g_bytes_get_size(found), strlen(text));
    }
}
END_TEST

/* IM-26 */
START_TEST(inflate_stops_at_its_bound)
{
    g_autofree char *zeros = g_malloc0(10 * 1024 * 1024);
    g_autoptr(GBytes) bomb = deflated(zeros, 10 * 1024 * 1024, MAX_WBITS);
    g_autoptr(GBytes) small = deflated(zeros, 5000, MAX_WBITS);
    g_autoptr(GBytes) found = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(!inflate_read(&found, bomb, 65536, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
    ck_assert_ptr_null(found);
    ck_assert(!inflate_read(&found, small, 4999, NULL));
    ck_assert(inflate_read(&found, small, 5000, NULL));
}
END_TEST

/* IM-26 */
START_TEST(inflate_refuses_what_is_broken)
{
    g_autoptr(GBytes) whole = deflated("hello, hello, hello", 19, MAX_WBITS);
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) - 1);
    g_autoptr(GByteArray) longer = g_byte_array_new();
    g_byte_array_append(longer, g_bytes_get_data(whole, NULL), (guint)g_bytes_get_size(whole));
    g_byte_array_append(longer, (const guint8 *)"x", 1);
    g_autoptr(GBytes) tail = g_bytes_new(longer->data, longer->len);
    g_autoptr(GBytes) text = g_bytes_new_static("hello", 5);
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    GBytes *const broken[] = {cut, tail, text, empty};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GBytes) found = NULL;
        g_autoptr(GError) error = NULL;
        ck_assert(!inflate_read(&found, broken[i], 1000, &error));
        ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_WIRE));
    }
}
END_TEST

int main(void)
{
    return suite_run("inflate", (const TTest *const[]){
        inflate_reads_the_zlib_format_and_the_bare_one,
        inflate_stops_at_its_bound,
        inflate_refuses_what_is_broken,
        NULL,
    });
}
