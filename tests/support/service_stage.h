// SPDX-License-Identifier: MIT
// A room of our MUC service on the XMPP stage: Nina's device, the conference hall, and what she is told.
#pragma once
#include "tests/support/xmpp_stage.h"

#define HALL     "hall@conf.sip.test"
#define NINA     "nina@xmpp.test/pad"
#define OMAR     "omar@xmpp.test/phone"
#define NS_X     "http://jabber.org/protocol/muc"
#define NS_USER  "http://jabber.org/protocol/muc#user"
#define IN_ERROR "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
#define JOIN_X   "<x xmlns='" NS_X "'/>"

// What: a device asks to come in under a nick; the offer is taken, its ref (the n-th) is known.
void service_stage_ask(XmppStage *stage, const char *device, const char *nick, const char *offer);

// What: an item of the room: affiliation none and the role.
#define ITEM_OF(role)    "<item affiliation='none' role='" role "'/>"
#define CODE_OF(code)    "<status code='" code "'/>"
#define HERE(nick, to, inner)                                                                      \
    "<presence from='" HALL "/" nick "' to='" to "'><x xmlns='" NS_USER "'>" inner "</x></presence>"
#define GONE(nick, to, inner)                                                                      \
    "<presence from='" HALL "/" nick "' to='" to "' type='unavailable'><x xmlns='" NS_USER "'>" inner   \
    "</x></presence>"
#define SUBJECT_OF(to, text)                                                                       \
    "<message from='" HALL "' to='" to "' type='groupchat' id='*'><subject>" text                  \
    "</subject></message>"

// What: Nina (leg 5) is inside, Omar of SIP too, and nothing else is to be heard.
void service_stage_enter(XmppStage *stage);
