// SPDX-License-Identifier: MIT
// Lists of recipients in requests; see invitees.h.
#include "sip/invitees.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

#include "sip/body/multipart.h"
#include "sip/body/resource_lists.h"

static void unref(void *address)
{
    address_unref(address);
}

static bool read_whole(MimePart *whole, const sip_t *sip)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const sip_payload_t *payload = sip->sip_payload;
    const char *type = sip_header_as_string(home, (const sip_header_t *)sip->sip_content_type);
    bool read = false;
    if (payload != NULL && type != NULL) {
        g_autoptr(GBytes) body = g_bytes_new(payload->pl_data, payload->pl_len);
        read = mime_part_init(whole, type, body, NULL);
    }
    su_home_deinit(home);
    return read;
}

static bool is_wanted(const MimePart *part, const char *content_id)
{
    if (content_id != NULL) {
        return g_strcmp0(part->id, content_id) == 0;
    }
    return part->disposition != NULL &&
           g_ascii_strncasecmp(part->disposition, "recipient-list", strlen("recipient-list")) == 0;
}

// A body that is the list alone needs no name (RFC 5368 5).
static GBytes *find_list(const MimePart *whole, const char *content_id)
{
    g_autoptr(GPtrArray) parts = NULL;
    if (content_type_is(&whole->type, RESOURCE_LISTS_TYPE)) {
        return g_bytes_ref(whole->content);
    }
    if (!content_type_is(&whole->type, "multipart/*") || !multipart_read(&parts, whole, NULL)) {
        return NULL;
    }
    for (guint i = 0; i < parts->len; i++) {
        const MimePart *part = parts->pdata[i];
        if (content_type_is(&part->type, RESOURCE_LISTS_TYPE) && is_wanted(part, content_id)) {
            return g_bytes_ref(part->content);
        }
    }
    return NULL;
}

static bool has_address(const GPtrArray *list, const Address *address)
{
    for (guint i = 0; i < list->len; i++) {
        if (address_equal(list->pdata[i], address)) {
            return true;
        }
    }
    return false;
}

static GPtrArray *addresses_of(const GateCore *core, const GPtrArray *entries)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(unref);
    for (guint i = 0; i < entries->len; i++) {
        const ResourceListsEntry *entry = entries->pdata[i];
        g_autoptr(Address) address = route_from_uri(core->route, entry->uri, true, NULL, NULL);
        if (address != NULL && !has_address(list, address)) {
            g_ptr_array_add(list, g_steal_pointer(&address));
        }
    }
    return list;
}

static Invitees *invitees_new(const GateCore *core, const GPtrArray *entries)
{
    Invitees *self = g_rc_box_new0(Invitees);
    self->people = addresses_of(core, entries);
    self->history = resource_lists_write_history(entries);
    return self;
}

static void clear(void *data)
{
    Invitees *self = data;
    g_ptr_array_unref(self->people);
    g_clear_pointer(&self->history, g_bytes_unref);
}

Invitees *invitees_ref(Invitees *self)
{
    return self != NULL ? g_rc_box_acquire(self) : NULL;
}

void invitees_unref(Invitees *self)
{
    if (self != NULL) {
        g_rc_box_release_full(self, clear);
    }
}

int invitees_read(Invitees **list, const GateCore *core, const struct sip_s *sip,
                  const char *content_id)
{
    g_auto(MimePart) whole = {0};
    g_autoptr(GBytes) found = read_whole(&whole, sip) ? find_list(&whole, content_id) : NULL;
    g_autoptr(GPtrArray) entries = found != NULL ? resource_lists_read(found, NULL) : NULL;
    if (entries == NULL) {
        return 400;
    }
    if (entries->len > (guint)core->settings->max_list) {
        return 403;
    }
    *list = invitees_new(core, entries);
    return 0;
}
