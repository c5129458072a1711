/* SPDX-License-Identifier: MIT */
/* check.h -- cmocka with the headers it needs, in the order it needs them. */
#ifndef CHECK_H
#define CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
