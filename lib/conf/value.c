/* SPDX-License-Identifier: MIT */
#include "conf/value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A suffix of a number and what it multiplies by. The largest come first, so
 * that printing finds the shortest form. */
struct unit {
    const char *suffix;
    int64_t factor;
};

static const struct unit time_units[] = {
    { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 }, { NULL, 0 },
};
static const struct unit size_units[] = {
    { "G", 1 << 30 },
    { "M", 1 << 20 },
    { "k", 1 << 10 },
    { NULL, 0 },
};
static const struct unit no_units[] = { { NULL, 0 } };

static const struct unit *units_of(enum conf_type type)
{
    if (type == CONF_MS)
        return time_units;
    return type == CONF_SIZE ? size_units : no_units;
}

/* n in the largest unit that divides it. */
static void print_amount(const struct unit *units, int64_t n, struct buf *out)
{
    for (const struct unit *u = units; u->suffix && n != 0; u++) {
        if (n % u->factor == 0) {
            buf_fmt(out, "%" PRId64 "%s", n / u->factor, u->suffix);
            return;
        }
    }
    buf_fmt(out, "%" PRId64, n);
}

static const char *type_word(enum conf_type type)
{
    switch (type) {
    case CONF_STR:
        return "text";
    case CONF_SECRET:
        return "secret";
    case CONF_INT:
        return "integer";
    case CONF_MS:
        return "duration";
    case CONF_SIZE:
        return "size";
    case CONF_BOOL:
        return "true or false";
    case CONF_DOUBLE:
        return "number";
    case CONF_CHOICE:
        return "one of";
    }
    return "unknown";
}

void conf_value_describe(const struct conf_prop *p, struct buf *out)
{
    buf_str(out, type_word(p->type));
    if (p->type == CONF_CHOICE) {
        buf_fmt(out, " %s", p->choices);
    } else if (p->type == CONF_DOUBLE) {
        buf_fmt(out, " %g..%g", p->min, p->max);
    } else if (p->type == CONF_INT || p->type == CONF_MS || p->type == CONF_SIZE) {
        buf_byte(out, ' ');
        print_amount(units_of(p->type), (int64_t)p->min, out);
        buf_str(out, "..");
        print_amount(units_of(p->type), (int64_t)p->max, out);
    } else if (p->max > 0) {
        buf_fmt(out, " of at most %.0f bytes", p->max);
    }
}

static enum status bad_value(const struct conf_prop *p, const char *value, struct err *err)
{
    char room[128];
    struct buf want;

    buf_init(&want, sizeof(room));
    conf_value_describe(p, &want);
    err_set(err, ST_FATAL, "%s: \"%.60s\" is not a valid value, want %.*s", p->name, value,
            SLICE_ARG(buf_slice(&want)));
    buf_release(&want);
    return ST_FATAL;
}

static enum status set_int(const struct conf_prop *p, int64_t *field, const char *value,
                           struct err *err)
{
    const struct unit *u = units_of(p->type);
    int64_t factor = 1;
    char *end;

    errno = 0;
    long long n = strtoll(value, &end, 10);
    if (errno != 0 || end == value || value[0] == '+')
        return bad_value(p, value, err);
    if (*end != '\0') {
        while (u->suffix && strcmp(u->suffix, end) != 0)
            u++;
        if (!u->suffix)
            return bad_value(p, value, err);
        factor = u->factor;
    }
    if (n > INT64_MAX / factor || n < INT64_MIN / factor)
        return bad_value(p, value, err);
    n *= factor;
    if ((double)n < p->min || (double)n > p->max)
        return bad_value(p, value, err);
    *field = n;
    return ST_OK;
}

static enum status set_double(const struct conf_prop *p, double *field, const char *value,
                              struct err *err)
{
    char *end;
    double d = strtod(value, &end);

    if (end == value || *end != '\0' || !(d >= p->min && d <= p->max))
        return bad_value(p, value, err);
    *field = d;
    return ST_OK;
}

static enum status set_bool(const struct conf_prop *p, bool *field, const char *value,
                            struct err *err)
{
    bool on = strcmp(value, "true") == 0;

    if (!on && strcmp(value, "false") != 0)
        return bad_value(p, value, err);
    *field = on;
    return ST_OK;
}

static enum status set_choice(const struct conf_prop *p, int *field, const char *value,
                              struct err *err)
{
    size_t n = strlen(value);
    int i = 0;

    for (const char *at = p->choices; at; i++) {
        size_t len = strcspn(at, "|");

        if (len == n && memcmp(at, value, n) == 0) {
            *field = i;
            return ST_OK;
        }
        at = at[len] == '|' ? at + len + 1 : NULL;
    }
    return bad_value(p, value, err);
}

enum status conf_value_set(const struct conf_prop *p, void *at, const char *value, struct err *err)
{
    switch (p->type) {
    case CONF_STR:
        if (p->max > 0 && (double)strlen(value) > p->max)
            return bad_value(p, value, err);
        *(const char **)at = value;
        return ST_OK;
    case CONF_SECRET:
        *(const char **)at = value;
        return ST_OK;
    case CONF_INT:
    case CONF_MS:
    case CONF_SIZE:
        return set_int(p, at, value, err);
    case CONF_BOOL:
        return set_bool(p, at, value, err);
    case CONF_DOUBLE:
        return set_double(p, at, value, err);
    case CONF_CHOICE:
        return set_choice(p, at, value, err);
    }
    return err_set(err, ST_FATAL, "%s: unknown type in the table", p->name);
}
