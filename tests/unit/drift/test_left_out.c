/* SPDX-License-Identifier: MIT */
/* What a baseline is calibrated on: stretches that are drawn, and days that are left out. */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drift/days_differ.h"
#include "drift/left_out.h"
#include "drift/resample.h"
#include "support/drift/months.h"

struct made {
    struct months_rows rows;
    struct baseline_input in;
    struct pool *pool;
    struct excerpt s;
};

static void make(struct made *m, const struct months_kind *kind)
{
    struct err err = { { 0 } };

    *m = (struct made){ 0 };
    months_make(kind, 5, &m->rows);
    m->in = months_input(&m->rows);
    assert_int_equal(pool_new(&m->in, m->rows.arrival_ms, &m->pool, &err), ST_OK);
}

static void release(struct made *m)
{
    excerpt_release(&m->s);
    pool_free(m->pool);
    months_release(&m->rows);
}

/* Whole videos, as many as the days have, each under a name of its own, in order of time. */
static void test_what_is_drawn(void **state)
{
    const struct months_kind kind = { .days = 14, .videos_a_day = 20, .rho = 0.1 };
    struct err err = { { 0 } };
    struct made m;

    (void)state;
    make(&m, &kind);
    assert_int_equal(resample_draw(m.pool, 30, 3, &m.s, &err), ST_OK);
    assert_int_equal(m.s.n % 8, 0);
    assert_in_range(m.s.n, 30 * 20 * 8 * 8 / 10, 30 * 20 * 8 * 11 / 10);
    for (size_t i = 0; i < m.s.n; i++) {
        size_t same = 0;

        assert_true(m.s.v[i].ms >= 0 && m.s.v[i].ms < 30 * MS_DAY);
        assert_true(i == 0 || m.s.v[i].ms >= m.s.v[i - 1].ms);
        for (size_t k = 0; i < 50 && k < m.s.n; k++)
            same += m.s.v[k].video == m.s.v[i].video;
        assert_true(i >= 50 || same == 8);
    }
    release(&m);
}

/* Days that differ are told from videos that do. */
static void test_days_that_differ(void **state)
{
    static const struct months_kind kinds[] = {
        { .days = 20, .videos_a_day = 30, .rho = 0.1 },
        { .days = 20, .videos_a_day = 30, .rho = 0.1, .day_sd = 0.3 },
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct made m;

        make(&m, &kinds[i]);
        struct baseline *b = months_baseline(&m.rows);
        assert_int_equal(days_differ(m.pool, &m.in, b), i == 1);
        baseline_free(b);
        release(&m);
    }
}

/* A feature that has one value all day, one of so many: nothing within days explains it. */
static void test_days_of_one_value(void **state)
{
    const struct months_kind kind = { .days = 20, .videos_a_day = 30, .rho = 0.1 };

    (void)state;
    for (int64_t values = 1; values < 6; values++) {
        struct made m;

        make(&m, &kind);
        for (size_t v = 0; v < m.pool->videos; v++)
            for (size_t i = 0; i < m.pool->video[v].n; i++)
                m.rows.column[0][m.pool->row[m.pool->video[v].first + i]] =
                    (double)(m.pool->video[v].day % values);
        struct baseline *b = months_baseline(&m.rows);
        assert_int_equal(days_differ(m.pool, &m.in, b), values > 1);
        baseline_free(b);
        release(&m);
    }
}

/* The comments of a day behind those of the day before, at their time of day. */
static void check_day(const struct made *m, const struct left_out *l, size_t k)
{
    const size_t days[] = { k > 0 ? l->day[k] - 1 : l->last, l->day[k] };
    size_t n = 0;

    for (size_t i = 0; i < m->rows.n; i++) {
        int64_t day = m->rows.arrival_ms[i] / MS_DAY;

        n += day == (int64_t)days[0] || day == (int64_t)days[1];
    }
    assert_int_equal(m->s.n, n);
    for (size_t i = 0; i < n; i++) {
        const struct excerpt_row *r = &m->s.v[i];
        int64_t arrival_ms = m->rows.arrival_ms[r->row];

        assert_true(r->ms >= 0 && r->ms < 2 * MS_DAY);
        assert_true(i == 0 || r->ms >= m->s.v[i - 1].ms);
        assert_int_equal(arrival_ms / MS_DAY, days[r->ms / MS_DAY]);
        assert_int_equal(arrival_ms % MS_DAY, r->ms % MS_DAY);
        assert_true(r->video == m->rows.video[r->row]);
    }
}

static int by_row(const void *a, const void *b)
{
    const struct excerpt_row *x = a;
    const struct excerpt_row *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

/* Nothing of a world is in a stretch that is judged against it, and nothing twice. */
static void check_world(const struct made *m, const struct excerpt *world)
{
    struct excerpt_row *v = malloc(world->n * sizeof(*v));

    assert_non_null(v);
    memcpy(v, world->v, world->n * sizeof(*v));
    qsort(v, world->n, sizeof(*v), by_row);
    for (size_t i = 1; i < world->n; i++)
        assert_true(v[i].row != v[i - 1].row);
    for (size_t i = 0; i < m->s.n; i++)
        assert_null(bsearch(&m->s.v[i], v, world->n, sizeof(*v), by_row));
    free(v);
}

/* A video that begins on the day is not in the world with the comments that come later either. */
static void check_videos(const struct made *m, const struct left_out *l, size_t k,
                         const struct excerpt *world)
{
    const struct pool *p = m->pool;

    for (size_t v = p->day[l->day[k]]; v < p->day[l->day[k] + 1]; v++) {
        uint64_t hash = m->rows.video[p->row[p->video[v].first]];

        for (size_t i = 0; i < world->n; i++)
            assert_true(world->v[i].video != hash);
    }
}

static void test_a_day_is_left_out(void **state)
{
    const struct months_kind kind = { .days = 14, .videos_a_day = 20, .rho = 0.1, .day_sd = 0.3 };
    struct excerpt world = { 0 };
    struct err err = { { 0 } };
    struct left_out l;
    struct made m;

    (void)state;
    make(&m, &kind);
    assert_int_equal(left_out_new(m.pool, &l, &err), ST_OK);
    assert_int_equal(l.n, 14); /* on a 15th come comments of the last day's videos */
    for (size_t k = 0; k < l.n; k++) {
        assert_int_equal(left_out_day(&l, k, &m.s, &err), ST_OK);
        check_day(&m, &l, k);
        assert_int_equal(left_out_rest(&l, k % 7, 7, 1e9, &world, &err), ST_OK);
        check_world(&m, &world);
        check_videos(&m, &l, k, &world);
        assert_in_range(world.n, 9 * 20 * 8, 10 * 20 * 8); /* two days, and the two before them */
    }
    excerpt_release(&world);
    left_out_release(&l);
    release(&m);
}

/* A world too large has fewer videos, of all days. */
static void test_a_large_world(void **state)
{
    const struct months_kind kind = { .days = 14, .videos_a_day = 20, .rho = 0.1 };
    struct err err = { { 0 } };
    bool day[16] = { false };
    struct left_out l;
    struct made m;
    size_t days = 0;

    (void)state;
    make(&m, &kind);
    assert_int_equal(left_out_new(m.pool, &l, &err), ST_OK);
    assert_int_equal(left_out_rest(&l, 3, 14, 560, &m.s, &err), ST_OK);
    assert_in_range(m.s.n, 440, 560); /* of 14 x 20 x 8 a quarter, of 12 days of 14 */
    for (size_t i = 0; i < m.s.n; i++) {
        assert_true(i == 0 || m.s.v[i].ms >= m.s.v[i - 1].ms);
        day[m.s.v[i].ms / MS_DAY] = true;
    }
    for (size_t d = 0; d < 14; d++)
        days += day[d];
    assert_int_equal(days, 12);
    left_out_release(&l);
    release(&m);
}

/* Days without a video are none, and of very many some are left out, evenly. */
static void test_which_days(void **state)
{
    enum { ROWS = 1000 };
    static int64_t arrival_ms[ROWS];
    const struct baseline_input in = { .rows = ROWS };
    struct pool *pool = NULL;
    struct err err = { { 0 } };
    struct left_out l;

    (void)state;
    for (int64_t i = 0; i < ROWS; i++)
        arrival_ms[i] = 2 * i * MS_DAY;
    assert_int_equal(pool_new(&in, arrival_ms, &pool, &err), ST_OK);
    assert_int_equal(pool->days, 2 * ROWS - 1);
    assert_int_equal(left_out_new(pool, &l, &err), ST_OK);
    assert_int_equal(l.n, LEFT_OUT_MAX);
    assert_int_equal(l.last, 2 * (ROWS - 1));
    for (size_t k = 0; k < l.n; k++) {
        assert_int_equal(l.day[k] % 2, 0);
        assert_true(k == 0 || l.day[k] - l.day[k - 1] == 6 || l.day[k] - l.day[k - 1] == 8);
    }
    left_out_release(&l);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_drawn),     cmocka_unit_test(test_days_that_differ),
        cmocka_unit_test(test_days_of_one_value), cmocka_unit_test(test_a_day_is_left_out),
        cmocka_unit_test(test_a_large_world),     cmocka_unit_test(test_which_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
