/* SPDX-License-Identifier: MIT */
#include "producers/import/feed.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/file.h"
#include "producers/import/order.h"

struct run {
    const struct feed *feed;
    struct order *order; /* FEED_CREATED */
    int64_t done;        /* bytes of the files before this one */
    int64_t total;
};

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Adds up the sizes, so that a name that is wrong is found before the first
 * record has left. */
static enum status check_files(struct run *r, struct err *err)
{
    for (size_t i = 0; i < r->feed->n; i++) {
        const char *path = r->feed->paths[i];
        struct stat sb;

        if (is_stdin(path))
            continue;
        if (stat(path, &sb) != 0 || access(path, R_OK) != 0)
            return file_away(path, err);
        if (S_ISDIR(sb.st_mode))
            return err_set(err, ST_FATAL, "unavailable: %s: is a folder", path);
        r->total += sb.st_size;
    }
    return ST_OK;
}

static enum status take(struct run *r, const struct raw_record *rec, struct err *err)
{
    const struct feed *f = r->feed;

    if (r->order)
        return order_add(r->order, rec, err);
    return f->take(f->ctx, rec, f->arrival == FEED_NOW ? f->now_ms : -1, err);
}

static enum status split_all(struct run *r, struct split *s, struct err *err)
{
    const struct feed *f = r->feed;
    struct raw_record rec;
    bool more = true;

    for (;;) {
        enum status st = split_next(s, &rec, &more, err);

        if (st == ST_OK && more)
            st = take(r, &rec, err);
        if (st != ST_OK || !more)
            return st;
        if (f->progress)
            f->progress(f->ctx, r->done + split_position(s), r->total);
    }
}

static enum status read_file(struct run *r, const char *path, struct err *err)
{
    FILE *in = is_stdin(path) ? stdin : fopen(path, "rb");
    struct split *s = NULL;

    if (!in)
        return file_away(path, err);
    enum status st = split_new(in, is_stdin(path) ? "stdin" : path, &s, err);
    if (st == ST_OK)
        st = split_all(r, s, err);
    if (st == ST_OK)
        r->done += split_position(s);
    else if (st == ST_REJECT)
        err_prefix(err, "%s", path);
    split_free(s);
    if (in != stdin)
        fclose(in);
    return st;
}

static enum status take_ordered(struct run *r, struct err *err)
{
    const struct feed *f = r->feed;
    struct raw_record rec;
    int64_t arrival_ms;
    bool more = true;

    order_sort(r->order);
    for (;;) {
        enum status st = order_next(r->order, &rec, &arrival_ms, &more, err);

        if (st == ST_OK && more)
            st = f->take(f->ctx, &rec, arrival_ms, err);
        if (st != ST_OK || !more)
            return st;
    }
}

enum status feed_run(const struct feed *f, struct err *err)
{
    struct run r = { .feed = f };
    enum status st = check_files(&r, err);

    if (st == ST_OK && f->arrival == FEED_CREATED)
        st = order_new(f->rules, f->now_ms, &r.order, err);
    for (size_t i = 0; st == ST_OK && i < f->n; i++)
        st = read_file(&r, f->paths[i], err);
    if (st == ST_OK && r.order)
        st = take_ordered(&r, err);
    order_free(r.order);
    return st;
}
