// SPDX-License-Identifier: MIT
// A set of domains.
#include "mapping/links.h"

struct Links {
    GHashTable *down; // owned: component domains
    bool sip_is_down;
};

Links *links_new(void)
{
    Links *links = g_new0(Links, 1);
    links->down = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return links;
}

void links_free(Links *links)
{
    if (links == NULL)
        return;
    g_hash_table_destroy(links->down);
    g_free(links);
}

void links_note(Links *links, const Event *event)
{
    bool is_down = event->f.how == HOW_DOWN;
    const char *domain = address_domain(event->f.from);
    if (event->side == SIDE_SIP)
        links->sip_is_down = is_down;
    else if (domain != NULL && is_down)
        g_hash_table_add(links->down, g_strdup(domain));
    else if (domain != NULL)
        g_hash_table_remove(links->down, domain);
}

bool links_is_down(const Links *links, const Address *sip_user)
{
    const char *domain = address_domain(sip_user);
    return domain != NULL && g_hash_table_contains(links->down, domain);
}

bool links_sip_is_down(const Links *links)
{
    return links->sip_is_down;
}
