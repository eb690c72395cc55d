// SPDX-License-Identifier: MIT
// Who refused MSRP, and for how long.
#include "mapping/peer_memory.h"

#include "tests/support/suite.h"

/* CHAT-01 */
START_TEST(peer_memory_holds_until_its_time_for_every_device)
{
    g_autoptr(PeerMemory) memory = peer_memory_new();
    g_autoptr(Address) bare = address_from_jid("romeo@sip.test");
    g_autoptr(Address) full = address_from_jid("romeo@sip.test/desk7");
    g_autoptr(Address) other = address_from_jid("mercutio@sip.test");
    ck_assert(!peer_memory_has_no_msrp(memory, bare, 0));
    peer_memory_set_no_msrp(memory, full, 500);
    ck_assert(peer_memory_has_no_msrp(memory, bare, 499));
    ck_assert(!peer_memory_has_no_msrp(memory, bare, 500));
    ck_assert(!peer_memory_has_no_msrp(memory, other, 0));
}
END_TEST

START_TEST(peer_memory_is_bounded)
{
    g_autoptr(PeerMemory) memory = peer_memory_new();
    g_autoptr(Address) first = address_from_jid("peer0@sip.test");
    for (int i = 0; i < 10001; i++) {
        g_autofree char *jid = g_strdup_printf("peer%d@sip.test", i);
        g_autoptr(Address) peer = address_from_jid(jid);
        peer_memory_set_no_msrp(memory, peer, 500);
        ck_assert(peer_memory_has_no_msrp(memory, peer, 0));
    }
    ck_assert(!peer_memory_has_no_msrp(memory, first, 0));
}
END_TEST

int main(void)
{
    return suite_run("peer_memory",
                     (const TTest *const[]){peer_memory_holds_until_its_time_for_every_device,
                                            peer_memory_is_bounded, NULL});
}
