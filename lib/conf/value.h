/* SPDX-License-Identifier: MIT */
/* value.h -- one value of a property or an option, from the text a person wrote. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/conf.h"

/* Writes value into the field at (which has the type of p). A string is stored
 * as the pointer value itself, so it must live as long as the field. ST_FATAL
 * with "name: why" on a value of the wrong form or out of range; the field is
 * then unchanged. */
MUST_USE enum status conf_value_set(const struct conf_prop *p, void *at, const char *value,
                                    struct err *err);

/* "duration 0..1h", "pane|judge": what conf_value_set() would take. */
void conf_value_describe(const struct conf_prop *p, struct buf *out);

#endif
