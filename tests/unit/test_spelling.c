// SPDX-License-Identifier: MIT
// The plain address algorithm: the vectors of the specification and the round trip of ADDR-32.
#include "mapping/spelling.h"

#include "mapping/escape.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static const char VECTORS[] = "vectors-one-to-one.json";

static Address *read_uri(const char *text, int *status)
{
    g_auto(Uri) uri = {0};
    return uri_parse(&uri, text, status) ? spelling_from_uri(&uri, NULL, status) : NULL;
}

static void x2s(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(Address) address = address_from_jid(vectors_text(in, "jid"));
    g_autofree char *uri = spelling_to_uri(address, NULL, SPELLING_INSTANCE);
    ck_assert_msg(g_strcmp0(uri, vectors_text(out, "uri")) == 0, "%s: %s", id, uri);
}

/* ADDR-01 ADDR-10 ADDR-11 ADDR-12 ADDR-13 ADDR-14 ADDR-16 */
START_TEST(vectors_jid_to_uri)
{
    ck_assert_int_eq(vectors_each(VECTORS, "addr_x2s", x2s), 23);
}
END_TEST

static void s2x(const char *id, JsonObject *in, JsonObject *out)
{
    int status = 0;
    g_autoptr(Address) address = read_uri(vectors_text(in, "uri"), &status);
    ck_assert_msg(g_strcmp0(address_jid(address), vectors_text(out, "jid")) == 0, "%s: %s (%d)", id,
                  address_jid(address), status);
}

/* ADDR-01 ADDR-20 ADDR-21 ADDR-23 ADDR-24 ADDR-28 */
START_TEST(vectors_uri_to_jid)
{
    ck_assert_int_eq(vectors_each(VECTORS, "addr_s2x", s2x), 25);
}
END_TEST

static void foreign_s2x(const char *id, JsonObject *in, JsonObject *out)
{
    int status = 0;
    g_auto(Uri) uri = {0};
    ck_assert(uri_parse(&uri, vectors_text(in, "uri"), &status));
    g_autoptr(Address) address = spelling_nest_from_uri(&uri, vectors_text(in, "gateway"), &status);
    ck_assert_msg(g_strcmp0(address_jid(address), vectors_text(out, "jid")) == 0, "%s: %s", id,
                  address_jid(address));
    g_autofree char *back = spelling_unnest_to_uri(address, SPELLING_INSTANCE);
    ck_assert_str_eq(back, vectors_text(in, "uri"));
}

static void foreign_x2s(const char *id, JsonObject *in, JsonObject *out)
{
    int status = 0;
    g_auto(Uri) uri = {0};
    g_autoptr(Address) address = address_from_jid(vectors_text(in, "jid"));
    g_autofree char *text =
        spelling_nest_to_uri(address, vectors_text(in, "gateway"), SPELLING_INSTANCE);
    ck_assert_msg(g_strcmp0(text, vectors_text(out, "uri")) == 0, "%s: %s", id, text);
    ck_assert(uri_parse(&uri, text, &status));
    g_autoptr(Address) back = spelling_unnest_from_uri(&uri, &status);
    ck_assert(address_equal(back, address));
}

/* ADDR-05 */
START_TEST(vectors_of_foreign_domains_go_there_and_back)
{
    ck_assert_int_eq(vectors_each(VECTORS, "addr_foreign_sip_to_jid", foreign_s2x), 3);
    ck_assert_int_eq(vectors_each(VECTORS, "addr_foreign_jid_to_uri", foreign_x2s), 3);
}
END_TEST

/* ADDR-05 */
START_TEST(what_has_nothing_nested_is_refused)
{
    static const char *const jids[] = {"gw.example", "plain@gw.example", "\\40d@gw.example",
                                       "a\\40@gw.example", "a\\40b\\20c@gw.example", NULL};
    for (size_t i = 0; jids[i] != NULL; i++) {
        g_autoptr(Address) address = address_from_jid(jids[i]);
        ck_assert_ptr_null(spelling_unnest_to_uri(address, SPELLING_AOR));
    }
    int status = 0;
    g_auto(Uri) uri = {0};
    ck_assert(uri_parse(&uri, "sip:plain@gw.example", &status));
    ck_assert_ptr_null(spelling_unnest_from_uri(&uri, &status));
    ck_assert_int_eq(status, 404);
}
END_TEST

/* ADDR-05 */
START_TEST(a_nested_name_over_1023_octets_is_not_found)
{
    int status = 0;
    g_auto(Uri) uri = {0};
    g_autofree char *fill = g_strnfill(1012, 'a');
    g_autofree char *text = g_strdup_printf("sip:%s@h.example", fill);
    ck_assert(uri_parse(&uri, text, &status));
    g_autoptr(Address) plain = spelling_from_uri(&uri, NULL, &status);
    ck_assert_ptr_nonnull(plain);
    ck_assert_ptr_null(spelling_nest_from_uri(&uri, "gw.example", &status));
    ck_assert_int_eq(status, 404);
}
END_TEST

/* ADDR-23 */
START_TEST(folding_forges_no_escape_code)
{
    int status = 0;
    g_autoptr(Address) ascii = read_uri("sip:back%5C2Fx@h", &status);
    g_autoptr(Address) wide = read_uri("sip:%EF%BC%BC26x@h", &status); // full-width backslash
    ck_assert_str_eq(address_jid(ascii), "back\\5c2fx@h");
    ck_assert_str_eq(address_jid(wide), "\\5c26x@h");
}
END_TEST

/* ADDR-25 */
START_TEST(users_that_no_jid_can_name_are_not_found)
{
    static const char *const bad[] = {"sip:@h", "sip:%20a@h", "sip:a%20@h",
                                      "sip:%E2%99%9A@h", NULL};
    g_autofree char *fill = g_strnfill(1024, 'a');
    g_autofree char *longer = g_strdup_printf("sip:%s@h", fill);
    g_autofree char *grown = g_strdup_printf("sip:%.1000s&&&&&&&&&@h", fill);
    int status = 0;
    for (size_t i = 0; bad[i] != NULL; i++) {
        ck_assert_msg(read_uri(bad[i], &status) == NULL, "%s", bad[i]);
        ck_assert_int_eq(status, 404);
    }
    ck_assert_ptr_null(read_uri(longer, &status));
    ck_assert_ptr_null(read_uri(grown, &status));
    ck_assert_int_eq(status, 404);
}
END_TEST

/* ADDR-14 */
START_TEST(the_address_of_record_has_no_gr)
{
    g_autoptr(Address) address = address_from_jid("juliet@verona.example/balcony");
    g_autofree char *aor = spelling_to_uri(address, "sip.example", SPELLING_AOR);
    ck_assert_str_eq(aor, "sip:juliet@sip.example");
    ck_assert_ptr_null(spelling_to_uri(NULL, NULL, SPELLING_AOR));
}
END_TEST

static void assert_xmpp_uri(const char *jid, const char *expected)
{
    g_autoptr(Address) address = address_from_jid(jid);
    g_autofree char *uri = spelling_to_xmpp_uri(address);
    g_autoptr(Address) back = spelling_from_xmpp_uri(uri);
    ck_assert_pstr_eq(uri, expected);
    ck_assert(address_equal(address, back));
}

START_TEST(an_xmpp_uri_carries_every_jid)
{
    assert_xmpp_uri("juliet@verona.example", "xmpp:juliet@verona.example");
    assert_xmpp_uri("o\\27hara@h/a/b@c", "xmpp:o%5C27hara@h/a%2Fb%40c");
    assert_xmpp_uri("é@bücher.example", "xmpp:%C3%A9@xn--bcher-kva.example");
    assert_xmpp_uri("h.example", "xmpp:h.example");
    assert_xmpp_uri(NULL, NULL);
}
END_TEST

START_TEST(an_xmpp_uri_of_others_may_have_more)
{
    static const char *const bad[] = {"juliet@h", "sip:a@h", "xmpp:", "xmpp:a@", "xmpp:%FF@h",
                                      "xmpp:a@h/%00", "xmpp://guest@h", NULL};
    g_autoptr(Address) address = spelling_from_xmpp_uri("XMPP://guest@h/Talk@rooms.h/n?join;x=/#y");
    ck_assert_str_eq(address_jid(address), "talk@rooms.h/n");
    for (size_t i = 0; bad[i] != NULL; i++)
        ck_assert_msg(spelling_from_xmpp_uri(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

// Characters that a local part may have, those that need care more often than others.
static void append_random(GString *plain, GRand *random)
{
    static const char *const wide[] = {"é", "ü", "ß", "猫", "π", "ж", "ガ", "\u0301", "𐐨"};
    int kind = g_rand_int_range(random, 0, 10);
    if (kind < 3)
        g_string_append_c(plain, " \"&'/:<>@\\"[g_rand_int_range(random, 0, 10)]);
    else if (kind < 5)
        g_string_append(plain, wide[g_rand_int_range(random, 0, G_N_ELEMENTS(wide))]);
    else if (kind < 7)
        g_string_append_c(plain, "\\0234567acef"[g_rand_int_range(random, 0, 12)]);
    else
        g_string_append_c(plain, (char)g_rand_int_range(random, 0x21, 0x7f));
}

// A JID with a random local part and, every other time, a random resource; NULL: not a valid one.
static Address *random_address(GRand *random)
{
    g_autoptr(GString) plain = g_string_new(NULL), name = g_string_new(NULL);
    for (int i = g_rand_int_range(random, 1, 12); i > 0; i--)
        append_random(plain, random);
    for (int i = g_rand_int_range(random, 0, 6); i > 0; i--)
        append_random(name, random);
    g_autofree char *local = escape_local(plain->str);
    return address_from_parts(local, "bücher.example", name->len > 0 ? name->str : NULL);
}

/* ADDR-15 ADDR-32 */
START_TEST(every_jid_comes_back_from_its_uri)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7247);
    int tried = 0;
    while (tried < 20000) {
        int status = 0;
        g_autoptr(Address) address = random_address(random);
        if (address == NULL)
            continue;
        g_autofree char *uri = spelling_to_uri(address, NULL, SPELLING_INSTANCE);
        g_autoptr(Address) back = read_uri(uri, &status);
        ck_assert_msg(address_equal(address, back), "%s -> %s -> %s (%d)", address_jid(address), uri,
                      address_jid(back), status);
        tried++;
    }
}
END_TEST

int main(void)
{
    return suite_run("spelling", (const TTest *const[]){
        vectors_jid_to_uri,
        vectors_uri_to_jid,
        vectors_of_foreign_domains_go_there_and_back,
        what_has_nothing_nested_is_refused,
        a_nested_name_over_1023_octets_is_not_found,
        folding_forges_no_escape_code,
        users_that_no_jid_can_name_are_not_found,
        the_address_of_record_has_no_gr,
        an_xmpp_uri_carries_every_jid,
        an_xmpp_uri_of_others_may_have_more,
        every_jid_comes_back_from_its_uri,
        NULL,
    });
}
