// SPDX-License-Identifier: MIT
// Who is asked who he is answers by sip/credentials.c. The SIP library means to answer as well: it keeps a request that was
// challenged, waits to be told a password, and holds everything that follows it in the dialog. It reads each challenge through
// this function of its own; defined here, it is this one that the library calls (the program's symbols come first), and a
// challenge is a final answer like any other (docs/library-facts.md K).
#include <sofia-sip/auth_client.h>

int auc_challenge(auth_client_t **client, su_home_t *home, const msg_auth_t *challenge,
                  msg_hclass_t *answer)
{
    return -1;
}
