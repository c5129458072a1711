/* SPDX-License-Identifier: MIT */
/* writer.c -- a thread that commits one batch while the next one is read and made into rows.
 *
 *     main     read A ─┐ read B ───────────┐ read C
 *     writer           └ commit A ──> idle └ commit B
 *
 * From writer_give() to the end of that commit the store, the batch given, and the lanes' saved and
 * next are the writer's; else they are the main thread's. It lives as long as a session. */
#include "consumers/sink/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "consumers/sink/inner.h"
#include "now/now.h"

enum state { IDLE, BUSY, STOP };

struct writer {
    struct sink *s;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    enum state state;
    bool fresh; /* the last commit was not taken note of */
    enum status st;
    struct err err;
    struct batch batch;
};

static void *loop(void *arg)
{
    struct writer *w = arg;

    pthread_mutex_lock(&w->lock);
    while (w->state != STOP) {
        if (w->state == IDLE) {
            pthread_cond_wait(&w->turn, &w->lock);
            continue;
        }
        pthread_mutex_unlock(&w->lock);
        const enum status st = batch_commit(w->s, &w->batch, &w->err);
        pthread_mutex_lock(&w->lock);
        w->st = st;
        w->fresh = true;
        w->state = w->state == STOP ? STOP : IDLE;
        pthread_cond_broadcast(&w->turn);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum status writer_new(struct sink *s, struct writer **out, struct err *err)
{
    struct writer *w = calloc(1, sizeof(*w));

    *out = NULL;
    if (!w)
        return err_set(err, ST_FATAL, "out of memory");
    w->s = s;
    enum status st = batch_init(&w->batch, s->conf->scores_share, err);
    if (st != ST_OK) {
        free(w);
        return st;
    }
    pthread_mutex_init(&w->lock, NULL);
    now_cond_init(&w->turn);
    if (pthread_create(&w->thread, NULL, loop, w) != 0) {
        pthread_cond_destroy(&w->turn);
        pthread_mutex_destroy(&w->lock);
        batch_release(&w->batch);
        free(w);
        return err_set(err, ST_FATAL, "no thread for the database");
    }
    *out = w;
    return ST_OK;
}

void writer_free(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->state = STOP;
    pthread_cond_broadcast(&w->turn);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    batch_release(&w->batch);
    pthread_cond_destroy(&w->turn);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

bool writer_wait(struct writer *w, int ms)
{
    const struct timespec until = now_plus(ms);

    pthread_mutex_lock(&w->lock);
    while (w->state == BUSY && ms > 0) {
        if (pthread_cond_timedwait(&w->turn, &w->lock, &until) == ETIMEDOUT)
            break;
    }
    const bool idle = w->state == IDLE;
    pthread_mutex_unlock(&w->lock);
    return idle;
}

enum status writer_take(struct writer *w, bool *fresh, struct err *err)
{
    *fresh = w->fresh;
    w->fresh = false;
    if (w->st != ST_OK)
        *err = w->err;
    return w->st;
}

void writer_give(struct writer *w, struct batch *b)
{
    pthread_mutex_lock(&w->lock);
    const struct batch empty = w->batch;
    w->batch = *b;
    *b = empty;
    w->state = BUSY;
    pthread_cond_broadcast(&w->turn);
    pthread_mutex_unlock(&w->lock);
}
