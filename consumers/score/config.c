/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "consumers/score/stage.h"

const struct conf_prop score_props[] = {
    { .name = "score.bundle",
      .type = CONF_STR,
      .at = offsetof(struct score_conf, bundle),
      .dflt = "",
      .doc = "Folder of the model; empty: $ABSA_BUNDLE, else the default bundle.",
      .reload = CONF_RUN },
    { .name = "dedupe.horizon.ms",
      .type = CONF_MS,
      .at = offsetof(struct score_conf, horizon_ms),
      .dflt = "7d",
      .min = 0,
      .max = 3.1536e10,
      .doc = "A comment that comes again within this time is an update, not a sample. An id is "
             "forgotten when every raw partition has passed it by so much; one that was never "
             "written to and never ended or found idle (a live topic finds it idle, an import ends "
             "all) holds all ids, up to dedupe.max.ids." },
    { .name = "dedupe.max.ids",
      .type = CONF_INT,
      .at = offsetof(struct score_conf, max_ids),
      .dflt = "2000000",
      .min = 1,
      .max = 1e9,
      .doc = "Ids remembered a partition; beyond it new ones are not, and are counted: windows "
             "then may depend on timing." },
    { .name = NULL },
};
