"""QuantizeLinear and DequantizeLinear of opsets 19 and 21: types, axes, blocks."""

import numpy as np
from onnx import TensorProto

from case import floats

CODES = {"uint8": (0, 256), "int8": (-128, 128), "uint16": (0, 65536), "int16": (-32768, 32768)}


def _middle(name):
    return {"uint8": 128, "int8": -3, "uint16": 32767, "int16": 100}[name]


def _steps(c, *shape):
    return (np.abs(c.normal(*shape)) * np.float32(0.05) + np.float32(0.01)).astype(np.float32)


def _quantize(cases):
    for opset in (19, 21):
        for name in CODES if opset == 21 else ("uint8", "int8"):
            def tensor(c, name=name):
                return [c.normal(3, 4) * 4, np.float32(0.02), np.array(_middle(name), name)]

            def per_axis(c, name=name):
                return [c.normal(2, 3, 4) * 4, _steps(c, 3), c.integers(0, 9, (3,), name)]

            cases.add(f"quantize_{name}", opset, "QuantizeLinear", tensor)
            cases.add(f"quantize_{name}_axis", opset, "QuantizeLinear", per_axis, axis=1)
        ties = floats(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 300, -300)
        cases.add("quantize_ties", opset, "QuantizeLinear", [ties, np.float32(1), np.int8(0)])
        cases.add("quantize_special", opset, "QuantizeLinear", [floats(np.inf, -np.inf, 1e30), np.float32(1), np.uint8(7)])
        cases.add("quantize_without_zero_point", opset, "QuantizeLinear", lambda c: [c.normal(3, 4) * 4, np.float32(0.02)])
        cases.add("quantize_negative_axis", opset, "QuantizeLinear",
                  lambda c: [c.normal(2, 3) * 4, _steps(c, 3), c.integers(0, 9, (3,), np.uint8)], axis=-1)
    for kind in ("INT8", "UINT8", "INT16", "UINT16"):
        cases.add(f"quantize_output_dtype_{kind.lower()}", 21, "QuantizeLinear",
                  lambda c: [c.normal(3, 4) * 4, np.float32(0.02)], output_dtype=getattr(TensorProto, kind))
    for axis, block, shape, scales in ((1, 2, (2, 6), (2, 3)), (0, 3, (6, 2), (2, 2)), (1, 4, (2, 6, 2), (2, 2, 2)),
                                       (-1, 2, (3, 4), (3, 2))):
        for name in ("int8", "uint16"):
            cases.add(f"quantize_blocked_{name}_axis{axis}_block{block}", 21, "QuantizeLinear",
                      lambda c, shape=shape, scales=scales, name=name:
                      [c.normal(*shape), _steps(c, *scales), c.integers(0, 9, scales, name)], axis=axis, block_size=block)
    cases.add("quantize_float16", 21, "QuantizeLinear",
              lambda c: [c.normal(3, 4).astype(np.float16), np.float16(0.02), np.uint8(128)])


def _dequantize(cases):
    for opset in (19, 21):
        for name, (low, high) in CODES.items():
            if opset == 19 and name.endswith("16"):
                continue

            def tensor(c, name=name, low=low, high=high):
                return [c.integers(low, high, (3, 4), name), np.float32(0.02), np.array(_middle(name), name)]

            def per_axis(c, name=name, low=low, high=high):
                return [c.integers(low, high, (2, 3, 4), name), _steps(c, 3), c.integers(0, 9, (3,), name)]

            cases.add(f"dequantize_{name}", opset, "DequantizeLinear", tensor)
            cases.add(f"dequantize_{name}_axis", opset, "DequantizeLinear", per_axis, axis=1)
        cases.add("dequantize_int32", opset, "DequantizeLinear",
                  lambda c: [c.integers(-10 ** 6, 10 ** 6, (2, 3), np.int32), np.float32(1e-4)])
        cases.add("dequantize_int32_axis", opset, "DequantizeLinear",
                  lambda c: [c.integers(-10 ** 6, 10 ** 6, (3,), np.int32), _steps(c, 3), np.zeros(3, np.int32)], axis=0)
        cases.add("dequantize_to_float16", opset, "DequantizeLinear",
                  lambda c: [c.integers(0, 256, (3, 4), np.uint8), np.float16(0.02), np.uint8(128)])
    for axis, block, shape, scales in ((1, 2, (2, 6), (2, 3)), (0, 3, (6, 2), (2, 2)), (1, 4, (2, 6, 2), (2, 2, 2)),
                                       (-1, 2, (3, 4), (3, 2))):
        for name in ("uint8", "int16"):
            cases.add(f"dequantize_blocked_{name}_axis{axis}_block{block}", 21, "DequantizeLinear",
                      lambda c, shape=shape, scales=scales, name=name:
                      [c.integers(0, 100, shape, name), _steps(c, *scales), c.integers(0, 9, scales, name)],
                      axis=axis, block_size=block)
    cases.add("dequantize_blocked_without_zero_point", 21, "DequantizeLinear",
              lambda c: [c.integers(-9, 9, (2, 4), np.int8), _steps(c, 2, 2)], axis=1, block_size=2)


def _matmul(cases):
    def operands(c):
        return [c.integers(0, 256, (2, 3), np.uint8), np.float32(0.02), np.uint8(120), c.integers(-127, 128, (3, 4), np.int8),
                np.float32(0.01), np.int8(0), np.float32(0.05), np.uint8(110)]

    cases.add("qlinear_matmul", 21, "QLinearMatMul", operands)


def add(cases):
    _quantize(cases)
    _dequantize(cases)
    _matmul(cases)
