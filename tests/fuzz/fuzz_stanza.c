// SPDX-License-Identifier: MIT
// Any octets as stanzas, one a line, that come to one who is in a room, waits for an echo, a ping
// and an answer: no crash, what is sent upon them is XML with both addresses, no error is answered,
// and each event can be written down and read back. The word @ID@ stands for the id of what was
// sent last.
#include "mapping/notation.h"
#include "xmpp/stanza.h"
#include "xmpp/switchboard.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static xmpp_ctx_t *ctx;
static Settings settings;
static char *last_id;               // owned
static xmpp_stanza_t *unanswerable; // borrowed; an error or result that is being read, or NULL

static int64_t standing_clock(void)
{
    return 1000;
}

static void take_event(void *unused, Event *owned)
{
    g_autoptr(Event) event = owned;
    g_autofree char *line = notation_event_text(event), *why = NULL;
    g_autoptr(Event) again = notation_parse_event(line, &why);
    g_assert_nonnull(again);
    g_autofree char *same = notation_event_text(again);
    g_assert_cmpstr(line, ==, same);
}

static WireResult take_stanza(void *unused, const char *domain, xmpp_stanza_t *stanza, WireUse use)
{
    g_autofree char *text = stanza_to_text(stanza, NULL);
    g_autoptr(xmpp_stanza_t) back = xmpp_stanza_new_from_string(ctx, text);
    g_assert_nonnull(back);
    g_assert_nonnull(xmpp_stanza_get_from(back));
    g_assert_nonnull(xmpp_stanza_get_to(back));
    g_assert_true(g_str_equal(domain, "sip.test") || g_str_equal(domain, "conf.sip.test"));
    bool is_answer =
        unanswerable != NULL &&
        g_strcmp0(xmpp_stanza_get_name(back), xmpp_stanza_get_name(unanswerable)) == 0 &&
        g_strcmp0(xmpp_stanza_get_id(back), xmpp_stanza_get_id(unanswerable)) == 0 &&
        g_strcmp0(xmpp_stanza_get_to(back), xmpp_stanza_get_from(unanswerable)) == 0;
    g_assert_false(is_answer && g_strcmp0(xmpp_stanza_get_type(back), "error") == 0);
    g_free(last_id);
    last_id = g_strdup(xmpp_stanza_get_id(back));
    return WIRE_SENT;
}

static void tell(Switchboard *board, const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    g_assert_nonnull(command);
    switchboard_execute(board, command);
}

static void hear(Switchboard *board, const char *text)
{
    g_autoptr(xmpp_stanza_t) stanza = xmpp_stanza_new_from_string(ctx, text);
    if (stanza == NULL)
        return;
    const char *type = xmpp_stanza_get_type(stanza);
    bool has_answered = g_strcmp0(type, "error") == 0 || g_strcmp0(type, "result") == 0;
    unanswerable = has_answered ? stanza : NULL;
    switchboard_on_stanza(board, stanza);
    unanswerable = NULL;
}

static Wire *known_wire(void)
{
    Wire *wire = wire_new(&(WireConfig){.ctx = ctx,
                                        .settings = &settings,
                                        .sink = {NULL, take_event},
                                        .now_ms = standing_clock,
                                        .wall_ms = standing_clock,
                                        .send = take_stanza});
    wire_add_component(wire, "sip.test", XMPPGATE_USERS);
    wire_add_component(wire, "conf.sip.test", XMPPGATE_ROOMS);
    wire_add_served(wire, "xmpp.test", XMPPGATE_USERS);
    wire_add_served(wire, "rooms.xmpp.test", XMPPGATE_ROOMS);
    return wire;
}

static void set_the_scene(Switchboard *board)
{
    switchboard_on_link(board, "sip.test", true);
    tell(board, "xmpp enter-room leg=5 from=romeo@sip.test room=verona@rooms.xmpp.test nick=Omar");
    hear(board, "<presence from='verona@rooms.xmpp.test/Omar' to='romeo@sip.test/leg5'>"
                "<x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/>"
                "<status code='110'/></x></presence>");
    tell(board, "xmpp room-message leg=5 row=1 id=m1 body=hi");
    tell(board, "xmpp enter-room leg=6 from=romeo@sip.test room=mantua@rooms.xmpp.test nick=Omar");
    hear(board, "<presence from='nina@xmpp.test/pad' to='hall@conf.sip.test/Nina'>"
                "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
    tell(board, "xmpp answer-leg ref=1 leg=9 nick=Nina made=yes");
    tell(board, "xmpp room-roster how=joined room=hall@conf.sip.test nick=Nina role=moderator");
    tell(board, "xmpp room-roster how=joined room=hall@conf.sip.test nick=Ugo");
    tell(board, "xmpp admit leg=9");
    tell(board, "xmpp invite-to-room leg=10 room=hall@conf.sip.test to=pia@xmpp.test from=ugo@sip.test");
    tell(board, "xmpp message row=2 from=romeo@sip.test to=juliet@xmpp.test id=m2 body=hi");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (ctx == NULL) {
        ctx = xmpp_ctx_new(NULL, NULL);
        settings = settings_defaults();
    }
    Wire *wire = known_wire();
    Switchboard *board = switchboard_new(wire);
    set_the_scene(board);
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 16);
    for (size_t i = 0; lines[i] != NULL; i++) {
        g_autoptr(GString) line = g_string_new(lines[i]);
        g_string_replace(line, "@ID@", last_id != NULL ? last_id : "", 4);
        hear(board, line->str);
    }
    switchboard_on_link(board, "sip.test", false);
    switchboard_free(board);
    wire_free(wire);
    return 0;
}
