// SPDX-License-Identifier: MIT
// Who is in a room that we show to XMPP users, once for all of its parties: a change costs what one
// occupant costs, and memory grows with their number. A nick of the home is any text: it is shown as
// a resource that every server takes, and two that look alike are numbered. Sources: XEP-0045 7.1, 15;
// RFC 8266; groupchat matrix section 4.
#pragma once
#include "mapping/fields.h"
#include "xmpp/stanza.h"

typedef struct {
    char *nick;              // owned, of the seam
    char *shown;             // owned, as XMPP sees it
    char *role;              // owned
    char *affiliation;       // owned
    Address *real;           // shared, as its home tells it
    GPtrArray *devices;      // owned, of shared Address; devices of ours that are this occupant
    Address *device;         // shared; the one of them that spoke of itself last, NULL = none
    xmpp_stanza_t *presence; // owned; what it said, NULL = nothing
    bool is_away;            // as its home tells it
    guint numbers;           // how many that look alike were numbered
    GList link;              // its place in the order of entry
} FacadeOccupant;

typedef struct FacadeRoster FacadeRoster;

// What: the empty roster.
// Shape: owned by the caller.
FacadeRoster *facade_roster_new(void);
void facade_roster_free(FacadeRoster *roster);

// What: takes who came in or changed: nick, role, affiliation, real, away.
// Shape: borrowed until it is removed; `is_changed` (may be NULL): it is new or differs.
// Errors: NULL when the roster is full.
FacadeOccupant *facade_roster_put(FacadeRoster *roster, const Fields *fields, bool *is_changed);

// What: gives an occupant another nick, in its old place.
// Shape: `was` receives the name under which it was shown (owned by the caller).
// Errors: NULL when it is not there; who had the new nick is forgotten.
FacadeOccupant *facade_roster_rename(FacadeRoster *roster, const char *nick, const char *new_nick,
                                     char **was);

// What: removes an occupant.
void facade_roster_remove(FacadeRoster *roster, FacadeOccupant *occupant);
void facade_roster_clear(FacadeRoster *roster);

// What: the occupant of a nick; the one that is shown under a name.
// Shape: borrowed; NULL when nobody is.
FacadeOccupant *facade_roster_find(const FacadeRoster *roster, const char *nick);
FacadeOccupant *facade_roster_find_shown(const FacadeRoster *roster, const char *shown);

// What: the first occupant in the order of entry; the next one follows by link.next->data.
GList *facade_roster_first(const FacadeRoster *roster);
guint facade_roster_count(const FacadeRoster *roster);

// What: what any nick looks like, whether its bearer is there or not.
// Shape: owned by the caller; never empty, always a resource.
// Source: XEP-0045 15 (no blank nicks); RFC 8266 2.
char *facade_roster_name(const char *nick);
