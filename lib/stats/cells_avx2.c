/* SPDX-License-Identifier: MIT */
/* The search by AVX2; see cells_inner.h. Its functions alone are compiled for it,
 * by an attribute: the program runs on a CPU without. */
#include "stats/cells_inner.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <float.h>
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt")))

bool cells_have_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

/* Which of four keys are <= x: all bits of each that is. */
AVX2 static inline __m256i at_most(const double *keys, __m256d x)
{
    return _mm256_castpd_si256(_mm256_cmp_pd(_mm256_load_pd(keys), x, _CMP_LE_OQ));
}

/* Twice the number of keys of a node that are <= x: two bytes are left of each. */
AVX2 static inline size_t twice(const double *node, __m256d x)
{
    __m256i ab = _mm256_packs_epi32(at_most(node, x), at_most(node + 4, x));
    __m256i cd = _mm256_packs_epi32(at_most(node + 8, x), at_most(node + 12, x));
    int bytes = _mm256_movemask_epi8(_mm256_packs_epi16(ab, cd));

    return (size_t)_mm_popcnt_u32((unsigned)bytes);
}

/* x <= DBL_MAX, so that no +inf behind the edges counts. */
AVX2 static inline int32_t find_two(const struct cells *c, __m256d x)
{
    const size_t leaf = twice(c->mid, x) * (CELLS_NODE / 2);

    return (int32_t)(leaf + twice(c->edges + leaf, x) / 2);
}

AVX2 static inline int32_t find_three(const struct cells *c, __m256d x)
{
    const int top = _mm256_movemask_pd(_mm256_castsi256_pd(at_most(c->top, x)));
    const size_t node = (size_t)_mm_popcnt_u32((unsigned)top) * CELLS_NODE;
    const size_t leaf = node * CELLS_NODE + twice(c->mid + node, x) * (CELLS_NODE / 2);

    return (int32_t)(leaf + twice(c->edges + leaf, x) / 2);
}

AVX2 static inline int32_t find(const struct cells *c, __m256d x)
{
    return c->n_edges <= CELLS_TWO_LEVELS ? find_two(c, x) : find_three(c, x);
}

/* A value that is in a cell: NaN and infinities become DBL_MAX. */
AVX2 static inline __m256d tame(__m256d x)
{
    return _mm256_min_pd(x, _mm256_set1_pd(DBL_MAX));
}

/* A bit for each of four values that is in no cell. */
AVX2 static inline unsigned outside(__m256d x)
{
    const __m256d size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), x);
    const __m256d finite = _mm256_cmp_pd(size, _mm256_set1_pd(DBL_MAX), _CMP_LE_OQ);

    return (unsigned)_mm256_movemask_pd(finite) ^ 15U;
}

/* -1 for each bit: rare enough for a branch. */
static inline void drop(unsigned bits, int32_t *cell)
{
    for (size_t k = 0; bits; bits >>= 1, k++)
        if (bits & 1U)
            cell[k] = -1;
}

AVX2 static int32_t find_one(const struct cells *c, double x)
{
    return x >= -DBL_MAX && x <= DBL_MAX ? find(c, _mm256_set1_pd(x)) : -1;
}

AVX2 void cells_avx2_many(const struct cells *c, const double *x, size_t n, int32_t *cell)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        cell[i] = find(c, tame(_mm256_broadcast_sd(x + i)));
        cell[i + 1] = find(c, tame(_mm256_broadcast_sd(x + i + 1)));
        cell[i + 2] = find(c, tame(_mm256_broadcast_sd(x + i + 2)));
        cell[i + 3] = find(c, tame(_mm256_broadcast_sd(x + i + 3)));
        drop(outside(_mm256_loadu_pd(x + i)), cell + i);
    }
    for (; i < n; i++)
        cell[i] = find_one(c, x[i]);
}

AVX2 void cells_avx2_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        cell[i] = find(c[i], tame(_mm256_broadcast_sd(x + i)));
        cell[i + 1] = find(c[i + 1], tame(_mm256_broadcast_sd(x + i + 1)));
        cell[i + 2] = find(c[i + 2], tame(_mm256_broadcast_sd(x + i + 2)));
        cell[i + 3] = find(c[i + 3], tame(_mm256_broadcast_sd(x + i + 3)));
        drop(outside(_mm256_loadu_pd(x + i)), cell + i);
    }
    for (; i < n; i++)
        cell[i] = find_one(c[i], x[i]);
}

#else

bool cells_have_avx2(void)
{
    return false;
}

void cells_avx2_many(const struct cells *c, const double *x, size_t n, int32_t *cell)
{
    cells_portable_many(c, x, n, cell);
}

void cells_avx2_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell)
{
    cells_portable_row(c, x, n, cell);
}

#endif
