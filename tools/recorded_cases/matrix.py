"""Matrix products in floats and integers, and Einsum."""

import numpy as np

from case import floats


def _products(cases):
    for name, a, b in (("vectors", (5,), (5,)), ("row", (5,), (5, 4)), ("column", (3, 5), (5,)), ("plain", (3, 5), (5, 4)),
                       ("stacks", (2, 1, 3, 5), (3, 5, 4)), ("one_matrix", (2, 3, 5), (5, 4)), ("row_stack", (5,), (2, 5, 4)),
                       ("column_stack", (2, 3, 5), (5,))):
        cases.add(f"matmul_{name}", 18, "MatMul", lambda c, a=a, b=b: [c.normal(*a), c.normal(*b)])
    for type in (np.int32, np.int64, np.uint32, np.uint64):
        cases.add(f"matmul_{type.__name__}", 18, "MatMul",
                  lambda c, t=type: [c.integers(0, 1000, (3, 5), t), c.integers(0, 1000, (5, 4), t)])
    for name, c_shape in (("full", (3, 4)), ("row", (4,)), ("one_row", (1, 4)), ("column", (3, 1)), ("scalar", ()), ("single", (1,))):
        cases.add(f"gemm_c_{name}", 18, "Gemm", lambda c, s=c_shape: [c.normal(3, 5), c.normal(5, 4), c.normal(*s)],
                  alpha=0.5, beta=-2.0)
    for a in (0, 1):
        for b in (0, 1):
            cases.add(f"gemm_turned_{a}{b}", 18, "Gemm",
                      lambda c, a=a, b=b: [c.normal(*((5, 3) if a else (3, 5))), c.normal(*((4, 5) if b else (5, 4)))],
                      transA=a, transB=b)


def _einsum(cases):
    for name, equation, *shapes in (("matmul", "ij,jk->ik", (3, 4), (4, 5)), ("implicit", "bca,ad", (2, 3, 4), (4, 5)),
                                    ("attention", "bhid,bhjd->bhij", (2, 2, 3, 4), (2, 2, 5, 4)),
                                    ("ellipsis", "...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)),
                                    ("ellipsis_broadcast", "...ij,jk->...ik", (2, 2, 3, 4), (4, 5)),
                                    ("trace", "ii->", (4, 4)), ("diagonal", "iji->ij", (3, 4, 3)),
                                    ("outer", "i,j->ij", (3,), (4,)), ("total", "ij->", (3, 4)),
                                    ("spaces", " i j , j -> i ", (3, 4), (4,)), ("three", "ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
                                    ("turned", "abc->cab", (2, 3, 4)), ("repeated_inputs", "ij,ij->i", (3, 4), (3, 4))):
        cases.add(f"einsum_{name}", 18, "Einsum", lambda c, s=shapes: [c.normal(*shape) for shape in s], equation=equation)


def _codes(c, type, *shape):
    limits = np.iinfo(type)
    return c.integers(limits.min, limits.max + 1, shape, type)


def _integers(cases):
    for b in (np.int8, np.uint8):
        name = b.__name__
        cases.add(f"matmul_integer_{name}", 18, "MatMulInteger",
                  lambda c, b=b: [_codes(c, np.uint8, 2, 3, 6), _codes(c, b, 6, 4), np.uint8(128), b(5)])
        cases.add(f"qlinear_matmul_{name}", 18, "QLinearMatMul",
                  lambda c, b=b: [_codes(c, np.uint8, 2, 3, 6), np.float32(0.02), np.uint8(110), _codes(c, b, 6, 4),
                                  np.float32(0.03), b(5), np.float32(0.4), np.uint8(128)])
    cases.add("matmul_integer_per_column", 18, "MatMulInteger",
              lambda c: [_codes(c, np.uint8, 3, 6), _codes(c, np.int8, 6, 4), np.uint8(100), np.int8([1, -2, 3, 0])])
    cases.add("matmul_integer_without_zero_points", 18, "MatMulInteger",
              lambda c: [_codes(c, np.uint8, 3, 6), _codes(c, np.uint8, 6, 4)])
    cases.add("qlinear_matmul_per_column", 18, "QLinearMatMul",
              lambda c: [_codes(c, np.uint8, 3, 6), np.float32(0.02), np.uint8(110), _codes(c, np.int8, 6, 4),
                         floats(0.01, 0.02, 0.03, 0.04), np.int8([0, 0, 0, 0]), np.float32(0.4), np.uint8(128)],
              constant=(4, 5))
    for name, low, high in (("both_signs", -3, 5), ("positive", 1, 5), ("negative", -6, -2)):
        cases.add(f"dynamic_quantize_{name}", 18, "DynamicQuantizeLinear",
                  lambda c, l=low, h=high: [c.integers(l * 1000, h * 1000, (3, 7)).astype(np.float32) / 1000], outputs=3)
    cases.add("dynamic_quantize_zeros", 18, "DynamicQuantizeLinear", [np.zeros((2, 3), np.float32)], outputs=3)


def add(cases):
    _products(cases)
    _einsum(cases)
    _integers(cases)
