// SPDX-License-Identifier: MIT
// What the users of one conference are called here, for all our legs in it: a name is given to who had
// it first, a name with a number to the next, and each leg calls everybody the same. ROSTER-008; without
// it a private line could go to another than its author sees.
#pragma once
#include <glib.h>

typedef struct GuestNames GuestNames;

// What: no names; a reference, one reference less. The last one frees it.
// Shape: owned by the caller; NULL is allowed in unref.
GuestNames *guest_names_new(void);
GuestNames *guest_names_ref(GuestNames *names);
void guest_names_unref(GuestNames *names);

// What: the nick of who is `who` and would like to be called `name`; he keeps it until each take was
//   given back.
// Shape: `who` is an address, or whatever is the same for all legs; owned by the caller (g_free).
// Source: ROSTER-008, ROSTER-009.
char *guest_names_take(GuestNames *names, const char *who, const char *name);
void guest_names_give_back(GuestNames *names, const char *who, const char *name);

// What: a nick for that name which nobody else has, for this moment.
// Shape: as above.
// Source: MUC-A09.
char *guest_names_suggest(const GuestNames *names, const char *who, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestNames, guest_names_unref)
