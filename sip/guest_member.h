// SPDX-License-Identifier: MIT
// A user of the conference documents of somebody else's focus: what they say of him and his devices, and what that
// means for a room. RFC 4575 5.6 to 5.8; groupchat matrix sections 4.2 and 4.3.
#pragma once
#include "mapping/event.h"
#include "mapping/route.h"
#include "sip/body/conference_info.h"

typedef struct {
    char *entity; // owned
    ConferenceInfoStatus status;
    ConferenceInfoDisconnection end;
    char *reason; // owned, or NULL, as the next one
    char *by;     // URI of who ended it
} GuestMemberDevice;

typedef struct {
    char *entity;       // owned; the key
    Address *address;   // shared; NULL: not an address of ours
    char *name;         // owned; prepared
    GPtrArray *aors;    // owned, of char *
    bool is_moderator, is_observer;
    GPtrArray *devices; // owned, of GuestMemberDevice
    bool had_devices;   // it is present by them only
    bool is_learned;    // known by what it said, from no document
    bool own;
    bool is_seen;       // in the document being taken
    bool is_going;      // and not there any more after it
    struct GuestOccupant *occupant; // borrowed (guest_occupants.h); NULL: not present
    GList link;         // in the order of the roster
} GuestMember;

// How the documents say that a member went.
typedef struct {
    How how;
    const char *text, *by; // borrowed; NULL: not told
} GuestMemberEnd;

// What: a member of whom nothing is known but his entity; and its end.
// Shape: owned by the caller (guest_member_free, which fits a container).
GuestMember *guest_member_new(const Route *route, const char *entity);
void guest_member_free(void *member);

// What: takes what a document says of him.
// Source: RFC 4575 4.4.
void guest_member_take(GuestMember *member, const ConferenceInfoUser *said);

// What: whether he is there; whether that is how all his devices are there; his role in a room.
// Source: sections 4.2 and 4.3.
bool guest_member_is_present(const GuestMember *member);
bool guest_member_is_only(const GuestMember *member, ConferenceInfoStatus status);
const char *guest_member_role(const GuestMember *member);

// What: his real address.
// Shape: a reference; NULL: not known.
// Source: MUC-A06.
Address *guest_member_real(const GuestMember *member, const Route *route);

// What: how he went.
// Source: ROSTER-022.
GuestMemberEnd guest_member_end(const GuestMember *member);

// What: whose devices are one person: his address, else his entity.
// Shape: borrowed.
// Source: ROSTER-009.
const char *guest_member_who(const GuestMember *member);

// What: the address behind a URI of a document.
// Shape: a reference; NULL: none of ours.
Address *guest_member_address(const Route *route, const char *uri);

// What: the name for somebody who is called so, or has this URI; `address` may be NULL.
// Shape: owned by the caller.
char *guest_member_name(const char *said, const char *uri, const Address *address);

// What: a text of the focus without what does not belong into one, of at most so many octets.
// Shape: owned by the caller; NULL of NULL.
char *guest_member_clean(const char *text, size_t max);
