/* SPDX-License-Identifier: MIT */
/* judge_host.h -- a host of a few lines for the judge alone, which dies where it is told. */
#ifndef SUPPORT_DRIFT_JUDGE_HOST_H
#define SUPPORT_DRIFT_JUDGE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "check/check.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/order.h"
#include "record/pane.h"
#include "record/window.h"
#include "support/drift/stream.h"

#define HOUR INT64_C(3600000)
#define T0   INT64_C(1753275600000) /* on the hour */

struct world {
    struct wire *wire;
    struct baseline *base;
    struct topology topo;
    struct drift_conf conf;
    struct check_log *panes; /* input */
};

/* How a run of the judge goes. */
struct fate {
    size_t batch;   /* records between commits                        */
    int kill_at;    /* number of the commit at which it dies, or -1   */
    bool committed; /* it dies behind that commit, not before         */
};

struct host {
    struct world *w;
    struct check_log *log; /* panes, and what the judge committed */
    struct out *out;
    struct stage judge;
    int64_t start; /* the panes before it were deleted */
    int64_t pos;
    int64_t committed;
    int commits;
    int64_t counters[COUNTER_N];
};

/* cmocka fixtures: *state is a struct world with the panes of a small stream. */
int world_setup(void **state);
int world_teardown(void **state);

/* For struct check_stage: arg is a world. */
enum status world_make_pane(void *arg, struct stage *stage, struct err *err);
enum status world_make_judge(void *arg, struct stage *stage, struct err *err);

/* What is in it, but not itself. */
void world_close(struct world *w);

/* Fills panes: what panes with the world's baseline and configuration make of a stream. */
void world_count(struct world *w, const struct stream_conf *s);

/* The panes are copied; nothing is committed yet. */
void host_init(struct host *h, struct world *w, const struct check_log *panes);
void host_release(struct host *h);

/* Without panes. */
void host_empty(struct host *h, struct world *w);

/* Appends the panes of the world but for the skip-th (ALL_PANES: all), as of another run. */
#define ALL_PANES SIZE_MAX
void host_copy_panes(struct host *to, const struct world *w, size_t skip, int32_t run);

/* Deletes the panes before offset, as retention does. */
void host_cut(struct host *h, int64_t offset);

/* A new judge, restored from what was committed. */
enum status host_start(struct host *h, struct err *err);

/* Commits, unless this is where it dies; true when it died and lives again. */
bool host_commit(struct host *h, const struct fate *f);

/* Emits what is left; true when it died meanwhile. */
bool host_settle(struct host *h, const struct fate *f);

/* Gives the judge at most max (<= 32) records. */
enum status host_feed(struct host *h, size_t max, size_t *used, struct err *err);
bool host_at_end(const struct host *h);

/* From the start to the end of the panes. */
void host_run(struct host *h, const struct fate *f);

/* Appends a batch to the panes. */
void host_append(struct host *h, const struct pane *pane);

/* Appends what an operator says. */
void host_order(struct host *h, const struct order *o);

/* A host of its own that takes the panes of the world, a rewind to run 2, what a pane sent that had
 * not heard of it, and the panes again, of run 2. */
void host_rewound(struct host *h, struct world *w, const struct order *o, const struct fate *f);

/* A rewind to run 2. */
struct order rewind_to(int64_t begin_ms, int64_t until_ms);

/* The i-th window that was written; it lives in a. */
struct window host_window(const struct host *h, size_t i, struct arena *a);

/* Fails unless the windows of h from the one numbered before on are those of run 2, the same that
 * first, which never heard of it, has from begin_ms on. */
void host_check_run_two(const struct host *first, const struct host *h, size_t before,
                        int64_t begin_ms, struct arena *a);

/* An empty batch that fits the world. */
struct pane pane_of(struct world *w, int32_t part, int64_t from, int64_t to);

#endif
