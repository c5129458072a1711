/* SPDX-License-Identifier: MIT */
/* tables_inner.h -- what the files of the tables share. */
#ifndef WIRE_TABLES_INNER_H
#define WIRE_TABLES_INNER_H

#include "wire/table.h"

extern const struct wire_table alert_table;         /* tables_alert.c */
extern const struct wire_table moved_segment_table; /* the same */

#endif
