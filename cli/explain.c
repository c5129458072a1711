/* SPDX-License-Identifier: MIT */
/* absa explain: which features make the scores of a text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "model/bundle.h"
#include "model/default_dir.h"
#include "score/feature.h"

#define ARENA_MAX ((size_t)64 << 20)

static const char *bundle = "";
static int64_t top = 6;
static bool is_reply;

static const struct app_opt opts[] = {
    { "bundle", 0, "DIR", APP_STR, &bundle, "folder of the model; the default bundle" },
    { "top", 0, "N", APP_INT, &top, "so many features an output (6)" },
    { "reply", 0, NULL, APP_FLAG, &is_reply, "the text answers another comment" },
    { .name = NULL },
};

/* A feature with what it adds to one output. */
struct part {
    size_t feature;
    double adds;
};

static int by_size(const void *a, const void *b)
{
    const struct part *p = a;
    const struct part *q = b;
    double x = fabs(p->adds);
    double y = fabs(q->adds);

    if (x != y)
        return x > y ? -1 : 1;
    return (p->feature > q->feature) - (p->feature < q->feature);
}

static void print_output(const struct bundle_info *info, const struct explained *e,
                         enum bundle_output o)
{
    struct part parts[BUNDLE_FEATURES_MAX] = { { 0 } };
    size_t n = info->features.n;
    double sum = (double)e->start[o];
    double rest = 0.0;

    for (size_t i = 0; i < n; i++) {
        parts[i] = (struct part){ i, (double)e->part[o][i] };
        sum += parts[i].adds;
    }
    qsort(parts, n, sizeof(*parts), by_size);
    printf("%s %.4f, from %.4f:\n", output_table[o].name, e->scored.output[o], sum);
    printf("  %+8.4f  where every text starts\n", (double)e->start[o]);
    for (size_t i = 0; i < n; i++) {
        struct slice name = info->features.v[parts[i].feature];

        if (i >= (size_t)top)
            rest += parts[i].adds;
        else if (parts[i].adds != 0.0)
            printf("  %+8.4f  %.*s = %.4g  (%s)\n", parts[i].adds, SLICE_ARG(name),
                   (double)e->value[parts[i].feature], feature_find(name)->doc);
    }
    if (n > (size_t)top)
        printf("  %+8.4f  the other %zu features\n", rest, n - (size_t)top);
}

static void print_aspects(const struct aspect_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        printf("aspect %.*s: \"%.*s\" at byte %d, %+.4f\n", SLICE_ARG(list->v[i].category),
               SLICE_ARG(list->v[i].term), (int)list->v[i].start, list->v[i].sentiment);
    }
}

static enum status explain(struct bundle *b, const char *text, struct err *err)
{
    struct facts facts = { slice_str(text), is_reply };
    struct arena *a = arena_new(ARENA_MAX);
    struct explained *e = calloc(1, sizeof(*e));
    enum status st =
        a && e ? bundle_explain(b, &facts, a, e, err) : err_set(err, ST_FATAL, "out of memory");

    if (st == ST_OK) {
        for (enum bundle_output o = 0; o < OUTPUT_N; o++)
            print_output(bundle_info(b), e, o);
        print_aspects(&e->scored.aspects);
    }
    free(e);
    arena_free(a);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct bundle *b = NULL;
    enum status st;

    if (run->argc != 1)
        return err_set(err, ST_FATAL, "usage: say one TEXT, in quotes");
    if (top < 1 || top > BUNDLE_FEATURES_MAX)
        return err_set(err, ST_FATAL, "usage: --top is 1..%d", BUNDLE_FEATURES_MAX);
    st = bundle_load(bundle_dir(bundle), &b, err);
    if (st == ST_OK)
        st = explain(b, run->argv[0], err);
    bundle_free(b);
    return st;
}

static const struct app app = {
    .name = "explain",
    .args = "TEXT",
    .summary = "which features make the scores of a text",
    .examples = "  absa explain \"This product is amazing but the shipping was slow\"\n",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
