/* SPDX-License-Identifier: MIT */
#include "stage/row.h"

#include <stdlib.h>

#include "record/types.h"

bool row_init(struct row *r, int32_t n)
{
    *r = (struct row){ .n = n, .wm = malloc((size_t)n * sizeof(*r->wm)) };
    for (int32_t i = 0; r->wm && i < n; i++)
        r->wm[i] = WM_NONE;
    return r->wm != NULL;
}

void row_release(struct row *r)
{
    free(r->wm);
    *r = (struct row){ 0 };
}

void row_note(struct row *r, int32_t src, int64_t wm_ms)
{
    if (src >= 0 && src < r->n && wm_ms > r->wm[src])
        r->wm[src] = wm_ms;
}

int64_t row_min(const struct row *r)
{
    int64_t min = r->n > 0 ? WM_END : WM_NONE;

    for (int32_t i = 0; i < r->n; i++) {
        if (r->wm[i] < min)
            min = r->wm[i];
    }
    return min;
}
