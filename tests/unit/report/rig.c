/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "stats/distance.h"

enum { ROWS = 600, BINS = 32 };

#define SUMMARY                                                                                    \
    "{\"read\": 9000, \"comments\": 8000, \"updates\": 900, \"dead\": 100, \"late\": 7, "          \
    "\"counters\": {\"late_by_floor\": 0, \"overtaken\": 3, \"cross_source_updates\": 0, "         \
    "\"dedupe_evicted\": 0}, \"identity\": \"I0\"}"

const char *const langs[LANGS] = { "en", "de", "<b onclick=alert(1)>&'" };

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

void setup(struct rig *r, size_t n_features)
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

void teardown(struct rig *r)
{
    run_free(r->run);
    baseline_free(r->baseline);
    wire_free(r->wire);
    buf_release(&r->page);
    buf_release(&r->line);
}

enum status take(struct rig *r, enum run_file file, enum record_kind kind, const void *rec)
{
    buf_clear(&r->line);
    assert_int_equal(wire_to_json(kind, rec, &r->line, &r->err), ST_OK);
    return run_take(r->run, file, buf_slice(&r->line), &r->err);
}

struct window window_of(struct rig *r, const char *segment, int64_t hour)
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

void add_window(struct rig *r, const char *segment, int64_t hour, enum severity severity)
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

struct alert alert_of(const char *text)
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

void render(struct rig *r)
{
    const struct run_end end = { slice_str(SUMMARY), slice_str("absa backtest " HOSTILE), "1.2.3" };

    buf_clear(&r->page);
    assert_int_equal(run_render(r->run, &end, &r->page, &r->err), ST_OK);
}

bool has(const struct rig *r, const char *what)
{
    const size_t n = strlen(what);

    for (size_t i = 0; i + n <= r->page.n; i++) {
        if (memcmp(r->page.p + i, what, n) == 0)
            return true;
    }
    return false;
}
