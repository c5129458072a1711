/* SPDX-License-Identifier: MIT */
/* Where one value has nearly all of the baseline: that the rest grow is heard of, at any share of
 * it. */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drift/alert.h"
#include "drift/evidence.h"
#include "drift/history.h"
#include "drift/scan.h"
#include "drift/tally.h"
#include "support/prop.h"

enum { ROWS = 6000, PANE = 100, PANES = 10, OF_VIDEO = 5, WORDS = 0, MISSING = 1, FEATURES = 2 };

/* One case of evidence: of m comments `most` are in one cell, r in the next, none in the last. */
static struct outcome found_of(const uint64_t before[3], const uint64_t now[3], double b,
                               bool no_rest)
{
    const struct spread none = { .known = true };
    const struct evidence_counts counts = { before, 3, true, no_rest };
    struct evidence *e = evidence_new(&counts, &none, 1);
    uint64_t below[4];
    struct outcome found;

    assert_non_null(e);
    cells_cumulate(now, 3, below);
    evidence_test(&(struct evidence_case){ e, now, below, (int64_t)(now[0] + now[1] + now[2]), b },
                  1, &found);
    evidence_free(e);
    return found;
}

/* P(Bin(n, q) >= x), summed. */
static double binomial_tail(int n, int x, double q)
{
    double sum = 0;

    for (int k = x; k <= n; k++)
        sum += exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(q) +
                   (n - k) * log(1 - q));
    return sum;
}

static void test_p(void **state)
{
    const uint64_t before[] = { 9900, 100, 0 };
    const uint64_t now[] = { 970, 30, 0 };
    const uint64_t fewer[] = { 1000, 0, 0 };
    struct outcome one = found_of(before, now, 1, false);

    (void)state;
    assert_int_equal(one.test, EVIDENCE_REST);
    assert_true(one.statistic == 30 && one.df == 0);
    assert_true(fabs(one.p / (2 * binomial_tail(130, 30, 1000.0 / 11000)) - 1) < 1e-9);
    assert_true(fabs(one.effect - 0.02) <
                1e-12); /* the shift is less than its square in variances */
    assert_true(found_of(before, fewer, 1, false).p == 1);
    assert_true(found_of(before, fewer, 1, false).effect == 0);
    one = found_of(before, now, 1, true);
    assert_true(one.test == EVIDENCE_UNSEEN && one.p == 1);
    assert_true(found_of(before, now, 1.1, false).p > found_of(before, now, 1, false).p);
}

/* A video of the rest is one event, however many comments it has: with b = 6.2 there may be one of
 * 72 among 1,000. */
static void test_one_video_is_one(void **state)
{
    const uint64_t before[] = { 9900, 100, 0 };
    const uint64_t video[] = { 928, 72, 0 };
    const uint64_t all[] = { 0, 1000, 0 };

    (void)state;
    assert_true(found_of(before, video, 6.2, false).p > 0.01);
    assert_true(found_of(before, all, 6.2, false).p < 1e-9);
}

/* A new binomial count, of the rest of n comments. */
static uint64_t draw(struct prop *p, int n, double share)
{
    uint64_t x = 0;

    for (int i = 0; i < n; i++)
        x += prop_double(p, 0, 1) < share;
    return x;
}

/* Over baselines and windows p is at most x in at most a share x of them. */
static void test_p_is_no_smaller_than_chance(void **state)
{
    enum { DRAWS = 4000, N = 500, M = 2000 };
    static const double shares[] = { 0.002, 0.01 };
    struct prop p = { .state = 5 };

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        int below[2] = { 0 };

        for (int i = 0; i < DRAWS; i++) {
            uint64_t r = draw(&p, M, shares[k]);
            uint64_t x = draw(&p, N, shares[k]);
            const uint64_t before[] = { M - r, r, 0 };
            const uint64_t now[] = { N - x, x, 0 };
            double found = found_of(before, now, 1, false).p;

            below[0] += found <= 0.1;
            below[1] += found <= 0.01;
        }
        print_message("share %g: %d at 0.1, %d at 0.01\n", shares[k], below[0], below[1]);
        assert_true(below[0] <= DRAWS / 10 && below[1] <= DRAWS / 100);
        assert_true(below[0] > 0);
    }
}

/* Comments of which one in `every` (0: none) has no words. */
struct source {
    struct prop p;
    uint64_t every;
    int64_t comments;
    double x;
    struct score score;
    char video[24];
};

static void next(struct source *s)
{
    bool there = s->every == 0 || s->comments % (int64_t)s->every != 0;

    s->x = there ? prop_double(&s->p, 0, 1) : (double)NAN;
    (void)snprintf(s->video, sizeof(s->video), "v%lld", (long long)s->comments / OF_VIDEO);
    s->score = (struct score){ .features = { &s->x, 1 }, .video_id = slice_str(s->video) };
    s->comments++;
    s->score.comment_id = (struct slice){ (const char *)&s->comments, sizeof(s->comments) };
}

static struct baseline *past(uint64_t every)
{
    static const char *const names[] = { "words" };
    static double words[ROWS];
    static double number[ROWS];
    static uint64_t video[ROWS];
    const double *columns[] = { words };
    struct dictionary seen;
    struct baseline_words missing = { "missing", &seen, number };
    struct source s = { .p = { .state = 7 }, .every = every };
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    assert_int_equal(dictionary_init(&seen, &err), ST_OK);
    for (size_t i = 0; i < ROWS; i++) {
        next(&s);
        words[i] = s.x;
        video[i] = 1 + i / OF_VIDEO;
        assert_int_equal(dictionary_add(&seen,
                                        facet_value(facet_find(slice_str("missing")), &s.score, 0),
                                        &number[i], &err),
                         ST_OK);
    }
    const struct baseline_input in = {
        .bundle_sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        .names = names,
        .columns = columns,
        .n = 1,
        .rows = ROWS,
        .videos = video,
        .categories = &missing,
        .n_categories = 1
    };
    if (baseline_build(&in, &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    dictionary_release(&seen);
    return b;
}

/* A judge's bare bones: one segment, looked at pane by pane. */
struct watch {
    struct baseline *base;
    struct sighting_values *values;
    struct tally *tally;
    struct scan *scan;
    struct history past;
    struct arena *arena;
    struct arena *unpacked;
    struct source source;
    struct scan_rules rules;
    double p[FEATURES];
    double q[FEATURES];
    enum severity severity[FEATURES];
    struct scan_weight weight;
};

static void watch_begin(struct watch *w, uint64_t every, const char *policy)
{
    struct err err = { { 0 } };

    *w = (struct watch){ .base = past(every),
                         .arena = arena_new(16 << 20),
                         .unpacked = arena_new(16 << 20),
                         .source = { .p = { .state = 23 }, .every = every },
                         .rules = { .min_videos = 10, .effect_min = 0.005, .streak_min = 3 } };
    w->values = sighting_values_new(w->base);
    w->tally = tally_new(w->base);
    w->scan = scan_new(w->base);
    assert_true(w->values && w->tally && w->scan && w->arena && w->unpacked);
    assert_int_equal(policy_find(slice_str(policy), &w->rules.policy, &err), ST_OK);
}

static void watch_end(struct watch *w)
{
    arena_free(w->unpacked);
    arena_free(w->arena);
    history_release(&w->past);
    scan_free(w->scan);
    tally_free(w->tally);
    sighting_values_free(w->values);
    baseline_free(w->base);
}

/* A pane at its boundary. */
static void look(struct watch *w, int64_t at)
{
    struct pane_delta d;
    struct err err = { { 0 } };

    arena_reset(w->arena);
    tally_clear(w->tally);
    for (int i = 0; i < PANE; i++) {
        next(&w->source);
        assert_int_equal(sighting_values_fill(w->values, w->base, &w->source.score, &err), ST_OK);
        assert_int_equal(tally_add(w->tally, w->values, &err), ST_OK);
    }
    assert_int_equal(tally_delta(w->tally, w->arena, &d, &err), ST_OK);
    assert_int_equal(history_add(&w->past, at, &d, &err), ST_OK);
    assert_int_equal(scan_run(w->scan, &w->past, 0, w->rules.min_videos, &err), ST_OK);
    w->weight = (struct scan_weight){
        .at_ms = at + 1, .level = 1e-5, .p = w->p, .q = w->q, .severity = w->severity
    };
    scan_weigh(w->scan, &w->rules, 0, &w->weight);
}

/* The alert of what is missing, of the run that says so. */
static void tell(struct watch *w, struct alert *al)
{
    const struct alert_scan found = { w->scan, &w->rules, &w->weight };
    const enum severity severity = w->severity[MISSING];
    const struct alert_state_of at = { .severity = severity, .now = severity };
    struct window_feature f[FEATURES] = { { .name = slice_str("words") },
                                          { .name = slice_str("missing") } };
    struct window window = { .segment = slice_str("all"),
                             .rule = slice_str("scan"),
                             .policy = slice_str(w->rules.policy->name),
                             .features = { f, FEATURES } };
    const struct alert_case c = { .window = &window,
                                  .tally = w->tally,
                                  .scan = &found,
                                  .policy = w->rules.policy,
                                  .episode = &at,
                                  .state = ALERT_FIRING,
                                  .feature = MISSING,
                                  .config = slice_str("sha256:0") };
    struct err err = { { 0 } };

    tally_clear(w->tally);
    assert_int_equal(
        history_sum(&w->past, w->scan->features[MISSING].first, w->unpacked, w->tally, &err),
        ST_OK);
    assert_int_equal(alert_build(&c, w->arena, al, &err), ST_OK);
}

static enum status check(struct watch *w, const struct alert *al)
{
    struct alert_diff diff;
    struct err err = { { 0 } };
    enum status st = alert_check(al, w->arena, &diff, &err);

    if (st != ST_OK)
        print_message("    %s\n", err.msg);
    return st;
}

/* The alert as a program of another method would have written it, with its own numbers or not. */
static struct alert of_method(struct watch *w, const struct alert *al, int32_t method, bool again)
{
    char *sum = arena_zalloc(w->arena, SHA256_HEX_LEN + 1);
    struct alert_evidence *e = arena_alloc(w->arena, sizeof(*e));
    struct alert other = *al;
    struct err err = { { 0 } };

    assert_true(sum && e);
    *e = *al->evidence;
    other.evidence = e;
    other.method = method;
    if (again)
        assert_int_equal(alert_measure(&other, w->arena, &err), ST_OK);
    assert_int_equal(alert_checksum(&other, sum, &err), ST_OK);
    other.checksum = slice_str(sum);
    return other;
}

/* All comments lose their words, one in `every` of which had none before. */
static void all_go_missing(uint64_t every, const char *policy, const char *test)
{
    struct watch w;
    struct alert al;
    struct alert old;
    bool is_rest = strcmp(test, "rest") == 0;

    watch_begin(&w, every, policy);
    for (int i = 0; i < PANES; i++) {
        look(&w, i);
        assert_int_equal(w.weight.worst, -1);
    }
    w.source.every = 1;
    for (int i = 0; i < 3; i++)
        look(&w, PANES + i);
    assert_int_equal(w.weight.worst, MISSING);
    assert_int_equal(w.severity[MISSING], SEVERITY_CRITICAL);
    tell(&w, &al);
    assert_true(al.method == 3 && slice_is(al.evidence->test, test));
    assert_int_equal(check(&w, &al), ST_OK);
    old = of_method(&w, &al, 2, false);
    assert_int_equal(check(&w, &old), is_rest ? ST_REJECT : ST_OK);
    old = of_method(&w, &al, 2, true);
    assert_true(!slice_is(old.evidence->test, "rest"));
    old = of_method(&w, &al, 4, false);
    assert_int_equal(check(&w, &old), ST_REJECT);
    old = of_method(&w, &al, 1, false);
    assert_int_equal(check(&w, &old), ST_REJECT);
    watch_end(&w);
}

static void test_all_go_missing(void **state)
{
    static const struct {
        uint64_t every;
        const char *test;
    } of[] = {
        { 0, "unseen" }, { 500, "rest" }, { 100, "rest" }, { 38, "rest" }, { 25, "groups" }
    };

    (void)state;
    for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
        all_go_missing(of[i].every, "significant", of[i].test);
        all_go_missing(of[i].every, "early", of[i].test);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_p),
        cmocka_unit_test(test_one_video_is_one),
        cmocka_unit_test(test_p_is_no_smaller_than_chance),
        cmocka_unit_test(test_all_go_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
