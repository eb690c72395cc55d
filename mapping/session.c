// SPDX-License-Identifier: MIT
// Life of a Session and what it knows by itself.
#include "mapping/session.h"

#include "mapping/lines.h"

Session *session_new(uint64_t id, const Address *x, const Address *s)
{
    Session *session = g_new0(Session, 1);
    session->id = id;
    session->x = address_to_bare(x);
    session->s = address_to_bare(s);
    session->recent.data = session->in_room.data = session;
    return session;
}

static void lines_clear(GQueue *lines)
{
    GList *link;
    while ((link = g_queue_pop_head_link(lines)) != NULL)
        lines_free(link->data);
}

void session_free(Session *session)
{
    lines_clear(&session->waiting);
    lines_clear(&session->in_flight);
    escalation_free(session->escalation);
    seat_clear(&session->seat);
    address_unref(session->device);
    g_free(session->stay.wish);
    seen_free(session->bodies);
    seen_free(session->seen);
    address_unref(session->x);
    address_unref(session->s);
    address_unref(session->locked);
    address_unref(session->room);
    g_free(session->x_nick);
    g_free(session->thread);
    g_free(session->spent_thread);
    g_free(session->thread_key);
    g_free(session);
}

bool session_is_idle(const Session *session)
{
    return session->legs == NULL && session->refs == NULL && session->room == NULL &&
           session->waiting.length == 0 && session->in_flight.length == 0 &&
           escalation_state(session) == ESCALATION_CHAT;
}

void session_lock(Session *session, const Address *full)
{
    bool is_full = address_resource(full) != NULL;
    fields_set_address(&session->locked, is_full ? (Address *)full : NULL);
}

Address *session_x_target(const Session *session)
{
    return session->locked != NULL ? session->locked : session->x;
}
