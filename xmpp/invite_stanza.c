// SPDX-License-Identifier: MIT
// Invitations into rooms as stanzas; see the header.
#include "xmpp/invite_stanza.h"

#include "xmpp/namespaces.h"

// The <x/> of muc#user that carries an invitation.
static xmpp_stanza_t *mediated_child(xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *x = stanza_child(stanza, "x", NS_MUC_USER);
    return stanza_child(x, "invite", NULL) != NULL ? x : NULL;
}

bool invite_stanza_is(xmpp_stanza_t *stanza)
{
    return mediated_child(stanza) != NULL || stanza_child(stanza, "x", NS_CONFERENCE) != NULL;
}

static bool is_true(const char *value)
{
    return g_strcmp0(value, "true") == 0 || g_strcmp0(value, "1") == 0;
}

// The conference child: the whole of a direct invitation, the rest of a mediated one (ESC-104).
static void read_conference(xmpp_stanza_t *x, InviteStanza *invite)
{
    if (invite->reason == NULL)
        invite->reason = g_strdup(stanza_attribute(x, "reason", STANZA_LINE_MAX));
    if (invite->password == NULL)
        invite->password = g_strdup(stanza_attribute(x, "password", STANZA_LINE_MAX));
    if (!is_true(stanza_attribute(x, "continue", STANZA_WORD_MAX)))
        return;
    invite->continues = true;
    if (invite->thread == NULL)
        invite->thread = g_strdup(stanza_attribute(x, "thread", STANZA_ID_MAX));
}

static void read_direct(xmpp_stanza_t *x, Address *from, InviteStanza *invite)
{
    g_autoptr(Address) room = address_from_jid(stanza_attribute(x, "jid", STANZA_JID_MAX));
    if (address_local(room) == NULL)
        return;
    invite->room = address_to_bare(room);
    invite->inviter = address_ref(from);
    invite->real = address_ref(from);
    read_conference(x, invite);
}

static void read_mediated(xmpp_stanza_t *stanza, xmpp_stanza_t *x, Address *from,
                          InviteStanza *invite)
{
    xmpp_stanza_t *element = stanza_child(x, "invite", NULL);
    invite->is_mediated = true;
    invite->room = address_to_bare(from);
    invite->inviter = address_from_jid(stanza_attribute(element, "from", STANZA_JID_MAX));
    if (invite->inviter == NULL)
        invite->inviter = address_ref(from); // the room, or an occupant of it: XEP-0045 7.9
    else if (!address_equal_bare(invite->inviter, from))
        invite->real = address_ref(invite->inviter);
    invite->reason = stanza_text(stanza_child(element, "reason", NULL), STANZA_LINE_MAX);
    invite->password = stanza_text(stanza_child(x, "password", NULL), STANZA_LINE_MAX);
    xmpp_stanza_t *goes_on = stanza_child(element, "continue", NULL);
    invite->continues = goes_on != NULL;
    invite->thread = g_strdup(stanza_attribute(goes_on, "thread", STANZA_ID_MAX));
    xmpp_stanza_t *also = stanza_child(stanza, "x", NS_CONFERENCE);
    g_autoptr(Address) same = address_from_jid(stanza_attribute(also, "jid", STANZA_JID_MAX));
    if (same != NULL && address_equal_bare(same, invite->room))
        read_conference(also, invite);
}

bool invite_stanza_read(xmpp_stanza_t *stanza, Address *from, Address *to, InviteStanza *invite)
{
    *invite = (InviteStanza){.to = address_ref(to)};
    invite->id = g_strdup(stanza_attribute(stanza, "id", STANZA_ID_MAX));
    xmpp_stanza_t *x = mediated_child(stanza);
    if (x == NULL)
        read_direct(stanza_child(stanza, "x", NS_CONFERENCE), from, invite);
    else if (address_local(from) != NULL)
        read_mediated(stanza, x, from, invite);
    return invite->room != NULL;
}

void invite_stanza_clear(InviteStanza *invite)
{
    g_clear_pointer(&invite->room, address_unref);
    g_clear_pointer(&invite->inviter, address_unref);
    g_clear_pointer(&invite->real, address_unref);
    g_clear_pointer(&invite->to, address_unref);
    g_clear_pointer(&invite->id, g_free);
    g_clear_pointer(&invite->reason, g_free);
    g_clear_pointer(&invite->password, g_free);
    g_clear_pointer(&invite->thread, g_free);
}

xmpp_stanza_t *invite_stanza_mediated(xmpp_ctx_t *ctx, Address *self, Address *room, const char *id,
                                      const Fields *fields)
{
    xmpp_stanza_t *stanza =
        stanza_new(ctx, "message", address_jid(self), address_jid(room), NULL, id);
    xmpp_stanza_t *invite = stanza_add(stanza_add(stanza, "x", NS_MUC_USER), "invite", NULL);
    stanza_set(invite, "to", address_jid(fields->to));
    stanza_add_text(invite, "reason", NULL, fields->text);
    if (fields->continues)
        stanza_set(stanza_add(invite, "continue", NULL), "thread", fields->thread);
    return stanza;
}

xmpp_stanza_t *invite_stanza_decline(xmpp_ctx_t *ctx, const InviteStanza *invite, const char *id,
                                     const char *reason)
{
    xmpp_stanza_t *stanza =
        stanza_new(ctx, "message", address_bare(invite->to), address_jid(invite->room), NULL, id);
    xmpp_stanza_t *decline = stanza_add(stanza_add(stanza, "x", NS_MUC_USER), "decline", NULL);
    // An occupant is named whole, for his bare address is the room; a user by his bare address.
    bool is_occupant = address_equal_bare(invite->inviter, invite->room);
    stanza_set(decline, "to",
               is_occupant ? address_jid(invite->inviter) : address_bare(invite->inviter));
    stanza_add_text(decline, "reason", NULL, reason);
    return stanza;
}
