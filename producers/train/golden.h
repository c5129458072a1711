/* SPDX-License-Identifier: MIT */
/* golden.h -- texts that every bundle made here must score as it did when it
 * was made. Invented for this purpose. */
#ifndef TRAIN_GOLDEN_H
#define TRAIN_GOLDEN_H

#include <stddef.h>

#include "score/reading.h"

extern const struct facts golden_facts[];
extern const size_t golden_n;

#endif
