// SPDX-License-Identifier: MIT
// A user of conference documents; see guest_member.h.
#include "sip/guest_member.h"

#include <string.h>

#include "mapping/nickname.h"
#include "mapping/spelling.h"
#include "sip/sipcode.h"

// LIMIT: octets of a reason; more is cut off.
#define REASON_MAX 512
// The resource of a SIP user whose device is not told (MUC-A06).
#define REAL_RESOURCE "sip"
#define ANONYMOUS_HOST "@anonymous.invalid"

// --- life

static void device_free(void *data)
{
    GuestMemberDevice *device = data;
    g_free(device->entity);
    g_free(device->reason);
    g_free(device->by);
    g_free(device);
}

void guest_member_free(void *data)
{
    GuestMember *member = data;
    g_free(member->entity);
    g_free(member->name);
    address_unref(member->address);
    g_ptr_array_unref(member->aors);
    g_ptr_array_unref(member->devices);
    g_free(member);
}

GuestMember *guest_member_new(const Route *route, const char *entity)
{
    GuestMember *member = g_new0(GuestMember, 1);
    member->entity = g_strdup(entity);
    member->address = guest_member_address(route, entity);
    member->aors = g_ptr_array_new_with_free_func(g_free);
    member->devices = g_ptr_array_new_with_free_func(device_free);
    member->link.data = member;
    return member;
}

// --- texts of the focus

char *guest_member_clean(const char *text, size_t max)
{
    char *good = sipcode_clean(text);
    if (good != NULL && strlen(good) > max) {
        *g_utf8_find_prev_char(good, good + max + 1) = '\0';
    }
    return good;
}

// A target first: documents must not teach the route how somebody spells himself (ADDR-17).
Address *guest_member_address(const Route *route, const char *uri)
{
    bool anonymous = strstr(uri, ANONYMOUS_HOST) != NULL;
    return anonymous ? NULL : route_from_uri(route, uri, true, NULL, NULL);
}

// COMPAT(SylkServer 6.6): a nickname set in quotes, as RFC 7701 wants it, is shown with them.
static char *unquoted(const char *text)
{
    size_t octets = text != NULL ? strlen(text) : 0;
    if (octets > 2 && text[0] == '"' && text[octets - 1] == '"') {
        return g_strndup(text + 1, octets - 2);
    }
    return g_strdup(text);
}

char *guest_member_name(const char *said, const char *uri, const Address *address)
{
    g_autofree char *text = unquoted(said);
    g_auto(Uri) parts = {0};
    int status;
    if (text == NULL && address == NULL && uri_parse(&parts, uri, &status)) {
        text = g_strdup(parts.user);
    }
    return nickname_for(text, address);
}

// Devices of one address are one and the same person; who has no address here is his entity.
const char *guest_member_who(const GuestMember *member)
{
    return member->address != NULL ? address_bare(member->address) : member->entity;
}

// --- what it is

// 4.3
static bool is_there(const GuestMemberDevice *device)
{
    switch (device->status) {
    case CONFERENCE_INFO_STATUS_CONNECTED:
    case CONFERENCE_INFO_STATUS_ON_HOLD:
    case CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS: return true;
    case CONFERENCE_INFO_STATUS_ABSENT: return device->end == CONFERENCE_INFO_DISCONNECTION_ABSENT;
    case CONFERENCE_INFO_STATUS_PENDING:
    case CONFERENCE_INFO_STATUS_DIALING_OUT:
    case CONFERENCE_INFO_STATUS_DIALING_IN:
    case CONFERENCE_INFO_STATUS_ALERTING:
    case CONFERENCE_INFO_STATUS_DISCONNECTING:
    case CONFERENCE_INFO_STATUS_DISCONNECTED: break;
    }
    return false;
}

bool guest_member_is_present(const GuestMember *member)
{
    for (guint i = 0; i < member->devices->len; i++) {
        if (is_there(member->devices->pdata[i])) {
            return true;
        }
    }
    return !member->had_devices;
}

// Whether that is how all devices are there.
bool guest_member_is_only(const GuestMember *member, ConferenceInfoStatus status)
{
    guint there = 0, so = 0;
    for (guint i = 0; i < member->devices->len; i++) {
        const GuestMemberDevice *device = member->devices->pdata[i];
        there += is_there(device);
        so += device->status == status;
    }
    return there > 0 && there == so;
}

// 4.2
const char *guest_member_role(const GuestMember *member)
{
    if (member->is_moderator) {
        return "moderator";
    }
    bool is_silent = member->is_observer ||
                     guest_member_is_only(member, CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS);
    return is_silent ? "visitor" : "participant";
}

// MUC-A06: what is told apart wins, an XMPP address before all others.
Address *guest_member_real(const GuestMember *member, const Route *route)
{
    Address *real = NULL;
    for (guint i = 0; i < member->aors->len && real == NULL; i++) {
        real = spelling_from_xmpp_uri(member->aors->pdata[i]);
    }
    for (guint i = 0; i < member->aors->len && real == NULL; i++) {
        real = guest_member_address(route, member->aors->pdata[i]);
    }
    if (real == NULL && member->address != NULL) {
        real = address_ref(member->address);
    }
    RouteKind kind = route_side_of(route, real);
    if (real != NULL && (kind == ROUTE_SIP_ROOM || kind == ROUTE_XMPP_ROOM)) {
        g_clear_pointer(&real, address_unref); // an occupant's URI reveals nobody
    }
    if (real != NULL && kind == ROUTE_SIP_USER && address_resource(real) == NULL) {
        Address *full = address_with_resource(real, REAL_RESOURCE);
        address_unref(real);
        real = full;
    }
    return real;
}

// How the documents say that a member went.
GuestMemberEnd guest_member_end(const GuestMember *member)
{
    GuestMemberEnd end = {.how = HOW_LEFT};
    for (guint i = 0; i < member->devices->len; i++) {
        const GuestMemberDevice *device = member->devices->pdata[i];
        bool booted = device->end == CONFERENCE_INFO_DISCONNECTION_BOOTED;
        if (booted || (device->end == CONFERENCE_INFO_DISCONNECTION_FAILED && end.how == HOW_LEFT)) {
            end = (GuestMemberEnd){booted ? HOW_KICKED : HOW_LOST, device->reason, device->by};
        }
    }
    return end;
}

// --- documents

static GuestMemberDevice *find_device(const GuestMember *member, const char *entity, guint *place)
{
    for (guint i = 0; i < member->devices->len; i++) {
        GuestMemberDevice *device = member->devices->pdata[i];
        if (strcmp(device->entity, entity) == 0) {
            *place = i;
            return device;
        }
    }
    return NULL;
}

// LIMIT: devices of one user; looked through for each.
#define DEVICES_MAX 32

static void take_device(GuestMember *member, const ConferenceInfoEndpoint *said)
{
    guint place = 0;
    GuestMemberDevice *device = find_device(member, said->entity, &place);
    member->had_devices = true;
    if (said->state == CONFERENCE_INFO_DELETED) {
        if (device != NULL) {
            g_ptr_array_remove_index(member->devices, place);
        }
        return;
    }
    if (device == NULL && member->devices->len < DEVICES_MAX) {
        device = g_new0(GuestMemberDevice, 1);
        device->entity = g_strdup(said->entity);
        g_ptr_array_add(member->devices, device);
    }
    bool whole = said->state == CONFERENCE_INFO_FULL;
    if (device == NULL) {
        return;
    }
    if (whole || said->status != CONFERENCE_INFO_STATUS_ABSENT) {
        device->status = said->status;
    }
    if (whole || said->disconnection_method != CONFERENCE_INFO_DISCONNECTION_ABSENT) {
        device->end = said->disconnection_method;
        g_free(device->reason);
        g_free(device->by);
        device->reason = guest_member_clean(said->disconnection_info.reason, REASON_MAX);
        device->by = g_strdup(said->disconnection_info.by);
    }
}

// RFC 4575 calls the words human-readable; those of RFC 6501 4.6.5.2 are meant (section 4.2).
static void take_roles(GuestMember *member, const GPtrArray *roles)
{
    member->is_moderator = member->is_observer = false;
    for (guint i = 0; i < roles->len; i++) {
        const char *role = roles->pdata[i];
        member->is_moderator = member->is_moderator || g_ascii_strcasecmp(role, "moderator") == 0 ||
                               g_ascii_strcasecmp(role, "administrator") == 0;
        member->is_observer = member->is_observer || g_ascii_strcasecmp(role, "observer") == 0;
    }
}

static void take_aors(GuestMember *member, const GPtrArray *aors)
{
    // LIMIT: further addresses of one user that are looked at.
    enum { AORS_MAX = 8 };
    g_ptr_array_set_size(member->aors, 0);
    for (guint i = 0; i < MIN(aors->len, AORS_MAX); i++) {
        g_ptr_array_add(member->aors, g_strdup(aors->pdata[i]));
    }
}

// Atomic elements are replaced whole; in a partial user what is not there stays (RFC 4575 4.4).
void guest_member_take(GuestMember *member, const ConferenceInfoUser *said)
{
    bool whole = said->state == CONFERENCE_INFO_FULL || member->name == NULL;
    const char *name = said->nickname != NULL ? said->nickname : said->display_text;
    if (whole || name != NULL) {
        g_free(member->name);
        member->name = guest_member_name(name, said->entity, member->address);
    }
    if (whole || said->roles->len > 0) {
        take_roles(member, said->roles);
    }
    if (whole || said->aors->len > 0) {
        take_aors(member, said->aors);
    }
    if (whole) {
        g_ptr_array_set_size(member->devices, 0);
        member->had_devices = false;
    }
    for (guint i = 0; i < said->endpoints->len; i++) {
        take_device(member, said->endpoints->pdata[i]);
    }
    member->is_learned = false;
}
