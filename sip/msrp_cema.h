// SPDX-License-Identifier: MIT
// Middleboxes that carry the MSRP connection by altering only the address of c- and m-line, and what
// both ends have to agree upon so that this works. RFC 6714 (CEMA); we never use a relay of our own.
#pragma once
#include "sip/msrp_sdp.h"

// Where the one who opens the connection goes.
typedef enum {
    MSRP_CEMA_PATH,    // to the first URI of the path, as RFC 4975 says
    MSRP_CEMA_ADDRESS, // to the address of c- and m-line
    MSRP_CEMA_NOWHERE  // the address is altered, and one of us would not go there
} MsrpCema;

// What: whether the address of c- and m-line is none of those in the path.
// Shape: a name and an IP address are compared by their ports only: nothing is looked up in the
//   middle of an offer. No c-line, port 9 of somebody who only connects, and the unspecified
//   address of an old hold tell nothing: not altered.
// Source: RFC 6714 4.4.
bool msrp_cema_is_altered(const MsrpSdpMedia *media);

// What: as answerer: where to go; NOWHERE: the offer has to be refused.
// Source: RFC 6714 4.3.
MsrpCema msrp_cema_of_offer(const MsrpSdpMedia *offer);

// What: our a=setup and whether a=msrp-cema stands in our answer.
// Shape: an offerer with a relay that lets us choose is connected to: its relay could not go
//   through the middlebox.
// Source: RFC 6714 4.1, 4.3; RFC 6135 4.2.
MsrpSetup msrp_cema_setup(const MsrpSdpMedia *offer);
bool msrp_cema_is_answered(const MsrpSdpMedia *offer);

// What: as offerer that said a=msrp-cema: where to go; NOWHERE: a new offer without it has to
//   follow.
// Shape: `active`: we connect.
// Source: RFC 6714 4.2.
MsrpCema msrp_cema_of_answer(const MsrpSdpMedia *answer, bool active);
