/* SPDX-License-Identifier: MIT */
#include <jansson.h>

#include "report/run_inner.h"
#include "wire/json.h"

enum { SUMMARY_MAX = 1 << 20 };

static int64_t number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

enum status run_summary_read(struct slice json, struct run_summary *out, struct err *err)
{
    enum dead_reason reason;
    json_t *o = NULL;
    enum status st = wire_json_parse(json, SUMMARY_MAX, 0, &o, &reason, err);

    if (st == ST_OK && !json_is_object(o))
        st = err_set(err, ST_REJECT, "not an object");
    if (st == ST_OK) {
        const json_t *counters = json_object_get(o, "counters");
        const char *identity = json_string_value(json_object_get(o, "identity"));

        *out = (struct run_summary){
            .read = number(o, "read"),
            .comments = number(o, "comments"),
            .updates = number(o, "updates"),
            .dead = number(o, "dead"),
            .late = number(o, "late"),
            .counters = { .late_by_floor = number(counters, "late_by_floor"),
                          .overtaken = number(counters, "overtaken"),
                          .cross_source_updates = number(counters, "cross_source_updates"),
                          .dedupe_evicted = number(counters, "dedupe_evicted") },
            .exact = identity && slice_is(slice_str(identity), "I1"),
        };
    }
    json_decref(o);
    if (st != ST_OK)
        err_prefix(err, "summary.json");
    return st;
}
