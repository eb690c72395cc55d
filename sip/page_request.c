// SPDX-License-Identifier: MIT
// One outgoing MESSAGE; see page_request.h.
#include "sip/page_request.h"

#include <string.h>

#include "sip/body/iscomposing.h"
#include "sip/detour.h"
#include "sip/message_body.h"
#include "sip/sipcode.h"
#include "sip/wire_date.h"

// The branch the SIP library makes is 64 bits in 5-bit letters behind the magic cookie.
#define BRANCH_OCTETS (sizeof "z9hG4bK" - 1 + 13)

// The value of a Content-Language header: a language tag or nothing.
static char *language_of(const char *lang)
{
    bool is_tag =
        lang != NULL && *lang != '\0' && strlen(lang) <= 64 &&
        lang[strspn(lang, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] ==
            '\0';
    return is_tag ? g_strdup(lang) : NULL;
}

static char *date_of(const char *stamp)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = stamp != NULL ? g_date_time_new_from_iso8601(stamp, utc) : NULL;
    return time != NULL ? wire_date_write(time) : NULL;
}

static bool body_fill(PageRequest *self, const GateCore *core, const Command *command)
{
    if (command->kind == COMMAND_CHAT_STATE) {
        self->body = (LineBody){.type = g_strdup(ISCOMPOSING_TYPE),
                                .content = message_body_state(&command->f)};
    } else if (command->kind == COMMAND_RECEIPT) {
        self->body = (LineBody){.type = g_strdup("message/cpim"),
                                .content = imdn_book_write(core->imdn, &command->f)};
    } else {
        line_body_init(&self->body, core->route, core->imdn, &command->f);
    }
    return self->body.content != NULL;
}

// A notification goes first where its message wants it to go.
static char *target_of(const GateCore *core, const Command *command)
{
    const char *hop =
        command->kind == COMMAND_RECEIPT ? imdn_book_target(core->imdn, &command->f) : NULL;
    return hop != NULL ? g_strdup(hop) : route_to_uri(core->route, command->f.to);
}

// COMPAT(linphone 5): it notifies unasked, and names the Call-ID of what came without an envelope.
static void note_call_id(const PageRequest *self, GateCore *core, const Command *command,
                         uint32_t cseq)
{
    const Fields *f = &command->f;
    if (command->kind == COMMAND_MESSAGE && cseq == 1 && f->id != NULL &&
        (f->receipt || f->markable)) {
        imdn_book_note_sent(core->imdn, f, self->call_id);
    }
}

static ThreadTableLine next_line(const PageRequest *self, GateCore *core)
{
    return thread_table_next(core->threads, address_bare(self->author), address_bare(self->target),
                             self->thread, g_get_monotonic_time() / 1000);
}

bool page_request_init(PageRequest *self, GateCore *core, const Command *command)
{
    const Fields *fields = &command->f;
    *self = (PageRequest){0};
    g_autofree char *from = route_to_uri(core->route, fields->from);
    g_autofree char *aor = route_to_aor(core->route, fields->to);
    self->uri = target_of(core, command);
    if (from == NULL || aor == NULL || self->uri == NULL) {
        return false;
    }
    self->author = address_ref(fields->from);
    self->target = address_ref(fields->to);
    self->thread = g_strdup(fields->thread);
    ThreadTableLine line = next_line(self, core);
    self->to = g_strdup_printf("<%s>", aor);
    g_autofree char *name = sipcode_quote(fields->nick);
    self->from = g_strdup_printf("%s<%s>;tag=%s", name, from, line.tag);
    self->call_id = g_strdup(line.call_id);
    self->hops = g_strdup_printf("%u", detour_hops(fields->hops));
    self->cseq = g_strdup_printf("%u MESSAGE", line.cseq);
    self->subject = sipcode_clean(fields->subject);
    self->language = language_of(fields->lang);
    self->date = date_of(fields->stamp);
    self->route = agent_route(core->agent, self->uri, &self->transport);
    note_call_id(self, core, command, line.cseq);
    return body_fill(self, core, command);
}

// A line without thread has a Call-ID of its own, whose only request so far was number 1.
void page_request_count(PageRequest *self, GateCore *core)
{
    ThreadTableLine line = next_line(self, core);
    bool is_same = strcmp(line.call_id, self->call_id) == 0;
    g_free(self->cseq);
    self->cseq = g_strdup_printf("%u MESSAGE", is_same ? line.cseq : ++self->sent + 1);
}

void page_request_redirect(PageRequest *self, GateCore *core, const char *uri)
{
    g_free(self->uri);
    self->uri = g_strdup(uri);
    self->route = agent_route(core->agent, uri, &self->transport);
    page_request_count(self, core);
}

void page_request_make_plain(PageRequest *self, const Fields *fields)
{
    line_body_clear(&self->body);
    line_body_init_plain(&self->body, fields);
}

static size_t header_octets(const char *name, const char *value)
{
    return value != NULL ? strlen(name) + strlen(": ") + strlen(value) + strlen("\r\n") : 0;
}

static size_t via_octets(const PageRequest *self, const Agent *agent)
{
    HopTransport transport = self->transport;
    const char *address = agent_address(agent, &transport);
    const char *port = strrchr(address, ':');
    size_t shown = strcmp(port, ":5060") == 0 ? (size_t)(port - address) : strlen(address);
    return strlen("Via: SIP/2.0/UDP ") + shown + strlen(";rport;branch=\r\n") + BRANCH_OCTETS;
}

size_t page_request_octets(const PageRequest *self, const Agent *agent)
{
    size_t body = g_bytes_get_size(self->body.content);
    g_autofree char *length = g_strdup_printf("%zu", body);
    size_t octets = strlen("MESSAGE  SIP/2.0\r\n") + strlen(self->uri) + via_octets(self, agent);
    octets += header_octets("Route", self->route);
    octets += header_octets("Max-Forwards", self->hops);
    octets += header_octets("From", self->from);
    octets += header_octets("To", self->to);
    octets += header_octets("Call-ID", self->call_id);
    octets += header_octets("CSeq", self->cseq);
    octets += header_octets("Subject", self->subject);
    octets += header_octets("Date", self->date);
    octets += header_octets("User-Agent", AGENT_NAME);
    octets += header_octets("Allow", AGENT_ALLOW);
    octets += header_octets("Content-Type", self->body.type);
    octets += header_octets("Content-Language", self->language);
    octets += header_octets("Content-Length", length);
    return octets + strlen("\r\n") + body;
}

void page_request_clear(PageRequest *self)
{
    g_free(self->uri);
    g_free(self->to);
    g_free(self->from);
    g_free(self->call_id);
    g_free(self->hops);
    g_free(self->cseq);
    g_free(self->subject);
    g_free(self->language);
    g_free(self->date);
    line_body_clear(&self->body);
    g_clear_pointer(&self->author, address_unref);
    g_clear_pointer(&self->target, address_unref);
    g_free(self->thread);
    *self = (PageRequest){0};
}
