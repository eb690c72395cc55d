// SPDX-License-Identifier: MIT
// What a REFER to a room asks for: its Refer-To taken apart. RFC 3515 2.1, RFC 4579 5.5 to 5.11, RFC 5368.
#pragma once
#include "sip/gate_core.h"

struct sip_s;

typedef enum {
    REFER_INVITE,
    REFER_KICK,
    REFER_REPLACE, // names a dialog to be replaced
    REFER_LIST,    // names a part of the body
} ReferWhat;

typedef struct {
    ReferWhat what;
    Address *who; // shared; NULL: a list
    char *part;   // owned; Content-ID of a list
} ReferTarget;

// What: reads Refer-To.
// Shape: `self` is overwritten; clear it in any case with refer_target_clear().
// Errors: the status to refuse the REFER with, 0: none: 400 no Refer-To or several, or none that can be read; 403 a
//   method or scheme that is not served.
// Source: CONF-014 to CONF-018.
int refer_target_read(ReferTarget *self, const GateCore *core, const struct sip_s *sip);

// What: frees what the value owns.
void refer_target_clear(ReferTarget *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReferTarget, refer_target_clear)
