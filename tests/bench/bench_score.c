/* SPDX-License-Identifier: MIT */
/* bench_score.c -- scoring on one core: features alone, the bundle, and the whole
 * stage (decode, features, boosters, sightings, encode). Prints a line each:
 * comments a second, and the peak of memory.
 *
 *     bench_score [FILE]    a text a line; else texts made of a few sentences
 *
 * ABSA_BUNDLE names another bundle than the default one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "consumers/score/stage.h"
#include "file/file.h"
#include "model/default_dir.h"
#include "model/tables.h"
#include "record/comment.h"
#include "score/feature.h"
#include "support/cpu.h"
#include "support/must.h"
#include "support/prop.h"

enum { TEXTS = 4096, TEXT_MAX = 512, ARENA_MAX = 256 << 20 };

static char texts[TEXTS][TEXT_MAX];
static size_t rounds = 12; /* one, when MiniLM is asked */

static void report(const char *what, double seconds)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    printf("%-10s %9.0f comments/s a core, %6.2f us each, peak %ld MiB\n", what,
           (double)(TEXTS * rounds) / seconds, seconds / (double)(TEXTS * rounds) * 1e6,
           use.ru_maxrss / 1024);
}

static void make_texts(const char *path)
{
    static const char *const parts[] = { "This product is amazing but the shipping was slow. ",
                                         "I love this song sooooo much!!! ",
                                         "worst app ever, it crashes all the time ",
                                         "what is the name of the song? ",
                                         "\xF0\x9F\x98\x82\xF0\x9F\x98\x82 ",
                                         "not bad at all, actually really nice " };
    struct prop p = { .state = 1 };
    FILE *f = path ? fopen(path, "r") : NULL;

    for (size_t i = 0; i < TEXTS; i++) {
        if (f && !fgets(texts[i], TEXT_MAX, f)) {
            rewind(f);
            if (!fgets(texts[i], TEXT_MAX, f))
                exit(65);
        }
        for (size_t k = 0, n = 0; !f && k < 1 + prop_below(&p, 3) && n < TEXT_MAX; k++)
            n += (size_t)snprintf(texts[i] + n, TEXT_MAX - n, "%s", parts[prop_below(&p, 6)]);
    }
    if (f)
        fclose(f);
}

/* The tables of the default bundle, up to but not with the one named. */
static void load_tables(struct tables *t, enum bundle_table end)
{
    struct err err = { 0 };

    must_do(tables_init(t, &err), &err);
    for (enum bundle_table i = 0; i < end; i++) {
        char path[FILE_PATH_MAX];
        struct buf bytes;

        buf_init(&bytes, BUNDLE_FILE_MAX);
        must_do(file_path(bundle_dir(""), slice_str(table_files[i]), path, &err), &err);
        must_do(file_read(path, &bytes, &err), &err);
        must_do(tables_use(t, i, buf_slice(&bytes), &err), &err);
        buf_release(&bytes);
    }
}

/* Tokens, lexicon, surface; with the encoder also pieces and vectors: no XGBoost. */
static void bench_features(const char *name, enum bundle_table end)
{
    struct arena *a = arena_new(ARENA_MAX);
    struct err err = { 0 };
    struct tables t;
    double sum = 0.0;
    double t0;

    load_tables(&t, end);
    t0 = cpu_s();
    for (size_t i = 0; i < TEXTS * rounds; i++) {
        struct facts facts = { slice_str(texts[i % TEXTS]), false };
        struct reading r;

        arena_reset(a);
        must_do(tables_read(&t, &facts, a, &r, &err), &err);
        for (size_t k = 0; k < feature_n; k++)
            sum += feature_table[k].of(&r);
    }
    report(sum > 0.0 ? name : "", cpu_s() - t0);
    arena_free(a);
    tables_release(&t);
}

static void bench_bundle(struct bundle *b)
{
    static struct scored scored[BUNDLE_BATCH_MAX];
    struct facts facts[BUNDLE_BATCH_MAX];
    struct arena *a = arena_new(ARENA_MAX);
    struct err err = { 0 };
    double t0 = cpu_s();

    for (size_t at = 0; at < TEXTS * rounds; at += BUNDLE_BATCH_MAX) {
        for (size_t i = 0; i < BUNDLE_BATCH_MAX; i++)
            facts[i] = (struct facts){ slice_str(texts[(at + i) % TEXTS]), false };
        arena_reset(a);
        must_do(bundle_score(b, facts, BUNDLE_BATCH_MAX, a, scored, &err), &err);
    }
    report("bundle", cpu_s() - t0);
    arena_free(a);
}

/* Encodes all texts as comments, each with an id of its own in each round. */
static void make_records(struct wire *w, struct stage_rec *in, struct buf *bytes, size_t round)
{
    static size_t ends[TEXTS + 1];
    struct err err = { 0 };

    buf_clear(bytes);
    for (size_t i = 0; i < TEXTS; i++) {
        char id[32];
        struct comment c = { .text = slice_str(texts[i]), .video_id = slice_str("7123456789") };

        snprintf(id, sizeof(id), "%zu%06zu", round, i);
        c.comment_id = slice_str(id);
        c.origin.arrival_ms = INT64_C(1763900000000) + (int64_t)i;
        must_do(wire_encode(w, RECORD_COMMENT, &c, bytes, &err), &err);
        ends[i + 1] = bytes->n;
    }
    for (size_t i = 0; i < TEXTS; i++) {
        in[i] = (struct stage_rec){ .topic = TOPIC_COMMENTS,
                                    .offset = (int64_t)i,
                                    .key = slice_str("7123456789"),
                                    .value = { bytes->p + ends[i], ends[i + 1] - ends[i] } };
    }
}

static void bench_stage(struct bundle *b)
{
    static struct stage_rec in[TEXTS];
    const struct topology topo = topology_make(1, 1, 1);
    const struct score_conf conf = { "", INT64_C(7) * 86400000, 2000000 };
    struct stage_resume fresh = { .offset = -1 };
    struct stage stage = { NULL, NULL };
    struct wire *w = NULL;
    struct err err = { 0 };
    struct out *out;
    struct buf bytes;
    double total = 0.0;

    buf_init(&bytes, ARENA_MAX);
    must_do(wire_new(NULL, &w, &err), &err);
    must_do(score_stage_new(&conf, w, &topo, b, &stage, &err), &err);
    out = out_new(w, &topo, (struct out_limits){ 2000, 8 << 20 });
    must_do(stage.ops->assign(stage.ctx, 0, &fresh, out, &err), &err);
    for (size_t round = 0; round < rounds; round++) {
        double t0;

        make_records(w, in, &bytes, round);
        t0 = cpu_s();
        for (size_t at = 0, used = 0; at < TEXTS; at += used) {
            must_do(stage.ops->process(stage.ctx, 0, in + at, TEXTS - at, &used, out, &err), &err);
            if (used == 0 || out_n(out) >= 1024)
                out_clear(out);
        }
        total += cpu_s() - t0;
        out_clear(out);
    }
    report("stage", total);
    out_free(out);
    stage_close(&stage);
    wire_free(w);
    buf_release(&bytes);
}

int main(int argc, char **argv)
{
    struct bundle *b = NULL;
    struct err err = { 0 };

    make_texts(argc > 1 ? argv[1] : NULL);
    must_do(bundle_load(bundle_dir(""), &b, &err), &err);
    bench_features("features", TABLE_VOCABULARY);
    bench_features("+ vectors", TABLE_GRAPH);
    if (slice_is(bundle_info(b)->encoder, "minilm") || slice_is(bundle_info(b)->encoder, "cascade"))
        rounds = 1;
    bench_bundle(b);
    bench_stage(b);
    bundle_free(b);
    return 0;
}
