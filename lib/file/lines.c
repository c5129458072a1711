/* SPDX-License-Identifier: MIT */
#include "file/lines.h"

#include <stdio.h>
#include <stdlib.h>

#include "file/file.h"

enum status file_lines(const char *path, line_fn *fn, void *ctx, struct err *err)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    size_t number = 0;
    ssize_t n;
    enum status st = ST_OK;

    if (!in)
        return file_away(path, err);
    while (st == ST_OK && (n = getline(&line, &cap, in)) >= 0) {
        const struct slice s = slice_trim((struct slice){ line, (size_t)n });

        number++;
        if (s.n > 0)
            st = fn(ctx, s, err);
    }
    if (st != ST_OK)
        err_prefix(err, "line %zu", number);
    else if (ferror(in))
        st = file_away(path, err);
    free(line);
    (void)fclose(in);
    return st;
}
