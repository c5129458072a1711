/* SPDX-License-Identifier: MIT */
#include "support/record_gen.h"

#include <math.h>
#include <string.h>

#include "record/types.h"
#include "wire/array.h"

static bool coin(const struct record_gen *g)
{
    return prop_below(g->prop, 2) == 0;
}

static int64_t gen_long(const struct record_gen *g)
{
    static const int64_t edge[] = { 0, 1, -1, 63, 64, -64, -65, INT64_MAX, INT64_MIN, 1 << 20 };

    if (coin(g))
        return edge[prop_below(g->prop, sizeof(edge) / sizeof(edge[0]))];
    return (int64_t)(prop_u64(g->prop) >> prop_below(g->prop, 64));
}

static int32_t gen_int(const struct record_gen *g)
{
    static const int32_t edge[] = { 0, -1, INT32_MAX, INT32_MIN };

    return coin(g) ? edge[prop_below(g->prop, 4)] : (int32_t)(uint32_t)prop_u64(g->prop);
}

static double gen_double(const struct record_gen *g, bool nan)
{
    static const double edge[] = { 0.0,    -0.0,     0.1,
                                   1e-308, 4.9e-324, 1.7976931348623157e308,
                                   5,      1e17,     123456789012345678.0 };
    double v;

    if (coin(g))
        return edge[prop_below(g->prop, sizeof(edge) / sizeof(edge[0]))];
    uint64_t u = prop_u64(g->prop);
    memcpy(&v, &u, sizeof(v));
    if (isnan(v) || (g->finite && isinf(v)))
        return nan ? (double)NAN : 0.25;
    return v;
}

static struct slice gen_string(const struct record_gen *g, bool text)
{
    static const char *const piece[] = { "a",
                                         "\"",
                                         "\\",
                                         "\n",
                                         "\x01",
                                         "\xC3\xA9",
                                         "\xF0\x9F\x98\x80",
                                         "\xE2\x80\x8D",
                                         "long words and spaces ",
                                         "\x7F",
                                         "/" };
    char b[512];
    size_t n = 0;

    for (size_t k = prop_below(g->prop, 12); k > 0; k--) {
        const char *s = piece[prop_below(g->prop, sizeof(piece) / sizeof(piece[0]))];

        memcpy(b + n, s, strlen(s));
        n += strlen(s);
        if (prop_below(g->prop, 16) == 0)
            b[n++] = '\0';
        if (!text)
            b[n++] = (char)(unsigned char)prop_below(g->prop, 256);
    }
    return arena_copy(g->a, (struct slice){ b, n });
}

static void gen_field(const struct record_gen *g, const struct wire_field *f, char *p);

static struct wire_array gen_array(const struct record_gen *g, const struct wire_field *f)
{
    struct wire_field item = wire_item(f);
    struct wire_array a = { NULL, prop_below(g->prop, g->items + 1) };

    if (a.n > 0)
        a.v = arena_array(g->a, a.n, wire_size(&item));
    for (size_t i = 0; i < a.n; i++)
        gen_field(g, &item, a.v + i * wire_size(&item));
    return a;
}

static int gen_symbol(const struct record_gen *g, const struct wire_field *f)
{
    int n = 0;

    while (f->names[n])
        n++;
    return (int)prop_below(g->prop, (uint64_t)n);
}

static void gen_opt(const struct record_gen *g, const struct wire_field *f, void *at)
{
    bool has = coin(g);

    if (!has)
        return;
    if (f->type == WIRE_OPT_LONG)
        *(struct opt_long *)at = (struct opt_long){ gen_long(g), true };
    else if (f->type == WIRE_OPT_DOUBLE)
        *(struct opt_double *)at = (struct opt_double){ gen_double(g, !g->finite), true };
    else
        *(struct opt_bool *)at = (struct opt_bool){ coin(g), true };
}

static void *gen_opt_record(const struct record_gen *g, const struct wire_table *t)
{
    void *rec = coin(g) ? arena_zalloc(g->a, t->size) : NULL;

    if (rec)
        record_gen(g, t, rec);
    return rec;
}

static void gen_field(const struct record_gen *g, const struct wire_field *f, char *p)
{
    void *at = p;

    switch (f->type) {
    case WIRE_BOOL:
        *(bool *)at = coin(g);
        break;
    case WIRE_INT:
        *(int32_t *)at = gen_int(g);
        break;
    case WIRE_LONG:
        *(int64_t *)at = gen_long(g);
        break;
    case WIRE_DOUBLE:
        *(double *)at = gen_double(g, true);
        break;
    case WIRE_STRING:
    case WIRE_BYTES:
        *(struct slice *)at = gen_string(g, f->type == WIRE_STRING);
        break;
    case WIRE_ENUM:
        *(int *)at = gen_symbol(g, f);
        break;
    case WIRE_OPT_LONG:
    case WIRE_OPT_DOUBLE:
    case WIRE_OPT_BOOL:
        gen_opt(g, f, at);
        break;
    case WIRE_RECORD:
        record_gen(g, f->sub, at);
        break;
    case WIRE_OPT_RECORD:
        *(void **)at = gen_opt_record(g, f->sub);
        break;
    default:
        *(struct wire_array *)at = gen_array(g, f);
        break;
    }
}

void record_gen(const struct record_gen *g, const struct wire_table *t, void *rec)
{
    memset(rec, 0, t->size);
    for (size_t i = 0; i < t->n; i++)
        gen_field(g, &t->fields[i], (char *)rec + t->fields[i].offset);
}

static bool double_equal(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

static bool field_equal(const struct wire_field *f, const void *a, const void *b)
{
    const struct opt_long *la = a;
    const struct opt_long *lb = b;
    const struct opt_double *da = a;
    const struct opt_double *db = b;
    const struct opt_bool *ba = a;
    const struct opt_bool *bb = b;
    const struct wire_array *aa = a;
    const struct wire_array *ab = b;
    const void *const *ra = a;
    const void *const *rb = b;

    switch (f->type) {
    case WIRE_DOUBLE:
        return double_equal(*(const double *)a, *(const double *)b);
    case WIRE_STRING:
    case WIRE_BYTES:
        return slice_eq(*(const struct slice *)a, *(const struct slice *)b);
    case WIRE_OPT_LONG:
        return la->has == lb->has && (!la->has || la->v == lb->v);
    case WIRE_OPT_DOUBLE:
        return da->has == db->has && (!da->has || double_equal(da->v, db->v));
    case WIRE_OPT_BOOL:
        return ba->has == bb->has && (!ba->has || ba->v == bb->v);
    case WIRE_RECORD:
        return record_equal(f->sub, a, b);
    case WIRE_OPT_RECORD:
        return !*ra == !*rb && (!*ra || record_equal(f->sub, *ra, *rb));
    case WIRE_BOOL:
    case WIRE_INT:
    case WIRE_LONG:
    case WIRE_ENUM:
        return memcmp(a, b, wire_size(f)) == 0;
    default:
        break;
    }
    struct wire_field item = wire_item(f);
    bool equal = aa->n == ab->n;
    for (size_t i = 0; equal && i < aa->n; i++)
        equal = field_equal(&item, aa->v + i * wire_size(&item), ab->v + i * wire_size(&item));
    return equal;
}

bool record_equal(const struct wire_table *t, const void *a, const void *b)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct wire_field *f = &t->fields[i];

        if (!field_equal(f, (const char *)a + f->offset, (const char *)b + f->offset))
            return false;
    }
    return true;
}
