/* SPDX-License-Identifier: MIT */
/* toys.h -- three small stages that show the three kinds of memory, and what
 * each does wrong on request.
 *
 *     mapper    raw -> comments       none: "x" becomes "<x>"
 *     counter   comments -> scores    a sum in its output log; meta says how far
 *     splitter  scores -> windows     a number n becomes n records, by resume() */
#ifndef TOYS_H
#define TOYS_H

#include "stage/stage.h"

enum toy_mutant {
    TOY_RIGHT,
    TOY_NO_RESTORE,  /* counter starts at 0 after a kill               */
    TOY_DOUBLE_EMIT, /* mapper emits again what it emitted at its last commit */
    TOY_NO_UNDO,     /* mapper forgets out_undo() when the output is full     */
    TOY_NO_CURSOR,   /* splitter forgets where it was in a record      */
    TOY_USED_WRONG,  /* mapper says that it used more than it did      */
};

/* arg points at an enum toy_mutant. */
enum status toy_mapper(void *arg, struct stage *stage, struct err *err);
enum status toy_counter(void *arg, struct stage *stage, struct err *err);
enum status toy_splitter(void *arg, struct stage *stage, struct err *err);

#endif
