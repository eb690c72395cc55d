// SPDX-License-Identifier: MIT
// Brings participants into one room by SIP. Each line of its input is one step, each answered by a line:
// `ready COUNT OCTETS` of the documents they were told of the room, when all are in; the same once more; then
// the first of them says numbered lines, and a JSON object tells how many copies came. All stay until the
// input ends.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib.h>

#include "tests/bench/msrp_end.h"

#define WAIT_MS 20
// Without a copy for so long, no more come.
#define STALL_US 20000000

typedef struct {
    LoaderConfig config;
    MsrpEnd *msrp;    // owned
    int *copies;      // owned; of each line
    int said, over;   // lines said; of these, with all copies
    int64_t arrived;  // copies
    int64_t heard_us; // when the last came
} RoomLoad;

static void on_msrp(void *self, int number, int status)
{
    RoomLoad *load = self;
    if (status >= 300) {
        fprintf(stderr, "room_load: line %d refused with %d\n", number, status);
        exit(1);
    }
    if (status != 0 || number < 0 || number >= load->said)
        return;
    load->copies[number]++;
    load->over += load->copies[number] == load->config.sessions - 1;
    load->arrived++;
    load->heard_us = loader_now_us();
}

// One look at everything; `input` is polled as well when it is not negative. Returns whether it has something.
static bool turn(RoomLoad *load, int input)
{
    struct pollfd polls[] = {{msrp_end_fd(load->msrp), POLLIN, 0}, {input, POLLIN, 0}};
    poll(polls, G_N_ELEMENTS(polls), WAIT_MS);
    msrp_end_serve(load->msrp);
    return polls[1].revents != 0;
}

// A line of the input, or its end.
static bool await_word(RoomLoad *load)
{
    char word[64];
    while (!turn(load, STDIN_FILENO))
        continue;
    return read(STDIN_FILENO, word, sizeof word) > 0;
}

static void say_notices(const RoomLoad *load, const char *word)
{
    MsrpEndNotices notices = msrp_end_notices(load->msrp);
    printf("%s%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", word, notices.count, notices.octets);
    fflush(stdout);
}

static void print_outcome(const RoomLoad *load, int64_t began_us)
{
    int lost = 0, twice = 0;
    for (int i = 0; i < load->config.count; i++) {
        lost += MAX(load->config.sessions - 1 - load->copies[i], 0);
        twice += MAX(load->copies[i] - (load->config.sessions - 1), 0);
    }
    printf("{\"copies\": %" G_GINT64_FORMAT ", \"lost\": %d, \"twice\": %d, \"rate\": %.0f}\n", load->arrived, lost,
           twice, (double)load->arrived * 1e6 / (double)(load->heard_us - began_us + 1));
    fflush(stdout);
}

static void run(RoomLoad *load)
{
    int64_t began_us = loader_now_us();
    load->heard_us = began_us;
    while (load->over < load->config.count && loader_now_us() - load->heard_us < STALL_US) {
        while (load->said < load->config.count && load->said - load->over < load->config.window)
            msrp_end_send(load->msrp, load->said++);
        turn(load, -1);
    }
    print_outcome(load, began_us);
}

int main(int argc, char **argv)
{
    RoomLoad load = {.config = {.tcp = true, .sessions = 10, .count = 100, .window = 4}};
    if (!loader_read(argc, argv, &load.config) || load.config.room == NULL)
        return 2;
    loader_descriptors_raise();
    load.copies = g_new0(int, load.config.count);
    load.msrp = msrp_end_open(&load.config, on_msrp, &load);
    while (msrp_end_bound(load.msrp) < load.config.sessions)
        turn(&load, -1);
    say_notices(&load, "ready ");
    if (await_word(&load)) // what the roster has to say is said
        say_notices(&load, "");
    if (await_word(&load))
        run(&load);
    while (await_word(&load))
        continue;
    msrp_end_close(load.msrp);
    g_free(load.copies);
    return 0;
}
