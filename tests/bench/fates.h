// SPDX-License-Identifier: MIT
// What became of each message of a load, and the sums over all: lost, doubled, refused, how late.
#pragma once
#include "tests/bench/loader.h"

typedef struct Fates Fates;

// What: nothing has happened to `config->count` messages yet.
// Shape: `config` is borrowed for the life of the result, which the caller owns.
Fates *fates_new(const LoaderConfig *config);
void fates_free(Fates *fates);

// What: a message was sent for the first time; or again, or has just arrived at the other end.
void fates_sent(Fates *fates, int number);
void fates_sent_again(Fates *fates, int number);
void fates_arrived(Fates *fates, int number);

// What: the sender was answered: a final SIP status, or an error stanza (FATES_ERROR_STANZA).
// Shape: `is_busy`: asked to come again later (Retry-After, or resource-constraint).
#define FATES_ERROR_STANZA 600
void fates_answered(Fates *fates, int number, int status, bool is_busy);

// What: how many were sent, and of these how many have come to their end or were waited for too long.
int fates_sent_count(const Fates *fates);
int fates_over_count(Fates *fates);

// What: the next message an unreliable transport has to repeat now (RFC 3261 17.1.2.2), or -1.
int fates_next_due(Fates *fates);

// What: prints the sums as members of a JSON object, without its braces.
void fates_print(const Fates *fates);
