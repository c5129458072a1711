/* SPDX-License-Identifier: MIT */
#include "stats/wide.h"

#include "stats/cells_inner.h"
#include "stats/wide_loops.h"

const struct wide *wide(void)
{
    return cells_have_avx2() ? &wide_avx2 : &wide_portable;
}
