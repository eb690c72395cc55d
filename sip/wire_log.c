// SPDX-License-Identifier: MIT
// The log of the SIP library read as a record of the wire; see wire_log.h. With TPTAG_LOG(1) the
// transport logs of every message: a stamp with a ruler below it, each line of the text (three
// blanks, the line, a line end of its own), and the ruler again.
#include "sip/wire_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>
#include <sofia-sip/su_log.h>

// LIMIT: a message is traced up to this many octets; longer ones are cut, not dropped.
#define TEXT_OCTETS (256 * 1024)

struct WireLog {
    WireLogFunc each; // NULL: nobody wants texts
    void *self;       // borrowed, of each
    GString *text; // owned; the message being put together
    char *peer;    // owned; NULL between messages
    bool outgoing;
};

// "recv 450 bytes from udp/[127.0.0.1]:5060 at 08:15:00.123456:\n"
static void begin(WireLog *log, const char *stamp)
{
    const char *peer = strstr(stamp, " bytes ");
    log->outgoing = g_str_has_prefix(stamp, "send ");
    peer = peer != NULL ? strchr(peer + strlen(" bytes "), ' ') : NULL;
    if (log->each != NULL && peer != NULL) {
        const char *end = strchr(peer + 1, ' ');
        log->peer = g_strndup(peer + 1, end != NULL ? (size_t)(end - peer - 1) : strlen(peer + 1));
    }
}

static void finish(WireLog *log)
{
    if (log->peer != NULL) {
        log->each(log->self, log->outgoing, log->peer, log->text->str, log->text->len);
    }
    g_clear_pointer(&log->peer, g_free);
    g_string_truncate(log->text, 0);
}

// One line end as it was, for the log has lost which it was.
static void add_line_part(WireLog *log, const char *format, va_list args)
{
    if (log->text->len >= TEXT_OCTETS) {
        return;
    }
    if (strcmp(format, "\n") == 0) {
        g_string_append(log->text, "\r\n");
        return;
    }
    if (strcmp(format, "%s%.*s") == 0) {
        (void)va_arg(args, const char *); // the three blanks
        int octets = va_arg(args, int);
        g_string_append_len(log->text, va_arg(args, const char *), octets);
    }
}

static void on_log(void *stream, char const *format, va_list args)
{
    WireLog *log = stream;
    // Called for every line of every message: two letters tell the ruler from the rest.
    if (format[0] != '%' || format[2] != ' ') {
        if (log->peer != NULL) {
            add_line_part(log, format, args);
        }
        return;
    }
    const char *stamp = va_arg(args, const char *);
    if (g_str_has_prefix(stamp, "recv ") || g_str_has_prefix(stamp, "send ")) {
        begin(log, stamp);
    } else {
        finish(log);
    }
}

static void on_log_ignored(void *stream, char const *format, va_list args)
{
}

WireLog *wire_log_new(WireLogFunc each, void *self)
{
    WireLog *log = g_new0(WireLog, 1);
    *log = (WireLog){.each = each, .self = self, .text = g_string_new(NULL)};
    su_log_redirect(NULL, on_log, log);
    su_log_set_level(NULL, 0);
    return log;
}

void wire_log_free(WireLog *log)
{
    if (log == NULL) {
        return;
    }
    su_log_redirect(NULL, on_log_ignored, NULL);
    g_string_free(log->text, TRUE);
    g_free(log->peer);
    g_free(log);
}
