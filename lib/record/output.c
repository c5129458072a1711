/* SPDX-License-Identifier: MIT */
#include "record/output.h"

const struct output_info output_table[OUTPUT_N] = {
    [OUTPUT_SENTIMENT] = { "sentiment_score", -1.0, 1.0 },
    [OUTPUT_ENGAGEMENT] = { "engagement_score", 0.0, 1.0 },
    [OUTPUT_IMPLICITNESS] = { "implicitness_degree", 0.0, 1.0 },
    [OUTPUT_CONFIDENCE] = { "confidence", 0.0, 1.0 },
};
