/* SPDX-License-Identifier: MIT */
/* What tail makes of a record, a format and a place to begin. */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "consumers/tail/evidence.h"
#include "consumers/tail/format.h"
#include "consumers/tail/line.h"
#include "consumers/tail/pick.h"
#include "consumers/tail/start.h"

static const struct style plain = { .colour = false };

/* The buffer as a string, for one assertion. */
static void assert_text(struct buf *b, const char *want)
{
    buf_byte(b, 0);
    assert_false(buf_failed(b));
    assert_string_equal(b->p, want);
    buf_release(b);
}

static void format_is(const char *format, bool harmless, const char *want)
{
    const struct stage_rec rec = {
        .part = 3, .offset = 17, .arrival_ms = 1234, .key = slice_str("k\x1b")
    };
    const struct entry e = { .topic = "absa.raw",
                             .rec = &rec,
                             .json = slice_str("{\"a\":\"\xc2\x9b\"}") };
    struct err err = { { 0 } };
    struct buf out;

    assert_int_equal(format_check(format, &err), ST_OK);
    buf_init(&out, 1000);
    format_add(format, &e, harmless, &out);
    assert_text(&out, want);
}

static void formats(void **state)
{
    (void)state;
    format_is("", false, "");
    format_is("%t[%p] at %o\\n", false, "absa.raw[3] at 17\n");
    format_is("%T%%%K%S", false, "1234%210");
    format_is("%k %s", false, "k\x1b {\"a\":\"\xc2\x9b\"}");
    format_is("%k %s", true, "k\\u001b {\"a\":\"\\u009b\"}");
    format_is("\\t\\r\\\\\\x41\\x4a\\x4A", true, "\t\r\\AJJ");
}

static void bad_formats(void **state)
{
    static const char *const bad[] = {
        "%", "a%", "%x", "\\", "\\q", "\\x", "\\x4", "\\x4g", "%%%"
    };
    struct err err = { { 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(format_check(bad[i], &err), ST_FATAL);
        assert_memory_equal(err.msg, "usage: ", 7);
    }
}

static void start_is(const char *offset, const char *since, enum kafka_from from, int64_t number)
{
    struct kafka_start s;
    struct err err = { { 0 } };

    assert_int_equal(start_parse(offset, since, 100000000, &s, &err), ST_OK);
    assert_int_equal(s.from, from);
    assert_int_equal(s.number, number);
}

static void starts(void **state)
{
    static const char *const bad[][2] = {
        { "stored", NULL },
        { "last", NULL },
        { "", NULL },
        { "1.5", NULL },
        { "-9223372036854775808", NULL },
        { NULL, "soon" },
        { NULL, "2x" },
        { NULL, "" },
        { NULL, "h" },
        { NULL, "-2h" },
        { "3", "2h" },
    };
    struct kafka_start s;
    struct err err = { { 0 } };

    (void)state;
    start_is(NULL, NULL, KAFKA_FROM_LAST, 10);
    start_is("beginning", NULL, KAFKA_FROM_BEGINNING, 10);
    start_is("end", NULL, KAFKA_FROM_END, 10);
    start_is("-3", NULL, KAFKA_FROM_LAST, 3);
    start_is("0", NULL, KAFKA_FROM_OFFSET, 0);
    start_is("17", NULL, KAFKA_FROM_OFFSET, 17);
    start_is(NULL, "2h", KAFKA_FROM_TIME, 100000000 - 7200000);
    start_is(NULL, "30d", KAFKA_FROM_TIME, 0); /* before 1970 is the beginning */
    start_is(NULL, "2025-07-23T12:00:00Z", KAFKA_FROM_TIME, 1753272000000);
    start_is(NULL, "2025-07-23", KAFKA_FROM_TIME, 1753228800000);
    start_is(NULL, "1753228800000", KAFKA_FROM_TIME, 1753228800000);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(start_parse(bad[i][0], bad[i][1], 100000000, &s, &err), ST_FATAL);
        assert_memory_equal(err.msg, "usage: ", 7);
    }
}

static void names(void **state)
{
    const struct kafka_names names = kafka_names_make("x.");
    struct err err = { { 0 } };
    enum severity severity;
    enum topic_id topic;

    (void)state;
    assert_int_equal(pick_topic("x.dead", &names, &topic, &err), ST_OK);
    assert_int_equal(topic, TOPIC_DEAD);
    assert_int_equal(pick_topic("raw", &names, &topic, &err), ST_OK);
    assert_int_equal(topic, TOPIC_RAW);
    assert_int_equal(pick_topic("absa.raw", &names, &topic, &err), ST_FATAL);
    assert_int_equal(pick_topic("widnows", &names, &topic, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "did you mean windows?"));
    assert_int_equal(pick_topic("x.sate", &names, &topic, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "did you mean x.state?"));
    assert_int_equal(pick_severity("critical", &severity, &err), ST_OK);
    assert_int_equal(severity, SEVERITY_CRITICAL);
    assert_int_equal(pick_severity("none", &severity, &err), ST_FATAL);
}

static void time_is(int64_t ms, bool local, const char *want)
{
    const struct style style = { .local = local };
    struct buf out;

    buf_init(&out, 100);
    line_time(ms, &style, &out);
    assert_text(&out, want);
}

static void times(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "Asia/Kolkata", 1), 0);
    tzset();
    time_is(1753272000000, false, "2025-07-23 12:00Z");
    time_is(1753272001000, false, "2025-07-23 12:00:01Z");
    time_is(1753272000000, true, "2025-07-23 17:30+0530");
    time_is(1753272001999, true, "2025-07-23 17:30:01+0530");
    time_is(-1, false, "1969-12-31 23:59:59Z");
    time_is(INT64_MAX, false, "9223372036854775807 ms");
    time_is(INT64_MIN, true, "-9223372036854775808 ms");
}

static struct alert sample(void)
{
    return (struct alert){
        .severity = SEVERITY_WARNING,
        .segment = slice_str("all"),
        .feature = slice_str("words"),
        .start_ms = 1753272000000,
        .end_ms = 1753272000000 + 90000,
        .psi = { 0.25, true },
        .threshold = 0.2,
        .n = 250,
        .n_eff = 250,
        .moments = { .mean_before = 1, .mean_now = 2 },
    };
}

static void line_is(const struct alert *al, const struct style *style, const char *want)
{
    const struct stage_rec rec = { .topic = TOPIC_ALERTS };
    const struct entry e = { .topic = "absa.alerts", .rec = &rec, .alert = al };
    struct buf out;

    buf_init(&out, 1000);
    line_add(&e, style, &out);
    assert_text(&out, want);
}

static void alert_lines(void **state)
{
    const struct style colour = { .colour = true };
    struct alert al = sample();

    (void)state;
    line_is(&al, &plain,
            "2025-07-23 12:00Z 90s  WARNING   firing    all       words                 PSI 0.250 "
            "> 0.2  n 250  mean 1 -> 2\n");
    line_is(&al, &colour,
            "2025-07-23 12:00Z 90s  \x1b[33mWARNING   firing  \x1b[0m  all       words           "
            "      PSI 0.250 > 0.2  n 250  mean 1 -> 2\n");
    al.severity = SEVERITY_CRITICAL;
    assert_string_equal(line_colour_of(&al), "1;31");
    al.state = ALERT_RESOLVED;
    assert_string_equal(line_colour_of(&al), "32");
    al.psi = (struct opt_double){ 0.1, true };
    al.segment = slice_str("lang:\x1b]0;x\x07");
    al.end_ms = INT64_MAX;
    al.start_ms = INT64_MIN;
    line_is(&al, &plain,
            "-9223372036854775808 ms 0ms  CRITICAL  resolved  lang:\\u001b]0;x\\u0007  words       "
            "          PSI 0.100 <= 0.2  n 250  mean 1 -> 2\n");
}

/* Whatever shape the arrays of an alert have, it is drawn as far as it goes. */
static void odd_evidence(void **state)
{
    int32_t bins[] = { 0, -1, 1 << 30, 0 };
    int64_t counts[] = { 5, -3, 2, 4 };
    double edges[] = { 1, 2, 3 };
    struct moved_bin moved[] = { { .bin = 0 }, { .bin = -7 } };
    struct alert al = sample();
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    evidence_add(&al, "", &plain, &out);
    al.psi_bins = (struct ints){ bins, 4 };
    al.baseline_counts = (struct longs){ counts, 4 };
    al.moved = (struct moved_bin_list){ moved, 2 };
    evidence_add(&al, "", &plain, &out);
    al.window_counts = (struct longs){ counts, 1 };
    evidence_add(&al, "", &plain, &out);
    al.edges = (struct doubles){ edges, 3 };
    buf_clear(&out);
    evidence_add(&al, "", &plain, &out);
    buf_byte(&out, 0);
    assert_non_null(strstr(out.p, "baseline  █  n 0"));
    assert_non_null(strstr(out.p, "x < 1 or 3 <= x\n"));
    buf_release(&out);
}

static void what_a_record_is(struct entry_reader *r, const struct stage_rec *rec, const char *want)
{
    struct entry e;

    entry_read(r, "absa.x", rec, &e);
    assert_int_equal(e.json.n, strlen(want));
    assert_memory_equal(e.json.p, want, e.json.n);
}

static void entries(void **state)
{
    const struct hdr end = { slice_str("absa-kind"), slice_str("end") };
    struct stage_rec rec = {
        .topic = TOPIC_RAW, .part = 1, .offset = 2, .value = slice_str("\xff{")
    };
    struct entry_reader r;
    struct entry e;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(entry_reader_init(&r, &err), ST_OK);
    what_a_record_is(&r, &rec, "\xff{");
    rec.hdr = &end;
    rec.nhdr = 1;
    what_a_record_is(&r, &rec, "{\"absa_kind\":\"end\"}");
    rec = (struct stage_rec){ .topic = TOPIC_STATE, .key = slice_str("a\"b") };
    what_a_record_is(&r, &rec, "{\"absa_kind\":\"deleted\",\"key\":\"a\\\"b\"}");
    for (int t = TOPIC_RAW + 1; t < TOPIC_N; t++) {
        rec = (struct stage_rec){ .topic = (enum topic_id)t, .value = slice_str("\0\0\0\0") };
        entry_read(&r, "absa.x", &rec, &e);
        assert_string_equal(e.reason, "schema");
        assert_null(e.alert);
        assert_null(e.dead);
    }
    entry_reader_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),      cmocka_unit_test(bad_formats),
        cmocka_unit_test(starts),       cmocka_unit_test(names),
        cmocka_unit_test(times),        cmocka_unit_test(alert_lines),
        cmocka_unit_test(odd_evidence), cmocka_unit_test(entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
