// SPDX-License-Identifier: MIT
// One occupant of a room as conference documents tell of him: a value, made once and shared by the
// roster and the changes it remembers. Groupchat section 4 (element mapping).
#pragma once
#include <stdbool.h>

#include <glib.h>

#include "mapping/fields.h"

// A leg of ours behind an occupant; several devices of one user may share a nick.
typedef struct {
    unsigned number;  // among those of its nick: 1, 2, ...; 0: of none yet
    bool dialed_out;  // it is in because we invited it
    char *since;      // owned, or NULL: not in yet; RFC 3339 time it came in
    Address *inviter; // shared, or NULL; who had it invited
} ConferenceDevice;   // rc-box

typedef struct {
    char *nick;         // owned
    char *role;         // owned, or NULL
    char *affiliation;  // owned, or NULL
    bool away;          // on hold
    Address *real;      // shared, or NULL when nobody of ours is told
    GPtrArray *devices; // owned, of ConferenceDevice (shared); NULL: none of them is ours
} ConferenceOccupant;   // rc-box

// What: a device that stands behind no nick yet.
// Shape: `inviter` may be NULL; owned by the caller (conference_occupant_device_unref).
ConferenceDevice *conference_occupant_device_new(bool dialed_out, const Address *inviter);
void conference_occupant_device_unref(gpointer device);

// What: an occupant.
// Shape: `said`: nick role affiliation real away, of which only `nick` must be there; `devices` may be
//   NULL; everything is copied or referenced; owned by the caller (conference_occupant_unref).
ConferenceOccupant *conference_occupant_new(const Fields *said, GPtrArray *devices);
void conference_occupant_unref(gpointer occupant);

// What: whether a document would show them alike; `with_reals`: one that tells real addresses.
// Shape: NULL is nobody, and equal to nobody only.
bool conference_occupant_equal(const ConferenceOccupant *a, const ConferenceOccupant *b,
                               bool with_reals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConferenceOccupant, conference_occupant_unref)
