/* SPDX-License-Identifier: MIT */
/* The page of a run: its size, its bytes, its verdict, and hostile text in each field. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/run.h"

enum { ROWS = 600, FEATURES_MAX = 200, WINDOWS = 48, BINS = 32, START_MS = 1000 };

#define HOUR_MS INT64_C(3600000)
#define HOSTILE "<script>alert(1)</script>\"'&\xE2\x80\xAE\xE2\x80\xAC\x1b"
#define SUMMARY                                                                                    \
    "{\"read\": 9000, \"comments\": 8000, \"updates\": 900, \"dead\": 100, \"late\": 7, "          \
    "\"counters\": {\"late_by_floor\": 0, \"overtaken\": 3, \"cross_source_updates\": 0, "         \
    "\"dedupe_evicted\": 0}, \"identity\": \"I0\"}"

struct rig {
    struct wire *wire;
    struct baseline *baseline;
    struct run *run;
    struct buf line;
    struct buf page;
    struct err err;
};

static struct baseline *make_baseline(size_t n)
{
    static char names[FEATURES_MAX][64];
    static const char *name[FEATURES_MAX];
    static double values[ROWS];
    static const double *column[FEATURES_MAX];
    struct baseline *b = NULL;
    struct err err = { 0 };

    for (size_t i = 0; i < ROWS; i++)
        values[i] = (double)((i * 7919) % 601) / 601.0 - 0.5;
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "punctuation_share_%zu", i);
        name[i] = names[i];
        column[i] = values;
    }
    const struct baseline_input in = {
        .bundle_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        .names = name,
        .columns = column,
        .n = n,
        .rows = ROWS,
    };
    assert_int_equal(baseline_build(&in, &b, &err), ST_OK);
    return b;
}

static void setup(struct rig *r, size_t n_features)
{
    memset(r, 0, sizeof(*r));
    buf_init(&r->line, 1 << 24);
    buf_init(&r->page, PAGE_BYTES_MAX);
    assert_int_equal(wire_new(NULL, &r->wire, &r->err), ST_OK);
    struct baseline *made = make_baseline(n_features);
    /* What was read has an id; what was built has none yet. */
    assert_int_equal(baseline_write(made, &r->line, &r->err), ST_OK);
    assert_int_equal(baseline_read(buf_slice(&r->line), &r->baseline, &r->err), ST_OK);
    baseline_free(made);
    assert_int_equal(run_new(r->wire, r->baseline, &r->run, &r->err), ST_OK);
}

static void teardown(struct rig *r)
{
    run_free(r->run);
    baseline_free(r->baseline);
    wire_free(r->wire);
    buf_release(&r->page);
    buf_release(&r->line);
}

static enum status take(struct rig *r, enum run_file file, enum record_kind kind, const void *rec)
{
    buf_clear(&r->line);
    assert_int_equal(wire_to_json(kind, rec, &r->line, &r->err), ST_OK);
    return run_take(r->run, file, buf_slice(&r->line), &r->err);
}

static struct window window_of(struct rig *r, const char *segment, int64_t hour)
{
    return (struct window){
        .segment = slice_str(segment),
        .rule = slice_str("window"),
        .start_ms = START_MS + hour * HOUR_MS,
        .end_ms = START_MS + (hour + 1) * HOUR_MS,
        .state = WINDOW_EVALUATED,
        .n = 412,
        .n_eff = 97.5,
        .baseline = slice_str(r->baseline->id),
        .bundle = slice_str("sha256:abc"),
        .policy = slice_str("fixed"),
    };
}

/* A window in which all features are alike. */
static void add_window(struct rig *r, const char *segment, int64_t hour, double psi,
                       enum severity severity)
{
    static struct window_feature features[FEATURES_MAX];
    int64_t bins[BINS] = { 0 };
    struct window w = window_of(r, segment, hour);

    for (size_t i = 0; i < BINS; i++)
        bins[i] = (int64_t)(i * i) + 3;
    for (size_t i = 0; i < r->baseline->n; i++) {
        const struct baseline_feature *b = &r->baseline->features[i];

        features[i] = (struct window_feature){
            .name = slice_str(b->name),
            .n = 400,
            .missing = 12,
            .n_eff = 97.5,
            .psi = { psi + (double)i / 1000, true },
            .ks = { 0.1234567, true },
            .ks_p = { 0.0001234, true },
            .wasserstein = { 0.7654321, true },
            .js = { 0.1234567, true },
            .q = { 0.0012345, true },
            .severity = severity,
            .bins = { bins, b->n_bins },
        };
    }
    w.features = (struct window_feature_list){ features, r->baseline->n };
    assert_int_equal(take(r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
}

static struct alert alert_of(const char *text)
{
    static struct other_feature others[40];
    static struct alert_example examples[20];
    static double edges[] = { -0.25, 0, 0.25 };
    static int32_t psi_bins[] = { 0, 1, 2, 3 };
    static int64_t before[] = { 10, 20, 30, 40 };
    static int64_t now[] = { 40, 30, 20, 10 };
    const struct slice s = slice_str(text);

    for (size_t i = 0; i < 40; i++)
        others[i] = (struct other_feature){ .name = s, .psi = 0.5, .severity = SEVERITY_WARNING };
    for (size_t i = 0; i < 20; i++)
        examples[i] = (struct alert_example){ .comment_id = s };
    return (struct alert){
        .alert_id = s,
        .severity = SEVERITY_CRITICAL,
        .kind = s,
        .rule = s,
        .segment = s,
        .feature = s,
        .others = { others, 40 },
        .policy = s,
        .psi = { 0.5, true },
        .threshold = 0.3,
        .edges = { edges, 3 },
        .psi_bins = { psi_bins, 4 },
        .baseline_counts = { before, 4 },
        .window_counts = { now, 4 },
        .examples = { examples, 20 },
        .message = s,
        .todo = s,
        .baseline = s,
        .bundle = s,
        .config = s,
        .checksum = s,
    };
}

static void render(struct rig *r)
{
    const struct run_end end = { slice_str(SUMMARY), slice_str("absa backtest " HOSTILE), "1.2.3" };

    buf_clear(&r->page);
    assert_int_equal(run_render(r->run, &end, &r->page, &r->err), ST_OK);
}

static bool has(const struct rig *r, const char *what)
{
    const size_t n = strlen(what);

    for (size_t i = 0; i + n <= r->page.n; i++) {
        if (memcmp(r->page.p + i, what, n) == 0)
            return true;
    }
    return false;
}

/* All that a page can be full of: every window over, alerts with all their evidence. */
static size_t full_size(size_t features)
{
    struct rig r;

    setup(&r, features);
    for (int64_t hour = 0; hour < WINDOWS; hour++)
        add_window(&r, "all", hour, 0.31 + (double)hour / 100, SEVERITY_CRITICAL);
    const struct alert al = alert_of("punctuation_share_1");
    for (int i = 0; i < 3; i++)
        assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    render(&r);
    const size_t n = r.page.n;
    teardown(&r);
    print_message("%zu features: %zu bytes\n", features, n);
    return n;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_true(full_size(25) < 100 * 1000);
    assert_true(full_size(200) < 1000 * 1000);
}

static void test_hostile_text_is_text(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 2);
    add_window(&r, "all", 0, 0.01, SEVERITY_NONE);
    add_window(&r, HOSTILE, 0, 0.25, SEVERITY_WARNING);
    struct window w = window_of(&r, HOSTILE, 1);
    w.bundle = w.policy = w.rule = slice_str(HOSTILE);
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    const struct alert al = alert_of(HOSTILE);
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    const struct deadletter d = {
        .stage = slice_str(HOSTILE),
        .reason = slice_str(HOSTILE),
        .why = slice_str(HOSTILE),
        .topic = slice_str(HOSTILE),
    };
    assert_int_equal(take(&r, RUN_DEAD, RECORD_DEADLETTER, &d), ST_OK);
    render(&r);
    assert_false(has(&r, "<script"));
    assert_false(has(&r, "\x1b"));
    assert_false(has(&r, "\xE2\x80\xAE\xE2\x80\xAC"));
    assert_true(
        has(&r, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u202e\\u202c\\u001b"));
    assert_true(has(&r, "default-src 'none'; style-src 'unsafe-inline'"));
    assert_true(has(&r, "Drift in 1 segment, none in all"));
    teardown(&r);
}

static void test_verdicts(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 3);
    render(&r);
    assert_true(has(&r, "Not decided: no window had enough comments"));
    run_free(r.run);

    assert_int_equal(run_new(r.wire, r.baseline, &r.run, &r.err), ST_OK);
    add_window(&r, "all", 0, 0.01, SEVERITY_NONE);
    render(&r);
    assert_true(has(&r, "No drift in 3 features"));
    assert_true(has(&r, "No alerts."));
    assert_true(has(&r, "<th scope=row>overtaken<td>3"));
    run_free(r.run);

    assert_int_equal(run_new(r.wire, r.baseline, &r.run, &r.err), ST_OK);
    add_window(&r, "all", 0, 0.01, SEVERITY_NONE);
    add_window(&r, "all", 1, 0.25, SEVERITY_WARNING);
    struct alert al = alert_of("a");
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    al.state = ALERT_RESOLVED;
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    render(&r);
    assert_true(has(&r, "Drift in 3 of 3 features"));
    assert_true(has(&r, "2 alert records, 0 still firing at the end"));
    assert_true(has(&r, "Called drift in 1 of 2 windows."));
    teardown(&r);
}

static void test_refusals(void **state)
{
    struct rig r;
    struct run_end end = { slice_str("[]"), { NULL, 0 }, "1" };

    (void)state;
    setup(&r, 2);
    struct window w = window_of(&r, "all", 0);
    w.baseline = slice_str("sha256:another");
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_REJECT);
    w = window_of(&r, "all", 0);
    struct window_feature unknown = { .name = slice_str("nobody knows it") };
    w.features = (struct window_feature_list){ &unknown, 1 };
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_REJECT);
    assert_int_equal(run_take(r.run, RUN_DEAD, slice_str("{}"), &r.err), ST_REJECT);
    assert_int_equal(run_take(r.run, RUN_ALERTS, slice_str("[1"), &r.err), ST_REJECT);
    assert_int_equal(run_render(r.run, &end, &r.page, &r.err), ST_REJECT);
    teardown(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_hostile_text_is_text),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
