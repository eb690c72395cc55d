// SPDX-License-Identifier: MIT
// Links are known by their domains, and stand until told otherwise.
#include "mapping/links.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static void told(Links *links, const char *notation)
{
    g_autoptr(Event) event = kit_event(notation);
    links_note(links, event);
}

/* GEN-06 */
START_TEST(links_are_down_for_the_users_of_their_domain_only)
{
    g_autoptr(Links) links = links_new();
    g_autoptr(Address) one = address_from_jid("romeo@one.test/desk");
    g_autoptr(Address) two = address_from_jid("romeo@two.test");
    ck_assert(!links_is_down(links, one));
    told(links, "xmpp link how=down from=one.test");
    ck_assert(links_is_down(links, one));
    ck_assert(!links_is_down(links, two));
    ck_assert(!links_is_down(links, NULL));
    ck_assert(!links_sip_is_down(links));
    told(links, "xmpp link how=up from=one.test");
    ck_assert(!links_is_down(links, one));
}
END_TEST

START_TEST(links_of_sip_are_one)
{
    g_autoptr(Links) links = links_new();
    told(links, "sip link how=down");
    ck_assert(links_sip_is_down(links));
    told(links, "sip link how=up");
    ck_assert(!links_sip_is_down(links));
}
END_TEST

int main(void)
{
    return suite_run("links", (const TTest *const[]){
                                  links_are_down_for_the_users_of_their_domain_only,
                                  links_of_sip_are_one, NULL});
}
