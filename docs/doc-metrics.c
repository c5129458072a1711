/* SPDX-License-Identifier: MIT */
/* doc-metrics.c -- prints the tables of docs/METRICS.md, or with the word ready that of
 * docs/READINESS.md; tools/gen-docs runs it. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "obs/metrics.h"
#include "obs/ready.h"

int main(int argc, char **argv)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    if (argc > 1 && strcmp(argv[1], "ready") == 0)
        ready_print_doc(&out);
    else
        metrics_print_doc(&out);
    struct slice s = buf_slice(&out);
    bool ok = !buf_failed(&out) && fwrite(s.p, 1, s.n, stdout) == s.n && fflush(stdout) == 0;
    buf_release(&out);
    return ok ? 0 : 1;
}
