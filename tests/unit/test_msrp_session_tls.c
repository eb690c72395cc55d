// SPDX-License-Identifier: MIT
// Sessions under TLS: between two stacks on the loopback, and with an end of TLS that is not ours
// and shows what it should not.
#include "sip/msrp/msrp_session.h"
#include "sip/msrp/msrp_tls_keys.h"
#include "tests/support/msrp_owner.h"
#include "tests/support/suite.h"
#include "tests/support/tls_far.h"

#include <gio/gio.h>
#include <string.h>

// Who a certificate is of.
typedef struct {
    TlsCert *cert;
    MsrpTlsKeys *keys;
    char *fingerprint;
} Identity;

static TlsCert *authority;
static Identity anna, ben;
static MsrpTlsKeys *keys_of_next; // what the next stack gets
static Msrp *one, *two;
static MsrpOwner *a, *b;

static Identity identity_new(const TlsCertWish *wish)
{
    Identity identity = {.cert = tls_cert_new(wish)};
    MsrpTlsFiles files = {.cert = identity.cert->file,
                          .key = identity.cert->key_file,
                          .ca = authority->file};
    identity.keys = msrp_tls_keys_load(&files, NULL);
    identity.fingerprint = tls_cert_fingerprint(identity.cert, "sha-256");
    return identity;
}

static void identity_clear(Identity *identity)
{
    tls_cert_free(identity->cert);
    msrp_tls_keys_free(identity->keys);
    g_free(identity->fingerprint);
}

static void use_tls(MsrpConfig *config)
{
    config->tls_keys = keys_of_next;
    config->tls_host = "127.0.0.1";
    config->max_size = 1 << 20;
}

static Msrp *stack_of(const Identity *identity)
{
    keys_of_next = identity->keys;
    return msrp_owner_stack(use_tls);
}

static void set_up(void)
{
    authority = tls_cert_new(&(TlsCertWish){.name = "ca.test", .is_authority = true});
    anna = identity_new(&(TlsCertWish){0});
    ben = identity_new(&(TlsCertWish){0});
    one = stack_of(&anna);
    two = stack_of(&ben);
    a = msrp_owner_new_secure(one);
    b = msrp_owner_new_secure(two);
}

static void tear_down(void)
{
    msrp_free(one);
    msrp_free(two);
    msrp_owner_free(a);
    msrp_owner_free(b);
    identity_clear(&anna);
    identity_clear(&ben);
    tls_cert_free(authority);
}

static bool try_start(MsrpOwner *owner, const char *path, bool active, const char *fingerprint)
{
    const char *const list[] = {fingerprint, NULL};
    return msrp_session_start(owner->session,
                              &(MsrpSessionPeer){.path = path,
                                                 .active = active,
                                                 .accept_types = "*",
                                                 .fingerprints = fingerprint != NULL ? list : NULL},
                              NULL);
}

static void start(MsrpOwner *owner, const char *path, bool active, const char *fingerprint)
{
    ck_assert(try_start(owner, path, active, fingerprint));
}

// a connects to b; each knows the other by what is given here.
static void meet(const char *of_b, const char *of_a)
{
    g_autofree char *to_a = g_strdup(msrp_session_uri(a->session));
    g_autofree char *to_b = g_strdup(msrp_session_uri(b->session));
    start(b, to_a, false, of_a);
    start(a, to_b, true, of_b);
}

/* MSRP-027 MSRP-028 SEC-02 SEC-11 */
START_TEST(sessions_under_tls_talk_when_each_shows_the_certificate_it_announced)
{
    ck_assert(g_str_has_prefix(msrp_session_uri(a->session), "msrps://127.0.0.1:"));
    meet(ben.fingerprint, anna.fingerprint);
    msrp_owner_say(a, 1, "Art thou not Romeo?");
    msrp_owner_told(a, "bound\noutcome 1 200\n");
    msrp_owner_told(b, "bound\nmessage id01 text/plain Art thou not Romeo?\n");
    ck_assert_str_eq(msrp_fingerprints(one)[0], anna.fingerprint);
}
END_TEST

/* MSRP-027 SEC-11 */
START_TEST(session_that_connects_to_a_wrong_certificate_is_ended_before_a_word_is_said)
{
    meet(anna.fingerprint, anna.fingerprint);
    msrp_owner_say(a, 1, "secret");
    msrp_owner_told(a, "outcome 1 0\nend untrusted 0\n");
    msrp_owner_told(b, "");
    ck_assert_uint_eq(msrp_counts(two)->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 0);
    ck_assert_uint_eq(msrp_counts(one)->connections, 0);
}
END_TEST

/* MSRP-027 MSRP-028 SEC-11 */
START_TEST(session_that_is_asked_for_with_a_wrong_certificate_is_ended_with_its_connection)
{
    meet(ben.fingerprint, ben.fingerprint);
    msrp_owner_told(b, "end untrusted 0\n");
    msrp_owner_told(a, "end refused 481\n");
    ck_assert_uint_eq(msrp_counts(two)->connections, 0);
}
END_TEST

/* MSRP-027 */
START_TEST(session_whose_peer_is_known_late_is_judged_then)
{
    g_autofree char *to_a = g_strdup(msrp_session_uri(a->session));
    start(a, msrp_session_uri(b->session), true, ben.fingerprint);
    msrp_owner_told(a, ""); // its SEND waits at b, which does not know a
    start(b, to_a, false, ben.fingerprint);
    msrp_owner_told(b, "end untrusted 0\n");
    ck_assert_uint_eq(msrp_counts(two)->connections, 0);
}
END_TEST

/* MSRP-027 SEC-02 */
START_TEST(session_without_fingerprint_trusts_an_authority_that_vouches_for_the_host)
{
    Identity known = identity_new(&(TlsCertWish){.name = "127.0.0.1", .issuer = authority});
    Msrp *three = stack_of(&known);
    MsrpOwner *c = msrp_owner_new_secure(three);
    start(c, msrp_session_uri(a->session), false, anna.fingerprint);
    start(a, msrp_session_uri(c->session), true, NULL);
    msrp_owner_told(a, "bound\n");
    msrp_free(three);
    msrp_owner_free(c);
    identity_clear(&known);
}
END_TEST

/* MSRP-027 */
START_TEST(session_without_fingerprint_does_not_trust_strangers_and_other_names)
{
    const TlsCertWish wishes[] = {{.name = "127.0.0.1"},
                                  {.name = "192.0.2.1", .issuer = authority},
                                  {.name = "peer.test", .issuer = authority}};
    for (size_t i = 0; i < G_N_ELEMENTS(wishes); i++) {
        Identity stranger = identity_new(&wishes[i]);
        Msrp *three = stack_of(&stranger);
        MsrpOwner *c = msrp_owner_new_secure(three);
        MsrpOwner *d = msrp_owner_new_secure(one);
        start(d, msrp_session_uri(c->session), true, NULL);
        msrp_owner_told(d, "end untrusted 0\n");
        msrp_free(three);
        msrp_owner_free(c);
        msrp_owner_free(d);
        identity_clear(&stranger);
    }
}
END_TEST

/* MSRP-027 */
START_TEST(session_needs_something_to_know_the_peer_by_and_a_path_of_its_kind)
{
    TlsCert *cert = tls_cert_new(&(TlsCertWish){0});
    MsrpTlsKeys *keys = msrp_tls_keys_load(
        &(MsrpTlsFiles){.cert = cert->file, .key = cert->key_file}, NULL);
    keys_of_next = keys; // without authorities
    Msrp *three = msrp_owner_stack(use_tls);
    MsrpOwner *secure = msrp_owner_new_secure(three), *plain = msrp_owner_new(three);
    ck_assert(!try_start(secure, "msrps://h:1/x;tcp", true, NULL));
    ck_assert(!try_start(secure, "msrp://h:1/x;tcp", false, ben.fingerprint));
    ck_assert(!try_start(plain, "msrps://h:1/x;tcp", false, ben.fingerprint));
    ck_assert(try_start(secure, "msrps://h:1/x;tcp", false, NULL));
    ck_assert(try_start(plain, "msrp://h:1/x;tcp", false, NULL));
    msrp_free(three);
    msrp_owner_free(secure);
    msrp_owner_free(plain);
    msrp_tls_keys_free(keys);
    tls_cert_free(cert);
}
END_TEST

// Says the first SEND of a peer for a session, over whatever.
static char *first_send(const MsrpOwner *owner, const char *scheme)
{
    return g_strdup_printf("MSRP tid12345 SEND\r\nTo-Path: %s\r\n"
                           "From-Path: %s://peer.example:9/peer;tcp\r\n"
                           "Message-ID: m1\r\nByte-Range: 1-0/0\r\n-------tid12345$\r\n",
                           msrp_session_uri(owner->session), scheme);
}

/* MSRP-027 SEC-11 */
START_TEST(session_under_tls_is_not_found_without_it_and_the_other_way_round)
{
    MsrpOwner *plain = msrp_owner_new(one);
    start(a, "msrps://peer.example:9/peer;tcp", false, NULL);
    start(plain, "msrp://peer.example:9/peer;tcp", false, NULL);
    CrookedStream *bare = crooked_stream_connect(msrp_port(one));
    g_autofree char *to_secure = first_send(a, "msrps");
    crooked_stream_say_text(bare, to_secure);
    ck_assert(crooked_stream_await(bare, "MSRP tid12345 481"));
    CrookedStream *wire = crooked_stream_connect(msrp_tls_port(one));
    TlsFar *far = tls_far_connect(wire, ben.cert, NULL);
    tls_far_settle(far);
    g_autofree char *to_plain = first_send(plain, "msrp");
    tls_far_say(far, to_plain);
    ck_assert_ptr_nonnull(strstr(tls_far_heard(far), "MSRP tid12345 481"));
    msrp_owner_told(a, "");
    msrp_owner_told(plain, "");
    tls_far_free(far);
    crooked_stream_free(wire);
    crooked_stream_free(bare);
    msrp_free(g_steal_pointer(&one));
    msrp_owner_free(plain);
}
END_TEST

// An end of TLS that names session `a`; `cert` is what it shows.
static void ask_for_a(const TlsCert *cert, const char *answer)
{
    CrookedStream *wire = crooked_stream_connect(msrp_tls_port(one));
    TlsFar *far = tls_far_connect(wire, cert, NULL);
    g_autofree char *frame = first_send(a, "msrps");
    tls_far_settle(far);
    tls_far_say(far, frame);
    ck_assert_ptr_nonnull(strstr(tls_far_heard(far), answer));
    tls_far_free(far);
    crooked_stream_free(wire);
}

/* MSRP-027 */
START_TEST(session_announced_without_fingerprint_is_bound_by_who_knows_its_name)
{
    start(a, "msrps://peer.example:9/peer;tcp", false, NULL);
    ask_for_a(NULL, "MSRP tid12345 200");
    msrp_owner_told(a, "bound\nend lost 0\n");
}
END_TEST

/* MSRP-028 */
START_TEST(session_announced_with_fingerprint_is_not_bound_by_who_shows_none)
{
    start(a, "msrps://peer.example:9/peer;tcp", false, ben.fingerprint);
    ask_for_a(NULL, "MSRP tid12345 481");
    msrp_owner_told(a, "end untrusted 0\n");
}
END_TEST

/* MSRP-027 */
START_TEST(session_announced_without_fingerprint_is_not_bound_by_a_certificate_of_nobody)
{
    start(a, "msrps://peer.example:9/peer;tcp", false, NULL);
    ask_for_a(ben.cert, "MSRP tid12345 481");
    msrp_owner_told(a, "end untrusted 0\n");
}
END_TEST

/* CHAT-06 MSRP-012 */
START_TEST(sessions_with_the_same_fingerprint_share_a_connection_and_others_do_not)
{
    MsrpOwner *same = msrp_owner_new_secure(one), *other = msrp_owner_new_secure(one);
    MsrpOwner *there = msrp_owner_new_secure(two), *third = msrp_owner_new_secure(two);
    meet(ben.fingerprint, anna.fingerprint);
    msrp_owner_told(a, "bound\n");
    start(there, msrp_session_uri(same->session), false, anna.fingerprint);
    start(same, msrp_session_uri(there->session), true, ben.fingerprint);
    msrp_owner_told(same, "bound\n");
    ck_assert_uint_eq(msrp_counts(one)->connections, 1);
    start(other, msrp_session_uri(third->session), true, anna.fingerprint);
    msrp_owner_told(other, "end untrusted 0\n");
    msrp_owner_told(a, ""); // nothing more
    ck_assert_uint_eq(msrp_counts(one)->connections, 1);
    msrp_free(g_steal_pointer(&one));
    msrp_free(g_steal_pointer(&two));
    msrp_owner_free(same);
    msrp_owner_free(other);
    msrp_owner_free(there);
    msrp_owner_free(third);
}
END_TEST

/* CHAT-55 */
START_TEST(session_whose_hand_shake_does_not_come_to_an_end_ends_in_time)
{
    uint16_t port;
    CrookedStream *silent = crooked_stream_listen(&port);
    g_autofree char *path = g_strdup_printf("msrps://127.0.0.1:%u/peer;tcp", port);
    start(a, path, true, ben.fingerprint);
    msrp_owner_told(a, "");
    msrp_owner_pass(9000);
    msrp_owner_told(a, "");
    msrp_owner_pass(1000);
    msrp_owner_told(a, "end timeout 0\n");
    ck_assert(crooked_stream_is_over(silent));
    crooked_stream_free(silent);
}
END_TEST

/* CHAT-55 */
START_TEST(connection_that_begins_a_hand_shake_and_stops_is_closed_in_time)
{
    CrookedStream *slow = crooked_stream_connect(msrp_tls_port(one));
    crooked_stream_say(slow, "\x16\x03\x01\x02\x00\x01", 6, 0);
    crooked_stream_settle();
    ck_assert_uint_eq(msrp_counts(one)->connections, 1);
    msrp_owner_pass(10000);
    ck_assert_uint_eq(msrp_counts(one)->connections, 0);
    ck_assert(crooked_stream_is_over(slow));
    crooked_stream_free(slow);
}
END_TEST

START_TEST(plain_octets_at_the_port_of_tls_and_tls_at_the_plain_port_are_closed)
{
    CrookedStream *plain = crooked_stream_connect(msrp_tls_port(one));
    g_autofree char *frame = first_send(a, "msrps");
    crooked_stream_say_text(plain, frame);
    crooked_stream_settle();
    ck_assert(crooked_stream_is_over(plain));
    CrookedStream *wire = crooked_stream_connect(msrp_port(one));
    TlsFar *far = tls_far_connect(wire, ben.cert, NULL);
    tls_far_settle(far);
    msrp_owner_pass(10000); // no line of it has come to an end
    ck_assert(crooked_stream_is_over(wire));
    ck_assert_uint_eq(msrp_counts(one)->connections, 0);
    tls_far_free(far);
    crooked_stream_free(wire);
    crooked_stream_free(plain);
}
END_TEST

/* MSRP-031 */
START_TEST(session_under_tls_carries_a_long_message_in_one_piece_both_ways)
{
    meet(ben.fingerprint, anna.fingerprint);
    msrp_owner_say_much(a, 1, 1 << 20);
    msrp_owner_say_much(b, 2, 1 << 20);
    msrp_owner_told_among(a, "outcome 1 200\n");
    msrp_owner_told_among(b, "outcome 2 200\n");
    ck_assert_uint_eq(msrp_counts(two)->frames[MSRP_RECEIVED][MSRP_KIND_SEND], 2);
}
END_TEST

int main(void)
{
    return suite_run_fixture("msrp_session_tls", (const TTest *const[]){
        sessions_under_tls_talk_when_each_shows_the_certificate_it_announced,
        session_that_connects_to_a_wrong_certificate_is_ended_before_a_word_is_said,
        session_that_is_asked_for_with_a_wrong_certificate_is_ended_with_its_connection,
        session_whose_peer_is_known_late_is_judged_then,
        session_without_fingerprint_trusts_an_authority_that_vouches_for_the_host,
        session_without_fingerprint_does_not_trust_strangers_and_other_names,
        session_needs_something_to_know_the_peer_by_and_a_path_of_its_kind,
        session_under_tls_is_not_found_without_it_and_the_other_way_round,
        session_announced_without_fingerprint_is_bound_by_who_knows_its_name,
        session_announced_with_fingerprint_is_not_bound_by_who_shows_none,
        session_announced_without_fingerprint_is_not_bound_by_a_certificate_of_nobody,
        sessions_with_the_same_fingerprint_share_a_connection_and_others_do_not,
        session_whose_hand_shake_does_not_come_to_an_end_ends_in_time,
        connection_that_begins_a_hand_shake_and_stops_is_closed_in_time,
        plain_octets_at_the_port_of_tls_and_tls_at_the_plain_port_are_closed,
        session_under_tls_carries_a_long_message_in_one_piece_both_ways,
        NULL,
    }, set_up, tear_down);
}
