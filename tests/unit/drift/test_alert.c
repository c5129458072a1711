/* SPDX-License-Identifier: MIT */
/* An alert is worth what it can be checked by: every digit of it counts. */
#include "support/check.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drift/alert.h"
#include "drift/window.h"
#include "support/drift/stream.h"
#include "support/prop.h"

struct fixture {
    struct wire *wire;
    struct arena *arena;
    struct baseline *base;
    struct buf json;
};

/* A tally of n comments whose words are at least low; few cells, a short alert. */
static struct tally *count(const struct baseline *base, int n, int low)
{
    struct tally *t = tally_new(base);
    struct sighting_values *v = sighting_values_new(base);
    struct prop p = { .state = 99 };
    struct err err = { { 0 } };
    char id[16];

    for (int i = 0; i < n; i++) {
        for (size_t k = 0; k < base->n; k++) {
            v->x[k] = k == 4 ? low + (double)prop_below(&p, 20) : 0.5;
            v->cell[k] = (int32_t)cells_find(base->features[k].cells, v->x[k]);
            v->units[k] = baseline_units(&base->features[k], v->x[k]);
        }
        v->video = prop_below(&p, 30);
        (void)snprintf(id, sizeof(id), "id%d", i);
        v->example = (struct example){ .hash = (int64_t)prop_u64(&p),
                                       .src_offset = i,
                                       .comment_id = slice_str(id),
                                       .cells = { v->cell, base->n } };
        assert_int_equal(tally_add(t, v, &err), ST_OK);
    }
    sighting_values_free(v);
    return t;
}

static struct baseline *small_baseline(void)
{
    static const char *const names[] = { "sentiment_score", "engagement_score",
                                         "implicitness_degree", "confidence", "words" };
    static double flat[2000];
    static double words[2000];
    const double *columns[] = { flat, flat, flat, flat, words };
    const struct baseline_input in = {
        .bundle_sha256 = STREAM_BUNDLE, .names = names, .columns = columns, .n = 5, .rows = 2000
    };
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    for (int i = 0; i < 2000; i++) {
        flat[i] = 0.5;
        words[i] = i * 7 % 20;
    }
    assert_int_equal(baseline_build(&in, &b, &err), ST_OK);
    return b;
}

/* The alert that a shift of words by low gives, as JSON. */
static void make(struct fixture *f, int low, enum alert_state how)
{
    const struct policy *policy = NULL;
    struct err err = { { 0 } };

    assert_int_equal(policy_find(slice_str("fixed"), &policy, &err), ST_OK);
    f->base = small_baseline();
    f->arena = arena_new(64 << 20);
    buf_init(&f->json, ALERT_BYTES_MAX);
    assert_int_equal(wire_new(NULL, &f->wire, &err), ST_OK);
    struct tally *t = count(f->base, 400, low);
    const struct window_rules rules = { .policy = policy, .min_samples = 200, .min_videos = 10 };
    struct window w = {
        .run = 1, .segment = slice_str("all"), .start_ms = 3600000, .end_ms = 7200000
    };
    assert_int_equal(window_judge(t, &rules, f->arena, &w, &err), ST_OK);
    assert_int_equal(w.state, WINDOW_EVALUATED);
    int32_t worst = window_worst(&w);
    assert_int_equal(worst, how == ALERT_FIRING ? 4 : -1);
    const struct alert_state_of at = { .seq = 3,
                                       .episode_ms = 3600000,
                                       .severity = SEVERITY_CRITICAL,
                                       .now = how == ALERT_FIRING ? w.features.v[4].severity
                                                                  : SEVERITY_NONE };
    const struct alert_case c = { .window = &w,
                                  .tally = t,
                                  .policy = policy,
                                  .episode = &at,
                                  .state = how,
                                  .feature = 4,
                                  .config = slice_str("sha256:0") };
    struct alert al;
    assert_int_equal(alert_build(&c, f->arena, &al, &err), ST_OK);
    assert_true(al.psi.v == w.features.v[4].psi.v && al.p.v == w.features.v[4].p.v);
    assert_true(al.wasserstein.v == w.features.v[4].wasserstein.v);
    assert_int_equal(wire_to_json(RECORD_ALERT, &al, &f->json, &err), ST_OK);
    tally_free(t);
}

static void release(struct fixture *f)
{
    buf_release(&f->json);
    wire_free(f->wire);
    arena_free(f->arena);
    baseline_free(f->base);
}

static enum status check_text(struct fixture *f, struct slice text, struct err *err)
{
    struct alert_diff diff;
    enum status st;

    arena_reset(f->arena);
    st = alert_check_line(f->wire, text, f->arena, &diff, err);
    return st;
}

static void test_accepts_its_own(void **state)
{
    struct fixture f;
    struct err err = { { 0 } };
    struct buf spaced;

    (void)state;
    make(&f, 6, ALERT_FIRING);
    if (check_text(&f, buf_slice(&f.json), &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_init(&spaced, ALERT_BYTES_MAX); /* white space is nobody's business */
    for (size_t i = 0; i < f.json.n; i++) {
        buf_byte(&spaced, f.json.p[i]);
        if (i > 0 && f.json.p[i] == ',' && f.json.p[i - 1] == ']')
            buf_str(&spaced, i % 2 ? " " : "\n\t");
    }
    assert_true(spaced.n > f.json.n);
    if (check_text(&f, buf_slice(&spaced), &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_release(&spaced);
    release(&f);
    make(&f, 0, ALERT_RESOLVED);
    if (check_text(&f, buf_slice(&f.json), &err) != ST_OK)
        fail_msg("%s", err.msg);
    release(&f);
}

static void refuse_every_digit(int low, enum alert_state how)
{
    struct fixture f;
    size_t tried = 0;

    make(&f, low, how);
    for (size_t i = 0; i < f.json.n; i++) {
        struct err err = { { 0 } };
        char was = f.json.p[i];

        if (!isdigit((unsigned char)was))
            continue;
        for (int step = 1; step < 10; step += 4) { /* +1, +5, +9 */
            f.json.p[i] = (char)('0' + (was - '0' + step) % 10);
            tried++;
            if (check_text(&f, buf_slice(&f.json), &err) == ST_OK)
                fail_msg("byte %zu: %c -> %c was accepted", i, was, f.json.p[i]);
            assert_true(err.msg[0] != '\0');
        }
        f.json.p[i] = was;
    }
    print_message("%zu changes of one digit\n", tried);
    assert_true(tried > 1000);
    release(&f);
}

static void test_refuses_every_digit(void **state)
{
    (void)state;
    refuse_every_digit(6, ALERT_FIRING);
}

static void test_refuses_every_digit_of_resolved(void **state)
{
    (void)state;
    refuse_every_digit(0, ALERT_RESOLVED);
}

/* The first difference has a name. */
static void test_names_the_field(void **state)
{
    static const char *const names[] = { "\"psi\":", "\"ks\":",     "\"wasserstein\":", "\"js\":",
                                         "\"m\":",   "\"sd_now\":", "\"share_now\":" };
    static const char *const said[] = {
        "psi", "ks", "wasserstein", "js", "m", "moments.sd_now", "moved[0].share_now"
    };
    struct fixture f;

    (void)state;
    make(&f, 6, ALERT_FIRING);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct err err = { { 0 } };
        struct alert_diff diff;
        char *at;
        char was;

        buf_byte(&f.json, '\0');
        at = strstr(f.json.p, names[i]);
        buf_truncate(&f.json, f.json.n - 1);
        at += strlen(names[i]) + 2;
        while (!isdigit((unsigned char)*at))
            at++;
        was = *at;
        *at = (char)(was == '9' ? '8' : was + 1);
        arena_reset(f.arena);
        assert_int_equal(alert_check_line(f.wire, buf_slice(&f.json), f.arena, &diff, &err),
                         ST_REJECT);
        assert_string_equal(diff.field, said[i]);
        assert_non_null(strstr(err.msg, "recomputed"));
        *at = was;
    }
    release(&f);
}

static void test_refuses_nonsense(void **state)
{
    static const char *const lines[] = { "", "{}", "[]", "null", "{\"psi_bins\":[0]}" };
    struct fixture f;

    (void)state;
    make(&f, 6, ALERT_FIRING);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct err err = { { 0 } };

        assert_int_equal(check_text(&f, slice_str(lines[i]), &err), ST_REJECT);
    }
    release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts_its_own),
        cmocka_unit_test(test_refuses_every_digit),
        cmocka_unit_test(test_refuses_every_digit_of_resolved),
        cmocka_unit_test(test_names_the_field),
        cmocka_unit_test(test_refuses_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
