/* SPDX-License-Identifier: MIT */
#include "registry/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "now/now.h"
#include "obs/log.h"

const char *const watch_result_names[WATCH_RESULT_N] = { "same", "taken", "refused",
                                                         "unreachable" };

/* One model that is watched. The thread alone reads what stands above the line. */
struct watched {
    const char *role;
    const char *name;
    struct mlflow_model model;
    struct found now;
    char refused[MLFLOW_ID_MAX + 1]; /* the version that was */
    int polls;                       /* since then           */
    /* under the lock */
    struct bundle *waiting;
    struct found found;
    int64_t n[WATCH_RESULT_N];
};

struct watch {
    struct registry registry;
    int64_t poll_ms;
    atomic_bool *asked;
    atomic_bool stop;
    bool running;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct watched v[WATCH_MAX];
    size_t n;
};

struct watch *watch_new(const struct registry *r, int64_t poll_ms, atomic_bool *asked)
{
    struct watch *w = calloc(1, sizeof(*w));

    if (!w)
        return NULL;
    w->registry = *r;
    w->registry.rest.stop = &w->stop;
    w->poll_ms = poll_ms;
    w->asked = asked;
    pthread_mutex_init(&w->lock, NULL);
    now_cond_init(&w->wake);
    return w;
}

void watch_add(struct watch *w, const char *role, const char *name, const struct found *found)
{
    struct watched *v = &w->v[w->n];
    struct err ignored = { 0 };

    if (w->n == WATCH_MAX || !mlflow_is_model(name) ||
        mlflow_parse(name, &v->model, &ignored) != ST_OK)
        return;
    v->role = role;
    v->name = name;
    v->now = *found;
    w->n++;
}

static void count(struct watch *w, struct watched *v, enum watch_result result)
{
    pthread_mutex_lock(&w->lock);
    v->n[result]++;
    pthread_mutex_unlock(&w->lock);
    atomic_store(w->asked, true);
}

/* Hands over a bundle; one that nobody took in the meantime is nobody's. */
static void hand_over(struct watch *w, struct watched *v, struct bundle *bundle,
                      const struct found *found)
{
    struct bundle *old;

    pthread_mutex_lock(&w->lock);
    old = v->waiting;
    v->waiting = bundle;
    v->found = *found;
    pthread_mutex_unlock(&w->lock);
    bundle_free(old);
}

static void refuse(struct watch *w, struct watched *v, const char *version, enum status st,
                   const struct err *why)
{
    if (atomic_load(&w->stop))
        return;
    if (st == ST_RETRY) {
        log_warn("the registry is not to be had: the model goes on", LOG_STR("model", v->name),
                 LOG_STR("why", why->msg));
        count(w, v, WATCH_UNREACHABLE);
        return;
    }
    log_error("a model is refused: the one of before goes on", LOG_STR("model", v->name),
              LOG_STR("version", version), LOG_STR("why", why->msg));
    memcpy(v->refused, version, strlen(version) + 1);
    v->polls = 0;
    count(w, v, WATCH_REFUSED);
}

/* Another version than the one that runs. */
static void take(struct watch *w, struct watched *v, const struct mlflow_version *version)
{
    struct found found = { .stale = false };
    struct bundle *bundle = NULL;
    struct err err = { 0 };
    enum status st = registry_fetch(&w->registry, version, &found, &bundle, &err);

    if (st != ST_OK) {
        refuse(w, v, version->version, st, &err);
        return;
    }
    bool other = strcmp(found.sha256, v->now.sha256) != 0;
    v->now = found;
    v->refused[0] = '\0';
    registry_remember(&w->registry, v->name, &found);
    if (other)
        hand_over(w, v, bundle, &found);
    else
        bundle_free(bundle); /* another number for the same */
    count(w, v, other ? WATCH_TAKEN : WATCH_SAME);
}

static void ask(struct watch *w, struct watched *v)
{
    struct mlflow_version version = { .version = "" };
    struct err err = { 0 };
    enum status st = mlflow_find(&w->registry.rest, &v->model, &version, &err);

    if (st != ST_OK)
        refuse(w, v, "", st, &err);
    else if (strcmp(version.version, v->now.version) == 0)
        count(w, v, WATCH_SAME);
    else if (strcmp(version.version, v->refused) != 0 || ++v->polls >= WATCH_AGAIN)
        take(w, v, &version);
}

static void look(struct watch *w, struct watched *v)
{
    registry_still(&w->registry, v->name, &v->now);
    if (v->model.alias[0] != '\0' && w->poll_ms > 0)
        ask(w, v);
}

/* Waits for the next poll; false: it is over. */
static bool rest(struct watch *w)
{
    const int64_t ms = w->poll_ms > 0 ? w->poll_ms : WATCH_USED_MS;
    const struct timespec until = now_plus(ms);
    int rc = 0;

    pthread_mutex_lock(&w->lock);
    while (!atomic_load(&w->stop) && rc == 0)
        rc = pthread_cond_timedwait(&w->wake, &w->lock, &until);
    pthread_mutex_unlock(&w->lock);
    return !atomic_load(&w->stop);
}

static void *run(void *ctx)
{
    struct watch *w = ctx;

    while (rest(w)) {
        for (size_t i = 0; i < w->n && !atomic_load(&w->stop); i++)
            look(w, &w->v[i]);
    }
    return NULL;
}

enum status watch_start(struct watch *w, struct err *err)
{
    if (w->n == 0)
        return ST_OK;
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        return err_set(err, ST_FATAL, "no thread for the registry");
    w->running = true;
    return ST_OK;
}

void watch_stop(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->stop, true);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    if (w->running)
        pthread_join(w->thread, NULL);
    for (size_t i = 0; i < w->n; i++)
        bundle_free(w->v[i].waiting);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static struct watched *find(struct watch *w, const char *role)
{
    for (size_t i = 0; i < w->n; i++) {
        if (strcmp(w->v[i].role, role) == 0)
            return &w->v[i];
    }
    return NULL;
}

struct bundle *watch_take(struct watch *w, const char *role, struct found *found)
{
    struct watched *v = find(w, role);
    struct bundle *bundle = NULL;

    if (!v)
        return NULL;
    pthread_mutex_lock(&w->lock);
    bundle = v->waiting;
    v->waiting = NULL;
    if (bundle)
        *found = v->found;
    pthread_mutex_unlock(&w->lock);
    return bundle;
}

void watch_count(struct watch *w, const char *role, int64_t n[WATCH_RESULT_N])
{
    struct watched *v = find(w, role);

    memset(n, 0, WATCH_RESULT_N * sizeof(*n));
    if (!v)
        return;
    pthread_mutex_lock(&w->lock);
    memcpy(n, v->n, sizeof(v->n));
    memset(v->n, 0, sizeof(v->n));
    pthread_mutex_unlock(&w->lock);
}
