/* SPDX-License-Identifier: MIT */
/* past.h -- what lies further back than the memory holds, from the tables of absa sink.
 *
 * A few models beside the live one: one for each stretch, or alert, that somebody asked
 * for last. Who asks for another is told to come again; the main thread, which alone
 * speaks to the database, loads it. Rows become records again (JSON with the schema's
 * names, built by the server), so what is shown is read by the same code as the log. */
#ifndef CONSOLE_PAST_H
#define CONSOLE_PAST_H

#include "base/arena.h"
#include "consumers/console/model.h"
#include "store/store.h"
#include "wire/wire.h"

enum { PAST_N = 3, PAST_KEY_MAX = 80, PAST_WHY_MAX = 160, PAST_ROWS_MAX = 20000 };

enum past_state { PAST_FREE, PAST_WANTED, PAST_READY, PAST_FAILED };

struct past_slot {
    char key[PAST_KEY_MAX]; /* "until 1753279200000", "alert 12ab..." */
    enum past_state state;
    struct model *model;    /* of PAST_READY  */
    char why[PAST_WHY_MAX]; /* of PAST_FAILED */
    uint64_t used;
};

struct past {
    struct past_slot slot[PAST_N];
    uint64_t clock;
};

void past_release(struct past *p);

/* The slot of a key; one that is new, or failed before, is wanted from now on, in the place of
 * the one that was used the longest ago. */
struct past_slot *past_get(struct past *p, const char *key);

/* What is to be loaded; NULL: nothing. */
struct past_slot *past_wanted(struct past *p);

/* Who reads rows: all borrowed. */
struct past_reader {
    struct store *store;
    struct wire *wire;
    struct arena *arena;
    struct model *model;
};

/* Reads what key asks for into r->model; "until 0": up to the newest window that there is.
 * ST_RETRY: connection lost; ST_REJECT: a row is no record. */
MUST_USE enum status past_load(struct past_reader *r, const char *key, struct err *err);

#endif
