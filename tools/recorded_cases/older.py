"""Upsampling as opsets 9 and 10 have it, and interpolated integers."""

import numpy as np

from case import floats


def add(cases):
    for mode in ("nearest", "linear"):
        for way, scales in (("up", floats(1, 1, 2, 1.5)), ("down", floats(1, 1, 0.5, 0.4))):
            cases.add(f"resize_{mode}_{way}", 10, "Resize", lambda c, s=scales: [c.normal(1, 2, 6, 8), s], mode=mode,
                      constant=(1,))
        cases.add(f"upsample_{mode}", 9, "Upsample", lambda c: [c.normal(1, 2, 6, 8), floats(1, 1, 2, 3)], mode=mode,
                  constant=(1,))
    # Other scales and antialiasing differ by one in ONNX Runtime, which rounds between the axes.
    cases.add("resize_linear_uint8", 18, "Resize",
              lambda c: [c.integers(0, 256, (1, 2, 6, 8), np.uint8), None, floats(1, 1, 2, 1.5)], mode="linear")
    cases.add("resize_linear_int8", 18, "Resize",
              lambda c: [c.integers(-128, 128, (1, 2, 6, 8), np.int8), None, floats(1, 1, 0.5, 0.5)], mode="linear")
    cases.add("resize_nearest_int32", 18, "Resize",
              lambda c: [c.integers(-9000, 9000, (1, 2, 6, 8), np.int32), None, floats(1, 1, 1.5, 0.7)])
