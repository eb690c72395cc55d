// SPDX-License-Identifier: MIT
// What is known of peers: facts and their times, rules before facts, bounds.
#include "mapping/peer_memory.h"

#include <string.h>

#include "tests/support/suite.h"

static PeerMemory *memory;
static Address *romeo;

static void setup(void)
{
    memory = peer_memory_new();
    romeo = address_from_jid("romeo@sip.test");
}

static void teardown(void)
{
    peer_memory_free(memory);
    address_unref(romeo);
}

static bool learn(PeerMemoryTrait trait, int64_t value, int64_t until_ms, int64_t now_ms)
{
    const PeerMemoryFact fact = {.trait = trait, .value = value, .until_ms = until_ms};
    return peer_memory_learn(memory, romeo, &fact, now_ms);
}

static PeerMemoryKnowledge known(PeerMemoryTrait trait, int64_t now_ms)
{
    return peer_memory_get(memory, romeo, trait, now_ms);
}

/* CHAT-01 EXT-13 */
START_TEST(peer_memory_holds_until_its_time_for_every_device)
{
    setup();
    g_autoptr(Address) full = address_from_jid("romeo@sip.test/desk7");
    g_autoptr(Address) other = address_from_jid("mercutio@sip.test");
    ck_assert_int_eq(known(PEER_MEMORY_MSRP, 0), PEER_MEMORY_UNKNOWN);
    ck_assert(!peer_memory_lacks(memory, romeo, PEER_MEMORY_MSRP, 0));
    ck_assert(!peer_memory_takes(memory, romeo, PEER_MEMORY_MSRP, 0));
    learn(PEER_MEMORY_MSRP, 0, 500, 0);
    learn(PEER_MEMORY_CPIM, 1, 500, 0);
    ck_assert(peer_memory_lacks(memory, full, PEER_MEMORY_MSRP, 499));
    ck_assert(peer_memory_takes(memory, full, PEER_MEMORY_CPIM, 499));
    ck_assert_int_eq(known(PEER_MEMORY_MSRP, 500), PEER_MEMORY_UNKNOWN);
    ck_assert_int_eq(known(PEER_MEMORY_IMDN, 0), PEER_MEMORY_UNKNOWN);
    ck_assert_int_eq(peer_memory_get(memory, other, PEER_MEMORY_MSRP, 0), PEER_MEMORY_UNKNOWN);
    teardown();
}
END_TEST

START_TEST(peer_memory_tells_what_is_worth_storing)
{
    setup();
    ck_assert(learn(PEER_MEMORY_CPIM, 1, 1000, 0));
    ck_assert(!learn(PEER_MEMORY_CPIM, 1, 1100, 100));
    ck_assert(!learn(PEER_MEMORY_CPIM, 1, 1400, 400));
    ck_assert(learn(PEER_MEMORY_CPIM, 1, 1600, 600));
    ck_assert(learn(PEER_MEMORY_CPIM, 0, 1601, 601));
    ck_assert(learn(PEER_MEMORY_CPIM, 0, 4000, 3000));
    teardown();
}
END_TEST

START_TEST(peer_memory_knows_the_largest_message)
{
    setup();
    ck_assert_int_eq(peer_memory_max_size(memory, romeo, 0), 0);
    learn(PEER_MEMORY_MAX_SIZE, 4096, 100, 0);
    ck_assert_int_eq(peer_memory_max_size(memory, romeo, 99), 4096);
    ck_assert_int_eq(peer_memory_max_size(memory, romeo, 100), 0);
    peer_memory_set_rules(memory, "sip.test", &(PeerMemoryRules){.max_size = 7});
    ck_assert_int_eq(peer_memory_max_size(memory, romeo, 99), 7);
    teardown();
}
END_TEST

START_TEST(peer_memory_takes_the_nearest_rule_before_what_was_learned)
{
    setup();
    PeerMemoryRules all = {.traits = {[PEER_MEMORY_CPIM] = PEER_MEMORY_ALWAYS,
                                      [PEER_MEMORY_HTML] = PEER_MEMORY_ALWAYS}};
    PeerMemoryRules domain = {.traits = {[PEER_MEMORY_CPIM] = PEER_MEMORY_NEVER}};
    PeerMemoryRules address = {.traits = {[PEER_MEMORY_CPIM] = PEER_MEMORY_ALWAYS}};
    learn(PEER_MEMORY_CPIM, 0, 100, 0);
    learn(PEER_MEMORY_IMDN, 1, 100, 0);
    peer_memory_set_rules(memory, "*", &all);
    ck_assert_int_eq(known(PEER_MEMORY_CPIM, 0), PEER_MEMORY_YES);
    peer_memory_set_rules(memory, "sip.test", &domain);
    ck_assert_int_eq(known(PEER_MEMORY_CPIM, 0), PEER_MEMORY_NO);
    ck_assert_int_eq(known(PEER_MEMORY_HTML, 0), PEER_MEMORY_YES);
    peer_memory_set_rules(memory, "romeo@sip.test", &address);
    ck_assert_int_eq(known(PEER_MEMORY_CPIM, 0), PEER_MEMORY_YES);
    ck_assert_int_eq(known(PEER_MEMORY_IMDN, 0), PEER_MEMORY_YES);
    teardown();
}
END_TEST

/* IM-14 */
START_TEST(peer_memory_congestion_safety_is_ruled_per_peer)
{
    setup();
    ck_assert(!peer_memory_is_congestion_safe(memory, romeo, false));
    ck_assert(peer_memory_is_congestion_safe(memory, romeo, true));
    peer_memory_set_rules(memory, "*", &(PeerMemoryRules){.congestion_safe = PEER_MEMORY_NEVER});
    ck_assert(!peer_memory_is_congestion_safe(memory, romeo, true));
    peer_memory_set_rules(memory, "sip.test",
                          &(PeerMemoryRules){.congestion_safe = PEER_MEMORY_ALWAYS});
    ck_assert(peer_memory_is_congestion_safe(memory, romeo, false));
    teardown();
}
END_TEST

static void write_fact(const PeerMemoryFact *fact, void *data)
{
    g_string_append_printf(data, "%s %s %d\n", fact->address, peer_memory_trait_name(fact->trait),
                           (int)fact->value);
}

static void expect_shown(int64_t now_ms, const char *text)
{
    GString *shown = g_string_new(NULL);
    peer_memory_each(memory, now_ms, write_fact, shown);
    ck_assert_str_eq(shown->str, text);
    g_string_free(shown, TRUE);
}

START_TEST(peer_memory_shows_what_holds_and_forgets_what_it_is_told_to)
{
    setup();
    learn(PEER_MEMORY_CPIM, 0, 100, 0);
    learn(PEER_MEMORY_MAX_SIZE, 900, 200, 0);
    expect_shown(0, "romeo@sip.test cpim 0\nromeo@sip.test max-size 900\n");
    expect_shown(100, "romeo@sip.test max-size 900\n");
    peer_memory_forget(memory, romeo);
    expect_shown(0, "");
    peer_memory_forget(memory, romeo);
    teardown();
}
END_TEST

START_TEST(peer_memory_is_bounded)
{
    setup();
    learn(PEER_MEMORY_MSRP, 0, 500, 0);
    for (int i = 0; i < 10000; i++) {
        g_autofree char *jid = g_strdup_printf("peer%d@sip.test", i);
        g_autoptr(Address) peer = address_from_jid(jid);
        const PeerMemoryFact fact = {.trait = PEER_MEMORY_MSRP, .value = 0, .until_ms = 500};
        peer_memory_learn(memory, peer, &fact, 0);
        ck_assert(peer_memory_lacks(memory, peer, PEER_MEMORY_MSRP, 0));
    }
    ck_assert_int_eq(known(PEER_MEMORY_MSRP, 0), PEER_MEMORY_UNKNOWN);
    teardown();
}
END_TEST

START_TEST(peer_memory_finds_a_trait_by_exactly_its_word)
{
    for (int trait = 0; trait < PEER_MEMORY_TRAIT_COUNT; trait++) {
        const char *word = peer_memory_trait_name((PeerMemoryTrait)trait);
        ck_assert_int_eq(peer_memory_trait_find(word, strlen(word)), trait);
    }
    ck_assert_int_eq(peer_memory_trait_find("cpim,imdn", 4), PEER_MEMORY_CPIM);
    ck_assert_int_eq(peer_memory_trait_find("cpim,imdn", 3), PEER_MEMORY_TRAIT_COUNT);
    ck_assert_int_eq(peer_memory_trait_find("", 0), PEER_MEMORY_TRAIT_COUNT);
}
END_TEST

int main(void)
{
    return suite_run("peer_memory", (const TTest *const[]){
        peer_memory_holds_until_its_time_for_every_device,
        peer_memory_tells_what_is_worth_storing,
        peer_memory_knows_the_largest_message,
        peer_memory_takes_the_nearest_rule_before_what_was_learned,
        peer_memory_congestion_safety_is_ruled_per_peer,
        peer_memory_shows_what_holds_and_forgets_what_it_is_told_to,
        peer_memory_is_bounded,
        peer_memory_finds_a_trait_by_exactly_its_word,
        NULL,
    });
}
