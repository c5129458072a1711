/* SPDX-License-Identifier: MIT */
/* facet.h -- the texts of a score by which comments can be told apart.
 *
 *     video, aspect, lang, is_reply, model, model_version, encoder
 *     has_aspect: whether it names any (true, false)
 *     missing: how many of its features have no value (none, one .. nine, many)
 *     hour (00..23), weekday (mon..sun), hour_of_week (mon00..sun23): of its arrival, in UTC
 *
 * Segments (drift/segment.h) and categories (drift/category.h) name them. A
 * comment has one value of a facet, none (then the text is empty), or, of aspects,
 * as many as it names. What differs between a file and a topic that hold the same
 * comments (the source, the offset) is no facet, so that nothing depends on it. */
#ifndef DRIFT_FACET_H
#define DRIFT_FACET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "record/score.h"

enum { FACETS_MAX = 12 };

struct facet;

/* NULL: there is none of that name. */
const struct facet *facet_find(struct slice name);

/* Its name; lives for ever. */
const char *facet_name(const struct facet *f);

/* Their names with commas, for messages. */
extern const char facet_names[];

/* The value of a facet of time at a time; empty: it is none. */
struct slice facet_at(const struct facet *f, int64_t ms);

/* For how long it has one value, in ms; 0: it is none of time. Such a stretch begins at a multiple
 * of it. */
int64_t facet_length(const struct facet *f);

/* How many values it has, one of time, and the number of the one at a time. */
size_t facet_slots(const struct facet *f);
size_t facet_slot(const struct facet *f, int64_t ms);

/* Whether its values are the categories of a feature: not those of a video, of which each day has
 * others, nor of time. */
bool facet_has_categories(const struct facet *f);

/* Whether it is missing; false of NULL, the facet of numbers. */
bool facet_counts_missing(const struct facet *f);

/* Puts a value into a score as facet_value() would find it there, of a facet that has categories
 * (that of missing it has by its features); the score borrows the text, and room for an aspect. */
void facet_put(const struct facet *f, struct slice value, struct score *s, struct aspect *room);

/* Facets of a list with commas, which option of a program names; NULL: none. facet has FACETS_MAX
 * places. ST_FATAL "usage: <option>: ...": what is no facet, or is there twice. */
MUST_USE enum status facets_parse(const char *list, const char *option, const struct facet **facet,
                                  size_t *n, struct err *err);

/* The same of option --categories: those that have categories. */
MUST_USE enum status facets_parse_categories(const char *list, const struct facet **facet,
                                             size_t *n, struct err *err);

/* How many values a score has of a facet, and one of them (i below that number):
 * never empty, borrowed from the score. */
size_t facet_count(const struct facet *f, const struct score *s);
struct slice facet_value(const struct facet *f, const struct score *s, size_t i);

#endif
