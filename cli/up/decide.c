/* SPDX-License-Identifier: MIT */
#include "cli/up/decide.h"

#include <stdio.h>
#include <sys/wait.h>

#include "app/app.h"

enum { FIRST_WAIT_MS = 500, DOUBLINGS_MAX = 10 };

static int64_t pause_before(int restart)
{
    if (restart == 0)
        return 0;
    int64_t ms = (int64_t)FIRST_WAIT_MS << (restart < DOUBLINGS_MAX ? restart - 1 : DOUBLINGS_MAX);
    return ms < DECIDE_WAIT_MAX_MS ? ms : DECIDE_WAIT_MAX_MS;
}

struct decision decide(const struct death *d)
{
    const int code = WIFEXITED(d->status) ? WEXITSTATUS(d->status) : EXIT_TEMPORARY;
    const int in_row = d->lived_ms >= DECIDE_STEADY_MS ? 0 : d->in_row;

    /* That a broker answers was seen before the first start: away it is for a while only. */
    const bool away = code == EXIT_UNAVAILABLE && !d->embedded;

    if (code != EXIT_OK && code != EXIT_TEMPORARY && !away)
        return (struct decision){ .exit_code = code };
    if (d->embedded)
        return (struct decision){ .exit_code = EXIT_TEMPORARY };
    return (struct decision){ true, pause_before(in_row), in_row + 1, EXIT_OK };
}

void decide_describe(int status, char *out, int n)
{
    if (WIFSIGNALED(status))
        snprintf(out, (size_t)n, "signal %d", WTERMSIG(status));
    else
        snprintf(out, (size_t)n, "exit %d", WEXITSTATUS(status));
}
