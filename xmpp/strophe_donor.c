// SPDX-License-Identifier: MIT
// The donor of the stream management state; see the header.
#include "xmpp/strophe_donor.h"

// No network is touched: the socket is refused as soon as it is made.
static int refuse_socket(xmpp_conn_t *conn, void *socket)
{
    return -1;
}

static void ignore_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
                         xmpp_stream_error_t *stream_error, void *unused)
{
}

bool strophe_donor_give(xmpp_conn_t *conn)
{
    xmpp_conn_t *donor = xmpp_conn_new(xmpp_conn_get_context(conn));
    xmpp_conn_set_jid(donor, "donor@localhost");
    xmpp_conn_set_sockopt_callback(donor, refuse_socket);
    xmpp_connect_client(donor, "127.0.0.1", 9, ignore_event, NULL);
    xmpp_sm_state_t *state = xmpp_conn_get_sm_state(donor);
    xmpp_conn_release(donor);
    if (state == NULL)
        return false;
    int result = xmpp_conn_set_sm_state(conn, state);
    if (result != XMPP_EOK)
        xmpp_free_sm_state(state);
    return result == XMPP_EOK || result == XMPP_EINVOP; // the latter: it has one of its own
}
