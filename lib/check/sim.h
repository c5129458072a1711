/* SPDX-License-Identifier: MIT */
/* sim.h -- inside lib/check: one small step of one instance at a time. */
#ifndef CHECK_SIM_H
#define CHECK_SIM_H

#include "check/check.h"

/* A partition as an instance sees it. */
struct slot {
    bool has;
    bool touched; /* since its last commit            */
    bool more;    /* resume() has to be asked         */
    int gen;      /* of the ownership that it took    */
    int stalls;   /* steps in a row that used nothing */
    int64_t pos;
    int64_t floor; /* nothing below it is committed   */
    struct buf meta;
};

struct inst {
    struct stage stage;
    struct out *out;
    struct slot *slot;
    int64_t append_ms; /* of the youngest record read */
};

/* A partition as the group coordinator sees it. */
struct commit {
    int owner; /* instance; -1: nobody */
    int gen;   /* counts owners        */
    bool ticked;
    int64_t offset; /* -1: none yet    */
    struct buf meta;
};

/* A stage: its instances and what the group has committed. */
struct node {
    const struct check_stage *def;
    const struct stage_ops *ops;
    struct inst *inst;
    struct commit *commit;
    int32_t parts;
};

struct world {
    const struct check_plan *plan;
    struct check_result *res;
    struct node *node;
    size_t n;
    uint64_t rng;
    int64_t wall_ms;
    int kills_left;
    struct err *err;
};

/* Where a step ended: the instance lives, or it was killed (or fenced). */
enum fate { LIVES, DIES, FAILS /* w->err says why */ };

/* 0..n-1, n > 0. */
uint64_t sim_rnd(struct world *w, uint64_t n);

/* Makes the stage and the output of instance i. */
enum status sim_start(struct world *w, struct node *nd, int i);

/* Kills instance i and starts it again; nobody owns its partitions. */
enum fate sim_revive(struct world *w, struct node *nd, int i);

/* Instance i does something about a partition: takes it, works on it, commits. */
enum fate sim_step(struct world *w, struct node *nd, int i, int32_t part);

/* Gives a partition its tick at the end of the input and commits. */
enum fate sim_end_tick(struct world *w, struct node *nd, int32_t part);

/* Nobody has anything to do in this stage. */
bool sim_is_idle(const struct world *w, const struct node *nd);

#endif
