/* SPDX-License-Identifier: MIT */
#include "cli/trained.h"

#include <stdio.h>

#include "consumers/drift/config.h"
#include "drift/training.h"

static void tell(const struct baseline *b, const struct baseline *training)
{
    const size_t n = training_skewed(b);

    fprintf(stderr, "training data: %lld comments, %zu of %zu features differ beyond noise%s\n",
            (long long)training->comments, n, training->n, n > 0 ? ":" : "");
    if (n == 0)
        return;
    fprintf(stderr, "  %-32s %s\n", "feature", "PSI beyond noise");
    for (const struct baseline_feature *f = training_next(b, NULL); f; f = training_next(b, f))
        fprintf(stderr, "  %-32s %.3f\n", f->name, f->training_skew);
    fprintf(stderr, "note: " TRAINING_SENTENCE ": drift is measured from it all the same, but its "
                    "scores are less sure\n");
}

enum status trained_on(struct baseline *b, const struct baseline_input *in, const char *folder,
                       int verbosity, struct err *err)
{
    const struct drift_props of_bundle = { .baseline = "" };
    struct baseline *training = NULL;
    enum status st = drift_baseline_load(&of_bundle, folder, &training, err);

    if (st == ST_OK)
        st = training_compare(b, training, in, err);
    if (st == ST_OK && verbosity >= 0)
        tell(b, training);
    if ((!training || st == ST_REJECT) && verbosity >= 0)
        fprintf(stderr, "note: not compared with the training data: %s\n", err->msg);
    st = training && st != ST_REJECT ? st : ST_OK;
    baseline_free(training);
    return st;
}
