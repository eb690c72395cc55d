// SPDX-License-Identifier: MIT
// The XMPP end of the loader: one XEP-0114 stream, non-blocking, scanned rather than parsed.
#pragma once
#include "tests/bench/loader.h"

typedef struct XmppEnd XmppEnd;

// A message with its number, or an error for one; `is_busy`: the error asks to come again later.
typedef void (*XmppEndFunc)(void *self, int number, bool is_error, bool is_busy);

// What: connects as component `name` and shakes hands; pings are answered from then on.
// Shape: owned by the caller; ends the program when the server says no.
XmppEnd *xmpp_end_open(const LoaderConfig *config, const char *name, XmppEndFunc on_message,
                       void *self);

// What: puts a message into the out buffer; `from` and `to` are whole JIDs, `type` normal or chat.
void xmpp_end_send(XmppEnd *end, const char *from, const char *to, const char *type, int number);

// What: the descriptor for poll; whether something waits to be written.
int xmpp_end_fd(const XmppEnd *end);
bool xmpp_end_wants_write(const XmppEnd *end);

// What: writes what can be written; reads and handles all that is there.
void xmpp_end_write(XmppEnd *end);
void xmpp_end_read(XmppEnd *end);

// What: closes and frees; NULL is allowed.
void xmpp_end_close(XmppEnd *end);
