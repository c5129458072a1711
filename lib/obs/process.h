/* SPDX-License-Identifier: MIT */
/* process.h -- the process_* metrics that every exporter has, from /proc. */
#ifndef OBS_PROCESS_H
#define OBS_PROCESS_H

#include "base/buf.h"

/* Appends them; what cannot be read is left out. */
void process_render(struct buf *out);

#endif
