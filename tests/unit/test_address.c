// SPDX-License-Identifier: MIT
// Addresses: parsing, canonical form, parts, identity.
#include "mapping/address.h"

#include "tests/support/suite.h"

#include <string.h>

static void assert_parts(const char *jid, const char *local, const char *domain,
                         const char *resource)
{
    g_autoptr(Address) address = address_from_jid(jid);
    ck_assert_msg(address != NULL, "refused: %s", jid);
    ck_assert_pstr_eq(address_local(address), local);
    ck_assert_pstr_eq(address_domain(address), domain);
    ck_assert_pstr_eq(address_resource(address), resource);
}

static void assert_canonical(const char *jid, const char *expected)
{
    g_autoptr(Address) address = address_from_jid(jid);
    ck_assert_msg(address != NULL, "refused: %s", jid);
    ck_assert_str_eq(address_jid(address), expected);
    g_autoptr(Address) again = address_from_jid(expected);
    ck_assert(address_equal(address, again));
}

static void assert_refused(const char *jid)
{
    g_autoptr(Address) address = address_from_jid(jid);
    ck_assert_msg(address == NULL, "taken: %s", jid);
}

/* ADDR-10 */
START_TEST(a_jid_is_cut_at_the_first_slash_then_at_the_first_at)
{
    assert_parts("juliet@verona.example/balcony", "juliet", "verona.example", "balcony");
    assert_parts("juliet@verona.example", "juliet", "verona.example", NULL);
    assert_parts("verona.example", NULL, "verona.example", NULL);
    assert_parts("a.example/b@c", NULL, "a.example", "b@c");
    assert_parts("j@v.example/a/b@c/", "j", "v.example", "a/b@c/");
}
END_TEST

/* ADDR-02 */
START_TEST(local_and_domain_are_made_canonical_and_the_resource_kept)
{
    assert_canonical("Juliet@Verona.Example./Bal Cony", "juliet@verona.example/Bal Cony");
    assert_canonical("e\u0301@xn--bcher-kva.example", "é@bücher.example");
    assert_canonical("x@BÜCHER.example", "x@bücher.example");
    assert_canonical("o\\27Hara@h", "o\\27hara@h");
    assert_canonical("x@[2001:DB8::1]", "x@[2001:db8::1]");
    assert_canonical("x@192.0.2.1/e\u0301", "x@192.0.2.1/e\u0301");
}
END_TEST

START_TEST(what_is_no_jid_is_refused)
{
    static const char *const bad[] = {
        "", "@", "@h", "a@", "/", "/r", "a@h/", "a@b@c", "a b@h", "a\"@h", "a&b@h", "a'@h", "a:b@h",
        "a<@h", "a>@h", "a＠b@h", "\\20a@h", "a\\20@h", "a\x01@h", "♚@h", "a@h/\x01", "a@h/\xff",
        "\xff@h", "a@\xff", "a@.", "a@..", "a@.h", "a@h..", "a@a..b", "a@h h", "a@h:5222", "a@[::1",
        "a@h/\xc2\x85", "a@<h>", "a@xn--a", NULL};
    for (size_t i = 0; bad[i] != NULL; i++)
        assert_refused(bad[i]);
    ck_assert_ptr_null(address_from_jid(NULL));
}
END_TEST

/* ADDR-25 */
START_TEST(each_part_may_have_1023_octets_and_not_one_more)
{
    g_autofree char *most = g_strnfill(1023, 'a');
    g_autofree char *jid = g_strdup_printf("%s@h/%s", most, most);
    g_autofree char *local = g_strdup_printf("a%s@h", most), *name = g_strdup_printf("x@h/a%s", most);
    g_autofree char *label = g_strndup(most, 64), *domain = g_strdup_printf("x@%s", label);
    assert_parts(jid, most, "h", most);
    assert_refused(local);
    assert_refused(name);
    assert_refused(domain);
    g_autoptr(GString) dots = g_string_new("x@");
    for (int i = 0; i < 512; i++)
        g_string_append(dots, "a.");
    assert_refused(dots->str);
}
END_TEST

START_TEST(the_bare_form_shares_everything_but_the_resource)
{
    g_autoptr(Address) full = address_from_jid("juliet@verona.example/balcony");
    g_autoptr(Address) bare = address_to_bare(full), again = address_to_bare(bare);
    ck_assert_str_eq(address_bare(full), "juliet@verona.example");
    ck_assert_str_eq(address_jid(bare), "juliet@verona.example");
    ck_assert_ptr_eq(again, bare);
    ck_assert(!address_equal(full, bare));
    ck_assert(address_equal_bare(full, bare));
    ck_assert(address_hash(full) != address_hash(bare));
}
END_TEST

START_TEST(a_resource_can_be_put_on_and_is_checked)
{
    g_autofree char *longer = g_strnfill(1024, 'a');
    g_autoptr(Address) room = address_from_jid("talk@rooms.example");
    g_autoptr(Address) occupant = address_with_resource(room, "Ève & co");
    g_autoptr(Address) other = address_with_resource(occupant, "x");
    ck_assert_str_eq(address_jid(occupant), "talk@rooms.example/Ève & co");
    ck_assert_str_eq(address_jid(other), "talk@rooms.example/x");
    ck_assert_ptr_null(address_with_resource(room, ""));
    ck_assert_ptr_null(address_with_resource(room, "a\nb"));
    ck_assert_ptr_null(address_with_resource(room, longer));
    ck_assert_ptr_null(address_with_resource(NULL, "x"));
}
END_TEST

START_TEST(equal_addresses_hash_alike_and_domains_differ_from_users)
{
    g_autoptr(Address) a = address_from_jid("A@H/r"), b = address_from_jid("a@h/r");
    g_autoptr(Address) c = address_from_jid("a@h/R"), d = address_from_jid("h/r");
    ck_assert(address_equal(a, b));
    ck_assert_uint_eq(address_hash(a), address_hash(b));
    ck_assert(!address_equal(a, c));
    ck_assert(address_equal_bare(a, c));
    ck_assert(!address_equal_bare(a, d));
}
END_TEST

START_TEST(no_address_answers_nothing)
{
    g_autoptr(Address) a = address_from_jid("a@h");
    ck_assert_ptr_null(address_jid(NULL));
    ck_assert_ptr_null(address_bare(NULL));
    ck_assert_ptr_null(address_local(NULL));
    ck_assert_ptr_null(address_domain(NULL));
    ck_assert_ptr_null(address_resource(NULL));
    ck_assert_ptr_null(address_ref(NULL));
    ck_assert_ptr_null(address_to_bare(NULL));
    ck_assert(address_equal(NULL, NULL));
    ck_assert(!address_equal(a, NULL));
    ck_assert(!address_equal_bare(NULL, a));
    ck_assert_uint_eq(address_hash(NULL), 0);
    address_unref(NULL);
}
END_TEST

START_TEST(a_reference_keeps_an_address_alive)
{
    Address *a = address_from_jid("a@h/r"), *b = address_ref(a);
    address_unref(a);
    ck_assert_str_eq(address_jid(b), "a@h/r");
    address_unref(b);
}
END_TEST

int main(void)
{
    return suite_run("address", (const TTest *const[]){
        a_jid_is_cut_at_the_first_slash_then_at_the_first_at,
        local_and_domain_are_made_canonical_and_the_resource_kept,
        what_is_no_jid_is_refused,
        each_part_may_have_1023_octets_and_not_one_more,
        the_bare_form_shares_everything_but_the_resource,
        a_resource_can_be_put_on_and_is_checked,
        equal_addresses_hash_alike_and_domains_differ_from_users,
        no_address_answers_nothing,
        a_reference_keeps_an_address_alive,
        NULL,
    });
}
