// SPDX-License-Identifier: MIT
// A nick change; see the header.
#include "xmpp/muc_nick.h"

struct MucNick {
    Wire *wire; // borrowed
    uint64_t leg;
    Address *wanted; // shared, room@service/nick; NULL = nothing is asked for
    char *id;        // owned, of the presence that asks
    Deadline *patience;
};

MucNick *muc_nick_new(Wire *wire, uint64_t leg)
{
    MucNick *asked = g_new0(MucNick, 1);
    *asked = (MucNick){.wire = wire, .leg = leg};
    return asked;
}

static void forget(MucNick *asked)
{
    deadlines_stop(&asked->patience);
    g_clear_pointer(&asked->wanted, address_unref);
    g_clear_pointer(&asked->id, g_free);
}

void muc_nick_free(MucNick *asked)
{
    if (asked == NULL)
        return;
    forget(asked);
    g_free(asked);
}

static void tell(MucNick *asked, const char *nick, FailureReason failure, const char *text)
{
    Event *event = wire_event(asked->wire, EVENT_ROOM_NICK);
    event->f.leg = asked->leg;
    event->f.how = failure == FAILURE_NONE ? HOW_YES : HOW_NO;
    event->f.failure = failure;
    fields_set_text(&event->f.nick, nick);
    fields_set_text(&event->f.text, text);
    wire_raise(asked->wire, event);
}

void muc_nick_end(MucNick *asked, FailureReason failure)
{
    if (asked->wanted == NULL)
        return;
    forget(asked);
    tell(asked, NULL, failure, NULL);
}

void muc_nick_answer(MucNick *asked, const char *nick, FailureReason failure)
{
    muc_nick_end(asked, FAILURE_UNEXPECTED_REQUEST);
    tell(asked, nick, failure, NULL);
}

static void on_patience(void *self)
{
    muc_nick_end(self, FAILURE_REMOTE_SERVER_TIMEOUT);
}

void muc_nick_ask(MucNick *asked, Address *self, Address *wanted)
{
    muc_nick_end(asked, FAILURE_UNEXPECTED_REQUEST);
    g_autofree char *id = wire_id(asked->wire);
    xmpp_stanza_t *presence = muc_presence_rename(asked->wire, self, wanted, id);
    switch (wire_send(asked->wire, presence, WIRE_HOUSEKEEPING)) {
    case WIRE_DOWN: tell(asked, NULL, FAILURE_RECIPIENT_UNAVAILABLE, NULL); return;
    case WIRE_FULL: tell(asked, NULL, FAILURE_RESOURCE_CONSTRAINT, NULL); return;
    case WIRE_SENT: break;
    }
    asked->wanted = address_ref(wanted);
    asked->id = g_steal_pointer(&id);
    deadlines_start(wire_deadlines(asked->wire), &asked->patience,
                    wire_settings(asked->wire)->T_join, on_patience, asked);
}

// Known by its id, or, where the room has put none, by the nick it is about.
static bool is_answer(const MucNick *asked, xmpp_stanza_t *stanza, Address *from)
{
    const char *id = stanza_attribute(stanza, "id", STANZA_ID_MAX);
    if (id != NULL)
        return g_strcmp0(id, asked->id) == 0;
    return address_equal(from, asked->wanted);
}

bool muc_nick_on_error(MucNick *asked, xmpp_stanza_t *stanza, Address *from)
{
    if (asked->wanted == NULL || !is_answer(asked, stanza, from))
        return false;
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    forget(asked);
    tell(asked, NULL, error.reason, error.text);
    return true;
}

// The room may have made another nick of it, which 210 tells (XEP-0045 7.2.2).
void muc_nick_on_self(MucNick *asked, const MucPresence *presence)
{
    if (asked->wanted == NULL)
        return;
    bool is_it = g_strcmp0(presence->nick, address_resource(asked->wanted)) == 0;
    if (!is_it && !(presence->codes & MUC_PRESENCE_NICK_MADE))
        return;
    forget(asked);
    tell(asked, presence->nick, FAILURE_NONE, NULL);
}
