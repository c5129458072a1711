/* SPDX-License-Identifier: MIT */
#include "obs/metrics.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "obs/process.h"

struct metric_info {
    const char *name;
    const char *type;
    const char *label;
    const char *help;
};

static const struct metric_info table[METRIC_N] = {
#define X(id, name, type, label, help) { name, type, label, help },
    METRICS(X)
#undef X
};

struct series {
    enum metric id;
    int64_t label;
    char text[METRIC_TEXT_MAX]; /* instead of label when not "" */
    double v;
};

struct metrics {
    pthread_mutex_t lock;
    const char *stage;
    const char *slot;
    const char *version;
    int64_t counters[COUNTER_N];
    int64_t dead[DEAD_N];
    size_t n;
    struct series series[METRIC_SERIES_MAX];
};

struct metrics *metrics_new(const char *stage, const char *slot, const char *version)
{
    struct metrics *m = calloc(1, sizeof(*m));

    if (!m)
        return NULL;
    pthread_mutex_init(&m->lock, NULL);
    m->stage = stage;
    m->slot = slot;
    m->version = version;
    return m;
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    pthread_mutex_destroy(&m->lock);
    free(m);
}

/* The series, made if need be; NULL when there are too many. */
static struct series *find(struct metrics *m, enum metric id, int64_t label, const char *text)
{
    for (size_t i = 0; i < m->n; i++) {
        struct series *s = &m->series[i];

        if (s->id == id && s->label == label && strcmp(s->text, text) == 0)
            return s;
    }
    if (m->n == METRIC_SERIES_MAX)
        return NULL;
    struct series *s = &m->series[m->n++];
    *s = (struct series){ .id = id, .label = label };
    snprintf(s->text, sizeof(s->text), "%s", text);
    return s;
}

/* Locks, and finds as find() does. */
static struct series *take(struct metrics *m, enum metric id, int64_t label, const char *text)
{
    pthread_mutex_lock(&m->lock);
    return find(m, id, label, text);
}

static void give(struct metrics *m, struct series *s, double v)
{
    if (s)
        s->v = v;
    pthread_mutex_unlock(&m->lock);
}

void metrics_set(struct metrics *m, enum metric id, int64_t label, double v)
{
    give(m, take(m, id, label, ""), v);
}

void metrics_add(struct metrics *m, enum metric id, int64_t label, double v)
{
    struct series *s = take(m, id, label, "");

    give(m, s, s ? s->v + v : v);
}

void metrics_set_text(struct metrics *m, enum metric id, const char *labels, double v)
{
    give(m, take(m, id, METRIC_NO_LABEL, labels), v);
}

void metrics_add_text(struct metrics *m, enum metric id, const char *labels, double v)
{
    struct series *s = take(m, id, METRIC_NO_LABEL, labels);

    give(m, s, s ? s->v + v : v);
}

/* label: NULL, all. */
static void drop(struct metrics *m, enum metric id, const int64_t *label)
{
    size_t kept = 0;

    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->n; i++) {
        if (m->series[i].id != id || (label && m->series[i].label != *label))
            m->series[kept++] = m->series[i];
    }
    m->n = kept;
    pthread_mutex_unlock(&m->lock);
}

void metrics_clear(struct metrics *m, enum metric id)
{
    drop(m, id, NULL);
}

void metrics_forget(struct metrics *m, enum metric id, int64_t label)
{
    drop(m, id, &label);
}

void metrics_take(struct metrics *m, const struct out *out)
{
    pthread_mutex_lock(&m->lock);
    for (int i = 0; i < COUNTER_N; i++)
        m->counters[i] += out_counter(out, (enum counter)i);
    for (int i = 0; i < DEAD_N; i++)
        m->dead[i] += out_dead_count(out, (enum dead_reason)i);
    pthread_mutex_unlock(&m->lock);
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void render_counters(const struct metrics *m, struct buf *out)
{
    for (int i = 0; i < COUNTER_N; i++) {
        const struct counter_info *c = &counter_table[i];

        if (i == COUNTER_DEAD)
            continue; /* by reason, below */
        buf_fmt(out, "# HELP absa_%s_total %s\n# TYPE absa_%s_total counter\n", c->name, c->help,
                c->name);
        buf_fmt(out, "absa_%s_total{stage=\"%s\"} %lld\n", c->name, m->stage,
                (long long)m->counters[i]);
    }
    head(out, "absa_dead_total", "counter", counter_table[COUNTER_DEAD].help);
    for (int i = 0; i < DEAD_N; i++)
        buf_fmt(out, "absa_dead_total{stage=\"%s\",reason=\"%s\"} %lld\n", m->stage,
                dead_reason_name((enum dead_reason)i), (long long)m->dead[i]);
}

static void render_series(const struct metrics *m, enum metric id, struct buf *out)
{
    const struct metric_info *info = &table[id];
    bool any = false;

    head(out, info->name, info->type, info->help);
    for (size_t i = 0; i < m->n; i++) {
        const struct series *s = &m->series[i];

        if (s->id != id)
            continue;
        any = true;
        buf_fmt(out, "%s{stage=\"%s\"", info->name, m->stage);
        if (s->text[0])
            buf_fmt(out, ",%s", s->text);
        else if (info->label)
            buf_fmt(out, ",%s=\"%lld\"", info->label, (long long)s->label);
        buf_fmt(out, "} %.17g\n", s->v);
    }
    if (!any && !info->label)
        buf_fmt(out, "%s{stage=\"%s\"} 0\n", info->name, m->stage);
}

void metrics_render(struct metrics *m, struct buf *out)
{
    pthread_mutex_lock(&m->lock);
    render_counters(m, out);
    for (int i = 0; i < METRIC_N; i++)
        render_series(m, (enum metric)i, out);
    pthread_mutex_unlock(&m->lock);
    process_render(out);
    head(out, "absa_build_info", "gauge", "Constant 1; the labels say what runs");
    buf_fmt(out, "absa_build_info{version=\"%s\",stage=\"%s\",slot=\"%s\"} 1\n", m->version,
            m->stage, m->slot);
}

static void doc_row(struct buf *out, const char *name, const char *type, const char *labels,
                    const char *help)
{
    buf_fmt(out, "| `%s` | %s | %s | %s |\n", name, type, labels, help);
}

void metrics_print_doc(struct buf *out)
{
    char name[80];

    buf_str(out, "| metric | type | labels | meaning |\n|---|---|---|---|\n");
    for (int i = 0; i < COUNTER_N; i++) {
        snprintf(name, sizeof(name), "absa_%s_total", counter_table[i].name);
        doc_row(out, name, "counter", i == COUNTER_DEAD ? "stage, reason" : "stage",
                counter_table[i].help);
    }
    for (int i = 0; i < METRIC_N; i++) {
        snprintf(name, sizeof(name), "stage%s%s", table[i].label ? ", " : "",
                 table[i].label ? table[i].label : "");
        doc_row(out, table[i].name, table[i].type, name, table[i].help);
    }
    doc_row(out, "absa_build_info", "gauge", "version, stage, slot", "Constant 1");
}
