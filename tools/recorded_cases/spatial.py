"""Resize, pools, grids and the Fourier transform."""

import numpy as np

from case import floats, ints

EMPTY = np.zeros(0, np.float32)


def _image(c, height=6, width=8):
    return c.normal(1, 2, height, width)


def _resize(cases):
    small, large = floats(1, 1, 0.5, 0.6), floats(1, 1, 2, 2.5)
    for opset in (18, 19):
        for mode in ("linear", "cubic"):
            for scales, way in ((small, "down"), (large, "up")):
                cases.add(f"resize_{mode}_antialias_{way}", opset, "Resize", lambda c, s=scales: [_image(c), None, s],
                          mode=mode, antialias=1)
        for mode in ("nearest", "linear", "cubic"):
            cases.add(f"resize_{mode}_axes", opset, "Resize", lambda c: [_image(c), None, floats(1.5, 2)], mode=mode,
                      axes=[2, 3])
            cases.add(f"resize_{mode}_axes_swapped", opset, "Resize", lambda c: [_image(c), None, None, ints(4, 9)],
                      mode=mode, axes=[3, 2])
            for policy in ("stretch", "not_larger", "not_smaller"):
                cases.add(f"resize_{mode}_{policy}", opset, "Resize", lambda c: [_image(c), None, None, ints(7, 7)],
                          mode=mode, axes=[2, 3], keep_aspect_ratio_policy=policy)
    for way, scales in (("down", small), ("up", large)):
        for mode in ("nearest", "linear", "cubic"):
            cases.add(f"resize_{mode}_half_pixel_symmetric_{way}", 19, "Resize", lambda c, s=scales: [_image(c), None, s],
                      mode=mode, coordinate_transformation_mode="half_pixel_symmetric")
            for transformation in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
                cases.add(f"resize_{mode}_{transformation}_{way}", 18, "Resize", lambda c, s=scales: [_image(c), None, s],
                          mode=mode, coordinate_transformation_mode=transformation)
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        cases.add(f"resize_nearest_{rounding}", 18, "Resize", lambda c: [_image(c), None, None, ints(1, 2, 7, 5)],
                  mode="nearest", nearest_mode=rounding)
    cases.add("resize_cubic_exclude_outside", 18, "Resize", lambda c: [_image(c), None, floats(1, 1, 1.5, 0.8)],
              mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5)
    cases.add("resize_cubic_antialias_exclude_outside", 18, "Resize", lambda c: [_image(c), None, small], mode="cubic",
              exclude_outside=1, antialias=1)
    cases.add("resize_crop", 18, "Resize", lambda c: [_image(c), floats(0, 0, 0.2, 0.1, 1, 1, 0.8, 1.4), None, ints(1, 2, 4, 5)],
              mode="linear", coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=-1.0)
    cases.add("resize_crop_axes", 18, "Resize", lambda c: [_image(c), floats(0.2, 0.1, 0.8, 0.9), None, ints(4, 5)],
              mode="linear", coordinate_transformation_mode="tf_crop_and_resize", axes=[2, 3])
    cases.add("resize_linear_volume", 18, "Resize", lambda c: [c.normal(1, 1, 3, 4, 5), None, floats(1, 1, 2, 1.5, 0.8)],
              mode="linear")
    cases.add("resize_nearest_uint8", 18, "Resize",
              lambda c: [c.integers(0, 256, (1, 1, 3, 4), np.uint8), None, floats(1, 1, 2, 2)], mode="nearest")


def _pools(cases):
    for opset in (19, 21):
        cases.add("average_pool_dilations", 19 if opset == 19 else 21, "AveragePool", lambda c: [_image(c, 7, 9)],
                  kernel_shape=[2, 3], dilations=[2, 2])
        cases.add("average_pool_dilations_pads", opset, "AveragePool", lambda c: [_image(c, 7, 9)], kernel_shape=[3, 3],
                  dilations=[2, 2], pads=[1, 1, 2, 2], strides=[2, 1])
        cases.add("average_pool_dilations_count", opset, "AveragePool", lambda c: [_image(c, 7, 9)], kernel_shape=[3, 3],
                  dilations=[2, 1], pads=[2, 1, 2, 1], count_include_pad=1)
        cases.add("average_pool_ceil", opset, "AveragePool", lambda c: [_image(c, 7, 8)], kernel_shape=[3, 3],
                  strides=[2, 2], ceil_mode=1)
        cases.add("average_pool_ceil_count", opset, "AveragePool", lambda c: [_image(c, 7, 8)], kernel_shape=[3, 3],
                  strides=[2, 3], pads=[1, 1, 1, 1], ceil_mode=1, count_include_pad=1)
    cases.add("average_pool_volume", 19, "AveragePool", lambda c: [c.normal(1, 2, 5, 5, 5)], kernel_shape=[2, 2, 2],
              dilations=[2, 1, 2])
    cases.add("average_pool_line_same", 19, "AveragePool", lambda c: [c.normal(1, 2, 9)], kernel_shape=[3], strides=[2],
              auto_pad="SAME_LOWER")
    for p in (1, 2, 3):
        cases.add(f"lp_pool_{p}", 18, "LpPool", lambda c: [_image(c, 7, 9)], kernel_shape=[3, 2], strides=[2, 1], p=p)
    cases.add("lp_pool_dilations", 18, "LpPool", lambda c: [_image(c, 7, 9)], kernel_shape=[2, 2], dilations=[2, 3])
    cases.add("lp_pool_ceil", 18, "LpPool", lambda c: [_image(c, 7, 8)], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    cases.add("lp_pool_pads", 18, "LpPool", lambda c: [_image(c, 7, 9)], kernel_shape=[3, 3], pads=[1, 1, 1, 1])


def _grids(cases):
    for mode in ("linear", "nearest", "cubic"):
        for padding in ("zeros", "border", "reflection"):
            for align in (0, 1):
                cases.add(f"grid_sample_{mode}_{padding}_{align}", 20, "GridSample",
                          lambda c: [_image(c, 4, 5), np.clip(c.normal(1, 3, 4, 2), -1.6, 1.6)], mode=mode,
                          padding_mode=padding, align_corners=align)
    for mode in ("linear", "nearest"):
        cases.add(f"grid_sample_volume_{mode}", 20, "GridSample",
                  lambda c: [c.normal(1, 2, 3, 4, 5), np.clip(c.normal(1, 2, 3, 2, 3), -1.3, 1.3)], mode=mode)
    for align in (0, 1):
        cases.add(f"affine_grid_2d_{align}", 20, "AffineGrid", lambda c: [c.normal(2, 2, 3), ints(2, 3, 4, 5)],
                  align_corners=align)
        cases.add(f"affine_grid_3d_{align}", 20, "AffineGrid", lambda c: [c.normal(1, 3, 4), ints(1, 2, 3, 4, 5)],
                  align_corners=align)


def _fourier(cases):
    cases.add("dft_real", 20, "DFT", lambda c: [c.normal(1, 6, 4, 1)])
    cases.add("dft_complex", 20, "DFT", lambda c: [c.normal(1, 6, 4, 2)])
    cases.add("dft_axis", 20, "DFT", lambda c: [c.normal(1, 6, 5, 1), None, ints(1).reshape(())])
    cases.add("dft_inverse", 20, "DFT", lambda c: [c.normal(1, 6, 4, 2), None, ints(1).reshape(())], inverse=1)
    cases.add("dft_onesided", 20, "DFT", lambda c: [c.normal(1, 6, 4, 1), None, ints(1).reshape(())], onesided=1)
    cases.add("dft_longer", 20, "DFT", lambda c: [c.normal(1, 6, 4, 1), ints(8).reshape(()), ints(1).reshape(())])
    cases.add("dft_shorter", 20, "DFT", lambda c: [c.normal(1, 6, 4, 2), ints(5).reshape(()), ints(-3).reshape(())])


def add(cases):
    _resize(cases)
    _pools(cases)
    _grids(cases)
    _fourier(cases)
