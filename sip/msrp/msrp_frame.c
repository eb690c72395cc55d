// SPDX-License-Identifier: MIT
// One MSRP frame: the value, and how it is written (RFC 4975 7, 9).
#include "sip/msrp/msrp_frame.h"

#include <string.h>

static const char *const names[MSRP_FRAME_FIELD_COUNT] = {
    [MSRP_FRAME_TO_PATH] = "To-Path",
    [MSRP_FRAME_FROM_PATH] = "From-Path",
    [MSRP_FRAME_MESSAGE_ID] = "Message-ID",
    [MSRP_FRAME_SUCCESS_REPORT] = "Success-Report",
    [MSRP_FRAME_FAILURE_REPORT] = "Failure-Report",
    [MSRP_FRAME_BYTE_RANGE] = "Byte-Range",
    [MSRP_FRAME_STATUS] = "Status",
    [MSRP_FRAME_USE_NICKNAME] = "Use-Nickname",
    [MSRP_FRAME_CONTENT_TYPE] = "Content-Type",
};

static const struct {
    int status;
    const char *words;
} known_words[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {408, "Request Timeout"},
    {413, "Message Too Large"},
    {415, "Unsupported Media Type"},
    {423, "Parameter Out Of Bounds"},
    {424, "Malformed Nickname"},
    {425, "Nickname Reserved Or In Use"},
    {428, "Private Messages Not Supported"},
    {481, "Session Does Not Exist"},
    {501, "Method Not Understood"},
    {506, "Session In Use"},
};

void msrp_frame_free(MsrpFrame *frame)
{
    if (frame == NULL)
        return;
    if (frame->budget != NULL)
        msrp_budget_give(frame->budget, frame->charged);
    g_free(frame->method);
    g_free(frame->comment);
    for (size_t i = 0; i < MSRP_FRAME_FIELD_COUNT; i++)
        g_free(frame->field[i]);
    g_clear_pointer(&frame->to_path, g_ptr_array_unref);
    g_clear_pointer(&frame->from_path, g_ptr_array_unref);
    g_clear_pointer(&frame->others, g_array_unref);
    g_clear_pointer(&frame->octets, g_byte_array_unref);
    g_free(frame);
}

const char *msrp_frame_field_name(MsrpFrameField field)
{
    return names[field];
}

const char *msrp_frame_words(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_words); i++) {
        if (known_words[i].status == status)
            return known_words[i].words;
    }
    return "Status";
}

bool msrp_frame_is_ident(const char *text)
{
    size_t length = 0;
    if (!g_ascii_isalnum(text[0]))
        return false;
    while (g_ascii_isalnum(text[length]) || (text[length] != '\0' && strchr(".-+%=", text[length])))
        length++;
    return text[length] == '\0' && length >= 4 && length <= MSRP_FRAME_TID_MAX;
}

bool msrp_frame_is_text(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at) && *at != '\t')
            return false;
    }
    return g_utf8_validate(text, -1, NULL);
}

bool msrp_frame_is_foreign_name(const char *name)
{
    for (size_t i = 0; i < MSRP_FRAME_FIELD_COUNT; i++) {
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return false;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("!#$%&'*+-.^_`{|}~", *at) == NULL)
            return false;
    }
    return g_ascii_isalpha(name[0]);
}

void msrp_frame_write_header(GString *out, const char *name, const char *value)
{
    g_string_append(out, name);
    g_string_append_len(out, ": ", 2);
    g_string_append(out, value);
    g_string_append_len(out, "\r\n", 2);
}

static void write_paths(GString *out, const char *to_path, const char *from_path)
{
    msrp_frame_write_header(out, names[MSRP_FRAME_TO_PATH], to_path);
    msrp_frame_write_header(out, names[MSRP_FRAME_FROM_PATH], from_path);
}

void msrp_frame_write_request(GString *out, const char *tid, const char *method,
                              const char *to_path, const char *from_path)
{
    g_string_append_printf(out, "MSRP %s %s\r\n", tid, method);
    write_paths(out, to_path, from_path);
}

void msrp_frame_write_end(GString *out, const char *tid, char flag, bool has_body)
{
    g_string_append_printf(out, "%s-------%s%c\r\n", has_body ? "\r\n" : "", tid, flag);
}

GBytes *msrp_frame_write_response(const char *tid, int status, const char *comment,
                                  const char *to_path, const char *from_path)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "MSRP %s %03d %s\r\n", tid, status,
                           comment != NULL ? comment : msrp_frame_words(status));
    write_paths(out, to_path, from_path);
    msrp_frame_write_end(out, tid, '$', false);
    return g_string_free_to_bytes(out);
}

void msrp_frame_choose_tid(char tid[MSRP_FRAME_TID_MAX + 1], const uint8_t *body, size_t length,
                           void (*candidate)(void *user, char *tid), void *user)
{
    char line[7 + MSRP_FRAME_TID_MAX + 1] = "-------";
    do {
        candidate(user, tid);
        g_strlcpy(line + 7, tid, sizeof line - 7);
    } while (length > 0 && memmem(body, length, line, strlen(line)) != NULL);
}
