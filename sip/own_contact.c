// SPDX-License-Identifier: MIT
// Our Contact; see own_contact.h.
#include "sip/own_contact.h"

#include <string.h>

char *own_contact_for(const GateCore *core, const Address *user, HopTransport transport)
{
    g_autofree char *uri = route_to_uri(core->route, user);
    const char *at = uri != NULL ? strrchr(uri, '@') : NULL;
    if (at == NULL) {
        return NULL;
    }
    const char *parameters = strchr(at, ';');
    const char *address = agent_address(core->agent, &transport);
    return g_strdup_printf("<%.*s@%s%s%s>", (int)(at - uri), uri, address,
                           hop_parameter(transport), parameters != NULL ? parameters : "");
}
