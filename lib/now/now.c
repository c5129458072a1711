/* SPDX-License-Identifier: MIT */
#include "now/now.h"

enum { MS_S = 1000, NS_MS = 1000000, NS_S = 1000000000 };

static int64_t clock_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * MS_S + t.tv_nsec / NS_MS;
}

int64_t now_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t now_mono_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

void now_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

struct timespec now_plus(int64_t ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += (long)(ms % MS_S) * NS_MS;
    t.tv_sec += (time_t)(ms / MS_S) + t.tv_nsec / NS_S;
    t.tv_nsec %= NS_S;
    return t;
}

void now_nap(int64_t ms)
{
    const struct timespec t = { (time_t)(ms / MS_S), (long)(ms % MS_S) * NS_MS };

    nanosleep(&t, NULL);
}
