// SPDX-License-Identifier: MIT
// Rooms to order; see factory.h.
#include "sip/factory.h"

#include <string.h>

#include "mapping/base32.h"
#include "sip/msrp/msrp_random.h"

// 120 bits: 24 letters of base 32.
#define OCTETS 15

bool factory_is(const GateCore *core, const Address *address)
{
    const char *user = core->settings->factory;
    return *user != '\0' && route_side_of(core->route, address) == ROUTE_XMPP_ROOM &&
           address_resource(address) == NULL && g_strcmp0(address_local(address), user) == 0;
}

static void random_octets(guint8 *octets)
{
    char digits[2 * OCTETS + 1];
    msrp_random_hex(digits, 2 * OCTETS);
    for (size_t i = 0; i < OCTETS; i++) {
        octets[i] = (guint8)(g_ascii_xdigit_value(digits[2 * i]) << 4 |
                             g_ascii_xdigit_value(digits[2 * i + 1]));
    }
}

Address *factory_invent(const Address *factory)
{
    guint8 octets[OCTETS];
    random_octets(octets);
    g_autofree char *letters = base32_write(octets, OCTETS);
    g_autofree char *local = g_strdup_printf("conv-%s", letters);
    return address_from_parts(local, address_domain(factory), NULL);
}
