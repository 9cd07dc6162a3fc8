"""One case: a model of one operator and what it is asked."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

TYPES = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "float16": TensorProto.FLOAT16,
         "int8": TensorProto.INT8, "uint8": TensorProto.UINT8, "int16": TensorProto.INT16, "uint16": TensorProto.UINT16,
         "int32": TensorProto.INT32, "uint32": TensorProto.UINT32, "int64": TensorProto.INT64,
         "uint64": TensorProto.UINT64, "bool": TensorProto.BOOL}
IR_VERSIONS = {9: 4, 10: 5, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12}


class Case:
    """`inputs`: arrays, None for one left out. Those at positions `constant` are initializers, the others are fed.
    `outputs`: how many, or their names, "" for one left out."""

    def __init__(self, name, opset, op, inputs, constant=(), outputs=1, domain="", **attributes):
        self.name, self.opset, self.domain = name, opset, domain
        arrays = [None if value is None else np.ascontiguousarray(value).reshape(np.shape(value)) for value in inputs]
        names = ["" if array is None else f"x{at}" for at, array in enumerate(arrays)]
        self.fed = [(names[at], array) for at, array in enumerate(arrays) if array is not None and at not in constant]
        self.constants = [numpy_helper.from_array(arrays[at], names[at]) for at in constant]
        listed = outputs if isinstance(outputs, list) else [f"y{at}" for at in range(outputs)]
        self.outputs = [name for name in listed if name]
        self.node = helper.make_node(op, names, listed, name="node", domain=domain, **attributes)

    def model(self, results=None):
        """`results`: (type, shape) of each output, once known; ONNX Runtime infers them before."""
        inputs = [helper.make_tensor_value_info(name, TYPES[array.dtype.name], array.shape) for name, array in self.fed]
        if results is None:
            outputs = [helper.make_empty_tensor_value_info(name) for name in self.outputs]
        else:
            outputs = [helper.make_tensor_value_info(name, TYPES[type], shape)
                       for name, (type, shape) in zip(self.outputs, results)]
        graph = helper.make_graph([self.node], self.name, inputs, outputs, self.constants)
        imports = [helper.make_opsetid("", self.opset)] + [helper.make_opsetid(self.domain, 1)] * bool(self.domain)
        return helper.make_model(graph, opset_imports=imports,
                                 ir_version=IR_VERSIONS[self.opset], producer_name="quantrail record_cases")


class Cases(list):
    """Collects cases; data comes from one fixed seed per case, named after it."""

    def __init__(self):
        super().__init__()
        self._random = None

    def seed(self, name):
        self._random = np.random.RandomState(sum(ord(letter) * (at + 1) for at, letter in enumerate(name)))

    def normal(self, *shape):
        return self._random.standard_normal(shape).astype(np.float32)

    def integers(self, low, high, shape, type=np.int64):
        return self._random.randint(low, high, shape).astype(type)

    def add(self, name, opset, op, inputs, **more):
        """`inputs` may be a function of this collection: it then draws from the case's own seed."""
        full = f"{name}_opset{opset}"
        assert all(case.name != full for case in self), full
        self.seed(full)
        self.append(Case(full, opset, op, inputs(self) if callable(inputs) else inputs, **more))


def ints(*values):
    return np.array(values, np.int64)


def floats(*values):
    return np.array(values, np.float32)
