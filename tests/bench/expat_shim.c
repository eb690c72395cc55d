// SPDX-License-Identifier: MIT
// Preloaded into Kamailio 5.6: its xmpp module reads one attribute beyond the last, where expat has a NULL
// and the module expects an empty string. The start handler gets a copy of the list that ends as it expects.
// Source: docs/library-facts.md D1.
#include <dlfcn.h>
#include <expat.h>
#include <stddef.h>

// LIMIT: names and values of one element that are passed on.
#define ATTRIBUTES_MAX 64

static XML_StartElementHandler theirs;

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    const XML_Char *copy[ATTRIBUTES_MAX + 1];
    size_t count = 0;
    while (count < ATTRIBUTES_MAX && attributes[count] != NULL) {
        copy[count] = attributes[count];
        count++;
    }
    copy[count] = "";
    theirs(data, name, copy);
}

void XMLCALL XML_SetElementHandler(XML_Parser parser, XML_StartElementHandler start,
                                   XML_EndElementHandler end)
{
    void (*real)(XML_Parser, XML_StartElementHandler, XML_EndElementHandler);
    *(void **)&real = dlsym(RTLD_NEXT, "XML_SetElementHandler");
    theirs = start;
    real(parser, start != NULL ? on_start : NULL, end);
}
