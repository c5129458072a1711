/* SPDX-License-Identifier: MIT */
/* text.h -- what there is to see in a text. */
#ifndef INGEST_TEXT_H
#define INGEST_TEXT_H

#include <stdbool.h>

#include "base/slice.h"

/* Whether valid UTF-8 holds anything but white space, controls, joiners and
 * variation selectors. O(n) at worst, mostly O(1). */
bool text_visible(struct slice s);

/* Whether it holds U+FFFD, the mark that a repair leaves. O(n). */
bool text_has_replacement(struct slice s);

#endif
