// SPDX-License-Identifier: MIT
// Session descriptions of MSRP sessions; see msrp_sdp.h.
#include "sip/msrp_sdp.h"

#include <string.h>

#include "sip/msrp/msrp_fingerprint.h"
#include "sip/msrp/msrp_types.h"

// LIMIT: a session description; real ones have less than 4 KiB.
#define TEXT_OCTETS (32 * 1024)
// LIMIT: lines and m-lines of one.
#define LINES 512
#define MEDIA 16
// LIMIT: fingerprints of one m-line; two are usual, one more per certificate.
#define FINGERPRINTS 8

#define TWO_PARTY_TYPES    "message/cpim text/plain text/html application/im-iscomposing+xml"
#define ROOM_TYPES         "message/cpim"
#define ROOM_WRAPPED_TYPES "text/plain text/html application/im-iscomposing+xml"

static void media_free(void *data)
{
    MsrpSdpMedia *media = data;
    g_free(media->kind);
    g_free(media->address);
    g_free(media->protocol);
    g_free(media->formats);
    g_free(media->path);
    g_free(media->accept_types);
    g_free(media->accept_wrapped_types);
    g_strfreev(media->fingerprints);
    g_free(media);
}

void msrp_sdp_clear(MsrpSdp *self)
{
    g_clear_pointer(&self->media, g_ptr_array_unref);
}

// --- reading

typedef struct {
    MsrpSdp *sdp;               // borrowed
    MsrpSdpMedia *media;        // borrowed; the m-line being read, NULL: before the first
    MsrpSdpDirection direction; // of the session, for m-lines that say nothing
    char *address;              // owned; likewise
    char **fingerprints;        // owned; likewise
} Reader;

// "message 7777 TCP/MSRP *"
static MsrpSdpMedia *read_media_line(const Reader *reader, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 4);
    guint64 port = 0;
    if (g_strv_length(words) < 4 || *words[0] == '\0' || *words[2] == '\0') {
        return NULL;
    }
    words[1][strcspn(words[1], "/")] = '\0'; // "7777/2": a range of ports
    if (!g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT16, &port, NULL)) {
        return NULL;
    }
    MsrpSdpMedia *media = g_new0(MsrpSdpMedia, 1);
    *media = (MsrpSdpMedia){.kind = g_strdup(words[0]),
                            .port = (unsigned)port,
                            .protocol = g_strdup(words[2]),
                            .is_secure = g_ascii_strcasecmp(words[2], "TCP/TLS/MSRP") == 0,
                            .formats = g_strdup(words[3]),
                            .address = g_strdup(reader->address),
                            .direction = reader->direction};
    return media;
}

static bool read_direction(const char *name, MsrpSdpDirection *direction)
{
    static const char *const names[] = {"sendrecv", "sendonly", "recvonly", "inactive"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *direction = (MsrpSdpDirection)i;
            return true;
        }
    }
    return false;
}

static void read_chatroom(MsrpSdpMedia *media, const char *value)
{
    g_auto(GStrv) tokens = g_strsplit(value, " ", 16);
    media->is_chatroom = true;
    const char *const *names = (const char *const *)tokens;
    media->has_private_messages = g_strv_contains(names, "private-messages");
    // Both spellings stand in RFC 7701 8 (MSRP-023).
    media->has_nicknames = g_strv_contains(names, "nickname") || g_strv_contains(names, "nicknames");
}

// The first of several attributes of a name counts.
static void keep_first(char **field, const char *value)
{
    if (*field == NULL) {
        *field = g_strstrip(g_strdup(value));
    }
}

static void read_fingerprint(char ***fingerprints, const char *value)
{
    guint count = *fingerprints != NULL ? g_strv_length(*fingerprints) : 0;
    if (count < FINGERPRINTS) {
        *fingerprints = g_renew(char *, *fingerprints, count + 2);
        (*fingerprints)[count] = g_strstrip(g_strdup(value));
        (*fingerprints)[count + 1] = NULL;
    }
}

static void read_attribute(MsrpSdpMedia *media, const char *name, const char *value)
{
    if (strcmp(name, "path") == 0) {
        keep_first(&media->path, value);
    } else if (strcmp(name, "accept-types") == 0) {
        keep_first(&media->accept_types, value);
    } else if (strcmp(name, "accept-wrapped-types") == 0) {
        keep_first(&media->accept_wrapped_types, value);
    } else if (strcmp(name, "max-size") == 0) {
        media->max_size = g_ascii_strtoull(value, NULL, 10);
    } else if (strcmp(name, "setup") == 0) {
        media->setup = msrp_setup_read(value);
    } else if (strcmp(name, "fingerprint") == 0) {
        read_fingerprint(&media->fingerprints, value);
    } else if (strcmp(name, "chatroom") == 0) {
        read_chatroom(media, value);
    } else if (strcmp(name, "file-selector") == 0) {
        media->has_file = true;
    } else if (strcmp(name, "msrp-cema") == 0) {
        media->has_cema = true;
    } else {
        read_direction(name, &media->direction);
    }
}

// "IN IP4 192.0.2.1"; a multicast address has its scope behind a slash.
static void read_connection(Reader *reader, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 4);
    char **address = reader->media != NULL ? &reader->media->address : &reader->address;
    if (g_strv_length(words) >= 3) {
        g_free(*address);
        *address = g_strndup(words[2], strcspn(words[2], "/"));
    }
}

static void read_session_attribute(Reader *reader, const char *name, const char *value)
{
    if (strcmp(name, "fingerprint") == 0) {
        read_fingerprint(&reader->fingerprints, value);
    } else {
        read_direction(name, &reader->direction);
    }
}

static bool read_line(Reader *reader, const char *line)
{
    const char *value = line + 2;
    if (g_ascii_isalpha(line[0]) == 0 || line[1] != '=') {
        return false;
    }
    if (line[0] == 'm') {
        reader->media = read_media_line(reader, value);
        if (reader->media == NULL || reader->sdp->media->len == MEDIA) {
            g_clear_pointer(&reader->media, media_free);
            return false;
        }
        g_ptr_array_add(reader->sdp->media, reader->media);
    } else if (line[0] == 'c') {
        read_connection(reader, value);
    } else if (line[0] == 'a') {
        const char *colon = strchr(value, ':');
        g_autofree char *name =
            colon != NULL ? g_strndup(value, (gsize)(colon - value)) : g_strdup(value);
        const char *rest = colon != NULL ? colon + 1 : "";
        if (reader->media != NULL) {
            read_attribute(reader->media, name, rest);
        } else {
            read_session_attribute(reader, name, rest);
        }
    }
    return true;
}

static bool read_lines(Reader *reader, char **lines)
{
    const char *first = *lines;
    for (; *lines != NULL; lines++) {
        g_strchomp(*lines);
        if (**lines != '\0' && !read_line(reader, *lines)) {
            return false;
        }
    }
    return first != NULL && strcmp(first, "v=0") == 0;
}

// Those of the session hold for the m-lines that have none (RFC 8122 5).
static void share_fingerprints(Reader *reader)
{
    for (guint i = 0; i < reader->sdp->media->len; i++) {
        MsrpSdpMedia *media = reader->sdp->media->pdata[i];
        if (media->fingerprints == NULL) {
            media->fingerprints = g_strdupv(reader->fingerprints);
        }
    }
    g_strfreev(reader->fingerprints);
}

bool msrp_sdp_read(MsrpSdp *self, const char *text, size_t length)
{
    self->media = g_ptr_array_new_with_free_func(media_free);
    if (length > TEXT_OCTETS || memchr(text, '\0', length) != NULL ||
        !g_utf8_validate(text, (gssize)length, NULL)) {
        return false;
    }
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", LINES);
    Reader reader = {.sdp = self};
    bool good = g_strv_length(lines) < LINES && read_lines(&reader, lines);
    share_fingerprints(&reader);
    g_free(reader.address);
    return good;
}

// --- choosing

static bool takes(const MsrpSdpMedia *media, const char *top, const char *inner)
{
    g_autoptr(MsrpTypes) types = msrp_types_new(media->accept_types, media->accept_wrapped_types);
    return msrp_types_allow(types, top, inner);
}

static const char *protocol_problem(const MsrpSdpMedia *media, MsrpSdpSecurity security)
{
    if (!media->is_secure && g_ascii_strcasecmp(media->protocol, "TCP/MSRP") != 0) {
        return "only MSRP over TCP is served";
    }
    if (media->is_secure && security == MSRP_SDP_PLAIN) {
        return "MSRP over TLS is not served";
    }
    return !media->is_secure && security == MSRP_SDP_SECURE ? "only MSRP over TLS is served" : NULL;
}

// The scheme says the same as the protocol, and a fingerprint that nobody can compare is none.
static const char *tls_problem(const MsrpSdpMedia *media)
{
    bool is_msrps = g_ascii_strncasecmp(media->path, "msrps:", strlen("msrps:")) == 0;
    if (is_msrps != media->is_secure) {
        return "path and protocol do not fit together";
    }
    if (media->is_secure && media->fingerprints != NULL &&
        !msrp_fingerprint_is_usable((const char *const *)media->fingerprints)) {
        return "no fingerprint with a hash in use";
    }
    return NULL;
}

static const char *types_problem(const MsrpSdpMedia *media, MsrpSdpUse use)
{
    if (use != MSRP_SDP_TWO_PARTY && !takes(media, "message/cpim", "text/plain")) {
        return "message/cpim required";
    }
    if (!takes(media, "text/plain", NULL) && !takes(media, "message/cpim", "text/plain")) {
        return "text/plain required";
    }
    return NULL;
}

static const char *problem_of(const MsrpSdpMedia *media, MsrpSdpUse use, MsrpSdpSecurity security)
{
    const char *problem = protocol_problem(media, security);
    if (problem != NULL) {
        return problem;
    }
    if (media->has_file) {
        return "files are not taken";
    }
    if (media->port == 0 || media->path == NULL) {
        return "no MSRP path";
    }
    problem = tls_problem(media);
    return problem != NULL ? problem : types_problem(media, use);
}

const MsrpSdpMedia *msrp_sdp_find(const MsrpSdp *self, MsrpSdpUse use, MsrpSdpSecurity security,
                                  const char **why)
{
    const char *problem = "no message session offered";
    const MsrpSdpMedia *found = NULL;
    for (guint i = 0; i < self->media->len; i++) {
        const MsrpSdpMedia *media = self->media->pdata[i];
        if (strcmp(media->kind, "message") != 0) {
            continue;
        }
        problem = problem_of(media, use, security);
        if (problem == NULL && (found == NULL || (media->is_secure && !found->is_secure))) {
            found = media;
        }
    }
    if (found == NULL && why != NULL) {
        *why = problem;
    }
    return found;
}

// --- writing

static void write_session(GString *sdp, const MsrpSdpOurs *ours)
{
    const char *family = strchr(ours->host, ':') != NULL ? "IP6" : "IP4";
    g_string_append_printf(sdp,
                           "v=0\r\no=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN %s %s\r\n",
                           ours->id, ours->version, family, ours->host);
    g_string_append_printf(sdp, "s=-\r\nc=IN %s %s\r\nt=0 0\r\n", family, ours->host);
}

static void write_media(GString *sdp, const MsrpSdpOurs *ours)
{
    static const char *const directions[] = {NULL, "sendonly", "recvonly", "inactive"};
    bool room = ours->use != MSRP_SDP_TWO_PARTY;
    g_string_append_printf(sdp, "m=message %u %s *\r\n", ours->port,
                           ours->secure ? "TCP/TLS/MSRP" : "TCP/MSRP");
    g_string_append_printf(sdp, "a=accept-types:%s\r\n", room ? ROOM_TYPES : TWO_PARTY_TYPES);
    g_string_append_printf(sdp, "a=accept-wrapped-types:%s\r\n", room ? ROOM_WRAPPED_TYPES : "*");
    g_string_append_printf(sdp, "a=max-size:%" G_GUINT64_FORMAT "\r\n", ours->max_size);
    g_string_append_printf(sdp, "a=setup:%s\r\n", msrp_setup_token(ours->setup));
    if (ours->cema) {
        g_string_append(sdp, "a=msrp-cema\r\n");
    }
    g_string_append_printf(sdp, "a=path:%s\r\n", ours->path);
    for (size_t i = 0; ours->secure && ours->fingerprints[i] != NULL; i++) {
        g_string_append_printf(sdp, "a=fingerprint:%s\r\n", ours->fingerprints[i]);
    }
    if (room) {
        g_string_append(sdp, "a=chatroom:nickname private-messages\r\n");
    }
    if (directions[ours->direction] != NULL) {
        g_string_append_printf(sdp, "a=%s\r\n", directions[ours->direction]);
    }
}

char *msrp_sdp_offer(const MsrpSdpOurs *ours)
{
    GString *sdp = g_string_new(NULL);
    write_session(sdp, ours);
    write_media(sdp, ours);
    return g_string_free(sdp, FALSE);
}

char *msrp_sdp_answer(const MsrpSdpOurs *ours, const MsrpSdp *offer, const MsrpSdpMedia *taken)
{
    GString *sdp = g_string_new(NULL);
    write_session(sdp, ours);
    for (guint i = 0; i < offer->media->len; i++) {
        const MsrpSdpMedia *media = offer->media->pdata[i];
        if (media == taken) {
            write_media(sdp, ours);
        } else {
            g_string_append_printf(sdp, "m=%s 0 %s %s\r\n", media->kind, media->protocol,
                                   media->formats);
        }
    }
    return g_string_free(sdp, FALSE);
}

MsrpSdpDirection msrp_sdp_mirror(MsrpSdpDirection theirs)
{
    static const MsrpSdpDirection ours[] = {MSRP_SDP_SENDRECV, MSRP_SDP_RECVONLY, MSRP_SDP_SENDONLY,
                                            MSRP_SDP_INACTIVE};
    return ours[theirs];
}
