/* SPDX-License-Identifier: MIT */
/* cpu.h -- how much a benchmark has worked, whoever else did. */
#ifndef CPU_H
#define CPU_H

#include <time.h>

/* Seconds of CPU that this process has had. */
static inline double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
