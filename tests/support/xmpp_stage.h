// SPDX-License-Identifier: MIT
// The XMPP side without sockets: stanzas in and out as text, commands in and events out in
// notation, a clock that stands until it is moved. Components sip.test (users) and conf.sip.test (rooms)
// with their links up; served are xmpp.test (users) and rooms.xmpp.test (rooms).
#pragma once
#include "mapping/settings.h"
#include "xmpp/switchboard.h"
#include "xmpp/wire.h"

typedef struct XmppStage XmppStage;

// What: a stage with default settings; the LINK event of its link is taken already.
XmppStage *xmpp_stage_new(void);
void xmpp_stage_free(XmppStage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppStage, xmpp_stage_free)

// What: the settings, to be changed; the wire, to be asked.
Settings *xmpp_stage_settings(XmppStage *stage);
Wire *xmpp_stage_wire(XmppStage *stage);

// What: a stanza comes in; printf form. The namespace of the stream is put in.
void xmpp_stage_hear(XmppStage *stage, const char *format, ...) G_GNUC_PRINTF(2, 3);

// What: a command in notation is carried out.
void xmpp_stage_tell(XmppStage *stage, const char *line);

// What: the next event is this one. A `*` in the line stands for any text.
void xmpp_stage_expect_event(XmppStage *stage, const char *line);

// What: how long before now the next event says that it happened.
int64_t xmpp_stage_event_age_ms(XmppStage *stage);

// What: the next stanza sent is this one (stanza_match).
void xmpp_stage_expect_stanza(XmppStage *stage, const char *xml);

// What: the next stanza sent is a ping from sip.test to `host`; answers it as the host does.
void xmpp_stage_expect_ping(XmppStage *stage, const char *host);

// What: the id of the next stanza sent, which is taken; `name` is what it must be.
// Shape: owned by the caller.
char *xmpp_stage_take_id(XmppStage *stage, const char *name);

// What: nothing else was said on either end.
void xmpp_stage_quiet(XmppStage *stage);

// What: time passes, and what is due happens.
void xmpp_stage_pass(XmppStage *stage, int64_t ms);

// What: the link of sip.test goes or comes; the LINK event is not taken.
void xmpp_stage_link(XmppStage *stage, bool is_up);

// What: the same for the link of another component domain.
void xmpp_stage_link_of(XmppStage *stage, const char *domain, bool is_up);

// What: the gate goes down and leaves its rooms.
void xmpp_stage_leave_rooms(XmppStage *stage, const char *status);

// What: from now on nobody reads the link, or somebody does; xmpp_stage_hear() is for the latter.
void xmpp_stage_pause(XmppStage *stage, bool is_paused);

// What: from now on the queue is full, or is not.
void xmpp_stage_fill(XmppStage *stage, bool is_full);

// What: the wall clock of every stage: 2026-03-04T10:00:00Z plus what has passed.
enum { XMPP_STAGE_START_S = 1772618400 };
