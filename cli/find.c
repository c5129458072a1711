/* SPDX-License-Identifier: MIT */
#include "cli/find.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool find_program(const char *command, char path[FIND_PATH_MAX])
{
    char self[FIND_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0 || strchr(command, '/'))
        return false;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (!slash)
        return false;
    *slash = '\0';
    int len = snprintf(path, FIND_PATH_MAX, "%s/absa-%s", self, command);
    return len > 0 && len < FIND_PATH_MAX && access(path, X_OK) == 0;
}

enum status find_exec(const char *command, char **argv, struct err *err)
{
    char path[FIND_PATH_MAX];

    if (!find_program(command, path))
        return err_set(err, ST_FATAL, "unavailable: absa-%.60s does not stand beside this program",
                       command);
    argv[0] = path;
    execv(path, argv);
    return err_set(err, ST_FATAL, "%.200s: %s", path, strerror(errno));
}
