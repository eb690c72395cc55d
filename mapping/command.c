// SPDX-License-Identifier: MIT
// Life of a Command and the names of its kinds.
#include "mapping/command.h"

static const char *const COMMAND_NAMES[] = {
#define COMMAND_NAME(NAME, text) [COMMAND_##NAME] = text,
    COMMAND_KINDS(COMMAND_NAME)
};

Command *command_new(CommandKind kind, Side side)
{
    Command *command = g_new0(Command, 1);
    command->kind = kind;
    command->side = side;
    return command;
}

void command_free(Command *command)
{
    if (command == NULL)
        return;
    fields_clear(&command->f);
    g_free(command);
}

const char *command_kind_name(CommandKind kind)
{
    g_assert((size_t)kind < G_N_ELEMENTS(COMMAND_NAMES));
    return COMMAND_NAMES[kind];
}
