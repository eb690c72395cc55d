// SPDX-License-Identifier: MIT
// Character references of HTML: the named ones of HTML 4.01 section 24, and numbers.
#pragma once
#include <glib.h>

// What: reads a character reference at the ampersand `at` points to.
// Shape: returns the octets it takes, 0 when it is none (the ampersand then stands for itself);
//        `*c` is always legal in XML: U+FFFD where the number is not.
// Source: HTML 4.01 5.3, 24
size_t html_entity_read(const char *at, gunichar *c);
