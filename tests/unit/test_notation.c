// SPDX-License-Identifier: MIT
// Print and parse are inverse, for every kind and every field; what is no notation is named.
#include "mapping/notation.h"

#include <string.h>

#include "tests/support/suite.h"

// Characters that a spelling may stumble over: blanks, quotes, escapes, controls, UTF-8, `=`.
static const char *const PIECES[] = {"a",  "Z",  "0", " ",   "  ",   "\"",   "\\", "\n",
                                     "\r", "\t", "=", "\\n", "\x01", "\x7f", "ö",  "€",
                                     "𝄞",  "<",  "&", "$",   "*",    "..."};

static char *random_text(GRand *rand)
{
    GString *text = g_string_new(NULL);
    for (int left = g_rand_int_range(rand, 1, 12); left > 0; left--)
        g_string_append(text, PIECES[g_rand_int_range(rand, 0, G_N_ELEMENTS(PIECES))]);
    return g_string_free(text, FALSE);
}

static Address *random_address(GRand *rand)
{
    g_autofree char *resource = random_text(rand);
    Address *address = address_from_parts("o\\27malley", "sip.test", resource);
    return address != NULL ? address : address_from_jid("romeo@sip.test");
}

static uint64_t random_number(GRand *rand)
{
    return (uint64_t)g_rand_int(rand) << (g_rand_int(rand) % 33) | 1;
}

// About a third of the fields is present.
static void fill(GRand *rand, Fields *fields)
{
    fields->how = (How)g_rand_int_range(rand, 0, HOW_NARROW + 1);
    fields->failure = (FailureReason)g_rand_int_range(rand, 0, FAILURE_COUNT);
#define FILL_NUMBER(name) fields->name = g_rand_int_range(rand, 0, 3) ? 0 : random_number(rand);
#define FILL_ADDRESS(name)                                                                         \
    fields->name = g_rand_int_range(rand, 0, 3) ? NULL : random_address(rand);
#define FILL_TEXT(name) fields->name = g_rand_int_range(rand, 0, 3) ? NULL : random_text(rand);
#define FILL_FLAG(name) fields->name = g_rand_boolean(rand);
    FIELDS_LIST(FILL_NUMBER, FILL_ADDRESS, FILL_TEXT, FILL_FLAG)
}

static bool same_fields(const Fields *a, const Fields *b)
{
    bool same = a->how == b->how && a->failure == b->failure;
#define SAME_PLAIN(name)   same &= a->name == b->name;
#define SAME_ADDRESS(name) same &= address_equal(a->name, b->name);
#define SAME_TEXT(name)    same &= g_strcmp0(a->name, b->name) == 0;
    FIELDS_LIST(SAME_PLAIN, SAME_ADDRESS, SAME_TEXT, SAME_PLAIN)
    return same;
}

START_TEST(notation_event_comes_back_as_it_went)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20250117);
    for (int i = 0; i < 200 * (EVENT_CLOSING + 1); i++) {
        g_autoptr(Event) event =
            event_new((EventKind)(i % (EVENT_CLOSING + 1)), i % 2 ? SIDE_SIP : SIDE_XMPP);
        fill(rand, &event->f);
        g_autofree char *text = notation_event_text(event);
        g_autofree char *why = NULL;
        g_autoptr(Event) back = notation_parse_event(text, &why);
        ck_assert_msg(back != NULL, "%s: %s", why, text);
        ck_assert_int_eq(back->kind, event->kind);
        ck_assert_int_eq(back->side, event->side);
        ck_assert_msg(same_fields(&back->f, &event->f), "%s", text);
    }
}
END_TEST

START_TEST(notation_command_comes_back_as_it_went)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20250118);
    for (int i = 0; i < 200 * (COMMAND_STORE + 1); i++) {
        g_autoptr(Command) command =
            command_new((CommandKind)(i % (COMMAND_STORE + 1)), i % 2 ? SIDE_SIP : SIDE_XMPP);
        fill(rand, &command->f);
        g_autofree char *text = notation_command_text(command);
        g_autofree char *why = NULL;
        g_autoptr(Command) back = notation_parse_command(text, &why);
        ck_assert_msg(back != NULL, "%s: %s", why, text);
        ck_assert_int_eq(back->kind, command->kind);
        ck_assert_int_eq(back->side, command->side);
        ck_assert_msg(same_fields(&back->f, &command->f), "%s", text);
    }
}
END_TEST

START_TEST(notation_is_one_line_whatever_is_in_it)
{
    g_autoptr(Event) event = event_new(EVENT_MESSAGE, SIDE_SIP);
    fields_set_text(&event->f.body, "One\r\nTwo\n\"Three\"");
    g_autofree char *text = notation_event_text(event);
    ck_assert_str_eq(text, "sip message body=\"One\\015\\nTwo\\n\\\"Three\\\"\"");
}
END_TEST

START_TEST(notation_without_secrets_has_none)
{
    g_autoptr(Event) event = event_new(EVENT_MESSAGE, SIDE_XMPP);
    fields_set_text(&event->f.id, "m1");
    fields_set_text(&event->f.body, "secret");
    fields_set_text(&event->f.html, "<p>secret</p>");
    fields_set_text(&event->f.bodies, "de\037geheim");
    fields_set_text(&event->f.url, "https://files.test/secret");
    fields_set_text(&event->f.file_name, "secret.txt");
    fields_set_text(&event->f.password, "secret");
    g_autoptr(GString) text = g_string_new(NULL);
    notation_print_event(event, false, text);
    ck_assert_str_eq(text->str, "xmpp message id=m1");
}
END_TEST

static void refuses(const char *line, const char *word)
{
    g_autofree char *why = NULL;
    ck_assert_msg(notation_parse_event(line, &why) == NULL, "%s", line);
    ck_assert_msg(strstr(why, word) != NULL, "%s: %s", line, why);
}

START_TEST(notation_names_what_it_cannot_read)
{
    refuses("", "''");
    refuses("smtp message", "smtp");
    refuses("sip massage", "massage");
    refuses("sip message colour=red", "colour=red");
    refuses("sip message leg=many", "leg=many");
    refuses("sip message leg=-1", "leg=-1");
    refuses("sip message leg=18446744073709551616", "leg=");
    refuses("sip message from=@", "from=@");
    refuses("sip message how=loud", "how=loud");
    refuses("sip message failure=none", "failure=none");
    refuses("sip message own=no", "own=no");
    refuses("sip message body=\"open", "body");
    refuses("sip message body", "body");
}
END_TEST

START_TEST(fields_copy_is_deep_and_clear_is_complete)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20250119);
    Fields original = {0}, copy;
    fill(rand, &original);
    fields_copy(&copy, &original);
    ck_assert(same_fields(&copy, &original));
    fields_clear(&original);
    const Fields empty = {0};
    ck_assert(same_fields(&original, &empty));
    g_autoptr(GString) text = g_string_new(NULL);
    fields_print(&copy, true, text);
    ck_assert_uint_gt(text->len, 0);
    fields_clear(&copy);
}
END_TEST

START_TEST(fields_empty_text_is_absent)
{
    Fields fields = {0};
    fields_set_text(&fields.body, "One");
    fields_set_text(&fields.body, "");
    ck_assert_ptr_null(fields.body);
}
END_TEST

int main(void)
{
    return suite_run("notation", (const TTest *const[]){notation_event_comes_back_as_it_went,
                                                        notation_command_comes_back_as_it_went,
                                                        notation_is_one_line_whatever_is_in_it,
                                                        notation_without_secrets_has_none,
                                                        notation_names_what_it_cannot_read,
                                                        fields_copy_is_deep_and_clear_is_complete,
                                                        fields_empty_text_is_absent, NULL});
}
