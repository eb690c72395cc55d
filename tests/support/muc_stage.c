// SPDX-License-Identifier: MIT
// An occupant inside a room; see the header.
#include "tests/support/muc_stage.h"

void muc_stage_presence(XmppStage *stage, const char *nick, const char *type, const char *inner)
{
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "/%s' to='" SELF "'%s><x xmlns='" MUC_USER
                    "'>%s</x></presence>",
                    nick, type, inner);
}

void muc_stage_refuse(XmppStage *stage, const char *nick, const char *id, const char *condition)
{
    g_autofree char *with_id = id != NULL ? g_strdup_printf(" id='%s'", id) : g_strdup("");
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "/%s' to='" SELF "' type='error'%s>"
                    "<error type='cancel'><%s " IN "/></error></presence>",
                    nick, with_id, condition);
}

void muc_stage_answer_info(XmppStage *stage, const char *inner)
{
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_hear(stage,
                    "<iq type='result' from='" ROOM "' to='" SELF "' id='%s'>"
                    "<query xmlns='http://jabber.org/protocol/disco#info'>%s</query></iq>",
                    id, inner);
}

XmppStage *muc_stage_new(void)
{
    XmppStage *stage = xmpp_stage_new();
    xmpp_stage_tell(stage, "xmpp enter-room leg=5 from=romeo@sip.test room=" ROOM " nick=Omar");
    g_free(xmpp_stage_take_id(stage, "presence"));
    muc_stage_presence(stage, "Nina", HERE, ITEM);
    muc_stage_presence(stage, "Omar", HERE, ITEM STATUS("110"));
    for (int i = 0; i < 3; i++)
        xmpp_stage_expect_event(stage, "xmpp room-* leg=5 *nick=*");
    muc_stage_answer_info(stage, "");
    xmpp_stage_quiet(stage);
    return stage;
}
