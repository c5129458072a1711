/* SPDX-License-Identifier: MIT */
/* A machine without AVX2, as far as our own kernel asks: linked with --wrap. */
#include <stdbool.h>

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
bool __wrap_cells_have_avx2(void);

bool __wrap_cells_have_avx2(void)
{
    return false;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
