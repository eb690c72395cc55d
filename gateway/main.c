// SPDX-License-Identifier: MIT
// mucsipd: arguments, signals, exit codes. It stays in the foreground, logs to stderr, and writes
// `mucsipd ready` to stdout once all links and listeners stand.
// Exit codes: 0 ended in order, 1 could not run, 2 wrong arguments or configuration.
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include <glib-unix.h>

#include "gateway/gateway.h"
#include "gateway/log.h"

typedef struct {
    Gateway *gateway; // owned
    GMainLoop *loop;  // owned
} Daemon;

typedef struct {
    char *config;
    gboolean check;
    gboolean dump;
    gboolean version;
} Arguments;

static bool arguments_read(int argc, char **argv, Arguments *into)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &into->config, "configuration file", "FILE"},
        {"check-config", 0, 0, G_OPTION_ARG_NONE, &into->check, "read it, say what is wrong", NULL},
        {"dump-config", 0, 0, G_OPTION_ARG_NONE, &into->dump, "print it with all defaults", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &into->version, "print the version", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- XMPP to SIP chat gateway");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        fprintf(stderr, "mucsipd: %s\n", error->message);
    else if (argc > 1)
        fprintf(stderr, "mucsipd: unknown argument '%s'\n", argv[1]);
    else if (into->config == NULL && !into->version)
        fprintf(stderr, "mucsipd: --config FILE is needed\n");
    else
        return true;
    return false;
}

static void on_ready(void *self)
{
    puts("mucsipd ready");
    fflush(stdout);
}

static void on_done(void *self)
{
    g_main_loop_quit(((Daemon *)self)->loop);
}

static gboolean on_end_signal(gpointer data)
{
    Daemon *daemon = data;
    g_message("ending");
    gateway_stop(daemon->gateway, on_done, daemon);
    return G_SOURCE_CONTINUE;
}

static gboolean on_ladder_signal(gpointer data)
{
    gateway_write_ladders(((Daemon *)data)->gateway);
    return G_SOURCE_CONTINUE;
}

// libstrophe cannot use a descriptor from 1024 on; xmpp/ keeps low ones for itself before this matters.
static void descriptors_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int daemon_run(const Config *config)
{
    g_autoptr(GError) error = NULL;
    Daemon daemon = {.loop = g_main_loop_new(NULL, FALSE)};
    daemon.gateway = gateway_new(config, &error);
    bool running = daemon.gateway != NULL &&
                   gateway_start(daemon.gateway, on_ready, &daemon, &error);
    if (running) {
        g_unix_signal_add(SIGTERM, on_end_signal, &daemon);
        g_unix_signal_add(SIGINT, on_end_signal, &daemon);
        g_unix_signal_add(SIGUSR1, on_ladder_signal, &daemon);
        g_main_loop_run(daemon.loop);
    } else {
        fprintf(stderr, "mucsipd: %s\n", error->message);
    }
    gateway_free(daemon.gateway);
    g_main_loop_unref(daemon.loop);
    return running ? 0 : 1;
}

static int config_show(const Config *config)
{
    g_autofree char *text = config_dump(config);
    fputs(text, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    Arguments arguments = {0};
    if (!arguments_read(argc, argv, &arguments))
        return 2;
    g_autofree char *path = arguments.config;
    if (arguments.version) {
        puts("mucsipd " MUCSIP_VERSION);
        return 0;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);
    if (config == NULL) {
        fprintf(stderr, "mucsipd: %s\n", error->message);
        return 2;
    }
    if (arguments.dump)
        return config_show(config);
    if (arguments.check)
        return 0;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error like any other
    descriptors_raise();
    log_start(config->log_level);
    return daemon_run(config);
}
