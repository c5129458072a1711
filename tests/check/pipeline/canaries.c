/* SPDX-License-Identifier: MIT */
#include "canaries.h"

#include "cli/canary/account.h"
#include "support/check.h"

enum { CANARIES = 40 };

static struct account new_account(void)
{
    struct account a;
    struct err err = { 0 };

    assert_int_equal(account_init(&a, "check", CANARIES, &err), ST_OK);
    return a;
}

static void add_canary(struct check_log *log, const struct account *a, size_t i, int32_t part,
                       int64_t ms)
{
    char id[CANARY_ID_MAX];
    char value[CANARY_VALUE_MAX];
    struct err err = { 0 };

    account_id(a, i, id);
    const struct hdr hdr = { slice_str(STAGE_CANARY), slice_str(id) };
    const struct out_rec canary = { .topic = TOPIC_RAW,
                                    .part = part,
                                    .value = canary_value(id, ms, value),
                                    .hdr = &hdr,
                                    .nhdr = 1 };
    assert_int_equal(check_log_append(log, &canary, ms, &err), ST_OK);
}

struct check_log *canaries_among(const struct check_log *input)
{
    const int32_t parts = check_log_topology(input)->parts[TOPIC_RAW];
    struct check_log *log = check_log_new(check_log_topology(input));
    struct account a = new_account();
    struct err err = { 0 };
    size_t sent = 0;

    for (int32_t p = 0; p < parts; p++) {
        const size_t n = check_log_n(input, TOPIC_RAW, p);
        const size_t last = a.n * (size_t)(p + 1) / (size_t)parts;
        const size_t step = n / (last - sent + 1);

        for (size_t i = 0; i < n; i++) {
            const struct stage_rec *r = check_log_at(input, TOPIC_RAW, p, i);
            const int64_t ms = check_log_time(input, TOPIC_RAW, p, i);
            const struct out_rec rec = { TOPIC_RAW, p, r->key, r->value, r->hdr, r->nhdr };

            if (i % step == step / 2 && sent < last)
                add_canary(log, &a, sent++, p, ms);
            assert_int_equal(check_log_append(log, &rec, ms, &err), ST_OK);
        }
    }
    assert_int_equal(sent, a.n);
    account_release(&a);
    return log;
}

bool canaries_accounted(const struct check_log *log, struct buf *report)
{
    static const enum topic_id hops[HOP_N] = { TOPIC_COMMENTS, TOPIC_SCORES, TOPIC_PANES };
    struct account a = new_account();

    for (int hop = 0; hop < HOP_N; hop++) {
        for (int32_t p = 0; p < check_log_topology(log)->parts[hops[hop]]; p++) {
            for (size_t i = 0; i < check_log_n(log, hops[hop], p); i++)
                account_met(&a, (enum canary_hop)hop,
                            stage_header(check_log_at(log, hops[hop], p, i), STAGE_CANARY), 1);
        }
    }
    buf_clear(report);
    const bool well = account_report(&a, report);
    account_release(&a);
    return well;
}
