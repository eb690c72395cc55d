// SPDX-License-Identifier: MIT
// What is remembered for notifications, and the envelopes that are made of it.
#include "sip/imdn_book.h"

#include <string.h>

#include "mapping/notation.h"
#include "tests/support/suite.h"

// A page mode message of Romeo's as it comes in its envelope.
#define PAGE                                                                                       \
    "To: <sip:juliet@xmpp.test>\r\nFrom: Romeo <im:romeo@sip.test>\r\n"                            \
    "DateTime: 2026-01-02T03:04:05-05:00\r\nNS: imdn <urn:ietf:params:imdn>\r\n"                   \
    "imdn.Message-ID: m7\r\n"                                                                      \
    "imdn.Disposition-Notification: positive-delivery, display\r\n"
#define CONTENT "\r\nContent-Type: text/plain\r\n\r\nhi"

static Route *route;
static ImdnBook *book;

static void set_up(void)
{
    route = route_new();
    ck_assert(route_add_component(route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    book = imdn_book_new(route);
}

static void tear_down(void)
{
    g_clear_pointer(&book, imdn_book_free);
    g_clear_pointer(&route, route_free);
}

static Command *command(const char *text)
{
    g_autofree char *why = NULL;
    Command *made = notation_parse_command(text, &why);
    ck_assert_msg(made != NULL, "%s", why);
    return made;
}

static void read_envelope(Cpim *cpim, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_auto(MimePart) whole = {0};
    ck_assert(mime_part_init(&whole, "message/cpim", bytes, NULL));
    ck_assert(cpim_read(cpim, &whole, NULL));
}

// Romeo's message with this envelope has come to Juliet under the id m7.
static void asked(const char *headers)
{
    g_autofree char *text = g_strconcat(headers, CONTENT, NULL);
    g_auto(Cpim) cpim;
    g_autoptr(Command) message =
        command("xmpp message from=romeo@sip.test/d to=juliet@xmpp.test id=m7");
    read_envelope(&cpim, text);
    imdn_book_note_asked(book, &message->f, &cpim);
}

static char *written(const char *how)
{
    g_autofree char *text = g_strdup_printf(
        "sip receipt how=%s from=juliet@xmpp.test to=romeo@sip.test/d id=m7", how);
    g_autoptr(Command) receipt = command(text);
    g_autoptr(GBytes) bytes = imdn_book_write(book, &receipt->f);
    return bytes != NULL ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

// Two values that nobody can foresee are taken out: the DateTime and the Message-ID of its own.
static char *without_chance(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    GString *kept = g_string_new(NULL);
    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *const varies[] = {"DateTime: ", "imdn.Message-ID: "};
        const char *line = lines[i];
        for (size_t v = 0; v < G_N_ELEMENTS(varies); v++)
            line = g_str_has_prefix(line, varies[v]) ? varies[v] : line;
        g_string_append_printf(kept, "%s%s", i > 0 ? "\n" : "", line);
    }
    return g_string_free(kept, FALSE);
}

/* EXT-01 SEC-12 */
START_TEST(a_notification_echoes_what_the_message_said_and_asks_for_nothing)
{
    asked(PAGE);
    g_autofree char *text = written("delivered");
    g_autofree char *plain = without_chance(text);
    ck_assert_str_eq(plain,
                     "To: <im:romeo@sip.test>\nFrom: <sip:juliet@xmpp.test>\nDateTime: \n"
                     "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: \n\n"
                     "Content-Type: message/imdn+xml\nContent-Disposition: notification\n\n"
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                     "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m7</message-id>"
                     "<datetime>2026-01-02T03:04:05-05:00</datetime>"
                     "<recipient-uri>sip:juliet@xmpp.test</recipient-uri>"
                     "<delivery-notification><status><delivered/></status>"
                     "</delivery-notification></imdn>");
}
END_TEST

/* EXT-03 IM-29 */
START_TEST(each_kind_of_news_has_its_own_words)
{
    asked(PAGE);
    g_autofree char *displayed = written("displayed");
    g_autofree char *failed = written("refused");
    ck_assert_ptr_nonnull(
        strstr(displayed, "<display-notification><status><displayed/></status>"));
    ck_assert_ptr_nonnull(strstr(failed, "<delivery-notification><status><failed/></status>"));
}
END_TEST

/* EXT-01 */
START_TEST(the_address_it_was_written_to_first_is_told)
{
    asked(PAGE "imdn.Original-To: <im:jule@xmpp.test>\r\n");
    g_autofree char *text = written("delivered");
    ck_assert_ptr_nonnull(
        strstr(text, "<original-recipient-uri>im:jule@xmpp.test</original-recipient-uri>"));
}
END_TEST

/* EXT-01 */
START_TEST(the_way_of_the_message_is_the_way_back)
{
    g_autoptr(Command) receipt =
        command("sip receipt how=delivered from=juliet@xmpp.test to=romeo@sip.test/d id=m7");
    asked(PAGE);
    ck_assert_ptr_null(imdn_book_target(book, &receipt->f));
    asked(PAGE "imdn.IMDN-Record-Route: <sip:lists@sip.test>\r\n"
               "imdn.IMDN-Record-Route: <sip:more@elsewhere.test>\r\n");
    g_autofree char *text = written("delivered");
    ck_assert_ptr_nonnull(strstr(text, "imdn.IMDN-Route: <sip:lists@sip.test>\r\n"
                                       "imdn.IMDN-Route: <sip:more@elsewhere.test>\r\n"));
    ck_assert_ptr_null(strstr(text, "Record-Route"));
    ck_assert_str_eq(imdn_book_target(book, &receipt->f), "sip:lists@sip.test");
}
END_TEST

START_TEST(nobody_sends_us_to_a_stranger)
{
    g_autoptr(Command) receipt =
        command("sip receipt how=delivered from=juliet@xmpp.test to=romeo@sip.test/d id=m7");
    asked(PAGE "imdn.IMDN-Record-Route: <sip:victim@elsewhere.test>\r\n");
    ck_assert_ptr_null(imdn_book_target(book, &receipt->f));
    asked(PAGE "imdn.IMDN-Record-Route: <sip:juliet@xmpp.test>\r\n");
    ck_assert_ptr_null(imdn_book_target(book, &receipt->f));
}
END_TEST

START_TEST(what_did_not_ask_by_an_envelope_is_not_notified)
{
    ck_assert_ptr_null(written("delivered"));
    g_autofree char *wide = g_strnfill(3000, 'x');
    g_autofree char *large =
        g_strconcat(PAGE "imdn.IMDN-Record-Route: <im:", wide, "@b>\r\n", NULL);
    asked(large);
    ck_assert_ptr_null(written("delivered"));
}
END_TEST

// The id under which a line of Juliet's asks Romeo for a receipt.
static char *asking(ImdnBook *in, const char *id)
{
    g_autofree char *text = g_strdup_printf(
        "sip message from=juliet@xmpp.test/b to=romeo@sip.test id=%s receipt=yes", id);
    g_autoptr(Command) line = command(text);
    char *wire_id = NULL;
    ck_assert_ptr_nonnull(imdn_book_ask(in, &line->f, &wire_id));
    return wire_id;
}

/* SEC-11 */
START_TEST(ids_are_128_bits_that_nobody_can_derive)
{
    asked(PAGE);
    g_autofree char *first = written("delivered"), *second = written("delivered");
    ck_assert_str_ne(first, second);

    g_autoptr(ImdnBook) later = imdn_book_new(route);
    g_autofree char *id = asking(book, "1"), *again = asking(book, "1"), *next = asking(book, "2");
    g_autofree char *elsewhere = asking(later, "1");
    ck_assert_uint_eq(strlen(id), 32);
    ck_assert_str_eq(id, again); // sent again it is the same message
    ck_assert_str_ne(id, next);
    ck_assert_str_ne(id, elsewhere);
}
END_TEST

static Event *heard(const char *message_id, ImdnOutcome outcome)
{
    g_autoptr(Command) message =
        command("xmpp message leg=3 from=romeo@sip.test/d to=juliet@xmpp.test");
    return imdn_book_read(book, &message->f,
                          &(Imdn){.outcome = outcome, .message_id = (char *)message_id});
}

static void expect_heard(ImdnOutcome outcome, const char *how)
{
    g_autoptr(Event) event = heard("wire-1", outcome);
    g_autofree char *have = notation_event_text(event);
    g_autofree char *wanted = g_strdup_printf(
        "sip receipt how=%s leg=3 from=romeo@sip.test/d to=juliet@xmpp.test id=\"stanza 1\"", how);
    ck_assert_str_eq(have, wanted);
}

/* EXT-01 EXT-02 EXT-04 */
START_TEST(a_notification_is_about_the_stanza_whatever_its_id_on_sip)
{
    g_autoptr(Command) line =
        command("sip message from=juliet@xmpp.test/b to=romeo@sip.test id=\"stanza 1\"");
    imdn_book_note_sent(book, &line->f, "wire-1");
    expect_heard(IMDN_DELIVERED, "delivered");
    expect_heard(IMDN_DISPLAYED, "displayed");
    expect_heard(IMDN_FAILED, "refused");
    ck_assert_ptr_null(heard("wire-1", IMDN_OTHER));
    ck_assert_ptr_null(heard("wire-2", IMDN_DELIVERED));
    ck_assert_ptr_null(heard("stanza 1", IMDN_DELIVERED));
}
END_TEST

static const char *wishes_of(const char *value)
{
    static char text[64];
    Fields fields = {0};
    imdn_book_read_wishes(value, &fields);
    g_snprintf(text, sizeof text, "%s%s%s%s", fields.receipt ? "receipt " : "",
               fields.negative ? "negative " : "", fields.markable ? "markable " : "",
               fields.notify ? "notify" : "");
    return text;
}

/* EXT-02 EXT-04 */
START_TEST(wishes_are_read_word_by_word)
{
    ck_assert_str_eq(wishes_of(NULL), "");
    ck_assert_str_eq(wishes_of(""), "");
    ck_assert_str_eq(wishes_of("positive-delivery"), "receipt notify");
    ck_assert_str_eq(wishes_of("negative-delivery , display"), "negative markable notify");
    ck_assert_str_eq(wishes_of("display;x=1,positive-delivery ;y"), "receipt markable notify");
    ck_assert_str_eq(wishes_of("processing, no-positive-delivery, Display"), "");
}
END_TEST

static void expect_wishes(const char *more, const char *wishes)
{
    g_autofree char *text = g_strdup_printf(
        "sip message from=juliet@xmpp.test/b to=romeo@sip.test %s", more);
    g_autoptr(Command) line = command(text);
    g_autofree char *id = NULL;
    ck_assert_pstr_eq(imdn_book_ask(book, &line->f, &id), wishes);
    ck_assert_int_eq(id != NULL, wishes != NULL);
}

/* EXT-01 EXT-03 CHAT-30 */
START_TEST(wishes_of_ours_are_written_and_none_without_an_id)
{
    expect_wishes("id=1", NULL);
    expect_wishes("id=1 receipt=yes", "positive-delivery, negative-delivery");
    expect_wishes("id=1 receipt=yes markable=yes", "positive-delivery, negative-delivery, display");
    expect_wishes("id=1 markable=yes", "display");
    expect_wishes("receipt=yes markable=yes", NULL);
}
END_TEST

int main(void)
{
    return suite_run_fixture(
        "imdn_book",
        (const TTest *const[]){
            a_notification_echoes_what_the_message_said_and_asks_for_nothing,
            each_kind_of_news_has_its_own_words, the_address_it_was_written_to_first_is_told,
            the_way_of_the_message_is_the_way_back, nobody_sends_us_to_a_stranger,
            what_did_not_ask_by_an_envelope_is_not_notified,
            ids_are_128_bits_that_nobody_can_derive,
            a_notification_is_about_the_stanza_whatever_its_id_on_sip,
            wishes_are_read_word_by_word,
            wishes_of_ours_are_written_and_none_without_an_id, NULL},
        set_up, tear_down);
}
