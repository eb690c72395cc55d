// SPDX-License-Identifier: MIT
// Leg numbers: the middle hands them out, the gate remembers who stands behind each.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef enum { LEG_TWO_PARTY, LEG_ROOM, LEG_GUEST } LegKind;

typedef struct LegTable LegTable;

// What: an empty table.
// Shape: owned by the caller (leg_table_free).
LegTable *leg_table_new(void);

// What: frees the table, not the owners in it; NULL is allowed.
void leg_table_free(LegTable *table);

// What: an owner takes a number.
// Shape: the number is not in use; `owner` is borrowed until removed.
void leg_table_add(LegTable *table, uint64_t leg, LegKind kind, void *owner);

// What: who stands behind a number, of this kind.
// Errors: NULL when nobody of this kind does.
void *leg_table_find(const LegTable *table, uint64_t leg, LegKind kind);

// What: gives a number back; an unknown one is no matter.
void leg_table_remove(LegTable *table, uint64_t leg);

// What: how many there are; and all owners of a kind, so that they may leave while they are
//   visited.
// Shape: the array is owned by the caller, not its elements.
unsigned leg_table_count(const LegTable *table);
GPtrArray *leg_table_owners(const LegTable *table, LegKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LegTable, leg_table_free)
