/* SPDX-License-Identifier: MIT */
#include "drift/policy.h"

static const struct policy policies[] = {
    { .name = "fixed", .warning = 0.2, .critical = 0.3 },
    { .name = "significant", .warning = 0.2, .critical = 0.3, .scans = true },
    { .name = "early", .warning = 0.2, .critical = 0.3, .scans = true, .early = true },
};

enum status policy_find(struct slice name, const struct policy **out, struct err *err)
{
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        if (!slice_is(name, policies[i].name))
            continue;
        *out = &policies[i];
        return ST_OK;
    }
    return err_set(err, ST_FATAL,
                   "config: drift.policy: there is no '%.*s', only fixed, significant and early",
                   (int)(name.n < 64 ? name.n : 64), name.n ? name.p : "");
}

enum severity policy_severity(const struct policy *p, double psi)
{
    if (psi > p->critical)
        return SEVERITY_CRITICAL;
    return psi > p->warning ? SEVERITY_WARNING : SEVERITY_NONE;
}

enum severity policy_weigh(const struct policy *p, const struct weighed *w)
{
    enum severity by_psi = policy_severity(p, w->psi);

    if (!w->evidence)
        return SEVERITY_NONE;
    if (by_psi == SEVERITY_NONE && (p->early || w->lasting))
        return SEVERITY_WARNING;
    return by_psi;
}

double policy_threshold(const struct policy *p, enum severity severity, double psi)
{
    double threshold = severity == SEVERITY_CRITICAL ? p->critical : p->warning;

    return severity != SEVERITY_NONE && (psi > threshold || !p->scans) ? threshold : 0;
}
