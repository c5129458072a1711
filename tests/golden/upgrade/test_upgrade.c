/* SPDX-License-Identifier: MIT */
/* What earlier versions have left in topics, state and metadata is read, and work goes
 * on from there to the same windows; what a newer one has left is refused with 78, not
 * guessed at. */
#include "support/check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/drift/config.h"
#include "drift/baseline.h"
#include "dump.h"
#include "file/file.h"
#include "flow/meta.h"
#include "model/default_dir.h"
#include "record/comment.h"
#include "record/notify.h"
#include "record/score.h"
#include "record/state.h"
#include "rig.h"

enum { TEXT_MAX = 64 << 20, NEWER = 99 /* no schema of ours */ };

static const char golden[] = "tests/golden/upgrade";

/* One version's folder. */
struct old {
    struct rig rig;
    struct arena *arena;
    struct check_log *front; /* as it was in the end */
    struct check_log *back;
    struct buf text[4];
    struct slice facts;
};

static struct slice load(const char *folder, const char *name, struct buf *to)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    buf_init(to, TEXT_MAX);
    if (file_path(folder, slice_str(name), path, &err) != ST_OK ||
        file_read(path, to, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return buf_slice(to);
}

static void open_old(struct old *o, const char *folder)
{
    struct baseline *base = NULL;
    struct err err = { 0 };

    *o = (struct old){ .arena = arena_new(64 << 20) };
    if (baseline_read(load(folder, "baseline.json", &o->text[0]), &base, &err) != ST_OK)
        fail_msg("%s", err.msg);
    rig_open(&o->rig, base);
    o->facts = load(folder, "facts", &o->text[1]);
    o->front = check_log_new(&o->rig.topo);
    o->back = check_log_new(&o->rig.topo);
    dump_read(load(folder, "front.log", &o->text[2]), o->front);
    dump_read(load(folder, "back.log", &o->text[3]), o->back);
}

static void close_old(struct old *o)
{
    check_log_free(o->front);
    check_log_free(o->back);
    for (size_t i = 0; i < 4; i++)
        buf_release(&o->text[i]);
    arena_free(o->arena);
    rig_close(&o->rig);
}

/* Copies the first n records of a topic, offsets included. */
static void copy(struct check_log *to, const struct check_log *from, enum topic_id topic, size_t n)
{
    struct err err = { 0 };

    for (size_t i = 0; i < n && i < check_log_n(from, topic, 0); i++) {
        const struct stage_rec *r = check_log_at(from, topic, 0, i);
        const struct out_rec rec = { topic, 0, r->key, r->value, r->hdr, r->nhdr };

        check_log_skip(to, topic, 0, r->offset);
        assert_int_equal(check_log_append(to, &rec, check_log_time(from, topic, 0, i), &err),
                         ST_OK);
    }
}

static struct place place_of(const struct old *o, const char *stage)
{
    struct place at;
    char name[40];

    snprintf(name, sizeof(name), "%s.offset", stage);
    at.offset = dump_number(o->facts, name);
    snprintf(name, sizeof(name), "%s.meta", stage);
    buf_init(&at.meta, STAGE_META_MAX);
    buf_slice_add(&at.meta, dump_fact(o->facts, name));
    return at;
}

static size_t count(const struct old *o, const char *name)
{
    return (size_t)dump_number(o->facts, name);
}

/* The i-th record as JSON: what it says, whichever version's schema it has. */
static void say(struct old *o, const struct check_log *log, enum topic_id topic, size_t i,
                enum record_kind kind, struct buf *to)
{
    void *rec = arena_alloc(o->arena, wire_tables[kind]->size);
    struct slice value = check_log_at(log, topic, 0, i)->value;
    struct err err = { 0 };

    buf_init(to, TEXT_MAX);
    assert_int_equal(wire_decode(o->rig.wire, kind, value, rec, o->arena, &err), ST_OK);
    rig_level(kind, rec, o->arena);
    assert_int_equal(wire_to_json(kind, rec, to, &err), ST_OK);
}

/* What now is from the first record on is what was from the `before`th on. */
static void same(struct old *o, const struct check_log *was, size_t before,
                 const struct check_log *now, enum topic_id topic, enum record_kind kind)
{
    size_t n = check_log_n(was, topic, 0);

    assert_int_equal(check_log_n(now, topic, 0), n - before);
    assert_true(n > before);
    for (size_t i = before; i < n; i++) {
        struct buf a;
        struct buf b;

        arena_reset(o->arena);
        say(o, was, topic, i, kind, &a);
        say(o, now, topic, i - before, kind, &b);
        if (!slice_eq(buf_slice(&a), buf_slice(&b)))
            fail_msg("record %zu: %.*s\nnot\n%.*s", i, SLICE_ARG(buf_slice(&b)),
                     SLICE_ARG(buf_slice(&a)));
        buf_release(&a);
        buf_release(&b);
    }
}

/* --- what was written is read, and work goes on --------------------------------- */

static void judge_goes_on(struct old *o)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = place_of(o, "judge");

    copy(log, o->back, TOPIC_PANES, SIZE_MAX);
    copy(log, o->back, TOPIC_STATE, count(o, "state.before"));
    rig_run(&o->rig, RIG_JUDGE, log, &at, INT64_MAX);
    same(o, o->back, count(o, "windows.before"), log, TOPIC_WINDOWS, RECORD_WINDOW);
    same(o, o->back, count(o, "alerts.before"), log, TOPIC_ALERTS, RECORD_ALERT);
    buf_release(&at.meta);
    check_log_free(log);
}

static void scores_give_the_same_windows(struct old *o)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place pane = { .offset = -1 };
    struct place judge = { .offset = -1 };

    buf_init(&pane.meta, STAGE_META_MAX);
    buf_init(&judge.meta, STAGE_META_MAX);
    copy(log, o->back, TOPIC_SCORES, SIZE_MAX);
    rig_run(&o->rig, RIG_PANE, log, &pane, INT64_MAX);
    rig_run(&o->rig, RIG_JUDGE, log, &judge, INT64_MAX);
    same(o, o->back, 0, log, TOPIC_WINDOWS, RECORD_WINDOW);
    same(o, o->back, 0, log, TOPIC_ALERTS, RECORD_ALERT);
    buf_release(&pane.meta);
    buf_release(&judge.meta);
    check_log_free(log);
}

/* The comments of a topic without its marks. */
static struct check_log *without_marks(const struct old *o, const struct check_log *from,
                                       size_t first)
{
    struct check_log *to = check_log_new(&o->rig.topo);
    struct err err = { 0 };

    for (size_t i = first; i < check_log_n(from, TOPIC_COMMENTS, 0); i++) {
        const struct stage_rec *r = check_log_at(from, TOPIC_COMMENTS, 0, i);
        const struct out_rec rec = { TOPIC_COMMENTS, 0, r->key, r->value, NULL, 0 };

        if (!stage_header(r, "absa-kind").p)
            assert_int_equal(check_log_append(to, &rec, 0, &err), ST_OK);
    }
    return to;
}

static void ingest_goes_on(struct old *o)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = place_of(o, "ingest");

    copy(log, o->front, TOPIC_RAW, SIZE_MAX);
    rig_run(&o->rig, RIG_INGEST, log, &at, INT64_MAX);
    struct check_log *was = without_marks(o, o->front, count(o, "comments.before"));
    struct check_log *now = without_marks(o, log, 0);
    same(o, was, 0, now, TOPIC_COMMENTS, RECORD_COMMENT);
    check_log_free(was);
    check_log_free(now);
    buf_release(&at.meta);
    check_log_free(log);
}

/* Ids 1 to 14 were scored before, 1 to 8 come again, 15 and 16 are new. */
static void score_remembers(struct old *o)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = place_of(o, "score");
    const size_t before = check_log_n(o->front, TOPIC_SCORES, 0);
    struct err err = { 0 };
    int updates = 0;
    int firsts = 0;

    copy(log, o->front, TOPIC_COMMENTS, SIZE_MAX);
    copy(log, o->front, TOPIC_SCORES, before);
    rig_run(&o->rig, RIG_SCORE, log, &at, INT64_MAX);
    for (size_t i = before; i < check_log_n(log, TOPIC_SCORES, 0); i++) {
        const struct stage_rec *r = check_log_at(log, TOPIC_SCORES, 0, i);
        struct score s;

        if (stage_header(r, "absa-kind").p)
            continue;
        arena_reset(o->arena);
        assert_int_equal(wire_decode(o->rig.wire, RECORD_SCORE, r->value, &s, o->arena, &err),
                         ST_OK);
        updates += s.sighting == SIGHTING_UPDATE;
        firsts += s.sighting == SIGHTING_FIRST;
    }
    assert_int_equal(updates, 8);
    assert_int_equal(firsts, 2);
    buf_release(&at.meta);
    check_log_free(log);
}

/* Its group is known: the alert that resolves it joins what was there. */
static void notify_remembers(struct old *o)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = place_of(o, "notify");
    const size_t before = check_log_n(o->back, TOPIC_NOTIFY, 0);
    struct err err = { 0 };
    struct notify was;
    struct notify now;

    assert_true(before > 0);
    copy(log, o->back, TOPIC_ALERTS, SIZE_MAX);
    copy(log, o->back, TOPIC_NOTIFY, SIZE_MAX);
    rig_run(&o->rig, RIG_NOTIFY, log, &at, INT64_MAX);
    size_t n = check_log_n(log, TOPIC_NOTIFY, 0);
    assert_true(n > before);
    const struct stage_rec *first = check_log_at(log, TOPIC_NOTIFY, 0, before - 1);
    const struct stage_rec *last = check_log_at(log, TOPIC_NOTIFY, 0, n - 1);
    assert_true(slice_eq(first->key, last->key));
    arena_reset(o->arena);
    assert_int_equal(wire_decode(o->rig.wire, RECORD_NOTIFY, first->value, &was, o->arena, &err),
                     ST_OK);
    assert_int_equal(wire_decode(o->rig.wire, RECORD_NOTIFY, last->value, &now, o->arena, &err),
                     ST_OK);
    assert_true(slice_eq(was.receiver, now.receiver) && slice_eq(was.group, now.group));
    assert_true(now.epoch > was.epoch);
    buf_release(&at.meta);
    check_log_free(log);
}

/* Offsets carry the host's own words around the stage's. */
static void host_reads_its_metadata(struct old *o)
{
    char text[200];
    struct meta m;
    struct err err = { 0 };
    const struct slice ingest = dump_fact(o->facts, "ingest.meta");

    snprintf(text, sizeof(text), "v1 a=2 %.*s", SLICE_ARG(ingest));
    assert_int_equal(meta_parse(slice_str(text), &m, &err), ST_OK);
    assert_int_equal(m.attempts, 2);
    assert_true(slice_eq((struct slice){ m.stage, m.n }, ingest));
}

static void every_folder_is_read(void **state)
{
    static void (*const checks[])(struct old *
                                  o) = { judge_goes_on,    scores_give_the_same_windows,
                                         ingest_goes_on,   score_remembers,
                                         notify_remembers, host_reads_its_metadata };
    DIR *dir = opendir(golden);
    int folders = 0;

    (void)state;
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir));) {
        char path[FILE_PATH_MAX];
        struct old o;

        if (e->d_name[0] < '0' || e->d_name[0] > '9')
            continue;
        snprintf(path, sizeof(path), "%s/%s", golden, e->d_name);
        print_message("%s\n", path);
        open_old(&o, path);
        for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
            checks[i](&o);
        close_old(&o);
        folders++;
    }
    closedir(dir);
    assert_true(folders > 0);
}

/* --- what is newer is refused -------------------------------------------------------- */

static int setup(void **state)
{
    struct old *o = malloc(sizeof(*o));

    assert_non_null(o);
    open_old(o, "tests/golden/upgrade/0.1");
    *state = o;
    return 0;
}

static int teardown(void **state)
{
    close_old(*state);
    free(*state);
    return 0;
}

static void is_78(enum status st, const struct err *err)
{
    if (st == ST_OK || app_exit_code(st, err) != EXIT_CONFIG)
        fail_msg("ends with %d: %s", app_exit_code(st, err), st == ST_OK ? "ok" : err->msg);
}

/* A copy of a record with the id of a schema that is not written yet. */
static void append_newer(struct check_log *log, const struct stage_rec *r)
{
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, TEXT_MAX);
    buf_slice_add(&b, r->value);
    b.p[4] = NEWER;
    const struct out_rec rec = { r->topic, 0, r->key, buf_slice(&b), r->hdr, r->nhdr };
    assert_int_equal(check_log_append(log, &rec, 0, &err), ST_OK);
    buf_release(&b);
}

static void refuse_newer(struct old *o, enum rig_stage which, enum topic_id topic,
                         const char *stage)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = stage ? place_of(o, stage) : (struct place){ .offset = -1 };
    struct err err = { 0 };

    append_newer(log, check_log_at(o->back, topic, 0, 0));
    is_78(rig_try(&o->rig, which, log, &at, INT64_MAX, &err), &err);
    assert_non_null(strstr(err.msg, "newer version"));
    buf_release(&at.meta);
    check_log_free(log);
}

static void a_newer_pane(void **state)
{
    refuse_newer(*state, RIG_JUDGE, TOPIC_PANES, NULL);
}

static void a_newer_state(void **state)
{
    refuse_newer(*state, RIG_JUDGE, TOPIC_STATE, "judge");
}

static void a_newer_notify_state(void **state)
{
    refuse_newer(*state, RIG_NOTIFY, TOPIC_NOTIFY, "notify");
}

/* The same schema, other rules. */
static void a_newer_format_of_the_state(void **state)
{
    struct old *o = *state;
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = place_of(o, "judge");
    const struct stage_rec *r = check_log_at(o->back, TOPIC_STATE, 0, 0);
    struct state s;
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, TEXT_MAX);
    arena_reset(o->arena);
    assert_int_equal(wire_decode(o->rig.wire, RECORD_STATE, r->value, &s, o->arena, &err), ST_OK);
    s.format = 99;
    assert_int_equal(wire_encode(o->rig.wire, RECORD_STATE, &s, &b, &err), ST_OK);
    const struct out_rec rec = { TOPIC_STATE, 0, r->key, buf_slice(&b), NULL, 0 };
    assert_int_equal(check_log_append(log, &rec, 0, &err), ST_OK);
    is_78(rig_try(&o->rig, RIG_JUDGE, log, &at, INT64_MAX, &err), &err);
    assert_non_null(strstr(err.msg, "newer"));
    buf_release(&b);
    buf_release(&at.meta);
    check_log_free(log);
}

static void refuse_meta(struct old *o, enum rig_stage which, const char *meta)
{
    struct check_log *log = check_log_new(&o->rig.topo);
    struct place at = { .offset = 5 };
    struct err err = { 0 };

    buf_init(&at.meta, STAGE_META_MAX);
    buf_str(&at.meta, meta);
    is_78(rig_try(&o->rig, which, log, &at, INT64_MAX, &err), &err);
    buf_release(&at.meta);
    check_log_free(log);
}

static void newer_metadata(void **state)
{
    struct meta m;
    struct err err = { 0 };

    is_78(meta_parse(slice_str("v2 a=0 more"), &m, &err), &err);
    refuse_meta(*state, RIG_INGEST, "2 1753275840000 n 13 l more");
    refuse_meta(*state, RIG_SCORE, "s3 1753275830000 0:1:0:1");
}

/* A copy of a file in folder, with the first `from` replaced. */
static void put_changed(const char *folder, const char *name, struct slice text, const char *from,
                        const char *to)
{
    char path[FILE_PATH_MAX];
    struct buf b;
    struct err err = { 0 };
    size_t at = 0;

    while (at + strlen(from) <= text.n && memcmp(text.p + at, from, strlen(from)) != 0)
        at++;
    assert_true(at + strlen(from) <= text.n);
    buf_init(&b, TEXT_MAX);
    buf_add(&b, text.p, at);
    buf_str(&b, to);
    buf_add(&b, text.p + at + strlen(from), text.n - at - strlen(from));
    assert_int_equal(file_path(folder, slice_str(name), path, &err), ST_OK);
    assert_int_equal(file_write(path, buf_slice(&b), &err), ST_OK);
    buf_release(&b);
}

static void newer_files(void **state)
{
    char folder[] = "/tmp/absa-upgrade-XXXXXX";
    char path[FILE_PATH_MAX];
    struct baseline *base;
    struct bundle *bundle;
    struct buf text;
    struct err err = { 0 };
    const struct old *o = *state;

    assert_non_null(mkdtemp(folder));
    put_changed(folder, "baseline.json", buf_slice(&o->text[0]), "\"absa_baseline\":2",
                "\"absa_baseline\":4");
    snprintf(path, sizeof(path), "%s/baseline.json", folder);
    is_78(drift_baseline_load(&(struct drift_props){ .baseline = path }, "", &base, &err), &err);
    assert_non_null(strstr(err.msg, "formats 2 to 3"));
    unlink(path);
    put_changed(folder, "manifest.json", load(bundle_dir(""), "manifest.json", &text),
                "\"format\": 1", "\"format\": 2");
    is_78(bundle_load(folder, &bundle, &err), &err);
    assert_non_null(strstr(err.msg, "format is not 1"));
    snprintf(path, sizeof(path), "%s/manifest.json", folder);
    unlink(path);
    rmdir(folder);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_folder_is_read),
        cmocka_unit_test_setup_teardown(a_newer_pane, setup, teardown),
        cmocka_unit_test_setup_teardown(a_newer_state, setup, teardown),
        cmocka_unit_test_setup_teardown(a_newer_notify_state, setup, teardown),
        cmocka_unit_test_setup_teardown(a_newer_format_of_the_state, setup, teardown),
        cmocka_unit_test_setup_teardown(newer_metadata, setup, teardown),
        cmocka_unit_test_setup_teardown(newer_files, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
