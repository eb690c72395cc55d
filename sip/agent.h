// SPDX-License-Identifier: MIT
// The SIP user agent: listeners, the library's one callback, and which owner each of its handles
// has.
//
// Life of a handle. It is born by agent_handle_new() for what we start, or by a request from
// outside. It has one owner, a pointer with a table of handlers; events no handler stands for are
// answered here (nothing a peer asks is left without an answer). It dies by agent_handle_drop():
// whatever is still open on it is ended by the library without words, and no event comes any more.
// An owner that dies while its BYE, CANCEL or INVITE is under way calls agent_handle_leave()
// instead: the agent keeps the handle until the final response, and ends what a late 200 brings to
// life.
//
// Shutdown in three steps: owners end what is theirs (the handles are left), the agent waits for
// the final responses, then it stops the library; the rest is dropped when time is up.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "sip/hop.h"
#include "sip/peers.h"
#include "sip/wire_log.h"

struct msg_s;
struct nua_handle_s;
struct nua_s;
struct sip_event_s;
struct sip_s;

typedef struct Agent Agent;
typedef struct AgentRequest AgentRequest;

// What the library told; borrowed for the call.
typedef struct {
    Agent *agent;
    int event; // nua_event_t
    int status;
    const char *phrase;
    struct nua_handle_s *handle;
    const struct sip_s *sip; // NULL: the event carries no message
    // Of the subscription that an answer to NOTIFY is about; of a REFER the one its NOTIFYs have to carry; NULL: not told.
    const struct sip_event_s *package;
    int substate;            // nua_substate_t of a subscription, -1: not told
    bool is_local;           // nobody said it: the library made the answer (time-out, no way out)
    bool is_trusted;         // a request of somebody whose word on identities counts (SEC-03)
} AgentEvent;

typedef void (*AgentFunc)(void *owner, const AgentEvent *event);

// A table of these ends with run = NULL.
typedef struct {
    int event; // nua_event_t
    AgentFunc run;
} AgentHandler;

// Where requests for a SIP domain go first.
typedef struct {
    const char *sip_domain; // borrowed
    const Hop *hop;         // borrowed
} AgentRoute;

// Borrowed for the call of agent_new() but `peers`, `trusted` and `strangers`, which live as long
// as the agent.
typedef struct {
    Hop *const *listen; // `listen_count` of them
    size_t listen_count;
    const char *advertise; // NULL: the address listened on
    const char *resolv_conf; // NULL: the system's
    const char *tls_dir;     // agent.pem and cafile.pem for SIP over TLS; NULL: none
    const AgentRoute *routes;
    size_t route_count;
    const Peers *peers;            // may send requests
    const Peers *trusted;          // say who a sender is
    const AgentHandler *strangers; // for requests that belong to no handle of ours
    void *owner;                   // first argument of strangers
    int64_t t1x64_ms;              // life of a transaction, 64*T1
    unsigned min_se_s;             // shortest session timer taken (RFC 4028)
    WireLogFunc trace;             // NULL: none
    void *trace_self;
} AgentConfig;

// What: an agent that is not started.
// Shape: owned by the caller (agent_free).
// Errors: NULL with a sentence in `why` (owned by the caller): more than two addresses to listen
//   on.
Agent *agent_new(const AgentConfig *config, char **why);

// What: opens the listeners.
// Errors: false with a sentence in `why` (owned by the caller) that names the port which is taken.
bool agent_start(Agent *agent, char **why);

// What: waits for the handles left, at most `ms`, then stops the library and calls `done` once.
// Shape: owners must have left or dropped their handles; no handler runs any more.
void agent_shutdown(Agent *agent, unsigned ms, void (*done)(void *self), void *self);

// What: frees the agent; what is open is dropped. NULL is allowed.
void agent_free(Agent *agent);

// What: the library's agent, for calls into it; makes it take its next turns at once.
struct nua_s *agent_nua(Agent *agent);

// What: makes the library take its next turns at once, after calls on handles from outside its
//   events.
void agent_kick(Agent *agent);

// What: a handle for something we start.
// Shape: `to`, `from` are header values; owned by the agent until dropped.
struct nua_handle_s *agent_handle_new(Agent *agent, const AgentHandler *handlers, void *owner,
                                      const char *to, const char *from);

// What: makes somebody the owner of a handle, a stranger's or one that had another owner.
void agent_handle_bind(Agent *agent, struct nua_handle_s *handle, const AgentHandler *handlers,
                       void *owner);

// What: ends a handle; see above. NULL is allowed.
void agent_handle_drop(Agent *agent, struct nua_handle_s *handle);

// What its last answer will be to: BYE, CANCEL or INVITE; NOTIFY; SUBSCRIBE, and the last NOTIFY after it.
typedef enum { AGENT_LEAVE_CALL, AGENT_LEAVE_SUBSCRIPTION, AGENT_LEAVE_WATCH } AgentLeave;

// What: leaves a handle on which something final is under way; see above. NULL is allowed.
void agent_handle_leave(Agent *agent, struct nua_handle_s *handle, AgentLeave leave);

// What: keeps the request of the event being handled open, to be answered later.
// Shape: owned by the caller (agent_request_free); only inside a handler.
AgentRequest *agent_request_new(Agent *agent, const AgentEvent *event);

// What: the request's message, for NUTAG_WITH(), and its handle.
// Shape: borrowed, live as long as the request.
struct msg_s *agent_request_message(const AgentRequest *request);
struct nua_handle_s *agent_request_handle(const AgentRequest *request);

// What: forgets the request, answered or not; a handle that was made for it alone is dropped, and
//   with it a request without an answer gets a 500 by the library.
void agent_request_free(AgentRequest *request);

// What: a Warning header value: `399 gw.example:5060 "text"`; 380 for the refusal of SIPS.
// Shape: `text` has no quotes in it; owned by the caller (g_free).
// Source: RFC 3261 20.43; SEC-01.
char *agent_warning(const Agent *agent, int code, const char *text);

// What: answers the request of the event being handled in one line, with a Warning header when
//   `warning` is not NULL; a stranger's handle is dropped.
void agent_answer(const AgentEvent *event, int status, const char *phrase, const char *warning);

// What: drops the handle of the request of the event being handled, if it is a stranger's: for those who answered it
//   themselves.
void agent_drop_stranger(const AgentEvent *event);

// What: a copy of a reason phrase that lives as long as the handle: the library borrows the phrase
//   it is given until it has sent the answer.
// Shape: owned by the handle.
const char *agent_phrase(struct nua_handle_s *handle, const char *phrase);

// What: the Route header value for requests to this SIP URI; NULL: no route is configured, the
//   library looks the domain up. `transport` (may be NULL) tells that of the route, else UDP.
// Shape: borrowed, lives as long as the agent.
// Source: GEN-08, R-18.
const char *agent_route(const Agent *agent, const char *uri, HopTransport *transport);

// What: "HOST:PORT" where peers reach us by a transport, another one if that does not exist.
// Shape: borrowed, lives as long as the agent. `transport` is updated to what it is.
const char *agent_address(const Agent *agent, HopTransport *transport);

// What: requests refused by SEC-03 so far.
uint64_t agent_refused_count(const Agent *agent);

// What we call ourselves, and the methods we take.
#define AGENT_NAME  "mucsip/" MUCSIP_VERSION
// A room takes one more.
#define AGENT_ALLOW_ROOM "INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, UPDATE"
#define AGENT_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, SUBSCRIBE, NOTIFY, UPDATE"
