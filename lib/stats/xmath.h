/* SPDX-License-Identifier: MIT */
/* xmath.h -- log and exp that give the same bits on every CPU.
 *
 * glibc picks an implementation with or without fused multiply-add by CPU, and
 * the two differ in the last bit; a PSI printed by %.17g then differs. These
 * are plain C in double, built with -ffp-contract=off: the same bits wherever
 * double is IEEE 754. Error below 1 ulp (measured in tests/prop).
 *
 * The reductions are those of fdlibm (Sun Microsystems 1993: e_log.c, e_exp.c);
 * the polynomials are plain Taylor series with a few terms more, so that there
 * is no fitted constant to trust. For many at once there is stats/wide.h. */
#ifndef STATS_XMATH_H
#define STATS_XMATH_H

/* Natural logarithm; NaN for x < 0 or NaN, -inf for 0, inf for inf. */
double xlog(double x);

/* e to the x; 0 below about -745.1, inf above about 709.78, NaN for NaN. */
double xexp(double x);

#endif
