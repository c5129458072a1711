/* SPDX-License-Identifier: MIT */
#include "notify/bins.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Whether a cell from lo to hi holds one value, as the edges around an atom do. */
static bool is_one_value(double lo, double hi)
{
    return hi - lo <= fmax(fabs(lo) * DBL_EPSILON, DBL_MIN);
}

static bool fits(const struct alert *al)
{
    size_t n = al->psi_bins.n;

    if (n == 0 || al->edges.n + 1 != n || al->baseline_counts.n != n || al->window_counts.n != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (al->psi_bins.v[i] < 0 || al->psi_bins.v[i] >= BINS_MAX)
            return false;
    }
    return true;
}

static double total(const struct longs *l)
{
    double sum = 0;

    for (size_t i = 0; i < l->n; i++)
        sum += (double)l->v[i];
    return sum > 0 ? sum : 1;
}

/* The bin begins with cell i. */
static void begin(struct bin *b, const struct doubles *edges, size_t i)
{
    b->lo = i > 0 ? edges->v[i - 1] : -(double)INFINITY;
    b->above = i > 1 && is_one_value(edges->v[i - 2], b->lo);
}

size_t bins_of(const struct alert *al, struct bin v[BINS_MAX])
{
    size_t n = 0;

    if (!fits(al))
        return 0;
    for (size_t i = 0; i < BINS_MAX; i++)
        v[i] = (struct bin){ 0 };
    double before = total(&al->baseline_counts);
    double now = total(&al->window_counts);
    for (size_t i = 0; i < al->psi_bins.n; i++) {
        size_t at = (size_t)al->psi_bins.v[i];
        struct bin *b = &v[at];

        if (al->categories.n == al->psi_bins.n)
            b->name = al->categories.v[i];
        if (b->cells++ == 0)
            begin(b, &al->edges, i);
        else if (b->last + 1 != i)
            b->parted = true;
        b->last = i;
        b->hi = i < al->edges.n ? al->edges.v[i] : (double)INFINITY;
        b->before += (double)al->baseline_counts.v[i] / before;
        b->now += (double)al->window_counts.v[i] / now;
        n = at + 1 > n ? at + 1 : n;
    }
    return n;
}

void bins_spark(const struct bin *v, size_t n, bool window, struct buf *out)
{
    double shares[BINS_MAX];
    double top = 0;

    for (size_t i = 0; i < n; i++) {
        top = fmax(top, fmax(v[i].before, v[i].now));
        shares[i] = window ? v[i].now : v[i].before;
    }
    spark_add(shares, n, top, out);
}

bool bins_one_value(const struct bin *b)
{
    return b->name.p ||
           (!b->parted && isfinite(b->lo) && isfinite(b->hi) && is_one_value(b->lo, b->hi));
}

enum { NAME_SHOWN_MAX = 40 };

static void add_name(struct slice name, struct buf *out)
{
    static const char plain[] = " !#$%()*+,-./:;=?@[]^_{|}~";

    for (size_t i = 0; i < name.n && i < NAME_SHOWN_MAX; i++) {
        const char c = name.p[i];
        const bool letter =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (letter || (c != '\0' && strchr(plain, c)))
            buf_byte(out, c);
        else
            buf_str(out, "?");
    }
}

void bins_range(const struct bin *b, struct buf *out)
{
    if (b->name.p) {
        add_name(b->name, out);
        return;
    }
    if (b->parted)
        buf_str(out, "other ");
    if (isinf(b->lo) && isinf(b->hi))
        buf_str(out, "everything");
    else if (isinf(b->lo))
        buf_fmt(out, "below %.4g", b->hi);
    else if (isinf(b->hi))
        buf_fmt(out, "%s %.4g", b->above ? "above" : "from", b->lo);
    else if (is_one_value(b->lo, b->hi))
        buf_fmt(out, "%.4g", b->lo);
    else
        buf_fmt(out, "%.4g to %.4g", b->lo, b->hi);
}
