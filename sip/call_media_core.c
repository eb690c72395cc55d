// SPDX-License-Identifier: MIT
// What the files of a call's media share; see call_media_core.h.
#include "sip/call_media_core.h"

MsrpSession *call_media_core_session(const CallMedia *media)
{
    return media->sessions->len > 0 ? media->sessions->pdata[media->sessions->len - 1] : NULL;
}

void call_media_core_add_session(CallMedia *media)
{
    MsrpSession *session =
        msrp_session_new(media->core->msrp, media->secure, media->session_funcs, media);
    g_ptr_array_add(media->sessions, session);
}

void call_media_core_drop_session(CallMedia *media)
{
    msrp_session_release(call_media_core_session(media));
    g_ptr_array_set_size(media->sessions, (int)media->sessions->len - 1);
}

// In place of the current session, of which the peer knows nothing yet.
void call_media_core_set_secure(CallMedia *media, bool secure)
{
    if (media->secure != secure) {
        media->secure = secure;
        call_media_core_drop_session(media);
        call_media_core_add_session(media);
    }
}

// Only a two-party session is ended for another one, and waited for (ESC-013).
void call_media_core_tell_partial(CallMedia *media, bool is_partial)
{
    if (is_partial == media->is_partial || media->use != MSRP_SDP_TWO_PARTY) {
        return;
    }
    media->is_partial = is_partial;
    Event *event = event_new(EVENT_LEG_PARTIAL, SIDE_SIP);
    event->f.leg = media->leg;
    event->f.how = is_partial ? HOW_YES : HOW_NO;
    gate_core_raise(media->core, event);
}
