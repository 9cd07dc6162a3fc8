"""Builds one ONNX network: random weights from a fixed seed, each operator in the form that the opset prescribes."""

import json
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64,
         np.dtype(np.int32): TensorProto.INT32, np.dtype(np.bool_): TensorProto.BOOL}
BIGGEST = np.iinfo(np.int64).max


class Network:
    """Values are names; `channels` remembers axis 1 of the feature maps so that layers need not be told."""

    def __init__(self, name, opset, ir, small):
        self.name, self.opset, self.ir, self.small = name, opset, ir, small
        self.nodes, self.constants, self.inputs, self.outputs, self.selected = [], [], [], [], []
        self.declared, self.sizes, self.channels, self._taken = [], [], {}, {}
        # The legacy generator: its stream is frozen, so that a seed gives the same weights in every numpy.
        self.random = np.random.RandomState(zlib.crc32(name.encode()))

    # What the network is asked with.

    def input(self, name, shape, type=np.float32, fill="normal", **limits):
        """`shape`: sizes and symbols. `fill`: how to make data for it ("normal", "integers", "mask", "lengths")."""
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[np.dtype(type)], shape))
        self.declared.append({"name": name, "type": np.dtype(type).name, "shape": list(shape), "fill": fill, **limits})
        if len(shape) == 4:
            self.channels[name] = shape[1]
        return name

    def output(self, value, name, rank, type=np.float32, selected=False):
        """Renames `value`. `rank`: the number of axes, all declared symbolic, or the shape. `selected`: values decide what
        is in it and how long it is, so that rounding can change all of it. Returns its new name."""
        shape = [f"{name}_{axis}" for axis in range(rank)] if isinstance(rank, int) else rank
        for node in reversed(self.nodes):
            if value in node.output:
                self.rename(value, name)
                break
        self.outputs.append(helper.make_tensor_value_info(name, TYPES[np.dtype(type)], shape))
        if selected:
            self.selected.append(name)
        return name

    def rename(self, old, new):
        for node in self.nodes:
            node.input[:] = [new if value == old else value for value in node.input]
            node.output[:] = [new if value == old else value for value in node.output]

    def at_sizes(self, *sizes):
        """Sizes of the symbols that tests use, a dict for each run; the first is what calibration uses."""
        self.sizes = list(sizes)

    # Nodes and weights.

    def unique(self, stem):
        count = self._taken[stem] = self._taken.get(stem, -1) + 1
        return stem if count == 0 else f"{stem}_{count}"

    def op(self, op, *inputs, outputs=1, name=None, **attributes):
        """Adds a node; its output, or its outputs as a tuple."""
        name = self.unique(name or op)
        results = [f"{name}_output_{at}" if outputs > 1 else f"{name}_output" for at in range(outputs)]
        inputs = [value if value is None or isinstance(value, str) else self.constant(value) for value in inputs]
        inputs = ["" if value is None else value for value in inputs]
        self.nodes.append(helper.make_node(op, inputs, results, name=name, **attributes))
        if outputs > 1:
            return tuple(results)
        if inputs and inputs[0] in self.channels:
            self.channels[results[0]] = self.channels[inputs[0]]
        return results[0]

    def constant(self, values, name="constant"):
        """An initializer: Python floats become float32, integers int64."""
        array = np.asarray(values)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = self.unique(name)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name))
        return name

    def constant_node(self, values):
        """A Constant node, as exporters write small constants."""
        array = np.asarray(values)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        return self.op("Constant", value=numpy_helper.from_array(array))

    def normal(self, shape, deviation=1.0, mean=0.0):
        return (self.random.standard_normal(shape) * deviation + mean).astype(np.float32)

    def uniform(self, shape, low, high):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def width(self, channels, multiple=4, least=8):
        """Channels of this size of the network: an eighth of the true ones when small."""
        if not self.small:
            return channels
        return max(least, (channels // 8 + multiple - 1) // multiple * multiple)

    # Layers.

    def conv(self, x, channels, kernel=3, stride=1, pad=None, group=1, dilation=1, bias=False, gain=2.0, name="conv",
             **more):
        """`gain` 2 keeps the second moment through a following Relu, 1 without one. `pad`: same by default."""
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        if pad is None:
            pad = [dilation * (k // 2) for k in kernel]
        pad = [pad, pad] if isinstance(pad, int) else pad
        pads = {} if "auto_pad" in more else {"pads": list(pad) * 2 if len(pad) == 2 else pad}
        stride = [stride, stride] if isinstance(stride, int) else stride
        per_group = self.channels[x] // group
        fan_in = per_group * kernel[0] * kernel[1]
        name = self.unique(name)
        weights = [self.constant(self.normal((channels, per_group, *kernel), (gain / fan_in) ** 0.5), f"{name}.weight")]
        if bias:
            weights.append(self.constant(self.normal(channels, 0.1), f"{name}.bias"))
        y = self.op("Conv", x, *weights, name=f"{name}/Conv", kernel_shape=list(kernel), strides=stride, group=group,
                    dilations=[dilation, dilation], **pads, **more)
        self.channels[y] = channels
        return y

    def conv_transpose(self, x, channels, kernel=2, stride=2, pad=0, bias=True, gain=2.0, name="up", **more):
        inputs = self.channels[x]
        fan_in = inputs * max(1, kernel // stride) ** 2
        name = self.unique(name)
        weight = self.constant(self.normal((inputs, channels, kernel, kernel), (gain / fan_in) ** 0.5), f"{name}.weight")
        biases = [self.constant(self.normal(channels, 0.1), f"{name}.bias")] if bias else []
        y = self.op("ConvTranspose", x, weight, *biases, name=f"{name}/ConvTranspose", kernel_shape=[kernel, kernel],
                    strides=[stride, stride], pads=[pad] * 4, **more)
        self.channels[y] = channels
        return y

    def batch_norm(self, x, gain=1.0, name="bn"):
        n, name = self.channels[x], self.unique(name)
        parts = {"weight": self.uniform(n, 0.8, 1.2) * np.float32(gain), "bias": self.normal(n, 0.1),
                 "running_mean": self.normal(n, 0.1), "running_var": self.uniform(n, 0.8, 1.2)}
        weights = [self.constant(values, f"{name}.{part}") for part, values in parts.items()]
        return self.op("BatchNormalization", x, *weights, name=f"{name}/BatchNormalization", epsilon=1e-5)

    def gemm(self, x, inputs, outputs, gain=1.0, name="fc"):
        name = self.unique(name)
        weight = self.constant(self.normal((outputs, inputs), (gain / inputs) ** 0.5), f"{name}.weight")
        bias = self.constant(self.normal(outputs, 0.1), f"{name}.bias")
        return self.op("Gemm", x, weight, bias, name=f"{name}/Gemm", alpha=1.0, beta=1.0, transB=1)

    def linear(self, x, inputs, outputs, gain=1.0, bias=True, name="linear"):
        """MatMul and Add, as PyTorch writes a linear layer on three axes."""
        name = self.unique(name)
        weight = self.constant(self.normal((inputs, outputs), (gain / inputs) ** 0.5), f"{name}.weight")
        y = self.op("MatMul", x, weight, name=f"{name}/MatMul")
        if not bias:
            return y
        return self.op("Add", self.constant(self.normal(outputs, 0.1), f"{name}.bias"), y, name=f"{name}/Add")

    def layer_norm(self, x, width, epsilon=1e-12):
        """Over the last axis: LayerNormalization from opset 17 on; before it, in its parts."""
        name = self.unique("norm")
        gain = self.constant(self.uniform(width, 0.8, 1.2), f"{name}.weight")
        shift = self.constant(self.normal(width, 0.1), f"{name}.bias")
        if self.opset >= 17:
            return self.op("LayerNormalization", x, gain, shift, name=f"{name}/LayerNormalization", axis=-1, epsilon=epsilon)
        centered = self.op("Sub", x, self.reduce_mean(x, -1))
        squares = self.op("Pow", centered, self.constant_node(np.float32(2)))
        deviation = self.op("Sqrt", self.op("Add", self.reduce_mean(squares, -1), np.float32(epsilon)))
        return self.op("Add", self.op("Mul", self.op("Div", centered, deviation), gain), shift)

    def gelu(self, x):
        """Gelu from opset 20 on; before it, in its parts."""
        if self.opset >= 20:
            return self.op("Gelu", x)
        erf = self.op("Erf", self.op("Div", x, self.constant_node(np.float32(2 ** 0.5))))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, np.float32(1))), np.float32(0.5))

    def mish(self, x):
        """Mish from opset 18 on; before it, in its parts."""
        return self.op("Mish", x) if self.opset >= 18 else self.op("Mul", x, self.op("Tanh", self.op("Softplus", x)))

    def relu(self, x):
        return self.op("Relu", x)

    def silu(self, x):
        return self.op("Mul", x, self.op("Sigmoid", x))

    def clip(self, x, low, high):
        if self.opset < 11:
            return self.op("Clip", x, min=float(low), max=float(high))
        return self.op("Clip", x, self.constant(np.float32(low)), self.constant(np.float32(high)))

    def hard_swish(self, x):
        """HardSwish from opset 14 on; before it, as PyTorch wrote it."""
        if self.opset >= 14:
            return self.op("HardSwish", x)
        six = self.constant(np.float32(6.0))
        return self.op("Div", self.op("Mul", x, self.clip(self.op("Add", x, np.float32(3.0)), 0, 6)), six)

    def max_pool(self, x, kernel=2, stride=2, pad=0, **more):
        if "auto_pad" not in more:
            more["pads"] = [pad] * 4
        return self.op("MaxPool", x, kernel_shape=[kernel, kernel], strides=[stride, stride], **more)

    def average_pool(self, x, kernel, stride=1, pad=0, **more):
        return self.op("AveragePool", x, kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4, **more)

    def concat(self, *values, axis=1):
        y = self.op("Concat", *values, axis=axis)
        if axis == 1 and all(value in self.channels for value in values):
            self.channels[y] = sum(self.channels[value] for value in values)
        return y

    # Operators whose attributes became inputs at some opset.

    def _with_axes(self, op, since, x, axes, **attributes):
        if self.opset < since:
            return self.op(op, x, axes=list(axes), **attributes)
        return self.op(op, x, self.constant(np.array(axes, np.int64)), **attributes)

    def squeeze(self, x, *axes):
        return self._with_axes("Squeeze", 13, x, axes)

    def unsqueeze(self, x, *axes):
        return self._with_axes("Unsqueeze", 13, x, axes)

    def reduce_mean(self, x, *axes, keepdims=1):
        return self._with_axes("ReduceMean", 18, x, axes, keepdims=keepdims)

    def reduce_sum(self, x, *axes, keepdims=1):
        return self._with_axes("ReduceSum", 13, x, axes, keepdims=keepdims)

    def softmax(self, x, axis):
        return self.op("Softmax", x, axis=axis)

    def split(self, x, sizes, axis=1):
        more = {"split": list(sizes)} if self.opset < 13 else {}
        length = [] if self.opset < 13 else [np.array(sizes, np.int64)]
        parts = self.op("Split", x, *length, outputs=len(sizes), axis=axis, **more)
        if axis == 1:
            self.channels.update(zip(parts, sizes))
        return parts

    def chunk(self, x, parts, axis=1):
        """Equal parts: num_outputs from opset 18 on."""
        if self.opset < 18:
            return self.split(x, [self.channels[x] // parts] * parts, axis)
        results = self.op("Split", x, outputs=parts, axis=axis, num_outputs=parts)
        if axis == 1:
            self.channels.update((part, self.channels[x] // parts) for part in results)
        return results

    def slice(self, x, starts, ends, axes, steps=None):
        if self.opset < 10:
            return self.op("Slice", x, starts=starts, ends=ends, axes=axes)
        rest = [np.array(values, np.int64) for values in (starts, ends, axes, steps) if values is not None]
        return self.op("Slice", x, *rest)

    def pad(self, x, pads, mode="constant"):
        if self.opset < 11:
            return self.op("Pad", x, pads=pads, mode=mode)
        return self.op("Pad", x, np.array(pads, np.int64), mode=mode)

    def reshape(self, x, *shape):
        return self.op("Reshape", x, np.array(shape, np.int64))

    def dropout(self, x):
        return self.op("Dropout", x) if self.opset >= 12 else self.op("Dropout", x, ratio=0.5)

    def upscale(self, x, scale=2, mode="nearest", **more):
        """Twice as large by default; Upsample before opset 10, then Resize in its forms."""
        scales = np.array([1, 1, scale, scale], np.float32)
        if self.opset < 10:
            return self.op("Upsample", x, scales, mode=mode)
        if self.opset < 11:
            return self.op("Resize", x, scales, mode=mode)
        if mode == "nearest":
            more = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor", **more}
        region = self.constant(np.zeros(0, np.float32)) if self.opset < 13 else None
        return self.op("Resize", x, region, scales, mode=mode, **more)

    def resize_like(self, x, like, mode="linear", **more):
        """Height and width of `like`, batch and channels of `x`: PyTorch's interpolate(size=...)."""
        batch = self.slice(self.op("Shape", x), [0], [2], [0])
        space = self.slice(self.op("Shape", like), [2], [4], [0])
        sizes = self.op("Concat", batch, space, axis=0)
        region = self.constant(np.zeros(0, np.float32)) if self.opset < 13 else None
        scales = self.constant(np.zeros(0, np.float32)) if self.opset < 13 else None
        return self.op("Resize", x, region, scales, sizes, mode=mode, **more)

    def size_of(self, x, axis):
        """One size as a vector of one, read from the shape while the network runs."""
        return self.unsqueeze(self.op("Gather", self.op("Shape", x), self.constant(np.int64(axis)), axis=0), 0)

    def shape_of(self, *parts):
        """A shape vector: sizes, and vectors of one from size_of()."""
        return self.op("Concat", *[self.constant(np.array([part], np.int64)) if isinstance(part, int) else part
                                   for part in parts], axis=0)

    # The result.

    def model(self):
        inputs = list(self.inputs)
        if self.ir < 4:  # where every initializer is an input as well
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.constants]
        graph = helper.make_graph(self.nodes, self.name, inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=self.ir,
                                  producer_name="quantrail make_networks")
        if self.ir <= onnx.IR_VERSION and self.opset <= onnx.defs.onnx_opset_version():
            onnx.checker.check_model(model)
        return model

    def description(self):
        """What a test has to know to ask the network something, as JSON."""
        return json.dumps({"name": self.name, "opset": self.opset, "ir": self.ir, "inputs": self.declared,
                           "sizes": self.sizes, "selected": self.selected}, indent=1) + "\n"
