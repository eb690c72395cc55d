// SPDX-License-Identifier: MIT
// Refer-To; see refer_target.h.
#include "sip/refer_target.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/url.h>

// LIMIT: octets of a Refer-To; those of people are far shorter.
#define TARGET_OCTETS 4096

// The library keeps the first Refer-To and puts further ones among what it does not understand.
static bool has_another(const sip_t *sip)
{
    for (const sip_error_t *each = sip->sip_error; each != NULL; each = each->er_next) {
        if (g_strcmp0(each->er_name, "Refer-To") == 0 ||
            each->er_common->h_class == sip_refer_to_class) {
            return true;
        }
    }
    return sip->sip_refer_to->r_next != NULL;
}

// The parameters of a URI but its method, which is told apart.
static char *split_method(const char *parameters, char **method)
{
    GString *others = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(parameters != NULL ? parameters : "", ";", -1);
    for (char **word = words; *word != NULL; word++) {
        if (g_ascii_strncasecmp(*word, "method=", strlen("method=")) == 0) {
            g_free(*method);
            *method = g_strdup(*word + strlen("method="));
        } else if (**word != '\0') {
            g_string_append_printf(others, "%s%s", others->len > 0 ? ";" : "", *word);
        }
    }
    return g_string_free(others, FALSE);
}

static int what_of(const char *method, const char *headers, ReferWhat *what)
{
    bool replaces = headers != NULL && g_ascii_strncasecmp(headers, "Replaces=", 9) == 0;
    if (method == NULL || strcmp(method, "INVITE") == 0) {
        *what = replaces ? REFER_REPLACE : REFER_INVITE;
        return 0;
    }
    *what = REFER_KICK;
    return strcmp(method, "BYE") == 0 ? 0 : 403;
}

static int read_sip(ReferTarget *self, const GateCore *core, const url_t *url)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_autofree char *method = NULL;
    g_autofree char *parameters = split_method(url->url_params, &method);
    url_t plain = *url;
    plain.url_headers = NULL;
    plain.url_params = *parameters != '\0' ? parameters : NULL;
    int refusal = what_of(method, url->url_headers, &self->what), status = 400;
    const char *text = url_as_string(home, &plain);
    self->who = text != NULL ? route_from_uri(core->route, text, true, NULL, &status) : NULL;
    su_home_deinit(home);
    return refusal != 0 ? refusal : self->who == NULL ? status : 0;
}

// RFC 5122: the address behind the scheme, percent-encoded.
static int read_xmpp(ReferTarget *self, const char *text)
{
    const char *path = text + strlen("xmpp:");
    g_autofree char *coded = g_strndup(path, strcspn(path, "?;#"));
    g_autofree char *jid = g_uri_unescape_string(coded, NULL);
    self->what = REFER_INVITE;
    self->who = jid != NULL ? address_from_jid(jid) : NULL;
    return self->who != NULL ? 0 : 400;
}

static int read_other(ReferTarget *self, const url_t *url)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const char *text = url_as_string(home, url);
    int status = 403;
    if (text != NULL && g_ascii_strncasecmp(text, "cid:", 4) == 0) {
        self->what = REFER_LIST;
        self->part = g_uri_unescape_string(text + 4, NULL);
        status = self->part != NULL ? 0 : 400;
    } else if (text != NULL && g_ascii_strncasecmp(text, "xmpp:", 5) == 0) {
        status = read_xmpp(self, text);
    }
    su_home_deinit(home);
    return status;
}

static bool is_too_long(const url_t *url)
{
    return url_len(url) > TARGET_OCTETS;
}

int refer_target_read(ReferTarget *self, const GateCore *core, const struct sip_s *sip)
{
    *self = (ReferTarget){0};
    const sip_refer_to_t *named = sip->sip_refer_to;
    if (named == NULL || has_another(sip) || is_too_long(named->r_url)) {
        return 400;
    }
    const url_t *url = named->r_url;
    bool is_sip = url->url_type == url_sip || url->url_type == url_sips ||
                  url->url_type == url_tel;
    return is_sip ? read_sip(self, core, url) : read_other(self, url);
}

void refer_target_clear(ReferTarget *self)
{
    address_unref(self->who);
    g_free(self->part);
    *self = (ReferTarget){0};
}
