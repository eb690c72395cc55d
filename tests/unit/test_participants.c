// SPDX-License-Identifier: MIT
// Who is in a room: presences in, differences out.
#include "mapping/participants.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

enum { PARTICIPANTS_BOUND = 5000 }; // as participants.c declares it

static How merge(Participants *participants, const char *presence)
{
    g_autofree char *line = g_strconcat("xmpp room-roster leg=1 ", presence, NULL);
    g_autoptr(Event) event = kit_event(line);
    return participants_merge(participants, event, 1);
}

static void note_nick(const Participant *participant, void *data)
{
    GString *nicks = data;
    g_string_append_printf(nicks, "%s%s", nicks->len > 0 ? " " : "", participant->nick);
}

static void expect_order(const Participants *participants, const char *wanted)
{
    g_autoptr(GString) nicks = g_string_new(NULL);
    participants_each(participants, note_nick, nicks);
    ck_assert_str_eq(nicks->str, wanted);
}

static Participants *three(void)
{
    Participants *participants = participants_new();
    ck_assert_int_eq(merge(participants, "how=joined nick=romeo own=yes"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet role=moderator"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=joined nick=nurse"), HOW_JOINED);
    return participants;
}

START_TEST(participants_are_told_in_order_of_entry)
{
    Participants *participants = three();
    ck_assert_uint_eq(participants_count(participants), 3);
    expect_order(participants, "romeo juliet nurse");
    participants_free(participants);
}
END_TEST

/* ROSTER-015 */
START_TEST(participants_a_presence_that_changes_nothing_is_no_difference)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet role=moderator"), HOW_NONE);
    ck_assert_int_eq(merge(participants, "how=changed nick=juliet role=moderator"), HOW_NONE);
    ck_assert_int_eq(merge(participants, "how=left nick=tybalt"), HOW_NONE);
    ck_assert_int_eq(merge(participants, "how=joined"), HOW_NONE);
    ck_assert_uint_eq(participants_count(participants), 3);
    participants_free(participants);
}
END_TEST

START_TEST(participants_role_affiliation_and_real_address_are_differences)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=joined nick=nurse role=visitor"), HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=joined nick=nurse role=visitor affiliation=member"),
                     HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=joined nick=nurse role=visitor affiliation=member "
                                         "real=nurse@xmpp.test/k"),
                     HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=changed nick=nurse role=visitor affiliation=member away=yes"),
                     HOW_CHANGED);
    const Participant *nurse = participants_find(participants, "nurse");
    ck_assert(nurse->away);
    ck_assert_str_eq(nurse->role, "visitor");
    ck_assert_str_eq(nurse->affiliation, "member");
    ck_assert_str_eq(address_jid(nurse->real), "nurse@xmpp.test/k");
    ck_assert_int_eq(merge(participants, "how=joined nick=nurse"), HOW_CHANGED);
    ck_assert_ptr_null(nurse->role);
    ck_assert_str_eq(address_jid(nurse->real), "nurse@xmpp.test/k"); // another leg was told it
    participants_free(participants);
}
END_TEST

START_TEST(participants_who_leaves_is_gone_in_the_way_he_left)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=kicked nick=juliet"), HOW_KICKED);
    ck_assert_int_eq(merge(participants, "how=left nick=nurse"), HOW_LEFT);
    ck_assert_int_eq(merge(participants, "how=left nick=nurse"), HOW_NONE);
    expect_order(participants, "romeo");
    participants_free(participants);
}
END_TEST

START_TEST(participants_who_is_renamed_keeps_his_place_and_what_he_is)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_RENAMED);
    ck_assert_ptr_null(participants_find(participants, "juliet"));
    ck_assert_str_eq(participants_find(participants, "capulet")->role, "moderator");
    expect_order(participants, "romeo capulet nurse");
    participants_free(participants);
}
END_TEST

START_TEST(participants_a_new_name_that_is_missing_ends_the_old_one)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=renamed nick=nurse"), HOW_LEFT);
    ck_assert_int_eq(merge(participants, "how=renamed nick=tybalt new_nick=benvolio"), HOW_NONE);
    expect_order(participants, "romeo juliet");
    participants_free(participants);
}
END_TEST

/* MUC-B14 */
START_TEST(participants_told_by_two_legs_are_told_once)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_RENAMED);
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_NONE);
    expect_order(participants, "romeo capulet nurse juliet");
    ck_assert_int_eq(merge(participants, "how=left nick=nurse"), HOW_LEFT);
    ck_assert_int_eq(merge(participants, "how=left nick=nurse"), HOW_NONE);
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet real=j@xmpp.test"), HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet"), HOW_NONE);
    participants_free(participants);
}
END_TEST

/* ROSTER-008 MUC-A29 */
START_TEST(participants_of_a_leg_that_lags_behind_are_no_ghosts)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet real=j@xmpp.test"), HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_RENAMED);
    ck_assert_int_eq(merge(participants, "how=changed nick=juliet real=j@xmpp.test"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=juliet"), HOW_NONE);
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_RENAMED);
    expect_order(participants, "romeo capulet nurse");
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet real=other@xmpp.test"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_NONE);
    expect_order(participants, "romeo capulet nurse juliet");
    participants_free(participants);
}
END_TEST

/* MUC-B01 ROSTER-014 */
START_TEST(participants_of_two_devices_under_two_nicks_are_one_when_the_second_follows)
{
    Participants *participants = three();
    ck_assert_int_eq(merge(participants, "how=joined nick=juliet real=j@xmpp.test/a"), HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=joined nick=capulet real=j@xmpp.test/b"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=renamed nick=juliet new_nick=capulet"), HOW_RENAMED);
    expect_order(participants, "romeo nurse capulet");
    participants_free(participants);
}
END_TEST

/* ESC-608 */
START_TEST(participants_not_told_again_are_swept)
{
    Participants *participants = three();
    g_autoptr(GString) gone = g_string_new(NULL);
    g_autoptr(Event) again = kit_event("xmpp room-roster leg=1 how=joined nick=juliet role=moderator");
    ck_assert_int_eq(participants_merge(participants, again, 2), HOW_NONE);
    participants_sweep(participants, 2, note_nick, gone);
    ck_assert_str_eq(gone->str, "romeo nurse");
    expect_order(participants, "juliet");
    participants_free(participants);
}
END_TEST

START_TEST(participants_are_bounded_and_the_room_goes_on)
{
    Participants *participants = participants_new();
    for (int i = 0; i < PARTICIPANTS_BOUND; i++) {
        g_autofree char *one = g_strdup_printf("how=joined nick=n%d", i);
        ck_assert_int_eq(merge(participants, one), HOW_JOINED);
    }
    ck_assert_int_eq(merge(participants, "how=joined nick=one-too-many"), HOW_NONE);
    ck_assert_int_eq(merge(participants, "how=joined nick=romeo own=yes"), HOW_JOINED);
    ck_assert_int_eq(merge(participants, "how=left nick=romeo own=yes"), HOW_LEFT);
    ck_assert_int_eq(merge(participants, "how=changed nick=n7 role=visitor"), HOW_CHANGED);
    ck_assert_int_eq(merge(participants, "how=left nick=n7"), HOW_LEFT);
    ck_assert_int_eq(merge(participants, "how=joined nick=one-too-many"), HOW_JOINED);
    participants_clear(participants);
    ck_assert_uint_eq(participants_count(participants), 0);
    ck_assert_ptr_null(participants_find(participants, "n1"));
    participants_free(participants);
    participants_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        participants_are_told_in_order_of_entry,
        participants_a_presence_that_changes_nothing_is_no_difference,
        participants_role_affiliation_and_real_address_are_differences,
        participants_told_by_two_legs_are_told_once,
        participants_of_a_leg_that_lags_behind_are_no_ghosts,
        participants_of_two_devices_under_two_nicks_are_one_when_the_second_follows,
        participants_not_told_again_are_swept,
        participants_who_leaves_is_gone_in_the_way_he_left,
        participants_who_is_renamed_keeps_his_place_and_what_he_is,
        participants_a_new_name_that_is_missing_ends_the_old_one,
        participants_are_bounded_and_the_room_goes_on,
        NULL,
    };
    return suite_run("participants", TESTS);
}
