// SPDX-License-Identifier: MIT
// libsoup does HTTP; here stand the paths, and how a socket comes and goes.
#include "gateway/control.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "gateway/control_path.h"
#include "gateway/gateway_error.h"

struct Control {
    ControlView view;   // borrows
    SoupServer *server; // owned
    char *path;         // owned; NULL until we listen there
};

// ---- paths --------------------------------------------------------------------------------------

typedef JsonNode *(*Show)(const ControlView *view, const char *argument, GHashTable *query,
                          char **why);

// What is served: METHOD /noun, or METHOD /noun/ARGUMENT.
typedef struct {
    const char *method;
    const char *noun;
    bool has_argument;
    Show show;
} Path;

static const Path PATHS[] = {
    {"GET", "sessions", false, control_view_sessions},
    {"GET", "rooms", false, control_view_rooms},
    {"GET", "ladders", true, control_view_ladder},
    {"GET", "ledger", false, control_view_ledger},
    {"GET", "peers", false, control_view_peers},
    {"DELETE", "peers", true, control_view_forget},
};

// The row of PATHS for a request; `known` tells whether the place exists, though not by this method.
static const Path *path_find(const char *method, const char *noun, bool has_argument, bool *known)
{
    *known = false;
    for (size_t i = 0; i < G_N_ELEMENTS(PATHS); i++) {
        if (strcmp(PATHS[i].noun, noun) != 0 || PATHS[i].has_argument != has_argument)
            continue;
        *known = true;
        if (strcmp(PATHS[i].method, method) == 0)
            return &PATHS[i];
    }
    return NULL;
}

static void answer(SoupServerMessage *message, guint status, JsonNode *node)
{
    gsize length = 0;
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_root(generator, node);
    char *text = json_generator_to_data(generator, &length);
    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(message, "application/json", SOUP_MEMORY_TAKE, text, length);
}

static void refuse(SoupServerMessage *message, guint status, const char *why)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "error");
    json_builder_add_string_value(builder, why);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) node = json_builder_get_root(builder);
    answer(message, status, node);
}

static void path_serve(const Path *path, const ControlView *view, SoupServerMessage *message,
                       const char *argument, GHashTable *query)
{
    g_autofree char *why = NULL;
    g_autoptr(JsonNode) node = path->show(view, argument, query, &why);
    if (node != NULL)
        answer(message, SOUP_STATUS_OK, node);
    else
        refuse(message, why != NULL ? SOUP_STATUS_BAD_REQUEST : SOUP_STATUS_NOT_FOUND,
               why != NULL ? why : "there is no such thing");
}

// `/noun` or `/noun/ARGUMENT`; libsoup has undone the percent escapes.
static void on_request(SoupServer *server, SoupServerMessage *message, const char *path,
                       GHashTable *query, gpointer data)
{
    const Control *control = data;
    g_auto(GStrv) parts = g_strsplit(path + 1, "/", 2);
    bool known, has_argument = parts[0] != NULL && parts[1] != NULL && *parts[1] != '\0';
    const Path *found = path_find(soup_server_message_get_method(message),
                                  parts[0] != NULL ? parts[0] : "", has_argument, &known);
    if (found != NULL)
        path_serve(found, &control->view, message, has_argument ? parts[1] : NULL, query);
    else if (known)
        refuse(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "this cannot be done with it");
    else
        refuse(message, SOUP_STATUS_NOT_FOUND, "there is no such place");
}

// ---- the socket ---------------------------------------------------------------------------------

static bool path_fail(const char *path, const char *why, GError **error)
{
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_IO, "control socket %s: %s", path, why);
    return false;
}

// Whether somebody answers there.
static bool is_in_use(GSocketAddress *address)
{
    g_autoptr(GSocket) probe = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                            G_SOCKET_PROTOCOL_DEFAULT, NULL);
    return probe != NULL && g_socket_connect(probe, address, NULL, NULL);
}

// Removes what a run that died has left; nothing else.
static bool place_clear(const char *path, GSocketAddress *address, GError **error)
{
    struct stat found;
    if (g_lstat(path, &found) != 0)
        return true;
    if (!S_ISSOCK(found.st_mode))
        return path_fail(path, "something that is no socket stands there", error);
    if (is_in_use(address))
        return path_fail(path, "is in use", error);
    g_unlink(path);
    return true;
}

// Nobody else can open it, not even between bind and a chmod.
static bool server_listen(Control *control, const char *path, GSocketAddress *address,
                          GError **error)
{
    g_autoptr(GError) why = NULL;
    mode_t before = umask(0177);
    bool good = soup_server_listen(control->server, address, 0, &why);
    umask(before);
    if (!good)
        return path_fail(path, why->message, error);
    control->path = g_strdup(path);
    return true;
}

static bool listen_at(Control *control, const char *path, GError **error)
{
    int directory;
    g_autoptr(GSocketAddress) address = control_path_address(path, &directory);
    if (address == NULL)
        return path_fail(path, g_strerror(errno), error);
    bool good = place_clear(path, address, error) && server_listen(control, path, address, error);
    if (directory >= 0)
        close(directory);
    return good;
}

Control *control_new(const char *path, const ControlView *view, GError **error)
{
    g_autoptr(Control) control = g_new0(Control, 1);
    control->view = *view;
    control->server = soup_server_new("server-header", "mucsip", NULL);
    soup_server_add_handler(control->server, NULL, on_request, control, NULL);
    if (!listen_at(control, path, error))
        return NULL;
    return g_steal_pointer(&control);
}

void control_free(Control *control)
{
    if (control == NULL)
        return;
    soup_server_disconnect(control->server);
    g_object_unref(control->server);
    if (control->path != NULL)
        g_unlink(control->path);
    g_free(control->path);
    g_free(control);
}
