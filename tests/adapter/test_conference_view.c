// SPDX-License-Identifier: MIT
// The roster of one room and who watches it: commands in, conference-info documents out, told here
// line by line.
#include "sip/conference_view.h"

#include <string.h>

#include "mapping/notation.h"
#include "sip/body/conference_info.h"
#include "sip/body/xml.h"
#include "tests/support/suite.h"

#define NS "urn:ietf:params:xml:ns:conference-info"

static Route *route;
static ConferenceRoster *roster;
static ConferenceViews *views;
static ConferenceView *view; // with real addresses
static ConferenceDevice *romeo;

static ConferenceRoster *roster_of(const char *jid)
{
    g_autoptr(Address) room = address_from_jid(jid);
    return conference_roster_new(route, room, 200);
}

static void set_up(void)
{
    route = route_new();
    ck_assert(route_add_xmpp_domain(route, "rooms.xmpp.test", ROUTE_ROOMS, "rooms.sip.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(route_add_component(route, "sip.xmpp.test", ROUTE_USERS, "sip.test"));
    roster = roster_of("talk@rooms.xmpp.test");
    views = conference_view_all_new(roster);
    view = conference_view_open(views, true, false);
    romeo = conference_occupant_device_new(true, NULL);
    conference_roster_add_device(roster, "romeo", romeo);
}

static void tear_down(void)
{
    conference_occupant_device_unref(romeo);
    conference_view_all_free(views);
    conference_roster_free(roster);
    route_free(route);
}

static void tell(const char *what)
{
    g_autofree char *why = NULL;
    g_autofree char *line = g_strdup_printf("sip %s room=talk@rooms.xmpp.test", what);
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
           : status == CONFERENCE_INFO_STATUS_ON_HOLD         ? "hold"
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

// `~gr: how (why)` of one who left, for each of his endpoints.
static void print_leaver(GString *into, const ConferenceInfoUser *user, const char *gr)
{
    static const char *const hows[] = {"?", "departed", "booted", "failed", "?"};
    g_string_append_printf(into, "\n~%s:", gr);
    ck_assert_uint_gt(user->endpoints->len, 0);
    for (guint i = 0; i < user->endpoints->len; i++) {
        const ConferenceInfoEndpoint *endpoint = user->endpoints->pdata[i];
        const char *why = endpoint->disconnection_info.reason;
        ck_assert_int_eq(endpoint->status, CONFERENCE_INFO_STATUS_DISCONNECTED);
        ck_assert(g_str_has_prefix(endpoint->entity, user->entity));
        g_string_append_printf(into, " %s%s%s", endpoint->entity + strlen(user->entity),
                               hows[endpoint->disconnection_method], why != NULL ? " " : "");
        g_string_append(into, why != NULL ? why : "");
    }
}

// `+gr: roles joining status media aors`, or `-gr` of one who is deleted.
static void print_user(GString *into, const ConferenceInfoUser *user)
{
    static const char conf[] = "sip:talk@rooms.sip.test;gr=";
    ck_assert_msg(g_str_has_prefix(user->entity, conf), "%s", user->entity);
    if (user->state == CONFERENCE_INFO_PARTIAL) {
        print_leaver(into, user, user->entity + strlen(conf));
        return;
    }
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
static GBytes *numbered(GBytes *owned, uint32_t version)
{
    g_autoptr(GBytes) shared = owned;
    char *text = conference_document_number(shared, version);
    return g_bytes_new_take(text, strlen(text));
}

// Takes the bytes.
static char *words_of(GBytes *owned, uint32_t version)
{
    if (owned == NULL) {
        return g_strdup("nothing");
    }
    g_autoptr(GBytes) bytes = numbered(owned, version);
    g_auto(ConferenceInfo) info;
    read_document(&info, bytes);
    GString *words = g_string_new(NULL);
    print_info(words, &info);
    return g_string_free(words, FALSE);
}

static void expect_of(ConferenceView *one, GBytes *owned, const char *wanted)
{
    g_autofree char *got = words_of(owned, conference_view_version(one));
    ck_assert_str_eq(got, wanted);
}

static void expect(GBytes *owned, const char *wanted)
{
    expect_of(view, owned, wanted);
}

static void expect_change(const char *wanted)
{
    ck_assert(conference_view_is_pending(view));
    expect(conference_view_change(view), wanted);
    ck_assert(!conference_view_is_pending(view));
}

static void expect_nothing(void)
{
    ck_assert(!conference_view_is_pending(view));
    expect(conference_view_change(view), "nothing");
}

// Nina alone, told.
static void start_with_nina(void)
{
    tell("room-roster how=joined nick=Nina role=participant affiliation=none");
    expect_change(
        "full 0 subject=none count=1 users=full\n+Nina: participant in connected sendrecv");
}

static void enter_many(int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *line =
            g_strdup_printf("room-roster how=joined nick=n%d role=participant", i);
        tell(line);
    }
}

// --- tests ---------------------------------------------------------------------------------------

/* ROSTER-011 */
START_TEST(first_document_is_the_whole_room_in_order_of_entry_as_version_0)
{
    tell("room-roster how=joined nick=Nina role=moderator affiliation=owner");
    tell("room-roster how=joined nick=Ada role=participant affiliation=member");
    tell("room-roster how=joined nick=romeo role=visitor affiliation=none");
    tell("room-subject nick=Nina subject=\"Two houses\"");
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
    expect(conference_view_full(view),
           "full 0 subject=none count=1 users=full\n+Nina: participant in connected sendrecv");
    tell("room-roster how=joined nick=Ada role=participant");
    expect(conference_view_full(view),
           "full 1 subject=none count=2 users=full\n+Nina: participant in connected sendrecv\n"
           "+Ada: participant in connected sendrecv");
    expect_nothing();
    tell("room-roster how=left nick=Ada");
    expect_change("partial 2 count=1 users=partial\n-Ada");
}
END_TEST

/* ROSTER-011 */
START_TEST(each_view_counts_for_itself)
{
    start_with_nina();
    ConferenceView *late = conference_view_open(views, true, false);
    tell("room-roster how=joined nick=Ada role=participant");
    expect_change("partial 1 count=2 users=partial\n+Ada: participant in connected sendrecv");
    ck_assert(conference_view_is_pending(late));
    expect_of(late, conference_view_change(late),
           "full 0 subject=none count=2 users=full\n+Nina: participant in connected sendrecv\n"
           "+Ada: participant in connected sendrecv");
    conference_view_close(late);
    tell("room-roster how=left nick=Nina");
    expect_change("partial 2 count=1 users=partial\n-Nina");
}
END_TEST

/* ROSTER-012 */
START_TEST(newcomer_is_told_alone_and_without_description)
{
    start_with_nina();
    tell("room-roster how=joined nick=Ada role=participant affiliation=admin");
    expect_change("partial 1 count=2 users=partial\n"
                  "+Ada: participant administrator in connected sendrecv");
}
END_TEST

/* ROSTER-013 */
START_TEST(whoever_goes_however_is_deleted)
{
    start_with_nina();
    tell("room-roster how=joined nick=Ada role=participant");
    tell("room-roster how=joined nick=Bo role=participant");
    expect_change("partial 1 count=3 users=partial\n+Ada: participant in connected sendrecv\n"
                  "+Bo: participant in connected sendrecv");
    tell("room-roster how=kicked nick=Bo text=enough");
    tell("room-roster how=left nick=Nina");
    tell("room-roster how=banned nick=Ada");
    expect_change("partial 2 count=0 users=partial\n-Bo\n-Nina\n-Ada");
}
END_TEST

// What comes next, after which something is still to be told.
static void expect_first_of_two(const char *wanted)
{
    ck_assert(conference_view_is_pending(view));
    expect(conference_view_change(view), wanted);
    ck_assert(conference_view_is_pending(view));
}

// Nina, Ada, Bo and romeo with two devices, told, to one who is told how they leave.
static void start_with_leavers(void)
{
    ConferenceDevice *other = conference_occupant_device_new(false, NULL);
    conference_roster_detail_leaving(roster);
    conference_roster_add_device(roster, "romeo", other);
    conference_occupant_device_unref(other);
    tell("room-roster how=joined nick=Nina role=participant");
    tell("room-roster how=joined nick=Ada role=participant");
    tell("room-roster how=joined nick=Bo role=participant");
    tell("room-roster how=joined nick=romeo role=participant");
    g_bytes_unref(conference_view_change(view));
}

/* ROSTER-013 */
START_TEST(how_somebody_left_is_told_before_he_is_deleted)
{
    start_with_leavers();
    tell("room-roster how=kicked nick=Bo text=enough");
    tell("room-roster how=lost nick=Nina");
    tell("room-roster how=left nick=romeo");
    tell("room-roster how=banned nick=Ada");
    expect_first_of_two("partial 1 count=0 users=partial\n~Bo: booted enough\n~Nina: failed\n"
                        "~romeo: departed ;d=2departed\n~Ada: booted");
    expect_change("partial 2 users=partial\n-Bo\n-Nina\n-romeo\n-Ada");
    expect_nothing();
}
END_TEST

/* ROSTER-013 ROSTER-017 */
START_TEST(who_is_back_before_he_is_deleted_is_told_as_he_is)
{
    start_with_leavers();
    tell("room-roster how=joined nick=Pia role=participant");
    tell("room-roster how=left nick=Pia"); // of whom nobody was told
    tell("room-roster how=left nick=Nina");
    tell("room-roster how=left nick=Ada");
    expect_first_of_two("partial 1 count=2 users=partial\n~Nina: departed\n~Ada: departed");
    tell("room-roster how=joined nick=Nina role=visitor");
    tell("room-roster how=renamed nick=Bo new_nick=B"); // is no leaving
    expect_change("partial 2 count=3 users=partial\n+Nina: observer in muted recvonly\n-Bo\n"
                  "+B: participant in connected sendrecv\n-Ada");
    tell("room-roster how=left nick=Nina");
    expect_first_of_two("partial 3 count=2 users=partial\n~Nina: departed");
    tell("room-roster how=left nick=B");
    expect_first_of_two("partial 4 count=1 users=partial\n~B: departed\n-Nina");
    g_bytes_unref(conference_view_full(view)); // nobody is deleted from what is told as a whole
    expect_nothing();
}
END_TEST

/* ROSTER-013 */
START_TEST(those_told_of_a_leaving_by_one_document_are_told_of_its_end_by_one)
{
    start_with_leavers();
    ConferenceView *late = conference_view_open(views, true, false);
    ConferenceView *other = conference_view_open(views, true, false);
    g_bytes_unref(conference_view_change(late));
    g_bytes_unref(conference_view_change(other));
    tell("room-roster how=left nick=Nina");
    g_autoptr(GBytes) first = conference_view_change(view);
    g_autoptr(GBytes) same_first = conference_view_change(other);
    ck_assert_ptr_eq(first, same_first);
    g_autoptr(GBytes) second = conference_view_change(view);
    g_autoptr(GBytes) same_second = conference_view_change(other);
    ck_assert_ptr_eq(second, same_second);
    // Whoever was not told meanwhile misses nothing.
    expect_of(late, conference_view_change(late),
              "partial 1 count=3 users=partial\n~Nina: departed");
    expect_of(late, conference_view_change(late), "partial 2 users=partial\n-Nina");
    conference_view_close(late);
    conference_view_close(other);
}
END_TEST

/* ROSTER-014 */
START_TEST(new_nick_is_one_document_with_the_old_deleted_and_the_new_full)
{
    tell("room-roster how=joined nick=Nina role=moderator affiliation=owner "
         "real=nina@xmpp.test/desk");
    expect_change("full 0 subject=none count=1 users=full\n"
                  "+Nina: moderator administrator in connected sendrecv "
                  "xmpp:nina@xmpp.test/desk sip:nina@xmpp.test;gr=desk");
    tell("room-roster how=renamed nick=Nina new_nick=\"Nina B\"");
    expect_change("partial 1 users=partial\n-Nina\n"
                  "+Nina%20B: moderator administrator in connected sendrecv "
                  "xmpp:nina@xmpp.test/desk sip:nina@xmpp.test;gr=desk");
    ck_assert(conference_roster_find(roster, "Nina") == NULL);
    ck_assert(conference_roster_find(roster, "Nina B") != NULL);
}
END_TEST

/* MUC-B01 ROSTER-014 */
START_TEST(devices_that_come_under_the_nick_of_another_stand_beside_it)
{
    ConferenceDevice *pad = conference_occupant_device_new(true, NULL);
    tell("room-roster how=joined nick=romeo role=participant");
    tell("room-roster how=joined nick=Pad role=participant");
    conference_roster_add_device(roster, "Pad", pad);
    tell("room-roster how=renamed nick=romeo new_nick=Pad");
    ck_assert_uint_eq(pad->number, 1);
    ck_assert_uint_eq(romeo->number, 2);
    ck_assert(conference_roster_find(roster, "romeo") == NULL);
    conference_occupant_device_unref(pad);
}
END_TEST

/* ROSTER-014 */
START_TEST(party_that_renames_itself_is_still_the_party)
{
    tell("room-roster how=joined nick=romeo role=participant");
    tell("room-roster how=renamed nick=romeo new_nick=Romeo");
    expect_change(
        "full 0 subject=none count=1 users=full\n+Romeo: participant out connected sendrecv");
}
END_TEST

/* ROSTER-016 */
START_TEST(one_who_lost_the_voice_is_muted_and_one_who_got_it_is_not)
{
    start_with_nina();
    tell("room-roster how=changed nick=Nina role=visitor affiliation=none");
    expect_change("partial 1 users=partial\n+Nina: observer in muted recvonly");
    tell("room-roster how=changed nick=Nina role=moderator affiliation=admin");
    expect_change("partial 2 users=partial\n+Nina: moderator administrator in connected sendrecv");
}
END_TEST

/* ROSTER-015 */
START_TEST(one_who_is_away_is_on_hold_and_who_has_no_voice_is_muted_all_the_same)
{
    start_with_nina();
    tell("room-roster how=changed nick=Nina role=participant affiliation=none away=yes");
    expect_change("partial 1 users=partial\n+Nina: participant in hold sendrecv");
    tell("room-roster how=renamed nick=Nina new_nick=N"); // says nothing else
    expect_change("partial 2 users=partial\n-Nina\n+N: participant in hold sendrecv");
    tell("room-roster how=changed nick=N role=visitor affiliation=none away=yes");
    expect_change("partial 3 users=partial\n+N: observer in muted recvonly");
    tell("room-roster how=changed nick=N role=participant affiliation=none");
    expect_change("partial 4 users=partial\n+N: participant in connected sendrecv");
}
END_TEST

/* ROSTER-012 */
START_TEST(new_subject_is_a_description_and_nothing_else)
{
    start_with_nina();
    tell("room-subject nick=Nina subject=Capulet");
    expect_change("partial 1 subject=Capulet");
    tell("room-subject nick=Nina");
    expect_change("partial 2 subject=none");
}
END_TEST

/* ROSTER-017 */
START_TEST(changes_of_one_window_are_one_step_in_the_order_they_happened)
{
    start_with_nina();
    tell("room-roster how=joined nick=Zoe role=participant");
    tell("room-roster how=changed nick=Nina role=visitor");
    tell("room-roster how=joined nick=Ada role=participant");
    tell("room-subject nick=Nina subject=Late");
    expect_change("partial 1 subject=Late count=3 users=partial\n"
                  "+Zoe: participant in connected sendrecv\n+Nina: observer in muted recvonly\n"
                  "+Ada: participant in connected sendrecv");
}
END_TEST

/* ROSTER-017 */
START_TEST(what_was_undone_within_the_window_is_never_told)
{
    start_with_nina();
    tell("room-roster how=joined nick=Ada role=participant");
    tell("room-roster how=left nick=Ada");
    tell("room-roster how=changed nick=Nina role=visitor affiliation=none");
    tell("room-roster how=changed nick=Nina role=participant affiliation=none");
    tell("room-roster how=renamed nick=Nina new_nick=N");
    tell("room-roster how=renamed nick=N new_nick=Nina");
    tell("room-subject nick=Nina subject=x");
    tell("room-subject nick=Nina");
    expect_nothing();
    tell("room-roster how=left nick=Nina");
    tell("room-roster how=joined nick=Nina role=participant affiliation=owner");
    expect_change(
        "partial 1 users=partial\n+Nina: participant administrator in connected sendrecv");
}
END_TEST

/* ROSTER-014 */
START_TEST(nick_of_another_script_is_percent_encoded_in_entities_and_plain_elsewhere)
{
    tell("room-roster how=joined nick=\"Zo\xc3\xab=;\" role=participant");
    g_autoptr(GBytes) bytes = conference_view_full(view);
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
    tell("room-roster how=joined nick=Ada role=participant real=ada@elsewhere.test/x");
    tell("room-roster how=joined nick=Bo role=participant real=bo@sip.xmpp.test");
    tell("room-roster how=joined nick=Cy role=participant");
    expect_change("full 0 subject=none count=3 users=full\n"
                  "+Ada: participant in connected sendrecv xmpp:ada@elsewhere.test/x\n"
                  "+Bo: participant in connected sendrecv xmpp:bo@sip.xmpp.test sip:bo@sip.test\n"
                  "+Cy: participant in connected sendrecv");
}
END_TEST

/* ROSTER-019 */
START_TEST(of_a_large_room_the_first_are_named_and_all_are_counted)
{
    enter_many(203);
    g_autoptr(GBytes) bytes = conference_view_change(view);
    g_auto(ConferenceInfo) info;
    read_document(&info, bytes);
    ck_assert_int_eq(info.user_count, 203);
    ck_assert_uint_eq(info.users->len, 200);
    ck_assert(conference_roster_find(roster, "n202") != NULL);
    tell("room-roster how=left nick=n202");
    expect_change("partial 1 count=202");
    tell("room-roster how=left nick=n7");
    expect_change("partial 2 count=201 users=partial\n-n7\n+n200: participant in connected "
                  "sendrecv");
    tell("room-roster how=changed nick=n201 role=visitor");
    expect_nothing();
    tell("room-roster how=left nick=n8");
    tell("room-roster how=left nick=n201");
    expect_change("partial 3 count=199 users=partial\n-n8");
}
END_TEST

START_TEST(orders_about_nobody_change_nothing)
{
    start_with_nina();
    tell("room-roster how=left nick=Nobody");
    tell("room-roster how=renamed nick=Nobody new_nick=Somebody");
    tell("room-roster how=joined role=participant");
    tell("room-message nick=Nina subject=x body=y");
    expect_nothing();
    ck_assert(conference_roster_find(roster, "Somebody") == NULL);
    ck_assert(conference_roster_find(roster, NULL) == NULL);
}
END_TEST

START_TEST(uri_of_a_nick_is_that_of_the_occupant_and_without_one_that_of_the_room)
{
    g_autofree char *conf = conference_roster_uri(roster, NULL);
    g_autofree char *occupant = conference_roster_uri(roster, "a b");
    ck_assert_str_eq(conf, "sip:talk@rooms.sip.test");
    ck_assert_str_eq(occupant, "sip:talk@rooms.sip.test;gr=a%20b");
    ck_assert_str_eq(address_jid(conference_roster_room(roster)), "talk@rooms.xmpp.test");
    ck_assert_ptr_null(roster_of("talk@elsewhere.test"));
}
END_TEST

/* ROSTER-011 */
START_TEST(those_at_one_place_are_told_by_the_same_document)
{
    start_with_nina();
    ConferenceView *other = conference_view_open(views, true, false);
    g_autoptr(GBytes) full = conference_view_full(view);
    g_autoptr(GBytes) same_full = conference_view_full(other);
    ck_assert_ptr_eq(full, same_full);
    tell("room-roster how=joined nick=Ada role=participant");
    expect_change("partial 1 count=2 users=partial\n+Ada: participant in connected sendrecv");
    tell("room-roster how=left nick=Ada");
    ConferenceView *late = conference_view_open(views, true, false);
    g_bytes_unref(conference_view_full(late));
    tell("room-roster how=joined nick=Bo role=participant");
    g_autoptr(GBytes) change = conference_view_change(view);
    g_autoptr(GBytes) other_change = conference_view_change(other); // has not heard of Ada
    g_autoptr(GBytes) late_change = conference_view_change(late);
    ck_assert_ptr_ne(change, other_change);
    ck_assert_ptr_ne(change, late_change);
    tell("room-roster how=left nick=Bo");
    g_autoptr(GBytes) next = conference_view_change(view);
    g_autoptr(GBytes) other_next = conference_view_change(other);
    g_autoptr(GBytes) late_next = conference_view_change(late);
    ck_assert_ptr_eq(next, other_next);
    ck_assert_ptr_eq(next, late_next);
}
END_TEST

/* ROSTER-019 */
START_TEST(hundred_watchers_cost_two_documents)
{
    ConferenceView *many[100];
    g_autoptr(GHashTable) documents = g_hash_table_new_full(
        NULL, NULL, (GDestroyNotify)g_bytes_unref, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = conference_view_open(views, i % 2 == 0, false);
        g_hash_table_add(documents, conference_view_full(many[i]));
    }
    ck_assert_uint_eq(g_hash_table_size(documents), 2);
    g_hash_table_remove_all(documents);
    tell("room-roster how=joined nick=Ada role=participant");
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        g_hash_table_add(documents, conference_view_change(many[i]));
        ck_assert_uint_eq(conference_view_version(many[i]), 1);
    }
    ck_assert_uint_eq(g_hash_table_size(documents), 2);
}
END_TEST

/* ROSTER-019 */
START_TEST(room_that_fits_into_no_datagram_is_told_there_by_its_number)
{
    ConferenceView *small = conference_view_open(views, false, true);
    enter_many(199);
    expect_of(small, conference_view_change(small), "full 0 subject=none count=199");
    tell("room-roster how=changed nick=n7 role=visitor");
    ck_assert(!conference_view_is_pending(small));
    tell("room-subject nick=n7 subject=Crowd");
    expect_of(small, conference_view_change(small), "full 1 subject=Crowd count=199");
    g_autoptr(GBytes) large = conference_view_change(view);
    ck_assert_uint_gt(g_bytes_get_size(large), 60000);
    for (int i = 1; i < 199; i++) {
        g_autofree char *line = g_strdup_printf("room-roster how=left nick=n%d", i);
        tell(line);
    }
    expect_of(small, conference_view_change(small),
              "full 2 subject=Crowd count=1 users=full\n+n0: participant in connected sendrecv");
    tell("room-roster how=left nick=n0");
    expect_of(small, conference_view_change(small), "partial 3 count=0 users=partial\n-n0");
}
END_TEST

START_TEST(real_addresses_are_for_those_who_may_see_them)
{
    ConferenceView *stranger = conference_view_open(views, false, false);
    tell("room-roster how=joined nick=Ada role=participant real=ada@xmpp.test/x");
    expect_of(stranger, conference_view_change(stranger),
              "full 0 subject=none count=1 users=full\n+Ada: participant in connected sendrecv");
    tell("room-roster how=changed nick=Ada role=participant real=ada@xmpp.test/y");
    ck_assert(!conference_view_is_pending(stranger));
    conference_view_set_reals(stranger, true);
    expect_of(stranger, conference_view_change(stranger),
              "full 1 subject=none count=1 users=full\n+Ada: participant in connected sendrecv "
              "xmpp:ada@xmpp.test/y sip:ada@xmpp.test;gr=y");
    conference_view_set_reals(stranger, false);
    expect_of(stranger, conference_view_change(stranger),
              "full 2 subject=none count=1 users=full\n+Ada: participant in connected sendrecv");
}
END_TEST

START_TEST(watcher_who_fell_far_behind_gets_the_whole_room)
{
    start_with_nina();
    ConferenceView *slow = conference_view_open(views, true, false);
    g_bytes_unref(conference_view_full(slow));
    for (int i = 0; i < 5000; i++) {
        tell(i % 2 == 0 ? "room-roster how=joined nick=Ada role=participant"
                        : "room-roster how=left nick=Ada");
    }
    expect_of(slow, conference_view_change(slow),
              "full 1 subject=none count=1 users=full\n+Nina: participant in connected sendrecv");
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
        how_somebody_left_is_told_before_he_is_deleted,
        who_is_back_before_he_is_deleted_is_told_as_he_is,
        those_told_of_a_leaving_by_one_document_are_told_of_its_end_by_one,
        new_nick_is_one_document_with_the_old_deleted_and_the_new_full,
        devices_that_come_under_the_nick_of_another_stand_beside_it,
        party_that_renames_itself_is_still_the_party,
        one_who_lost_the_voice_is_muted_and_one_who_got_it_is_not,
        one_who_is_away_is_on_hold_and_who_has_no_voice_is_muted_all_the_same,
        new_subject_is_a_description_and_nothing_else,
        changes_of_one_window_are_one_step_in_the_order_they_happened,
        what_was_undone_within_the_window_is_never_told,
        nick_of_another_script_is_percent_encoded_in_entities_and_plain_elsewhere,
        real_address_is_told_when_the_room_shows_it_and_no_uri_is_made_up,
        of_a_large_room_the_first_are_named_and_all_are_counted,
        orders_about_nobody_change_nothing,
        uri_of_a_nick_is_that_of_the_occupant_and_without_one_that_of_the_room,
        those_at_one_place_are_told_by_the_same_document,
        hundred_watchers_cost_two_documents,
        room_that_fits_into_no_datagram_is_told_there_by_its_number,
        real_addresses_are_for_those_who_may_see_them,
        watcher_who_fell_far_behind_gets_the_whole_room,
        NULL};
    return suite_run_fixture("conference_view", tests, set_up, tear_down);
}
