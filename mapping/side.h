// SPDX-License-Identifier: MIT
// The two sides of the gateway. Every fact and every order carries one.
#pragma once

typedef enum { SIDE_XMPP, SIDE_SIP } Side;

// What: "xmpp" or "sip".
static inline const char *side_name(Side side)
{
    return side == SIDE_XMPP ? "xmpp" : "sip";
}

// What: the other side.
static inline Side side_other(Side side)
{
    return side == SIDE_XMPP ? SIDE_SIP : SIDE_XMPP;
}
