#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# score.taxonomy: a person's own aspects, which make other scores of another name, for which
# a baseline of their own is wanted; a file that is none is refused by its line.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

fail() {
    echo "$1"
    exit 1
}

refused() { # refused WORDS ARGS...: exit 78 and WORDS on stderr
    local words=$1 rc=0
    shift
    "$@" >/dev/null 2>"$tmp/said" || rc=$?
    if [ $rc != 78 ] || ! grep -qF -- "$words" "$tmp/said"; then
        echo "$*: exit $rc, want 78 and \"$words\":"
        cat "$tmp/said"
        exit 1
    fi
}

for ((i = 0; i < 400; i++)); do
    echo "{\"comment_id\":\"c$i\",\"comment_text\":\"gearbox number $i is $((i % 3 ? 1 : 0)) great\",\"timestamp\":\"2025-01-15T14:$((10 + i % 50)):00Z\",\"video_id\":\"v$((i % 40))\"}"
done >"$tmp/raw.jsonl"
printf 'drive\tgearbox\ndrive\tclutch\n' >"$tmp/own.tsv"
"$ABSA_BIN/absa-ingest" --pipe -q <"$tmp/raw.jsonl" >"$tmp/comments.jsonl"
for how in "" "-Xscore.taxonomy=$tmp/own.tsv"; do
    # shellcheck disable=SC2086
    "$ABSA_BIN/absa-score" --pipe -q $how <"$tmp/comments.jsonl" |
        grep -m 1 '"sentiment_score"' >"$tmp/score${how:+.own}" || true
done
grep -q '"category":"drive","term":"gearbox"' "$tmp/score.own" || fail "no aspect of one's own"
! grep -q '"drive"' "$tmp/score" || fail "the bundle's own taxonomy knows gearboxes"
of() { sed -E 's/.*"bundle_sha256":"([0-9a-f]+)".*/\1/' "$1"; }
[ "$(of "$tmp/score")" != "$(of "$tmp/score.own")" ] || fail "other scores have the same name"

# Their baseline is theirs alone: the bundle's is refused, their own is not.
refused "bundle" "$ABSA_BIN/absa-backtest" -q --input "$tmp/raw.jsonl" --out "$tmp/out" \
    -X "score.taxonomy=$tmp/own.tsv"
"$ABSA_BIN/absa-baseline" -q --force --input "$tmp/raw.jsonl" --out "$tmp/baseline.json" \
    -X "score.taxonomy=$tmp/own.tsv" >/dev/null
grep -q "$(of "$tmp/score.own")" "$tmp/baseline.json" || fail "the baseline is of other scores"
"$ABSA_BIN/absa-backtest" -q --input "$tmp/raw.jsonl" --out "$tmp/out" \
    --baseline "$tmp/baseline.json" -X "score.taxonomy=$tmp/own.tsv" >/dev/null
grep -q "$(of "$tmp/score.own")" "$tmp/out/summary.json" || fail "the summary names other scores"

printf 'drive\tgearbox\nclutch\n' >"$tmp/bad.tsv"
for program in score serve backtest; do
    refused "line 2: not a category, a TAB and a term" "$ABSA_BIN/absa-$program" \
        --check-config -X "score.taxonomy=$tmp/bad.tsv"
done
refused "No such file" "$ABSA_BIN/absa-score" --check-config -X "score.taxonomy=$tmp/none.tsv"
echo ok
