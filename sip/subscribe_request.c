// SPDX-License-Identifier: MIT
// Headers of a SUBSCRIBE; see the header.
#include "sip/subscribe_request.h"

#include <string.h>

#include <glib.h>

bool subscribe_request_accepts(const sip_t *sip, const char *wanted)
{
    const sip_accept_t *accept = sip->sip_accept;
    if (accept == NULL) {
        return true;
    }
    for (; accept != NULL; accept = accept->ac_next) {
        const char *type = accept->ac_type;
        if (type != NULL &&
            (g_ascii_strcasecmp(type, wanted) == 0 ||
             g_ascii_strcasecmp(type, "application/*") == 0 || strcmp(type, "*/*") == 0)) {
            return true;
        }
    }
    return false;
}

unsigned long subscribe_request_expires(const sip_t *sip, unsigned long most_s)
{
    unsigned long asked = sip->sip_expires != NULL ? sip->sip_expires->ex_delta : most_s;
    return MIN(asked, most_s);
}

bool subscribe_request_is_by_stream(const sip_t *sip)
{
    const sip_contact_t *contact = sip->sip_contact;
    bool datagram = sip->sip_via != NULL && g_str_has_suffix(sip->sip_via->v_protocol, "/UDP");
    char transport[8] = "";
    if (contact != NULL) {
        url_param(contact->m_url->url_params, "transport", transport, sizeof transport);
    }
    return !datagram || g_ascii_strcasecmp(transport, "tcp") == 0 ||
           g_ascii_strcasecmp(transport, "tls") == 0;
}
