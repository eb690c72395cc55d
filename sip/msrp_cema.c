// SPDX-License-Identifier: MIT
// RFC 6714; see msrp_cema.h.
#include "sip/msrp_cema.h"

#include <arpa/inet.h>
#include <string.h>

#include "sip/msrp/msrp_uri.h"

// The m-line port of somebody who will not be connected to (RFC 4145 4.1).
#define DISCARD_PORT 9

// The octets of a numeric address, NULL for a name. One written in two ways is one (RFC 6714 4.4).
static GBytes *octets_of(const char *host)
{
    unsigned char octets[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, host, octets) == 1) {
        return g_bytes_new(octets, sizeof(struct in_addr));
    }
    return inet_pton(AF_INET6, host, octets) == 1 ? g_bytes_new(octets, sizeof octets) : NULL;
}

static bool is_same_host(const char *a, const char *b)
{
    g_autoptr(GBytes) left = octets_of(a), right = octets_of(b);
    if (left != NULL && right != NULL) {
        return g_bytes_equal(left, right);
    }
    return left != NULL || right != NULL || g_ascii_strcasecmp(a, b) == 0;
}

static bool is_unspecified(const char *host)
{
    return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

bool msrp_cema_is_altered(const MsrpSdpMedia *media)
{
    g_autoptr(GPtrArray) path = media->path != NULL ? msrp_uri_path_read(media->path) : NULL;
    if (path == NULL || media->address == NULL || is_unspecified(media->address) ||
        media->port == DISCARD_PORT) {
        return false;
    }
    for (guint i = 0; i < path->len; i++) {
        const MsrpUri *uri = path->pdata[i];
        if (uri->port == media->port && is_same_host(uri->host, media->address)) {
            return false;
        }
    }
    return true;
}

static bool has_relay(const MsrpSdpMedia *media)
{
    return media->path != NULL && strchr(media->path, ' ') != NULL;
}

MsrpSetup msrp_cema_setup(const MsrpSdpMedia *offer)
{
    bool lets_us = offer->has_cema && has_relay(offer) && offer->setup == MSRP_SETUP_ACTPASS;
    return lets_us ? MSRP_SETUP_ACTIVE : msrp_setup_answer(offer->setup, true);
}

bool msrp_cema_is_answered(const MsrpSdpMedia *offer)
{
    bool they_connect = msrp_setup_offerer_is_active(offer->setup, msrp_cema_setup(offer));
    return offer->has_cema && !(has_relay(offer) && they_connect);
}

MsrpCema msrp_cema_of_offer(const MsrpSdpMedia *offer)
{
    if (!msrp_cema_is_altered(offer)) {
        return MSRP_CEMA_PATH;
    }
    if (!offer->has_cema) {
        return MSRP_CEMA_NOWHERE;
    }
    return msrp_cema_is_answered(offer) ? MSRP_CEMA_ADDRESS : MSRP_CEMA_PATH;
}

MsrpCema msrp_cema_of_answer(const MsrpSdpMedia *answer, bool active)
{
    if (!msrp_cema_is_altered(answer)) {
        return MSRP_CEMA_PATH;
    }
    if (!answer->has_cema && (!active || has_relay(answer))) {
        return MSRP_CEMA_NOWHERE;
    }
    return MSRP_CEMA_ADDRESS;
}
