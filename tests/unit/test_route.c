// SPDX-License-Identifier: MIT
// Who lives where and how that shows in URIs.
#include "mapping/route.h"

#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

// Verona is XMPP, Mantua is SIP; rooms on either side.
static Route *stage(void)
{
    Route *route = route_new();
    ck_assert(route_add_component(route, "Mantua.example.", ROUTE_USERS, "mantua.example"));
    ck_assert(route_add_component(route, "halls.gw.example", ROUTE_ROOMS, "conf.mantua.example"));
    ck_assert(route_add_xmpp_domain(route, "verona.example", ROUTE_USERS, "VERONA.example"));
    ck_assert(route_add_xmpp_domain(route, "rooms.verona.example", ROUTE_ROOMS,
                                    "talk.verona.example"));
    return route;
}

static RouteKind side_of(const Route *route, const char *jid)
{
    g_autoptr(Address) address = address_from_jid(jid);
    return route_side_of(route, address);
}

static void assert_uri(const Route *route, const char *jid, const char *expected)
{
    g_autoptr(Address) address = address_from_jid(jid);
    g_autofree char *uri = route_to_uri(route, address);
    ck_assert_pstr_eq(uri, expected);
}

static void assert_aor(const Route *route, const char *jid, const char *expected)
{
    g_autoptr(Address) address = address_from_jid(jid);
    g_autofree char *uri = route_to_aor(route, address);
    ck_assert_pstr_eq(uri, expected);
}

static void assert_from(const Route *route, bool is_target, const char *uri, const char *expected)
{
    FailureReason reason;
    int status;
    g_autoptr(Address) address = route_from_uri(route, uri, is_target, &reason, &status);
    ck_assert_msg(address != NULL, "%s refused with %d", uri, status);
    ck_assert_str_eq(address_jid(address), expected);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(reason, FAILURE_NONE);
}

static void assert_refused(const Route *route, bool is_target, const char *uri, int expected)
{
    FailureReason reason;
    int status;
    ck_assert_msg(route_from_uri(route, uri, is_target, &reason, &status) == NULL, "%s", uri);
    ck_assert_msg(status == expected, "%s: %d", uri, status);
    ck_assert_int_eq(reason, failure_from_status(expected, false));
}

/* ADDR-02 ADDR-10 */
START_TEST(an_address_lives_where_its_domain_lives)
{
    g_autoptr(Route) route = stage();
    ck_assert_int_eq(side_of(route, "romeo@mantua.example/x"), ROUTE_SIP_USER);
    ck_assert_int_eq(side_of(route, "hall@halls.gw.example"), ROUTE_SIP_ROOM);
    ck_assert_int_eq(side_of(route, "juliet@verona.example"), ROUTE_XMPP_USER);
    ck_assert_int_eq(side_of(route, "talk@rooms.verona.example/Nina"), ROUTE_XMPP_ROOM);
    ck_assert_int_eq(side_of(route, "mantua.example"), ROUTE_GATEWAY);
    ck_assert_int_eq(side_of(route, "juliet@far.example"), ROUTE_NOWHERE);
    ck_assert_int_eq(side_of(route, NULL), ROUTE_NOWHERE);
}
END_TEST

/* ADDR-02 ADDR-14 ADDR-16 */
START_TEST(a_uri_has_the_sip_domain_of_its_pair)
{
    g_autoptr(Route) route = stage();
    assert_uri(route, "hall@halls.gw.example", "sip:hall@conf.mantua.example");
    assert_uri(route, "juliet@verona.example/bal cony", "sip:juliet@verona.example;gr=bal%20cony");
    assert_aor(route, "juliet@verona.example/bal cony", "sip:juliet@verona.example");
    assert_from(route, true, "sip:hall@conf.mantua.example", "hall@halls.gw.example");
}
END_TEST

/* ADDR-03 ADDR-10 */
START_TEST(who_lives_nowhere_has_no_uri_and_is_not_found)
{
    g_autoptr(Route) route = stage();
    assert_uri(route, "juliet@far.example", NULL);
    assert_uri(route, "verona.example", NULL);
    assert_uri(route, NULL, NULL);
    assert_refused(route, true, "sip:alice@other.example", 404);
    assert_refused(route, false, "sip:alice@other.example", 404);
}
END_TEST

/* ADDR-20 */
START_TEST(a_uri_without_user_is_the_gateway)
{
    g_autoptr(Route) route = stage();
    assert_from(route, true, "sip:verona.example", "verona.example");
    ck_assert_int_eq(side_of(route, "verona.example"), ROUTE_GATEWAY);
}
END_TEST

/* ADDR-02 */
START_TEST(international_domains_are_a_labels_on_sip_only)
{
    g_autoptr(Route) route = route_new();
    ck_assert(route_add_xmpp_domain(route, "BÜCHER.example", ROUTE_USERS, "xn--bcher-kva.example"));
    assert_uri(route, "x@bücher.example", "sip:x@xn--bcher-kva.example");
    assert_uri(route, "x@xn--bcher-kva.example", "sip:x@xn--bcher-kva.example");
    assert_from(route, true, "sip:x@XN--BCHER-KVA.example.", "x@bücher.example");
}
END_TEST

/* ADDR-02 */
START_TEST(a_domain_is_in_one_pair_only)
{
    g_autoptr(Route) route = stage();
    ck_assert(!route_add_component(route, "verona.example.", ROUTE_USERS, "new.example"));
    ck_assert(!route_add_xmpp_domain(route, "new.example", ROUTE_USERS, "Mantua.Example"));
    ck_assert(!route_add_component(route, "a b", ROUTE_USERS, "new.example"));
    ck_assert(!route_add_component(route, "new.example", ROUTE_USERS, ""));
    ck_assert(!route_set_foreign(route, "verona.example", "new.example"));
    ck_assert(route_set_foreign(route, "gw.example", "gw.example"));
    ck_assert(!route_add_component(route, "gw.example", ROUTE_USERS, "new.example"));
    ck_assert_int_eq(side_of(route, "x@new.example"), ROUTE_XMPP_USER); // foreign, not a pair
}
END_TEST

/* ADDR-04 */
START_TEST(an_alias_goes_before_the_algorithm)
{
    g_autoptr(Route) route = stage();
    ck_assert(route_add_alias(route, "juliet@verona.example", "sip:Capulet.2@verona.example"));
    ck_assert(route_add_alias(route, "nurse@far.example", "sip:nurse@else.example"));
    assert_uri(route, "juliet@verona.example/x", "sip:Capulet.2@verona.example;gr=x");
    assert_aor(route, "juliet@verona.example/x", "sip:Capulet.2@verona.example");
    assert_from(route, true, "sip:capulet%2E2@VERONA.example:5070;gr=y", "juliet@verona.example/y");
    assert_from(route, true, "sip:nurse@else.example", "nurse@far.example");
    assert_uri(route, "nurse@far.example", "sip:nurse@else.example");
    ck_assert_int_eq(side_of(route, "nurse@far.example"), ROUTE_XMPP_USER);
}
END_TEST

/* ADDR-04 */
START_TEST(both_columns_of_the_aliases_are_unique_and_well_formed)
{
    g_autoptr(Route) route = stage();
    ck_assert(route_add_alias(route, "a@verona.example", "sip:b@verona.example"));
    ck_assert(!route_add_alias(route, "a@verona.example", "sip:c@verona.example"));
    ck_assert(!route_add_alias(route, "c@verona.example", "sip:B@verona.example"));
    ck_assert(!route_add_alias(route, "verona.example", "sip:d@verona.example"));
    ck_assert(!route_add_alias(route, "d@verona.example/x", "sip:d@verona.example"));
    ck_assert(!route_add_alias(route, "d@verona.example", "sip:verona.example"));
    ck_assert(!route_add_alias(route, "d@verona.example", "sips:d@verona.example"));
    ck_assert(!route_add_alias(route, "d@verona.example", "sip:d@verona.example;gr=x"));
    ck_assert(!route_add_alias(route, "d@verona.example", "sip:d>@verona.example"));
}
END_TEST

/* ADDR-05 */
START_TEST(foreign_domains_are_nested_both_ways)
{
    g_autoptr(Route) route = stage();
    ck_assert(route_set_foreign(route, "gw.example", "gw.sip.example"));
    assert_from(route, false, "sip:O'Malley@other.example;gr=d", "o\\27malley\\40other.example@gw.example/d");
    assert_uri(route, "alice\\40other.example@gw.example/d", "sip:alice@other.example;gr=d");
    assert_uri(route, "juliet@far.example/b", "sip:juliet%40far.example@gw.sip.example;gr=b");
    assert_from(route, true, "sip:juliet%40far.example@gw.sip.example;gr=b", "juliet@far.example/b");
    ck_assert_int_eq(side_of(route, "alice\\40other.example@gw.example"), ROUTE_SIP_USER);
    ck_assert_int_eq(side_of(route, "juliet@far.example"), ROUTE_XMPP_USER);
    ck_assert_int_eq(side_of(route, "gw.example"), ROUTE_GATEWAY);
    ck_assert_int_eq(side_of(route, "plain@gw.example"), ROUTE_NOWHERE);
    assert_refused(route, true, "sip:plain@gw.sip.example", 404);
}
END_TEST

/* ADDR-05 */
START_TEST(nobody_of_a_known_domain_has_a_second_nested_identity)
{
    g_autoptr(Route) route = stage();
    ck_assert(route_set_foreign(route, "gw.example", "gw.sip.example"));
    assert_refused(route, true, "sip:juliet%40verona.example@gw.sip.example", 404);
    assert_uri(route, "romeo\\40mantua.example@gw.example", NULL);
    ck_assert_int_eq(side_of(route, "romeo\\40mantua.example@gw.example"), ROUTE_NOWHERE);
}
END_TEST

/* ADDR-17 */
START_TEST(a_sip_user_is_answered_in_its_own_spelling)
{
    g_autoptr(Route) route = stage();
    assert_uri(route, "romeo.m@mantua.example", "sip:romeo.m@mantua.example");
    assert_from(route, false, "sip:Romeo%2EM@mantua.example;gr=x", "romeo.m@mantua.example/x");
    assert_uri(route, "romeo.m@mantua.example/y", "sip:Romeo%2EM@mantua.example;gr=y");
    assert_aor(route, "romeo.m@mantua.example/y", "sip:Romeo%2EM@mantua.example");
    assert_from(route, false, "sip:ROMEO.M@mantua.example", "romeo.m@mantua.example");
    assert_aor(route, "romeo.m@mantua.example", "sip:Romeo%2EM@mantua.example");
}
END_TEST

/* ADDR-17 */
START_TEST(only_senders_on_sip_teach_a_spelling)
{
    g_autoptr(Route) route = stage();
    assert_from(route, true, "sip:TYBALT@mantua.example", "tybalt@mantua.example");
    assert_aor(route, "tybalt@mantua.example", "sip:tybalt@mantua.example");
    assert_from(route, false, "sip:JULIET@verona.example", "juliet@verona.example");
    assert_aor(route, "juliet@verona.example", "sip:juliet@verona.example");
    assert_from(route, false, "sip:Bad^User@mantua.example", "bad^user@mantua.example");
    assert_aor(route, "bad^user@mantua.example", "sip:bad%5Euser@mantua.example");
}
END_TEST

/* ADDR-17 */
START_TEST(the_memory_of_spellings_is_bounded)
{
    g_autoptr(Route) route = stage();
    assert_from(route, false, "sip:FIRST@mantua.example", "first@mantua.example");
    for (int i = 0; i < 10000; i++) {
        g_autofree char *uri = g_strdup_printf("sip:U%d@mantua.example", i);
        g_autoptr(Address) user = route_from_uri(route, uri, false, NULL, NULL);
        ck_assert_ptr_nonnull(user);
    }
    assert_aor(route, "first@mantua.example", "sip:first@mantua.example");
    assert_aor(route, "u1@mantua.example", "sip:U1@mantua.example");
}
END_TEST

/* ADDR-26 */
START_TEST(phone_numbers_are_users_of_the_phone_domain)
{
    g_autoptr(Route) route = stage();
    assert_refused(route, true, "tel:+1555", 404);
    assert_from(route, true, "sip:+1-555@mantua.example;user=phone", "+1555@mantua.example");
    ck_assert(route_set_phone(route, "phone.example", NULL));
    assert_from(route, true, "tel:+1-(555).1234", "+15551234@phone.example");
    assert_from(route, true, "sip:+1-555@mantua.example;user=phone", "+1555@phone.example");
    assert_refused(route, true, "tel:7042;phone-context=+1555", 404);
    ck_assert(route_set_phone(route, "phone.example", "+1555"));
    assert_from(route, true, "tel:70-42;phone-context=+1555", "+15557042@phone.example");
    assert_from(route, true, "sip:7042@mantua.example;user=phone", "+15557042@phone.example");
    assert_refused(route, true, "tel:7042;phone-context=+1666", 404);
    ck_assert(route_set_phone(route, "phone.example", "office.example"));
    assert_from(route, true, "tel:7042;phone-context=office.example", "7042@phone.example");
    ck_assert(!route_set_phone(route, "", NULL));
}
END_TEST

/* ADDR-28 */
START_TEST(a_gruu_names_an_instance_and_a_temporary_one_none)
{
    g_autoptr(Route) route = stage();
    assert_from(route, false, "sip:romeo@mantua.example;gr=urn:uuid:f81d4fae",
                "romeo@mantua.example/urn:uuid:f81d4fae");
    assert_from(route, false, "sip:romeo@mantua.example;gr", "romeo@mantua.example");
}
END_TEST

/* SEC-13 */
START_TEST(look_alikes_are_two_users_and_shown_as_they_are)
{
    g_autoptr(Route) route = stage();
    assert_from(route, false, "sip:romeo@mantua.example", "romeo@mantua.example");
    assert_from(route, false, "sip:r%D0%BEme%D0%BE@mantua.example", "r\u043eme\u043e@mantua.example");
    assert_from(route, false, "sip:rorneo@mantua.example", "rorneo@mantua.example");
    assert_from(route, false, "sip:romeo@mantua.example", "romeo@mantua.example");
}
END_TEST

static void reject(const char *id, JsonObject *in, JsonObject *out)
{
    g_autoptr(Route) route = route_new();
    route_add_xmpp_domain(route, "xmpp.example", ROUTE_USERS, "xmpp.example");
    route_add_xmpp_domain(route, "sip.example", ROUTE_USERS, "sip.example");
    assert_refused(route, true, vectors_text(in, "uri"),
                   (int)json_object_get_int_member(out, "sip_status"));
}

/* ADDR-22 ADDR-25 ADDR-30 SEC-01 */
START_TEST(vectors_of_refused_uris)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "addr_s2x_reject", reject), 6);
}
END_TEST

/* SEC-01 */
START_TEST(a_sips_sender_is_known_by_the_same_name)
{
    g_autoptr(Route) route = stage();
    assert_from(route, false, "sips:romeo@mantua.example", "romeo@mantua.example");
    assert_refused(route, true, "sips:juliet@verona.example", 480);
}
END_TEST

/* CONF-006 */
START_TEST(a_sips_room_is_forbidden)
{
    g_autoptr(Route) route = stage();
    assert_refused(route, true, "sips:talk@talk.verona.example", 403);
}
END_TEST

/* ADDR-31 */
START_TEST(an_anonymous_sender_is_refused_unless_allowed)
{
    g_autoptr(Route) route = stage();
    ck_assert(route_set_foreign(route, "gw.example", "gw.sip.example"));
    assert_refused(route, false, "sip:anonymous@anonymous.invalid", 433);
    assert_refused(route, true, "sip:anonymous@anonymous.invalid", 404);
    ck_assert(route_set_anonymous(route, "mantua.example"));
    assert_from(route, false, "sip:x@Anonymous.invalid", "anonymous@mantua.example");
    assert_refused(route, true, "sip:anonymous@anonymous.invalid", 404);
    ck_assert(!route_set_anonymous(route, "a b"));
}
END_TEST

/* ADDR-30 */
START_TEST(a_malformed_uri_is_refused_before_anything_else)
{
    g_autoptr(Route) route = stage();
    assert_refused(route, true, "juliet@verona.example", 400);
    assert_refused(route, true, "sip:juliet@verona.example:x", 400);
    assert_refused(route, true, "ftp:juliet@verona.example", 416);
    ck_assert_ptr_null(route_from_uri(route, "", true, NULL, NULL));
}
END_TEST

static void occupant(JsonNode *in, JsonNode *out)
{
    JsonArray *pair = json_node_get_array(in);
    g_autoptr(Route) route = route_new();
    ck_assert(route_add_xmpp_domain(route, "rooms.verona.example", ROUTE_ROOMS,
                                    "rooms.verona.example"));
    g_autoptr(Address) room = address_from_jid(json_array_get_string_element(pair, 0));
    g_autoptr(Address) there =
        address_with_resource(room, json_array_get_string_element(pair, 1));
    g_autofree char *uri = route_to_uri(route, there);
    ck_assert_str_eq(uri, json_node_get_string(out));
    g_autoptr(Address) back = route_from_uri(route, uri, true, NULL, NULL);
    ck_assert(address_equal(back, there));
}

START_TEST(vector_026_occupants_go_there_and_back)
{
    ck_assert_int_eq(vectors_each_case("GV-026", occupant), 5);
}
END_TEST

int main(void)
{
    return suite_run("route", (const TTest *const[]){
        an_address_lives_where_its_domain_lives,
        a_uri_has_the_sip_domain_of_its_pair,
        who_lives_nowhere_has_no_uri_and_is_not_found,
        a_uri_without_user_is_the_gateway,
        international_domains_are_a_labels_on_sip_only,
        a_domain_is_in_one_pair_only,
        an_alias_goes_before_the_algorithm,
        both_columns_of_the_aliases_are_unique_and_well_formed,
        foreign_domains_are_nested_both_ways,
        nobody_of_a_known_domain_has_a_second_nested_identity,
        a_sip_user_is_answered_in_its_own_spelling,
        only_senders_on_sip_teach_a_spelling,
        the_memory_of_spellings_is_bounded,
        phone_numbers_are_users_of_the_phone_domain,
        a_gruu_names_an_instance_and_a_temporary_one_none,
        look_alikes_are_two_users_and_shown_as_they_are,
        vectors_of_refused_uris,
        a_sips_sender_is_known_by_the_same_name,
        a_sips_room_is_forbidden,
        an_anonymous_sender_is_refused_unless_allowed,
        a_malformed_uri_is_refused_before_anything_else,
        vector_026_occupants_go_there_and_back,
        NULL,
    });
}
