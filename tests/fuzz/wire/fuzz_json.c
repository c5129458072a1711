/* SPDX-License-Identifier: MIT */

#include "support/must.h"
#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = { (const char *)data, size };
    enum dead_reason reason = DEAD_N;
    struct err err = { 0 };
    json_t *json;
    enum status st = wire_json_parse(in, WIRE_JSON_RAW_MAX, WIRE_JSON_BOM, &json, &reason, &err);

    must(st == ST_OK || (st == ST_REJECT && reason <= DEAD_ENCODING));
    json_decref(json);
    return 0;
}
