"""Elementwise operators: activations, casts, comparisons, bits."""

import numpy as np
from onnx import TensorProto

from case import TYPES, floats, ints

SPECIAL = floats(-np.inf, -3.5, -0.0, 0.0, 0.5, 1.5, 2.5, 300.7, np.inf, np.nan)


def _activations(cases):
    for approximate in ("none", "tanh"):
        cases.add(f"gelu_{approximate}", 20, "Gelu", lambda c: [c.normal(3, 4) * 3], approximate=approximate)
        cases.add(f"gelu_{approximate}_special", 20, "Gelu", [SPECIAL], approximate=approximate)
    cases.add("gelu_default", 20, "Gelu", lambda c: [c.normal(3, 4)])
    cases.add("mish", 18, "Mish", lambda c: [c.normal(3, 4) * 10])
    cases.add("mish_large", 18, "Mish", [floats(-100, -20, 20, 50, 100)])
    cases.add("hard_swish", 18, "HardSwish", lambda c: [c.normal(3, 4) * 4])
    cases.add("hard_sigmoid", 18, "HardSigmoid", lambda c: [c.normal(3, 4) * 4], alpha=0.25, beta=0.4)


def _tests(cases):
    for type in (np.float32, np.float16, np.float64):
        name, special = np.dtype(type).name, SPECIAL.astype(type)
        cases.add(f"is_inf_{name}", 20, "IsInf", [special])
        cases.add(f"is_nan_{name}", 20, "IsNaN", [special])
    cases.add("is_inf_positive", 20, "IsInf", [SPECIAL], detect_negative=0)
    cases.add("is_inf_negative", 20, "IsInf", [SPECIAL], detect_positive=0)
    cases.add("is_inf_neither", 20, "IsInf", [SPECIAL], detect_negative=0, detect_positive=0)
    for type in (np.float32, np.int32, np.int64, np.bool_, np.uint8):
        name = np.dtype(type).name
        cases.add(f"equal_{name}", 19, "Equal",
                  lambda c, type=type: [c.integers(0, 2, (3, 4), type), c.integers(0, 2, (4,), type)])
    cases.add("equal_special", 19, "Equal", [SPECIAL, SPECIAL])


def _bits(cases):
    types = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)
    for type in types:
        name = np.dtype(type).name
        limits = np.iinfo(type)
        low, high = max(limits.min, -2 ** 31), min(limits.max, 2 ** 31 - 1)
        for kind in ("And", "Or", "Xor"):
            cases.add(f"bitwise_{kind.lower()}_{name}", 18, f"Bitwise{kind}",
                      lambda c, t=type, l=low, h=high: [c.integers(l, h, (2, 3), t), c.integers(l, h, (3,), t)])
        cases.add(f"bitwise_not_{name}", 18, "BitwiseNot", lambda c, t=type, l=low, h=high: [c.integers(l, h, (5,), t)])


def _casts(cases):
    finite = SPECIAL[1:7]
    wanted = (np.float64, np.float16, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.bool_)
    for opset in (19, 21):
        for type in wanted:
            name = np.dtype(type).name
            # Floats outside of an integer type's range have no defined cast.
            data = finite if np.issubdtype(type, np.integer) else SPECIAL
            data = np.abs(data) if np.issubdtype(type, np.unsignedinteger) else data
            cases.add(f"cast_float32_to_{name}", opset, "Cast", [data], to=TYPES[name])
        for type in (np.float16, np.float64, np.int8, np.uint8, np.int32, np.int64, np.bool_):
            name = np.dtype(type).name
            cases.add(f"cast_{name}_to_float32", opset, "Cast", lambda c, t=type: [c.integers(0, 2, (6,), t)],
                      to=TensorProto.FLOAT)
    cases.add("cast_int32_to_uint8_wraps", 19, "Cast", [np.array([-1, 255, 256, 300], np.int32)], to=TensorProto.UINT8)
    cases.add("cast_int64_to_int8_wraps", 19, "Cast", [ints(-129, 127, 128, 300)], to=TensorProto.INT8)
    cases.add("cast_float32_to_float16_rounds", 19, "Cast", [floats(65504, 65520, 70000, 1e-8, 0.1, 1 + 2 ** -11)],
              to=TensorProto.FLOAT16)


def add(cases):
    _activations(cases)
    _tests(cases)
    _bits(cases)
    _casts(cases)
