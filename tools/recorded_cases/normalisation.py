"""LayerNormalization and GroupNormalization, and what else normalizes in these opsets."""

import numpy as np

from case import floats


def add(cases):
    for axis, size in ((-1, (4,)), (1, (3, 4)), (0, (2, 3, 4)), (-2, (3, 4))):
        name = f"layer_norm_axis{axis}"
        cases.add(name, 17, "LayerNormalization", lambda c, size=size: [c.normal(2, 3, 4), c.normal(*size), c.normal(*size)],
                  axis=axis)
    cases.add("layer_norm_default", 17, "LayerNormalization", lambda c: [c.normal(2, 3, 4), c.normal(4)])
    cases.add("layer_norm_epsilon", 17, "LayerNormalization", lambda c: [c.normal(2, 3) * 1e-3, c.normal(3), c.normal(3)],
              epsilon=1e-2)
    cases.add("layer_norm_all_outputs", 17, "LayerNormalization", lambda c: [c.normal(2, 3, 4), c.normal(4), c.normal(4)],
              outputs=3)
    cases.add("layer_norm_constant_row", 17, "LayerNormalization", [np.full((2, 4), 3, np.float32), np.ones(4, np.float32)])
    for opset, size in ((18, 2), (21, 4)):
        for shape in ((2, 4, 3, 3), (2, 4, 5), (1, 4, 2, 2, 2)):
            cases.add(f"group_norm_rank{len(shape)}", opset, "GroupNormalization",
                      lambda c, shape=shape, size=size: [c.normal(*shape), c.normal(size), c.normal(size)], num_groups=2)
        cases.add("group_norm_epsilon", opset, "GroupNormalization",
                  lambda c, size=size: [c.normal(2, 4, 3) * 1e-2, c.normal(size), c.normal(size)], num_groups=2, epsilon=1e-2)
    cases.add("group_norm_one_group", 21, "GroupNormalization", lambda c: [c.normal(2, 4, 3), c.normal(4), c.normal(4)],
              num_groups=1)
    cases.add("group_norm_each_channel", 21, "GroupNormalization", lambda c: [c.normal(2, 4, 3), c.normal(4), c.normal(4)],
              num_groups=4)
    cases.add("instance_norm", 18, "InstanceNormalization", lambda c: [c.normal(2, 3, 4), c.normal(3), c.normal(3)])
    cases.add("lrn", 18, "LRN", lambda c: [c.normal(2, 6, 3, 3)], size=3, alpha=0.5, beta=0.6, bias=1.5)
    cases.add("mean_variance", 18, "MeanVarianceNormalization", lambda c: [c.normal(2, 3, 4, 4)])
    cases.add("softmax_special", 18, "Softmax", [floats(-np.inf, 0, 1, 88, 100, -100).reshape(2, 3)], axis=-1)
