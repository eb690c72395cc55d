// SPDX-License-Identifier: MIT
// The error tables of the specification, row by row as the document has them (ERR-02, 03, 07; tables
// 6.3 and 6.5), and the texts that go with statuses.
#include "mapping/failure.h"

#include <glib.h>
#include <string.h>

enum {
    FAILURE_PHRASE_MAX = 120, // LIMIT: octets of a reason phrase made from foreign text, ERR-02
    FAILURE_ROW_MAX = 5,      // statuses in one row of table 3.2
};

// RFC 6120 8.3.3; types as table 3.2 gives them, the others as RFC 6120 recommends.
static const struct {
    const char *name, *type;
} FAILURE_NAMES[FAILURE_COUNT] = {
    [FAILURE_NONE] = {"none", "cancel"},
    [FAILURE_BAD_REQUEST] = {"bad-request", "modify"},
    [FAILURE_CONFLICT] = {"conflict", "cancel"},
    [FAILURE_FEATURE_NOT_IMPLEMENTED] = {"feature-not-implemented", "cancel"},
    [FAILURE_FORBIDDEN] = {"forbidden", "auth"},
    [FAILURE_GONE] = {"gone", "cancel"},
    [FAILURE_INTERNAL_SERVER_ERROR] = {"internal-server-error", "cancel"},
    [FAILURE_ITEM_NOT_FOUND] = {"item-not-found", "cancel"},
    [FAILURE_JID_MALFORMED] = {"jid-malformed", "modify"},
    [FAILURE_NOT_ACCEPTABLE] = {"not-acceptable", "modify"},
    [FAILURE_NOT_ALLOWED] = {"not-allowed", "cancel"},
    [FAILURE_NOT_AUTHORIZED] = {"not-authorized", "auth"},
    [FAILURE_POLICY_VIOLATION] = {"policy-violation", "modify"},
    [FAILURE_RECIPIENT_UNAVAILABLE] = {"recipient-unavailable", "wait"},
    [FAILURE_REDIRECT] = {"redirect", "modify"},
    [FAILURE_REGISTRATION_REQUIRED] = {"registration-required", "auth"},
    [FAILURE_REMOTE_SERVER_NOT_FOUND] = {"remote-server-not-found", "cancel"},
    [FAILURE_REMOTE_SERVER_TIMEOUT] = {"remote-server-timeout", "wait"},
    [FAILURE_RESOURCE_CONSTRAINT] = {"resource-constraint", "wait"},
    [FAILURE_SERVICE_UNAVAILABLE] = {"service-unavailable", "cancel"},
    [FAILURE_SUBSCRIPTION_REQUIRED] = {"subscription-required", "auth"},
    [FAILURE_UNDEFINED_CONDITION] = {"undefined-condition", "cancel"},
    [FAILURE_UNEXPECTED_REQUEST] = {"unexpected-request", "wait"},
};

// Table 3.1: for a stanza to a full JID, to a bare JID, and with a new address (0: never has one).
// 401 and 407 are the mapping; failure_on_wire() says what is sent.
static const struct {
    int full, bare, moved;
} FAILURE_TO_SIP[FAILURE_COUNT] = {
    [FAILURE_BAD_REQUEST] = {400, 400, 0},
    [FAILURE_CONFLICT] = {400, 400, 0},
    [FAILURE_JID_MALFORMED] = {400, 400, 0},
    [FAILURE_SUBSCRIPTION_REQUIRED] = {400, 400, 0},
    [FAILURE_UNDEFINED_CONDITION] = {400, 400, 0},
    [FAILURE_FEATURE_NOT_IMPLEMENTED] = {405, 501, 0},
    [FAILURE_FORBIDDEN] = {403, 603, 0},
    [FAILURE_GONE] = {410, 410, 301},
    [FAILURE_INTERNAL_SERVER_ERROR] = {500, 500, 0},
    [FAILURE_ITEM_NOT_FOUND] = {404, 604, 0},
    [FAILURE_NOT_ACCEPTABLE] = {406, 606, 0},
    [FAILURE_NOT_ALLOWED] = {403, 403, 0},
    [FAILURE_POLICY_VIOLATION] = {403, 403, 0},
    [FAILURE_NOT_AUTHORIZED] = {401, 401, 0},
    [FAILURE_RECIPIENT_UNAVAILABLE] = {480, 600, 0},
    [FAILURE_REDIRECT] = {480, 480, 302},
    [FAILURE_REGISTRATION_REQUIRED] = {407, 407, 0},
    [FAILURE_REMOTE_SERVER_NOT_FOUND] = {404, 404, 0},
    [FAILURE_REMOTE_SERVER_TIMEOUT] = {408, 408, 0},
    [FAILURE_RESOURCE_CONSTRAINT] = {500, 500, 0},
    [FAILURE_SERVICE_UNAVAILABLE] = {405, 403, 0}, // never 503: it would condemn the whole gateway
    [FAILURE_UNEXPECTED_REQUEST] = {400, 400, 0},  // 491 only inside a dialog
};

#define OTHER(hundreds) (hundreds) // every status of the class that no row names

// Table 3.2; the types stand in FAILURE_NAMES.
static const struct {
    int status[FAILURE_ROW_MAX];
    FailureReason reason;
} FAILURE_FROM_SIP[] = {
    {{300, 302, 305, OTHER(3)}, FAILURE_REDIRECT},
    {{301}, FAILURE_GONE}, // with Contact; without: failure_from_status()
    {{380}, FAILURE_NOT_ACCEPTABLE},
    {{400, 402, 493, OTHER(4)}, FAILURE_BAD_REQUEST},
    {{401}, FAILURE_NOT_AUTHORIZED},
    {{403}, FAILURE_FORBIDDEN},
    {{404}, FAILURE_ITEM_NOT_FOUND},
    {{405, 420}, FAILURE_FEATURE_NOT_IMPLEMENTED},
    {{406, 415, 416, 421}, FAILURE_NOT_ACCEPTABLE},
    {{407}, FAILURE_REGISTRATION_REQUIRED},
    {{408}, FAILURE_REMOTE_SERVER_TIMEOUT},
    {{410}, FAILURE_GONE},
    {{413, 414}, FAILURE_POLICY_VIOLATION},
    {{423}, FAILURE_RESOURCE_CONSTRAINT},
    {{430}, FAILURE_RECIPIENT_UNAVAILABLE},
    {{439}, FAILURE_FEATURE_NOT_IMPLEMENTED},
    {{440}, FAILURE_POLICY_VIOLATION},
    {{480, 486, 487}, FAILURE_RECIPIENT_UNAVAILABLE},
    {{481, 484, 485}, FAILURE_ITEM_NOT_FOUND},
    {{482, 483, 488}, FAILURE_NOT_ACCEPTABLE},
    {{489}, FAILURE_POLICY_VIOLATION},
    {{491}, FAILURE_UNEXPECTED_REQUEST},
    {{500, 503, OTHER(5)}, FAILURE_INTERNAL_SERVER_ERROR},
    {{501}, FAILURE_FEATURE_NOT_IMPLEMENTED},
    {{502}, FAILURE_REMOTE_SERVER_NOT_FOUND},
    {{504}, FAILURE_REMOTE_SERVER_TIMEOUT},
    {{505}, FAILURE_NOT_ACCEPTABLE},
    {{513}, FAILURE_POLICY_VIOLATION},
    {{600, 603, OTHER(6)}, FAILURE_RECIPIENT_UNAVAILABLE},
    {{604}, FAILURE_ITEM_NOT_FOUND},
    {{606}, FAILURE_NOT_ACCEPTABLE},
};

// Table 6.4, where it says something else than table 3.2 (FAILURE_FROM_SIP).
static const struct {
    int status[FAILURE_ROW_MAX];
    FailureReason reason;
    const char *type; // NULL: that of the reason
} FAILURE_JOIN_FROM_SIP[] = {
    {{407}, FAILURE_NOT_AUTHORIZED, NULL},
    {{603}, FAILURE_FORBIDDEN, NULL},
    {{410}, FAILURE_ITEM_NOT_FOUND, NULL},
    {{486, 600}, FAILURE_SERVICE_UNAVAILABLE, "wait"},
    {{482, 483}, FAILURE_NOT_ACCEPTABLE, "cancel"},
    {{487}, FAILURE_RECIPIENT_UNAVAILABLE, NULL},
    {{500, 503, OTHER(5)}, FAILURE_INTERNAL_SERVER_ERROR, "wait"},
};

// ERR-07, then what is left of a class. A lost session (481, 506) leaves nobody to deliver to.
static const struct {
    int status;
    FailureReason reason;
} FAILURE_FROM_MSRP[] = {
    {400, FAILURE_BAD_REQUEST},
    {403, FAILURE_FORBIDDEN},
    {404, FAILURE_ITEM_NOT_FOUND},
    {408, FAILURE_REMOTE_SERVER_TIMEOUT},
    {413, FAILURE_POLICY_VIOLATION},
    {415, FAILURE_NOT_ACCEPTABLE},
    {423, FAILURE_RESOURCE_CONSTRAINT},
    {424, FAILURE_NOT_ACCEPTABLE}, // of a nick, as 425 (table 6.5)
    {425, FAILURE_CONFLICT},
    {428, FAILURE_FEATURE_NOT_IMPLEMENTED},
    {481, FAILURE_RECIPIENT_UNAVAILABLE},
    {506, FAILURE_RECIPIENT_UNAVAILABLE},
    {501, FAILURE_FEATURE_NOT_IMPLEMENTED},
    {OTHER(4), FAILURE_BAD_REQUEST},
    {OTHER(5), FAILURE_INTERNAL_SERVER_ERROR},
};

// Table 6.5, right half; below the line what it leaves out, by the same thought: not allowed 403,
// not there 404, perhaps later 408, badly said 400.
static const int FAILURE_TO_MSRP[FAILURE_COUNT] = {
    [FAILURE_FORBIDDEN] = 403,
    [FAILURE_NOT_ACCEPTABLE] = 403,
    [FAILURE_ITEM_NOT_FOUND] = 404,
    [FAILURE_REMOTE_SERVER_TIMEOUT] = 408,
    [FAILURE_POLICY_VIOLATION] = 403,
    [FAILURE_NOT_ALLOWED] = 403,
    [FAILURE_FEATURE_NOT_IMPLEMENTED] = 403,
    [FAILURE_SERVICE_UNAVAILABLE] = 403,
    [FAILURE_RESOURCE_CONSTRAINT] = 408,
    [FAILURE_BAD_REQUEST] = 400,
    [FAILURE_JID_MALFORMED] = 400,
    [FAILURE_INTERNAL_SERVER_ERROR] = 408,
    [FAILURE_UNDEFINED_CONDITION] = 408,
    [FAILURE_RECIPIENT_UNAVAILABLE] = 404,
    [FAILURE_GONE] = 404,
    // --
    [FAILURE_NOT_AUTHORIZED] = 403,
    [FAILURE_REGISTRATION_REQUIRED] = 403,
    [FAILURE_SUBSCRIPTION_REQUIRED] = 403,
    [FAILURE_REDIRECT] = 404,
    [FAILURE_REMOTE_SERVER_NOT_FOUND] = 404,
    [FAILURE_CONFLICT] = 408,
    [FAILURE_UNEXPECTED_REQUEST] = 408,
    [FAILURE_NONE] = 408,
};

// Table 6.3; whoever is not named gets 400. Text NULL: the standard phrase.
static const struct {
    int status;
    const char *text;
} FAILURE_JOIN_TO_SIP[FAILURE_COUNT] = {
    [FAILURE_NOT_AUTHORIZED] = {403, "Password required"},
    [FAILURE_REGISTRATION_REQUIRED] = {403, "Members only"},
    [FAILURE_FORBIDDEN] = {403, NULL},
    [FAILURE_CONFLICT] = {480, "Nickname in use"},
    [FAILURE_NOT_ACCEPTABLE] = {406, NULL},
    [FAILURE_ITEM_NOT_FOUND] = {404, NULL},
    [FAILURE_NOT_ALLOWED] = {403, NULL},
    [FAILURE_SERVICE_UNAVAILABLE] = {486, NULL},
    [FAILURE_JID_MALFORMED] = {400, NULL},
    [FAILURE_RESOURCE_CONSTRAINT] = {500, NULL},
    [FAILURE_INTERNAL_SERVER_ERROR] = {500, NULL},
    [FAILURE_REMOTE_SERVER_NOT_FOUND] = {404, NULL},
    [FAILURE_REMOTE_SERVER_TIMEOUT] = {408, NULL},
    [FAILURE_GONE] = {410, NULL},
    [FAILURE_REDIRECT] = {410, NULL},
    [FAILURE_POLICY_VIOLATION] = {403, NULL},
};

// RFC 3261 21 and its extensions that this gateway sends or meets; last of each class: the rest.
static const struct {
    int status;
    const char *phrase;
} FAILURE_PHRASES[] = {
    {100, "Trying"}, {180, "Ringing"}, {181, "Call Is Being Forwarded"}, {182, "Queued"},
    {183, "Session Progress"}, {OTHER(1), "Progress"},
    {200, "OK"}, {202, "Accepted"}, {OTHER(2), "OK"},
    {300, "Multiple Choices"}, {301, "Moved Permanently"}, {302, "Moved Temporarily"},
    {305, "Use Proxy"}, {380, "Alternative Service"}, {OTHER(3), "Redirected"},
    {400, "Bad Request"}, {401, "Unauthorized"}, {402, "Payment Required"}, {403, "Forbidden"},
    {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"}, {408, "Request Timeout"}, {410, "Gone"},
    {412, "Conditional Request Failed"}, {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"}, {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"}, {420, "Bad Extension"}, {421, "Extension Required"},
    {422, "Session Interval Too Small"}, {423, "Interval Too Brief"}, {429, "Provide Referrer Identity"},
    {430, "Flow Failed"}, {433, "Anonymity Disallowed"}, {439, "First Hop Lacks Outbound Support"},
    {440, "Max-Breadth Exceeded"}, {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"}, {482, "Loop Detected"}, {483, "Too Many Hops"},
    {484, "Address Incomplete"}, {485, "Ambiguous"}, {486, "Busy Here"},
    {487, "Request Terminated"}, {488, "Not Acceptable Here"}, {489, "Bad Event"},
    {491, "Request Pending"}, {493, "Undecipherable"}, {OTHER(4), "Request Failure"},
    {500, "Server Internal Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"}, {504, "Server Time-out"}, {505, "Version Not Supported"},
    {513, "Message Too Large"}, {580, "Precondition Failure"}, {OTHER(5), "Server Failure"},
    {600, "Busy Everywhere"}, {603, "Decline"}, {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"}, {607, "Unwanted"}, {OTHER(6), "Global Failure"},
};

// COMPAT(Prosody 0.12): words of its error texts for a name that exists or not, nobody could tell.
static const char *const FAILURE_UNRESOLVED[] = {"unresolved", "unable to resolve", "servfail"};

const char *failure_name(FailureReason reason)
{
    return FAILURE_NAMES[reason].name;
}

FailureReason failure_from_name(const char *name)
{
    for (FailureReason reason = FAILURE_NONE + 1; name != NULL && reason < FAILURE_COUNT; reason++)
        if (strcmp(FAILURE_NAMES[reason].name, name) == 0)
            return reason;
    return FAILURE_NONE;
}

static FailureReason reason_of_type(const char *type)
{
    bool is_ours = g_strcmp0(type, "cancel") == 0 || g_strcmp0(type, "wait") == 0;
    return is_ours ? FAILURE_INTERNAL_SERVER_ERROR : FAILURE_BAD_REQUEST;
}

static bool says_unresolved(const char *text)
{
    g_autofree char *lower = text != NULL ? g_ascii_strdown(text, -1) : NULL;
    for (size_t i = 0; lower != NULL && i < G_N_ELEMENTS(FAILURE_UNRESOLVED); i++)
        if (strstr(lower, FAILURE_UNRESOLVED[i]) != NULL)
            return true;
    return false;
}

FailureReason failure_from_error(const char *condition, const char *type, const char *text)
{
    FailureReason reason = failure_from_name(condition);
    if (reason == FAILURE_REMOTE_SERVER_NOT_FOUND && says_unresolved(text))
        return FAILURE_REMOTE_SERVER_TIMEOUT;
    return reason != FAILURE_NONE ? reason : reason_of_type(type);
}

const char *failure_type(FailureReason reason)
{
    return FAILURE_NAMES[reason].type;
}

// The reason of the row that names `status` (or, as OTHER, its class).
static FailureReason row_naming(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(FAILURE_FROM_SIP); i++)
        for (size_t k = 0; k < FAILURE_ROW_MAX; k++)
            if (FAILURE_FROM_SIP[i].status[k] == status)
                return FAILURE_FROM_SIP[i].reason;
    return FAILURE_NONE;
}

FailureReason failure_from_status(int status, bool has_contact)
{
    if (status < 300)
        return FAILURE_NONE;
    if (status == 301 && !has_contact)
        return FAILURE_ITEM_NOT_FOUND;
    FailureReason named = row_naming(status);
    FailureReason other = named == FAILURE_NONE ? row_naming(OTHER(status / 100)) : named;
    return other != FAILURE_NONE ? other : FAILURE_INTERNAL_SERVER_ERROR;
}

static int join_row(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(FAILURE_JOIN_FROM_SIP); i++)
        for (size_t j = 0; j < FAILURE_ROW_MAX; j++)
            if (status != 0 && FAILURE_JOIN_FROM_SIP[i].status[j] == status)
                return (int)i;
    return -1;
}

FailureReason failure_join_from_status(int status, bool has_contact)
{
    int row = join_row(status);
    return row >= 0 ? FAILURE_JOIN_FROM_SIP[row].reason : failure_from_status(status, has_contact);
}

const char *failure_join_type(FailureReason reason, int status)
{
    int row = join_row(status);
    const char *type = row >= 0 && FAILURE_JOIN_FROM_SIP[row].reason == reason
                           ? FAILURE_JOIN_FROM_SIP[row].type
                           : NULL;
    return type != NULL ? type : failure_type(reason);
}

int failure_to_status(FailureReason reason, bool to_full_jid, const char *error_type)
{
    FailureReason known = reason != FAILURE_NONE ? reason : reason_of_type(error_type);
    return to_full_jid ? FAILURE_TO_SIP[known].full : FAILURE_TO_SIP[known].bare;
}

int failure_to_moved_status(FailureReason reason)
{
    return FAILURE_TO_SIP[reason].moved;
}

int failure_on_wire(int status)
{
    return status == 401 || status == 407 ? 403 : status;
}

static FailureReason msrp_row_naming(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(FAILURE_FROM_MSRP); i++)
        if (FAILURE_FROM_MSRP[i].status == status)
            return FAILURE_FROM_MSRP[i].reason;
    return FAILURE_NONE;
}

FailureReason failure_from_msrp(int status)
{
    if (status >= 200 && status < 300)
        return FAILURE_NONE;
    FailureReason named = msrp_row_naming(status);
    FailureReason other = named == FAILURE_NONE ? msrp_row_naming(OTHER(status / 100)) : named;
    return other != FAILURE_NONE ? other : FAILURE_INTERNAL_SERVER_ERROR;
}

int failure_to_msrp(FailureReason reason)
{
    return FAILURE_TO_MSRP[reason];
}

int failure_join_to_status(FailureReason reason, const char **text)
{
    int status = FAILURE_JOIN_TO_SIP[reason].status != 0 ? FAILURE_JOIN_TO_SIP[reason].status : 400;
    const char *own = FAILURE_JOIN_TO_SIP[reason].text;
    if (text != NULL)
        *text = own != NULL ? own : failure_phrase(status);
    return status;
}

const char *failure_phrase(int status)
{
    const char *other = "Failure";
    for (size_t i = 0; i < G_N_ELEMENTS(FAILURE_PHRASES); i++) {
        if (FAILURE_PHRASES[i].status == status)
            return FAILURE_PHRASES[i].phrase;
        if (FAILURE_PHRASES[i].status == OTHER(status / 100))
            other = FAILURE_PHRASES[i].phrase;
    }
    return other;
}

// One line of `text`: controls and line separators become spaces, runs of spaces one.
static GString *one_line(const char *text)
{
    GString *line = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool is_gap = g_unichar_iscntrl(c) || g_unichar_isspace(c);
        size_t limit = (size_t)FAILURE_PHRASE_MAX - (size_t)g_unichar_to_utf8(c, NULL);
        if (line->len > limit)
            break;
        if (!is_gap)
            g_string_append_unichar(line, c);
        else if (line->len > 0 && line->str[line->len - 1] != ' ')
            g_string_append_c(line, ' ');
    }
    return line;
}

char *failure_phrase_from_text(const char *text, int status)
{
    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        return g_strdup(failure_phrase(status));
    char *phrase = g_strchomp(g_string_free(one_line(text), FALSE));
    if (*phrase != '\0')
        return phrase;
    g_free(phrase);
    return g_strdup(failure_phrase(status));
}

char *failure_text_from_status(int status, const char *phrase)
{
    bool has_phrase = phrase != NULL && *phrase != '\0';
    return g_strdup_printf("%d %s", status, has_phrase ? phrase : failure_phrase(status));
}
