/* SPDX-License-Identifier: MIT */
#include "wire/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Where the scan stands within a record. */
enum at { AT_FIELD, IN_PLAIN, IN_QUOTES, BEHIND_QUOTE };

enum { DELIMITERS = 3 };
static const char delimiters[DELIMITERS] = { ',', ';', '\t' };

/* The bytes that are held:
 *
 *     in.p   start            scan        in.n
 *     |------|================|-----------|
 *      given   this record     not looked at yet
 *
 * CR and LF both end a line; the LF of a CRLF is a blank line, which is skipped. */
struct csv {
    struct buf in;
    size_t start;
    size_t scan;
    enum at at;
    bool finished;
    bool opened;    /* past the byte order mark                              */
    bool broken;    /* the scan waits for the end of the line with the fault */
    bool skip_line; /* the rest of a line that was too long                  */
    size_t max;
    int64_t offset; /* of in.p in the input */
    int64_t number;
    size_t width; /* fields of the first row; 0 before it */
    char delimiter;
    size_t seen[DELIMITERS]; /* in the first row, to choose from */
    struct slice field[CSV_FIELDS_MAX];
    size_t n;
    char *text; /* unquoted fields of this record */
    size_t ntext;
    size_t text_cap;
};

struct csv *csv_new(size_t max)
{
    struct csv *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    c->max = max > 0 ? max : CSV_RECORD_MAX;
    buf_init(&c->in, 2 * (c->max + CSV_CHUNK_MAX));
    return c;
}

void csv_free(struct csv *c)
{
    if (!c)
        return;
    buf_release(&c->in);
    free(c->text);
    free(c);
}

void csv_finish(struct csv *c)
{
    c->finished = true;
}

/* Moves what is left to the front once at least half was given out, so that each
 * byte moves once on average. */
static void compact(struct csv *c)
{
    if (c->start == 0 || c->start < c->in.n - c->start)
        return;
    memmove(c->in.p, c->in.p + c->start, c->in.n - c->start);
    buf_truncate(&c->in, c->in.n - c->start);
    c->offset += (int64_t)c->start;
    c->scan -= c->start;
    c->start = 0;
}

enum status csv_feed(struct csv *c, struct slice chunk, struct err *err)
{
    if (chunk.n > CSV_CHUNK_MAX || c->finished)
        return err_set(err, ST_FATAL, "csv: a chunk of %zu bytes cannot be fed", chunk.n);
    compact(c);
    buf_slice_add(&c->in, chunk);
    if (buf_failed(&c->in))
        return err_set(err, ST_FATAL, "csv: no memory for %zu bytes", chunk.n);
    return ST_OK;
}

static bool is_line_end(char ch)
{
    return ch == '\n' || ch == '\r';
}

/* Position of the first line end in from..to-1, or to. */
static size_t line_end(const struct csv *c, size_t from, size_t to)
{
    while (from < to && !is_line_end(c->in.p[from]))
        from++;
    return from;
}

/* Before the first row is known all three delimit, and are counted. */
static bool is_delimiter(struct csv *c, char ch)
{
    if (c->delimiter)
        return ch == c->delimiter;
    for (int i = 0; i < DELIMITERS; i++) {
        if (ch == delimiters[i]) {
            c->seen[i]++;
            return true;
        }
    }
    return false;
}

static void choose_delimiter(struct csv *c)
{
    int best = 0;

    for (int i = 1; i < DELIMITERS; i++) {
        if (c->seen[i] > c->seen[best])
            best = i;
    }
    c->delimiter = delimiters[best];
}

/* ---- a record to fields ---- */

static bool reserve_text(struct csv *c, size_t n)
{
    c->ntext = 0;
    if (n <= c->text_cap)
        return true;
    char *p = realloc(c->text, n);
    if (!p)
        return false;
    c->text = p;
    c->text_cap = n;
    return true;
}

/* Behind an opening quote at p: the field into *out. Returns the byte behind the
 * closing quote, or NULL when there is none. */
static const char *unquote(struct csv *c, const char *p, const char *end, struct slice *out)
{
    char *to = c->text + c->ntext;

    *out = (struct slice){ to, 0 };
    for (;;) {
        const char *quote = p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;

        if (!quote)
            return NULL;
        size_t n = (size_t)(quote - p);
        bool twice = quote + 1 < end && quote[1] == '"';
        memcpy(to + out->n, p, n + twice); /* with one of two quotes */
        out->n += n + twice;
        p = quote + 1 + twice;
        if (!twice) {
            c->ntext += out->n;
            return p;
        }
    }
}

/* The field at p into *out. Returns its end (a delimiter or the end), or NULL:
 * quotes that do not fit. */
static const char *take_field(struct csv *c, const char *p, const char *end, struct slice *out)
{
    if (p < end && *p == '"') {
        p = unquote(c, p + 1, end, out);
        return p && (p == end || *p == c->delimiter) ? p : NULL;
    }
    const char *stop = p < end ? memchr(p, c->delimiter, (size_t)(end - p)) : NULL;
    if (!stop)
        stop = end;
    *out = (struct slice){ p, (size_t)(stop - p) };
    return stop;
}

/* Splits raw into c->field; false: quotes that do not fit. The caller has
 * reserved text for raw.n bytes. */
static bool split(struct csv *c, struct slice raw)
{
    const char *end = raw.p + raw.n;

    c->n = 0;
    c->ntext = 0;
    for (const char *p = raw.p;; p++) {
        struct slice field;

        p = take_field(c, p, end, &field);
        if (!p)
            return false;
        if (c->n < CSV_FIELDS_MAX)
            c->field[c->n] = field;
        c->n++;
        if (p == end)
            return true;
    }
}

/* ---- the bytes to records ---- */

/* Looks on from c->scan. Returns true at the end of the record (c->scan stands
 * on its line end or behind the input) or at a fault (c->broken). */
static bool scan_record(struct csv *c)
{
    size_t limit = c->in.n - c->start > c->max ? c->start + c->max : c->in.n;

    for (; c->scan < limit; c->scan++) {
        char ch = c->in.p[c->scan];

        if (c->at == IN_QUOTES) {
            if (ch == '"')
                c->at = BEHIND_QUOTE;
        } else if (is_line_end(ch)) {
            return true;
        } else if (is_delimiter(c, ch)) {
            c->at = AT_FIELD;
        } else if (ch == '"' && c->at != IN_PLAIN) {
            c->at = IN_QUOTES;
        } else if (c->at == BEHIND_QUOTE) {
            c->broken = true;
            return true;
        } else {
            c->at = IN_PLAIN;
        }
    }
    if (c->finished && c->scan == c->in.n) {
        c->broken = c->at == IN_QUOTES;
        return true;
    }
    return false;
}

/* Gives start..end-1 as the row; the next record starts at next. */
static enum csv_rc give(struct csv *c, size_t end, size_t next, unsigned faults,
                        struct csv_row *row)
{
    struct slice raw = { c->in.p + c->start, end - c->start };

    if (raw.n > 0 && memchr(raw.p, '\0', raw.n))
        faults |= CSV_NUL;
    *row =
        (struct csv_row){ c->field, c->n, faults, c->number++, c->offset + (int64_t)c->start, raw };
    if (faults & (CSV_BROKEN | CSV_TOO_LONG))
        row->n = 0;
    if (row->n > CSV_FIELDS_MAX)
        row->n = CSV_FIELDS_MAX;
    c->start = next;
    c->scan = next;
    c->at = AT_FIELD;
    c->broken = false;
    return CSV_ROW;
}

/* A whole record at start..scan-1. */
static enum csv_rc give_record(struct csv *c, struct csv_row *row)
{
    struct slice raw = { c->in.p + c->start, c->scan - c->start };
    unsigned faults = 0;

    if (!c->delimiter)
        choose_delimiter(c);
    if (!reserve_text(c, raw.n))
        return CSV_NO_MEMORY;
    if (!split(c, raw))
        faults |= CSV_BROKEN;
    else if (c->width == 0)
        c->width = c->n;
    if (!(faults & CSV_BROKEN) && (c->n != c->width || c->n > CSV_FIELDS_MAX))
        faults |= CSV_RAGGED;
    return give(c, c->scan, c->scan, faults, row);
}

/* A record that is broken at or before stop. Ends it before the first whole line
 * up to stop that has the right number of fields by itself. */
static enum csv_rc give_broken(struct csv *c, size_t stop, unsigned faults, struct csv_row *row)
{
    size_t end = line_end(c, c->start, stop);

    if (!c->delimiter)
        choose_delimiter(c);
    if (!reserve_text(c, stop - c->start))
        return CSV_NO_MEMORY;
    while (end < stop) {
        size_t line = end + 1;
        size_t next = line_end(c, line, stop);

        if (next == stop && (faults & CSV_TOO_LONG))
            break;
        if (next > line && split(c, (struct slice){ c->in.p + line, next - line }) &&
            (c->width == 0 || c->n == c->width))
            return give(c, end, line, faults, row);
        end = next;
    }
    c->skip_line = (faults & CSV_TOO_LONG) != 0;
    return give(c, stop, stop, faults, row);
}

/* Steps over a byte order mark; false: more input is needed to tell. */
static bool open_input(struct csv *c)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t n = c->in.n < 3 ? c->in.n : 3;
    bool so_far = n == 0 || memcmp(c->in.p, mark, n) == 0;

    if (so_far && n < 3 && !c->finished)
        return false;
    c->opened = true;
    if (so_far && n == 3)
        c->start = c->scan = 3;
    return true;
}

/* Steps over blank lines, and what a record that was too long left of its line. */
static void skip_lines(struct csv *c)
{
    if (c->scan != c->start)
        return;
    if (c->skip_line) {
        c->start = line_end(c, c->start, c->in.n);
        c->skip_line = c->start == c->in.n;
    }
    while (c->start < c->in.n && is_line_end(c->in.p[c->start]))
        c->start++;
    c->scan = c->start;
}

enum csv_rc csv_next(struct csv *c, struct csv_row *row)
{
    if (!c->opened && !open_input(c))
        return CSV_MORE;
    skip_lines(c);
    if (c->start == c->in.n)
        return c->finished ? CSV_END : CSV_MORE;
    if (!c->broken && scan_record(c) && !c->broken)
        return give_record(c, row);
    size_t held = c->in.n - c->start;
    size_t limit = held > c->max ? c->start + c->max : c->in.n;
    if (c->broken) {
        size_t stop = line_end(c, c->scan, limit);

        if (stop < limit || (c->finished && limit == c->in.n))
            return give_broken(c, stop, CSV_BROKEN, row);
    }
    if (held <= c->max)
        return CSV_MORE;
    return give_broken(c, limit, CSV_TOO_LONG | (c->broken ? CSV_BROKEN : 0u), row);
}
