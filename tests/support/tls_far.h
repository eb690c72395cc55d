// SPDX-License-Identifier: MIT
// The far end of a connection under TLS, in the hands of a test: OpenSSL itself over a
// CrookedStream, so that everything below the records can be split, stalled and broken.
#pragma once

#include "tests/support/crooked_stream.h"
#include "tests/support/tls_cert.h"

typedef struct TlsFar TlsFar;

// What: an end that speaks TLS over a stream.
// Shape: `stream` is borrowed; `cert` NULL: shows none. It believes every certificate; `host` is
// the name it asks for (SNI), or NULL.
TlsFar *tls_far_accept(CrookedStream *stream, const TlsCert *cert);
TlsFar *tls_far_connect(CrookedStream *stream, const TlsCert *cert, const char *host);
void tls_far_free(TlsFar *far);

// What: the library's value, to change what it may speak.
// Shape: borrowed.
SSL *tls_far_ssl(TlsFar *far);

// What: how many octets it sends at once; 0, as in the beginning: all.
void tls_far_set_piece(TlsFar *far, size_t piece);

// What: lets main loop and hand-shake run until nothing moves.
void tls_far_settle(TlsFar *far);

// What: says a text, and lets everything settle.
void tls_far_say(TlsFar *far, const char *text);

// What: seals a text and says it later, with what comes next; its length under TLS is returned.
size_t tls_far_keep(TlsFar *far, const char *text);

// What: says only the first octets of what is kept.
void tls_far_say_part(TlsFar *far, size_t length);

// What: everything heard so far, NUL-terminated.
// Shape: borrowed until the next call.
const char *tls_far_heard(TlsFar *far);

// What: whether the hand-shake is done; whether the other side said that it sends no more; the
// alert it ended with, "" for none.
bool tls_far_is_ready(const TlsFar *far);
bool tls_far_is_closed(const TlsFar *far);
const char *tls_far_alert(const TlsFar *far);
