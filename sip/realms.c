// SPDX-License-Identifier: MIT
// Challenges answered; see realms.h.
#include "sip/realms.h"

#include <string.h>

#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip.h>

// LIMIT: challenges looked at in one answer; proxies in a row each add one.
#define CHALLENGES_MAX 8
// A nonce is used once.
#define COUNT "00000001"

typedef struct {
    char *realm;    // owned; quoted as in the header
    char *user;     // owned
    char *password; // owned; never printed
} Realm;

struct Realms {
    GPtrArray *all; // owned, of Realm
};

static void realm_free(void *data)
{
    Realm *realm = data;
    g_free(realm->realm);
    g_free(realm->user);
    g_free(realm->password);
    g_free(realm);
}

Realms *realms_new(void)
{
    Realms *self = g_new0(Realms, 1);
    self->all = g_ptr_array_new_with_free_func(realm_free);
    return self;
}

void realms_free(Realms *self)
{
    if (self == NULL) {
        return;
    }
    g_ptr_array_unref(self->all);
    g_free(self);
}

void realms_add(Realms *self, const char *realm, const char *user, const char *password)
{
    Realm *made = g_new0(Realm, 1);
    *made = (Realm){.realm = g_strdup_printf("\"%s\"", realm),
                    .user = g_strdup(user),
                    .password = g_strdup(password)};
    g_ptr_array_add(self->all, made);
}

static const Realm *find(const Realms *self, const msg_auth_t *challenge)
{
    const char *named = msg_header_find_param(challenge->au_common, "realm");
    if (named == NULL || g_ascii_strcasecmp(challenge->au_scheme, "Digest") != 0) {
        return NULL;
    }
    for (guint i = 0; i < self->all->len; i++) {
        const Realm *realm = self->all->pdata[i];
        if (strcmp(realm->realm, named) == 0) {
            return realm;
        }
    }
    return NULL;
}

// A parameter without its quotes, or NULL; owned by the caller.
static char *parameter(const msg_auth_t *challenge, const char *name)
{
    const char *value = msg_header_find_param(challenge->au_common, name);
    size_t octets = value != NULL ? strlen(value) : 0;
    if (octets >= 2 && value[0] == '"' && value[octets - 1] == '"') {
        return g_strndup(value + 1, octets - 2);
    }
    return g_strdup(value);
}

static GChecksumType checksum_of(const msg_auth_t *challenge)
{
    g_autofree char *algorithm = parameter(challenge, "algorithm");
    g_autofree char *nonce = parameter(challenge, "nonce");
    if (nonce == NULL || strpbrk(nonce, "\r\n") != NULL) {
        return (GChecksumType)-1;
    }
    if (algorithm == NULL || g_ascii_strcasecmp(algorithm, "MD5") == 0) {
        return G_CHECKSUM_MD5;
    }
    return g_ascii_strcasecmp(algorithm, "SHA-256") == 0 ? G_CHECKSUM_SHA256 : (GChecksumType)-1;
}

static const msg_auth_t *challenges_of(int status, const sip_t *answer)
{
    if (answer == NULL || (status != 401 && status != 407)) {
        return NULL;
    }
    return status == 401 ? answer->sip_www_authenticate : answer->sip_proxy_authenticate;
}

// Each proxy on the way adds a challenge; all of them must be met, and one realm is what we can
// answer for at a time. Of those of one realm the first whose algorithm is known counts.
static const msg_auth_t *choose(const Realms *self, const msg_auth_t *challenge,
                                const Realm **realm)
{
    const msg_auth_t *chosen = NULL;
    *realm = challenge != NULL ? find(self, challenge) : NULL;
    for (int seen = 0; *realm != NULL && challenge != NULL; seen++) {
        if (find(self, challenge) != *realm || seen >= CHALLENGES_MAX) {
            return NULL;
        }
        if (chosen == NULL && checksum_of(challenge) != (GChecksumType)-1) {
            chosen = challenge;
        }
        challenge = challenge->au_next;
    }
    return chosen;
}

void realms_add_challenger(Realms *self, int status, const sip_t *answer, const char *user,
                           const char *password)
{
    const msg_auth_t *challenge = challenges_of(status, answer);
    for (int seen = 0; challenge != NULL && seen < CHALLENGES_MAX; seen++) {
        g_autofree char *realm = parameter(challenge, "realm");
        if (realm != NULL && find(self, challenge) == NULL) {
            realms_add(self, realm, user, password);
        }
        challenge = challenge->au_next;
    }
}

static char *hash(GChecksumType type, const char *first, const char *second, const char *third)
{
    g_autofree char *text = g_strjoin(":", first, second, third, NULL);
    return g_compute_checksum_for_string(type, text, -1);
}

static char *response_of(const Realm *realm, const msg_auth_t *challenge, const char *method,
                         const char *uri, const char *cnonce)
{
    GChecksumType type = checksum_of(challenge);
    g_autofree char *name = parameter(challenge, "realm");
    g_autofree char *nonce = parameter(challenge, "nonce");
    g_autofree char *who = hash(type, realm->user, name, realm->password);
    g_autofree char *what = hash(type, method, uri, NULL);
    g_autofree char *middle =
        cnonce != NULL ? g_strdup_printf("%s:" COUNT ":%s:auth", nonce, cnonce) : g_strdup(nonce);
    return hash(type, who, middle, what);
}

static void append(GString *into, const char *name, const char *value)
{
    if (value != NULL) {
        g_string_append_printf(into, ", %s=\"%s\"", name, value);
    }
}

// RFC 2617 3.2.2, RFC 7616 3.4; qop=auth where it is offered.
static char *write_credentials(const Realm *realm, const msg_auth_t *challenge, const char *method,
                               const char *uri)
{
    const char *algorithm = msg_header_find_param(challenge->au_common, "algorithm");
    g_autofree char *offered = parameter(challenge, "qop");
    g_autofree char *cnonce = offered != NULL ? g_uuid_string_random() : NULL;
    g_autofree char *nonce = parameter(challenge, "nonce");
    g_autofree char *opaque = parameter(challenge, "opaque");
    g_autofree char *response = response_of(realm, challenge, method, uri, cnonce);
    GString *value = g_string_new(NULL);
    g_string_printf(value, "Digest username=\"%s\", realm=%s", realm->user, realm->realm);
    append(value, "nonce", nonce);
    append(value, "uri", uri);
    append(value, "response", response);
    append(value, "opaque", opaque);
    append(value, "cnonce", cnonce);
    if (cnonce != NULL) {
        g_string_append(value, ", qop=auth, nc=" COUNT);
    }
    if (algorithm != NULL) {
        g_string_append_printf(value, ", algorithm=%s", algorithm);
    }
    return g_string_free(value, FALSE);
}

char *realms_authorize(const Realms *self, int status, const sip_t *answer, const char *method,
                       const char *uri)
{
    const Realm *realm = NULL;
    const msg_auth_t *challenge = choose(self, challenges_of(status, answer), &realm);
    return challenge != NULL ? write_credentials(realm, challenge, method, uri) : NULL;
}
