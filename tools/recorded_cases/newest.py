"""What opsets 23 and 24 added, and operators of ONNX Runtime's own that its optimiser writes: both are written as
ordinary operators once a model is read."""

import numpy as np

from case import ints

OWN = "com.microsoft"


def add(cases):
    attention(cases)
    attention_layouts(cases)
    attention_masks(cases)
    attention_caches(cases)
    rotary(cases)
    normalisations(cases)
    activations(cases)
    scatter(cases)
    deformed(cases)


def heads(c, batch=2, queries=3, keys=4, q_heads=2, kv_heads=2, size=8, v_size=8):
    return [c.normal(batch, q_heads, queries, size), c.normal(batch, kv_heads, keys, size),
            c.normal(batch, kv_heads, keys, v_size)]


def flat(c, batch=2, queries=3, keys=4, q_heads=2, kv_heads=2, size=8, v_size=8):
    return [c.normal(batch, queries, q_heads * size), c.normal(batch, keys, kv_heads * size),
            c.normal(batch, keys, kv_heads * v_size)]


def attention(cases):
    for opset in (23, 24):
        cases.add("attention", opset, "Attention", heads)
        cases.add("attention_scale", opset, "Attention", heads, scale=0.3)
        cases.add("attention_softcap", opset, "Attention", heads, softcap=0.7)
        cases.add("attention_causal", opset, "Attention", heads, is_causal=1)
        cases.add("attention_causal_more_queries", opset, "Attention", lambda c: heads(c, queries=5, keys=3), is_causal=1)
    cases.add("attention_other_value_size", 23, "Attention", lambda c: heads(c, v_size=5))
    for mode in range(4):
        cases.add(f"attention_scores_mode{mode}", 23, "Attention", lambda c: heads(c) + [c.normal(3, 4)],
                  outputs=["y0", "", "", "y1"], qk_matmul_output_mode=mode, softcap=1.5)
        cases.add(f"attention_scores_plain_mode{mode}", 24, "Attention", heads,
                  outputs=["y0", "", "", "y1"], qk_matmul_output_mode=mode)


def attention_layouts(cases):
    cases.add("attention_flat", 23, "Attention", flat, q_num_heads=2, kv_num_heads=2)
    cases.add("attention_flat_causal", 24, "Attention", flat, q_num_heads=2, kv_num_heads=2, is_causal=1)
    cases.add("attention_flat_other_value_size", 23, "Attention", lambda c: flat(c, v_size=5), q_num_heads=2,
              kv_num_heads=2)
    for q_heads, kv_heads in ((4, 2), (6, 2), (3, 1)):
        groups = {"q_heads": q_heads, "kv_heads": kv_heads}
        name = f"{q_heads}_by_{kv_heads}"
        cases.add(f"attention_grouped_{name}", 23, "Attention", lambda c, groups=groups: heads(c, **groups))
        cases.add(f"attention_flat_grouped_{name}", 23, "Attention", lambda c, groups=groups: flat(c, **groups),
                  q_num_heads=q_heads, kv_num_heads=kv_heads)


def attention_masks(cases):
    for shape in ((3, 4), (2, 3, 4), (2, 1, 3, 4), (1, 2, 3, 4), (2, 2, 3, 4), (2, 1, 1, 4)):
        name = "x".join(map(str, shape))
        cases.add(f"attention_mask_{name}", 23, "Attention", lambda c, shape=shape: heads(c) + [c.normal(*shape)])
        cases.add(f"attention_bool_mask_{name}", 24, "Attention",
                  lambda c, shape=shape: heads(c) + [c.integers(0, 2, shape).astype(bool) | (np.arange(4) == 1)])
    cases.add("attention_mask_causal", 23, "Attention", lambda c: heads(c) + [c.normal(3, 4)], is_causal=1)
    cases.add("attention_bool_mask_causal", 23, "Attention",
              lambda c: heads(c) + [np.array([[1, 1, 1, 1], [1, 0, 1, 1], [0, 1, 1, 0]], bool)], is_causal=1)
    cases.add("attention_mask_of_nothing", 23, "Attention",
              lambda c: heads(c) + [np.array([[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 1, 0]], bool)])
    cases.add("attention_constant_mask", 23, "Attention", lambda c: heads(c) + [c.normal(3, 4)], constant=(3,))
    cases.add("attention_flat_mask_softcap", 23, "Attention", lambda c: flat(c) + [c.normal(3, 4)], q_num_heads=2,
              kv_num_heads=2, softcap=2.0)


def attention_caches(cases):
    past = {"outputs": 3}

    def with_past(c, mask=None, **sizes):
        kv_heads = sizes.get("kv_heads", 2)
        return heads(c, **sizes) + [None if mask is None else mask(c), c.normal(2, kv_heads, 2, 8),
                                    c.normal(2, kv_heads, 2, 8)]

    for opset in (23, 24):
        cases.add("attention_past", opset, "Attention", with_past, **past)
        cases.add("attention_past_causal", opset, "Attention", with_past, is_causal=1, **past)
        cases.add("attention_past_mask", opset, "Attention", lambda c: with_past(c, lambda c: c.normal(3, 6)), **past)
    cases.add("attention_past_grouped", 23, "Attention", lambda c: with_past(c, q_heads=4), is_causal=1, **past)
    cases.add("attention_past_bool_mask_causal", 23, "Attention",
              lambda c: with_past(c, lambda c: c.integers(0, 2, (2, 1, 3, 6)).astype(bool)), is_causal=1, **past)
    cases.add("attention_past_flat", 23, "Attention",
              lambda c: flat(c) + [None, c.normal(2, 2, 2, 8), c.normal(2, 2, 2, 8)], q_num_heads=2, kv_num_heads=2, **past)
    cases.add("attention_present_alone", 23, "Attention", flat, q_num_heads=2, kv_num_heads=2, **past)
    for name, lengths in (("some", (3, 4)), ("short", (1, 2))):
        cases.add(f"attention_valid_{name}", 24, "Attention", lambda c, l=lengths: heads(c) + [None] * 3 + [ints(*l)])
        cases.add(f"attention_valid_{name}_causal", 24, "Attention",
                  lambda c, l=lengths: heads(c) + [None] * 3 + [ints(*l)], is_causal=1)
    cases.add("attention_valid_mask", 24, "Attention", lambda c: heads(c) + [c.normal(3, 4), None, None, ints(2, 4)])


def rotary(cases):
    def caches(c, *shape):
        angles = c.normal(*shape)
        return [np.cos(angles), np.sin(angles)]

    for interleaved in (0, 1):
        for size, part in ((8, 0), (8, 4)):
            more = {"interleaved": interleaved, "rotary_embedding_dim": part}
            half = (part or size) // 2
            name = f"interleaved{interleaved}_{part or 'all'}"
            cases.add(f"rotary_{name}", 23, "RotaryEmbedding",
                      lambda c, half=half: [c.normal(2, 3, 4, 8), *caches(c, 10, half), c.integers(0, 10, (2, 4))], **more)
            cases.add(f"rotary_no_positions_{name}", 23, "RotaryEmbedding",
                      lambda c, half=half: [c.normal(2, 3, 4, 8), *caches(c, 2, 4, half)], **more)
            cases.add(f"rotary_flat_{name}", 23, "RotaryEmbedding",
                      lambda c, half=half: [c.normal(2, 4, 24), *caches(c, 10, half), c.integers(0, 10, (2, 4))],
                      num_heads=3, **more)
            cases.add(f"rotary_flat_no_positions_{name}", 24, "RotaryEmbedding",
                      lambda c, half=half: [c.normal(2, 4, 24), *caches(c, 2, 4, half)], num_heads=3, **more)

    def own(c, *shape):
        cos, sin = caches(c, 10, 4)
        return [c.normal(*shape), c.integers(0, 10, (2, 4)), cos, sin]

    for interleaved in (0, 1):
        cases.add(f"own_rotary_interleaved{interleaved}", 21, "RotaryEmbedding", lambda c: own(c, 2, 3, 4, 8), domain=OWN,
                  interleaved=interleaved)
        cases.add(f"own_rotary_flat_interleaved{interleaved}", 21, "RotaryEmbedding", lambda c: own(c, 2, 4, 24),
                  domain=OWN, interleaved=interleaved, num_heads=3)


def normalisations(cases):
    for axis, size in ((-1, (4,)), (1, (3, 4)), (0, (2, 3, 4)), (-2, (3, 4))):
        cases.add(f"rms_norm_axis{axis}", 23, "RMSNormalization",
                  lambda c, size=size: [c.normal(2, 3, 4), c.normal(*size)], axis=axis)
    cases.add("rms_norm_default", 23, "RMSNormalization", lambda c: [c.normal(2, 3, 4), c.normal(4)])
    cases.add("rms_norm_scalar", 23, "RMSNormalization", lambda c: [c.normal(2, 3, 4), c.normal(1)])
    cases.add("rms_norm_epsilon", 23, "RMSNormalization", lambda c: [c.normal(2, 3) * 1e-3, c.normal(3)], epsilon=1e-2)
    cases.add("rms_norm_half", 23, "RMSNormalization",
              lambda c: [c.normal(2, 3, 4).astype(np.float16), c.normal(4).astype(np.float16)])
    for opset in (16, 21):
        cases.add("simplified_layer_norm", opset, "SimplifiedLayerNormalization", lambda c: [c.normal(2, 3, 4), c.normal(4)],
                  epsilon=1e-6)
        cases.add("skip_layer_norm", opset, "SkipLayerNormalization",
                  lambda c: [c.normal(2, 3, 4), c.normal(2, 3, 4), c.normal(4), c.normal(4), c.normal(4)], domain=OWN,
                  outputs=["y0", "", "", "y1"], epsilon=1e-5)
        cases.add("skip_layer_norm_plain", opset, "SkipLayerNormalization",
                  lambda c: [c.normal(2, 3, 4), c.normal(2, 3, 4), c.normal(4)], domain=OWN)
        cases.add("skip_simplified_layer_norm", opset, "SkipSimplifiedLayerNormalization",
                  lambda c: [c.normal(2, 3, 4), c.normal(2, 3, 4), c.normal(4), c.normal(4)], domain=OWN,
                  outputs=["y0", "", "", "y1"], epsilon=1e-5)


def activations(cases):
    cases.add("swish", 24, "Swish", lambda c: [c.normal(3, 4)])
    cases.add("swish_alpha", 24, "Swish", lambda c: [c.normal(3, 4)], alpha=1.7)
    cases.add("quick_gelu", 21, "QuickGelu", lambda c: [c.normal(3, 4)], domain=OWN)
    cases.add("quick_gelu_alpha", 16, "QuickGelu", lambda c: [c.normal(3, 4)], domain=OWN, alpha=0.5)
    cases.add("own_gelu", 21, "Gelu", lambda c: [c.normal(3, 4)], domain=OWN)
    cases.add("bias_gelu", 16, "BiasGelu", lambda c: [c.normal(3, 4), c.normal(4)], domain=OWN)
    cases.add("fast_gelu", 16, "FastGelu", lambda c: [c.normal(3, 4)], domain=OWN)
    cases.add("fast_gelu_bias", 21, "FastGelu", lambda c: [c.normal(3, 4), c.normal(4)], domain=OWN)


def scatter(cases):
    past = lambda c: c.normal(2, 3, 6, 4)  # noqa: E731
    cases.add("tensor_scatter", 24, "TensorScatter", lambda c: [past(c), c.normal(2, 3, 2, 4), ints(1, 4)])
    cases.add("tensor_scatter_from_the_start", 24, "TensorScatter", lambda c: [past(c), c.normal(2, 3, 2, 4)])
    cases.add("tensor_scatter_circular", 24, "TensorScatter", lambda c: [past(c), c.normal(2, 3, 3, 4), ints(2, 5)],
              mode="circular")
    cases.add("tensor_scatter_axis1", 24, "TensorScatter", lambda c: [c.normal(2, 6, 4), c.normal(2, 2, 4), ints(0, 3)],
              axis=1)
    cases.add("tensor_scatter_last_axis", 24, "TensorScatter", lambda c: [c.normal(2, 3, 6), c.normal(2, 3, 1), ints(5, 2)],
              axis=-1, mode="circular")


def deformed(cases):
    def inputs(c, batch=2, channels=4, size=(6, 5), filters=4, group=1, kernel=(3, 3), out=(4, 3), offset_group=1,
               bias=False, mask=False):
        area = kernel[0] * kernel[1] * offset_group
        return [c.normal(batch, channels, *size), c.normal(filters, channels // group, *kernel),
                c.normal(batch, 2 * area, *out) * 1.5, c.normal(filters) if bias else None,
                c.normal(batch, area, *out) if mask else None]

    for opset in (19, 22):
        cases.add("deform_conv", opset, "DeformConv", inputs)
        cases.add("deform_conv_bias_mask", opset, "DeformConv", lambda c: inputs(c, bias=True, mask=True))
    cases.add("deform_conv_pads", 22, "DeformConv", lambda c: inputs(c, out=(7, 6)), pads=[1, 2, 2, 1])
    cases.add("deform_conv_strides", 22, "DeformConv", lambda c: inputs(c, out=(3, 2), mask=True), strides=[2, 3],
              pads=[1, 1, 1, 1])
    cases.add("deform_conv_dilations", 19, "DeformConv", lambda c: inputs(c, out=(2, 3), kernel=(3, 2)), dilations=[2, 2])
    cases.add("deform_conv_groups", 22, "DeformConv", lambda c: inputs(c, group=2, bias=True), group=2)
    cases.add("deform_conv_offset_groups", 22, "DeformConv", lambda c: inputs(c, offset_group=2, mask=True), offset_group=2)
    cases.add("deform_conv_both_groups", 19, "DeformConv",
              lambda c: inputs(c, channels=8, group=2, offset_group=4, bias=True, mask=True), group=2, offset_group=4)
