// SPDX-License-Identifier: MIT
// Disposition notifications; see imdn.h.
#include "sip/body/imdn.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "sip/body/xml_writer.h"

#include <string.h>

#define NS "urn:ietf:params:xml:ns:imdn"

// LIMIT: real ones have less than a thousand octets.
#define OCTETS_MAX (16 * 1024)
// LIMIT: octets of a message-id; ours are far shorter, and so no longer one can be of ours.
#define ID_OCTETS_MAX 1023

// Which notification with which status means what.
static const struct {
    ImdnOutcome outcome;
    const char *notification;
    const char *status;
} OUTCOMES[] = {
    {IMDN_DELIVERED, "delivery-notification", "delivered"},
    {IMDN_FAILED, "delivery-notification", "failed"},
    {IMDN_DISPLAYED, "display-notification", "displayed"},
};

static const char *const NOTIFICATIONS[] = {"delivery-notification", "display-notification",
                                            "processing-notification"};

static const XmlElement *find_notification(const XmlElement *root)
{
    for (size_t i = 0; i < G_N_ELEMENTS(NOTIFICATIONS); i++) {
        const XmlElement *found = xml_find_child(root, NS, NOTIFICATIONS[i]);
        if (found != NULL)
            return found;
    }
    return NULL;
}

// A status may hold elements of others beside the one that counts (11.1.7).
static ImdnOutcome outcome_of(const XmlElement *notification)
{
    const XmlElement *status = xml_find_child(notification, NS, "status");
    for (size_t i = 0; status != NULL && i < G_N_ELEMENTS(OUTCOMES); i++) {
        if (xml_is(notification, NS, OUTCOMES[i].notification) &&
            xml_find_child(status, NS, OUTCOMES[i].status) != NULL)
            return OUTCOMES[i].outcome;
    }
    return IMDN_OTHER;
}

static bool refuse(GError **error, BodyErrorCode code, const char *problem)
{
    body_error_set(error, code, 0, "imdn: %s", problem);
    return false;
}

static bool read_root(Imdn *self, const XmlElement *root, GError **error)
{
    const XmlElement *notification = xml_is(root, NS, "imdn") ? find_notification(root) : NULL;
    if (notification == NULL)
        return refuse(error, BODY_ERROR_WIRE, "no notification");
    g_autofree char *id = xml_dup_child_text(root, NS, "message-id");
    if (id == NULL || *id == '\0')
        return refuse(error, BODY_ERROR_WIRE, "no message-id");
    if (strlen(id) > ID_OCTETS_MAX)
        return refuse(error, BODY_ERROR_LIMIT, "message-id too long");
    self->outcome = outcome_of(notification);
    self->message_id = g_steal_pointer(&id);
    self->datetime = xml_dup_child_text(root, NS, "datetime");
    self->recipient_uri = xml_dup_child_text(root, NS, "recipient-uri");
    self->original_recipient_uri = xml_dup_child_text(root, NS, "original-recipient-uri");
    return true;
}

bool imdn_read(Imdn *self, GBytes *bytes, GError **error)
{
    *self = (Imdn){0};
    g_autoptr(XmlDocument) document = xml_read(bytes, OCTETS_MAX, error);
    return document != NULL && read_root(self, xml_root(document), error);
}

static void write_outcome(XmlWriter *writer, ImdnOutcome outcome)
{
    for (size_t i = 0; i < G_N_ELEMENTS(OUTCOMES); i++) {
        if (OUTCOMES[i].outcome != outcome)
            continue;
        xml_writer_open(writer, OUTCOMES[i].notification);
        xml_writer_open(writer, "status");
        xml_writer_open(writer, OUTCOMES[i].status);
        xml_writer_close(writer);
        xml_writer_close(writer);
        xml_writer_close(writer);
    }
}

GBytes *imdn_write(const Imdn *self)
{
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "imdn");
    xml_writer_attribute(writer, "xmlns", NS);
    xml_writer_element(writer, "message-id", self->message_id);
    xml_writer_element(writer, "datetime", self->datetime);
    xml_writer_element(writer, "recipient-uri", self->recipient_uri);
    xml_writer_element(writer, "original-recipient-uri", self->original_recipient_uri);
    write_outcome(writer, self->outcome);
    xml_writer_close(writer);
    return xml_writer_finish(writer);
}

void imdn_clear(Imdn *self)
{
    g_free(self->message_id);
    g_free(self->datetime);
    g_free(self->recipient_uri);
    g_free(self->original_recipient_uri);
    *self = (Imdn){0};
}
