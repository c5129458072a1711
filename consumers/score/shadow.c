/* SPDX-License-Identifier: MIT */
#include "consumers/score/shadow.h"

void shadow_score(struct shadow *s, const struct facts *in, size_t n, struct arena *a)
{
    struct err ignored = { 0 };

    if (s->bundle)
        s->lost = bundle_score(s->bundle, in, n, a, s->scored, &ignored) != ST_OK;
}

const struct scored *shadow_scored(const struct shadow *s, size_t i)
{
    return s->bundle && !s->lost && !s->scored[i].bad ? &s->scored[i] : NULL;
}
