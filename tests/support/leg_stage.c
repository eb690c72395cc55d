// SPDX-License-Identifier: MIT
// A two-party leg on the stage of a gate; see leg_stage.h.
#include "tests/support/leg_stage.h"

#include <check.h>
#include <string.h>

#include "tests/support/loopback.h"

#define TYPES "text/plain"

void leg_stage_init(LegStage *leg)
{
    *leg = (LegStage){0};
    gate_stage_init(&leg->stage);
    leg->msrp = msrp_peer_new();
}

void leg_stage_start(LegStage *leg)
{
    gate_stage_start(&leg->stage, false);
}

void leg_stage_clear(LegStage *leg)
{
    gate_stage_clear(&leg->stage);
    msrp_peer_free(leg->msrp);
    sip_peer_dialog_clear(&leg->dialog);
}

char *leg_stage_sdp(const LegStage *leg, const char *setup, const char *more)
{
    return msrp_peer_sdp(leg->msrp, TYPES, setup, more);
}

static char *headers_of(const LegStage *leg)
{
    return g_strdup_printf("Contact: <sip:romeo@%s:%u>\nContent-Type: application/sdp\n",
                           loopback_host(), sip_peer_port(leg->stage.peer));
}

void leg_stage_answer(LegStage *leg, const char *invite, const char *sdp)
{
    g_autofree char *headers = headers_of(leg);
    msrp_peer_meet(leg->msrp, sip_peer_body(invite));
    sip_peer_answer(leg->stage.peer, invite, 200, headers, sdp);
    sip_peer_dialog_clear(&leg->dialog);
    leg->dialog = sip_peer_dialog_of_request(invite);
}

const char *leg_stage_call(LegStage *leg, const char *sdp)
{
    g_autofree char *headers = headers_of(leg);
    g_free(sip_peer_request_outside(leg->stage.peer, "INVITE", "sip:juliet@xmpp.test", headers,
                                    sdp));
    sip_peer_await(leg->stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&leg->stage, "sip leg-offered *");
    gate_stage_tell(&leg->stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8",
                    leg->stage.last_ref);
    const char *answer = sip_peer_await(leg->stage.peer, "SIP/2.0 200 ");
    sip_peer_dialog_clear(&leg->dialog);
    leg->dialog = sip_peer_dialog_of_response(answer);
    sip_peer_request(leg->stage.peer, &leg->dialog, "ACK", NULL, NULL);
    return answer;
}

void leg_stage_bind(MsrpPeer *peer, const char *sdp)
{
    msrp_peer_meet(peer, sdp);
    msrp_peer_connect(peer);
    msrp_peer_request(peer, "SEND", "Message-ID: bind1\r\n", NULL);
    msrp_peer_await(peer, " 200");
}

const char *leg_stage_dialled(LegStage *leg)
{
    g_autofree char *sdp = leg_stage_sdp(leg, "passive", NULL);
    gate_stage_tell(&leg->stage, LEG_STAGE_OPEN);
    const char *invite = sip_peer_await(leg->stage.peer, "INVITE ");
    leg_stage_answer(leg, invite, sdp);
    sip_peer_await(leg->stage.peer, "ACK ");
    msrp_peer_respond(leg->msrp, msrp_peer_await(leg->msrp, "SEND"), 200);
    gate_stage_expect(&leg->stage, "sip leg-up leg=7");
    return invite;
}

const char *leg_stage_taken(LegStage *leg)
{
    g_autofree char *sdp = leg_stage_sdp(leg, "actpass", NULL);
    const char *answer = leg_stage_call(leg, sdp);
    leg_stage_bind(leg->msrp, sip_peer_body(answer));
    gate_stage_expect(&leg->stage, "sip leg-up leg=8");
    return answer;
}

const char *leg_stage_offer(LegStage *leg, const char *method, const char *sdp)
{
    bool invite = strcmp(method, "INVITE") == 0;
    g_autofree char *headers = headers_of(leg);
    sip_peer_request(leg->stage.peer, &leg->dialog, method, headers, sdp);
    if (invite) {
        sip_peer_await(leg->stage.peer, "SIP/2.0 100 ");
    }
    const char *answer = sip_peer_await(leg->stage.peer, "SIP/2.0 ");
    if (invite && sdp != NULL) {
        sip_peer_request(leg->stage.peer, &leg->dialog, "ACK", NULL, NULL);
    }
    return answer;
}
