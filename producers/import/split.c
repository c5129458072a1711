/* SPDX-License-Identifier: MIT */
#include "producers/import/split.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "ingest/field.h"
#include "producers/import/rows.h"
#include "producers/import/scan.h"
#include "producers/import/window.h"
#include "wire/json.h"

enum { VIDEO_DIGITS_MIN = 17, VIDEO_DIGITS_MAX = 20, ARENA_MAX = 1 << 20 };
enum { NAME_MAX_BYTES = 4096 }; /* of a video id or URL, as JSON */

enum mode {
    MODE_LINES,
    MODE_ARRAY, /* elements of an array              */
    MODE_DOCS,  /* values that need not end at a line */
    MODE_ROWS,
};

struct split {
    struct window w;
    enum mode mode;
    struct rows *rows; /* MODE_ROWS */
    char *path;
    struct slice file;
    struct slice video; /* of the file's name */
    int64_t row;
    size_t held; /* bytes of the window that the last record borrows */

    /* The wrapper that is being taken apart: list is its comments[]. */
    struct slice list;
    size_t list_at;
    struct arena *arena; /* for list_video */
    struct slice list_video;
};

/* The file's name without its folders, and the run of digits in it that is long
 * enough for a video id: TTCommentExporter-7522631316479790391-3522-comments.csv */
static void read_name(struct split *s)
{
    const char *slash = strrchr(s->path, '/');

    s->file = slice_str(slash ? slash + 1 : s->path);
    for (size_t i = 0, n = 0; i <= s->file.n; i++) {
        if (i < s->file.n && isdigit((unsigned char)s->file.p[i])) {
            n++;
            continue;
        }
        if (n >= VIDEO_DIGITS_MIN && n <= VIDEO_DIGITS_MAX) {
            s->video = (struct slice){ s->file.p + i - n, n };
            return;
        }
        n = 0;
    }
}

/* There is more, and the window holds no more. */
static enum status too_long(const char *what, struct err *err)
{
    return err_set(err, ST_REJECT,
                   "a %s of over %d MiB: make JSON lines of it (jq -c '.comments[]' FILE)", what,
                   SPLIT_DOC_MAX >> 20);
}

/* Reads on until the window holds a whole line (with its end), or the file ends. */
static enum status line_in_view(struct window *w, struct slice *line, struct err *err)
{
    bool grown = true;

    for (;;) {
        const struct slice v = window_view(w);
        const char *end = memchr(v.p, '\n', v.n);

        if (!end && !grown && !w->eof)
            return too_long("line", err);
        if (end || !grown) {
            *line = (struct slice){ v.p, end ? (size_t)(end - v.p) + 1 : v.n };
            return ST_OK;
        }
        if (window_more(w, &grown, err) != ST_OK)
            return ST_FATAL;
    }
}

/* The same for a value that begins at the first byte. */
static enum status value_in_view(struct window *w, struct slice *value, struct err *err)
{
    bool grown = true;

    for (;;) {
        const struct slice v = window_view(w);
        const size_t end = scan_value(v, 0);

        if (end == 0 && !grown && !w->eof)
            return too_long("JSON document", err);
        if (end > 0 || !grown) {
            *value = (struct slice){ v.p, end > 0 ? end : v.n };
            return ST_OK;
        }
        if (window_more(w, &grown, err) != ST_OK)
            return ST_FATAL;
    }
}

/* Steps over white space and bytes of also. */
static enum status skip_space(struct window *w, const char *also, struct err *err)
{
    bool grown = true;

    while (grown) {
        window_pass(w, scan_space(window_view(w), 0, also));
        if (window_view(w).n > 0)
            return ST_OK;
        if (window_more(w, &grown, err) != ST_OK)
            return ST_FATAL;
    }
    return ST_OK;
}

static bool ends_with(const char *path, const char *ext)
{
    const size_t n = strlen(path);
    const size_t e = strlen(ext);

    return n >= e && strcmp(path + n - e, ext) == 0;
}

/* Looks at the head of the file: is it JSON, and of which kind? */
static enum status sniff(struct split *s, struct err *err)
{
    static const char bom[] = "\xEF\xBB\xBF";
    struct slice line;
    bool grown;

    if (window_more(&s->w, &grown, err) != ST_OK)
        return ST_FATAL;
    const struct slice head = window_view(&s->w);
    if (head.n >= 3 && memcmp(head.p, bom, 3) == 0)
        window_pass(&s->w, 3);
    if (ends_with(s->path, ".csv") || ends_with(s->path, ".tsv")) {
        s->mode = MODE_ROWS;
        return ST_OK;
    }
    enum status st = skip_space(&s->w, "", err);
    if (st == ST_OK)
        st = line_in_view(&s->w, &line, err);
    if (st != ST_OK)
        return st;
    const size_t end = scan_value(line, 0);
    const bool whole = end > 0 && scan_space(line, end, "") == line.n;

    if (line.n > 0 && line.p[0] == '[') {
        window_pass(&s->w, 1);
        s->mode = MODE_ARRAY;
    } else if (line.n > 0 && line.p[0] == '{') {
        s->mode = whole ? MODE_LINES : MODE_DOCS;
    } else {
        s->mode = MODE_ROWS;
    }
    return ST_OK;
}

enum status split_new(FILE *f, const char *path, struct split **out, struct err *err)
{
    struct split *s = calloc(1, sizeof(*s));
    enum status st = ST_OK;

    *out = NULL;
    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    window_init(&s->w, f, SPLIT_DOC_MAX);
    s->path = strdup(path);
    s->arena = arena_new(ARENA_MAX);
    if (!s->path || !s->arena)
        st = err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        st = sniff(s, err);
    if (st == ST_OK && s->mode == MODE_ROWS)
        st = rows_new(&s->w, &s->rows, err);
    if (st != ST_OK) {
        split_free(s);
        return st;
    }
    read_name(s);
    *out = s;
    return ST_OK;
}

void split_free(struct split *s)
{
    if (!s)
        return;
    rows_free(s->rows);
    window_release(&s->w);
    arena_free(s->arena);
    free(s->path);
    free(s);
}

/* The video that a wrapper names, for its comments; a name that ingest would
 * refuse is none. */
static enum status read_wrapper_video(struct split *s, struct slice wrapper, struct err *err)
{
    static const char *const keys[] = { "aweme_id", "video_id", "video_url" };
    bool oom = false;

    arena_reset(s->arena);
    s->list_video = (struct slice){ NULL, 0 };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && s->list_video.n == 0; i++) {
        const struct slice text = scan_member(wrapper, keys[i]);
        enum dead_reason reason;
        struct err why;
        json_t *v = NULL;

        if (text.n > 0 && wire_json_parse(text, NAME_MAX_BYTES, 0, &v, &reason, &why) == ST_FATAL)
            oom = true;
        if (!json_is_null(v) && !field_video_id(v, s->arena, &s->list_video, &oom))
            s->list_video = (struct slice){ NULL, 0 };
        json_decref(v);
    }
    return oom ? err_set(err, ST_FATAL, "out of memory") : ST_OK;
}

/* *done: value is a wrapper too large for one record; it is then taken apart. */
static enum status unwrap(struct split *s, struct slice value, bool *done, struct err *err)
{
    struct slice at = value;

    *done = false;
    if (value.n <= WIRE_JSON_RAW_MAX)
        return ST_OK;
    for (int depth = 0; depth < 3 && at.n > 0 && at.p[0] == '{'; depth++) {
        const struct slice list = scan_member(at, "comments");

        if (list.n > 0 && list.p[0] == '[') {
            enum status st = read_wrapper_video(s, at, err);

            if (st == ST_OK && s->list_video.n == 0)
                st = read_wrapper_video(s, value, err);
            s->list = list;
            s->list_at = 0;
            *done = true;
            return st;
        }
        at = scan_member(at, "data");
    }
    return ST_OK;
}

static void emit(struct split *s, struct slice value, struct raw_record *rec)
{
    if (value.n > SPLIT_VALUE_MAX)
        value.n = SPLIT_VALUE_MAX;
    *rec =
        (struct raw_record){ .value = value, .video = s->video, .file = s->file, .row = ++s->row };
}

/* The next line or value of the window; n == 0 at the end of the file. */
static enum status next_value(struct split *s, struct slice *value, struct err *err)
{
    enum status st = skip_space(&s->w, s->mode == MODE_ARRAY ? "," : "", err);

    if (st != ST_OK)
        return st;
    if (s->mode == MODE_ARRAY && window_view(&s->w).n > 0 && window_view(&s->w).p[0] == ']') {
        window_pass(&s->w, 1);
        s->mode = MODE_DOCS; /* whatever stands behind the array */
        st = skip_space(&s->w, "", err);
    }
    if (st == ST_OK)
        st = s->mode == MODE_LINES ? line_in_view(&s->w, value, err)
                                   : value_in_view(&s->w, value, err);
    if (st == ST_OK)
        s->held = value->n;
    return st;
}

static enum status next_row(struct split *s, struct raw_record *rec, bool *more, struct err *err)
{
    *rec = (struct raw_record){ .video = s->video, .file = s->file, .row = s->row + 1 };
    const enum status st = rows_next(s->rows, rec, more, err);

    s->row += *more;
    return st;
}

/* The next comment of the wrapper that is being taken apart, if one is. */
static bool next_of_list(struct split *s, struct raw_record *rec)
{
    struct slice value;

    if (s->list.n == 0 || !scan_element(s->list, &s->list_at, &value)) {
        s->list = (struct slice){ NULL, 0 };
        return false;
    }
    emit(s, value, rec);
    if (s->list_video.n > 0)
        rec->video = s->list_video;
    return true;
}

enum status split_next(struct split *s, struct raw_record *rec, bool *more, struct err *err)
{
    struct slice value;
    bool unwrapped;

    *more = true;
    if (s->mode == MODE_ROWS)
        return next_row(s, rec, more, err);
    while (!next_of_list(s, rec)) {
        window_pass(&s->w, s->held);
        s->held = 0;
        enum status st = next_value(s, &value, err);
        *more = st == ST_OK && value.n > 0;
        if (!*more)
            return st;
        value = slice_trim(value);
        st = unwrap(s, value, &unwrapped, err);
        if (st != ST_OK)
            return st;
        if (!unwrapped) {
            emit(s, value, rec);
            return ST_OK;
        }
    }
    return ST_OK;
}

int64_t split_position(const struct split *s)
{
    return s->w.read;
}

static void add_header(struct raw_headers *h, const char *name, struct slice value)
{
    if (value.n > 0)
        h->v[h->n++] = (struct hdr){ slice_str(name), value };
}

void raw_headers(const struct raw_record *rec, int64_t arrival_ms, struct raw_headers *h)
{
    h->n = 0;
    snprintf(h->row, sizeof(h->row), "%" PRId64, rec->row);
    add_header(h, "absa-shape", rec->shape);
    add_header(h, "absa-file", rec->file);
    add_header(h, "absa-row", slice_str(h->row));
    add_header(h, "absa-video", rec->video);
    if (arrival_ms >= 0) {
        snprintf(h->arrival, sizeof(h->arrival), "%" PRId64, arrival_ms);
        add_header(h, "absa-arrival", slice_str(h->arrival));
    }
}
