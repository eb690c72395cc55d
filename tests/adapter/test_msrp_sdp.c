// SPDX-License-Identifier: MIT
// Session descriptions: text in, decision out, answer as text.
#include "sip/msrp_sdp.h"

#include <string.h>

#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define PATH "msrp://dev7.mantua.example:40112/aa71;tcp"

static const MsrpSdpOurs ours_room = {.use = MSRP_SDP_ROOM,
                                      .host = "gw.verona.example",
                                      .port = 2855,
                                      .path = "msrp://gw.verona.example:2855/k4w9e2;tcp",
                                      .max_size = 10000,
                                      .id = 1,
                                      .version = 1,
                                      .setup = MSRP_SETUP_PASSIVE};

// The m-lines of a text with a session part in front.
static bool read_media(MsrpSdp *sdp, const char *media)
{
    g_autofree char *text = g_strdup_printf("v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n%s", media);
    return msrp_sdp_read(sdp, text, strlen(text));
}

static char *lines_of(JsonObject *object, const char *member)
{
    GString *text = g_string_new(NULL);
    JsonArray *lines = json_object_get_array_member(object, member);
    for (guint i = 0; i < json_array_get_length(lines); i++) {
        g_string_append_printf(text, "%s\r\n", json_array_get_string_element(lines, i));
    }
    return g_string_free(text, FALSE);
}

static void expect_answer(JsonNode *in, JsonNode *out)
{
    g_auto(MsrpSdp) offer;
    g_autofree char *media = lines_of(json_node_get_object(in), "offer");
    ck_assert(read_media(&offer, media));
    const MsrpSdpMedia *taken = msrp_sdp_find(&offer, MSRP_SDP_ROOM, MSRP_SDP_PLAIN, NULL);
    if (JSON_NODE_HOLDS_OBJECT(out)) {
        ck_assert_int_eq(json_object_get_int_member(json_node_get_object(out), "status"), 488);
        ck_assert_ptr_null(taken);
        return;
    }
    ck_assert_ptr_nonnull(taken);
    g_autofree char *answer = msrp_sdp_answer(&ours_room, &offer, taken);
    const char *media_part = strstr(answer, "m=");
    JsonArray *lines = json_node_get_array(out);
    GString *wanted = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(lines); i++) {
        g_string_append_printf(wanted, "%s\r\n", json_array_get_string_element(lines, i));
    }
    ck_assert_str_eq(media_part, wanted->str);
    g_string_free(wanted, TRUE);
}

static unsigned cases;

// The last case of GV-012 names single lines only ("out_has").
static void expect_case(JsonNode *in, JsonNode *out)
{
    cases++;
    if (out != NULL) {
        expect_answer(in, out);
    }
}

/* MSRP-010 MSRP-015 MSRP-016 MSRP-023 CONF-004 CONF-005 */
START_TEST(focus_answers_as_the_vector_says)
{
    ck_assert_int_eq(vectors_each_case("GV-012", expect_case), 4);
    ck_assert_uint_eq(cases, 4);
}
END_TEST

/* CONF-005 CHAT-07 */
START_TEST(other_media_are_refused_beside_the_message_line)
{
    g_auto(MsrpSdp) offer;
    ck_assert(read_media(&offer, "m=audio 5004 RTP/AVP 0 8\r\nm=message 9 TCP/MSRP *\r\n"
                                 "a=accept-types:*\r\na=setup:active\r\na=path:" PATH "\r\n"
                                 "m=message 7 TCP/MSRP *\r\na=accept-types:*\r\na=path:" PATH "\r\n"
                                 "a=file-selector:name:\"x\"\r\n"));
    const MsrpSdpMedia *taken = msrp_sdp_find(&offer, MSRP_SDP_ROOM, MSRP_SDP_PLAIN, NULL);
    ck_assert_ptr_eq(taken, offer.media->pdata[1]);
    g_autofree char *answer = msrp_sdp_answer(&ours_room, &offer, taken);
    ck_assert_ptr_nonnull(
        strstr(answer, "\r\nm=audio 0 RTP/AVP 0 8\r\nm=message 2855 TCP/MSRP *\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "a=setup:passive\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nm=message 0 TCP/MSRP *\r\n"));
}
END_TEST

static void expect_problem(const char *media, MsrpSdpUse use, const char *problem)
{
    g_auto(MsrpSdp) offer;
    const char *why = NULL;
    ck_assert(read_media(&offer, media));
    ck_assert_ptr_null(msrp_sdp_find(&offer, use, MSRP_SDP_PLAIN, &why));
    ck_assert_str_eq(why, problem);
}

/* CHAT-04 CHAT-07 CONF-004 */
START_TEST(unusable_offers_say_why)
{
    expect_problem("", MSRP_SDP_TWO_PARTY, "no message session offered");
    expect_problem("m=audio 1 RTP/AVP 0\r\n", MSRP_SDP_ROOM, "no message session offered");
    expect_problem("m=message 1 TCP/TLS/MSRP *\r\na=accept-types:*\r\na=path:" PATH "\r\n",
                   MSRP_SDP_TWO_PARTY, "MSRP over TLS is not served");
    expect_problem("m=message 0 TCP/MSRP *\r\na=accept-types:*\r\na=path:" PATH "\r\n",
                   MSRP_SDP_TWO_PARTY, "no MSRP path");
    expect_problem("m=message 1 TCP/MSRP *\r\na=accept-types:*\r\n", MSRP_SDP_TWO_PARTY,
                   "no MSRP path");
    expect_problem("m=message 1 TCP/MSRP *\r\na=path:" PATH "\r\n", MSRP_SDP_TWO_PARTY,
                   "text/plain required");
    expect_problem("m=message 1 TCP/MSRP *\r\na=accept-types:image/png\r\na=path:" PATH "\r\n",
                   MSRP_SDP_TWO_PARTY, "text/plain required");
    expect_problem("m=message 1 TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:" PATH "\r\n",
                   MSRP_SDP_ROOM, "message/cpim required");
    expect_problem("m=message 1 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=path:" PATH "\r\n"
                   "a=accept-wrapped-types:text/html\r\n",
                   MSRP_SDP_ROOM, "message/cpim required");
    expect_problem("m=message 1 TCP/MSRP *\r\na=accept-types:*\r\na=path:" PATH "\r\n"
                   "a=file-selector:name:\"x\"\r\n",
                   MSRP_SDP_TWO_PARTY, "files are not taken");
}
END_TEST

/* CHAT-05 CHAT-06 */
START_TEST(two_party_offer_is_complete)
{
    MsrpSdpOurs ours = ours_room;
    ours.use = MSRP_SDP_TWO_PARTY;
    ours.setup = MSRP_SETUP_ACTPASS;
    ours.max_size = 63488;
    ours.id = 7;
    g_autofree char *offer = msrp_sdp_offer(&ours);
    ck_assert_str_eq(
        offer, "v=0\r\no=- 7 1 IN IP4 gw.verona.example\r\ns=-\r\nc=IN IP4 gw.verona.example\r\n"
               "t=0 0\r\nm=message 2855 TCP/MSRP *\r\n"
               "a=accept-types:message/cpim text/plain text/html "
               "application/im-iscomposing+xml\r\na=accept-wrapped-types:*\r\n"
               "a=max-size:63488\r\na=setup:actpass\r\n"
               "a=path:msrp://gw.verona.example:2855/k4w9e2;tcp\r\n");
    g_auto(MsrpSdp) back;
    ck_assert(msrp_sdp_read(&back, offer, strlen(offer)));
    ck_assert_ptr_nonnull(msrp_sdp_find(&back, MSRP_SDP_TWO_PARTY, MSRP_SDP_PLAIN, NULL));
}
END_TEST

START_TEST(attributes_of_the_line_are_read)
{
    g_auto(MsrpSdp) sdp;
    ck_assert(read_media(&sdp,
                         "a=recvonly\r\nm=message 7/2 TCP/MSRP *\na=accept-types:text/plain *\n"
                         "a=accept-wrapped-types:*\na=max-size:4096\na=setup:passive\n"
                         "a=path:" PATH " msrp://b:1/x;tcp\na=path:second\n"
                         "a=chatroom:nickname private-messages\n"
                         "m=message 8 TCP/MSRP *\na=inactive\na=chatroom:\n"));
    const MsrpSdpMedia *first = sdp.media->pdata[0], *second = sdp.media->pdata[1];
    ck_assert_uint_eq(first->port, 7);
    ck_assert_str_eq(first->path, PATH " msrp://b:1/x;tcp");
    ck_assert_str_eq(first->accept_types, "text/plain *");
    ck_assert_uint_eq(first->max_size, 4096);
    ck_assert_int_eq(first->setup, MSRP_SETUP_PASSIVE);
    ck_assert_int_eq(first->direction, MSRP_SDP_RECVONLY);
    ck_assert(first->is_chatroom && first->has_private_messages);
    ck_assert_int_eq(second->direction, MSRP_SDP_INACTIVE);
    ck_assert(second->is_chatroom && !second->has_private_messages);
}
END_TEST

/* CHAT-07 MSRP-029 */
START_TEST(direction_is_mirrored_into_the_answer)
{
    MsrpSdpOurs ours = ours_room;
    g_auto(MsrpSdp) offer;
    ck_assert(read_media(&offer, "m=message 1 TCP/MSRP *\r\na=accept-types:*\r\na=sendonly\r\n"
                                 "a=path:" PATH "\r\n"));
    const MsrpSdpMedia *taken = msrp_sdp_find(&offer, MSRP_SDP_ROOM, MSRP_SDP_PLAIN, NULL);
    ours.direction = msrp_sdp_mirror(taken->direction);
    g_autofree char *answer = msrp_sdp_answer(&ours, &offer, taken);
    ck_assert_ptr_nonnull(strstr(answer, "\r\na=recvonly\r\n"));
    ck_assert_int_eq(msrp_sdp_mirror(MSRP_SDP_RECVONLY), MSRP_SDP_SENDONLY);
    ck_assert_int_eq(msrp_sdp_mirror(MSRP_SDP_INACTIVE), MSRP_SDP_INACTIVE);
}
END_TEST

START_TEST(ipv6_host_is_named_as_such)
{
    MsrpSdpOurs ours = ours_room;
    ours.host = "2001:db8::1";
    g_autofree char *offer = msrp_sdp_offer(&ours);
    ck_assert_ptr_nonnull(strstr(offer, "c=IN IP6 2001:db8::1\r\n"));
}
END_TEST

START_TEST(what_is_no_description_or_too_much_is_refused)
{
    const char *const bad[] = {"",
                               "x",
                               "v=1\r\n",
                               "m=message 1 TCP/MSRP *\r\n",
                               "v=0\r\nm=message\r\n",
                               "v=0\r\nm=message x TCP/MSRP *\r\n",
                               "v=0\r\nm=message 65536 TCP/MSRP *\r\n",
                               "v=0\r\nnonsense\r\n",
                               "v=0\r\na=\xff\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_auto(MsrpSdp) sdp;
        ck_assert_msg(!msrp_sdp_read(&sdp, bad[i], strlen(bad[i])), "%s", bad[i]);
    }
    g_auto(MsrpSdp) nul, lines, media;
    ck_assert(!msrp_sdp_read(&nul, "v=0\r\n\0", 6));
    GString *many = g_string_new(NULL);
    for (int i = 0; i < 600; i++) {
        g_string_append(many, "a=x\r\n");
    }
    ck_assert(!read_media(&lines, many->str));
    g_string_truncate(many, 0);
    for (int i = 0; i < 17; i++) {
        g_string_append(many, "m=audio 1 RTP/AVP 0\r\n");
    }
    ck_assert(!read_media(&media, many->str));
    g_string_free(many, TRUE);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {focus_answers_as_the_vector_says,
                                  other_media_are_refused_beside_the_message_line,
                                  unusable_offers_say_why,
                                  two_party_offer_is_complete,
                                  attributes_of_the_line_are_read,
                                  direction_is_mirrored_into_the_answer,
                                  ipv6_host_is_named_as_such,
                                  what_is_no_description_or_too_much_is_refused,
                                  NULL};
    return suite_run("msrp_sdp", tests);
}
