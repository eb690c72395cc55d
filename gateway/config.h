// SPDX-License-Identifier: MIT
// The configuration file, typed. The format is GKeyFile's; every key is known, every error names the
// file, the line and the key. All keys: docs/configuration.md.
#pragma once
#include "gateway/endpoint.h"
#include "mapping/peer_memory.h"
#include "mapping/settings.h"

typedef enum { CONFIG_USERS, CONFIG_ROOMS } ConfigKind;

// [component NAME]: an XMPP domain we serve; its users or rooms live on SIP.
typedef struct {
    char *name;       // owned
    ConfigKind kind;
    char *secret;     // owned; never printed
    char *sip_domain; // owned; NAME when absent
    Endpoint *sip_route; // owned; NULL = RFC 3263
} ConfigComponent;

// [xmpp-domain NAME]: an XMPP domain whose users or rooms appear on SIP under sip_domain.
typedef struct {
    char *name;       // owned
    ConfigKind kind;
    char *sip_domain; // owned; NAME when absent
} ConfigDomain;

// [alias]: JID = URI, ADDR-04.
typedef struct {
    char *jid; // owned
    char *uri; // owned
} ConfigAlias;

// [peer NAME]: what is so of an address, a domain or everybody (*), whatever was learned.
typedef struct {
    char *name; // owned; bare address, domain or "*"
    PeerMemoryRules rules;
} ConfigPeer;

// [realm NAME]: who we are for a SIP proxy that asks (ERR-04).
typedef struct {
    char *name;     // owned
    char *user;     // owned
    char *password; // owned; never printed
} ConfigRealm;

typedef struct {
    char *state_dir;       // owned
    char *log_level;       // owned: error, warning, info, debug
    Endpoint *xmpp_server; // owned
    GPtrArray *components; // owned ConfigComponent *
    GPtrArray *domains;    // owned ConfigDomain *
    GPtrArray *aliases;    // owned ConfigAlias *
    GPtrArray *realms;     // owned ConfigRealm *
    GPtrArray *peer_rules; // owned ConfigPeer *
    GPtrArray *sip_listen; // owned Endpoint *
    char *sip_tls_dir;     // owned; directory of agent.pem and cafile.pem, NULL = no SIP over TLS
    char *sip_advertise;   // owned; NULL = the address listened on
    char *resolv_conf;     // owned; resolver configuration for SIP domains, NULL = the system's
    GPtrArray *peers;      // owned char *: numeric addresses; empty = loopback and the routes
    GPtrArray *trusted;    // owned char *: those whose P-Asserted-Identity counts; empty = none
    Endpoint *msrp_listen; // owned
    char *msrp_advertise;  // owned; NULL = the address listened on
    Endpoint *msrp_listen_tls; // owned; NULL = no MSRP over TLS
    char *tls_cert;        // owned; PEM files for it, see docs/operations.md
    char *tls_key;         // owned
    char *tls_ca;          // owned; NULL = no authority is trusted
    bool foreign_mode;
    char *foreign_xmpp;    // owned; gateway domain of foreign SIP users, NULL = off
    char *foreign_sip;     // owned; gateway domain of foreign XMPP users, NULL = off
    char *phone_domain;    // owned; XMPP domain of telephone numbers (ADDR-26), NULL = none
    char *phone_context;   // owned; context of numbers without +, NULL = none
    Settings settings;
} Config;

// What: reads and checks a configuration file.
// Shape: returned configuration owned by the caller. A file with a secret must not be readable by others.
// Errors: NULL with GATEWAY_ERROR_CONFIG: `FILE:LINE: [SECTION] KEY: what is wrong`.
Config *config_load(const char *path, GError **error);

// What: frees the configuration; NULL is allowed.
void config_free(Config *config);

// What: the effective configuration as a file, defaults included, secrets hidden.
// Shape: owned by the caller.
char *config_dump(const Config *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)
