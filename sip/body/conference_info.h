// SPDX-License-Identifier: MIT
// application/conference-info+xml as plain structs: whole documents in, whole documents out.
// Versions are carried, not counted; partial documents are read, not merged. RFC 4575 5 and 6; RFC
// 7701 7.3 (xcon:nickname); groupchat section 4.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// The media type of such documents (RFC 4575 3.4).
#define CONFERENCE_INFO_TYPE "application/conference-info+xml"

typedef enum {
    CONFERENCE_INFO_FULL,
    CONFERENCE_INFO_PARTIAL,
    CONFERENCE_INFO_DELETED,
} ConferenceInfoState;

typedef enum {
    CONFERENCE_INFO_STATUS_ABSENT, // no element, or a word RFC 4575 does not know
    CONFERENCE_INFO_STATUS_PENDING,
    CONFERENCE_INFO_STATUS_DIALING_OUT,
    CONFERENCE_INFO_STATUS_DIALING_IN,
    CONFERENCE_INFO_STATUS_ALERTING,
    CONFERENCE_INFO_STATUS_ON_HOLD,
    CONFERENCE_INFO_STATUS_CONNECTED,
    CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS,
    CONFERENCE_INFO_STATUS_DISCONNECTING,
    CONFERENCE_INFO_STATUS_DISCONNECTED,
} ConferenceInfoStatus;

typedef enum {
    CONFERENCE_INFO_JOINING_ABSENT,
    CONFERENCE_INFO_JOINING_DIALED_IN,
    CONFERENCE_INFO_JOINING_DIALED_OUT,
    CONFERENCE_INFO_JOINING_FOCUS_OWNER,
} ConferenceInfoJoining;

typedef enum {
    CONFERENCE_INFO_DISCONNECTION_ABSENT,
    CONFERENCE_INFO_DISCONNECTION_DEPARTED,
    CONFERENCE_INFO_DISCONNECTION_BOOTED,
    CONFERENCE_INFO_DISCONNECTION_FAILED,
    CONFERENCE_INFO_DISCONNECTION_BUSY,
} ConferenceInfoDisconnection;

typedef enum {
    CONFERENCE_INFO_MEDIA_ABSENT,
    CONFERENCE_INFO_MEDIA_RECVONLY,
    CONFERENCE_INFO_MEDIA_SENDONLY,
    CONFERENCE_INFO_MEDIA_SENDRECV,
    CONFERENCE_INFO_MEDIA_INACTIVE,
} ConferenceInfoMediaStatus;

typedef enum {
    CONFERENCE_INFO_FLAG_ABSENT,
    CONFERENCE_INFO_FLAG_FALSE,
    CONFERENCE_INFO_FLAG_TRUE,
} ConferenceInfoFlag;

// Who did it, when and why (execution-type); all NULL: the element is absent.
typedef struct ConferenceInfoCause {
    char *when;   // owned; XML dateTime
    char *reason; // owned
    char *by;     // owned; URI
} ConferenceInfoCause;

typedef struct ConferenceInfoMedia {
    char *id;   // owned; the key; never NULL
    char *type; // owned, or NULL
    ConferenceInfoMediaStatus status;
} ConferenceInfoMedia;

typedef struct ConferenceInfoEndpoint {
    char *entity; // owned; the key; never NULL
    ConferenceInfoState state;
    char *display_text;           // owned, or NULL
    ConferenceInfoCause referred; // owned
    ConferenceInfoStatus status;
    ConferenceInfoJoining joining_method;
    ConferenceInfoCause joining_info; // owned
    ConferenceInfoDisconnection disconnection_method;
    ConferenceInfoCause disconnection_info; // owned
    GPtrArray *media;                       // owned, of ConferenceInfoMedia
} ConferenceInfoEndpoint;

typedef struct ConferenceInfoUser {
    char *entity; // owned; the key; never NULL
    ConferenceInfoState state;
    char *nickname;       // owned, or NULL; xcon:nickname
    char *display_text;   // owned, or NULL
    GPtrArray *aors;      // owned, of char *: associated-aors/entry/uri
    GPtrArray *roles;     // owned, of char *: roles/entry
    GPtrArray *endpoints; // owned, of ConferenceInfoEndpoint
} ConferenceInfoUser;

typedef struct ConferenceInfo {
    char *entity; // owned
    ConferenceInfoState state;
    uint32_t version;
    bool has_description;       // conference-description stands in the document (it is atomic)
    char *display_text;         // owned, or NULL; of the description, as the next three
    char *subject;              // owned, or NULL
    char *free_text;            // owned, or NULL
    int64_t maximum_user_count; // -1: absent
    int64_t user_count;         // -1: absent; conference-state, as the next two
    ConferenceInfoFlag active;
    ConferenceInfoFlag locked;
    bool has_state; // conference-state stands in a document that was read (it is atomic)
    bool has_users; // <users> stands in the document
    ConferenceInfoState users_state;
    GPtrArray *users; // owned, of ConferenceInfoUser
} ConferenceInfo;

// What: starts an empty document: full, version 0, arrays made, counts absent.
// Shape: `entity` is copied; what is filled in later is owned by the value.
void conference_info_init(ConferenceInfo *self, const char *entity);

// What: adds a user and makes <users> part of the document.
// Shape: the key is copied; returned value is owned by the document, state full, the rest absent.
ConferenceInfoUser *conference_info_add_user(ConferenceInfo *self, const char *entity);

// What: adds an endpoint to a user.
// Shape: as conference_info_add_user.
ConferenceInfoEndpoint *conference_info_add_endpoint(ConferenceInfoUser *user, const char *entity);

// What: adds a medium to an endpoint.
// Shape: as conference_info_add_user.
ConferenceInfoMedia *conference_info_add_media(ConferenceInfoEndpoint *endpoint, const char *id);

// What: frees what the document owns and leaves it empty.
// Shape: an empty value may be cleared again.
void conference_info_clear(ConferenceInfo *self);

// What: writes the document, elements in the order of the schema.
// Shape: returned bytes are owned by the caller. Anything with state deleted is written without
//        children; a partial description is never written: has_description says all or nothing.
// Source: RFC 4575 4.4, 5, 6; groupchat rows ROSTER-011 to ROSTER-014, ROSTER-016
GBytes *conference_info_write(const ConferenceInfo *self);

// What: reads a document, full, partial or deleted.
// Shape: `self` is overwritten; on failure it is left empty. `accept_no_ns`: a root without any
//        namespace is read as if it had the right one. Children of anything deleted are skipped.
// Errors: WIRE (not XML, wrong root, no entity, version or key), LIMIT.
// Source: RFC 4575 4, 5; groupchat row ROSTER-010
bool conference_info_read(ConferenceInfo *self, GBytes *bytes, bool accept_no_ns, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConferenceInfo, conference_info_clear)
