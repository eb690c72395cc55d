// SPDX-License-Identifier: MIT
// Any lines as notation: what is taken as an event or a command comes back as it went; and the
// events, in whatever order, leave the middle with indexes that agree.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mapping/notation.h"
#include "mapping/route.h"
#include "mapping/router.h"
#include "mapping/session_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_command(const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    g_assert_true((command == NULL) == (why != NULL));
    if (command == NULL)
        return;
    g_autofree char *text = notation_command_text(command);
    g_autoptr(Command) back = notation_parse_command(text, &why);
    g_assert_nonnull(back);
    g_autofree char *again = notation_command_text(back);
    g_assert_cmpstr(text, ==, again);
}

static Event *try_event(const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Event) event = notation_parse_event(line, &why);
    g_assert_true((event == NULL) == (why != NULL));
    if (event == NULL)
        return NULL;
    g_autofree char *text = notation_event_text(event);
    Event *back = notation_parse_event(text, &why);
    g_assert_nonnull(back);
    g_autofree char *again = notation_event_text(back);
    g_assert_cmpstr(text, ==, again);
    return back;
}

static void play(Router *router, const char *line, int64_t now_ms)
{
    g_autoptr(Event) event = try_event(line);
    if (event == NULL)
        return;
    g_autoptr(Outbox) outbox = outbox_new();
    event->at_ms = now_ms;
    router_dispatch(router, event, outbox);
    session_map_check(router_sessions(router));
}

static Route *known_route(void)
{
    Route *route = route_new();
    route_add_component(route, "sip.test", ROUTE_USERS, "sip.test");
    route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test");
    route_add_xmpp_domain(route, "muc.xmpp.test", ROUTE_ROOMS, "muc.xmpp.test");
    return route;
}

// Surprises are logged; a fuzzer has enough to say without them.
static void hush(const char *domain, GLogLevelFlags level, const char *message, gpointer unused)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_log_set_handler("mucsip", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO, hush, NULL);
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(Route) route = known_route();
    const Settings settings = settings_defaults();
    g_autoptr(Router) router = router_new(route, &settings);
    for (int i = 0; lines[i] != NULL; i++) {
        try_command(lines[i]);
        play(router, lines[i], 1000 * i);
    }
    return 0;
}
