/* SPDX-License-Identifier: MIT */
#include "support/notify/alerts.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"

enum { CELLS = 6 };

static void *keep(struct arena *a, const void *v, size_t n)
{
    struct slice s = arena_copy(a, (struct slice){ v, n });
    void *p = arena_alloc(a, n);

    assert_non_null(s.p);
    assert_non_null(p);
    memcpy(p, v, n);
    return p;
}

static struct slice name(struct arena *a, const char *segment, int episode)
{
    char text[80];

    snprintf(text, sizeof(text), "id-%s-%d", segment, episode);
    return arena_copy(a, slice_str(text));
}

struct alert sample_alert(struct arena *a, const char *segment, int episode, int32_t seq)
{
    const double edges[] = { -0.5, -0.25, 0, 0.25, 0.5 };
    const int32_t bins[] = { 0, 0, 1, 2, 3, 4 };
    const int64_t before[] = { 100, 150, 500, 150, 75, 25 };
    const int64_t now[] = { 10, 20, 100, 150, 90, 42 };
    const struct moved_bin moved[] = { { 1, 0.5, 0.243, 0.185 }, { 4, 0.025, 0.102, 0.108 } };
    const struct other_feature others[] = {
        { .name = slice_str("confidence"), .psi = 0.312, .severity = SEVERITY_CRITICAL }
    };

    return (struct alert){
        .alert_id = name(a, segment, episode),
        .seq = seq,
        .state = seq == 2 ? ALERT_RESOLVED : ALERT_FIRING,
        .severity = seq == 0 ? SEVERITY_WARNING : SEVERITY_CRITICAL,
        .kind = slice_str("drift"),
        .rule = slice_str("window"),
        .rule_version = 1,
        .segment = slice_str(segment),
        .feature = slice_str("sentiment_score"),
        .others = { keep(a, others, sizeof(others)), 1 },
        .start_ms = INT64_C(1753275600000) + episode * INT64_C(3600000),
        .end_ms = INT64_C(1753279200000) + episode * INT64_C(3600000),
        .psi = { 0.4123, true },
        .threshold = 0.3,
        .n = 412,
        .n_eff = 97.34,
        .m = 1000,
        .edges = { keep(a, edges, sizeof(edges)), CELLS - 1 },
        .psi_bins = { keep(a, bins, sizeof(bins)), CELLS },
        .baseline_counts = { keep(a, before, sizeof(before)), CELLS },
        .window_counts = { keep(a, now, sizeof(now)), CELLS },
        .unit = 1,
        .baseline_sd = 0.25,
        .moved = { keep(a, moved, sizeof(moved)), 2 },
        .moments = { .mean_before = 0.012, .mean_now = 0.214, .sd_before = 0.25, .sd_now = 0.31 },
        .message = slice_str("sentiment_score moved up in all: PSI 0.412 > 0.3 (412 comments, 38 "
                             "videos)"),
        .todo = slice_str("docs/runbook/drift-in-a-score.md"),
        .baseline = slice_str("sha256:b"),
        .bundle = slice_str("sha256:m"),
        .config = slice_str("sha256:c"),
        .method = 1,
    };
}
