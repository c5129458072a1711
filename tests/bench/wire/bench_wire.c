/* SPDX-License-Identifier: MIT */
/* Records per CPU second of the codec, for a comment, a score and a pane of 29
 * features. Prints and asserts nothing of time. avro-c's own writer is there to
 * compare: from a value that is already filled, which is not all of its cost.
 *
 *     bench_wire [SECONDS per figure]   (0.2) */
#include <avro.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/comment.h"
#include "record/pane.h"
#include "record/score.h"
#include "support/cpu.h"
#include "support/must.h"
#include "wire/wire.h"

enum { FEATURES = 29, CELLS = 256 };

struct bench {
    struct wire *w;
    struct arena *a;
    struct buf frame;
    struct buf out;
    enum record_kind kind;
    const void *rec;
    avro_value_t value;
    double seconds;
};

static void encode(struct bench *b)
{
    struct err err = { 0 };

    buf_clear(&b->out);
    must_do(wire_encode(b->w, b->kind, b->rec, &b->out, &err), &err);
}

static void decode(struct bench *b)
{
    static char rec[1024];
    struct err err = { 0 };

    arena_reset(b->a);
    must_do(wire_decode(b->w, b->kind, buf_slice(&b->frame), rec, b->a, &err), &err);
}

static void to_json(struct bench *b)
{
    struct err err = { 0 };

    buf_clear(&b->out);
    must_do(wire_to_json(b->kind, b->rec, &b->out, &err), &err);
}

static void from_json(struct bench *b)
{
    static char rec[1024];
    struct err err = { 0 };

    arena_reset(b->a);
    must_do(wire_from_json(b->w, b->kind, buf_slice(&b->out), rec, b->a, &err), &err);
}

static void avro_c_writes(struct bench *b)
{
    static char bytes[1 << 20];
    avro_writer_t w = avro_writer_memory(bytes, sizeof(bytes));

    if (avro_value_write(w, &b->value) != 0)
        exit(70);
    avro_writer_free(w);
}

static void measure(struct bench *b, const char *what, void (*once)(struct bench *))
{
    double start = cpu_s();
    double spent = 0;
    long n = 0;

    once(b);
    while (spent < b->seconds) {
        for (int i = 0; i < 10; i++)
            once(b);
        n += 10;
        spent = cpu_s() - start;
    }
    printf("%-10s %-16s %12.0f records/s\n",
           b->kind == RECORD_PANE    ? "pane"
           : b->kind == RECORD_SCORE ? "score"
                                     : "comment",
           what, (double)n / spent);
}

static void run(struct bench *b, enum record_kind kind, const void *rec)
{
    struct slice text = wire_schema_text(kind);
    avro_schema_t schema = NULL;
    struct err err = { 0 };

    b->kind = kind;
    b->rec = rec;
    buf_clear(&b->frame);
    must_do(wire_encode(b->w, kind, rec, &b->frame, &err), &err);
    if (avro_schema_from_json_length(text.p, text.n, &schema) != 0)
        exit(70);
    avro_value_iface_t *iface = avro_generic_class_from_schema(schema);
    avro_generic_value_new(iface, &b->value);
    avro_reader_t r =
        avro_reader_memory(b->frame.p + WIRE_FRAME_LEN, (int64_t)(b->frame.n - WIRE_FRAME_LEN));
    if (avro_value_read(r, &b->value) != 0)
        exit(70);
    printf("%zu bytes\n", b->frame.n);
    measure(b, "encode", encode);
    measure(b, "avro-c's writer", avro_c_writes);
    measure(b, "decode", decode);
    measure(b, "to JSON", to_json);
    measure(b, "from JSON", from_json);
    avro_reader_free(r);
    avro_value_decref(&b->value);
    avro_value_iface_decref(iface);
    avro_schema_decref(schema);
}

static void run_pane(struct bench *b)
{
    static int32_t cells[CELLS];
    static int64_t counts[CELLS];
    static int64_t sums[CELLS];
    static struct pane_feature feature[FEATURES];
    struct pane_delta delta = { .segment = slice_str("all"), .n = 5000 };
    struct pane pane = { .run = 1, .from_offset = 812, .to_offset = 5812 };

    for (int i = 0; i < CELLS; i++) {
        cells[i] = i;
        counts[i] = 10 + i % 19;
        sums[i] = (int64_t)i * 1000003;
    }
    for (int i = 0; i < FEATURES; i++) {
        feature[i] = (struct pane_feature){ .index = i,
                                            .n = 5000,
                                            .max = 1,
                                            .cells = { cells, CELLS },
                                            .counts = { counts, CELLS },
                                            .sums = { sums, CELLS } };
    }
    delta.features = (struct pane_feature_list){ feature, FEATURES };
    pane.deltas = (struct pane_delta_list){ &delta, 1 };
    run(b, RECORD_PANE, &pane);
}

int main(int argc, char **argv)
{
    struct bench b = { .seconds = argc > 1 ? strtod(argv[1], NULL) : 0.2 };
    static double features[25] = { 0.5, 1, 0, 12, 3.25 };
    struct aspect aspect = { slice_str("food"), slice_str("pizza"), 4, 9, 0.5 };
    struct comment c = { .comment_id = slice_str("7522631316479790391"),
                         .video_id = slice_str("7522631316479790390"),
                         .user = slice_str("0123456789abcdef0123456789abcdef"),
                         .text = slice_str("This product is amazing but the shipping was slow"),
                         .lang = slice_str("en"),
                         .created_ms = 1753275600000,
                         .shape = slice_str("S1") };
    struct score s = { .comment_id = c.comment_id,
                       .video_id = c.video_id,
                       .lang = c.lang,
                       .created_ms = c.created_ms,
                       .sentiment_score = 0.3,
                       .confidence = 0.9,
                       .aspects_detected = { &aspect, 1 },
                       .features = { features, 25 },
                       .model = slice_str("default"),
                       .model_version = slice_str("1"),
                       .encoder = slice_str("none"),
                       .bundle_sha256 = slice_str("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934"
                                                  "ca495991b7852b855") };
    struct err err = { 0 };

    must_do(wire_new(NULL, &b.w, &err), &err);
    b.a = arena_new(64 << 20);
    buf_init(&b.frame, WIRE_RECORD_MAX);
    buf_init(&b.out, WIRE_RECORD_MAX);
    run(&b, RECORD_COMMENT, &c);
    run(&b, RECORD_SCORE, &s);
    run_pane(&b);
    buf_release(&b.frame);
    buf_release(&b.out);
    arena_free(b.a);
    wire_free(b.w);
    return 0;
}
