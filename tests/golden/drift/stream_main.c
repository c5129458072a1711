/* SPDX-License-Identifier: MIT */
/* Writes a made-up stream for verify.py: DIR/baseline.json and DIR/scores.jsonl. */
#include <stdio.h>
#include <stdlib.h>

#include "record/mark.h"
#include "record/score.h"
#include "support/drift/stream.h"

#define HOUR INT64_C(3600000)

static const struct stream_conf conf = {
    .seed = 3,
    .order = 1,
    .sources = 1,
    .parts = 1,
    .records = 1400,
    .videos = 40,
    .start_ms = INT64_C(1753275600000) + 1234,
    .span_ms = 4 * HOUR,
    .gap_at = 0.4,
    .gap_ms = 2 * HOUR,
    .shift_from = 0.45,
    .shift_to = 0.75,
    .ends = true,
};

static enum status put_line(struct wire *w, const struct stage_rec *rec, FILE *f, struct err *err)
{
    struct arena *a = arena_new(1 << 20);
    bool is_mark = rec->nhdr > 0;
    union {
        struct mark mark;
        struct score score;
    } u;
    enum record_kind kind = is_mark ? RECORD_MARK : RECORD_SCORE;
    enum status st = wire_decode(w, kind, rec->value, &u, a, err);
    struct buf b;

    buf_init(&b, 1 << 20);
    if (is_mark)
        buf_str(&b, "{\"absa_kind\":\"mark\",");
    size_t at = b.n;
    if (st == ST_OK)
        st = wire_to_json(kind, &u, &b, err);
    if (st == ST_OK && is_mark)
        b.p[at] = ' '; /* its opening brace */
    if (st == ST_OK && fprintf(f, "%.*s\n", (int)b.n, b.p) < 0)
        st = err_set(err, ST_RETRY, "cannot write");
    buf_release(&b);
    arena_free(a);
    return st;
}

static FILE *open_in(const char *dir, const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return fopen(path, "w");
}

static enum status write_all(const char *dir, struct wire *w, struct err *err)
{
    const struct topology topo = topology_make(1, 1, 1);
    struct baseline *base = stream_baseline(5000);
    struct check_log *log = check_log_new(&topo);
    FILE *scores = open_in(dir, "scores.jsonl");
    FILE *file = open_in(dir, "baseline.json");
    struct buf b;
    enum status st = base && log && scores && file ? stream_write(&conf, w, log, err) : ST_FATAL;

    buf_init(&b, BASELINE_BYTES_MAX);
    if (st == ST_OK)
        st = baseline_write(base, &b, err);
    if (st == ST_OK && fwrite(b.p, 1, b.n, file) != b.n)
        st = err_set(err, ST_RETRY, "cannot write");
    for (size_t i = 0; st == ST_OK && i < check_log_n(log, TOPIC_SCORES, 0); i++)
        st = put_line(w, check_log_at(log, TOPIC_SCORES, 0, i), scores, err);
    if (file && fclose(file) != 0)
        st = ST_RETRY;
    if (scores && fclose(scores) != 0)
        st = ST_RETRY;
    buf_release(&b);
    check_log_free(log);
    baseline_free(base);
    return st;
}

int main(int argc, char **argv)
{
    struct wire *w = NULL;
    struct err err = { { 0 } };
    enum status st;

    if (argc != 2)
        return 64;
    st = wire_new(NULL, &w, &err);
    if (st == ST_OK)
        st = write_all(argv[1], w, &err);
    if (st != ST_OK)
        (void)fprintf(stderr, "%s\n", err.msg);
    wire_free(w);
    return st == ST_OK ? 0 : 70;
}
