// SPDX-License-Identifier: MIT
// Dialogs as others name them: by Call-ID and both tags, in one text. RFC 3891, RFC 4538.
#pragma once
#include "sip/call.h"

struct sip_s;

// What: the dialog of a call as its other end, or whoever learned of it there, names it.
// Shape: owned by the caller (g_free), as all of these; NULL: there is none yet.
char *focus_dialog_of_call(const Call *call);

// What: the dialog that the Replaces of a request names.
// Shape: the request has one.
// Source: RFC 3891 3.
char *focus_dialog_of_replaces(const struct sip_s *sip);

// What: whether a request names more than one.
// Source: RFC 3891 3.
bool focus_dialog_has_two_replaces(const struct sip_s *sip);

// What: the dialog that the Target-Dialog of a request names.
// Shape: NULL: it names none.
// Source: RFC 4538 3.
char *focus_dialog_of_target(const struct sip_s *sip);
