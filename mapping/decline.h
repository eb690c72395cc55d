// SPDX-License-Identifier: MIT
// The words of a decline: what an XMPP user who invited somebody reads when it came to nothing.
#pragma once
#include "mapping/event.h"

// What: the words for what made an invitation fail: an answer, an exit, a timer, the end of the
//   gateway.
// Shape: owned by the caller (g_free); NULL when there is nothing to say.
// Source: table 7.4, column "X sees".
char *decline_words(const Event *cause);
