// SPDX-License-Identifier: MIT
// The SIP library sends the first NOTIFY of a REFER outside any dialog by itself, before anybody has decided whether
// the REFER is accepted: a stranger would hear "100 Trying" and then 403. It does so through this function of its own,
// which it uses for nothing else that we do; defined here, it is this one that the library calls (the program's symbols
// come first), and every NOTIFY is ours (sip/refer.c; docs/library-facts.md K).
#include <sofia-sip/nua.h>

void nua_stack_post_signal(nua_handle_t *handle, nua_event_t event, tag_type_t tag,
                           tag_value_t value, ...);

void nua_stack_post_signal(nua_handle_t *handle, nua_event_t event, tag_type_t tag,
                           tag_value_t value, ...)
{
}
