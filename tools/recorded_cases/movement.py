"""Operators that move, select or shape: Split, Pad, Reshape, Transpose, scatters, Col2Im, ..."""

import numpy as np

from case import floats, ints


def _split(cases):
    cases.add("split_num_outputs", 18, "Split", lambda c: [c.normal(2, 6)], outputs=3, axis=1, num_outputs=3)
    cases.add("split_uneven", 18, "Split", lambda c: [c.normal(7, 2)], outputs=3, axis=0, num_outputs=3)
    cases.add("split_uneven_last_axis", 18, "Split", lambda c: [c.normal(2, 5)], outputs=2, axis=-1, num_outputs=2)
    cases.add("split_sizes", 18, "Split", lambda c: [c.normal(2, 6), ints(1, 0, 5)], outputs=3, axis=1)
    cases.add("split_constant_sizes", 18, "Split", lambda c: [c.normal(6), ints(2, 4)], constant=(1,), outputs=2)
    cases.add("split_int64", 18, "Split", [np.arange(8, dtype=np.int64)], outputs=4, num_outputs=4)


def _pad(cases):
    def data(c):
        return c.normal(1, 2, 3, 4)

    for opset in (18, 19, 21):
        for mode in ("constant", "reflect", "edge"):
            cases.add(f"pad_{mode}_axes", opset, "Pad", lambda c: [data(c), ints(1, 2, 0, 1), None, ints(2, 3)], mode=mode)
    cases.add("pad_constant_value", 18, "Pad", lambda c: [data(c), ints(0, 1), floats(1.5).reshape(()), ints(-1)])
    cases.add("pad_all_axes", 18, "Pad", lambda c: [data(c), ints(0, 1, 1, 0, 0, 0, 2, 3), floats(-2).reshape(())])
    cases.add("pad_negative", 18, "Pad", lambda c: [data(c), ints(-1, 1, 0, -2), None, ints(2, 3)])
    cases.add("pad_negative_axes", 18, "Pad", lambda c: [data(c), ints(1, 0, 1, 2), None, ints(-1, -2)], mode="edge")
    cases.add("pad_int64", 18, "Pad", [np.arange(6).reshape(2, 3), ints(1, 1), np.int64(7), ints(1)])
    for opset in (19, 21):
        cases.add("pad_wrap", opset, "Pad", lambda c: [c.normal(2, 4), ints(1, 2, 0, 3)], mode="wrap")
        cases.add("pad_wrap_axes", opset, "Pad", lambda c: [data(c), ints(2, 1), None, ints(3)], mode="wrap")
    cases.add("pad_wrap_around_more_than_once", 19, "Pad", lambda c: [c.normal(3), ints(5, 7)], mode="wrap")


def _shapes(cases):
    for opset in (19, 21):
        cases.add("reshape_allowzero", opset, "Reshape", [np.zeros((0, 3, 4), np.float32), ints(3, 4, 0)], allowzero=1)
        cases.add("reshape_copied", opset, "Reshape", lambda c: [c.normal(2, 3, 4), ints(0, -1)], allowzero=0)
        cases.add("reshape_constant", opset, "Reshape", lambda c: [c.normal(2, 3, 4), ints(4, -1, 2)], constant=(1,))
        cases.add("shape", opset, "Shape", lambda c: [c.normal(2, 3, 4)])
        cases.add("shape_slice", opset, "Shape", lambda c: [c.normal(2, 3, 4)], start=-2, end=3)
        cases.add("size", opset, "Size", lambda c: [c.normal(2, 3, 4)])
        cases.add("identity", opset, "Identity", lambda c: [c.normal(2, 3)])
        cases.add("constant_of_shape", 20 if opset == 19 else 21, "ConstantOfShape", [ints(2, 3)])
        cases.add("cast_like", opset, "CastLike", lambda c: [c.normal(2, 3) * 10, np.zeros(1, np.int32)])
    for type in (np.float32, np.int8, np.uint8, np.int32, np.int64, np.bool_, np.float16):
        name = np.dtype(type).name
        cases.add(f"transpose_{name}", 21, "Transpose", lambda c, type=type: [c.integers(0, 2, (2, 3, 4), type)],
                  perm=[2, 0, 1])
        cases.add(f"flatten_{name}", 21, "Flatten", lambda c, type=type: [c.integers(0, 2, (2, 3, 4), type)], axis=2)
    cases.add("transpose_default", 21, "Transpose", lambda c: [c.normal(2, 3, 4)])
    cases.add("flatten_first", 21, "Flatten", lambda c: [c.normal(2, 3, 4)], axis=0)
    cases.add("flatten_negative", 21, "Flatten", lambda c: [c.normal(2, 3, 4)], axis=-1)
    cases.add("squeeze", 21, "Squeeze", lambda c: [c.normal(1, 3, 1), ints(-1)])
    cases.add("squeeze_all", 21, "Squeeze", lambda c: [c.normal(1, 3, 1)])
    cases.add("unsqueeze", 21, "Unsqueeze", lambda c: [c.normal(3), ints(0, -1)])


def _center_crop_pad(cases):
    def data(c):
        return c.normal(5, 4, 3)

    cases.add("center_crop_pad_crop", 18, "CenterCropPad", lambda c: [data(c), ints(3, 2, 3)])
    cases.add("center_crop_pad_pad", 18, "CenterCropPad", lambda c: [data(c), ints(7, 5, 4)])
    cases.add("center_crop_pad_both", 18, "CenterCropPad", lambda c: [data(c), ints(2, 7)], axes=[0, 1])
    cases.add("center_crop_pad_axes", 18, "CenterCropPad", lambda c: [data(c), ints(6, 1)], axes=[-1, 0])


def _col2im(cases):
    cases.add("col2im", 18, "Col2Im", lambda c: [c.normal(1, 5, 5), ints(5, 5), ints(1, 5)])
    cases.add("col2im_overlap", 18, "Col2Im", lambda c: [c.normal(1, 9, 9), ints(5, 5), ints(3, 3)])
    cases.add("col2im_strides", 18, "Col2Im", lambda c: [c.normal(1, 9, 4), ints(5, 5), ints(3, 3)], strides=[2, 2])
    cases.add("col2im_pads", 18, "Col2Im", lambda c: [c.normal(2, 12, 10), ints(5, 5), ints(1, 6)], pads=[0, 1, 0, 1])
    cases.add("col2im_dilations", 18, "Col2Im", lambda c: [c.normal(1, 4, 5), ints(6, 6), ints(2, 2)], dilations=[1, 5])
    cases.add("col2im_volume", 18, "Col2Im", lambda c: [c.normal(1, 10, 12), ints(3, 4, 5), ints(1, 1, 5)])


def _scatters(cases):
    for opset in (18,):
        for reduction in ("none", "add", "mul", "max", "min"):
            cases.add(f"scatter_elements_{reduction}", opset, "ScatterElements",
                      lambda c: [c.normal(3, 3), ints(1, 0, 2, 2).reshape(2, 2), c.normal(2, 2)], reduction=reduction)
            cases.add(f"scatter_nd_{reduction}", opset, "ScatterND",
                      lambda c: [c.normal(4, 2, 2), ints(0, 3).reshape(2, 1), c.normal(2, 2, 2)], reduction=reduction)
        for reduction in ("add", "max", "min"):  # the same element more than once
            cases.add(f"scatter_elements_{reduction}_repeated", opset, "ScatterElements",
                      lambda c: [c.normal(1, 5), ints(1, 1, 1).reshape(1, 3), c.normal(1, 3)], axis=1, reduction=reduction)
            cases.add(f"scatter_nd_{reduction}_repeated", opset, "ScatterND",
                      lambda c: [c.normal(5), ints(2, 2, 2).reshape(3, 1), c.normal(3)], reduction=reduction)
        cases.add("scatter_elements_negative_indices", opset, "ScatterElements",
                  lambda c: [c.normal(1, 5), ints(1, -3).reshape(1, 2), c.normal(1, 2)], axis=-1)
        cases.add("scatter_elements_max_int32", opset, "ScatterElements",
                  lambda c: [c.integers(-9, 9, (4,), np.int32), ints(0, 0, 3), c.integers(-9, 9, (3,), np.int32)],
                  reduction="max")


def add(cases):
    _split(cases)
    _pad(cases)
    _shapes(cases)
    _center_crop_pad(cases)
    _col2im(cases)
    _scatters(cases)
