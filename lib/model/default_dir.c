/* SPDX-License-Identifier: MIT */
#include "model/default_dir.h"

#include <stdlib.h>
#include <unistd.h>

const char *bundle_dir(const char *dir)
{
    const char *env = getenv("ABSA_BUNDLE");

    if (dir[0] != '\0')
        return dir;
    if (env && *env)
        return env;
    return access(BUNDLE_INSTALL_DIR "/manifest.json", R_OK) == 0 ? BUNDLE_INSTALL_DIR
                                                                  : BUNDLE_SOURCE_DIR;
}
