// SPDX-License-Identifier: MIT
// Which option tags mean something where; see extensions.h.
#include "sip/extensions.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

// NULL-terminated.
static const char *const on_call[] = {"timer", NULL};
static const char *const on_first_call[] = {"timer", EXTENSIONS_REPLACES, EXTENSIONS_LIST_INVITE, NULL};
static const char *const on_refer[] = {"tdialog", "norefersub", "multiple-refer", NULL};
static const char *const on_subscribe[] = {"tdialog", NULL};
static const char *const on_others[] = {NULL};

static const char *const *known_on(int event, bool is_first)
{
    switch (event) {
    case nua_i_invite: return is_first ? on_first_call : on_call;
    case nua_i_update: return on_call;
    case nua_i_refer: return on_refer;
    case nua_i_subscribe: return on_subscribe;
    default: return on_others;
    }
}

static bool is_one_of(const char *const *tags, const char *tag)
{
    for (; *tags != NULL; tags++) {
        if (g_ascii_strcasecmp(*tags, tag) == 0) {
            return true;
        }
    }
    return false;
}

// NULL: all of them.
static const char *find_unknown(const AgentEvent *event, bool is_first)
{
    const sip_require_t *require = event->sip->sip_require;
    for (size_t i = 0; require != NULL && require->k_items != NULL && require->k_items[i] != NULL;
         i++) {
        if (!is_one_of(known_on(event->event, is_first), require->k_items[i])) {
            return require->k_items[i];
        }
    }
    return NULL;
}

bool extensions_has(const struct sip_s *sip, const char *tag)
{
    return sip_has_feature(sip->sip_require, tag);
}

void extensions_refuse_one(const AgentEvent *event, const char *tag)
{
    nua_respond(event->handle, SIP_420_BAD_EXTENSION, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_UNSUPPORTED_STR(tag), TAG_END());
    agent_drop_stranger(event);
}

bool extensions_refuse(const AgentEvent *event, bool is_first)
{
    const char *tag = event->sip != NULL ? find_unknown(event, is_first) : NULL;
    if (tag != NULL) {
        extensions_refuse_one(event, tag);
    }
    return tag != NULL;
}
