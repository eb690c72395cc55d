// SPDX-License-Identifier: MIT
// News of peers: what is learned, what of it is stored, and what comes back after a restart.
#include "mapping/peer_news.h"

#include "mapping/router.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"

static PeerMemoryKnowledge romeo(Stage *stage, PeerMemoryTrait trait)
{
    g_autoptr(Address) peer = address_from_jid("romeo@sip.test");
    return peer_memory_get(router_peers(stage_router(stage)), peer, trait, 0);
}

/* EXT-13 */
START_TEST(peer_news_are_learned_and_stored_for_a_day)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip peer from=romeo@sip.test/desk takes=cpim,imdn,unheard-of lacks=html "
                      "number=4096");
    stage_expect(stage, "sip store how=peer to=romeo@sip.test/desk takes=cpim,imdn lacks=html "
                        "number=4096 ms=86400000");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_CPIM), PEER_MEMORY_YES);
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_HTML), PEER_MEMORY_NO);
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_COMPOSING), PEER_MEMORY_UNKNOWN);
}
END_TEST

START_TEST(peer_news_that_are_none_are_not_stored_again)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip peer from=romeo@sip.test takes=cpim");
    stage_expect(stage, "sip store how=peer takes=cpim ...");
    stage_tell(stage, "sip peer from=romeo@sip.test takes=cpim,imdn");
    stage_expect(stage, "sip store how=peer to=romeo@sip.test takes=imdn ms=*");
    stage_tell(stage, "sip peer from=romeo@sip.test takes=imdn");
    g_autofree char *nothing = stage_try_expect(stage, "sip store how=peer ...");
    ck_assert_ptr_nonnull(nothing);
}
END_TEST

START_TEST(peer_news_as_a_hint_do_not_outweigh_knowledge)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip peer from=romeo@sip.test lacks=cpim");
    stage_tell(stage, "sip peer from=romeo@sip.test how=hint takes=cpim,html");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_CPIM), PEER_MEMORY_NO);
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_HTML), PEER_MEMORY_YES);
    stage_tell(stage, "sip peer from=romeo@sip.test takes=cpim");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_CPIM), PEER_MEMORY_YES);
}
END_TEST

START_TEST(peer_news_can_be_forgotten_by_order)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip peer from=romeo@sip.test takes=cpim");
    stage_expect(stage, "sip store how=peer ...");
    stage_tell(stage, "xmpp peer how=forget from=romeo@sip.test");
    stage_expect(stage, "sip store how=forget to=romeo@sip.test");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_CPIM), PEER_MEMORY_UNKNOWN);
}
END_TEST

/* EXT-13 GEN-03 */
START_TEST(peer_news_come_back_after_a_restart)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp restored how=peer to=romeo@sip.test takes=cpim ms=5000");
    stage_tell(stage, "xmpp restored how=peer to=romeo@sip.test lacks=msrp ms=9000");
    stage_tell(stage, "xmpp restored how=peer to=romeo@sip.test number=512 ms=5000");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_CPIM), PEER_MEMORY_YES);
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_MSRP), PEER_MEMORY_NO);
    g_autoptr(Address) peer = address_from_jid("romeo@sip.test");
    PeerMemory *memory = router_peers(stage_router(stage));
    ck_assert_int_eq(peer_memory_max_size(memory, peer, 0), 512);
    ck_assert_int_eq(peer_memory_get(memory, peer, PEER_MEMORY_CPIM, 1000 + 5000),
                     PEER_MEMORY_UNKNOWN);
}
END_TEST

/* EXT-13 */
START_TEST(peer_is_asked_when_a_chat_begins_and_not_again_for_a_day)
{
    g_autoptr(Stage) stage = stage_new();
    stage_set(stage, "chat_mode", "page");
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m1 body=x");
    stage_expect(stage, "sip message id=m1 ...");
    stage_expect(stage, "sip ask-peer from=juliet@xmpp.test/b to=romeo@sip.test");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_OPTIONS), PEER_MEMORY_NO);
    stage_tell(stage, "xmpp message from=nurse@xmpp.test/b to=romeo@sip.test id=m2 body=x");
    g_autofree char *nothing = stage_try_expect(stage, "sip ask-peer ...");
    ck_assert_ptr_nonnull(nothing);
}
END_TEST

/* EXT-13 */
START_TEST(peer_who_begins_a_chat_is_not_asked)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x");
    stage_expect(stage, "xmpp message ...");
    g_autofree char *nothing = stage_try_expect(stage, "sip ask-peer ...");
    ck_assert_ptr_nonnull(nothing);
}
END_TEST

/* EXT-13 */
START_TEST(peer_news_come_with_whatever_else_it_says)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x "
                      "takes=cpim,imdn");
    stage_expect(stage, "xmpp message ...");
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_CPIM), PEER_MEMORY_YES);
    ck_assert_int_eq(romeo(stage, PEER_MEMORY_IMDN), PEER_MEMORY_YES);
    stage_tell(stage, "sip message ref=2 from=tybalt@nowhere.test to=juliet@xmpp.test id=m2 body=x "
                      "takes=cpim");
    g_autoptr(Address) stranger = address_from_jid("tybalt@nowhere.test");
    ck_assert_int_eq(peer_memory_get(router_peers(stage_router(stage)), stranger, PEER_MEMORY_CPIM,
                                     0), PEER_MEMORY_UNKNOWN);
}
END_TEST

int main(void)
{
    return suite_run("peer_news", (const TTest *const[]){
        peer_news_are_learned_and_stored_for_a_day,
        peer_news_that_are_none_are_not_stored_again,
        peer_news_as_a_hint_do_not_outweigh_knowledge,
        peer_news_can_be_forgotten_by_order,
        peer_news_come_back_after_a_restart,
        peer_is_asked_when_a_chat_begins_and_not_again_for_a_day,
        peer_who_begins_a_chat_is_not_asked,
        peer_news_come_with_whatever_else_it_says,
        NULL,
    });
}
