// SPDX-License-Identifier: MIT
// Owns every Session and knows where each belongs: by id, by pair, by thread, by leg, by room, by
// pending invitation, by row of a line. Only these functions change that, so the indexes cannot
// drift; session_map_check() proves it.
#pragma once
#include "mapping/lines.h"
#include "mapping/session.h"

// What: an empty map.
// Shape: owned by the caller.
SessionMap *session_map_new(void);

// What: frees the map and every session.
void session_map_free(SessionMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SessionMap, session_map_free)

// What: the session of a pair, made when there is none.
// Shape: borrowed; addresses may be full, only their bare part counts.
// Errors: NULL when there are as many as may be and none can be forgotten.
Session *session_map_open(SessionMap *map, const Address *x, const Address *s, int64_t now_ms);

// What: the session of one device in a room, made when there is none.
// Shape, Errors: as session_map_open(); `facade` is the side of the device.
// Source: CONF-022 (one dialog per full JID), MUC-B01 (two devices are two full JIDs).
Session *session_map_open_stay(SessionMap *map, Address *room, Address *device, Side facade,
                               int64_t now_ms);
Session *session_map_find_stay(const SessionMap *map, Address *room, Address *device, Side facade);

// What: the session by one of its keys.
// Shape: borrowed, NULL when there is none; `role` may be NULL.
Session *session_map_find(const SessionMap *map, uint64_t id);
Session *session_map_find_pair(const SessionMap *map, const Address *x, const Address *s);
Session *session_map_find_leg(const SessionMap *map, uint64_t leg, SessionLeg *role);
Session *session_map_find_ref(const SessionMap *map, Side side, uint64_t ref);

// What: how many legs of the session have this role.
guint session_map_count_legs(const Session *session, SessionLeg role);

// What: the session in which the SIP user `s` speaks in this thread.
// Source: ESC-103.
Session *session_map_find_thread(const SessionMap *map, const Address *s, const char *thread);

// What: the line that holds this row.
// Shape: borrowed, NULL when the row is closed.
Line *session_map_find_row(const SessionMap *map, uint64_t row);

// What: the sessions bound to a room; the one of them, no stay, whose user `s` (SIP) or `x` (XMPP) this is.
// Shape: borrowed, Session * in each link; NULL when there are none.
const GQueue *session_map_in_room(const SessionMap *map, const Address *room);
Session *session_map_find_in_room(const SessionMap *map, const Address *room, const Address *user);

// What: re-keying. A leg bound again changes its role; unbinding what is not bound does nothing.
void session_map_bind_leg(SessionMap *map, Session *session, uint64_t leg, SessionLeg role);
void session_map_unbind_leg(SessionMap *map, uint64_t leg);
void session_map_bind_ref(SessionMap *map, Session *session, Side side, uint64_t ref);
void session_map_unbind_ref(SessionMap *map, Side side, uint64_t ref);
void session_map_bind_room(SessionMap *map, Session *session, Address *room);
void session_map_unbind_room(SessionMap *map, Session *session);
void session_map_set_thread(SessionMap *map, Session *session, const char *thread);

// What: puts a line into one of the two queues of its session, or takes it out of all.
// Shape: the map owns a line from _wait() on until _drop() hands it back. `line->row` must be set.
//   _wait() puts it before all lines of a higher row.
void session_map_line_waits(SessionMap *map, Session *session, Line *owned);
void session_map_line_flies(SessionMap *map, Line *line);
Line *session_map_line_drop(SessionMap *map, Line *line);

// What: notes that the session was used now.
void session_map_touch(SessionMap *map, Session *session, int64_t now_ms);

// What: forgets a few of the sessions not used for longest: idle ones, after the thread memory or
//   when there are too many. Called once per turn, before anything is looked up.
void session_map_sweep(SessionMap *map, int64_t now_ms);

// What: calls `each` for every session, in order of id; sessions may change but not vanish
//   meanwhile.
typedef void (*SessionMapFunc)(Session *session, void *data);
void session_map_each(SessionMap *map, SessionMapFunc each, void *data);
guint session_map_count(const SessionMap *map);

// What: proves that all indexes agree with all sessions; a mistake ends the process (g_assert).
void session_map_check(const SessionMap *map);
