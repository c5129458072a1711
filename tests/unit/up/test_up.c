/* SPDX-License-Identifier: MIT */
/* absa up: what it decides about the dead, what it reads, what it draws. */
#include <signal.h>
#include <string.h>

#include "app/app.h"
#include "cli/up/decide.h"
#include "cli/up/scrape.h"
#include "cli/up/view.h"
#include "support/check.h"

static int exited(int code)
{
    return code << 8; /* as wait(2) has it on Linux */
}

static void a_pause_grows_with_each_death(void **state)
{
    static const int64_t want[] = { 0, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000 };
    struct death d = { .status = SIGKILL, .lived_ms = 100 };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct decision what = decide(&d);

        assert_true(what.restart);
        assert_int_equal(what.wait_ms, want[i]);
        d.in_row = what.in_row;
    }
    d.in_row = 1000000;
    assert_int_equal(decide(&d).wait_ms, DECIDE_WAIT_MAX_MS);
    d.lived_ms = DECIDE_STEADY_MS;
    assert_int_equal(decide(&d).wait_ms, 0);
    assert_int_equal(decide(&d).in_row, 1);
}

static void what_is_for_a_person_ends_the_run(void **state)
{
    static const int codes[] = { EXIT_USAGE, EXIT_DATA, EXIT_INTERNAL, EXIT_DENIED, EXIT_CONFIG };

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        for (int embedded = 0; embedded < 2; embedded++) {
            const struct death d = { .embedded = embedded, .status = exited(codes[i]) };

            assert_false(decide(&d).restart);
            assert_int_equal(decide(&d).exit_code, codes[i]);
        }
    }
}

static void what_a_restart_cures(void **state)
{
    static const int ends[] = { 0, EXIT_TEMPORARY << 8, SIGKILL, SIGSEGV };
    const struct death away = { .status = exited(EXIT_UNAVAILABLE) };
    const struct death never = { .status = exited(EXIT_UNAVAILABLE), .embedded = true };

    (void)state;
    assert_true(decide(&away).restart);
    assert_false(decide(&never).restart);
    assert_int_equal(decide(&never).exit_code, EXIT_UNAVAILABLE);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const struct death kafka = { .status = ends[i] };
        const struct death embedded = { .status = ends[i], .embedded = true };

        assert_true(decide(&kafka).restart);
        assert_false(decide(&embedded).restart);
        assert_int_equal(decide(&embedded).exit_code, EXIT_TEMPORARY);
    }
}

static void figures_are_added_up(void **state)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\n\r\n# TYPE absa_records_total counter\n"
        "absa_records_total{stage=\"score\",slot=\"score-0\"} 12\n"
        "absa_consumer_lag{stage=\"score\",slot=\"score-0\",partition=\"0\"} 3\n"
        "absa_consumer_lag{stage=\"score\",slot=\"score-0\",partition=\"1\"} 4\n"
        "absa_comments_total{stage=\"ingest\"} 5\nabsa_comments_read_total{stage=\"ingest\"} 9\n"
        "absa_dead_total{stage=\"ingest\",reason=\"json\"} 2\n"
        "absa_dead_total{stage=\"ingest\",reason=\"shape\"} 1\n"
        "absa_notifications_total{receiver=\"a\",result=\"sent\"} 1\n"
        "absa_notifications_total{receiver=\"a\",result=\"held\"} 4\n"
        "absa_watermark_timestamp_seconds{source=\"0\"} 1751500000.5\n"
        "absa_watermark_timestamp_seconds{source=\"1\"} 1751400000\nabsa_records_tot";
    struct figures f;

    (void)state;
    scrape_parse(slice_str(text), &f);
    assert_int_equal(f.records, 12);
    assert_int_equal(f.lag, 7);
    assert_int_equal(f.wrote, 6);
    assert_int_equal(f.dead, 3);
    assert_int_equal(f.untold, 4);
    assert_int_equal(f.watermark_ms, INT64_C(1751400000000));
    scrape_parse(slice_str(""), &f);
    assert_int_equal(f.records, 0);
    assert_true(f.watermark_ms == INT64_MIN);
    assert_false(scrape(1, &f)); /* nobody listens there */
}

static struct view example(void)
{
    struct view v = { .n_stages = 2,
                      .windows = 3,
                      .alerts = 1,
                      .n = 250,
                      .videos = 39,
                      .past = { 0.1, 0, 0.41 },
                      .n_past = 3,
                      .n_top = 1,
                      .n_last = 1 };

    v.stages[0] = (struct stage_view){ .name = "ingest",
                                       .running = true,
                                       .seen = true,
                                       .records = 2000,
                                       .rate = 340.2,
                                       .lag = 7,
                                       .wrote = 1990,
                                       .dead = 10,
                                       .watermark_ms = INT64_C(1751500000000) };
    v.stages[1] = (struct stage_view){ .name = "score", .restarts = 2, .watermark_ms = INT64_MIN };
    v.top[0] = (struct feature_view){ "valence_mean", 0.41, SEVERITY_CRITICAL };
    v.last[0] = (struct alert_view){
        "id", "all", "valence_mean", false, SEVERITY_CRITICAL, 0.41, INT64_C(1751500000000)
    };
    return v;
}

static void draw(int width, int height, bool colour, struct buf *out)
{
    const struct view v = example();
    const struct frame f = { .broker = "127.0.0.1:9092",
                             .dir = "/tmp/x",
                             .embedded = true,
                             .elapsed_ms = 12000,
                             .for_ms = 60000,
                             .width = width,
                             .height = height,
                             .colour = colour };

    buf_init(out, 1 << 16);
    view_picture(&v, &f, out);
    buf_byte(out, '\0');
}

static void the_picture_says_it_all(void **state)
{
    static const char *const words[] = { "12 s of 60 s",
                                         "broker in memory at 127.0.0.1:9092",
                                         ("ingest   running        340       2000        7      "
                                          " 1990 comments   2025-07-02 23:46:40"),
                                         "dead letters 10: absa tail -b 127.0.0.1:9092 -t dead",
                                         "score    down",
                                         "restarted 2 times",
                                         "windows 3",
                                         "alerts 1",
                                         "PSI so far  ▂·█",
                                         "evaluated, 250 comments of 39 videos",
                                         "valence_mean             PSI   0.410  CRITICAL █████████",
                                         "CRITICAL firing   all  valence_mean" };
    struct buf out;

    (void)state;
    draw(100, 30, false, &out);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!strstr(out.p, words[i]))
            fail_msg("no \"%s\" in\n%s", words[i], out.p);
    }
    assert_null(strstr(out.p, "\033[31m"));
    buf_release(&out);
    draw(100, 30, true, &out);
    assert_non_null(strstr(out.p, "\033[31m"));
    buf_release(&out);
}

/* Colours take none, and of a character only its first byte counts. */
static int columns(const char *from, const char *to)
{
    int n = 0;

    for (; from < to; from++) {
        if (*from == '\033')
            from = strchr(from, 'm');
        else
            n += (*from & 0xc0) != 0x80;
    }
    return n;
}

static void it_says_what_to_do_first(void **state)
{
    struct view v = example();
    const struct frame f = { .broker = "127.0.0.1:9092", .dir = "", .width = 80, .height = 24 };
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 16);
    v.windows = 0;
    view_picture(&v, &f, &out);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "No window has closed yet"));
    v.stages[0].records = 0;
    buf_clear(&out);
    view_picture(&v, &f, &out);
    buf_byte(&out, '\0');
    assert_non_null(strstr(out.p, "absa import -b 127.0.0.1:9092 --arrival created FILE"));
    buf_clear(&out);
    view_import(&(struct frame){ .broker = "kafka:9092", .conf_file = "absa.conf" }, &out);
    assert_true(
        slice_is(buf_slice(&out), "absa import -b kafka:9092 -c absa.conf --arrival created FILE"));
    buf_release(&out);
}

/* No line is longer than the terminal, and no more of them than it has. */
static void it_fits_any_terminal(void **state)
{
    (void)state;
    for (int width = 1; width < 120; width += 7) {
        for (int height = 1; height < 40; height += 3) {
            struct buf out;
            int lines = 0;

            draw(width, height, width % 2 == 0, &out);
            for (const char *p = strstr(out.p, "\033[H") + 3, *nl; (nl = strstr(p, "\033[K\r\n"));
                 p = nl + 5) {
                assert_true(columns(p, nl) <= width);
                lines++;
            }
            assert_true(lines < height || height == 1);
            buf_release(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pause_grows_with_each_death),
        cmocka_unit_test(what_is_for_a_person_ends_the_run),
        cmocka_unit_test(what_a_restart_cures),
        cmocka_unit_test(figures_are_added_up),
        cmocka_unit_test(the_picture_says_it_all),
        cmocka_unit_test(it_says_what_to_do_first),
        cmocka_unit_test(it_fits_any_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
