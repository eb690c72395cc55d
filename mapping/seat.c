// SPDX-License-Identifier: MIT
// Life of a seat.
#include "mapping/seat.h"

void seat_take(Seat *seat, Side home, Address *room, Address *party)
{
    g_assert(seat->room == NULL);
    seat->home = home;
    fields_set_address(&seat->room, room);
    fields_set_address(&seat->party, party);
}

void seat_clear(Seat *seat)
{
    char **const texts[] = {&seat->nick, &seat->password, &seat->role, &seat->affiliation};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        fields_set_text(texts[i], NULL);
    fields_set_address(&seat->room, NULL);
    fields_set_address(&seat->party, NULL);
    g_clear_pointer(&seat->composers, g_hash_table_destroy);
    *seat = (Seat){0};
}

void seat_note_failure(Seat *seat, FailureReason reason)
{
    seat->dropped++;
    seat->error = reason;
}

Side seat_facade(const Seat *seat)
{
    return side_other(seat->home);
}

void seat_party_take(Seat *seat, const Event *answer)
{
    seat->party_is_pending = false;
    seat->party_is_private = answer->f.private;
    seat->party_takes_states = answer->f.composing;
}
