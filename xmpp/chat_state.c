// SPDX-License-Identifier: MIT
// Chat states; see the header. The words of the seam are those of the document.
#include "xmpp/chat_state.h"

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

static const How STATES[] = {HOW_ACTIVE, HOW_COMPOSING, HOW_PAUSED, HOW_INACTIVE};

How chat_state_read(xmpp_stanza_t *stanza)
{
    for (size_t i = 0; i < G_N_ELEMENTS(STATES); i++)
        if (stanza_child(stanza, fields_how_name(STATES[i]), NS_CHAT_STATES) != NULL)
            return STATES[i];
    return HOW_NONE;
}

void chat_state_add(xmpp_stanza_t *stanza, How how)
{
    if (how != HOW_NONE)
        stanza_add(stanza, fields_how_name(how), NS_CHAT_STATES);
}
