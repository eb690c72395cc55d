// SPDX-License-Identifier: MIT
// When the watchers of a room are told what changed: not oftener than T_rate, and nobody who has
// not answered the last NOTIFY. RFC 4575 3.9; ROSTER-017.
#pragma once
#include "sip/conference_core.h"

// What: something changed: whoever watches is told soon.
// Shape: the first change after a pause when this turn is over, later ones after T_rate.
// Source: ROSTER-017.
void conference_pace_touch(ConferenceNotifier *notifier);
