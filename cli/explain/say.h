/* SPDX-License-Identifier: MIT */
/* say.h -- in words, which features made the scores of one text. */
#ifndef CLI_EXPLAIN_SAY_H
#define CLI_EXPLAIN_SAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/bundle.h"

struct say {
    const struct bundle_info *info; /* borrowed */
    size_t top;                     /* so many features an output, those that add most */
    bool words;                     /* the words of the text that name its aspects, too */
};

/* Appends each output with its features by the size of what they add before the transform,
 * then the aspects. */
void say_explained(const struct say *s, const struct explained *e, struct buf *out);

/* The value of a monitored feature or of an output, by its name. False: it is neither. */
bool say_value(const struct bundle_info *info, const struct scored *s, struct slice name,
               double *value);

#endif
