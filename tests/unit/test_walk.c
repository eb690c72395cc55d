// SPDX-License-Identifier: MIT
// Random walks of the whole middle against an outside that keeps its contract and nothing else: no
// line is lost or handed over twice, each request is answered once, no leg is left over, and no
// cell marked `!` is reached (docs/architecture.md 5, docs/escalation.md 10).
#include "mapping/router.h"
#include "tests/support/outside.h"
#include "tests/support/suite.h"

enum { STORIES = 200, STEPS = 500 };

/* ESC-001 ESC-004 ESC-008 ESC-022 CHAT-52 */
START_TEST(walk_every_story_comes_to_rest)
{
    for (guint32 seed = 1; seed <= STORIES; seed++) {
        g_autoptr(Outside) outside = outside_new(seed);
        for (int i = 0; i < STEPS; i++)
            outside_step(outside);
        outside_come_to_rest(outside);
        ck_assert_msg(router_counters(outside_router(outside))->surprises == 0,
                      "story %u was surprised", seed);
    }
}
END_TEST

int main(void)
{
    return suite_run("walk", (const TTest *const[]){walk_every_story_comes_to_rest, NULL});
}
