// SPDX-License-Identifier: MIT
// What we and our users can do; see the header.
#include "xmpp/disco.h"

#include <string.h>

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"

// Where this program is at home: the node of its capabilities (XEP-0115 4).
#define CAPS_NODE "https://mucsip.invalid/"

typedef struct {
    const char *category;
    const char *type;
    const char *name;            // NULL = none
    const char *const *features; // sorted, NULL-terminated
} Profile;

static const char *const GATEWAY_FEATURES[] = {NS_DISCO_INFO, NS_DISCO_ITEMS, NS_VERSION,
                                               NS_ESCAPING,   NS_PING,        NULL};
static const char *const ACCOUNT_FEATURES[] = {NS_DISCO_INFO, NULL};
static const char *const CLIENT_FEATURES[] = {NS_CAPS, NS_CHAT_STATES, NS_DISCO_INFO, NS_RECEIPTS,
                                              NULL};
static const char *const ROOMS_FEATURES[] = {NS_DISCO_INFO, NS_DISCO_ITEMS, NS_MUC, NS_MUC_STABLE_ID,
                                             NS_VERSION,    NS_PING,        NULL};

static const Profile GATEWAY = {"gateway", "simple", "SIP", GATEWAY_FEATURES};
static const Profile ROOMS = {"conference", "text", "SIP conferences", ROOMS_FEATURES};
static const Profile ACCOUNT = {"account", "registered", NULL, ACCOUNT_FEATURES};
static const Profile CLIENT = {"client", "phone", "SIP via gateway", CLIENT_FEATURES};

char *disco_caps_ver(const char *identity, const char *const features[])
{
    g_autoptr(GString) text = g_string_new(identity);
    g_string_append_c(text, '<');
    for (size_t i = 0; features[i] != NULL; i++)
        g_string_append_printf(text, "%s<", features[i]);
    guint8 digest[20];
    gsize length = sizeof digest;
    g_autoptr(GChecksum) sha1 = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sha1, (const guchar *)text->str, (gssize)text->len);
    g_checksum_get_digest(sha1, digest, &length);
    return g_base64_encode(digest, length);
}

static char *client_ver(void)
{
    g_autofree char *identity =
        g_strdup_printf("%s/%s//%s", CLIENT.category, CLIENT.type, CLIENT.name);
    return disco_caps_ver(identity, CLIENT.features);
}

void disco_add_caps(Wire *wire, xmpp_stanza_t *presence)
{
    g_autofree char *ver = client_ver();
    xmpp_stanza_t *caps = stanza_add(presence, "c", NS_CAPS);
    stanza_set(caps, "hash", "sha-1");
    stanza_set(caps, "node", CAPS_NODE);
    stanza_set(caps, "ver", ver);
}

static xmpp_stanza_t *result_new(xmpp_stanza_t *request)
{
    return stanza_new(xmpp_stanza_get_context(request), "iq", xmpp_stanza_get_to(request),
                      xmpp_stanza_get_from(request), "result",
                      stanza_attribute(request, "id", STANZA_ID_MAX));
}

static const Profile *profile_of(Wire *wire, Address *to, bool is_shown)
{
    if (address_local(to) == NULL)
        return wire_our_kind(wire, address_domain(to)) == XMPPGATE_ROOMS ? &ROOMS : &GATEWAY;
    if (address_resource(to) == NULL)
        return &ACCOUNT;
    return is_shown ? &CLIENT : NULL;
}

static bool is_known_node(const Profile *profile, const char *node)
{
    if (node == NULL)
        return true;
    g_autofree char *ver = client_ver();
    g_autofree char *caps = g_strconcat(CAPS_NODE, "#", ver, NULL);
    return profile == &CLIENT && strcmp(node, caps) == 0;
}

static xmpp_stanza_t *answer_info(xmpp_stanza_t *request, const Profile *profile,
                                  xmpp_stanza_t *asked)
{
    const char *node = xmpp_stanza_get_attribute(asked, "node");
    if (!is_known_node(profile, node))
        return stanza_error_reply(request, FAILURE_ITEM_NOT_FOUND, NULL);
    xmpp_stanza_t *result = result_new(request);
    xmpp_stanza_t *query = stanza_add(result, "query", NS_DISCO_INFO);
    stanza_set(query, "node", node);
    xmpp_stanza_t *identity = stanza_add(query, "identity", NULL);
    stanza_set(identity, "category", profile->category);
    stanza_set(identity, "type", profile->type);
    stanza_set(identity, "name", profile->name);
    for (size_t i = 0; profile->features[i] != NULL; i++)
        stanza_set(stanza_add(query, "feature", NULL), "var", profile->features[i]);
    return result;
}

static xmpp_stanza_t *answer_items(xmpp_stanza_t *request, xmpp_stanza_t *asked)
{
    if (xmpp_stanza_get_attribute(asked, "node") != NULL)
        return stanza_error_reply(request, FAILURE_ITEM_NOT_FOUND, NULL);
    xmpp_stanza_t *result = result_new(request);
    stanza_add(result, "query", NS_DISCO_ITEMS);
    return result;
}

static xmpp_stanza_t *answer_version(xmpp_stanza_t *request)
{
    xmpp_stanza_t *result = result_new(request);
    xmpp_stanza_t *query = stanza_add(result, "query", NS_VERSION);
    stanza_add_text(query, "name", NULL, "mucsip");
    stanza_add_text(query, "version", NULL, MUCSIP_VERSION);
    return result;
}

// A SIP user by the name he used last (EXT-22).
static xmpp_stanza_t *answer_vcard(Wire *wire, xmpp_stanza_t *request, Address *to)
{
    const char *nick = wire_settings(wire)->vcard_nick && address_local(to) != NULL
                           ? wire_find_nick(wire, address_bare(to))
                           : NULL;
    if (nick == NULL)
        return stanza_error_reply(request, FAILURE_SERVICE_UNAVAILABLE, NULL);
    xmpp_stanza_t *result = result_new(request);
    stanza_add_text(stanza_add(result, "vCard", NS_VCARD), "NICKNAME", NULL, nick);
    return result;
}

xmpp_stanza_t *disco_answer(Wire *wire, xmpp_stanza_t *request, Address *to, bool is_shown)
{
    const Profile *profile = profile_of(wire, to, is_shown);
    bool is_get = g_strcmp0(xmpp_stanza_get_type(request), "get") == 0;
    if (profile == NULL || !is_get)
        return stanza_error_reply(request, FAILURE_SERVICE_UNAVAILABLE, NULL);
    xmpp_stanza_t *asked = stanza_child(request, "query", NS_DISCO_INFO);
    if (asked != NULL)
        return answer_info(request, profile, asked);
    asked = stanza_child(request, "query", NS_DISCO_ITEMS);
    if (asked != NULL)
        return answer_items(request, asked);
    if (stanza_child(request, "ping", NS_PING) != NULL)
        return result_new(request);
    if (stanza_child(request, "query", NS_VERSION) != NULL)
        return answer_version(request);
    if (stanza_child(request, "vCard", NS_VCARD) != NULL)
        return answer_vcard(wire, request, to);
    return stanza_error_reply(request, FAILURE_SERVICE_UNAVAILABLE, NULL);
}

static void read_feature(DiscoRoom *room, const char *feature)
{
    room->is_room |= strcmp(feature, NS_MUC) == 0;
    room->has_password |= strcmp(feature, "muc_passwordprotected") == 0;
    room->is_hidden |= strcmp(feature, "muc_hidden") == 0;
    room->shows_reals |= strcmp(feature, "muc_nonanonymous") == 0;
}

static uint64_t number_of(const char *text)
{
    return text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
}

// A field of the form about the room (XEP-0045 15.5.4).
static bool read_field(void *self, xmpp_stanza_t *field)
{
    DiscoRoom *room = self;
    const char *var = xmpp_stanza_get_attribute(field, "var");
    g_autofree char *value = stanza_text(stanza_child(field, "value", NULL), STANZA_LINE_MAX);
    if (g_strcmp0(var, "muc#roominfo_description") == 0 && room->description == NULL)
        room->description = g_steal_pointer(&value);
    else if (g_strcmp0(var, "muc#roominfo_occupants") == 0)
        room->occupants = number_of(value);
    else if (g_strcmp0(var, "muc#roomconfig_maxusers") == 0)
        room->occupants_max = number_of(value);
    return true;
}

static bool read_of_room(void *self, xmpp_stanza_t *child)
{
    DiscoRoom *room = self;
    const char *feature = xmpp_stanza_get_attribute(child, "var");
    if (g_strcmp0(xmpp_stanza_get_attribute(child, "category"), "conference") == 0) {
        room->is_room = true;
        if (room->name == NULL)
            room->name = g_strdup(stanza_attribute(child, "name", STANZA_LINE_MAX));
    } else if (stanza_is(child, "x", NS_DATA, NULL)) {
        stanza_each_child(child, read_field, room);
    } else if (feature != NULL) {
        read_feature(room, feature);
    }
    return true;
}

void disco_read_room(xmpp_stanza_t *result, DiscoRoom *room)
{
    *room = (DiscoRoom){0};
    stanza_each_child(stanza_child(result, "query", NS_DISCO_INFO), read_of_room, room);
}

void disco_room_clear(DiscoRoom *room)
{
    g_clear_pointer(&room->name, g_free);
    g_clear_pointer(&room->description, g_free);
}

static bool find_nick(void *self, xmpp_stanza_t *child)
{
    const char **nick = self;
    if (g_strcmp0(xmpp_stanza_get_name(child), "identity") != 0)
        return true;
    *nick = stanza_attribute(child, "name", STANZA_LINE_MAX);
    return *nick == NULL;
}

const char *disco_read_reserved_nick(xmpp_stanza_t *result)
{
    const char *nick = NULL;
    stanza_each_child(stanza_child(result, "query", NS_DISCO_INFO), find_nick, &nick);
    return nick;
}
