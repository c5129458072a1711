#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The default bundle comes out of its data again, byte by byte; its sums fit, and
# it fits into 10 MiB. Skipped where the data cannot be had.
set -euo pipefail
tools/fetch-data >/dev/null || {
    echo "skipped: the data of the default bundle cannot be downloaded"
    exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
models/default/make "$tmp"
diff -rq models/default "$tmp"
(cd "$tmp" && sha256sum --quiet -c SHA256SUMS)
[ "$(find models/default -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')" -lt 10485760 ]
echo "the same $(wc -l <"$tmp/SHA256SUMS") files"
