// SPDX-License-Identifier: MIT
// From words of an event to facts of the memory, and to STORE commands for those that are new.
#include "mapping/peer_news.h"

#include <string.h>

#include "mapping/session_map.h"

enum {
    // LIMIT: words read in one list; there are not half as many traits.
    PEER_NEWS_WORDS_MAX = 32,
};

// The news of one event: which traits became which value.
typedef struct {
    bool is_new[PEER_MEMORY_TRAIT_COUNT];
    int64_t values[PEER_MEMORY_TRAIT_COUNT];
} News;

static void learn(Turn *turn, const Event *event, PeerMemoryTrait trait, int64_t value, News *news)
{
    const Address *peer = event->f.from;
    if (event->kind == EVENT_PEER && event->f.how == HOW_HINT &&
        peer_memory_get(turn->peers, peer, trait, turn->now_ms) != PEER_MEMORY_UNKNOWN)
        return;
    const PeerMemoryFact fact = {.trait = trait,
                                 .value = value,
                                 .until_ms = turn->now_ms + turn->settings->peer_memory};
    news->is_new[trait] = peer_memory_learn(turn->peers, peer, &fact, turn->now_ms);
    news->values[trait] = value;
}

static void learn_words(Turn *turn, const Event *event, const char *words, int64_t value,
                        News *news)
{
    for (int i = 0; words != NULL && *words != '\0' && i < PEER_NEWS_WORDS_MAX; i++) {
        size_t octets = strcspn(words, ",");
        PeerMemoryTrait trait = peer_memory_trait_find(words, octets);
        if (trait < PEER_MEMORY_MAX_SIZE)
            learn(turn, event, trait, value, news);
        words += octets + (words[octets] == ',');
    }
}

static Command *push_store(Turn *turn, const Address *peer, int64_t ms)
{
    Command *store = turn_push(turn, NULL, COMMAND_STORE, SIDE_SIP);
    store->f.how = HOW_PEER;
    store->f.ms = (uint64_t)ms;
    store->f.to = address_ref(peer);
    return store;
}

// The traits of the news with this value, as a list of words; NULL when there are none.
static char *words_of(const News *news, int64_t value)
{
    GString *words = g_string_new(NULL);
    for (int trait = 0; trait < PEER_MEMORY_MAX_SIZE; trait++)
        if (news->is_new[trait] && news->values[trait] == value)
            g_string_append_printf(words, "%s%s", words->len > 0 ? "," : "",
                                   peer_memory_trait_name((PeerMemoryTrait)trait));
    return g_string_free(words, FALSE);
}

static void store_news(Turn *turn, const Address *peer, const News *news)
{
    g_autofree char *takes = words_of(news, 1);
    g_autofree char *lacks = words_of(news, 0);
    bool has_size = news->is_new[PEER_MEMORY_MAX_SIZE];
    if (*takes == '\0' && *lacks == '\0' && !has_size)
        return;
    Command *store = push_store(turn, peer, turn->settings->peer_memory);
    fields_set_text(&store->f.takes, takes);
    fields_set_text(&store->f.lacks, lacks);
    store->f.number = has_size ? (uint64_t)news->values[PEER_MEMORY_MAX_SIZE] : 0;
}

static void forget(Turn *turn, const Address *peer)
{
    peer_memory_forget(turn->peers, peer);
    push_store(turn, peer, 0)->f.how = HOW_FORGET;
}

void peer_news_on_event(Turn *turn, const Event *event)
{
    const Fields *f = &event->f;
    News news = {0};
    if (f->from == NULL)
        return;
    bool is_peer = event->kind == EVENT_PEER;
    if (is_peer && f->how == HOW_FORGET) {
        forget(turn, f->from);
        return;
    }
    learn_words(turn, event, f->takes, 1, &news);
    learn_words(turn, event, f->lacks, 0, &news);
    if (is_peer && f->number > 0)
        learn(turn, event, PEER_MEMORY_MAX_SIZE, (int64_t)MIN(f->number, G_MAXINT32), &news);
    store_news(turn, f->from, &news);
}

static void restore_words(Turn *turn, const Event *event, const char *words, int64_t value)
{
    if (words == NULL)
        return;
    PeerMemoryFact fact = {.trait = peer_memory_trait_find(words, strlen(words)),
                           .value = value,
                           .until_ms = turn->now_ms + (int64_t)event->f.ms};
    if (fact.trait < PEER_MEMORY_TRAIT_COUNT)
        peer_memory_learn(turn->peers, event->f.to, &fact, turn->now_ms);
}

void peer_news_on_restored(Turn *turn, const Event *event)
{
    if (event->f.to == NULL)
        return;
    restore_words(turn, event, event->f.takes, 1);
    restore_words(turn, event, event->f.lacks, 0);
    if (event->f.number > 0)
        restore_words(turn, event, peer_memory_trait_name(PEER_MEMORY_MAX_SIZE),
                      (int64_t)MIN(event->f.number, G_MAXINT32));
}

void peer_news_learn(Turn *turn, const Address *peer, PeerMemoryTrait trait, int64_t value,
                     int64_t ms)
{
    const PeerMemoryFact fact = {.trait = trait, .value = value, .until_ms = turn->now_ms + ms};
    if (!peer_memory_learn(turn->peers, peer, &fact, turn->now_ms))
        return;
    Command *store = push_store(turn, peer, ms);
    const char *word = peer_memory_trait_name(trait);
    if (trait == PEER_MEMORY_MAX_SIZE)
        store->f.number = (uint64_t)value;
    else
        fields_set_text(value != 0 ? &store->f.takes : &store->f.lacks, word);
}

void peer_news_on_chat(Turn *turn, const Session *session, const Event *event)
{
    if (peer_memory_get(turn->peers, session->s, PEER_MEMORY_OPTIONS, turn->now_ms) !=
        PEER_MEMORY_UNKNOWN)
        return;
    peer_news_learn(turn, session->s, PEER_MEMORY_OPTIONS, 0, turn->settings->peer_memory);
    Command *ask = turn_push(turn, session, COMMAND_ASK_PEER, SIDE_SIP);
    fields_set_address(&ask->f.from, event->f.from);
    fields_set_address(&ask->f.to, session->s);
}
