// SPDX-License-Identifier: MIT
// Refs: the gate's tokens of requests that wait for ACCEPT, REFUSE, REPORT or ANSWER_LEG. Numbers
// begin at 1 and are never reused; an unknown one was answered already.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "mapping/fields.h"

typedef struct RefTable RefTable;

// What may be done with a ref; NULL: nothing. `key` is what its owner gave when it was made.
// Whoever settles a ref for good removes it.
typedef struct {
    void (*accept)(void *owner, uint64_t ref, uint64_t key);
    void (*refuse)(void *owner, uint64_t ref, uint64_t key, const Fields *fields);
    void (*report)(void *owner, uint64_t ref, uint64_t key, const Fields *fields);
    void (*answer)(void *owner, uint64_t ref, const Fields *fields);
} RefFuncs;

// What: an empty table.
// Shape: owned by the caller (ref_table_free).
RefTable *ref_table_new(void);

// What: frees the table; NULL is allowed.
void ref_table_free(RefTable *table);

// What: a new ref.
// Shape: `funcs` is static, `owner` borrowed until the ref is removed; never 0.
uint64_t ref_table_add(RefTable *table, const RefFuncs *funcs, void *owner, uint64_t key);

// What: removes a ref; an unknown one is no matter.
void ref_table_remove(RefTable *table, uint64_t ref);

// What: hands an order to the owner of a ref.
// Errors: false when nobody waits for it under this ref.
bool ref_table_accept(RefTable *table, uint64_t ref);
bool ref_table_refuse(RefTable *table, uint64_t ref, const Fields *fields);
bool ref_table_report(RefTable *table, uint64_t ref, const Fields *fields);
bool ref_table_answer(RefTable *table, uint64_t ref, const Fields *fields);

// What: how many wait.
unsigned ref_table_count(const RefTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RefTable, ref_table_free)
