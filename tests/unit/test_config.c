// SPDX-License-Identifier: MIT
// The configuration reader: what is typed, what is refused, and that each refusal names its place.
#include "gateway/config.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "tests/support/tls_cert.h"

#define GOOD                                                                                       \
    "[gateway]\nstate_dir=/nowhere\n"                                                              \
    "[xmpp]\nserver=127.0.0.1:5347\n"                                                              \
    "[component sip.test]\nkind=users\nsecret=hush\nsip_route=tcp:127.0.0.1:5060\n"                \
    "[xmpp-domain xmpp.test]\nkind=users\n"                                                        \
    "[xmpp-domain rooms.xmpp.test]\nkind=rooms\nsip_domain=rooms.example\n"                        \
    "[sip]\nlisten=udp:127.0.0.1:5062;tcp:[::1]:5062\npeers=127.0.0.1;10.0.0.1\n"                  \
    "trusted=10.0.0.1\n"                                                                          \
    "[msrp]\nlisten=127.0.0.1:2855\n"

static char path[] = "/tmp/mucsip-test-XXXXXX";

static Config *load(const char *text, mode_t mode, GError **error)
{
    g_file_set_contents(path, text, -1, NULL);
    g_chmod(path, mode);
    return config_load(path, error);
}

// What: the message of the error that this text must give, without the file's name in front.
static char *refusal(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load(text, 0600, &error);
    ck_assert_ptr_null(config);
    ck_assert(g_str_has_prefix(error->message, path));
    return g_strdup(error->message + strlen(path));
}

START_TEST(config_reads_typed_values)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config =
        load(GOOD "[timers]\nT_join=5s\nT_drain=250\n[settings]\nchat_mode=page\nnotice=off\n"
                  "im_queue=7\n[alias]\nboss@xmpp.test=sip:ceo@sip.test\n", 0600, &error);
    ck_assert_msg(config != NULL, "%s", error != NULL ? error->message : "");
    const ConfigComponent *component = g_ptr_array_index(config->components, 0);
    ck_assert_str_eq(component->name, "sip.test");
    ck_assert_str_eq(component->secret, "hush");
    ck_assert_int_eq(component->sip_route->transport, ENDPOINT_TCP);
    const ConfigDomain *rooms = g_ptr_array_index(config->domains, 1);
    ck_assert_int_eq(rooms->kind, CONFIG_ROOMS);
    ck_assert_str_eq(rooms->sip_domain, "rooms.example");
    const Endpoint *second = g_ptr_array_index(config->sip_listen, 1);
    ck_assert_str_eq(second->ip, "::1");
    ck_assert_uint_eq(config->peers->len, 2);
    ck_assert_uint_eq(config->trusted->len, 1);
    ck_assert_int_eq(config->settings.T_join, 5000);
    ck_assert_int_eq(config->settings.T_drain, 250);
    ck_assert_int_eq(config->settings.chat_mode, CHAT_MODE_PAGE);
    ck_assert(!config->settings.notice);
    ck_assert_int_eq(config->settings.im_queue, 7);
    ck_assert_uint_eq(config->aliases->len, 1);
}
END_TEST

START_TEST(config_keeps_defaults_of_what_is_not_said)
{
    g_autoptr(Config) config = load(GOOD, 0600, NULL);
    Settings defaults = settings_defaults();
#define SAME(name, initial) ck_assert_int_eq(config->settings.name, defaults.name);
    SETTINGS_TIMERS(SAME)
    SETTINGS_NUMBERS(SAME)
    SETTINGS_FLAGS(SAME)
    SETTINGS_CHOICES(SAME)
#undef SAME
    const ConfigDomain *domain = g_ptr_array_index(config->domains, 0);
    ck_assert_str_eq(domain->sip_domain, "xmpp.test");
}
END_TEST

START_TEST(config_reads_rules_for_peers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load(GOOD "[peer Romeo@SIP.test]\ncpim=always\nft_http=never\n"
                                         "[peer sip.test]\nmax_size=900\ncongestion_safe=on\n"
                                         "[peer *]\noptions=never\n", 0600, &error);
    ck_assert_msg(config != NULL, "%s", error != NULL ? error->message : "");
    const ConfigPeer *romeo = g_ptr_array_index(config->peer_rules, 0);
    const ConfigPeer *domain = g_ptr_array_index(config->peer_rules, 1);
    const ConfigPeer *all = g_ptr_array_index(config->peer_rules, 2);
    ck_assert_str_eq(romeo->name, "romeo@sip.test");
    ck_assert_int_eq(romeo->rules.traits[PEER_MEMORY_CPIM], PEER_MEMORY_ALWAYS);
    ck_assert_int_eq(romeo->rules.traits[PEER_MEMORY_FT_HTTP], PEER_MEMORY_NEVER);
    ck_assert_int_eq(romeo->rules.traits[PEER_MEMORY_IMDN], PEER_MEMORY_AUTO);
    ck_assert_int_eq(domain->rules.max_size, 900);
    ck_assert_int_eq(domain->rules.congestion_safe, PEER_MEMORY_ALWAYS);
    ck_assert_str_eq(all->name, "*");
}
END_TEST

START_TEST(config_reads_who_we_are_for_a_realm_and_hides_the_password)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config =
        load(GOOD "[realm sip proxy]\nuser=gw\npassword=hush:hush\n", 0600, &error);
    ck_assert_msg(config != NULL, "%s", error != NULL ? error->message : "");
    const ConfigRealm *realm = g_ptr_array_index(config->realms, 0);
    ck_assert_str_eq(realm->name, "sip proxy");
    ck_assert_str_eq(realm->user, "gw");
    ck_assert_str_eq(realm->password, "hush:hush");
    g_autofree char *dump = config_dump(config);
    ck_assert_ptr_nonnull(strstr(dump, "[realm sip proxy]\nuser=gw\npassword=(hidden)\n"));
    g_autofree char *none = refusal(GOOD "[realm a]\nuser=gw\n");
    ck_assert_ptr_nonnull(strstr(none, "needs user and password"));
}
END_TEST

START_TEST(config_errors_name_line_section_and_key)
{
    static const struct {
        const char *text;
        const char *message;
    } CASES[] = {
        {GOOD "[settings]\nchat_mood=page\n", ":21: [settings] chat_mood: unknown key"},
        {GOOD "[settings]\nchat_mode=sms\n",
         ":21: [settings] chat_mode: 'sms' is none of auto|page|session"},
        {GOOD "[timers]\nT_join=soon\n",
         ":21: [timers] T_join: 'soon' is no duration (number with ms, s, m or h)"},
        {GOOD "[settings]\nim_queue=-1\n",
         ":21: [settings] im_queue: '-1' is no number from 0 to 2147483647"},
        {GOOD "[settings]\nnotice=maybe\n",
         ":21: [settings] notice: 'maybe' is neither on nor off"},
        {GOOD "[xmpp]\nserver=127.0.0.1:1\n", ":20: [xmpp]: given twice, first in line 3"},
        {GOOD "[timers]\nT_join=1s\nT_join=2s\n",
         ":22: [timers] T_join: given twice, first in line 21"},
        {GOOD "[peer a@b/c]\ncpim=always\n",
         ":20: [peer a@b/c]: 'a@b/c' is neither an address without resource nor a domain nor *"},
        {GOOD "[peer a@b]\ncpim=often\n",
         ":21: [peer a@b] cpim: 'often' is none of auto|always|never"},
        {GOOD "[peer a@b]\nsmell=always\n", ":21: [peer a@b] smell: unknown key"},
        {GOOD "[nonsense x]\na=b\n", ":20: [nonsense x]: 'x' is unknown section"},
        {"[gateway]\nstate_dir=/x\n[xmpp]\nserver=localhost:5347\n",
         ":4: [xmpp] server: 'localhost:5347' is no numeric IP:PORT"},
        {"[gateway]\nstate_dir=/x\n[xmpp]\nserver=10.1.1.1:5347\n",
         ":4: [xmpp] server: is not loopback, and a component link has no TLS: use a tunnel, "
         "or set allow_remote=on"},
        {"[gateway]\nstate_dir=/x\nport=1\n", ":3: [gateway] port: unknown key"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *message = refusal(CASES[i].text);
        if (strstr(CASES[i].message, "unknown section") != NULL)
            ck_assert(g_str_has_suffix(message, "unknown section"));
        else
            ck_assert_str_eq(message, CASES[i].message);
    }
}
END_TEST

START_TEST(config_wants_a_secret_that_others_cannot_read)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load(GOOD, 0644, &error);
    ck_assert_ptr_null(config);
    ck_assert_ptr_nonnull(strstr(error->message, "readable by everybody"));
    g_autofree char *none = refusal("[gateway]\nstate_dir=/x\n[xmpp]\nserver=127.0.0.1:1\n"
                                    "[component a.b]\nkind=users\n[sip]\nlisten=udp:127.0.0.1:1\n"
                                    "[msrp]\nlisten=127.0.0.1:1\n");
    ck_assert_str_eq(none, ":5: [component a.b]: has neither secret nor secret_file");
}
END_TEST

START_TEST(config_dump_reads_back_the_same_and_hides_secrets)
{
    g_autoptr(Config) config = load(GOOD "[settings]\nlate_s=room\n[peer a.b]\nft_http=always\nmax_size=5\n"
                                         "congestion_safe=off\n", 0600, NULL);
    g_autofree char *first = config_dump(config);
    ck_assert_ptr_null(strstr(first, "hush"));
    ck_assert_ptr_nonnull(strstr(first, "[peer a.b]\nft_http=always\nmax_size=5\n"
                                        "congestion_safe=off\n"));
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) again = load(first, 0600, &error);
    ck_assert_msg(again != NULL, "%s", error != NULL ? error->message : "");
    g_autofree char *second = config_dump(again);
    ck_assert_str_eq(first, second);
}
END_TEST

// [msrp] with these lines more.
static char *with_tls(const char *lines)
{
    return g_strdup_printf("%s%s", GOOD, lines);
}

static void expect_refusal(const char *lines, const char *words)
{
    g_autofree char *text = with_tls(lines);
    g_autofree char *why = refusal(text);
    ck_assert_msg(g_str_has_prefix(why, ":") && strstr(why, words) != NULL, "%s", why);
}

/* SEC-02 */
START_TEST(config_reads_what_tls_needs_and_names_what_is_missing)
{
    g_autoptr(TlsCert) cert = tls_cert_new(&(TlsCertWish){0});
    g_autofree char *keys = g_strdup_printf("listen_tls=127.0.0.1:2856\ntls_cert=%s\ntls_key=%s\n",
                                            cert->file, cert->key_file);
    g_autofree char *text = with_tls(keys);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load(text, 0600, &error);
    ck_assert_msg(config != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(config->msrp_listen_tls->port, 2856);
    g_autofree char *dump = config_dump(config);
    ck_assert_ptr_nonnull(strstr(dump, keys));
    expect_refusal("listen_tls=127.0.0.1:2856\n", "[msrp] listen_tls: needs tls_cert and tls_key");
    expect_refusal("tls_ca=/nonexistent/ca.pem\n", "[msrp] tls_ca: needs listen_tls");
    expect_refusal("[settings]\nmsrp_tls=require\n", "[settings] msrp_tls: needs listen_tls");
    g_chmod(cert->key_file, 0644);
    g_autofree char *why = refusal(text);
    ck_assert_ptr_nonnull(strstr(why, "the key is open to everybody"));
    g_unlink(cert->file);
    g_autofree char *gone = refusal(text);
    ck_assert_ptr_nonnull(strstr(gone, cert->file));
}
END_TEST

// [sip] with TLS: this directory, and what more.
static char *with_sips(const char *tls_dir, const char *route)
{
    g_autofree char *sip = g_strdup_printf("tcp:[::1]:5062;tls:127.0.0.1:5061\n%s", tls_dir);
    g_auto(GStrv) parts = g_strsplit(GOOD, "tcp:[::1]:5062\n", 2);
    g_autofree char *text = g_strjoinv(sip, parts);
    g_auto(GStrv) routes = g_strsplit(text, "sip_route=tcp:127.0.0.1:5060", 2);
    return g_strjoinv(route, routes);
}

static void expect_sips_refusal(const char *tls_dir, const char *words)
{
    g_autofree char *text = with_sips(tls_dir, "sip_route=tls:127.0.0.1:5060");
    g_autofree char *why = refusal(text);
    ck_assert_msg(strstr(why, words) != NULL, "%s", why);
}

/* GEN-02 SEC-02 */
START_TEST(config_reads_what_sip_over_tls_needs_and_names_what_is_missing)
{
    g_autoptr(TlsCert) cert = tls_cert_new(&(TlsCertWish){0});
    g_autofree char *agent = g_build_filename(cert->folder, "agent.pem", NULL);
    g_autofree char *trusted = g_build_filename(cert->folder, "cafile.pem", NULL);
    g_autofree char *line = g_strdup_printf("tls_dir=%s\n", cert->folder);
    expect_sips_refusal("", "[sip] tls_dir: goes with a tls: address in listen");
    expect_sips_refusal(line, "agent.pem cannot be read");
    g_file_set_contents(agent, "x", 1, NULL);
    g_chmod(agent, 0644);
    expect_sips_refusal(line, "agent.pem is open to everybody");
    g_chmod(agent, 0600);
    expect_sips_refusal(line, "cafile.pem cannot be read");
    g_file_set_contents(trusted, "x", 1, NULL);
    g_autofree char *good = with_sips(line, "sip_route=tls:127.0.0.1:5060");
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load(good, 0600, &error);
    ck_assert_msg(config != NULL, "%s", error != NULL ? error->message : "");
    g_autofree char *dump = config_dump(config);
    ck_assert_ptr_nonnull(strstr(dump, "listen=udp:127.0.0.1:5062;tcp:[::1]:5062;tls:127.0.0.1:5061;"));
    ck_assert_ptr_nonnull(strstr(dump, line));
    g_unlink(agent);
    g_unlink(trusted);
}
END_TEST

/* SEC-02 */
START_TEST(config_wants_an_address_for_answers_under_tls)
{
    g_auto(GStrv) parts = g_strsplit(GOOD, "sip_route=tcp:", 2);
    g_autofree char *text = g_strjoinv("sip_route=tls:", parts);
    g_autofree char *why = refusal(text);
    ck_assert_ptr_nonnull(strstr(why, "[sip] listen: a sip_route of tls: needs a tls: address"));
}
END_TEST

int main(void)
{
    close(g_mkstemp(path));
    const TTest *const TESTS[] = {
        config_reads_typed_values,
        config_keeps_defaults_of_what_is_not_said,
        config_reads_rules_for_peers,
        config_reads_who_we_are_for_a_realm_and_hides_the_password,
        config_errors_name_line_section_and_key,
        config_wants_a_secret_that_others_cannot_read,
        config_dump_reads_back_the_same_and_hides_secrets,
        config_reads_what_tls_needs_and_names_what_is_missing,
        config_reads_what_sip_over_tls_needs_and_names_what_is_missing,
        config_wants_an_address_for_answers_under_tls,
        NULL,
    };
    int code = suite_run("config", TESTS);
    g_unlink(path);
    return code;
}
