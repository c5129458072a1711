/* SPDX-License-Identifier: MIT */
/* The page of a run: its size, its bytes, its verdict, its evidence, and hostile text in each
 * field, names of categories included. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/page.h"
#include "report/run.h"
#include "stats/distance.h"

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

/* Languages of which one is no name that anybody would give; the last feature of a baseline. */
static const char *const langs[] = { "en", "de", "<b onclick=alert(1)>&'" };
enum { LANGS = sizeof(langs) / sizeof(langs[0]) };

static void make_words(struct dictionary *d, double number[ROWS])
{
    struct err err = { 0 };

    assert_int_equal(dictionary_init(d, &err), ST_OK);
    for (size_t i = 0; i < ROWS; i++) {
        const size_t lang = i % 2 ? 0 : i % 4 / 2 + 1;

        assert_int_equal(dictionary_add(d, slice_str(langs[lang]), &number[i], &err), ST_OK);
    }
}

static struct baseline *make_baseline(size_t n)
{
    static double number[ROWS];
    struct dictionary words;
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
    make_words(&words, number);
    const struct baseline_words lang = { "lang", &words, number };
    const struct baseline_input in = {
        .categories = &lang,
        .n_categories = 1,
        .bundle_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        .names = name,
        .columns = column,
        .n = n,
        .rows = ROWS,
    };
    assert_int_equal(baseline_build(&in, &b, &err), ST_OK);
    dictionary_release(&words);
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

/* What a window says of its bins. */
static double psi_of(const struct baseline_feature *b, const int64_t *bins)
{
    uint64_t counts[BINS];

    for (size_t i = 0; i < BINS; i++)
        counts[i] = (uint64_t)bins[i];
    return dist_psi(b->bin_counts, counts, b->n_bins);
}

/* A window in which all features are alike, and as far from the baseline as the hour is late. */
static void add_window(struct rig *r, const char *segment, int64_t hour, enum severity severity)
{
    static struct window_feature features[FEATURES_MAX + 1];
    int64_t bins[BINS] = { 0 };
    struct window w = window_of(r, segment, hour);

    for (size_t i = 0; i < BINS; i++)
        bins[i] = (int64_t)(i * i) * (hour + 1) + 3;
    for (size_t i = 0; i < r->baseline->n; i++) {
        const struct baseline_feature *b = &r->baseline->features[i];

        features[i] = (struct window_feature){
            .name = slice_str(b->name),
            .n = 400,
            .missing = 12,
            .n_eff = 97.5,
            .psi = { psi_of(b, bins), true },
            .ks = { 0.1234567, !b->categories },
            .ks_p = { 0.0001234, !b->categories },
            .wasserstein = { 0.7654321, !b->categories },
            .linf = { 0.2345678, b->categories },
            .effect = { 0.0412345, true },
            .test = slice_str("groups"),
            .js = { 0.1234567, true },
            .q = { 0.0012345, true },
            .severity = severity,
            .bins = { bins, b->n_bins },
        };
    }
    w.features = (struct window_feature_list){ features, r->baseline->n };
    assert_int_equal(take(r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
}

/* Evidence that nothing here has to be consistent with. */
static struct alert_evidence *evidence_of(struct slice s)
{
    static double family[] = { 0.5, 1e-9 };
    static double moments[] = { -1.5, 2.25, 0, 8 };
    static struct alert_evidence evidence;

    evidence = (struct alert_evidence){
        .test = s,
        .statistic = 99.5,
        .df = 15,
        .p_run = 1e-10,
        .runs = 4,
        .level = 1e-4,
        .family = { family, 2 },
        .index = 1,
        .effect = 0.04,
        .effect_min = 0.005,
        .streak = 2,
        .streak_min = 3,
        .moments = { moments, 4 },
        .moved = s,
    };
    return &evidence;
}

static struct alert alert_of(const char *text)
{
    static struct moved_segment also[15];
    static struct other_feature others[40];
    static struct alert_example examples[20];
    static double edges[] = { -0.25, 0, 0.25 };
    static int32_t psi_bins[] = { 0, 1, 2, 3 };
    static int64_t before[] = { 10, 20, 30, 40 };
    static int64_t now[] = { 40, 30, 20, 10 };
    const struct slice s = slice_str(text);

    for (size_t i = 0; i < 40; i++) {
        others[i] = (struct other_feature){ .name = s,
                                            .psi = 0.5,
                                            .effect = { 0.125, true },
                                            .q = { 2e-5, true },
                                            .severity = SEVERITY_WARNING };
    }
    for (size_t i = 0; i < 15; i++)
        also[i] = (struct moved_segment){ s, s, SEVERITY_WARNING, { 0.25, true }, { 3e-4, true } };
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
        .p = { 4e-10, true },
        .q = { 8e-10, true },
        .evidence = evidence_of(s),
        .also = { also, 15 },
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

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

/* All that a page can be full of: every window over, three alerts with all their evidence, a
 * categorical feature among the others. */
static size_t full_size(size_t features)
{
    struct rig r;

    setup(&r, features - 1);
    for (int64_t hour = 0; hour < WINDOWS; hour++)
        add_window(&r, "all", hour, SEVERITY_CRITICAL);
    const struct alert al = alert_of("punctuation_share_1");
    for (int i = 0; i < 3; i++)
        assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    const double began = cpu_ms();
    render(&r);
    const double took = cpu_ms() - began;
    const size_t n = r.page.n;
    teardown(&r);
    print_message("%zu features: %zu bytes, written in %.0f ms\n", features, n, took);
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
    add_window(&r, "all", 0, SEVERITY_NONE);
    add_window(&r, HOSTILE, 0, SEVERITY_WARNING);
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

/* All that evidence has, in words; of features the effect and the test. */
static void test_evidence_is_said(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 2);
    add_window(&r, "all", 0, SEVERITY_CRITICAL);
    struct alert al = alert_of("emoji_count");
    al.evidence->test = slice_str("groups");
    al.evidence->moved = slice_str("tails");
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    render(&r);
    assert_true(has(&r, "<td>4e-10; by chance alone: fewer than one in a million"));
    assert_true(has(&r, "<td>8e-10; of 2 features that were tested together; evidence, since at "
                        "most 0.0001"));
    assert_true(has(&r, "<td>0.04; as much as a mean moved by 0.2 standard dev"));
    assert_true(has(&r, "<td>0.005; so much counts where PSI alone is no drift, at 3 boundaries in "
                        "a row; it was so at 2"));
    assert_true(has(&r, "<td>shares of groups of values (groups); statistic 99.5, 15 degrees"));
    assert_true(has(&r, "the strongest of 4 stretches that end with this window; p of it alone"));
    assert_true(has(&r, "<td>how many are far out (tails); in standard errors mean -1.5, variance "
                        "+2.2, skew +0.0, tails +8.0"));
    assert_true(has(&r, "emoji_count (PSI 0.50, effect 0.125, q 2e-05)"));
    assert_true(has(&r, "emoji_count in emoji_count (WARNING, PSI 0.25, p 0.0003)"));
    assert_true(has(&r, "and 34 more"));
    assert_true(has(&r, "and 9 more"));
    assert_true(has(&r, "<tr><th>effect<td>0.0412<td>as much as a mean"));
    assert_true(has(&r, "<tr><th>test<td>groups<td>shares of groups of values"));
    teardown(&r);
}

/* Bars of categories have their names; the last two have words of their own. */
static void test_categories(void **state)
{
    struct rig r;

    (void)state;
    setup(&r, 1);
    add_window(&r, "all", 0, SEVERITY_CRITICAL);
    render(&r);
    assert_true(has(&r, ">lang</a>"));
    assert_true(has(&r, "Most of it in one category, "));
    assert_true(has(&r, "<th>en<td>50.0"));
    assert_true(has(&r, ">all other<td>"));
    assert_true(has(&r, ">unseen<td>"));
    assert_true(has(&r, ">&lt;b onclick=alert(1)&gt;&amp;&#39;<td>25.0<td>"));
    assert_true(has(&r, ">&lt;b onclic\xE2\x80\xA6</tspan>"));
    assert_true(has(&r, "<tr><th>linf<td>0.235<td>"));
    assert_false(has(&r, "__unseen__"));
    assert_false(has(&r, "<b "));
    teardown(&r);
}

/* A segment, or a season, may be compared with a reference of its own: with other bins, which are
 * no reason to refuse the window, and of which there is no picture. */
static void test_a_reference_of_its_own(void **state)
{
    int64_t bins[] = { 50, 20, 10, 5, 5, 4, 3, 2, 1, 0 };
    struct window_feature f = { .n = 100,
                                .n_eff = 100,
                                .psi = { 0.25, true },
                                .severity = SEVERITY_WARNING,
                                .bins = { bins, 3 } };
    struct rig r;

    (void)state;
    setup(&r, 1);
    f.name = slice_str(r.baseline->features[0].name);
    struct window w = window_of(&r, "all", 0);
    w.features = (struct window_feature_list){ &f, 1 };
    f.bins.n = r.baseline->features[0].n_bins;
    assert_int_equal(f.bins.n, sizeof(bins) / sizeof(bins[0]));
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    w.segment = slice_str("lang:de");
    f.bins.n = 3;
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    render(&r);
    assert_true(has(&r, "Called drift in 1 of 1 window."));
    assert_true(has(&r, "<tr><th scope=row>lang:de<td><em class=WARNING>"));
    assert_false(has(&r, "Most of it in one bin"));
    assert_false(has(&r, "<title>Bins of"));
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
    add_window(&r, "all", 0, SEVERITY_NONE);
    render(&r);
    assert_true(has(&r, "No drift in 4 features"));
    assert_true(has(&r, "No alerts."));
    assert_true(has(&r, "<th scope=row>overtaken<td>3"));
    run_free(r.run);

    assert_int_equal(run_new(r.wire, r.baseline, &r.run, &r.err), ST_OK);
    struct window w = window_of(&r, "all", -99);
    w.rule = slice_str("training"); /* what the run says of its baseline is no window of its page */
    w.state = WINDOW_TRAINING_SKEW;
    assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    add_window(&r, "all", 0, SEVERITY_NONE);
    add_window(&r, "all", 1, SEVERITY_WARNING);
    w = window_of(&r, "all", 2);
    w.state = WINDOW_BASELINE_STALE;
    for (int i = 0; i < 6; i++) {
        w.stale_by = slice_str(i > 3 ? "" : i > 0 ? STALE_BY_AGE : STALE_BY_BUNDLE);
        assert_int_equal(take(&r, RUN_WINDOWS, RECORD_WINDOW, &w), ST_OK);
    }
    struct alert al = alert_of("a");
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    al.state = ALERT_RESOLVED;
    assert_int_equal(take(&r, RUN_ALERTS, RECORD_ALERT, &al), ST_OK);
    render(&r);
    assert_true(has(&r, "Drift in 4 of 4 features"));
    assert_true(has(&r, "2 alert records, 0 still firing at the end"));
    assert_true(has(&r, "Called drift in 1 of 2 windows."));
    assert_true(has(&r, "<th scope=row>windows with comments of another bundle<td>1"));
    assert_true(has(&r, "<th scope=row>windows behind the age of the baseline<td>3"));
    assert_true(has(&r, "<th scope=row>windows with a stale baseline<td>2"));
    assert_true(has(&r, "<th scope=row>rule<td>window"));
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
        cmocka_unit_test(test_evidence_is_said),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_a_reference_of_its_own),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
