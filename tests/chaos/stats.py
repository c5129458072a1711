# SPDX-License-Identifier: MIT
"""The distances and the hash of DESIGN's definitions, once more and from the definitions
alone: what the product's C code is compared with."""
import math

MASK = (1 << 64) - 1


def units(x, unit):
    """x in whole units, half away from zero."""
    v = abs(x) / unit
    whole = math.floor(v)
    whole += v - whole >= 0.5
    return -whole if x < 0 else whole


def is_atom(edges, i):
    """Whether cell i holds a single value."""
    if i == 0:
        return False
    return i < len(edges) and edges[i] == math.nextafter(edges[i - 1], math.inf)


def psi_bins(edges, counts):
    """A bin for each atom of a tenth and more, up to 10 quantile bins of the rest."""
    total = sum(counts)
    big = [is_atom(edges, i) and c > 0 and c * 10 >= total for i, c in enumerate(counts)]
    rest = sum(c for i, c in enumerate(counts) if not big[i])

    def tenth(below, count):
        return min(int((below + count / 2) / rest * 10), 9)

    first = next((c for i, c in enumerate(counts) if not big[i] and c > 0), 0)
    now = tenth(0, first) if rest else 0
    names, bins, below, n = {}, [], 0, 0
    for i, c in enumerate(counts):
        if big[i]:
            bins.append(n)
            n += 1
            continue
        if c > 0:
            now = tenth(below, c)
        below += c
        if now not in names:
            names[now] = n
            n += 1
        bins.append(names[now])
    return bins


def fold(counts, bins):
    out = [0] * (max(bins) + 1)
    for c, b in zip(counts, bins):
        out[b] += c
    return out


def shares(counts):
    n = sum(counts)
    return [(c + 0.5) / (n + len(counts) / 2) for c in counts]


def psi_parts(ref, cur):
    return [(q - p) * math.log(q / p) for p, q in zip(shares(ref), shares(cur))]


def psi(ref, cur):
    return math.fsum(psi_parts(ref, cur)) if sum(ref) and sum(cur) else None


def js(ref, cur):
    n, m = sum(ref), sum(cur)
    if not n or not m:
        return None
    parts = []
    for a, b in zip(ref, cur):
        p, q = a / n, b / m
        mid = (p + q) / 2
        parts += [x * math.log(x / mid) for x in (p, q) if x > 0]
    return math.sqrt(max(math.fsum(parts), 0.0) / 2)


def ks(ref, cur):
    n, m = sum(ref), sum(cur)
    if not n or not m:
        return None
    a = b = 0
    most = 0.0
    for x, y in zip(ref, cur):
        a, b = a + x, b + y
        most = max(most, abs(b / m - a / n))
    return most


def wasserstein(ref, ref_sums, cur, cur_sums):
    """Area between the two distributions of point masses at the cells' means."""
    n, m = sum(ref), sum(cur)
    if not n or not m:
        return None
    points = [(s / c, c / n) for c, s in zip(ref, ref_sums) if c]
    points += [(s / c, -c / m) for c, s in zip(cur, cur_sums) if c]
    points.sort()
    gap, parts = 0.0, []
    for (x, mass), (after, _) in zip(points, points[1:]):
        gap += mass
        parts.append(abs(gap) * (after - x))
    return math.fsum(parts)


def mean_sd(counts, sums, unit):
    n = sum(counts)
    if not n:
        return 0.0, 0.0
    mean = sum(sums) / n
    squares = math.fsum(c * (s / c - mean) ** 2 for c, s in zip(counts, sums) if c)
    return mean * unit, math.sqrt(squares / n) * unit


def skew(counts, sums):
    """Third standardised moment, each value at the mean of its cell."""
    n = sum(counts)
    if not n:
        return 0.0
    mean = sum(sums) / n
    gaps = [(c, s / c - mean) for c, s in zip(counts, sums) if c]
    squares = math.fsum(c * d ** 2 for c, d in gaps)
    return math.fsum(c * d ** 3 for c, d in gaps) / n / math.sqrt(squares / n) ** 3 if squares else 0.0


def tails(before, now):
    """Shares of both in the first cells that hold at most 1/20 of before."""
    cells, held = 0, 0
    while cells < len(before) and (held + before[cells]) * 20 <= sum(before):
        held += before[cells]
        cells += 1
    return held / sum(before), sum(now[:cells]) / sum(now) if sum(now) else 0.0


def adjusted(ps):
    """Benjamini-Hochberg; None is not in the family."""
    order = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    out, least = [None] * len(ps), 1.0
    for rank in range(len(order), 0, -1):
        p, i = order[rank - 1]
        least = min(least, p * len(order) / rank)
        out[i] = least
    return out


# The secret of XXH3 as far as inputs of up to 16 bytes need it (xxHash's specification).
SECRET = bytes.fromhex("b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                       "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c")


def _word(data, at, n=8):
    return int.from_bytes(data[at:at + n], "little")


def _avalanche(h):
    h ^= h >> 37
    h = h * 0x165667919E3779F9 & MASK
    return h ^ h >> 32


def xxh3(data):
    """XXH3-64 with seed 0 of 1 to 16 bytes."""
    n = len(data)
    if n > 8:
        flip_lo = _word(SECRET, 24) ^ _word(SECRET, 32)
        flip_hi = _word(SECRET, 40) ^ _word(SECRET, 48)
        lo = _word(data, 0) ^ flip_lo
        hi = _word(data, n - 8) ^ flip_hi
        product = lo * hi
        swapped = int.from_bytes(lo.to_bytes(8, "little"), "big")
        return _avalanche((n + swapped + hi + ((product & MASK) ^ product >> 64)) & MASK)
    if n >= 4:
        flip = _word(SECRET, 8) ^ _word(SECRET, 16)
        h = (_word(data, n - 4, 4) + (_word(data, 0, 4) << 32)) ^ flip
        h ^= (h << 49 | h >> 15) & MASK ^ (h << 24 | h >> 40) & MASK
        h = h * 0x9FB21C651E98DF25 & MASK
        h ^= (h >> 35) + n
        h = h * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    combined = data[0] << 16 | data[n >> 1] << 24 | data[n - 1] | n << 8
    h = combined ^ (_word(SECRET, 0, 4) ^ _word(SECRET, 4, 4))
    h ^= h >> 33
    h = h * 0xC2B2AE3D27D4EB4F & MASK
    h ^= h >> 29
    h = h * 0x165667B19E3779F9 & MASK
    return h ^ h >> 32
