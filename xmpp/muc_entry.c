// SPDX-License-Identifier: MIT
// Getting into a room; see the header.
#include "xmpp/muc_entry.h"

#include <string.h>

#include "mapping/nickname.h"
#include "xmpp/disco.h"
#include "xmpp/muc_presence.h"
#include "xmpp/namespaces.h"

// 7.4 JOIN: a room that is still locked is asked again; so is a full queue.
enum { RETRY_MS = 2000 };

struct MucEntry {
    Wire *wire;     // borrowed
    Iq *iq;         // borrowed
    Address *room;  // shared
    Address *self;  // shared
    char *nick;     // owned
    char *wanted;   // owned, what suffixes are put to
    char *first;    // owned, the one we have by ourselves
    char *password; // owned
    char *since;    // owned, of the history
    int conflicts;  // with the wanted nick and its variants
    bool is_making; // the room must be new
    bool has_asked_reserved;
    FailureReason waits_for; // the reason why it is tried again
    Deadline *patience;
    Deadline *retry;
    MucEntryFailed failed;
    void *failed_self; // borrowed
};

MucEntry *muc_entry_new(const MucEntryConfig *config)
{
    const Fields *fields = config->fields;
    MucEntry *entry = g_new0(MucEntry, 1);
    *entry = (MucEntry){.wire = config->wire,
                        .iq = config->iq,
                        .failed = config->failed,
                        .failed_self = config->failed_self};
    entry->room = address_ref(config->room);
    entry->self = address_ref(config->self);
    entry->is_making = fields->how == HOW_MAKE;
    entry->wanted = nickname_for(fields->nick, config->self);
    entry->first = g_strdup(entry->wanted);
    entry->nick = g_strdup(entry->wanted);
    entry->password = g_strdup(fields->password);
    entry->since = stanza_stamp(fields->stamp);
    return entry;
}

void muc_entry_free(MucEntry *entry)
{
    if (entry == NULL)
        return;
    muc_entry_stop(entry);
    address_unref(entry->room);
    address_unref(entry->self);
    g_free(entry->nick);
    g_free(entry->wanted);
    g_free(entry->first);
    g_free(entry->password);
    g_free(entry->since);
    g_free(entry);
}

void muc_entry_set_nick(MucEntry *entry, const char *nick)
{
    char *copy = g_strdup(nick);
    g_free(entry->nick);
    entry->nick = copy;
}

const char *muc_entry_first_nick(const MucEntry *entry)
{
    return entry->first;
}

void muc_entry_rename(MucEntry *entry, const char *nick)
{
    char *copy = g_strdup(nick);
    g_free(entry->wanted);
    entry->wanted = copy;
    entry->conflicts = 0;
    muc_entry_set_nick(entry, copy);
}

void muc_entry_set_room(MucEntry *entry, Address *room)
{
    address_unref(entry->room);
    entry->room = address_ref(room);
}

Address *muc_entry_occupant(const MucEntry *entry)
{
    return address_with_resource(entry->room, entry->nick);
}

static void try_now(void *self)
{
    MucEntry *entry = self;
    g_autoptr(Address) occupant = muc_entry_occupant(entry);
    xmpp_stanza_t *presence =
        muc_presence_enter(entry->wire, entry->self, occupant, entry->password, entry->since);
    if (wire_send(entry->wire, presence, WIRE_HOUSEKEEPING) == WIRE_FULL)
        deadlines_start(wire_deadlines(entry->wire), &entry->retry, RETRY_MS, try_now, entry);
}

static void fail(MucEntry *entry, How how, const StanzaError *error)
{
    muc_entry_stop(entry);
    entry->failed(entry->failed_self, how, error); // may free the entry
}

static void on_patience(void *self)
{
    MucEntry *entry = self;
    bool is_locked = entry->waits_for != FAILURE_NONE;
    fail(entry, HOW_TIMEOUT,
         &(StanzaError){.reason = is_locked ? entry->waits_for : FAILURE_REMOTE_SERVER_TIMEOUT});
}

void muc_entry_begin(MucEntry *entry, const char *since)
{
    if (since != NULL) {
        g_free(entry->since);
        entry->since = g_strdup(since);
    }
    entry->waits_for = FAILURE_NONE;
    entry->has_asked_reserved = false;
    deadlines_start(wire_deadlines(entry->wire), &entry->patience,
                    wire_settings(entry->wire)->T_join, on_patience, entry);
    try_now(entry);
}

void muc_entry_repeat(MucEntry *entry)
{
    try_now(entry);
}

void muc_entry_stop(MucEntry *entry)
{
    deadlines_stop(&entry->patience);
    deadlines_stop(&entry->retry);
    iq_forget(entry->iq, entry);
}

// MUC-B02; answers false when there is none left.
static bool take_next_nick(MucEntry *entry)
{
    const Settings *settings = wire_settings(entry->wire);
    if (settings->nick_conflict == NICK_CONFLICT_ERROR)
        return false;
    g_autofree char *nick = nickname_retry(entry->wanted, ++entry->conflicts, settings->nick_retry);
    if (nick != NULL)
        muc_entry_set_nick(entry, nick);
    return nick != NULL;
}

static void take_nick(MucEntry *entry, const char *nick)
{
    g_free(entry->first);
    entry->first = g_strdup(nick);
    muc_entry_rename(entry, nick);
}

static void on_reserved(void *self, uint64_t unused, xmpp_stanza_t *answer)
{
    MucEntry *entry = self;
    bool is_result = answer != NULL && g_strcmp0(xmpp_stanza_get_type(answer), "result") == 0;
    const char *nick = is_result ? disco_read_reserved_nick(answer) : NULL;
    g_autoptr(Address) occupant = address_with_resource(entry->room, nick);
    if (nick == NULL || occupant == NULL) {
        fail(entry, HOW_REFUSED, &(StanzaError){.reason = FAILURE_NOT_ACCEPTABLE});
        return;
    }
    take_nick(entry, nick);
    try_now(entry);
}

// XEP-0045 7.12; answers false when that was tried already.
static bool ask_reserved_nick(MucEntry *entry)
{
    if (entry->has_asked_reserved)
        return false;
    entry->has_asked_reserved = true;
    xmpp_stanza_t *query;
    xmpp_stanza_t *stanza = iq_get(entry->wire, address_jid(entry->self), address_jid(entry->room),
                                   "query", NS_DISCO_INFO, &query);
    stanza_set(query, "node", "x-roomuser-item");
    return iq_request(entry->iq, stanza, wire_settings(entry->wire)->T_disco, on_reserved, entry,
                      0);
}

// 6.3 (jid-malformed).
static bool take_fallback_nick(MucEntry *entry)
{
    g_autofree char *plain = nickname_for(NULL, entry->self);
    if (strcmp(entry->wanted, plain) == 0)
        return false;
    take_nick(entry, plain);
    return true;
}

// How a refusal is met: tried again now, tried again later, or for good.
typedef enum { AGAIN_NOW, AGAIN_LATER, ASKED, FOR_GOOD } Answer;

static Answer answer_to(MucEntry *entry, FailureReason reason, bool is_again)
{
    if (entry->is_making && !is_again) // a nick in use, a room locked: somebody is there
        return FOR_GOOD;
    if (reason == FAILURE_CONFLICT)
        return take_next_nick(entry) ? AGAIN_NOW : FOR_GOOD;
    if (reason == FAILURE_NOT_ACCEPTABLE)
        return ask_reserved_nick(entry) ? ASKED : FOR_GOOD;
    if (reason == FAILURE_JID_MALFORMED)
        return take_fallback_nick(entry) ? AGAIN_NOW : FOR_GOOD;
    return reason == FAILURE_ITEM_NOT_FOUND && !is_again ? AGAIN_LATER : FOR_GOOD;
}

// COMPAT(ejabberd 23): a room with all the occupants it takes says so in these words, and not by
// service-unavailable (XEP-0045 7.2.9).
static bool is_full(const StanzaError *error)
{
    return error->reason == FAILURE_RESOURCE_CONSTRAINT && error->text != NULL &&
           g_str_has_prefix(error->text, "Too many users in this conference");
}

void muc_entry_on_error(MucEntry *entry, xmpp_stanza_t *stanza, bool is_again)
{
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    if (is_full(&error))
        error.reason = FAILURE_SERVICE_UNAVAILABLE;
    switch (answer_to(entry, error.reason, is_again)) {
    case AGAIN_NOW: try_now(entry); break;
    case AGAIN_LATER:
        entry->waits_for = error.reason;
        deadlines_start(wire_deadlines(entry->wire), &entry->retry, RETRY_MS, try_now, entry);
        break;
    case ASKED: break;
    case FOR_GOOD: fail(entry, HOW_REFUSED, &error); break;
    }
}
