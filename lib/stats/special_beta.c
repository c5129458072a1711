/* SPDX-License-Identifier: MIT */
/* The incomplete beta function, and what is made of it. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stats/special.h"
#include "stats/special_inner.h"
#include "stats/wide.h"
#include "stats/xmath.h"

/* A tail of the beta distribution at 0 < x <= 1/2: by the one of the two that is small, so that it
 * is never 1 less the large one. */
struct tail {
    double a, b, x;
    bool lower; /* the small one is I_x(a, b), by the fraction of (a, b, x); else 1 - I_x(a, b), by
                   that of (b, a, 1 - x) */
    bool rest;  /* the other one is asked for */
};

static struct tail tail_at(double a, double b, double x, bool lower)
{
    const bool near = x < (a + 1.0) / (a + b + 2.0);

    return (struct tail){ a, b, x, near, near != lower };
}

/* What the fraction is of. */
static struct tail of_fraction(const struct tail *t)
{
    return t->lower ? (struct tail){ .a = t->a, .b = t->b, .x = t->x }
                    : (struct tail){ .a = t->b, .b = t->a, .x = 1.0 - t->x };
}

/* x^a (1-x)^b / B(a, b), 0 < x <= 1/2, is e to this times the root: with n = a + b
 *
 *     sqrt(a b / (2 pi n)) exp(rest(n) - rest(a) - rest(b) - D(a, n x) - D(b, n y))
 *
 * where y is 1 - x as a double, and lost what it is short of it: that much of y^b
 * is given back. rest is the three of them, far the D. */
static double front_exponent(const struct tail *t, double rest, double far)
{
    const double n = t->a + t->b;
    const double y = 1.0 - t->x;
    const double lost = (1.0 - y) - t->x;

    return rest - far + lost * (t->b / y - n);
}

static double front_root(const struct tail *t)
{
    return sqrt(t->a * (t->b / (t->a + t->b)) / SPECIAL_TWO_PI);
}

static double front(const struct tail *t)
{
    const double n = t->a + t->b;
    double rest =
        special_stirling_rest(n) - special_stirling_rest(t->a) - special_stirling_rest(t->b);
    double far = special_deviance(t->a, n * t->x) + special_deviance(t->b, n * (1.0 - t->x));

    return xexp(front_exponent(t, rest, far)) * front_root(t);
}

/* 1 + d1/(1 + d2/(1 + ...)) with
 *
 *     d(2m) = m (b-m) x / ((a+2m-1) (a+2m))
 *     d(2m+1) = -(a+m) (a+b+m) x / ((a+2m) (a+2m+1)) */
static double fraction(double a, double b, double x)
{
    struct lentz l = lentz_begin(1.0);

    for (int m = 0; m < SPECIAL_STEPS_MAX; m++) {
        const double at = a + 2 * m;

        if (m > 0)
            (void)lentz_step(&l, m * (b - m) * x / ((at - 1.0) * at), 1.0);
        if (lentz_step(&l, -(a + m) * (a + b + m) * x / (at * (at + 1.0)), 1.0))
            break;
    }
    return l.f;
}

/* From the front of it and its fraction, of of_fraction(). */
static double tail_value(const struct tail *t, double front_of, double fraction_of)
{
    const double small = front_of / ((t->lower ? t->a : t->b) * fraction_of);

    return t->rest ? 1.0 - small : small;
}

static double tail_of_one(const struct tail *t)
{
    const struct tail f = of_fraction(t);

    return tail_value(t, front(t), fraction(f.a, f.b, f.x));
}

static bool are_shapes(double a, double b)
{
    return a > 0.0 && b > 0.0 && isfinite(a) && isfinite(b);
}

double special_beta(double a, double b, double x)
{
    struct tail t;

    if (!are_shapes(a, b) || !(x >= 0.0 && x <= 1.0))
        return (double)NAN;
    if (x == 0.0 || x == 1.0)
        return x;
    t = x <= 0.5 ? tail_at(a, b, x, true) : tail_at(b, a, 1.0 - x, false);
    return tail_of_one(&t);
}

/* 1 - I_x(a, b) at x = u / (u + v): by the one of x and 1 - x that is small, without the rounding
 * of the other. False where there is nothing to compute. */
static bool f_tail(const struct special_f *f, struct tail *t)
{
    const double a = f->dof1 / 2.0;
    const double b = f->dof2 / 2.0;
    const double u = f->dof1 * f->x;
    const double v = f->dof2;

    if (!are_shapes(f->dof1, v) || !(f->x > 0.0 && u > 0.0 && isfinite(u) && v / u > 0.0))
        return false;
    *t = u <= v ? tail_at(a, b, u / (u + v), false) : tail_at(b, a, v / (u + v), true);
    return true;
}

static double f_at_end(const struct special_f *f)
{
    if (isnan(f->x) || !(f->dof1 > 0.0) || !(f->dof2 > 0.0) || isinf(f->dof1))
        return (double)NAN;
    if (isinf(f->dof2))
        return special_chi2_sf(f->dof1 * f->x, f->dof1);
    return f->x <= 0.0 || f->dof1 * f->x == 0.0 ? 1.0 : 0.0;
}

double special_f_sf(double x, double dof1, double dof2)
{
    const struct special_f f = { x, dof1, dof2 };
    struct tail t;

    return f_tail(&f, &t) ? tail_of_one(&t) : f_at_end(&f);
}

/* Tails side by side, and what front() and fraction() take of them. */
struct tails {
    struct tail tail[WIDE_BLOCK];
    size_t at[WIDE_BLOCK];    /* whose */
    double in[3][WIDE_BLOCK]; /* a, b, and what goes with them */
    double mean[2][WIDE_BLOCK];
    double rest[3][WIDE_BLOCK];
    double far[2][WIDE_BLOCK];
    double front[WIDE_BLOCK];
    double fraction[WIDE_BLOCK];
};

static void fronts(struct tails *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct tail *t = &s->tail[i];

        s->in[0][i] = t->a;
        s->in[1][i] = t->b;
        s->in[2][i] = t->a + t->b;
        s->mean[0][i] = (t->a + t->b) * t->x;
        s->mean[1][i] = (t->a + t->b) * (1.0 - t->x);
    }
    for (size_t k = 0; k < 3; k++)
        special_stirling_rests(s->in[k], n, s->rest[k]);
    for (size_t k = 0; k < 2; k++)
        special_deviances(s->in[k], s->mean[k], n, s->far[k]);
    for (size_t i = 0; i < n; i++)
        s->front[i] = front_exponent(&s->tail[i], s->rest[2][i] - s->rest[0][i] - s->rest[1][i],
                                     s->far[0][i] + s->far[1][i]);
    wide()->exp(s->front, n);
    for (size_t i = 0; i < n; i++)
        s->front[i] *= front_root(&s->tail[i]);
}

static void fractions(struct tails *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct tail f = of_fraction(&s->tail[i]);

        s->in[0][i] = f.a;
        s->in[1][i] = f.b;
        s->in[2][i] = f.x;
    }
    wide()->fraction(s->in[0], s->in[1], s->in[2], n, s->fraction);
    for (size_t i = 0; i < n; i++)
        if (!isnormal(s->fraction[i]))
            s->fraction[i] = fraction(s->in[0][i], s->in[1][i], s->in[2][i]);
}

void special_f_sfs(const struct special_f *f, size_t n, double *sf)
{
    struct tails s;

    for (size_t i = 0; i < n;) {
        size_t k = 0;

        for (; i < n && k < WIDE_BLOCK; i++) {
            s.at[k] = i;
            if (f_tail(&f[i], &s.tail[k]))
                k++;
            else
                sf[i] = f_at_end(&f[i]);
        }
        if (k == 0)
            break;
        fronts(&s, k);
        fractions(&s, k);
        for (size_t j = 0; j < k; j++)
            sf[s.at[j]] = tail_value(&s.tail[j], s.front[j], s.fraction[j]);
    }
}

double special_t_sf(double t, double dof)
{
    if (isnan(t) || !(dof > 0.0))
        return (double)NAN;
    double one_side = 0.5 * special_f_sf(t * t, 1.0, dof);

    return t < 0.0 ? 1.0 - one_side : one_side;
}
