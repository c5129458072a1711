#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# absa-train refuses data that teaches nothing with exit 65 and the reason, and
# makes the same bundle from the same rows as CSV and as JSON lines.
set -euo pipefail
train=$ABSA_BIN/absa-train
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

rows() { # rows N LABEL: a header and N rows
    echo "text,sentiment"
    for ((i = 0; i < $1; i++)); do
        case $((i % 3)) in
        0) echo "\"I love number $i, great\",${2:-0.7}" ;;
        1) echo "\"number $i is bad, awful\",${2:--0.6}" ;;
        2) echo "number $i came today,${2:-0.0}" ;;
        esac
    done
}

refused() { # refused FILE WORDS ARGS...: exit 65 and WORDS in the message
    local rc=0
    "$train" --data "$1" --out "$tmp/out" "${@:3}" >"$tmp/said" 2>&1 || rc=$?
    if [ $rc != 65 ] || ! grep -qF -- "$2" "$tmp/said"; then
        echo "$1: exit $rc, want 65 and \"$2\":"
        cat "$tmp/said"
        exit 1
    fi
}

rows 120 >"$tmp/few.csv"
refused "$tmp/few.csv" "120 rows: at least 200 are needed"
rows 300 0.5 >"$tmp/same.csv"
refused "$tmp/same.csv" "all 300 rows have the sentiment 0.5: nothing to learn"
{ rows 250; echo "more,positive"; } >"$tmp/word.csv"
refused "$tmp/word.csv" "row 251: sentiment is not a number in -1..1"
{ rows 250; echo "more,1.5"; } >"$tmp/range.csv"
refused "$tmp/range.csv" "row 251: sentiment is not a number in -1..1"
{ rows 250; echo "more,nan"; } >"$tmp/nan.csv"
refused "$tmp/nan.csv" "row 251: sentiment is not a number in -1..1"
{ rows 250; echo "a,b,c,d"; } >"$tmp/ragged.csv"
refused "$tmp/ragged.csv" "row 251: not as many fields as the header"
rows 250 | sed 's/^text,/comment,/' >"$tmp/column.csv"
refused "$tmp/column.csv" "there is no column text"
: >"$tmp/empty.csv"
refused "$tmp/empty.csv" "0 rows"
{ rows 250 | tail -n +2 | sed 's/.*/{"text":"x","sentiment":"0.5"}/'; } >"$tmp/text.jsonl"
refused "$tmp/text.jsonl" "row 1: sentiment is not a number in -1..1"
echo "{" >"$tmp/broken.jsonl"
refused "$tmp/broken.jsonl" "row 1: json: text is not JSON"
echo "[1]" >"$tmp/array.jsonl"
refused "$tmp/array.jsonl" "row 1: not a JSON object"
echo '{"text":"x","text":"y","sentiment":0}' >"$tmp/twice.jsonl"
refused "$tmp/twice.jsonl" "row 1: json: text has a key twice"
echo "{\"text\":\"x\",\"sentiment\":0,\"a\":$(printf '[%.0s' {1..40})$(printf ']%.0s' {1..40})}" >"$tmp/deep.jsonl"
refused "$tmp/deep.jsonl" "row 1: json: text is nested too deep"
{ echo -n '{"sentiment":0,"text":"'; head -c 300000 /dev/zero | tr '\0' x; echo '"}'; } >"$tmp/long.jsonl"
refused "$tmp/long.jsonl" "row 1: json: text is too large"

rows 600 >"$tmp/good.csv"
rows 600 | tail -n +2 | sed -E 's/^"?([^"]*)"?,([-0-9.]*)$/{"text":"\1","sentiment":\2}/' \
    >"$tmp/good.jsonl"
"$train" --data "$tmp/good.csv" --out "$tmp/a" >"$tmp/said.a"
"$train" --data "$tmp/good.jsonl" --out "$tmp/b" >"$tmp/said.b"
diff -rq "$tmp/a" "$tmp/b"
(cd "$tmp/a" && sha256sum --quiet -c SHA256SUMS)
"$train" --data "$tmp/good.csv" --out "$tmp/c" --split time >/dev/null
rc=0
"$train" --data "$tmp/good.csv" 2>/dev/null || rc=$?
[ $rc = 64 ]
# Likes are labels, within their video: the same from CSV and from JSON lines.
liked() { # liked VIDEOS: the header, and 600 rows with likes
    rows 600 | awk -v n="$1" 'NR == 1 { print $0 ",likes,video"; next }
        { print $0 "," (NR * 37) % 101 "," 7000 + NR % n }'
}
liked 40 >"$tmp/liked.csv"
liked 40 | tail -n +2 | sed -E 's/^"?([^"]*)"?,([-0-9.]*),([0-9]*),([0-9]*)$/{"text":"\1","sentiment":\2,"likes":\3,"video":\4}/' \
    >"$tmp/liked.jsonl"
likes="--likes likes --video video"
# shellcheck disable=SC2086
"$train" --data "$tmp/liked.csv" --out "$tmp/d" $likes >/dev/null
# shellcheck disable=SC2086
"$train" --data "$tmp/liked.jsonl" --out "$tmp/e" $likes >/dev/null
diff -rq "$tmp/d" "$tmp/e"
grep -q 'engagement_score | rank of likes' "$tmp/d/card.md"
grep -q '(600 rows have one)' "$tmp/d/card.md"
! cmp -s "$tmp/a/engagement.ubj" "$tmp/d/engagement.ubj"
! grep -q '"likes"' "$tmp/d/manifest.json"
# shellcheck disable=SC2086
{
    liked 600 >"$tmp/alone.csv"
    refused "$tmp/alone.csv" "0 rows have likes and another of the same video: at least 200" $likes
    refused "$tmp/good.csv" "there is no column likes" $likes
    sed '3s/,[0-9]*,\([0-9]*\)$/,many,\1/' "$tmp/liked.csv" >"$tmp/many.csv"
    refused "$tmp/many.csv" "row 2: likes is not a number of likes" $likes
    sed '3s/"likes":[0-9]*/"likes":-1/' "$tmp/liked.jsonl" >"$tmp/less.jsonl"
    refused "$tmp/less.jsonl" "row 3: likes is not a number of likes" $likes
    sed 's/^text,sentiment,likes/text,sentiment,engagement/' "$tmp/liked.csv" |
        sed 's/,\([0-9]*\),\([0-9]*\)$/,0.5,\2/' >"$tmp/both.csv"
    refused "$tmp/both.csv" "engagement has one source" --likes video --video text
}
rc=0
"$train" --data "$tmp/liked.csv" --out "$tmp/out" --likes likes 2>/dev/null || rc=$?
[ $rc = 64 ]
# The baseline has the shares of aspects and languages, of the rows that it learnt from.
spoken() { # a language for most rows, and an aspect for a third
    rows 600 | awk 'NR == 1 { print $0 ",tongue"; next }
        { sub(/came today/, "the delivery came"); print $0 "," (NR % 10 ? "en" : NR % 20 ? "de" : "") }'
}
spoken >"$tmp/spoken.csv"
spoken | tail -n +2 | sed -E 's/^"?([^"]*)"?,([-0-9.]*),([a-z]*)$/{"text":"\1","sentiment":\2,"tongue":"\3"}/' \
    >"$tmp/spoken.jsonl"
"$train" --data "$tmp/spoken.csv" --out "$tmp/f" --lang tongue >/dev/null
"$train" --data "$tmp/spoken.jsonl" --out "$tmp/g" --lang tongue >/dev/null
diff -rq "$tmp/f" "$tmp/g"
"$train" --data "$tmp/spoken.csv" --out "$tmp/h" --lang tongue --categories off >/dev/null
python3 - "$tmp" <<'END'
import csv
import hashlib
import json
import sys
from collections import Counter

tmp = sys.argv[1]
features = {x: {f["name"]: f for f in json.load(open(f"{tmp}/{x}/baseline.json"))["features"]} for x in "afh"}
assert set(features["a"]) == set(features["h"])  # which name no aspect, and no language
assert set(features["f"]) == set(features["h"]) | {"aspect", "lang"}
rows = list(csv.DictReader(open(f"{tmp}/spoken.csv")))
learnt = [r for r in rows if int(hashlib.sha256(r["text"].encode()).hexdigest(), 16) % 5]
want = Counter(r["tongue"] for r in learnt if r["tongue"])
lang = features["f"]["lang"]
assert lang["categories"][:2] == ["en", "de"] and lang["counts"][:2] == [want["en"], want["de"]], (lang, want)
assert "shipping" in features["f"]["aspect"]["categories"], features["f"]["aspect"]
END
rc=0
"$train" --data "$tmp/spoken.csv" --out "$tmp/out" --categories video 2>"$tmp/said" || rc=$?
[ $rc = 64 ] && grep -q "categories: video has none" "$tmp/said"
# A bundle of one's own scores.
echo '{"comment_text":"number 5 is bad, awful","timestamp":"2025-01-15T14:30:00Z","video_id":"1"}' |
    "$ABSA_BIN/absa-ingest" --pipe -q |
    "$ABSA_BIN/absa-score" --pipe -X score.bundle="$tmp/a" |
    grep -q '"model":"absa-model"'
echo ok
