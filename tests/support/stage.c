// SPDX-License-Identifier: MIT
// Events in by text, commands out by text. A line of notation is compared word by word, so that
// neither the order of fields nor the numbers handed out have to be known.
#include "tests/support/stage.h"

#include <check.h>
#include <string.h>

#include "mapping/escalation_record.h"
#include "mapping/notation.h"
#include "mapping/route.h"
#include "mapping/session_map.h"

typedef struct {
    uint64_t session;
    How how;
    uint64_t number;
    int64_t due_ms;
} StageTimer;

struct Stage {
    Settings settings;
    Route *route;         // owned
    Router *router;       // owned, made when the first event is told
    Outbox *outbox;       // owned, of the running turn
    GQueue said;          // owned char *: commands not yet expected
    GQueue kept;          // owned char *: TIMER, STORE and ASK_PEER commands of the last turn
    GHashTable *captured; // owned name -> owned value
    GHashTable *rows;     // open rows: owned uint64_t
    uint64_t last_row;
    GArray *timers; // StageTimer
    int64_t now_ms;
};

Stage *stage_new(void)
{
    Stage *stage = g_new0(Stage, 1);
    stage->settings = settings_defaults();
    stage->route = route_new();
    g_assert(route_add_component(stage->route, "sip.test", ROUTE_USERS, "sip.test"));
    g_assert(route_add_xmpp_domain(stage->route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    g_assert(route_add_xmpp_domain(stage->route, "muc.xmpp.test", ROUTE_ROOMS, "muc.xmpp.test"));
    g_assert(route_add_component(stage->route, "halls.test", ROUTE_ROOMS, "halls.sip.test"));
    stage->outbox = outbox_new();
    stage->captured = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    stage->rows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    stage->timers = g_array_new(FALSE, FALSE, sizeof(StageTimer));
    stage->now_ms = 1000;
    return stage;
}

void stage_free(Stage *stage)
{
    if (stage == NULL)
        return;
    router_free(stage->router);
    route_free(stage->route);
    outbox_free(stage->outbox);
    g_queue_clear_full(&stage->said, g_free);
    g_queue_clear_full(&stage->kept, g_free);
    g_hash_table_destroy(stage->captured);
    g_hash_table_destroy(stage->rows);
    g_array_free(stage->timers, TRUE);
    g_free(stage);
}

Settings *stage_settings(Stage *stage)
{
    return &stage->settings;
}

static bool set_number(Stage *stage, const char *name, int64_t value)
{
#define SET_NUMBER(member, unused)                                                                 \
    if (strcmp(name, #member) == 0) {                                                              \
        stage->settings.member = value;                                                            \
        return true;                                                                               \
    }
    SETTINGS_TIMERS(SET_NUMBER)
    SETTINGS_NUMBERS(SET_NUMBER)
#undef SET_NUMBER
    return false;
}

static bool set_flag(Stage *stage, const char *name, bool value)
{
#define SET_FLAG(member, unused)                                                                   \
    if (strcmp(name, #member) == 0) {                                                              \
        stage->settings.member = value;                                                            \
        return true;                                                                               \
    }
    SETTINGS_FLAGS(SET_FLAG)
#undef SET_FLAG
    return false;
}

static bool set_choice(Stage *stage, const char *name, const char *word)
{
#define SET_CHOICE(member, words)                                                                  \
    if (strcmp(name, #member) == 0) {                                                              \
        g_auto(GStrv) list = g_strsplit(words, "|", -1);                                           \
        for (int i = 0; list[i] != NULL; i++)                                                      \
            if (strcmp(list[i], word) == 0) {                                                      \
                stage->settings.member = i;                                                        \
                return true;                                                                       \
            }                                                                                      \
    }
    SETTINGS_CHOICES(SET_CHOICE)
#undef SET_CHOICE
    return false;
}

bool stage_set(Stage *stage, const char *name, const char *value)
{
    int64_t number;
    if (g_ascii_string_to_signed(value, 10, 0, G_MAXINT64, &number, NULL))
        return set_number(stage, name, number);
    if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
        return set_flag(stage, name, strcmp(value, "yes") == 0);
    return set_choice(stage, name, value);
}

// One `name=value` word of a line, or its side or kind (value NULL).
typedef struct {
    char *name;  // owned
    char *value; // owned, as written, with its quotes
} Word;

static void word_clear(gpointer data)
{
    Word *word = data;
    g_free(word->name);
    g_free(word->value);
}

static const char *value_end(const char *at)
{
    if (*at != '"')
        return at + strcspn(at, " ");
    for (at++; *at != '"' && *at != '\0'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '"' ? at + 1 : at;
}

static GArray *words_cut(const char *line)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(Word));
    g_array_set_clear_func(words, word_clear);
    for (const char *at = line; *(at += strspn(at, " ")) != '\0';) {
        size_t length = strcspn(at, "= ");
        Word word = {.name = g_strndup(at, length)};
        at += length;
        if (*at == '=') {
            const char *end = value_end(++at);
            word.value = g_strndup(at, (size_t)(end - at));
            at = end;
        }
        g_array_append_val(words, word);
    }
    return words;
}

static const Word *word_find(const GArray *words, const char *name)
{
    for (guint i = 2; i < words->len; i++)
        if (strcmp(g_array_index(words, Word, i).name, name) == 0)
            return &g_array_index(words, Word, i);
    return NULL;
}

static char *unquoted(const char *value)
{
    size_t length = strlen(value);
    if (length < 2 || value[0] != '"')
        return g_strdup(value);
    g_autofree char *inside = g_strndup(value + 1, length - 2);
    return g_strcompress(inside);
}

// Quotes are a matter of spelling: a="b" is a=b.
static bool same_value(const char *a, const char *b)
{
    g_autofree char *one = unquoted(a), *other = unquoted(b);
    return strcmp(one, other) == 0;
}

static bool value_matches(const Stage *stage, const char *pattern, const char *value)
{
    if (strcmp(pattern, "*") == 0)
        return true;
    if (pattern[0] != '$')
        return same_value(pattern, value);
    const char *captured = g_hash_table_lookup(stage->captured, pattern + 1);
    return captured == NULL || strcmp(captured, value) == 0;
}

static void capture(Stage *stage, const GArray *pattern, const GArray *said)
{
    for (guint i = 2; i < pattern->len; i++) {
        const Word *wanted = &g_array_index(pattern, Word, i);
        if (wanted->value != NULL && wanted->value[0] == '$')
            g_hash_table_insert(stage->captured, g_strdup(wanted->value + 1),
                                g_strdup(word_find(said, wanted->name)->value));
    }
}

static bool same_kind(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < 2; i++)
        if (i >= a->len || i >= b->len ||
            strcmp(g_array_index(a, Word, i).name, g_array_index(b, Word, i).name) != 0)
            return false;
    return true;
}

// The name of the first field that does not fit, or NULL.
static const char *mismatch(const Stage *stage, const GArray *pattern, const GArray *said)
{
    const Word *last = &g_array_index(pattern, Word, pattern->len - 1);
    bool is_open = strcmp(last->name, "...") == 0;
    for (guint i = 2; i < pattern->len - is_open; i++) {
        const Word *wanted = &g_array_index(pattern, Word, i);
        const Word *found = word_find(said, wanted->name);
        if (found == NULL || wanted->value == NULL || found->value == NULL ||
            !value_matches(stage, wanted->value, found->value))
            return wanted->name;
    }
    for (guint i = 2; !is_open && i < said->len; i++) {
        const char *name = g_array_index(said, Word, i).name;
        if (strcmp(name, "session") != 0 && word_find(pattern, name) == NULL)
            return name;
    }
    return NULL;
}

static char *all_said(const GQueue *said)
{
    GString *text = g_string_new(NULL);
    for (const GList *at = said->head; at != NULL; at = at->next)
        g_string_append_printf(text, "\n    %s", (const char *)at->data);
    return g_string_free(text, FALSE);
}

static char *not_so(const char *pattern, const char *why, const GQueue *said)
{
    g_autofree char *rest = all_said(said);
    return g_strdup_printf("expected: %s\n  %s; said:%s", pattern, why, rest);
}

static char *expect_first(Stage *stage, GQueue *said, const char *pattern, const GArray *words)
{
    if (said->head == NULL)
        return g_strdup_printf("expected: %s\n  nothing more was said", pattern);
    g_autoptr(GArray) found = words_cut(said->head->data);
    const char *wrong = same_kind(words, found) ? mismatch(stage, words, found) : "kind";
    if (wrong != NULL) {
        g_autofree char *why = g_strdup_printf("'%s' does not fit", wrong);
        return not_so(pattern, why, said);
    }
    capture(stage, words, found);
    g_free(g_queue_pop_head(said));
    return NULL;
}

// What the house keeps is looked for, not waited for: only the rest has an order worth telling.
static char *expect_kept(Stage *stage, const char *pattern, const GArray *words)
{
    for (GList *at = stage->kept.head; at != NULL; at = at->next) {
        g_autoptr(GArray) found = words_cut(at->data);
        if (!same_kind(words, found) || mismatch(stage, words, found) != NULL)
            continue;
        capture(stage, words, found);
        g_free(at->data);
        g_queue_delete_link(&stage->kept, at);
        return NULL;
    }
    return not_so(pattern, "nothing like it was kept", &stage->kept);
}

char *stage_try_expect(Stage *stage, const char *pattern)
{
    g_autoptr(GArray) words = words_cut(pattern);
    if (words->len < 2)
        return g_strdup_printf("'%s' is no pattern", pattern);
    const char *kind = g_array_index(words, Word, 1).name;
    if (strcmp(kind, "timer") == 0 || strcmp(kind, "store") == 0 ||
        strcmp(kind, "ask-peer") == 0)
        return expect_kept(stage, pattern, words);
    return expect_first(stage, &stage->said, pattern, words);
}

char *stage_try_quiet(Stage *stage)
{
    if (stage->said.head == NULL)
        return NULL;
    g_autofree char *rest = all_said(&stage->said);
    return g_strdup_printf("nobody expected:%s", rest);
}

static void timer_take(Stage *stage, const Fields *f)
{
    for (guint i = stage->timers->len; i-- > 0;) {
        const StageTimer *timer = &g_array_index(stage->timers, StageTimer, i);
        if (timer->session == f->session && timer->how == f->how)
            g_array_remove_index(stage->timers, i);
    }
    if (f->ms == 0)
        return;
    StageTimer timer = {f->session, f->how, f->number, stage->now_ms + (int64_t)f->ms};
    g_array_append_val(stage->timers, timer);
}

static char *row_opens(Stage *stage, uint64_t row)
{
    if (row <= stage->last_row)
        return g_strdup_printf("row %" G_GUINT64_FORMAT " was used before", row);
    stage->last_row = row;
    uint64_t *open = g_new(uint64_t, 1);
    *open = row;
    g_hash_table_add(stage->rows, open);
    return NULL;
}

static char *row_closes(Stage *stage, uint64_t row)
{
    if (g_hash_table_remove(stage->rows, &row))
        return NULL;
    return g_strdup_printf("row %" G_GUINT64_FORMAT " is closed but was not open", row);
}

static char *row_is_kept(Stage *stage, const Command *command)
{
    uint64_t row = command->f.row;
    if (command->kind == COMMAND_STORE && command->f.how == HOW_ROW_OPEN)
        return row_opens(stage, row);
    if (command->kind == COMMAND_STORE && command->f.how == HOW_ROW_CLOSE)
        return row_closes(stage, row);
    // what is no line has a row of its own, which is in no ledger
    bool is_line = command->kind != COMMAND_RECEIPT && command->kind != COMMAND_CHAT_STATE;
    if (row == 0 || !is_line || g_hash_table_contains(stage->rows, &row))
        return NULL;
    return g_strdup_printf("row %" G_GUINT64_FORMAT " is handed on but not open", row);
}

static char *command_take(Stage *stage, const Command *command)
{
    bool is_kept = command->kind == COMMAND_TIMER || command->kind == COMMAND_STORE ||
                   command->kind == COMMAND_ASK_PEER;
    if (command->kind == COMMAND_TIMER)
        timer_take(stage, &command->f);
    g_queue_push_tail(is_kept ? &stage->kept : &stage->said, notation_command_text(command));
    return row_is_kept(stage, command);
}

static char *commands_take(Stage *stage)
{
    session_map_check(router_sessions(stage->router));
    for (guint i = 0; i < stage->outbox->commands->len; i++) {
        char *why = command_take(stage, g_ptr_array_index(stage->outbox->commands, i));
        if (why != NULL)
            return why;
    }
    return NULL;
}

// A row that an earlier run left open is open in this one.
static char *dispatch(Stage *stage, Event *event)
{
    event->at_ms = stage->now_ms;
    if (stage->router == NULL)
        stage->router = router_new(stage->route, &stage->settings);
    g_queue_clear_full(&stage->kept, g_free);
    outbox_clear(stage->outbox);
    char *why = NULL;
    if (event->kind == EVENT_RESTORED && event->f.how == HOW_ROW_OPEN)
        why = row_opens(stage, event->f.row);
    router_dispatch(stage->router, event, stage->outbox);
    return why != NULL ? why : commands_take(stage);
}

// Puts what was captured where `=$name` stands; a name ends where a word ends.
static char *fill_in(Stage *stage, const char *line, char **why)
{
    GString *filled = g_string_new(NULL);
    g_autoptr(GArray) words = words_cut(line);
    for (guint i = 0; i < words->len; i++) {
        const Word *word = &g_array_index(words, Word, i);
        const char *value = word->value;
        if (value != NULL && value[0] == '$')
            value = g_hash_table_lookup(stage->captured, value + 1);
        if (word->value != NULL && value == NULL)
            *why = g_strdup_printf("nothing was captured as %s", word->value);
        g_string_append_printf(filled, "%s%s%s%s", i > 0 ? " " : "", word->name,
                               value != NULL ? "=" : "", value != NULL ? value : "");
    }
    return g_string_free(filled, FALSE);
}

static Event *event_of(Stage *stage, const char *line, char **why)
{
    *why = stage_try_quiet(stage);
    if (*why != NULL)
        return NULL;
    g_autofree char *filled = fill_in(stage, line, why);
    return *why == NULL ? notation_parse_event(filled, why) : NULL;
}

char *stage_try_tell(Stage *stage, const char *line)
{
    char *why = NULL;
    g_autoptr(Event) event = event_of(stage, line, &why);
    return event != NULL ? dispatch(stage, event) : why;
}

char *stage_try_fire(Stage *stage, Session *session, EscalationEvent on, const char *cause)
{
    char *why = NULL;
    g_autoptr(Event) event = event_of(stage, cause, &why);
    if (event == NULL)
        return why;
    g_queue_clear_full(&stage->kept, g_free);
    outbox_clear(stage->outbox);
    Turn turn = router_turn(stage->router, stage->outbox, stage->now_ms);
    if (escalation_state(session) == ESCALATION_CHAT && event->kind == EVENT_ROOM_INVITE)
        escalation_record_open(&turn, session, event, SIDE_XMPP);
    escalation_fire(&turn, session, on, event);
    turn_settle(&turn);
    return commands_take(stage);
}

static int first_due(const Stage *stage, int64_t until_ms)
{
    int first = -1;
    for (guint i = 0; i < stage->timers->len; i++) {
        int64_t due_ms = g_array_index(stage->timers, StageTimer, i).due_ms;
        if (due_ms <= until_ms &&
            (first < 0 || due_ms < g_array_index(stage->timers, StageTimer, first).due_ms))
            first = (int)i;
    }
    return first;
}

char *stage_try_advance(Stage *stage, int64_t ms)
{
    int64_t until_ms = stage->now_ms + ms;
    char *why = stage_try_quiet(stage);
    for (int i; why == NULL && (i = first_due(stage, until_ms)) >= 0;) {
        StageTimer timer = g_array_index(stage->timers, StageTimer, i);
        g_array_remove_index(stage->timers, (guint)i);
        stage->now_ms = MAX(stage->now_ms, timer.due_ms);
        g_autoptr(Event) event = event_new(EVENT_TIMER, SIDE_XMPP);
        event->f.session = timer.session;
        event->f.how = timer.how;
        event->f.number = timer.number;
        why = dispatch(stage, event);
    }
    stage->now_ms = until_ms;
    return why;
}

static void require(char *why, const char *line)
{
    if (why != NULL)
        ck_abort_msg("%s\n  at: %s", why, line);
}

void stage_tell(Stage *stage, const char *line)
{
    require(stage_try_tell(stage, line), line);
}

void stage_fire(Stage *stage, Session *session, EscalationEvent on, const char *cause)
{
    require(stage_try_fire(stage, session, on, cause), cause);
}

void stage_expect(Stage *stage, const char *pattern)
{
    require(stage_try_expect(stage, pattern), pattern);
}

void stage_quiet(Stage *stage)
{
    require(stage_try_quiet(stage), "quiet");
}

void stage_advance(Stage *stage, int64_t ms)
{
    require(stage_try_advance(stage, ms), "advance");
}

guint stage_open_rows(const Stage *stage)
{
    return g_hash_table_size(stage->rows);
}

guint stage_session_count(Stage *stage)
{
    return session_map_count(router_sessions(stage->router));
}

Router *stage_router(Stage *stage)
{
    return stage->router;
}

static void session_keep(Session *session, void *found)
{
    g_assert(*(Session **)found == NULL);
    *(Session **)found = session;
}

Session *stage_session(Stage *stage)
{
    Session *session = NULL;
    session_map_each(router_sessions(stage->router), session_keep, &session);
    g_assert(session != NULL);
    return session;
}
