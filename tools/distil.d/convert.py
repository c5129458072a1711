# SPDX-License-Identifier: MIT
"""all-MiniLM-L6-v2 as files of OpenVINO, with weights of 16 bits, and with bytes.

    convert.py TWEETS DIR    DIR/float/minilm.{xml,bin} and DIR/int8/minilm.{xml,bin}

Bytes: a matrix has a scale a row, the table of words too; what goes into a matrix has one
scale, which the largest value among some tweets sets. Few of its dimensions are large: each
is divided by a number that the matrix is multiplied with, so that the two share the range
(SmoothQuant; Xiao et al., ICML 2023). Sums stay whole numbers; norms, attention and the
residual are floats."""
import hashlib
import html
import pathlib
import re
import sys
import unicodedata

import numpy as np
import openvino as ov
from openvino import Type, opset15 as op

import minilm

TEXTS, BATCH, SHARE, LEVELS = 256, 16, 0.9, 127
CLS, SEP, UNKNOWN = 101, 102, 100


class Bytes(minilm.Builder):
    """peak: the largest absolute value of each dimension that goes into a matrix, by name."""

    def __init__(self, w, peak):
        super().__init__(w)
        self.peak = peak

    @staticmethod
    def rows(w):
        """A matrix as bytes and a scale a row."""
        step = np.maximum(np.abs(w).max(1, keepdims=True), 1e-9) / LEVELS
        return np.rint(w / step).astype(np.int8), step.astype(np.float32)

    def matrix(self, x, name):
        w = self.w[name + ".weight"].astype(np.float64)
        peak = np.maximum(self.peak[name].astype(np.float64), 1e-5)
        smooth = peak ** SHARE / np.maximum(np.abs(w).max(0), 1e-5) ** (1 - SHARE)
        top = (peak / smooth).max()
        low, high = (minilm.constant(np.float32(v)) for v in (-top * (LEVELS + 1) / LEVELS, top))
        x = op.multiply(x, minilm.constant((1 / smooth).astype(np.float32).reshape(1, 1, -1)))
        x = op.fake_quantize(x, low, high, low, high, 2 * LEVELS + 2)
        values, step = self.rows(w * smooth)
        w = op.multiply(op.convert(minilm.constant(values), Type.f32), minilm.constant(step))
        return op.matmul(x, w, False, True)

    def words(self, ids):
        values, step = self.rows(self.w["embeddings.word_embeddings.weight"].astype(np.float64))
        of = [op.gather(minilm.constant(v), ids, minilm.constant(np.int64(0)))
              for v in (values, step)]
        return op.multiply(op.convert(of[0], Type.f32), of[1])


def pieces(text, vocabulary):
    """The ids of a text, near enough to the reference to see what values occur."""
    plain = unicodedata.normalize("NFD", text.lower())
    out = [CLS]
    for word in re.findall(r"\w+|[^\w\s]", plain):
        cut, at = [], 0
        while at < len(word):
            end = len(word)
            while end > at and ("##" if at else "") + word[at:end] not in vocabulary:
                end -= 1
            if end == at:
                cut = [UNKNOWN]
                break
            cut.append(vocabulary[("##" if at else "") + word[at:end]])
            at = end
        out += cut
    return out[:127] + [SEP]


def calibration(path):
    """Some tweets of those that teach (sha256 % 5 != 0), by length."""
    words = minilm.file("vocab.txt", minilm.VOCABULARY).decode().split("\n")[:-1]
    vocabulary = {w: i for i, w in enumerate(words)}
    texts = [html.unescape(line.split("\t")[2])
             for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines()]
    hashed = sorted((hashlib.sha256(t.encode()).hexdigest(), t) for t in texts)
    chosen = [t for h, t in hashed if int(h, 16) % 5 != 0][:TEXTS]
    return sorted((pieces(t, vocabulary) for t in chosen), key=len)


def peaks(w, texts):
    """The largest absolute value of each dimension that goes into each matrix."""
    b = minilm.Builder(w)
    minilm.model(b)
    names = list(b.inputs)
    compiled = ov.Core().compile_model(minilm.model(b, names), "CPU", {
        "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": "1"})
    out = {name: 0 for name in names}
    for first in range(0, len(texts), BATCH):
        part = texts[first:first + BATCH]
        ids = np.zeros((len(part), len(part[-1])), np.int32)
        mask = np.zeros_like(ids)
        for row, text in enumerate(part):
            ids[row, :len(text)] = text
            mask[row, :len(text)] = 1
        seen = compiled({"input_ids": ids, "attention_mask": mask})
        for i, name in enumerate(names):
            values = np.abs(seen[i + 1])[mask > 0].max(0)
            out[name] = np.maximum(out[name], values)
    # Coarse numbers, so that CPUs which round otherwise still make the same bytes.
    return {name: v.astype(np.float16) for name, v in out.items()}


def main():
    tweets, out = sys.argv[1], pathlib.Path(sys.argv[2])
    w = minilm.weights()
    ov.save_model(minilm.model(minilm.Builder(w)), out / "float/minilm.xml", compress_to_fp16=True)
    ov.save_model(minilm.model(Bytes(w, peaks(w, calibration(tweets)))), out / "int8/minilm.xml",
                  compress_to_fp16=False)


main()
