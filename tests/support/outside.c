// SPDX-License-Identifier: MIT
// A model of both gates: legs, rows and requests that are open, and what may happen to each.
#include "tests/support/outside.h"

#include "mapping/notation.h"
#include "mapping/route.h"
#include "mapping/session_map.h"

enum {
    TOLD_MAX = 2000,   // lines of the story kept for the case of a breach
    REST_ROUNDS = 400, // rounds of answers and timers within which a story has to come to rest
    REST_MS = 20000,
};

typedef enum { LEG_CHAT, LEG_PARTY, LEG_HOME } LegKind;
typedef enum { LEG_ASKED, LEG_IS_UP, LEG_WITHDRAWN } LegStage;

typedef struct {
    uint64_t number;
    LegKind kind;
    LegStage stage;
} OutsideLeg;

typedef struct {
    uint64_t row;
    uint64_t leg; // 0 = none
    Side side;
} OutsideRow;

typedef struct {
    int64_t due_ms;
    uint64_t session, number;
    How how;
} OutsideTimer;

// A request of ours that waits: content or an offer from SIP, an invitation from XMPP.
typedef enum {
    REQUEST_PAGE,
    REQUEST_SEND,
    REQUEST_REPORT,
    REQUEST_OFFER,
    REQUEST_INVITE
} RequestKind;

typedef struct {
    uint64_t ref;
    RequestKind kind;
} OutsideRequest;

struct Outside {
    GRand *rand;
    Route *route;
    Settings settings;
    Router *router;
    int64_t now_ms;
    GPtrArray *legs;    // owned OutsideLeg
    GArray *rows;       // OutsideRow handed over, not answered
    GArray *timers;     // OutsideTimer
    GArray *requests;   // OutsideRequest
    GHashTable *ledger; // open rows
    uint64_t last_leg, last_row, last_ref, last_id;
    GQueue told; // owned char *
    bool rests;  // the story is coming to its end
};

// --- keeping the story

static void tell_line(Outside *outside, const char *sign, char *line)
{
    g_queue_push_tail(&outside->told, g_strconcat(sign, line, NULL));
    g_free(line);
    if (outside->told.length > TOLD_MAX)
        g_free(g_queue_pop_head(&outside->told));
}

static void demand(const Outside *outside, bool holds, const char *what)
{
    if (holds)
        return;
    for (const GList *at = outside->told.head; at != NULL; at = at->next)
        g_printerr("# %s\n", (const char *)at->data);
    g_error("the contract is broken: %s", what);
}

static int below(Outside *outside, int limit)
{
    return g_rand_int_range(outside->rand, 0, limit);
}

// --- what is open

static OutsideLeg *leg_find(const Outside *outside, uint64_t number)
{
    for (guint i = 0; i < outside->legs->len; i++) {
        OutsideLeg *leg = g_ptr_array_index(outside->legs, i);
        if (leg->number == number)
            return leg;
    }
    return NULL;
}

static void leg_add(Outside *outside, const Command *command, LegKind kind)
{
    demand(outside, command->f.leg > outside->last_leg, "a leg number is used twice");
    outside->last_leg = command->f.leg;
    OutsideLeg *leg = g_new0(OutsideLeg, 1);
    leg->number = command->f.leg;
    leg->kind = kind;
    g_ptr_array_add(outside->legs, leg);
}

static void rows_of_leg_drop(Outside *outside, uint64_t number)
{
    for (guint i = outside->rows->len; i-- > 0;)
        if (g_array_index(outside->rows, OutsideRow, i).leg == number)
            g_array_remove_index(outside->rows, i);
}

static void leg_drop(Outside *outside, OutsideLeg *leg)
{
    rows_of_leg_drop(outside, leg->number);
    g_ptr_array_remove(outside->legs, leg);
}

static int request_find(const Outside *outside, uint64_t ref)
{
    for (guint i = 0; i < outside->requests->len; i++)
        if (g_array_index(outside->requests, OutsideRequest, i).ref == ref)
            return (int)i;
    return -1;
}

static uint64_t request_add(Outside *outside, RequestKind kind)
{
    OutsideRequest request = {++outside->last_ref, kind};
    g_array_append_val(outside->requests, request);
    return request.ref;
}

// An answer ends the request; only an accepted SEND has its REPORT still to come.
static void request_answered(Outside *outside, uint64_t ref, CommandKind by)
{
    int index = request_find(outside, ref);
    demand(outside, index >= 0, "a request is answered that was not open");
    OutsideRequest *request = &g_array_index(outside->requests, OutsideRequest, index);
    demand(outside, (by == COMMAND_REPORT) == (request->kind == REQUEST_REPORT),
           "a REPORT does not belong here, or is missing");
    if (by == COMMAND_ACCEPT && request->kind == REQUEST_SEND)
        request->kind = REQUEST_REPORT;
    else
        g_array_remove_index(outside->requests, (guint)index);
}

// --- what the middle commands

static void row_add(Outside *outside, const Command *command)
{
    uint64_t row = command->f.row;
    demand(outside, g_hash_table_contains(outside->ledger, &row),
           "a line is handed over without row");
    for (guint i = 0; i < outside->rows->len; i++)
        demand(outside, g_array_index(outside->rows, OutsideRow, i).row != row,
               "a line is handed over twice at a time");
    if (command->f.leg != 0) {
        const OutsideLeg *leg = leg_find(outside, command->f.leg);
        demand(outside, leg != NULL && leg->stage == LEG_IS_UP,
               "a line goes to a leg that is not up");
    }
    OutsideRow entry = {row, command->f.leg, command->side};
    g_array_append_val(outside->rows, entry);
}

static void on_store(Outside *outside, const Command *command)
{
    uint64_t row = command->f.row;
    if (command->f.how == HOW_ROW_OPEN) {
        demand(outside, row > outside->last_row, "a row is opened twice");
        outside->last_row = row;
        g_hash_table_add(outside->ledger, g_memdup2(&row, sizeof row));
    } else if (command->f.how == HOW_ROW_CLOSE) {
        demand(outside, g_hash_table_remove(outside->ledger, &row), "a row is closed twice");
    }
}

static void on_timer(Outside *outside, const Command *command)
{
    for (guint i = outside->timers->len; i-- > 0;) {
        const OutsideTimer *timer = &g_array_index(outside->timers, OutsideTimer, i);
        if (timer->session == command->f.session && timer->how == command->f.how)
            g_array_remove_index(outside->timers, i);
    }
    OutsideTimer timer = {outside->now_ms + (int64_t)command->f.ms, command->f.session,
                          command->f.number, command->f.how};
    if (command->f.ms != 0)
        g_array_append_val(outside->timers, timer);
}

static void on_open_leg(Outside *outside, const Command *command)
{
    if (command->f.how == HOW_NONE) {
        leg_add(outside, command, LEG_CHAT);
        return;
    }
    OutsideLeg *leg = leg_find(outside, command->f.leg);
    demand(outside, leg != NULL && command->f.how == HOW_NARROW, "a leg that is none is reopened");
    leg->kind = LEG_CHAT;
}

static void on_leg_ended(Outside *outside, const Command *command)
{
    OutsideLeg *leg = leg_find(outside, command->f.leg);
    if (leg != NULL)
        leg_drop(outside, leg);
}

static void on_withdrawn(Outside *outside, const Command *command)
{
    OutsideLeg *leg = leg_find(outside, command->f.leg);
    demand(outside, leg == NULL || leg->stage == LEG_ASKED, "a leg that is up is withdrawn");
    if (leg != NULL)
        leg->stage = LEG_WITHDRAWN;
}

static void on_command(Outside *outside, const Command *command)
{
    switch (command->kind) {
    case COMMAND_MESSAGE:
    case COMMAND_ROOM_MESSAGE: row_add(outside, command); break;
    case COMMAND_ACCEPT:
    case COMMAND_REPORT: request_answered(outside, command->f.ref, command->kind); break;
    case COMMAND_REFUSE:
        if (command->side == SIDE_SIP)
            request_answered(outside, command->f.ref, command->kind);
        break;
    case COMMAND_ANSWER_INVITE: request_answered(outside, command->f.ref, command->kind); break;
    case COMMAND_OPEN_LEG: on_open_leg(outside, command); break;
    case COMMAND_ANSWER_LEG:
        request_answered(outside, command->f.ref, command->kind);
        leg_add(outside, command, LEG_CHAT);
        break;
    case COMMAND_INVITE_TO_ROOM: leg_add(outside, command, LEG_PARTY); break;
    case COMMAND_ENTER_ROOM: leg_add(outside, command, LEG_HOME); break;
    case COMMAND_WITHDRAW_INVITE: on_withdrawn(outside, command); break;
    case COMMAND_CLOSE_LEG:
    case COMMAND_EXPEL:
    case COMMAND_LEAVE_ROOM: on_leg_ended(outside, command); break;
    case COMMAND_STORE: on_store(outside, command); break;
    case COMMAND_TIMER: on_timer(outside, command); break;
    case COMMAND_GONE:
    case COMMAND_ADMIT:
    case COMMAND_ROOM_ROSTER:
    case COMMAND_ROOM_SUBJECT: break;
    }
}

static bool is_chat_line(const Line *line)
{
    return line->class == LINE_PAIR_TOWARDS && g_strcmp0(line->f.type, "chat") == 0 &&
           !line->needs_session;
}

// What was just handed over had no older line of its kind waiting (ESC-022); one that turned out
//   too large for its way does not count, it was first.
static void demand_order(const Outside *outside, const Command *command)
{
    const Line *line = session_map_find_row(router_sessions(outside->router), command->f.row);
    if (line == NULL || !line->in_flight || !is_chat_line(line))
        return;
    for (const GList *at = line->session->waiting.head; at != NULL; at = at->next) {
        const Line *older = at->data;
        demand(outside, older->row > line->row || !is_chat_line(older), "a line is overtaken");
    }
}

static void take(Outside *outside, const Command *command)
{
    on_command(outside, command);
    if (command->kind == COMMAND_MESSAGE || command->kind == COMMAND_ROOM_MESSAGE)
        demand_order(outside, command);
}

// --- what happens

static void happens(Outside *outside, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void happens(Outside *outside, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *why = NULL;
    g_autoptr(Event) event = notation_parse_event(line, &why);
    demand(outside, event != NULL, why);
    tell_line(outside, "> ", line);
    event->at_ms = outside->now_ms;
    g_autoptr(Outbox) outbox = outbox_new();
    router_dispatch(outside->router, event, outbox);
    for (guint i = 0; i < outbox->commands->len; i++)
        tell_line(outside, "< ", notation_command_text(g_ptr_array_index(outbox->commands, i)));
    for (guint i = 0; i < outbox->commands->len; i++)
        take(outside, g_ptr_array_index(outbox->commands, i));
    session_map_check(router_sessions(outside->router));
}

static const char *const XS[] = {"juliet@xmpp.test", "nurse@xmpp.test"};
static const char *const SS[] = {"romeo@sip.test", "mercutio@sip.test"};
static const char *const ROOMS[] = {"verona@muc.xmpp.test", "mantua@muc.xmpp.test"};

static const char *some_x(Outside *outside)
{
    return XS[below(outside, G_N_ELEMENTS(XS))];
}

static const char *some_s(Outside *outside)
{
    return SS[below(outside, G_N_ELEMENTS(SS))];
}

static uint64_t new_id(Outside *outside)
{
    return ++outside->last_id;
}

#define NUMBER G_GUINT64_FORMAT

static void x_writes(Outside *outside)
{
    static const char *const types[] = {"chat", "chat", "chat", "normal"};
    uint64_t id = new_id(outside);
    happens(outside, "xmpp message from=%s/r%d to=%s id=%" NUMBER " type=%s thread=T body=%" NUMBER,
            some_x(outside), below(outside, 2), some_s(outside), id, types[below(outside, 4)], id);
}

static void s_pages(Outside *outside)
{
    uint64_t id = new_id(outside), ref = request_add(outside, REQUEST_PAGE);
    happens(outside, "sip message ref=%" NUMBER " from=%s to=%s id=%" NUMBER " body=%" NUMBER, ref,
            some_s(outside), some_x(outside), id, id);
}

static void s_offers(Outside *outside)
{
    uint64_t ref = request_add(outside, REQUEST_OFFER);
    happens(outside, "sip leg-offered ref=%" NUMBER " from=%s to=%s thread=%c%" NUMBER, ref,
            some_s(outside), some_x(outside), below(outside, 2) ? 'A' : 'Z', ref);
}

static void x_invites(Outside *outside)
{
    uint64_t ref = request_add(outside, REQUEST_INVITE);
    happens(outside, "xmpp room-invite ref=%" NUMBER " from=%s/r0 to=%s room=%s continues=yes", ref,
            some_x(outside), some_s(outside), ROOMS[below(outside, G_N_ELEMENTS(ROOMS))]);
}

static void x_leaves(Outside *outside)
{
    happens(outside, "xmpp gone from=%s/r%d to=%s", some_x(outside), below(outside, 2),
            some_s(outside));
}

static void link_changes(Outside *outside)
{
    happens(outside, "xmpp link how=down from=sip.test");
    if (below(outside, 2))
        happens(outside, "sip leg-up leg=%" NUMBER, outside->last_leg + 1000);
    happens(outside, "xmpp link how=up from=sip.test");
}

// The clock goes to the next timer, or a little on its way there.
static void time_passes(Outside *outside, int64_t ms)
{
    int64_t until_ms = outside->now_ms + ms;
    for (;;) {
        int first = -1;
        for (guint i = 0; i < outside->timers->len; i++) {
            int64_t due_ms = g_array_index(outside->timers, OutsideTimer, i).due_ms;
            if (due_ms <= until_ms &&
                (first < 0 || due_ms < g_array_index(outside->timers, OutsideTimer, first).due_ms))
                first = (int)i;
        }
        if (first < 0)
            break;
        OutsideTimer timer = g_array_index(outside->timers, OutsideTimer, first);
        g_array_remove_index(outside->timers, (guint)first);
        outside->now_ms = MAX(outside->now_ms, timer.due_ms);
        happens(outside, "xmpp timer session=%" NUMBER " how=%s number=%" NUMBER, timer.session,
                fields_how_name(timer.how), timer.number);
    }
    outside->now_ms = until_ms;
}

// What a gate owes when a leg dies: an answer for every line on its way there, before the end is
//   told.
static void rows_are_lost(Outside *outside, uint64_t number)
{
    for (guint i = 0; i < outside->rows->len;) {
        OutsideRow row = g_array_index(outside->rows, OutsideRow, i);
        if (row.leg != number) {
            i++;
            continue;
        }
        g_array_remove_index(outside->rows, i);
        happens(outside, "%s delivery row=%" NUMBER " how=lost failure=recipient-unavailable",
                side_name(row.side), row.row);
        i = 0;
    }
}

static void leg_ends(Outside *outside, uint64_t number, const char *kind, const char *how)
{
    rows_are_lost(outside, number);
    OutsideLeg *leg = leg_find(outside, number);
    if (leg == NULL) // one of the answers made the middle close it
        return;
    Side side = leg->kind == LEG_HOME ? SIDE_XMPP : SIDE_SIP;
    leg_drop(outside, leg);
    happens(outside, "%s %s leg=%" NUMBER " %s", side_name(side), kind, number, how);
}

static void chat_leg_answered(Outside *outside, OutsideLeg *leg)
{
    static const char *const noes[] = {"how=refused status=488 failure=not-acceptable",
                                       "how=refused status=486 failure=recipient-unavailable",
                                       "how=timeout failure=remote-server-timeout", "how=lost"};
    if (!outside->rests && below(outside, 3) > 0) {
        leg->stage = LEG_IS_UP;
        happens(outside, "sip leg-up leg=%" NUMBER, leg->number);
    } else {
        leg_ends(outside, leg->number, "leg-down", noes[below(outside, G_N_ELEMENTS(noes))]);
    }
}

static void chat_leg_moves(Outside *outside, OutsideLeg *leg)
{
    uint64_t id = new_id(outside);
    if (leg->stage == LEG_ASKED) {
        chat_leg_answered(outside, leg);
    } else if (outside->rests || below(outside, 5) == 0) {
        leg_ends(outside, leg->number, "leg-down", below(outside, 2) ? "how=ended" : "how=lost");
    } else {
        uint64_t ref = request_add(outside, REQUEST_SEND);
        happens(outside,
                "sip message ref=%" NUMBER " leg=%" NUMBER " from=%s to=%s id=%" NUMBER
                " type=chat body=%" NUMBER,
                ref, leg->number, SS[0], XS[0], below(outside, 5) ? id : 1, id);
    }
}

static void party_leg_answered(Outside *outside, OutsideLeg *leg)
{
    int choice = outside->rests ? 0 : below(outside, 5);
    if (choice == 1) {
        happens(outside, "sip room-answer leg=%" NUMBER " how=ringing", leg->number);
    } else if (choice > 1) {
        leg->stage = LEG_IS_UP;
        happens(outside, "sip room-answer leg=%" NUMBER " how=yes%s", leg->number,
                below(outside, 2) ? " private=yes" : "");
    } else {
        leg_ends(outside, leg->number, "room-answer",
                 "how=no status=603 failure=recipient-unavailable");
    }
}

// A call taken back: the answer given before still comes, or nothing does.
static void withdrawn_leg_settles(Outside *outside, OutsideLeg *leg)
{
    uint64_t number = leg->number;
    if (outside->rests || below(outside, 2)) {
        leg_ends(outside, number, "room-answer", "how=no status=487 failure=recipient-unavailable");
        return;
    }
    leg->stage = LEG_IS_UP;
    happens(outside, "sip room-answer leg=%" NUMBER " how=yes", number);
}

static void party_leg_moves(Outside *outside, OutsideLeg *leg)
{
    uint64_t id = new_id(outside);
    if (leg->stage == LEG_ASKED) {
        party_leg_answered(outside, leg);
    } else if (leg->stage == LEG_WITHDRAWN) {
        withdrawn_leg_settles(outside, leg);
    } else if (outside->rests || below(outside, 6) == 0) {
        leg_ends(outside, leg->number, "room-exit", below(outside, 2) ? "how=left" : "how=lost");
    } else {
        uint64_t ref = request_add(outside, REQUEST_SEND);
        happens(outside,
                "sip room-message ref=%" NUMBER " leg=%" NUMBER " id=%" NUMBER " body=%" NUMBER
                "%s",
                ref, leg->number, id, id, below(outside, 4) ? "" : " private=yes nick=juliet");
    }
}

static void home_leg_entered(Outside *outside, OutsideLeg *leg)
{
    static const char *const noes[] = {"how=refused failure=forbidden", "how=timeout",
                                       "how=banned failure=forbidden"};
    uint64_t number = leg->number;
    if (outside->rests || below(outside, 4) == 0) {
        leg_ends(outside, number, "room-exit", noes[below(outside, G_N_ELEMENTS(noes))]);
        return;
    }
    leg->stage = LEG_IS_UP;
    happens(outside, "xmpp room-roster leg=%" NUMBER " nick=juliet how=joined real=%s/r0", number,
            XS[0]);
    if (leg_find(outside, number) != NULL)
        happens(outside, "xmpp room-entry leg=%" NUMBER " nick=romeo", number);
}

static void home_leg_moves(Outside *outside, OutsideLeg *leg)
{
    static const char *const ends[] = {"how=kicked", "how=destroyed", "how=lost", "how=shutdown"};
    uint64_t id = new_id(outside);
    if (leg->stage == LEG_ASKED)
        home_leg_entered(outside, leg);
    else if (outside->rests || below(outside, 6) == 0)
        leg_ends(outside, leg->number, "room-exit", ends[below(outside, G_N_ELEMENTS(ends))]);
    else
        happens(outside,
                "xmpp room-message leg=%" NUMBER " nick=juliet id=%" NUMBER " body=%" NUMBER "%s",
                leg->number, id, id, below(outside, 4) ? "" : " private=yes");
}

static void leg_moves(Outside *outside, OutsideLeg *leg)
{
    switch (leg->kind) {
    case LEG_CHAT: chat_leg_moves(outside, leg); break;
    case LEG_PARTY: party_leg_moves(outside, leg); break;
    case LEG_HOME: home_leg_moves(outside, leg); break;
    }
}

static const char *answer_for(Outside *outside, const OutsideRow *row)
{
    static const char *const page[] = {"", "", "how=too-large failure=policy-violation",
                                       "how=refused status=404 failure=item-not-found"};
    static const char *const on_leg[] = {"", "", "", "how=refused failure=bad-request"};
    static const char *const stanza[] = {"", "", "how=refused failure=item-not-found",
                                         "how=refused failure=not-acceptable",
                                         "how=timeout failure=remote-server-timeout"};
    if (outside->rests)
        return "";
    if (row->leg != 0)
        return on_leg[below(outside, G_N_ELEMENTS(on_leg))];
    return row->side == SIDE_SIP ? page[below(outside, G_N_ELEMENTS(page))]
                                 : stanza[below(outside, G_N_ELEMENTS(stanza))];
}

static void row_is_answered(Outside *outside, guint index)
{
    OutsideRow row = g_array_index(outside->rows, OutsideRow, index);
    const char *answer = answer_for(outside, &row);
    g_array_remove_index(outside->rows, index);
    happens(outside, "%s delivery row=%" NUMBER " %s", side_name(row.side), row.row, answer);
}

static void some_leg_moves(Outside *outside)
{
    if (outside->legs->len > 0)
        leg_moves(outside,
                  g_ptr_array_index(outside->legs, (guint)below(outside, (int)outside->legs->len)));
}

static void some_row_is_answered(Outside *outside)
{
    if (outside->rows->len > 0)
        row_is_answered(outside, (guint)below(outside, (int)outside->rows->len));
}

void outside_step(Outside *outside)
{
    int choice = below(outside, 100);
    outside->now_ms += below(outside, 400);
    if (choice < 14)
        x_writes(outside);
    else if (choice < 18)
        s_pages(outside);
    else if (choice < 20)
        s_offers(outside);
    else if (choice < 24)
        x_invites(outside);
    else if (choice < 26)
        x_leaves(outside);
    else if (choice < 27)
        link_changes(outside);
    else if (choice < 30)
        time_passes(outside, below(outside, 8) ? below(outside, 6000) : below(outside, 700000));
    else if (choice < 62)
        some_leg_moves(outside);
    else
        some_row_is_answered(outside);
}

void outside_come_to_rest(Outside *outside)
{
    outside->rests = true;
    for (int i = 0; i < REST_ROUNDS; i++) {
        while (outside->rows->len > 0)
            row_is_answered(outside, 0);
        if (outside->legs->len > 0)
            leg_moves(outside, g_ptr_array_index(outside->legs, 0));
        else
            time_passes(outside, REST_MS);
    }
    demand(outside, outside->legs->len == 0, "a leg is left over");
    for (guint i = 0; i < outside->requests->len; i++) {
        const OutsideRequest *request = &g_array_index(outside->requests, OutsideRequest, i);
        g_autofree char *what = g_strdup_printf("request %" NUMBER " of kind %d has no answer",
                                                request->ref, (int)request->kind);
        demand(outside, false, what);
    }
    demand(outside, g_hash_table_size(outside->ledger) == 0, "a row is left open");
    outside->rests = false;
}

Outside *outside_new(guint32 seed)
{
    Outside *outside = g_new0(Outside, 1);
    outside->rand = g_rand_new_with_seed(seed);
    outside->route = route_new();
    g_assert(route_add_component(outside->route, "sip.test", ROUTE_USERS, "sip.test"));
    g_assert(route_add_xmpp_domain(outside->route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    g_assert(route_add_xmpp_domain(outside->route, "muc.xmpp.test", ROUTE_ROOMS, "muc.xmpp.test"));
    outside->settings = settings_defaults();
    outside->router = router_new(outside->route, &outside->settings);
    outside->now_ms = 1000;
    outside->legs = g_ptr_array_new_with_free_func(g_free);
    outside->rows = g_array_new(FALSE, FALSE, sizeof(OutsideRow));
    outside->timers = g_array_new(FALSE, FALSE, sizeof(OutsideTimer));
    outside->requests = g_array_new(FALSE, FALSE, sizeof(OutsideRequest));
    outside->ledger = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return outside;
}

void outside_free(Outside *outside)
{
    if (outside == NULL)
        return;
    router_free(outside->router);
    route_free(outside->route);
    g_rand_free(outside->rand);
    g_ptr_array_unref(outside->legs);
    g_array_free(outside->rows, TRUE);
    g_array_free(outside->timers, TRUE);
    g_array_free(outside->requests, TRUE);
    g_hash_table_destroy(outside->ledger);
    g_queue_clear_full(&outside->told, g_free);
    g_free(outside);
}

Router *outside_router(Outside *outside)
{
    return outside->router;
}
