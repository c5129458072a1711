/* SPDX-License-Identifier: MIT */
#include "wire/array.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "record/types.h"

struct wire_field wire_item(const struct wire_field *f)
{
    static const enum wire_type item[] = {
        [WIRE_INTS] = WIRE_INT,       [WIRE_LONGS] = WIRE_LONG,     [WIRE_DOUBLES] = WIRE_DOUBLE,
        [WIRE_STRINGS] = WIRE_STRING, [WIRE_RECORDS] = WIRE_RECORD,
    };

    return (struct wire_field){ .name = f->name, .type = item[f->type], .sub = f->sub };
}

size_t wire_size(const struct wire_field *f)
{
    switch (f->type) {
    case WIRE_BOOL:
        return sizeof(bool);
    case WIRE_INT:
        return sizeof(int32_t);
    case WIRE_LONG:
        return sizeof(int64_t);
    case WIRE_DOUBLE:
        return sizeof(double);
    case WIRE_STRING:
    case WIRE_BYTES:
        return sizeof(struct slice);
    case WIRE_ENUM:
        return sizeof(int);
    case WIRE_OPT_LONG:
        return sizeof(struct opt_long);
    case WIRE_OPT_DOUBLE:
        return sizeof(struct opt_double);
    case WIRE_OPT_BOOL:
        return sizeof(struct opt_bool);
    case WIRE_RECORD:
        return f->sub->size;
    case WIRE_OPT_RECORD:
        return sizeof(void *);
    default:
        return sizeof(struct wire_array);
    }
}

int wire_name(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

const struct wire_field *wire_field(const struct wire_table *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->fields[i].name, name) == 0)
            return &t->fields[i];
    }
    return NULL;
}
