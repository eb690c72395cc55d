// SPDX-License-Identifier: MIT
// URIs taken apart and written.
#include "mapping/uri.h"

#include "tests/support/suite.h"

#include <string.h>

static Uri parse(const char *text)
{
    Uri uri = {0};
    int status = 0;
    ck_assert_msg(uri_parse(&uri, text, &status), "refused with %d: %s", status, text);
    return uri;
}

static void assert_refused(const char *text, int expected)
{
    Uri uri = {0};
    int status = 0;
    ck_assert_msg(!uri_parse(&uri, text, &status), "taken: %s", text);
    ck_assert_msg(status == expected, "%d instead of %d: %s", status, expected, text);
}

/* ADDR-20 */
START_TEST(only_user_host_and_gr_of_a_uri_count)
{
    g_auto(Uri) uri =
        parse("SIP:alice:pa;ss@SIP.example.:5061;lr;GR=a%20b;maddr=%FF;gr=c?to=x%40y&gr=z");
    ck_assert_str_eq(uri.user, "alice");
    ck_assert_str_eq(uri.domain, "sip.example");
    ck_assert_str_eq(uri.instance, "a b");
    ck_assert(!uri.is_phone && !uri.is_secure);
}
END_TEST

START_TEST(a_user_part_may_have_what_looks_like_parameters_and_headers)
{
    g_auto(Uri) uri = parse("sip:s;e=mi?x/y@h.example");
    ck_assert_str_eq(uri.user, "s;e=mi?x/y");
    ck_assert_str_eq(uri.domain, "h.example");
    ck_assert_ptr_null(uri.instance);
}
END_TEST

/* ADDR-20 */
START_TEST(a_uri_without_user_names_a_domain)
{
    g_auto(Uri) uri = parse("sips:h.example;gr=x"), other = parse("sip:@h.example");
    ck_assert_ptr_null(uri.user);
    ck_assert(uri.is_secure);
    ck_assert_str_eq(other.user, "");
}
END_TEST

/* ADDR-28 */
START_TEST(a_temporary_gruu_has_no_instance)
{
    g_auto(Uri) without = parse("sip:a@h;gr"), empty = parse("sip:a@h;gr=");
    ck_assert_ptr_null(without.instance);
    ck_assert_ptr_null(empty.instance);
}
END_TEST

START_TEST(literal_addresses_are_hosts)
{
    g_auto(Uri) six = parse("sip:a@[2001:DB8::1]:5060;x"), four = parse("sip:a@192.0.2.1:5060");
    ck_assert_str_eq(six.domain, "[2001:db8::1]");
    ck_assert_str_eq(four.domain, "192.0.2.1");
}
END_TEST

/* ADDR-26 */
START_TEST(phone_numbers_lose_their_separators)
{
    g_auto(Uri) tel = parse("tel:+1-(555).123;phone-context=x.example;ext=5");
    g_auto(Uri) user = parse("sip:+1-555-0@h;user=Phone"), name = parse("sip:a-b.z@h;user=phone");
    ck_assert_str_eq(tel.user, "+1555123");
    ck_assert_str_eq(tel.phone_context, "x.example");
    ck_assert_ptr_null(tel.domain);
    ck_assert(tel.is_phone);
    ck_assert_str_eq(user.user, "+15550");
    ck_assert_str_eq(user.spelled_user, "+1-555-0");
    ck_assert_str_eq(name.user, "a-b.z");
    ck_assert(!name.is_phone);
}
END_TEST

/* ADDR-22 ADDR-30 */
START_TEST(refusals_have_their_status)
{
    g_autofree char *fill = g_strnfill(8192, 'a');
    g_autofree char *huge = g_strdup_printf("sip:%s@h", fill);
    assert_refused("", 400);
    assert_refused(":x", 400);
    assert_refused("alice@h", 400);
    assert_refused("sip:", 400);
    assert_refused("sip:a@", 400);
    assert_refused("sip:a@b@c", 400);
    assert_refused("sip:a@h:", 400);
    assert_refused("sip:a@h:50x", 400);
    assert_refused("sip:a@h>", 400);
    assert_refused("sip:%FF@h", 400);
    assert_refused("sip:a@h;gr=%0a", 400);
    assert_refused("tel:", 400);
    assert_refused("tel:alice", 400);
    assert_refused("sip:a@h..x", 404);
    assert_refused(huge, 414);
    assert_refused("mailto:a@h", 416);
    assert_refused("si:a@h", 416);
}
END_TEST

/* ADDR-02 ADDR-14 ADDR-16 */
START_TEST(a_uri_is_written_with_a_labels_and_gr)
{
    g_autofree char *full = uri_print("al%20", "bücher.example", "Big Room@2");
    g_autofree char *domain = uri_print(NULL, "h.example", NULL);
    ck_assert_str_eq(full, "sip:al%20@xn--bcher-kva.example;gr=Big%20Room%402");
    ck_assert_str_eq(domain, "sip:h.example");
}
END_TEST

int main(void)
{
    return suite_run("uri", (const TTest *const[]){
        only_user_host_and_gr_of_a_uri_count,
        a_user_part_may_have_what_looks_like_parameters_and_headers,
        a_uri_without_user_names_a_domain,
        a_temporary_gruu_has_no_instance,
        literal_addresses_are_hosts,
        phone_numbers_lose_their_separators,
        refusals_have_their_status,
        a_uri_is_written_with_a_labels_and_gr,
        NULL,
    });
}
