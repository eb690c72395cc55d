// SPDX-License-Identifier: MIT
// Rosters as documents: roles, endpoints, who brought them in, how they end.
#include "sip/conference_document.h"

#include <string.h>

#include "sip/body/conference_info.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define OCCUPANT "sip:talk@rooms.sip.test;gr="

static Route *route;
static ConferenceRoster *roster;

static void set_up(void)
{
    g_autoptr(Address) room = address_from_jid("talk@rooms.xmpp.test");
    route = route_new();
    ck_assert(route_add_xmpp_domain(route, "rooms.xmpp.test", ROUTE_ROOMS, "rooms.sip.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    roster = conference_roster_new(route, room, 200);
}

static void tear_down(void)
{
    conference_roster_free(roster);
    route_free(route);
}

static void enter(const char *nick, const char *role, const char *affiliation)
{
    Command *command = command_new(COMMAND_ROOM_ROSTER, SIDE_SIP);
    command->f.how = HOW_JOINED;
    fields_set_text(&command->f.nick, nick);
    fields_set_text(&command->f.role, role);
    fields_set_text(&command->f.affiliation, affiliation);
    conference_roster_apply(roster, command);
    command_free(command);
}

// The users of a document.
static void read_document(ConferenceInfo *info, GBytes *owned)
{
    g_autoptr(GBytes) bytes = owned;
    ck_assert(conference_info_read(info, bytes, false, NULL));
}

static const ConferenceInfoUser *user_of(const ConferenceInfo *info, guint index)
{
    ck_assert_uint_lt(index, info->users->len);
    return info->users->pdata[index];
}

static void expect_roles(JsonNode *in, JsonNode *out)
{
    if (!JSON_NODE_HOLDS_OBJECT(in)) {
        return; // from SIP
    }
    JsonObject *occupant = json_node_get_object(in);
    JsonArray *roles = json_node_get_array(out);
    enter("Nina", vectors_text(occupant, "role"), vectors_text(occupant, "affiliation"));
    g_auto(ConferenceInfo) info;
    read_document(&info, conference_document_full(roster, false));
    const GPtrArray *got = user_of(&info, 0)->roles;
    ck_assert_uint_eq(got->len, json_array_get_length(roles));
    for (guint i = 0; i < got->len; i++) {
        ck_assert_str_eq(got->pdata[i], json_array_get_string_element(roles, i));
    }
}

/* ROSTER-016 */
START_TEST(roles_are_those_of_the_vector)
{
    ck_assert_int_eq(vectors_each_case("GV-025", expect_roles), 7);
}
END_TEST

static const ConferenceInfoEndpoint *endpoint_of(const ConferenceInfoUser *user, guint index)
{
    ck_assert_uint_lt(index, user->endpoints->len);
    return user->endpoints->pdata[index];
}

START_TEST(each_device_is_an_endpoint_with_a_key_of_its_own)
{
    ConferenceDevice *devices[3];
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        devices[i] = conference_occupant_device_new(i == 1, NULL);
        conference_roster_add_device(roster, "Omar", devices[i]);
    }
    enter("Omar", "participant", "none");
    conference_roster_remove_device(roster, "Omar", devices[0]);
    conference_roster_add_device(roster, "Omar", devices[0]);
    g_auto(ConferenceInfo) info;
    read_document(&info, conference_document_full(roster, false));
    const ConferenceInfoUser *user = user_of(&info, 0);
    ck_assert_uint_eq(user->endpoints->len, 3);
    ck_assert_str_eq(endpoint_of(user, 0)->entity, OCCUPANT "Omar;d=2");
    ck_assert_str_eq(endpoint_of(user, 1)->entity, OCCUPANT "Omar;d=3");
    ck_assert_str_eq(endpoint_of(user, 2)->entity, OCCUPANT "Omar;d=4");
    ck_assert_int_eq(endpoint_of(user, 0)->joining_method, CONFERENCE_INFO_JOINING_DIALED_OUT);
    ck_assert_int_eq(endpoint_of(user, 1)->joining_method, CONFERENCE_INFO_JOINING_DIALED_IN);
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        conference_occupant_device_unref(devices[i]);
    }
}
END_TEST

// What stands in `by` of a party that an inviter brought in.
static void expect_inviter(const char *jid, bool with_reals, const char *wanted)
{
    g_autoptr(Address) inviter = address_from_jid(jid);
    ConferenceDevice *device = conference_occupant_device_new(true, inviter);
    enter("Omar", "participant", "none");
    conference_roster_add_device(roster, "Omar", device);
    g_auto(ConferenceInfo) info;
    read_document(&info, conference_document_full(roster, with_reals));
    ck_assert_pstr_eq(endpoint_of(user_of(&info, 0), 0)->referred.by, wanted);
    conference_roster_remove_device(roster, "Omar", device);
    conference_occupant_device_unref(device);
}

START_TEST(inviter_is_named_as_far_as_the_watcher_may_know_him)
{
    expect_inviter("talk@rooms.xmpp.test/Nina", false, OCCUPANT "Nina");
    expect_inviter("nina@xmpp.test/desk", false, NULL);
    expect_inviter("nina@xmpp.test/desk", true, "sip:nina@xmpp.test");
}
END_TEST

/* MUC-B16 */
START_TEST(end_of_the_conference_is_a_document_without_content)
{
    enter("Nina", "participant", "none");
    g_auto(ConferenceInfo) info;
    read_document(&info, conference_document_deleted(roster));
    ck_assert_int_eq(info.state, CONFERENCE_INFO_DELETED);
    ck_assert_uint_eq(info.users->len, 0);
}
END_TEST

static void expect_removed(ConferenceRemoval removal, const char *text,
                           ConferenceInfoDisconnection method)
{
    g_auto(ConferenceInfo) info;
    read_document(&info, conference_document_removed(roster, "Romeo", NULL, removal, text));
    ck_assert_int_eq(info.state, CONFERENCE_INFO_PARTIAL);
    ck_assert_uint_eq(info.users->len, 1);
    const ConferenceInfoEndpoint *endpoint = endpoint_of(user_of(&info, 0), 0);
    ck_assert_str_eq(user_of(&info, 0)->entity, OCCUPANT "Romeo");
    ck_assert_int_eq(endpoint->status, CONFERENCE_INFO_STATUS_DISCONNECTED);
    ck_assert_int_eq(endpoint->disconnection_method, method);
    ck_assert_pstr_eq(endpoint->disconnection_info.reason, text);
}

/* MUC-B15 */
START_TEST(removed_party_is_told_how_and_why)
{
    expect_removed(CONFERENCE_DOCUMENT_BOOTED, "enough", CONFERENCE_INFO_DISCONNECTION_BOOTED);
    expect_removed(CONFERENCE_DOCUMENT_FAILED, NULL, CONFERENCE_INFO_DISCONNECTION_FAILED);
}
END_TEST

/* ROSTER-011 */
START_TEST(version_is_set_in_the_root_whatever_anybody_is_called)
{
    enter(" version=\"0\"", "participant", "none");
    g_autoptr(GBytes) document = conference_document_full(roster, false);
    g_autofree char *text = conference_document_number(document, 4294967295U);
    g_auto(ConferenceInfo) info;
    read_document(&info, g_bytes_new(text, strlen(text)));
    ck_assert_uint_eq(info.version, 4294967295U);
    ck_assert_str_eq(user_of(&info, 0)->nickname, " version=\"0\"");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {roles_are_those_of_the_vector,
                                  each_device_is_an_endpoint_with_a_key_of_its_own,
                                  inviter_is_named_as_far_as_the_watcher_may_know_him,
                                  end_of_the_conference_is_a_document_without_content,
                                  removed_party_is_told_how_and_why,
                                  version_is_set_in_the_root_whatever_anybody_is_called,
                                  NULL};
    return suite_run_fixture("conference_document", tests, set_up, tear_down);
}
