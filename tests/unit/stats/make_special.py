#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes special_table.inc: what SciPy says of the special functions over their range.

    python3 -m venv v && v/bin/pip install scipy==1.17.1 mpmath==1.3.0
    v/bin/python tests/unit/stats/make_special.py > tests/unit/stats/special_table.inc

Every value is computed by mpmath with 40 digits as well. Where SciPy is off by more than
1e-13 the row has mpmath's value and says how far SciPy was. The tests need neither: the
table is kept in the repository."""
import sys

import mpmath as mp
import scipy
from scipy import special, stats

mp.mp.dps = 40
HALF, TWO = mp.mpf("0.5"), mp.mpf(2)


def mp_p(a, x):
    """P(a, x), from the side that is small."""
    a, x = mp.mpf(a), mp.mpf(x)
    if x >= a + 1:
        return 1 - mp_q_fraction(a, x)
    term, total, k = mp.mpf(1), mp.mpf(1), 1
    while term > total * mp.mpf(10) ** -38:
        term *= x / (a + k)
        total += term
        k += 1
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def mp_q(a, x):
    a, x = mp.mpf(a), mp.mpf(x)
    return 1 - mp_p(a, x) if x < a + 1 else mp_q_fraction(a, x)


def mp_q_fraction(a, x):
    """The continued fraction of DLMF 8.9.2, bottom up from where it no longer matters."""
    steps = 400 + int(60 * mp.sqrt(x) if x - a < 20 * mp.sqrt(x) else 40 * mp.sqrt(x))
    f = mp.mpf(0)
    for i in range(steps, 0, -1):
        f = i * (a - i) / (x + 2 * i + 1 - a + f)
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a)) / (x + 1 - a + f)


def mp_beta(a, b, x):
    """I_x(a, b) by the continued fraction of DLMF 8.17.22, from the side where it converges fast."""
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - mp_beta_fraction(b, a, 1 - x)
    return mp_beta_fraction(a, b, x)


def mp_beta_fraction(a, b, x):
    f = mp.mpf(0)
    for m in range(int(200 + 12 * mp.sqrt(max(a, b))), -1, -1):
        f = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)) / (1 + f)
        if m > 0:
            f = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) / (1 + f)
    front = mp.exp(a * mp.log(x) + b * mp.log1p(-x) +
                   mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))
    return front / (a * (1 + f))


def mp_f_sf(x, d1, d2):
    x, d1, d2 = mp.mpf(x), mp.mpf(d1), mp.mpf(d2)
    return mp_beta(d2 / 2, d1 / 2, d2 / (d2 + d1 * x))


def mp_t_sf(t, dof):
    return HALF * mp_f_sf(mp.mpf(t) ** 2, 1, dof)


def mp_ndtr(x):
    return HALF * mp.erfc(-mp.mpf(x) / mp.sqrt(TWO))


def mp_ndtri(p):
    return mp.findroot(lambda z: mp.log(mp_ndtr(z)) - mp.log(mp.mpf(p)), special.ndtri(p))


def rows():
    """(name, arguments, SciPy's value, mpmath's function)"""
    for x in (1e-8, 0.1, 0.5, 0.99, 1.5, 2.5, 7, 15.9, 16.1, 100, 12345.6, 1e6, 1e9):
        yield "LGAMMA", (x,), special.gammaln(x), mp.loggamma
    sizes = (0.5, 1, 1.5, 3.7, 10, 47, 250, 1000, 10000, 1e5, 1e6)
    for a in sizes:
        for z in (-5, -2, -0.5, 0, 0.5, 2, 5, 15, 30):
            x = float(max(a + z * a ** 0.5 * (1 + max(z, 0) / 10), a * 1e-3))
            yield "GAMMA_P", (a, x), special.gammainc(a, x), mp_p
            yield "GAMMA_Q", (a, x), special.gammaincc(a, x), mp_q
            yield "CHI2_SF", (2 * x, 2 * a), stats.chi2.sf(2 * x, 2 * a), lambda x, k: mp_q(k / TWO, x / TWO)
    for a in (0.5, 1, 2.5, 8, 60, 1000, 20000, 1e6):
        for b in (0.5, 1, 3, 17.5, 400, 30000, 1e6):
            mean, sd = a / (a + b), (a * b / (a + b) ** 2 / (a + b + 1)) ** 0.5
            for z in (-8, -3, -1, 0, 1, 3, 8):
                x = mean + z * sd
                if 0 < x < 1:
                    yield "BETA", (a, b, x), special.betainc(a, b, x), mp_beta
    for d1 in (1, 2, 4, 15, 31, 256):
        for d2 in (1, 3, 12, 90.5, 3000, 1e5):
            for x in (1e-3, 0.3, 0.9, 1, 1.2, 2, 5, 20, 300):
                yield "F_SF", (x, d1, d2), stats.f.sf(x, d1, d2), mp_f_sf
    for dof in (0.7, 1, 2, 5, 29, 300, 1e4, 1e6):
        for t in (1e-4, 0.2, 1, 2, 4.5, 9, 30, 1e4):
            yield "T_SF", (t, dof), stats.t.sf(t, dof), mp_t_sf
    for x in (-30, -6, -1.5, -0.3, -1e-9, 0, 1e-9, 1e-3, 0.3, 0.8, 1, 1.3, 2, 3.3, 5, 9.1, 17.3, 25.9):
        yield "ERFC", (x,), special.erfc(x), mp.erfc
        yield "NORMAL_CDF", (x,), special.ndtr(x), mp_ndtr
        yield "NORMAL_SF", (x,), special.ndtr(-x), lambda x: mp_ndtr(-x)
    for p in (1e-300, 1e-100, 1e-20, 1e-9, 1e-4, 0.01, 0.1, 0.3, 0.49, 0.7, 0.975, 0.9999, 1 - 1e-12):
        yield "NORMAL_QUANTILE", (p,), special.ndtri(p), mp_ndtri


print("/* SPDX-License-Identifier: MIT */")
print(f"/* Written by make_special.py with SciPy {scipy.__version__}; not to be edited. */")
for name, args, value, exact in rows():
    true = exact(*args)
    if abs(true) < mp.mpf("1e-300"):
        continue
    off = abs(mp.mpf(float(value)) / true - 1)
    want, note = float(value), ""
    if off > 1e-13:
        want, note = float(true), f" /* SciPy is off by {mp.nstr(off, 2)} */"
    padded = (list(args) + [0, 0])[:3]
    print(f"{{ {name}, {{ {', '.join(float(a).hex() for a in padded)} }}, {want.hex()} }},{note}")
    sys.stdout.flush()
