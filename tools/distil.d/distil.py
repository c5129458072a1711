# SPDX-License-Identifier: MIT
"""Static vectors from MiniLM: each piece of the vocabulary goes through the model by
itself, the 384 dimensions become the 256 that vary most, frequent pieces weigh less,
and a byte holds what is left.

    static.bin   "ABSAVEC1", pieces and dimensions (uint32), what one step of each
                 dimension is worth (float32), then a row of bytes a piece

After "model2vec" (van Dongen and Tulkens, 2024), and Arora et al., "A simple but
tough-to-beat baseline for sentence embeddings" (ICLR 2017) for the weights a / (a + p);
a piece's frequency p follows Zipf's law on its place in the vocabulary."""
import pathlib
import struct
import sys

import numpy as np
import openvino as ov

import minilm

DIMENSIONS, BATCH, ORDINARY, SMOOTH, CUT = 256, 256, 996, 1e-3, 0.9995
CLS, SEP = 101, 102


def embeddings(pieces):
    """One embedding a piece, between [CLS] and [SEP]."""
    compiled = ov.Core().compile_model(minilm.model(minilm.Builder(minilm.weights())), "CPU", {
        "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": "1"})
    out = np.zeros((pieces, minilm.HIDDEN), np.float32)
    for first in range(0, pieces, BATCH):
        n = min(BATCH, pieces - first)
        ids = np.full((n, 3), CLS, np.int32)
        ids[:, 1] = np.arange(first, first + n)
        ids[:, 2] = SEP
        out[first:first + n] = compiled({"input_ids": ids,
                                         "attention_mask": np.ones_like(ids)})["embedding"]
    return out


def principal(x):
    """x on its first principal axes; the largest part of an axis is positive."""
    x = x.astype(np.float64)
    x -= x.mean(0)
    _, axes = np.linalg.eigh(x.T @ x)
    axes = axes[:, ::-1][:, :DIMENSIONS]
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(DIMENSIONS)])
    return x @ axes


def weights(pieces):
    """Rare pieces weigh 1, frequent ones less; the special ones nothing."""
    rank = np.maximum(np.arange(pieces) - ORDINARY, 1).astype(np.float64)
    share = 1 / rank
    share /= share.sum()
    w = SMOOTH / (SMOOTH + share)
    w[[0, CLS, SEP, SEP + 1]] = 0  # [PAD], [CLS], [SEP], [MASK]
    return w


def table(vectors):
    step = (np.quantile(np.abs(vectors), CUT, axis=0) / 127).astype(np.float32)
    rows = np.clip(np.rint(vectors / step), -127, 127).astype(np.int8)
    return b"ABSAVEC1" + struct.pack("<II", *rows.shape) + step.astype("<f4").tobytes() + rows.tobytes()


def main():
    check = sys.argv[1] == "--check"
    out = pathlib.Path(sys.argv[-1])
    vocabulary = minilm.file("vocab.txt", minilm.VOCABULARY)
    pieces = vocabulary.count(b"\n")
    made = table(principal(embeddings(pieces)) * weights(pieces)[:, None])
    if not check:
        (out / "vocab.txt").write_bytes(vocabulary)
        (out / "static.bin").write_bytes(made)
        return
    shipped = (out / "static.bin").read_bytes()
    head = len(made) - pieces * DIMENSIONS
    if (out / "vocab.txt").read_bytes() != vocabulary or len(shipped) != len(made):
        raise SystemExit("distil: another vocabulary, or another size")
    apart = np.abs(np.frombuffer(made[head:], np.int8).astype(int) -
                   np.frombuffer(shipped[head:], np.int8))
    print("%.4f %% of the bytes differ, by %d at most" % (100 * (apart > 0).mean(), apart.max()))
    if apart.max() > 2 or (apart > 0).mean() > 0.01:
        raise SystemExit("distil: static.bin is not what the weights give")


main()
