// SPDX-License-Identifier: MIT
// The roster of one conference leg: commands in, conference-info documents out, told here line by
// line.
#include "sip/conference_roster.h"

#include <string.h>

#include "mapping/notation.h"
#include "sip/body/conference_info.h"
#include "sip/body/xml.h"
#include "tests/support/suite.h"

#define NS "urn:ietf:params:xml:ns:conference-info"

static Route *route;
static ConferenceRoster *roster;
static ConferenceView *view;

static ConferenceRoster *roster_of(const char *jid, bool invited)
{
    g_autoptr(Address) room = address_from_jid(jid);
    return conference_roster_new(route, room, invited);
}

static void set_up(void)
{
    route = route_new();
    ck_assert(route_add_xmpp_domain(route, "rooms.xmpp.test", ROUTE_ROOMS, "rooms.sip.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(route_add_component(route, "sip.xmpp.test", ROUTE_USERS, "sip.test"));
    roster = roster_of("talk@rooms.xmpp.test", true);
    view = conference_roster_open_view(roster);
}

static void tear_down(void)
{
    conference_roster_free(roster);
    route_free(route);
}

static void tell(const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s: %s", line, why);
    conference_roster_apply(roster, command);
}

// --- documents against the schema ----------------------------------------------------------------

// RFC 4575 8: the children of each element, in their order.
static const char *const sequences[][9] = {
    {"conference-info", "conference-description", "host-info", "conference-state", "users"},
    {"conference-description", "display-text", "subject", "free-text", "keywords", "conf-uris",
     "service-uris", "maximum-user-count"},
    {"conference-state", "user-count", "active", "locked"},
    {"users", "user"},
    {"user", "display-text", "associated-aors", "roles", "languages", "cascaded-focus", "endpoint"},
    {"associated-aors", "entry"},
    {"roles", "entry"},
    {"entry", "uri", "display-text", "purpose"},
    {"endpoint", "display-text", "referred", "status", "joining-method", "joining-info",
     "disconnection-method", "disconnection-info", "media"},
    {"media", "display-text", "type", "label", "src-id", "status"},
    {"disconnection-info", "when", "reason", "by"},
};

static const char *const *sequence_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sequences); i++) {
        if (strcmp(sequences[i][0], name) == 0) {
            return sequences[i];
        }
    }
    return NULL;
}

static void check_order(const XmlElement *element)
{
    const char *const *sequence = sequence_of(element->name);
    size_t at = 1;
    ck_assert(xml_is(element, NS, element->name));
    for (const XmlElement *child = element->first; child != NULL; child = child->next) {
        ck_assert_msg(sequence != NULL, "%s has a child %s", element->name, child->name);
        while (at < G_N_ELEMENTS(sequences[0]) && g_strcmp0(sequence[at], child->name) != 0) {
            at++;
        }
        ck_assert_msg(at < G_N_ELEMENTS(sequences[0]), "%s is out of order in %s", child->name,
                      element->name);
        check_order(child);
    }
}

// --- documents in words --------------------------------------------------------------------------

static const char *const state_words[] = {"full", "partial", "deleted"};

static const char *status_word(ConferenceInfoStatus status)
{
    return status == CONFERENCE_INFO_STATUS_CONNECTED         ? "connected"
           : status == CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS ? "muted"
                                                              : "?";
}

static const char *media_word(ConferenceInfoMediaStatus status)
{
    return status == CONFERENCE_INFO_MEDIA_SENDRECV   ? "sendrecv"
           : status == CONFERENCE_INFO_MEDIA_RECVONLY ? "recvonly"
                                                      : "?";
}

static const char *joining_word(ConferenceInfoJoining joining)
{
    return joining == CONFERENCE_INFO_JOINING_DIALED_IN    ? "in"
           : joining == CONFERENCE_INFO_JOINING_DIALED_OUT ? "out"
                                                           : "?";
}

static void print_list(GString *into, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++) {
        g_string_append_printf(into, " %s", (const char *)texts->pdata[i]);
    }
}

static void print_endpoint(GString *into, const ConferenceInfoUser *user)
{
    const ConferenceInfoEndpoint *endpoint = user->endpoints->pdata[0];
    const ConferenceInfoMedia *media = endpoint->media->pdata[0];
    ck_assert_uint_eq(user->endpoints->len, 1);
    ck_assert_uint_eq(endpoint->media->len, 1);
    ck_assert_str_eq(endpoint->entity, user->entity);
    ck_assert_str_eq(media->type, "message");
    g_string_append_printf(into, " %s %s %s", joining_word(endpoint->joining_method),
                           status_word(endpoint->status), media_word(media->status));
}

// `+gr: roles joining status media aors`, or `-gr` of one who is deleted.
static void print_user(GString *into, const ConferenceInfoUser *user)
{
    static const char conf[] = "sip:talk@rooms.sip.test;gr=";
    ck_assert_msg(g_str_has_prefix(user->entity, conf), "%s", user->entity);
    bool is_deleted = user->state == CONFERENCE_INFO_DELETED;
    g_string_append_printf(into, "\n%c%s", is_deleted ? '-' : '+', user->entity + strlen(conf));
    if (is_deleted) {
        return;
    }
    ck_assert_int_eq(user->state, CONFERENCE_INFO_FULL);
    ck_assert_str_eq(user->nickname, user->display_text);
    g_string_append_c(into, ':');
    print_list(into, user->roles);
    print_endpoint(into, user);
    print_list(into, user->aors);
}

static void print_info(GString *into, const ConferenceInfo *info)
{
    ck_assert_str_eq(info->entity, "sip:talk@rooms.sip.test");
    g_string_append_printf(into, "%s %u", state_words[info->state], info->version);
    if (info->has_description) {
        g_string_append_printf(into, " subject=%s", info->subject != NULL ? info->subject : "none");
    }
    if (info->user_count >= 0) {
        ck_assert_int_eq(info->active, CONFERENCE_INFO_FLAG_TRUE);
        g_string_append_printf(into, " count=%d", (int)info->user_count);
    }
    if (info->has_users) {
        g_string_append_printf(into, " users=%s", state_words[info->users_state]);
    }
    for (guint i = 0; i < info->users->len; i++) {
        print_user(into, info->users->pdata[i]);
    }
}

static void read_document(ConferenceInfo *info, GBytes *bytes)
{
    g_autoptr(XmlDocument) document = xml_read(bytes, g_bytes_get_size(bytes), NULL);
    ck_assert_ptr_nonnull(document);
    check_order(xml_root(document));
    ck_assert(conference_info_read(info, bytes, false, NULL));
}

// Takes the bytes.
static char *words_of(GBytes *owned)
{
    g_autoptr(GBytes) bytes = owned;
    if (bytes == NULL) {
        return g_strdup("nothing");
    }
    g_auto(ConferenceInfo) info;
    read_document(&info, bytes);
    GString *words = g_string_new(NULL);
    print_info(words, &info);
    return g_string_free(words, FALSE);
}

static void expect(GBytes *owned, const char *wanted)
{
    g_autofree char *got = words_of(owned);
    ck_assert_str_eq(got, wanted);
}

static void expect_change(const char *wanted)
{
    ck_assert(conference_roster_is_pending(view));
    expect(conference_roster_write_change(view), wanted);
    ck_assert(!conference_roster_is_pending(view));
}

static void expect_nothing(void)
{
    ck_assert(!conference_roster_is_pending(view));
    expect(conference_roster_write_change(view), "nothing");
}

// Nina alone, told.
static void start_with_nina(void)
{
    tell("sip room-roster leg=7 how=joined nick=Nina role=participant affiliation=none");
    expect_change(
        "full 0 subject=none count=1 users=full\n+Nina: participant in connected sendrecv");
}

// --- tests ---------------------------------------------------------------------------------------

/* ROSTER-011 */
START_TEST(first_document_is_the_whole_room_in_order_of_entry_as_version_0)
{
    tell("sip room-roster leg=7 how=joined nick=Nina role=moderator affiliation=owner");
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant affiliation=member");
    tell("sip room-roster leg=7 how=joined nick=romeo role=visitor affiliation=none own=yes");
    tell("sip room-subject leg=7 nick=Nina subject=\"Two houses\"");
    expect_change("full 0 subject=Two houses count=3 users=full\n"
                  "+Nina: moderator administrator in connected sendrecv\n"
                  "+Ada: participant in connected sendrecv\n"
                  "+romeo: observer out muted recvonly");
    expect_nothing();
}
END_TEST

/* ROSTER-011 */
START_TEST(refresh_without_change_repeats_the_number_and_with_change_takes_the_next)
{
    start_with_nina();
    expect(conference_roster_write_full(view),
           "full 0 subject=none count=1 users=full\n+Nina: participant in connected sendrecv");
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant");
    expect(conference_roster_write_full(view),
           "full 1 subject=none count=2 users=full\n+Nina: participant in connected sendrecv\n"
           "+Ada: participant in connected sendrecv");
    expect_nothing();
    tell("sip room-roster leg=7 how=left nick=Ada");
    expect_change("partial 2 count=1 users=partial\n-Ada");
}
END_TEST

/* ROSTER-011 */
START_TEST(each_view_counts_for_itself)
{
    start_with_nina();
    ConferenceView *late = conference_roster_open_view(roster);
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant");
    expect_change("partial 1 count=2 users=partial\n+Ada: participant in connected sendrecv");
    ck_assert(conference_roster_is_pending(late));
    expect(conference_roster_write_change(late),
           "full 0 subject=none count=2 users=full\n+Nina: participant in connected sendrecv\n"
           "+Ada: participant in connected sendrecv");
    conference_roster_close_view(late);
    tell("sip room-roster leg=7 how=left nick=Nina");
    expect_change("partial 2 count=1 users=partial\n-Nina");
}
END_TEST

/* ROSTER-012 */
START_TEST(newcomer_is_told_alone_and_without_description)
{
    start_with_nina();
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant affiliation=admin");
    expect_change("partial 1 count=2 users=partial\n"
                  "+Ada: participant administrator in connected sendrecv");
}
END_TEST

/* ROSTER-013 */
START_TEST(whoever_goes_however_is_deleted)
{
    start_with_nina();
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant");
    tell("sip room-roster leg=7 how=joined nick=Bo role=participant");
    expect_change("partial 1 count=3 users=partial\n+Ada: participant in connected sendrecv\n"
                  "+Bo: participant in connected sendrecv");
    tell("sip room-roster leg=7 how=kicked nick=Bo text=enough");
    tell("sip room-roster leg=7 how=left nick=Nina");
    tell("sip room-roster leg=7 how=banned nick=Ada");
    expect_change("partial 2 count=0 users=partial\n-Bo\n-Nina\n-Ada");
}
END_TEST

/* ROSTER-014 */
START_TEST(new_nick_is_one_document_with_the_old_deleted_and_the_new_full)
{
    tell("sip room-roster leg=7 how=joined nick=Nina role=moderator affiliation=owner "
         "real=nina@xmpp.test/desk");
    expect_change("full 0 subject=none count=1 users=full\n"
                  "+Nina: moderator administrator in connected sendrecv "
                  "xmpp:nina@xmpp.test/desk sip:nina@xmpp.test;gr=desk");
    tell("sip room-roster leg=7 how=renamed nick=Nina new_nick=\"Nina B\"");
    expect_change("partial 1 users=partial\n-Nina\n"
                  "+Nina%20B: moderator administrator in connected sendrecv "
                  "xmpp:nina@xmpp.test/desk sip:nina@xmpp.test;gr=desk");
    ck_assert(!conference_roster_has(roster, "Nina"));
    ck_assert(conference_roster_has(roster, "Nina B"));
}
END_TEST

/* ROSTER-014 */
START_TEST(party_that_renames_itself_is_still_the_party)
{
    tell("sip room-roster leg=7 how=joined nick=romeo role=participant own=yes");
    tell("sip room-roster leg=7 how=renamed nick=romeo new_nick=Romeo own=yes");
    expect_change(
        "full 0 subject=none count=1 users=full\n+Romeo: participant out connected sendrecv");
}
END_TEST

/* ROSTER-016 */
START_TEST(one_who_lost_the_voice_is_muted_and_one_who_got_it_is_not)
{
    start_with_nina();
    tell("sip room-roster leg=7 how=changed nick=Nina role=visitor affiliation=none");
    expect_change("partial 1 users=partial\n+Nina: observer in muted recvonly");
    tell("sip room-roster leg=7 how=changed nick=Nina role=moderator affiliation=admin");
    expect_change("partial 2 users=partial\n+Nina: moderator administrator in connected sendrecv");
}
END_TEST

/* ROSTER-012 */
START_TEST(new_subject_is_a_description_and_nothing_else)
{
    start_with_nina();
    tell("sip room-subject leg=7 nick=Nina subject=Capulet");
    expect_change("partial 1 subject=Capulet");
    tell("sip room-subject leg=7 nick=Nina");
    expect_change("partial 2 subject=none");
}
END_TEST

/* ROSTER-017 */
START_TEST(changes_of_one_window_are_one_step_in_the_order_they_happened)
{
    start_with_nina();
    tell("sip room-roster leg=7 how=joined nick=Zoe role=participant");
    tell("sip room-roster leg=7 how=changed nick=Nina role=visitor");
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant");
    tell("sip room-subject leg=7 nick=Nina subject=Late");
    expect_change("partial 1 subject=Late count=3 users=partial\n"
                  "+Zoe: participant in connected sendrecv\n+Nina: observer in muted recvonly\n"
                  "+Ada: participant in connected sendrecv");
}
END_TEST

/* ROSTER-017 */
START_TEST(what_was_undone_within_the_window_is_never_told)
{
    start_with_nina();
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant");
    tell("sip room-roster leg=7 how=left nick=Ada");
    tell("sip room-roster leg=7 how=changed nick=Nina role=visitor affiliation=none");
    tell("sip room-roster leg=7 how=changed nick=Nina role=participant affiliation=none");
    tell("sip room-roster leg=7 how=renamed nick=Nina new_nick=N");
    tell("sip room-roster leg=7 how=renamed nick=N new_nick=Nina");
    tell("sip room-subject leg=7 nick=Nina subject=x");
    tell("sip room-subject leg=7 nick=Nina");
    expect_nothing();
    tell("sip room-roster leg=7 how=left nick=Nina");
    tell("sip room-roster leg=7 how=joined nick=Nina role=participant affiliation=owner");
    expect_change(
        "partial 1 users=partial\n+Nina: participant administrator in connected sendrecv");
}
END_TEST

/* ROSTER-014 */
START_TEST(nick_of_another_script_is_percent_encoded_in_entities_and_plain_elsewhere)
{
    tell("sip room-roster leg=7 how=joined nick=\"Zo\xc3\xab=;\" role=participant");
    g_autoptr(GBytes) bytes = conference_roster_write_full(view);
    g_auto(ConferenceInfo) info;
    read_document(&info, bytes);
    const ConferenceInfoUser *user = info.users->pdata[0];
    ck_assert_str_eq(user->entity, "sip:talk@rooms.sip.test;gr=Zo%C3%AB%3D%3B");
    ck_assert_str_eq(user->nickname, "Zo\xc3\xab=;");
    ck_assert_str_eq(user->display_text, "Zo\xc3\xab=;");
}
END_TEST

START_TEST(real_address_is_told_when_the_room_shows_it_and_no_uri_is_made_up)
{
    tell("sip room-roster leg=7 how=joined nick=Ada role=participant real=ada@elsewhere.test/x");
    tell("sip room-roster leg=7 how=joined nick=Bo role=participant real=bo@sip.xmpp.test");
    tell("sip room-roster leg=7 how=joined nick=Cy role=participant");
    expect_change("full 0 subject=none count=3 users=full\n"
                  "+Ada: participant in connected sendrecv xmpp:ada@elsewhere.test/x\n"
                  "+Bo: participant in connected sendrecv xmpp:bo@sip.xmpp.test sip:bo@sip.test\n"
                  "+Cy: participant in connected sendrecv");
}
END_TEST

START_TEST(of_a_large_room_the_first_are_named_and_all_are_counted)
{
    for (int i = 0; i < 201; i++) {
        g_autofree char *line =
            g_strdup_printf("sip room-roster leg=7 how=joined nick=n%d role=participant", i);
        tell(line);
    }
    tell("sip room-roster leg=7 how=joined nick=romeo role=participant own=yes");
    g_autoptr(GBytes) bytes = conference_roster_write_change(view);
    g_auto(ConferenceInfo) info;
    read_document(&info, bytes);
    ck_assert_int_eq(info.user_count, 202);
    ck_assert_uint_eq(info.users->len, 201);
    ck_assert(conference_roster_has(roster, "n200"));
    tell("sip room-roster leg=7 how=left nick=n200");
    expect_change("partial 1 count=201");
    tell("sip room-roster leg=7 how=left nick=n7");
    tell("sip room-roster leg=7 how=left nick=n8");
    tell("sip room-roster leg=7 how=joined nick=late role=participant");
    expect_change("partial 2 count=200 users=partial\n-n7\n-n8\n"
                  "+late: participant in connected sendrecv");
}
END_TEST

START_TEST(end_of_the_conference_is_a_last_document_without_content)
{
    start_with_nina();
    expect(conference_roster_write_deleted(view), "deleted 1");
    ConferenceView *other = conference_roster_open_view(roster);
    expect(conference_roster_write_deleted(other), "deleted 0");
}
END_TEST

static void expect_removed(ConferenceRosterRemoval removal, const char *text, unsigned version,
                           ConferenceInfoDisconnection method)
{
    g_autoptr(GBytes) bytes = conference_roster_write_removed(view, removal, text);
    ck_assert_ptr_nonnull(bytes);
    g_auto(ConferenceInfo) info;
    read_document(&info, bytes);
    ck_assert_int_eq(info.state, CONFERENCE_INFO_PARTIAL);
    ck_assert_uint_eq(info.version, version);
    ck_assert_uint_eq(info.users->len, 1);
    const ConferenceInfoUser *user = info.users->pdata[0];
    const ConferenceInfoEndpoint *endpoint = user->endpoints->pdata[0];
    ck_assert_str_eq(user->entity, "sip:talk@rooms.sip.test;gr=Romeo");
    ck_assert_int_eq(endpoint->status, CONFERENCE_INFO_STATUS_DISCONNECTED);
    ck_assert_int_eq(endpoint->disconnection_method, method);
    ck_assert_pstr_eq(endpoint->disconnection_info.reason, text);
}

START_TEST(removed_party_is_told_how_and_why_under_its_last_nick)
{
    ck_assert_ptr_null(conference_roster_write_removed(view, CONFERENCE_ROSTER_BOOTED, "enough"));
    tell("sip room-roster leg=7 how=joined nick=romeo role=participant own=yes");
    tell("sip room-roster leg=7 how=renamed nick=romeo new_nick=Romeo own=yes");
    expect_change(
        "full 0 subject=none count=1 users=full\n+Romeo: participant out connected sendrecv");
    expect_removed(CONFERENCE_ROSTER_BOOTED, "enough", 1, CONFERENCE_INFO_DISCONNECTION_BOOTED);
    expect_removed(CONFERENCE_ROSTER_FAILED, NULL, 2, CONFERENCE_INFO_DISCONNECTION_FAILED);
}
END_TEST

START_TEST(orders_about_nobody_change_nothing)
{
    start_with_nina();
    tell("sip room-roster leg=7 how=left nick=Nobody");
    tell("sip room-roster leg=7 how=renamed nick=Nobody new_nick=Somebody");
    tell("sip room-roster leg=7 how=joined role=participant");
    tell("sip room-message leg=7 nick=Nina subject=x body=y");
    expect_nothing();
    ck_assert(!conference_roster_has(roster, "Somebody"));
    ck_assert(!conference_roster_has(roster, NULL));
}
END_TEST

START_TEST(uri_of_a_nick_is_that_of_the_occupant_and_without_one_that_of_the_room)
{
    g_autofree char *conf = conference_roster_uri(roster, NULL);
    g_autofree char *occupant = conference_roster_uri(roster, "a b");
    ck_assert_str_eq(conf, "sip:talk@rooms.sip.test");
    ck_assert_str_eq(occupant, "sip:talk@rooms.sip.test;gr=a%20b");
    ck_assert_str_eq(address_jid(conference_roster_room(roster)), "talk@rooms.xmpp.test");
    ck_assert_ptr_null(roster_of("talk@elsewhere.test", true));
}
END_TEST

START_TEST(party_that_came_by_itself_has_dialed_in)
{
    conference_roster_free(roster);
    roster = roster_of("talk@rooms.xmpp.test", false);
    view = conference_roster_open_view(roster);
    tell("sip room-roster leg=7 how=joined nick=romeo role=participant own=yes");
    expect_change(
        "full 0 subject=none count=1 users=full\n+romeo: participant in connected sendrecv");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        first_document_is_the_whole_room_in_order_of_entry_as_version_0,
        refresh_without_change_repeats_the_number_and_with_change_takes_the_next,
        each_view_counts_for_itself,
        newcomer_is_told_alone_and_without_description,
        whoever_goes_however_is_deleted,
        new_nick_is_one_document_with_the_old_deleted_and_the_new_full,
        party_that_renames_itself_is_still_the_party,
        one_who_lost_the_voice_is_muted_and_one_who_got_it_is_not,
        new_subject_is_a_description_and_nothing_else,
        changes_of_one_window_are_one_step_in_the_order_they_happened,
        what_was_undone_within_the_window_is_never_told,
        nick_of_another_script_is_percent_encoded_in_entities_and_plain_elsewhere,
        real_address_is_told_when_the_room_shows_it_and_no_uri_is_made_up,
        of_a_large_room_the_first_are_named_and_all_are_counted,
        end_of_the_conference_is_a_last_document_without_content,
        removed_party_is_told_how_and_why_under_its_last_nick,
        orders_about_nobody_change_nothing,
        uri_of_a_nick_is_that_of_the_occupant_and_without_one_that_of_the_room,
        party_that_came_by_itself_has_dialed_in,
        NULL};
    return suite_run_fixture("conference_roster", tests, set_up, tear_down);
}
