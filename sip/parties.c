// SPDX-License-Identifier: MIT
// Sender and target of a request; see parties.h.
#include "sip/parties.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/url.h>

#include "sip/sipcode.h"

// LIMIT: a display name as a nick (EXT-10).
#define NICK_CHARACTERS 128

static Address *read_url(const GateCore *core, const url_t *url, bool is_target, int *status)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const char *text = url_as_string(home, url);
    Address *address = NULL;
    *status = 400;
    if (text != NULL) {
        address = route_from_uri(core->route, text, is_target, NULL, status);
    }
    su_home_deinit(home);
    return address;
}

// A display name without its quotes and escapes.
static char *read_name(const char *display)
{
    if (display == NULL) {
        return NULL;
    }
    size_t octets = strlen(display);
    GString *name = g_string_new(NULL);
    bool quoted = octets >= 2 && display[0] == '"' && display[octets - 1] == '"';
    for (size_t i = quoted; i < octets - quoted; i++) {
        if (quoted && display[i] == '\\' && i + 1 < octets - 1) {
            i++;
        }
        g_string_append_c(name, display[i]);
    }
    g_autofree char *raw = g_string_free(name, FALSE);
    g_autofree char *clean = sipcode_clean(raw);
    return clean != NULL
               ? g_utf8_substring(clean, 0, MIN(g_utf8_strlen(clean, -1), NICK_CHARACTERS))
               : NULL;
}

// LIMIT: asserted identities looked at; RFC 3325 9.1 allows two.
#define IDENTITIES 8

// What a header field says of who sends it, or NULL; `home` keeps it. The library does not know the
// name by itself.
static const sip_p_asserted_identity_t *find_asserted(su_home_t *home, const sip_t *sip)
{
    unsigned seen = 0;
    for (const sip_unknown_t *each = sip->sip_unknown; each != NULL; each = each->un_next) {
        if (each->un_name == NULL ||
            g_ascii_strcasecmp(each->un_name, "P-Asserted-Identity") != 0) {
            continue;
        }
        const sip_p_asserted_identity_t *said = sip_p_asserted_identity_make(home, each->un_value);
        for (; said != NULL && seen < IDENTITIES; said = said->paid_next, seen++) {
            if (said->paid_url->url_type == url_sip) {
                return said;
            }
        }
    }
    return NULL;
}

static void read_sender(Parties *self, const GateCore *core, const AgentEvent *event)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const sip_from_t *from = event->sip->sip_from;
    const sip_p_asserted_identity_t *asserted =
        event->is_trusted ? find_asserted(home, event->sip) : NULL;
    int status;
    self->from =
        read_url(core, asserted != NULL ? asserted->paid_url : from->a_url, false, &status);
    if (self->from == NULL) {
        self->status = status;
    } else {
        self->nick =
            read_name(asserted != NULL && asserted->paid_display != NULL ? asserted->paid_display
                                                                         : from->a_display);
    }
    su_home_deinit(home);
}

// Whether it has been here before: somebody sends us back what we sent (SEC-09; RFC 3261 16.3).
static bool was_here(const GateCore *core, const sip_t *sip)
{
    for (const sip_via_t *via = sip->sip_via; via != NULL; via = via->v_next) {
        g_autofree char *hop = g_strdup_printf("%s:%s", via->v_host != NULL ? via->v_host : "",
                                               via->v_port != NULL ? via->v_port : "5060");
        for (int k = 0; k < HOP_TRANSPORTS; k++) {
            HopTransport transport = (HopTransport)k;
            if (strcmp(agent_address(core->agent, &transport), hop) == 0) {
                return true;
            }
        }
    }
    return false;
}

void parties_read(Parties *self, const GateCore *core, const AgentEvent *event)
{
    const sip_t *sip = event->sip;
    *self = (Parties){0};
    if (!core->settings->allow_hairpin && was_here(core, sip)) {
        self->status = 482;
        return;
    }
    if (sip->sip_max_forwards != NULL && sip->sip_max_forwards->mf_count == 0) {
        self->status = 483;
        return;
    }
    int status;
    self->to = read_url(core, sip->sip_request->rq_url, true, &status);
    if (self->to == NULL) {
        self->status = status;
        return;
    }
    self->kind = route_side_of(core->route, self->to);
    read_sender(self, core, event);
}

void parties_refuse(const Parties *self, const AgentEvent *event)
{
    g_autofree char *warning =
        self->status == 480 ? agent_warning(event->agent, 380, "SIPS Not Allowed") : NULL;
    agent_answer(event, self->status, failure_phrase(self->status), warning);
}

void parties_clear(Parties *self)
{
    address_unref(self->from);
    address_unref(self->to);
    g_free(self->nick);
    *self = (Parties){0};
}
