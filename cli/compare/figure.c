/* SPDX-License-Identifier: MIT */
/* figure.c -- the table of all figures: one row each, for every format; and why
 * one is null. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/compare/column.h"

#define AT(member) offsetof(struct comparison, member)

const struct figure figures[] = {
    { "psi", AT(psi), false, NULL_OVERFLOW },
    { "psi_quantile10", AT(psi_quantile10), true, NULL_OVERFLOW },
    { "psi_quantile20", AT(psi_quantile20), true, NULL_OVERFLOW },
    { "psi_evidently", AT(evidently.psi), false, NULL_OVERFLOW },
    { "ks", AT(ks), true, NULL_OVERFLOW },
    { "ks_p", AT(ks_p), true, NULL_OVERFLOW },
    { "ks_p_asymptotic", AT(ks_p_asymptotic), true, NULL_OVERFLOW },
    { "ks_nannyml", AT(nannyml.ks), true, NULL_OVERFLOW },
    { "wasserstein", AT(wasserstein), true, NULL_OVERFLOW },
    { "wasserstein_norm", AT(wasserstein_norm), true, NULL_OVERFLOW },
    { "sd_reference", AT(sd_reference), true, NULL_OVERFLOW },
    { "energy", AT(energy), true, NULL_OVERFLOW },
    { "cvm", AT(cvm), true, NULL_ONE_VALUE },
    { "mann_whitney_p", AT(mann_whitney_p), true, NULL_OVERFLOW },
    { "js", AT(js), false, NULL_OVERFLOW },
    { "js_evidently", AT(evidently.js), false, NULL_OVERFLOW },
    { "js_nannyml", AT(nannyml.js), false, NULL_INFINITE },
    { "kl", AT(kl), false, NULL_OVERFLOW },
    { "kl_evidently", AT(evidently.kl), false, NULL_OVERFLOW },
    { "hellinger", AT(hellinger), false, NULL_OVERFLOW },
    { "hellinger_evidently", AT(evidently.hellinger), false, NULL_OVERFLOW },
    { "hellinger_nannyml", AT(nannyml.hellinger), false, NULL_INFINITE },
    { "chi2", AT(chi2.stat), false, NULL_OVERFLOW },
    { "chi2_dof", AT(chi2.dof), false, NULL_OVERFLOW },
    { "chi2_p", AT(chi2.p), false, NULL_OVERFLOW },
    { "chi2_p_evidently", AT(evidently.chi2_p), false, NULL_FEW_VALUES },
    { "z_p", AT(evidently.z_p), false, NULL_TWO_VALUES },
    { "linf", AT(linf), false, NULL_OVERFLOW },
    { "new_share", AT(new_share), false, NULL_FEW_VALUES },
    { "evidently_score", AT(evidently.score), false, NULL_OVERFLOW },
    { "p", AT(p), false, NULL_OVERFLOW },
    { "q", AT(q), false, NULL_OVERFLOW },
    { NULL, 0, false, NULL_OVERFLOW },
};

double figure_of(const struct result *r, const struct figure *f)
{
    double x;

    memcpy(&x, (const char *)&r->c + f->offset, sizeof(x));
    return x;
}

static const char *const reasons[] = {
    [NULL_OVERFLOW] = "the range of the values overflows",
    [NULL_NUMBERS] = "for numbers only",
    [NULL_ONE_VALUE] = "for 2 values a side or more",
    [NULL_FEW_VALUES] = "for categories, or 2 to 20 different values",
    [NULL_TWO_VALUES] = "for at most 2 different values",
    [NULL_INFINITE] = "for a reference without infinities",
};

static enum null_reason reason(const struct result *r, const struct figure *f)
{
    return f->numbers && !r->numeric ? NULL_NUMBERS : f->null;
}

/* "ks, energy: for numbers only", of those that are null by one reason. */
static void explain_one(struct result *r, enum null_reason why, struct buf *out)
{
    size_t n = 0;

    for (const struct figure *f = figures; f->name; f++) {
        if (isfinite(figure_of(r, f)) || reason(r, f) != why)
            continue;
        buf_fmt(out, "%s%s", n++ > 0 ? ", " : out->n > 0 ? "; " : "", f->name);
    }
    if (n > 0)
        buf_fmt(out, ": %s", reasons[why]);
    r->overflows = r->overflows || (n > 0 && why == NULL_OVERFLOW);
}

/* Why nothing at all is defined, or NULL. */
static const char *empty_side(const struct result *r)
{
    const bool none = r->c.n_ref == 0;

    if (!r->ref.present || !r->cur.present)
        return r->ref.present ? "the current table has no such column"
                              : "the reference table has no such column";
    if (r->c.n_ref > 0 && r->c.n_cur > 0)
        return NULL;
    if (r->cur.not_numbers > 0)
        return "the current table has no value that is a number";
    if (none && r->c.n_cur == 0)
        return "neither table has a value";
    return none ? "the reference table has no value" : "the current table has no value";
}

void figures_explain(struct result *r)
{
    const char *why = empty_side(r);
    struct buf out;

    if (why) {
        snprintf(r->why, sizeof(r->why), "%s", why);
        return;
    }
    buf_init(&out, WHY_MAX - 1);
    for (int i = 0; i < NULL_REASONS; i++)
        explain_one(r, (enum null_reason)i, &out);
    snprintf(r->why, sizeof(r->why), "%.*s", SLICE_ARG(buf_slice(&out)));
    buf_release(&out);
}
