// SPDX-License-Identifier: MIT
// Challenges answered; see credentials.h.
#include "sip/credentials.h"

#include <sofia-sip/sip.h>

#include "sip/realms.h"

char *credentials_answer(const GateCore *core, const AgentEvent *refusal, const char *method,
                         const char *uri, const char *user, const char *password)
{
    g_autoptr(Realms) given = NULL;
    if (password != NULL) {
        given = realms_new();
        realms_add_challenger(given, refusal->status, refusal->sip, user, password);
    }
    return realms_authorize(given != NULL ? given : core->realms, refusal->status, refusal->sip, method, uri);
}

bool credentials_take(Credentials *self, const GateCore *core, const AgentEvent *refusal,
                      const char *method, const char *uri, const char *user, const char *password)
{
    const sip_t *sip = refusal->sip;
    bool is_challenge = refusal->status == 401 || refusal->status == 407;
    if (!is_challenge || self->value != NULL || sip == NULL || sip->sip_from->a_tag == NULL) {
        return false;
    }
    self->value = credentials_answer(core, refusal, method, uri, user, password);
    if (self->value == NULL) {
        return false;
    }
    self->is_for_proxy = refusal->status == 407;
    self->call_id = g_strdup(sip->sip_call_id->i_id);
    self->from_tag = g_strdup(sip->sip_from->a_tag);
    self->cseq = g_strdup_printf("%u %s", sip->sip_cseq->cs_seq, method);
    return true;
}

char *credentials_from(const Credentials *self, const char *from)
{
    return self->from_tag != NULL ? g_strdup_printf("%s;tag=%s", from, self->from_tag) : g_strdup(from);
}

void credentials_clear(Credentials *self)
{
    g_clear_pointer(&self->value, g_free);
    g_clear_pointer(&self->call_id, g_free);
    g_clear_pointer(&self->from_tag, g_free);
    g_clear_pointer(&self->cseq, g_free);
}
