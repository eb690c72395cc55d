// SPDX-License-Identifier: MIT
// mucsipctl: asks a running mucsipd through its control socket and prints the answer, as a table for people
// or as JSON for programs. It knows no more of mucsipd than the paths in docs/operations.md.
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "gateway/control_path.h"

// Where mucsipd listens when the state directory is that of data/mucsipd.conf.
#define MUCSIPCTL_SOCKET "/var/lib/mucsip/control.sock"

// Exit status: answered; refused or not there; asked wrongly.
enum { EXIT_ANSWERED = 0, EXIT_REFUSED = 1, EXIT_WRONG = 2 };

typedef void (*Print)(JsonObject *answer, const char *member);

// What can be asked: `mucsipctl NOUN [VERB] [ARGUMENT]`.
typedef struct {
    const char *noun;
    const char *verb;      // NULL = none
    const char *argument;  // what it is called; NULL = none
    const char *method;
    const char *path;      // the argument, if any, is appended
    const char *member;    // of the answer: what is printed
    Print print;
    const char *help;
} Verb;

// ---- printing -----------------------------------------------------------------------------------

// The text of a member, "-" when it is absent.
static char *cell_text(JsonObject *row, const char *name)
{
    JsonNode *node = json_object_get_member(row, name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return g_strdup("-");
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        return g_strdup(json_node_get_string(node));
    if (json_node_get_value_type(node) == G_TYPE_BOOLEAN)
        return g_strdup(json_node_get_boolean(node) ? "yes" : "no");
    return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
}

// Columns are those of any row, in the order they first appear.
static GPtrArray *columns_of(JsonArray *rows)
{
    GPtrArray *columns = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        g_autoptr(GList) names = json_object_get_members(json_array_get_object_element(rows, i));
        for (GList *link = names; link != NULL; link = link->next)
            if (!g_ptr_array_find_with_equal_func(columns, link->data, g_str_equal, NULL))
                g_ptr_array_add(columns, g_strdup(link->data));
    }
    return columns;
}

static glong width_of(JsonArray *rows, const char *column)
{
    glong width = g_utf8_strlen(column, -1);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        g_autofree char *text = cell_text(json_array_get_object_element(rows, i), column);
        width = MAX(width, g_utf8_strlen(text, -1));
    }
    return width;
}

// What others wrote must not steer the terminal.
static void cell_print(const char *text, glong width)
{
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        char octets[6];
        int length = g_unichar_to_utf8(g_unichar_iscntrl(character) ? '?' : character, octets);
        printf("%.*s", length, octets);
    }
    for (glong at = g_utf8_strlen(text, -1); at < width + 2; at++)
        putchar(' ');
}

static void row_print(JsonObject *row, GPtrArray *columns, const glong *widths)
{
    for (guint i = 0; i < columns->len; i++) {
        const char *name = g_ptr_array_index(columns, i);
        g_autofree char *text = row != NULL ? cell_text(row, name) : g_strdup(name);
        cell_print(text, i + 1 < columns->len ? widths[i] : 0);
    }
    putchar('\n');
}

static void table_print(JsonObject *answer, const char *member)
{
    JsonArray *rows = json_object_get_array_member(answer, member);
    guint count = rows != NULL ? json_array_get_length(rows) : 0;
    if (count > 0) {
        g_autoptr(GPtrArray) columns = columns_of(rows);
        g_autofree glong *widths = g_new0(glong, columns->len);
        for (guint i = 0; i < columns->len; i++)
            widths[i] = width_of(rows, g_ptr_array_index(columns, i));
        row_print(NULL, columns, widths);
        for (guint i = 0; i < count; i++)
            row_print(json_array_get_object_element(rows, i), columns, widths);
    }
    gint64 total = json_object_get_int_member_with_default(answer, "total", count);
    if (json_object_get_boolean_member_with_default(answer, "more", FALSE))
        printf("the youngest %u; --limit N shows more\n", count);
    else
        printf("%u of %" G_GINT64_FORMAT " %s\n", count, total, member);
}

static void text_print(JsonObject *answer, const char *member)
{
    const char *text = json_object_get_string_member_with_default(answer, member, "");
    fputs(text, stdout);
    if (!g_str_has_suffix(text, "\n"))
        putchar('\n');
}

static const Verb VERBS[] = {
    {"sessions", NULL, NULL, "GET", "/sessions", "sessions", table_print,
     "conversations"},
    {"rooms", NULL, NULL, "GET", "/rooms", "rooms", table_print, "who is across in which room"},
    {"ledger", NULL, NULL, "GET", "/ledger", "ledger", table_print, "messages and their ends"},
    {"peers", NULL, NULL, "GET", "/peers", "peers", table_print, "what SIP peers take"},
    {"peers", "forget", "ADDRESS", "DELETE", "/peers/", "forgotten", text_print,
     "forget what was learned of one"},
    {"ladder", NULL, "ID", "GET", "/ladders/", "ladder", text_print, "what happened in one"},
};

// ---- asking -------------------------------------------------------------------------------------

typedef struct {
    char *socket;
    char *address;
    char *id;
    int limit;
    gboolean open;
    gboolean json;
    char **words;
} Arguments;

static const Verb *verb_find(char **words, const char **argument)
{
    guint count = words != NULL ? g_strv_length(words) : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        const Verb *verb = &VERBS[i];
        guint wanted = 1 + (verb->verb != NULL) + (verb->argument != NULL);
        if (count != wanted || strcmp(words[0], verb->noun) != 0 ||
            (verb->verb != NULL && strcmp(words[1], verb->verb) != 0))
            continue;
        *argument = verb->argument != NULL ? words[count - 1] : NULL;
        return verb;
    }
    return NULL;
}

static void query_add(GString *uri, const char *name, const char *value)
{
    if (value == NULL)
        return;
    g_string_append_printf(uri, "%c%s=", strchr(uri->str, '?') == NULL ? '?' : '&', name);
    g_string_append_uri_escaped(uri, value, NULL, TRUE);
}

static char *uri_of(const Verb *verb, const char *argument, const Arguments *arguments)
{
    GString *uri = g_string_new("http://mucsipd");
    g_autofree char *limit = g_strdup_printf("%d", arguments->limit);
    g_string_append(uri, verb->path);
    if (argument != NULL)
        g_string_append_uri_escaped(uri, argument, NULL, TRUE);
    query_add(uri, "limit", arguments->limit != 0 ? limit : NULL);
    query_add(uri, "address", arguments->address);
    query_add(uri, "id", arguments->id);
    query_add(uri, "open", arguments->open ? "yes" : NULL);
    return g_string_free(uri, FALSE);
}

static int answer_print(const Verb *verb, guint status, GBytes *body, bool as_json)
{
    gsize length;
    const char *text = g_bytes_get_data(body, &length);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root = json_parser_load_from_data(parser, text, (gssize)length, NULL)
                         ? json_parser_get_root(parser) : NULL;
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        fprintf(stderr, "mucsipctl: the answer (%u) is no JSON object\n", status);
        return EXIT_REFUSED;
    }
    JsonObject *answer = json_node_get_object(root);
    if (as_json)
        printf("%.*s\n", (int)length, text);
    else if (status == SOUP_STATUS_OK)
        verb->print(answer, verb->member);
    else
        fprintf(stderr, "mucsipctl: %s\n",
                json_object_get_string_member_with_default(answer, "error", "refused"));
    return status == SOUP_STATUS_OK ? EXIT_ANSWERED : EXIT_REFUSED;
}

static int ask(const Verb *verb, const char *argument, const Arguments *arguments)
{
    g_autofree char *uri = uri_of(verb, argument, arguments);
    int directory; // kept open until the process ends
    g_autoptr(GSocketAddress) address = control_path_address(arguments->socket, &directory);
    if (address == NULL) {
        fprintf(stderr, "mucsipctl: %s: %s\n", arguments->socket, g_strerror(errno));
        return EXIT_REFUSED;
    }
    g_autoptr(SoupSession) session =
        soup_session_new_with_options("remote-connectable", address, "timeout", 10, NULL);
    g_autoptr(SoupMessage) message = soup_message_new(verb->method, uri);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) body = soup_session_send_and_read(session, message, NULL, &error);
    if (body == NULL) {
        fprintf(stderr, "mucsipctl: %s: %s\n", arguments->socket, error->message);
        return EXIT_REFUSED;
    }
    return answer_print(verb, soup_message_get_status(message), body, arguments->json);
}

// ---- arguments ----------------------------------------------------------------------------------

static char *summary(void)
{
    GString *text = g_string_new("Questions:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        const Verb *verb = &VERBS[i];
        g_autofree char *words = g_strjoin(" ", verb->noun, verb->verb != NULL ? verb->verb : "",
                                           verb->argument != NULL ? verb->argument : "", NULL);
        g_string_append_printf(text, "  %-24s %s\n", words, verb->help);
    }
    g_string_append(text, "\nExit status: 0 answered, 1 refused or nobody there, 2 asked wrongly.");
    return g_string_free(text, FALSE);
}

static bool arguments_read(int argc, char **argv, Arguments *into)
{
    const GOptionEntry entries[] = {
        {"socket", 's', 0, G_OPTION_ARG_FILENAME, &into->socket,
         "control socket (default: " MUCSIPCTL_SOCKET ")", "PATH"},
        {"address", 'a', 0, G_OPTION_ARG_STRING, &into->address, "of this person only", "JID"},
        {"id", 'i', 0, G_OPTION_ARG_STRING, &into->id, "ledger: of this message only", "ID"},
        {"open", 'o', 0, G_OPTION_ARG_NONE, &into->open, "ledger: without an end only", NULL},
        {"limit", 'n', 0, G_OPTION_ARG_INT, &into->limit, "at most so many", "N"},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &into->json, "print the answer as JSON", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &into->words, "", "QUESTION"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- asks a running mucsipd");
    g_autofree char *text = summary();
    g_autoptr(GError) error = NULL;
    g_option_context_set_summary(context, text);
    g_option_context_add_main_entries(context, entries, NULL);
    if (g_option_context_parse(context, &argc, &argv, &error))
        return true;
    fprintf(stderr, "mucsipctl: %s\n", error->message);
    return false;
}

static void arguments_clear(Arguments *arguments)
{
    g_free(arguments->socket);
    g_free(arguments->address);
    g_free(arguments->id);
    g_strfreev(arguments->words);
}

int main(int argc, char **argv)
{
    Arguments arguments = {0};
    const char *argument = NULL;
    int status = EXIT_WRONG;
    setlocale(LC_ALL, "");
    if (arguments_read(argc, argv, &arguments)) {
        if (arguments.socket == NULL)
            arguments.socket = g_strdup(MUCSIPCTL_SOCKET);
        const Verb *verb = verb_find(arguments.words, &argument);
        if (verb != NULL)
            status = ask(verb, argument, &arguments);
        else
            fprintf(stderr, "mucsipctl: no such question; --help lists them\n");
    }
    arguments_clear(&arguments);
    return status;
}
