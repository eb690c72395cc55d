// SPDX-License-Identifier: MIT
// What an exit means to the other side, against tables 6.1 to 6.3 and their vectors.
#include "mapping/room_exit.h"

#include <string.h>

#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

// Codes to words as the XMPP side does it (muc_presence.c); 0 = no removal.
static How how_of(JsonArray *codes, bool is_destroyed)
{
    static const struct {
        gint64 code;
        How how;
    } CODES[] = {{333, HOW_LOST},    {332, HOW_SHUTDOWN}, {301, HOW_BANNED},
                 {321, HOW_REMOVED}, {322, HOW_REMOVED},  {307, HOW_KICKED}};
    if (is_destroyed)
        return HOW_DESTROYED;
    for (size_t i = 0; i < G_N_ELEMENTS(CODES); i++)
        for (guint at = 0; at < json_array_get_length(codes); at++)
            if (json_array_get_int_element(codes, at) == CODES[i].code)
                return CODES[i].how;
    return HOW_NONE;
}

static char *bye_reason(const Fields *f)
{
    return f->text != NULL ? g_strdup_printf("SIP;cause=%d;text=\"%s\"", (int)f->status, f->text)
                           : g_strdup_printf("SIP;cause=%d", (int)f->status);
}

static int removals;

static void removal(JsonNode *in_node, JsonNode *out_node)
{
    JsonObject *in = json_node_get_object(in_node);
    if (!JSON_NODE_HOLDS_OBJECT(out_node))
        return; // a change of nick is none; that is the XMPP side's to see
    g_autoptr(Event) exit = event_new(EVENT_ROOM_EXIT, SIDE_XMPP);
    exit->f.how = how_of(json_object_get_array_member(in, "codes"),
                         json_object_get_boolean_member(in, "destroy"));
    fields_set_text(&exit->f.text, vectors_text(in, "reason"));
    room_exit_status(exit);
    g_autofree char *reason = bye_reason(&exit->f);
    JsonObject *out = json_node_get_object(out_node);
    ck_assert_str_eq(reason, vectors_text(out, "bye_reason"));
    const char *after = strstr(vectors_text(out, "notify"), "retry-after=");
    ck_assert_uint_eq(exit->f.retry_s, after != NULL ? g_ascii_strtoull(after + 12, NULL, 10) : 0);
    removals++;
}

/* MUC-B15 MUC-B16 */
START_TEST(vector_021_removal_from_a_room)
{
    ck_assert_int_eq(vectors_each_case("GV-021", removal), 9);
    ck_assert_int_eq(removals, 8);
}
END_TEST

static void refusal(JsonNode *in, JsonNode *out)
{
    g_autoptr(Event) exit = event_new(EVENT_ROOM_EXIT, SIDE_XMPP);
    exit->f.how = HOW_REFUSED;
    exit->f.failure = failure_from_name(json_node_get_string(in));
    room_exit_status(exit);
    ck_assert_int_eq((int)exit->f.status, json_node_get_int(out));
    ck_assert_ptr_nonnull(exit->f.text);
}

/* MUC-B02 */
START_TEST(vector_022_refused_entry)
{
    ck_assert_int_eq(vectors_each_case("GV-022", refusal), 12);
}
END_TEST

/* MUC-B16 */
START_TEST(room_exit_names_the_room_that_is_there_instead)
{
    static const char *const exits[][2] = {
        {"xmpp room-exit how=destroyed text=feud real=mantua@muc.xmpp.test",
         "feud (now in mantua@muc.xmpp.test)"},
        {"xmpp room-exit how=destroyed real=mantua@muc.xmpp.test", "now in mantua@muc.xmpp.test"},
        {"xmpp room-exit how=destroyed text=feud", "feud"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(exits); i++) {
        g_autoptr(Event) exit = kit_event(exits[i][0]);
        room_exit_status(exit);
        ck_assert_uint_eq(exit->f.status, 410);
        ck_assert_str_eq(exit->f.text, exits[i][1]);
    }
}
END_TEST

START_TEST(room_exit_keeps_what_is_said_already)
{
    g_autoptr(Event) exit = kit_event("xmpp room-exit how=banned status=600 text=no retry_s=5");
    room_exit_status(exit);
    ck_assert_uint_eq(exit->f.status, 600);
    ck_assert_uint_eq(exit->f.retry_s, 5);
    ck_assert_str_eq(exit->f.text, "no");
}
END_TEST

// Table 6.2.
START_TEST(room_exit_of_a_sip_user_leaves_the_room_with_words)
{
    static const char *const exits[][2] = {
        {"sip room-exit how=lost", "connection lost"},
        {"sip room-exit how=timeout", "timeout"},
        {"sip room-exit how=left", NULL},
        {"sip room-exit how=left text=bye", "bye"},
        {"sip room-exit how=lost text=gone", "gone"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(exits); i++) {
        g_autoptr(Event) exit = kit_event(exits[i][0]);
        room_exit_word(exit);
        ck_assert_pstr_eq(exit->f.text, exits[i][1]);
    }
}
END_TEST

int main(void)
{
    return suite_run("room_exit", (const TTest *const[]){
                                      vector_021_removal_from_a_room, vector_022_refused_entry,
                                      room_exit_names_the_room_that_is_there_instead,
                                      room_exit_keeps_what_is_said_already,
                                      room_exit_of_a_sip_user_leaves_the_room_with_words, NULL});
}
