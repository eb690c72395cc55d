// SPDX-License-Identifier: MIT
// What the parts between the two sides cost, without sockets: the seam (an event made, routed, its
// commands made and freed), the ladder, the addresses, the ledger with one, ten and a hundred
// messages to a commit.
// One line per figure, `NAME: VALUE us`, CPU time per message.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/ladder.h"
#include "gateway/store.h"
#include "mapping/route.h"
#include "mapping/router.h"

#define USERS 1000
#define BODY  "This is a message of about one hundred octets, as people write them to each other, again."

typedef struct {
    Settings settings;
    Route *route;         // owned
    Router *router;       // owned
    Ladder *ladder;       // owned; NULL = not noted
    Address *x[USERS];    // shared
    Address *s[USERS];    // shared
    uint64_t refs;
    int messages;
} Middle;

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void say(const char *name, double started_us, int messages)
{
    printf("parts.%s: %.2f us\n", name, (cpu_us() - started_us) / messages);
    fflush(stdout);
}

// ---- the middle ---------------------------------------------------------------------------------

static void middle_init(Middle *middle, int messages)
{
    middle->settings = settings_defaults();
    middle->settings.chat_mode = CHAT_MODE_PAGE;
    middle->settings.rate_msg = middle->settings.rate_burst = 1000000;
    middle->route = route_new();
    route_add_component(middle->route, "sip.test", ROUTE_USERS, "sip.test");
    route_add_xmpp_domain(middle->route, "xmpp.test", ROUTE_USERS, "xmpp.test");
    middle->router = router_new(middle->route, &middle->settings);
    middle->messages = messages;
    for (int i = 0; i < USERS; i++) {
        g_autofree char *x = g_strdup_printf("u%d@xmpp.test", i);
        g_autofree char *s = g_strdup_printf("s%d@sip.test", i);
        middle->x[i] = address_from_jid(x);
        middle->s[i] = address_from_jid(s);
    }
}

static void middle_clear(Middle *middle)
{
    for (int i = 0; i < USERS; i++) {
        address_unref(middle->x[i]);
        address_unref(middle->s[i]);
    }
    router_free(middle->router);
    route_free(middle->route);
}

static void event_route(Middle *middle, Event *event, Outbox *outbox)
{
    event->at_ms = 1000;
    uint64_t session = router_dispatch(middle->router, event, outbox);
    if (middle->ladder == NULL)
        return;
    ladder_note_event(middle->ladder, session, event);
    for (guint i = 0; i < outbox->commands->len; i++)
        ladder_note_command(middle->ladder, g_ptr_array_index(outbox->commands, i), event->at_ms);
}

static void fail(const char *why)
{
    fprintf(stderr, "parts: %s\n", why);
    exit(1);
}

// The row of the line that the commands hand over.
static uint64_t row_of(const Outbox *outbox)
{
    for (guint i = 0; i < outbox->commands->len; i++) {
        const Command *command = g_ptr_array_index(outbox->commands, i);
        if (command->kind == COMMAND_MESSAGE)
            return command->f.row;
    }
    fail("a message was not handed over");
    return 0;
}

// A message that comes in, goes out and is answered: two turns of the middle.
static void message_pass(Middle *middle, int number, Side side)
{
    g_autoptr(Outbox) outbox = outbox_new();
    g_autoptr(Event) message = event_new(EVENT_MESSAGE, side);
    g_autoptr(Event) answer = event_new(EVENT_DELIVERY, side_other(side));
    g_autofree char *text = g_strdup_printf("%d " BODY, number);
    Address *x = middle->x[number % USERS], *s = middle->s[number % USERS];
    message->f.ref = side == SIDE_SIP ? ++middle->refs : 0;
    fields_set_address(&message->f.from, side == SIDE_SIP ? s : x);
    fields_set_address(&message->f.to, side == SIDE_SIP ? x : s);
    fields_set_text(&message->f.id, text);
    fields_set_text(&message->f.body, text);
    event_route(middle, message, outbox);
    answer->f.row = row_of(outbox);
    outbox_clear(outbox);
    event_route(middle, answer, outbox);
}

static void seam_measure(Middle *middle, const char *name, Side side)
{
    double started_us = cpu_us();
    for (int i = 0; i < middle->messages; i++)
        message_pass(middle, i, side);
    say(name, started_us, middle->messages);
}

// Sender and target of a request read, as every message from SIP needs it.
static void addresses_measure(Middle *middle)
{
    double started_us = cpu_us();
    for (int i = 0; i < middle->messages; i++) {
        g_autofree char *from = g_strdup_printf("sip:s%d@sip.test", i % USERS);
        g_autofree char *to = g_strdup_printf("sip:u%d@xmpp.test", i % USERS);
        address_unref(route_from_uri(middle->route, from, false, NULL, NULL));
        address_unref(route_from_uri(middle->route, to, true, NULL, NULL));
    }
    say("addresses", started_us, middle->messages);
}

// ---- the ledger ---------------------------------------------------------------------------------

static void row_store(Store *store, const Middle *middle, uint64_t row, How how)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Command) command = command_new(COMMAND_STORE, SIDE_XMPP);
    command->f.how = how;
    command->f.row = row;
    if (how == HOW_ROW_OPEN) {
        fields_set_address(&command->f.from, middle->s[row % USERS]);
        fields_set_address(&command->f.to, middle->x[row % USERS]);
        fields_set_text(&command->f.id, "z9hG4bK0123456789");
        fields_set_text(&command->f.body, BODY);
    }
    if (!store_execute(store, command, 1000, &error))
        fail(error->message);
}

static void turn_store(Store *store, const Middle *middle, uint64_t first, int count, How how)
{
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < count; i++)
        row_store(store, middle, first + (uint64_t)i, how);
    if (how == HOW_ROW_CLOSE)
        store_commit_soon(store);
    else if (!store_commit(store, &error))
        fail(error->message);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

// How long a turn waits for its commit, by the clock on the wall.
static void waits_say(const char *name, double *waits_us, size_t count)
{
    qsort(waits_us, count, sizeof *waits_us, by_value);
    printf("parts.%s.commit_p50: %.2f us\n", name, waits_us[count / 2]);
    printf("parts.%s.commit_p99: %.2f us\n", name, waits_us[count - 1 - count / 100]);
}

// Opened in one turn, closed in the next, `batch` messages to a turn.
static void ledger_measure(const Middle *middle, const char *directory, int batch)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("%s/%d", directory, batch);
    g_autofree char *name = g_strdup_printf("ledger.%d_to_a_commit", batch);
    g_autoptr(Store) store = store_open(path, false, &error);
    if (store == NULL)
        fail(error->message);
    size_t turns = 0;
    g_autofree double *waits_us = g_new(double, middle->messages / batch + 1);
    double started_us = cpu_us();
    for (int i = 0; i < middle->messages; i += batch) {
        double waits_from_us = (double)g_get_monotonic_time();
        turn_store(store, middle, (uint64_t)i + 1, batch, HOW_ROW_OPEN);
        waits_us[turns++] = (double)g_get_monotonic_time() - waits_from_us;
        turn_store(store, middle, (uint64_t)i + 1, batch, HOW_ROW_CLOSE);
    }
    say(name, started_us, middle->messages);
    waits_say(name, waits_us, turns);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: parts MESSAGES EMPTY_DIRECTORY\n");
        return 2;
    }
    Middle middle = {0};
    middle_init(&middle, atoi(argv[1]));
    seam_measure(&middle, "seam.s2x", SIDE_SIP);
    seam_measure(&middle, "seam.x2s", SIDE_XMPP);
    middle.ladder = ladder_new((guint)middle.settings.ladder_lines);
    seam_measure(&middle, "seam_with_ladder.s2x", SIDE_SIP);
    seam_measure(&middle, "seam_with_ladder.x2s", SIDE_XMPP);
    ladder_free(middle.ladder);
    addresses_measure(&middle);
    ledger_measure(&middle, argv[2], 1);
    ledger_measure(&middle, argv[2], 10);
    ledger_measure(&middle, argv[2], 100);
    middle_clear(&middle);
    return 0;
}
