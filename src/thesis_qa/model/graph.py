"""The encoder as an ONNX graph that multiplies in eight-bit integers.

Built node by node, so that nothing but the `onnx` package is needed and the result is the same on
every machine. Operators of domain com.microsoft are onnxruntime's own.

Inputs: `input_ids` and `attention_mask`, int64 of shape (batch, tokens), padded on the right.
Outputs: `sentence_embedding`, float32 of shape (batch, hidden), mean of the token states,
normalised; `token_embeddings`, float32 of shape (batch, tokens, hidden).

Each token's state has a scale of its own (as in LLM.int8(), Dettmers et al., 2022), not each
batch: a text has the same vector whatever it is batched with, and nearer to the exact one.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from thesis_qa.model.weights import Quantised, Rows, Weights

BLOCK = 32
MICROSOFT = "com.microsoft"
OWN = frozenset(
    """GatherBlockQuantized MatMulIntegerToFloat MultiHeadAttention BiasGelu
    SkipLayerNormalization""".split()
)
# Weights use seven of the eight bits: two products of 255 · 63 are the most that the 16-bit sums of
# processors without VNNI hold.
WEIGHT_TOP, STATE_TOP, STATE_ZERO = 63, 127, 128


def write_graph(weights: "Weights", path: Path, layers: int | None = None) -> None:
    """Write the encoder to `path`, or only its lowest `layers`."""
    import onnx

    onnx.save(_Builder(weights).model(layers), str(path))


def write_reader_graph(weights: "Weights", path: Path) -> None:
    """Write the encoder to `path` with the reader's heads in place of the pooling.

    Outputs: `token_scores`, float32 of shape (batch, tokens, 3), for each token the logit that the
    answer starts there, that it ends there, and that the token is part of what answers;
    `answer_score`, of shape (batch,), the logit that the text answers at all.
    """
    import onnx

    onnx.save(_Builder(weights).reader(), str(path))


class _Builder:
    """Collects nodes and constants; every method returns the name of the value it adds."""

    def __init__(self, weights: "Weights") -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.quantised: dict[str, tuple[str, str]] = {}

    def model(self, layers: int | None = None) -> Any:
        state = self.layers(layers)
        self.add("Identity", [state], name="token_embeddings")
        self.pool(state)
        hidden = self.weights.shape.hidden
        return self.graph(
            {
                "sentence_embedding": ["batch", hidden],
                "token_embeddings": ["batch", "tokens", hidden],
            }
        )

    def reader(self) -> Any:
        state = self.layers()
        self.head(state, "token", "token_scores")
        first = self.add("Gather", [state, self.constant(np.int64(0))], axis=1)
        answer = self.head(first, "answer")
        self.add("Squeeze", [answer, self.integers([1])], name="answer_score")
        return self.graph(
            {"token_scores": ["batch", "tokens", 3], "answer_score": ["batch"]},
        )

    def graph(self, outputs: dict[str, list[str | int]]) -> Any:
        from onnx import TensorProto, helper

        info = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [
                info(name, TensorProto.INT64, ["batch", "tokens"])
                for name in ("input_ids", "attention_mask")
            ],
            [info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
            self.constants,
        )
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=10)

    def layers(self, count: int | None = None) -> str:
        state = self.embeddings()
        for layer in range(count or self.weights.shape.layers):
            state = self.layer(state, f"l{layer}")
        return state

    def head(self, state: str, name: str, output: str = "") -> str:
        """One linear layer in float32: `<name>.w` of shape (outputs, hidden), and `<name>.b`."""
        vectors = self.weights.vectors
        matrix = vectors[f"{name}.w"].reshape(-1, self.weights.shape.hidden).T
        product = self.add("MatMul", [state, self.constant(matrix)])
        return self.add("Add", [product, self.constant(vectors[f"{name}.b"])], name=output)

    def embeddings(self) -> str:
        """Word, position and type 0, summed and normalised."""
        vectors, hidden = self.weights.vectors, self.weights.shape.hidden
        words = self.lookup("input_ids", self.weights.matrices["emb.word"])
        places = vectors["emb.pos"].reshape(-1, hidden) + vectors["emb.type"][:hidden]
        shape = self.add("Shape", ["input_ids"])
        length = self.add("Slice", [shape, self.integers([1]), self.integers([2])])
        place = self.add("Slice", [self.constant(places), self.integers([0]), length])
        spread = self.add("Expand", [place, self.add("Shape", [words])])
        return self.normalised(words, spread, "emb.ln")

    def lookup(self, ids: str, table: "Quantised | Rows") -> str:
        from onnx import TensorProto, helper

        from thesis_qa.model.weights import Quantised

        assert isinstance(table, Quantised)
        packed = table.values[:, 0::2] | (table.values[:, 1::2] << 4)
        rows, columns = table.values.shape
        data = helper.make_tensor(
            "emb.word", TensorProto.UINT4, [rows, columns], packed.tobytes(), raw=True
        )
        self.constants.append(data)
        scales = self.constant(table.scales.astype(np.float32))
        zero = np.full((rows, columns // BLOCK // 2), 8 | (8 << 4), np.uint8)
        zeros = helper.make_tensor(
            "emb.zero", TensorProto.UINT4, [rows, columns // BLOCK], zero.tobytes(), raw=True
        )
        self.constants.append(zeros)
        return self.add(
            "GatherBlockQuantized",
            ["emb.word", ids, scales, "emb.zero"],
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
        )

    def layer(self, state: str, name: str) -> str:
        """One layer of a BERT encoder (Devlin et al., 2019)."""
        vectors = self.weights.vectors
        parts = [self.product(state, f"{name}.{part}.w") for part in "qkv"]
        bias = self.constant(np.concatenate([vectors[f"{name}.{part}.b"] for part in "qkv"]))
        heads = self.weights.shape.heads
        seen = self.add("MultiHeadAttention", [*parts, bias, self.mask()], num_heads=heads)
        attended = self.product(seen, f"{name}.ao.w")
        state = self.normalised(attended, state, f"{name}.aln", f"{name}.ao.b")
        inner = self.product(state, f"{name}.fi.w")
        inner = self.add("BiasGelu", [inner, self.constant(vectors[f"{name}.fi.b"])])
        inner = self.product(inner, f"{name}.fo.w")
        return self.normalised(inner, state, f"{name}.oln", f"{name}.fo.b")

    def mask(self) -> str:
        from onnx import TensorProto

        if not any("mask" in node.output for node in self.nodes):
            self.add("Cast", ["attention_mask"], name="mask", domain="", to=TensorProto.INT32)
        return "mask"

    def product(self, state: str, name: str) -> str:
        """`state` times the transposed matrix."""
        dense = self.weights.matrices[name].dense()
        scales = np.abs(dense).max(axis=1) / WEIGHT_TOP  # one for each column of the product
        matrix = np.rint(dense / scales[:, None]).astype(np.int8).T
        zeros = np.zeros(len(scales), np.int8)
        integers, largest = self.quantise(state)
        product = self.add(
            "MatMulIntegerToFloat",
            [
                integers,
                self.constant(matrix),
                self.constant(np.float32(1 / STATE_TOP)),
                self.constant(scales.astype(np.float32)),
                self.constant(np.uint8(STATE_ZERO)),
                self.constant(zeros),
            ],
        )
        return self.add("Mul", [product, largest])

    def quantise(self, state: str) -> tuple[str, str]:
        """`state` in eight bits, and the largest magnitude of each token, which is 127 in them."""
        if state not in self.quantised:
            largest = self.add("ReduceMax", [self.add("Abs", [state])], axes=[-1], keepdims=1)
            step = self.constant(np.float32(1 / STATE_TOP))
            zero = self.constant(np.uint8(STATE_ZERO))
            integers = self.add("QuantizeLinear", [self.add("Div", [state, largest]), step, zero])
            self.quantised[state] = integers, largest
        return self.quantised[state]

    def normalised(self, state: str, skip: str, name: str, bias: str | None = None) -> str:
        """Layer norm of `state` + `skip` + bias."""
        vectors = self.weights.vectors
        weights = [self.constant(vectors[f"{name}.{part}"]) for part in "wb"]
        inputs = [state, skip, *weights, *([self.constant(vectors[bias])] if bias else [])]
        return self.add("SkipLayerNormalization", inputs, epsilon=self.weights.shape.epsilon)

    def pool(self, state: str) -> str:
        """Mean over the tokens that aren't padding, normalised to length 1."""
        from onnx import TensorProto

        mask = self.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        mask = self.add("Unsqueeze", [mask, self.integers([2])])
        summed = self.add(
            "ReduceSum", [self.add("Mul", [state, mask]), self.integers([1])], keepdims=0
        )
        return self.add("LpNormalization", [summed], name="sentence_embedding", axis=1, p=2)

    def add(self, operator: str, inputs: list[str], name: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = name or f"v{len(self.nodes)}"
        attributes.setdefault("domain", MICROSOFT if operator in OWN else "")
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def integers(self, values: list[int]) -> str:
        return self.constant(np.array(values, np.int64))
