/* SPDX-License-Identifier: MIT */
/* shapes.h -- what each scraper calls the fields of a comment, as data. */
#ifndef INGEST_SHAPES_H
#define INGEST_SHAPES_H

#include <jansson.h>
#include <stddef.h>

#include "base/slice.h"

enum field {
    FIELD_ID,
    FIELD_VIDEO,
    FIELD_PARENT,
    FIELD_USER,
    FIELD_TEXT,
    FIELD_LANG,
    FIELD_CREATED,
    FIELD_LIKES,
    FIELD_REPLIES,
    FIELD_FOLLOWERS,
    FIELD_VERIFIED,
    FIELD_MEDIA,
};

/* One alias: under which path a shape keeps one of our fields. Of several rows
 * for the same field the first that is neither absent, null nor "" counts. */
struct alias {
    enum field field;
    const char *path; /* keys joined by dots */
};

/* How a shape writes when a comment was made. */
enum time_form {
    TIME_FORM_SECONDS, /* documented: seconds since 1970                          */
    TIME_FORM_ISO,     /* ISO 8601; a number needs the configured unit            */
    TIME_FORM_DMY,     /* 03/07/2025, 13:16:27 in the exporter's own time zone    */
};

struct shape {
    const char *name;     /* comment.shape                                    */
    const char *signs[3]; /* keys that tell it, all of them; NULL ends        */
    const char *nested;   /* key of an array of replies, or NULL              */
    enum time_form time;
    const struct alias *aliases;
    size_t n;
};

/* The shape of a comment object; one of the given name where that fits it.
 * NULL: no scraper that we know writes this. */
const struct shape *shape_of(const json_t *obj, struct slice name);

/* The value of a field, borrowed; NULL when it is absent, null or "". */
const json_t *shape_field(const struct shape *s, enum field f, const json_t *obj);

/* The value at a path of keys joined by dots; NULL when absent, null or "". */
const json_t *shape_path(const json_t *obj, const char *path);

#endif
