/* SPDX-License-Identifier: MIT */
/* text.c -- the report for a terminal: the verdict first, then a table. */
#include <math.h>

#include "cli/compare/column.h"

enum { NAME_SHOWN = 24 };

static void figure(struct buf *out, int width, double x)
{
    if (!isfinite(x))
        buf_fmt(out, " %*s", width, "-");
    else if (x != 0.0 && fabs(x) < 0.001)
        buf_fmt(out, " %*.1e", width, x);
    else
        buf_fmt(out, " %*.4g", width, x);
}

/* Names are a stranger's bytes: none may move the cursor, none is cut within a
 * character. Padded to at least width. */
static void name(struct buf *out, struct slice s, size_t width)
{
    size_t n = s.n < NAME_SHOWN ? s.n : NAME_SHOWN;

    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    size_t shown = 0;
    for (size_t i = 0; i < n; i++) {
        buf_add(out, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? "?" : &s.p[i], 1);
        shown += ((unsigned char)s.p[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    for (; shown < width; shown++)
        buf_byte(out, ' ');
}

static void row(struct buf *out, const struct result *r)
{
    name(out, r->name, NAME_SHOWN);
    buf_fmt(out, " %-8s %8llu %8llu %8zu", r->numeric ? "numeric" : "category",
            (unsigned long long)r->c.n_ref, (unsigned long long)r->c.n_cur, r->cur.missing);
    figure(out, 8, r->c.psi);
    figure(out, 8, r->numeric ? r->c.ks : r->c.linf);
    figure(out, 9, r->numeric ? r->c.wasserstein_norm : (double)NAN);
    figure(out, 8, r->c.p);
    figure(out, 8, r->c.q);
    buf_fmt(out, "  %s\n", verdict_text(r));
}

/* "  column: ", at the head of a note. */
static void note(struct buf *out, const struct result *r)
{
    buf_str(out, "  ");
    name(out, r->name, 0);
    buf_str(out, ": ");
}

static double percent(size_t n, size_t of)
{
    return 100.0 * (double)n / (double)of;
}

/* What is gone or new, where that is more than chance. */
static void note_changes(struct buf *out, const struct report *report, const struct result *r)
{
    if (r->c.missing_p < COMPARE_Q_MAX / (double)report->n) {
        note(out, r);
        buf_fmt(out, "missing: %.3g %% of the reference, %.3g %% of the current table\n",
                percent(r->ref.missing, report->ref_rows),
                percent(r->cur.missing, report->cur_rows));
    }
    if (r->c.new_share > 0.0) {
        note(out, r);
        buf_fmt(out, "new: %.3g %% of the current table's values are none of the reference's\n",
                100.0 * r->c.new_share);
    }
}

static void notes(struct buf *out, const struct result *r)
{
    if (!r->c.decided || r->overflows) {
        note(out, r);
        buf_fmt(out, "%s\n", r->why);
    }
    if (r->ref.infinite + r->cur.infinite > 0) {
        note(out, r);
        buf_fmt(out, "infinite values dropped: %zu of the reference, %zu of the current table\n",
                r->ref.infinite, r->cur.infinite);
    }
    if (r->cur.not_numbers > 0) {
        note(out, r);
        buf_fmt(out, "%zu values of the current table are no numbers, and left out\n",
                r->cur.not_numbers);
    }
}

static void verdict(struct buf *out, const struct report *r)
{
    const size_t compared = r->n - r->undecided;

    if (compared == 0) {
        buf_fmt(out, "NOT DECIDED: none of %zu column%s could be compared", r->n,
                r->n == 1 ? "" : "s");
        return;
    }
    if (r->drifted > 0)
        buf_fmt(out, "DRIFT in %zu of %zu column%s", r->drifted, r->n, r->n == 1 ? "" : "s");
    else
        buf_fmt(out, "no drift in %zu column%s", compared, compared == 1 ? "" : "s");
    if (r->undecided > 0)
        buf_fmt(out, "; %zu could not be compared", r->undecided);
}

enum status report_text(const struct report *r, struct buf *out, struct err *err)
{
    verdict(out, r);
    buf_fmt(out, "\nreference %s: %zu rows; current %s: %zu rows\n\n", r->ref_name, r->ref_rows,
            r->cur_name, r->cur_rows);
    buf_fmt(out, "%-*s %-8s %8s %8s %8s %8s %8s %9s %8s %8s  %s\n", NAME_SHOWN, "column", "kind",
            "n ref", "n cur", "missing", "psi", "ks|linf", "wass. sd", "p", "q", "verdict");
    for (size_t i = 0; i < r->n; i++)
        row(out, &r->column[i]);
    buf_byte(out, '\n');
    for (size_t i = 0; i < r->n; i++) {
        notes(out, &r->column[i]);
        note_changes(out, r, &r->column[i]);
    }
    if (buf_failed(out))
        return err_set(err, ST_FATAL, "out of memory for the report");
    return ST_OK;
}
