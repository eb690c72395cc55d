// SPDX-License-Identifier: MIT
// A room that we have just made; see the header.
#include "xmpp/muc_make.h"

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

struct MucMake {
    Wire *wire;    // borrowed
    Iq *iq;        // borrowed
    Address *room; // shared
    Address *self; // shared
    MucMakeDone done;
    void *done_self; // borrowed
};

static const struct {
    const char *var;
    const char *value;
} FIELDS[] = {
    {"FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"},
    {"muc#roomconfig_whois", "anyone"},
    {"muc#roomconfig_membersonly", "0"},
    {"muc#roomconfig_persistentroom", "0"},
    {"muc#roomconfig_publicroom", "0"},
    {"muc#roomconfig_allowinvites", "1"},
};

static void add_form(xmpp_stanza_t *form)
{
    for (size_t i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        xmpp_stanza_t *field = stanza_add(form, "field", NULL);
        stanza_set(field, "var", FIELDS[i].var);
        stanza_add_text(field, "value", NULL, FIELDS[i].value);
    }
}

// An empty form takes the room as the service makes it: the "instant room" of XEP-0045 10.1.2.
static bool submit(MucMake *make, bool is_instant, IqAnswer answer)
{
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(make->wire), "iq", address_jid(make->self),
                                       address_jid(make->room), "set", NULL);
    xmpp_stanza_t *query = stanza_add(stanza, "query", NS_MUC_OWNER);
    xmpp_stanza_t *form = stanza_add(query, "x", NS_DATA);
    stanza_set(form, "type", "submit");
    if (!is_instant)
        add_form(form);
    return iq_request(make->iq, stanza, wire_settings(make->wire)->T_join, answer, make, 0);
}

static bool is_error(xmpp_stanza_t *answer)
{
    return g_strcmp0(xmpp_stanza_get_type(answer), "error") == 0;
}

static void on_instant(void *self, uint64_t unused, xmpp_stanza_t *answer)
{
    MucMake *make = self;
    make->done(make->done_self, answer != NULL && !is_error(answer));
}

static void on_configured(void *self, uint64_t unused, xmpp_stanza_t *answer)
{
    MucMake *make = self;
    bool is_refused = answer != NULL && is_error(answer);
    if (is_refused && submit(make, true, on_instant))
        return;
    make->done(make->done_self, answer != NULL && !is_refused);
}

MucMake *muc_make_new(Wire *wire, Iq *iq, Address *room, Address *self, MucMakeDone done,
                      void *done_self)
{
    MucMake *make = g_new0(MucMake, 1);
    *make = (MucMake){.wire = wire, .iq = iq, .done = done, .done_self = done_self};
    make->room = address_ref(room);
    make->self = address_ref(self);
    return make;
}

bool muc_make_begin(MucMake *make)
{
    return submit(make, false, on_configured);
}

void muc_make_free(MucMake *make)
{
    if (make == NULL)
        return;
    iq_forget(make->iq, make);
    address_unref(make->room);
    address_unref(make->self);
    g_free(make);
}
