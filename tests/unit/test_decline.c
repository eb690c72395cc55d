// SPDX-License-Identifier: MIT
// The words of a decline, against table 7.4.
#include "mapping/decline.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static void says(const char *cause, const char *words)
{
    g_autoptr(Event) event = kit_event(cause);
    g_autofree char *have = decline_words(event);
    ck_assert_msg(g_strcmp0(have, words) == 0, "%s: %s", cause, have != NULL ? have : "nothing");
}

START_TEST(decline_of_one_who_does_not_answer)
{
    says("sip room-answer how=no status=408 text=Timeout", "not available");
    says("sip room-answer how=no status=480", "not available");
    says("sip room-answer how=no status=487", "not available");
    says("sip room-answer how=no status=486 text=\"Busy Here\"", "busy");
    says("sip room-answer how=no status=600", "busy");
    says("xmpp timer how=timeout status=408", "not available");
}
END_TEST

START_TEST(decline_of_one_who_cannot)
{
    says("sip room-answer how=no status=488", "cannot join group chats");
    says("sip room-answer how=no status=415", "cannot join group chats");
    says("sip room-answer how=no status=420", "cannot join group chats");
}
END_TEST

START_TEST(decline_of_one_who_does_not_want_to_is_code_and_phrase)
{
    says("sip room-answer how=no status=603 text=Decline", "603 Decline");
    says("sip room-answer how=no status=603", "603 Decline");
    says("sip room-answer how=no status=403 text=\"Not you\"", "403 Not you");
    says("sip room-answer how=no text=\"cannot be reached\"", "cannot be reached");
    says("sip room-answer how=no", NULL);
}
END_TEST

START_TEST(decline_of_one_who_was_on_his_way)
{
    says("sip room-exit how=left", "left");
    says("sip room-exit how=left text=\"good night\"", "good night");
    says("sip room-exit how=lost", "connection lost");
    says("xmpp room-exit how=destroyed status=410", "room closed");
    says("xmpp room-exit how=kicked status=480", "removed from the room");
    says("xmpp room-exit how=refused status=403 text=\"Members only\"", "Members only");
    says("xmpp room-exit how=refused status=403", "403 Forbidden");
}
END_TEST

int main(void)
{
    return suite_run("decline", (const TTest *const[]){
                                    decline_of_one_who_does_not_answer, decline_of_one_who_cannot,
                                    decline_of_one_who_does_not_want_to_is_code_and_phrase,
                                    decline_of_one_who_was_on_his_way, NULL});
}
