// SPDX-License-Identifier: MIT
// TLS of one stream, against OpenSSL itself at the other end of a connection that splits, stalls
// and breaks off.
#include "sip/msrp/msrp_stream.h"
#include "tests/support/suite.h"
#include "tests/support/tls_far.h"

#include <openssl/ssl.h>
#include <string.h>

typedef struct {
    MsrpLoop *loop;
    CrookedStream *wire;
    TlsFar *far;
    MsrpStream *stream;
    GString *read;
    int ready, ends;
    bool pause_next; // stops reading from inside the callback
} Pair;

static TlsCert *our_cert, *far_cert;
static MsrpTlsKeys *keys;
static char *far_fingerprint;

static void set_up(void)
{
    our_cert = tls_cert_new(&(TlsCertWish){0});
    far_cert = tls_cert_new(&(TlsCertWish){0});
    far_fingerprint = tls_cert_fingerprint(far_cert, "sha-256");
    keys = msrp_tls_keys_load(
        &(MsrpTlsFiles){.cert = our_cert->file, .key = our_cert->key_file}, NULL);
}

static void tear_down(void)
{
    msrp_tls_keys_free(keys);
    tls_cert_free(our_cert);
    tls_cert_free(far_cert);
    g_free(far_fingerprint);
}

static void on_octets(void *user, const uint8_t *octets, size_t length)
{
    Pair *pair = user;
    g_string_append_len(pair->read, (const char *)octets, (gssize)length);
    if (pair->pause_next)
        msrp_stream_pause(pair->stream, true);
}

static void on_written(void *user)
{
}

static void on_end(void *user)
{
    ((Pair *)user)->ends++;
}

static void on_ready(void *user)
{
    ((Pair *)user)->ready++;
}

static const MsrpStreamFuncs funcs = {on_octets, on_written, on_end, on_ready};

// A connection on which nothing has been said; `tls` is taken.
static Pair *pair_new(MsrpTls *tls)
{
    int fd;
    Pair *pair = g_new0(Pair, 1);
    pair->loop = msrp_loop_new(NULL);
    pair->wire = crooked_stream_pair(&fd);
    pair->read = g_string_new(NULL);
    pair->stream = msrp_stream_new(pair->loop, fd, tls, &funcs, pair);
    return pair;
}

// They connected to us.
static Pair *accepted(void)
{
    Pair *pair = pair_new(msrp_tls_accept(keys));
    pair->far = tls_far_connect(pair->wire, far_cert, NULL);
    return pair;
}

// We connected to them; `fingerprint` is what we know of them.
static Pair *connected(char *fingerprint)
{
    MsrpTlsPeer peer = {.fingerprints = (char *[]){fingerprint, NULL}, .host = (char *)"peer.test"};
    Pair *pair = pair_new(msrp_tls_connect(keys, &peer));
    pair->far = tls_far_accept(pair->wire, far_cert);
    return pair;
}

static void pair_free(Pair *pair)
{
    msrp_stream_free(pair->stream);
    if (pair->far != NULL)
        tls_far_free(pair->far);
    crooked_stream_free(pair->wire);
    msrp_loop_free(pair->loop);
    g_string_free(pair->read, TRUE);
    g_free(pair);
}

static void say(Pair *pair, const char *text)
{
    msrp_stream_write(pair->stream, g_bytes_new(text, strlen(text)));
    msrp_stream_flush(pair->stream);
}

static void talk(Pair *pair)
{
    say(pair, "Art thou not Romeo?"); // before the hand-shake: it waits
    ck_assert(!msrp_stream_is_ready(pair->stream));
    tls_far_settle(pair->far);
    ck_assert_int_eq(pair->ready, 1);
    ck_assert(msrp_stream_is_ready(pair->stream));
    tls_far_say(pair->far, "Neither, fair saint.");
    ck_assert_str_eq(tls_far_heard(pair->far), "Art thou not Romeo?");
    ck_assert_str_eq(pair->read->str, "Neither, fair saint.");
    ck_assert_uint_eq(msrp_stream_waiting(pair->stream), 0);
    ck_assert_uint_eq(msrp_stream_written(pair->stream), strlen("Art thou not Romeo?"));
    ck_assert_int_eq(pair->ends, 0);
}

/* MSRP-027 SEC-02 */
START_TEST(tls_carries_octets_both_ways_whoever_connected)
{
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        Pair *pair = accepted();
        SSL_set_max_proto_version(tls_far_ssl(pair->far), version);
        talk(pair);
        pair_free(pair);
        pair = connected(far_fingerprint);
        SSL_set_max_proto_version(tls_far_ssl(pair->far), version);
        talk(pair);
        pair_free(pair);
    }
}
END_TEST

START_TEST(tls_carries_octets_in_pieces_of_one)
{
    Pair *pair = accepted();
    tls_far_set_piece(pair->far, 1);
    talk(pair);
    pair_free(pair);
}
END_TEST

/* SEC-02 */
START_TEST(tls_older_than_1_2_is_not_spoken)
{
    Pair *pair = accepted();
    SSL_set_min_proto_version(tls_far_ssl(pair->far), TLS1_VERSION);
    SSL_set_max_proto_version(tls_far_ssl(pair->far), TLS1_1_VERSION);
    tls_far_settle(pair->far);
    ck_assert_int_eq(pair->ready, 0);
    ck_assert_int_eq(pair->ends, 1);
    ck_assert_str_eq(tls_far_alert(pair->far), "protocol version");
    pair_free(pair);
}
END_TEST

/* MSRP-027 MSRP-028 */
START_TEST(tls_ends_with_an_alert_when_the_certificate_is_not_the_announced_one)
{
    g_autofree char *ours = tls_cert_fingerprint(our_cert, "sha-256");
    Pair *pair = connected(ours);
    tls_far_settle(pair->far);
    ck_assert_int_eq(pair->ready, 0);
    ck_assert_int_eq(pair->ends, 1);
    ck_assert_str_eq(tls_far_alert(pair->far), "bad certificate");
    ck_assert_str_eq(msrp_tls_problem(msrp_stream_tls(pair->stream)), "certificate rejected");
    pair_free(pair);
}
END_TEST

/* MSRP-028 */
START_TEST(tls_shows_our_certificate_and_asks_for_theirs_in_both_roles)
{
    g_autofree char *other = tls_cert_fingerprint(our_cert, "sha-256");
    for (int role = 0; role < 2; role++) {
        Pair *pair = role == 0 ? accepted() : connected(far_fingerprint);
        talk(pair);
        X509 *shown = SSL_get1_peer_certificate(tls_far_ssl(pair->far));
        ck_assert_int_eq(X509_cmp(shown, our_cert->x509), 0);
        X509_free(shown);
        const MsrpTls *tls = msrp_stream_tls(pair->stream);
        MsrpTlsPeer right = {(char *[]){far_fingerprint, NULL}, (char *)"peer.test"};
        MsrpTlsPeer wrong = {(char *[]){other, NULL}, (char *)"peer.test"};
        ck_assert_ptr_null(msrp_tls_fault_of(tls, &right));
        ck_assert_str_eq(msrp_tls_fault_of(tls, &wrong), "certificate rejected");
        pair_free(pair);
    }
}
END_TEST

static const char *name_asked_for(const char *host)
{
    MsrpTlsPeer peer = {.fingerprints = (char *[]){far_fingerprint, NULL}, .host = (char *)host};
    static char name[64];
    Pair *pair = pair_new(msrp_tls_connect(keys, &peer));
    pair->far = tls_far_accept(pair->wire, far_cert);
    tls_far_settle(pair->far);
    ck_assert_int_eq(pair->ready, 1);
    const char *asked = SSL_get_servername(tls_far_ssl(pair->far), TLSEXT_NAMETYPE_host_name);
    g_strlcpy(name, asked != NULL ? asked : "", sizeof name);
    pair_free(pair);
    return name;
}

/* MSRP-027 */
START_TEST(tls_asks_for_the_host_by_name_but_not_by_address)
{
    ck_assert_str_eq(name_asked_for("peer.test"), "peer.test");
    ck_assert_str_eq(name_asked_for("192.0.2.1"), "");
    ck_assert_str_eq(name_asked_for("2001:db8::1"), "");
}
END_TEST

START_TEST(tls_that_is_none_ends_the_stream)
{
    static const char *const garbage[] = {
        "MSRP a786hjs2 SEND\r\nTo-Path: msrp://a:1/b;tcp\r\n", "GET / HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x00\x05\x01\xff\xff\xff\xff", "\x15\x03\x01\x00\x02\x02\x28"};
    for (size_t i = 0; i < G_N_ELEMENTS(garbage); i++) {
        Pair *pair = pair_new(msrp_tls_accept(keys));
        crooked_stream_say_text(pair->wire, garbage[i]);
        crooked_stream_say(pair->wire, "\0\0\0\0\0\0\0\0", 8, 0);
        crooked_stream_settle();
        ck_assert_int_eq(pair->ends, 1);
        ck_assert_str_eq(pair->read->str, "");
        ck_assert_ptr_nonnull(msrp_tls_problem(msrp_stream_tls(pair->stream)));
        pair_free(pair);
    }
}
END_TEST

// Two texts in one record: the second half is in no socket any more when reading goes on.
/* MSRP-031 */
START_TEST(tls_hands_over_what_it_holds_when_reading_goes_on_without_new_octets)
{
    Pair *pair = accepted();
    tls_far_settle(pair->far);
    pair->pause_next = true;
    tls_far_keep(pair->far, "one ");
    tls_far_keep(pair->far, "two ");
    tls_far_say(pair->far, "three");
    ck_assert_str_eq(pair->read->str, "one ");
    msrp_stream_pause(pair->stream, false);
    crooked_stream_settle();
    ck_assert_str_eq(pair->read->str, "one two ");
    crooked_stream_break(pair->wire, false); // and what is held comes before the end
    pair->pause_next = false;
    msrp_stream_pause(pair->stream, false);
    crooked_stream_settle();
    ck_assert_str_eq(pair->read->str, "one two three");
    ck_assert_int_eq(pair->ends, 1);
    pair_free(pair);
}
END_TEST

/* MSRP-031 */
START_TEST(tls_keeps_what_a_stalled_peer_does_not_read_and_writes_it_later_in_order)
{
    Pair *pair = accepted();
    g_autoptr(GString) expected = g_string_new(NULL);
    tls_far_settle(pair->far);
    crooked_stream_stall(pair->wire, true);
    for (int i = 0; i < 20000; i++) {
        g_autofree char *text = g_strdup_printf("[%d is a number that follows %d]", i + 1, i);
        g_string_append(expected, text);
        say(pair, text);
    }
    crooked_stream_settle();
    ck_assert_uint_gt(msrp_stream_waiting(pair->stream), 0);
    ck_assert_uint_eq(msrp_stream_waiting(pair->stream) + msrp_stream_written(pair->stream),
                      expected->len);
    crooked_stream_stall(pair->wire, false);
    tls_far_settle(pair->far);
    ck_assert_uint_eq(msrp_stream_waiting(pair->stream), 0);
    ck_assert(g_str_equal(tls_far_heard(pair->far), expected->str));
    pair_free(pair);
}
END_TEST

START_TEST(tls_that_breaks_off_within_a_record_ends_once_and_hands_over_nothing_of_it)
{
    Pair *pair = accepted();
    tls_far_settle(pair->far);
    tls_far_say(pair->far, "whole");
    size_t length = tls_far_keep(pair->far, "torn");
    tls_far_say_part(pair->far, length - 1);
    crooked_stream_break(pair->wire, false);
    crooked_stream_settle();
    ck_assert_str_eq(pair->read->str, "whole");
    ck_assert_int_eq(pair->ends, 1);
    say(pair, "nobody hears this"); // and nothing breaks
    crooked_stream_settle();
    ck_assert_int_eq(pair->ends, 1);
    pair_free(pair);
}
END_TEST

START_TEST(tls_octets_that_were_changed_on_the_way_end_the_stream)
{
    Pair *pair = accepted();
    tls_far_settle(pair->far);
    crooked_stream_say(pair->wire, "\x17\x03\x03\x00\x13" "0123456789012345678", 24, 0);
    tls_far_settle(pair->far);
    ck_assert_str_eq(pair->read->str, "");
    ck_assert_int_eq(pair->ends, 1);
    ck_assert_str_eq(tls_far_alert(pair->far), "bad record mac");
    pair_free(pair);
}
END_TEST

START_TEST(tls_says_its_end_and_hears_that_of_the_peer)
{
    Pair *pair = accepted();
    talk(pair);
    SSL_shutdown(tls_far_ssl(pair->far));
    tls_far_settle(pair->far);
    ck_assert_int_eq(pair->ends, 1);
    ck_assert_ptr_null(msrp_tls_problem(msrp_stream_tls(pair->stream)));
    pair_free(pair);
    pair = accepted();
    talk(pair);
    ck_assert(!tls_far_is_closed(pair->far));
    msrp_stream_free(g_steal_pointer(&pair->stream));
    tls_far_settle(pair->far);
    ck_assert(tls_far_is_closed(pair->far));
    pair_free(pair);
}
END_TEST

START_TEST(tls_is_not_negotiated_anew)
{
    Pair *pair = accepted();
    SSL_set_max_proto_version(tls_far_ssl(pair->far), TLS1_2_VERSION);
    talk(pair);
    ck_assert_int_eq(SSL_renegotiate(tls_far_ssl(pair->far)), 1);
    SSL_do_handshake(tls_far_ssl(pair->far));
    tls_far_settle(pair->far);
    ck_assert(!tls_far_is_ready(pair->far));
    pair_free(pair);
}
END_TEST

// Each asks for an answer that is not read: octets of TLS itself, which no queue of frames counts.
START_TEST(tls_answers_that_nobody_reads_are_bounded)
{
    Pair *pair = accepted();
    talk(pair);
    crooked_stream_stall(pair->wire, true);
    for (int i = 0; i < 40000 && pair->ends == 0; i++) {
        SSL_key_update(tls_far_ssl(pair->far), SSL_KEY_UPDATE_REQUESTED);
        tls_far_say_part(pair->far, tls_far_keep(pair->far, "x"));
        g_string_truncate(pair->read, 0);
    }
    crooked_stream_settle();
    ck_assert_int_eq(pair->ends, 1);
    pair_free(pair);
}
END_TEST

int main(void)
{
    return suite_run_fixture("msrp_tls", (const TTest *const[]){
        tls_carries_octets_both_ways_whoever_connected,
        tls_carries_octets_in_pieces_of_one,
        tls_older_than_1_2_is_not_spoken,
        tls_ends_with_an_alert_when_the_certificate_is_not_the_announced_one,
        tls_shows_our_certificate_and_asks_for_theirs_in_both_roles,
        tls_asks_for_the_host_by_name_but_not_by_address,
        tls_that_is_none_ends_the_stream,
        tls_hands_over_what_it_holds_when_reading_goes_on_without_new_octets,
        tls_keeps_what_a_stalled_peer_does_not_read_and_writes_it_later_in_order,
        tls_that_breaks_off_within_a_record_ends_once_and_hands_over_nothing_of_it,
        tls_octets_that_were_changed_on_the_way_end_the_stream,
        tls_says_its_end_and_hears_that_of_the_peer,
        tls_is_not_negotiated_anew,
        tls_answers_that_nobody_reads_are_bounded,
        NULL,
    }, set_up, tear_down);
}
