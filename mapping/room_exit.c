// SPDX-License-Identifier: MIT
// Tables 6.1 to 6.3 as far as they are statuses and words.
#include "mapping/room_exit.h"

typedef struct {
    How how;
    uint64_t status;
    uint64_t retry_s;
    const char *text;
} ExitRow;

// Table 6.1; codes 321 and 322 are REMOVED, 333 and an end without a reason are LOST.
static const ExitRow ENDS[] = {
    {HOW_KICKED, 480, 0, NULL},    {HOW_BANNED, 403, 0, "banned"}, {HOW_REMOVED, 403, 0, NULL},
    {HOW_SHUTDOWN, 503, 60, NULL}, {HOW_LOST, 500, 30, NULL},      {HOW_DESTROYED, 410, 0, NULL},
};

static ExitRow end_of(const Event *exit)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ENDS); i++)
        if (ENDS[i].how == exit->f.how)
            return ENDS[i];
    ExitRow refused = {.how = exit->f.how};
    refused.status = (uint64_t)failure_join_to_status(exit->f.failure, &refused.text);
    return refused;
}

// MUC-B16: where it goes on is told in words; nobody is taken there.
static void name_other_room(Event *exit)
{
    if (exit->f.real == NULL)
        return;
    const char *room = address_jid(exit->f.real);
    g_autofree char *text = exit->f.text != NULL
                                ? g_strdup_printf("%s (now in %s)", exit->f.text, room)
                                : g_strdup_printf("now in %s", room);
    fields_set_text(&exit->f.text, text);
}

void room_exit_status(Event *exit)
{
    ExitRow end = end_of(exit);
    if (exit->f.status == 0)
        exit->f.status = end.status;
    if (exit->f.retry_s == 0)
        exit->f.retry_s = end.retry_s;
    if (exit->f.text == NULL)
        fields_set_text(&exit->f.text, end.text);
    name_other_room(exit);
}

void room_exit_word(Event *exit)
{
    if (exit->f.text != NULL)
        return;
    if (exit->f.how == HOW_LOST)
        fields_set_text(&exit->f.text, "connection lost");
    else if (exit->f.how == HOW_TIMEOUT)
        fields_set_text(&exit->f.text, "timeout");
}

void room_exit_reason(Event *exit)
{
    bool is_refusal = exit->f.how == HOW_REFUSED || exit->f.how == HOW_TIMEOUT;
    if (is_refusal && exit->f.status != 0)
        exit->f.failure = failure_join_from_status((int)exit->f.status, exit->f.real != NULL);
}
