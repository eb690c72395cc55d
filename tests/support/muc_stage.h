// SPDX-License-Identifier: MIT
// The XMPP stage with one occupant of ours inside a room: leg 5, romeo@sip.test as Omar in
// verona@rooms.xmpp.test, where Nina is. What the room says about its occupants, in short words.
#pragma once
#include "tests/support/xmpp_stage.h"

#define IN       "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
#define ROOM     "verona@rooms.xmpp.test"
#define SELF     "romeo@sip.test/leg5"
#define MUC_USER "http://jabber.org/protocol/muc#user"
#define CAPS     "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='*' ver='*'/>"

// Ends of presences, and what may stand in their <x/>.
#define HERE         ""
#define AWAY         " type='unavailable'"
#define ITEM         "<item affiliation='none' role='participant'/>"
#define NO_ITEM      "<item affiliation='none' role='none'/>"
#define STATUS(code) "<status code='" code "'/>"

// What: the stage after the entry; its events are taken.
XmppStage *muc_stage_new(void);

// What: the room is asked what it is, and answers with this content of <query/>.
void muc_stage_answer_info(XmppStage *stage, const char *inner);

// What: a presence of the room about an occupant: its type and the content of its <x/>.
void muc_stage_presence(XmppStage *stage, const char *nick, const char *type, const char *inner);

// What: the room refuses a presence of ours to this occupant; `id` NULL = without one.
void muc_stage_refuse(XmppStage *stage, const char *nick, const char *id, const char *condition);
