/* SPDX-License-Identifier: MIT */
#include "drift/training_json.h"

#include <inttypes.h>
#include <string.h>

#include "wire/tojson.h"

#define SKEW_MAX 1e6

void training_write(const struct baseline *b, struct buf *out)
{
    if (b->training[0] == '\0')
        return;
    buf_fmt(out, "\n\"training\":\"%s\",", b->training);
    if (b->from_ms > 0)
        buf_fmt(out, "\"from_ms\":%" PRId64 ",", b->from_ms);
}

void training_write_skew(const struct baseline_feature *f, struct buf *out)
{
    if (!(f->training_skew > 0))
        return;
    buf_str(out, "\"training_skew\":");
    to_json_double(f->training_skew, out);
    buf_byte(out, ',');
}

static bool is_id(const char *s)
{
    return s && strncmp(s, "sha256:", 7) == 0 && strlen(s) == BASELINE_ID_LEN &&
           strspn(s + 7, "0123456789abcdef") == SHA256_HEX_LEN;
}

static enum status read_skew(const json_t *obj, struct baseline_feature *f, struct err *err)
{
    const json_t *v = json_object_get(obj, "training_skew");
    const double skew = json_number_value(v);

    if (!v)
        return ST_OK;
    if (f->categories || !(skew > TRAINING_SKEW_MIN && skew < SKEW_MAX)) /* NaN and no number too */
        return err_set(err, ST_REJECT, "%s: training_skew does not fit", f->name);
    f->training_skew = skew;
    return ST_OK;
}

/* A file of before does not have it. */
static enum status read_from(const json_t *root, struct baseline *b, struct err *err)
{
    const json_t *from = json_object_get(root, "from_ms");

    if (!from)
        return ST_OK;
    b->from_ms = json_integer_value(from); /* of what is no integer: 0 */
    if (b->from_ms < 1 || b->from_ms > b->until_ms)
        return err_set(err, ST_REJECT, "baseline: from_ms does not fit");
    return ST_OK;
}

enum status training_read(const json_t *root, struct baseline *b, struct err *err)
{
    const json_t *features = json_object_get(root, "features");
    const json_t *id = json_object_get(root, "training");
    enum status st = ST_OK;

    for (size_t i = 0; i < b->n && st == ST_OK; i++)
        st = read_skew(json_array_get(features, i), &b->features[i], err);
    if (st != ST_OK)
        return st;
    if (!id && training_skewed(b) == 0)
        return ST_OK;
    if (!is_id(json_string_value(id)))
        return err_set(err, ST_REJECT, "baseline: training is not the id of a baseline");
    memcpy(b->training, json_string_value(id), sizeof(b->training));
    return read_from(root, b, err);
}
