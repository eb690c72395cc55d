// SPDX-License-Identifier: MIT
// Random walks of the whole middle against an outside that keeps its contract and nothing else: no
// line is lost, shown twice or handed over twice at a time, none written to one person gets into a
// room, order is kept, each request is answered once, no leg is left over, every record fits its
// state, and no cell marked `!` is reached (docs/architecture.md 5, docs/escalation.md 10).
#include <stdio.h>

#include "mapping/router.h"
#include "tests/support/outside.h"
#include "tests/support/suite.h"

enum {
    FIRST_SEED = 1, // story n is that of seed n; a breach tells the story and its seed
    STORIES = 200,
    STEPS = 500,
    CLOSED_STORIES = 100,
    CLOSED_STEPS = 150,
};

static Outside *story(guint32 seed, int steps)
{
    Outside *outside = outside_new(seed);
    for (int i = 0; i < steps; i++)
        outside_step(outside);
    return outside;
}

static void is_never_surprised(Outside *outside, guint32 seed)
{
    ck_assert_msg(router_counters(outside_router(outside))->surprises == 0,
                  "the story of seed %u was surprised", seed);
}

/* ESC-001 ESC-004 ESC-008 ESC-009 ESC-017 ESC-022 CHAT-52 */
START_TEST(walk_every_story_comes_to_rest)
{
    printf("# seeds %d to %d, %d steps each\n", FIRST_SEED, FIRST_SEED + STORIES - 1, STEPS);
    for (guint32 seed = FIRST_SEED; seed < FIRST_SEED + STORIES; seed++) {
        g_autoptr(Outside) outside = story(seed, STEPS);
        outside_come_to_rest(outside);
        is_never_surprised(outside, seed);
    }
}
END_TEST

/* CHAT-54 ESC-008 */
START_TEST(walk_every_story_can_be_closed)
{
    printf("# seeds %d to %d, %d steps each\n", FIRST_SEED, FIRST_SEED + CLOSED_STORIES - 1,
           CLOSED_STEPS);
    for (guint32 seed = FIRST_SEED; seed < FIRST_SEED + CLOSED_STORIES; seed++) {
        g_autoptr(Outside) outside = story(seed, CLOSED_STEPS);
        outside_close(outside);
        outside_come_to_rest(outside);
        is_never_surprised(outside, seed);
    }
}
END_TEST

int main(void)
{
    return suite_run("walk", (const TTest *const[]){walk_every_story_comes_to_rest,
                                                    walk_every_story_can_be_closed, NULL});
}
