// SPDX-License-Identifier: MIT
// The room of a session: what is a copy of the chat before, what the party is told when it is inside,
// what waits and how much of it. Whole stories are in tests/scenario.
#include "mapping/room.h"

#include <string.h>

#include "mapping/session.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static uint64_t wall_ms(const char *stamp)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(stamp, NULL);
    ck_assert_ptr_nonnull(time);
    return (uint64_t)g_date_time_to_unix(time) * 1000;
}

static bool is_in_journal(JsonArray *journal, const char *body)
{
    g_autofree char *hash = g_strconcat("sha:", body, NULL);
    for (guint i = 0; i < json_array_get_length(journal); i++)
        if (strcmp(json_array_get_string_element(journal, i), hash) == 0)
            return true;
    return false;
}

static void history(JsonNode *in_node, JsonNode *out)
{
    JsonObject *in = json_node_get_object(in_node);
    const char *start = vectors_text(in, "t_start");
    JsonArray *lines = json_object_get_array_member(in, "msgs");
    g_autoptr(GString) passed = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(lines); i++) {
        JsonArray *line = json_array_get_array_element(lines, i);
        const char *time = json_array_get_string_element(line, 0);
        const char *body = json_array_get_string_element(line, 1);
        bool has_thread = !json_array_get_null_element(line, 2);
        g_autofree char *stamp = g_strdup_printf("%.10sT%sZ", start, time);
        if (!room_is_history_copy(stamp, wall_ms(start), vectors_text(in, "thread"),
                                  has_thread ? json_array_get_string_element(line, 2) : NULL,
                                  is_in_journal(json_object_get_array_member(in, "journal"), body)))
            g_string_append_printf(passed, "%s %s\n", time, body);
    }
    g_autoptr(GString) wanted = g_string_new(NULL);
    JsonArray *outs = json_node_get_array(out);
    for (guint i = 0; i < json_array_get_length(outs); i++) {
        JsonArray *line = json_array_get_array_element(outs, i);
        g_string_append_printf(wanted, "%s %s\n", json_array_get_string_element(line, 0),
                               json_array_get_string_element(line, 1));
    }
    ck_assert_uint_eq(json_array_get_length(lines), 5);
    ck_assert_str_eq(passed->str, wanted->str);
}

/* ESC-018 */
START_TEST(vector_029_history_filter)
{
    ck_assert_int_eq(vectors_each_case("GV-029", history), 1);
}
END_TEST

/* ESC-018 */
START_TEST(room_history_is_compared_by_whole_seconds_and_in_doubt_left_out)
{
    uint64_t start = wall_ms("2026-03-04T10:00:00Z") + 900;
    ck_assert(!room_is_history_copy("2026-03-04T10:00:00Z", start, NULL, NULL, false));
    ck_assert(room_is_history_copy("2026-03-04T09:59:59Z", start, NULL, NULL, false));
    ck_assert(!room_is_history_copy("2026-03-04T11:00:01+01:00", start, NULL, NULL, false));
    ck_assert(room_is_history_copy("yesterday", start, NULL, NULL, false));
    ck_assert(!room_is_history_copy(NULL, start, NULL, NULL, true));
    ck_assert(!room_is_history_copy(NULL, start, NULL, "T", true));
    ck_assert(room_is_history_copy(NULL, start, "T", "T", true));
}
END_TEST

#define INVITE(rest)                                                                               \
    "xmpp room-invite ref=7 from=juliet@xmpp.test/balcony to=romeo@sip.test "                      \
    "room=talk@muc.xmpp.test " rest

static Stage *entering(const char *invitation)
{
    Stage *stage = stage_new();
    stage_tell(stage, invitation);
    stage_expect(stage, "sip invite-to-room leg=$n ...");
    stage_tell(stage, "sip room-answer leg=$n how=yes private=yes");
    return stage;
}

static Stage *inside(void)
{
    Stage *stage = entering(INVITE(""));
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip room-roster leg=$n own=yes ...");
    stage_expect(stage, "sip admit leg=$n");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    stage_quiet(stage);
    return stage;
}

/* MUC-B01 */
START_TEST(room_is_entered_with_name_password_and_the_history_since_the_trigger)
{
    g_autoptr(Stage) stage = entering(INVITE("password=secret ms=1772618400999"));
    stage_expect(stage, "xmpp enter-room leg=* room=talk@muc.xmpp.test from=romeo@sip.test "
                        "nick=romeo password=secret stamp=2026-03-04T10:00:00Z continues=yes");
    g_autoptr(Stage) untimed = entering(INVITE(""));
    stage_expect(untimed, "xmpp enter-room leg=* room=talk@muc.xmpp.test from=romeo@sip.test "
                          "nick=romeo continues=yes");
}
END_TEST

#define ROOM "room=talk@muc.xmpp.test "

/* MUC-B03 */
START_TEST(room_tells_who_is_there_as_it_hears_of_it_and_the_party_what_it_is_itself)
{
    g_autoptr(Stage) stage = entering(INVITE(""));
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    stage_tell(stage, "xmpp room-roster leg=$r nick=romeo how=joined role=visitor own=yes");
    stage_expect(stage, "sip room-roster " ROOM "nick=romeo role=visitor how=joined");
    stage_tell(stage, "xmpp room-roster leg=$r nick=nurse how=joined role=visitor");
    stage_expect(stage, "sip room-roster " ROOM "nick=nurse role=visitor how=joined");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip room-roster leg=$n " ROOM "nick=romeo role=visitor how=changed own=yes");
    stage_expect(stage, "sip admit leg=$n");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    stage_quiet(stage);
}
END_TEST

/* MUC-B14 */
START_TEST(room_tells_differences_of_the_roster_and_a_subject_taken_away)
{
    g_autoptr(Stage) stage = inside();
    stage_tell(stage, "xmpp room-roster leg=$r nick=nurse how=joined role=visitor");
    stage_expect(stage, "sip room-roster " ROOM "nick=nurse role=visitor how=joined");
    stage_tell(stage, "xmpp room-roster leg=$r nick=nurse new_nick=peter how=renamed");
    stage_expect(stage, "sip room-roster " ROOM "nick=nurse new_nick=peter how=renamed");
    stage_tell(stage, "xmpp room-roster leg=$r nick=romeo how=joined own=yes");
    stage_expect(stage, "sip room-roster " ROOM "nick=romeo how=joined");
    stage_tell(stage, "xmpp room-roster leg=$r nick=romeo new_nick=montague how=renamed own=yes");
    stage_expect(stage, "sip room-roster " ROOM "nick=romeo new_nick=montague how=renamed");
    stage_expect(stage, "sip room-roster leg=$n " ROOM "nick=montague how=changed own=yes");
    stage_tell(stage, "xmpp room-subject leg=$r nick=peter subject=Verona");
    stage_expect(stage, "sip room-subject " ROOM "nick=peter subject=Verona");
    stage_tell(stage, "xmpp room-subject leg=$r nick=peter subject=Verona");
    stage_tell(stage, "xmpp room-subject leg=$r nick=peter");
    stage_expect(stage, "sip room-subject " ROOM "nick=peter");
    stage_quiet(stage);
}
END_TEST

/* ESC-011 */
START_TEST(room_takes_a_hundred_lines_of_one_who_is_not_inside_yet)
{
    g_autoptr(Stage) stage = entering(INVITE(""));
    stage_expect(stage, "xmpp enter-room leg=$r ...");
    for (int i = 0; i < 100; i++) {
        g_autofree char *line =
            g_strdup_printf("sip room-message ref=%d leg=$n id=k%d body=%d", 100 + i, i, i);
        g_autofree char *accepted = g_strdup_printf("sip accept ref=%d", 100 + i);
        stage_tell(stage, line);
        stage_expect(stage, accepted);
        stage_advance(stage, 100); // as fast as one may speak (SEC-10)
    }
    stage_tell(stage, "sip room-message ref=500 leg=$n id=k500 body=more");
    stage_expect(stage, "sip refuse ref=500 failure=resource-constraint ...");
    stage_tell(stage, "xmpp room-entry leg=$r nick=romeo");
    stage_expect(stage, "sip room-roster leg=$n own=yes ...");
    stage_expect(stage, "sip admit leg=$n");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    for (int i = 0; i < 100; i++) {
        g_autofree char *line =
            g_strdup_printf("xmpp room-message leg=$r row=* id=k%d body=%d", i, i);
        stage_expect(stage, line);
    }
    stage_quiet(stage);
}
END_TEST

START_TEST(room_hears_no_empty_line)
{
    g_autoptr(Stage) stage = inside();
    stage_tell(stage, "sip room-message ref=41 leg=$n id=k1");
    stage_expect(stage, "sip accept ref=41");
    stage_expect(stage, "sip report ref=41");
    stage_tell(stage, "xmpp room-message leg=$r nick=nurse id=g1");
    stage_quiet(stage);
    ck_assert_uint_eq(stage_open_rows(stage), 0);
}
END_TEST

/* ESC-507 */
START_TEST(room_is_forgotten_with_all_that_was_known_of_it)
{
    g_autoptr(Stage) stage = inside();
    stage_tell(stage, "xmpp room-roster leg=$r nick=nurse how=joined");
    stage_expect(stage, "sip room-roster ...");
    stage_tell(stage, "xmpp room-subject leg=$r nick=nurse subject=Verona");
    stage_expect(stage, "sip room-subject ...");
    stage_tell(stage, "sip room-exit leg=$n how=left");
    stage_expect(stage, "xmpp store how=room-unbind leg=$r");
    stage_expect(stage, "xmpp leave-room leg=$r");
    stage_expect(stage, "sip room-roster " ROOM "how=forget");
    const Session *session = stage_session(stage);
    ck_assert_ptr_null(session->room);
    ck_assert_ptr_null(session->legs);
    ck_assert(session_is_idle(session));
    stage_tell(stage, INVITE(""));
    stage_expect(stage, "sip invite-to-room leg=$n2 ...");
    stage_tell(stage, "sip room-answer leg=$n2 how=yes");
    stage_expect(stage, "xmpp enter-room leg=$r2 ...");
    stage_tell(stage, "xmpp room-entry leg=$r2 nick=romeo");
    stage_expect(stage, "sip room-roster leg=$n2 own=yes ...");
    stage_expect(stage, "sip admit leg=$n2");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        vector_029_history_filter,
        room_history_is_compared_by_whole_seconds_and_in_doubt_left_out,
        room_is_entered_with_name_password_and_the_history_since_the_trigger,
        room_tells_who_is_there_as_it_hears_of_it_and_the_party_what_it_is_itself,
        room_tells_differences_of_the_roster_and_a_subject_taken_away,
        room_takes_a_hundred_lines_of_one_who_is_not_inside_yet,
        room_hears_no_empty_line,
        room_is_forgotten_with_all_that_was_known_of_it,
        NULL,
    };
    return suite_run("room", TESTS);
}
