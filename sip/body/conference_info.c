// SPDX-License-Identifier: MIT
// conference-info documents: first the values, then the reader, then the writer. Words and enums
// meet in one table each. What RFC 4575 allows and we have no use for (sidebars, call-info,
// host-info) is skipped.
#include "sip/body/conference_info.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "sip/body/xml_writer.h"

#include <string.h>

// LIMIT: groupchat row ROSTER-019: documents above 60 kB are normal for large rooms; these are
// huge.
#define OCTETS_MAX (1024 * 1024)

#define NS      "urn:ietf:params:xml:ns:conference-info"
#define NS_XCON "urn:ietf:params:xml:ns:xcon-conference-info"

// The index is the value of the enum; NULL is what is never written.
static const char *const STATES[] = {"full", "partial", "deleted", NULL};
static const char *const STATUSES[] = {
    "",          "pending",         "dialing-out",   "dialing-in",   "alerting", "on-hold",
    "connected", "muted-via-focus", "disconnecting", "disconnected", NULL,
};
static const char *const JOININGS[] = {"", "dialed-in", "dialed-out", "focus-owner", NULL};
static const char *const DISCONNECTIONS[] = {"", "departed", "booted", "failed", "busy", NULL};
static const char *const MEDIA_STATUSES[] = {"",         "recvonly", "sendonly",
                                             "sendrecv", "inactive", NULL};

// Where a reader stands: the namespace the document really uses (NULL for documents without any).
typedef struct Reader {
    const char *ns;
    GError **error;
} Reader;

static void cause_clear(ConferenceInfoCause *cause)
{
    g_free(cause->when);
    g_free(cause->reason);
    g_free(cause->by);
}

static void media_free(void *data)
{
    ConferenceInfoMedia *media = data;
    g_free(media->id);
    g_free(media->type);
    g_free(media);
}

static void endpoint_free(void *data)
{
    ConferenceInfoEndpoint *endpoint = data;
    g_free(endpoint->entity);
    g_free(endpoint->display_text);
    cause_clear(&endpoint->referred);
    cause_clear(&endpoint->joining_info);
    cause_clear(&endpoint->disconnection_info);
    g_ptr_array_unref(endpoint->media);
    g_free(endpoint);
}

static void user_free(void *data)
{
    ConferenceInfoUser *user = data;
    g_free(user->entity);
    g_free(user->nickname);
    g_free(user->display_text);
    g_ptr_array_unref(user->aors);
    g_ptr_array_unref(user->roles);
    g_ptr_array_unref(user->endpoints);
    g_free(user);
}

void conference_info_init(ConferenceInfo *self, const char *entity)
{
    *self = (ConferenceInfo){
        .entity = g_strdup(entity),
        .maximum_user_count = -1,
        .user_count = -1,
        .users = g_ptr_array_new_with_free_func(user_free),
    };
}

void conference_info_clear(ConferenceInfo *self)
{
    g_free(self->entity);
    g_free(self->display_text);
    g_free(self->subject);
    g_free(self->free_text);
    g_clear_pointer(&self->users, g_ptr_array_unref);
    *self = (ConferenceInfo){0};
}

ConferenceInfoUser *conference_info_add_user(ConferenceInfo *self, const char *entity)
{
    ConferenceInfoUser *user = g_new(ConferenceInfoUser, 1);
    *user = (ConferenceInfoUser){
        .entity = g_strdup(entity),
        .aors = g_ptr_array_new_with_free_func(g_free),
        .roles = g_ptr_array_new_with_free_func(g_free),
        .endpoints = g_ptr_array_new_with_free_func(endpoint_free),
    };
    self->has_users = true;
    g_ptr_array_add(self->users, user);
    return user;
}

ConferenceInfoEndpoint *conference_info_add_endpoint(ConferenceInfoUser *user, const char *entity)
{
    ConferenceInfoEndpoint *endpoint = g_new(ConferenceInfoEndpoint, 1);
    *endpoint = (ConferenceInfoEndpoint){
        .entity = g_strdup(entity),
        .media = g_ptr_array_new_with_free_func(media_free),
    };
    g_ptr_array_add(user->endpoints, endpoint);
    return endpoint;
}

ConferenceInfoMedia *conference_info_add_media(ConferenceInfoEndpoint *endpoint, const char *id)
{
    ConferenceInfoMedia *media = g_new(ConferenceInfoMedia, 1);
    *media = (ConferenceInfoMedia){.id = g_strdup(id)};
    g_ptr_array_add(endpoint->media, media);
    return media;
}

// Reading

static bool refuse(Reader *reader, const char *problem)
{
    body_error_set(reader->error, BODY_ERROR_WIRE, 0, "conference-info: %s", problem);
    return false;
}

static unsigned find_word(const char *const words[], const char *word, unsigned otherwise)
{
    for (unsigned i = 0; word != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return otherwise;
}

static unsigned read_word(Reader *reader, const XmlElement *parent, const char *name,
                          const char *const words[])
{
    g_autofree char *text = xml_dup_child_text(parent, reader->ns, name);
    return find_word(words, text, 0);
}

// RFC 4575 4.4: absent means full.
static bool read_state(Reader *reader, const XmlElement *element, ConferenceInfoState *state)
{
    const char *word = xml_find_attribute(element, NULL, "state");
    unsigned found = word != NULL ? find_word(STATES, word, G_MAXUINT) : CONFERENCE_INFO_FULL;
    if (found == G_MAXUINT)
        return refuse(reader, "unknown state");
    *state = (ConferenceInfoState)found;
    return true;
}

static int64_t read_count(Reader *reader, const XmlElement *parent, const char *name)
{
    g_autofree char *text = xml_dup_child_text(parent, reader->ns, name);
    guint64 count;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &count, NULL))
        return -1;
    return (int64_t)count;
}

static ConferenceInfoFlag read_flag(Reader *reader, const XmlElement *parent, const char *name)
{
    g_autofree char *text = xml_dup_child_text(parent, reader->ns, name);
    if (g_strcmp0(text, "true") == 0 || g_strcmp0(text, "1") == 0)
        return CONFERENCE_INFO_FLAG_TRUE;
    if (g_strcmp0(text, "false") == 0 || g_strcmp0(text, "0") == 0)
        return CONFERENCE_INFO_FLAG_FALSE;
    return CONFERENCE_INFO_FLAG_ABSENT;
}

static void read_cause(Reader *reader, const XmlElement *parent, const char *name,
                       ConferenceInfoCause *cause)
{
    const XmlElement *element = xml_find_child(parent, reader->ns, name);
    if (element == NULL)
        return;
    cause->when = xml_dup_child_text(element, reader->ns, "when");
    cause->reason = xml_dup_child_text(element, reader->ns, "reason");
    cause->by = xml_dup_child_text(element, reader->ns, "by");
}

static bool read_media(Reader *reader, const XmlElement *element, ConferenceInfoEndpoint *endpoint)
{
    const char *id = xml_find_attribute(element, NULL, "id");
    if (id == NULL)
        return refuse(reader, "media without id");
    ConferenceInfoMedia *media = conference_info_add_media(endpoint, id);
    media->type = xml_dup_child_text(element, reader->ns, "type");
    media->status = (ConferenceInfoMediaStatus)read_word(reader, element, "status", MEDIA_STATUSES);
    return true;
}

static bool read_endpoint(Reader *reader, const XmlElement *element, ConferenceInfoUser *user)
{
    const char *entity = xml_find_attribute(element, NULL, "entity");
    if (entity == NULL)
        return refuse(reader, "endpoint without entity");
    ConferenceInfoEndpoint *endpoint = conference_info_add_endpoint(user, entity);
    if (!read_state(reader, element, &endpoint->state))
        return false;
    if (endpoint->state == CONFERENCE_INFO_DELETED)
        return true;
    endpoint->display_text = xml_dup_child_text(element, reader->ns, "display-text");
    read_cause(reader, element, "referred", &endpoint->referred);
    endpoint->status = (ConferenceInfoStatus)read_word(reader, element, "status", STATUSES);
    endpoint->joining_method =
        (ConferenceInfoJoining)read_word(reader, element, "joining-method", JOININGS);
    read_cause(reader, element, "joining-info", &endpoint->joining_info);
    endpoint->disconnection_method = (ConferenceInfoDisconnection)read_word(
        reader, element, "disconnection-method", DISCONNECTIONS);
    read_cause(reader, element, "disconnection-info", &endpoint->disconnection_info);
    const XmlElement *media = xml_find_child(element, reader->ns, "media");
    for (; media != NULL; media = xml_find_next(media)) {
        if (!read_media(reader, media, endpoint))
            return false;
    }
    return true;
}

// The entries of <associated-aors> carry their text in <uri>, those of <roles> directly.
static void read_entries(Reader *reader, const XmlElement *parent, const char *name,
                         const char *inner, GPtrArray *texts)
{
    const XmlElement *list = xml_find_child(parent, reader->ns, name);
    const XmlElement *entry = list != NULL ? xml_find_child(list, reader->ns, "entry") : NULL;
    for (; entry != NULL; entry = xml_find_next(entry)) {
        char *text = inner != NULL ? xml_dup_child_text(entry, reader->ns, inner)
                                   : g_strstrip(g_strdup(entry->text->str));
        if (text != NULL)
            g_ptr_array_add(texts, text);
    }
}

static bool read_user(Reader *reader, const XmlElement *element, ConferenceInfo *info)
{
    const char *entity = xml_find_attribute(element, NULL, "entity");
    if (entity == NULL)
        return refuse(reader, "user without entity");
    ConferenceInfoUser *user = conference_info_add_user(info, entity);
    if (!read_state(reader, element, &user->state))
        return false;
    if (user->state == CONFERENCE_INFO_DELETED)
        return true;
    user->nickname = g_strdup(xml_find_attribute(element, NS_XCON, "nickname"));
    user->display_text = xml_dup_child_text(element, reader->ns, "display-text");
    read_entries(reader, element, "associated-aors", "uri", user->aors);
    read_entries(reader, element, "roles", NULL, user->roles);
    const XmlElement *endpoint = xml_find_child(element, reader->ns, "endpoint");
    for (; endpoint != NULL; endpoint = xml_find_next(endpoint)) {
        if (!read_endpoint(reader, endpoint, user))
            return false;
    }
    return true;
}

static bool read_users(Reader *reader, const XmlElement *root, ConferenceInfo *info)
{
    const XmlElement *users = xml_find_child(root, reader->ns, "users");
    if (users == NULL)
        return true;
    info->has_users = true;
    if (!read_state(reader, users, &info->users_state))
        return false;
    if (info->users_state == CONFERENCE_INFO_DELETED)
        return true;
    const XmlElement *user = xml_find_child(users, reader->ns, "user");
    for (; user != NULL; user = xml_find_next(user)) {
        if (!read_user(reader, user, info))
            return false;
    }
    return true;
}

static void read_description(Reader *reader, const XmlElement *root, ConferenceInfo *info)
{
    const XmlElement *element = xml_find_child(root, reader->ns, "conference-description");
    if (element == NULL)
        return;
    info->has_description = true;
    info->display_text = xml_dup_child_text(element, reader->ns, "display-text");
    info->subject = xml_dup_child_text(element, reader->ns, "subject");
    info->free_text = xml_dup_child_text(element, reader->ns, "free-text");
    info->maximum_user_count = read_count(reader, element, "maximum-user-count");
}

static void read_conference_state(Reader *reader, const XmlElement *root, ConferenceInfo *info)
{
    const XmlElement *element = xml_find_child(root, reader->ns, "conference-state");
    if (element == NULL)
        return;
    info->has_state = true;
    info->user_count = read_count(reader, element, "user-count");
    info->active = read_flag(reader, element, "active");
    info->locked = read_flag(reader, element, "locked");
}

// RFC 4575 4.3: the version must be there, whatever its schema says.
static bool read_root(Reader *reader, const XmlElement *root, ConferenceInfo *info)
{
    const char *entity = xml_find_attribute(root, NULL, "entity");
    const char *version = xml_find_attribute(root, NULL, "version");
    guint64 number;
    if (entity == NULL)
        return refuse(reader, "no entity");
    if (version == NULL || !g_ascii_string_to_unsigned(version, 10, 0, UINT32_MAX, &number, NULL))
        return refuse(reader, "no version");
    conference_info_init(info, entity);
    info->version = (uint32_t)number;
    if (!read_state(reader, root, &info->state))
        return false;
    if (info->state == CONFERENCE_INFO_DELETED)
        return true;
    read_description(reader, root, info);
    read_conference_state(reader, root, info);
    return read_users(reader, root, info);
}

static bool find_namespace(Reader *reader, const XmlElement *root, bool accept_no_ns)
{
    if (xml_is(root, NS, "conference-info"))
        reader->ns = NS;
    else if (!accept_no_ns || !xml_is(root, NULL, "conference-info"))
        return refuse(reader, "root element is another one");
    return true;
}

bool conference_info_read(ConferenceInfo *self, GBytes *bytes, bool accept_no_ns, GError **error)
{
    *self = (ConferenceInfo){0};
    g_autoptr(XmlDocument) document = xml_read(bytes, OCTETS_MAX, error);
    if (document == NULL)
        return false;
    Reader reader = {.error = error};
    const XmlElement *root = xml_root(document);
    if (find_namespace(&reader, root, accept_no_ns) && read_root(&reader, root, self))
        return true;
    conference_info_clear(self);
    return false;
}

// Writing

static void write_word(XmlWriter *out, const char *name, const char *const words[], unsigned value)
{
    if (value != 0)
        xml_writer_element(out, name, words[value]);
}

static void write_count(XmlWriter *out, const char *name, int64_t count)
{
    if (count < 0)
        return;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, count);
    xml_writer_element(out, name, text);
}

static void write_flag(XmlWriter *out, const char *name, ConferenceInfoFlag flag)
{
    if (flag != CONFERENCE_INFO_FLAG_ABSENT)
        xml_writer_element(out, name, flag == CONFERENCE_INFO_FLAG_TRUE ? "true" : "false");
}

static void write_cause(XmlWriter *out, const char *name, const ConferenceInfoCause *cause)
{
    if (cause->when == NULL && cause->reason == NULL && cause->by == NULL)
        return;
    xml_writer_open(out, name);
    xml_writer_element(out, "when", cause->when);
    xml_writer_element(out, "reason", cause->reason);
    xml_writer_element(out, "by", cause->by);
    xml_writer_close(out);
}

static void write_media(XmlWriter *out, const ConferenceInfoMedia *media)
{
    xml_writer_open(out, "media");
    xml_writer_attribute(out, "id", media->id);
    xml_writer_element(out, "type", media->type);
    write_word(out, "status", MEDIA_STATUSES, media->status);
    xml_writer_close(out);
}

static void write_endpoint_children(XmlWriter *out, const ConferenceInfoEndpoint *endpoint)
{
    xml_writer_element(out, "display-text", endpoint->display_text);
    write_cause(out, "referred", &endpoint->referred);
    write_word(out, "status", STATUSES, endpoint->status);
    write_word(out, "joining-method", JOININGS, endpoint->joining_method);
    write_cause(out, "joining-info", &endpoint->joining_info);
    write_word(out, "disconnection-method", DISCONNECTIONS, endpoint->disconnection_method);
    write_cause(out, "disconnection-info", &endpoint->disconnection_info);
    for (unsigned i = 0; i < endpoint->media->len; i++)
        write_media(out, endpoint->media->pdata[i]);
}

static void write_endpoint(XmlWriter *out, const ConferenceInfoEndpoint *endpoint)
{
    xml_writer_open(out, "endpoint");
    xml_writer_attribute(out, "entity", endpoint->entity);
    xml_writer_attribute(out, "state", STATES[endpoint->state]);
    if (endpoint->state != CONFERENCE_INFO_DELETED)
        write_endpoint_children(out, endpoint);
    xml_writer_close(out);
}

static void write_aors(XmlWriter *out, const GPtrArray *aors)
{
    if (aors->len == 0)
        return;
    xml_writer_open(out, "associated-aors");
    for (unsigned i = 0; i < aors->len; i++) {
        xml_writer_open(out, "entry");
        xml_writer_element(out, "uri", aors->pdata[i]);
        xml_writer_close(out);
    }
    xml_writer_close(out);
}

static void write_roles(XmlWriter *out, const GPtrArray *roles)
{
    if (roles->len == 0)
        return;
    xml_writer_open(out, "roles");
    for (unsigned i = 0; i < roles->len; i++)
        xml_writer_element(out, "entry", roles->pdata[i]);
    xml_writer_close(out);
}

static void write_user(XmlWriter *out, const ConferenceInfoUser *user)
{
    xml_writer_open(out, "user");
    xml_writer_attribute(out, "entity", user->entity);
    xml_writer_attribute(out, "state", STATES[user->state]);
    if (user->state != CONFERENCE_INFO_DELETED) {
        xml_writer_attribute(out, "xcon:nickname", user->nickname);
        xml_writer_element(out, "display-text", user->display_text);
        write_aors(out, user->aors);
        write_roles(out, user->roles);
        for (unsigned i = 0; i < user->endpoints->len; i++)
            write_endpoint(out, user->endpoints->pdata[i]);
    }
    xml_writer_close(out);
}

static void write_description(XmlWriter *out, const ConferenceInfo *self)
{
    if (!self->has_description)
        return;
    xml_writer_open(out, "conference-description");
    xml_writer_element(out, "display-text", self->display_text);
    xml_writer_element(out, "subject", self->subject);
    xml_writer_element(out, "free-text", self->free_text);
    write_count(out, "maximum-user-count", self->maximum_user_count);
    xml_writer_close(out);
}

static void write_conference_state(XmlWriter *out, const ConferenceInfo *self)
{
    if (self->user_count < 0 && self->active == CONFERENCE_INFO_FLAG_ABSENT &&
        self->locked == CONFERENCE_INFO_FLAG_ABSENT)
        return;
    xml_writer_open(out, "conference-state");
    write_count(out, "user-count", self->user_count);
    write_flag(out, "active", self->active);
    write_flag(out, "locked", self->locked);
    xml_writer_close(out);
}

static void write_users(XmlWriter *out, const ConferenceInfo *self)
{
    if (!self->has_users)
        return;
    xml_writer_open(out, "users");
    xml_writer_attribute(out, "state", STATES[self->users_state]);
    for (unsigned i = 0; self->users_state != CONFERENCE_INFO_DELETED && i < self->users->len; i++)
        write_user(out, self->users->pdata[i]);
    xml_writer_close(out);
}

GBytes *conference_info_write(const ConferenceInfo *self)
{
    g_autofree char *version = g_strdup_printf("%u", self->version);
    XmlWriter *out = xml_writer_new();
    xml_writer_open(out, "conference-info");
    xml_writer_attribute(out, "xmlns", NS);
    xml_writer_attribute(out, "xmlns:xcon", NS_XCON);
    xml_writer_attribute(out, "entity", self->entity);
    xml_writer_attribute(out, "state", STATES[self->state]);
    xml_writer_attribute(out, "version", version);
    if (self->state != CONFERENCE_INFO_DELETED) {
        write_description(out, self);
        write_conference_state(out, self);
        write_users(out, self);
    }
    xml_writer_close(out);
    return xml_writer_finish(out);
}
