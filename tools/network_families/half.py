"""A network as exporters write it in float16: float32 only at its inputs and outputs."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def _as_half(tensor):
    return numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name)


def _halve_attributes(node):
    for attribute in node.attribute:
        if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
            attribute.i = TensorProto.FLOAT16
        elif node.op_type == "Constant" and attribute.t.data_type == TensorProto.FLOAT:
            attribute.t.CopyFrom(_as_half(attribute.t))


def halved(build):
    """Builds what `build` does, then turns every float32 inside into float16."""
    def in_half(net):
        build(net)
        net.constants = [_as_half(t) if t.data_type == TensorProto.FLOAT else t for t in net.constants]
        for node in net.nodes:
            _halve_attributes(node)
        before, after = [], []
        for value in (*net.inputs, *net.outputs):
            if value.type.tensor_type.elem_type != TensorProto.FLOAT:
                continue
            inside = f"{value.name}_half"
            net.rename(value.name, inside)
            if value in net.inputs:
                before.append(helper.make_node("Cast", [value.name], [inside], name=inside, to=TensorProto.FLOAT16))
            else:
                after.append(helper.make_node("Cast", [inside], [value.name], name=inside, to=TensorProto.FLOAT))
        net.nodes = before + net.nodes + after
    return in_half
