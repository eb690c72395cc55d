// SPDX-License-Identifier: MIT
// Reads tests/vectors/*.json (format 1: {"vectors":[{id,kind,in,out,ref}]}).
#include "tests/support/vectors.h"

JsonParser *vectors_load(const char *path_below_root)
{
    const char *root = g_getenv("MUCSIP_SOURCE_ROOT");
    g_autofree char *path = g_build_filename(root != NULL ? root : ".", path_below_root, NULL);
    JsonParser *parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    if (!json_parser_load_from_file(parser, path, &error))
        g_error("cannot read %s: %s", path, error->message);
    return parser;
}

const char *vectors_text(JsonObject *object, const char *member)
{
    if (!json_object_has_member(object, member) || json_object_get_null_member(object, member))
        return NULL;
    return json_object_get_string_member(object, member);
}

int vectors_each(const char *file, const char *kind, VectorsFunc each)
{
    g_autofree char *path = g_build_filename("tests/vectors", file, NULL);
    g_autoptr(JsonParser) parser = vectors_load(path);
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *vectors = json_object_get_array_member(root, "vectors");
    int count = 0;
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        if (g_strcmp0(vectors_text(vector, "kind"), kind) != 0)
            continue;
        each(vectors_text(vector, "id"), json_object_get_object_member(vector, "in"),
             json_object_get_object_member(vector, "out"));
        count++;
    }
    return count;
}

static int each_case(JsonArray *cases, VectorsCaseFunc each)
{
    for (guint i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *object = json_array_get_object_element(cases, i);
        each(json_object_get_member(object, "in"), json_object_get_member(object, "out"));
    }
    return (int)json_array_get_length(cases);
}

int vectors_each_case(const char *id, VectorsCaseFunc each)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/vectors-groupchat.json");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *vectors = json_object_get_array_member(root, "vectors");
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        if (g_strcmp0(vectors_text(vector, "id"), id) == 0)
            return each_case(json_object_get_array_member(vector, "cases"), each);
    }
    return 0;
}
