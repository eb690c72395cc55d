// SPDX-License-Identifier: MIT
// Occupants and the devices behind them; see conference_occupant.h.
#include "sip/conference_occupant.h"

#include <string.h>

static void device_clear(gpointer data)
{
    ConferenceDevice *device = data;
    g_free(device->since);
    address_unref(device->inviter);
}

ConferenceDevice *conference_occupant_device_new(bool dialed_out, const Address *inviter)
{
    ConferenceDevice *device = g_rc_box_new0(ConferenceDevice);
    device->dialed_out = dialed_out;
    device->inviter = inviter != NULL ? address_ref(inviter) : NULL;
    return device;
}

void conference_occupant_device_unref(gpointer device)
{
    g_rc_box_release_full(device, device_clear);
}

static void occupant_clear(gpointer data)
{
    ConferenceOccupant *occupant = data;
    g_free(occupant->nick);
    g_free(occupant->role);
    g_free(occupant->affiliation);
    address_unref(occupant->real);
    g_clear_pointer(&occupant->devices, g_ptr_array_unref);
}

static gpointer ref_device(gconstpointer device, gpointer data)
{
    (void)data;
    return g_rc_box_acquire((gpointer)device);
}

ConferenceOccupant *conference_occupant_new(const Fields *said, GPtrArray *devices)
{
    ConferenceOccupant *occupant = g_rc_box_new0(ConferenceOccupant);
    occupant->nick = g_strdup(said->nick);
    occupant->role = g_strdup(said->role);
    occupant->affiliation = g_strdup(said->affiliation);
    occupant->away = said->away;
    fields_set_address(&occupant->real, said->real);
    if (devices != NULL && devices->len > 0) {
        occupant->devices = g_ptr_array_copy(devices, ref_device, NULL);
        g_ptr_array_set_free_func(occupant->devices, conference_occupant_device_unref);
    }
    return occupant;
}

void conference_occupant_unref(gpointer occupant)
{
    if (occupant != NULL) {
        g_rc_box_release_full(occupant, occupant_clear);
    }
}

static bool has_same_devices(const GPtrArray *a, const GPtrArray *b)
{
    if (a == NULL || b == NULL || a->len != b->len) {
        return a == b;
    }
    return memcmp(a->pdata, b->pdata, a->len * sizeof(gpointer)) == 0;
}

bool conference_occupant_equal(const ConferenceOccupant *a, const ConferenceOccupant *b,
                               bool with_reals)
{
    if (a == NULL || b == NULL || a == b) {
        return a == b;
    }
    return strcmp(a->nick, b->nick) == 0 && g_strcmp0(a->role, b->role) == 0 &&
           g_strcmp0(a->affiliation, b->affiliation) == 0 && a->away == b->away &&
           (!with_reals || address_equal(a->real, b->real)) &&
           has_same_devices(a->devices, b->devices);
}
