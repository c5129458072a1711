/* SPDX-License-Identifier: MIT */
/* order.h -- what an operator says to the judge, as records of absa.panes.
 *
 * The ways on from what cannot go on are in the log, so that whoever reads it again
 * comes to the same windows. An order is a pane record without data, told apart by
 * its headers:
 *
 *     absa-kind=gap     part, from..to of run: these positions are lost. Windows that
 *       absa-until=MS   begin before MS say incomplete
 *     absa-kind=rewind  the run begins here, with nothing remembered, at absa-from=MS
 *       absa-from=MS    (no such header: with all that absa.scores holds). Batches of
 *       absa-until=MS   runs before it that come later are passed over. Windows that
 *                       begin before absa-until miss what absa.scores no longer holds,
 *                       and say incomplete; no such header: it holds all of them
 *
 * An order stands behind the batch at which the judge stopped, so the judge looks
 * ahead when it starts: a gap that is accepted further on is no gap, and what cannot
 * be read any more does not matter when a rewind follows. Nothing else makes an
 * order take effect early: where all fits, its place in the log is its time. */
#ifndef CONSUMERS_DRIFT_ORDER_H
#define CONSUMERS_DRIFT_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "record/pane.h"
#include "stage/stage.h"
#include "wire/wire.h"

enum order_kind { ORDER_NONE, ORDER_GAP, ORDER_REWIND };

struct order {
    enum order_kind kind;
    int64_t offset;   /* of its record in absa.panes */
    int32_t run;      /* gap: that it is of; rewind: that it begins */
    int32_t part;     /* gap */
    int64_t from;     /* gap: first position that is lost */
    int64_t to;       /* gap: first behind it */
    int64_t begin_ms; /* rewind: where the run begins; WM_NONE: with the log */
    int64_t until_ms; /* windows that begin before it say incomplete; WM_NONE: none do */
};

enum { ORDERS_MAX = 4096, ORDER_HEADERS = 3, ORDER_TIME_MAX = 24 };

/* The times of an order as its headers hold them. */
struct order_times {
    char begin[ORDER_TIME_MAX];
    char until[ORDER_TIME_MAX];
};

struct orders {
    struct order *v; /* in order of offset */
    size_t n;
};

/* Whether a record of absa.panes is an order, and of which kind; ST_FATAL: of none that is known.
 */
MUST_USE enum status order_kind_of(const struct stage_rec *rec, enum order_kind *kind,
                                   struct err *err);

/* Reads an order. ST_FATAL: it is none of ours. */
MUST_USE enum status order_read(struct wire *w, const struct stage_rec *rec, struct arena *a,
                                struct order *out, struct err *err);

/* What its record is: the value's struct, and ORDER_HEADERS headers at most, whose strings live
 * in times. The caller fills baseline. */
struct pane order_pane(const struct order *o, struct hdr hdr[ORDER_HEADERS], size_t *nhdr,
                       struct order_times *times);

/* Reads all orders of absa.panes from offset on. ST_FATAL: memory, or more than ORDERS_MAX. */
MUST_USE enum status orders_scan(struct orders *o, struct log_reader *log, int64_t offset,
                                 struct wire *w, struct arena *a, struct err *err);
void orders_release(struct orders *o);

/* The acceptance of exactly this gap; NULL: nobody gave one. */
const struct order *orders_gap(const struct orders *o, int32_t run, const struct pane *batch,
                               int64_t expected);

/* The first rewind at or behind offset to a run above run; NULL: there is none. */
const struct order *orders_rewind(const struct orders *o, int32_t run, int64_t offset);

/* The number of a run as pane keeps it in its offset's metadata; of run 1: nothing. */
void order_run_write(int32_t run, struct buf *meta);
MUST_USE enum status order_run_parse(struct slice meta, int32_t *run, struct err *err);

#endif
