// SPDX-License-Identifier: MIT
// A turn that never ends, around one session.
#include "tests/support/kit.h"

#include <check.h>

#include "mapping/links.h"
#include "mapping/notation.h"
#include "mapping/recovery.h"
#include "mapping/requests.h"

static Address *address(const char *jid)
{
    Address *made = address_from_jid(jid);
    g_assert(made != NULL);
    return made;
}

Kit *kit_new(void)
{
    Kit *kit = g_new0(Kit, 1);
    kit->settings = settings_defaults();
    kit->turn = (Turn){.sessions = session_map_new(),
                       .pages = page_queues_new(),
                       .peers = peer_memory_new(),
                       .receipts = receipts_new(),
                       .requests = requests_new(),
                       .recovery = recovery_new(),
                       .links = links_new(),
                       .settings = &kit->settings,
                       .counters = &kit->counters,
                       .outbox = outbox_new(),
                       .happenings = &kit->happenings,
                       .now_ms = 1000};
    g_autoptr(Address) x = address("juliet@xmpp.test");
    g_autoptr(Address) s = address("romeo@sip.test");
    kit->session = session_map_open(kit->turn.sessions, x, s, kit->turn.now_ms);
    return kit;
}

void kit_free(Kit *kit)
{
    if (kit == NULL)
        return;
    session_map_free(kit->turn.sessions);
    page_queues_free(kit->turn.pages);
    peer_memory_free(kit->turn.peers);
    receipts_free(kit->turn.receipts);
    requests_free(kit->turn.requests);
    recovery_free(kit->turn.recovery);
    links_free(kit->turn.links);
    outbox_free(kit->turn.outbox);
    g_queue_clear_full(&kit->happenings, g_free);
    g_free(kit);
}

char *kit_said(Kit *kit)
{
    GString *said = g_string_new(NULL);
    for (guint i = 0; i < kit->turn.outbox->commands->len; i++) {
        Command *command = g_ptr_array_index(kit->turn.outbox->commands, i);
        if (command->kind == COMMAND_TIMER)
            continue;
        command->f.session = 0;
        if (said->len > 0)
            g_string_append_c(said, '\n');
        notation_print_command(command, true, said);
    }
    outbox_clear(kit->turn.outbox);
    kit->turn.opened = NULL;
    return g_string_free(said, FALSE);
}

void kit_expect(Kit *kit, const char *said)
{
    session_map_check(kit->turn.sessions);
    g_autofree char *have = kit_said(kit);
    ck_assert_str_eq(have, said);
}

Event *kit_event(const char *notation)
{
    char *why = NULL;
    Event *event = notation_parse_event(notation, &why);
    if (event == NULL)
        ck_abort_msg("%s: %s", notation, why);
    return event;
}

Line *kit_line(Kit *kit, const char *notation, LineClass class)
{
    g_autoptr(Event) event = kit_event(notation);
    Line *line = lines_new(event, class);
    line->row = turn_next_row(&kit->turn);
    session_map_line_waits(kit->turn.sessions, kit->session, line);
    return line;
}
