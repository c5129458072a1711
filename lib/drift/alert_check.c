/* SPDX-License-Identifier: MIT */
/* Does an alert say what its own evidence says? */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "drift/alert.h"
#include "drift/record_diff.h"
#include "drift/window.h"
#include "stats/cells.h"
#include "stats/distance.h"

/* What the measures divide by and index with must be in order first. */
static const char *shape_fault(const struct alert *al)
{
    size_t cells = al->psi_bins.n;
    int exponent;

    if (cells == 0 || cells > CELLS_MAX || al->edges.n != cells - 1 ||
        al->baseline_counts.n != cells || al->window_counts.n != cells ||
        al->baseline_sums.n != cells || al->window_sums.n != cells)
        return "edges, psi_bins, counts and sums are not of one shape";
    if (al->categories.n > 0 &&
        (al->categories.n != cells || cells > CATEGORY_CELLS_MAX || cells < 2))
        return "categories and counts are not of one shape";
    if (!isfinite(al->unit) || al->unit <= 0 || frexp(al->unit, &exponent) != 0.5)
        return "unit is not a power of two";
    if (!(al->baseline_sd >= 0) || !isfinite(al->baseline_sd))
        return "baseline_sd is out of range";
    if (!(al->n_eff >= 0) || !isfinite(al->n_eff))
        return "n_eff is out of range";
    return NULL;
}

static const char *cells_fault(const struct alert *al)
{
    const int64_t limit = INT64_C(1) << 53;

    for (size_t i = 0; i < al->psi_bins.n; i++) {
        if (al->psi_bins.v[i] < 0 || al->psi_bins.v[i] >= BASELINE_BINS_MAX)
            return "a bin is out of range";
        if (al->baseline_counts.v[i] < 0 || al->baseline_counts.v[i] > limit ||
            al->window_counts.v[i] < 0 || al->window_counts.v[i] > limit)
            return "a count is out of range";
        if (i > 0 && i < al->edges.n && !(al->edges.v[i - 1] < al->edges.v[i]))
            return "edges do not rise";
        if (al->categories.n > 0 && i < al->edges.n && al->edges.v[i] != (double)(i + 1))
            return "edges are not those of categories";
    }
    return NULL;
}

/* Are the bins those that edges and counts of the baseline give? */
static enum status bins_fault(const struct alert *al, struct arena *a, const char **fault,
                              struct err *err)
{
    size_t n = al->psi_bins.n;
    uint64_t *counts = arena_array(a, n, sizeof(*counts));
    int32_t *bins = arena_array(a, n, sizeof(*bins));
    struct cells *cells = NULL;

    *fault = NULL;
    if (!counts || !bins)
        return err_set(err, ST_FATAL, "no memory to check an alert");
    enum status st = cells_from_edges(al->edges.v, al->edges.n, &cells, err);
    if (st == ST_REJECT)
        *fault = "edges do not cut cells";
    if (st != ST_OK)
        return st == ST_REJECT ? ST_OK : st;
    for (size_t i = 0; i < n; i++) {
        counts[i] = (uint64_t)al->baseline_counts.v[i];
        bins[i] = (int32_t)i;
    }
    if (al->categories.n == 0)
        (void)cells_psi_bins(cells, counts, bins);
    cells_free(cells);
    if (memcmp(bins, al->psi_bins.v, n * sizeof(*bins)) != 0)
        *fault = "psi_bins are not those that edges and baseline_counts give";
    return ST_OK;
}

/* Another feature's place in the family, at or behind from: where its p stands. */
static size_t find_p(const struct alert_evidence *e, const struct other_feature *o, size_t from)
{
    while (from < e->family.n && !(o->p.has && e->family.v[from] == o->p.v))
        from++;
    return from;
}

/* p and q of the others, by the family; as they are with rule window. */
static enum status redo_family(const struct alert *al, struct arena *a, struct other_feature *v)
{
    const struct alert_evidence *e = al->evidence;
    size_t n = e ? e->family.n : 0;
    double *q = arena_array(a, n, sizeof(*q));
    size_t at = 0;

    if (!q)
        return ST_FATAL;
    if (e)
        dist_bh(e->family.v, n, q);
    for (size_t i = 0; i < al->others.n; i++) {
        v[i].p = v[i].q = (struct opt_double){ 0 };
        v[i].effect = e ? al->others.v[i].effect : (struct opt_double){ 0 };
        if (!e)
            continue;
        at = find_p(e, &al->others.v[i], at);
        if (at == n)
            continue;
        v[i].p = defined(e->family.v[at]);
        v[i].q = defined(q[at++]);
    }
    return ST_OK;
}

static enum severity redo_severity(const struct policy *policy, const struct alert *al, double psi,
                                   const struct opt_double *q, double effect)
{
    const struct alert_evidence *e = al->evidence;

    if (!e)
        return policy_severity(policy, psi);
    return policy_weigh(policy, &(struct weighed){
                                    .psi = psi,
                                    .evidence = q->has && q->v <= e->level,
                                    .lasting = effect > e->effect_min && e->streak >= e->streak_min,
                                });
}

/* Of the feature that it is of; a resolved one keeps the highest of its episode. */
static void redo_own(const struct policy *policy, struct alert *redo)
{
    double psi = redo->psi.has ? redo->psi.v : 0;
    double effect = redo->evidence ? redo->evidence->effect : 0;

    if (redo->state == ALERT_FIRING)
        redo->severity = redo_severity(policy, redo, psi, &redo->q, effect);
    redo->threshold = policy_threshold(policy, redo->severity, psi);
}

/* Severities that the policy gives to what the record holds. */
static enum status redo_severities(const struct alert *al, struct arena *a, struct alert *redo,
                                   struct err *err)
{
    const struct policy *policy = NULL;
    struct other_feature *others = arena_array(a, al->others.n, sizeof(*others));
    struct err why = { { 0 } };

    if (!others)
        return err_set(err, ST_FATAL, "no memory to check an alert");
    if (policy_find(al->policy, &policy, &why) != ST_OK)
        return err_set(err, ST_REJECT, "policy: '%.*s' is not known", SLICE_ARG(al->policy));
    if (policy->scans != (al->evidence != NULL))
        return err_set(err, ST_REJECT, "evidence: does not fit the policy");
    if (al->others.n > 0)
        memcpy(others, al->others.v, al->others.n * sizeof(*others));
    if (redo_family(redo, a, others) != ST_OK)
        return err_set(err, ST_FATAL, "no memory to check an alert");
    for (size_t i = 0; i < al->others.n; i++)
        others[i].severity = redo_severity(policy, redo, others[i].psi, &others[i].q,
                                           others[i].effect.has ? others[i].effect.v : 0);
    redo->others.v = others;
    redo_own(policy, redo);
    return ST_OK;
}

/* Is it of a shape that can be measured? *fault says why not. */
static enum status find_fault(const struct alert *al, struct arena *a, const char **fault,
                              struct err *err)
{
    *fault = shape_fault(al);
    if (!*fault)
        *fault = cells_fault(al);
    if (!*fault && al->evidence)
        *fault = alert_evidence_fault(al);
    return *fault ? ST_OK : bins_fault(al, a, fault, err);
}

enum status alert_check(const struct alert *al, struct arena *a, struct alert_diff *diff,
                        struct err *err)
{
    char *id = arena_zalloc(a, HASH_ID_HEX_LEN + 1);
    char *sum = arena_zalloc(a, SHA256_HEX_LEN + 1);
    struct alert redo = *al;
    struct alert_evidence *evidence = arena_zalloc(a, sizeof(*evidence));
    const char *fault = NULL;
    enum status st;

    *diff = (struct alert_diff){ { 0 }, { 0 }, { 0 } };
    if (!id || !sum || !evidence)
        return err_set(err, ST_FATAL, "no memory to check an alert");
    if (al->method < ALERT_METHOD_MIN || al->method > ALERT_METHOD)
        return err_set(err, ST_REJECT, "method %d: this program knows methods %d to %d", al->method,
                       ALERT_METHOD_MIN, ALERT_METHOD);
    st = find_fault(al, a, &fault, err);
    if (st != ST_OK)
        return st;
    if (fault)
        return err_set(err, ST_REJECT, "%s", fault);
    if (al->evidence) {
        *evidence = *al->evidence;
        redo.evidence = evidence;
    }
    alert_id(al, id);
    redo.alert_id = slice_str(id);
    redo.todo = slice_str(alert_todo(al->feature));
    st = alert_measure(&redo, a, err);
    if (st == ST_OK)
        st = redo_severities(al, a, &redo, err);
    if (st == ST_OK)
        st = alert_checksum(al, sum, err);
    if (st != ST_OK)
        return st;
    redo.checksum = slice_str(sum);
    if (!record_diff(wire_tables[RECORD_ALERT], al, &redo, diff))
        return ST_OK;
    return err_set(err, ST_REJECT, "%s: recorded %s, recomputed %s", diff->field, diff->recorded,
                   diff->recomputed);
}
