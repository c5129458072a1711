/* SPDX-License-Identifier: MIT */
#include "score/tsv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tsv tsv_over(struct slice text)
{
    return (struct tsv){ .rest = text };
}

static void split(struct tsv *t, struct slice line)
{
    t->n = 0;
    for (;;) {
        const char *tab = line.n > 0 ? memchr(line.p, '\t', line.n) : NULL;
        size_t n = tab ? (size_t)(tab - line.p) : line.n;

        if (t->n < TSV_FIELDS_MAX)
            t->field[t->n] = (struct slice){ line.p, n };
        if (t->n++ > TSV_FIELDS_MAX || !tab)
            return;
        line.p += n + 1;
        line.n -= n + 1;
    }
}

bool tsv_next(struct tsv *t)
{
    while (t->rest.n > 0) {
        struct slice line = slice_cut(&t->rest, '\n');

        t->line++;
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n == 0 || (line.n >= 2 && line.p[0] == '#' && line.p[1] == ' '))
            continue;
        split(t, line);
        return true;
    }
    return false;
}

bool tsv_number(struct slice s, double *out)
{
    char text[64];
    char *end;

    if (s.n == 0 || s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    *out = strtod(text, &end);
    return *end == '\0' && end == text + s.n && isfinite(*out);
}
