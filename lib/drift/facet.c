/* SPDX-License-Identifier: MIT */
#include "drift/facet.h"

#include <stdbool.h>

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

struct facet {
    const char *name;
    struct slice (*one)(const struct score *s); /* NULL: the aspects */
};

static const struct facet facets[FACETS_MAX] = {
    { "video", video },       { "aspect", NULL }, { "lang", lang },
    { "is_reply", is_reply }, { "model", model }, { "model_version", model_version },
    { "encoder", encoder },
};

const char facet_names[] = "video, aspect, lang, is_reply, model, model_version, encoder";

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

/* An aspect that has a name. */
static bool is_named(const struct aspect *a)
{
    return a->category.n > 0;
}

size_t facet_count(const struct facet *f, const struct score *s)
{
    size_t n = 0;

    if (f->one)
        return f->one(s).n > 0 ? 1 : 0;
    for (size_t i = 0; i < s->aspects_detected.n; i++)
        n += is_named(&s->aspects_detected.v[i]) ? 1 : 0;
    return n;
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
