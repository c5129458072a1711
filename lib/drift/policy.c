/* SPDX-License-Identifier: MIT */
#include "drift/policy.h"

static const struct policy policies[] = {
    { "fixed", 0.2, 0.3 },
};

/* Those that need evidence, which the judge cannot weigh yet. */
static const char *const planned[] = { "significant", "early" };

enum status policy_find(struct slice name, const struct policy **out, struct err *err)
{
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        if (!slice_is(name, policies[i].name))
            continue;
        *out = &policies[i];
        return ST_OK;
    }
    for (size_t i = 0; i < sizeof(planned) / sizeof(planned[0]); i++)
        if (slice_is(name, planned[i]))
            return err_set(err, ST_FATAL, "config: drift.policy = %s is not built yet: use fixed",
                           planned[i]);
    return err_set(err, ST_FATAL, "config: drift.policy: there is no '%.*s', only fixed",
                   (int)(name.n < 64 ? name.n : 64), name.n ? name.p : "");
}

enum severity policy_severity(const struct policy *p, double psi)
{
    if (psi > p->critical)
        return SEVERITY_CRITICAL;
    return psi > p->warning ? SEVERITY_WARNING : SEVERITY_NONE;
}

double policy_threshold(const struct policy *p, enum severity severity)
{
    if (severity == SEVERITY_NONE)
        return 0;
    return severity == SEVERITY_CRITICAL ? p->critical : p->warning;
}
