// SPDX-License-Identifier: MIT
// SIP over TLS: requests both ways, what our Contact says, and a proxy nobody vouches for.
#include "sip/agent.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/loop.h"
#include "tests/support/suite.h"

// The SIP library never frees what TLS keeps of a connection (docs/library-facts.md B5): known, and
// nothing else may be lost here. Who asked can only be seen with whole stacks.
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);

const char *__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0";
}

const char *__lsan_default_suppressions(void)
{
    return "leak:tls_init_secondary\nleak:tls_init_master\nleak:tls_connect\n";
}

static GateStage stage;
static TlsCert *ours, *theirs, *believed;
static char *folder;

static void write_pem(const char *name, const char *first, const char *second)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_autofree char *cert = NULL, *key = NULL;
    ck_assert(g_file_get_contents(first, &cert, NULL, NULL));
    ck_assert(second == NULL || g_file_get_contents(second, &key, NULL, NULL));
    g_autofree char *both = g_strconcat(cert, key, NULL);
    ck_assert(g_file_set_contents(file, both, -1, NULL));
}

static void remove_pem(const char *name)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_unlink(file);
}

// The gate believes `believed`, the peer shows `theirs`.
static void start(void)
{
    write_pem("agent.pem", ours->file, ours->key_file);
    write_pem("cafile.pem", believed->file, NULL);
    gate_stage_init(&stage);
    stage.settings.T_sip = 2000; // as long as a proxy that fails is waited for
    stage.sip_tls_dir = folder;
    stage.sip_tls_peer = theirs;
    gate_stage_start(&stage, true);
}

static void set_up(void)
{
    folder = g_dir_make_tmp("mucsip-sips-XXXXXX", NULL);
    ours = tls_cert_new(&(TlsCertWish){0});
    theirs = tls_cert_new(&(TlsCertWish){0});
    believed = theirs;
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
    if (believed != theirs) {
        tls_cert_free(believed);
    }
    tls_cert_free(theirs);
    tls_cert_free(ours);
    remove_pem("agent.pem");
    remove_pem("cafile.pem");
    g_rmdir(folder);
    g_free(folder);
}

static void expect_in(const char *message, const char *text)
{
    ck_assert_msg(strstr(message, text) != NULL, "no %s in: %s", text, message);
}

/* GEN-02 SEC-02 */
START_TEST(page_goes_to_the_proxy_under_tls)
{
    start();
    gate_stage_tell(&stage, "sip message from=juliet@xmpp.test/balcony to=romeo@sip.test row=3 "
                            "type=chat body=\"Art thou not Romeo?\"");
    const char *message = sip_peer_await(stage.peer, "MESSAGE sip:romeo@sip.test SIP/2.0");
    expect_in(message, "Via: SIP/2.0/TLS 127.0.0.1:");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(message), "Art thou not Romeo?"));
    sip_peer_answer(stage.peer, message, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery *row=3*");
}
END_TEST

/* GEN-02 SEC-02 */
START_TEST(page_comes_from_the_proxy_under_tls)
{
    start();
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", "sip:juliet@xmpp.test",
                                    "Content-Type: text/plain\n", "Neither, fair saint"));
    gate_stage_expect(&stage, "sip message *body=\"Neither, fair saint\"*");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    expect_in(sip_peer_await(stage.peer, "SIP/2.0 200"), "Via: SIP/2.0/TLS 127.0.0.1:");
}
END_TEST

/* GEN-02 CHAT-02 */
START_TEST(invite_under_tls_names_the_port_of_tls_in_its_contact)
{
    start();
    gate_stage_tell(&stage,
                    "sip open-leg leg=7 from=juliet@xmpp.test/balcony to=romeo@sip.test thread=t-1");
    const char *invite = sip_peer_await(stage.peer, "INVITE ");
    g_autofree char *contact = g_strdup_printf(
        "Contact: <sip:juliet@127.0.0.1:%u;transport=tls;gr=balcony>", stage.tls_port);
    expect_in(invite, contact);
}
END_TEST

/* SEC-02 */
START_TEST(proxy_that_no_authority_of_ours_vouches_for_hears_nothing)
{
    believed = tls_cert_new(&(TlsCertWish){0});
    start();
    gate_stage_tell(&stage, "sip message from=juliet@xmpp.test/balcony to=romeo@sip.test row=3 "
                            "type=chat body=secret");
    gate_stage_expect(&stage, "sip delivery *failure=*row=3*");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {page_goes_to_the_proxy_under_tls,
                                  page_comes_from_the_proxy_under_tls,
                                  invite_under_tls_names_the_port_of_tls_in_its_contact,
                                  proxy_that_no_authority_of_ours_vouches_for_hears_nothing, NULL};
    return suite_run_fixture("agent_tls", tests, set_up, tear_down);
}
