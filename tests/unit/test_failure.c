// SPDX-License-Identifier: MIT
// Error tables: the vectors of both files, and what they leave out.
#include "mapping/failure.h"

#include "mapping/spelling.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static const char VECTORS[] = "vectors-one-to-one.json";

START_TEST(every_reason_has_a_name_and_comes_back_from_it)
{
    static const char *const types[] = {"cancel", "modify", "auth", "wait", NULL};
    for (FailureReason reason = FAILURE_NONE + 1; reason < FAILURE_COUNT; reason++) {
        ck_assert_int_eq(failure_from_name(failure_name(reason)), reason);
        ck_assert(g_strv_contains(types, failure_type(reason)));
    }
    ck_assert_int_eq(FAILURE_COUNT - 1, 22);
    ck_assert_int_eq(failure_from_name(NULL), FAILURE_NONE);
    ck_assert_int_eq(failure_from_name("no-such-thing"), FAILURE_NONE);
    ck_assert_int_eq(failure_from_name("none"), FAILURE_NONE);
}
END_TEST

// The address in an error text, spelled as a SIP URI; NULL when there is none.
static char *contact_of(const char *text)
{
    g_autoptr(Address) address = spelling_from_xmpp_uri(text);
    return spelling_to_uri(address, NULL, SPELLING_AOR);
}

// The Contact of a response, spelled as an error text; NULL when there is none.
static char *text_of(const char *contact)
{
    int status;
    g_auto(Uri) uri = {0};
    if (contact == NULL || !uri_parse(&uri, contact, &status))
        return NULL;
    g_autoptr(Address) address = spelling_from_uri(&uri, NULL, &status);
    return spelling_to_xmpp_uri(address);
}

static void x2s(const char *id, JsonObject *in, JsonObject *out)
{
    FailureReason reason =
        failure_from_error(vectors_text(in, "condition"), NULL, vectors_text(in, "cause"));
    bool to_full = g_strcmp0(vectors_text(in, "orig_to"), "full") == 0;
    g_autofree char *contact = contact_of(vectors_text(in, "text"));
    int status = contact != NULL ? failure_to_moved_status(reason)
                                 : failure_to_status(reason, to_full, NULL);
    int expected = (int)json_object_get_int_member(out, "sip_status");
    ck_assert_msg(status == expected, "%s: %d", id, status);
    ck_assert_pstr_eq(contact, vectors_text(out, "contact"));
}

/* ERR-02 */
START_TEST(vectors_of_conditions_to_statuses)
{
    ck_assert_int_eq(vectors_each(VECTORS, "error_x2s", x2s), 30);
}
END_TEST

// Timers B and F of the stack are the one local cause among the vectors; they count as 408 (ERR-05).
static int status_of(JsonObject *in)
{
    if (vectors_text(in, "local") == NULL)
        return (int)json_object_get_int_member(in, "sip_status");
    ck_assert_str_eq(vectors_text(in, "local"), "timer F fired");
    return 408;
}

static void s2x(const char *id, JsonObject *in, JsonObject *out)
{
    FailureReason reason = failure_from_status(status_of(in), vectors_text(in, "contact") != NULL);
    ck_assert_msg(strcmp(failure_name(reason), vectors_text(out, "condition")) == 0, "%s: %s", id,
                  failure_name(reason));
    ck_assert_msg(strcmp(failure_type(reason), vectors_text(out, "type")) == 0, "%s: %s", id,
                  failure_type(reason));
    g_autofree char *text = text_of(vectors_text(in, "contact"));
    ck_assert_pstr_eq(text, vectors_text(out, "text"));
}

/* ERR-03 */
START_TEST(vectors_of_statuses_to_conditions)
{
    ck_assert_int_eq(vectors_each(VECTORS, "error_s2x", s2x), 54);
}
END_TEST

/* ERR-01 */
START_TEST(only_final_failures_are_failures)
{
    for (int status = 100; status < 300; status++)
        ck_assert_int_eq(failure_from_status(status, false), FAILURE_NONE);
    for (int status = 300; status < 800; status++)
        ck_assert_int_ne(failure_from_status(status, false), FAILURE_NONE);
}
END_TEST

/* ERR-02 */
START_TEST(every_reason_has_a_final_response_and_never_503)
{
    for (FailureReason reason = FAILURE_NONE; reason < FAILURE_COUNT; reason++) {
        int full = failure_to_status(reason, true, NULL);
        int bare = failure_to_status(reason, false, NULL);
        ck_assert_msg(full >= 400 && full < 700 && full != 503, "%s", failure_name(reason));
        ck_assert_msg(bare >= 400 && bare < 700 && bare != 503, "%s", failure_name(reason));
    }
}
END_TEST

/* ERR-02 */
START_TEST(an_unknown_condition_goes_by_its_type)
{
    ck_assert_int_eq(failure_to_status(FAILURE_NONE, true, "cancel"), 500);
    ck_assert_int_eq(failure_to_status(FAILURE_NONE, false, "wait"), 500);
    ck_assert_int_eq(failure_to_status(FAILURE_NONE, true, "auth"), 400);
    ck_assert_int_eq(failure_to_status(FAILURE_NONE, true, NULL), 400);
    ck_assert_int_eq(failure_from_error("x-new", "wait", NULL), FAILURE_INTERNAL_SERVER_ERROR);
    ck_assert_int_eq(failure_from_error(NULL, "modify", NULL), FAILURE_BAD_REQUEST);
    ck_assert_int_eq(failure_from_error("gone", "wait", NULL), FAILURE_GONE);
}
END_TEST

/* ERR-02 */
START_TEST(a_server_name_that_did_not_resolve_is_a_time_out)
{
    static const char name[] = "remote-server-not-found";
    static const char prefix[] = "Server-to-server connection failed: ";
    g_autofree char *unresolved = g_strconcat(prefix, "SERVFAIL in A lookup", NULL);
    g_autofree char *absent = g_strconcat(prefix, "NXDOMAIN in A lookup", NULL);
    ck_assert_int_eq(failure_from_error(name, NULL, unresolved), FAILURE_REMOTE_SERVER_TIMEOUT);
    ck_assert_int_eq(failure_from_error(name, NULL, absent), FAILURE_REMOTE_SERVER_NOT_FOUND);
    ck_assert_int_eq(failure_from_error(name, NULL, NULL), FAILURE_REMOTE_SERVER_NOT_FOUND);
}
END_TEST

/* ERR-02 */
START_TEST(challenges_go_out_as_403)
{
    ck_assert_int_eq(failure_on_wire(401), 403);
    ck_assert_int_eq(failure_on_wire(407), 403);
    ck_assert_int_eq(failure_on_wire(404), 404);
}
END_TEST

/* ERR-02 */
START_TEST(a_new_address_is_told_by_gone_and_redirect_only)
{
    for (FailureReason reason = FAILURE_NONE; reason < FAILURE_COUNT; reason++) {
        bool is_moved = reason == FAILURE_GONE || reason == FAILURE_REDIRECT;
        ck_assert_int_eq(failure_to_moved_status(reason) != 0, is_moved);
    }
    ck_assert_int_eq(failure_to_status(FAILURE_REDIRECT, true, NULL), 480);
}
END_TEST

/* ERR-07 */
START_TEST(msrp_statuses_have_their_reasons)
{
    static const struct {
        int status;
        FailureReason reason;
    } rows[] = {
        {200, FAILURE_NONE}, {400, FAILURE_BAD_REQUEST}, {403, FAILURE_FORBIDDEN},
        {408, FAILURE_REMOTE_SERVER_TIMEOUT}, {413, FAILURE_POLICY_VIOLATION},
        {415, FAILURE_NOT_ACCEPTABLE}, {423, FAILURE_RESOURCE_CONSTRAINT},
        {481, FAILURE_RECIPIENT_UNAVAILABLE}, {506, FAILURE_RECIPIENT_UNAVAILABLE},
        {501, FAILURE_FEATURE_NOT_IMPLEMENTED}, {499, FAILURE_BAD_REQUEST},
        {599, FAILURE_INTERNAL_SERVER_ERROR}, {0, FAILURE_INTERNAL_SERVER_ERROR},
        {999, FAILURE_INTERNAL_SERVER_ERROR},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_msg(failure_from_msrp(rows[i].status) == rows[i].reason, "%d", rows[i].status);
}
END_TEST

START_TEST(errors_of_a_room_have_their_msrp_status)
{
    static const struct {
        FailureReason reason;
        int status;
    } rows[] = {
        {FAILURE_FORBIDDEN, 403}, {FAILURE_NOT_ACCEPTABLE, 403}, {FAILURE_ITEM_NOT_FOUND, 404},
        {FAILURE_REMOTE_SERVER_TIMEOUT, 408}, {FAILURE_POLICY_VIOLATION, 403},
        {FAILURE_NOT_ALLOWED, 403}, {FAILURE_FEATURE_NOT_IMPLEMENTED, 403},
        {FAILURE_SERVICE_UNAVAILABLE, 403}, {FAILURE_RESOURCE_CONSTRAINT, 408},
        {FAILURE_BAD_REQUEST, 400}, {FAILURE_JID_MALFORMED, 400},
        {FAILURE_INTERNAL_SERVER_ERROR, 408}, {FAILURE_UNDEFINED_CONDITION, 408},
        {FAILURE_RECIPIENT_UNAVAILABLE, 404}, {FAILURE_GONE, 404},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_int_eq(failure_to_msrp(rows[i].reason), rows[i].status);
    for (FailureReason reason = FAILURE_NONE; reason < FAILURE_COUNT; reason++)
        ck_assert_int_ge(failure_to_msrp(reason), 400);
}
END_TEST

static void join(JsonNode *in, JsonNode *out)
{
    const char *name = json_node_get_string(in), *text = NULL;
    int status = failure_join_to_status(failure_from_name(name), &text);
    ck_assert_msg(status == json_node_get_int(out), "%s: %d", name, status);
    ck_assert_ptr_nonnull(text);
}

START_TEST(vector_022_join_errors_to_statuses)
{
    ck_assert_int_eq(vectors_each_case("GV-022", join), 12);
}
END_TEST

static void join_focus(JsonNode *in, JsonNode *out)
{
    int status = (int)json_node_get_int(in);
    FailureReason reason = failure_join_from_status(status, false);
    g_autofree char *said =
        g_strdup_printf("%s/%s", failure_name(reason), failure_join_type(reason, status));
    ck_assert_str_eq(said, json_node_get_string(out));
}

/* CONF-022 */
START_TEST(vector_023_join_errors_of_a_focus)
{
    ck_assert_int_eq(vectors_each_case("GV-023", join_focus), 14);
}
END_TEST

static void message_error(JsonNode *in, JsonNode *out)
{
    int status = (int)json_node_get_int(in);
    FailureReason reason = failure_from_msrp(status);
    g_autofree char *said = status == 481 || status == 506
                                ? g_strdup("session-lost")
                                : g_strdup_printf("%s/%s", failure_name(reason), failure_type(reason));
    ck_assert_str_eq(said, json_node_get_string(out));
}

/* MUC-A08 MUC-A11 */
START_TEST(vector_024_message_errors_of_a_switch)
{
    ck_assert_int_eq(vectors_each_case("GV-024", message_error), 9);
}
END_TEST

START_TEST(join_errors_say_what_is_missing)
{
    const char *text = NULL;
    failure_join_to_status(FAILURE_NOT_AUTHORIZED, &text);
    ck_assert_str_eq(text, "Password required");
    failure_join_to_status(FAILURE_REGISTRATION_REQUIRED, &text);
    ck_assert_str_eq(text, "Members only");
    failure_join_to_status(FAILURE_CONFLICT, &text);
    ck_assert_str_eq(text, "Nickname in use");
    ck_assert_int_eq(failure_join_to_status(FAILURE_GONE, &text), 410);
    ck_assert_str_eq(text, "Gone");
    ck_assert_int_eq(failure_join_to_status(FAILURE_POLICY_VIOLATION, NULL), 403);
    ck_assert_int_eq(failure_join_to_status(FAILURE_SUBSCRIPTION_REQUIRED, NULL), 400);
}
END_TEST

START_TEST(phrases_are_the_standard_ones)
{
    ck_assert_str_eq(failure_phrase(404), "Not Found");
    ck_assert_str_eq(failure_phrase(488), "Not Acceptable Here");
    ck_assert_str_eq(failure_phrase(499), "Request Failure");
    ck_assert_str_eq(failure_phrase(650), "Global Failure");
    ck_assert_str_eq(failure_phrase(0), "Failure");
}
END_TEST

static void assert_phrase(const char *text, const char *expected)
{
    g_autofree char *phrase = failure_phrase_from_text(text, 404);
    ck_assert_str_eq(phrase, expected);
}

/* ERR-02 */
START_TEST(a_reason_phrase_is_one_short_line)
{
    g_autofree char *fill = g_strnfill(300, 'a');
    g_autofree char *cut = g_strndup(fill, 120), *less = g_strndup(fill, 119);
    g_autofree char *wide = g_strdup_printf("%sé", less);
    assert_phrase("No such\r\n\tuser\x01 here ", "No such user here");
    assert_phrase("a\u2028b\xc2\x85" "c", "a b c");
    assert_phrase(fill, cut);
    assert_phrase(wide, less);
    assert_phrase(NULL, "Not Found");
    assert_phrase(" \r\n", "Not Found");
    assert_phrase("\xff", "Not Found");
}
END_TEST

/* ERR-03 */
START_TEST(an_error_text_is_code_and_reason)
{
    g_autofree char *own = failure_text_from_status(404, NULL);
    g_autofree char *given = failure_text_from_status(480, "Gone Fishing");
    ck_assert_str_eq(own, "404 Not Found");
    ck_assert_str_eq(given, "480 Gone Fishing");
}
END_TEST

int main(void)
{
    return suite_run("failure", (const TTest *const[]){
        every_reason_has_a_name_and_comes_back_from_it,
        vectors_of_conditions_to_statuses,
        vectors_of_statuses_to_conditions,
        only_final_failures_are_failures,
        every_reason_has_a_final_response_and_never_503,
        an_unknown_condition_goes_by_its_type,
        a_server_name_that_did_not_resolve_is_a_time_out,
        challenges_go_out_as_403,
        a_new_address_is_told_by_gone_and_redirect_only,
        msrp_statuses_have_their_reasons,
        errors_of_a_room_have_their_msrp_status,
        vector_022_join_errors_to_statuses,
        vector_023_join_errors_of_a_focus,
        vector_024_message_errors_of_a_switch,
        join_errors_say_what_is_missing,
        phrases_are_the_standard_ones,
        a_reason_phrase_is_one_short_line,
        an_error_text_is_code_and_reason,
        NULL,
    });
}
