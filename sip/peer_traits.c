// SPDX-License-Identifier: MIT
// Headers to words of traits; see peer_traits.h.
#include "sip/peer_traits.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

// LIMIT: types looked at in one Accept header.
#define ACCEPTS_MAX 64

static const struct {
    const char *type;
    PeerMemoryTrait trait;
    bool inside; // stands inside an envelope: not to list it says nothing
} TYPES[] = {
    {"message/cpim", PEER_MEMORY_CPIM, false},
    {"message/imdn+xml", PEER_MEMORY_IMDN, true},
    {"application/im-iscomposing+xml", PEER_MEMORY_COMPOSING, false},
    {"text/html", PEER_MEMORY_HTML, false},
    {"multipart/alternative", PEER_MEMORY_MULTIPART, false},
    {"application/vnd.gsma.rcs-ft-http+xml", PEER_MEMORY_FT_HTTP, false},
    {"message/external-body", PEER_MEMORY_EXTERNAL_BODY, false},
};

PeerMemoryTrait peer_traits_find(const ContentType *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        if (content_type_is(type, TYPES[i].type)) {
            return TYPES[i].trait;
        }
    }
    return PEER_MEMORY_TRAIT_COUNT;
}

void peer_traits_add(Fields *fields, bool takes, PeerMemoryTrait trait)
{
    char **list = takes ? &fields->takes : &fields->lacks;
    const char *word = peer_memory_trait_name(trait);
    g_auto(GStrv) words = g_strsplit(*list != NULL ? *list : "", ",", -1);
    if (g_strv_contains((const char *const *)words, word)) {
        return;
    }
    g_autofree char *longer =
        *list != NULL ? g_strdup_printf("%s,%s", *list, word) : g_strdup(word);
    fields_set_text(list, longer);
}

static bool is_wildcard(const char *type)
{
    const char *slash = strchr(type, '/');
    return slash == NULL || strcmp(slash, "/*") == 0;
}

static void read_accept(Fields *fields, const sip_accept_t *accept)
{
    bool is_listed[G_N_ELEMENTS(TYPES)] = {false};
    bool is_open = false;
    int seen = 0;
    for (; accept != NULL && seen < ACCEPTS_MAX; accept = accept->ac_next, seen++) {
        const char *type = accept->ac_type != NULL ? accept->ac_type : "";
        is_open = is_open || is_wildcard(type);
        for (size_t i = 0; i < G_N_ELEMENTS(TYPES); i++) {
            is_listed[i] = is_listed[i] || g_ascii_strcasecmp(type, TYPES[i].type) == 0;
        }
    }
    for (size_t i = 0; seen > 0 && i < G_N_ELEMENTS(TYPES); i++) {
        if (is_listed[i] || (!is_open && !TYPES[i].inside)) {
            peer_traits_add(fields, is_listed[i], TYPES[i].trait);
        }
    }
}

static void read_allow(Fields *fields, const sip_allow_t *allow)
{
    if (allow != NULL && !sip_is_allowed(allow, sip_method_invite, "INVITE")) {
        peer_traits_add(fields, false, PEER_MEMORY_MSRP);
    }
}

void peer_traits_read(Fields *fields, const sip_t *sip)
{
    if (sip != NULL) {
        read_accept(fields, sip->sip_accept);
        read_allow(fields, sip->sip_allow);
    }
}

void peer_traits_add_shown(Fields *fields, unsigned shown)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        if ((shown & 1U << TYPES[i].trait) != 0) {
            peer_traits_add(fields, true, TYPES[i].trait);
        }
    }
}
