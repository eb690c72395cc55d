// SPDX-License-Identifier: MIT
#include "xmpp/stanza_error.h"

#include "tests/support/stanza_match.h"
#include "tests/support/suite.h"

static xmpp_ctx_t *ctx;

#define ERROR(type, inner)                                                                         \
    "<message type='error'><error type='" type "'>" inner "</error></message>"
#define IN "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

static const struct {
    const char *xml;
    FailureReason reason;
    const char *text;
    const char *target;
} READ[] = {
    {ERROR("cancel", "<item-not-found " IN "/>"), FAILURE_ITEM_NOT_FOUND, NULL, NULL},
    {ERROR("auth", "<text " IN ">no way</text><forbidden " IN "/>"), FAILURE_FORBIDDEN, "no way",
     NULL},
    {ERROR("cancel", "<gone " IN ">xmpp:new@xmpp.test?join</gone>"), FAILURE_GONE, NULL,
     "new@xmpp.test"},
    {ERROR("modify", "<redirect " IN ">xmpp:a@b/c</redirect>"), FAILURE_REDIRECT, NULL, "a@b/c"},
    {ERROR("modify", "<redirect " IN ">mailto:a@b</redirect>"), FAILURE_REDIRECT, NULL, NULL},
    {ERROR("wait", "<never-heard-of " IN "/>"), FAILURE_INTERNAL_SERVER_ERROR, NULL, NULL},
    {ERROR("modify", "<never-heard-of " IN "/>"), FAILURE_BAD_REQUEST, NULL, NULL},
    {"<message type='error'/>", FAILURE_BAD_REQUEST, NULL, NULL},
    // our own extension first, the condition after it: only its namespace counts
    {ERROR("cancel", "<x xmlns='urn:other'/><conflict " IN "/>"), FAILURE_CONFLICT, NULL, NULL},
};

/* ERR-02 */
START_TEST(an_error_is_read_as_its_reason_text_and_target)
{
    for (size_t i = 0; i < G_N_ELEMENTS(READ); i++) {
        g_autoptr(xmpp_stanza_t) stanza = xmpp_stanza_new_from_string(ctx, READ[i].xml);
        g_auto(StanzaError) error = {0};
        stanza_error_read(stanza, &error);
        ck_assert_str_eq(failure_name(error.reason), failure_name(READ[i].reason));
        ck_assert_pstr_eq(error.text, READ[i].text);
        ck_assert_pstr_eq(address_jid(error.target), READ[i].target);
    }
}
END_TEST

static void expect_reply(const char *original, FailureReason reason, const char *text,
                         const char *expected)
{
    g_autoptr(xmpp_stanza_t) stanza = xmpp_stanza_new_from_string(ctx, original);
    g_autoptr(xmpp_stanza_t) reply = stanza_error_reply(stanza, reason, text);
    ck_assert_int_eq(reply != NULL, expected != NULL);
    if (expected == NULL)
        return;
    g_autofree char *actual = stanza_to_text(reply, NULL), *why = NULL;
    ck_assert_msg(stanza_match(ctx, expected, actual, &why), "%s in %s", why, actual);
}

/* ERR-03 */
START_TEST(a_reply_swaps_the_addresses_and_keeps_kind_and_id)
{
    expect_reply("<message from='a@x/r' to='b@s' id='m1' type='chat'><body>no</body></message>",
                 FAILURE_ITEM_NOT_FOUND, "404 Not Found",
                 "<message from='b@s' to='a@x/r' id='m1' type='error'><error type='cancel'>"
                 "<item-not-found " IN "/><text " IN " xml:lang='en'>404 Not Found</text>"
                 "</error></message>");
}
END_TEST

/* ERR-06 */
START_TEST(an_error_or_result_is_never_answered)
{
    expect_reply("<message from='a@x' to='b@s' type='error'/>", FAILURE_BAD_REQUEST, NULL, NULL);
    expect_reply("<iq from='a@x' to='b@s' type='result' id='1'/>", FAILURE_BAD_REQUEST, NULL, NULL);
}
END_TEST

START_TEST(the_new_address_is_told_as_a_uri_by_gone_and_redirect_only)
{
    g_autoptr(Address) target = address_from_jid("new\\40x@sip.test");
    static const struct {
        FailureReason reason;
        const char *expected;
    } CASES[] = {
        {FAILURE_GONE, "<m><error type='cancel'><gone " IN ">xmpp:new%5C40x@sip.test</gone>"
                       "</error></m>"},
        {FAILURE_FORBIDDEN, "<m><error type='auth'><forbidden " IN "/></error></m>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(xmpp_stanza_t) stanza = stanza_new(ctx, "m", NULL, NULL, NULL, NULL);
        stanza_error_add(stanza, CASES[i].reason, NULL, target);
        g_autofree char *actual = stanza_to_text(stanza, NULL), *why = NULL;
        ck_assert_msg(stanza_match(ctx, CASES[i].expected, actual, &why), "%s in %s", why, actual);
    }
}
END_TEST

int main(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    const TTest *const tests[] = {
        an_error_is_read_as_its_reason_text_and_target,
        a_reply_swaps_the_addresses_and_keeps_kind_and_id,
        an_error_or_result_is_never_answered,
        the_new_address_is_told_as_a_uri_by_gone_and_redirect_only,
        NULL,
    };
    int rc = suite_run("stanza_error", tests);
    xmpp_ctx_free(ctx);
    return rc;
}
