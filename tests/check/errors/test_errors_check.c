/* SPDX-License-Identifier: MIT */
/* Errors under random cuts, full outputs, kills, moves and fenced owners: the same errors and dead
 * letters, marks that never lie, and, of drift's two roles behind it, the same windows and alerts.
 */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "consumers/errors/stage.h"
#include "drift/label_error.h"
#include "record/alert.h"
#include "record/mark.h"
#include "support/drift/judge_host.h"
#include "support/prop.h"

enum { LABELS = 1600, A_DAY = 200, GOOD_DAYS = 4, SEEDS = 30, JUDGED = 4 };

static const char bundle[] = "abababababababababababababababababababababababababababababababab";

struct trial {
    struct world drift; /* with the topology of errors, which is that of its scores too */
    struct check_log *labels;
    const char *bundle; /* errors.bundle */
};

static enum status make(void *arg, struct stage *stage, struct err *err)
{
    const struct trial *t = arg;
    struct errors_conf conf = errors_conf_default();

    conf.bundle = t->bundle;
    return errors_stage_new(&conf, t->drift.wire, &t->drift.topo, stage, err);
}

static struct opt_double some(double v)
{
    return (struct opt_double){ .v = v, .has = true };
}

static void append(struct trial *t, struct slice value, int64_t append_ms)
{
    const struct out_rec rec = { .topic = TOPIC_LABELS, .value = value };
    struct err err = { { 0 } };

    assert_int_equal(check_log_append(t->labels, &rec, append_ms, &err), ST_OK);
}

static void put_label(struct trial *t, const struct label *l, int64_t append_ms)
{
    struct buf b;
    struct err err = { { 0 } };

    buf_init(&b, 1 << 16);
    assert_int_equal(wire_encode(t->drift.wire, RECORD_LABEL, l, &b, &err), ST_OK);
    append(t, buf_slice(&b), append_ms);
    buf_release(&b);
}

/* About as a model errs: less than its interval in four of five. */
static double slip(struct prop *p)
{
    return prop_double(p, -0.2, 0.2) + prop_double(p, -0.1, 0.1);
}

/* The i-th, of which some are given again, come late, judge nothing, are of another bundle. After
 * GOOD_DAYS the model says too much. */
static void put_one(struct trial *t, struct prop *p, int i)
{
    const int64_t at = T0 + i * (MS_DAY / A_DAY) + (int64_t)prop_below(p, 60000);
    const int64_t late = prop_below(p, 10) == 0 ? (int64_t)prop_below(p, 3 * MS_HOUR) : 0;
    const double truth = prop_double(p, -0.5, 0.5);
    const double bias = i >= GOOD_DAYS * A_DAY ? 0.25 : 0;
    char id[24];
    char video[24];
    struct label l = { .annotator = slice_str("anna"),
                       .labelled_ms = at - late,
                       .sentiment = some(truth),
                       .predicted_sentiment = some(truth + bias + slip(p)),
                       .confidence = some(0.8),
                       .interval = some(0.25),
                       .arrival_ms = at - MS_HOUR,
                       .bundle_sha256 = slice_str(bundle) };

    (void)snprintf(id, sizeof(id), "c%d", i);
    (void)snprintf(video, sizeof(video), "v%d", (int)prop_below(p, 90));
    l.comment_id = slice_str(id);
    l.video_id = slice_str(video);
    put_label(t, &l, at + 1000);
    switch (prop_below(p, 20)) {
    case 0: /* again, and on second thoughts */
        l.sentiment = some(0.5);
        put_label(t, &l, at + 1000);
        break;
    case 1:
        l.sentiment = (struct opt_double){ .has = false };
        put_label(t, &l, at + 1000);
        break;
    case 2:
        l.bundle_sha256 = slice_str("another");
        put_label(t, &l, at + 1000);
        break;
    case 3:
        append(t, slice_str("\x00\x00\x00\x00\x16 hostile"), at + 1000);
        break;
    case 4:
        append(t, (struct slice){ NULL, 0 }, at + 1000);
        break;
    default:
        break;
    }
}

/* Of the errors that the calm run made of the good days. */
static struct baseline *baseline_of(struct trial *t, const struct check_log *log)
{
    static double column[LABEL_ERROR_N][LABELS];
    static uint64_t video[LABELS];
    const double *const columns[LABEL_ERROR_N] = { column[0], column[1], column[2], column[3] };
    struct baseline_input in = { .bundle_sha256 = bundle,
                                 .names = label_error_names,
                                 .columns = columns,
                                 .n = LABEL_ERROR_N,
                                 .videos = video };
    struct arena *a = arena_new(16 << 20);
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    for (size_t i = 0; i < check_log_n(log, TOPIC_ERRORS, 0); i++) {
        const struct stage_rec *rec = check_log_at(log, TOPIC_ERRORS, 0, i);
        struct score s;

        if (stage_header(rec, "absa-kind").p)
            continue;
        arena_reset(a);
        assert_int_equal(wire_decode(t->drift.wire, RECORD_SCORE, rec->value, &s, a, &err), ST_OK);
        if (s.sighting == SIGHTING_UPDATE || !slice_is(s.bundle_sha256, bundle) ||
            s.origin.arrival_ms >= T0 + GOOD_DAYS * MS_DAY)
            continue;
        assert_int_equal(s.features.n, LABEL_ERROR_N);
        for (size_t k = 0; k < LABEL_ERROR_N; k++)
            column[k][in.rows] = s.features.v[k];
        video[in.rows++] = hash64(s.video_id);
    }
    assert_int_equal(baseline_build(&in, &b, &err), ST_OK);
    arena_free(a);
    return b;
}

/* Marks count what went before them, and time never goes back. */
static void assert_marks(struct trial *t, const struct check_log *log, uint64_t seed)
{
    struct arena *a = arena_new(16 << 20);
    struct mark last = { .wm_ms = WM_NONE };
    int64_t since = 0;
    struct err err = { { 0 } };

    for (size_t i = 0; i < check_log_n(log, TOPIC_ERRORS, 0); i++) {
        const struct stage_rec *rec = check_log_at(log, TOPIC_ERRORS, 0, i);
        struct mark m;

        if (!stage_header(rec, "absa-kind").p) {
            since++;
            continue;
        }
        arena_reset(a);
        assert_int_equal(wire_decode(t->drift.wire, RECORD_MARK, rec->value, &m, a, &err), ST_OK);
        if (m.n_since_last != since && !(m.n_since_last == -1 && m.kind == MARK_HELLO))
            fail_msg("seed %d: a mark of %d records says %d", (int)seed, (int)since,
                     (int)m.n_since_last);
        assert_true(m.seq > last.seq && m.wm_ms >= last.wm_ms);
        assert_int_equal(m.src_count, 1);
        last = m;
        since = 0;
    }
    assert_true(last.wm_ms == WM_END);
    arena_free(a);
}

/* Pane and judge behind a run of errors, as under the prefix absa.errors. */
static void judge(struct trial *t, const struct check_log *log, uint64_t seed,
                  struct check_result *res)
{
    const struct check_stage stages[] = { { world_make_pane, &t->drift, 2 },
                                          { world_make_judge, &t->drift, 2 } };
    const struct check_plan plan = { .wire = t->drift.wire, .seed = seed };
    struct check_log *scores = check_log_new(&t->drift.topo);
    struct err err = { { 0 } };

    for (size_t i = 0; i < check_log_n(log, TOPIC_ERRORS, 0); i++) {
        const struct stage_rec *r = check_log_at(log, TOPIC_ERRORS, 0, i);
        const struct out_rec rec = { TOPIC_SCORES, 0, r->key, r->value, r->hdr, r->nhdr };

        assert_int_equal(check_log_append(scores, &rec, 0, &err), ST_OK);
    }
    if (check_run(stages, 2, scores, &plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
    assert_int_equal(res->counters[COUNTER_MARK_MISMATCH], 0);
    assert_int_equal(res->counters[COUNTER_OVERTAKEN], 0);
    assert_int_equal(res->counters[COUNTER_LATE], 0);
    check_log_free(scores);
}

/* An alert on the error, and none before the model began to say too much. */
static void assert_alert(struct trial *t, const struct check_log *log)
{
    struct arena *a = arena_new(16 << 20);
    struct err err = { { 0 } };
    struct alert alert;

    assert_true(check_log_n(log, TOPIC_ALERTS, 0) > 0);
    assert_int_equal(wire_decode(t->drift.wire, RECORD_ALERT,
                                 check_log_at(log, TOPIC_ALERTS, 0, 0)->value, &alert, a, &err),
                     ST_OK);
    assert_true(label_error_is(alert.feature));
    assert_true(alert.start_ms >= T0 + (GOOD_DAYS - 1) * MS_DAY);
    assert_true(slice_is(alert.todo, "docs/runbook/drift-in-an-error.md"));
    arena_free(a);
}

static void setup(struct trial *t, const char *watched)
{
    const struct hdr end = { slice_str("absa-kind"), slice_str("end") };
    const struct out_rec last = { .topic = TOPIC_LABELS, .hdr = &end, .nhdr = 1 };
    struct prop p = prop_begin(1);
    struct err err = { { 0 } };

    *t = (struct trial){ .bundle = watched,
                         .drift = { .topo = topology_make(1, 1, 1),
                                    .conf = { .pane_ms = MS_HOUR,
                                              .window_ms = MS_DAY,
                                              .min_samples = 100,
                                              .min_videos = 10,
                                              .policy = "fixed",
                                              .segments = "all",
                                              .false_alarms = 1,
                                              .effect_min = 0.005,
                                              .streak_min = 3,
                                              .keep_firing_for = 3,
                                              .span_ms = 2 * MS_DAY } } };
    assert_int_equal(wire_new(NULL, &t->drift.wire, &err), ST_OK);
    t->labels = check_log_new(&t->drift.topo);
    assert_non_null(t->labels);
    for (int i = 0; i < LABELS; i++)
        put_one(t, &p, i);
    assert_int_equal(check_log_append(t->labels, &last, T0 + 9 * MS_DAY, &err), ST_OK);
}

static void run(struct trial *t, int processes, const struct check_plan *plan,
                struct check_result *res)
{
    const struct check_stage stage = { make, t, processes };
    struct err err = { { 0 } };

    if (check_run(&stage, 1, t->labels, plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)plan->seed, err.msg);
    assert_marks(t, res->log, plan->seed);
}

static void assert_same(const struct check_log *a, const struct check_log *b, enum topic_id topic,
                        unsigned order, uint64_t seed)
{
    struct err err = { { 0 } };

    if (check_log_equal(a, b, topic, order, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void same_whatever_happens(void **state)
{
    struct trial t;
    struct check_result calm;
    struct check_result wild;
    struct check_result want;
    struct check_result got;
    int kills = 0;
    int fenced = 0;
    int fulls = 0;

    (void)state;
    setup(&t, "abababab");
    run(&t, 1, &(struct check_plan){ .wire = t.drift.wire }, &calm);
    assert_in_range(calm.counters[COUNTER_OTHER_BUNDLE], 40, 160);
    assert_in_range(calm.counters[COUNTER_UPDATES], 40, 160);
    assert_in_range(calm.counters[COUNTER_LABELS_ASIDE], 40, 160);
    assert_in_range(calm.counters[COUNTER_LABELS_DELAYED], 40, 160);
    assert_in_range(calm.counters[COUNTER_DEAD], 80, 320);
    assert_int_equal(calm.counters[COUNTER_LABELS_READ],
                     calm.counters[COUNTER_ERRORS] + calm.counters[COUNTER_LABELS_ASIDE] +
                         calm.counters[COUNTER_OTHER_BUNDLE] + calm.counters[COUNTER_DEAD]);
    t.drift.base = baseline_of(&t, calm.log);
    judge(&t, calm.log, 0, &want);
    assert_alert(&t, want.log);
    for (uint64_t seed = 1; seed <= prop_seeds(SEEDS); seed++) {
        run(&t, 2, &(struct check_plan){ .wire = t.drift.wire, .seed = seed }, &wild);
        assert_same(calm.log, wild.log, TOPIC_ERRORS, CHECK_NO_MARKS, seed);
        assert_same(calm.log, wild.log, TOPIC_DEAD, CHECK_ORDERED, seed);
        kills += wild.kills;
        fenced += wild.fenced;
        fulls += wild.fulls;
        if (seed <= JUDGED) {
            judge(&t, wild.log, seed, &got);
            assert_same(want.log, got.log, TOPIC_WINDOWS, CHECK_ORDERED, seed);
            assert_same(want.log, got.log, TOPIC_ALERTS, CHECK_ORDERED, seed);
            check_result_release(&got);
        }
        check_result_release(&wild);
    }
    printf("# %d kills, %d fenced, %d times full; %d windows, %d alerts\n", kills, fenced, fulls,
           (int)check_log_n(want.log, TOPIC_WINDOWS, 0),
           (int)check_log_n(want.log, TOPIC_ALERTS, 0));
    assert_true(kills > 0 && fenced > 0 && fulls > 0);
    check_result_release(&want);
    check_result_release(&calm);
    check_log_free(t.labels);
    world_close(&t.drift);
}

/* Time goes on without labels, at random: each is in a window all the same. */
static void nothing_is_lost_while_nobody_labels(void **state)
{
    struct trial t;
    struct check_result res;
    struct check_result judged;
    int64_t floors = 0;

    (void)state;
    setup(&t, "");
    run(&t, 1, &(struct check_plan){ .wire = t.drift.wire }, &res);
    t.drift.base = baseline_of(&t, res.log);
    check_result_release(&res);
    for (uint64_t seed = 1; seed <= JUDGED; seed++) {
        run(&t, 2,
            &(struct check_plan){ .wire = t.drift.wire, .seed = seed, .wall_ms = T0 + MS_DAY },
            &res);
        floors += res.counters[COUNTER_LABELS_DELAYED];
        judge(&t, res.log, 0, &judged);
        check_result_release(&judged);
        check_result_release(&res);
    }
    assert_true(floors > 0);
    check_log_free(t.labels);
    world_close(&t.drift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_whatever_happens),
        cmocka_unit_test(nothing_is_lost_while_nobody_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
