// SPDX-License-Identifier: MIT
// a=setup: which of the two opens the connection (RFC 6135 4.2, RFC 4145 4).
#include "sip/msrp/msrp_setup.h"

#include <glib.h>
#include <string.h>

static const char *const tokens[] = {
    [MSRP_SETUP_ABSENT] = NULL,
    [MSRP_SETUP_ACTIVE] = "active",
    [MSRP_SETUP_PASSIVE] = "passive",
    [MSRP_SETUP_ACTPASS] = "actpass",
};

MsrpSetup msrp_setup_read(const char *value)
{
    for (size_t i = MSRP_SETUP_ACTIVE; value != NULL && i < G_N_ELEMENTS(tokens); i++) {
        if (g_ascii_strcasecmp(value, tokens[i]) == 0)
            return (MsrpSetup)i;
    }
    return MSRP_SETUP_ABSENT;
}

const char *msrp_setup_token(MsrpSetup setup)
{
    return tokens[setup];
}

MsrpSetup msrp_setup_offer(bool reachable)
{
    return reachable ? MSRP_SETUP_ACTPASS : MSRP_SETUP_ACTIVE;
}

// Who is reachable lets the offerer connect whenever it can. An offer of "passive" is forbidden, but
// the only way to meet it is to connect ourselves. An offerer that says nothing, or "active", will
// connect whatever we say.
MsrpSetup msrp_setup_answer(MsrpSetup offer, bool reachable)
{
    if (offer == MSRP_SETUP_PASSIVE || (offer == MSRP_SETUP_ACTPASS && !reachable))
        return MSRP_SETUP_ACTIVE;
    return MSRP_SETUP_PASSIVE;
}

// Without a word from the answerer RFC 4975 5.4 holds: the offerer connects.
bool msrp_setup_offerer_is_active(MsrpSetup offer, MsrpSetup answer)
{
    if (offer == MSRP_SETUP_PASSIVE)
        return false;
    return offer == MSRP_SETUP_ACTIVE || answer != MSRP_SETUP_ACTIVE;
}
