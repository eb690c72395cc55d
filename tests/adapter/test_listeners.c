// SPDX-License-Identifier: MIT
// Addresses to listen on, grouped for the SIP library, and the naming of a taken port.
#include "sip/listeners.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/suite.h"

// The listeners of a list separated by semicolons; NULL `why` means that they must be fine.
static bool group(Listeners *listeners, const char *list, char **why)
{
    g_auto(GStrv) words = g_strsplit(list, ";", -1);
    g_autoptr(GPtrArray) hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        g_ptr_array_add(hops, hop_parse(*word, why));
    }
    return listeners_init(listeners, (Hop *const *)hops->pdata, hops->len, why);
}

static void expect_urls(const char *list, const char *advertise, const char *first,
                        const char *second)
{
    Listeners listeners;
    g_autofree char *why = NULL;
    ck_assert_msg(group(&listeners, list, &why), "%s: %s", list, why);
    ck_assert_uint_eq(listeners.count, second != NULL ? 2 : 1);
    const char *const wanted[] = {first, second};
    for (size_t i = 0; i < listeners.count; i++) {
        g_autofree char *url = listeners_url(&listeners.entries[i], advertise);
        ck_assert_str_eq(url, wanted[i]);
    }
    listeners_clear(&listeners);
}

START_TEST(udp_and_tcp_of_one_port_share_a_url)
{
    expect_urls("udp:127.0.0.1:5060;tcp:127.0.0.1:5060", NULL, "sip:127.0.0.1:5060", NULL);
    expect_urls("udp:127.0.0.1:5060", NULL, "sip:127.0.0.1:5060;transport=udp", NULL);
    expect_urls("udp:127.0.0.1:5060;tcp:127.0.0.1:5070", NULL, "sip:127.0.0.1:5060;transport=udp",
                "sip:127.0.0.1:5070;transport=tcp");
    expect_urls("tcp:127.0.0.1:5060;tls:127.0.0.1:5061", NULL,
                "sip:127.0.0.1:5060;transport=tcp", "sips:127.0.0.1:5061");
    expect_urls("tcp:[::1]:5060", NULL, "sip:[::1]:5060;transport=tcp", NULL);
}
END_TEST

START_TEST(advertised_host_is_shown_and_the_address_bound)
{
    expect_urls("udp:0.0.0.0:5060;tcp:0.0.0.0:5060", "gw.example",
                "sip:gw.example:5060;maddr=0.0.0.0", NULL);
}
END_TEST

START_TEST(none_and_a_third_address_are_refused)
{
    Listeners listeners;
    g_autofree char *none = NULL, *three = NULL;
    ck_assert(!group(&listeners, "", &none));
    ck_assert_ptr_nonnull(none);
    ck_assert(!group(&listeners, "udp:127.0.0.1:1;udp:127.0.0.1:2;udp:127.0.0.1:3", &three));
    ck_assert_ptr_nonnull(three);
}
END_TEST

static uint16_t take_port(int type, int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *fd = socket(AF_INET, type, 0);
    ck_assert_int_eq(bind(*fd, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(type == SOCK_STREAM ? listen(*fd, 1) : 0, 0);
    ck_assert_int_eq(getsockname(*fd, (struct sockaddr *)&address, &length), 0);
    return ntohs(address.sin_port);
}

START_TEST(a_taken_port_is_named_and_a_free_one_is_not)
{
    const int types[] = {SOCK_DGRAM, SOCK_STREAM, SOCK_STREAM};
    const char *const words[] = {"udp", "tcp", "tls"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        int fd;
        Listeners listeners;
        g_autofree char *why = NULL;
        g_autofree char *text =
            g_strdup_printf("%s:127.0.0.1:%u", words[i], take_port(types[i], &fd));
        ck_assert(group(&listeners, text, &why));
        ck_assert(!listeners_probe(&listeners, &why));
        ck_assert_msg(strstr(why, text) != NULL, "%s", why);
        close(fd);
        g_clear_pointer(&why, g_free);
        ck_assert_msg(listeners_probe(&listeners, &why), "%s", why);
        listeners_clear(&listeners);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        udp_and_tcp_of_one_port_share_a_url, advertised_host_is_shown_and_the_address_bound,
        none_and_a_third_address_are_refused, a_taken_port_is_named_and_a_free_one_is_not, NULL};
    return suite_run("listeners", tests);
}
