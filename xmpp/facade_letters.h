// SPDX-License-Identifier: MIT
// Characters that servers with Unicode 3.2 do not know.
// COMPAT(ejabberd 23): it drops without a word each stanza whose `from` has a resource with a character that
// stringprep has as unassigned, which every emoji is; Prosody takes it. RFC 3454 7, RFC 3920 B.
#pragma once
#include <glib.h>
#include <stdbool.h>

#define FACADE_LETTERS_OTHER '_'

// What: a text with each such character replaced.
// Shape: `text` is valid UTF-8; owned by the caller.
// Source: RFC 3454 A.1.
char *facade_letters_known(const char *text);
