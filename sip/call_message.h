// SPDX-License-Identifier: MIT
// What a call reads out of the messages of its dialog: description, device, focus, reason.
#pragma once
#include <stdbool.h>

#include <glib.h>

struct sip_s;

// What: the session description of a message: its body, or the first part of that type.
// Shape: `sdp` becomes owned by the caller; NULL: the message has no body at all.
// Errors: false: there is a body and nothing of that type in it.
// Source: RFC 3261 7.4, RFC 5621 3.1.
bool call_message_sdp(const struct sip_s *sip, GBytes **sdp);

// What: the URI of the Contact.
// Shape: owned by the caller (g_free); NULL: there is none.
char *call_message_target(const struct sip_s *sip);

// What: the device that the Contact names: gr of its URI, else +sip.instance without its brackets.
// Shape: owned by the caller; NULL: none.
// Source: ADDR-28, ADDR-29.
char *call_message_instance(const struct sip_s *sip);

// What: whether its sender is a conference.
// Source: RFC 4579 4.2.
bool call_message_is_focus(const struct sip_s *sip);

// What: the SIP status in its Reason header.
// Shape: `sip` may be NULL; 0: none.
// Source: RFC 3326 2.
int call_message_cause(const struct sip_s *sip);

// What: the words of its Reason header.
// Shape: `sip` may be NULL; owned by the caller; NULL: none.
// Source: RFC 3326 2.
char *call_message_reason(const struct sip_s *sip);
