// SPDX-License-Identifier: MIT
// What a call reads out of messages; see call_message.h.
#include "sip/call_message.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/url.h>

#include "mapping/uri.h"
#include "sip/body/multipart.h"
#include "sip/sipcode.h"

bool call_message_sdp(const struct sip_s *sip, GBytes **sdp)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_auto(MimePart) whole = {0};
    g_autoptr(GPtrArray) parts = NULL;
    const sip_payload_t *payload = sip->sip_payload;
    if (payload == NULL || payload->pl_len == 0) {
        return true;
    }
    g_autoptr(GBytes) body = g_bytes_new(payload->pl_data, payload->pl_len);
    const char *type = sip_header_as_string(home, (const sip_header_t *)sip->sip_content_type);
    bool read = type != NULL && mime_part_init(&whole, type, body, NULL);
    su_home_deinit(home);
    if (read && content_type_is(&whole.type, "application/sdp")) {
        *sdp = g_steal_pointer(&body);
    } else if (read && content_type_is(&whole.type, "multipart/*") &&
               multipart_read(&parts, &whole, NULL)) {
        for (guint i = 0; i < parts->len && *sdp == NULL; i++) {
            const MimePart *part = parts->pdata[i];
            if (content_type_is(&part->type, "application/sdp")) {
                *sdp = g_bytes_ref(part->content);
            }
        }
    }
    return *sdp != NULL;
}

char *call_message_target(const struct sip_s *sip)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    char *uri = NULL;
    if (sip->sip_contact != NULL) {
        uri = g_strdup(url_as_string(home, sip->sip_contact->m_url));
    }
    su_home_deinit(home);
    return uri;
}

char *call_message_instance(const struct sip_s *sip)
{
    const sip_contact_t *contact = sip->sip_contact;
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_auto(Uri) uri = {0};
    int status;
    if (contact == NULL) {
        return NULL;
    }
    const char *text = url_as_string(home, contact->m_url);
    const char *named = msg_header_find_param(contact->m_common, "+sip.instance=");
    char *instance = NULL;
    if (text != NULL && uri_parse(&uri, text, &status) && uri.instance != NULL) {
        instance = g_strdup(uri.instance);
    } else if (named != NULL && g_str_has_prefix(named, "\"<")) {
        instance = g_strndup(named + 2, strcspn(named + 2, ">"));
    }
    su_home_deinit(home);
    return instance;
}

bool call_message_is_focus(const struct sip_s *sip)
{
    return sip->sip_contact != NULL &&
           msg_header_find_param(sip->sip_contact->m_common, "isfocus") != NULL;
}

int call_message_cause(const struct sip_s *sip)
{
    const sip_reason_t *reason = sip != NULL ? sip->sip_reason : NULL;
    bool is_sip = reason != NULL && reason->re_protocol != NULL && reason->re_cause != NULL &&
                  g_ascii_strcasecmp(reason->re_protocol, "SIP") == 0;
    guint64 cause = 0;
    bool read = is_sip && g_ascii_string_to_unsigned(reason->re_cause, 10, 100, 699, &cause, NULL);
    return read ? (int)cause : 0;
}

char *call_message_reason(const struct sip_s *sip)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const char *value = sip != NULL && sip->sip_reason != NULL
                            ? sip_header_as_string(home, (const sip_header_t *)sip->sip_reason)
                            : NULL;
    char *text = sipcode_reason_text(value);
    su_home_deinit(home);
    return text;
}
