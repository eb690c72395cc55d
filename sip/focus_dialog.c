// SPDX-License-Identifier: MIT
// Names of dialogs; see focus_dialog.h.
#include "sip/focus_dialog.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

static char *dialog_name(const char *call_id, const char *our_tag, const char *their_tag)
{
    return g_strdup_printf("%s %s %s", call_id, our_tag != NULL ? our_tag : "",
                           their_tag != NULL ? their_tag : "");
}

// What the library would call the dialog towards the other end is this the other way round.
char *focus_dialog_of_call(const Call *call)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const sip_replaces_t *named = nua_handle_make_replaces(call_get_handle(call), home, 0);
    char *dialog =
        named != NULL ? dialog_name(named->rp_call_id, named->rp_from_tag, named->rp_to_tag) : NULL;
    su_home_deinit(home);
    return dialog;
}

char *focus_dialog_of_replaces(const struct sip_s *sip)
{
    const sip_replaces_t *wanted = sip->sip_replaces;
    return dialog_name(wanted->rp_call_id, wanted->rp_to_tag, wanted->rp_from_tag);
}

// The library keeps the first and puts further ones among the headers it does not understand.
bool focus_dialog_has_two_replaces(const struct sip_s *sip)
{
    for (const sip_error_t *each = sip->sip_error; each != NULL; each = each->er_next) {
        if (g_strcmp0(each->er_name, "Replaces") == 0 ||
            each->er_common->h_class == sip_replaces_class) {
            return true;
        }
    }
    return sip->sip_replaces != NULL && sip->sip_replaces->rp_next != NULL;
}

// The library does not know the header.
static const char *target_dialog_of(const struct sip_s *sip)
{
    for (const sip_unknown_t *each = sip->sip_unknown; each != NULL; each = each->un_next) {
        if (each->un_name != NULL && g_ascii_strcasecmp(each->un_name, "Target-Dialog") == 0) {
            return each->un_value;
        }
    }
    return NULL;
}

static char *parameter_of(char *const *words, const char *name)
{
    for (; *words != NULL; words++) {
        char *word = g_strstrip(*words);
        size_t length = strlen(name);
        if (g_ascii_strncasecmp(word, name, length) == 0 && word[length] == '=') {
            return word + length + 1;
        }
    }
    return NULL;
}

// Whoever knows both tags takes part in the dialog; what is local to him is remote to us (RFC 4538 3).
char *focus_dialog_of_target(const struct sip_s *sip)
{
    const char *value = target_dialog_of(sip);
    g_auto(GStrv) words = g_strsplit(value != NULL ? value : "", ";", 8);
    if (words[0] == NULL) {
        return NULL;
    }
    return dialog_name(g_strstrip(words[0]), parameter_of(words + 1, "remote-tag"),
                       parameter_of(words + 1, "local-tag"));
}
