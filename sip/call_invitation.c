// SPDX-License-Identifier: MIT
// Whom to invite to a call; see call_invitation.h.
#include "sip/call_invitation.h"

#include <string.h>

#include "sip/body/multipart.h"
#include "sip/body/resource_lists.h"

CallInvitation *call_invitation_copy(const CallInvitation *invitation)
{
    CallInvitation *copy = g_new(CallInvitation, 1);
    *copy = *invitation;
    copy->uri = g_strdup(invitation->uri);
    copy->to = g_strdup(invitation->to);
    copy->from = g_strdup(invitation->from);
    copy->contact = g_strdup(invitation->contact);
    copy->call_id = g_strdup(invitation->call_id);
    copy->cseq = g_strdup(invitation->cseq);
    copy->authorization = g_strdup(invitation->authorization);
    copy->proxy_authorization = g_strdup(invitation->proxy_authorization);
    copy->subject = g_strdup(invitation->subject);
    copy->referred_by = g_strdup(invitation->referred_by);
    copy->history = invitation->history != NULL ? g_bytes_ref(invitation->history) : NULL;
    copy->user = g_strdup(invitation->user);
    copy->password = g_strdup(invitation->password);
    return copy;
}

// Takes `owned`.
static void set_text(const char **text, char *owned)
{
    g_free((char *)*text);
    *text = owned;
}

void call_invitation_repeat(CallInvitation *copy, const char *from_tag, uint32_t refused_cseq)
{
    if (strstr(copy->from, ";tag=") == NULL) {
        set_text(&copy->from, g_strdup_printf("%s;tag=%s", copy->from, from_tag));
    }
    set_text(&copy->cseq, g_strdup_printf("%u INVITE", refused_cseq));
}

void call_invitation_authorize(CallInvitation *copy, bool is_for_proxy, const char *value)
{
    set_text(is_for_proxy ? &copy->proxy_authorization : &copy->authorization, g_strdup(value));
}

void call_invitation_be_silent(CallInvitation *copy)
{
    set_text(&copy->authorization, NULL);
    set_text(&copy->proxy_authorization, NULL);
}

void call_invitation_redirect(CallInvitation *copy, const char *uri)
{
    set_text(&copy->uri, g_strdup(uri));
    call_invitation_be_silent(copy);
}

void call_invitation_drop_history(CallInvitation *copy)
{
    g_clear_pointer(&copy->history, g_bytes_unref);
    call_invitation_be_silent(copy);
}

// Who does not know such lists is to take the description all the same (RFC 5364 7).
char *call_invitation_write_body(const CallInvitation *self, const char *sdp, char **type)
{
    if (self->history == NULL) {
        *type = g_strdup("application/sdp");
        return g_strdup(sdp);
    }
    g_auto(MimePart) description = {0}, history = {0};
    g_autoptr(GBytes) octets = g_bytes_new_static(sdp, strlen(sdp));
    mime_part_init(&description, "application/sdp", octets, NULL);
    mime_part_init(&history, RESOURCE_LISTS_TYPE, self->history, NULL);
    history.disposition = g_strdup("recipient-list-history; handling=optional");
    const MimePart *const parts[] = {&description, &history};
    g_autoptr(GBytes) body = multipart_write(parts, G_N_ELEMENTS(parts), "mixed", type);
    return g_strndup(g_bytes_get_data(body, NULL), g_bytes_get_size(body));
}

void call_invitation_renew(CallInvitation *copy)
{
    set_text(&copy->call_id, g_uuid_string_random());
}

void call_invitation_free(CallInvitation *copy)
{
    if (copy == NULL) {
        return;
    }
    g_free((char *)copy->uri);
    g_free((char *)copy->to);
    g_free((char *)copy->from);
    g_free((char *)copy->contact);
    g_free((char *)copy->call_id);
    g_free((char *)copy->cseq);
    g_free((char *)copy->authorization);
    g_free((char *)copy->proxy_authorization);
    g_free((char *)copy->subject);
    g_free((char *)copy->referred_by);
    g_clear_pointer(&copy->history, g_bytes_unref);
    g_free((char *)copy->user);
    g_free((char *)copy->password);
    g_free(copy);
}
