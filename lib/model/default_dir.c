/* SPDX-License-Identifier: MIT */
#include "model/default_dir.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIR_MAX = 4096 };

static char beside[DIR_MAX];

/* Fills beside with the folder that an installation keeps at the same distance from its
 * programs wherever it is moved to; false: this program is not installed. */
static bool find_beside(void)
{
    char self[DIR_MAX];
    char manifest[DIR_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0)
        return false;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (!slash)
        return false;
    *slash = '\0';
    int len = snprintf(beside, sizeof(beside), "%s/%s", self, BUNDLE_FROM_PROGRAMS);
    if (len < 0 || (size_t)len >= sizeof(beside))
        return false;
    len = snprintf(manifest, sizeof(manifest), "%s/manifest.json", beside);
    return len > 0 && (size_t)len < sizeof(manifest) && access(manifest, R_OK) == 0;
}

const char *bundle_dir(const char *dir)
{
    const char *env = getenv("ABSA_BUNDLE");

    if (dir[0] != '\0')
        return dir;
    if (env && *env)
        return env;
    return find_beside() ? beside : BUNDLE_SOURCE_DIR;
}
