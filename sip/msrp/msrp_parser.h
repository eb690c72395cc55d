// SPDX-License-Identifier: MIT
// Octets of a connection to frames, in whatever pieces they come (RFC 4975 7.1, 7.3, 9).
// Every octet is looked at once; memory is bounded by the limits in msrp_parser.c and by the
// budget.
#pragma once

#include "sip/msrp/msrp_frame.h"

typedef struct MsrpParser MsrpParser;

typedef enum {
    MSRP_PARSER_MORE,  // all input is used up, no frame is complete
    MSRP_PARSER_FRAME, // a frame is complete, or is known to be too long; input may be left
    MSRP_PARSER_BROKEN // not MSRP: nothing that follows can be understood
} MsrpParserResult;

// What: a parser for one connection.
// Shape: `body_max` is the largest body kept; `budget` (borrowed) is charged for what is held.
MsrpParser *msrp_parser_new(size_t body_max, MsrpBudget *budget);

void msrp_parser_free(MsrpParser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpParser, msrp_parser_free)

// What: reads on; moves `octets` and `length` behind what was used.
// Shape: with MSRP_PARSER_FRAME, `frame` is owned by the caller. A frame with `fault` is to be
// answered with it; one with `too_long` comes as soon as that is known, its remaining body is
// skipped unseen. With MSRP_PARSER_BROKEN, `frame` is NULL or what could be read so far.
// Errors: after MSRP_PARSER_BROKEN the parser takes no more.
// Source: RFC 4975 9; MSRP-001 to 004.
MsrpParserResult msrp_parser_feed(MsrpParser *parser, const uint8_t **octets, size_t *length,
                                  MsrpFrame **frame);
