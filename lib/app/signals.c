/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/inner.h"

enum { CLOSE_S = 5 };

static atomic_bool stop;
static struct app_orders orders;
static unsigned drain_s;
static volatile sig_atomic_t late_code = EXIT_TEMPORARY;

static void on_signal(int sig)
{
    (void)sig;
    atomic_store(&stop, true);
    alarm(drain_s);
}

/* Whatever holds it up (librdkafka waits for a broker that is gone, whatever
 * timeout it was given): nothing is lost by dying, that is what commits are for. */
static void on_alarm(int sig)
{
    (void)sig;
    _exit((int)late_code);
}

void app_ending(enum status st, const struct err *err)
{
    unsigned left = alarm(0);

    late_code = app_exit_code(st, err);
    alarm(left > 0 && left < CLOSE_S ? left : CLOSE_S);
}

static void on_order(int sig)
{
    atomic_store(sig == SIGHUP ? &orders.reload : &orders.report, true);
}

bool app_stopping(void)
{
    return atomic_load(&stop);
}

const atomic_bool *app_stop_flag(void)
{
    return &stop;
}

struct app_orders *app_take_orders(void)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof(sa));
    sigemptyset(&sa.sa_mask);
    sa.sa_handler = on_order;
    sa.sa_flags = SA_RESTART; /* there is time: the loop looks each time it comes round */
    sigaction(SIGHUP, &sa, NULL);
    sigaction(SIGUSR1, &sa, NULL);
    return &orders;
}

void app_catch_signals(unsigned seconds)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof(sa));
    sigemptyset(&sa.sa_mask);
    sa.sa_handler = on_signal;
    sa.sa_flags = (int)SA_RESETHAND; /* the second one kills; no SA_RESTART: reads wake up */
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    drain_s = seconds;
    sa.sa_handler = on_alarm;
    sigaction(SIGALRM, &sa, NULL);

    sa.sa_handler = SIG_IGN; /* a write to a closed pipe is an error, not a death */
    sa.sa_flags = 0;
    sigaction(SIGPIPE, &sa, NULL);
}
