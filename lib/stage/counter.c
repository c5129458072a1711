/* SPDX-License-Identifier: MIT */
#include "stage/counter.h"

const struct counter_info counter_table[COUNTER_N] = {
#define X(id, name, help) [COUNTER_##id] = { name, help },
    COUNTERS(X)
#undef X
};
