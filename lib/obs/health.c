/* SPDX-License-Identifier: MIT */
#include "obs/health.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "now/now.h"

struct check {
    const char *name;
    bool ok;
    char why[HEALTH_WHY_MAX];
};

struct health {
    atomic_llong beat_ms;
    pthread_mutex_t lock;
    size_t n;
    struct check checks[HEALTH_CHECKS_MAX];
};

struct health *health_new(void)
{
    struct health *h = calloc(1, sizeof(*h));

    if (!h)
        return NULL;
    pthread_mutex_init(&h->lock, NULL);
    atomic_init(&h->beat_ms, now_mono_ms());
    return h;
}

void health_free(struct health *h)
{
    if (!h)
        return;
    pthread_mutex_destroy(&h->lock);
    free(h);
}

void health_beat(struct health *h)
{
    atomic_store(&h->beat_ms, now_mono_ms());
}

void health_away(struct health *h, int64_t ms)
{
    atomic_store(&h->beat_ms, now_mono_ms() + ms);
}

bool health_alive(struct health *h)
{
    return now_mono_ms() - atomic_load(&h->beat_ms) < HEALTH_BEAT_MS;
}

void health_set(struct health *h, const char *name, bool ok, const char *why)
{
    size_t i = 0;

    pthread_mutex_lock(&h->lock);
    while (i < h->n && strcmp(h->checks[i].name, name) != 0)
        i++;
    if (i < HEALTH_CHECKS_MAX) {
        h->checks[i].name = name;
        h->checks[i].ok = ok;
        snprintf(h->checks[i].why, HEALTH_WHY_MAX, "%s", why);
        h->n = i == h->n ? i + 1 : h->n;
    }
    pthread_mutex_unlock(&h->lock);
}

void health_info(struct health *h, const char *name, const char *what)
{
    health_set(h, name, true, what);
}

void health_forget(struct health *h, const char *name)
{
    size_t i = 0;

    pthread_mutex_lock(&h->lock);
    while (i < h->n && strcmp(h->checks[i].name, name) != 0)
        i++;
    if (i < h->n) {
        h->n--;
        memmove(&h->checks[i], &h->checks[i + 1], (h->n - i) * sizeof(h->checks[0]));
    }
    pthread_mutex_unlock(&h->lock);
}

/* The text of a reason is ours, or a library's: quote what JSON wants quoted. */
static void add_json(struct buf *out, const char *s)
{
    buf_byte(out, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\')
            buf_fmt(out, "\\%c", c);
        else if (c < ' ')
            buf_fmt(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

bool health_render(struct health *h, struct buf *out)
{
    pthread_mutex_lock(&h->lock);
    bool ready = h->n > 0;
    for (size_t i = 0; i < h->n; i++)
        ready = ready && h->checks[i].ok;
    buf_fmt(out, "{\"ready\": %s, \"checks\": [", ready ? "true" : "false");
    for (size_t i = 0; i < h->n; i++) {
        const struct check *c = &h->checks[i];

        buf_fmt(out, "%s{\"name\": \"%s\", \"ok\": %s, \"why\": ", i > 0 ? ", " : "", c->name,
                c->ok ? "true" : "false");
        add_json(out, c->why);
        buf_byte(out, '}');
    }
    buf_str(out, "]}\n");
    pthread_mutex_unlock(&h->lock);
    return ready;
}
