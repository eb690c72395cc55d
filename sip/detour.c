// SPDX-License-Identifier: MIT
// Elsewhere, later, not so far; see detour.h.
#include "sip/detour.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/url.h>

// RFC 3261 8.1.1.6.
#define HOPS_MAX 70

Address *detour_address(const GateCore *core, const struct sip_s *sip)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    Address *address = NULL;
    if (sip != NULL && sip->sip_contact != NULL) {
        const char *uri = url_as_string(home, sip->sip_contact->m_url);
        address = uri != NULL ? route_from_uri(core->route, uri, true, NULL, NULL) : NULL;
    }
    su_home_deinit(home);
    return address;
}

char *detour_uri(const GateCore *core, const Address *to)
{
    bool ours_to_reach = to != NULL && route_side_of(core->route, to) == ROUTE_SIP_USER;
    return ours_to_reach ? route_to_uri(core->route, to) : NULL;
}

char *detour_room_uri(const GateCore *core, const Address *to, const char *before)
{
    g_autoptr(Address) room = route_from_uri(core->route, before, true, NULL, NULL);
    bool near = room != NULL && to != NULL && route_side_of(core->route, to) == ROUTE_SIP_ROOM &&
                strcmp(address_domain(room), address_domain(to)) == 0;
    return near ? route_to_uri(core->route, to) : NULL;
}

// A route says where requests go first, else the domain is looked up.
static char *hop_of(const GateCore *core, const char *uri)
{
    const char *route = agent_route(core->agent, uri, NULL);
    const char *at = strrchr(uri, '@');
    const char *domain = at != NULL ? at + 1 : uri;
    return route != NULL ? g_strdup(route) : g_strndup(domain, strcspn(domain, ";?"));
}

uint64_t detour_note_retry(const GateCore *core, const char *uri, int status,
                           const struct sip_s *sip)
{
    if (sip == NULL || sip->sip_retry_after == NULL) {
        return 0;
    }
    uint64_t after_s = sip->sip_retry_after->af_delta;
    if (status == 503) {
        g_autofree char *hop = hop_of(core, uri);
        next_hops_hold(core->hops, hop, after_s, g_get_monotonic_time());
    }
    return after_s;
}

uint64_t detour_wait_s(const GateCore *core, const char *uri)
{
    g_autofree char *hop = hop_of(core, uri);
    return next_hops_left_s(core->hops, hop, g_get_monotonic_time());
}

void detour_tell_held(Fields *fields, uint64_t wait_s)
{
    fields->failure = FAILURE_RESOURCE_CONSTRAINT;
    fields->retry_s = wait_s;
    fields_set_text(&fields->text, "the next hop asked to be left alone for a while");
}

unsigned detour_hops(uint64_t left)
{
    return left > 0 && left < HOPS_MAX ? (unsigned)left : HOPS_MAX;
}
