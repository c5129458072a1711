/* SPDX-License-Identifier: MIT */
#include "app/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "now/now.h"

enum { WIDTH = 30, EVERY_MS = 100 };

struct progress progress_begin(const char *what, int verbosity)
{
    return (struct progress){ .what = what,
                              .shown = verbosity >= 0 && isatty(STDERR_FILENO),
                              .start_ms = now_mono_ms() };
}

void progress_at(struct progress *p, int64_t done, int64_t total)
{
    if (!p->shown || total <= 0)
        return;
    int64_t now = now_mono_ms();
    if (now - p->last_ms < EVERY_MS)
        return;
    p->last_ms = now;
    char bar[WIDTH + 1];
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < done * WIDTH / total ? '#' : '.';
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r%-10s [%s] %3d %%  %lld s", p->what, bar, (int)(done * 100 / total),
            (long long)((now - p->start_ms) / 1000));
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->last_ms > 0)
        fprintf(stderr, "\r%*s\r", WIDTH + 40, "");
}
