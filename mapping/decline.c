// SPDX-License-Identifier: MIT
// Table 7.4, column "X sees", as far as it is words.
#include "mapping/decline.h"

static const struct {
    uint64_t status;
    const char *words;
} ANSWERS[] = {
    {408, "not available"},
    {480, "not available"},
    {487, "not available"},
    {486, "busy"},
    {600, "busy"},
    {488, "cannot join group chats"},
    {415, "cannot join group chats"},
    {420, "cannot join group chats"},
};

// Any other status speaks for itself: "603 Decline".
static char *answer_words(const Fields *f)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ANSWERS); i++)
        if (ANSWERS[i].status == f->status)
            return g_strdup(ANSWERS[i].words);
    return f->status != 0 ? failure_text_from_status((int)f->status, f->text) : g_strdup(f->text);
}

static const struct {
    How how;
    const char *words;
} EXITS[] = {
    {HOW_LEFT, "left"},
    {HOW_LOST, "connection lost"},
    {HOW_DESTROYED, "room closed"},
    {HOW_KICKED, "removed from the room"},
    {HOW_BANNED, "removed from the room"},
    {HOW_REMOVED, "removed from the room"},
    {HOW_SHUTDOWN, "the room is shutting down"},
};

static char *exit_words(const Fields *f)
{
    for (size_t i = 0; i < G_N_ELEMENTS(EXITS); i++)
        if (EXITS[i].how == f->how)
            return g_strdup(EXITS[i].words);
    return answer_words(f);
}

char *decline_words(const Event *cause)
{
    if (cause->kind == EVENT_ROOM_ANSWER)
        return answer_words(&cause->f);
    if (cause->f.text != NULL)
        return g_strdup(cause->f.text);
    return cause->kind == EVENT_ROOM_EXIT ? exit_words(&cause->f) : answer_words(&cause->f);
}
