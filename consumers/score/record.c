/* SPDX-License-Identifier: MIT */
#include "consumers/score/record.h"

struct score score_record(const struct bundle_info *info, const struct comment *c,
                          const struct scored *scored, const struct sighted *seen)
{
    return (struct score){
        .comment_id = c->comment_id,
        .video_id = c->video_id,
        .lang = c->lang,
        .created_ms = c->created_ms,
        .likes = c->likes,
        .replies = c->replies,
        .is_reply = c->is_reply,
        .sighting = seen->sighting,
        .cross_source = seen->cross_source,
        .dedupe_evicted = seen->evicted,
        .sentiment_score = scored->output[OUTPUT_SENTIMENT],
        .engagement_score = scored->output[OUTPUT_ENGAGEMENT],
        .implicitness_degree = scored->output[OUTPUT_IMPLICITNESS],
        .confidence = scored->output[OUTPUT_CONFIDENCE],
        .aspects_detected = scored->aspects,
        .features = scored->monitored,
        .model = info->name,
        .model_version = info->version,
        .encoder = info->encoder,
        .bundle_sha256 = info->sha256,
        .origin = c->origin,
    };
}
