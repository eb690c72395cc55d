// SPDX-License-Identifier: MIT
// Which octets are there: a sorted list of pieces that never touch each other.
#include "sip/msrp/msrp_cover.h"

#define PIECES_MAX 256 // LIMIT: separate pieces; a relay reorders a few chunks, nobody sends dots

typedef struct {
    uint64_t from;
    uint64_t to; // behind the last octet
} Piece;

struct MsrpCover {
    GArray *pieces; // owned, of Piece
};

MsrpCover *msrp_cover_new(void)
{
    MsrpCover *cover = g_new(MsrpCover, 1);
    cover->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    return cover;
}

void msrp_cover_free(MsrpCover *cover)
{
    if (cover == NULL)
        return;
    g_array_unref(cover->pieces);
    g_free(cover);
}

bool msrp_cover_add(MsrpCover *cover, uint64_t from, uint64_t to)
{
    GArray *pieces = cover->pieces;
    if (from >= to)
        return true;
    guint first = pieces->len;
    while (first > 0 && g_array_index(pieces, Piece, first - 1).to >= from)
        first--;
    Piece piece = {from, to};
    guint behind = first;
    for (; behind < pieces->len && g_array_index(pieces, Piece, behind).from <= to; behind++) {
        const Piece *met = &g_array_index(pieces, Piece, behind);
        piece.from = MIN(piece.from, met->from);
        piece.to = MAX(piece.to, met->to);
    }
    if (first == behind && pieces->len == PIECES_MAX)
        return false;
    g_array_remove_range(pieces, first, behind - first);
    g_array_insert_val(pieces, first, piece);
    return true;
}

bool msrp_cover_whole(const MsrpCover *cover, uint64_t total)
{
    if (total == 0)
        return true;
    const Piece *first = (const Piece *)(const void *)cover->pieces->data;
    return cover->pieces->len > 0 && first->from == 0 && first->to >= total;
}
