/* SPDX-License-Identifier: MIT */
/* C11 threads out of POSIX threads, for the tsan preset alone.
 *
 * librdkafka uses thrd_create() and mtx_lock(), which ThreadSanitizer of gcc 12
 * does not know: it loses its own state in such a thread and crashes. These
 * definitions come before the C library's and call what it does know. They rest
 * on glibc, where mtx_t and cnd_t are as large as their POSIX counterparts. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "glibc");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "glibc");

static pthread_mutex_t *mutex(mtx_t *m)
{
    return (pthread_mutex_t *)(void *)m;
}

static pthread_cond_t *cond(cnd_t *c)
{
    return (pthread_cond_t *)(void *)c;
}

static int result(int e)
{
    if (e == ETIMEDOUT)
        return thrd_timedout;
    if (e == EBUSY)
        return thrd_busy;
    return e == 0 ? thrd_success : thrd_error;
}

struct start {
    thrd_start_t f;
    void *arg;
};

static void *run(void *p)
{
    struct start s = *(struct start *)p;

    free(p);
    return (void *)(intptr_t)s.f(s.arg);
}

int thrd_create(thrd_t *thread, thrd_start_t f, void *arg)
{
    struct start *s = malloc(sizeof(*s));

    if (!s)
        return thrd_nomem;
    *s = (struct start){ f, arg };
    int e = pthread_create(thread, NULL, run, s);
    if (e != 0)
        free(s);
    return result(e);
}

int thrd_join(thrd_t thread, int *code)
{
    void *value = NULL;
    int e = pthread_join(thread, &value);

    if (code)
        *code = (int)(intptr_t)value;
    return result(e);
}

int mtx_init(mtx_t *m, int type)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    if (type & mtx_recursive)
        pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    int e = pthread_mutex_init(mutex(m), &attr);
    pthread_mutexattr_destroy(&attr);
    return result(e);
}

void mtx_destroy(mtx_t *m)
{
    pthread_mutex_destroy(mutex(m));
}

int mtx_lock(mtx_t *m)
{
    return result(pthread_mutex_lock(mutex(m)));
}

int mtx_trylock(mtx_t *m)
{
    return result(pthread_mutex_trylock(mutex(m)));
}

int mtx_unlock(mtx_t *m)
{
    return result(pthread_mutex_unlock(mutex(m)));
}

int cnd_init(cnd_t *c)
{
    return result(pthread_cond_init(cond(c), NULL));
}

void cnd_destroy(cnd_t *c)
{
    pthread_cond_destroy(cond(c));
}

int cnd_signal(cnd_t *c)
{
    return result(pthread_cond_signal(cond(c)));
}

int cnd_broadcast(cnd_t *c)
{
    return result(pthread_cond_broadcast(cond(c)));
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
    return result(pthread_cond_wait(cond(c), mutex(m)));
}

int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict when)
{
    return result(pthread_cond_timedwait(cond(c), mutex(m), when));
}
