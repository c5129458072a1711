/* SPDX-License-Identifier: MIT */
/* config.h -- the properties of absa errors, which fill its struct errors_conf. */
#ifndef CONSUMERS_ERRORS_CONFIG_H
#define CONSUMERS_ERRORS_CONFIG_H

#include "conf/conf.h"
#include "consumers/errors/stage.h"

extern const struct conf_prop errors_props[];

#endif
