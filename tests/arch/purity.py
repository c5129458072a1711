# SPDX-License-Identifier: MIT
"""What is below the line is pure: the archives of absa_library(... PURE) call only what is
in the list. No I/O, no clock, no environment, no thread, and no mathematics whose last bit
depends on the machine (log, exp, pow ...: lib/stats/xmath.h has ours).
Usage: purity.py ARCHIVE..."""
import os
import re
import subprocess
import sys

from repo import verdict

ALLOWED = re.compile(r"""^(
    mem(cpy|move|set|cmp|chr|mem) | str(len|cmp|ncmp|chr|rchr|str|nlen|spn|cspn|dup|ndup|pbrk)
  | malloc | calloc | realloc | aligned_alloc | free | qsort | bsearch
  | (v?snprintf) | strto(d|l|ll|ul|ull|imax|umax) | __errno_location
  | __assert_fail | abort
  | (sqrt|fabs|fmax|fmin|floor|ceil|fma|frexp|ldexp|scalbn|ilogb|copysign|nextafter|modf|fmod
    |trunc|rint|lrint|llrint|round|lround|llround)
  | __(mem(cpy|move|set)|v?snprintf|str(cpy|cat))_chk | __stack_chk_fail | __ctype_b_loc
  | __isoc99_sscanf
  | XXH\w+ | SHA256\w* | HMAC | EVP_\w+
  | avro_\w+ | json_\w+ | jsonp_\w+ | utf8proc_\w+
  | _GLOBAL_OFFSET_TABLE_
  | __cpu_(model|indicator_init)  # which of two equal searches runs: stats/cells_inner.h
)$""", re.X)

# Names that the list above would let through, and must not.
REFUSED = re.compile(r"^(avro_file\w*|json_(dump|load)_?f(ile|d)?|json_dumpf\w*|json_dump_file"
                     r"|EVP_Rand\w*)$")


def symbols(archive, flag):
    out = subprocess.run(["nm", flag, "--format=posix", archive], check=True,
                         capture_output=True, text=True).stdout
    return {line.split()[0] for line in out.splitlines()
            if len(line.split()) >= 2 and not line.endswith(":")}


archives = sys.argv[1:]
ours = set().union(*(symbols(a, "--defined-only") for a in archives)) if archives else set()
checked, wrong = [], []
for archive in archives:
    for name in sorted(symbols(archive, "-u") - ours):
        checked.append(name)
        if not ALLOWED.match(name) or REFUSED.match(name):
            wrong.append(f"{os.path.basename(archive)}: calls {name}")
if checked and ALLOWED.match("fopen"):
    wrong.append("fopen is allowed: this check proves nothing")
verdict(checked, wrong)
