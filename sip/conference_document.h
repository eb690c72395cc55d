// SPDX-License-Identifier: MIT
// A roster as conference-info documents: the whole room, what changed, the end. Without a version of
// their own: each is written once for all who are told the same, and numbered for each of them. RFC
// 4575; groupchat section 4.
#pragma once
#include "sip/conference_roster.h"

// What: the whole room; `with_reals`: with the real addresses of occupants as far as they are known.
// Shape: owned by the caller, as are the others.
// Source: ROSTER-011, ROSTER-019.
GBytes *conference_document_full(const ConferenceRoster *roster, bool with_reals);

// What: the whole room but for its occupants, who are only counted.
// Source: ROSTER-019.
GBytes *conference_document_brief(const ConferenceRoster *roster);

// What: what is different.
// Source: ROSTER-012 to ROSTER-014, ROSTER-016.
GBytes *conference_document_partial(const ConferenceRoster *roster,
                                    const ConferenceDifference *difference, bool with_reals);

// What: the conference is no more.
// Source: RFC 4575 4.6 (state deleted).
GBytes *conference_document_deleted(const ConferenceRoster *roster);

// How the stay of an occupant of ours ended.
typedef enum { CONFERENCE_DOCUMENT_BOOTED, CONFERENCE_DOCUMENT_FAILED } ConferenceRemoval;

// What: an occupant was removed: how, and why in words.
// Shape: `device` may be NULL, and `text`.
// Source: table 6.1 of the groupchat matrix (MUC-B15); RFC 4575 5.7.6.
GBytes *conference_document_removed(const ConferenceRoster *roster, const char *nick,
                                    const ConferenceDevice *device, ConferenceRemoval removal,
                                    const char *text);

// What: the last document that a party is told: that the conference is no more (410), or that it was removed.
// Shape: as above; `cause` as in the Reason of the BYE; `nick` may be NULL.
// Errors: NULL when it left by itself, or nobody knows it by a nick.
// Source: table 6.1; MUC-B15, MUC-B16.
GBytes *conference_document_last(const ConferenceRoster *roster, const char *nick,
                                 const ConferenceDevice *device, int cause, const char *text);

// What: the text of one of them with its version.
// Shape: owned by the caller (g_free).
// Source: RFC 4575 5.2.
char *conference_document_number(GBytes *document, uint32_t version);
