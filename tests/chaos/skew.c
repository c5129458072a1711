/* SPDX-License-Identifier: MIT */
/* skew.c -- a clock that steps, for LD_PRELOAD.
 *
 * Every two seconds CLOCK_REALTIME of the process is off by something else: a
 * day, hours, a second, forwards and back. What waits until a time of that clock
 * (condition variables) waits as long as it meant to when it read the clock. A step
 * between the two would have it wait for a day: of a clock that is set once a year that
 * is nobody's luck, of one that steps every two seconds, on a busy machine, somebody's in
 * each run. CLOCK_MONOTONIC is left alone: it never steps. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>

/* How far off the clock was that this thread read last. */
static _Thread_local long read_off;

static const long steps[] = { 0, 86400, -3600, 1, -86400, 7200 };

static int real_gettime(clockid_t id, struct timespec *t)
{
    static int (*next)(clockid_t, struct timespec *);

    if (!next)
        next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    return next(id, t);
}

/* How far the clock is off now, in seconds. */
static long off(void)
{
    struct timespec t;

    real_gettime(CLOCK_MONOTONIC, &t);
    return steps[(size_t)(t.tv_sec / 2) % (sizeof(steps) / sizeof(steps[0]))];
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    const int rc = real_gettime(id, t);

    if (rc == 0 && id == CLOCK_REALTIME) {
        read_off = off();
        t->tv_sec += read_off;
    }
    return rc;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    struct timespec t;

    (void)tz;
    clock_gettime(CLOCK_REALTIME, &t);
    *tv = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *out)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int timespec_get(struct timespec *t, int base)
{
    clock_gettime(CLOCK_REALTIME, t);
    return base;
}

static struct timespec shifted(const struct timespec *until)
{
    return (struct timespec){ until->tv_sec - read_off, until->tv_nsec };
}

int pthread_cond_timedwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m,
                           const struct timespec *restrict until)
{
    static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    const struct timespec t = shifted(until);

    if (!next)
        next = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlsym(
            RTLD_NEXT, "pthread_cond_timedwait");
    return next(c, m, &t);
}

int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict until)
{
    static int (*next)(cnd_t *, mtx_t *, const struct timespec *);
    const struct timespec t = shifted(until);

    if (!next)
        next =
            (int (*)(cnd_t *, mtx_t *, const struct timespec *))dlsym(RTLD_NEXT, "cnd_timedwait");
    return next(c, m, &t);
}
