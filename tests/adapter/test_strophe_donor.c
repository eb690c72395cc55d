// SPDX-License-Identifier: MIT
#include "xmpp/strophe_donor.h"

#include "tests/support/suite.h"

START_TEST(a_component_connection_gets_the_state_that_the_library_forgets)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);
    ck_assert(strophe_donor_give(conn));
    xmpp_sm_state_t *state = xmpp_conn_get_sm_state(conn); // taken out of it
    ck_assert_ptr_nonnull(state);
    ck_assert_int_eq(xmpp_conn_set_sm_state(conn, state), XMPP_EOK);
    xmpp_conn_release(conn);
    xmpp_ctx_free(ctx);
}
END_TEST

START_TEST(one_that_has_a_state_of_its_own_is_fine_as_it_is)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);
    ck_assert(strophe_donor_give(conn));
    ck_assert(strophe_donor_give(conn)); // as a later library may do by itself
    xmpp_conn_release(conn);
    xmpp_ctx_free(ctx);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_component_connection_gets_the_state_that_the_library_forgets,
        one_that_has_a_state_of_its_own_is_fine_as_it_is,
        NULL,
    };
    return suite_run("strophe_donor", tests);
}
