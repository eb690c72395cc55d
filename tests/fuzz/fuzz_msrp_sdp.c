// SPDX-License-Identifier: MIT
// Any octets as a session description: no crash; what we answer is a description with as many
// m-lines, and only the one we took has a port.
#include "sip/msrp_sdp.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(const MsrpSdp *offer, const MsrpSdpMedia *taken, MsrpSdpUse use)
{
    const MsrpSdpOurs ours = {.use = use,
                              .host = "127.0.0.1",
                              .port = 2855,
                              .path = "msrp://127.0.0.1:2855/k4w9e2;tcp",
                              .max_size = 10000,
                              .id = 1,
                              .version = 1,
                              .setup = MSRP_SETUP_PASSIVE,
                              .cema = true};
    g_auto(MsrpSdp) back = {0};
    g_autofree char *answer = msrp_sdp_answer(&ours, offer, taken);
    g_assert_true(msrp_sdp_read(&back, answer, strlen(answer)));
    g_assert_cmpuint(back.media->len, ==, offer->media->len);
    for (guint i = 0; i < back.media->len; i++) {
        const MsrpSdpMedia *line = back.media->pdata[i];
        g_assert_cmpuint(line->port, ==, offer->media->pdata[i] == taken ? ours.port : 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(MsrpSdp) offer = {0};
    if (!msrp_sdp_read(&offer, (const char *)data, size)) {
        return 0;
    }
    for (int use = MSRP_SDP_TWO_PARTY; use <= MSRP_SDP_ROOM; use++) {
        const char *why = NULL;
        const MsrpSdpMedia *taken = msrp_sdp_find(&offer, (MsrpSdpUse)use, MSRP_SDP_EITHER, &why);
        g_assert_true((taken == NULL) == (why != NULL));
        check_answer(&offer, taken, (MsrpSdpUse)use);
    }
    return 0;
}
