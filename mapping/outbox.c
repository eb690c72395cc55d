// SPDX-License-Identifier: MIT
// An ordered list of owned commands.
#include "mapping/outbox.h"

static void command_destroy(gpointer data)
{
    command_free(data);
}

Outbox *outbox_new(void)
{
    Outbox *outbox = g_new0(Outbox, 1);
    outbox->commands = g_ptr_array_new_with_free_func(command_destroy);
    return outbox;
}

void outbox_free(Outbox *outbox)
{
    if (outbox == NULL)
        return;
    g_ptr_array_unref(outbox->commands);
    g_free(outbox);
}

Command *outbox_push(Outbox *outbox, CommandKind kind, Side side)
{
    Command *command = command_new(kind, side);
    outbox_add(outbox, command);
    return command;
}

void outbox_add(Outbox *outbox, Command *owned)
{
    g_ptr_array_add(outbox->commands, owned);
}

void outbox_clear(Outbox *outbox)
{
    g_ptr_array_set_size(outbox->commands, 0);
}
