// SPDX-License-Identifier: MIT
// Stands in for libFuzzer where it is not linked: feeds a target all its seeds, then a fixed number of
// mutations of them. Everything is deterministic, so a failure comes back with the next run.
//   fuzz_NAME SEEDS_FOLDER DICTIONARY
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// LIMIT: enough to visit every seed some hundred times, short enough for every run of the tests.
#define MUTATION_COUNT 10000
// LIMIT: octets of a mutated input.
#define INPUT_OCTETS_MAX        8192
#define MUTATIONS_PER_INPUT_MAX 6

typedef struct Replay {
    GPtrArray *seeds;  // owned, of GBytes
    GPtrArray *words;  // owned, of GBytes
    GByteArray *input; // owned; the input being mutated
    uint64_t random;
} Replay;

// xorshift64 (Marsaglia 2003): the same numbers everywhere.
static size_t pick(Replay *replay, size_t below)
{
    replay->random ^= replay->random << 13;
    replay->random ^= replay->random >> 7;
    replay->random ^= replay->random << 17;
    return below == 0 ? 0 : (size_t)(replay->random % below);
}

static void insert(Replay *replay, size_t at, const void *octets, size_t length)
{
    GByteArray *input = replay->input;
    unsigned tail = input->len - (unsigned)at;
    length = MIN(length, INPUT_OCTETS_MAX - MIN(INPUT_OCTETS_MAX, input->len));
    g_autofree void *copy = g_memdup2(octets, length);
    g_byte_array_set_size(input, input->len + (unsigned)length);
    memmove(input->data + at + length, input->data + at, tail);
    if (length > 0)
        memcpy(input->data + at, copy, length);
}

static void insert_piece_of(Replay *replay, size_t at, GBytes *bytes)
{
    size_t length;
    const uint8_t *octets = g_bytes_get_data(bytes, &length);
    size_t from = pick(replay, length);
    if (length > 0)
        insert(replay, at, octets + from, 1 + pick(replay, length - from));
}

static void mutate(Replay *replay)
{
    GByteArray *input = replay->input;
    size_t at = pick(replay, input->len + 1);
    size_t left = input->len - at;
    size_t length = 1 + pick(replay, 16);
    GBytes *word =
        replay->words->len > 0 ? replay->words->pdata[pick(replay, replay->words->len)] : NULL;
    switch (pick(replay, 7)) {
    case 0:
        if (left > 0)
            input->data[at] ^= (uint8_t)(1u << pick(replay, 8));
        break;
    case 1:
        if (left > 0)
            input->data[at] = (uint8_t)pick(replay, 256);
        break;
    case 2: g_byte_array_set_size(input, (unsigned)at); break;
    case 3: g_byte_array_remove_range(input, (unsigned)at, (unsigned)MIN(left, length)); break;
    case 4: insert(replay, at, input->data + at, left); break;
    case 5:
        insert_piece_of(replay, at, replay->seeds->pdata[pick(replay, replay->seeds->len)]);
        break;
    default:
        if (word != NULL)
            insert(replay, at, g_bytes_get_data(word, NULL), g_bytes_get_size(word));
        break;
    }
}

// A copy of exactly its size, so that a sanitizer sees a read beyond it; as with libFuzzer the pointer
// is never NULL.
static void run(const void *octets, size_t length)
{
    g_autofree uint8_t *copy = g_malloc(MAX(length, 1));
    if (length > 0)
        memcpy(copy, octets, length);
    LLVMFuzzerTestOneInput(copy, length);
}

static void run_mutations(Replay *replay)
{
    for (unsigned i = 0; i < MUTATION_COUNT; i++) {
        GBytes *seed = replay->seeds->pdata[i % replay->seeds->len];
        g_byte_array_set_size(replay->input, 0);
        g_byte_array_append(replay->input, g_bytes_get_data(seed, NULL),
                            (unsigned)g_bytes_get_size(seed));
        for (size_t left = 1 + pick(replay, MUTATIONS_PER_INPUT_MAX); left > 0; left--)
            mutate(replay);
        run(replay->input->data, replay->input->len);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void load_seeds(Replay *replay, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, compare_names); // a folder has no order of its own
    for (unsigned i = 0; i < names->len; i++) {
        char *octets;
        size_t length;
        if (g_file_get_contents(names->pdata[i], &octets, &length, NULL))
            g_ptr_array_add(replay->seeds, g_bytes_new_take(octets, length));
    }
}

// The dictionary format of libFuzzer: a word in double quotes per line, with \\, \" and \xHH.
static void load_words(Replay *replay, const char *path)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *first = strchr(lines[i], '"');
        const char *last = strrchr(lines[i], '"');
        if (lines[i][0] == '#' || first == last)
            continue;
        g_autoptr(GByteArray) word = g_byte_array_new();
        for (const char *c = first + 1; c < last; c++) {
            uint8_t octet = (uint8_t)*c;
            if (c[0] == '\\' && c[1] == 'x') {
                octet = (uint8_t)(g_ascii_xdigit_value(c[2]) * 16 + g_ascii_xdigit_value(c[3]));
                c += 3;
            } else if (c[0] == '\\') {
                octet = (uint8_t) * ++c;
            }
            g_byte_array_append(word, &octet, 1);
        }
        g_ptr_array_add(replay->words, g_byte_array_free_to_bytes(g_steal_pointer(&word)));
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s SEEDS_FOLDER DICTIONARY\n", argv[0]);
        return EXIT_FAILURE;
    }
    Replay replay = {
        .seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref),
        .words = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref),
        .input = g_byte_array_new(),
        .random = 0x9E3779B97F4A7C15u,
    };
    load_seeds(&replay, argv[1]);
    load_words(&replay, argv[2]);
    for (unsigned i = 0; i < replay.seeds->len; i++)
        run(g_bytes_get_data(replay.seeds->pdata[i], NULL),
            g_bytes_get_size(replay.seeds->pdata[i]));
    if (replay.seeds->len > 0)
        run_mutations(&replay);
    printf("%u seeds, %u words, %d mutations\n", replay.seeds->len, replay.words->len,
           MUTATION_COUNT);
    int code = replay.seeds->len > 0 && replay.words->len > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    g_ptr_array_unref(replay.seeds);
    g_ptr_array_unref(replay.words);
    g_byte_array_unref(replay.input);
    return code;
}
