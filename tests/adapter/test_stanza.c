// SPDX-License-Identifier: MIT
#include "xmpp/stanza.h"

#include "tests/support/suite.h"

static xmpp_ctx_t *ctx;

static xmpp_stanza_t *parse(const char *text)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
    ck_assert_ptr_nonnull(stanza);
    return stanza;
}

static void expect_clean(const char *dirty, const char *clean)
{
    g_autofree char *text = stanza_clean(dirty);
    ck_assert_str_eq(text, clean);
}

/* IM-25 SEC-07 */
START_TEST(what_is_no_xml_character_becomes_a_replacement)
{
    expect_clean("plain \t\r\n text", "plain \t\r\n text");
    expect_clean("tsch\xC3\xBCss \xF0\x9F\x98\x80", "tsch\xC3\xBCss \xF0\x9F\x98\x80");
    expect_clean("a\x01"
                 "b\x1F\x7F",
                 "a\xEF\xBF\xBD"
                 "b\xEF\xBF\xBD\x7F");
    expect_clean("\xEF\xBF\xBF", "\xEF\xBF\xBD");                         // U+FFFF
    expect_clean("x\xC3", "x\xEF\xBF\xBD");                               // cut short
    expect_clean("\xC0\xAFy", "\xEF\xBF\xBD\xEF\xBF\xBDy");               // overlong
    expect_clean("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); // surrogate
    ck_assert_ptr_null(stanza_clean(NULL));
}
END_TEST

START_TEST(all_that_is_written_is_made_legal)
{
    g_autoptr(xmpp_stanza_t) stanza = stanza_new(ctx, "message", "a@b", "c@d", NULL, "i\x02");
    stanza_add_text(stanza, "body", NULL, "one\x01two <&>");
    g_autofree char *text = stanza_to_text(stanza, NULL);
    g_autoptr(xmpp_stanza_t) back = parse(text);
    ck_assert_str_eq(xmpp_stanza_get_id(back), "i\xEF\xBF\xBD");
    g_autofree char *body = stanza_text(stanza_child(back, "body", NULL), 100);
    ck_assert_str_eq(body, "one\xEF\xBF\xBDtwo <&>");
}
END_TEST

START_TEST(texts_and_attributes_beyond_their_bound_are_absent)
{
    g_autoptr(xmpp_stanza_t) stanza = parse("<m id='12345'><a>12345</a><b/></m>");
    ck_assert_str_eq(stanza_attribute(stanza, "id", 5), "12345");
    ck_assert_ptr_null(stanza_attribute(stanza, "id", 4));
    g_autofree char *fits = stanza_text(stanza_child(stanza, "a", NULL), 5);
    ck_assert_str_eq(fits, "12345");
    ck_assert_ptr_null(stanza_text(stanza_child(stanza, "a", NULL), 4));
    ck_assert_ptr_null(stanza_text(stanza_child(stanza, "b", NULL), 4));
    ck_assert_ptr_null(stanza_text(NULL, 4));
}
END_TEST

START_TEST(text_is_put_together_again_from_its_pieces)
{
    g_autoptr(xmpp_stanza_t) stanza = parse("<m>one\ntwo &amp; <b>not this</b>three</m>");
    g_autofree char *text = stanza_text(stanza, 100);
    ck_assert_str_eq(text, "one\ntwo & three");
}
END_TEST

START_TEST(children_are_found_by_name_and_namespace)
{
    g_autoptr(xmpp_stanza_t) stanza =
        parse("<m xmlns='stream'><x xmlns='one'/><body xmlns='other'/><body/></m>");
    ck_assert_ptr_nonnull(stanza_child(stanza, "x", "one"));
    ck_assert_ptr_null(stanza_child(stanza, "x", "two"));
    ck_assert_ptr_null(stanza_child(stanza, "x", NULL));
    ck_assert_str_eq(xmpp_stanza_get_ns(stanza_child(stanza, "body", NULL)), "stream");
    ck_assert_str_eq(xmpp_stanza_get_name(stanza_child_in(stanza, "other")), "body");
}
END_TEST

START_TEST(nobody_walks_further_than_the_bound)
{
    g_autoptr(GString) text = g_string_new("<m>");
    for (int i = 0; i < STANZA_CHILDREN_MAX; i++)
        g_string_append(text, "<a/>");
    g_string_append(text, "<last/></m>");
    g_autoptr(xmpp_stanza_t) stanza = parse(text->str);
    ck_assert_ptr_nonnull(stanza_child(stanza, "a", NULL));
    ck_assert_ptr_null(stanza_child(stanza, "last", NULL));
}
END_TEST

/* IM-09 */
START_TEST(the_language_is_xml_lang_both_ways)
{
    g_autoptr(xmpp_stanza_t) stanza = parse("<m xml:lang='pt-BR'><a xml:lang='no good'/></m>");
    ck_assert_str_eq(stanza_lang(stanza), "pt-BR");
    ck_assert_ptr_null(stanza_lang(stanza_child(stanza, "a", NULL)));
    g_autoptr(xmpp_stanza_t) out = stanza_new(ctx, "message", "a@b", "c@d", NULL, NULL);
    stanza_set(out, "xml:lang", "cs");
    g_autofree char *text = stanza_to_text(out, NULL);
    g_autoptr(xmpp_stanza_t) back = parse(text);
    ck_assert_str_eq(stanza_lang(back), "cs");
}
END_TEST

START_TEST(the_domain_of_a_jid_is_cut_before_the_resource)
{
    static const char *const CASES[][2] = {
        {"a@b/c", "b"}, {"b/c@d", "b"}, {"a@b", "b"}, {"b", "b"}, {"", ""}, {"a@b/c@d/e", "b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *domain = stanza_domain_of(CASES[i][0]);
        ck_assert_str_eq(domain, CASES[i][1]);
    }
}
END_TEST

/* EXT-08 */
START_TEST(stamps_are_read_in_any_zone_and_told_in_utc)
{
    g_autofree char *plain = stanza_stamp("2026-01-02T03:04:05Z");
    ck_assert_str_eq(plain, "2026-01-02T03:04:05Z");
    g_autofree char *zone = stanza_stamp("2026-01-02T03:04:05.678-05:00");
    ck_assert_str_eq(zone, "2026-01-02T08:04:05Z");
    ck_assert_ptr_null(stanza_stamp("yesterday"));
    ck_assert_ptr_null(stanza_stamp("2026-01-02T03:04:05")); // no zone
    ck_assert_ptr_null(stanza_stamp(NULL));
}
END_TEST

int main(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    const TTest *const tests[] = {
        what_is_no_xml_character_becomes_a_replacement,
        all_that_is_written_is_made_legal,
        texts_and_attributes_beyond_their_bound_are_absent,
        text_is_put_together_again_from_its_pieces,
        children_are_found_by_name_and_namespace,
        nobody_walks_further_than_the_bound,
        the_language_is_xml_lang_both_ways,
        the_domain_of_a_jid_is_cut_before_the_resource,
        stamps_are_read_in_any_zone_and_told_in_utc,
        NULL,
    };
    int rc = suite_run("stanza", tests);
    xmpp_ctx_free(ctx);
    return rc;
}
