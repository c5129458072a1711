/* SPDX-License-Identifier: MIT */
#include "model/lint.h"

static const char likes[] =
    "likes grow after a comment has arrived, and engagement is made of them";
static const char replies[] = "replies come after a comment has arrived";
static const char surprise[] =
    "implicitness is computed from it, and it is counted over the texts that it scores";
static const char ngrams[] =
    "it is counted over the texts that it scores, so that it knows them all and no new one";

/* Names as scrapers and the models at hand have them. */
static const struct {
    const char *name;
    const char *why;
} unfit[] = {
    { "digg_count", likes },
    { "likes", likes },
    { "like_count", likes },
    { "engagement_count", likes },
    { "reply_count", replies },
    { "replies", replies },
    { "has_replies", replies },
    { "reply_comment_total", replies },
    { "surprisal", surprise },
    { "perplexity", ngrams },
    { "mutual_information_score", ngrams },
};

const char *lint_feature(struct slice name)
{
    for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
        if (slice_is(name, unfit[i].name))
            return unfit[i].why;
    }
    return NULL;
}

enum status lint_range(size_t clamped, size_t n, struct err *err)
{
    if (2 * clamped > n)
        return err_set(err, ST_FATAL, "%zu of %zu golden rows have a score out of its range",
                       clamped, n);
    return ST_OK;
}
