// SPDX-License-Identifier: MIT
// Preparation of names: the parts of PRECIS that a JID's local part needs (UsernameCaseMapped over
// IdentifierClass) and the cleaning that makes a nickname of any text (Nickname over FreeformClass).
// Not evaluated: the Bidi rule and the rules of context of RFC 5892 A, which the XMPP server judges.
// Sources: RFC 8264, RFC 8265 3.3, RFC 8266 2.
#pragma once
#include <stdbool.h>

// What: width-mapped, lower-case, NFC form of a local part.
// Shape: owned by the caller (g_free); any UTF-8 text of at most 1023 octets goes in.
// Errors: NULL when the text is longer or not UTF-8.
// Source: RFC 8265 3.3.2 rules 1, 3, 4; RFC 7622 3.3.
char *precis_fold(const char *text);

// What: whether every character of a folded text belongs to IdentifierClass.
// Shape: `text` is valid UTF-8; the empty text does not belong.
// Source: RFC 8264 4.2, 9.
bool precis_is_identifier(const char *text);

// What: the text as a nickname: what FreeformClass or resourceprep forbids dropped, spaces unified, NFKC.
// Shape: owned by the caller (g_free); never empty.
// Errors: NULL when nothing is left or the text is not UTF-8.
// Source: RFC 8266 2.1-2.3; RFC 3454 C.
char *precis_nickname(const char *text);

// What: whether the text has a control character (C0, DEL, C1).
// Shape: `text` is valid UTF-8.
// Source: ADDR-22; RFC 8264 9.12.
bool precis_has_control(const char *text);
