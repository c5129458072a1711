/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipe/lines.h"
#include "pipe/transcode.h"
#include "record/comment.h"

/* A stage that passes comments and marks on to scores as they are; what is not
 * Avro is a dead letter. */
static enum status pass_assign(void *ctx, int32_t part, struct stage_resume *resume,
                               struct out *out, struct err *err)
{
    (void)ctx, (void)part, (void)resume, (void)out, (void)err;
    return ST_OK;
}

static enum status pass_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                size_t *used, struct out *out, struct err *err)
{
    (void)ctx, (void)err;
    for (*used = 0; *used < n; (*used)++) {
        const struct stage_rec *r = &in[*used];
        const struct out_rec o = { TOPIC_COMMENTS, part, r->key, r->value, r->hdr, r->nhdr };
        bool framed = r->value.n > WIRE_FRAME_LEN && r->value.p[0] == 0;
        out_open(out);
        enum out_rc rc =
            framed ? out_put(out, &o) : out_dead(out, "pass", r, -1, DEAD_SCHEMA, "no frame");
        if (rc != OUT_OK) {
            out_undo(out);
            break;
        }
    }
    return ST_OK;
}

static enum status pass_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                   struct err *err)
{
    (void)ctx, (void)part, (void)meta, (void)out, (void)err;
    return ST_OK;
}

static const struct stage_ops pass_ops = { .name = "pass",
                                           .input = TOPIC_COMMENTS,
                                           .assign = pass_assign,
                                           .process = pass_process,
                                           .checkpoint = pass_checkpoint };

static const struct stage pass = { &pass_ops, NULL };

static FILE *file_with(const char *text, size_t n)
{
    FILE *f = tmpfile();

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    rewind(f);
    return f;
}

/* Runs the stage over text; what it wrote is in got, NUL-terminated. */
static enum status run(struct slice text, const char *dead_file, struct buf *got, struct err *err)
{
    struct wire *w;
    FILE *in = file_with(text.p, text.n);
    FILE *out = tmpfile();
    char piece[4096];
    size_t n;

    assert_non_null(out);
    assert_int_equal(wire_new(NULL, &w, err), ST_OK);
    struct pipe_lines lines = { .stages = &pass,
                                .n = 1,
                                .wire = w,
                                .fd = fileno(in),
                                .dead_file = dead_file,
                                .arrival_ms = -1 };
    lines.to[TOPIC_COMMENTS] = out;
    enum status st = pipe_lines_run(&lines, err);
    rewind(out);
    buf_init(got, 64 << 20);
    while ((n = fread(piece, 1, sizeof(piece), out)) > 0)
        buf_add(got, piece, n);
    buf_byte(got, '\0');
    fclose(in);
    fclose(out);
    wire_free(w);
    return st;
}

#define ORIGIN                                                                                     \
    "\"created_ms\":1,\"shape\":\"S1\",\"src\":0,\"src_offset\":5,\"arrival_ms\":2,\"src_wm_ms\":" \
    "-9"

static const char comment_line[] =
    "{\"comment_id\":\"7\",\"video_id\":\"v\",\"text\":\"says \\\"absa_kind\\\": \\\"mark\\\"\","
    "\"likes\":3," ORIGIN "}";
static const char no_video_line[] = "{\"comment_id\":\"9\",\"text\":\"\"," ORIGIN "}";
static const char mark_line[] =
    "{\"absa_kind\": \"mark\", \"src\": 0, \"src_count\": 1, \"next_offset\": 6, \"wm_ms\": 5, "
    "\"floor_ms\": -9223372036854775808, \"kind\": \"data\", \"seq\": 1, \"n_since_last\": -1}";

static void test_lines_come_back(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct buf once;
    struct buf twice;
    char text[2048];

    snprintf(text, sizeof(text), "%s\n\n  \n%s\n%s", comment_line, mark_line, comment_line);
    assert_int_equal(run(slice_str(text), NULL, &once, &err), ST_OK);
    assert_non_null(strstr(once.p, "\"comment_id\":\"7\""));
    assert_non_null(strstr(once.p, "\n{\"absa_kind\":\"mark\",\"src\":0,"));
    assert_non_null(strstr(once.p, "\"likes\":3"));
    /* What a stage writes, the next one reads unchanged. */
    assert_int_equal(run(slice_str(once.p), NULL, &twice, &err), ST_OK);
    assert_string_equal(once.p, twice.p);
    buf_release(&once);
    buf_release(&twice);
}

static void test_bad_lines_are_dead_letters(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct buf got;
    char name[] = "/tmp/absa-test-lines-XXXXXX";
    char text[2048];
    char dead[2048] = { 0 };

    snprintf(text, sizeof(text), "%s\nnot json\n{\"likes\":\"many\"}\n%s\n", comment_line,
             comment_line);
    assert_int_equal(run(slice_str(text), NULL, &got, &err), ST_REJECT);
    assert_string_equal(err.msg, "2 records were refused: 2 schema; --dead FILE keeps them");
    buf_release(&got);

    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(run(slice_str(text), name, &got, &err), ST_OK);
    assert_true(read(fd, dead, sizeof(dead) - 1) > 0);
    assert_non_null(strstr(dead, "\"reason\":\"schema\""));
    assert_non_null(strstr(dead, "bm90IGpzb24=")); /* not json */
    close(fd);
    unlink(name);
    buf_release(&got);
}

static void test_a_line_without_end(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct buf text;
    struct buf got;

    buf_init(&text, 64 << 20);
    buf_str(&text, comment_line);
    buf_byte(&text, '\n');
    memset(buf_extend(&text, (size_t)2 * PIPE_LINE_MAX + 12345), 'x',
           (size_t)2 * PIPE_LINE_MAX + 12345);
    buf_byte(&text, '\n');
    buf_str(&text, comment_line);
    assert_false(buf_failed(&text));
    assert_int_equal(run(buf_slice(&text), NULL, &got, &err), ST_REJECT);
    assert_string_equal(err.msg, "1 record was refused: 1 schema; --dead FILE keeps them");
    char *first = strstr(got.p, "\"comment_id\"");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "\"comment_id\""));
    buf_release(&text);
    buf_release(&got);
}

static void test_keys(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct wire *w;
    struct arena *a = arena_new(1 << 20);
    struct stage_rec rec = { 0 };

    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    assert_int_equal(transcode_in(w, TOPIC_COMMENTS, slice_str(comment_line), a, &rec, &err),
                     ST_OK);
    assert_true(slice_is(rec.key, "v"));
    assert_int_equal(rec.nhdr, 0);
    rec = (struct stage_rec){ 0 };
    assert_int_equal(transcode_in(w, TOPIC_COMMENTS, slice_str(no_video_line), a, &rec, &err),
                     ST_OK);
    assert_true(slice_is(rec.key, "9"));
    rec = (struct stage_rec){ 0 };
    assert_int_equal(transcode_in(w, TOPIC_RAW, slice_str("anything"), a, &rec, &err), ST_OK);
    assert_true(slice_is(rec.value, "anything"));
    arena_free(a);
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_come_back),
        cmocka_unit_test(test_bad_lines_are_dead_letters),
        cmocka_unit_test(test_a_line_without_end),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
