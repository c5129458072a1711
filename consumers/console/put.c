/* SPDX-License-Identifier: MIT */
#include "consumers/console/put.h"

#include <inttypes.h>
#include <math.h>

#include "wire/tojson.h"

void put_item(struct buf *out)
{
    const char *last = out->n > 0 ? out->p + out->n - 1 : "[";

    if (*last != '[' && *last != '{')
        buf_byte(out, ',');
}

void put_key(struct buf *out, const char *name)
{
    put_item(out);
    buf_fmt(out, "\"%s\":", name);
}

void put_slice(struct buf *out, const char *name, struct slice value)
{
    put_key(out, name);
    to_json_string(value, out);
}

void put_text(struct buf *out, const char *name, const char *value)
{
    put_slice(out, name, slice_str(value));
}

void put_int(struct buf *out, const char *name, int64_t value)
{
    put_key(out, name);
    buf_fmt(out, "%" PRId64, value);
}

void put_bool(struct buf *out, const char *name, bool value)
{
    put_key(out, name);
    buf_str(out, value ? "true" : "false");
}

void put_double(struct buf *out, const char *name, double value)
{
    put_key(out, name);
    if (isfinite(value))
        buf_fmt(out, "%.6g", value);
    else
        buf_str(out, "null");
}

void put_point(struct buf *out, double value)
{
    put_item(out);
    if (isfinite(value))
        buf_fmt(out, "%.3g", value);
    else
        buf_str(out, "null");
}
