/* SPDX-License-Identifier: MIT */
/* Each file is fed between two good records: it must have its outcome, and they
 * must not be touched. What is too big for a file is made here. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "producers/import/split.h"
#include "unit/ingest/rig.h"

#define FOLDER "tests/poison/ingest/"

static const int64_t arrival_ms = INT64_C(1763900000000); /* 2025-11-23T12:13:20Z */
static const char good[] = "{\"cid\":\"7460149384726974465\",\"text\":\"good\"}";

struct outcome {
    int comments;
    char reasons[64];
    char said[16];
};

static void read_all(const char *path, struct buf *b)
{
    FILE *f = fopen(path, "rb");
    char *p = buf_extend(b, 1 << 20);

    if (!f)
        fail_msg("cannot open %s", path);
    assert_non_null(p);
    buf_truncate(b, fread(p, 1, 1 << 20, f));
    fclose(f);
}

static void feed(struct rig *r, struct slice value, struct slice shape)
{
    const struct hdr h = { slice_str("absa-shape"), shape };
    const struct stage_rec rec = { .topic = TOPIC_RAW,
                                   .offset = r->offset++,
                                   .arrival_ms = arrival_ms,
                                   .value = value,
                                   .hdr = &h,
                                   .nhdr = shape.n > 0 };
    struct err err = { 0 };
    size_t used = 0;

    if (r->stage.ops->process(r->stage.ctx, 0, &rec, 1, &used, r->out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(used, 1);
}

/* A CSV file goes through import first. */
static void feed_rows(struct rig *r, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct split *s = NULL;
    struct err err = { 0 };
    bool more = true;

    assert_non_null(f);
    assert_int_equal(split_new(f, path, &s, &err), ST_OK);
    while (more) {
        struct raw_record rec;

        assert_int_equal(split_next(s, &rec, &more, &err), ST_OK);
        if (more)
            feed(r, rec.value, rec.shape);
    }
    split_free(s);
    fclose(f);
}

/* What came out between the two good comments. */
static struct outcome look(struct rig *r)
{
    struct outcome o = { .said = "-" };
    const struct comment *c;
    const struct deadletter *d;
    size_t n = 0;
    size_t at = 0;

    while ((c = rig_comment(r, n))) {
        if (n++ == 0)
            assert_true(slice_is(c->text, "good"));
        if (c->repaired_text)
            snprintf(o.said, sizeof(o.said), "repaired");
        else if (c->media_only)
            snprintf(o.said, sizeof(o.said), "media");
        else if (c->empty)
            snprintf(o.said, sizeof(o.said), "empty");
    }
    assert_true(n >= 2);
    assert_true(slice_is(rig_comment(r, n - 1)->text, "good"));
    o.comments = (int)n - 2;
    for (n = 0; (d = rig_dead(r, n)); n++)
        at += (size_t)snprintf(o.reasons + at, sizeof(o.reasons) - at, "%s%.*s", n > 0 ? "," : "",
                               SLICE_ARG(d->reason));
    if (n == 0)
        snprintf(o.reasons, sizeof(o.reasons), "-");
    return o;
}

static struct outcome run(const char *path, struct slice value)
{
    struct rig r;

    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    feed(&r, slice_str(good), (struct slice){ NULL, 0 });
    if (path && strstr(path, ".csv"))
        feed_rows(&r, path);
    else
        feed(&r, value, (struct slice){ NULL, 0 });
    feed(&r, slice_str(good), (struct slice){ NULL, 0 });
    const struct outcome o = look(&r);
    rig_close(&r);
    return o;
}

static void run_file(const char *name, const struct outcome *want)
{
    char path[128];
    struct buf b;

    snprintf(path, sizeof(path), FOLDER "%s", name);
    buf_init(&b, 1 << 20);
    read_all(path, &b);
    const struct outcome got = run(path, buf_slice(&b));
    if (got.comments != want->comments || strcmp(got.reasons, want->reasons) != 0 ||
        strcmp(got.said, want->said) != 0)
        fail_msg("%s: %d %s %s, want %d %s %s", name, got.comments, got.reasons, got.said,
                 want->comments, want->reasons, want->said);
    buf_release(&b);
}

static void files(void **state)
{
    FILE *f = fopen(FOLDER "expected", "r");
    char line[256];
    int n = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        struct outcome want = { 0 };
        char name[64];
        char comments[8];

        if (line[0] == '#')
            continue;
        assert_int_equal(
            sscanf(line, "%63s %7s %63s %15s", name, comments, want.reasons, want.said), 4);
        want.comments = (int)strtol(comments, NULL, 10);
        run_file(name, &want);
        n++;
    }
    fclose(f);
    printf("# %d cases\n", n);
    assert_true(n >= 80);
}

/* A comment whose text is n times unit, and more bytes of another field. */
static void expect_big(const char *unit, size_t n, size_t more, int comments, const char *reasons)
{
    struct buf b;

    buf_init(&b, (size_t)128 << 20);
    buf_str(&b, "{\"cid\":\"1\",\"text\":\"");
    for (size_t i = 0; i < n; i++)
        buf_str(&b, unit);
    buf_str(&b, "\",\"x\":\"");
    for (size_t i = 0; i < more; i++)
        buf_byte(&b, 'x');
    buf_str(&b, "\"}");
    assert_false(buf_failed(&b));
    const struct outcome o = run(NULL, buf_slice(&b));
    assert_int_equal(o.comments, comments);
    assert_string_equal(o.reasons, reasons);
    buf_release(&b);
}

static void sizes(void **state)
{
    (void)state;
    expect_big("a", 64 << 10, 0, 1, "-");
    expect_big("a", (64 << 10) + 1, 0, 0, "too_large");
    expect_big("a", 1, 250000, 1, "-");
    expect_big("a", 1, 256 << 10, 0, "too_large");
    expect_big("a", (1 << 20) + 1, 0, 0, "too_large");
    expect_big("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", (100 << 20) / 32, 0, 0, "too_large");
    expect_big("\xCC\x81", 10000, 0, 1, "-"); /* a storm of combining marks */
}

/* An object of n keys, or of one that is long, beside a comment's fields. */
static void expect_keys(size_t n, size_t length, int comments, const char *reasons)
{
    struct buf b;

    buf_init(&b, (size_t)16 << 20);
    buf_str(&b, "{\"cid\":\"1\",\"text\":\"a\"");
    for (size_t i = 0; i < n; i++)
        buf_fmt(&b, ",\"k%zx\":0", i);
    buf_str(&b, ",\"");
    for (size_t i = 0; i < length; i++)
        buf_byte(&b, 'k');
    buf_str(&b, "\":0}");
    assert_false(buf_failed(&b));
    const struct outcome o = run(NULL, buf_slice(&b));
    assert_int_equal(o.comments, comments);
    assert_string_equal(o.reasons, reasons);
    buf_release(&b);
}

static void keys(void **state)
{
    (void)state;
    expect_keys(20000, 1, 1, "-");
    expect_keys(1000000, 1, 0, "too_large");
    expect_keys(0, 200000, 1, "-");
    expect_keys(0, 1 << 20, 0, "too_large");
}

/* The worst page that fits: its dead letters must fit as well. */
static void page_of_nothing(void **state)
{
    const size_t n = (256 << 10) - 1;
    char *p = malloc(n);
    struct rig r;

    (void)state;
    assert_non_null(p);
    p[0] = '[';
    for (size_t i = 1; i < n; i++)
        p[i] = i % 2 == 1 ? '0' : ',';
    p[n - 1] = ']';
    rig_open(&r, NULL);
    rig_assign(&r, 0, -1, "");
    rig_commit(&r);
    feed(&r, (struct slice){ p, n }, (struct slice){ NULL, 0 });
    assert_int_equal(out_dead_count(r.out, DEAD_SHAPE), n / 2);
    assert_true(out_bytes(r.out) < (size_t)64 << 20);
    rig_close(&r);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),
        cmocka_unit_test(sizes),
        cmocka_unit_test(keys),
        cmocka_unit_test(page_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
