// SPDX-License-Identifier: MIT
// Documents about files on HTTP servers: read as deployed clients write them, written, refused.
#include "sip/body/ft_http.h"

#include <string.h>

#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#define NS_FT "xmlns=\"urn:gsma:params:xml:ns:rcs:rcs:fthttp\""

static bool is_read(FtHttp *file, const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return ft_http_read(file, bytes, error);
}

/* EXT-14 */
START_TEST(ft_http_reads_the_file_and_not_its_thumbnail)
{
    g_auto(FtHttp) file = {0};
    ck_assert(is_read(&file,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?><file " NS_FT ">"
                   "<file-info type=\"thumbnail\"><file-size>10</file-size>"
                   "<data url = \"https://f.example/t.png\" until = \"2026-01-01T00:00:00Z\"/>"
                   "</file-info><file-info type=\"file\"><file-size>1234</file-size>"
                   "<file-name>a b.png</file-name><content-type>image/png</content-type>"
                   "<data url = \" https://f.example/a.png?x=1&amp;y=2 \" until=\"x\"/></file-info>"
                   "</file>", NULL));
    ck_assert_str_eq(file.url, "https://f.example/a.png?x=1&y=2");
    ck_assert_str_eq(file.name, "a b.png");
    ck_assert_str_eq(file.type, "image/png");
    ck_assert_uint_eq(file.size, 1234);
}
END_TEST

START_TEST(ft_http_needs_a_file_with_a_url)
{
    static const char *const TEXTS[] = {
        "<file xmlns='urn:other'><file-info type='file'><data url='https://a'/></file-info></file>",
        "<file " NS_FT "/>",
        "<file " NS_FT "><file-info type='thumbnail'><data url='https://a'/></file-info></file>",
        "<file " NS_FT "><file-info type='file'><data/></file-info></file>",
        "<file " NS_FT "><file-info type='file'><data url=' '/></file-info></file>",
        "no document",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_auto(FtHttp) file = {0};
        g_autoptr(GError) error = NULL;
        ck_assert(!is_read(&file, TEXTS[i], &error));
        ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_WIRE));
        ck_assert_ptr_null(file.url);
    }
}
END_TEST

START_TEST(ft_http_bounds_the_document_and_the_url)
{
    g_autofree char *letters = g_strnfill(17000, 'x');
    g_autofree char *large = g_strdup_printf("<file " NS_FT "><!--%s--></file>", letters);
    letters[4100] = '\0';
    g_autofree char *far =
        g_strdup_printf("<file " NS_FT "><file-info type='file'><data url='https://%s'/>"
                        "</file-info></file>", letters);
    g_auto(FtHttp) file = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!is_read(&file, large, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
    ck_assert(!is_read(&file, far, NULL));
}
END_TEST

/* EXT-15 */
START_TEST(ft_http_writes_what_it_reads_and_invents_nothing)
{
    const FtHttp whole = {.url = "https://f.example/a?b&c", .name = "<a>.png", .type = "image/png",
                          .size = 9};
    const FtHttp bare = {.url = "https://f.example/a"};
    g_autoptr(GBytes) first = ft_http_write(&whole);
    g_autoptr(GBytes) second = ft_http_write(&bare);
    g_auto(FtHttp) file = {0};
    ck_assert(ft_http_read(&file, first, NULL));
    ck_assert_str_eq(file.url, whole.url);
    ck_assert_str_eq(file.name, whole.name);
    ck_assert_str_eq(file.type, whole.type);
    ck_assert_uint_eq(file.size, 9);
    const char *text = g_bytes_get_data(second, NULL);
    ck_assert_ptr_null(g_strstr_len(text, (gssize)g_bytes_get_size(second), "file-size"));
}
END_TEST

int main(void)
{
    return suite_run("ft_http", (const TTest *const[]){
        ft_http_reads_the_file_and_not_its_thumbnail,
        ft_http_needs_a_file_with_a_url,
        ft_http_bounds_the_document_and_the_url,
        ft_http_writes_what_it_reads_and_invents_nothing,
        NULL,
    });
}
