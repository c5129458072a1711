/* SPDX-License-Identifier: MIT */
/* Each folder here is a case: raw records in, lines out, to the byte.
 *
 *     in      a raw record a line; @name=value sets a header of those that follow
 *             (@name= takes it away), @end feeds the control record
 *     conf    skew_ms, step_ms, time_unit as name = value; may be empty
 *     want    what ingest wrote: comments and marks by partition, then dead letters
 *
 * ABSA_GOLDEN_WRITE=1 writes want anew: read the difference before you keep it. */
#include "support/check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "consumers/ingest/stage.h"
#include "pipe/transcode.h"

#define FOLDER "tests/golden/ingest"

enum { PARTS = 2, HEADERS_MAX = 8, LINE_MAX_ = 1 << 16, OUT_MAX = 1 << 22 };

struct bench {
    struct topology topo;
    struct wire *wire;
    struct stage stage;
    struct out *out;
    struct arena *arena; /* headers, for the whole case */
    struct hdr hdr[HEADERS_MAX];
    size_t nhdr;
    int64_t offset;
};

static FILE *open_in(const char *name, const char *file, const char *mode)
{
    char path[512];

    snprintf(path, sizeof(path), FOLDER "/%s/%s", name, file);
    FILE *f = fopen(path, mode);
    if (!f)
        fail_msg("cannot open %s", path);
    return f;
}

static enum time_unit unit_of(const char *name)
{
    static const char *const names[] = { "none", "s", "ms", "us", "ns" };
    int i = TIME_UNIT_NS;

    while (i > TIME_UNIT_NONE && strcmp(name, names[i]) != 0)
        i--;
    return (enum time_unit)i;
}

static struct ingest_conf read_conf(const char *name)
{
    struct ingest_conf conf = ingest_conf_default();
    FILE *f = open_in(name, "conf", "r");
    char key[64];
    char value[64];

    while (fscanf(f, "%63s = %63s", key, value) == 2) {
        if (strcmp(key, "skew_ms") == 0)
            conf.skew_ms = strtoll(value, NULL, 10);
        else if (strcmp(key, "step_ms") == 0)
            conf.step_ms = strtoll(value, NULL, 10);
        else if (strcmp(key, "time_unit") == 0)
            conf.rules.time_unit = unit_of(value);
        else
            fail_msg("%s: unknown %s", name, key);
    }
    fclose(f);
    return conf;
}

static void set_header(struct bench *b, struct slice line)
{
    const char *eq = memchr(line.p, '=', line.n);
    size_t i = 0;

    assert_non_null(eq);
    const struct slice name = { line.p, (size_t)(eq - line.p) };
    const struct slice value = { eq + 1, line.n - name.n - 1 };
    while (i < b->nhdr && !slice_eq(b->hdr[i].name, name))
        i++;
    assert_true(i < HEADERS_MAX);
    b->hdr[i] = (struct hdr){ arena_copy(b->arena, name), arena_copy(b->arena, value) };
    if (i == b->nhdr)
        b->nhdr++;
    if (value.n == 0)
        b->hdr[i] = b->hdr[--b->nhdr];
}

static void feed(struct bench *b, struct slice value, const struct hdr *hdr, size_t nhdr)
{
    const struct stage_rec rec = { .topic = TOPIC_RAW,
                                   .offset = b->offset++,
                                   .arrival_ms = -1,
                                   .value = value,
                                   .hdr = hdr,
                                   .nhdr = nhdr };
    struct err err = { 0 };
    size_t used = 0;

    if (b->stage.ops->process(b->stage.ctx, 0, &rec, 1, &used, b->out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(used, 1);
}

static void feed_line(struct bench *b, struct slice line)
{
    static const char end[] = "@end";
    const struct hdr control = { slice_str("absa-kind"), slice_str("end") };

    if (slice_is(line, end))
        feed(b, (struct slice){ "", 0 }, &control, 1);
    else if (line.n > 0 && line.p[0] == '@')
        set_header(b, (struct slice){ line.p + 1, line.n - 1 });
    else
        feed(b, line, b->hdr, b->nhdr);
}

static void print_topic(struct bench *b, enum topic_id topic, int32_t part, struct buf *text)
{
    struct err err = { 0 };

    for (size_t i = 0; i < out_n(b->out); i++) {
        const struct out_rec *rec = out_at(b->out, i);

        if (rec->topic != topic || rec->part != part)
            continue;
        buf_fmt(text, "%s/%d ", topic_table[topic].name, (int)part);
        if (transcode_out(b->wire, rec, b->arena, text, &err) != ST_OK)
            fail_msg("%s", err.msg);
    }
}

static void run(const char *name, struct buf *text)
{
    static char line[LINE_MAX_];
    const struct ingest_conf conf = read_conf(name);
    struct bench b = { .topo = topology_make(1, PARTS, 1), .arena = arena_new(64 << 20) };
    struct stage_resume resume = { .offset = -1 };
    struct err err = { 0 };
    FILE *f = open_in(name, "in", "rb");

    assert_int_equal(wire_new(NULL, &b.wire, &err), ST_OK);
    assert_int_equal(ingest_stage_new(&conf, b.wire, &b.topo, &b.stage, &err), ST_OK);
    b.out = out_new(b.wire, &b.topo, (struct out_limits){ 100000, 64 << 20 });
    assert_non_null(b.out);
    assert_int_equal(b.stage.ops->assign(b.stage.ctx, 0, &resume, b.out, &err), ST_OK);
    while (fgets(line, sizeof(line), f)) {
        struct slice s = slice_str(line);
        if (s.n > 0 && s.p[s.n - 1] == '\n')
            s.n--;
        feed_line(&b, s);
    }
    fclose(f);
    for (int32_t p = 0; p < PARTS; p++)
        print_topic(&b, TOPIC_COMMENTS, p, text);
    print_topic(&b, TOPIC_DEAD, 0, text);
    stage_close(&b.stage);
    out_free(b.out);
    wire_free(b.wire);
    arena_free(b.arena);
}

/* The first line in which two texts differ. */
static int first_difference(struct slice a, struct slice b)
{
    int line = 1;

    for (size_t i = 0; i < a.n && i < b.n && a.p[i] == b.p[i]; i++)
        line += a.p[i] == '\n';
    return line;
}

static void compare(const char *name, struct slice got)
{
    char *p = malloc(OUT_MAX);
    FILE *f;

    assert_non_null(p);
    if (getenv("ABSA_GOLDEN_WRITE")) {
        f = open_in(name, "want", "wb");
        fwrite(got.p, 1, got.n, f);
        fclose(f);
    }
    f = open_in(name, "want", "rb");
    const struct slice want = { p, fread(p, 1, OUT_MAX, f) };
    fclose(f);
    if (!slice_eq(got, want))
        fail_msg("%s: line %d of want differs; got:\n%.*s", name, first_difference(got, want),
                 (int)got.n, got.p);
    free(p);
}

static void cases(void **state)
{
    DIR *d = opendir(FOLDER);
    const struct dirent *e;
    int n = 0;

    (void)state;
    assert_non_null(d);
    while ((e = readdir(d))) {
        struct buf text;

        if (e->d_name[0] == '.' || strchr(e->d_name, '.') != NULL)
            continue;
        buf_init(&text, OUT_MAX);
        run(e->d_name, &text);
        assert_false(buf_failed(&text));
        compare(e->d_name, buf_slice(&text));
        buf_release(&text);
        n++;
    }
    closedir(d);
    printf("# %d cases\n", n);
    assert_true(n >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
