// SPDX-License-Identifier: MIT
// Documents of a focus merged: who came, who went, who is called what; and what a focus that lies
// cannot do.
#include "sip/guest_roster.h"

#include <string.h>

#include "mapping/notation.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define HEAD "<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' entity='sip:hall@conf.test' "

static Route *route;
static GuestRoster *roster;
static GuestNames *names;
static GPtrArray *events;

static void begin(const char *self)
{
    g_autoptr(Address) who = address_from_jid(self);
    guest_roster_free(roster);
    guest_names_unref(names);
    names = guest_names_new();
    g_autoptr(Address) room = address_from_jid("hall@conf.test");
    roster = guest_roster_new(route, names, room, who);
    g_ptr_array_set_size(events, 0);
}

static void set_up(void)
{
    route = route_new();
    ck_assert(route_add_component(route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_component(route, "conf.test", ROUTE_ROOMS, "conf.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(route_add_component(route, "mantua.example", ROUTE_USERS, "mantua.example"));
    ck_assert(route_add_xmpp_domain(route, "verona.example", ROUTE_USERS, "verona.example"));
    events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    begin("juliet@xmpp.test/pad");
}

static void tear_down(void)
{
    g_clear_pointer(&roster, guest_roster_free);
    g_clear_pointer(&names, guest_names_unref);
    g_ptr_array_unref(events);
    route_free(route);
}

static GuestRosterResult merge(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    g_auto(ConferenceInfo) document = {0};
    ck_assert_msg(conference_info_read(&document, bytes, false, &error), "%s",
                  error != NULL ? error->message : "");
    g_ptr_array_set_size(events, 0);
    return guest_roster_merge(roster, &document, events);
}

static GuestRosterResult merge_users(const char *state, unsigned version, const char *users)
{
    bool full = strcmp(state, "full") == 0;
    g_autofree char *text =
        g_strdup_printf(HEAD "state='%s' version='%u'><users state='%s'>%s</users></conference-info>",
                        state, version, full ? "full" : "partial", users);
    return merge(text);
}

// One line for each event: "+Nick role", "-Nick", "Nick>New", "~Nick role", "subject=...".
static char *told(void)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < events->len; i++) {
        const Event *event = events->pdata[i];
        const Fields *f = &event->f;
        g_string_append(text, i > 0 ? "|" : "");
        if (event->kind == EVENT_ROOM_SUBJECT && f->how == HOW_CHANGED) {
            g_string_append_printf(text, "name=%s%s", f->text != NULL ? f->text : "", f->locked ? " locked" : "");
        } else if (event->kind == EVENT_ROOM_SUBJECT) {
            g_string_append_printf(text, "subject=%s", f->subject != NULL ? f->subject : "");
        } else if (f->how == HOW_RENAMED) {
            g_string_append_printf(text, "%s>%s", f->nick, f->new_nick);
        } else if (f->how == HOW_JOINED || f->how == HOW_CHANGED) {
            g_string_append_printf(text, "%c%s %s", f->how == HOW_JOINED ? '+' : '~', f->nick, f->role);
        } else {
            g_string_append_printf(text, "-%s %s", f->nick, fields_how_name(f->how));
        }
        g_string_append(text, f->own ? "*" : "");
    }
    return g_string_free(text, FALSE);
}

static void expect(const char *wanted)
{
    g_autofree char *got = told();
    ck_assert_str_eq(got, wanted);
}

#define USER(entity, name, status)                                                                 \
    "<user entity='" entity "'><display-text>" name "</display-text><endpoint entity='" entity     \
    ";e=1'><status>" status "</status></endpoint></user>"
#define ROMEO  USER("sip:romeo@sip.test", "Romeo", "connected")
#define JULIET USER("sip:juliet@xmpp.test", "Juliet", "connected")
#define NURSE  USER("sip:nurse@sip.test", "Nurse", "connected")

// --- the vectors

// What an event is in their words.
static char *spoken(const Event *event)
{
    const Fields *f = &event->f;
    const char *code = f->how == HOW_KICKED ? " 307" : f->how == HOW_LOST ? " 333" : "";
    bool is_there = f->how == HOW_JOINED || f->how == HOW_CHANGED;
    return g_strdup_printf("%s %s%s", is_there ? "available" : "unavailable", f->nick, code);
}

static GPtrArray *spoken_events(void)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < events->len; i++) {
        const Event *event = events->pdata[i];
        if (event->f.how == HOW_RENAMED) {
            g_ptr_array_add(all, g_strdup_printf("unavailable %s 303 nick='%s'", event->f.nick,
                                                 event->f.new_nick));
            g_ptr_array_add(all, g_strdup_printf("available %s", event->f.new_nick));
        } else {
            g_ptr_array_add(all, spoken(event));
        }
    }
    return all;
}

static GuestRosterResult merge_vector(JsonArray *documents)
{
    GuestRosterResult result = GUEST_ROSTER_TAKEN;
    for (guint i = 0; i < json_array_get_length(documents); i++) {
        result = merge(json_array_get_string_element(documents, i));
    }
    return result;
}

static JsonArray *vector_cases(const char *id, JsonParser *parser)
{
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *vectors = json_object_get_array_member(root, "vectors");
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        if (g_strcmp0(vectors_text(vector, "id"), id) == 0) {
            return json_object_get_array_member(vector, "cases");
        }
    }
    return NULL;
}

static void check_emitted(JsonArray *wanted)
{
    g_autoptr(GPtrArray) got = spoken_events();
    ck_assert_uint_eq(got->len, json_array_get_length(wanted));
    for (guint i = 0; i < got->len; i++) {
        ck_assert_str_eq(got->pdata[i], json_array_get_string_element(wanted, i));
    }
}

// The vectors of roster_apply, each through the daemon's merge; returns how many cases.
static guint run_vector(const char *id)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/vectors-groupchat.json");
    JsonArray *cases = vector_cases(id, parser);
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *one = json_array_get_object_element(cases, i);
        JsonObject *out = json_object_get_object_member(one, "out");
        begin("nina@verona.example/pad");
        GuestRosterResult result = merge_vector(json_object_get_array_member(one, "in"));
        if (result == GUEST_ROSTER_DELETED) {
            ck_assert_str_eq(vectors_text(out, "action"), "SUBSCRIBE Expires 0");
        } else if (json_object_has_member(out, "emitted_last")) {
            check_emitted(json_object_get_array_member(out, "emitted_last"));
        }
        if (g_strcmp0(vectors_text(out, "action"), "SUBSCRIBE refresh") == 0) {
            ck_assert_int_eq(result, GUEST_ROSTER_GAP);
        }
    }
    return json_array_get_length(cases);
}

/* ROSTER-001 MUC-A04 ROSTER-016 */
START_TEST(vector_014_a_full_document_is_told_in_order_ourselves_last)
{
    ck_assert_uint_eq(run_vector("GV-014"), 1);
    expect("+Omar moderator|+Ugo visitor|+Nina participant*|subject=Plan B");
}
END_TEST

/* ROSTER-004 ROSTER-007 */
START_TEST(vector_015_a_partial_document_is_told_as_what_changed)
{
    ck_assert_uint_eq(run_vector("GV-015"), 1);
}
END_TEST

/* ROSTER-005 */
START_TEST(vector_016_a_gap_is_not_merged)
{
    ck_assert_uint_eq(run_vector("GV-016"), 1);
}
END_TEST

/* ROSTER-002 */
START_TEST(vector_017_what_is_stale_is_dropped)
{
    ck_assert_uint_eq(run_vector("GV-017"), 2);
}
END_TEST

/* ROSTER-006 */
START_TEST(vector_018_the_end_of_the_conference)
{
    ck_assert_uint_eq(run_vector("GV-018"), 1);
}
END_TEST

/* ROSTER-008 */
START_TEST(vector_019_names_change_and_collide)
{
    ck_assert_uint_eq(run_vector("GV-019"), 2);
}
END_TEST

/* ROSTER-022 */
START_TEST(vector_020_how_somebody_went)
{
    ck_assert_uint_eq(run_vector("GV-020"), 4);
}
END_TEST

// --- beyond them

/* ROSTER-001 */
START_TEST(a_roster_that_begins_with_a_part_keeps_nothing)
{
    ck_assert_int_eq(merge_users("partial", 7, ROMEO), GUEST_ROSTER_GAP);
    expect("");
    ck_assert(!guest_roster_is_known(roster));
    ck_assert_int_eq(merge_users("full", 7, ROMEO JULIET), GUEST_ROSTER_TAKEN);
    expect("+Romeo participant|+Juliet participant*");
}
END_TEST

/* ROSTER-002 ROSTER-005 */
START_TEST(after_a_gap_the_whole_is_taken_even_under_the_same_version)
{
    merge_users("full", 3, ROMEO JULIET);
    ck_assert_int_eq(merge_users("partial", 5, NURSE), GUEST_ROSTER_GAP);
    ck_assert_int_eq(merge_users("full", 3, ROMEO JULIET NURSE), GUEST_ROSTER_TAKEN);
    expect("+Nurse participant");
    ck_assert_int_eq(merge_users("full", 3, ROMEO), GUEST_ROSTER_STALE);
}
END_TEST

/* ROSTER-011 */
START_TEST(another_subscription_counts_anew)
{
    merge_users("full", 30, ROMEO JULIET);
    guest_roster_expect_anew(roster);
    ck_assert_int_eq(merge_users("full", 0, JULIET), GUEST_ROSTER_TAKEN);
    expect("-Romeo left");
}
END_TEST

/* ROSTER-001 ROSTER-007 */
START_TEST(our_own_end_is_never_told_but_known)
{
    const char *text = NULL;
    merge_users("full", 3, ROMEO JULIET);
    merge_users("partial", 4,
                "<user entity='sip:juliet@xmpp.test'><display-text>Juliet</display-text><endpoint "
                "entity='sip:juliet@xmpp.test;e=1'><status>disconnected</status>"
                "<disconnection-method>booted</disconnection-method><disconnection-info><reason>"
                "enough</reason></disconnection-info></endpoint></user>");
    expect("");
    ck_assert_int_eq(guest_roster_own_end(roster, &text), HOW_KICKED);
    ck_assert_str_eq(text, "enough");
    merge_users("full", 5, ROMEO);
    expect("");
    ck_assert_str_eq(guest_roster_own_nick(roster), "Juliet");
}
END_TEST

/* ROSTER-004 */
START_TEST(a_partial_user_changes_only_what_it_names)
{
    merge_users("full", 3,
                "<user entity='sip:romeo@sip.test'><display-text>Romeo</display-text><roles><entry>"
                "Moderator</entry></roles><endpoint entity='a'><status>connected</status></endpoint>"
                "<endpoint entity='b'><status>connected</status></endpoint></user>");
    expect("+Romeo moderator");
    merge_users("partial", 4,
                "<user entity='sip:romeo@sip.test' state='partial'><endpoint entity='a' "
                "state='deleted'/></user>");
    expect("");
    merge_users("partial", 5,
                "<user entity='sip:romeo@sip.test' state='partial'><endpoint entity='b' "
                "state='partial'><status>disconnected</status></endpoint></user>");
    expect("-Romeo left");
    merge_users("partial", 6,
                "<user entity='sip:romeo@sip.test' state='partial'><roles><entry>observer</entry>"
                "</roles><endpoint entity='b'><status>on-hold</status></endpoint></user>");
    expect("+Romeo visitor");
}
END_TEST

/* MUC-A04 ROSTER-004 */
START_TEST(who_is_on_hold_by_all_that_he_is_there_with_is_away)
{
    merge_users("full", 3, USER("sip:romeo@sip.test", "Romeo", "on-hold"));
    expect("+Romeo participant");
    ck_assert(((const Event *)events->pdata[0])->f.away);
    merge_users("partial", 4, USER("sip:romeo@sip.test", "Romeo", "connected"));
    expect("~Romeo participant");
    ck_assert(!((const Event *)events->pdata[0])->f.away);
}
END_TEST

/* ROSTER-008 */
START_TEST(a_name_stays_with_who_had_it_first_and_a_number_with_the_second)
{
    merge_users("full", 3, ROMEO USER("sip:other@sip.test", "Romeo", "connected"));
    expect("+Romeo participant|+Romeo (2) participant");
    merge_users("full", 4, USER("sip:other@sip.test", "Romeo", "connected"));
    expect("-Romeo left");
    ck_assert_str_eq(guest_roster_entity(roster, "Romeo (2)"), "sip:other@sip.test");
    merge_users("partial", 5, ROMEO);
    expect("+Romeo participant");
}
END_TEST

/* ROSTER-008 */
START_TEST(who_is_renamed_to_a_name_that_is_taken_gets_a_number)
{
    merge_users("full", 3, ROMEO NURSE);
    merge_users("partial", 4, USER("sip:nurse@sip.test", "Romeo", "connected"));
    expect("Nurse>Romeo (2)");
}
END_TEST

/* ROSTER-008 */
START_TEST(all_legs_in_a_conference_call_everybody_the_same)
{
    g_autoptr(Address) nina = address_from_jid("nina@verona.example/pad");
    g_autoptr(Address) hall = address_from_jid("hall@conf.test");
    merge_users("full", 3, ROMEO USER("sip:other@sip.test", "Romeo", "connected"));
    GuestRoster *first = roster;
    roster = guest_roster_new(route, names, hall, nina);
    // she sees them in another order
    merge_users("full", 1, USER("sip:other@sip.test", "Romeo", "connected") ROMEO);
    expect("+Romeo (2) participant|+Romeo participant");
    ck_assert_str_eq(guest_roster_entity(roster, "Romeo"), guest_roster_entity(first, "Romeo"));
    guest_roster_free(first);
}
END_TEST

/* ROSTER-009 */
START_TEST(two_devices_of_one_address_under_one_name_are_one_occupant)
{
    merge_users("full", 3,
                USER("sip:romeo@sip.test;gr=a", "Romeo", "connected")
                USER("sip:romeo@sip.test;gr=b", "Romeo", "connected"));
    expect("+Romeo participant");
    merge_users("partial", 4, "<user entity='sip:romeo@sip.test;gr=a' state='deleted'/>");
    expect("");
    merge_users("partial", 5, "<user entity='sip:romeo@sip.test;gr=b' state='deleted'/>");
    expect("-Romeo left");
}
END_TEST

/* MUC-A06 */
START_TEST(real_addresses_are_those_that_the_document_reveals)
{
    static const struct {
        const char *entity, *aors, *real;
    } cases[] = {
        {"sip:romeo@sip.test", "", "romeo@sip.test/sip"},
        {"sip:romeo@sip.test;gr=x", "", "romeo@sip.test/x"},
        {"sip:hall@conf.test;gr=Nina", "", NULL},
        {"sip:hall@conf.test;gr=Nina",
         "<associated-aors><entry><uri>sip:nurse@sip.test</uri></entry><entry><uri>"
         "xmpp:nina@xmpp.test/pad</uri></entry></associated-aors>",
         "nina@xmpp.test/pad"},
        {"sip:anonymous@anonymous.invalid", "", NULL},
        {"sip:far@nowhere.example", "", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *user = g_strdup_printf(
            "<user entity='%s'><display-text>Who</display-text>%s<endpoint entity='e'><status>"
            "connected</status></endpoint></user>",
            cases[i].entity, cases[i].aors);
        begin("juliet@xmpp.test/pad");
        merge_users("full", 1, user);
        ck_assert_uint_eq(events->len, 1);
        const Event *event = events->pdata[0];
        ck_assert_msg(g_strcmp0(address_jid(event->f.real), cases[i].real) == 0, "%s: %s",
                      cases[i].entity, address_jid(event->f.real));
    }
}
END_TEST

/* ROSTER-003 */
START_TEST(without_a_document_who_speaks_becomes_an_occupant)
{
    guest_roster_enter(roster, "Juliet", events);
    expect("+Juliet participant*");
    g_ptr_array_set_size(events, 0);
    g_autofree char *nick = guest_roster_speaker(roster, "sip:romeo@sip.test", "Romeo", events);
    g_autofree char *again = guest_roster_speaker(roster, "sip:romeo@sip.test", "Other", events);
    ck_assert_str_eq(nick, "Romeo");
    ck_assert_str_eq(again, "Romeo");
    expect("+Romeo participant");
    // a document that comes after all corrects it
    merge_users("full", 1, JULIET NURSE);
    expect("-Romeo left|+Nurse participant");
}
END_TEST

/* MUC-A09 */
START_TEST(with_a_document_nobody_is_invented)
{
    merge_users("full", 3, ROMEO JULIET);
    g_ptr_array_set_size(events, 0);
    g_autofree char *unknown = guest_roster_speaker(roster, "sip:x@sip.test", "Romeo", events);
    g_autofree char *device = guest_roster_speaker(roster, "sip:romeo@sip.test;gr=q", "Q", events);
    ck_assert_str_eq(unknown, "Romeo (2)");
    ck_assert_str_eq(device, "Romeo");
    expect("");
}
END_TEST

/* MUC-A13 */
START_TEST(a_document_that_still_has_our_old_nick_does_not_bring_it_back)
{
    merge_users("full", 3, ROMEO JULIET);
    g_ptr_array_set_size(events, 0);
    guest_roster_rename_own(roster, "Jules", events);
    expect("Juliet>Jules*");
    merge_users("full", 4, ROMEO JULIET);
    expect("");
    merge_users("full", 5, ROMEO USER("sip:juliet@xmpp.test", "Jules", "connected"));
    expect("");
    merge_users("full", 6, ROMEO USER("sip:juliet@xmpp.test", "J.", "connected"));
    expect("Jules>J.*");
}
END_TEST

/* ROSTER-003 */
START_TEST(the_focus_may_know_us_under_another_uri)
{
    guest_roster_enter(roster, "Juliet", events);
    merge_users("full", 1, ROMEO USER("sip:juliet@xmpp.test;gr=pad", "J. C.", "connected"));
    expect("+Romeo participant|Juliet>J. C.*|~J. C. participant*"); // and her device
    ck_assert_str_eq(guest_roster_own_nick(roster), "J. C.");
}
END_TEST

START_TEST(who_is_still_called_or_already_gone_is_not_there)
{
    merge_users("full", 3,
                USER("sip:a@sip.test", "A", "pending") USER("sip:b@sip.test", "B", "dialing-out")
                USER("sip:c@sip.test", "C", "alerting") USER("sip:d@sip.test", "D", "disconnecting")
                USER("sip:e@sip.test", "E", "dialing-in") USER("sip:f@sip.test", "F", "on-hold")
                "<user entity='sip:g@sip.test'><display-text>G</display-text></user>");
    expect("+F participant|+G participant");
}
END_TEST

/* MUC-A23 */
START_TEST(a_subject_is_told_when_it_changes_and_when_it_goes)
{
    merge(HEAD "state='full' version='1'><conference-description><subject>A</subject>"
               "</conference-description><users/></conference-info>");
    expect("subject=A");
    merge(HEAD "state='partial' version='2'><conference-state><user-count>2</user-count>"
               "</conference-state></conference-info>");
    expect("");
    merge(HEAD "state='partial' version='3'><conference-description><display-text>x</display-text>"
               "</conference-description></conference-info>");
    expect("name=x|subject=");
}
END_TEST

/* ROSTER-001 ROSTER-004 */
START_TEST(a_conference_is_locked_until_it_says_that_it_is_not)
{
    merge(HEAD "state='full' version='1'><conference-state><locked>true</locked></conference-state><users/>"
               "</conference-info>");
    expect("name= locked");
    merge(HEAD "state='partial' version='2'><conference-description><display-text>x</display-text>"
               "</conference-description></conference-info>");
    expect("name=x locked");
    merge(HEAD "state='partial' version='3'><conference-state><user-count>2</user-count></conference-state>"
               "</conference-info>");
    expect("name=x");
    merge(HEAD "state='partial' version='4'><conference-state><locked>1</locked></conference-state>"
               "</conference-info>");
    expect("name=x locked");
    merge(HEAD "state='full' version='5'><conference-description><display-text>x</display-text>"
               "</conference-description><users/></conference-info>");
    expect("name=x");
}
END_TEST

START_TEST(names_are_made_fit_for_a_room)
{
    merge_users("full", 1,
                USER("sip:a@sip.test", "&quot;Nina&quot;", "connected")
                USER("sip:b@sip.test", "  ", "connected")
                "<user entity='sip:c@far.example'><endpoint entity='e'><status>connected</status>"
                "</endpoint></user>");
    expect("+Nina participant|+b participant|+c participant");
}
END_TEST

/* ROSTER-022 */
START_TEST(who_threw_somebody_out_is_named_when_he_is_there)
{
    merge_users("full", 3, ROMEO NURSE JULIET);
    merge_users("partial", 4,
                "<user entity='sip:nurse@sip.test'><display-text>Nurse</display-text><endpoint "
                "entity='e'><status>disconnected</status><disconnection-method>booted"
                "</disconnection-method><disconnection-info><reason>too loud</reason><by>"
                "sip:romeo@sip.test</by></disconnection-info></endpoint></user>");
    ck_assert_uint_eq(events->len, 1);
    const Event *event = events->pdata[0];
    ck_assert_int_eq(event->f.how, HOW_KICKED);
    ck_assert_str_eq(event->f.text, "too loud");
    ck_assert_str_eq(address_jid(event->f.from), "hall@conf.test/Romeo");
}
END_TEST

// Five thousand users under one name, twice as many as are shown; each is told once.
START_TEST(a_crowd_under_one_name_is_bounded_and_quick)
{
    g_autoptr(GString) users = g_string_new(NULL);
    for (int i = 0; i < 6000; i++) {
        g_string_append_printf(users, "<user entity='sip:u%d@far.example'><display-text>x"
                                      "</display-text></user>", i);
    }
    merge_users("full", 1, users->str);
    ck_assert_uint_eq(events->len, 5000);
    const Event *last = events->pdata[4999];
    ck_assert_str_eq(last->f.nick, "x (5000)");
    merge_users("full", 2, "");
    ck_assert_uint_eq(events->len, 5000);
}
END_TEST

START_TEST(a_document_may_say_the_same_user_twice)
{
    merge_users("full", 3, ROMEO ROMEO USER("sip:romeo@sip.test", "Other", "connected"));
    expect("+Other participant");
    merge_users("partial", 4, "<user entity='sip:romeo@sip.test' state='deleted'/>"
                              "<user entity='sip:romeo@sip.test' state='deleted'/>"
                              "<user entity='sip:ghost@sip.test' state='deleted'/>");
    expect("-Other left");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        vector_014_a_full_document_is_told_in_order_ourselves_last,
        vector_015_a_partial_document_is_told_as_what_changed,
        vector_016_a_gap_is_not_merged,
        vector_017_what_is_stale_is_dropped,
        vector_018_the_end_of_the_conference,
        vector_019_names_change_and_collide,
        vector_020_how_somebody_went,
        a_roster_that_begins_with_a_part_keeps_nothing,
        after_a_gap_the_whole_is_taken_even_under_the_same_version,
        another_subscription_counts_anew,
        our_own_end_is_never_told_but_known,
        a_partial_user_changes_only_what_it_names,
        who_is_on_hold_by_all_that_he_is_there_with_is_away,
        a_name_stays_with_who_had_it_first_and_a_number_with_the_second,
        who_is_renamed_to_a_name_that_is_taken_gets_a_number,
        all_legs_in_a_conference_call_everybody_the_same,
        two_devices_of_one_address_under_one_name_are_one_occupant,
        real_addresses_are_those_that_the_document_reveals,
        without_a_document_who_speaks_becomes_an_occupant,
        with_a_document_nobody_is_invented,
        a_document_that_still_has_our_old_nick_does_not_bring_it_back,
        the_focus_may_know_us_under_another_uri,
        who_is_still_called_or_already_gone_is_not_there,
        a_subject_is_told_when_it_changes_and_when_it_goes,
        a_conference_is_locked_until_it_says_that_it_is_not,
        names_are_made_fit_for_a_room,
        who_threw_somebody_out_is_named_when_he_is_there,
        a_crowd_under_one_name_is_bounded_and_quick,
        a_document_may_say_the_same_user_twice,
        NULL};
    return suite_run_fixture("guest_roster", tests, set_up, tear_down);
}
