/* SPDX-License-Identifier: MIT */
/* freeze.c -- writes a folder of tests/golden/upgrade: what this version leaves behind
 * in the middle of its work. See the README there. */
#include "support/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump.h"
#include "file/file.h"
#include "rig.h"
#include "support/drift/stream.h"

enum { RAW = 24, RAW_MID = 14, TEXT_MAX = 16 << 20 };

#define T0 INT64_C(1753275600000) /* on the hour */

static const char *folder;

static void save(const char *name, const struct buf *b)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    assert_false(buf_failed(b));
    if (file_path(folder, slice_str(name), path, &err) != ST_OK ||
        file_write(path, buf_slice(b), &err) != ST_OK)
        fail_msg("%s", err.msg);
}

/* Some seen again, one of an idle hour that came too late. */
static void put_raw(struct check_log *log)
{
    struct err err = { 0 };
    char text[200];

    for (int i = 0; i < RAW; i++) {
        snprintf(text, sizeof(text),
                 "{\"cid\":\"%d\",\"aweme_id\":\"v%d\",\"text\":\"so good, but the price\"}",
                 i % 16 + 1, i % 3);
        const struct out_rec rec = { .topic = TOPIC_RAW, .value = slice_str(text) };
        int64_t ms = T0 + i * 20000 - (i % 7 == 6 ? 90000 : 0);
        assert_int_equal(check_log_append(log, &rec, ms, &err), ST_OK);
    }
}

static void fact_place(struct buf *facts, const char *stage, const struct place *at)
{
    buf_fmt(facts, "%s.offset=%" PRId64 "\n%s.meta=", stage, at->offset, stage);
    buf_slice_add(facts, buf_slice(&at->meta));
    buf_byte(facts, '\n');
}

/* Ingest and score to the middle, then to the end. */
static void front(struct rig *r, struct check_log *log, struct buf *facts)
{
    struct place ingest = { .offset = -1 };
    struct place score = { .offset = -1 };

    buf_init(&ingest.meta, STAGE_META_MAX);
    buf_init(&score.meta, STAGE_META_MAX);
    put_raw(log);
    rig_run(r, RIG_INGEST, log, &ingest, RAW_MID);
    fact_place(facts, "ingest", &ingest);
    buf_fmt(facts, "comments.before=%zu\n", check_log_n(log, TOPIC_COMMENTS, 0));
    rig_run(r, RIG_SCORE, log, &score, INT64_MAX);
    fact_place(facts, "score", &score);
    rig_run(r, RIG_INGEST, log, &ingest, INT64_MAX);
    buf_release(&ingest.meta);
    buf_release(&score.meta);
}

static const struct stream_conf stream = { .seed = 4,
                                           .order = 1,
                                           .sources = 1,
                                           .parts = 1,
                                           .records = 240,
                                           .videos = 20,
                                           .start_ms = T0,
                                           .span_ms = 4 * INT64_C(3600000),
                                           .gap_at = 1,
                                           .shift_from = 0.25,
                                           .shift_to = 0.7,
                                           .ends = true };

/* Pane to the end, judge until an alert fires, and notify as far. */
static void back(struct rig *r, struct check_log *log, struct buf *facts)
{
    struct place pane = { .offset = -1 };
    struct place judge = { .offset = -1 };
    struct place notify = { .offset = -1 };
    struct err err = { 0 };

    buf_init(&pane.meta, STAGE_META_MAX);
    buf_init(&judge.meta, STAGE_META_MAX);
    buf_init(&notify.meta, STAGE_META_MAX);
    assert_int_equal(stream_write(&stream, r->wire, log, &err), ST_OK);
    rig_run(r, RIG_PANE, log, &pane, INT64_MAX);
    while (check_log_n(log, TOPIC_ALERTS, 0) == 0)
        rig_run(r, RIG_JUDGE, log, &judge, judge.offset < 0 ? 1 : judge.offset + 1);
    rig_run(r, RIG_JUDGE, log, &judge, judge.offset + 2);
    fact_place(facts, "judge", &judge);
    buf_fmt(facts, "state.before=%zu\nwindows.before=%zu\nalerts.before=%zu\n",
            check_log_n(log, TOPIC_STATE, 0), check_log_n(log, TOPIC_WINDOWS, 0),
            check_log_n(log, TOPIC_ALERTS, 0));
    rig_run(r, RIG_NOTIFY, log, &notify, INT64_MAX);
    fact_place(facts, "notify", &notify);
    rig_run(r, RIG_JUDGE, log, &judge, INT64_MAX);
    buf_release(&pane.meta);
    buf_release(&judge.meta);
    buf_release(&notify.meta);
}

static void freeze(void **state)
{
    struct rig r;
    struct buf text;
    struct buf facts;
    struct err err = { 0 };

    (void)state;
    buf_init(&text, TEXT_MAX);
    buf_init(&facts, TEXT_MAX);
    rig_open(&r, stream_baseline(1000));
    struct check_log *log = check_log_new(&r.topo);
    front(&r, log, &facts);
    dump_log(log, &text);
    save("front.log", &text);
    check_log_free(log);
    log = check_log_new(&r.topo);
    back(&r, log, &facts);
    buf_clear(&text);
    dump_log(log, &text);
    save("back.log", &text);
    save("facts", &facts);
    buf_clear(&text);
    assert_int_equal(baseline_write(r.base, &text, &err), ST_OK);
    save("baseline.json", &text);
    check_log_free(log);
    rig_close(&r);
    buf_release(&facts);
    buf_release(&text);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = { cmocka_unit_test(freeze) };

    if (argc != 2 || (mkdir(argv[1], 0777) != 0 && access(argv[1], W_OK) != 0)) {
        fputs("usage: golden_upgrade_freeze FOLDER\n", stderr);
        return 64;
    }
    folder = argv[1];
    return cmocka_run_group_tests(all, NULL, NULL);
}
