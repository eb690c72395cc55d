// SPDX-License-Identifier: MIT
// Lines of XMPP users into a room on SIP, their echo, their refusal, private ones, subjects and states.
#include "xmpp/room_lines.h"

#include "tests/support/service_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
    service_stage_enter(stage);
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void say(const char *to, const char *type, const char *inner)
{
    xmpp_stage_hear(stage, "<message from='" NINA "' to='%s' type='%s' id='a1'>%s</message>", to, type,
                    inner);
}

static void expect_error(const char *from, const char *inner, const char *error)
{
    g_autofree char *stanza = g_strdup_printf(
        "<message from='%s' to='" NINA "' type='error' id='a1'>%s%s</message>", from, inner, error);
    xmpp_stage_expect_stanza(stage, stanza);
}

#define ERROR_OF(type, name)                                                                       \
    "<error type='" type "' by='" HALL "'><" name " " IN_ERROR "/></error>"
#define WORDY(type, name, text)                                                                    \
    "<error type='" type "' by='" HALL "'><" name " " IN_ERROR "/><text " IN_ERROR                 \
    " xml:lang='en'>" text "</text></error>"
#define STABLE_OF(id) "<stanza-id xmlns='urn:xmpp:sid:0' by='" HALL "' id='" id "'/>"
#define STABLE        STABLE_OF("*")

/* MUC-A07 */
START_TEST(a_line_is_told_with_who_where_and_when)
{
    say(HALL, "groupchat",
        "<body>hi all</body><thread>T</thread><delay xmlns='urn:xmpp:delay' stamp='2026-03-04T09:00:00Z'/>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 from=" NINA " to=" HALL
                                   " id=a1 stable=*-*-* thread=T type=groupchat body=\"hi all\" "
                                   "stamp=2026-03-04T09:00:00Z");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A08 */
START_TEST(the_echo_is_the_line_as_it_was_sent_with_an_id_of_the_room)
{
    say(HALL, "groupchat",
        "<body>hi</body><origin-id xmlns='urn:xmpp:sid:0' id='a1'/>"
        "<stanza-id xmlns='urn:xmpp:sid:0' by='" HALL "' id='forged'/>"
        "<thing xmlns='urn:example:thing'><inner>1</inner></thing>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 * id=a1 *");
    xmpp_stage_quiet(stage); // nothing comes back before the conference has it
    xmpp_stage_tell(stage, "xmpp room-message leg=5 own=yes id=a1 stable=s1 body=hi");
    xmpp_stage_expect_stanza(stage, "<message xmlns='jabber:component:accept' from='" HALL "/Nina' to='" NINA
                                    "' type='groupchat' id='a1'><body>hi</body>"
                                    "<origin-id xmlns='urn:xmpp:sid:0' id='a1'/>"
                                    "<thing xmlns='urn:example:thing'><inner>1</inner></thing>" STABLE_OF("s1")
                                    "</message>");
    xmpp_stage_tell(stage, "xmpp room-message leg=5 own=yes id=a9 stable=s9 body=kept-no-more");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Nina' to='" NINA
                                    "' type='groupchat' id='a9'><body>kept-no-more</body>" STABLE_OF("s9")
                                    "</message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A08 */
START_TEST(a_line_without_an_id_gets_one_and_comes_back_under_it)
{
    xmpp_stage_hear(stage, "<message from='" NINA "' to='" HALL "' type='groupchat'><body>x</body></message>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 * id=g*-* stable=* type=groupchat body=x");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A08 MUC-A11 */
START_TEST(a_line_that_fails_comes_back_as_an_error_with_its_id_and_no_echo)
{
    say(HALL, "groupchat", "<body>lost?</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 *");
    xmpp_stage_tell(stage, "xmpp refuse from=" HALL " to=" NINA
                           " id=a1 type=groupchat failure=remote-server-timeout text=\"408 Request Timeout\"");
    expect_error(HALL, "", WORDY("wait", "remote-server-timeout", "408 Request Timeout"));
    say(HALL "/Omar", "chat", "<body>psst</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 from=" NINA " to=" HALL "/Omar nick=Omar id=a1 "
                                   "type=chat body=psst private=yes");
    xmpp_stage_tell(stage, "xmpp refuse from=" HALL "/Omar to=" NINA
                           " id=a1 type=chat failure=feature-not-implemented");
    expect_error(HALL "/Omar", "", ERROR_OF("cancel", "feature-not-implemented"));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A11 */
START_TEST(a_private_line_needs_somebody_else_who_is_there)
{
    say(HALL "/Nobody", "chat", "<body>psst</body>");
    expect_error(HALL "/Nobody", "", ERROR_OF("cancel", "item-not-found"));
    say(HALL "/Nina", "chat", "<body>psst</body>");
    expect_error(HALL "/Nina", "", WORDY("cancel", "not-allowed", "that is yourself"));
    say(HALL "/Omar", "groupchat", "<body>psst</body>");
    expect_error(HALL "/Omar", "", ERROR_OF("modify", "bad-request"));
    say(HALL, "chat", "<body>all?</body>");
    expect_error(HALL, "", WORDY("modify", "bad-request", "a line for a room is groupchat"));
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(who_is_not_inside_is_told_so_and_a_room_is_told_nothing)
{
    xmpp_stage_hear(stage, "<message from='" OMAR "' to='" HALL "' type='groupchat' id='b'><body>x</body></message>");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" OMAR "' type='error' id='b'>"
                                    ERROR_OF("modify", "not-acceptable") "</message>");
    xmpp_stage_hear(stage, "<message from='" OMAR "' to='" HALL "/Nina' type='chat' id='c'><body>x</body></message>");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "/Nina' to='" OMAR "' type='error' id='c'>"
                                    ERROR_OF("modify", "not-acceptable") "</message>");
    xmpp_stage_hear(stage, "<message from='verona@rooms.xmpp.test/x' to='" HALL
                           "' type='groupchat'><body>x</body></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A22 */
START_TEST(a_subject_cannot_be_set_and_is_given_back)
{
    say(HALL, "groupchat", "<subject>Mine</subject>");
    expect_error(HALL "/Nina", "<subject>Mine</subject>", ERROR_OF("auth", "forbidden"));
    say(HALL, "groupchat", "<subject/>");
    expect_error(HALL "/Nina", "<subject></subject>", ERROR_OF("auth", "forbidden"));
    say(HALL, "groupchat", "<subject>S</subject><body>a line</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 * subject=S body=\"a line\"");
    say(HALL, "groupchat", "<subject>S</subject><thread>T</thread>");
    xmpp_stage_quiet(stage); // neither a line nor a subject
}
END_TEST

/* MUC-B23 */
START_TEST(who_writes_is_told_and_gone_says_nothing_in_a_room)
{
    say(HALL, "groupchat", "<composing xmlns='http://jabber.org/protocol/chatstates'/>");
    xmpp_stage_expect_event(stage, "xmpp chat-state how=composing leg=5");
    say(HALL, "groupchat", "<gone xmlns='http://jabber.org/protocol/chatstates'/>");
    say(HALL "/Omar", "chat", "<composing xmlns='http://jabber.org/protocol/chatstates'/>");
    say(HALL, "groupchat", "<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(what_cannot_cross_is_refused_at_once)
{
    say(HALL, "groupchat", "<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>sorry</body>");
    expect_error(HALL, "",
                 WORDY("modify", "not-acceptable", "end-to-end encryption cannot cross this gateway"));
    xmpp_stage_settings(stage)->max_stanza = 4;
    say(HALL, "groupchat", "<body>too long</body>");
    expect_error(HALL, "", WORDY("modify", "policy-violation", "message too long"));
    xmpp_stage_quiet(stage);
}
END_TEST

// Not every client adds a body for those who cannot read; keys alone are nobody's line (EXT-20, IM-17).
START_TEST(a_sealed_line_without_words_is_refused_and_keys_alone_are_not)
{
    static const char SEALED[] = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/>"
                                 "<payload>AA==</payload></encrypted>";
    static const char *const WHERE[][2] = {{HALL, "groupchat"}, {HALL "/Omar", "chat"}};
    for (size_t i = 0; i < G_N_ELEMENTS(WHERE); i++) {
        say(WHERE[i][0], WHERE[i][1], SEALED);
        expect_error(WHERE[i][0], "", WORDY("modify", "not-acceptable",
                                            "end-to-end encryption cannot cross this gateway"));
        say(WHERE[i][0], WHERE[i][1], "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted>");
        xmpp_stage_quiet(stage);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_line_is_told_with_who_where_and_when,
        the_echo_is_the_line_as_it_was_sent_with_an_id_of_the_room,
        a_line_without_an_id_gets_one_and_comes_back_under_it,
        a_line_that_fails_comes_back_as_an_error_with_its_id_and_no_echo,
        a_private_line_needs_somebody_else_who_is_there,
        who_is_not_inside_is_told_so_and_a_room_is_told_nothing,
        a_subject_cannot_be_set_and_is_given_back,
        who_writes_is_told_and_gone_says_nothing_in_a_room,
        what_cannot_cross_is_refused_at_once,
        a_sealed_line_without_words_is_refused_and_keys_alone_are_not,
        NULL,
    };
    return suite_run_fixture("room_lines", tests, set_up, tear_down);
}
