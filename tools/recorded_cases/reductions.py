"""Reductions: axes became an input in opset 18; bool in 20."""

import numpy as np

from case import ints

OPERATORS = ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")


def _positive(c, *shape):
    return np.abs(c.normal(*shape)) + np.float32(0.1)


def add(cases):
    for kind in OPERATORS:
        op, opset, lower = f"Reduce{kind}", 18, kind.lower()
        cases.add(f"reduce_{lower}_axes", opset, op, lambda c: [_positive(c, 2, 3, 4), ints(1)], keepdims=1)
        cases.add(f"reduce_{lower}_constant_axes", opset, op, lambda c: [_positive(c, 2, 3, 4), ints(0, -1)],
                  constant=(1,), keepdims=0)
        cases.add(f"reduce_{lower}_all", opset, op, lambda c: [_positive(c, 2, 3, 4)], keepdims=0)
        cases.add(f"reduce_{lower}_noop", opset, op, lambda c: [_positive(c, 2, 3), ints()], constant=(1,),
                  noop_with_empty_axes=1)
        cases.add(f"reduce_{lower}_noop_without_axes", opset, op, lambda c: [_positive(c, 2, 3)], noop_with_empty_axes=1)
        cases.add(f"reduce_{lower}_empty_axes", opset, op, lambda c: [_positive(c, 2, 3), ints()], constant=(1,),
                  noop_with_empty_axes=0)
        if kind != "Mean":  # of nothing: undefined
            cases.add(f"reduce_{lower}_empty_set", opset, op, [np.zeros((2, 0, 4), np.float32), ints(1)])
    for kind in ("Max", "Min"):
        lower = kind.lower()
        cases.add(f"reduce_{lower}_bool", 20, f"Reduce{kind}",
                  [np.array([[True, True], [True, False], [False, False]]), ints(1)])
        for type in (np.int8, np.uint8, np.int32, np.int64, np.float16):
            cases.add(f"reduce_{lower}_{np.dtype(type).name}", 20, f"Reduce{kind}",
                      lambda c, type=type: [c.integers(0, 100, (3, 4), type), ints(0)], keepdims=0)
    for type in (np.int32, np.int64):
        name = np.dtype(type).name
        cases.add(f"reduce_sum_{name}", 18, "ReduceSum", lambda c, type=type: [c.integers(-9, 9, (3, 4), type), ints(0)])
        cases.add(f"reduce_mean_{name}", 18, "ReduceMean", lambda c, type=type: [c.integers(-9, 9, (3, 4), type), ints(1)])
