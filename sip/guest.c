// SPDX-License-Identifier: MIT
// Legs at somebody else's focus; see guest.h.
#include "sip/guest.h"

#include <string.h>

#include "sip/detour.h"
#include "sip/guest_absent.h"
#include "sip/guest_ask.h"
#include "sip/guest_call.h"

static void names_unref(void *names)
{
    guest_names_unref(names);
}

Guest *guest_new(GateCore *core)
{
    Guest *self = g_new0(Guest, 1);
    self->core = core;
    guest_line_id_init(&self->line_ids);
    self->asked = guest_ask_new(core);
    self->offers = g_hash_table_new(NULL, NULL);
    self->absent = guest_absent_new();
    self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, names_unref);
    return self;
}

bool guest_has(const Guest *self, uint64_t leg)
{
    return guest_leg_find(self, leg) != NULL;
}

void guest_close_all(Guest *self)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_GUEST);
    g_autofree gpointer *offers = g_hash_table_get_keys_as_array(self->offers, NULL);
    g_clear_pointer(&self->asked, guest_ask_free);
    for (gpointer *each = offers; *each != NULL; each++) {
        guest_leg_end(*each, 503, NULL);
    }
    for (guint i = 0; i < legs->len; i++) {
        guest_leg_end(legs->pdata[i], 503, "gateway is shutting down");
    }
}

void guest_free(Guest *self)
{
    if (self == NULL) {
        return;
    }
    guest_close_all(self);
    g_hash_table_unref(self->offers);
    g_hash_table_unref(self->names);
    g_hash_table_unref(self->absent);
    g_free(self);
}

// --- in and out

static void refuse_entry(Guest *self, const Fields *fields, uint64_t wait_s)
{
    Event *event = event_new(EVENT_ROOM_EXIT, SIDE_SIP);
    event->f.leg = fields->leg;
    event->f.how = HOW_REFUSED;
    event->f.failure = FAILURE_ITEM_NOT_FOUND;
    if (wait_s > 0) {
        detour_tell_held(&event->f, wait_s);
    }
    gate_core_raise(self->core, event);
}

void guest_enter(Guest *self, const Fields *fields)
{
    const GateCore *core = self->core;
    if (fields->ref != 0 && ref_table_answer(core->refs, fields->ref, fields)) {
        return;
    }
    g_autofree char *uri = fields->room != NULL ? route_to_aor(core->route, fields->room) : NULL;
    g_autofree char *own = fields->from != NULL ? route_to_aor(core->route, fields->from) : NULL;
    uint64_t wait_s = uri != NULL ? detour_wait_s(core, uri) : 0;
    if (uri == NULL || own == NULL || wait_s > 0) {
        refuse_entry(self, fields, wait_s);
    } else {
        guest_call_dial(self, fields, uri);
    }
}

bool guest_leave(Guest *self, const Fields *fields)
{
    GuestLeg *leg = guest_leg_find(self, fields->leg);
    if (leg != NULL) {
        guest_leg_end(leg, 200, fields->text);
    }
    return leg != NULL;
}

// --- requests

// A URI of the focus' own goes back to it as part of a header: nothing may end it there.
static bool is_plain(const char *uri)
{
    return strpbrk(uri, " <>\"?\t\r\n") == NULL;
}

// MUC-A16: the URI exactly, no method; MUC-A19: the one that the roster names.
static char *refer_to(const GuestLeg *leg, const Fields *fields)
{
    if (fields->how == HOW_INVITE) {
        const Route *route = leg->all->core->route;
        g_autofree char *uri = fields->to != NULL ? route_to_aor(route, fields->to) : NULL;
        return uri != NULL ? g_strdup_printf("<%s>", uri) : NULL;
    }
    const char *entity = guest_roster_entity(leg->roster, fields->nick);
    return entity != NULL && is_plain(entity) ? g_strdup_printf("<%s;method=BYE>", entity) : NULL;
}

// A ban is a kick here: SIP has no word for staying away (MUC-A20).
static void refer(GuestLeg *leg, const Fields *fields)
{
    GuestAsk *asked = leg->all->asked;
    WatcherTarget target = guest_leg_target(leg);
    g_autofree char *to = refer_to(leg, fields);
    if (to == NULL) {
        guest_ask_refuse(asked, fields, FAILURE_ITEM_NOT_FOUND);
        return;
    }
    g_autofree char *own = route_to_aor(leg->all->core->route, leg->user);
    g_autofree char *by = g_strdup_printf("<%s>", own);
    guest_ask_refer(asked, fields, &target, to, by);
}

void guest_request(Guest *self, const Fields *fields)
{
    GuestLeg *leg = guest_leg_find(self, fields->leg);
    if (fields->how == HOW_PROBE) {
        guest_ask_probe(self->asked, fields);
    } else if (leg != NULL && leg->was_inside && leg->state != GUEST_LEG_INSIDE) {
        guest_ask_refuse(self->asked, fields, FAILURE_RECIPIENT_UNAVAILABLE);
    } else if (leg == NULL || leg->state != GUEST_LEG_INSIDE) {
        guest_ask_refuse(self->asked, fields, FAILURE_NOT_ALLOWED);
    } else {
        refer(leg, fields);
    }
}
