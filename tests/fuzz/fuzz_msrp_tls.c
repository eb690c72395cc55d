// SPDX-License-Identifier: MIT
// Any octets from the network to our end of TLS, before and in the hand-shake: no crash, nothing
// handed over that nobody sealed, and after the end nothing but the end.
//
// Input: one octet of flags, then what the network brings.
#include "sip/msrp/msrp_tls.h"
#include "tests/support/tls_cert.h"

#include <string.h>

#define CONNECT  1 // we connected, else we were connected to
#define SLOW     2 // it comes octet by octet
#define SAID_MAX 8192
#define TOLD_MAX 65536 // what we may say to somebody who has shown nothing

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Made once: a key costs more than all the rest.
static MsrpTlsKeys *keys_of_this_run(void)
{
    static MsrpTlsKeys *keys;
    if (keys == NULL) {
        g_autoptr(TlsCert) cert = tls_cert_new(&(TlsCertWish){0});
        keys = msrp_tls_keys_load(&(MsrpTlsFiles){.cert = cert->file, .key = cert->key_file}, NULL);
        g_assert_nonnull(keys);
    }
    return keys;
}

// false: it is over.
static bool feed(MsrpTls *tls, const uint8_t *data, size_t size, GByteArray *told)
{
    uint8_t plain[1024];
    msrp_tls_feed(tls, data, size);
    ssize_t length = msrp_tls_open(tls, plain, sizeof plain);
    msrp_tls_take(tls, told);
    g_assert_cmpint(length, <=, 0);
    g_assert_false(msrp_tls_is_ready(tls)); // nobody without a key gets there
    g_assert_cmpuint(told->len, <, TOLD_MAX);
    return length == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > SAID_MAX)
        return 0;
    static char *fingerprints[] = {(char *)"sha-256 00", NULL};
    const MsrpTlsPeer peer = {.fingerprints = fingerprints, .host = (char *)"peer.test"};
    g_autoptr(MsrpTls) tls = data[0] & CONNECT ? msrp_tls_connect(keys_of_this_run(), &peer)
                                               : msrp_tls_accept(keys_of_this_run());
    g_autoptr(GByteArray) told = g_byte_array_new();
    size_t piece = data[0] & SLOW ? 1 : size;
    bool alive = feed(tls, data, 0, told);
    for (size_t at = 1; at < size && alive; at += piece)
        alive = feed(tls, data + at, MIN(piece, size - at), told);
    if (!alive) {
        uint8_t plain[16];
        g_assert_cmpint(msrp_tls_open(tls, plain, sizeof plain), ==, -1);
        g_assert_cmpint(msrp_tls_seal(tls, (const uint8_t *)"x", 1), ==, -1);
        g_assert_false(msrp_tls_has_more(tls));
    }
    msrp_tls_close(tls);
    return 0;
}
