// SPDX-License-Identifier: MIT
// A request that comes again hears what the first one heard.
#include "mapping/requests.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static const char FIRST[] =
    "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test request=K id=a body=x";
static const char AGAIN[] =
    "sip message ref=2 from=romeo@sip.test to=juliet@xmpp.test request=K id=a body=x";

static bool repeated(Kit *kit, const char *notation)
{
    g_autoptr(Event) event = kit_event(notation);
    return requests_repeat(&kit->turn, event);
}

/* IM-24 */
START_TEST(requests_that_come_again_before_the_answer_get_it_with_the_first)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Event) first = kit_event(FIRST);
    ck_assert(!repeated(kit, FIRST));
    requests_open(&kit->turn, &first->f);
    ck_assert(repeated(kit, AGAIN));
    kit_expect(kit, "");
    requests_end(&kit->turn, &first->f, NULL);
    kit_expect(kit, "sip accept ref=2");
    ck_assert(repeated(kit, AGAIN));
    kit_expect(kit, "sip accept ref=2");
}
END_TEST

START_TEST(requests_are_known_as_long_as_a_transaction_lives)
{
    static const Refusal NO = {.reason = FAILURE_ITEM_NOT_FOUND, .status = 404};
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Event) first = kit_event(FIRST);
    requests_open(&kit->turn, &first->f);
    requests_end(&kit->turn, &first->f, &NO);
    kit->turn.now_ms += kit->settings.T_sip;
    ck_assert(repeated(kit, AGAIN));
    kit_expect(kit, "sip refuse failure=item-not-found ref=2 status=404");
    kit->turn.now_ms++;
    ck_assert(!repeated(kit, AGAIN));
}
END_TEST

START_TEST(requests_repeated_without_end_are_refused)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Event) first = kit_event(FIRST);
    requests_open(&kit->turn, &first->f);
    for (int i = 0; i < 8; i++)
        ck_assert(repeated(kit, AGAIN));
    kit_expect(kit, "");
    ck_assert(repeated(kit, AGAIN));
    g_autofree char *said = kit_said(kit);
    ck_assert(g_str_has_prefix(said, "sip refuse failure=resource-constraint ref=2"));
}
END_TEST

int main(void)
{
    return suite_run("requests",
                     (const TTest *const[]){
                         requests_that_come_again_before_the_answer_get_it_with_the_first,
                         requests_are_known_as_long_as_a_transaction_lives,
                         requests_repeated_without_end_are_refused, NULL});
}
