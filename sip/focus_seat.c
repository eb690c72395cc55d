// SPDX-License-Identifier: MIT
// Seats found by what requests say; see focus_seat.h.
#include "sip/focus_seat.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

#include "sip/focus_dialog.h"
#include "sip/focus_leg.h"

static FocusSeat seat_of(const FocusLeg *leg)
{
    if (leg == NULL) {
        return (FocusSeat){0};
    }
    return (FocusSeat){leg->number, leg->room, leg->party, conference_party_nick(leg->seat)};
}

FocusSeat focus_seat_get(const FocusHost *self, uint64_t leg)
{
    return seat_of(focus_leg_find(self, leg));
}

static FocusLeg *find_dialog(const FocusHost *self, const char *dialog)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        FocusLeg *leg = legs->pdata[i];
        if (g_strcmp0(leg->dialog, dialog) == 0) {
            return leg;
        }
    }
    return NULL;
}

static int judge_replacement(const FocusLeg *leg, const sip_replaces_t *wanted,
                             const Parties *parties)
{
    if (!address_equal_bare(leg->room, parties->to)) {
        return 481;
    }
    if (!focus_leg_is_of(leg, parties->from)) {
        return 403;
    }
    return wanted->rp_early_only ? 486 : 0;
}

uint64_t focus_seat_find_replaced(const FocusHost *self, const struct sip_s *sip,
                                  const Parties *parties, int *status)
{
    const sip_replaces_t *wanted = sip->sip_replaces;
    *status = focus_dialog_has_two_replaces(sip) ? 400 : 0;
    if (wanted == NULL || *status != 0) {
        return 0;
    }
    g_autofree char *dialog = focus_dialog_of_replaces(sip);
    const FocusLeg *leg = find_dialog(self, dialog);
    if (leg == NULL) {
        bool is_over = g_queue_find_custom((GQueue *)&self->ended, dialog, (GCompareFunc)strcmp);
        *status = is_over ? 603 : 481;
        return 0;
    }
    *status = judge_replacement(leg, wanted, parties);
    return *status == 0 ? leg->number : 0;
}

static FocusLeg *find_target(const FocusHost *self, const struct sip_s *sip, const Address *room)
{
    g_autofree char *dialog = focus_dialog_of_target(sip);
    FocusLeg *leg = dialog != NULL ? find_dialog(self, dialog) : NULL;
    return leg != NULL && address_equal_bare(leg->room, room) ? leg : NULL;
}

static FocusLeg *find_party(const FocusHost *self, const Parties *parties)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        FocusLeg *leg = legs->pdata[i];
        if (leg->answered && address_equal_bare(leg->room, parties->to) &&
            focus_leg_is_of(leg, parties->from)) {
            return leg;
        }
    }
    return NULL;
}

FocusSeat focus_seat_find(const FocusHost *self, const struct sip_s *sip, const Parties *parties)
{
    const FocusLeg *leg = find_target(self, sip, parties->to);
    return seat_of(leg != NULL ? leg : find_party(self, parties));
}

static const char *nick_of_party(const FocusHost *self, const FocusLeg *of, const Address *who)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        const FocusLeg *leg = legs->pdata[i];
        if (address_equal_bare(leg->room, of->room) && address_equal_bare(leg->party, who)) {
            return conference_party_nick(leg->seat);
        }
    }
    return NULL;
}

char *focus_seat_nick_of(const FocusHost *self, uint64_t number, const Address *who)
{
    const FocusLeg *leg = focus_leg_find(self, number);
    const char *nick = address_resource(who);
    if (address_equal_bare(who, leg->room)) {
        return conference_roster_find(focus_leg_roster(leg), nick) != NULL ? g_strdup(nick) : NULL;
    }
    // Among several devices of one user it is the asker's own.
    nick = focus_leg_is_of(leg, who) ? conference_party_nick(leg->seat)
                                     : nick_of_party(self, leg, who);
    return g_strdup(nick != NULL ? nick : conference_roster_find_nick(focus_leg_roster(leg), who));
}
