// SPDX-License-Identifier: MIT
// Rooms to order; see factory.h.
#include "sip/factory.h"

#include <string.h>

#include "sip/msrp/msrp_random.h"

// 120 bits in hexadecimal digits, hence 24 letters of base 32.
#define DIGITS  30
#define LETTERS 24

bool factory_is(const GateCore *core, const Address *address)
{
    const char *user = core->settings->factory;
    return *user != '\0' && route_side_of(core->route, address) == ROUTE_XMPP_ROOM &&
           address_resource(address) == NULL && g_strcmp0(address_local(address), user) == 0;
}

// Five digits of hexadecimal make four letters (RFC 4648 6, small).
static void write_letters(char *out, const char *digits)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    for (size_t i = 0; i < LETTERS; i++) {
        unsigned bits = 0;
        for (size_t k = 0; k < 5; k++) {
            size_t bit = i * 5 + k;
            unsigned digit = (unsigned)g_ascii_xdigit_value(digits[bit / 4]);
            bits = bits * 2 + (digit >> (3 - bit % 4) & 1U);
        }
        out[i] = alphabet[bits];
    }
    out[LETTERS] = '\0';
}

Address *factory_invent(const Address *factory)
{
    char digits[DIGITS + 1], letters[LETTERS + 1];
    msrp_random_hex(digits, DIGITS);
    write_letters(letters, digits);
    g_autofree char *local = g_strdup_printf("conv-%s", letters);
    return address_from_parts(local, address_domain(factory), NULL);
}
