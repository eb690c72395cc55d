// SPDX-License-Identifier: MIT
// Every XML namespace of the XMPP side once, with the document that defines it.
#pragma once

#define NS_STREAM_ERRORS "urn:ietf:params:xml:ns:xmpp-streams"    // RFC 6120 4.9.3
#define NS_STANZA_ERRORS "urn:ietf:params:xml:ns:xmpp-stanzas"    // RFC 6120 8.3.3
#define NS_DISCO_INFO    "http://jabber.org/protocol/disco#info"  // XEP-0030
#define NS_DISCO_ITEMS   "http://jabber.org/protocol/disco#items" // XEP-0030
#define NS_MUC           "http://jabber.org/protocol/muc"         // XEP-0045
#define NS_MUC_USER      "http://jabber.org/protocol/muc#user"    // XEP-0045
#define NS_MUC_ADMIN     "http://jabber.org/protocol/muc#admin"   // XEP-0045
#define NS_MUC_OWNER     "http://jabber.org/protocol/muc#owner"   // XEP-0045
#define NS_MUC_ROOM_INFO "http://jabber.org/protocol/muc#roominfo"
#define NS_MUC_STABLE_ID "http://jabber.org/protocol/muc#stable_id" // XEP-0045 7.4
#define NS_MUC_SELF_PING "http://jabber.org/protocol/muc#self-ping-optimization" // XEP-0410
#define NS_DATA          "jabber:x:data"                          // XEP-0004
#define NS_VCARD         "vcard-temp"                             // XEP-0054
#define NS_OOB           "jabber:x:oob"                           // XEP-0066
#define NS_URL_DATA      "http://jabber.org/protocol/url-data"    // XEP-0103
#define NS_SHIM          "http://jabber.org/protocol/shim"        // XEP-0131
#define NS_CORRECTION    "urn:xmpp:message-correct:0"             // XEP-0308
#define NS_FILE_METADATA "urn:xmpp:file:metadata:0"               // XEP-0446
#define NS_FILE_SHARING  "urn:xmpp:sfs:0"                         // XEP-0447
#define NS_XHTML_IM      "http://jabber.org/protocol/xhtml-im"    // XEP-0071
#define NS_XHTML         "http://www.w3.org/1999/xhtml"           // XEP-0071
#define NS_CHAT_STATES   "http://jabber.org/protocol/chatstates"  // XEP-0085
#define NS_VERSION       "jabber:iq:version"                      // XEP-0092
#define NS_ESCAPING      "jid\\20escaping"                        // XEP-0106 6
#define NS_CAPS          "http://jabber.org/protocol/caps"        // XEP-0115
#define NS_NICK          "http://jabber.org/protocol/nick"        // XEP-0172
#define NS_RECEIPTS      "urn:xmpp:receipts"                      // XEP-0184
#define NS_PING          "urn:xmpp:ping"                          // XEP-0199
#define NS_DELAY         "urn:xmpp:delay"                         // XEP-0203
#define NS_CONFERENCE    "jabber:x:conference"                    // XEP-0249
#define NS_CARBONS       "urn:xmpp:carbons:2"                     // XEP-0280
#define NS_MAM           "urn:xmpp:mam:2"                         // XEP-0313
#define NS_CHAT_MARKERS  "urn:xmpp:chat-markers:0"                // XEP-0333
#define NS_STANZA_IDS    "urn:xmpp:sid:0"                         // XEP-0359

// Payloads that only their two ends can read (EXT-20).
#define NS_ENCRYPTED   "jabber:x:encrypted"             // XEP-0027
#define NS_OPENPGP     "urn:xmpp:openpgp:0"             // XEP-0373
#define NS_EME         "urn:xmpp:eme:0"                 // XEP-0380
#define NS_OTR         "urn:xmpp:otr:0"                 // XEP-0364; as a value of EME only
#define NS_OMEMO       "urn:xmpp:omemo:2"               // XEP-0384
#define NS_OMEMO_FIRST "eu.siacs.conversations.axolotl" // XEP-0384 0.3, what clients send
