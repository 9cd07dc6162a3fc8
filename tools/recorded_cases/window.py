"""Convolutions and pools with every attribute, and the integer convolutions."""

import numpy as np

from case import floats

LINE, PLANE, VOLUME = (9,), (7, 8), (4, 5, 6)


def _conv_inputs(spatial, channels=4, filters=6, group=1, kernel=3, bias=True):
    def inputs(c):
        weights = c.normal(filters, channels // group, *[kernel] * len(spatial))
        return [c.normal(2, channels, *spatial), weights] + ([c.normal(filters)] if bias else [])
    return inputs


def _transposed_inputs(spatial, channels=4, filters=3, group=1, kernel=3):
    return lambda c: [c.normal(2, channels, *spatial), c.normal(channels, filters, *[kernel] * len(spatial)),
                      c.normal(filters * group)]


def _convolutions(cases):
    for name, spatial in (("line", LINE), ("plane", PLANE), ("volume", VOLUME)):
        axes = len(spatial)
        cases.add(f"conv_{name}", 18, "Conv", _conv_inputs(spatial))
        cases.add(f"conv_{name}_strides_pads", 18, "Conv", _conv_inputs(spatial), strides=[2] * axes,
                  pads=[1] * axes + [2] * axes)
        cases.add(f"conv_{name}_dilations_groups", 18, "Conv", _conv_inputs(spatial, group=2, kernel=2),
                  dilations=[2] * axes, group=2)
        cases.add(f"conv_transpose_{name}", 18, "ConvTranspose", _transposed_inputs(spatial))
        cases.add(f"conv_transpose_{name}_all", 18, "ConvTranspose", _transposed_inputs(spatial, group=2), group=2,
                  strides=[3] * axes, dilations=[2] * axes, pads=[1] * axes + [0] * axes, output_padding=[1] * axes)
    cases.add("conv_depthwise", 18, "Conv", _conv_inputs(PLANE, filters=4, group=4, bias=False), group=4)
    for padding in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        cases.add(f"conv_{padding.lower()}", 18, "Conv", _conv_inputs(PLANE, kernel=4), auto_pad=padding, strides=[2, 3])
        cases.add(f"conv_transpose_{padding.lower()}", 18, "ConvTranspose", _transposed_inputs((4, 5), kernel=4),
                  auto_pad=padding, strides=[2, 3])
    for name, shape in (("smaller", (9, 12)), ("full", (13, 19)), ("larger", (14, 21))):
        cases.add(f"conv_transpose_output_shape_{name}", 18, "ConvTranspose", _transposed_inputs((4, 5), kernel=4),
                  strides=[3, 4], output_shape=list(shape))
        cases.add(f"conv_transpose_output_shape_{name}_upper", 18, "ConvTranspose", _transposed_inputs((4, 5), kernel=4),
                  strides=[3, 4], output_shape=list(shape), auto_pad="SAME_UPPER")


def _pools(cases):
    def image(c):
        return [c.normal(2, 3, *PLANE)]

    cases.add("max_pool_indices", 18, "MaxPool", image, outputs=2, kernel_shape=[3, 2], strides=[2, 3], pads=[1, 0, 1, 1])
    cases.add("max_pool_indices_by_columns", 18, "MaxPool", image, outputs=2, kernel_shape=[3, 2], storage_order=1)
    cases.add("max_pool_dilations_ceil", 18, "MaxPool", image, outputs=2, kernel_shape=[2, 2], strides=[2, 2],
              dilations=[3, 2], ceil_mode=1)
    cases.add("max_pool_line", 18, "MaxPool", lambda c: [c.normal(2, 3, *LINE)], outputs=2, kernel_shape=[3], strides=[2])
    cases.add("max_pool_volume", 18, "MaxPool", lambda c: [c.normal(2, 3, *VOLUME)], outputs=2, kernel_shape=[2, 3, 2],
              pads=[1, 1, 0, 0, 1, 1])
    for type in (np.int8, np.uint8):
        cases.add(f"max_pool_{type.__name__}", 18, "MaxPool", lambda c, t=type: [c.integers(*_range(t), (2, 3, *PLANE), t)],
                  kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    for padding in ("SAME_UPPER", "SAME_LOWER"):
        for op in ("MaxPool", "AveragePool", "LpPool"):
            cases.add(f"{op.lower()}_{padding.lower()}", 18, op, image, kernel_shape=[4, 3], strides=[2, 2], auto_pad=padding)
    for count in (0, 1):
        cases.add(f"average_pool_ceil_pads_{count}", 18, "AveragePool", image, kernel_shape=[3, 3], strides=[3, 3],
                  pads=[1, 1, 1, 1], ceil_mode=1, count_include_pad=count)
    cases.add("global_lp_pool", 18, "GlobalLpPool", image, p=3)
    cases.add("global_max_pool", 18, "GlobalMaxPool", lambda c: [c.normal(2, 3, *VOLUME)])
    cases.add("max_unpool", 18, "MaxUnpool", lambda c: [c.normal(1, 1, 2, 2), np.int64([[[[5, 7], [13, 15]]]])],
              kernel_shape=[2, 2], strides=[2, 2])


def _range(type):
    limits = np.iinfo(type)
    return limits.min, limits.max + 1


def _codes(c, type, *shape):
    return c.integers(*_range(type), shape, type)


def _integers(cases):
    for x, w in ((np.uint8, np.int8), (np.uint8, np.uint8)):
        name = f"{x.__name__}_{w.__name__}"
        cases.add(f"conv_integer_{name}", 18, "ConvInteger",
                  lambda c, x=x, w=w: [_codes(c, x, 1, 4, *PLANE), _codes(c, w, 6, 2, 3, 3), x(120), w(3)],
                  group=2, pads=[1, 1, 0, 0], strides=[2, 1])
        cases.add(f"qlinear_conv_{name}", 18, "QLinearConv",
                  lambda c, x=x, w=w: [_codes(c, x, 1, 4, *PLANE), np.float32(0.02), x(120), _codes(c, w, 6, 4, 3, 3),
                                       np.float32(0.01), w(3), np.float32(0.3), np.uint8(128),
                                       c.integers(-9000, 9000, (6,), np.int32)],
                  pads=[1, 1, 1, 1], constant=(1, 2, 3, 4, 5, 6, 7, 8))
    cases.add("qlinear_conv_per_channel", 18, "QLinearConv",
              lambda c: [_codes(c, np.uint8, 1, 4, *PLANE), np.float32(0.02), np.uint8(10), _codes(c, np.int8, 4, 1, 3, 3),
                         floats(0.01, 0.02, 0.005, 0.04), np.zeros(4, np.int8), np.float32(0.1), np.uint8(100)],
              group=4, strides=[2, 2], constant=(1, 2, 3, 4, 5, 6, 7))
    cases.add("qlinear_conv_saturates", 18, "QLinearConv",
              lambda c: [_codes(c, np.uint8, 1, 4, *PLANE), np.float32(0.5), np.uint8(10), _codes(c, np.int8, 4, 4, 3, 3),
                         np.float32(0.5), np.int8(0), np.float32(0.1), np.uint8(100)], constant=(1, 2, 3, 4, 5, 6, 7))


def add(cases):
    _convolutions(cases)
    _pools(cases)
    _integers(cases)
