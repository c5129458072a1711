/* SPDX-License-Identifier: MIT */
/* alerts.h -- alerts made up for tests of what comes behind the judge. */
#ifndef SUPPORT_NOTIFY_ALERTS_H
#define SUPPORT_NOTIFY_ALERTS_H

#include "base/arena.h"
#include "record/alert.h"

/* An alert of the episode `episode` in a segment, with histograms of 6 cells that
 * moved to the right. Strings are constants, borrowed, or live in a. */
struct alert sample_alert(struct arena *a, const char *segment, int episode, int32_t seq);

#endif
