// SPDX-License-Identifier: MIT
// Plays ladders: a *.ladder file is a story in notation, and one subtest in TAP. # rows: IM-01
// IM-12     the conformance rows it proves; other comments are free set chat_mode=page      a
// setting, before anything is told > xmpp message ...      told to the router; everything said
// before must have been expected < sip message ...       expected next (`sip store` and `xmpp
// timer`: among what was kept this turn) advance 5000            the clock moves, timers run out
// rows 1                  so many ledger rows are open now; at the end it is none unless said
// Values: `*` any, `$name` captured or compared; ` ...` at the end allows fields that are not
// named.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/stage.h"

enum { PARTS_MAX = 8 }; // LIMIT: parts within parts

typedef struct {
    Stage *stage;       // borrowed
    const char *folder; // borrowed: tests/scenario
    int depth;          // of parts
    int told;           // events
    bool counts_rows;   // the last line was `rows`
} Play;

static char *ladders_folder(void)
{
    const char *root = g_getenv("MUCSIP_SOURCE_ROOT");
    return g_build_filename(root != NULL ? root : ".", "tests/scenario", NULL);
}

static char *play_set(Stage *stage, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    if (g_strv_length(parts) == 2 && stage_set(stage, parts[0], parts[1]))
        return NULL;
    return g_strdup_printf("cannot set '%s'", text);
}

static char *play_rows(const Stage *stage, const char *text)
{
    guint wanted = (guint)strtoul(text, NULL, 10);
    guint open = stage_open_rows(stage);
    return open == wanted ? NULL : g_strdup_printf("%u rows are open, not %u", open, wanted);
}

static char *play_part(Play *play, const char *name);

static char *play_line(Play *play, const char *line)
{
    Stage *stage = play->stage;
    if (line[0] == '\0' || line[0] == '#')
        return NULL;
    if (g_str_has_prefix(line, "play "))
        return play_part(play, line + 5);
    if (g_str_has_prefix(line, "> ")) {
        play->told++;
        return stage_try_tell(stage, line + 2);
    }
    if (g_str_has_prefix(line, "< "))
        return stage_try_expect(stage, line + 2);
    if (g_str_has_prefix(line, "advance "))
        return stage_try_advance(stage, strtol(line + 8, NULL, 10));
    if (g_str_has_prefix(line, "set "))
        return play_set(stage, line + 4);
    if (g_str_has_prefix(line, "rows "))
        return play_rows(stage, line + 5);
    return g_strdup("this is no line of a ladder");
}

static char *play_end(Stage *stage, bool counts_rows)
{
    char *why = stage_try_quiet(stage);
    if (why == NULL && router_counters(stage_router(stage))->surprises > 0)
        return g_strdup("a cell that surprises (`!`) was reached");
    return why != NULL || counts_rows ? why : play_rows(stage, "0");
}

static char *play_lines(Play *play, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] != NULL; i++) {
        g_autofree char *why = play_line(play, g_strchomp(lines[i]));
        if (why != NULL)
            return g_strdup_printf("line %d: %s\n  %s", i + 1, lines[i], why);
        if (lines[i][0] != '\0')
            play->counts_rows = g_str_has_prefix(lines[i], "rows ");
    }
    return NULL;
}

static char *play_part(Play *play, const char *name)
{
    g_autofree char *file = g_strdup_printf("%s.ladder", name);
    g_autofree char *path = g_build_filename(play->folder, "parts", file, NULL);
    g_autofree char *text = NULL;
    if (play->depth == PARTS_MAX || !g_file_get_contents(path, &text, NULL, NULL))
        return g_strdup_printf("cannot play %s", path);
    play->depth++;
    char *why = play_lines(play, text);
    play->depth--;
    return why;
}

// A story without an event would pass for nothing.
static char *play(const char *text)
{
    g_autoptr(Stage) stage = stage_new();
    g_autofree char *folder = ladders_folder();
    Play play = {.stage = stage, .folder = folder};
    char *why = play_lines(&play, text);
    if (why != NULL)
        return why;
    return play.told > 0 ? play_end(stage, play.counts_rows) : g_strdup("nothing is told");
}

static char *play_file(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error))
        return g_strdup(error->message);
    return strstr(text, "# rows: ") != NULL ? play(text) : g_strdup("no line '# rows: '");
}

static void print_diagnosis(const char *why)
{
    g_auto(GStrv) lines = g_strsplit(why, "\n", -1);
    for (int i = 0; lines[i] != NULL; i++)
        printf("# %s\n", lines[i]);
}

static bool run(const char *path, int number)
{
    g_autofree char *why = play_file(path);
    g_autofree char *file = g_path_get_basename(path);
    file[strlen(file) - strlen(".ladder")] = '\0';
    printf("%s %d - %s\n", why == NULL ? "ok" : "not ok", number, file);
    if (why != NULL)
        print_diagnosis(why);
    return why == NULL;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *ladders_find(const char *folder)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, ".ladder"))
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(paths, by_name);
    return paths;
}

// Without arguments all ladders of tests/scenario are played, else the files named.
int main(int argc, char **argv)
{
    g_autofree char *folder = ladders_folder();
    g_autoptr(GPtrArray) paths = ladders_find(folder);
    if (argc > 1)
        g_ptr_array_set_size(paths, 0);
    for (int i = 1; i < argc; i++)
        g_ptr_array_add(paths, g_strdup(argv[i]));
    bool all_good = paths->len > 0;
    printf("1..%u\n", paths->len);
    for (guint i = 0; i < paths->len; i++)
        all_good &= run(g_ptr_array_index(paths, i), (int)i + 1);
    return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
