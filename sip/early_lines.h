// SPDX-License-Identifier: MIT
// Messages that came before they can be judged: kept with their content, in order, within bounds.
// MUC-A04, MUC-B06.
#pragma once
#include <stdbool.h>

#include "sip/msrp/msrp_session.h"

typedef struct EarlyLines EarlyLines;

// What: nothing kept, and at most so many lines, of so many octets together.
// Shape: owned by the caller (early_lines_free).
EarlyLines *early_lines_new(guint lines_max, size_t octets_max);

// What: frees what is kept; nobody answers it. NULL is allowed.
void early_lines_free(EarlyLines *self);

// What: keeps a message, which stays unanswered.
// Errors: false: too many, or too much, are kept already.
bool early_lines_keep(EarlyLines *self, const MsrpSessionIncoming *message);

// What: hands all over, oldest first; each is borrowed for the call.
void early_lines_release(EarlyLines *self,
                         void (*take)(void *owner, const MsrpSessionIncoming *message), void *owner);
