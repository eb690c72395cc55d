// SPDX-License-Identifier: MIT
// What our rooms say, as stanzas; see the header.
#include "xmpp/room_stanza.h"

#include <string.h>

#include "xmpp/chat_extras.h"
#include "xmpp/namespaces.h"

// LIMIT: what an occupant says of itself, as elements and as octets of the whole.
enum { SHOWN_ELEMENTS_MAX = 16, SHOWN_OCTETS_MAX = 4096 };
// LIMIT: devices of one occupant that are shown.
enum { ITEMS_MAX = 16 };
// LIMIT: elements inside elements of a line that is given back.
enum { LANG_DEPTH_MAX = 16 };
// MUC-A09: an older line tells when it was written.
enum { OLD_MS = 10 * 1000 };
// MUC-A06: a SIP user has no resource, and a full address is asked for.
#define REAL_RESOURCE "sip"

// ---- presence -----------------------------------------------------------------------------------

static const char *one_of(const char *word, const char *const words[], const char *otherwise)
{
    for (size_t i = 0; word != NULL && words[i] != NULL; i++)
        if (strcmp(word, words[i]) == 0)
            return words[i];
    return otherwise;
}

static const char *role_of(const RoomPresence *presence)
{
    static const char *const ROLES[] = {"moderator", "visitor", NULL};
    bool stays = !presence->is_gone || presence->new_nick != NULL;
    return stays ? one_of(presence->role, ROLES, "participant") : "none";
}

static const char *affiliation_of(const RoomPresence *presence)
{
    static const char *const AFFILIATIONS[] = {"owner", "admin", "member", "outcast", NULL};
    return one_of(presence->affiliation, AFFILIATIONS, "none");
}

static void add_item(xmpp_stanza_t *x, const RoomPresence *presence, const Address *real)
{
    xmpp_stanza_t *item = stanza_add(x, "item", NULL);
    stanza_set(item, "affiliation", affiliation_of(presence));
    stanza_set(item, "role", role_of(presence));
    g_autoptr(Address) full = address_resource(real) == NULL
                                  ? address_with_resource(real, REAL_RESOURCE)
                                  : address_ref((Address *)real);
    stanza_set(item, "jid", address_jid(full));
    stanza_set(item, "nick", presence->new_nick);
    if (presence->actor != NULL)
        stanza_set(stanza_add(item, "actor", NULL), "nick", presence->actor);
    if (!presence->is_destroyed)
        stanza_add_text(item, "reason", NULL, presence->reason);
}

// MUC-A29: one occupant, an item for each of its devices.
static void add_items(xmpp_stanza_t *x, const RoomPresence *presence)
{
    add_item(x, presence, presence->real);
    guint count = presence->devices != NULL ? MIN(presence->devices->len, ITEMS_MAX) : 0;
    for (guint i = 0; i < count; i++)
        if (!address_equal(presence->devices->pdata[i], presence->real))
            add_item(x, presence, presence->devices->pdata[i]);
}

static void add_destroy(xmpp_stanza_t *x, const RoomPresence *presence)
{
    xmpp_stanza_t *destroy = stanza_add(x, "destroy", NULL);
    stanza_set(destroy, "jid", address_bare(presence->venue));
    stanza_add_text(destroy, "reason", NULL, presence->reason);
}

static void add_shown(xmpp_stanza_t *stanza, xmpp_stanza_t *shown)
{
    xmpp_stanza_t *child = shown != NULL ? xmpp_stanza_get_children(shown) : NULL;
    for (; child != NULL; child = xmpp_stanza_get_next(child))
        xmpp_stanza_add_child_ex(stanza, xmpp_stanza_copy(child), 0);
}

xmpp_stanza_t *room_stanza_presence(Wire *wire, const RoomPresence *presence)
{
    g_autoptr(Address) from = address_with_resource(presence->room, presence->nick);
    xmpp_stanza_t *stanza =
        stanza_new(wire_ctx(wire), "presence", address_jid(from), address_jid(presence->to),
                   presence->is_gone ? "unavailable" : NULL, presence->id);
    add_shown(stanza, presence->shown);
    if (presence->is_away && !presence->is_gone && presence->shown == NULL)
        stanza_add_text(stanza, "show", NULL, "away");
    stanza_add_text(stanza, "status", NULL, presence->status);
    xmpp_stanza_t *x = stanza_add(stanza, "x", NS_MUC_USER);
    add_items(x, presence);
    if (presence->is_destroyed)
        add_destroy(x, presence);
    for (size_t i = 0; i < ROOM_STANZA_CODES_MAX; i++) {
        if (presence->codes[i] == 0)
            continue;
        g_autofree char *code = g_strdup_printf("%d", presence->codes[i]);
        stanza_set(stanza_add(x, "status", NULL), "code", code);
    }
    return stanza;
}

int room_stanza_code(How how)
{
    static const struct {
        How how;
        int code;
    } CODES[] = {{HOW_BANNED, 301},  {HOW_RENAMED, 303},  {HOW_KICKED, 307},
                 {HOW_REMOVED, 321}, {HOW_SHUTDOWN, 332}, {HOW_LOST, 333}};
    for (size_t i = 0; i < G_N_ELEMENTS(CODES); i++)
        if (CODES[i].how == how)
            return CODES[i].code;
    return 0;
}

typedef struct {
    xmpp_stanza_t *from; // borrowed
    xmpp_stanza_t *into; // borrowed
    int count;
} Showing;

static bool show_child(void *self, xmpp_stanza_t *child)
{
    Showing *showing = self;
    const char *ns = xmpp_stanza_get_ns(child), *name = xmpp_stanza_get_name(child);
    if (g_strcmp0(ns, xmpp_stanza_get_ns(showing->from)) == 0) {
        static const char *const OWN[] = {"show", "status", "priority", NULL};
        g_autofree char *text = stanza_text(child, SHOWN_OCTETS_MAX);
        if (one_of(name, OWN, NULL) != NULL)
            stanza_add_text(showing->into, name, NULL, text);
    } else if (ns != NULL && !g_str_has_prefix(ns, NS_MUC)) {
        xmpp_stanza_add_child_ex(showing->into, xmpp_stanza_copy(child), 0);
    }
    return ++showing->count < SHOWN_ELEMENTS_MAX;
}

xmpp_stanza_t *room_stanza_shown(xmpp_stanza_t *presence)
{
    xmpp_stanza_t *shown = xmpp_stanza_new(xmpp_stanza_get_context(presence));
    xmpp_stanza_set_name(shown, "shown");
    Showing showing = {presence, shown, 0};
    stanza_each_child(presence, show_child, &showing);
    size_t octets = 0;
    g_free(stanza_to_text(shown, &octets));
    if (xmpp_stanza_get_children(shown) != NULL && octets <= SHOWN_OCTETS_MAX)
        return shown;
    xmpp_stanza_release(shown);
    return NULL;
}

// ---- messages -----------------------------------------------------------------------------------

static void add_delay(xmpp_stanza_t *stanza, Address *room, int64_t ms)
{
    g_autofree char *stamp = stanza_stamp_from_ms(ms);
    xmpp_stanza_t *delay = stanza_add(stanza, "delay", NS_DELAY);
    stanza_set(delay, "from", address_bare(room));
    stanza_set(delay, "stamp", stamp);
}

// All who hear a line are told the same id (XEP-0359 3).
static void add_stanza_id(Wire *wire, xmpp_stanza_t *stanza, Address *room, const char *known)
{
    g_autofree char *id = known != NULL ? g_strdup(known) : wire_id(wire);
    xmpp_stanza_t *stable = stanza_add(stanza, "stanza-id", NS_STANZA_IDS);
    stanza_set(stable, "by", address_bare(room));
    stanza_set(stable, "id", id);
}

bool room_stanza_is_old(Wire *wire, const Fields *fields)
{
    int64_t ms = stanza_stamp_ms(fields->stamp);
    return ms >= 0 && (fields->history || wire_wall_ms(wire) - ms > OLD_MS);
}

xmpp_stanza_t *room_stanza_line(Wire *wire, Address *room, const char *nick, Address *to,
                                const char *id, const Fields *fields)
{
    g_autoptr(Address) from =
        nick != NULL ? address_with_resource(room, nick) : address_to_bare(room);
    xmpp_stanza_t *stanza =
        stanza_new(wire_ctx(wire), "message", address_jid(from), address_jid(to),
                   fields->private ? "chat" : "groupchat", id);
    stanza_set(stanza, "xml:lang", fields->lang);
    stanza_add_text(stanza, "subject", NULL, fields->subject);
    stanza_add_text(stanza, "body", NULL, fields->body);
    chat_extras_write(wire, stanza, fields);
    if (fields->private)
        stanza_add(stanza, "x", NS_MUC_USER);
    else if (fields->body != NULL)
        add_stanza_id(wire, stanza, room, fields->stable);
    if (room_stanza_is_old(wire, fields))
        add_delay(stanza, room, stanza_stamp_ms(fields->stamp));
    return stanza;
}

// The library reads xml:lang as `lang`; what is given back is spelled as it was sent.
static void spell_lang(xmpp_stanza_t *element, int depth)
{
    const char *lang = stanza_lang(element);
    if (lang != NULL) {
        stanza_set(element, "xml:lang", lang);
        xmpp_stanza_del_attribute(element, "lang");
    }
    xmpp_stanza_t *child = depth < LANG_DEPTH_MAX ? xmpp_stanza_get_children(element) : NULL;
    for (; child != NULL; child = xmpp_stanza_get_next(child))
        if (xmpp_stanza_is_tag(child))
            spell_lang(child, depth + 1);
}

typedef struct {
    xmpp_stanza_t *echo; // borrowed
    Address *room;       // borrowed
} Echoing;

// XEP-0359: an id that claims to be the room's was not given by it.
static bool is_forged(const Echoing *echoing, xmpp_stanza_t *child)
{
    if (!stanza_is(child, "stanza-id", NS_STANZA_IDS, NULL))
        return false;
    g_autoptr(Address) by = address_from_jid(stanza_attribute(child, "by", STANZA_JID_MAX));
    return address_equal_bare(by, echoing->room);
}

static bool give_back(void *self, xmpp_stanza_t *child)
{
    Echoing *echoing = self;
    if (is_forged(echoing, child))
        return true;
    xmpp_stanza_t *copy = xmpp_stanza_copy(child);
    spell_lang(copy, 0);
    xmpp_stanza_add_child_ex(echoing->echo, copy, 0);
    return true;
}

xmpp_stanza_t *room_stanza_echo(Wire *wire, Address *room, const char *nick, xmpp_stanza_t *sent,
                                const char *stable)
{
    g_autoptr(Address) from = address_with_resource(room, nick);
    xmpp_stanza_t *echo =
        stanza_new(wire_ctx(wire), "message", address_jid(from), xmpp_stanza_get_from(sent),
                   "groupchat", stanza_attribute(sent, "id", STANZA_ID_MAX));
    if (xmpp_stanza_get_ns(sent) != NULL)
        xmpp_stanza_set_ns(echo, xmpp_stanza_get_ns(sent)); // what it holds inherits that
    stanza_set(echo, "xml:lang", stanza_lang(sent));
    Echoing echoing = {echo, room};
    stanza_each_child(sent, give_back, &echoing);
    add_stanza_id(wire, echo, room, stable);
    return echo;
}

xmpp_stanza_t *room_stanza_subject(Wire *wire, Address *room, Address *to, const char *subject,
                                   int64_t changed_ms)
{
    g_autofree char *id = wire_id(wire);
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(wire), "message", address_bare(room),
                                       address_jid(to), "groupchat", id);
    stanza_add_text(stanza, "subject", NULL, subject != NULL ? subject : "");
    if (changed_ms != 0)
        add_delay(stanza, room, changed_ms);
    return stanza;
}

xmpp_stanza_t *room_stanza_code_message(Wire *wire, Address *room, Address *to, int code)
{
    g_autofree char *id = wire_id(wire), *number = g_strdup_printf("%d", code);
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(wire), "message", address_bare(room),
                                       address_jid(to), "groupchat", id);
    xmpp_stanza_t *x = stanza_add(stanza, "x", NS_MUC_USER);
    stanza_set(stanza_add(x, "status", NULL), "code", number);
    return stanza;
}

// ---- errors -------------------------------------------------------------------------------------

static void repeat_subject(xmpp_stanza_t *reply, xmpp_stanza_t *stanza)
{
    g_autofree char *subject =
        stanza_text(stanza_child(stanza, "subject", NULL), STANZA_LINE_MAX);
    stanza_add_text(reply, "subject", NULL, subject != NULL ? subject : "");
}

xmpp_stanza_t *room_stanza_error(xmpp_stanza_t *stanza, const Address *from, Address *room,
                                 const RoomRefusal *refusal)
{
    const char *name = xmpp_stanza_get_name(stanza);
    xmpp_stanza_t *reply =
        stanza_new(xmpp_stanza_get_context(stanza), name,
                   from != NULL ? address_jid(from) : xmpp_stanza_get_to(stanza),
                   xmpp_stanza_get_from(stanza), "error",
                   stanza_attribute(stanza, "id", STANZA_ID_MAX));
    if (strcmp(name, "presence") == 0)
        stanza_add(reply, "x", NS_MUC);
    if (strcmp(name, "message") == 0 && stanza_child(stanza, "body", NULL) == NULL &&
        stanza_child(stanza, "subject", NULL) != NULL)
        repeat_subject(reply, stanza);
    stanza_error_add(reply, refusal->reason, refusal->text, refusal->target);
    xmpp_stanza_t *error = stanza_child(reply, "error", NULL);
    stanza_set(error, "by", address_bare(room));
    stanza_set(error, "type", refusal->type);
    return reply;
}

RoomRefusal room_stanza_refusal(const Fields *fields, char **words)
{
    RoomRefusal refusal = {.reason = fields->failure, .target = fields->real};
    *words = g_strdup(fields->text);
    if (fields->status != 0) {
        refusal.reason = failure_join_from_status((int)fields->status, fields->real != NULL);
        refusal.type = failure_join_type(refusal.reason, (int)fields->status);
        if (*words == NULL)
            *words = failure_text_from_status((int)fields->status, NULL);
    }
    if (refusal.reason == FAILURE_NONE)
        refusal.reason = FAILURE_SERVICE_UNAVAILABLE;
    refusal.text = *words;
    return refusal;
}
