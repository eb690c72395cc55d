// SPDX-License-Identifier: MIT
// Any octets as a JID, as a SIP URI, as an xmpp: URI and as a display name: no crash, and what is taken
// is canonical and comes back.
#include "mapping/nickname.h"
#include "mapping/route.h"
#include "mapping/spelling.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Route *known_route(void)
{
    Route *route = route_new();
    route_add_component(route, "mantua.example", ROUTE_USERS, "mantua.example");
    route_add_xmpp_domain(route, "rooms.verona.example", ROUTE_ROOMS, "verona.example");
    route_set_foreign(route, "gw.example", "gw.example");
    route_set_phone(route, "phone.example", "+1555");
    return route;
}

static void check_canonical(const Address *address)
{
    g_autoptr(Address) again = address_from_jid(address_jid(address));
    g_assert_true(address_equal(address, again));
    g_autofree char *uri = spelling_to_xmpp_uri(address);
    g_autoptr(Address) back = spelling_from_xmpp_uri(uri);
    g_assert_true(address_equal(address, back));
}

static void try_jid(const Route *route, const char *text)
{
    g_autoptr(Address) address = address_from_jid(text);
    if (address == NULL)
        return;
    check_canonical(address);
    int status = 0;
    g_autofree char *uri = route_to_uri(route, address);
    g_autoptr(Address) back = uri != NULL ? route_from_uri(route, uri, true, NULL, &status) : NULL;
    if (back != NULL)
        check_canonical(back);
}

static void try_uri(const Route *route, const char *text)
{
    FailureReason reason;
    int status;
    g_autoptr(Address) address = route_from_uri(route, text, text[0] == 'S', &reason, &status);
    g_assert_true((address == NULL) == (status != 0) && (status == 0) == (reason == FAILURE_NONE));
    if (address == NULL)
        return;
    check_canonical(address);
    g_autofree char *uri = route_to_uri(route, address);
    g_autoptr(Address) again = uri != NULL ? route_from_uri(route, uri, true, NULL, NULL) : NULL;
    g_assert_true(again == NULL || address_equal(again, address) ||
                  strcmp(address_domain(address), "phone.example") == 0);
}

static void try_name(const char *text)
{
    g_autofree char *nick = nickname_for(text, NULL);
    g_autoptr(Address) room = address_from_jid("r@h");
    g_autoptr(Address) occupant = address_with_resource(room, nick);
    g_assert_nonnull(occupant);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(Route) route = known_route();
    g_autoptr(Address) named = spelling_from_xmpp_uri(text);
    if (named != NULL)
        check_canonical(named);
    try_jid(route, text);
    try_uri(route, text);
    try_name(text);
    return 0;
}
