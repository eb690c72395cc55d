// SPDX-License-Identifier: MIT
// Any octets as HTML: no crash, the plain form is text XML can carry, the XHTML form is well formed.
#include "sip/body/html_text.h"
#include "sip/body/xml.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_plain(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        g_assert_true(xml_is_char(g_utf8_get_char(at)));
}

// Nothing may come out that XEP-0071 does not recommend, and no attribute but the target of a link.
static void check_element(const XmlElement *element)
{
    static const char *const allowed[] = {"body", "p",          "br", "a",  "strong", "em",
                                          "cite", "blockquote", "ul", "ol", "li",     NULL};
    g_assert_true(g_strv_contains(allowed, element->name));
    bool is_link = strcmp(element->name, "a") == 0;
    g_assert_true(is_link == (xml_find_attribute(element, NULL, "href") != NULL));
    g_assert_true(element->attributes == NULL || element->attributes->len == 1);
    for (const XmlElement *child = element->first; child != NULL; child = child->next)
        check_element(child);
}

static void check_xhtml(const char *xhtml)
{
    g_autofree char *text = g_strdup_printf("<body>%s</body>", xhtml);
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(XmlDocument) document = xml_read(bytes, G_MAXINT, NULL);
    g_assert_nonnull(document);
    check_element(xml_root(document));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // one octet that is no UTF-8 would refuse the whole body; read as latin1, everything is text
    static const char *const charsets[] = {"UTF-8", "ISO-8859-1"};
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        g_auto(HtmlText) text = {0};
        if (!html_text_read(&text, bytes, charsets[i], NULL))
            continue;
        check_plain(text.plain);
        if (text.xhtml != NULL)
            check_xhtml(text.xhtml);
    }
    return 0;
}
