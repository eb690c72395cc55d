// SPDX-License-Identifier: MIT
// Commands in, words out; the lines between are those of any party (room.c).
#include "mapping/page_party.h"

#include <string.h>

#include "mapping/journal.h"
#include "mapping/nickname.h"
#include "mapping/notice.h"
#include "mapping/page.h"
#include "mapping/room.h"
#include "mapping/room_life.h"
#include "mapping/route.h"
#include "mapping/session_map.h"
#include "mapping/stay.h"

enum {
    FAILURES_MAX = 3, // in a row
    MINUTE_MS = 60 * 1000,
    WHO_OCTETS = 800, // LIMIT: of a list of names, so that it fits one MESSAGE
};

// The device of which such a party is one: a phone that opens a session as well is another.
#define DEVICE "page"

static const char HINT[] = "Nothing was said in %s: you are not in it. Send /join or /join NAME to enter; "
                           "then what you write here is said there, /who tells who is there, /leave leaves.";

// ---- words --------------------------------------------------------------------------------------

static void say(Turn *turn, Address *room, Address *user, const char *text)
{
    Session *session = session_map_open(turn->sessions, room, user, turn->now_ms);
    if (session != NULL)
        notice_tell(turn, session, room, user, text);
}

G_GNUC_PRINTF(3, 4)
static void tell(Turn *turn, const Session *session, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    say(turn, session->seat.room, session->s, text);
}

typedef struct {
    GString *names;
    guint unnamed;
} Who;

static void on_occupant(const Participant *participant, void *data)
{
    Who *who = data;
    if (who->names->len + strlen(participant->nick) > WHO_OCTETS) {
        who->unnamed++;
        return;
    }
    g_string_append_printf(who->names, "%s%s", who->names->len > 0 ? ", " : "", participant->nick);
}

static void tell_who(Turn *turn, const Session *session)
{
    const char *room = address_jid(session->seat.room);
    g_autoptr(GString) names = g_string_new(NULL);
    Who who = {.names = names};
    if (!room_life_is_inside(session)) {
        tell(turn, session, "%s has not let you in yet.", room);
        return;
    }
    participants_each(session->seat.known->participants, on_occupant, &who);
    if (who.unnamed > 0)
        g_string_append_printf(names, " and %u more", who.unnamed);
    tell(turn, session, "In %s: %s", room, names->str);
}

// ---- commands -----------------------------------------------------------------------------------

static Address *device_of(const Address *user)
{
    return address_with_resource(user, DEVICE);
}

static Session *find(const Turn *turn, Address *room, const Address *user)
{
    g_autoptr(Address) device = device_of(user);
    Session *session = session_map_find_stay(turn->sessions, room, device, SIDE_SIP);
    return session != NULL && session->stay.state != STAY_OUT ? session : NULL;
}

static uint64_t enter(Turn *turn, const Event *event, Address *room, const Address *user,
                      const char *nick)
{
    g_autoptr(Event) offer = event_new(EVENT_ROOM_OFFERED, SIDE_SIP);
    offer->at_ms = event->at_ms;
    offer->f.from = device_of(user);
    fields_set_address(&offer->f.room, room);
    fields_set_text(&offer->f.nick, nick);
    fields_set_text(&offer->f.carrier, lines_carrier_name(LINE_BY_PAGE));
    offer->f.history = event->kind == EVENT_RESTORED;
    return stay_on_offer(turn, offer);
}

static void ask_nick(Turn *turn, Session *session, const char *nick)
{
    g_autofree char *wish = nickname_of_wish(nick);
    if (wish == NULL) {
        tell(turn, session, "\"%s\" is no name.", nick);
        return;
    }
    Command *ask = turn_push(turn, session, COMMAND_ROOM_NICK, session->seat.home);
    ask->f.leg = session->seat.home_leg;
    fields_set_text(&ask->f.nick, wish);
}

static uint64_t on_join(Turn *turn, Session *session, Address *room, const Event *event,
                        const char *nick)
{
    if (session == NULL)
        return enter(turn, event, room, event->f.from, nick != NULL ? nick : event->f.nick);
    if (!room_life_is_inside(session))
        return session->id;
    if (nick == NULL)
        tell(turn, session, "You are in %s as %s.", address_jid(room), session->seat.nick);
    else
        ask_nick(turn, session, nick);
    return session->id;
}

static void go(Turn *turn, Session *session)
{
    g_autoptr(Event) exit = event_new(EVENT_ROOM_EXIT, SIDE_SIP);
    exit->f.leg = session->seat.party_leg;
    exit->f.how = HOW_LEFT;
    stay_on_leg(turn, session, exit);
}

// What is no command is said in the room, by the ways of any party (the 200 says that we have it).
static void speak(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) line = event_copy(event);
    line->kind = EVENT_ROOM_MESSAGE;
    line->f.leg = session->seat.party_leg;
    line->f.private = address_resource(event->f.to) != NULL;
    fields_set_text(&line->f.nick, address_resource(event->f.to));
    turn_timer_start(turn, session, HOW_IDLE, turn->settings->page_rooms_stay);
    room_on_event(turn, session, line);
}

static bool is_command(const char *body, const char *word, const char **rest)
{
    size_t length = strlen(word);
    if (g_ascii_strncasecmp(body, word, length) != 0)
        return false;
    const char *end = body + length;
    *rest = end + strspn(end, " \t\r\n");
    return *end == '\0' || *rest > end;
}

static void accept(Turn *turn, const Event *event)
{
    turn_push(turn, NULL, COMMAND_ACCEPT, SIDE_SIP)->f.ref = event->f.ref;
}

static void on_stranger(Turn *turn, const Event *event, Address *room)
{
    g_autofree char *text = g_strdup_printf(HINT, address_jid(room));
    accept(turn, event);
    say(turn, room, event->f.from, text);
}

// Who has asked to come in is heard as if he were: what he writes waits until the room answers.
static uint64_t on_member(Turn *turn, Session *session, const Event *event)
{
    const char *rest;
    if (is_command(event->f.body, "/leave", &rest)) {
        accept(turn, event);
        tell(turn, session, "You have left %s.", address_jid(session->seat.room));
        go(turn, session);
    } else if (is_command(event->f.body, "/who", &rest)) {
        accept(turn, event);
        tell_who(turn, session);
    } else {
        speak(turn, session, event);
    }
    return session->id;
}

bool page_party_is_for(const Turn *turn, const Event *event)
{
    return turn->settings->page_rooms == PAGE_ROOMS_ASK && event->kind == EVENT_MESSAGE &&
           event->side == SIDE_SIP && event->f.leg == 0 &&
           route_side_of(turn->route, event->f.to) == ROUTE_XMPP_ROOM;
}

uint64_t page_party_on_message(Turn *turn, const Event *event)
{
    const char *nick;
    g_autoptr(Address) room = address_to_bare(event->f.to);
    Session *session = find(turn, room, event->f.from);
    if (event->f.body == NULL) {
        accept(turn, event);
    } else if (is_command(event->f.body, "/join", &nick)) {
        g_autofree char *wish = g_strstrip(g_strdup(nick));
        accept(turn, event);
        return on_join(turn, session, room, event, *wish != '\0' ? wish : NULL);
    } else if (session != NULL) {
        return on_member(turn, session, event);
    } else {
        on_stranger(turn, event, room);
    }
    return session != NULL ? session->id : 0;
}

void page_party_on_restored(Turn *turn, const Event *event)
{
    enter(turn, event, event->f.room, event->f.from, event->f.nick);
}

// ---- the stay -----------------------------------------------------------------------------------

static void on_answered(Turn *turn, Session *session, int unused)
{
    g_autoptr(Event) answer = event_new(EVENT_ROOM_ANSWER, SIDE_SIP);
    answer->f.leg = session->seat.party_leg;
    answer->f.how = HOW_YES;
    answer->f.private = true;
    if (session->stay.state == STAY_ANSWERING)
        stay_on_leg(turn, session, answer);
}

void page_party_answer(Turn *turn, Session *session)
{
    turn_raise(turn, session, on_answered, 0);
}

void page_party_admit(Turn *turn, Session *session)
{
    const Seat *seat = &session->seat;
    const char *subject = seat->known->subject;
    turn_timer_start(turn, session, HOW_IDLE, turn->settings->page_rooms_stay);
    if (seat->pages.is_back)
        return;
    tell(turn, session, "You are in %s as %s. What you write here is said there; /who tells who is there, "
         "/leave leaves.%s%s", address_jid(seat->room), seat->nick,
         subject != NULL ? " Subject: " : "", subject != NULL ? subject : "");
}

static void tell_end(Turn *turn, const Session *session, const char *what, const Event *cause)
{
    const char *why = cause->f.text != NULL               ? cause->f.text
                      : cause->f.failure != FAILURE_NONE ? failure_name(cause->f.failure)
                                                         : fields_how_name(cause->f.how);
    tell(turn, session, "%s %s: %s", what, address_jid(session->seat.room), why);
}

void page_party_refuse(Turn *turn, Session *session, const Event *cause)
{
    tell_end(turn, session, "You could not enter", cause);
}

void page_party_expel(Turn *turn, Session *session, const Event *cause)
{
    tell_end(turn, session, "You are no longer in", cause);
}

void page_party_on_nick(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how == HOW_YES)
        tell(turn, session, "You are %s now.", event->f.nick);
    else
        tell(turn, session, "The room does not let you have that name (%s).",
             failure_name(event->f.failure));
}

// ---- lines --------------------------------------------------------------------------------------

static void leave_out(Turn *turn, Session *session)
{
    session->seat.pages.left_out++;
    if (!turn_timer_is_running(session, HOW_MINUTE))
        turn_timer_start(turn, session, HOW_MINUTE, MINUTE_MS);
}

bool page_party_takes(Turn *turn, Session *session, const Event *event)
{
    SeatPages *pages = &session->seat.pages;
    if (event->f.history && !pages->is_again)
        return false;
    if (event->f.private)
        return true;
    if (!turn_timer_is_running(session, HOW_MINUTE)) {
        turn_timer_start(turn, session, HOW_MINUTE, MINUTE_MS);
        pages->said = 0;
    }
    if (pages->said >= turn->settings->page_rooms_rate) {
        leave_out(turn, session);
        return false;
    }
    pages->said++;
    return true;
}

void page_party_send(Turn *turn, Session *session, Line *line)
{
    if (line->f.to == NULL) // a private line is answered by its own address
        fields_set_address(&line->f.to, session->s);
    page_send(turn, line);
}

void page_party_dress(const Line *line, Command *command)
{
    if (line->class != LINE_ROOM_TOWARDS)
        return;
    Address *room = line->session->seat.room;
    Fields *f = &command->f;
    fields_set_address(&f->room, room);
    fields_set_address(&f->to, line->session->s);
    if (line->f.private) // from the occupant's own address, so that an answer goes to him
        return;
    fields_set_address(&f->from, room);
    if (f->wrapped)
        return;
    g_free(f->body);
    f->body = g_strdup_printf("%s: %s", line->f.nick, line->f.body);
    fields_set_text(&f->nick, NULL);
}

static void on_hopeless(Turn *turn, Session *session, int unused)
{
    if (room_life_is_inside(session))
        go(turn, session);
}

static void on_failure(Turn *turn, Session *session, Line *line, const Refusal *refusal)
{
    journal_fail(turn, line, refusal);
    if (++session->seat.pages.failures >= FAILURES_MAX)
        turn_raise(turn, session, on_hopeless, 0);
}

void page_party_on_delivery(Turn *turn, Session *session, Line *line, const Event *event)
{
    const Refusal refusal = refusal_of(&event->f);
    if (event->f.how == HOW_TOO_RICH) {
        page_send_plainly(turn, line);
        return;
    }
    page_on_answer(turn, line);
    if (event->f.how == HOW_TOO_LARGE) {
        leave_out(turn, session);
        journal_fail(turn, line, &(Refusal){.reason = FAILURE_POLICY_VIOLATION});
    } else if (refusal.reason != FAILURE_NONE) {
        on_failure(turn, session, line, &refusal);
    } else {
        session->seat.pages.failures = 0;
        journal_close(turn, line);
    }
}

// ---- time ---------------------------------------------------------------------------------------

static void on_minute_over(Turn *turn, Session *session)
{
    SeatPages *pages = &session->seat.pages;
    if (pages->left_out > 0)
        tell(turn, session, "%u lines left out", pages->left_out);
    pages->said = pages->left_out = 0;
}

static void on_day_over(Turn *turn, Session *session)
{
    tell(turn, session, "You are no longer in %s: you have not written for a long time.",
         address_jid(session->seat.room));
    go(turn, session);
}

void page_party_on_timer(Turn *turn, Session *session, How how)
{
    if (!room_life_is_inside(session))
        return;
    if (how == HOW_MINUTE)
        on_minute_over(turn, session);
    else
        on_day_over(turn, session);
}
