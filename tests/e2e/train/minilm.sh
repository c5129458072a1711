#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bundles of encoder minilm and cascade: trained, the same scores in any order, counted,
# and refused with 78 and the reason when something is not as it should be.
# Few made rows; tools/test full measures what bundles of the real tweets are worth too.
set -euo pipefail
skip() { echo "skipped: $*"; exit 77; }
tools/openvino path >/dev/null 2>&1 || skip "no OpenVINO: tools/setup --full fetches it"
[ -e build/cache/minilm/.complete ] || skip "no graph of MiniLM: tools/minilm makes it"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
graphs=build/cache/minilm

rows() { # labelled texts of many lengths
    echo "text,sentiment"
    for ((i = 0; i < 300; i++)); do
        case $((i % 4)) in
        0) echo "\"I love number $i, great, and the box it came in\",0.7" ;;
        1) echo "\"number $i is bad, awful\",-0.6" ;;
        2) echo "number $i came today,0.0" ;;
        3) echo "\"nobody I know would send $i to a friend, unless they had it coming, and more than once\",-0.3" ;;
        esac
    done
}

train() { # bundle, absa train's options
    "$ABSA_BIN/absa-train" --data "$tmp/rows.csv" --out "$tmp/$1" --minilm "$graphs/int8" "${@:2}" >"$tmp/$1.said"
}

score() { # bundle: comments on stdin, scores by id on stdout
    "$ABSA_BIN/absa-score" --pipe -q -X score.bundle="$tmp/$1" | sed 's/.*"comment_id":"\([^"]*\)".*/\1 &/' | sort
}

refused() { # bundle, words of the reason
    local rc=0
    "$ABSA_BIN/absa-score" --pipe -q -X score.bundle="$tmp/$1" </dev/null >"$tmp/said" 2>&1 || rc=$?
    if [ $rc != 78 ] || ! grep -qF -- "$2" "$tmp/said"; then
        echo "$1: exit $rc, want 78 and \"$2\":"
        cat "$tmp/said"
        exit 1
    fi
}

rows >"$tmp/rows.csv"
train minilm --encoder minilm
train cascade --encoder cascade --budget 600
(cd "$tmp/minilm" && sha256sum --quiet -c SHA256SUMS)
grep -q '"encoder": "minilm"' "$tmp/minilm/manifest.json"
grep -q '"above"' "$tmp/cascade/manifest.json"

# The same comments in three orders, so with other neighbours in other batches.
tail -n +2 "$tmp/rows.csv" | sed 's/,[-0-9.]*$//; s/^"//; s/"$//' | awk '{
    printf "{\"comment_id\":\"c%d\",\"comment_text\":\"%s\",\"timestamp\":\"2025-01-15T14:30:00Z\",\"video_id\":\"1\"}\n", NR, $0 }' \
    >"$tmp/raw.jsonl"
"$ABSA_BIN/absa-ingest" --pipe -q <"$tmp/raw.jsonl" | grep comment_id >"$tmp/comments"
for b in minilm cascade; do
    score $b <"$tmp/comments" >"$tmp/$b.1"
    tac "$tmp/comments" | score $b >"$tmp/$b.2"
    awk 'NR % 3 == 1' "$tmp/comments" | score $b >"$tmp/$b.3"
    [ "$(wc -l <"$tmp/$b.1")" = 300 ]
    cmp "$tmp/$b.1" "$tmp/$b.2"
    [ -z "$(comm -13 "$tmp/$b.1" "$tmp/$b.3")" ] || { echo "$b: others when fewer are scored"; exit 1; }
done

# Some were asked about, and it is counted: those that it is unsure of, two in five at most
# where texts do not resemble each other so.
"$ABSA_BIN/absa-backtest" -q --input "$tmp/raw.jsonl" --bundle "$tmp/cascade" --out "$tmp/out" >/dev/null
asked=$(sed -n 's/.*"escalated": *\([0-9]*\).*/\1/p' "$tmp/out/summary.json")
if [ "${asked:-0}" -lt 1 ] || [ "$asked" -gt 150 ]; then
    echo "a cascade asked MiniLM about $asked of 300"
    exit 1
fi

# Without the library.
ABSA_OPENVINO=/nonexistent refused minilm "pip install openvino=="
ABSA_OPENVINO=/nonexistent refused cascade "pip install openvino=="
rc=0
ABSA_OPENVINO=/nonexistent train without --encoder minilm 2>"$tmp/said" || rc=$?
[ $rc = 78 ] && grep -q "pip install openvino==" "$tmp/said"

# A file that was changed, or cut short with a manifest that agrees.
cp -r "$tmp/minilm" "$tmp/changed"
printf 'x' | dd of="$tmp/changed/minilm.bin" bs=1 seek=1000000 conv=notrunc status=none
refused changed "minilm.bin: its SHA-256 is"
resum() { sed -i "s/$(sha256sum "$tmp/minilm/$1" | cut -d' ' -f1)/$(sha256sum "$tmp/changed/$1" | cut -d' ' -f1)/" "$tmp/changed/manifest.json"; }
resum minilm.bin
cp "$tmp/minilm/minilm.bin" "$tmp/changed/"
truncate -s 10000000 "$tmp/changed/minilm.bin"
cp "$tmp/minilm/manifest.json" "$tmp/changed/"
resum minilm.bin
refused changed "OpenVINO: the graph does not load"
cp "$tmp/minilm/minilm.bin" "$tmp/minilm/manifest.json" "$tmp/changed/"
sed 's/names="attention_mask"/names="mask"/' "$tmp/minilm/minilm.xml" >"$tmp/changed/minilm.xml"
resum minilm.xml
refused changed "OpenVINO: the graph's inputs"
cp "$tmp/minilm/minilm.xml" "$tmp/minilm/manifest.json" "$tmp/changed/"
sed -i 's/"precision": "int8"/"precision": "int4"/' "$tmp/changed/manifest.json"
refused changed "no precision that is known"
echo "ok: the cascade asked MiniLM about $asked of 300"

if [ -n "${ABSA_FULL:-}" ]; then
    for p in int8 f32; do
        models/default/make "$tmp/real-$p" minilm $p
        tests/bench/quality --check --part tweets --bin "$ABSA_BIN" --bundle "$tmp/real-$p"
    done
fi
