// SPDX-License-Identifier: MIT
// What may happen to each leg, line and request that is open, and to those that are none yet.
#include "tests/support/outside.h"

#include "mapping/notation.h"
#include "mapping/route.h"
#include "mapping/session_map.h"
#include "tests/support/outside_books.h"

enum {
    REST_ROUNDS = 400, // rounds of answers and timers within which a story has to come to rest
    REST_MS = 20000,
    SENT_AGAIN = 1000000, // the id under which a SIP client sends a line once more
    INVITES_PER_MIN = 60, // so that the limit of SEC-10 is met now and then only
};

struct Outside {
    GRand *rand;
    Route *route;
    Settings settings;
    Router *router;
    OutsideBooks *books;
    uint64_t last_id;
    bool is_down; // the component link
    bool rests;   // the story is coming to its end
};

#define NUMBER G_GUINT64_FORMAT

static const char *const XS[] = {"juliet@xmpp.test", "nurse@xmpp.test"};
static const char *const SS[] = {"romeo@sip.test", "mercutio@sip.test"};
static const char *const ROOMS[] = {"verona@muc.xmpp.test", "mantua@muc.xmpp.test"};
static const char *const NICKS[] = {"juliet", "nurse", "tybalt"};

static int below(Outside *outside, int limit)
{
    return g_rand_int_range(outside->rand, 0, limit);
}

#define ONE_OF(outside, list) (list)[below(outside, (int)G_N_ELEMENTS(list))]

static uint64_t new_id(Outside *outside)
{
    return ++outside->last_id;
}

static void happens(Outside *outside, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void happens(Outside *outside, const char *format, ...)
{
    OutsideBooks *books = outside->books;
    va_list args;
    va_start(args, format);
    char *line = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *why = NULL;
    g_autoptr(Event) event = notation_parse_event(line, &why);
    outside_books_demand(books, event != NULL, why);
    outside_books_tell(books, "> ", line);
    event->at_ms = books->now_ms;
    g_autoptr(Outbox) outbox = outbox_new();
    router_dispatch(outside->router, event, outbox);
    const GPtrArray *commands = outbox->commands;
    for (guint i = 0; i < commands->len; i++)
        outside_books_tell(books, "< ", notation_command_text(commands->pdata[i]));
    for (guint i = 0; i < commands->len; i++)
        outside_books_enter(books, commands->pdata[i]);
    session_map_check(books->sessions);
    outside_books_demand_records(books);
}

// --- what users do

// What the author of a line wants to be told of it.
static const char *wishes(Outside *outside, Side author)
{
    static const char *const on_xmpp[] = {"", "", " receipt=yes", " receipt=yes markable=yes"};
    static const char *const on_sip[] = {"", "", " receipt=yes markable=yes notify=yes",
                                         " negative=yes markable=yes notify=yes"};
    return author == SIDE_XMPP ? ONE_OF(outside, on_xmpp) : ONE_OF(outside, on_sip);
}

// A reader tells of one of the last messages, if it was to him.
static void somebody_acknowledges(Outside *outside)
{
    static const char *const hows[] = {"delivered", "displayed", "refused"};
    uint64_t last = outside->last_id, back = (uint64_t)below(outside, 8);
    uint64_t id = last > back ? last - back : last;
    if (below(outside, 2))
        happens(outside, "sip receipt from=%s to=%s id=%" NUMBER " how=%s", ONE_OF(outside, SS),
                ONE_OF(outside, XS), id, ONE_OF(outside, hows));
    else if (!outside->is_down)
        happens(outside, "xmpp receipt from=%s/r0 to=%s id=%" NUMBER " how=%s",
                ONE_OF(outside, XS), ONE_OF(outside, SS), id, hows[below(outside, 2)]);
}

static void x_writes(Outside *outside)
{
    static const char *const types[] = {"chat", "chat", "chat", "normal"};
    uint64_t id = new_id(outside);
    happens(outside,
            "xmpp message from=%s/r%d to=%s id=%" NUMBER " type=%s thread=T body=p%" NUMBER "%s%s",
            ONE_OF(outside, XS), below(outside, 2), ONE_OF(outside, SS), id, ONE_OF(outside, types),
            id, wishes(outside, SIDE_XMPP), below(outside, 2) ? " how=active" : "");
}

static void x_types(Outside *outside)
{
    static const char *const hows[] = {"composing", "composing", "active", "paused", "inactive"};
    happens(outside, "xmpp chat-state from=%s/r%d to=%s type=chat how=%s", ONE_OF(outside, XS),
            below(outside, 2), ONE_OF(outside, SS), ONE_OF(outside, hows));
}

static const char *const S_HOWS[] = {"composing", "composing ms=60000", "active"};

static void s_types(Outside *outside)
{
    happens(outside, "sip chat-state from=%s to=%s how=%s", ONE_OF(outside, SS),
            ONE_OF(outside, XS), ONE_OF(outside, S_HOWS));
}

static void s_pages(Outside *outside)
{
    uint64_t id = new_id(outside);
    uint64_t ref = outside_books_request(outside->books, OUTSIDE_REQUEST_PAGE, 0);
    happens(outside, "sip message ref=%" NUMBER " from=%s to=%s id=%" NUMBER " body=p%" NUMBER "%s",
            ref, ONE_OF(outside, SS), ONE_OF(outside, XS), id, id, wishes(outside, SIDE_SIP));
}

static void s_offers(Outside *outside)
{
    uint64_t ref = outside_books_request(outside->books, OUTSIDE_REQUEST_OFFER, 0);
    happens(outside, "sip leg-offered ref=%" NUMBER " from=%s to=%s thread=%c%" NUMBER, ref,
            ONE_OF(outside, SS), ONE_OF(outside, XS), below(outside, 2) ? 'A' : 'Z', ref);
}

// All that arrives as an invitation: direct or through the room, continuing or stripped, from one
// who is known, known by his occupant only, or named by the room.
static void x_invites(Outside *outside)
{
    static const char *const forms[] = {
        "from=%1$s/r0 continues=yes thread=T",
        "from=%1$s/r1 continues=yes",
        "from=%1$s/r0",
        "from=%2$s/juliet mediated=yes",
        "from=%2$s mediated=yes",
        "from=%2$s/juliet real=%1$s/r0 mediated=yes",
        "from=%1$s mediated=yes continues=yes password=s3same",
    };
    uint64_t ref = outside_books_request(outside->books, OUTSIDE_REQUEST_INVITE, 0);
    const char *room = ONE_OF(outside, ROOMS), *x = ONE_OF(outside, XS);
    g_autoptr(GString) form = g_string_new(ONE_OF(outside, forms));
    g_string_replace(form, "%1$s", x, 0);
    g_string_replace(form, "%2$s", room, 0);
    happens(outside, "xmpp room-invite ref=%" NUMBER " %s to=%s room=%s ms=1772618400000", ref,
            form->str, ONE_OF(outside, SS), room);
}

static void x_leaves(Outside *outside)
{
    const char *how = below(outside, 2) == 0 ? "gone" : "presence how=left";
    happens(outside, "xmpp %s from=%s/r%d to=%s", how, ONE_OF(outside, XS), below(outside, 2),
            ONE_OF(outside, SS));
}

// --- lines are answered

static const char *answer_for(Outside *outside, const OutsideRow *row)
{
    static const char *const page[] = {"", "", "how=too-large failure=policy-violation",
                                       "how=refused status=404 failure=item-not-found"};
    static const char *const on_leg[] = {"", "", "", "how=refused failure=bad-request",
                                         "how=too-large failure=policy-violation"};
    static const char *const stanza[] = {"", "", "how=refused failure=item-not-found",
                                         "how=refused failure=not-acceptable",
                                         "how=timeout failure=remote-server-timeout"};
    if (outside->rests)
        return "";
    if (row->leg != 0)
        return ONE_OF(outside, on_leg);
    return row->side == SIDE_SIP ? ONE_OF(outside, page) : ONE_OF(outside, stanza);
}

static void delivery(Outside *outside, const OutsideRow *row, const char *answer)
{
    bool tells_leg = row->side == SIDE_SIP && row->leg != 0;
    g_autofree char *leg = tells_leg ? g_strdup_printf(" leg=%" NUMBER, row->leg) : g_strdup("");
    happens(outside, "%s delivery row=%" NUMBER "%s %s", side_name(row->side), row->row, leg,
            answer);
}

static const char LOST[] = "how=lost failure=recipient-unavailable";

static void row_is_answered(Outside *outside, guint index)
{
    OutsideRow row = g_array_index(outside->books->rows, OutsideRow, index);
    const char *answer = answer_for(outside, &row);
    outside_books_answer(outside->books, index, answer[0] == '\0');
    delivery(outside, &row, answer);
    if (answer[0] == '\0' && below(outside, 20) == 0)
        delivery(outside, &row, "how=late failure=item-not-found");
}

static void some_row_is_answered(Outside *outside)
{
    const GArray *rows = outside->books->rows;
    if (rows->len > 0)
        row_is_answered(outside, (guint)below(outside, (int)rows->len));
}

// What a gate says of a line that the middle has taken back.
static void some_stale_row_is_told(Outside *outside)
{
    GArray *stale = outside->books->stale;
    if (stale->len == 0)
        return;
    OutsideRow row = g_array_index(stale, OutsideRow, 0);
    g_array_remove_index(stale, 0);
    delivery(outside, &row, row.side == SIDE_SIP && below(outside, 3) == 0 ? "" : LOST);
}

// What a gate owes when a leg dies, or the link: an answer for every line on its way there, before
// the end is told.
static void rows_are_lost(Outside *outside, uint64_t leg, bool all_of_xmpp)
{
    const GArray *rows = outside->books->rows;
    for (guint i = 0; i < rows->len;) {
        OutsideRow row = g_array_index(rows, OutsideRow, i);
        bool is_hit = all_of_xmpp ? row.side == SIDE_XMPP : row.leg == leg;
        if (!is_hit) {
            i++;
            continue;
        }
        outside_books_answer(outside->books, i, false);
        delivery(outside, &row, LOST);
        i = 0;
    }
}

// --- the link

static void link_changes(Outside *outside, bool goes_down)
{
    if (goes_down) {
        rows_are_lost(outside, 0, true);
        outside->is_down = true;
    }
    happens(outside, "xmpp link how=%s from=sip.test", goes_down ? "down" : "up");
    outside->is_down = goes_down;
}

// A gate without a link answers at once; what that sets off is answered again.
static void lost_link_answers(Outside *outside)
{
    if (outside->is_down)
        rows_are_lost(outside, 0, true);
}

// --- legs

static void leg_ends(Outside *outside, uint64_t number, const char *kind, const char *how)
{
    rows_are_lost(outside, number, false);
    OutsideLeg *leg = outside_books_leg(outside->books, number);
    if (leg == NULL) // one of the answers made the middle close it
        return;
    Side side = leg->kind == OUTSIDE_LEG_HOME ? SIDE_XMPP : SIDE_SIP;
    outside_books_drop_leg(outside->books, leg);
    happens(outside, "%s %s leg=%" NUMBER " %s", side_name(side), kind, number, how);
}

static void chat_leg_answered(Outside *outside, OutsideLeg *leg)
{
    static const char *const noes[] = {"how=refused status=488 failure=not-acceptable",
                                       "how=refused status=486 failure=recipient-unavailable",
                                       "how=timeout failure=remote-server-timeout", "how=lost"};
    if (!outside->rests && below(outside, 3) > 0) {
        leg->stage = OUTSIDE_LEG_UP;
        happens(outside, "sip leg-up leg=%" NUMBER "%s", leg->number,
                below(outside, 2) ? " composing=yes" : "");
    } else {
        leg_ends(outside, leg->number, "leg-down", ONE_OF(outside, noes));
    }
}

// The MSRP session is lost and another takes its place: nothing that came in it can be reported on.
static void leg_is_mended(Outside *outside, uint64_t number)
{
    GArray *requests = outside->books->requests;
    for (guint i = 0; i < requests->len; i++) {
        OutsideRequest *request = &g_array_index(requests, OutsideRequest, i);
        if (request->leg != number)
            continue;
        request->kind = OUTSIDE_REQUEST_HOPING;
        happens(outside, "sip ref-over leg=%" NUMBER " ref=%" NUMBER, number, request->ref);
    }
}

static void chat_leg_moves(Outside *outside, OutsideLeg *leg)
{
    static const char *const ends[] = {"how=ended", "how=lost"};
    uint64_t id = new_id(outside);
    if (leg->stage == OUTSIDE_LEG_ASKED) {
        chat_leg_answered(outside, leg);
    } else if (outside->rests || below(outside, 5) == 0) {
        leg_ends(outside, leg->number, "leg-down", ONE_OF(outside, ends));
    } else if (below(outside, 5) == 0) {
        happens(outside, "sip leg-partial leg=%" NUMBER " how=%s", leg->number,
                below(outside, 2) ? "yes" : "no");
    } else if (below(outside, 4) == 0) {
        happens(outside, "sip chat-state leg=%" NUMBER " from=%s to=%s how=%s", leg->number, SS[0],
                XS[0], ONE_OF(outside, S_HOWS));
    } else if (below(outside, 8) == 0) {
        leg_is_mended(outside, leg->number);
    } else {
        bool asks = below(outside, 3) == 0;
        uint64_t ref = outside_books_request(
            outside->books, asks ? OUTSIDE_REQUEST_ASKING : OUTSIDE_REQUEST_SEND, leg->number);
        happens(outside,
                "sip message ref=%" NUMBER " leg=%" NUMBER " from=%s to=%s id=%" NUMBER
                " type=chat body=p%" NUMBER "%s",
                ref, leg->number, SS[0], XS[0], below(outside, 5) ? id : (uint64_t)SENT_AGAIN, id,
                asks ? " receipt=yes" : "");
    }
}

static void party_leg_answered(Outside *outside, OutsideLeg *leg)
{
    int choice = outside->rests ? 0 : below(outside, 6);
    uint64_t number = leg->number;
    if (choice == 0) {
        leg_ends(outside, number, "room-answer", "how=no status=603 failure=recipient-unavailable");
    } else if (choice == 1) {
        happens(outside, "sip room-answer leg=%" NUMBER " how=ringing", number);
    } else {
        leg->stage = OUTSIDE_LEG_UP;
        happens(outside, "sip room-answer leg=%" NUMBER " how=yes%s%s", number,
                below(outside, 2) ? " private=yes" : "", below(outside, 2) ? " composing=yes" : "");
    }
}

// A call taken back: the answer given before still comes, or the 487.
static void withdrawn_leg_settles(Outside *outside, OutsideLeg *leg)
{
    uint64_t number = leg->number;
    int choice = outside->rests ? 0 : below(outside, 3);
    if (choice == 0) {
        leg_ends(outside, number, "room-answer", "how=no status=487 failure=recipient-unavailable");
    } else if (choice == 1) {
        happens(outside, "sip room-answer leg=%" NUMBER " how=ringing", number);
    } else {
        leg->stage = OUTSIDE_LEG_UP;
        happens(outside, "sip room-answer leg=%" NUMBER " how=yes", number);
    }
}

static void party_speaks(Outside *outside, uint64_t number)
{
    uint64_t id = new_id(outside);
    uint64_t ref = outside_books_request(outside->books, OUTSIDE_REQUEST_SEND, number);
    g_autofree char *aside = below(outside, 4) == 0
                                 ? g_strconcat(" private=yes nick=", ONE_OF(outside, NICKS), NULL)
                                 : g_strdup("");
    happens(outside,
            "sip room-message ref=%" NUMBER " leg=%" NUMBER " id=%" NUMBER " body=r%" NUMBER "%s",
            ref, number, below(outside, 10) ? id : (uint64_t)SENT_AGAIN, id, aside);
}

static void party_leg_moves(Outside *outside, OutsideLeg *leg)
{
    static const char *const ends[] = {"how=left", "how=lost"};
    uint64_t number = leg->number;
    if (leg->stage == OUTSIDE_LEG_ASKED)
        party_leg_answered(outside, leg);
    else if (leg->stage == OUTSIDE_LEG_WITHDRAWN)
        withdrawn_leg_settles(outside, leg);
    else if (outside->rests || below(outside, 6) == 0)
        leg_ends(outside, number, "room-exit", ONE_OF(outside, ends));
    else if (below(outside, 10) == 0)
        happens(outside, "sip room-answer leg=%" NUMBER " how=yes", number);
    else if (below(outside, 5) == 0)
        happens(outside, "sip chat-state leg=%" NUMBER " how=%s", number, ONE_OF(outside, S_HOWS));
    else if (below(outside, 8) == 0)
        leg_is_mended(outside, number);
    else
        party_speaks(outside, number);
}

// A room replays what was said in it, and what an XMPP client has put there of the chat before.
static void room_replays(Outside *outside, uint64_t number)
{
    const Session *session = session_map_find_leg(outside->books->sessions, number, NULL);
    uint64_t id = new_id(outside);
    happens(outside,
            "xmpp room-message leg=%" NUMBER " nick=juliet id=%" NUMBER " body=r%" NUMBER
            " history=yes stamp=2026-03-04T10:00:0%dZ",
            number, id, id, below(outside, 10));
    session = session_map_find_leg(outside->books->sessions, number, NULL);
    const char *said = session != NULL ? outside_books_said(outside->books, session->id) : NULL;
    if (said == NULL || session->thread == NULL)
        return;
    g_autofree char *thread = g_strdup(session->thread);
    happens(outside,
            "xmpp room-message leg=%" NUMBER " nick=juliet id=h%" NUMBER
            " body=%s thread=%s history=yes stamp=2026-03-04T10:00:05Z",
            number, id, said, thread);
}

static void home_leg_entered(Outside *outside, OutsideLeg *leg)
{
    static const char *const noes[] = {"how=refused failure=forbidden", "how=timeout",
                                       "how=banned failure=forbidden",
                                       "how=refused failure=not-authorized"};
    uint64_t number = leg->number;
    if (outside->rests || below(outside, 4) == 0) {
        leg_ends(outside, number, "room-exit", ONE_OF(outside, noes));
        return;
    }
    leg->stage = OUTSIDE_LEG_UP;
    happens(outside, "xmpp room-roster leg=%" NUMBER " nick=juliet how=joined real=%s/r0", number,
            XS[0]);
    room_replays(outside, number);
    happens(outside, "xmpp room-entry leg=%" NUMBER " nick=romeo", number);
}

static void roster_changes(Outside *outside, uint64_t number)
{
    static const char *const hows[] = {"joined role=participant", "left",
                                       "changed role=visitor",    "kicked",
                                       "renamed new_nick=peter",  "joined own=yes"};
    happens(outside, "xmpp room-roster leg=%" NUMBER " nick=%s how=%s", number,
            ONE_OF(outside, NICKS), ONE_OF(outside, hows));
}

static void room_speaks(Outside *outside, uint64_t number)
{
    uint64_t id = new_id(outside);
    happens(outside,
            "xmpp room-message leg=%" NUMBER " nick=juliet id=%" NUMBER " body=r%" NUMBER "%s",
            number, id, id, below(outside, 4) ? "" : " private=yes");
}

static void home_leg_moves(Outside *outside, OutsideLeg *leg)
{
    static const char *const ends[] = {"how=kicked", "how=destroyed", "how=lost", "how=shutdown"};
    uint64_t number = leg->number;
    if (leg->stage == OUTSIDE_LEG_ASKED)
        home_leg_entered(outside, leg);
    else if (outside->rests || below(outside, 8) == 0)
        leg_ends(outside, number, "room-exit", ONE_OF(outside, ends));
    else if (below(outside, 5) == 0)
        roster_changes(outside, number);
    else if (below(outside, 10) == 0)
        happens(outside, "xmpp room-subject leg=%" NUMBER " nick=nurse subject=Verona", number);
    else if (below(outside, 5) == 0)
        happens(outside, "xmpp chat-state leg=%" NUMBER " nick=%s how=%s", number,
                ONE_OF(outside, NICKS), below(outside, 2) ? "composing" : "paused");
    else
        room_speaks(outside, number);
}

static void leg_moves(Outside *outside, OutsideLeg *leg)
{
    switch (leg->kind) {
    case OUTSIDE_LEG_CHAT: chat_leg_moves(outside, leg); break;
    case OUTSIDE_LEG_PARTY: party_leg_moves(outside, leg); break;
    case OUTSIDE_LEG_HOME:
        if (!outside->is_down)
            home_leg_moves(outside, leg);
        break;
    }
}

static void some_leg_moves(Outside *outside)
{
    const GPtrArray *legs = outside->books->legs;
    if (legs->len > 0)
        leg_moves(outside, legs->pdata[below(outside, (int)legs->len)]);
}

// --- time

static int first_timer(const GArray *timers, int64_t until_ms)
{
    int first = -1;
    for (guint i = 0; i < timers->len; i++) {
        int64_t due_ms = g_array_index(timers, OutsideTimer, i).due_ms;
        if (due_ms <= until_ms &&
            (first < 0 || due_ms < g_array_index(timers, OutsideTimer, first).due_ms))
            first = (int)i;
    }
    return first;
}

static void time_passes(Outside *outside, int64_t ms)
{
    OutsideBooks *books = outside->books;
    int64_t until_ms = books->now_ms + ms;
    for (int first; (first = first_timer(books->timers, until_ms)) >= 0;) {
        OutsideTimer timer = g_array_index(books->timers, OutsideTimer, first);
        g_array_remove_index(books->timers, (guint)first);
        books->now_ms = MAX(books->now_ms, timer.due_ms);
        happens(outside, "xmpp timer session=%" NUMBER " how=%s number=%" NUMBER, timer.session,
                fields_how_name(timer.how), timer.number);
    }
    books->now_ms = until_ms;
}

// Mostly a few seconds; now and then longer than a lost link is held, or than a chat may be idle.
static int64_t some_while(Outside *outside)
{
    if (outside->is_down && below(outside, 2))
        return outside->settings.xmpp_hold;
    return below(outside, 8) ? below(outside, 6000) : below(outside, 700000);
}

// --- a story

static void somebody_on_xmpp_acts(Outside *outside, int choice)
{
    if (outside->is_down)
        return;
    if (choice < 12)
        x_writes(outside);
    else if (choice < 14)
        x_types(outside);
    else if (choice < 19)
        x_invites(outside);
    else
        x_leaves(outside);
}

void outside_step(Outside *outside)
{
    int choice = below(outside, 100);
    outside->books->now_ms += below(outside, 400);
    if (choice < 21)
        somebody_on_xmpp_acts(outside, choice);
    else if (choice < 22)
        s_types(outside);
    else if (choice < 25)
        s_pages(outside);
    else if (choice < 27)
        s_offers(outside);
    else if (choice < 28)
        link_changes(outside, below(outside, 3) == 0);
    else if (choice < 31)
        time_passes(outside, some_while(outside));
    else if (choice < 33)
        some_stale_row_is_told(outside);
    else if (choice < 37)
        somebody_acknowledges(outside);
    else if (choice < 65)
        some_leg_moves(outside);
    else
        some_row_is_answered(outside);
    lost_link_answers(outside);
}

void outside_come_to_rest(Outside *outside)
{
    OutsideBooks *books = outside->books;
    outside->rests = true;
    link_changes(outside, false);
    for (int i = 0; i < REST_ROUNDS; i++) {
        while (books->rows->len > 0)
            row_is_answered(outside, 0);
        some_stale_row_is_told(outside);
        if (books->legs->len > 0)
            leg_moves(outside, books->legs->pdata[0]);
        else
            time_passes(outside, REST_MS);
    }
    outside_books_demand_rest(books);
    outside->rests = false;
}

void outside_close(Outside *outside)
{
    const OutsideBooks *books = outside->books;
    happens(outside, "xmpp closing");
    for (guint i = 0; i < books->legs->len; i++) {
        const OutsideLeg *leg = books->legs->pdata[i];
        outside_books_demand(books, leg->stage == OUTSIDE_LEG_WITHDRAWN, "a leg outlives the end");
    }
    for (guint i = 0; i < books->requests->len; i++)
        outside_books_demand(
            books, g_array_index(books->requests, OutsideRequest, i).kind != OUTSIDE_REQUEST_INVITE,
            "an invitation is not answered at the end");
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
    outside->settings.rate_session = outside->settings.rate_invite = INVITES_PER_MIN;
    outside->settings.late_s = below(outside, 2);
    outside->router = router_new(outside->route, &outside->settings);
    outside->books = outside_books_new(router_sessions(outside->router));
    outside->books->now_ms = 1000;
    return outside;
}

void outside_free(Outside *outside)
{
    if (outside == NULL)
        return;
    outside_books_free(outside->books);
    router_free(outside->router);
    route_free(outside->route);
    g_rand_free(outside->rand);
    g_free(outside);
}

Router *outside_router(Outside *outside)
{
    return outside->router;
}
