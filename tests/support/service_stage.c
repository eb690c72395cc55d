// SPDX-License-Identifier: MIT
// A room of our MUC service on the XMPP stage; see the header.
#include "tests/support/service_stage.h"

void service_stage_ask(XmppStage *stage, const char *device, const char *nick, const char *offer)
{
    xmpp_stage_hear(stage, "<presence from='%s' to='" HALL "/%s'>" JOIN_X "</presence>", device,
                    nick);
    xmpp_stage_expect_event(stage, offer);
}

void service_stage_enter(XmppStage *stage)
{
    service_stage_ask(stage, NINA, "Nina",
                      "xmpp room-offered ref=1 from=" NINA " room=" HALL " nick=Nina");
    xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=Nina");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=5 private=yes composing=yes");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Omar role=moderator");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Nina");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(stage, HERE("Nina", NINA, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_quiet(stage);
}
