// SPDX-License-Identifier: MIT
// Two outputs from one stream of tokens. Nothing is written when a tag opens, only when there is
// text to be inside it: the elements that are wanted stand on two stacks (containers, inlines) with
// a mark whether they are written yet, so whatever the nesting was, what comes out is well formed
// and never empty. Recommended elements of XEP-0071 7.8 only, without style and images.
#include "sip/body/html_text.h"

#include "sip/body/html_token.h"
#include "sip/body/plain_text.h"

#include <string.h>

// LIMIT: open elements of each of the two kinds, so that our output stays within the depth we read
// ourselves (32); deeper markup has no XHTML form, only a plain one.
#define DEPTH_MAX 12
// LIMIT: XHTML we are ready to put into a stanza; beyond it there is only the plain form.
#define XHTML_OCTETS_MAX (64 * 1024)

// LIMIT: the target of a link, which is written again in each block the link goes through.
#define HREF_OCTETS_MAX 2048

typedef enum {
    ROLE_BLOCK,     // its content starts and ends on a line of its own; a <p> where it holds text
    ROLE_CONTAINER, // holds blocks: blockquote, lists, items
    ROLE_INLINE,
    ROLE_LINK,
    ROLE_BREAK,
    ROLE_IMAGE,
} Role;

typedef struct Kind {
    const char *html;
    Role role;
    const char *xhtml; // name in the output; NULL where the role decides
} Kind;

typedef struct Open {
    const Kind *kind;
    char *href;   // owned; links only
    bool written; // its start tag is in the output
} Open;

typedef struct Stack {
    Open items[DEPTH_MAX];
    unsigned count;
} Stack;

typedef struct Builder {
    GString *plain;
    GString *xhtml;
    bool xhtml_lost; // beyond a bound
    Stack containers;
    Stack inlines;
    bool in_paragraph;
    bool item_break;   // the text to come is a second block of the same list item
    bool line_pending; // a block boundary was passed since the last text
    bool line_empty;   // nothing on this line yet
    bool space_pending;
    unsigned preformatted; // how many <pre> are open
    bool skip_newline;     // directly after <pre>
} Builder;

static const Kind KINDS[] = {
    {"a", ROLE_LINK, "a"},
    {"b", ROLE_INLINE, "strong"},
    {"strong", ROLE_INLINE, "strong"},
    {"i", ROLE_INLINE, "em"},
    {"em", ROLE_INLINE, "em"},
    {"cite", ROLE_INLINE, "cite"},
    {"br", ROLE_BREAK, NULL},
    {"img", ROLE_IMAGE, NULL},
    {"blockquote", ROLE_CONTAINER, "blockquote"},
    {"ul", ROLE_CONTAINER, "ul"},
    {"ol", ROLE_CONTAINER, "ol"},
    {"li", ROLE_CONTAINER, "li"},
    {"p", ROLE_BLOCK, NULL},
    {"div", ROLE_BLOCK, NULL},
    {"pre", ROLE_BLOCK, NULL},
    {"h1", ROLE_BLOCK, NULL},
    {"h2", ROLE_BLOCK, NULL},
    {"h3", ROLE_BLOCK, NULL},
    {"h4", ROLE_BLOCK, NULL},
    {"h5", ROLE_BLOCK, NULL},
    {"h6", ROLE_BLOCK, NULL},
    {"hr", ROLE_BLOCK, NULL},
    {"address", ROLE_BLOCK, NULL},
    {"dl", ROLE_BLOCK, NULL},
    {"dt", ROLE_BLOCK, NULL},
    {"dd", ROLE_BLOCK, NULL},
    {"table", ROLE_BLOCK, NULL},
    {"tr", ROLE_BLOCK, NULL},
    {"td", ROLE_BLOCK, NULL},
    {"th", ROLE_BLOCK, NULL},
};

static const Kind *find_kind(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        if (strcmp(KINDS[i].html, name) == 0)
            return &KINDS[i];
    }
    return NULL;
}

// Links that do something else than open a page, a chat or a letter are no links for us.
static bool is_allowed_link(const char *href)
{
    static const char *const schemes[] = {"http:", "https:", "xmpp:", "mailto:"};
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strncasecmp(href, schemes[i], strlen(schemes[i])) == 0)
            return strpbrk(href, " \t\r\n") == NULL && strlen(href) <= HREF_OCTETS_MAX;
    }
    return false;
}

// The XHTML side

static void put(Builder *builder, const char *text)
{
    if (builder->xhtml->len > XHTML_OCTETS_MAX)
        builder->xhtml_lost = true;
    if (!builder->xhtml_lost)
        g_string_append(builder->xhtml, text);
}

static void put_char(Builder *builder, gunichar c)
{
    char text[7] = "";
    g_unichar_to_utf8(c, text);
    if (c == '&')
        put(builder, "&amp;");
    else if (c == '<')
        put(builder, "&lt;");
    else if (c == '>')
        put(builder, "&gt;");
    else if (c == '\'')
        put(builder, "&#39;");
    else
        put(builder, text);
}

// Once the XHTML is lost nothing is written any more, so links cost nothing any more either.
static void put_start(Builder *builder, Open *open)
{
    if (builder->xhtml_lost)
        return;
    put(builder, "<");
    put(builder, open->kind->xhtml);
    if (open->href != NULL) {
        put(builder, " href='");
        for (const char *at = open->href; *at != '\0'; at = g_utf8_next_char(at))
            put_char(builder, g_utf8_get_char(at));
        put(builder, "'");
    }
    put(builder, ">");
    open->written = true;
}

static void put_end(Builder *builder, Open *open)
{
    if (!open->written)
        return;
    put(builder, "</");
    put(builder, open->kind->xhtml);
    put(builder, ">");
    open->written = false;
}

static void push(Builder *builder, Stack *stack, const Kind *kind, char *owned_href)
{
    if (stack->count == DEPTH_MAX) {
        builder->xhtml_lost = true;
        g_free(owned_href);
        return;
    }
    stack->items[stack->count++] = (Open){.kind = kind, .href = owned_href};
}

static const Kind *top_container(const Builder *builder)
{
    const Stack *stack = &builder->containers;
    return stack->count > 0 ? stack->items[stack->count - 1].kind : NULL;
}

static bool is_item(const Kind *kind)
{
    return kind != NULL && strcmp(kind->html, "li") == 0;
}

static bool is_list(const Kind *kind)
{
    return kind != NULL && (strcmp(kind->html, "ul") == 0 || strcmp(kind->html, "ol") == 0);
}

// Inlines stay wanted: they are opened again in the next block that has text.
static void suspend_inlines(Builder *builder, unsigned from)
{
    for (unsigned i = builder->inlines.count; i > from; i--)
        put_end(builder, &builder->inlines.items[i - 1]);
}

static void end_paragraph(Builder *builder)
{
    suspend_inlines(builder, 0);
    if (builder->in_paragraph)
        put(builder, "</p>");
    builder->in_paragraph = false;
}

// Opens whatever the text to come is inside of; text directly in a list gets an item.
static void begin_text(Builder *builder)
{
    if (is_list(top_container(builder)))
        push(builder, &builder->containers, find_kind("li"), NULL);
    for (unsigned i = 0; i < builder->containers.count; i++) {
        if (!builder->containers.items[i].written)
            put_start(builder, &builder->containers.items[i]);
    }
    if (is_item(top_container(builder))) {
        if (builder->item_break)
            put(builder, "<br/>");
    } else if (!builder->in_paragraph) {
        put(builder, "<p>");
        builder->in_paragraph = true;
    }
    builder->item_break = false;
}

static void open_inlines(Builder *builder)
{
    for (unsigned i = 0; i < builder->inlines.count; i++) {
        if (!builder->inlines.items[i].written)
            put_start(builder, &builder->inlines.items[i]);
    }
}

// Both sides

static void boundary(Builder *builder)
{
    end_paragraph(builder);
    if (is_item(top_container(builder)) && !builder->line_empty)
        builder->item_break = true;
    builder->line_pending = true;
    builder->line_empty = true;
    builder->space_pending = false;
}

static void end_plain_line(Builder *builder)
{
    size_t length = builder->plain->len;
    if (builder->line_pending && length > 0 && builder->plain->str[length - 1] != '\n')
        g_string_append_c(builder->plain, '\n');
    builder->line_pending = false;
}

static void on_break(Builder *builder)
{
    end_plain_line(builder);
    g_string_append_c(builder->plain, '\n');
    begin_text(builder);
    open_inlines(builder);
    put(builder, "<br/>");
    builder->line_empty = true;
    builder->space_pending = false;
}

static void write_char(Builder *builder, gunichar c)
{
    end_plain_line(builder);
    begin_text(builder);
    if (builder->space_pending) {
        g_string_append_c(builder->plain, ' ');
        put(builder, " ");
    }
    open_inlines(builder);
    g_string_append_unichar(builder->plain, c);
    put_char(builder, c);
    builder->space_pending = false;
    builder->line_empty = false;
}

static void on_char(Builder *builder, gunichar c)
{
    bool skip = builder->skip_newline && c == '\n';
    builder->skip_newline = false;
    if (skip)
        return;
    bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_space || (builder->preformatted > 0 && c != '\n' && c != '\r'))
        write_char(builder, c);
    else if (builder->preformatted > 0 && c == '\n')
        on_break(builder);
    else
        builder->space_pending = !builder->line_empty;
}

static void on_image(Builder *builder, const HtmlToken *token)
{
    g_autofree char *alt = html_token_dup_attribute(token, "alt");
    for (const char *at = alt; at != NULL && *at != '\0'; at = g_utf8_next_char(at))
        on_char(builder, g_utf8_get_char(at));
}

static void remove_inline(Builder *builder, unsigned index)
{
    Stack *stack = &builder->inlines;
    suspend_inlines(builder, index);
    g_free(stack->items[index].href);
    stack->count--;
    memmove(&stack->items[index], &stack->items[index + 1], (stack->count - index) * sizeof(Open));
}

static void close_inline(Builder *builder, const Kind *kind)
{
    for (unsigned i = builder->inlines.count; i > 0; i--) {
        if (builder->inlines.items[i - 1].kind == kind) {
            remove_inline(builder, i - 1);
            return;
        }
    }
}

static void open_link(Builder *builder, const Kind *kind, const HtmlToken *token)
{
    g_autofree char *href = html_token_dup_attribute(token, "href");
    close_inline(builder, kind); // links do not nest
    if (href != NULL && is_allowed_link(g_strstrip(href)))
        push(builder, &builder->inlines, kind, g_steal_pointer(&href));
}

static void pop_containers(Builder *builder, unsigned down_to)
{
    boundary(builder);
    while (builder->containers.count > down_to)
        put_end(builder, &builder->containers.items[--builder->containers.count]);
    builder->item_break = false;
}

// An end tag closes all that is open inside; one that nothing answers to is a mere boundary.
static void close_container(Builder *builder, const Kind *kind)
{
    for (unsigned i = builder->containers.count; i > 0; i--) {
        const Kind *open = builder->containers.items[i - 1].kind;
        if (open == kind) {
            pop_containers(builder, i - 1);
            return;
        }
        if (is_item(kind) && is_list(open))
            break; // </li> does not reach beyond its list
    }
    boundary(builder);
}

// <li> ends the item before it; anything else directly in a list gets an item around it.
static void open_container(Builder *builder, const Kind *kind)
{
    boundary(builder);
    if (is_item(kind)) {
        if (is_item(top_container(builder)))
            pop_containers(builder, builder->containers.count - 1);
        if (!is_list(top_container(builder)))
            return; // an item of no list: a block
    } else if (is_list(top_container(builder))) {
        push(builder, &builder->containers, find_kind("li"), NULL);
    }
    builder->item_break = false;
    push(builder, &builder->containers, kind, NULL);
}

static void count_preformatted(Builder *builder, const Kind *kind, bool opens)
{
    if (strcmp(kind->html, "pre") != 0)
        return;
    builder->skip_newline = opens;
    if (opens)
        builder->preformatted++;
    else if (builder->preformatted > 0)
        builder->preformatted--;
}

static void on_open(Builder *builder, const Kind *kind, const HtmlToken *token)
{
    switch (kind->role) {
    case ROLE_BLOCK:
        boundary(builder);
        count_preformatted(builder, kind, true);
        break;
    case ROLE_CONTAINER: open_container(builder, kind); break;
    case ROLE_INLINE: push(builder, &builder->inlines, kind, NULL); break;
    case ROLE_LINK: open_link(builder, kind, token); break;
    case ROLE_BREAK: on_break(builder); break;
    case ROLE_IMAGE: on_image(builder, token); break;
    }
}

static void on_close(Builder *builder, const Kind *kind)
{
    switch (kind->role) {
    case ROLE_BLOCK:
        boundary(builder);
        count_preformatted(builder, kind, false);
        break;
    case ROLE_CONTAINER: close_container(builder, kind); break;
    case ROLE_INLINE:
    case ROLE_LINK: close_inline(builder, kind); break;
    case ROLE_BREAK:
    case ROLE_IMAGE: break;
    }
}

static void build(Builder *builder, const char *text)
{
    HtmlToken token;
    html_token_init(&token, text);
    while (html_token_next(&token)) {
        const Kind *kind = token.kind != HTML_TOKEN_CHAR ? find_kind(token.name) : NULL;
        if (token.kind == HTML_TOKEN_CHAR)
            on_char(builder, token.c);
        else if (kind != NULL && token.kind == HTML_TOKEN_OPEN)
            on_open(builder, kind, &token);
        else if (kind != NULL)
            on_close(builder, kind);
    }
    pop_containers(builder, 0);
    while (builder->inlines.count > 0)
        remove_inline(builder, builder->inlines.count - 1);
}

bool html_text_read(HtmlText *self, GBytes *bytes, const char *charset, GError **error)
{
    *self = (HtmlText){0};
    g_autofree char *text = NULL;
    if (!plain_text_read(&text, bytes, charset, error))
        return false;
    Builder builder = {
        .plain = g_string_new(NULL),
        .xhtml = g_string_new(NULL),
        .line_empty = true,
    };
    build(&builder, text);
    self->plain = g_string_free(builder.plain, FALSE);
    self->xhtml = g_string_free(builder.xhtml, builder.xhtml_lost);
    return true;
}

void html_text_clear(HtmlText *self)
{
    g_free(self->plain);
    g_free(self->xhtml);
    *self = (HtmlText){0};
}
