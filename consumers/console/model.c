/* SPDX-License-Identifier: MIT */
#include "consumers/console/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"

enum { TABLE = 2 * MODEL_NAMES_MAX, BLOCK_BYTES = 64 };

struct model *model_new(size_t bytes_max, int64_t keep_ms)
{
    struct model *m = calloc(1, sizeof(*m));

    if (!m)
        return NULL;
    m->bytes_max = bytes_max;
    m->keep_ms = keep_ms;
    m->name = calloc(TABLE, sizeof(*m->name));
    m->alert = calloc(MODEL_ALERTS_MAX, sizeof(struct model_alert *));
    if (m->name && m->alert)
        return m;
    model_free(m);
    return NULL;
}

void model_free(struct model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_series; i++) {
        for (size_t k = 0; k < m->series[i].n; k++)
            free(m->series[i].v[k]);
        free((void *)m->series[i].v);
    }
    for (size_t i = 0; i < m->n_alerts; i++)
        free(m->alert[i]);
    for (size_t i = 0; m->name && i < TABLE; i++)
        free(m->name[i]);
    free((void *)m->alert);
    free((void *)m->name);
    free(m->series);
    free(m);
}

/* The one copy of a name. NULL: out of memory. */
static const char *intern(struct model *m, struct slice text)
{
    const struct slice s = utf8_cut(text, MODEL_NAME_BYTES);
    char name[MODEL_NAME_BYTES + 1];

    for (size_t k = 0; k < s.n; k++) /* a zero byte would end it */
        name[k] = (char)(s.p[k] != '\0' ? s.p[k] : '?');
    name[s.n] = '\0';
    size_t i = (size_t)hash64((struct slice){ name, s.n }) % TABLE;
    while (m->name[i] && strcmp(name, m->name[i]) != 0)
        i = (i + 1) % TABLE;
    if (m->name[i])
        return m->name[i];
    if (m->n_names == MODEL_NAMES_MAX)
        return "(too many names)";
    m->name[i] = strdup(name);
    if (m->name[i])
        m->n_names++;
    return m->name[i];
}

static int series_order(const struct model_series *s, const char *segment, const char *rule)
{
    const int a = strcmp(s->segment, "all") != 0;
    const int b = strcmp(segment, "all") != 0;
    const int by_segment = strcmp(s->segment, segment);

    if (a != b)
        return a - b;
    return by_segment != 0 ? by_segment : strcmp(s->rule, rule);
}

/* Where it stands, or would. */
static size_t series_place(const struct model *m, const char *segment, const char *rule)
{
    size_t lo = 0;
    size_t hi = m->n_series;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (series_order(&m->series[mid], segment, rule) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* NULL: out of memory, or there are too many. */
static struct model_series *series_get(struct model *m, const char *segment, const char *rule)
{
    const size_t at = series_place(m, segment, rule);

    if (at < m->n_series && series_order(&m->series[at], segment, rule) == 0)
        return &m->series[at];
    if (m->n_series == m->cap_series) {
        const size_t cap = m->cap_series ? 2 * m->cap_series : 16;
        struct model_series *v = realloc(m->series, cap * sizeof(*v));

        if (!v)
            return NULL;
        m->series = v;
        m->cap_series = cap;
    }
    memmove(m->series + at + 1, m->series + at, (m->n_series - at) * sizeof(*m->series));
    m->series[at] = (struct model_series){ .segment = segment, .rule = rule };
    m->n_series++;
    return &m->series[at];
}

static size_t window_bytes(const struct model_window *w)
{
    return sizeof(*w) + w->n_points * sizeof(*w->point) + w->frame.n + BLOCK_BYTES;
}

/* False: out of memory. */
static bool add_point(struct model *m, struct model_window *k, size_t i,
                      const struct window_feature *f)
{
    struct model_point *p = &k->point[i];

    *p = (struct model_point){ intern(m, f->name), f->psi.has ? (float)f->psi.v : NAN,
                               (unsigned char)f->severity };
    if (f->severity > k->severity)
        k->severity = f->severity;
    if (p->name && f->psi.has && k->state == WINDOW_EVALUATED && !(k->psi >= f->psi.v)) {
        k->psi = f->psi.v;
        k->worst = p->name;
    }
    return p->name;
}

static double or_nan(struct opt_double x)
{
    return x.has ? x.v : (double)NAN;
}

/* One block: the struct, its points, the frame. NULL: out of memory. */
static struct model_window *window_make(struct model *m, const struct window *w, struct slice frame)
{
    const size_t points = w->features.n * sizeof(struct model_point);
    struct model_window *k = calloc(1, sizeof(*k) + points + frame.n);

    if (!k)
        return NULL;
    *k = (struct model_window){ .start_ms = w->start_ms,
                                .end_ms = w->end_ms,
                                .run = w->run,
                                .state = w->state,
                                .stale_by = intern(m, w->stale_by),
                                .psi = (double)NAN,
                                .worst = "",
                                .policy = intern(m, w->policy),
                                .n = w->n,
                                .videos = w->videos,
                                .accuracy = or_nan(w->estimated_accuracy),
                                .accuracy_before = or_nan(w->estimated_accuracy_before),
                                .point = (struct model_point *)(k + 1),
                                .n_points = w->features.n };
    char *bytes = (char *)(k->point + k->n_points);
    if (!k->policy || !k->stale_by) {
        free(k);
        return NULL;
    }
    memcpy(bytes, frame.p, frame.n);
    k->frame = (struct slice){ bytes, frame.n };
    for (size_t i = 0; i < w->features.n; i++) {
        if (!add_point(m, k, i, &w->features.v[i])) {
            free(k);
            return NULL;
        }
    }
    return k;
}

static int window_order(const struct model_window *a, const struct model_window *b)
{
    if (a->end_ms != b->end_ms)
        return a->end_ms < b->end_ms ? -1 : 1;
    return a->start_ms < b->start_ms ? -1 : a->start_ms > b->start_ms;
}

static void drop_window(struct model *m, struct model_series *s, size_t i)
{
    m->bytes -= window_bytes(s->v[i]);
    free(s->v[i]);
    memmove((void *)(s->v + i), (void *)(s->v + i + 1),
            (s->n - i - 1) * sizeof(struct model_window *));
    s->n--;
}

/* Takes k over, or frees it: of two of the same span the higher run counts, then the first. */
static enum status insert(struct model *m, struct model_series *s, struct model_window *k,
                          struct err *err)
{
    size_t at = s->n;

    while (at > 0 && window_order(s->v[at - 1], k) > 0)
        at--;
    if (at > 0 && window_order(s->v[at - 1], k) == 0) {
        if (s->v[at - 1]->run >= k->run) {
            free(k);
            return ST_OK;
        }
        drop_window(m, s, --at);
    }
    if (s->n == s->cap) {
        const size_t cap = s->cap ? 2 * s->cap : 8;
        struct model_window **v =
            (struct model_window **)realloc((void *)s->v, cap * sizeof(struct model_window *));

        if (!v) {
            free(k);
            return err_set(err, ST_FATAL, "out of memory for windows");
        }
        s->v = v;
        s->cap = cap;
    }
    memmove((void *)(s->v + at + 1), (void *)(s->v + at),
            (s->n - at) * sizeof(struct model_window *));
    s->v[at] = k;
    s->n++;
    m->bytes += window_bytes(k);
    if (k->end_ms > m->newest_ms)
        m->newest_ms = k->end_ms;
    m->changes++;
    return ST_OK;
}

static void drop_series(struct model *m, size_t i)
{
    free((void *)m->series[i].v);
    memmove(m->series + i, m->series + i + 1, (m->n_series - i - 1) * sizeof(*m->series));
    m->n_series--;
}

/* The oldest window of all; false: there is none. */
static bool find_oldest(const struct model *m, size_t *at)
{
    bool found = false;

    for (size_t i = 0; i < m->n_series; i++) {
        const struct model_series *s = &m->series[i];

        if (s->n == 0 || (found && s->v[0]->end_ms >= m->series[*at].v[0]->end_ms))
            continue;
        *at = i;
        found = true;
    }
    return found;
}

static void forget(struct model *m)
{
    size_t at = 0;

    while (find_oldest(m, &at)) {
        struct model_series *s = &m->series[at];
        const bool old = s->v[0]->end_ms <= m->newest_ms - m->keep_ms;

        if (!old && m->bytes + m->alert_bytes <= m->bytes_max)
            return;
        if (!old)
            m->dropped++;
        drop_window(m, s, 0);
        if (s->n == 0)
            drop_series(m, at);
    }
}

enum status model_take_window(struct model *m, const struct window *w, struct slice frame,
                              struct err *err)
{
    if (w->state == WINDOW_TRAINING_SKEW)
        return ST_OK;
    const char *segment = intern(m, w->segment);
    const char *rule = intern(m, w->rule);
    const size_t at = segment && rule ? series_place(m, segment, rule) : 0;

    if (segment && rule && m->n_series == MODEL_SERIES_MAX &&
        (at == m->n_series || series_order(&m->series[at], segment, rule) != 0)) {
        m->dropped++;
        return ST_OK;
    }
    struct model_series *s = segment && rule ? series_get(m, segment, rule) : NULL;
    struct model_window *k = s ? window_make(m, w, frame) : NULL;
    enum status st = k ? insert(m, s, k, err) : err_set(err, ST_FATAL, "out of memory for windows");
    if (st == ST_OK)
        forget(m);
    return st;
}

static size_t alert_bytes(const struct model_alert *a)
{
    return sizeof(*a) + a->message.n + a->frame.n + BLOCK_BYTES;
}

static struct model_alert *alert_make(struct model *m, const struct alert *al, struct slice frame)
{
    struct model_alert *k = calloc(1, sizeof(*k) + al->message.n + frame.n);

    if (!k)
        return NULL;
    char *bytes = (char *)(k + 1);
    if (al->message.n > 0)
        memcpy(bytes, al->message.p, al->message.n);
    memcpy(bytes + al->message.n, frame.p, frame.n);
    *k = (struct model_alert){ .alert_id = intern(m, al->alert_id),
                               .segment = intern(m, al->segment),
                               .rule = intern(m, al->rule),
                               .feature = intern(m, al->feature),
                               .kind = intern(m, al->kind),
                               .seq = al->seq,
                               .state = al->state,
                               .severity = al->severity,
                               .start_ms = al->start_ms,
                               .end_ms = al->end_ms,
                               .episode_ms = al->episode_ms,
                               .psi = or_nan(al->psi),
                               .threshold = al->threshold,
                               .others = al->others.n,
                               .message = { bytes, al->message.n },
                               .frame = { bytes + al->message.n, frame.n } };
    if (k->alert_id && k->segment && k->rule && k->feature && k->kind)
        return k;
    free(k);
    return NULL;
}

static void drop_alert(struct model *m)
{
    m->alert_bytes -= alert_bytes(m->alert[0]);
    free(m->alert[0]);
    m->n_alerts--;
    memmove((void *)m->alert, (void *)(m->alert + 1), m->n_alerts * sizeof(struct model_alert *));
}

enum status model_take_alert(struct model *m, const struct alert *al, struct slice frame,
                             struct err *err)
{
    struct model_alert *k = alert_make(m, al, frame);
    size_t at = m->n_alerts;

    if (!k)
        return err_set(err, ST_FATAL, "out of memory for alerts");
    for (size_t i = 0; i < m->n_alerts; i++) {
        if (m->alert[i]->alert_id == k->alert_id && m->alert[i]->seq == k->seq) {
            free(k);
            return ST_OK;
        }
    }
    if (m->n_alerts == MODEL_ALERTS_MAX) {
        drop_alert(m);
        at--;
    }
    while (at > 0 && m->alert[at - 1]->end_ms > k->end_ms) /* of a database, later */
        at--;
    memmove((void *)(m->alert + at + 1), (void *)(m->alert + at),
            (m->n_alerts - at) * sizeof(struct model_alert *));
    m->alert[at] = k;
    m->n_alerts++;
    m->alert_bytes += alert_bytes(k);
    m->changes++;
    while (m->n_alerts > 1 && m->alert_bytes > m->bytes_max / 3)
        drop_alert(m);
    forget(m);
    return ST_OK;
}

static void copy_word(char *out, size_t n, struct slice s)
{
    size_t k = 0;

    for (; k < s.n && k + 1 < n; k++)
        out[k] = (char)(s.p[k] > ' ' && s.p[k] <= '~' ? s.p[k] : '?');
    out[k] = '\0';
}

void model_take_dead(struct model *m, struct slice stage, struct slice reason,
                     const struct model_dead *more)
{
    struct model_dead d = *more;
    size_t i = 0;

    copy_word(d.stage, sizeof(d.stage), stage);
    copy_word(d.reason, sizeof(d.reason), reason);
    while (i < m->n_dead &&
           (strcmp(m->dead[i].stage, d.stage) != 0 || strcmp(m->dead[i].reason, d.reason) != 0))
        i++;
    if (i == MODEL_DEAD_MAX) {
        i--;
        copy_word(m->dead[i].stage, sizeof(d.stage), slice_str("any"));
        copy_word(m->dead[i].reason, sizeof(d.reason), slice_str("other"));
    } else if (i == m->n_dead) {
        m->n_dead++;
        m->dead[i] = d;
        m->changes++;
        return;
    }
    m->dead[i].n += d.n;
    if (d.last_ms >= m->dead[i].last_ms) {
        m->dead[i].last_ms = d.last_ms;
        m->dead[i].part = d.part;
        m->dead[i].offset = d.offset;
    }
    m->changes++;
}

const struct model_series *model_series_of(const struct model *m, const char *segment,
                                           const char *rule)
{
    const struct model_series *best = NULL;

    for (size_t i = 0; i < m->n_series; i++) {
        const struct model_series *s = &m->series[i];

        if (s->n == 0 || strcmp(s->segment, segment) != 0 || (rule && strcmp(s->rule, rule) != 0))
            continue;
        if (!best || s->v[s->n - 1]->end_ms > best->v[best->n - 1]->end_ms)
            best = s;
    }
    return best;
}

const struct model_window *model_window_at(const struct model_series *s, int64_t at_ms)
{
    if (!s || s->n == 0)
        return NULL;
    if (at_ms < 0)
        return s->v[s->n - 1];
    for (size_t i = s->n; i-- > 0;) {
        if (s->v[i]->end_ms <= at_ms)
            return s->v[i];
    }
    return s->v[0];
}

const struct model_alert *model_alert_of(const struct model *m, const char *alert_id)
{
    const struct model_alert *best = NULL;

    for (size_t i = 0; i < m->n_alerts; i++) {
        const struct model_alert *a = m->alert[i];

        if (strcmp(a->alert_id, alert_id) == 0 && (!best || a->seq >= best->seq))
            best = a;
    }
    return best;
}

bool model_is_latest(const struct model *m, size_t i)
{
    for (size_t k = 0; k < m->n_alerts; k++) {
        if (m->alert[k]->alert_id == m->alert[i]->alert_id && m->alert[k]->seq > m->alert[i]->seq)
            return false;
    }
    return true;
}
