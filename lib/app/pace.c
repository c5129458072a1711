/* SPDX-License-Identifier: MIT */
#include "app/pace.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "now/now.h"

enum { NAP_MS = 100 };

enum status pace_parse(const char *text, struct pace *out, struct err *err)
{
    char *end;

    *out = (struct pace){ .speed = 0 };
    if (strcmp(text, "max") == 0)
        return ST_OK;
    out->speed = strtod(text, &end);
    if (end == text || strcmp(end, "x") != 0 || !(out->speed > 0 && out->speed <= 1e6))
        return err_set(err, ST_FATAL, "usage: --speed %.20s: want 10x or max", text);
    return ST_OK;
}

void pace_wait(struct pace *p, int64_t arrival_ms)
{
    if (!p->began) {
        p->began = true;
        p->first_ms = arrival_ms;
        p->start_ms = now_wall_ms();
    }
    while (p->speed > 0 && !app_stopping()) {
        int64_t due = p->start_ms + (int64_t)((double)(arrival_ms - p->first_ms) / p->speed);
        int64_t left = due - now_wall_ms();

        if (left <= 0)
            return;
        now_nap(left < NAP_MS ? left : NAP_MS);
    }
}
