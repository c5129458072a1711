/* SPDX-License-Identifier: MIT */
#include "text/spark.h"

size_t spark_shares(const int64_t *counts, const int32_t *bin, size_t n,
                    double shares[SPARK_BINS_MAX])
{
    double total = 0;
    size_t bins = 0;

    for (size_t b = 0; b < SPARK_BINS_MAX; b++)
        shares[b] = 0;
    for (size_t i = 0; i < n; i++) {
        if (bin[i] < 0 || bin[i] >= SPARK_BINS_MAX)
            continue;
        if ((size_t)bin[i] >= bins)
            bins = (size_t)bin[i] + 1;
        if (counts[i] <= 0)
            continue;
        shares[bin[i]] += (double)counts[i];
        total += (double)counts[i];
    }
    for (size_t b = 0; total > 0 && b < bins; b++)
        shares[b] /= total;
    return bins;
}

double spark_top(const double *v, size_t n)
{
    double top = 0;

    for (size_t i = 0; i < n; i++)
        top = v[i] > top ? v[i] : top;
    return top;
}

int spark_level(double v, double top)
{
    int level = 1;

    if (!(v > 0) || !(top > 0))
        return 0;
    while (level < SPARK_LEVEL_MAX && v > top * level / SPARK_LEVEL_MAX)
        level++;
    return level;
}

void spark_add(const double *v, size_t n, double top, struct buf *out)
{
    static const char *const blocks[SPARK_LEVEL_MAX + 1] = { "·", "▁", "▂", "▃", "▄",
                                                             "▅", "▆", "▇", "█" };

    for (size_t i = 0; i < n; i++)
        buf_str(out, blocks[spark_level(v[i], top)]);
}
