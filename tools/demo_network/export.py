"""Writes the trained network as ONNX, BatchNormalization unfolded as training leaves it; same network, same bytes."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from network import LAYERS, RESIDUAL, block_of, ends_residual
from render import SIDE

OPSET = 13


class _Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def tensor(self, name, values):
        return self.constant(name, values.detach().numpy().astype(np.float32))

    def node(self, op, name, inputs, **attributes):
        """Adds a node; its only output has its name."""
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name


def _activation(graph, kind, name, x):
    if kind == "relu":
        return graph.node("Relu", f"{name}/relu", [x])
    if kind == "relu6":
        return graph.node("Clip", f"{name}/relu6", [x, "zero", "six"])
    return x


def _layer(graph, layer, conv, norm, x):
    name = layer.name
    weight = graph.tensor(f"{name}.weight", conv.weight)
    pad = layer.kernel // 2
    x = graph.node("Conv", name, [x, weight], kernel_shape=[layer.kernel] * 2, strides=[layer.stride] * 2,
                   pads=[pad] * 4, group=layer.groups)
    affine = {"scale": norm.weight, "shift": norm.bias, "mean": norm.running_mean, "variance": norm.running_var}
    inputs = [graph.tensor(f"{name}/norm.{part}", values) for part, values in affine.items()]
    x = graph.node("BatchNormalization", f"{name}/norm", [x, *inputs], epsilon=norm.eps)
    return _activation(graph, layer.activation, name, x)


def export(network, path):
    graph = _Graph()
    graph.constant("zero", np.float32(0))
    graph.constant("six", np.float32(6))
    x, shortcut = "image", None
    for layer, conv, norm in zip(LAYERS, network.convs, network.norms):
        if layer.name in RESIDUAL.values():
            shortcut = x
        x = _layer(graph, layer, conv, norm, x)
        if ends_residual(layer):
            x = graph.node("Add", f"{block_of(layer.name)}/add", [x, shortcut])
    x = graph.node("GlobalAveragePool", "pool", [x])
    x = graph.node("Flatten", "flatten", [x], axis=1)
    weight = graph.tensor("classifier.weight", network.classifier.weight)
    bias = graph.tensor("classifier.bias", network.classifier.bias)
    graph.nodes.append(helper.make_node("Gemm", [x, weight, bias], ["scores"], name="classifier", transB=1))

    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", network.classifier.out_features])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "shapes", [image], [scores], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=7, producer_name="quantrail make_demo")
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
