// SPDX-License-Identifier: MIT
// libstrophe waits with select(), which ends the process at a descriptor of FD_SETSIZE or more. A
// low one is kept taken while no socket has it and let go just before the library opens its socket,
// which then gets it, because the kernel gives the lowest (docs/library-facts.md A4).
#pragma once
#include <stdbool.h>

enum { LOW_DESCRIPTOR_NONE = -1 };

// What: whether the library can use this descriptor.
bool low_descriptor_is(int fd);

// What: takes the lowest free descriptor and keeps it.
// Shape: to be let go by low_descriptor_release().
// Errors: LOW_DESCRIPTOR_NONE when there is none that the library can use.
int low_descriptor_take(void);

// What: lets it go; LOW_DESCRIPTOR_NONE is allowed. Sets it to LOW_DESCRIPTOR_NONE.
void low_descriptor_release(int *fd);
