// SPDX-License-Identifier: MIT
// A refusal on its way to the author of what was refused.
#include "mapping/refusal.h"

Refusal refusal_of(const Fields *fields)
{
    return (Refusal){.reason = fields->failure,
                     .how = fields->how,
                     .status = fields->status,
                     .retry_s = fields->retry_s,
                     .text = fields->text};
}

// The words of an error stanza: `CODE reason` when a SIP status was the cause (ERR-03).
static char *stanza_text(const Refusal *refusal)
{
    if (refusal->status != 0)
        return failure_text_from_status((int)refusal->status, refusal->text);
    return g_strdup(refusal->text);
}

static void tell_xmpp(Turn *turn, const Session *session, const Fields *asked,
                      const Refusal *refusal)
{
    if (asked->from == NULL || g_strcmp0(asked->type, "headline") == 0)
        return;
    Command *command = turn_push(turn, session, COMMAND_REFUSE, SIDE_XMPP);
    fields_set_address(&command->f.from, asked->to);
    fields_set_address(&command->f.to, asked->from);
    fields_set_text(&command->f.id, asked->id);
    fields_set_text(&command->f.type, asked->type);
    command->f.failure = refusal->reason;
    command->f.status = refusal->status;
    command->f.text = stanza_text(refusal);
}

// The status is settled here, where it is known whom the request was for; only for a new address,
// which is in the text, the gate has to look (table 3.1).
static uint64_t response_status(const Fields *asked, const Refusal *refusal)
{
    bool has_moved = refusal->reason == FAILURE_GONE || refusal->reason == FAILURE_REDIRECT;
    if (refusal->status != 0 || (has_moved && refusal->text != NULL))
        return refusal->status;
    bool to_full_jid = address_resource(asked->to) != NULL;
    return (uint64_t)failure_on_wire(failure_to_status(refusal->reason, to_full_jid, NULL));
}

static void tell_sip(Turn *turn, const Session *session, const Fields *asked,
                     const Refusal *refusal)
{
    if (asked->ref == 0)
        return;
    Command *command = turn_push(turn, session, COMMAND_REFUSE, SIDE_SIP);
    command->f.ref = asked->ref;
    command->f.failure = refusal->reason;
    command->f.retry_s = refusal->retry_s;
    fields_set_text(&command->f.text, refusal->text);
    bool in_session = asked->leg != 0; // MSRP has statuses of its own
    command->f.status = in_session ? refusal->status : response_status(asked, refusal);
}

void refusal_tell(Turn *turn, const Session *session, Side author, const Fields *asked,
                  const Refusal *refusal)
{
    if (author == SIDE_XMPP)
        tell_xmpp(turn, session, asked, refusal);
    else
        tell_sip(turn, session, asked, refusal);
}
