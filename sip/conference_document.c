// SPDX-License-Identifier: MIT
// Rosters to documents; see conference_document.h.
#include "sip/conference_document.h"

#include <string.h>

#include "mapping/spelling.h"
#include "sip/body/conference_info.h"

// Table 4.2.
static void add_roles(ConferenceInfoUser *user, const ConferenceOccupant *occupant)
{
    static const struct {
        const char *role;
        const char *entry;
    } roles[] = {
        {"moderator", "moderator"},
        {"participant", "participant"},
        {"visitor", "observer"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        if (g_strcmp0(occupant->role, roles[i].role) == 0) {
            g_ptr_array_add(user->roles, g_strdup(roles[i].entry));
        }
    }
    if (g_strcmp0(occupant->affiliation, "owner") == 0 ||
        g_strcmp0(occupant->affiliation, "admin") == 0) {
        g_ptr_array_add(user->roles, g_strdup("administrator"));
    }
}

static void add_aors(const Route *route, ConferenceInfoUser *user, const Address *real)
{
    char *uri = real != NULL ? route_to_uri(route, real) : NULL;
    if (real != NULL) {
        g_ptr_array_add(user->aors, spelling_to_xmpp_uri(real));
    }
    if (uri != NULL) {
        g_ptr_array_add(user->aors, uri);
    }
}

// Of several devices behind one nick each has a key of its own.
static char *key_of(const char *entity, const ConferenceDevice *device)
{
    return device != NULL && device->number > 1
               ? g_strdup_printf("%s;d=%u", entity, device->number)
               : g_strdup(entity);
}

// An inviter known by his real address only is named to those who may see such.
static char *inviter_of(const ConferenceRoster *roster, const ConferenceDevice *device,
                        bool with_reals)
{
    const Address *inviter = device->inviter;
    const Route *route = conference_roster_route(roster);
    if (inviter == NULL) {
        return NULL;
    }
    if (address_equal_bare(inviter, conference_roster_room(roster))) {
        return route_to_uri(route, inviter);
    }
    return with_reals ? route_to_aor(route, inviter) : NULL;
}

static void add_joining(const ConferenceRoster *roster, ConferenceInfoEndpoint *endpoint,
                        const ConferenceDevice *device, bool with_reals)
{
    if (device == NULL) {
        endpoint->joining_method = CONFERENCE_INFO_JOINING_DIALED_IN;
        return;
    }
    endpoint->joining_method = device->dialed_out ? CONFERENCE_INFO_JOINING_DIALED_OUT
                                                  : CONFERENCE_INFO_JOINING_DIALED_IN;
    endpoint->joining_info.when = g_strdup(device->since);
    endpoint->referred.by = inviter_of(roster, device, with_reals);
}

static ConferenceInfoEndpoint *add_endpoint(ConferenceInfoUser *user,
                                            const ConferenceDevice *device)
{
    g_autofree char *key = key_of(user->entity, device);
    return conference_info_add_endpoint(user, key);
}

static void describe_endpoint(ConferenceInfoEndpoint *endpoint, const ConferenceOccupant *occupant)
{
    bool is_muted = g_strcmp0(occupant->role, "visitor") == 0;
    endpoint->status = is_muted         ? CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS
                       : occupant->away ? CONFERENCE_INFO_STATUS_ON_HOLD
                                        : CONFERENCE_INFO_STATUS_CONNECTED;
    ConferenceInfoMedia *media = conference_info_add_media(endpoint, "1");
    media->type = g_strdup("message");
    media->status = is_muted ? CONFERENCE_INFO_MEDIA_RECVONLY : CONFERENCE_INFO_MEDIA_SENDRECV;
}

static ConferenceInfoDisconnection method_of(How how)
{
    if (how == HOW_KICKED || how == HOW_BANNED) {
        return CONFERENCE_INFO_DISCONNECTION_BOOTED;
    }
    return how == HOW_LOST ? CONFERENCE_INFO_DISCONNECTION_FAILED
                           : CONFERENCE_INFO_DISCONNECTION_DEPARTED;
}

static void disconnect(ConferenceInfoEndpoint *endpoint, ConferenceInfoDisconnection method,
                       const char *reason)
{
    endpoint->status = CONFERENCE_INFO_STATUS_DISCONNECTED;
    endpoint->disconnection_method = method;
    endpoint->disconnection_info.reason = g_strdup(reason);
}

// Whoever is none of ours has one endpoint, as far as a room tells.
static void add_endpoints(const ConferenceRoster *roster, ConferenceInfoUser *user,
                          const ConferenceOccupant *occupant, bool with_reals)
{
    guint count = occupant->devices != NULL ? occupant->devices->len : 0;
    for (guint i = 0; i < MAX(count, 1); i++) {
        const ConferenceDevice *device = count > 0 ? occupant->devices->pdata[i] : NULL;
        ConferenceInfoEndpoint *endpoint = add_endpoint(user, device);
        add_joining(roster, endpoint, device, with_reals);
        describe_endpoint(endpoint, occupant);
    }
}

// The occupant of a nick as it is now; one who is not there is deleted.
static void add_user(const ConferenceRoster *roster, ConferenceInfo *info, const char *nick,
                     bool with_reals)
{
    const ConferenceOccupant *occupant = conference_roster_find_named(roster, nick);
    g_autofree char *entity = conference_roster_uri(roster, nick);
    ConferenceInfoUser *user = conference_info_add_user(info, entity);
    if (occupant == NULL) {
        user->state = CONFERENCE_INFO_DELETED;
        return;
    }
    user->nickname = g_strdup(nick);
    user->display_text = g_strdup(nick);
    if (with_reals) {
        add_aors(conference_roster_route(roster), user, occupant->real);
    }
    add_roles(user, occupant);
    add_endpoints(roster, user, occupant, with_reals);
}

// Whoever left, with the devices he is known by (RFC 4575 5.7.6).
static void add_leaver(const ConferenceRoster *roster, ConferenceInfo *info,
                       const ConferenceLeaver *leaver)
{
    const GPtrArray *devices = leaver->occupant->devices;
    g_autofree char *entity = conference_roster_uri(roster, leaver->occupant->nick);
    ConferenceInfoUser *user = conference_info_add_user(info, entity);
    user->state = CONFERENCE_INFO_PARTIAL;
    for (guint i = 0; i < (devices != NULL ? devices->len : 1); i++) {
        ConferenceInfoEndpoint *endpoint =
            add_endpoint(user, devices != NULL ? devices->pdata[i] : NULL);
        disconnect(endpoint, method_of(leaver->departure->how), leaver->departure->text);
    }
}

static void add_users(const ConferenceRoster *roster, ConferenceInfo *info, const GPtrArray *nicks,
                      bool with_reals)
{
    for (guint i = 0; i < nicks->len; i++) {
        add_user(roster, info, nicks->pdata[i], with_reals);
    }
}

static void add_changes(const ConferenceRoster *roster, ConferenceInfo *info,
                        const ConferenceDifference *difference, bool with_reals)
{
    for (guint i = 0; i < difference->nicks->len; i++) {
        const char *nick = difference->nicks->pdata[i];
        const ConferenceLeaver *leaver = g_hash_table_lookup(difference->leavers, nick);
        if (leaver != NULL) {
            add_leaver(roster, info, leaver);
        } else {
            add_user(roster, info, nick, with_reals);
        }
    }
}

// Each is replaced as a whole by whoever reads it, and so told as a whole (RFC 4575 4.4).
static void add_description(const ConferenceRoster *roster, ConferenceInfo *info)
{
    const ConferenceAbout *about = conference_roster_about(roster);
    info->has_description = true;
    info->subject = g_strdup(about->subject);
    info->display_text = g_strdup(about->name);
    info->free_text = g_strdup(about->text);
    info->maximum_user_count = about->most > 0 ? (int64_t)about->most : -1;
}

static void add_conference_state(const ConferenceRoster *roster, ConferenceInfo *info)
{
    info->user_count = conference_roster_count(roster);
    info->active = CONFERENCE_INFO_FLAG_TRUE;
}

static void init(ConferenceInfo *info, const ConferenceRoster *roster, ConferenceInfoState state)
{
    g_autofree char *uri = conference_roster_uri(roster, NULL);
    conference_info_init(info, uri);
    info->state = state;
    info->users_state = state;
}

GBytes *conference_document_full(const ConferenceRoster *roster, bool with_reals)
{
    g_auto(ConferenceInfo) info;
    g_autoptr(GPtrArray) nicks =
        conference_roster_nicks(roster, conference_roster_named_max(roster));
    init(&info, roster, CONFERENCE_INFO_FULL);
    info.has_users = true;
    add_description(roster, &info);
    add_conference_state(roster, &info);
    add_users(roster, &info, nicks, with_reals);
    return conference_info_write(&info);
}

GBytes *conference_document_brief(const ConferenceRoster *roster)
{
    g_auto(ConferenceInfo) info;
    init(&info, roster, CONFERENCE_INFO_FULL);
    add_description(roster, &info);
    add_conference_state(roster, &info);
    return conference_info_write(&info);
}

GBytes *conference_document_partial(const ConferenceRoster *roster,
                                    const ConferenceDifference *difference, bool with_reals)
{
    g_auto(ConferenceInfo) info;
    init(&info, roster, CONFERENCE_INFO_PARTIAL);
    if (difference->about) {
        add_description(roster, &info);
    }
    if (difference->count) {
        add_conference_state(roster, &info);
    }
    add_changes(roster, &info, difference, with_reals);
    return conference_info_write(&info);
}

GBytes *conference_document_deleted(const ConferenceRoster *roster)
{
    g_auto(ConferenceInfo) info;
    init(&info, roster, CONFERENCE_INFO_DELETED);
    return conference_info_write(&info);
}

GBytes *conference_document_removed(const ConferenceRoster *roster, const char *nick,
                                    const ConferenceDevice *device, ConferenceRemoval removal,
                                    const char *text)
{
    g_auto(ConferenceInfo) info;
    g_autofree char *entity = conference_roster_uri(roster, nick);
    init(&info, roster, CONFERENCE_INFO_PARTIAL);
    ConferenceInfoUser *user = conference_info_add_user(&info, entity);
    user->state = CONFERENCE_INFO_PARTIAL;
    ConferenceInfoEndpoint *endpoint = add_endpoint(user, device);
    disconnect(endpoint,
               removal == CONFERENCE_DOCUMENT_BOOTED ? CONFERENCE_INFO_DISCONNECTION_BOOTED
                                                     : CONFERENCE_INFO_DISCONNECTION_FAILED,
               text);
    return conference_info_write(&info);
}

GBytes *conference_document_last(const ConferenceRoster *roster, const char *nick,
                                 const ConferenceDevice *device, int cause, const char *text)
{
    if (cause == 410) {
        return conference_document_deleted(roster);
    }
    if (cause < 300 || nick == NULL) {
        return NULL;
    }
    bool failed = cause >= 500 && cause < 600;
    return conference_document_removed(
        roster, nick, device, failed ? CONFERENCE_DOCUMENT_FAILED : CONFERENCE_DOCUMENT_BOOTED,
        text);
}

// The attribute of the root, which is written before anybody's text; its quotes cannot stand in a
// value.
char *conference_document_number(GBytes *document, uint32_t version)
{
    static const char none[] = " version=\"0\"";
    gsize size = 0;
    const char *text = g_bytes_get_data(document, &size);
    const char *place = g_strstr_len(text, (gssize)size, none);
    g_assert(place != NULL);
    gsize before = (gsize)(place - text);
    gsize after = before + strlen(none);
    return g_strdup_printf("%.*s version=\"%u\"%.*s", (int)before, text, version,
                           (int)(size - after), text + after);
}
