// SPDX-License-Identifier: MIT
// Whether a configuration that was read is one as a whole: nothing is missing, nothing contradicts, and no secret can be
// read by everybody.
#pragma once
#include "gateway/config.h"
#include "gateway/config_lines.h"

// What: checks it; `path` is its file.
// Errors: false with GATEWAY_ERROR_CONFIG at the first fault.
bool config_check(const Config *config, const char *path, ConfigLines *lines, GError **error);
