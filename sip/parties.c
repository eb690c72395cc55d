// SPDX-License-Identifier: MIT
// Sender and target of a request; see parties.h.
#include "sip/parties.h"

#include <string.h>

#include <sofia-sip/sip.h>
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

void parties_read(Parties *self, const GateCore *core, const struct sip_s *sip)
{
    *self = (Parties){0};
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
    self->from = read_url(core, sip->sip_from->a_url, false, &status);
    if (self->from == NULL) {
        self->status = status;
        return;
    }
    self->nick = read_name(sip->sip_from->a_display);
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
