/* SPDX-License-Identifier: MIT */
/* doc-metrics.c -- prints the tables of docs/METRICS.md; tools/gen-docs runs it. */
#include <stdio.h>

#include "base/buf.h"
#include "obs/metrics.h"

int main(void)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    metrics_print_doc(&out);
    struct slice s = buf_slice(&out);
    bool ok = !buf_failed(&out) && fwrite(s.p, 1, s.n, stdout) == s.n && fflush(stdout) == 0;
    buf_release(&out);
    return ok ? 0 : 1;
}
