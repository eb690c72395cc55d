// SPDX-License-Identifier: MIT
// What a switch sends, read: whose words, to whom, and what is nobody's words.
#include "sip/guest_line.h"

#include <string.h>

#include "tests/support/suite.h"

#define ROOM   "To: <sip:hall@conf.test>\r\n"
#define ROMEO  "From: Romeo <sip:romeo@sip.test>\r\n"
#define TEXT   "\r\nContent-Type: text/plain\r\n\r\n"

static Route *route;
static Settings settings;
static Address *room, *user;
static GuestLine line;

static void set_up(void)
{
    route = route_new();
    settings = settings_defaults();
    ck_assert(route_add_component(route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_component(route, "conf.test", ROUTE_ROOMS, "conf.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    room = address_from_jid("hall@conf.test");
    user = address_from_jid("juliet@xmpp.test/pad");
    line = (GuestLine){0};
}

static void tear_down(void)
{
    guest_line_clear(&line);
    address_unref(room);
    address_unref(user);
    route_free(route);
}

static int read_typed(const char *type, const char *text)
{
    GuestLinePlace place = {route, room, "sip:attic@conf.test", user, &settings};
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    g_autoptr(GDateTime) now = g_date_time_new_from_iso8601("2026-03-04T12:00:00Z", NULL);
    guest_line_clear(&line);
    return guest_line_read(&line, &place, type, content, now);
}

static int read_line(const char *text)
{
    return read_typed("message/cpim", text);
}

/* MUC-A09 */
START_TEST(a_line_for_the_room_has_its_author_and_text)
{
    ck_assert_int_eq(read_line(ROOM ROMEO TEXT "hello"), 0);
    ck_assert_str_eq(line.text, "hello");
    ck_assert_str_eq(line.from, "sip:romeo@sip.test");
    ck_assert_str_eq(line.name, "Romeo");
    ck_assert(!line.is_private && !line.is_own);
    ck_assert_ptr_null(line.stamp);
}
END_TEST

/* MUC-A12 CONF-026 */
START_TEST(what_is_for_us_alone_is_private_whatever_uri_of_ours_it_names)
{
    static const struct {
        const char *to;
        bool private;
    } cases[] = {{"sip:hall@conf.test", false},         {"sip:attic@conf.test", false},
                 {"sip:juliet@xmpp.test;gr=pad", true}, {"sip:hall@conf.test;gr=Juliet", true},
                 {"sip:who@ever.example", true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("To: <%s>\r\n" ROMEO TEXT "psst", cases[i].to);
        ck_assert_int_eq(read_line(text), 0);
        ck_assert_msg(line.is_private == cases[i].private, "%s", cases[i].to);
    }
    ck_assert_int_eq(read_line(ROMEO TEXT "to nobody in particular"), 0);
    ck_assert(!line.is_private);
}
END_TEST

/* MUC-A10 */
START_TEST(our_own_words_are_known_with_and_without_device)
{
    ck_assert_int_eq(read_line(ROOM "From: <sip:juliet@xmpp.test>\r\n" TEXT "x"), 0);
    ck_assert(line.is_own);
    ck_assert_int_eq(read_line(ROOM "From: <sip:juliet@xmpp.test;gr=phone>\r\n" TEXT "x"), 0);
    ck_assert(line.is_own);
}
END_TEST

/* MUC-A09 */
START_TEST(an_old_line_has_its_time)
{
    ck_assert_int_eq(read_line(ROOM ROMEO "DateTime: 2026-03-04T12:59:45+01:00\r\n" TEXT "x"), 0);
    ck_assert_str_eq(line.stamp, "2026-03-04T11:59:45Z");
    ck_assert_int_eq(read_line(ROOM ROMEO "DateTime: 2026-03-04T11:59:51Z\r\n" TEXT "x"), 0);
    ck_assert_ptr_null(line.stamp);
    ck_assert_int_eq(read_line(ROOM ROMEO "DateTime: 2027-01-01T00:00:00Z\r\n" TEXT "x"), 0);
    ck_assert_ptr_null(line.stamp);
}
END_TEST

/* MUC-A09 */
START_TEST(what_is_no_text_is_told_of)
{
    ck_assert_int_eq(read_line(ROOM ROMEO "\r\nContent-Type: image/png\r\n\r\nPNGPNG"), 0);
    ck_assert_str_eq(line.text, "[image/png, 6 octets]");
    ck_assert_int_eq(read_line(ROOM ROMEO "\r\nContent-Type: text/html\r\n\r\n<b>hi</b>"), 0);
    ck_assert_str_eq(line.text, "hi");
}
END_TEST

// As the capture tests/wire/sylk/02 has it, and as an SDK client begins.
START_TEST(status_lines_and_key_exchanges_are_nobodys_words)
{
    ck_assert_int_eq(read_line("From: Conference Room <sip:hall@conf.test>\r\n"
                               "To: Conference Room <sip:hall@conf.test>\r\n"
                               "DateTime: 2026-03-04T12:00:00.953575+00:00\r\n"
                               "NS: agp <urn:ag-projects:xml:ns:cpim>\r\n"
                               "agp.Message-Type: status\r\n\r\nMIME-Version: 1.0\r\n"
                               "Content-Type: text/plain; charset=\"utf8\"\r\n\r\n"
                               "Bob has joined the room with chat"),
                     200);
    ck_assert_int_eq(read_line(ROOM ROMEO TEXT "?OTRv3?\nBob wants to talk in secret"), 200);
    // a prefix of another namespace is another header
    ck_assert_int_eq(read_line(ROOM ROMEO "NS: agp <urn:x>\r\nagp.Message-Type: status\r\n" TEXT
                                          "said by him"),
                     0);
}
END_TEST

// As SylkServer wraps what is beyond ASCII.
START_TEST(lines_of_a_part_may_end_in_lf_alone)
{
    ck_assert_int_eq(read_line(ROOM ROMEO "\r\nMIME-Version: 1.0\nContent-Type: text/plain; "
                                          "charset=\"utf8\"\nContent-Transfer-Encoding: \n\n"
                                          "h\xc3\xa4h?"),
                     0);
    ck_assert_str_eq(line.text, "h\xc3\xa4h?");
}
END_TEST

START_TEST(the_room_itself_has_no_author)
{
    ck_assert_int_eq(read_line(ROOM "From: <sip:hall@conf.test>\r\n" TEXT "welcome"), 0);
    ck_assert_ptr_null(line.from);
    ck_assert_str_eq(line.text, "welcome");
}
END_TEST

START_TEST(who_writes_says_nothing)
{
    ck_assert_int_eq(
        read_line(ROOM ROMEO
                  "\r\nContent-Type: application/im-iscomposing+xml\r\n\r\n<isComposing "
                  "xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state>"
                  "</isComposing>"),
        200);
    ck_assert_int_eq(line.body.state, HOW_COMPOSING);
    ck_assert_int_eq(read_line(ROOM ROMEO TEXT), 200);
}
END_TEST

/* MSRP-020 */
START_TEST(what_is_no_envelope_is_refused)
{
    ck_assert_int_eq(read_typed("text/plain", "hi"), 415);
    ck_assert_int_eq(read_typed(NULL, "hi"), 415);
    ck_assert_int_eq(read_typed("message/", "hi"), 400);
    ck_assert_int_eq(read_line("From: nobody\r\n" TEXT "x"), 400);
    ck_assert_int_eq(read_line("Require: Magic\r\n" ROOM ROMEO TEXT "x"), 415);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_line_for_the_room_has_its_author_and_text,
        what_is_for_us_alone_is_private_whatever_uri_of_ours_it_names,
        our_own_words_are_known_with_and_without_device,
        an_old_line_has_its_time,
        what_is_no_text_is_told_of,
        status_lines_and_key_exchanges_are_nobodys_words,
        lines_of_a_part_may_end_in_lf_alone,
        the_room_itself_has_no_author,
        who_writes_says_nothing,
        what_is_no_envelope_is_refused,
        NULL};
    return suite_run_fixture("guest_line", tests, set_up, tear_down);
}
