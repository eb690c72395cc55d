// SPDX-License-Identifier: MIT
// Octets of a connection to frames (RFC 4975 7.1, 7.3, 9).
//
// Head and body are both taken line by line, because the end-line is a line of its own: a frame is
// over when what has been collected ends in CRLF, seven dashes, the transaction id, a flag and
// CRLF. So nothing is scanned twice, and it does not matter where one read ends and the next
// begins.
#include "sip/msrp/msrp_parser.h"

#include "sip/msrp/msrp_uri.h"

#include <string.h>

#define LINE_MAX_OCTETS 8192       // LIMIT: the longest is a path, and 8 URIs fit
#define HEAD_MAX        16384      // LIMIT: all headers together
#define HEADERS_MAX     64         // LIMIT: header lines of one frame
#define OTHER_BODY_MAX  10240      // LIMIT: body of anything but SEND (RFC 4975 7.1; MSRP-034)
#define SKIP_MAX        (16 << 20) // LIMIT: octets of a refused body that are skipped
#define MESSAGE_ID_MAX  128        // LIMIT: 32 by grammar; longer ones occur and do no harm
#define METHOD_MAX      32         // LIMIT: the longest known has 8 letters
#define CHARGE_STEP     4096       // octets taken from the budget at once; the first are free
#define TAIL_MAX        (2 + 7 + MSRP_FRAME_TID_MAX + 1 + 2)

struct MsrpParser {
    size_t body_max;
    MsrpBudget *budget;  // borrowed
    MsrpFrame *frame;    // owned: under way; NULL before its start line
    GByteArray *octets;  // owned: of the frame under way
    size_t line;         // where the line under way begins in `octets`
    size_t body;         // where the body begins; 0: still in the head
    size_t header_count;
    size_t charged;
    size_t skipped;      // octets of the body dropped so far
    bool skipping;       // the frame was handed out as too long
    bool broken;
};

MsrpParser *msrp_parser_new(size_t body_max, MsrpBudget *budget)
{
    MsrpParser *parser = g_new0(MsrpParser, 1);
    parser->body_max = body_max;
    parser->budget = budget;
    parser->octets = g_byte_array_new();
    return parser;
}

void msrp_parser_free(MsrpParser *parser)
{
    if (parser == NULL)
        return;
    msrp_budget_give(parser->budget, parser->charged);
    msrp_frame_free(parser->frame);
    g_byte_array_unref(parser->octets);
    g_free(parser);
}

static void header_clear(void *data)
{
    MsrpHeader *header = data;
    g_free((char *)header->name);
    g_free((char *)header->value);
}

static MsrpFrame *frame_new(void)
{
    MsrpFrame *frame = g_new0(MsrpFrame, 1);
    frame->flag = '$';
    frame->others = g_array_new(FALSE, FALSE, sizeof(MsrpHeader));
    g_array_set_clear_func(frame->others, header_clear);
    return frame;
}

// Everything that only makes the frame bad, not the stream.
static void fault(MsrpFrame *frame)
{
    frame->fault = 400;
}

// "3DIGIT [SP comment]"
static bool response_read(MsrpFrame *frame, const char *rest)
{
    for (size_t i = 0; i < 3; i++) {
        if (!g_ascii_isdigit(rest[i]))
            return false;
    }
    if (rest[3] != '\0' && rest[3] != ' ')
        return false;
    frame->kind = MSRP_KIND_RESPONSE;
    frame->status = (int)g_ascii_strtoull(rest, NULL, 10);
    frame->comment = rest[3] == ' ' ? g_strdup(rest + 4) : NULL;
    return true;
}

static bool method_read(MsrpFrame *frame, const char *rest)
{
    static const struct {
        const char *name;
        MsrpKind kind;
    } methods[] = {{"SEND", MSRP_KIND_SEND}, {"REPORT", MSRP_KIND_REPORT},
                   {"NICKNAME", MSRP_KIND_NICKNAME}};
    size_t length = strspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (length == 0 || length > METHOD_MAX || rest[length] != '\0')
        return false;
    frame->kind = MSRP_KIND_OTHER;
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (strcmp(rest, methods[i].name) == 0)
            frame->kind = methods[i].kind;
    }
    frame->method = g_strdup(rest);
    return true;
}

// Ids shorter than the grammar's four octets are accepted (MSRP-001).
static bool start_line_read(MsrpParser *parser, const char *line)
{
    MsrpFrame *frame = frame_new();
    parser->frame = frame;
    if (strncmp(line, "MSRP ", 5) != 0)
        return false;
    line += 5;
    size_t length = 0;
    while (g_ascii_isalnum(line[length]) ||
           (length > 0 && line[length] != '\0' && strchr(".-+%=", line[length]) != NULL))
        length++;
    if (length == 0 || length > MSRP_FRAME_TID_MAX || line[length] != ' ')
        return false;
    memcpy(frame->tid, line, length);
    line += length + 1;
    return msrp_frame_is_text(line) && (response_read(frame, line) || method_read(frame, line));
}

static MsrpFrameField field_find(const char *name)
{
    size_t field = 0;
    while (field < MSRP_FRAME_FIELD_COUNT &&
           g_ascii_strcasecmp(name, msrp_frame_field_name((MsrpFrameField)field)) != 0)
        field++;
    return (MsrpFrameField)field;
}

// To-Path first, From-Path second, Content-Type last, none of MSRP's own twice.
static bool in_order(const MsrpParser *parser, MsrpFrameField field)
{
    const MsrpFrame *frame = parser->frame;
    if (frame->field[MSRP_FRAME_CONTENT_TYPE] != NULL)
        return false;
    if ((field == MSRP_FRAME_TO_PATH) != (parser->header_count == 1) ||
        (field == MSRP_FRAME_FROM_PATH) != (parser->header_count == 2))
        return false;
    return field == MSRP_FRAME_FIELD_COUNT || frame->field[field] == NULL;
}

// A path out of its place is read all the same: the refusal has to be addressed to somebody.
static void header_take(MsrpParser *parser, const char *name, const char *value)
{
    MsrpFrame *frame = parser->frame;
    MsrpFrameField field = field_find(name);
    if (!in_order(parser, field))
        fault(frame);
    if (field == MSRP_FRAME_FIELD_COUNT) {
        MsrpHeader header = {g_strdup(name), g_strdup(value)};
        g_array_append_val(frame->others, header);
        return;
    }
    if (frame->field[field] != NULL)
        return;
    frame->field[field] = g_strdup(value);
    if (field == MSRP_FRAME_TO_PATH)
        frame->to_path = msrp_uri_path_read(value);
    else if (field == MSRP_FRAME_FROM_PATH)
        frame->from_path = msrp_uri_path_read(value);
}

static void header_read(MsrpParser *parser, char *line)
{
    char *colon = strstr(line, ": ");
    parser->header_count++;
    if (colon == NULL || !msrp_frame_is_text(line)) {
        fault(parser->frame);
        return;
    }
    *colon = '\0';
    if (field_find(line) == MSRP_FRAME_FIELD_COUNT && !msrp_frame_is_foreign_name(line))
        fault(parser->frame);
    header_take(parser, line, colon + 2);
}

static bool one_of(const char *value, const char *const choices[])
{
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (strcmp(value, choices[i]) == 0)
            return true;
    }
    return false;
}

static bool message_id_is_good(const char *id)
{
    size_t length = strlen(id);
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isgraph(id[i]))
            return false;
    }
    return length > 0 && length <= MESSAGE_ID_MAX;
}

// What the whole head has to fulfil; values whose meaning is needed are read where it is.
static void head_check(MsrpFrame *frame)
{
    const char *id = frame->field[MSRP_FRAME_MESSAGE_ID];
    const char *success = frame->field[MSRP_FRAME_SUCCESS_REPORT];
    const char *failure = frame->field[MSRP_FRAME_FAILURE_REPORT];
    if (frame->to_path == NULL || frame->from_path == NULL)
        fault(frame);
    if (id != NULL && !message_id_is_good(id))
        fault(frame);
    if (success != NULL && !one_of(success, (const char *const[]){"yes", "no", NULL}))
        fault(frame);
    if (failure != NULL && !one_of(failure, (const char *const[]){"yes", "no", "partial", NULL}))
        fault(frame);
    // Only content may be long (RFC 4975 7.1); what is done about that is decided by size.
    if (frame->too_long && frame->kind != MSRP_KIND_SEND)
        fault(frame);
    // A body needs its type, and a type its body (RFC 4975 7.1); a response has neither.
    if ((frame->field[MSRP_FRAME_CONTENT_TYPE] != NULL) != frame->has_body ||
        (frame->has_body && frame->kind == MSRP_KIND_RESPONSE))
        fault(frame);
}

// Whether what has been collected ends in the end-line of this frame.
static bool at_end_line(const MsrpParser *parser, char *flag)
{
    const MsrpFrame *frame = parser->frame;
    size_t id = strlen(frame->tid);
    size_t tail = 2 + 7 + id + 1 + 2;
    if (parser->octets->len < tail)
        return false;
    const uint8_t *at = parser->octets->data + parser->octets->len - tail;
    *flag = (char)at[9 + id];
    return memcmp(at, "\r\n-------", 9) == 0 && memcmp(at + 9, frame->tid, id) == 0 &&
           (*flag == '$' || *flag == '+' || *flag == '#') && at[10 + id] == '\r';
}

// Ready for the next frame.
static void parser_reset(MsrpParser *parser)
{
    msrp_budget_give(parser->budget, parser->charged);
    parser->frame = NULL;
    parser->octets = g_byte_array_new();
    parser->line = parser->body = parser->header_count = 0;
    parser->charged = parser->skipped = 0;
    parser->skipping = false;
}

static MsrpFrame *frame_give(MsrpParser *parser)
{
    MsrpFrame *frame = parser->frame;
    frame->octets = parser->octets;
    frame->budget = parser->budget;
    frame->charged = parser->charged;
    parser->charged = 0;
    head_check(frame);
    parser_reset(parser);
    return frame;
}

static size_t body_limit(const MsrpParser *parser)
{
    return parser->frame->kind == MSRP_KIND_SEND ? parser->body_max : OTHER_BODY_MAX;
}

// The end-line has been seen. The CRLF in front of it belongs to it, if there is a body at all; it
// may be the very one that ends the head, when somebody writes an empty body too short.
static MsrpFrame *frame_end(MsrpParser *parser, char flag)
{
    MsrpFrame *frame = parser->frame;
    frame->flag = flag;
    if (parser->body > 0) {
        size_t end = parser->octets->len - (2 + 7 + strlen(frame->tid) + 1 + 2);
        frame->has_body = true;
        frame->body = parser->octets->data + parser->body;
        frame->length = end > parser->body ? end - parser->body : 0;
        frame->too_long = frame->length > body_limit(parser);
    }
    return frame_give(parser);
}

// Hands out the head of the frame under way. What follows of the body is skipped, so only the
// transaction id is kept, and as many octets as may be the beginning of the end-line.
static MsrpFrame *frame_too_long(MsrpParser *parser)
{
    GByteArray *octets = parser->octets;
    size_t tail = MIN(TAIL_MAX, octets->len - parser->body);
    g_autofree uint8_t *kept = g_memdup2(octets->data + octets->len - tail, tail);
    g_byte_array_set_size(octets, (guint)parser->body);
    parser->frame->too_long = parser->frame->has_body = true;
    MsrpFrame *frame = frame_give(parser);
    parser->frame = frame_new();
    memcpy(parser->frame->tid, frame->tid, sizeof frame->tid);
    parser->skipping = true;
    parser->body = 1; // anything but the head
    g_byte_array_append(parser->octets, kept, (guint)tail);
    return frame;
}

typedef enum { LINE_ON, LINE_ENDS_FRAME, LINE_BREAKS } LineResult;

// A complete line of the head, which begins at parser->line.
static LineResult head_line(MsrpParser *parser, char *flag)
{
    GByteArray *octets = parser->octets;
    size_t length = octets->len - parser->line;
    if (length < 2 || octets->data[octets->len - 2] != '\r')
        return LINE_ON;
    g_autofree char *line = g_strndup((const char *)octets->data + parser->line, length - 2);
    bool has_nul = strlen(line) != length - 2;
    parser->line = octets->len;
    if (parser->frame == NULL)
        return !has_nul && start_line_read(parser, line) ? LINE_ON : LINE_BREAKS;
    if (g_str_has_prefix(line, "-------"))
        return at_end_line(parser, flag) ? LINE_ENDS_FRAME : LINE_BREAKS;
    if (length == 2) {
        parser->body = octets->len;
        return LINE_ON;
    }
    header_read(parser, line);
    if (has_nul)
        fault(parser->frame);
    return parser->header_count <= HEADERS_MAX ? LINE_ON : LINE_BREAKS;
}

// Takes memory for what is held from the budget, in steps.
static bool charge(MsrpParser *parser)
{
    while (parser->octets->len > parser->charged + CHARGE_STEP) {
        if (!msrp_budget_take(parser->budget, CHARGE_STEP))
            return false;
        parser->charged += CHARGE_STEP;
    }
    return true;
}

// The end-line may have begun.
static bool body_fits(MsrpParser *parser)
{
    size_t length = parser->octets->len - parser->body;
    return length <= body_limit(parser) + TAIL_MAX && charge(parser);
}

// Keeps only as much of a skipped body as the end-line can need.
static bool skip_on(MsrpParser *parser)
{
    GByteArray *octets = parser->octets;
    if (octets->len > 2 * TAIL_MAX) {
        guint dropped = octets->len - TAIL_MAX;
        g_byte_array_remove_range(octets, 0, dropped);
        parser->skipped += dropped;
    }
    return parser->skipped <= SKIP_MAX;
}

// Adds the input up to the end of its first line.
static bool line_append(MsrpParser *parser, const uint8_t **octets, size_t *length)
{
    const uint8_t *newline = memchr(*octets, '\n', *length);
    size_t used = newline != NULL ? (size_t)(newline - *octets) + 1 : *length;
    g_byte_array_append(parser->octets, *octets, (guint)used);
    *octets += used;
    *length -= used;
    return newline != NULL;
}

static bool head_fits(MsrpParser *parser)
{
    return parser->octets->len - parser->line <= LINE_MAX_OCTETS &&
           parser->octets->len <= HEAD_MAX && charge(parser);
}

// Looks at what was appended; `line`: it ends a line.
static LineResult step(MsrpParser *parser, bool line, char *flag)
{
    if (parser->skipping && !skip_on(parser))
        return LINE_BREAKS;
    if (parser->body > 0)
        return line && at_end_line(parser, flag) ? LINE_ENDS_FRAME : LINE_ON;
    if (!head_fits(parser))
        return LINE_BREAKS;
    return line ? head_line(parser, flag) : LINE_ON;
}

// The end of a body that nobody wanted.
static void skip_end(MsrpParser *parser)
{
    msrp_frame_free(parser->frame);
    g_byte_array_unref(parser->octets);
    parser_reset(parser);
}

static MsrpParserResult break_off(MsrpParser *parser, MsrpFrame **frame)
{
    parser->broken = true;
    *frame = parser->skipping ? NULL : g_steal_pointer(&parser->frame);
    return MSRP_PARSER_BROKEN;
}

MsrpParserResult msrp_parser_feed(MsrpParser *parser, const uint8_t **octets, size_t *length,
                                  MsrpFrame **frame)
{
    *frame = NULL;
    if (parser->broken)
        return MSRP_PARSER_BROKEN;
    while (*length > 0) {
        char flag;
        bool line = line_append(parser, octets, length);
        LineResult result = step(parser, line, &flag);
        if (result == LINE_BREAKS)
            return break_off(parser, frame);
        if (result == LINE_ENDS_FRAME && !parser->skipping)
            *frame = frame_end(parser, flag);
        else if (result == LINE_ENDS_FRAME)
            skip_end(parser);
        else if (parser->body > 0 && !parser->skipping && !body_fits(parser))
            *frame = frame_too_long(parser);
        if (*frame != NULL)
            return MSRP_PARSER_FRAME;
    }
    return MSRP_PARSER_MORE;
}
