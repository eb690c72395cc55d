// SPDX-License-Identifier: MIT
// The XMPP side without sockets; see the header.
#include "tests/support/xmpp_stage.h"

#include <check.h>
#include <string.h>

#include "mapping/notation.h"
#include "tests/support/stanza_match.h"
#include "xmpp/stanza.h"

struct XmppStage {
    xmpp_ctx_t *ctx; // owned
    Settings settings;
    Wire *wire;         // owned
    Switchboard *board; // owned
    GQueue events;      // owned Event *
    GQueue sent;        // owned char * XML
    bool is_linked;
    bool is_full;
};

static int64_t clock_ms; // of the one stage that a test has

static int64_t now_ms(void)
{
    return clock_ms;
}

static int64_t wall_ms(void)
{
    return (int64_t)XMPP_STAGE_START_S * 1000 + clock_ms;
}

static void take_event(void *self, Event *owned)
{
    g_queue_push_tail(&((XmppStage *)self)->events, owned);
}

static WireResult take_stanza(void *self, const char *domain, xmpp_stanza_t *stanza, WireUse use)
{
    XmppStage *stage = self;
    ck_assert(wire_is_ours(stage->wire, domain));
    ck_assert_msg(xmpp_stanza_get_from(stanza) != NULL && xmpp_stanza_get_to(stanza) != NULL,
                  "from and to on every stanza");
    if (!stage->is_linked)
        return WIRE_DOWN;
    if (stage->is_full && use == WIRE_LINE)
        return WIRE_FULL;
    g_queue_push_tail(&stage->sent, stanza_to_text(stanza, NULL));
    return WIRE_SENT;
}

XmppStage *xmpp_stage_new(void)
{
    XmppStage *stage = g_new0(XmppStage, 1);
    clock_ms = 1000;
    stage->ctx = xmpp_ctx_new(NULL, NULL);
    stage->settings = settings_defaults();
    stage->wire = wire_new(&(WireConfig){.ctx = stage->ctx,
                                         .settings = &stage->settings,
                                         .sink = {stage, take_event},
                                         .now_ms = now_ms,
                                         .wall_ms = wall_ms,
                                         .send = take_stanza,
                                         .send_self = stage});
    ck_assert(wire_add_component(stage->wire, "sip.test", XMPPGATE_USERS));
    ck_assert(wire_add_component(stage->wire, "conf.sip.test", XMPPGATE_ROOMS));
    ck_assert(wire_add_served(stage->wire, "xmpp.test", XMPPGATE_USERS));
    ck_assert(wire_add_served(stage->wire, "rooms.xmpp.test", XMPPGATE_ROOMS));
    stage->board = switchboard_new(stage->wire);
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=sip.test");
    return stage;
}

static void free_event(void *event)
{
    event_free(event);
}

void xmpp_stage_free(XmppStage *stage)
{
    if (stage == NULL)
        return;
    switchboard_free(stage->board);
    wire_free(stage->wire);
    g_queue_clear_full(&stage->events, free_event);
    g_queue_clear_full(&stage->sent, g_free);
    xmpp_ctx_free(stage->ctx);
    g_free(stage);
}

Settings *xmpp_stage_settings(XmppStage *stage)
{
    return &stage->settings;
}

Wire *xmpp_stage_wire(XmppStage *stage)
{
    return stage->wire;
}

// The stanza as it stands in the stream: in the namespace of components.
static char *in_stream(const char *text)
{
    size_t name = strcspn(text, " />");
    return g_strdup_printf("%.*s xmlns='" XMPP_NS_COMPONENT "'%s", (int)name, text, text + name);
}

void xmpp_stage_hear(XmppStage *stage, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *whole = in_stream(text);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(stage->ctx, whole);
    ck_assert_msg(stanza != NULL, "no XML: %s", whole);
    switchboard_on_stanza(stage->board, stanza);
    xmpp_stanza_release(stanza);
}

void xmpp_stage_tell(XmppStage *stage, const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s: %s", line, why);
    switchboard_execute(stage->board, command);
}

void xmpp_stage_expect_event(XmppStage *stage, const char *line)
{
    g_autoptr(Event) event = g_queue_pop_head(&stage->events);
    ck_assert_msg(event != NULL, "expected %s, but nothing happened", line);
    g_autofree char *actual = notation_event_text(event);
    ck_assert_msg(g_pattern_match_simple(line, actual), "expected %s\n     got %s", line, actual);
}

int64_t xmpp_stage_event_age_ms(XmppStage *stage)
{
    const Event *event = g_queue_peek_head(&stage->events);
    ck_assert_ptr_nonnull(event);
    return clock_ms - event->at_ms;
}

void xmpp_stage_expect_stanza(XmppStage *stage, const char *xml)
{
    g_autofree char *actual = g_queue_pop_head(&stage->sent);
    ck_assert_msg(actual != NULL, "expected %s, but nothing was sent", xml);
    g_autofree char *why = NULL;
    ck_assert_msg(stanza_match(stage->ctx, xml, actual, &why), "%s\nexpected %s\n     got %s", why,
                  xml, actual);
}

char *xmpp_stage_take_id(XmppStage *stage, const char *name)
{
    g_autofree char *text = g_queue_pop_head(&stage->sent);
    ck_assert_msg(text != NULL, "expected %s, but nothing was sent", name);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(stage->ctx, text);
    ck_assert_str_eq(xmpp_stanza_get_name(stanza), name);
    char *id = g_strdup(xmpp_stanza_get_id(stanza));
    xmpp_stanza_release(stanza);
    return id;
}

void xmpp_stage_expect_ping(XmppStage *stage, const char *host)
{
    const char *next = g_queue_peek_head(&stage->sent);
    ck_assert_msg(next != NULL && strstr(next, "urn:xmpp:ping") != NULL, "a ping, got %s",
                  next != NULL ? next : "nothing");
    g_autofree char *to = g_strdup_printf("to=\"%s\"", host);
    ck_assert_msg(strstr(next, to) != NULL, "a ping to %s, got %s", host, next);
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_hear(stage, "<iq type='result' from='%s' to='sip.test' id='%s'/>", host, id);
}

void xmpp_stage_quiet(XmppStage *stage)
{
    Event *event = g_queue_peek_head(&stage->events);
    g_autofree char *text = event != NULL ? notation_event_text(event) : NULL;
    ck_assert_msg(event == NULL, "unexpected event %s", text);
    const char *sent = g_queue_peek_head(&stage->sent);
    ck_assert_msg(sent == NULL, "unexpected stanza %s", sent);
}

void xmpp_stage_pass(XmppStage *stage, int64_t ms)
{
    int64_t end = clock_ms + ms;
    while (clock_ms < end) { // in steps, so that what follows upon a deadline is timed from there
        clock_ms = MIN(clock_ms + 100, end);
        deadlines_run(wire_deadlines(stage->wire));
    }
}

void xmpp_stage_link_of(XmppStage *stage, const char *domain, bool is_up)
{
    stage->is_linked = is_up;
    switchboard_on_link(stage->board, domain, is_up);
}

void xmpp_stage_link(XmppStage *stage, bool is_up)
{
    xmpp_stage_link_of(stage, "sip.test", is_up);
}

void xmpp_stage_leave_rooms(XmppStage *stage, const char *status)
{
    switchboard_leave_rooms(stage->board, status);
}

void xmpp_stage_pause(XmppStage *stage, bool is_paused)
{
    switchboard_pause(stage->board, is_paused);
}

void xmpp_stage_fill(XmppStage *stage, bool is_full)
{
    stage->is_full = is_full;
}
