/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drift/alert.h"
#include "drift/category.h"
#include "drift/evidence.h"
#include "drift/tally.h"
#include "drift/window.h"
#include "support/drift/stream.h"

/* What is no name is another one; an unknown name is unseen, where the baseline can tell. */
static void test_odd_texts(void **state)
{
    const struct slice names[] = { slice_str("en"), slice_str("de"), slice_str("es") };
    char *large = malloc(10240);

    (void)state;
    assert_non_null(large);
    memset(large, 'a', 10240);
    for (int complete = 0; complete < 2; complete++) {
        struct categories *c = categories_new(names, 3, complete == 1);

        assert_non_null(c);
        assert_int_equal(categories_find(c, slice_str("en")), 0);
        assert_int_equal(categories_find(c, slice_str("es")), 2);
        assert_int_equal(categories_find(c, slice_str("fr")), complete ? 4 : 3);
        assert_int_equal(categories_find(c, slice_str("e")), complete ? 4 : 3);
        assert_int_equal(categories_find(c, slice_str("")), -1);
        assert_int_equal(categories_find(c, (struct slice){ large, 10240 }), 3);
        assert_int_equal(categories_find(c, slice_str("\x1b[2J")), 3);
        assert_int_equal(categories_find(c, slice_str("a\"b")), 3);
        assert_int_equal(categories_find(c, slice_str("__other__")), 3);
        assert_int_equal(categories_find(c, slice_str("__unseen__")), 3);
        assert_true(slice_is(c->name[3], "__other__") && slice_is(c->name[4], "__unseen__"));
        free(c);
    }
    free(large);
}

/* More words than categories: the rarer ones are others, and nothing is unseen any more. */
static void test_too_many_words(void **state)
{
    enum { WORDS = CATEGORIES_MAX + 10, ROWS = WORDS * (WORDS + 1) / 2 };
    struct dictionary d;
    struct err err = { { 0 } };
    double *number = calloc(ROWS, sizeof(*number));
    size_t rows = 0;
    char word[16];

    (void)state;
    assert_non_null(number);
    assert_int_equal(dictionary_init(&d, &err), ST_OK);
    for (int i = 0; i < WORDS; i++) {
        snprintf(word, sizeof(word), "w%03d", i);
        for (int k = 0; k <= i; k++)
            assert_int_equal(dictionary_add(&d, slice_str(word), &number[rows++], &err), ST_OK);
    }
    assert_int_equal(rows, ROWS);
    struct categories *c = dictionary_choose(&d, number, rows);
    assert_non_null(c);
    assert_int_equal(c->n, CATEGORIES_MAX);
    assert_false(c->complete);
    assert_true(slice_is(c->name[0], "w071")); /* the commonest first */
    assert_true(number[0] == CATEGORIES_MAX && number[rows - 1] == 0);
    assert_int_equal(categories_find(c, slice_str("w000")), CATEGORIES_MAX);
    assert_int_equal(categories_find(c, slice_str("never")), CATEGORIES_MAX);
    free(c);
    dictionary_release(&d);
    free(number);
}

static void test_a_full_dictionary(void **state)
{
    struct dictionary d;
    struct err err = { { 0 } };
    double number;
    char word[16];

    (void)state;
    assert_int_equal(dictionary_init(&d, &err), ST_OK);
    for (int i = 0; i < CATEGORY_WORDS_MAX + 5; i++) {
        snprintf(word, sizeof(word), "w%d", i);
        assert_int_equal(dictionary_add(&d, slice_str(word), &number, &err), ST_OK);
        assert_true(number == (i < CATEGORY_WORDS_MAX ? i : CATEGORY_WORDS_MAX));
    }
    assert_int_equal(dictionary_add(&d, slice_str("w7"), &number, &err), ST_OK);
    assert_true(number == 7);
    assert_int_equal(dictionary_add(&d, slice_str(""), &number, &err), ST_OK);
    assert_true(isnan(number));
    dictionary_release(&d);
}

static void count(struct tally *t, struct sighting_values *v, const struct baseline *base,
                  const char *lang, int video)
{
    double x[STREAM_FEATURES - 4] = { 1, 1 };
    char id[16];
    struct err err = { { 0 } };

    snprintf(id, sizeof(id), "v%d", video);
    const struct score score = { .comment_id = slice_str(id),
                                 .video_id = slice_str(id),
                                 .lang = slice_str(lang),
                                 .features = { x, STREAM_FEATURES - 4 } };
    assert_int_equal(sighting_values_fill(v, base, &score, &err), ST_OK);
    assert_int_equal(tally_add(t, v, &err), ST_OK);
}

/* Shares that turn, and a language that was never there: by each policy's own test. */
static void test_judged(void **state)
{
    struct baseline *base = stream_baseline_of_categories(6000);
    struct sighting_values *v = sighting_values_new(base);
    struct tally *t = tally_new(base);
    struct arena *a = arena_new(4 << 20);
    struct err err = { { 0 } };
    struct window w = { 0 };
    struct window_rules rules = { .min_samples = 1, .min_videos = 1, .level = 1e-4 };

    (void)state;
    assert_true(base && v && t && a);
    for (int i = 0; i < 600; i++)
        count(t, v, base, i % 10 == 0 ? "de" : i % 10 == 1 ? "xx" : i % 10 == 2 ? "" : "en", i);
    for (int scans = 0; scans < 2; scans++) {
        const struct window_feature *f;

        assert_int_equal(
            policy_find(slice_str(scans ? "significant" : "fixed"), &rules.policy, &err), ST_OK);
        assert_int_equal(window_judge(t, &rules, a, &w, &err), ST_OK);
        f = &w.features.v[STREAM_FEATURES];
        assert_true(slice_is(f->name, "lang"));
        assert_int_equal(f->n, 540);
        assert_int_equal(f->missing, 60);
        assert_int_equal(f->unseen.v, 60);
        assert_int_equal(f->bins.n, 4);
        assert_true(f->psi.v > 0.3 && f->chi2_p.v < 1e-10 && f->linf.v > 0.25);
        assert_true(f->p.v < 1e-6 && f->severity == SEVERITY_CRITICAL);
        assert_false(f->ks.has || f->ks_p.has || f->wasserstein.has);
        assert_true(scans || slice_is(f->test, "chi2"));
        assert_false(w.features.v[0].linf.has || w.features.v[0].unseen.has);
    }
    arena_free(a);
    tally_free(t);
    sighting_values_free(v);
    baseline_free(base);
}

/* A line of JSON with the first `from` replaced is refused. */
static void refuse(struct wire *wire, struct slice line, const char *from, const char *to,
                   struct arena *a)
{
    struct alert_diff diff;
    struct err err = { { 0 } };
    struct buf text;
    struct buf bad;

    buf_init(&text, ALERT_BYTES_MAX);
    buf_init(&bad, ALERT_BYTES_MAX);
    buf_slice_add(&text, line);
    buf_byte(&text, '\0');
    const char *at = strstr(text.p, from);
    assert_non_null(at);
    buf_add(&bad, text.p, (size_t)(at - text.p));
    buf_str(&bad, to);
    buf_str(&bad, at + strlen(from));
    assert_int_equal(alert_check_line(wire, buf_slice(&bad), a, &diff, &err), ST_REJECT);
    buf_release(&bad);
    buf_release(&text);
}

/* What an alert of lang is made of. */
struct made {
    struct baseline *base;
    struct sighting_values *values;
    struct tally *tally;
    struct arena *arena;
    struct wire *wire;
    struct alert alert;
};

/* One comment in ten is of lang de, one of lang tenth, the others en. */
static void make(struct made *m, const char *tenth)
{
    struct err err = { { 0 } };
    struct window w = { .segment = slice_str("all") };
    struct window_rules rules = { .min_samples = 1, .min_videos = 1 };
    const struct alert_state_of at = { .severity = SEVERITY_CRITICAL, .now = SEVERITY_CRITICAL };
    struct moved_segment moved[] = { { .segment = slice_str("all"), .feature = slice_str("lang") },
                                     { .segment = slice_str("lang:de"),
                                       .feature = slice_str("lang") } };
    struct alert_case c = { .window = &w,
                            .episode = &at,
                            .state = ALERT_FIRING,
                            .feature = STREAM_FEATURES,
                            .config = slice_str("sha256:0"),
                            .moved = { moved, 2 } };

    m->base = stream_baseline_of_categories(6000);
    m->values = sighting_values_new(m->base);
    m->tally = tally_new(m->base);
    m->arena = arena_new(16 << 20);
    assert_true(m->base && m->values && m->tally && m->arena);
    assert_int_equal(wire_new(NULL, &m->wire, &err), ST_OK);
    for (int i = 0; i < 600; i++)
        count(m->tally, m->values, m->base, i % 10 == 0 ? "de" : i % 10 == 1 ? tenth : "en", i);
    assert_int_equal(policy_find(slice_str("fixed"), &rules.policy, &err), ST_OK);
    assert_int_equal(window_judge(m->tally, &rules, m->arena, &w, &err), ST_OK);
    c.tally = m->tally;
    c.policy = rules.policy;
    assert_int_equal(alert_build(&c, m->arena, &m->alert, &err), ST_OK);
    assert_true(m->alert.p.v == w.features.v[STREAM_FEATURES].p.v);
}

static void made_release(struct made *m)
{
    wire_free(m->wire);
    arena_free(m->arena);
    tally_free(m->tally);
    sighting_values_free(m->values);
    baseline_free(m->base);
}

/* An alert of categories names them, and can be checked from itself alone. */
static void test_alert(void **state)
{
    struct made m;
    const struct alert *al = &m.alert;
    struct alert_diff diff;
    struct err err = { { 0 } };
    struct buf json;

    (void)state;
    make(&m, "xx");
    assert_int_equal(al->categories.n, 4);
    assert_true(al->unseen.v == 60 && al->linf.v > 0.2 && !al->ks.has);
    assert_true(al->also.n == 1 && slice_is(al->also.v[0].segment, "lang:de"));
    buf_init(&json, ALERT_BYTES_MAX);
    buf_slice_add(&json, al->message);
    buf_byte(&json, '\0');
    assert_non_null(strstr(json.p, "lang changed in all: "));
    assert_non_null(strstr(json.p, "__unseen__ 10.0% (was 0.0%)"));
    assert_non_null(strstr(json.p, "de 10.0% (was "));
    buf_clear(&json);
    assert_int_equal(wire_to_json(RECORD_ALERT, al, &json, &err), ST_OK);
    if (alert_check_line(m.wire, buf_slice(&json), m.arena, &diff, &err) != ST_OK)
        fail_msg("%s", err.msg);
    refuse(m.wire, buf_slice(&json), "\"__unseen__\"]", "\"unseen\"]", m.arena);
    refuse(m.wire, buf_slice(&json), "\"__unseen__\"]", "\"__unseen__\",\"x\"]", m.arena);
    refuse(m.wire, buf_slice(&json), "\"unseen\":60", "\"unseen\":61", m.arena);
    refuse(m.wire, buf_slice(&json), "\"edges\":[1.0", "\"edges\":[0.5", m.arena);
    refuse(m.wire, buf_slice(&json), "\"segment\":\"lang:de\"", "\"segment\":\"lang:en\"", m.arena);
    buf_release(&json);
    made_release(&m);
}

/* Shares are smoothed for PSI; what is told was counted, and what nobody used is not told. */
static void test_message(void **state)
{
    struct made m;
    struct buf said;

    (void)state;
    make(&m, "de");
    buf_init(&said, ALERT_BYTES_MAX);
    buf_slice_add(&said, m.alert.message);
    buf_byte(&said, '\0');
    assert_int_equal(m.alert.moved.n, 4);
    assert_non_null(strstr(said.p, "de 20.0% (was "));
    assert_non_null(strstr(said.p, "en 80.0% (was "));
    assert_null(strstr(said.p, "__"));
    buf_release(&said);
    made_release(&m);
}

/* The order of categories means nothing: no moments, whatever the counts. */
static void test_no_moments(void **state)
{
    const uint64_t before[] = { 5000, 3000, 2000, 0 };
    const uint64_t now[] = { 200, 600, 200, 0 };
    const struct spread none = { 0 };
    struct evidence *e =
        evidence_new(&(struct evidence_counts){ before, 4, true, false }, &none, 1);
    uint64_t below[5];
    const struct evidence_case it = { e, now, below, 1000, 1 };
    double moment[RANK_MOMENTS];
    struct outcome found;

    (void)state;
    assert_non_null(e);
    cells_cumulate(now, 4, below);
    evidence_test(&it, 1, &found);
    evidence_moments(&it, moment);
    assert_int_equal(found.test, EVIDENCE_GROUPS);
    assert_true(found.p < 1e-9 && found.effect > 0.1);
    for (size_t k = 0; k < RANK_MOMENTS; k++)
        assert_true(moment[k] == 0);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_texts),         cmocka_unit_test(test_too_many_words),
        cmocka_unit_test(test_a_full_dictionary), cmocka_unit_test(test_judged),
        cmocka_unit_test(test_no_moments),        cmocka_unit_test(test_alert),
        cmocka_unit_test(test_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
