// SPDX-License-Identifier: MIT
// In which words the author of a request hears a no.
#include "mapping/refusal.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static void tells(const char *asked, Refusal refusal, const char *said)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Event) event = kit_event(asked);
    refusal_tell(&kit->turn, kit->session, event->side, &event->f, &refusal);
    kit_expect(kit, said);
}

static const char STANZA[] =
    "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m type=chat";

/* ERR-03 */
START_TEST(refusal_of_a_stanza_swaps_its_addresses_and_keeps_its_id)
{
    tells(STANZA, (Refusal){.reason = FAILURE_FORBIDDEN, .status = 403, .text = "Go away"},
          "xmpp refuse failure=forbidden status=403 from=romeo@sip.test to=juliet@xmpp.test/b id=m "
          "type=chat text=\"403 Go away\"");
}
END_TEST

/* ERR-03 */
START_TEST(refusal_of_a_stanza_has_the_standard_phrase_when_sip_gave_none)
{
    tells(STANZA, (Refusal){.reason = FAILURE_ITEM_NOT_FOUND, .status = 404},
          "xmpp refuse failure=item-not-found status=404 from=romeo@sip.test "
          "to=juliet@xmpp.test/b id=m type=chat text=\"404 Not Found\"");
}
END_TEST

START_TEST(refusal_without_a_status_has_its_own_text)
{
    tells(STANZA, (Refusal){.reason = FAILURE_RESOURCE_CONSTRAINT, .text = "too many"},
          "xmpp refuse failure=resource-constraint from=romeo@sip.test to=juliet@xmpp.test/b id=m "
          "type=chat text=\"too many\"");
}
END_TEST

/* IM-01 */
START_TEST(refusal_of_a_headline_is_not_told)
{
    tells("xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m type=headline",
          (Refusal){.reason = FAILURE_FORBIDDEN}, "");
}
END_TEST

/* ERR-02 */
START_TEST(refusal_of_a_request_has_the_status_for_its_target)
{
    tells("sip message ref=3 to=juliet@xmpp.test", (Refusal){.reason = FAILURE_FORBIDDEN},
          "sip refuse failure=forbidden ref=3 status=603");
    tells("sip message ref=3 to=juliet@xmpp.test/b", (Refusal){.reason = FAILURE_FORBIDDEN},
          "sip refuse failure=forbidden ref=3 status=403");
    tells("sip message ref=3 to=juliet@xmpp.test",
          (Refusal){.reason = FAILURE_FORBIDDEN, .status = 482, .retry_s = 9, .text = "loop"},
          "sip refuse failure=forbidden ref=3 status=482 retry_s=9 text=loop");
}
END_TEST

/* ERR-02 */
START_TEST(refusal_never_challenges)
{
    tells("sip message ref=3 to=juliet@xmpp.test", (Refusal){.reason = FAILURE_NOT_AUTHORIZED},
          "sip refuse failure=not-authorized ref=3 status=403");
    tells("sip message ref=3 to=juliet@xmpp.test",
          (Refusal){.reason = FAILURE_REGISTRATION_REQUIRED},
          "sip refuse failure=registration-required ref=3 status=403");
}
END_TEST

/* ERR-02 */
START_TEST(refusal_that_names_a_new_address_leaves_the_status_to_the_gate)
{
    tells("sip message ref=3 to=juliet@xmpp.test",
          (Refusal){.reason = FAILURE_REDIRECT, .text = "xmpp:new@xmpp.test"},
          "sip refuse failure=redirect ref=3 text=xmpp:new@xmpp.test");
    tells("sip message ref=3 to=juliet@xmpp.test", (Refusal){.reason = FAILURE_REDIRECT},
          "sip refuse failure=redirect ref=3 status=480");
}
END_TEST

START_TEST(refusal_inside_a_session_has_no_status_of_sip)
{
    tells("sip message ref=3 leg=1 to=juliet@xmpp.test", (Refusal){.reason = FAILURE_FORBIDDEN},
          "sip refuse failure=forbidden ref=3");
    tells("sip message ref=3 leg=1 to=juliet@xmpp.test",
          (Refusal){.reason = FAILURE_POLICY_VIOLATION, .status = 413},
          "sip refuse failure=policy-violation ref=3 status=413");
}
END_TEST

START_TEST(refusal_of_a_request_without_ref_has_nobody_to_tell)
{
    tells("sip message to=juliet@xmpp.test", (Refusal){.reason = FAILURE_FORBIDDEN}, "");
    tells("xmpp message to=romeo@sip.test", (Refusal){.reason = FAILURE_FORBIDDEN}, "");
}
END_TEST

int main(void)
{
    return suite_run(
        "refusal", (const TTest *const[]){
                       refusal_of_a_stanza_swaps_its_addresses_and_keeps_its_id,
                       refusal_of_a_stanza_has_the_standard_phrase_when_sip_gave_none,
                       refusal_without_a_status_has_its_own_text, refusal_of_a_headline_is_not_told,
                       refusal_of_a_request_has_the_status_for_its_target, refusal_never_challenges,
                       refusal_that_names_a_new_address_leaves_the_status_to_the_gate,
                       refusal_inside_a_session_has_no_status_of_sip,
                       refusal_of_a_request_without_ref_has_nobody_to_tell, NULL});
}
