// SPDX-License-Identifier: MIT
// MSRP URIs: syntax, comparison, paths (RFC 4975 6, 6.1, 9).
#include "sip/msrp/msrp_uri.h"
#include "tests/support/suite.h"

#include <string.h>

static MsrpUri *uri(const char *text)
{
    return msrp_uri_read(text, strlen(text));
}

/* MSRP-013 */
START_TEST(uri_is_read_into_its_parts)
{
    g_autoptr(MsrpUri) plain = uri("msrp://Host.Example.com:8493/asfd34/B=+~;tcp;x=y;z");
    ck_assert(!plain->secure);
    ck_assert_str_eq(plain->host, "host.example.com");
    ck_assert_uint_eq(plain->port, 8493);
    ck_assert_str_eq(plain->session_id, "asfd34/B=+~");
    ck_assert_str_eq(plain->transport, "tcp");
    ck_assert_str_eq(plain->text, "msrp://Host.Example.com:8493/asfd34/B=+~;tcp;x=y;z");
    g_autoptr(MsrpUri) six = uri("msrps://user@[2001:DB8::1]:9/a;TCP");
    ck_assert(six->secure);
    ck_assert_str_eq(six->host, "2001:db8::1");
    ck_assert_str_eq(six->transport, "tcp");
    g_autoptr(MsrpUri) bare = uri("msrp://h.example;tcp");
    ck_assert_uint_eq(bare->port, 0);
    ck_assert_ptr_null(bare->session_id);
}
END_TEST

START_TEST(uri_that_breaks_the_grammar_is_none)
{
    static const char *const bad[] = {
        "", "msrp:", "msrp://", "msrp://;tcp", "msrp://h", "msrp://h:1/a", "msrp://h:1/a;",
        "msrp://h:1/;tcp", "msrp://h:1/a b;tcp", "msrp://h:0/a;tcp", "msrp://h:65536/a;tcp",
        "msrp://h:/a;tcp", "msrp://h:+1/a;tcp", "msrp://h:x/a;tcp", "msrp://[::1/a;tcp",
        "msrp://[x]:1/a;tcp", "msrp://h:1/a;t_p", "msrp://h:1/a;tcp;", "msrp://h:1/a;tcp;=b",
        "msrp://h:1/a;tcp;a=", "msrp://h%4:1/a;tcp", "msrp://h%zz:1/a;tcp", "msrp://h\"x:1/a;tcp",
        "msrp://h\x01:1/a;tcp", "sip:a@b", "http://h:1/a;tcp", "msrpx://h:1/a;tcp",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(MsrpUri) read = uri(bad[i]);
        ck_assert_msg(read == NULL, "%s was read", bad[i]);
    }
    g_autofree char *id = g_strnfill(1024, 'a');
    g_autofree char *too_long = g_strconcat("msrp://h:1/", id, ";tcp", NULL);
    ck_assert_ptr_null(uri(too_long));
    ck_assert_ptr_null(msrp_uri_read("msrp://h:1/a\0;tcp", 17));
}
END_TEST

static bool same(const char *a, const char *b)
{
    g_autoptr(MsrpUri) first = uri(a);
    g_autoptr(MsrpUri) second = uri(b);
    return msrp_uri_equal(first, second);
}

/* MSRP-013 */
START_TEST(uri_comparison_sees_through_encoding_and_spellings_of_addresses)
{
    ck_assert(same("msrp://h%2Dx.example:9/a;tcp", "msrp://H-X.example:9/a;tcp"));
    ck_assert(same("msrp://h%2dx.example:9/a;tcp", "msrp://h%2Dx.example:9/a;tcp"));
    ck_assert(same("msrp://h%2Fx:9/a;tcp", "msrp://h%2fX:9/a;tcp"));
    ck_assert(same("msrp://[::ffff:1.2.3.4]:9/a;tcp", "msrp://[::FFFF:102:304]:9/a;tcp"));
    ck_assert(!same("msrp://1.2.3.4:9/a;tcp", "msrp://1.2.3.5:9/a;tcp"));
    ck_assert(!same("msrp://h:9/a;tcp", "msrp://h:8/a;tcp"));
    ck_assert(!same("msrp://h:9/a;tcp", "msrp://h:9/a;ws"));
    ck_assert(same("msrp://h:9/a;tcp;p=1", "msrp://h:9/a;tcp"));
}
END_TEST

START_TEST(uri_of_our_own_is_written_and_read_alike)
{
    g_autofree char *four = msrp_uri_write(false, "192.0.2.1", 2855, "abc");
    g_autofree char *six = msrp_uri_write(false, "2001:db8::1", 2855, "abc");
    ck_assert_str_eq(four, "msrp://192.0.2.1:2855/abc;tcp");
    ck_assert_str_eq(six, "msrp://[2001:db8::1]:2855/abc;tcp");
    g_autoptr(MsrpUri) read = uri(six);
    ck_assert_str_eq(read->host, "2001:db8::1");
}
END_TEST

/* MSRP-025 */
START_TEST(uri_path_has_one_to_eight_of_them_with_one_space_between)
{
    g_autoptr(GPtrArray) path = msrp_uri_path_read("msrp://r:1/a;tcp msrp://h:2/b;tcp");
    ck_assert_uint_eq(path->len, 2);
    ck_assert_str_eq(((MsrpUri *)path->pdata[1])->host, "h");
    ck_assert_ptr_null(msrp_uri_path_read(""));
    ck_assert_ptr_null(msrp_uri_path_read(" msrp://r:1/a;tcp"));
    ck_assert_ptr_null(msrp_uri_path_read("msrp://r:1/a;tcp "));
    ck_assert_ptr_null(msrp_uri_path_read("msrp://r:1/a;tcp  msrp://h:2/b;tcp"));
    g_autoptr(GString) many = g_string_new("msrp://r:1/a;tcp");
    for (size_t i = 1; i < MSRP_URI_PATH_MAX; i++)
        g_string_append(many, " msrp://r:1/a;tcp");
    g_autoptr(GPtrArray) most = msrp_uri_path_read(many->str);
    ck_assert_uint_eq(most->len, MSRP_URI_PATH_MAX);
    g_string_append(many, " msrp://r:1/a;tcp");
    ck_assert_ptr_null(msrp_uri_path_read(many->str));
}
END_TEST

int main(void)
{
    return suite_run("msrp_uri", (const TTest *const[]){
        uri_is_read_into_its_parts,
        uri_that_breaks_the_grammar_is_none,
        uri_comparison_sees_through_encoding_and_spellings_of_addresses,
        uri_of_our_own_is_written_and_read_alike,
        uri_path_has_one_to_eight_of_them_with_one_space_between,
        NULL,
    });
}
