/* SPDX-License-Identifier: MIT */
/* What is missing as a category of its own: what goes missing altogether has no values to be
 * judged by, and would be heard of by nobody. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/alert.h"
#include "drift/history.h"
#include "drift/scan.h"
#include "drift/tally.h"
#include "drift/window.h"
#include "support/prop.h"

enum { NUMBERS = 3, ROWS = 6000, PANE = 100, PANES = 10, MISSING = NUMBERS, HAS_ASPECT };

static const char *const names[NUMBERS] = { "words", "upper", "emoji" };

/* A tenth of the comments has no upper; a third names an aspect. */
struct comment {
    double x[NUMBERS];
    struct aspect aspect;
    struct score score;
};

static void draw(struct prop *p, bool words_there, struct comment *c)
{
    *c = (struct comment){ .x = { words_there ? prop_double(p, 0, 1) : (double)NAN,
                                  prop_below(p, 10) == 0 ? (double)NAN : prop_double(p, 0, 1),
                                  prop_double(p, 0, 1) } };
    c->score.features = (struct doubles){ c->x, NUMBERS };
    if (prop_below(p, 3) == 0) {
        c->aspect.category = slice_str("food");
        c->score.aspects_detected = (struct aspect_list){ &c->aspect, 1 };
    }
}

static struct slice value_of(const char *facet, const struct score *s)
{
    return facet_value(facet_find(slice_str(facet)), s, 0);
}

/* The whole of the past, in which words are always there. */
static struct baseline *past(void)
{
    const char *const facets[] = { "missing", "has_aspect" };
    struct prop p = { .state = 17 };
    struct dictionary words[2];
    struct baseline_words categories[2];
    double *column[NUMBERS];
    double *number[2];
    struct comment c;
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    for (int k = 0; k < NUMBERS; k++)
        column[k] = calloc(ROWS, sizeof(double));
    for (int k = 0; k < 2; k++) {
        number[k] = calloc(ROWS, sizeof(double));
        categories[k] = (struct baseline_words){ facets[k], &words[k], number[k] };
        assert_int_equal(dictionary_init(&words[k], &err), ST_OK);
    }
    for (size_t i = 0; i < ROWS; i++) {
        draw(&p, true, &c);
        for (int k = 0; k < NUMBERS; k++)
            column[k][i] = c.x[k];
        for (int k = 0; k < 2; k++)
            assert_int_equal(
                dictionary_add(&words[k], value_of(facets[k], &c.score), &number[k][i], &err),
                ST_OK);
    }
    const struct baseline_input in = {
        .bundle_sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        .names = names,
        .columns = (const double *const *)column,
        .n = NUMBERS,
        .rows = ROWS,
        .categories = categories,
        .n_categories = 2
    };
    if (baseline_build(&in, &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    for (int k = 0; k < 2; k++) {
        free(number[k]);
        dictionary_release(&words[k]);
    }
    for (int k = 0; k < NUMBERS; k++)
        free(column[k]);
    return b;
}

/* A stretch of comments against that past. */
struct stream {
    struct baseline *base;
    struct sighting_values *values;
    struct tally *tally;
    struct arena *arena;
    struct prop p;
    int64_t comments;
};

static struct stream stream_begin(void)
{
    struct stream s = { .base = past(), .arena = arena_new(16 << 20), .p = { .state = 23 } };

    s.values = sighting_values_new(s.base);
    s.tally = tally_new(s.base);
    assert_true(s.values && s.tally && s.arena);
    return s;
}

static void stream_end(struct stream *s)
{
    arena_free(s->arena);
    tally_free(s->tally);
    sighting_values_free(s->values);
    baseline_free(s->base);
}

static void count(struct stream *s, int n, bool words_there)
{
    struct comment c;
    struct err err = { { 0 } };

    for (int i = 0; i < n; i++, s->comments++) {
        draw(&s->p, words_there, &c);
        c.score.comment_id = (struct slice){ (const char *)&s->comments, sizeof(s->comments) };
        assert_int_equal(sighting_values_fill(s->values, s->base, &c.score, &err), ST_OK);
        assert_int_equal(tally_add(s->tally, s->values, &err), ST_OK);
    }
}

static void test_values(void **state)
{
    static const char *const said[] = { "none", "one",   "two",   "three", "four", "five",
                                        "six",  "seven", "eight", "nine",  "many", "many" };
    const double nothing[] = { (double)NAN, (double)INFINITY, -(double)INFINITY, (double)NAN,
                               (double)NAN, (double)NAN,      (double)NAN,       (double)NAN,
                               (double)NAN, (double)NAN,      (double)NAN };
    double x[12] = { 0 };

    (void)state;
    for (size_t n = 0; n < 12; n++) {
        const struct score s = { .features = { x, 12 } };

        assert_true(slice_is(value_of("missing", &s), said[n]));
        x[n] = nothing[n % 11];
    }
    assert_true(slice_is(value_of("missing", &(struct score){ 0 }), "none"));
    assert_true(slice_is(value_of("has_aspect", &(struct score){ 0 }), "false"));
}

/* What two facets put into a score whose comment names an aspect, or none. */
static void put_both(const char *const order[2], bool named)
{
    struct score s = { 0 };
    struct aspect room;

    for (int i = 0; i < 2; i++) {
        const bool which = strcmp(order[i], "aspect") == 0;
        const char *value = named ? "true" : "false";

        if (which)
            value = named ? "food" : "";
        facet_put(facet_find(slice_str(order[i])), slice_str(value), &s, &room);
    }
    assert_true(slice_is(value_of("has_aspect", &s), named ? "true" : "false"));
    assert_true(slice_is(value_of("aspect", &s), named ? "food" : ""));
}

/* Put into a score as calibrating does, in either order, both are as they were. */
static void test_put(void **state)
{
    static const char *const order[][2] = { { "aspect", "has_aspect" },
                                            { "has_aspect", "aspect" } };
    struct score alone = { 0 };
    struct aspect room;

    (void)state;
    for (int k = 0; k < 2; k++) {
        put_both(order[k], false);
        put_both(order[k], true);
    }
    facet_put(facet_find(slice_str("has_aspect")), slice_str("true"), &alone, &room);
    assert_true(slice_is(value_of("has_aspect", &alone), "true"));
}

/* Words go missing: nothing can be said of them, and everything of what is missing. */
static void test_scan(void **state)
{
    struct stream s = stream_begin();
    struct scan *scan = scan_new(s.base);
    struct history h = { 0 };
    struct err err = { { 0 } };

    (void)state;
    assert_non_null(scan);
    for (int i = 0; i < PANES + 3; i++) {
        struct pane_delta d;

        arena_reset(s.arena);
        tally_clear(s.tally);
        count(&s, PANE, i < PANES);
        assert_int_equal(tally_delta(s.tally, s.arena, &d, &err), ST_OK);
        assert_int_equal(history_add(&h, i, &d, &err), ST_OK);
        assert_int_equal(scan_run(scan, &h, 0, 0, &err), ST_OK);
        assert_true(scan->features[HAS_ASPECT].p > 1e-4);
        if (i < PANES)
            assert_true(scan->features[MISSING].p > 1e-4);
    }
    assert_true(scan->features[MISSING].p < 1e-9 && scan->features[MISSING].psi > 0.3);
    history_drop(&h, PANES);
    assert_int_equal(scan_run(scan, &h, 0, 0, &err), ST_OK);
    assert_true(scan->features[0].runs == 0 && isnan(scan->features[0].p));
    assert_true(scan->features[MISSING].p < 1e-9);
    history_release(&h);
    scan_free(scan);
    stream_end(&s);
}

/* The alert names what is missing, with its shares. */
static void test_alert(void **state)
{
    struct stream s = stream_begin();
    struct err err = { { 0 } };
    struct window w = { .segment = slice_str("all") };
    struct window_rules rules = { .min_samples = 1, .min_videos = 1 };
    const struct alert_state_of at = { .severity = SEVERITY_CRITICAL, .now = SEVERITY_CRITICAL };
    struct alert_case c = { .window = &w,
                            .episode = &at,
                            .state = ALERT_FIRING,
                            .feature = MISSING,
                            .config = slice_str("sha256:0"),
                            .tally = s.tally };
    struct alert al;

    (void)state;
    count(&s, 500, true);
    count(&s, 500, false);
    assert_int_equal(policy_find(slice_str("fixed"), &rules.policy, &err), ST_OK);
    assert_int_equal(window_judge(s.tally, &rules, s.arena, &w, &err), ST_OK);
    assert_int_equal(window_worst(&w), MISSING);
    assert_true(w.features.v[0].severity == SEVERITY_NONE); /* half of it is as it was */
    c.policy = rules.policy;
    assert_int_equal(alert_build(&c, s.arena, &al, &err), ST_OK);
    const char *text = arena_copy(s.arena, al.message).p;
    assert_non_null(strstr(text, "missing changed in all: "));
    assert_non_null(strstr(text, "; missing words in 50.0% (was 0.0%)"));
    assert_null(strstr(text, "emoji"));
    assert_null(strstr(text, "__other__"));
    c.feature = HAS_ASPECT;
    assert_int_equal(alert_build(&c, s.arena, &al, &err), ST_OK);
    assert_null(strstr(arena_copy(s.arena, al.message).p, "missing"));
    stream_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_alert),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
