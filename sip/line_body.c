// SPDX-License-Identifier: MIT
// Content of lines; see line_body.h.
#include "sip/line_body.h"

#include <string.h>

#include "sip/body/ft_http.h"
#include "sip/body/html_text.h"
#include "sip/body/multipart.h"
#include "sip/body/plain_text.h"
#include "sip/message_body.h"

// LIMIT: languages of one line.
#define BODIES_MAX 16

// The same words as HTML, made safe: only what XEP-0071 recommends passes.
static GBytes *html_of(const char *xhtml)
{
    g_auto(HtmlText) html = {0};
    g_autoptr(GBytes) given = g_bytes_new(xhtml, strlen(xhtml));
    if (!html_text_read(&html, given, NULL, NULL) || html.xhtml == NULL) {
        return NULL;
    }
    char *page = g_strdup_printf("<html><body>%s</body></html>", html.xhtml);
    return g_bytes_new_take(page, strlen(page));
}

static void add_part(GPtrArray *parts, const char *type, GBytes *content, const char *lang)
{
    MimePart *part = g_new0(MimePart, 1);
    mime_part_init(part, type, content, NULL);
    part->language = g_strdup(lang);
    g_ptr_array_add(parts, part);
}

// The same in other languages comes first: who knows none of this shows the last part (RFC 2046
// 5.1.4).
static void add_bodies(GPtrArray *parts, const char *bodies)
{
    g_auto(GStrv) entries = g_strsplit(bodies != NULL ? bodies : "", "\036", BODIES_MAX);
    for (char **entry = entries; *entry != NULL; entry++) {
        char *text = strchr(*entry, '\037');
        if (text != NULL) {
            *text++ = '\0';
            g_autoptr(GBytes) content = plain_text_write(text);
            add_part(parts, LINE_BODY_PLAIN, content, *entry);
        }
    }
}

static bool write_alternatives(LineBody *self, GBytes *plain, const Fields *fields)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(mime_part_free);
    g_autoptr(GBytes) html = fields->html != NULL ? html_of(fields->html) : NULL;
    add_bodies(parts, fields->bodies);
    add_part(parts, LINE_BODY_PLAIN, plain, fields->lang);
    if (html != NULL) {
        add_part(parts, "text/html;charset=UTF-8", html, fields->lang);
    }
    if (parts->len == 1) {
        return false;
    }
    self->content = multipart_write((const MimePart *const *)parts->pdata, parts->len, "alternative",
                                    &self->type);
    return true;
}

bool line_body_is_file(const Fields *fields)
{
    return fields->url != NULL && fields->file_name != NULL && fields->file_type != NULL &&
           fields->file_size > 0;
}

// Only what is known is told, and only a whole is worth more than its link (EXT-15).
static bool write_file(LineBody *self, const Fields *fields)
{
    if (!line_body_is_file(fields)) {
        return false;
    }
    self->content = ft_http_write(&(FtHttp){.url = fields->url,
                                            .name = fields->file_name,
                                            .type = fields->file_type,
                                            .size = fields->file_size});
    self->type = g_strdup(FT_HTTP_TYPE);
    return true;
}

// In a room it is the occupant who speaks, whatever address the line comes from.
static char *author_of(const Route *route, const Fields *fields)
{
    g_autoptr(Address) occupant = fields->room != NULL && fields->nick != NULL
                                      ? address_with_resource(fields->room, fields->nick)
                                      : NULL;
    return occupant != NULL ? route_to_uri(route, occupant) : route_to_aor(route, fields->from);
}

static void wrap(LineBody *self, const Route *route, ImdnBook *imdn, const Fields *fields)
{
    g_autofree char *id = NULL;
    const char *wishes = imdn_book_ask(imdn, fields, &id);
    g_autofree char *to = route_to_aor(route, fields->to);
    g_autofree char *from = author_of(route, fields);
    g_autofree char *type = g_steal_pointer(&self->type);
    g_autoptr(GBytes) content = g_steal_pointer(&self->content);
    self->content = message_body_wrap(&(MessageBodyEnvelope){.to = to,
                                                             .from_name = fields->nick,
                                                             .from = from,
                                                             .stamp = fields->stamp,
                                                             .subject = fields->subject,
                                                             .lang = fields->lang,
                                                             .type = type,
                                                             .content = content,
                                                             .message_id = id,
                                                             .wishes = wishes});
    self->type = g_strdup("message/cpim");
}

void line_body_init_plain(LineBody *self, const Fields *fields)
{
    *self = (LineBody){.type = g_strdup(LINE_BODY_PLAIN),
                       .content = plain_text_write(fields->body != NULL ? fields->body : "")};
}

void line_body_init(LineBody *self, const Route *route, ImdnBook *imdn, const Fields *fields)
{
    *self = (LineBody){0};
    g_autoptr(GBytes) plain = plain_text_write(fields->body != NULL ? fields->body : "");
    if (!write_file(self, fields) && !write_alternatives(self, plain, fields)) {
        self->content = g_bytes_ref(plain);
        self->type = g_strdup(LINE_BODY_PLAIN);
    }
    if (fields->wrapped) {
        wrap(self, route, imdn, fields);
    }
    self->is_rich = strcmp(self->type, LINE_BODY_PLAIN) != 0;
}

void line_body_clear(LineBody *self)
{
    g_free(self->type);
    g_clear_pointer(&self->content, g_bytes_unref);
    *self = (LineBody){0};
}
