/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>

#include "app/inner.h"

static atomic_bool stop;

static void on_signal(int sig)
{
    (void)sig;
    atomic_store(&stop, true);
}

bool app_stopping(void)
{
    return atomic_load(&stop);
}

const atomic_bool *app_stop_flag(void)
{
    return &stop;
}

void app_catch_signals(void)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof(sa));
    sigemptyset(&sa.sa_mask);
    sa.sa_handler = on_signal;
    sa.sa_flags = (int)SA_RESETHAND; /* the second one kills; no SA_RESTART: reads wake up */
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);

    sa.sa_handler = SIG_IGN; /* a write to a closed pipe is an error, not a death */
    sa.sa_flags = 0;
    sigaction(SIGPIPE, &sa, NULL);
}
