/* SPDX-License-Identifier: MIT */
/* stage.h -- comments in, scores out.
 *
 *     absa.comments/p --decode--> features --> boosters --> first or update? --> absa.scores/p
 *                    \--mark-------------------------------------------------/
 *
 * One comment gives one score, in the same partition and order, or a dead
 * letter. Comments are scored in batches, but a comment's score does not depend
 * on its batch. A mark is passed on in its place, with n_since_last counted
 * anew: what score itself wrote of that source since the mark before.
 *
 * A second model may score the same comments into absa.scores.shadow, in the same
 * transaction (shadow.h): whatever becomes of it, absa.scores is as without it.
 *
 * Memory of a partition: the sightings that some source is not yet past by
 * dedupe.horizon (score/sightings.h), rebuilt from its own output partition on
 * assignment, and the counts between marks, which
 * ride in the meta of the committed offset (position.h). */
#ifndef SCORE_STAGE_H
#define SCORE_STAGE_H

#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "model/bundle.h"
#include "stage/stage.h"
#include "wire/wire.h"

struct score_conf {
    const char *bundle; /* a folder; "": the default bundle */
    int64_t horizon_ms;
    int64_t max_ids; /* a partition */
};

/* score.bundle, dedupe.horizon.ms, dedupe.max.ids. */
extern const struct conf_prop score_props[];

/* Makes the stage. wire and bundle are borrowed and must outlive it; conf and
 * topo are copied. ST_FATAL: memory. */
MUST_USE enum status score_stage_new(const struct score_conf *conf, struct wire *wire,
                                     const struct topology *topo, struct bundle *bundle,
                                     struct stage *out, struct err *err);

/* The models that it scores with from now on, borrowed as the first was. shadow: scores the
 * same comments into absa.scores.shadow (shadow.h); NULL: nobody does. Only between two
 * calls of process() whose output is committed. */
void score_stage_use(const struct stage *stage, struct bundle *bundle, struct bundle *shadow);

#endif
