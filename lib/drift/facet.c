/* SPDX-License-Identifier: MIT */
#include "drift/facet.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/time.h"

static void put_lang(struct score *s, struct slice value, struct aspect *room)
{
    (void)room;
    s->lang = value;
}

static void put_is_reply(struct score *s, struct slice value, struct aspect *room)
{
    (void)room;
    s->is_reply = slice_is(value, "true");
}

static void put_model(struct score *s, struct slice value, struct aspect *room)
{
    (void)room;
    s->model = value;
}

static void put_model_version(struct score *s, struct slice value, struct aspect *room)
{
    (void)room;
    s->model_version = value;
}

static void put_encoder(struct score *s, struct slice value, struct aspect *room)
{
    (void)room;
    s->encoder = value;
}

static void put_aspect(struct score *s, struct slice value, struct aspect *room)
{
    *room = (struct aspect){ .category = value };
    s->aspects_detected = (struct aspect_list){ room, 1 };
}

/* An aspect that has a name. */
static bool is_named(const struct aspect *a)
{
    return a->category.n > 0;
}

static size_t named_aspects(const struct score *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->aspects_detected.n; i++)
        n += is_named(&s->aspects_detected.v[i]) ? 1 : 0;
    return n;
}

/* Which one it is, facet aspect says, where it is a category too: in either order. */
static void put_has_aspect(struct score *s, struct slice value, struct aspect *room)
{
    if (slice_is(value, "true") && named_aspects(s) == 0)
        put_aspect(s, slice_str("some"), room);
}

/* It follows from the features. */
static void put_missing(struct score *s, struct slice value, struct aspect *room)
{
    (void)s;
    (void)value;
    (void)room;
}

static struct slice video(const struct score *s)
{
    return s->video_id;
}

static struct slice lang(const struct score *s)
{
    return s->lang;
}

static struct slice is_reply(const struct score *s)
{
    return slice_str(s->is_reply ? "true" : "false");
}

static struct slice model(const struct score *s)
{
    return s->model;
}

static struct slice model_version(const struct score *s)
{
    return s->model_version;
}

static struct slice encoder(const struct score *s)
{
    return s->encoder;
}

static struct slice has_aspect(const struct score *s)
{
    return slice_str(named_aspects(s) > 0 ? "true" : "false");
}

/* How many features are NaN or infinite. */
static struct slice missing(const struct score *s)
{
    static const char *const names[] = { "none", "one",   "two",   "three", "four", "five",
                                         "six",  "seven", "eight", "nine",  "many" };
    const size_t many = sizeof(names) / sizeof(names[0]) - 1;
    size_t n = 0;

    for (size_t i = 0; i < s->features.n && n < many; i++)
        n += isfinite(s->features.v[i]) ? 0 : 1;
    return slice_str(names[n]);
}

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

#define HOURS_OF(day)                                                                              \
    day "00" day "01" day "02" day "03" day "04" day "05" day "06" day "07" day "08" day "09" day  \
        "10" day "11" day "12" day "13" day "14" day "15" day "16" day "17" day "18" day "19" day  \
        "20" day "21" day "22" day "23"

enum { HOURS = 24, WEEKDAYS = 7, HOURS_OF_WEEK = 168 };

static size_t slot_of(int64_t ms, int64_t length, int64_t slots)
{
    int64_t at = time_floor(ms, length) / length % slots;

    return (size_t)(at < 0 ? at + slots : at);
}

static struct slice hour_at(int64_t ms)
{
    static const char names[] = HOURS_OF("");

    return (struct slice){ names + 2 * slot_of(ms, HOUR_MS, HOURS), 2 };
}

/* The first of January 1970 was a Thursday. */
static struct slice weekday_at(int64_t ms)
{
    static const char names[] = "thufrisatsunmontuewed";

    return (struct slice){ names + 3 * slot_of(ms, DAY_MS, WEEKDAYS), 3 };
}

static struct slice hour_of_week_at(int64_t ms)
{
    static const char names[] = HOURS_OF("thu") HOURS_OF("fri") HOURS_OF("sat") HOURS_OF("sun")
        HOURS_OF("mon") HOURS_OF("tue") HOURS_OF("wed");

    return (struct slice){ names + 5 * slot_of(ms, HOUR_MS, HOURS_OF_WEEK), 5 };
}

static struct slice hour(const struct score *s)
{
    return hour_at(s->origin.arrival_ms);
}

static struct slice weekday(const struct score *s)
{
    return weekday_at(s->origin.arrival_ms);
}

static struct slice hour_of_week(const struct score *s)
{
    return hour_of_week_at(s->origin.arrival_ms);
}

struct facet {
    const char *name;
    struct slice (*one)(const struct score *s); /* NULL: the aspects */
    void (*put)(struct score *s, struct slice value,
                struct aspect *room); /* NULL: it has no categories */
    struct slice (*at)(int64_t ms);   /* of time: that of a time */
    int64_t length;                   /* of time */
    size_t slots;                     /* of time: so many values */
};

static const struct facet facets[FACETS_MAX] = {
    { "video", video, NULL, NULL, 0, 0 },
    { "aspect", NULL, put_aspect, NULL, 0, 0 },
    { "has_aspect", has_aspect, put_has_aspect, NULL, 0, 0 },
    { "missing", missing, put_missing, NULL, 0, 0 },
    { "lang", lang, put_lang, NULL, 0, 0 },
    { "is_reply", is_reply, put_is_reply, NULL, 0, 0 },
    { "model", model, put_model, NULL, 0, 0 },
    { "model_version", model_version, put_model_version, NULL, 0, 0 },
    { "encoder", encoder, put_encoder, NULL, 0, 0 },
    { "hour", hour, NULL, hour_at, HOUR_MS, HOURS },
    { "weekday", weekday, NULL, weekday_at, DAY_MS, WEEKDAYS },
    { "hour_of_week", hour_of_week, NULL, hour_of_week_at, HOUR_MS, HOURS_OF_WEEK },
};

const char facet_names[] = "video, aspect, has_aspect, missing, lang, is_reply, model, "
                           "model_version, encoder, hour, weekday, hour_of_week";

struct slice facet_at(const struct facet *f, int64_t ms)
{
    return f->at ? f->at(ms) : (struct slice){ 0 };
}

int64_t facet_length(const struct facet *f)
{
    return f->length;
}

size_t facet_slots(const struct facet *f)
{
    return f->slots;
}

size_t facet_slot(const struct facet *f, int64_t ms)
{
    return slot_of(ms, f->length, (int64_t)f->slots);
}

const struct facet *facet_find(struct slice name)
{
    for (size_t i = 0; i < FACETS_MAX; i++)
        if (slice_is(name, facets[i].name))
            return &facets[i];
    return NULL;
}

const char *facet_name(const struct facet *f)
{
    return f->name;
}

bool facet_has_categories(const struct facet *f)
{
    return f->put != NULL;
}

bool facet_counts_missing(const struct facet *f)
{
    return f && f->one == missing;
}

void facet_put(const struct facet *f, struct slice value, struct score *s, struct aspect *room)
{
    if (f->put)
        f->put(s, value, room);
}

enum status facets_parse(const char *list, const char *option, const struct facet **facet,
                         size_t *n, struct err *err)
{
    *n = 0;
    while (list) {
        const size_t length = strcspn(list, ",");
        const struct facet *f = facet_find(slice_trim((struct slice){ list, length }));

        for (size_t i = 0; i < *n; i++)
            f = facet[i] == f ? NULL : f;
        if (!f)
            return err_set(err, ST_FATAL, "usage: %s: '%.*s' is none of %s, or is there twice",
                           option, (int)(length < 64 ? length : 64), list, facet_names);
        facet[(*n)++] = f;
        list = list[length] == ',' ? list + length + 1 : NULL;
    }
    return ST_OK;
}

enum status facets_parse_categories(const char *list, const struct facet **facet, size_t *n,
                                    struct err *err)
{
    enum status st = facets_parse(list, "--categories", facet, n, err);

    for (size_t i = 0; i < *n && st == ST_OK; i++) {
        if (!facet_has_categories(facet[i]))
            st = err_set(err, ST_FATAL, "usage: --categories: %s has none", facet_name(facet[i]));
    }
    if (st != ST_OK)
        *n = 0;
    return st;
}

size_t facet_count(const struct facet *f, const struct score *s)
{
    if (f->one)
        return f->one(s).n > 0 ? 1 : 0;
    return named_aspects(s);
}

struct slice facet_value(const struct facet *f, const struct score *s, size_t i)
{
    if (f->one)
        return f->one(s);
    for (size_t k = 0; k < s->aspects_detected.n; k++) {
        if (!is_named(&s->aspects_detected.v[k]))
            continue;
        if (i-- == 0)
            return s->aspects_detected.v[k].category;
    }
    return (struct slice){ 0 };
}
