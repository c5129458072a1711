/* SPDX-License-Identifier: MIT */
/* pipe.h -- absa drift --pipe: pane and judge in one process, without Kafka. */
#ifndef CONSUMERS_DRIFT_PIPE_H
#define CONSUMERS_DRIFT_PIPE_H

#include "consumers/drift/drift.h"
#include "drift/baseline.h"

/* Where things go besides stdout; NULL: nowhere. */
struct drift_files {
    const char *alerts;
    const char *dead;
};

/* Scores on stdin (JSON lines), windows on stdout. */
MUST_USE enum status drift_run_pipe(const struct drift_conf *conf, const struct baseline *base,
                                    const struct drift_files *files, struct err *err);

#endif
