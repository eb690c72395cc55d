// SPDX-License-Identifier: MIT
// conference-info documents: what we write is what the roster rows want, what others write is read.
#include "sip/body/conference_info.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

#define HEAD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                                   \
    "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" "                           \
    "xmlns:xcon=\"urn:ietf:params:xml:ns:xcon-conference-info\" entity=\"sip:talk@x\" "

static bool read_octets(ConferenceInfo *info, const char *text, size_t length, bool accept_no_ns,
                        GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);
    return conference_info_read(info, bytes, accept_no_ns, error);
}

static void read_good(ConferenceInfo *info, const char *text)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(read_octets(info, text, strlen(text), false, &error), "%s: %.120s",
                  error != NULL ? error->message : "", text);
}

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GError) error = NULL;
    ConferenceInfo info;
    ck_assert_msg(!read_octets(&info, text, strlen(text), true, &error), "accepted: %.120s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%s", error->message);
    ck_assert_ptr_null(info.users);
}

static char *write_text(const ConferenceInfo *info)
{
    g_autoptr(GBytes) bytes = conference_info_write(info);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void assert_writes(const ConferenceInfo *info, const char *expected)
{
    g_autofree char *text = write_text(info);
    ck_assert_str_eq(text, expected);
}

// Whatever was read is written and read again without change.
static void assert_survives(const ConferenceInfo *info)
{
    g_autofree char *text = write_text(info);
    g_auto(ConferenceInfo) again = {0};
    read_good(&again, text);
    assert_writes(&again, text);
}

static const ConferenceInfoUser *user_at(const ConferenceInfo *info, unsigned index)
{
    ck_assert_uint_gt(info->users->len, index);
    return info->users->pdata[index];
}

static const ConferenceInfoEndpoint *endpoint_at(const ConferenceInfo *info, unsigned index)
{
    const ConferenceInfoUser *user = user_at(info, index);
    ck_assert_uint_gt(user->endpoints->len, 0);
    return user->endpoints->pdata[0];
}

// An occupant as the focus shows it.
static ConferenceInfoUser *add_occupant(ConferenceInfo *info, const char *entity, const char *nick,
                                        const char *role)
{
    ConferenceInfoUser *user = conference_info_add_user(info, entity);
    user->nickname = g_strdup(nick);
    user->display_text = g_strdup(nick);
    g_ptr_array_add(user->roles, g_strdup(role));
    ConferenceInfoEndpoint *endpoint = conference_info_add_endpoint(user, entity);
    endpoint->status = CONFERENCE_INFO_STATUS_CONNECTED;
    endpoint->joining_method = CONFERENCE_INFO_JOINING_DIALED_IN;
    ConferenceInfoMedia *media = conference_info_add_media(endpoint, "1");
    media->type = g_strdup("message");
    media->status = CONFERENCE_INFO_MEDIA_SENDRECV;
    return user;
}

// its part of ROSTER-011
START_TEST(a_full_document_has_description_and_users_even_when_empty)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    info.has_description = true;
    info.has_users = true;
    assert_writes(&info, HEAD "state=\"full\" version=\"0\"><conference-description/>"
                              "<users state=\"full\"/></conference-info>");
}
END_TEST

// its part of ROSTER-011
START_TEST(a_full_document_maps_every_element_of_the_roster)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    info.version = 4294967295u;
    info.has_description = true;
    info.display_text = g_strdup("Talk");
    info.subject = g_strdup("Plan <B>");
    info.free_text = g_strdup("about");
    info.maximum_user_count = 30;
    info.user_count = 1;
    info.active = CONFERENCE_INFO_FLAG_TRUE;
    info.locked = CONFERENCE_INFO_FLAG_FALSE;
    ConferenceInfoUser *user = add_occupant(&info, "sip:talk@x;gr=Nina", "Nina", "moderator");
    g_ptr_array_add(user->roles, g_strdup("administrator"));
    g_ptr_array_add(user->aors, g_strdup("xmpp:nina@x/pad"));
    ConferenceInfoEndpoint *endpoint = user->endpoints->pdata[0];
    endpoint->referred.by = g_strdup("sip:o@x");
    endpoint->joining_info.when = g_strdup("2026-03-04T05:06:07Z");
    assert_writes(
        &info, HEAD
        "state=\"full\" version=\"4294967295\"><conference-description>"
        "<display-text>Talk</display-text><subject>Plan &lt;B&gt;</subject>"
        "<free-text>about</free-text><maximum-user-count>30</maximum-user-count>"
        "</conference-description><conference-state><user-count>1</user-count><active>true</active>"
        "<locked>false</locked></conference-state><users state=\"full\">"
        "<user entity=\"sip:talk@x;gr=Nina\" state=\"full\" xcon:nickname=\"Nina\">"
        "<display-text>Nina</display-text><associated-aors><entry><uri>xmpp:nina@x/pad</uri></"
        "entry>"
        "</associated-aors><roles><entry>moderator</entry><entry>administrator</entry></roles>"
        "<endpoint entity=\"sip:talk@x;gr=Nina\" "
        "state=\"full\"><referred><by>sip:o@x</by></referred>"
        "<status>connected</status><joining-method>dialed-in</joining-method>"
        "<joining-info><when>2026-03-04T05:06:07Z</when></joining-info>"
        "<media id=\"1\"><type>message</type><status>sendrecv</status></media>"
        "</endpoint></user></users></conference-info>");
    assert_survives(&info);
}
END_TEST

// its part of ROSTER-012
START_TEST(a_join_is_a_partial_document_with_one_full_user_and_the_count)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    info.state = CONFERENCE_INFO_PARTIAL;
    info.version = 1;
    info.user_count = 2;
    info.users_state = CONFERENCE_INFO_PARTIAL;
    add_occupant(&info, "sip:talk@x;gr=Pia", "Pia", "participant");
    assert_writes(&info, HEAD
                  "state=\"partial\" version=\"1\"><conference-state><user-count>2</user-count>"
                  "</conference-state><users state=\"partial\"><user entity=\"sip:talk@x;gr=Pia\" "
                  "state=\"full\" "
                  "xcon:nickname=\"Pia\"><display-text>Pia</"
                  "display-text><roles><entry>participant</entry></roles>"
                  "<endpoint entity=\"sip:talk@x;gr=Pia\" state=\"full\"><status>connected</status>"
                  "<joining-method>dialed-in</joining-method><media id=\"1\"><type>message</type>"
                  "<status>sendrecv</status></media></endpoint></user></users></conference-info>");
}
END_TEST

// its part of ROSTER-013, ROSTER-014
START_TEST(a_deleted_user_is_written_without_children_beside_a_full_one)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    info.state = CONFERENCE_INFO_PARTIAL;
    info.version = 2;
    info.users_state = CONFERENCE_INFO_PARTIAL;
    add_occupant(&info, "sip:talk@x;gr=Old", "Old", "participant")->state = CONFERENCE_INFO_DELETED;
    ConferenceInfoUser *user = conference_info_add_user(&info, "sip:talk@x;gr=New");
    user->display_text = g_strdup("New");
    assert_writes(
        &info, HEAD
        "state=\"partial\" version=\"2\"><users state=\"partial\">"
        "<user entity=\"sip:talk@x;gr=Old\" state=\"deleted\"/>"
        "<user entity=\"sip:talk@x;gr=New\" state=\"full\"><display-text>New</display-text></user>"
        "</users></conference-info>");
}
END_TEST

// its part of ROSTER-013
START_TEST(a_leave_in_detail_names_status_method_and_cause)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    info.state = CONFERENCE_INFO_PARTIAL;
    info.version = 3;
    info.users_state = CONFERENCE_INFO_PARTIAL;
    ConferenceInfoUser *user = conference_info_add_user(&info, "sip:a@x");
    user->state = CONFERENCE_INFO_PARTIAL;
    ConferenceInfoEndpoint *endpoint = conference_info_add_endpoint(user, "sip:a@x;d=1");
    endpoint->status = CONFERENCE_INFO_STATUS_DISCONNECTED;
    endpoint->disconnection_method = CONFERENCE_INFO_DISCONNECTION_BOOTED;
    endpoint->disconnection_info.reason = g_strdup("noise");
    endpoint->disconnection_info.by = g_strdup("sip:b@x");
    assert_writes(&info, HEAD
                  "state=\"partial\" version=\"3\"><users state=\"partial\">"
                  "<user entity=\"sip:a@x\" state=\"partial\"><endpoint entity=\"sip:a@x;d=1\" "
                  "state=\"full\">"
                  "<status>disconnected</status><disconnection-method>booted</disconnection-method>"
                  "<disconnection-info><reason>noise</reason><by>sip:b@x</by></disconnection-info>"
                  "</endpoint></user></users></conference-info>");
}
END_TEST

// its part of ROSTER-016
START_TEST(a_visitor_is_muted_and_receives_only)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    ConferenceInfoUser *user = conference_info_add_user(&info, "sip:a@x");
    g_ptr_array_add(user->roles, g_strdup("observer"));
    ConferenceInfoEndpoint *endpoint = conference_info_add_endpoint(user, "sip:a@x");
    endpoint->status = CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS;
    conference_info_add_media(endpoint, "1")->status = CONFERENCE_INFO_MEDIA_RECVONLY;
    g_autofree char *text = write_text(&info);
    ck_assert_ptr_nonnull(strstr(text, "<roles><entry>observer</entry></roles>"));
    ck_assert_ptr_nonnull(strstr(text, "<status>muted-via-focus</status>"));
    ck_assert_ptr_nonnull(strstr(text, "<media id=\"1\"><status>recvonly</status></media>"));
}
END_TEST

START_TEST(the_end_of_a_conference_is_one_empty_element)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    info.state = CONFERENCE_INFO_DELETED;
    info.version = 9;
    info.has_description = true;
    add_occupant(&info, "sip:a@x", "A", "participant");
    assert_writes(&info, HEAD "state=\"deleted\" version=\"9\"/>");
}
END_TEST

// Calls `each` for every document of the vectors of roster_apply; returns how many there were.
static unsigned vector_documents(void (*each)(const char *id, unsigned step,
                                              const ConferenceInfo *info))
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/vectors-groupchat.json");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *vectors = json_object_get_array_member(root, "vectors");
    unsigned documents = 0;
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        if (g_strcmp0(vectors_text(vector, "fn"), "roster_apply") != 0)
            continue;
        JsonArray *cases = json_object_get_array_member(vector, "cases");
        for (guint j = 0; j < json_array_get_length(cases); j++) {
            JsonObject *one = json_array_get_object_element(cases, j);
            JsonArray *in = json_object_get_array_member(one, "in");
            for (guint k = 0; k < json_array_get_length(in); k++, documents++) {
                g_auto(ConferenceInfo) info = {0};
                read_good(&info, json_array_get_string_element(in, k));
                each(vectors_text(vector, "id"), k, &info);
            }
        }
    }
    return documents;
}

static void check_first_document(const ConferenceInfo *info)
{
    static const ConferenceInfoStatus statuses[] = {
        CONFERENCE_INFO_STATUS_CONNECTED,
        CONFERENCE_INFO_STATUS_CONNECTED,
        CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS,
        CONFERENCE_INFO_STATUS_ALERTING,
    };
    ck_assert_str_eq(info->entity, "sip:hall@conf.mantua.example");
    ck_assert_int_eq(info->state, CONFERENCE_INFO_FULL);
    ck_assert_uint_eq(info->version, 3);
    ck_assert(info->has_description);
    ck_assert_str_eq(info->subject, "Plan B");
    ck_assert_int_eq(info->user_count, -1);
    ck_assert_int_eq(info->active, CONFERENCE_INFO_FLAG_ABSENT);
    ck_assert_uint_eq(info->users->len, G_N_ELEMENTS(statuses));
    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++)
        ck_assert_int_eq(endpoint_at(info, i)->status, statuses[i]);
    ck_assert_str_eq(user_at(info, 1)->entity, "sip:omar@mantua.example");
    ck_assert_str_eq(user_at(info, 1)->display_text, "Omar");
    ck_assert_ptr_null(user_at(info, 1)->nickname);
    ck_assert_str_eq(user_at(info, 1)->roles->pdata[0], "moderator");
    ck_assert_str_eq(endpoint_at(info, 1)->entity, "sip:omar@mantua.example;ep=1");
}

static void check_document(const char *id, unsigned step, const ConferenceInfo *info)
{
    assert_survives(info);
    if (step == 0) {
        check_first_document(info);
    } else if (strcmp(id, "GV-015") == 0) {
        ck_assert_int_eq(info->state, CONFERENCE_INFO_PARTIAL);
        ck_assert_int_eq(info->users_state, CONFERENCE_INFO_PARTIAL);
        ck_assert(!info->has_description);
        ck_assert_int_eq(user_at(info, 1)->state, CONFERENCE_INFO_DELETED);
    } else if (strcmp(id, "GV-018") == 0) {
        ck_assert_int_eq(info->state, CONFERENCE_INFO_DELETED);
        ck_assert_uint_eq(info->version, 4);
        ck_assert(!info->has_users);
    } else if (strcmp(id, "GV-020") == 0) {
        ck_assert_int_eq(endpoint_at(info, 0)->status, CONFERENCE_INFO_STATUS_DISCONNECTED);
        ck_assert_int_ne(endpoint_at(info, 0)->disconnection_method,
                         CONFERENCE_INFO_DISCONNECTION_ABSENT);
    }
}

START_TEST(every_document_of_the_vectors_is_read)
{
    ck_assert_uint_eq(vector_documents(check_document), 23);
}
END_TEST

START_TEST(a_rich_document_is_read_past_what_we_do_not_use)
{
    g_auto(ConferenceInfo) info = {0};
    read_good(
        &info,
        "<?xml version='1.0' encoding='UTF-8'?><!-- c --><conference-info version='5' "
        "state='partial' "
        "xmlns='urn:ietf:params:xml:ns:conference-info' entity='sips:conf233@example.com' "
        "xmlns:x='urn:ietf:params:xml:ns:xcon-conference-info'>"
        "<conference-description><display-text> Weekly </display-text><subject/>"
        "<keywords>a b</keywords><conf-uris><entry><uri>tel:+1</uri></entry></conf-uris>"
        "<maximum-user-count>100</maximum-user-count></conference-description>"
        "<host-info><display-text>Host</display-text></host-info>"
        "<conference-state><user-count>32</user-count><active>1</active><locked>false</locked>"
        "</conference-state><users><user entity='sip:bob@example.com' x:nickname='Bobby'>"
        "<display-text>Bob Hoskins</display-text><roles><entry>participant</entry><entry>x</entry>"
        "</roles><associated-aors><entry><display-text>email</display-text>"
        "<uri>mailto:bob@example.com</uri></entry><entry/></associated-aors><languages>en</"
        "languages>"
        "<endpoint entity='sip:bob@pc33'><display-text>Laptop</display-text><referred>"
        "<when>2005-03-04T20:00:00Z</when><reason>expert</reason><by>sip:mike@x</by></referred>"
        "<status>disconnecting</status><joining-method>dialed-out</joining-method><joining-info>"
        "<reason>invitation</reason></joining-info><disconnection-method>booted"
        "</disconnection-method><disconnection-info><by>sip:mike@x</by></disconnection-info>"
        "<media id='1'><display-text>main</display-text><type>audio</type><status>inactive</status>"
        "</media><call-info><sip><call-id>h</call-id></sip></call-info></endpoint>"
        "<endpoint entity='e2' state='deleted'><status>connected</status></endpoint></user></users>"
        "<sidebars-by-val state='partial'><entry entity='s'><users><user "
        "entity='no'/></users></entry>"
        "</sidebars-by-val></conference-info>");
    ck_assert_str_eq(info.display_text, "Weekly");
    ck_assert_str_eq(info.subject, "");
    ck_assert_int_eq(info.maximum_user_count, 100);
    ck_assert_int_eq(info.user_count, 32);
    ck_assert_int_eq(info.active, CONFERENCE_INFO_FLAG_TRUE);
    ck_assert_int_eq(info.locked, CONFERENCE_INFO_FLAG_FALSE);
    ck_assert_uint_eq(info.users->len, 1);
    const ConferenceInfoUser *user = user_at(&info, 0);
    ck_assert_str_eq(user->nickname, "Bobby");
    ck_assert_uint_eq(user->roles->len, 2);
    ck_assert_uint_eq(user->aors->len, 1);
    ck_assert_str_eq(user->aors->pdata[0], "mailto:bob@example.com");
    const ConferenceInfoEndpoint *endpoint = endpoint_at(&info, 0);
    ck_assert_str_eq(endpoint->display_text, "Laptop");
    ck_assert_str_eq(endpoint->referred.when, "2005-03-04T20:00:00Z");
    ck_assert_int_eq(endpoint->status, CONFERENCE_INFO_STATUS_DISCONNECTING);
    ck_assert_int_eq(endpoint->joining_method, CONFERENCE_INFO_JOINING_DIALED_OUT);
    ck_assert_str_eq(endpoint->joining_info.reason, "invitation");
    ck_assert_int_eq(endpoint->disconnection_method, CONFERENCE_INFO_DISCONNECTION_BOOTED);
    ck_assert_str_eq(endpoint->disconnection_info.by, "sip:mike@x");
    const ConferenceInfoMedia *media = endpoint->media->pdata[0];
    ck_assert_str_eq(media->id, "1");
    ck_assert_str_eq(media->type, "audio");
    ck_assert_int_eq(media->status, CONFERENCE_INFO_MEDIA_INACTIVE);
    const ConferenceInfoEndpoint *gone = user->endpoints->pdata[1];
    ck_assert_int_eq(gone->state, CONFERENCE_INFO_DELETED);
    ck_assert_int_eq(gone->status, CONFERENCE_INFO_STATUS_ABSENT);
    assert_survives(&info);
}
END_TEST

// The octets of the document that begins at `start`; it may be one empty-element tag.
static size_t document_length(const char *start)
{
    static const char close[] = "</conference-info>";
    const char *bracket = strchr(start, '>');
    ck_assert_ptr_nonnull(bracket);
    if (bracket[-1] == '/')
        return (size_t)(bracket + 1 - start);
    const char *end = strstr(start, close);
    ck_assert_ptr_nonnull(end);
    return (size_t)(end - start) + strlen(close);
}

// Reads every document of a capture; returns how many there were.
static unsigned read_capture(const char *name)
{
    const char *root = g_getenv("MUCSIP_SOURCE_ROOT");
    g_autofree char *path = g_build_filename(root, "tests/wire", name, NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    unsigned count = 0;
    for (char *at = text; (at = strstr(at, "<conference-info ")) != NULL; at++) {
        g_auto(ConferenceInfo) info = {0};
        g_autoptr(GError) error = NULL;
        ck_assert_msg(read_octets(&info, at, document_length(at), false, &error), "%s: %s", name,
                      error != NULL ? error->message : "");
        assert_survives(&info);
        count++;
    }
    return count;
}

START_TEST(documents_of_other_implementations_are_read)
{
    static const struct {
        const char *name;
        unsigned count;
    } captures[] = {
        {"linphone/02-group-room-with-liblinphone-focus.txt", 23},
        {"linphone/03-minimal-focus-client-creates-room.txt", 9},
        {"linphone/04-focus-invites-client.txt", 3},
        {"sipe/06-conf-invite-accepted.txt", 5},
        {"sipe/07-escalation-by-client.txt", 10},
        {"sipe/08-focus-refused-403.txt", 1},
        {"sylk/02-conference-two-participants-udp.txt", 14},
        {"sylk/05-msrp-over-tls-sip-leg.txt", 2},
        {"sylk/08-real-sip-session3-audio-and-chat.txt", 7},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(captures); i++)
        ck_assert_uint_eq(read_capture(captures[i].name), captures[i].count);
}
END_TEST

// its part of ROSTER-010
START_TEST(a_document_without_namespace_is_read_only_when_asked_for)
{
    static const char text[] =
        "<conference-info version='0' state='full' entity='sip:r@x'>"
        "<conference-description><subject>Today</subject>"
        "</conference-description><users><user entity='sip:r@x;gr=Romeo'>"
        "<display-text>Romeo</display-text></user></users></conference-info>";
    g_auto(ConferenceInfo) info = {0};
    ck_assert(read_octets(&info, text, strlen(text), true, NULL));
    ck_assert_str_eq(info.subject, "Today");
    ck_assert_str_eq(user_at(&info, 0)->display_text, "Romeo");
    ConferenceInfo refused;
    g_autoptr(GError) error = NULL;
    ck_assert(!read_octets(&refused, text, strlen(text), false, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_WIRE));
}
END_TEST

// its part of ROSTER-010
START_TEST(wrong_documents_are_refused)
{
    static const char *const wrong[] = {
        "",
        "<conference-info",
        "<!DOCTYPE a><conference-info version='1' entity='a'/>",
        "<other version='1' entity='a'/>",
        "<conference-info xmlns='urn:other' version='1' entity='a'/>",
        "<conference-info version='1'/>",
        "<conference-info entity='a'/>",
        "<conference-info entity='a' version='-1'/>",
        "<conference-info entity='a' version='4294967296'/>",
        "<conference-info entity='a' version='1' state='half'/>",
        "<conference-info entity='a' version='1'><users state=''/></conference-info>",
        "<conference-info entity='a' version='1'><users><user/></users></conference-info>",
        "<conference-info entity='a' version='1'><users><user entity='u' state='x'/></users>"
        "</conference-info>",
        "<conference-info entity='a' version='1'><users><user entity='u'><endpoint/></user></users>"
        "</conference-info>",
        "<conference-info entity='a' version='1'><users><user entity='u'><endpoint entity='e'>"
        "<media/></endpoint></user></users></conference-info>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_refused(wrong[i], BODY_ERROR_WIRE);
}
END_TEST

START_TEST(words_and_numbers_nobody_knows_count_as_absent)
{
    g_auto(ConferenceInfo) info = {0};
    read_good(&info, "<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' entity='a' "
                     "version='1'><conference-state><user-count>many</user-count><active>maybe"
                     "</active></conference-state><users><user entity='u'><endpoint entity='e'>"
                     "<status>levitating</status></endpoint></user></users></conference-info>");
    ck_assert_int_eq(info.user_count, -1);
    ck_assert_int_eq(info.active, CONFERENCE_INFO_FLAG_ABSENT);
    ck_assert_int_eq(endpoint_at(&info, 0)->status, CONFERENCE_INFO_STATUS_ABSENT);
}
END_TEST

START_TEST(a_document_may_be_larger_than_other_bodies_but_not_endless)
{
    g_auto(ConferenceInfo) info = {0};
    conference_info_init(&info, "sip:talk@x");
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *entity = g_strdup_printf("sip:talk@x;gr=%u", i);
        add_occupant(&info, entity, entity, "participant");
    }
    g_autofree char *text = write_text(&info);
    g_auto(ConferenceInfo) again = {0};
    read_good(&again, text);
    ck_assert_uint_eq(again.users->len, 1000);
    g_autofree char *large = g_strnfill(1024 * 1024 + 1, ' ');
    assert_refused(large, BODY_ERROR_LIMIT);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_full_document_has_description_and_users_even_when_empty,
        a_full_document_maps_every_element_of_the_roster,
        a_join_is_a_partial_document_with_one_full_user_and_the_count,
        a_deleted_user_is_written_without_children_beside_a_full_one,
        a_leave_in_detail_names_status_method_and_cause,
        a_visitor_is_muted_and_receives_only,
        the_end_of_a_conference_is_one_empty_element,
        every_document_of_the_vectors_is_read,
        a_rich_document_is_read_past_what_we_do_not_use,
        documents_of_other_implementations_are_read,
        a_document_without_namespace_is_read_only_when_asked_for,
        wrong_documents_are_refused,
        words_and_numbers_nobody_knows_count_as_absent,
        a_document_may_be_larger_than_other_bodies_but_not_endless,
        NULL,
    };
    return suite_run("conference_info", tests);
}
