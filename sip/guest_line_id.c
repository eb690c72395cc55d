// SPDX-License-Identifier: MIT
// Names of lines; see guest_line_id.h.
#include "sip/guest_line_id.h"

#include <string.h>

#include "sip/msrp/msrp_random.h"

// LIMIT: lines of a leg among which two that are quite alike are told apart.
#define TOLD_MAX 64
// Digits of a name: 128 bits.
#define DIGITS 32

void guest_line_id_init(GuestLineIds *ids)
{
    msrp_random_hex(ids->secret, sizeof ids->secret - 1);
}

// Nobody but us gives such names to lines of XMPP users, and the switch knows who its senders are (RFC 7701 6.1).
const char *guest_line_id_ours(const GuestLinePlace *place, const GuestLine *line)
{
    const char *id = line->body.wrapped ? line->body.envelope.message_id : NULL;
    if (id == NULL || line->from == NULL || !g_uuid_string_is_valid(id)) {
        return NULL;
    }
    g_autoptr(Address) author = route_from_uri(place->route, line->from, true, NULL, NULL);
    return author != NULL && route_side_of(place->route, author) == ROUTE_XMPP_USER ? id : NULL;
}

static char *keyed(const GuestLineIds *ids, const char *text)
{
    char *name = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)ids->secret,
                                           strlen(ids->secret), text, -1);
    name[DIGITS] = '\0';
    return name;
}

static guint count_of(const GQueue *told, const char *name)
{
    guint count = 0;
    for (const GList *at = told->head; at != NULL; at = at->next) {
        count += strcmp(at->data, name) == 0;
    }
    return count;
}

static void note(GQueue *told, const char *name)
{
    g_queue_push_tail(told, g_strdup(name));
    if (told->length > TOLD_MAX) {
        g_free(g_queue_pop_head(told));
    }
}

static const char *mark_of(const GuestLine *line, const char *message_id)
{
    const Cpim *envelope = &line->body.envelope;
    if (!line->body.wrapped) {
        return message_id;
    }
    if (envelope->date_time != NULL) {
        return envelope->date_time;
    }
    return envelope->message_id != NULL ? envelope->message_id : message_id;
}

char *guest_line_id(const GuestLineIds *ids, const GuestLinePlace *place, const GuestLine *line,
                    const char *message_id, GQueue *told)
{
    const char *ours = guest_line_id_ours(place, line);
    if (ours != NULL) {
        return g_strdup(ours);
    }
    const char *from = line->from != NULL ? line->from : "";
    g_autofree char *all = g_strjoin("\n", address_bare(place->room), from,
                                     mark_of(line, message_id), line->text, NULL);
    g_autofree char *name = keyed(ids, all);
    guint before = count_of(told, name);
    note(told, name);
    if (before == 0) {
        return g_steal_pointer(&name);
    }
    g_autofree char *numbered = g_strdup_printf("%s\n%u", name, before);
    return keyed(ids, numbered);
}
